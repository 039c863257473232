#include "rules/steps.h"

#include "events.h"
#include "must.h"

#define STATE(s) (1u << (s))

const char *const task_action_names[] = {
	"sign", "contact", "progress", "complete", "review", "visits", "redo", "return",
	"return/accept", "return/refuse", "dispute", "ruling", "extend", "extend/approve",
	"extend/refuse", "pause", "resume", "account", "unaccount", "exclude",
	"exclude/approve", "exclude/refuse", "assist", "report", "assist-delay", "urge",
	"supervise", "escalate", NULL
};
const char *const appeal_action_names[] = {
	"dispatch", "answer", "refuse", "transfer", "transfer/acknowledge", "transfer/refuse",
	"withdraw", "merge", "unmerge", "reopen", NULL
};

enum {
	UNSIGNED_OR_IN_HAND = STATE(TASK_AWAITING_SIGN) | STATE(TASK_IN_HAND),
	OPEN_STATES = STATE(TASK_AWAITING_SIGN) | STATE(TASK_IN_HAND) |
		STATE(TASK_RETURN_REQUESTED) | STATE(TASK_PAUSED) | STATE(TASK_ON_ACCOUNT) |
		STATE(TASK_REVIEW_PENDING),
	DONE_STATES = STATE(TASK_CLOSED) | STATE(TASK_VISITED),
	GONE_STATES = STATE(TASK_RETURNED) | STATE(TASK_WITHDRAWN),
	ALL_STATES = OPEN_STATES | DONE_STATES | STATE(TASK_ARCHIVED) | GONE_STATES,
};

/*
 * A visit is legal until the task is archived: before a passed completion it is recorded and
 * changes no state. An exclusion is possible in any state. What is undecided when a task is
 * closed can still be decided.
 */
static const unsigned int legal_states[TASK_ACTIONS] = {
	[ACTION_SIGN] = STATE(TASK_AWAITING_SIGN),
	[ACTION_CONTACT] = STATE(TASK_IN_HAND),
	[ACTION_PROGRESS] = STATE(TASK_IN_HAND),
	[ACTION_COMPLETE] = STATE(TASK_IN_HAND),
	[ACTION_REVIEW] = STATE(TASK_REVIEW_PENDING),
	[ACTION_VISIT] = OPEN_STATES | DONE_STATES,
	[ACTION_REDO] = DONE_STATES,
	[ACTION_RETURN] = UNSIGNED_OR_IN_HAND,
	[ACTION_RETURN_ACCEPT] = STATE(TASK_RETURN_REQUESTED),
	[ACTION_RETURN_REFUSE] = STATE(TASK_RETURN_REQUESTED),
	[ACTION_DISPUTE] = UNSIGNED_OR_IN_HAND,
	[ACTION_RULING] = UNSIGNED_OR_IN_HAND | STATE(TASK_RETURN_REQUESTED),
	[ACTION_EXTEND] = STATE(TASK_IN_HAND),
	[ACTION_EXTEND_APPROVE] = OPEN_STATES | DONE_STATES,
	[ACTION_EXTEND_REFUSE] = OPEN_STATES | DONE_STATES,
	[ACTION_PAUSE] = STATE(TASK_IN_HAND),
	[ACTION_RESUME] = STATE(TASK_PAUSED),
	[ACTION_ACCOUNT] = STATE(TASK_IN_HAND),
	[ACTION_UNACCOUNT] = STATE(TASK_ON_ACCOUNT),
	[ACTION_EXCLUDE] = ALL_STATES,
	[ACTION_EXCLUDE_APPROVE] = ALL_STATES,
	[ACTION_EXCLUDE_REFUSE] = ALL_STATES,
	[ACTION_ASSIST] = STATE(TASK_IN_HAND),
	[ACTION_REPORT] = STATE(TASK_IN_HAND),
	[ACTION_ASSIST_DELAY] = STATE(TASK_IN_HAND),
	[ACTION_URGE] = OPEN_STATES | DONE_STATES,
	[ACTION_SUPERVISE] = OPEN_STATES | DONE_STATES,
	[ACTION_ESCALATE] = OPEN_STATES | DONE_STATES,
};

