/*
 * The report on paper: what happened in sentences, each rate's distance from the target, every
 * rate of every department as a percentage with its numbers, and what the figures rest on.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "clock.h"
#include "module.h"
#include "printed.h"
#include "reports/export.h"

enum {
	MEASURES_PER_TABLE = 5,
	BARS_MOST = 30,
	NAMED_MOST = 8,		/* departments in a sentence */
};

static const enum measure headlines[] = {
	MEASURE_ON_TIME, MEASURE_COMPLETION, MEASURE_SATISFACTION,
};

struct paper {
	struct printed printed;
	struct arena *arena;
	const struct report *report;
	struct str only;
};

/* ---- numbers in words ---- */

/*
 * Hundredths of a percentage point from the target, downwards: a rate that misses it is never
 * shown at no distance.
 */
static int64_t delta_of(struct rate rate)
{
	while (rate.den >> 40) {
		rate.num >>= 1;
		rate.den >>= 1;
	}
	int64_t num = (int64_t)(10000 * rate.num), den = (int64_t)rate.den;
	int64_t gap = num - 100 * (int64_t)rule_set_shipped.target * den;

	return gap >= 0 ? gap / den : -((-gap + den - 1) / den);
}

static struct str percent_words(const struct paper *paper, struct rate rate)
{
	char text[RATE_TEXT_BYTES];

	return rate.den ? arena_printf(paper->arena, "%s%%", rate_words(rate, text)) :
			  STR("无基数");
}

static bool is_missed(enum measure measure, struct rate rate)
{
	return measure_words(measure).is_held_to_target && rate_verdict(rate) == VERDICT_MISSED;
}

static struct str target_words(const struct paper *paper, struct rate rate)
{
	int64_t delta = delta_of(rate);

	if (rate_verdict(rate) == VERDICT_MET)
		return arena_printf(paper->arena, "达到 %" PRIu64 "%% 的目标",
				    rule_set_shipped.target);
	return arena_printf(paper->arena, "未达到 %" PRIu64 "%% 的目标，相差 %" PRId64 ".%02"
			    PRId64 " 个百分点", rule_set_shipped.target, -delta / 100,
			    -delta % 100);
}

/* ---- sentences ---- */

static void headline(struct paper *paper, enum measure measure, const char *base,
		     const char *counted)
{
	struct rate rate = paper->report->total.rate[measure];
	const char *name = measure_words(measure).words;

	printed_paragraph(&paper->printed, rate.den ?
		arena_printf(paper->arena, "%s %" PRIu64 " 件，其中%s %" PRIu64
			     " 件，%s %.*s（%" PRIu64 "/%" PRIu64 "），%.*s。", base, rate.den,
			     counted, rate.num, name, STR_ARG(percent_words(paper, rate)),
			     rate.num, rate.den, STR_ARG(target_words(paper, rate))) :
		arena_printf(paper->arena, "本期没有计入%s的事项，%s不作计算。", name, name));
}

struct ranked {
	const struct place *place;
	struct rate rate;
	int64_t delta;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	if (left->delta != right->delta)
		return left->delta < right->delta ? -1 : 1;
	return left->place < right->place ? -1 : left->place > right->place;
}

/* Departments with a base, the furthest below the target first. */
static struct ranked *rank(const struct paper *paper, enum measure measure, size_t *ret_n,
			   size_t *ret_baseless)
{
	const struct report *report = paper->report;
	struct ranked *v = arena_array_of(paper->arena, struct ranked, report->place_count + 1);

	*ret_n = *ret_baseless = 0;
	for (size_t i = 0; i < report->place_count; i++) {
		const struct place *place = &report->places[i];
		struct rate rate = place->own.rate[measure];

		if (!place->has_tasks || (paper->only.p && !str_eq(place->code, paper->only)))
			continue;
		if (rate.den)
			v[(*ret_n)++] = (struct ranked){ place, rate, delta_of(rate) };
		else
			(*ret_baseless)++;
	}
	qsort(v, *ret_n, sizeof(*v), compare_ranked);
	return v;
}

static void write_missed(struct paper *paper, enum measure measure)
{
	size_t n, baseless, missed = 0;
	const struct ranked *v = rank(paper, measure, &n, &baseless);
	const char *name = measure_words(measure).words;
	struct buf text;

	while (missed < n && v[missed].delta < 0)
		missed++;
	if (n == 0)
		return;
	buf_init(&text, 64 * 1024);
	if (missed)
		buf_printf(&text, "%s未达标的单位 %zu 个：", name, missed);
	else
		buf_printf(&text, "有基数的 %zu 个单位%s全部达标。", n, name);
	for (size_t i = 0; i < missed && i < NAMED_MOST; i++) {
		bool is_last = i + 1 == missed || i + 1 == NAMED_MOST;
		buf_printf(&text, "%.*s %.*s（%" PRIu64 "/%" PRIu64 "）%s",
			   STR_ARG(v[i].place->name),
			   STR_ARG(percent_words(paper, v[i].rate)), v[i].rate.num,
			   v[i].rate.den,
			   !is_last ? "、" : missed > NAMED_MOST ? "等，其余见附表。" : "。");
	}
	printed_paragraph(&paper->printed, arena_str(paper->arena, buf_str(&text)));
	buf_free(&text);
}

