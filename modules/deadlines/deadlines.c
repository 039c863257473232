/*
 * Deadlines: what is due to happen to a task by itself. Every limit of a task is a row with
 * the next moment at which something happens; a job carries out what has come due, by
 * compare-and-set on the row's stage, so that each warning, overdue mark and card happens once
 * whatever is restarted in between. A moment that passed while nothing ran is made up for,
 * with its own time beside the time of recording.
 *
 * While a submission is under review its limit stands still: whether it was in time is known
 * only when it has passed (the submit time counts) or failed (then it never was submitted).
 * While a task is on hold the limit for the work stands still too, and goes on with a later due.
 */
#include "deadlines/deadlines.h"

#include <inttypes.h>

#include "action.h"
#include "clock.h"
#include "events.h"
#include "matter.h"

int64_t stage_moment(const struct calendar *calendar, struct limit limit, const struct task *t,
		     enum stage stage, int64_t due)
{
	/* On hold nothing of the limit is used up: what was added to it moves its start. */
	int64_t added = due > t->original_due ? due - t->original_due : 0;

	switch (stage) {
	case STAGE_WARN:
		return limit_warn_at(calendar, limit, t->dispatched_at + added, due);
	case STAGE_OVERDUE:
		return limit_overdue_at(due);
	case STAGE_RED:
		return limit_red_at(calendar, limit, due);
	case STAGE_OVER:
		break;
	}
	return 0;
}

bool task_limit_runs(const struct task *t)
{
	return !t->closed_at && (t->state == TASK_AWAITING_SIGN || t->state == TASK_IN_HAND ||
				 t->state == TASK_RETURN_REQUESTED);
}

/* ---- hooks ---- */

/* By the limits of the task's own dispatch: later ones do not change what it was told. */
static int64_t moment_of(struct tx *tx, const struct task *t, enum limit_kind kind,
			 enum stage stage, int64_t due)
{
	return stage_moment(reference_of(tx)->calendar, task_limit(tx, t, kind), t, stage, due);
}

static void add_row(struct tx *tx, const struct task *t, enum limit_kind kind, int64_t due)
{
	enum stage first = kind == LIMIT_DONE ? STAGE_WARN : STAGE_OVERDUE;

	sql_deadlines_insert(tx, (struct sql_deadlines_insert){
		.task_id = t->id, .limit_kind = kind, .appeal_id = t->appeal_id,
		.stage = first, .next_at = moment_of(tx, t, kind, first, due), .due = due,
		.calendar_version = kind == LIMIT_DONE ? t->calendar_version : 0,
	});
}

static void deadlines_begin(struct tx *tx, const struct event *e)
{
	if (e->is_history)
		return;
	add_row(tx, e->task, LIMIT_SIGN, e->task->sign_due);
	add_row(tx, e->task, LIMIT_CONTACT, e->task->contact_due);
	add_row(tx, e->task, LIMIT_DONE, e->task->due);
}

static void stop_one(struct tx *tx, const struct event *e, enum limit_kind kind)
{
	if (!e->is_history)
		sql_deadlines_stop(tx, (struct sql_deadlines_stop){
			.task_id = e->task->id, .limit_kind = kind,
		});
}

static void deadlines_signed(struct tx *tx, const struct event *e)
{
	stop_one(tx, e, LIMIT_SIGN);
}

static void deadlines_contacted(struct tx *tx, const struct event *e)
{
	stop_one(tx, e, LIMIT_CONTACT);
}

/* Submitted: the limit for a contact that is owed runs on. */
static void deadlines_submitted(struct tx *tx, const struct event *e)
{
	stop_one(tx, e, LIMIT_DONE);
}

/* Paused or on account: what cannot be done meanwhile is not owed meanwhile. */
static void deadlines_held(struct tx *tx, const struct event *e)
{
	stop_one(tx, e, LIMIT_DONE);
	if (!e->task->contacted_at)
		stop_one(tx, e, LIMIT_CONTACT);
}

/* Closed, returned or withdrawn. A ruling may also leave the task where it is. */
static void deadlines_ended(struct tx *tx, const struct event *e)
{
	if (!e->is_history && (e->task->closed_at || !task_is_live(e->task)))
		sql_deadlines_stop_all(tx, (struct sql_deadlines_stop_all){
			.task_id = e->task->id,
		});
}

/* The limit runs on from its stage; what came due meanwhile happens now, with its own time. */
static void run_on(struct tx *tx, const struct task *t, enum limit_kind kind)
{
	struct sql_deadlines_one_row row = { 0 };

	if (!sql_deadlines_one(tx, (struct sql_deadlines_one){
			.task_id = t->id, .limit_kind = kind }, &row))
		return;
	sql_deadlines_move(tx, (struct sql_deadlines_move){
		.task_id = t->id, .limit_kind = kind, .was = row.stage, .due = row.due,
		.stage = row.stage,
		.next_at = moment_of(tx, t, kind, (enum stage)row.stage, row.due),
	});
}

