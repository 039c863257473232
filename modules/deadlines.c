/*
 * Deadlines: what is due to happen to a task by itself. Every limit of a task is a row with
 * the next moment at which something happens; a job carries out what has come due, by
 * compare-and-set on the row's stage, so that each warning, overdue mark and card happens once
 * whatever is restarted in between. A moment that passed while nothing ran is made up for,
 * with its own time beside the time of recording.
 *
 * While a submission is under review its limit stands still: whether it was in time is known
 * only when it has passed (the submit time counts) or failed (then it never was submitted).
 */
#include <inttypes.h>

#include "clock.h"
#include "crypto.h"
#include "events.h"
#include "bounds.h"
#include "matter.h"
#include "module.h"

#include "deadlines_sql.h"
#include "reference_sql.h"

/* What happens next to a limit; stored: numbers are fixed. */
enum stage {
	STAGE_WARN = 1,		/* the warning is next (done only) */
	STAGE_OVERDUE = 2,	/* the overdue mark is next */
	STAGE_RED = 3,		/* the red card is next (done only) */
	STAGE_OVER = 4,		/* all has happened */
};

static struct limit limit_of(const struct reference *ref, const struct task *t,
			     enum limit_kind kind)
{
	return ref->limits->row[t->limit_class].limit[kind];
}

/* When the stage happens; 0 for never. */
static int64_t stage_moment(const struct reference *ref, const struct task *t,
			    enum limit_kind kind, enum stage stage, int64_t due)
{
	struct limit limit = limit_of(ref, t, kind);

	switch (stage) {
	case STAGE_WARN:
		return limit_warn_at(ref->calendar, limit, t->dispatched_at, due);
	case STAGE_OVERDUE:
		return limit_overdue_at(due);
	case STAGE_RED:
		return limit_red_at(ref->calendar, limit, due);
	case STAGE_OVER:
		break;
	}
	return 0;
}

/* ---- hooks ---- */