/* What else a task must be, beside its state. */
static bool is_fit(const struct task *t, enum task_action action)
{
	bool is_lead = t->role == TASK_LEAD;
	bool is_first_round = t->closed_at == 0;

	switch (action) {
	case ACTION_REDO:
		return t->round < ROUNDS_MAX;
	case ACTION_RETURN:
		return is_first_round && t->return_standing != RETURN_RULED;
	case ACTION_DISPUTE:
		return is_first_round && is_lead && t->return_standing == RETURN_REFUSED;
	case ACTION_RULING:
		return is_first_round && is_lead && t->return_standing != RETURN_RULED;
	case ACTION_EXTEND:
		return is_first_round && !t->extension_asked_at;
	case ACTION_EXTEND_APPROVE:
	case ACTION_EXTEND_REFUSE:
		return t->extension_asked_at != 0;
	case ACTION_PAUSE:
		return is_first_round;
	case ACTION_ACCOUNT:
		return is_first_round && is_lead;
	case ACTION_EXCLUDE:
		return !t->is_exclusion_asked && !t->excluded_at;
	case ACTION_EXCLUDE_APPROVE:
	case ACTION_EXCLUDE_REFUSE:
		return t->is_exclusion_asked;
	case ACTION_ASSIST:
	case ACTION_ASSIST_DELAY:
		return is_lead;
	case ACTION_REPORT:
		return !is_lead;
	default:
		return true;
	}
}

bool step_is_legal(const struct task *t, enum task_action action)
{
	must(action < TASK_ACTIONS);
	return (legal_states[action] & STATE(t->state)) && is_fit(t, action);
}

void steps_allowed(const struct task *t, const char *ret_names[TASK_ACTIONS + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < TASK_ACTIONS; i++)
		if (step_is_legal(t, (enum task_action)i))
			ret_names[n++] = task_action_names[i];
	ret_names[n] = NULL;
}

/* ---- appeals ---- */

static const unsigned int legal_appeal_states[APPEAL_ACTIONS] = {
	[ACTION_DISPATCH] = STATE(APPEAL_ACCEPTED) | STATE(APPEAL_DISPATCHED),
	[ACTION_ANSWER] = STATE(APPEAL_ACCEPTED),
	[ACTION_REFUSE] = STATE(APPEAL_ACCEPTED),
	[ACTION_TRANSFER] = STATE(APPEAL_ACCEPTED),
	[ACTION_TRANSFER_ACKNOWLEDGE] = STATE(APPEAL_ACCEPTED) | STATE(APPEAL_DISPATCHED) |
		STATE(APPEAL_CLOSED) | STATE(APPEAL_ARCHIVED),
	[ACTION_TRANSFER_REFUSE] = STATE(APPEAL_ACCEPTED) | STATE(APPEAL_DISPATCHED) |
		STATE(APPEAL_CLOSED) | STATE(APPEAL_ARCHIVED),
	[ACTION_WITHDRAW] = STATE(APPEAL_ACCEPTED) | STATE(APPEAL_DISPATCHED) |
			    STATE(APPEAL_CLOSED),
	[ACTION_MERGE] = STATE(APPEAL_ACCEPTED) | STATE(APPEAL_DISPATCHED),
	[ACTION_UNMERGE] = STATE(APPEAL_MERGED),
	[ACTION_REOPEN] = STATE(APPEAL_ARCHIVED) | STATE(APPEAL_ANSWERED) |
			  STATE(APPEAL_REFUSED) | STATE(APPEAL_TRANSFERRED) |
			  STATE(APPEAL_WITHDRAWN),
};

/* Who was asked to take the appeal over must answer before it goes another way; until then the
 * first receiver stays responsible and may still dispatch it. */
static bool appeal_is_fit(const struct appeal *a, enum appeal_action action)
{
	switch (action) {
	case ACTION_TRANSFER_ACKNOWLEDGE:
	case ACTION_TRANSFER_REFUSE:
		return a->is_transferring;
	case ACTION_ANSWER:
	case ACTION_REFUSE:
	case ACTION_TRANSFER:
	case ACTION_MERGE:
		return !a->is_transferring;
	default:
		return true;
	}
}