/* As if nothing had been submitted. */
static void deadlines_failed(struct tx *tx, const struct event *e)
{
	if (!e->is_history && task_limit_runs(e->task))
		run_on(tx, e->task, LIMIT_DONE);
}

/* As if its appeal had never been merged. */
static void deadlines_restored(struct tx *tx, const struct event *e)
{
	const struct task *t = e->task;

	if (t->closed_at)
		return;
	sql_deadlines_open_again(tx, (struct sql_deadlines_open_again){
		.task_id = t->id, .limit_kind = LIMIT_DONE,
	});
	if (!t->signed_at)
		run_on(tx, t, LIMIT_SIGN);
	if (!t->contacted_at && !t->held_since)
		run_on(tx, t, LIMIT_CONTACT);
	if (task_limit_runs(t))
		run_on(tx, t, LIMIT_DONE);
}

/* ---- another due time ---- */

enum stage stage_for_due(enum stage was, int64_t warn_at, int64_t at)
{
	return was == STAGE_WARN || warn_at > at ? STAGE_WARN : STAGE_OVERDUE;
}

/* The limit for the work goes on by the task's due time; a later one begins afresh and annuls
 * what happened by the one before. A warning whose moment lay in a pause comes now. */
static void restart_done(struct tx *tx, const struct task *t, int64_t at)
{
	struct sql_deadlines_one_row row = { 0 };

	if (!sql_deadlines_one(tx, (struct sql_deadlines_one){
			.task_id = t->id, .limit_kind = LIMIT_DONE }, &row))
		return;
	enum stage stage = (enum stage)row.stage;
	if (row.due != t->due)
		stage = stage_for_due(stage, moment_of(tx, t, LIMIT_DONE, STAGE_WARN, t->due),
				      at);
	int64_t next_at = moment_of(tx, t, LIMIT_DONE, stage, t->due);
	if (stage == STAGE_WARN && next_at < at)
		next_at = at;
	sql_deadlines_restart(tx, (struct sql_deadlines_restart){
		.task_id = t->id, .limit_kind = LIMIT_DONE, .was = row.stage, .stage = stage,
		.next_at = task_limit_runs(t) ? next_at : 0, .due = t->due,
	});
}

/* The contact is owed again, by the task's due for it; one that was missed before stays so. */
static void restart_contact(struct tx *tx, const struct task *t)
{
	struct sql_deadlines_one_row row = { 0 };

	if (t->contacted_at || !sql_deadlines_one(tx, (struct sql_deadlines_one){
			.task_id = t->id, .limit_kind = LIMIT_CONTACT }, &row))
		return;
	sql_deadlines_restart(tx, (struct sql_deadlines_restart){
		.task_id = t->id, .limit_kind = LIMIT_CONTACT, .was = row.stage,
		.stage = row.stage, .due = t->contact_due,
		.next_at = row.stage == STAGE_OVERDUE ? limit_overdue_at(t->contact_due) : 0,
	});
}

static void deadlines_resumed(struct tx *tx, const struct event *e)
{
	bool is_pause = e->kind == EVENT_TASK_RESUMED;

	if (e->is_history)
		return;
	change_add(tx, e->task->id, change_last(tx, e->task->id) + 1, &(struct change_row){
		.change = {
			.kind = is_pause ? DUE_PAUSED : DUE_ON_ACCOUNT,
			.from = e->held.from, .to = e->held.to,
		},
		.at = e->at, .calendar_version = reference_of(tx)->calendar_version,
		.due_before = e->held.due_before, .due_after = e->task->due,
	});
	restart_done(tx, e->task, e->at);
	restart_contact(tx, e->task);
}

static void deadlines_extended(struct tx *tx, const struct event *e)
{
	if (e->is_history || !e->extension.is_approved)
		return;
	change_add(tx, e->task->id, change_last(tx, e->task->id) + 1, &(struct change_row){
		.change = { .kind = DUE_EXTENDED, .amount = e->extension.amount },
		.at = e->at, .calendar_version = reference_of(tx)->calendar_version,
		.due_before = e->extension.due_before, .due_after = e->task->due,
	});
	restart_done(tx, e->task, e->at);
}

/* ---- histories ---- */

/*
 * A task told as a history up to `at`: only what is still to come runs live. What was missed
 * before is on record already, and old deadlines show no cards.
 */
