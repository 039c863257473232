#include "rules/steps.h"

#include "events.h"
#include "must.h"

#define STATE(s) (1u << (s))

const char *const task_action_names[] = {
	"sign", "contact", "progress", "complete", "review", "visits", "redo", NULL
};

/* A visit is legal until the task is archived: before a passed completion it is recorded and
 * changes no state. */
static const unsigned int legal_states[TASK_ACTIONS] = {
	[ACTION_SIGN] = STATE(TASK_AWAITING_SIGN),
	[ACTION_CONTACT] = STATE(TASK_IN_HAND),
	[ACTION_PROGRESS] = STATE(TASK_IN_HAND),
	[ACTION_COMPLETE] = STATE(TASK_IN_HAND),
	[ACTION_REVIEW] = STATE(TASK_REVIEW_PENDING),
	[ACTION_VISIT] = STATE(TASK_AWAITING_SIGN) | STATE(TASK_IN_HAND) |
			 STATE(TASK_RETURN_REQUESTED) | STATE(TASK_PAUSED) |
			 STATE(TASK_ON_ACCOUNT) | STATE(TASK_REVIEW_PENDING) |
			 STATE(TASK_CLOSED) | STATE(TASK_VISITED),
	[ACTION_REDO] = STATE(TASK_CLOSED) | STATE(TASK_VISITED),
};

bool step_is_legal(enum task_state state, enum task_action action)
{
	must(action < TASK_ACTIONS);
	return legal_states[action] & STATE(state);
}

void steps_allowed(enum task_state state, const char *ret_names[TASK_ACTIONS + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < TASK_ACTIONS; i++)
		if (legal_states[i] & STATE(state))
			ret_names[n++] = task_action_names[i];
	ret_names[n] = NULL;
}

enum { RESULT_FIRST_DISSATISFIED = 4, REASON_LAST_OWN = 2 };

bool answer_asks_redo(int result, int reason)
{
	return result >= RESULT_FIRST_DISSATISFIED && reason >= 0 && reason <= REASON_LAST_OWN;
}

void task_sign(struct task *t, int64_t at)
{
	t->state = TASK_IN_HAND;
	t->signed_at = at;
}

void task_contact(struct task *t, int64_t at)
{
	if (!t->contacted_at)
		t->contacted_at = at;
	t->is_contacted = true;
}

void task_complete(struct task *t, int64_t at)
{
	t->state = TASK_REVIEW_PENDING;
	t->submitted_at = at;
}

void task_pass(struct task *t, struct appeal *a)
{
	t->state = TASK_CLOSED;
	t->redo_due = 0;
	if (!t->closed_at)
		t->closed_at = t->submitted_at;
	if (t->role == TASK_LEAD)
		a->state = APPEAL_CLOSED;
}

void task_refuse(struct task *t)
{
	t->state = TASK_IN_HAND;
}

void task_redo(struct task *t, struct appeal *a, int64_t redo_due)
{
	t->state = TASK_IN_HAND;
	t->round++;
	t->redo_due = redo_due;
	t->is_contacted = false;
	if (t->role == TASK_LEAD)
		a->state = APPEAL_DISPATCHED;
}

enum visit_effect visit_effect(const struct task *t, const struct visit *v)
{
	if ((t->state != TASK_CLOSED && t->state != TASK_VISITED) || !v->is_reached ||
	    v->result < 0)
		return VISIT_RECORDED;
	if (!answer_asks_redo(v->result, v->reason) || t->round >= ROUNDS_MAX)
		return VISIT_ANSWERED;
	return VISIT_ASKS_REDO;
}
