/*
 * The steps of a task: which action is legal in which state, and what it does to the task. One
 * place serves the actions of today, the list of what is possible instead, and histories that
 * are imported; values only, storing is the caller's.
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
	TASK_ACTIONS
};

enum { ROUNDS_MAX = 2 };	/* a task is done again once; after that it is escalated */

extern const char *const task_action_names[];

bool step_is_legal(enum task_state state, enum task_action action);
/* What is possible now: at most TASK_ACTIONS names and a NULL. */
void steps_allowed(enum task_state state, const char *ret_names[TASK_ACTIONS + 1]);
/* Whether a dissatisfied answer is within the department's power, so that it opens a redo:
 * dissatisfied or worse for the reason result, attitude or speed. Indexes of events.h. */
bool answer_asks_redo(int result, int reason);

/* What the actions do; each must be legal in the task's state. */
void task_sign(struct task *t, int64_t at);
/* The first contact is fixed once: later ones do not move it. */
void task_contact(struct task *t, int64_t at);
/* Result and reply are filled in by the caller. */
void task_complete(struct task *t, int64_t at);
/* close is the submit time of the first submission that passed, and stays it. */
void task_pass(struct task *t, struct appeal *a);
void task_refuse(struct task *t);
/* Round 2 of the same task with its own due; neither close nor due change. */
void task_redo(struct task *t, struct appeal *a, int64_t redo_due);

enum visit_effect {
	VISIT_RECORDED,		/* on record, moves nothing */
	VISIT_ANSWERED,		/* the task is visited */
	VISIT_ASKS_REDO,	/* visited, and to be done again */
};

struct visit;
/* An answer at or after the close moves the task on; an earlier one is on record only. */
enum visit_effect visit_effect(const struct task *t, const struct visit *v);