static void import_limit(struct tx *tx, const struct event *e, enum limit_kind kind,
			 int64_t due, int64_t stopped_at)
{
	const struct task *t = e->task;
	int64_t warn_at = moment_of(tx, t, kind, STAGE_WARN, due);
	enum stage stage = kind == LIMIT_DONE && warn_at > e->at ? STAGE_WARN : STAGE_OVERDUE;

	if (limit_overdue_at(due) <= (stopped_at ? stopped_at : e->at))
		stage = STAGE_OVER;
	if (stage == STAGE_OVER && kind != LIMIT_DONE)
		return;
	sql_deadlines_insert(tx, (struct sql_deadlines_insert){
		.task_id = t->id, .limit_kind = kind, .appeal_id = t->appeal_id,
		.stage = stage, .due = due,
		.next_at = stopped_at ? 0 : moment_of(tx, t, kind, stage, due),
		.calendar_version = kind == LIMIT_DONE ? t->calendar_version : 0,
	});
}

static void deadlines_imported(struct tx *tx, const struct event *e)
{
	const struct task *t = e->task;

	if (t->closed_at)
		return;
	if (!t->signed_at)
		import_limit(tx, e, LIMIT_SIGN, t->sign_due, 0);
	if (!t->contacted_at)
		import_limit(tx, e, LIMIT_CONTACT, t->contact_due, 0);
	import_limit(tx, e, LIMIT_DONE, t->due,
		     t->state == TASK_REVIEW_PENDING ? t->submitted_at : 0);
}

/* ---- the job ---- */

enum { FIRE_MAX = 200 };

struct due_row {
	uint64_t task_id;
	enum limit_kind kind;
	enum stage stage;
	int64_t at, due;
};

static void publish(struct tx *tx, const struct due_row *row, struct matter *m, struct task *t,
		    enum event_kind kind)
{
	struct event event = {
		.kind = kind, .at = row->at, .by = &actor_system, .appeal = &m->appeal,
		.task = t, .limit = { .limit = row->kind, .due = row->due },
	};

	emit(tx, kind, &event);
}

static void show_card(struct tx *tx, const struct due_row *row, struct matter *m, struct task *t,
		      enum card_reason reason, int64_t at)
{
	struct event event = {
		.kind = EVENT_TASK_CARD, .at = at, .by = &actor_system, .appeal = &m->appeal,
		.task = t, .card = {
			.colour = reason ? CARD_RED : CARD_YELLOW, .reason = reason,
			.limit = row->kind, .due = row->due,
		},
	};

	emit(tx, EVENT_TASK_CARD, &event);
}

/*
 * The second yellow card of a department in a local month brings a red one, once a month. Cards
 * that are made up for count in the month of their own moments, and the red card's moment is
 * that of the later of the two.
 */
static void count_yellow(struct tx *tx, const struct due_row *row, struct matter *m,
			 struct task *t)
{
	struct sql_deadlines_yellow_one_row yellow = { 0 };
	struct civil date = civil_of_day(day_of_instant(row->at));
	uint32_t month = (uint32_t)(date.year * 100 + date.month);

	if (!sql_deadlines_yellow_one(tx, (struct sql_deadlines_yellow_one){
			.department = t->department, .month = month }, &yellow)) {
		if (tx_ok(tx) && !sql_deadlines_yellow_first(tx,
				(struct sql_deadlines_yellow_first){
				.department = t->department, .month = month, .at = row->at }))
			tx_fail(tx, TX_CONFLICT);
		return;
	}
	if (yellow.red_at)
		return;
	int64_t at = yellow.first_at > row->at ? yellow.first_at : row->at;
	sql_deadlines_yellow_red(tx, (struct sql_deadlines_yellow_red){
		.department = t->department, .month = month, .red_at = at,
	});
	show_card(tx, row, m, t, CARD_TWO_YELLOW, at);
}

static enum stage pass_due(struct tx *tx, const struct due_row *row, struct matter *m,
			   struct task *t)
{
	publish(tx, row, m, t, EVENT_TASK_OVERDUE);
	if (row->kind != LIMIT_DONE)
		return STAGE_OVER;
	show_card(tx, row, m, t, CARD_NO_REASON, row->at);
	count_yellow(tx, row, m, t);
	return STAGE_RED;
}

static void fire(struct tx *tx, struct rules_book *book, const struct due_row *row,
		 struct matter *m, struct task *t)
{
	const struct calendar *calendar = reference_of(tx)->calendar;
	const struct limits_table *limits = rules_limits(book, t->limits_version);
	enum stage next = STAGE_OVER;

	if (!limits) {
		tx_fail(tx, TX_BROKEN);
		return;
	}
	struct limit limit = limits->row[t->limit_class].limit[row->kind];
	if (row->stage == STAGE_WARN) {
		publish(tx, row, m, t, EVENT_TASK_WARNED);
		next = STAGE_OVERDUE;
	} else if (row->stage == STAGE_OVERDUE) {
		next = pass_due(tx, row, m, t);
	} else {
		bool is_half = limit_red_is_half(calendar, limit, row->due);
		show_card(tx, row, m, t, is_half ? CARD_OVERDUE_HALF : CARD_OVERDUE_DAYS,
			  row->at);
	}
	sql_deadlines_move(tx, (struct sql_deadlines_move){
		.task_id = row->task_id, .limit_kind = row->kind, .was = row->stage,
		.due = row->due, .stage = next,
		.next_at = stage_moment(calendar, limit, t, next, row->due),
	});
}