static void write_summary(struct paper *paper)
{
	const struct rate *rates = paper->report->total.rate;

	printed_heading(&paper->printed, 1, STR("一、总体情况"));
	headline(paper, MEASURE_ON_TIME, "本期到期或按时办结的事项共", "按时办结");
	headline(paper, MEASURE_COMPLETION, "连同此前逾期未办结的，本期应办结", "已办结");
	headline(paper, MEASURE_SATISFACTION, "本期办结并取得回访评价的", "评价满意");
	printed_paragraph(&paper->printed,
		arena_printf(paper->arena, "期末逾期未办结 %" PRIu64 " 件，期限内在办 %" PRIu64
			     " 件。", rates[MEASURE_OVERDUE_STOCK].num,
			     rates[MEASURE_WITHIN_LIMIT].num));
	for (size_t i = 0; i < array_count(headlines); i++)
		write_missed(paper, headlines[i]);
}

/* ---- bars ---- */

static void write_bar(struct paper *paper, const struct ranked *one)
{
	struct json *j = &paper->printed.json;

	json_object(j, NULL);
	json_str(j, "name", one->place->name);
	json_str(j, "note", arena_printf(paper->arena, "n=%" PRIu64, one->rate.den));
	json_str(j, "text", percent_words(paper, one->rate));
	json_i64(j, "delta", one->delta);
	json_close(j);
}

static void write_bars(struct paper *paper, enum measure measure)
{
	struct json *j = &paper->printed.json;
	size_t n, baseless;
	const struct ranked *v = rank(paper, measure, &n, &baseless);
	size_t shown = n < BARS_MOST ? n : BARS_MOST;

	if (n == 0)
		return;
	printed_heading(&paper->printed, 2, str_of(measure_words(measure).words));
	json_object(j, NULL);
	json_object(j, "bars");
	json_str(j, "target", arena_printf(paper->arena, "目标 %" PRIu64 "%%",
					   rule_set_shipped.target));
	json_array(j, "items");
	for (size_t i = 0; i < shown; i++)
		write_bar(paper, &v[i]);
	json_close(j);
	json_close(j);
	json_close(j);
	if (shown < n)
		printed_note(&paper->printed, arena_printf(paper->arena,
			"只画出居前的 %zu 个单位，共 %zu 个有基数；全部数字见附表。", shown, n));
	if (baseless)
		printed_note(&paper->printed, arena_printf(paper->arena,
			"另有 %zu 个单位没有基数，不画。", baseless));
}

static void write_distances(struct paper *paper)
{
	size_t n, baseless, all = 0;

	for (size_t i = 0; i < array_count(headlines); i++) {
		(void)rank(paper, headlines[i], &n, &baseless);
		all += n;
	}
	printed_heading(&paper->printed, 1, STR("二、各单位与目标的距离"));
	if (all == 0) {
		printed_paragraph(&paper->printed, STR("本期没有可以比较的单位。"));
		return;
	}
	printed_note(&paper->printed, STR("条形自目标线画出：向左为未达标，向右为达标；长度即相差的"
					  "百分点。n 为分母。"));
	for (size_t i = 0; i < array_count(headlines); i++)
		write_bars(paper, headlines[i]);
}

/* ---- tables ---- */

struct table_taker {
	struct paper *paper;
	int first, end;		/* measures */
};

static void write_column(struct json *j, const char *head, int width, const char *align)
{
	json_object(j, NULL);
	json_text(j, "head", head);
	json_i64(j, "width", width);
	json_text(j, "align", align);
	json_close(j);
}

static void write_rate_cell(struct paper *paper, enum measure measure, struct rate rate)
{
	struct json *j = &paper->printed.json;
	struct arena *a = paper->arena;
	bool is_below = is_missed(measure, rate);

	json_object(j, NULL);
	if (!measures[measure].den) {
		json_str(j, "text", arena_printf(a, "%" PRIu64, rate.num));
	} else {
		struct str percent = percent_words(paper, rate);
		json_str(j, "text", !rate.den ? STR("—") :
			 is_below ? arena_printf(a, "▼ %.*s", STR_ARG(percent)) : percent);
		json_str(j, "note", arena_printf(a, "%" PRIu64 "/%" PRIu64, rate.num,
						 rate.den));
	}
	if (is_below)
		json_text(j, "ink", "bad");
	json_close(j);
}

