/*
 * The report as a workbook: what it is with its charts, the figures by measure, the cases.
 */
#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "module.h"
#include "printed.h"
#include "reports/export.h"
#include "sheet.h"

static const struct sheet_column about_columns[] = { { "项目", 16 }, { "内容", 44 }, { 0 } };

static const struct sheet_column figure_columns[] = {
	{ "指标", 16 }, { "类别", 9 }, { "编码", 12 }, { "单位", 26 }, { "分子", 9 },
	{ "分母", 9 }, { "比率", 11 }, { "目标", 9 }, { "是否达标", 10 }, { "指标代码", 20 },
	{ 0 }
};
enum { COLUMN_NAME = 3, COLUMN_RATE = 6, COLUMN_TARGET = 7 };

struct book_taker {
	struct sheet *figures;
	enum measure measure;
	uint64_t first_own, owns;	/* rows of the departments */
};

/* ---- figures ---- */

/* As many decimals as the report shows. */
static unsigned decimals_of(struct rate rate)
{
	char text[RATE_TEXT_BYTES];
	const char *point = strchr(rate_words(rate, text), '.');

	return point ? (unsigned)strlen(point + 1) : 0;
}

static const char *verdict_words(struct rate rate)
{
	switch (rate_verdict(rate)) {
	case VERDICT_MET:
		return "达标";
	case VERDICT_MISSED:
		return "未达标";
	default:
		return NULL;
	}
}

static void take_figure(void *arg, const struct standing *standing)
{
	struct book_taker *taker = arg;
	struct sheet *s = taker->figures;
	const struct place *place = standing->place;
	struct measure_words name = measure_words(taker->measure);
	struct rate rate = standing->tally.rate[taker->measure];

	if (standing->kind == STANDING_OWN && taker->owns++ == 0)
		taker->first_own = sheet_rows(s);
	sheet_text(s, name.words);
	sheet_text(s, standing_words[standing->kind]);
	sheet_str(s, place ? place->code : STR_NONE);
	sheet_str(s, place ? place->name : STR_NONE);
	sheet_u64(s, rate.num);
	if (measures[taker->measure].den)
		sheet_u64(s, rate.den);
	else
		sheet_text(s, NULL);
	sheet_rate(s, rate.num, rate.den, decimals_of(rate));
	sheet_rate(s, rule_set_shipped.target, name.is_held_to_target ? 100 : 0, 2);
	sheet_text(s, name.is_held_to_target ? verdict_words(rate) : NULL);
	sheet_text(s, name.name);
}

/* Charts are of what the policy holds to the target. */
static bool is_charted(enum measure measure)
{
	return measure == MEASURE_ON_TIME || measure == MEASURE_COMPLETION ||
	       measure == MEASURE_SATISFACTION;
}

static void write_figures(const struct report *report, struct str only, struct sheet *figures,
			  struct sheet *about)
{
	uint32_t charts = 0;

	for (int i = 0; i < MEASURES; i++) {
		struct book_taker taker = { .figures = figures, .measure = (enum measure)i };

		standings_each(report, only, take_figure, &taker);
		if (!is_charted(taker.measure) || taker.owns == 0)
			continue;
		sheet_chart(about, charts++, &(struct sheet_chart){
			.from = figures, .title = measure_words(taker.measure).words,
			.target = "目标", .first = taker.first_own,
			.last = taker.first_own + taker.owns - 1, .name_column = COLUMN_NAME,
			.value_column = COLUMN_RATE, .target_column = COLUMN_TARGET,
		});
	}
}

/* ---- what it is ---- */

static void about_line(struct sheet *s, const char *name, struct str value)
{
	sheet_text(s, name);
	sheet_str(s, value);
}

static void write_about(struct arena *a, const struct report *report, struct sheet *s)
{
	const struct question *question = &report->question;

	about_line(s, "期间", period_words(a, question->name));
	about_line(s, "期间代码", question->name);
	about_line(s, "范围", str_of(scope_words(question->scope)));
	sheet_text(s, "截至");
	sheet_time(s, question->period.now);
	about_line(s, "规则版本", str_of(rule_set_shipped.version));
	about_line(s, "日历版本", arena_printf(a, "%" PRIu64, report->calendar_version));
	about_line(s, "目标", arena_printf(a, "%" PRIu64 "%%", rule_set_shipped.target));
	about_line(s, "封存", report->checkpoint.p ? report->checkpoint :
			      STR("本期尚未封存，数字仍可能变化"));
	about_line(s, "表“数字”", STR("各指标的分子、分母和比率，每单位一行"));
	about_line(s, "表“办件”", STR("期内每一件及其计入各比率的原因"));
	about_line(s, "图", STR("虚线为目标，点为比率，在线下为未达标"));
}

/* Whose copy it is. */
static void write_source(struct arena *a, struct sheet *s, const struct actor *by,
			 const struct export_mark *mark)
{
	about_line(s, "调出人", by->name);
	about_line(s, "单位", by->unit);
	about_line(s, "时间", time_words(a, clock_now()));
	about_line(s, "审计编号", mark->code);
	about_line(s, "说明", STR("本件仅供调出人因公使用，调出已记入审计"));
}

/* ---- route ---- */

struct reply reports_xlsx(struct req *r)
{
	struct str own = own_unit(req_actor(r));
	struct question question;

	if (!req_question(r, &question))
		return reply_invalid(r);
	const struct report *report = req_report(r, &question);
	struct str period = period_words(req_arena(r), question.name);
	struct export_mark mark = export_mark(r, "report.xlsx", &question);
	struct book *book = book_new(req_spool(r), period, report->question.period.now);
	book_mark(book, mark.words);
	struct sheet *about = sheet_new(book, "说明", about_columns);
	struct sheet *figures = sheet_new(book, "数字", figure_columns);
	struct sheet *cases = sheet_new(book, "办件", case_columns);
	write_source(req_arena(r), sheet_new(book, "来源", about_columns), req_actor(r), &mark);
	write_about(req_arena(r), report, about);
	write_figures(report, own, figures, about);
	bool is_whole = cases_write(r, report, own.p ? own : STR(""), NULL, cases,
				    LIMIT_SHEET_ROWS);
	book_close(book);
	if (!is_whole)
		return reply_problem(r, 422, "too_many_rows", "The period has more than %u "
				     "cases, too many for a sheet: take a shorter one, or "
				     "/api/v1/reports/%.*s/tasks.csv.", LIMIT_SHEET_ROWS,
				     STR_ARG(question.name));
	return reply_spool(r, "application/vnd.openxmlformats-officedocument."
			   "spreadsheetml.sheet", "report-%.*s-%s.xlsx",
			   STR_ARG(question.name), scope_names[question.scope]);
}
