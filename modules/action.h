/*
 * The frame in which every action on an appeal or a task runs: read the object of the path,
 * read the body, compare the version, ask whether the step is legal; then store, publish and
 * answer with the object as it now is. Shared by all modules, so that refusals come in one
 * order everywhere: 404, 400 or 422, 412, 409 (401 and 403 by role are told before).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "events.h"
#include "matter.h"
#include "req.h"
#include "rules/steps.h"

/* What an action works on. */
struct action {
	struct req *r;
	struct matter m;
	struct task *task;	/* NULL for an action on the appeal */
	int64_t at;
	int64_t not_before;	/* of its events */
	struct reply refusal;	/* set where an open function gave false */
};
/* The body of an action: its field table, the struct behind it, and what else must hold. */
struct action_form {
	const struct field *fields;
	void *form;
	void (*check)(struct req *r, const void *form);	/* adds complaints; may be NULL */
};

/* The body of many steps: why, which is required. */
struct reason_form {
	struct str reason;
};
extern const struct field reason_fields[];

/*
 * What every action on a task begins with: the task of the path, visible to the actor, the
 * body read by `form` (NULL: an empty one), fresh, in a state that allows the action. False:
 * return act->refusal.
 */
bool action_open(struct req *r, enum task_action action, const struct action_form *form,
		 struct action *ret_action) MUST_USE;
/* The same for an appeal. */
bool action_open_appeal(struct req *r, enum appeal_action action,
			const struct action_form *form, struct action *ret_action) MUST_USE;
/* Publishes a fact of the action: at its time, by its actor, about its appeal and task (or
 * `task`, another one of the same appeal). Stores nothing: task_save() before it. */
void action_publish(struct action *action, struct task *task, struct event *event);
/* Stores the task, publishes the fact and answers with the task as it now is. */
struct reply action_close(struct action *action, struct event *event);
/* Publishes the fact and answers with the appeal as it now is. */
struct reply action_close_appeal(struct action *action, struct event *event);

/* Stores the task after an action: version moves on by one, the old one must still be there.
 * The row of a new task is inserted by the tasks module. */
void task_save(struct tx *tx, struct task *t);
/*
 * A limit by the table the task was dispatched with, which a later version of the limits does
 * not change. Reads the older table where it is no longer in force.
 */
struct limit task_limit(struct tx *tx, const struct task *t, enum limit_kind kind);
struct limit_row task_limits(struct tx *tx, const struct task *t);

/* What a submission with this result has to show, by the checklist the task was dispatched with:
 * bits of enum checklist_need. */
uint32_t task_checklist(struct tx *tx, const struct task *t, enum content_class content,
			enum task_result result);

/* ---- separation of duty ---- */

#define KIND(kind) (UINT64_C(1) << (kind))
/* What a department does with a task: who did any of it has handled it. */
#define KINDS_HANDLING (KIND(EVENT_TASK_SIGNED) | KIND(EVENT_TASK_CONTACTED) | \
			KIND(EVENT_TASK_PROGRESSED) | KIND(EVENT_TASK_COMPLETED) | \
			KIND(EVENT_TASK_RETURN_REQUESTED) | \
			KIND(EVENT_TASK_EXTENSION_REQUESTED) | KIND(EVENT_TASK_REPORTED))
_Static_assert(EVENT_KIND_END <= 64, "kinds are bits");

/* Whether the actor caused an event of these kinds (bits) to the task. A key counts as a
 * person. */
bool action_was_by(struct action *action, const struct task *task, uint64_t kinds) MUST_USE;
/* 403 separation_of_duty; detail says who must do it instead. */
struct reply reply_same_person(struct req *r, const char *detail);
