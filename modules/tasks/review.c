/*
 * What the centre does with a department's work: review it, and have it done again. close is
 * the submit time of the first submission that passed, however late the review; a redo is
 * round 2 of the same task with a due of its own and changes neither close nor due.
 */
#include "clock.h"
#include "bounds.h"
#include "module.h"
#include "tasks/tasks.h"

/* ---- review ---- */

struct review_form {
	enum tri pass;
	struct str reason;
};

static const struct field review_fields[] = {
	{ "pass", FIELD_TRI, offsetof(struct review_form, pass), .required = true },
	{ "reason", FIELD_TEXT, offsetof(struct review_form, reason), .null_ok = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static void check_review(struct req *r, const void *form)
{
	const struct review_form *f = form;

	if (f->pass == TRI_NO && str_is_empty(f->reason))
		req_error(r, "#/reason", "missing", "A refused submission needs a reason.");
}

struct reply tasks_review(struct req *r)
{
	struct review_form form;
	const struct action_form read = { review_fields, &form, check_review };
	struct action act;
	struct event event = { .kind = EVENT_TASK_REVIEW_PASSED };

	if (!action_open(r, ACTION_REVIEW, &read, &act))
		return act.refusal;
	if (action_was_by(&act, act.task, KINDS_HANDLING))
		return reply_same_person(r, "Who handled a task does not review it; leave it "
					 "to another reviewer.");
	if (form.pass == TRI_YES) {
		task_pass(act.task, &act.m.appeal);
	} else {
		event.kind = EVENT_TASK_REVIEW_FAILED;
		task_refuse(act.task);
	}
	event.reviewed.reason = form.reason;
	return action_close(&act, &event);
}

/* ---- redo ---- */

/* What the department had for the first round; a limit that was typed in counts by its working
 * days. */
static struct limit first_limit(struct tx *tx, const struct task *t)
{
	struct limit limit = task_limit(tx, t, LIMIT_DONE);

	if (limit.amount > 0)
		return limit;
	limit.unit = UNIT_WORKING_DAYS;
	limit.amount = calendar_working_days_between(reference_of(tx)->calendar,
						     day_of_instant(t->dispatched_at),
						     day_of_instant(t->original_due));
	return limit;
}

/* False when no due can be computed for the round. */
static bool redo_begin(struct tx *tx, struct appeal *a, struct task *t, int64_t at)
{
	int64_t due;

	if (limit_redo_due(reference_of(tx)->calendar, first_limit(tx, t), at, &due) !=
	    LIMIT_COMPUTED)
		return false;
	task_redo(t, a, due);
	t->redo_at = at;
	return true;
}

static const char *const visit_first[] = { "visits", NULL };

struct reply tasks_redo(struct req *r)
{
	struct reason_form form;
	const struct action_form read = { reason_fields, &form, NULL };
	struct action act;
	struct event event = { .kind = EVENT_TASK_REDO };

	if (!action_open(r, ACTION_REDO, &read, &act))
		return act.refusal;
	if (act.m.appeal.state == APPEAL_WITHDRAWN)
		return reply_conflict(r, "withdrawn", visit_first,
				      "The caller withdrew the appeal: nothing is done again.");
	if (!redo_begin(req_tx(r), &act.m.appeal, act.task, act.at))
		return reply_conflict(r, "beyond_calendar", visit_first,
				      "The calendar does not reach the due time of a round.");
	event.redo.reason = form.reason;
	return action_close(&act, &event);
}

/* Who was not satisfied after the second round goes one level up, without asking anybody. */
static void escalate(struct tx *tx, const struct event *e)
{
	struct event *escalated = arena_new_of(tx_arena(tx), struct event);

	e->task->escalated_to = task_level_above(reference_of(tx), e->appeal, e->task);
	const struct particular says[] = {
		SAY("reason", STR("dissatisfied after the second round")),
		SAY("to", e->task->escalated_to),
	};
	*escalated = (struct event){
		.kind = EVENT_TASK_ESCALATED, .at = e->at, .by = e->by,
		.appeal = e->appeal, .task = e->task,
	};
	event_says(tx_arena(tx), escalated, says);
	emit(tx, escalated->kind, escalated);
}

void tasks_visited(struct tx *tx, const struct event *e)
{
	struct task *t = e->task;
	enum visit_effect effect = visit_effect(t, e->visit);

	if (effect == VISIT_RECORDED)
		return;
	/* The caller who withdrew wants nothing done again; the answer counts all the same. */
	if (e->appeal->state == APPEAL_WITHDRAWN)
		effect = VISIT_ANSWERED;
	t->state = TASK_VISITED;
	t->outcome = visit_outcome(t, e->visit);
	if (effect == VISIT_ASKS_ESCALATION && !e->is_history)
		escalate(tx, e);
	bool is_redo = effect == VISIT_ASKS_REDO && redo_begin(tx, e->appeal, t, e->at);
	if (!e->is_history)
		task_save(tx, t);
	if (!is_redo)
		return;
	struct event *redo = arena_new_of(tx_arena(tx), struct event);
	*redo = (struct event){
		.kind = EVENT_TASK_REDO, .at = e->at, .by = e->by, .appeal = e->appeal,
		.task = t, .is_first = e->is_first, .is_history = e->is_history,
		.redo = { .reason = STR("dissatisfied at the return visit") },
	};
	emit(tx, redo->kind, redo);
}
