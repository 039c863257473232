/*
 * Who is to be called next: one row for each caller and occasion. The occasions are the end of
 * the limit for the work, whatever the department says of it, and every completion that
 * passed. Only leads are asked about: the caller made one appeal, whoever else helped with it.
 *
 * How often and when, is rules/visit_plan.h; rows only keep what it said last, so that the list
 * needs no arithmetic.
 */
#include "visits/visits.h"

#include "bounds.h"
#include "clock.h"
#include "module.h"
#include "rules/visit_plan.h"
#include "sightings.h"

#include "visits_sql.h"

enum { ATTEMPTS_MAX = 64 };

/* ---- rows ---- */

static bool find_open(struct tx *tx, uint64_t task_id, uint64_t caller_appeal,
		      struct due_visit *ret)
{
	struct sql_visits_due_open_row row = { 0 };

	if (!sql_visits_due_open(tx, (struct sql_visits_due_open){
			.task_id = task_id, .caller_appeal = caller_appeal }, &row))
		return false;
	*ret = (struct due_visit){
		.id = row.id, .task_id = task_id, .caller_appeal = caller_appeal,
		.cause = (enum due_cause)row.cause, .state = (enum due_state)row.state,
		.since = row.since,
		.asked_at = row.state == DUE_ASKED ? question_asked_at(row.not_before) : 0,
	};
	return true;
}

void due_move(struct tx *tx, uint64_t id, enum due_state was, const struct due_standing *to)
{
	sql_visits_due_move(tx, (struct sql_visits_due_move){
		.id = id, .was = was, .state = to->state, .next = to->next,
		.attempts = to->attempts, .not_before = to->not_before,
		.ended_at = to->ended_at, .ended_by = to->ended_by,
	});
}

/* The latest calls since the row arose, oldest first. */
static uint32_t read_attempts(struct tx *tx, const struct due_visit *due,
			      struct visit_attempt *attempts)
{
	struct sql_visits_attempts_row row = { 0 };
	uint32_t n = 0;
	struct rows *rows = sql_visits_attempts(tx, (struct sql_visits_attempts){
		.task_id = due->task_id, .caller_appeal = due->caller_appeal,
		.since = due->since, .n = ATTEMPTS_MAX,
	});

	while (n < ATTEMPTS_MAX && sql_visits_attempts_next(rows, &row))
		attempts[n++] = (struct visit_attempt){
			.at = row.at, .is_reached = row.is_reached,
		};
	return n;
}

static enum due_next next_of(const struct visit_plan *plan)
{
	return plan->next == VISIT_CALL_OUT_OF_HOURS ? NEXT_CALL_OUT_OF_HOURS : NEXT_CALL;
}

/* At most one row of a task and caller is open: the earlier occasion is the same call. */
static void add(struct tx *tx, const struct task *t, uint64_t caller_appeal,
		enum due_cause cause, int64_t at)
{
	struct due_visit due = {
		.task_id = t->id, .caller_appeal = caller_appeal, .cause = cause, .since = at,
	};

	if (find_open(tx, t->id, caller_appeal, &due))
		return;
	struct visit_plan plan = visit_plan(reference_of(tx)->calendar, at, NULL, 0, 0, at);
	sql_visits_due_insert(tx, (struct sql_visits_due_insert){
		.id = tx_sequence(tx, "visits_due"), .task_id = t->id,
		.caller_appeal = caller_appeal, .round = t->round, .cause = cause,
		.state = DUE_WAITING, .next = next_of(&plan), .since = at,
		.not_before = plan.not_before,
	});
}

/* cause 0: each. */
static void drop(struct tx *tx, const struct event *e, uint32_t cause)
{
	if (!sql_visits_due_drop(tx, (struct sql_visits_due_drop){
			.task_id = e->task->id, .cause = cause, .ended_at = e->at,
			.ended_by = e->kind }))
		return;
	questions_end(tx, e->task->id);
}

