/*
 * Showing corrections beside what was frozen: each with its number, and the figures of the
 * period as the newest ones would have them.
 */
#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "log.h"
#include "must.h"
#include "reports/correction_text.h"
#include "reports/corrections.h"
#include "reports/month.h"
#include "sealing.h"

/* ---- one correction ---- */

static bool is_for(const struct str *cells, size_t scope_cell, const char *scope,
		   struct str department, struct str only)
{
	if (scope && !str_is(cells[scope_cell], scope))
		return false;
	return !only.p || str_eq(department, only) || str_is(department, "-");
}

static void write_figures(struct json *j, struct str text, const char *scope, struct str only)
{
	struct lines lines = lines_section(text, STR(CORRECTION_FIGURES),
					   STR(CORRECTION_TASKS));
	struct str c[LINE_CELLS];

	json_array(j, "figures");
	while (lines_next(&lines, c)) {
		if (!is_for(c, FIGURE_SCOPE, scope, c[FIGURE_DEPARTMENT], only))
			continue;
		bool is_total = str_is(c[FIGURE_DEPARTMENT], "-");
		json_object(j, NULL);
		json_str(j, "scope", c[FIGURE_SCOPE]);
		json_str(j, "kind", c[FIGURE_KIND]);
		json_str(j, "department", is_total ? STR_NONE : c[FIGURE_DEPARTMENT]);
		json_str(j, "measure", c[FIGURE_MEASURE]);
		json_i64(j, "was_num", line_number(c[FIGURE_WAS_NUM]));
		json_i64(j, "was_den", line_number(c[FIGURE_WAS_DEN]));
		json_i64(j, "num", line_number(c[FIGURE_NUM]));
		json_i64(j, "den", line_number(c[FIGURE_DEN]));
		json_close(j);
	}
	json_close(j);
}

static void write_moves(struct json *j, struct str text, struct str only)
{
	struct lines lines = lines_section(text, STR(CORRECTION_TASKS), STR(""));
	struct str c[LINE_CELLS];
	uint32_t n = 0;

	json_array(j, "tasks");
	while (lines_next(&lines, c) && n < LIMIT_CORRECTION_TASKS) {
		if (only.p && !str_eq(c[MOVE_DEPARTMENT], only))
			continue;
		n++;
		json_object(j, NULL);
		json_str(j, "task", c[MOVE_TASK]);
		json_str(j, "department", c[MOVE_DEPARTMENT]);
		json_str(j, "measure", c[MOVE_MEASURE]);
		json_str(j, "was", c[MOVE_WAS]);
		json_str(j, "was_why", c[MOVE_WAS_WHY]);
		json_str(j, "now", c[MOVE_NOW]);
		json_str(j, "now_why", c[MOVE_NOW_WHY]);
		json_close(j);
	}
	json_close(j);
}

static int64_t moment_of(struct str text)
{
	struct lines head = { text.p, text.p + text.n };
	struct str c[LINE_CELLS];

	while (lines_next(&head, c))
		if (str_is(c[0], "at"))
			return line_number(c[1]);
	return 0;
}

bool correction_newest(struct tx *tx, const struct month *month, struct str *ret_text,
		       int64_t *ret_at)
{
	if (!month->row.corrections ||
	    !sealed_content(tx, ENTRY_MONTH_CORRECTED, month->number, month->row.corrections,
			    ret_text))
		return false;
	*ret_at = moment_of(*ret_text);
	return true;
}

/* `scope` NULL: the whole correction with its tasks. False when there is none. */
static bool write_correction(struct json *j, struct tx *tx, uint32_t month, uint32_t n,
			     const char *scope, struct str only)
{
	struct str text;

	if (!sealed_content(tx, ENTRY_MONTH_CORRECTED, month, n, &text))
		return false;
	json_object(j, NULL);
	json_str(j, "month", month_name(tx_arena(tx), month));
	json_u64(j, "n", n);
	json_time(j, "at", moment_of(text));
	write_figures(j, text, scope, only);
	if (!scope)
		write_moves(j, text, only);
	json_close(j);
	return true;
}

/* ---- beside a report ---- */

/* Months whose corrections stand beside the report: of a frozen month its own, of a longer
 * period those of all its months. */
static uint32_t corrected_months(struct tx *tx, const struct report *report,
				 struct sql_reports_month_frozen_row ret_rows[REPORT_PARTS])
{
	const struct question *question = &report->question;
	struct civil first = civil_of_day(day_of_instant(question->period.t0));
	uint32_t from = (uint32_t)(first.year * 100 + first.month), n = 0;
	uint32_t count = question->month ? 1 : question->months;

