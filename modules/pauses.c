/*
 * Pauses (挂起) and stays on account (挂账): intervals in which the limit for the work stands
 * still. Signature and contact are owed all the same. Each has a last second, after which the
 * work goes on by itself; what the interval adds to the due is rules/due.h, so that many short
 * ones are worth as much as a long one.
 */
#include "action.h"
#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "module.h"
#include "rules/due.h"

#include "pauses_sql.h"

enum pause_kind { KIND_PAUSE = 1, KIND_ACCOUNT };	/* stored */

static const char *const pause_kind_names[] = { "pause", "account" };

enum { PAUSE_DAYS_MAX = 180, ACCOUNT_MONTHS_MAX = 6 };

static void store_hold(struct action *act, const struct sql_pauses_insert *terms)
{
	const struct actor *by = req_actor(act->r);
	struct sql_pauses_insert row = *terms;
	struct sql_pauses_last_row last = { 0 };
	bool has_last = sql_pauses_last(req_tx(act->r), (struct sql_pauses_last){
		.task_id = act->task->id }, &last);

	row.task_id = act->task->id;
	row.n = has_last ? last.n + 1 : 1;
	row.from_at = act->at;
	row.by_kind = by->kind;
	row.by_id = by->id;
	row.by_name = by->name;
	row.due_before = act->task->due;
	sql_pauses_insert(req_tx(act->r), row);
}

/* ---- pause ---- */

struct pause_form {
	struct str ground, note;
	int64_t until;
};