/* What the plan says now becomes the row; the last failed call asks by SMS. */
static void move_on(struct tx *tx, const struct event *e, const struct due_visit *due)
{
	struct visit_attempt attempts[ATTEMPTS_MAX];
	uint32_t n = read_attempts(tx, due, attempts);
	struct visit_plan plan = visit_plan(reference_of(tx)->calendar, due->since, attempts, n,
					    due->asked_at, e->at);
	struct due_standing to = {
		.state = DUE_WAITING, .next = next_of(&plan), .attempts = n,
		.not_before = plan.not_before,
	};

	if (plan.next == VISIT_DONE) {
		to.state = DUE_ANSWERED;
		to.ended_at = e->at;
		to.ended_by = e->kind;
	} else if (plan.next != VISIT_CALL && plan.next != VISIT_CALL_OUT_OF_HOURS) {
		to.state = DUE_ASKED;
		to.next = NEXT_AWAIT_SMS;
		to.not_before = plan.next == VISIT_SEND_SMS ? question_until(e->at)
							    : plan.asked_until;
	}
	due_move(tx, due->id, due->state, &to);
	if (plan.next == VISIT_SEND_SMS)
		question_ask(tx, e, due->caller_appeal);
	else if (plan.next == VISIT_DONE)
		questions_end(tx, due->task_id);
}

/* ---- hooks ---- */

static bool is_asked_about(const struct event *e)
{
	return !e->is_history && e->task->role == TASK_LEAD && appeal_is_asked(e->appeal);
}

/* Everybody whose appeal was merged into this one is asked as well. */
static void add_children(struct tx *tx, const struct event *e, enum due_cause cause, int64_t at)
{
	uint64_t *ids = NULL;
	size_t n = 0, room = 0;
	struct sql_visits_children_row row = { 0 };
	struct rows *rows = sql_visits_children(tx, (struct sql_visits_children){
		.parent_id = e->appeal->id, .suggestion = CONTENT_SUGGESTION,
		.praise = CONTENT_PRAISE,
	});

	while (sql_visits_children_next(rows, &row)) {
		if (n == room) {
			uint64_t *more = arena_array_of(tx_arena(tx), uint64_t, room * 2 + 8);
			for (size_t i = 0; i < n; i++)
				more[i] = ids[i];
			ids = more;
			room = room * 2 + 8;
		}
		ids[n++] = row.id;
	}
	for (size_t i = 0; i < n; i++)
		add(tx, e->task, ids[i], cause, at);
}

static void add_all(struct tx *tx, const struct event *e, enum due_cause cause, int64_t at)
{
	if (e->is_history || e->task->role != TASK_LEAD)
		return;
	if (is_asked_about(e))
		add(tx, e->task, 0, cause, at);
	add_children(tx, e, cause, at);
}

void queue_overdue(struct tx *tx, const struct event *e)
{
	if (e->limit.limit == LIMIT_DONE)
		add_all(tx, e, DUE_DEADLINE, e->at);
}

void queue_passed(struct tx *tx, const struct event *e)
{
	if (e->is_history || e->task->role != TASK_LEAD)
		return;
	drop(tx, e, DUE_DEADLINE);
	add_all(tx, e, DUE_CLOSED, e->at);
}

void queue_visited(struct tx *tx, const struct event *e)
{
	struct due_visit due;

	if (!e->is_history && find_open(tx, e->task->id, e->visit->caller_appeal, &due))
		move_on(tx, e, &due);
}

/* An extension filed before the due time undoes its end: there is nothing to ask about yet. */
void queue_extended(struct tx *tx, const struct event *e)
{
	if (e->extension.is_approved && e->task->due > e->at)
		drop(tx, e, DUE_DEADLINE);
}

/* A further round: the callers are asked when it has passed. */
void queue_again(struct tx *tx, const struct event *e)
{
	if (!e->is_history)
		drop(tx, e, 0);
}

