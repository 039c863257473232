/*
 * Inside the tasks module: how its files share the work. tasks.c holds the routes and reading,
 * dispatch.c makes tasks, actions.c is what departments do, review.c what the centre does.
 */
#pragma once

#include "events.h"
#include "matter.h"
#include "req.h"
#include "rules/steps.h"

/* Stores a new task. That of a history is stored once, when it has been told to its end. */
void task_insert(struct tx *tx, const struct appeal *a, const struct task *t);
/* Stores the task after an action: version moves on by one, the old one must still be there. */
void task_save(struct tx *tx, struct task *t);
/* What an action works on. */
struct action {
	struct req *r;
	struct matter m;
	struct task *task;
	int64_t at;
	struct reply refusal;	/* set where action_open() gave false */
};
/* The body of an action: its field table, the struct behind it, and what else must hold. */
struct action_form {
	const struct field *fields;
	void *form;
	void (*check)(struct req *r, const void *form);	/* adds complaints; may be NULL */
};
/*
 * What every action begins with: the task of the path, visible to the actor, the body read by
 * `form` (NULL: an empty one), fresh, in a state that allows the action.
 */
bool action_open(struct req *r, enum task_action action, const struct action_form *form,
		 struct action *ret_action) MUST_USE;
/* Stores the task, publishes the fact and answers with the task as it now is. */
struct reply action_close(struct action *action, struct event *event);

/* dispatch.c: hooks and route. */
void tasks_dispatch_received(struct tx *tx, const struct event *event);
struct reply tasks_dispatch(struct req *r);
/* actions.c */
struct reply tasks_sign(struct req *r);
struct reply tasks_contact(struct req *r);
struct reply tasks_progress(struct req *r);
struct reply tasks_complete(struct req *r);
/* review.c */
struct reply tasks_review(struct req *r);
struct reply tasks_redo(struct req *r);
void tasks_visited(struct tx *tx, const struct event *event);
