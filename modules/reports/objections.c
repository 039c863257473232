/*
 * What departments say to a month's figures: objections to a preview, each answered before the
 * freeze, and statements, their own words beside a bad figure (right of reply).
 */
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "matter.h"
#include "reports/month.h"

/* ---- objecting ---- */

struct objection_form {
	struct str task, measure, text;
};

static const struct field objection_fields[] = {
	{ "task", FIELD_CODE, offsetof(struct objection_form, task), .required = true },
	{ "measure", FIELD_CODE, offsetof(struct objection_form, measure), .null_ok = true },
	{ "text", FIELD_TEXT, offsetof(struct objection_form, text), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static void check_measure(struct req *r, struct str name)
{
	enum measure measure;

	if (name.p && !measure_parse(name.p, name.n, &measure))
		req_error(r, "#/measure", "unknown_code",
			  "There is no such measure; the report has their names.");
}

/* A department objects to what stands about its own tasks; others do not exist for it. */
static void check_own_task(struct req *r, struct str task)
{
	struct sql_reports_month_of_task_row row = { 0 };
	uint64_t id = task.p ? task_id_of(task) : 0;

	if (task.p && (!id || !sql_reports_month_of_task(req_tx(r),
			(struct sql_reports_month_of_task){ .task_id = id }, &row) ||
		       !str_eq(row.department, req_actor(r)->unit)))
		req_error(r, "#/task", "unknown_task",
			  "Your department has no such task; the lists behind the figures "
			  "have their numbers.");
}

static bool is_too_late(struct tx *tx, const struct month *month)
{
	int64_t until = month_days(reference_of(tx), month).objections_until;

	return until && clock_now() > until + CLOCK_SECOND;
}

static void write_objection(struct json *j, struct arena *a,
			    const struct sql_reports_objection_page_row *row)
{
	static const char *const decisions[] = { NULL, "accepted", "refused" };

	json_object(j, NULL);
	json_u64(j, "n", row->n);
	json_str(j, "department", row->department);
	json_str(j, "task", task_reference(a, row->task_id));
	json_str(j, "measure", row->measure);
	json_str(j, "text", row->text);
	json_time(j, "at", row->at);
	json_str(j, "by", row->by_name);
	json_text(j, "decision", decisions[row->decision]);
	json_time(j, "decided_at", row->decided_at);
	json_str(j, "decided_by", row->decided_by);
	json_str(j, "answer", row->answer);
	json_close(j);
}

static struct reply reply_objection(struct req *r, uint32_t month, uint32_t n)
{
	struct sql_reports_objection_page_row row = { 0 };
	struct rows *rows = sql_reports_objection_page(req_tx(r),
		(struct sql_reports_objection_page){
			.month = month, .department = STR(""), .after = n - 1, .n = 1 });

	if (sql_reports_objection_page_next(rows, &row))
		write_objection(req_json(r), req_arena(r), &row);
	return reply_ok(r);
}

struct reply objections_add(struct req *r)
{
	struct sql_reports_objection_last_row last = { 0 };
	struct tx *tx = req_tx(r);
	struct objection_form form;
	struct month month;

	bool is_month = req_month(r, &month);
	bool is_read = req_form(r, objection_fields, &form);
	check_measure(r, form.measure);
	check_own_task(r, form.task);
	if (!is_month || !is_read || req_has_errors(r))
		return reply_invalid(r);
	if (!month_step_is_legal(&month, STEP_OBJECT))
		return reply_month_step(r, &month);
	if (is_too_late(tx, &month))
		return reply_problem(r, 409, "objections_closed",
				     "The days for objections to this month are over.");
	/* The month's row is locked: no two objections take one number, and a freeze comes before,
	 * and is seen, or after, and sees this one. */
	sql_reports_month_touch(tx, (struct sql_reports_month_touch){ .month = month.number });
	month = month_read(tx, month.number);
	if (!month_step_is_legal(&month, STEP_OBJECT))
		return reply_month_step(r, &month);
	if (!sql_reports_objection_last(tx, (struct sql_reports_objection_last){
			.month = month.number }, &last))
		last.n = 0;
	sql_reports_objection_add(tx, (struct sql_reports_objection_add){
		.month = month.number, .n = last.n + 1, .department = req_actor(r)->unit,
		.task_id = task_id_of(form.task), .measure = form.measure, .text = form.text,
		.at = clock_now(), .by_name = req_actor(r)->name,
	});
	return reply_objection(r, month.number, last.n + 1);
}

/* ---- answering ---- */

enum { OBJECTION_ACCEPTED = 1, OBJECTION_REFUSED };

struct answer_form {
	enum tri accepted;
	struct str answer;
};

static const struct field answer_fields[] = {
	{ "accepted", FIELD_TRI, offsetof(struct answer_form, accepted), .required = true },
	{ "answer", FIELD_TEXT, offsetof(struct answer_form, answer), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

/* An accepted objection moves no figure by itself: what it asks for is done as a step of its
 * task (an exclusion, a withdrawal, another visit) before the freeze, and seen there. */
struct reply objections_answer(struct req *r)
{
	struct sql_reports_objection_read_row row = { 0 };
	struct tx *tx = req_tx(r);
	struct answer_form form;
	struct month month;
	uint64_t n;

	bool is_month = req_month(r, &month);
	bool is_read = req_form(r, answer_fields, &form);
	if (!str_to_u64(req_path(r, "n"), &n) || n == 0 || n > UINT32_MAX)
		return reply_missing(r);
	if (!is_month || !is_read)
		return reply_invalid(r);
	if (!sql_reports_objection_read(tx, (struct sql_reports_objection_read){
			.month = month.number, .n = (uint32_t)n }, &row))
		return reply_missing(r);
	if (!month_step_is_legal(&month, STEP_ANSWER))
		return reply_month_step(r, &month);
	if (row.decision)
		return reply_problem(r, 409, "already_answered",
				     "This objection has its answer.");
	sql_reports_objection_decide(tx, (struct sql_reports_objection_decide){
		.month = month.number, .n = (uint32_t)n,
		.decision = form.accepted == TRI_YES ? OBJECTION_ACCEPTED : OBJECTION_REFUSED,
		.at = clock_now(), .by_name = req_actor(r)->name, .answer = form.answer,
	});
	return reply_objection(r, month.number, (uint32_t)n);
}

struct reply objections_list(struct req *r)
{
	struct sql_reports_objection_page_row row = { 0 };
	struct str own = own_unit(req_actor(r));
	struct month month;
	struct page page;
	uint64_t last = 0;
	uint32_t n = 0;

	bool is_month = req_month(r, &month);
	if (!req_page(r, &page) || !is_month)
		return reply_invalid(r);
	struct rows *rows = sql_reports_objection_page(req_tx(r),
		(struct sql_reports_objection_page){
			.month = month.number, .department = own.p ? own : STR(""),
			.after = (uint32_t)page.key1, .n = page.limit + 1 });
	page_open(r);
	while (sql_reports_objection_page_next(rows, &row) && n++ < page.limit) {
		write_objection(req_json(r), req_arena(r), &row);
		last = row.n;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

/* ---- right of reply ---- */

struct statement_form {
	struct str measure, text;
};

static const struct field statement_fields[] = {
	{ "measure", FIELD_CODE, offsetof(struct statement_form, measure), .required = true },
	{ "text", FIELD_LINE, offsetof(struct statement_form, text), .required = true,
	  .max = LIMIT_STATEMENT_CHARS },
	{ 0 }
};

/* The rate of the department itself, as the month now shows it. */
static struct rate own_rate(struct tx *tx, const struct month *month, struct str department,
			    enum measure measure)
{
	const struct report *report = report_make(tx, &(struct question){
		.name = month_name(tx_arena(tx), month->number), .period = month->period,
		.month = month->number });
	const struct place *place = find_place(report, department);

	return place ? place->own.rate[measure] : (struct rate){ 0, 0 };
}

struct reply statements_put(struct req *r)
{
	struct tx *tx = req_tx(r);
	struct str unit = req_actor(r)->unit;
	enum measure measure = MEASURE_ON_TIME;
	struct statement_form form;
	struct month month;

	bool is_month = req_month(r, &month);
	bool is_read = req_form(r, statement_fields, &form);
	check_measure(r, form.measure);
	if (!is_month || !is_read || req_has_errors(r) ||
	    !measure_parse(form.measure.p, form.measure.n, &measure))
		return reply_invalid(r);
	if (!month_step_is_legal(&month, STEP_STATEMENT))
		return reply_month_step(r, &month);
	if (rate_meets(own_rate(tx, &month, unit, measure), rule_set_shipped.target) !=
	    VERDICT_MISSED)
		return reply_problem(r, 409, "figure_is_not_bad",
				     "A department speaks beside figures of its own that miss "
				     "the target.");
	sql_reports_statement_put(tx, (struct sql_reports_statement_put){
		.month = month.number, .department = unit, .measure = form.measure,
		.text = form.text, .at = clock_now(), .by_name = req_actor(r)->name,
	});
	return reply_month(r, &month);
}

const struct statements *statements_read(struct tx *tx, uint32_t month)
{
	struct statements *list = arena_new_of(tx_arena(tx), struct statements);
	struct sql_reports_statement_all_row row = { 0 };
	struct rows *rows = sql_reports_statement_all(tx, (struct sql_reports_statement_all){
		.month = month });

	while (sql_reports_statement_all_next(rows, &row)) {
		if (list->n == list->room) {
			struct statement *more = arena_array_of(tx_arena(tx), struct statement,
								list->room * 2 + 32);
			if (list->n)
				memcpy(more, list->v, list->n * sizeof(*more));
			list->v = more;
			list->room = list->room * 2 + 32;
		}
		list->v[list->n++] = (struct statement){
			.department = row.department, .measure = row.measure,
			.text = row.text, .at = row.at,
		};
	}
	return list;
}

void statements_write(struct json *j, const struct statements *list, struct str department)
{
	json_array(j, "statements");
	for (size_t i = 0; i < list->n; i++) {
		if (!str_eq(list->v[i].department, department))
			continue;
		json_object(j, NULL);
		json_str(j, "measure", list->v[i].measure);
		json_str(j, "text", list->v[i].text);
		json_time(j, "at", list->v[i].at);
		json_close(j);
	}
	json_close(j);
}
