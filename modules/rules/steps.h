/*
 * The steps of a task and of an appeal: which action is legal as things stand, and what it does.
 * One place serves the actions, the list of what is possible instead, and histories that are
 * imported; values only, storing is the caller's.
 *
 * The table of states stands in the code, while everything a district may set (windows, caps,
 * grounds, checklists) is versioned data and asked for elsewhere: what is legal here may still
 * be refused there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "domain.h"

enum task_action {
	ACTION_SIGN,
	ACTION_CONTACT,
	ACTION_PROGRESS,
	ACTION_COMPLETE,
	ACTION_REVIEW,
	ACTION_VISIT,
	ACTION_REDO,
	ACTION_RETURN,
	ACTION_RETURN_ACCEPT,
	ACTION_RETURN_REFUSE,
	ACTION_DISPUTE,
	ACTION_RULING,
	ACTION_EXTEND,
	ACTION_EXTEND_APPROVE,
	ACTION_EXTEND_REFUSE,
	ACTION_PAUSE,
	ACTION_RESUME,
	ACTION_ACCOUNT,
	ACTION_UNACCOUNT,
	ACTION_EXCLUDE,
	ACTION_EXCLUDE_APPROVE,
	ACTION_EXCLUDE_REFUSE,
	ACTION_ASSIST,
	ACTION_REPORT,
	ACTION_ASSIST_DELAY,
	ACTION_URGE,
	ACTION_SUPERVISE,
	ACTION_ESCALATE,
	TASK_ACTIONS
};

enum appeal_action {
	ACTION_DISPATCH,
	ACTION_ANSWER,
	ACTION_REFUSE,
	ACTION_TRANSFER,
	ACTION_TRANSFER_ACKNOWLEDGE,
	ACTION_TRANSFER_REFUSE,
	ACTION_WITHDRAW,
	ACTION_MERGE,
	ACTION_UNMERGE,
	ACTION_REOPEN,
	APPEAL_ACTIONS
};

enum { ROUNDS_MAX = 2 };	/* a task is done again once; after that it is escalated */

/* As the last segments of the paths: "sign", "return/accept", "transfer/acknowledge". */
extern const char *const task_action_names[];
extern const char *const appeal_action_names[];

bool step_is_legal(const struct task *t, enum task_action action);
/* What is possible now: at most TASK_ACTIONS names and a NULL. */
void steps_allowed(const struct task *t, const char *ret_names[TASK_ACTIONS + 1]);
bool appeal_step_is_legal(const struct appeal *a, enum appeal_action action);
void appeal_steps_allowed(const struct appeal *a, const char *ret_names[APPEAL_ACTIONS + 1]);

/* Still with its department: neither closed nor gone. */
bool task_is_open(const struct task *t);
/* Neither returned nor withdrawn. */
bool task_is_live(const struct task *t);
/* Whether a dissatisfied answer is within the department's power, so that it opens a redo:
 * dissatisfied or worse for the reason result, attitude or speed. Indexes of events.h. */
bool answer_asks_redo(int result, int reason);

/* What the actions do; each must be legal for the task. */
void task_sign(struct task *t, int64_t at);
/* The first contact is fixed once: later ones do not move it. */
void task_contact(struct task *t, int64_t at, bool is_reached);
/* Result and reply are filled in by the caller. */
void task_complete(struct task *t, int64_t at);
/* close is the submit time of the first submission that passed, and stays it. */
void task_pass(struct task *t, struct appeal *a);
void task_refuse(struct task *t);
/* Round 2 of the same task with its own due; neither close nor due change. */
void task_redo(struct task *t, struct appeal *a, int64_t redo_due);
/* The clocks run on while a return is asked for. */
void task_return_ask(struct task *t, enum return_standing standing);
/* Back to the state before: nothing was stopped. */
void task_return_refuse(struct task *t, enum return_standing standing);
/* Returned, withdrawn or merged: the task is over for its department. */
void task_leave(struct task *t, enum leaving how, int64_t at);
/* A pause or a stay on account, until a last second; and back in hand. The new due is the
 * caller's to compute (rules/due.h). */
void task_hold(struct task *t, enum task_state state, int64_t since, int64_t until);
void task_take_up(struct task *t);
/* A further round of an archived task. */
void task_reopen(struct task *t, struct appeal *a, int64_t redo_due);
void task_archive(struct task *t);

enum visit_effect {
	VISIT_RECORDED,		/* on record, moves nothing */
	VISIT_ANSWERED,		/* the task is visited */
	VISIT_ASKS_REDO,	/* visited, and to be done again */
	VISIT_ASKS_ESCALATION,	/* visited, done again already: it goes one level up */
};

struct visit;
/* An answer at or after the close moves the task on; an earlier one is on record only, and so
 * is that of a merged caller. */
enum visit_effect visit_effect(const struct task *t, const struct visit *v);
/* What the answer of a visit that moved the task amounts to. */
enum visit_outcome visit_outcome(const struct task *t, const struct visit *v);