void queue_left(struct tx *tx, const struct event *e)
{
	if (!task_is_live(e->task))
		drop(tx, e, 0);
}

/* As if its appeal had never been merged; what fell due meanwhile comes by itself. */
void queue_restored(struct tx *tx, const struct event *e)
{
	struct sql_visits_due_ended_by_row row = { 0 };
	struct due_visit due;

	if (find_open(tx, e->task->id, 0, &due) ||
	    !sql_visits_due_ended_by(tx, (struct sql_visits_due_ended_by){
			.task_id = e->task->id, .ended_by = EVENT_TASK_WITHDRAWN }, &row))
		return;
	due = (struct due_visit){
		.id = row.id, .task_id = e->task->id, .cause = (enum due_cause)row.cause,
		.state = (enum due_state)row.state, .since = row.since,
	};
	move_on(tx, e, &due);
}

/* Merged into an appeal that is done already: this caller is asked now. */
void queue_merged(struct tx *tx, const struct event *e)
{
	uint64_t parent_id = e->appeal->merged_into;
	struct sql_visits_done_leads_row row = { 0 };

	if (!appeal_is_asked(e->appeal) ||
	    !sql_visits_done_leads(tx, (struct sql_visits_done_leads){
			.first_id = parent_id * 100, .last_id = parent_id * 100 + 99,
			.role = TASK_LEAD, .closed = TASK_CLOSED, .visited = TASK_VISITED,
			}, &row))
		return;
	const struct task lead = { .id = row.id, .round = row.round };
	add(tx, &lead, e->appeal->id, DUE_CLOSED, e->at);
}

/* The caller is asked about an own task again. */
void queue_unmerged(struct tx *tx, const struct event *e)
{
	sql_visits_due_drop_caller(tx, (struct sql_visits_due_drop_caller){
		.caller_appeal = e->appeal->id, .ended_at = e->at, .ended_by = e->kind,
	});
	sql_visits_question_end_caller(tx, (struct sql_visits_question_end_caller){
		.caller_appeal = e->appeal->id,
	});
}

/* ---- a limit that ends under review ---- */

enum { SUBMITTED_MAX = 100 };

/* It publishes nothing, so that no version keeps a review or another server from adding, too. */
static void add_submitted(struct tx *tx, uint64_t task_id)
{
	struct event *e = arena_new_of(tx_arena(tx), struct event);
	struct sql_visits_due_arose_row row = { 0 };
	struct matter m;
	struct task *t;

	if (!matter_hold(tx, task_id / 100) || !matter_read_task(tx, task_id, &m, &t) ||
	    t->state != TASK_REVIEW_PENDING ||
	    sql_visits_due_arose(tx, (struct sql_visits_due_arose){
			.task_id = task_id, .cause = DUE_DEADLINE }, &row))
		return;
	*e = (struct event){ .at = limit_overdue_at(t->due), .appeal = &m.appeal, .task = t };
	add_all(tx, e, DUE_DEADLINE, e->at);
}

/*
 * A submission that nobody has reviewed does not put the caller off: when the limit is over
 * they are asked, whatever the department says. There is no overdue mark of it to wait for.
 */
bool queue_under_review(struct tx *tx)
{
	struct sql_visits_submitted_row row = { 0 };
	uint64_t ids[SUBMITTED_MAX];
	uint32_t n = 0;
	struct rows *rows = sql_visits_submitted(tx, (struct sql_visits_submitted){
		.state = TASK_REVIEW_PENDING, .lead = TASK_LEAD,
		.due_before = clock_now() - CLOCK_SECOND + 1, .suggestion = CONTENT_SUGGESTION,
		.praise = CONTENT_PRAISE, .cause = DUE_DEADLINE, .n = SUBMITTED_MAX,
	});

	while (n < SUBMITTED_MAX && sql_visits_submitted_next(rows, &row))
		ids[n++] = row.id;
	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		add_submitted(tx, ids[i]);
	return n == SUBMITTED_MAX;
}

