/*
 * Promises: a progress that names a day ("repaired by the 15th") is a promise to the caller. On
 * the day after it is due for a check: the caller's answer in a return visit tells whether it
 * was kept, or somebody of the centre who went and looked. What was promised stands in the
 * event; here is only the day, and what became of it.
 *
 * Told histories are left as they were told.
 */
#include "action.h"
#include "bounds.h"
#include "clock.h"
#include "module.h"
#include "sealing.h"

#include "promises_sql.h"

enum promise_state {	/* stored: numbers are fixed */
	PROMISE_PENDING = 1, PROMISE_KEPT, PROMISE_BROKEN, PROMISE_LAPSED
};
static const char *const state_names[] = {
	"pending", "kept", "broken", "lapsed", "due", NULL
};
enum { DUE = PROMISE_LAPSED };	/* index of the word for pending ones whose day is over */

/* Start of the local day of an instant: promises of earlier days may be checked then. */
static int64_t today_of(int64_t at)
{
	return day_start(day_of_instant(at));
}

/* ---- deciding ---- */

struct check {
	bool is_kept;
	int64_t at;
	struct str by, note;
};

static void enter(struct tx *tx, uint64_t task_id, const struct sql_promises_due_row *promise,
		  const struct check *check)
{
	struct arena *a = tx_arena(tx);
	struct sealed_object object;
	struct json *j = sealed_object_open(&object, "liandong-promise/1");

	json_str(j, "task", task_reference(a, task_id));
	json_u64(j, "seq", promise->seq);
	json_str(j, "department", promise->department);
	json_time(j, "promise_on", promise->promise_on);
	json_time(j, "made_at", promise->made_at);
	json_bool(j, "kept", check->is_kept);
	json_time(j, "at", check->at);
	json_str(j, "by", check->by);
	json_str(j, "note", check->note);
	sealed_object_close(&object, tx, &(struct entry){
		.kind = ENTRY_SUPERVISION, .subject = task_id, .number = promise->seq,
		.at = check->at });
}

enum { DECIDED_MAX = 16 };

/* Decides some of what is due of the task; their number. */
static uint32_t decide_some(struct tx *tx, uint64_t task_id, const struct check *check)
{
	struct sql_promises_due_row due[DECIDED_MAX] = { 0 };
	uint32_t n = 0;
	struct rows *rows = sql_promises_due(tx, (struct sql_promises_due){
		.task_id = task_id, .day_start = today_of(check->at), .n = DECIDED_MAX });

	while (n < DECIDED_MAX && sql_promises_due_next(rows, &due[n]))
		n++;
	for (uint32_t i = 0; i < n; i++) {
		sql_promises_decide(tx, (struct sql_promises_decide){
			.task_id = task_id, .seq = due[i].seq, .at = check->at,
			.state = check->is_kept ? PROMISE_KEPT : PROMISE_BROKEN,
			.by_name = check->by, .note = check->note,
		});
		enter(tx, task_id, &due[i], check);
	}
	return n;
}

/* Decides all that is due of the task; false when nothing is. */
static bool decide(struct tx *tx, uint64_t task_id, const struct check *check)
{
	uint32_t n = decide_some(tx, task_id, check);
	bool is_any = n > 0;

	while (n == DECIDED_MAX)
		n = decide_some(tx, task_id, check);
	return is_any;
}

/* ---- hooks ---- */

static void promise_made(struct tx *tx, const struct event *e)
{
	if (e->is_history || !e->progressed.promise_on)
		return;
	sql_promises_add(tx, (struct sql_promises_add){
		.id = tx_sequence(tx, "promises_promise"), .task_id = e->task->id,
		.seq = e->appeal->version, .department = e->task->department,
		.promise_on = e->progressed.promise_on, .made_at = e->at,
	});
}

/* The word of the caller to whom it was promised; solved in part is not as promised. */
static void promise_visited(struct tx *tx, const struct event *e)
{
	const struct visit *v = e->visit;

	if (e->is_history || !v->is_reached || v->caller_appeal || v->solved < 0)
		return;
	(void)decide(tx, e->task->id, &(struct check){
		.is_kept = str_is(str_of(solved_names[v->solved]), "yes"), .at = e->at,
		.by = e->by->name });
}

