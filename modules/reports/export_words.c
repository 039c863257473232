/*
 * What numbers and words of the API are called on paper.
 */
#include "reports/export.h"

#include <string.h>

const char *const standing_names[] = { "total", "own", "roll_up", NULL };
const char *const standing_words[] = { "合计", "本单位", "含下级", NULL };

/* By name, so that the order of the measures is told in one place only. */
static const struct measure_words words[] = {
	{ "on_time", "按时办结率", true },
	{ "completion", "办结率", true },
	{ "original_limit", "原时限办结率", true },
	{ "extension", "延期率" },
	{ "satisfaction", "满意率", true },
	{ "satisfaction_strict", "严格满意率" },
	{ "satisfaction_first", "首次满意率" },
	{ "solved", "解决率", true },
	{ "contacted", "联系确认率", true },
	{ "double_yes", "双是率", true },
	{ "visit_attempted", "回访实施率", true },
	{ "visit_coverage", "回访率", true },
	{ "satisfaction_low", "满意率下限" },
	{ "satisfaction_high", "满意率上限" },
	{ "redo", "重办率" },
	{ "review_refused", "审核退回率" },
	{ "returned", "退单率" },
	{ "return_invalid", "无效退单率" },
	{ "exclusion", "剔除率" },
	{ "sign_on_time", "按时签收率", true },
	{ "contact_on_time", "按时联系率", true },
	{ "recomplaint", "重复诉求率" },
	{ "overdue_stock", "逾期未办结存量" },
	{ "within_limit", "期限内在办" },
};

struct measure_words measure_words(enum measure measure)
{
	for (size_t i = 0; i < array_count(words); i++)
		if (strcmp(words[i].name, measures[measure].name) == 0)
			return words[i];
	return (struct measure_words){ measures[measure].name, measures[measure].name, false };
}

/* The period has been read before: its form is one of five. */
struct str period_words(struct arena *a, struct str period)
{
	struct str rest = { period.p + 5, period.n > 5 ? period.n - 5 : 0 };

	if (rest.n == 0)
		return arena_printf(a, "%.*s年", STR_ARG(period));
	if (rest.p[0] == 'Q')
		return arena_printf(a, "%.4s年第%c季度", period.p, rest.p[1]);
	if (rest.p[0] == 'W') {
		rest.p++;
		rest.n--;
	}
	const char *unit = period.p[5] == 'W' ? "周" : "月";
	if (rest.p[0] == '0') {
		rest.p++;
		rest.n--;
	}
	if (period.n == 10)
		return arena_printf(a, "%.4s年%.*s月%d日", period.p, (int)rest.n - 3, rest.p,
				    (period.p[8] - '0') * 10 + period.p[9] - '0');
	return arena_printf(a, "%.4s年%s%.*s%s", period.p, period.p[5] == 'W' ? "第" : "",
			    STR_ARG(rest), unit);
}

const char *scope_words(uint32_t scope)
{
	static const char *const scopes[] = {
		"全部渠道", "110 渠道", "12345 热线", "企业诉求",
	};

	return scopes[scope];
}
