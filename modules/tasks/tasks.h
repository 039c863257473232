/*
 * Inside the tasks module: how its files share the work. tasks.c holds the routes and reading,
 * dispatch.c makes tasks, actions.c is what departments do, review.c what the centre does.
 */
#pragma once

#include "action.h"

/* Stores a new task. That of a history is stored once, when it has been told to its end. */
void task_insert(struct tx *tx, const struct appeal *a, const struct task *t);
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