static uint32_t read_due(struct tx *tx, struct due_row *rows)
{
	struct sql_deadlines_due_row row = { 0 };
	uint32_t n = 0;
	struct rows *due = sql_deadlines_due(tx, (struct sql_deadlines_due){
		.now_at = clock_now(), .n = FIRE_MAX,
	});

	while (sql_deadlines_due_next(due, &row))
		rows[n++] = (struct due_row){
			.task_id = row.task_id, .kind = (enum limit_kind)row.limit_kind,
			.stage = (enum stage)row.stage, .at = row.next_at, .due = row.due,
		};
	return n;
}

/* The appeals of all rows are read in two statements; rows of one appeal share its matter. */
static struct matter *read_matters(struct tx *tx, const struct due_row *rows, uint32_t n,
				   uint32_t *ret_n)
{
	uint64_t ids[FIRE_MAX];
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = 0;
		while (k < count && ids[k] != rows[i].task_id / 100)
			k++;
		if (k == count)
			ids[count++] = rows[i].task_id / 100;
	}
	*ret_n = count;
	return matter_read_many(tx, ids, count);
}

static void fire_in(struct tx *tx, struct rules_book *book, const struct due_row *row,
		    struct matter *matters, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct matter *m = &matters[i];
		if (m->appeal.id != row->task_id / 100)
			continue;
		for (uint32_t k = 0; k < m->task_count; k++)
			if (m->tasks[k].id == row->task_id)
				fire(tx, book, row, m, &m->tasks[k]);
	}
}

static bool deadlines_fire(struct tx *tx)
{
	struct due_row *rows = arena_array_of(tx_arena(tx), struct due_row, FIRE_MAX);
	uint32_t n = read_due(tx, rows), count = 0;
	struct matter *matters = read_matters(tx, rows, n, &count);
	struct rules_book *book = rules_book_new(tx);

	/* A step may have come in before the appeals were read: what is due still is fired. */
	n = read_due(tx, rows);

	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		fire_in(tx, book, &rows[i], matters, count);
	return n == FIRE_MAX;
}

static int64_t deadlines_next_due(struct tx *tx)
{
	struct sql_deadlines_next_row row = { 0 };

	return sql_deadlines_next(tx, &row) ? row.next_at : INT64_MAX;
}

/* ---- tables ---- */

static const struct hook hooks[] = {
	{ EVENT_TASK_DISPATCHED, deadlines_begin },
	{ EVENT_TASK_SIGNED, deadlines_signed },
	{ EVENT_TASK_CONTACTED, deadlines_contacted },
	{ EVENT_TASK_COMPLETED, deadlines_submitted },
	{ EVENT_TASK_PAUSED, deadlines_held },
	{ EVENT_TASK_ON_ACCOUNT, deadlines_held },
	{ EVENT_TASK_REVIEW_FAILED, deadlines_failed },
	{ EVENT_TASK_REVIEW_PASSED, deadlines_ended },
	{ EVENT_TASK_RETURN_ACCEPTED, deadlines_ended },
	{ EVENT_TASK_RULED, deadlines_ended },
	{ EVENT_TASK_WITHDRAWN, deadlines_ended },
	{ EVENT_TASK_RESTORED, deadlines_restored },
	{ EVENT_TASK_RESUMED, deadlines_resumed },
	{ EVENT_TASK_OFF_ACCOUNT, deadlines_resumed },
	{ EVENT_TASK_EXTENSION_DECIDED, deadlines_extended },
	{ EVENT_TASK_IMPORTED, deadlines_imported },
	{ 0 }
};

/* A calendar comes before what falls due by the one before it. */
static const struct job jobs[] = {
	{ "deadlines.calendar", CLOCK_SECOND, deadlines_calendar, .is_domain = true,
	  .next_due = deadlines_calendar_next },
	{ "deadlines.fire", CLOCK_SECOND, deadlines_fire, .is_domain = true,
	  .next_due = deadlines_next_due },
	{ "deadlines.check", CLOCK_MINUTE, deadlines_check, .is_domain = true,
	  .next_due = deadlines_check_next },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(deadlines_receipt) },
	{ ROUTE(deadlines_check_show) },
	{ ROUTE(calendar_preview), .lane = LANE_SLOW, .is_read_only = true },
	{ 0 }
};

const struct module deadlines_module = {
	.name = "deadlines",
	.purpose = "Warns, marks overdue and shows cards at their moments, once each.",
	.routes = routes,
	.jobs = jobs,
	.hooks = hooks,
};