bool appeal_step_is_legal(const struct appeal *a, enum appeal_action action)
{
	must(action < APPEAL_ACTIONS);
	return (legal_appeal_states[action] & STATE(a->state)) && appeal_is_fit(a, action);
}

void appeal_steps_allowed(const struct appeal *a, const char *ret_names[APPEAL_ACTIONS + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < APPEAL_ACTIONS; i++)
		if (appeal_step_is_legal(a, (enum appeal_action)i))
			ret_names[n++] = appeal_action_names[i];
	ret_names[n] = NULL;
}

/* ---- what the actions do ---- */

bool task_is_open(const struct task *t)
{
	return OPEN_STATES & STATE(t->state);
}

bool task_is_live(const struct task *t)
{
	return !(GONE_STATES & STATE(t->state));
}

enum { RESULT_NEUTRAL = 3, RESULT_FIRST_DISSATISFIED = 4, REASON_LAST_OWN = 2 };

bool answer_asks_redo(int result, int reason)
{
	return result >= RESULT_FIRST_DISSATISFIED && reason >= 0 && reason <= REASON_LAST_OWN;
}

void task_sign(struct task *t, int64_t at)
{
	t->state = TASK_IN_HAND;
	t->signed_at = at;
}

void task_contact(struct task *t, int64_t at, bool is_reached)
{
	if (!t->contacted_at)
		t->contacted_at = at;
	t->is_contacted = true;
	t->is_reached |= is_reached;
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
	t->is_contacted = t->is_reached = false;
	t->archive_at = 0;
	if (t->role == TASK_LEAD)
		a->state = APPEAL_DISPATCHED;
}

void task_return_ask(struct task *t, enum return_standing standing)
{
	t->state_before = t->state;
	t->state = TASK_RETURN_REQUESTED;
	t->return_standing = standing;
}

void task_return_refuse(struct task *t, enum return_standing standing)
{
	t->state = t->state_before;
	t->return_standing = standing;
}

void task_leave(struct task *t, enum leaving how, int64_t at)
{
	must(how == LEFT_RETURNED || how == LEFT_WITHDRAWN || how == LEFT_MERGED);
	t->state = how == LEFT_RETURNED ? TASK_RETURNED : TASK_WITHDRAWN;
	t->left = how;
	t->left_at = at;
	t->archive_at = 0;
}

void task_hold(struct task *t, enum task_state state, int64_t since, int64_t until)
{
	must(state == TASK_PAUSED || state == TASK_ON_ACCOUNT);
	t->state = state;
	t->held_since = since;
	t->held_until = until;
	if (state == TASK_ON_ACCOUNT) {
		t->left = LEFT_ON_ACCOUNT;
		t->left_at = since;
	}
}

void task_take_up(struct task *t)
{
	t->state = TASK_IN_HAND;
	t->held_since = t->held_until = 0;
	if (t->left == LEFT_ON_ACCOUNT) {
		t->left = LEFT_NOT;
		t->left_at = 0;
	}
}

void task_reopen(struct task *t, struct appeal *a, int64_t redo_due)
{
	task_redo(t, a, redo_due);
	t->outcome = 0;
}

void task_archive(struct task *t)
{
	t->state = TASK_ARCHIVED;
	t->archive_at = 0;
}

enum visit_effect visit_effect(const struct task *t, const struct visit *v)
{
	if ((t->state != TASK_CLOSED && t->state != TASK_VISITED) || !v->is_reached ||
	    v->result < 0 || v->caller_appeal)
		return VISIT_RECORDED;
	if (!answer_asks_redo(v->result, v->reason))
		return VISIT_ANSWERED;
	return t->round >= ROUNDS_MAX ? VISIT_ASKS_ESCALATION : VISIT_ASKS_REDO;
}

enum visit_outcome visit_outcome(const struct task *t, const struct visit *v)
{
	if (v->result < RESULT_NEUTRAL)
		return OUTCOME_SATISFIED;
	if (t->result == RESULT_EXPLAINED && !str_is_empty(t->legal_basis) &&
	    v->contacted == TRI_YES && !answer_asks_redo(v->result, v->reason))
		return OUTCOME_HONEST_NO;
	return v->result == RESULT_NEUTRAL ? OUTCOME_NEUTRAL : OUTCOME_DISSATISFIED;
}