int64_t queue_next_under_review(struct tx *tx)
{
	struct sql_visits_submitted_due_row row = { 0 };

	return sql_visits_submitted_due(tx, (struct sql_visits_submitted_due){
			.state = TASK_REVIEW_PENDING, .due_from = clock_now() - CLOCK_SECOND + 1,
			}, &row) ? limit_overdue_at(row.due) : INT64_MAX;
}

/* ---- the visitors' list ---- */

static const char *const state_names[] = {
	"waiting", "asked", "answered", "unreachable", "dropped", NULL
};
static const char *const cause_names[] = { "deadline", "closed" };
static const char *const next_names[] = { "call", "call_out_of_hours", "await_sms" };

typedef struct sql_visits_page_row due_row;

static const struct task *task_in(const struct matter *m, uint64_t id)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (m->tasks[i].id == id)
			return &m->tasks[i];
	return NULL;
}

static void write_row(struct req *r, const due_row *row, const struct matter *m)
{
	struct json *j = req_json(r);
	const struct task *t = task_in(m, row->task_id);
	bool is_open = row->state == DUE_WAITING || row->state == DUE_ASKED;

	if (!t)
		return;
	json_object(j, NULL);
	json_text(j, "state", state_names[row->state - 1]);
	json_text(j, "cause", cause_names[row->cause - 1]);
	json_text(j, "next", is_open ? next_names[row->next - 1] : NULL);
	json_time(j, "not_before", is_open ? row->not_before : 0);
	json_u64(j, "attempts", row->attempts);
	json_time(j, "since", row->since);
	json_time(j, "ended_at", row->ended_at);
	json_str(j, "caller_appeal", row->caller_appeal
		 ? appeal_reference(req_arena(r), row->caller_appeal) : STR_NONE);
	task_write(j, "task", req_arena(r), t, m, reference_of(req_tx(r)),
		   req_actor(r));
	json_close(j);
}

/* All appeals of the page in two statements; several rows of one share its matter. */
static void write_rows(struct req *r, const due_row *rows, uint32_t n)
{
	uint64_t appeals[LIMIT_PAGE_MAX] = { 0 };
	uint32_t at[LIMIT_PAGE_MAX];
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		for (at[i] = 0; at[i] < count; at[i]++)
			if (appeals[at[i]] == rows[i].task_id / 100)
				break;
		if (at[i] == count)
			appeals[count++] = rows[i].task_id / 100;
	}
	struct matter *matters = matter_read_many(req_tx(r), appeals, count);
	sighting_keep_list(r, SIGHT_LIST, appeals, count);
	for (uint32_t i = 0; i < n && tx_ok(req_tx(r)); i++)
		write_row(r, &rows[i], &matters[at[i]]);
}

/* Without a state: the work list, all that is open. */
struct reply queue_list(struct req *r)
{
	struct page page;
	int state;
	bool is_read = req_query_choice(r, "state", state_names, &state);
	uint32_t n = 0;

	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	due_row *rows = arena_array_of(req_arena(r), due_row, page.limit + 1);
	struct rows *found = sql_visits_page(req_tx(r), (struct sql_visits_page){
		.state = state < 0 ? DUE_WAITING : (uint32_t)state + 1,
		.other_state = state < 0 ? DUE_ASKED : 0,
		.after_not_before = (int64_t)page.key1, .after_id = page.key2,
		.n = page.limit + 1,
	});
	while (n <= page.limit && sql_visits_page_next(found, &rows[n]))
		n++;
	uint32_t shown = n < page.limit ? n : page.limit;
	page_open(r);
	write_rows(r, rows, shown);
	page_close(r, n > shown, shown ? (uint64_t)rows[shown - 1].not_before : 0,
		   shown ? rows[shown - 1].id : 0);
	return reply_ok(r);
}