static void take_row(void *arg, const struct standing *standing)
{
	struct table_taker *taker = arg;
	struct paper *paper = taker->paper;
	struct json *j = &paper->printed.json;
	const struct place *place = standing->place;
	bool is_sum = standing->kind == STANDING_ROLL_UP;

	json_array(j, NULL);
	json_object(j, NULL);
	json_str(j, "text", place ? place->name : STR("合计"));
	json_str(j, "note", place ? arena_printf(paper->arena, "%.*s%s", STR_ARG(place->code),
						 is_sum ? "（含下级）" : "") : STR_NONE);
	json_bool(j, "bold", standing->kind == STANDING_TOTAL);
	json_close(j);
	for (int i = taker->first; i < taker->end; i++)
		write_rate_cell(paper, (enum measure)i, standing->tally.rate[i]);
	json_close(j);
}

static void write_table(struct paper *paper, int number, int first, int end)
{
	struct json *j = &paper->printed.json;
	struct table_taker taker = { paper, first, end };

	printed_heading(&paper->printed, 2, arena_printf(paper->arena, "表 %d", number));
	json_object(j, NULL);
	json_object(j, "table");
	json_array(j, "columns");
	write_column(j, "单位", 26, "left");
	for (int i = first; i < end; i++)
		write_column(j, measure_words((enum measure)i).words, 15, "right");
	json_close(j);
	json_array(j, "rows");
	standings_each(paper->report, paper->only, take_row, &taker);
	json_close(j);
	json_close(j);
	json_close(j);
}

static void write_tables(struct paper *paper)
{
	int number = 0;

	printed_heading(&paper->printed, 1, STR("三、全部指标"));
	printed_note(&paper->printed, STR("每格上为比率，下为分子/分母；▼ 为未达到目标；— 为没有"
					  "基数。比率一律由分子与分母直接计算，不取平均。"));
	for (int first = 0; first < MEASURES; first += MEASURES_PER_TABLE) {
		int end = first + MEASURES_PER_TABLE;
		write_table(paper, ++number, first, end < MEASURES ? end : MEASURES);
	}
}

/* ---- what it rests on ---- */

static void write_basis(struct paper *paper, bool is_fifth)
{
	struct printed *p = &paper->printed;
	struct arena *a = paper->arena;
	const struct report *report = paper->report;
	const struct period *period = &report->question.period;

	printed_heading(p, 1, is_fifth ? STR("五、统计依据") : STR("四、统计依据"));
	printed_form_open(p, 20);
	printed_row(p, "期间", period_words(a, report->question.name), "范围",
		    str_of(scope_words(report->question.scope)));
	printed_row(p, "自", time_words(a, period->t0), "至（不含）", time_words(a, period->t1));
	printed_row(p, "截至", time_words(a, period->now), "目标",
		    arena_printf(a, "%" PRIu64 "%%", rule_set_shipped.target));
	printed_row(p, "规则版本", str_of(rule_set_shipped.version), "日历版本",
		    arena_printf(a, "%" PRIu64, report->calendar_version));
	printed_form_close(p);
	if (report->checkpoint.p)
		printed_code(p, report->checkpoint,
			     STR("账本检查点：可用任何支持该格式的工具核对本期数字未被改动。"));
	else
		printed_paragraph(p, STR("本期尚未封存：封存之前数字仍可能变化，因此没有检查点可供"
					 "核对。"));
}

static struct str foot_of(const struct paper *paper)
{
	const struct question *question = &paper->report->question;

	return arena_printf(paper->arena, "规则版本 %s · 日历版本 %" PRIu64 " · 截至 %.*s · %s · %s",
			    rule_set_shipped.version, paper->report->calendar_version,
			    STR_ARG(time_words(paper->arena, question->period.now)),
			    scope_words(question->scope),
			    paper->report->checkpoint.p ? "已封存" : "未封存");
}

struct reply reports_pdf(struct req *r)
{
	struct paper paper = { .arena = req_arena(r), .only = own_unit(req_actor(r)) };
	struct arena *a = req_arena(r);
	struct question question;

	if (!req_question(r, &question))
		return reply_invalid(r);
	paper.report = req_report(r, &question);
	/* A bulletin is for everybody, and the same bytes whoever prints it: it bears no mark. */
	(void)export_mark(r, "report.pdf", &question);
	printed_open(&paper.printed, &(struct printed_heads){
		.title = arena_printf(a, "%.*s诉求办理情况通报",
				      STR_ARG(period_words(a, question.name))),
		.subtitle = foot_of(&paper), .made = paper.report->question.period.now,
		.foot = foot_of(&paper) });
	write_summary(&paper);
	write_distances(&paper);
	write_tables(&paper);
	write_basis(&paper, beside_print(&paper.printed, req_tx(r), paper.report, paper.only));
	return reply_printed(r, &paper.printed,
			     arena_printf(a, "report-%.*s-%s.pdf", STR_ARG(question.name),
					  scope_names[question.scope]));
}