	if (!count)
		return 0;
	struct rows *rows = sql_reports_month_frozen(tx, (struct sql_reports_month_frozen){
		.first = from, .last = from + count - 1 });
	while (n < REPORT_PARTS && sql_reports_month_frozen_next(rows, &ret_rows[n]))
		n += ret_rows[n].corrections > 0;
	return n;
}

/* Moves a figure by what the newest correction of a month says of it. */
static void apply_line(struct report *corrected, const struct str *c)
{
	bool is_total = str_is(c[FIGURE_KIND], "total");
	struct place *place = is_total ? NULL : find_place(corrected, c[FIGURE_DEPARTMENT]);
	enum measure measure;
	struct rate *rate;

	must(measure_parse(c[FIGURE_MEASURE].p, c[FIGURE_MEASURE].n, &measure));
	if (corrected->question.months && !measure_adds_up(measure))
		return;
	if (!is_total && (!place || !str_is(c[FIGURE_KIND], "own")))
		return;
	rate = is_total ? &corrected->total.rate[measure] : &place->own.rate[measure];
	rate->num += (uint64_t)(line_number(c[FIGURE_NUM]) - line_number(c[FIGURE_WAS_NUM]));
	rate->den += (uint64_t)(line_number(c[FIGURE_DEN]) - line_number(c[FIGURE_WAS_DEN]));
	if (place)
		place->has_tasks = true;
}

static void apply(struct tx *tx, struct report *corrected, uint32_t month, uint32_t n)
{
	struct str c[LINE_CELLS];
	struct str text;

	if (!sealed_content(tx, ENTRY_MONTH_CORRECTED, month, n, &text))
		return;
	struct lines lines = lines_section(text, STR(CORRECTION_FIGURES),
					   STR(CORRECTION_TASKS));
	while (lines_next(&lines, c))
		if (str_is(c[FIGURE_SCOPE], scope_names[corrected->question.scope]))
			apply_line(corrected, c);
}

static struct report *copy_of(struct tx *tx, const struct report *report)
{
	struct report *copy = arena_new_of(tx_arena(tx), struct report);

	*copy = *report;
	copy->places = arena_array_of(tx_arena(tx), struct place, report->place_count);
	if (report->place_count)
		memcpy(copy->places, report->places,
		       report->place_count * sizeof(*report->places));
	return copy;
}

static void write_corrected(struct json *j, const struct report *corrected, struct str only)
{
	json_object(j, "corrected");
	json_object(j, "total");
	measures_write(j, &corrected->total, corrected->rules);
	json_close(j);
	json_array(j, "departments");
	for (size_t i = 0; i < corrected->place_count; i++) {
		const struct place *place = &corrected->places[i];
		if (!place->has_tasks || (only.p && !str_eq(place->code, only)))
			continue;
		json_object(j, NULL);
		json_str(j, "department", place->code);
		measures_write(j, &place->own, corrected->rules);
		json_close(j);
	}
	json_close(j);
	json_close(j);
}

void corrections_write(struct json *j, struct tx *tx, const struct report *report,
		       struct str only)
{
	struct sql_reports_month_frozen_row rows[REPORT_PARTS];
	uint32_t n = corrected_months(tx, report, rows);
	struct report *corrected = n ? copy_of(tx, report) : NULL;

	json_array(j, "corrections");
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 1; k <= rows[i].corrections && tx_ok(tx); k++)
			(void)write_correction(j, tx, rows[i].month, k,
					       scope_names[report->question.scope], only);
	json_close(j);
	if (!corrected) {
		json_null(j, "corrected");
		return;
	}
	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		apply(tx, corrected, rows[i].month, rows[i].corrections);
	write_corrected(j, corrected, only);
}

/* ---- routes ---- */

struct reply corrections_add(struct req *r)
{
	static const struct field no_fields[] = { { 0 } };
	struct month month;
	char empty;

	bool is_month = req_month(r, &month);
	if (!req_form(r, no_fields, &empty) || !is_month)
		return reply_invalid(r);
	if (!month_step_is_legal(&month, STEP_CORRECT))
		return reply_month_step(r, &month);
	if (month_correct(req_tx(r), &month))
		log_info("reports", "corrected", "month=%u correction=%u", month.number,
			 month.row.corrections);
	return reply_month(r, &month);
}

struct reply corrections_show(struct req *r)
{
	struct month month;
	uint64_t n;

	if (!req_month(r, &month))
		return reply_invalid(r);
	if (!str_to_u64(req_path(r, "n"), &n) || n == 0 || n > month.row.corrections ||
	    !write_correction(req_json(r), req_tx(r), month.number, (uint32_t)n, NULL,
			      own_unit(req_actor(r))))
		return reply_missing(r);
	return reply_ok(r);
}