static void promise_left(struct tx *tx, const struct event *e)
{
	if (!e->is_history && !task_is_live(e->task))
		sql_promises_move(tx, (struct sql_promises_move){
			.task_id = e->task->id, .was = PROMISE_PENDING,
			.state = PROMISE_LAPSED });
}

static void promise_restored(struct tx *tx, const struct event *e)
{
	if (!e->is_history)
		sql_promises_move(tx, (struct sql_promises_move){
			.task_id = e->task->id, .was = PROMISE_LAPSED,
			.state = PROMISE_PENDING });
}

/* ---- checking on the spot ---- */

struct check_form {
	enum tri is_kept;
	struct str note;
};

static const struct field check_fields[] = {
	{ "kept", FIELD_TRI, offsetof(struct check_form, is_kept), .required = true },
	{ "note", FIELD_TEXT, offsetof(struct check_form, note), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static void write_promise(struct json *j, struct arena *a,
			  const struct sql_promises_page_row *row, int64_t today)
{
	bool is_due = row->state == PROMISE_PENDING && row->promise_on < today;

	json_object(j, NULL);
	json_str(j, "task", task_reference(a, row->task_id));
	json_u64(j, "seq", row->seq);
	json_str(j, "department", row->department);
	json_time(j, "promise_on", row->promise_on);
	json_time(j, "check_on", row->promise_on + CLOCK_DAY);
	json_time(j, "made_at", row->made_at);
	json_text(j, "state", state_names[is_due ? DUE : row->state - 1]);
	json_time(j, "decided_at", row->decided_at);
	json_str(j, "decided_by", row->decided_by);
	json_str(j, "note", row->note);
	json_close(j);
}

/* Answers with all promises of a task, first day first. */
static struct reply reply_promises(struct req *r, uint64_t task_id)
{
	struct sql_promises_page_row row = { 0 };
	struct json *j = req_json(r);
	struct rows *rows = sql_promises_page(req_tx(r), (struct sql_promises_page){
		.t0 = 0, .t1 = INT64_MAX, .department = STR(""), .task_id = task_id,
		.day_start = INT64_MAX, .after_on = -1, .n = LIMIT_PAGE_MAX,
	});

	json_object(j, NULL);
	json_array(j, "items");
	while (sql_promises_page_next(rows, &row))
		write_promise(j, req_arena(r), &row, today_of(clock_now()));
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

static struct reply promises_check(struct req *r)
{
	static const char *const nothing[] = { NULL };
	struct check_form form;
	struct matter m;
	struct task *task;

	if (!req_task(r, &m, &task))
		return reply_missing(r);
	if (!req_form(r, check_fields, &form))
		return reply_invalid(r);
	if (!decide(req_tx(r), task->id, &(struct check){
			.is_kept = form.is_kept == TRI_YES, .at = clock_now(),
			.by = req_actor(r)->name, .note = form.note }))
		return reply_conflict(r, "no_promise_due", nothing,
				      "Nothing was promised here for a day that is over and is "
				      "not checked yet.");
	return reply_promises(r, task->id);
}

static struct reply promises_of_task(struct req *r)
{
	struct matter m;
	struct task *task;

	return req_task(r, &m, &task) ? reply_promises(r, task->id) : reply_missing(r);
}

/* ---- lists and figures ---- */

/* The days that are asked for; all of them without the parameter. False after a complaint. */
static bool query_period(struct req *r, struct period *ret)
{
	struct str name = req_query(r, "period");

	*ret = (struct period){ .t0 = 0, .t1 = INT64_MAX };
	if (!name.p || period_parse(name.p, name.n, ret))
		return true;
	req_error(r, "#/query/period", "bad_period",
		  "A period is written 2026-03, 2026-Q1, 2026, 2026-W10 or 2026-03-05.");
	return false;
}

/* The department to be shown, empty for all; false with the reply: none, or not one's own. */
static bool query_department(struct req *r, struct str *ret, struct reply *ret_refusal)
{
	const struct actor *actor = req_actor(r);
	struct str asked;

	if (!req_query_code(r, "department", &asked)) {
		*ret_refusal = reply_invalid(r);
		return false;
	}
	*ret = req_relation(r) == RELATION_OWN ? actor->unit : asked.p ? asked : STR("");
	if (!asked.p || str_eq(asked, *ret))
		return true;
	*ret_refusal = reply_denied(r, "A department sees its own promises.");
	return false;
}

static struct reply promises_list(struct req *r)
{
	struct sql_promises_page_row row = { 0 };
	int64_t today = today_of(clock_now());
	struct str department;
	struct reply refusal;
	struct period period;
	struct page page;
	uint64_t last[2] = { 0, 0 };
	uint32_t n = 0;
	int state;

	bool is_read = query_period(r, &period);
	is_read = req_query_choice(r, "state", state_names, &state) && is_read;
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	if (!query_department(r, &department, &refusal))
		return refusal;
	/* What is due is told from what is pending still. */
	if (state + 1 == PROMISE_PENDING && period.t0 < today)
		period.t0 = today;
	struct rows *rows = sql_promises_page(req_tx(r), (struct sql_promises_page){
		.t0 = period.t0, .t1 = period.t1, .department = department,
		.state = state == DUE ? PROMISE_PENDING : (uint32_t)(state + 1),
		.day_start = state == DUE ? today : INT64_MAX,
		.after_on = page.is_continued ? (int64_t)page.key1 : -1,
		.after_id = page.key2, .n = page.limit + 1,
	});
	page_open(r);
	while (sql_promises_page_next(rows, &row) && n++ < page.limit) {
		write_promise(req_json(r), req_arena(r), &row, today);
		last[0] = (uint64_t)row.promise_on;
		last[1] = row.id;
	}
	page_close(r, n > page.limit, last[0], last[1]);
	return reply_ok(r);
}

/* The rate has what was checked as its base; what nobody checked yet stands beside it. */
static struct reply promises_figures(struct req *r)
{
	struct sql_promises_figures_row row = { 0 };
	struct json *j = req_json(r);
	struct str department;
	struct reply refusal;
	struct period period;

	if (!query_period(r, &period))
		return reply_invalid(r);
	if (!query_department(r, &department, &refusal))
		return refusal;
	struct rows *rows = sql_promises_figures(req_tx(r), (struct sql_promises_figures){
		.t0 = period.t0, .t1 = period.t1, .department = department,
		.day_start = today_of(clock_now()),
	});
	json_object(j, NULL);
	json_array(j, "items");
	while (sql_promises_figures_next(rows, &row)) {
		json_object(j, NULL);
		json_str(j, "department", row.department);
		json_u64(j, "made", row.made);
		json_u64(j, "kept", row.kept);
		json_u64(j, "broken", row.broken);
		json_u64(j, "lapsed", row.lapsed);
		json_u64(j, "due", row.due);
		json_u64(j, "pending", row.made - row.kept - row.broken - row.lapsed - row.due);
		json_object(j, "kept_rate");
		json_u64(j, "num", row.kept);
		json_u64(j, "den", row.kept + row.broken);
		json_close(j);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

/* ---- tables ---- */

static const struct hook hooks[] = {
	{ EVENT_TASK_PROGRESSED, promise_made },
	{ EVENT_TASK_VISITED, promise_visited },
	{ EVENT_TASK_RETURN_ACCEPTED, promise_left },
	{ EVENT_TASK_RULED, promise_left },
	{ EVENT_TASK_WITHDRAWN, promise_left },
	{ EVENT_TASK_RESTORED, promise_restored },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(promises_of_task) },
	{ ROUTE(promises_check) },
	{ ROUTE(promises_list), .query = "limit cursor state department period" },
	{ ROUTE(promises_figures), .query = "department period" },
	{ 0 }
};

const struct module promises_module = {
	.name = "promises",
	.purpose = "Keeps what was promised for a day, and whether it was kept.",
	.routes = routes,
	.hooks = hooks,
};