static const struct field pause_fields[] = {
	{ "ground", FIELD_CODE, offsetof(struct pause_form, ground), .required = true,
	  .max = GROUND_CODE_MAX },
	{ "until", FIELD_UNTIL, offsetof(struct pause_form, until), .required = true },
	{ "note", FIELD_TEXT, offsetof(struct pause_form, note), .null_ok = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

/* A last second is a whole one. */
static int64_t last_second(int64_t until)
{
	return until - until % CLOCK_SECOND;
}

static void check_pause(struct req *r, const void *form)
{
	const struct pause_form *f = form;
	int64_t until = last_second(f->until), now = clock_now();

	if (f->ground.p && !reference_ground(reference_of(req_tx(r)), "pause", f->ground))
		req_error(r, "#/ground", "unknown_code",
			  "%.*s is no ground of a pause: see GET /grounds.", STR_ARG(f->ground));
	if (f->until && until <= now)
		req_error(r, "#/until", "not_in_future", "A pause ends in the future.");
	if (until > now + PAUSE_DAYS_MAX * CLOCK_DAY)
		req_error(r, "#/until", "too_long", "A pause is at most %d days long.",
			  PAUSE_DAYS_MAX);
}

static struct reply pauses_pause(struct req *r)
{
	struct pause_form form;
	const struct action_form read = { pause_fields, &form, check_pause };
	struct event event = { .kind = EVENT_TASK_PAUSED };
	struct action act;

	if (!action_open(r, ACTION_PAUSE, &read, &act))
		return act.refusal;
	int64_t until = last_second(form.until);
	const struct ground *ground = reference_ground(reference_of(req_tx(r)), "pause",
						       form.ground);
	const struct particular says[] = {
		SAY("ground", form.ground), SAY("ground_name", ground ? ground->name : STR_NONE),
		SAY_TIME("until", until), SAY("note", form.note),
		SAY_TIME("due", act.task->due),
	};
	event_says(req_arena(r), &event, says);
	store_hold(&act, &(struct sql_pauses_insert){
		.kind = KIND_PAUSE, .until_at = until, .ground = form.ground, .note = form.note,
	});
	task_hold(act.task, TASK_PAUSED, act.at, until);
	return action_close(&act, &event);
}

/* ---- on account ---- */

struct account_form {
	struct str plan;
	int64_t review_on;
};

static const struct field account_fields[] = {
	{ "plan", FIELD_TEXT, offsetof(struct account_form, plan), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "review_on", FIELD_DATE, offsetof(struct account_form, review_on), .required = true },
	{ 0 }
};

/* The same day of the month some months later, or the last one of that month. */
static int32_t day_months_later(int32_t day, int32_t months)
{
	struct civil date = civil_of_day(day);
	int32_t first = day_of_instant(month_start(date.year, date.month + months));
	int32_t last = day_of_instant(month_start(date.year, date.month + months + 1)) - 1;

	return first + date.day - 1 < last ? first + date.day - 1 : last;
}

static void check_account(struct req *r, const void *form)
{
	const struct account_form *f = form;
	int32_t today = day_of_instant(clock_now());

	if (!f->review_on)
		return;
	if (day_of_instant(f->review_on) < today)
		req_error(r, "#/review_on", "not_in_future", "The review lies ahead.");
	if (day_of_instant(f->review_on) > day_months_later(today, ACCOUNT_MONTHS_MAX))
		req_error(r, "#/review_on", "too_long",
			  "A matter is reviewed after at most %d months.", ACCOUNT_MONTHS_MAX);
}

static struct reply pauses_account(struct req *r)
{
	struct account_form form;
	const struct action_form read = { account_fields, &form, check_account };
	struct event event = { .kind = EVENT_TASK_ON_ACCOUNT };
	struct action act;

	if (!action_open(r, ACTION_ACCOUNT, &read, &act))
		return act.refusal;
	int64_t until = day_end(day_of_instant(form.review_on));
	const struct particular says[] = {
		SAY("plan", form.plan), SAY_TIME("until", until),
		SAY_TIME("due", act.task->due),
	};
	event_says(req_arena(r), &event, says);
	store_hold(&act, &(struct sql_pauses_insert){
		.kind = KIND_ACCOUNT, .until_at = until, .plan = form.plan,
	});
	task_hold(act.task, TASK_ON_ACCOUNT, act.at, until);
	return action_close(&act, &event);
}

/* ---- the work goes on ---- */

/* The task is taken up at `at`, its due moves on, the row is closed; *event tells of it. */
static void hold_end(struct tx *tx, struct task *t, int64_t at, const struct actor *by,
		     struct event *event)
{
	bool is_pause = t->state == TASK_PAUSED;
	const struct due_change change = {
		.kind = is_pause ? DUE_PAUSED : DUE_ON_ACCOUNT,
		.from = t->held_since, .to = at,
	};
	int64_t due_before = t->due, due;

	if (due_after(reference_of(tx)->calendar, task_limit(tx, t, LIMIT_DONE), t->due, &change,
		      &due) == LIMIT_COMPUTED)
		t->due = due;
	if (!t->contacted_at && due_after(reference_of(tx)->calendar,
					  task_limit(tx, t, LIMIT_CONTACT), t->contact_due,
					  &change, &due) == LIMIT_COMPUTED)
		t->contact_due = due;
	task_take_up(t);
	event->kind = is_pause ? EVENT_TASK_RESUMED : EVENT_TASK_OFF_ACCOUNT;
	event->held.from = change.from;
	event->held.to = at;
	event->held.due_before = due_before;
	const struct particular says[] = {
		SAY_TIME("from", change.from), SAY_TIME("to", at),
		SAY_TIME("due_before", due_before), SAY_TIME("due", t->due),
		SAY_BOOL("automatic", by->kind == ACTOR_SYSTEM),
	};
	event_says(tx_arena(tx), event, says);
	sql_pauses_end(tx, (struct sql_pauses_end){
		.task_id = t->id, .from_at = change.from, .to_at = at,
		.ended_by_kind = by->kind, .ended_by = by->id, .ended_by_name = by->name,
		.due_before = due_before, .due_after = t->due,
	});
}

static struct reply end_by_hand(struct req *r, enum task_action action)
{
	struct event event = { 0 };
	struct action act;

	if (!action_open(r, action, NULL, &act))
		return act.refusal;
	hold_end(req_tx(r), act.task, act.at, req_actor(r), &event);
	return action_close(&act, &event);
}

static struct reply pauses_resume(struct req *r)
{
	return end_by_hand(r, ACTION_RESUME);
}

static struct reply pauses_unaccount(struct req *r)
{
	return end_by_hand(r, ACTION_UNACCOUNT);
}

/* ---- by itself ---- */

enum { END_MAX = 100 };

static void end_one(struct tx *tx, const struct sql_pauses_over_row *row)
{
	struct event *event = arena_new_of(tx_arena(tx), struct event);
	struct matter m;
	struct task *t;

	if (!matter_read_task(tx, row->task_id, &m, &t))
		return;
	if (t->held_since != row->from_at ||
	    (t->state != TASK_PAUSED && t->state != TASK_ON_ACCOUNT)) {
		log_error("pauses", "not_held", "task=%.*s",
			  STR_ARG(task_reference(tx_arena(tx), t->id)));
		return;
	}
	event->at = row->until_at + CLOCK_SECOND;
	event->by = &actor_system;
	event->appeal = &m.appeal;
	event->task = t;
	hold_end(tx, t, event->at, &actor_system, event);
	task_save(tx, t);
	emit(tx, event->kind, event);
}

static bool pauses_end(struct tx *tx)
{
	struct sql_pauses_over_row *over = arena_array_of(tx_arena(tx),
							  struct sql_pauses_over_row, END_MAX);
	struct sql_pauses_over_row row = { 0 };
	uint32_t n = 0;
	struct rows *rows = sql_pauses_over(tx, (struct sql_pauses_over){
		.before_at = clock_now() - CLOCK_SECOND + 1, .n = END_MAX,
	});

	while (sql_pauses_over_next(rows, &row))
		over[n++] = row;
	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		end_one(tx, &over[i]);
	return n == END_MAX;
}

static int64_t pauses_next_due(struct tx *tx)
{
	struct sql_pauses_next_row row = { 0 };

	return sql_pauses_next(tx, &row) ? row.until_at + CLOCK_SECOND : INT64_MAX;
}

/* ---- withdrawn while on hold, and restored ---- */

static void pauses_withdrawn(struct tx *tx, const struct event *e)
{
	sql_pauses_leave(tx, (struct sql_pauses_leave){
		.task_id = e->task->id, .to_at = e->at, .ended_by_kind = e->by->kind,
		.ended_by = e->by->id, .ended_by_name = e->by->name,
	});
}

static void pauses_restored(struct tx *tx, const struct event *e)
{
	const struct task *t = e->task;

	if (t->state == TASK_PAUSED || t->state == TASK_ON_ACCOUNT)
		sql_pauses_return(tx, (struct sql_pauses_return){
			.task_id = t->id, .from_at = t->held_since,
		});
}

/* ---- the list ---- */

static void write_pause(struct json *j, const struct sql_pauses_list_row *row)
{
	json_object(j, NULL);
	json_u64(j, "n", row->n);
	json_text(j, "kind", pause_kind_names[row->kind - 1]);
	json_time(j, "from", row->from_at);
	json_time(j, "until", row->until_at);
	json_time(j, "to", row->to_at);
	json_str(j, "ground", row->ground);
	json_str(j, "plan", row->plan);
	json_str(j, "note", row->note);
	json_str(j, "by", row->by_name);
	json_str(j, "ended_by", row->to_at ? row->ended_by_name : STR_NONE);
	json_time(j, "due_before", row->due_before);
	json_time(j, "due_after", row->due_after);
	json_close(j);
}

static struct reply pauses_list(struct req *r)
{
	struct sql_pauses_list_row row = { 0 };
	int64_t total[] = { [KIND_PAUSE] = 0, [KIND_ACCOUNT] = 0 };
	struct json *j = req_json(r);
	struct matter m;
	struct task *t;

	if (!req_task(r, &m, &t))
		return reply_missing(r);
	struct rows *rows = sql_pauses_list(req_tx(r), (struct sql_pauses_list){ t->id });
	json_object(j, NULL);
	json_array(j, "items");
	while (sql_pauses_list_next(rows, &row)) {
		write_pause(j, &row);
		total[row.kind] += (row.to_at ? row.to_at : clock_now()) - row.from_at;
	}
	json_close(j);
	json_i64(j, "total_paused_seconds", total[KIND_PAUSE] / CLOCK_SECOND);
	json_i64(j, "total_on_account_seconds", total[KIND_ACCOUNT] / CLOCK_SECOND);
	json_close(j);
	return reply_ok(r);
}

/* ---- tables ---- */

static const struct hook hooks[] = {
	{ EVENT_TASK_WITHDRAWN, pauses_withdrawn },
	{ EVENT_TASK_RESTORED, pauses_restored },
	{ 0 }
};

static const struct job jobs[] = {
	{ "pauses.end", CLOCK_SECOND, pauses_end, .is_domain = true,
	  .next_due = pauses_next_due },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(pauses_pause) },
	{ ROUTE(pauses_resume) },
	{ ROUTE(pauses_account) },
	{ ROUTE(pauses_unaccount) },
	{ ROUTE(pauses_list) },
	{ 0 }
};

const struct module pauses_module = {
	.name = "pauses",
	.purpose = "Stops the clock on closed grounds, and starts it again by itself.",
	.routes = routes,
	.jobs = jobs,
	.hooks = hooks,
};