static void add_row(struct tx *tx, const struct task *t, enum limit_kind kind, int64_t due)
{
	enum stage first = kind == LIMIT_DONE ? STAGE_WARN : STAGE_OVERDUE;

	sql_deadlines_insert(tx, (struct sql_deadlines_insert){
		.task_id = t->id, .limit_kind = kind, .appeal_id = t->appeal_id,
		.stage = first,
		.next_at = stage_moment(reference_of(tx), t, kind, first, due), .due = due,
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

static void deadlines_completed(struct tx *tx, const struct event *e)
{
	stop_one(tx, e, LIMIT_DONE);
}

static void deadlines_passed(struct tx *tx, const struct event *e)
{
	if (!e->is_history)
		sql_deadlines_stop_all(tx, (struct sql_deadlines_stop_all){
			.task_id = e->task->id,
		});
}

/* The limit runs on as if nothing had been submitted; what came due meanwhile happens now. */
static void deadlines_failed(struct tx *tx, const struct event *e)
{
	struct sql_deadlines_one_row row = { 0 };

	if (e->is_history || e->task->closed_at ||
	    !sql_deadlines_one(tx, (struct sql_deadlines_one){
			.task_id = e->task->id, .limit_kind = LIMIT_DONE }, &row))
		return;
	sql_deadlines_move(tx, (struct sql_deadlines_move){
		.task_id = e->task->id, .limit_kind = LIMIT_DONE, .was = row.stage,
		.stage = row.stage,
		.next_at = stage_moment(reference_of(tx), e->task, LIMIT_DONE,
					(enum stage)row.stage, row.due),
	});
}

/*
 * A task told as a history up to `at`: only what is still to come runs live. What was missed
 * before is on record already, and old deadlines show no cards.
 */
static void import_limit(struct tx *tx, const struct event *e, enum limit_kind kind,
			 int64_t due, int64_t stopped_at)
{
	const struct reference *ref = reference_of(tx);
	int64_t warn_at = stage_moment(ref, e->task, kind, STAGE_WARN, due);
	enum stage stage = kind == LIMIT_DONE && warn_at > e->at ? STAGE_WARN : STAGE_OVERDUE;

	if (limit_overdue_at(due) <= (stopped_at ? stopped_at : e->at))
		return;
	sql_deadlines_insert(tx, (struct sql_deadlines_insert){
		.task_id = e->task->id, .limit_kind = kind, .appeal_id = e->task->appeal_id,
		.stage = stage, .due = due,
		.next_at = stopped_at ? 0 : stage_moment(ref, e->task, kind, stage, due),
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

static const struct actor system_actor = {
	.kind = ACTOR_SYSTEM, .name = { "system", 6 },
};

static void publish(struct tx *tx, const struct due_row *row, struct matter *m, struct task *t,
		    enum event_kind kind)
{
	struct event event = {
		.kind = kind, .at = row->at, .by = &system_actor, .appeal = &m->appeal,
		.task = t,
	};

	if (kind == EVENT_TASK_CARD) {
		event.card.colour = row->stage == STAGE_RED ? CARD_RED : CARD_YELLOW;
		event.card.limit = row->kind;
		event.card.due = row->due;
	} else {
		event.limit.limit = row->kind;
		event.limit.due = row->due;
	}
	emit(tx, kind, &event);
}

static void fire(struct tx *tx, const struct due_row *row, struct matter *m, struct task *t)
{
	enum stage next = STAGE_OVER;

	if (row->stage == STAGE_WARN) {
		publish(tx, row, m, t, EVENT_TASK_WARNED);
		next = STAGE_OVERDUE;
	} else if (row->stage == STAGE_OVERDUE) {
		publish(tx, row, m, t, EVENT_TASK_OVERDUE);
		if (row->kind == LIMIT_DONE) {
			publish(tx, row, m, t, EVENT_TASK_CARD);
			next = STAGE_RED;
		}
	} else {
		publish(tx, row, m, t, EVENT_TASK_CARD);
	}
	sql_deadlines_move(tx, (struct sql_deadlines_move){
		.task_id = row->task_id, .limit_kind = row->kind, .was = row->stage,
		.stage = next,
		.next_at = stage_moment(reference_of(tx), t, row->kind, next, row->due),
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

static void fire_in(struct tx *tx, const struct due_row *row, struct matter *matters,
		    uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct matter *m = &matters[i];
		if (m->appeal.id != row->task_id / 100)
			continue;
		for (uint32_t k = 0; k < m->task_count; k++)
			if (m->tasks[k].id == row->task_id)
				fire(tx, row, m, &m->tasks[k]);
	}
}

static bool deadlines_fire(struct tx *tx)
{
	struct due_row *rows = arena_array_of(tx_arena(tx), struct due_row, FIRE_MAX);
	uint32_t n = read_due(tx, rows), count = 0;
	struct matter *matters = read_matters(tx, rows, n, &count);

	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		fire_in(tx, &rows[i], matters, count);
	return n == FIRE_MAX;
}

static int64_t deadlines_next_due(struct tx *tx)
{
	struct sql_deadlines_next_row row = { 0 };

	return sql_deadlines_next(tx, &row) ? row.next_at : INT64_MAX;
}

/* ---- the receipt ---- */

enum { STEPS_MAX = 400 };

/* The calendar and limits the task was made with, not those of today. */
struct rules_then {
	struct calendar *calendar;
	struct limits_table limits;
};

static void free_calendar(void *calendar)
{
	calendar_free(calendar);
}

static bool read_document(struct tx *tx, uint32_t kind, uint64_t version, struct str *ret_text)
{
	struct sql_reference_document_one_row row = { 0 };

	if (!sql_reference_document_one(tx, (struct sql_reference_document_one){
			.kind = kind, .version = version }, &row))
		return false;
	*ret_text = row.text;
	return true;
}

static bool read_rules(struct tx *tx, const struct task *t, struct rules_then *then)
{
	struct table_problems problems = { .count = 0 };
	struct work_week week = work_week_shipped();
	struct str calendar, limits;

	if (!read_document(tx, DOCUMENT_CALENDAR, t->calendar_version, &calendar) ||
	    !read_document(tx, DOCUMENT_LIMITS, t->limits_version, &limits) ||
	    !limits_parse(limits.p, limits.n, "", &then->limits, &problems))
		return false;
	then->calendar = calendar_parse(&week, calendar.p, calendar.n, "", &problems);
	if (!then->calendar)
		return false;
	arena_defer(tx_arena(tx), free_calendar, then->calendar);
	return true;
}

static void write_step(struct json *j, const struct derivation_step *step)
{
	char text[LIMIT_TEXT_BYTES], day[16];

	json_object(j, NULL);
	json_text(j, "date", day_text(step->day, day, sizeof(day)));
	json_bool(j, "counted", step->kind == STEP_COUNTED || step->kind == STEP_RUNNING);
	json_i64(j, "n", step->count);
	json_text(j, "reason", step_reason_text(step, LANGUAGE_ZH, text, sizeof(text)));
	json_text(j, "reason_en", step_reason_text(step, LANGUAGE_EN, text, sizeof(text)));
	json_time(j, "from", step->from);
	json_time(j, "to", step->to);
	json_close(j);
}

/* The rule of a limit and each of its days, into the object that is open. */
static void write_rule(struct json *j, struct limit limit, const struct derivation *derivation)
{
	char text[LIMIT_TEXT_BYTES];

	json_text(j, "rule", limit_rule_text(limit, LANGUAGE_ZH, text, sizeof(text)));
	json_text(j, "rule_en", limit_rule_text(limit, LANGUAGE_EN, text, sizeof(text)));
	json_array(j, "steps");
	for (size_t i = 0; i < derivation->count && i < derivation->max; i++)
		write_step(j, &derivation->steps[i]);
	json_close(j);
}

static struct derivation new_derivation(struct req *r)
{
	return (struct derivation){
		.steps = arena_array_of(req_arena(r), struct derivation_step, STEPS_MAX),
		.max = STEPS_MAX,
	};
}

static void write_limit(struct req *r, const struct rules_then *then, const struct task *t,
			enum limit_kind kind)
{
	struct derivation derivation = new_derivation(r);
	struct limit limit = then->limits.row[t->limit_class].limit[kind];
	const int64_t stored[LIMIT_KINDS] = {
		[LIMIT_SIGN] = t->sign_due, [LIMIT_CONTACT] = t->contact_due,
		[LIMIT_DONE] = t->due,
	};
	struct json *j = req_json(r);

	if (limit_derive(then->calendar, limit, t->dispatched_at, &derivation) !=
	    LIMIT_COMPUTED)
		return;
	json_object(j, NULL);
	json_text(j, "limit", limit_kind_text(kind));
	json_time(j, "start", t->dispatched_at);
	json_time(j, "due", stored[kind]);
	json_time(j, "derived_due", derivation.due);
	write_rule(j, limit, &derivation);
	json_close(j);
}

/* What most people ask for stands on top: the limit for the work itself. */
static void write_done(struct req *r, const struct rules_then *then, const struct task *t)
{
	struct derivation derivation = new_derivation(r);
	struct limit limit = then->limits.row[t->limit_class].limit[LIMIT_DONE];

	if (limit_derive(then->calendar, limit, t->dispatched_at, &derivation) ==
	    LIMIT_COMPUTED)
		write_rule(req_json(r), limit, &derivation);
}

static struct reply deadlines_receipt(struct req *r)
{
	static const enum limit_kind shown[] = { LIMIT_SIGN, LIMIT_CONTACT, LIMIT_DONE };
	struct rules_then then;
	struct matter m;
	struct task *t;

	if (!req_task(r, &m, &t))
		return reply_missing(r);
	if (!read_rules(req_tx(r), t, &then))
		return reply_problem(r, 500, "rules_missing",
				     "The rules of this task cannot be read.");
	struct json *j = req_json(r);
	json_object(j, NULL);
	json_str(j, "task", task_reference(req_arena(r), t->id));
	json_text(j, "limit_class", limit_class_names[t->limit_class]);
	json_u64(j, "calendar_version", t->calendar_version);
	json_u64(j, "limits_version", t->limits_version);
	json_u64(j, "catalogue_version", t->catalogue_version);
	json_time(j, "start", t->dispatched_at);
	json_time(j, "due", t->due);
	json_time(j, "original_due", t->original_due);
	write_done(r, &then, t);
	json_array(j, "limits");
	for (size_t i = 0; i < array_count(shown); i++)
		write_limit(r, &then, t, shown[i]);
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

/* ---- tables ---- */

static const struct hook hooks[] = {
	{ EVENT_TASK_DISPATCHED, deadlines_begin },
	{ EVENT_TASK_SIGNED, deadlines_signed },
	{ EVENT_TASK_CONTACTED, deadlines_contacted },
	{ EVENT_TASK_COMPLETED, deadlines_completed },
	{ EVENT_TASK_REVIEW_FAILED, deadlines_failed },
	{ EVENT_TASK_REVIEW_PASSED, deadlines_passed },
	{ EVENT_TASK_IMPORTED, deadlines_imported },
	{ 0 }
};

static const struct job jobs[] = {
	{ "deadlines.fire", CLOCK_SECOND, deadlines_fire, .is_domain = true,
	  .next_due = deadlines_next_due },
	{ 0 }
};

static const struct route routes[] = {
	{ METHOD_GET, "/api/v1/tasks/{id}/deadline", ROLES_CENTRE | ROLE_DEPARTMENT,
	  deadlines_receipt },
	{ 0 }
};

const struct module deadlines_module = {
	.name = "deadlines",
	.purpose = "Warns, marks overdue and shows cards at their moments, once each.",
	.routes = routes,
	.jobs = jobs,
	.hooks = hooks,
};
