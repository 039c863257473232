/*
 * Inside the tasks module: how its files share the work. tasks.c holds the routes and reading,
 * dispatch.c makes tasks, actions.c is what departments do, review.c what the centre does,
 * returns.c how a task goes back, assists.c how a lead and its assists work together,
 * placement.c why an appeal waits for a dispatcher.
 */
#pragma once

#include "action.h"

/* Stores a new task. That of a history is stored once, when it has been told to its end. */
void task_insert(struct tx *tx, const struct appeal *a, const struct task *t);

/* ---- dispatch.c ---- */

/* Where a task goes and how. */
struct assignment {
	struct str department;
	enum task_role role;
	enum limit_class limit_class;
	struct str advice;
	struct str basis;
	bool is_automatic;
	bool is_ruling;		/* may not be returned; goes to whoever returned it before */
	uint32_t ordinal;	/* 1.. within the appeal; task_give() finds it */
	int64_t due;		/* 0, or typed in: what the law of an LX gives */
	int64_t latest_due;	/* 0, or a due that the task may not exceed (assist) */
	int64_t not_before;	/* undoing.h: of what is sent of it */
};

/* Why a department does not get a task of an appeal, whoever would give it. */
enum receiver_bar {
	BAR_NONE,
	BAR_RECUSED,
	BAR_DEPARTMENT_ONLY,
	BAR_RETURNED_BEFORE,
};

enum receiver_bar receiver_barred(struct req *r, const struct matter *m,
				  const struct assignment *to);
/*
 * Gives the appeal's next task to a department by the actor's hand and publishes it: status 0,
 * and the task is the last of m->tasks, whose former array is a copy from then on. Otherwise
 * the refusal, with `allowed` as what is possible instead: the department is accused or was
 * excused by a return, a street may not have the matter, the class has no limits. A refusal
 * undoes the transaction, so callers need not look before.
 */
struct reply task_give(struct req *r, struct matter *m, const struct assignment *to,
		       const char *const *allowed);
/* Whether the row's department takes tasks; one that is not known is taken at its word. */
bool catalogue_row_receives(const struct reference *ref, const struct catalogue_row *row);
/* Complains at the pointer about a code that is no department which takes tasks. */
void check_receiver(struct req *r, const char *pointer, struct str code);
/* 409: the department is the one complained about. */
struct reply reply_recused(struct req *r, const char *const *allowed);
/* How many leads of the appeal went back by an accepted return or a ruling. */
uint32_t leads_returned(const struct matter *m);
/* From so many on, the next lead has it by a ruling. */
enum { RETURNS_BEFORE_RULING = 2 };
/* Sets limit class, and a due no later than one working day before the lead's. */
void assignment_assist(struct tx *tx, const struct task *lead, int64_t at,
		       struct assignment *to);
bool has_live_task(const struct matter *m, struct str department);
void tasks_dispatch_received(struct tx *tx, const struct event *event);
struct reply tasks_dispatch(struct req *r);

/* ---- actions.c ---- */
struct reply tasks_sign(struct req *r);
struct reply tasks_contact(struct req *r);
struct reply tasks_progress(struct req *r);
struct reply tasks_complete(struct req *r);

/* ---- review.c ---- */
struct reply tasks_review(struct req *r);
struct reply tasks_redo(struct req *r);
void tasks_visited(struct tx *tx, const struct event *event);

/* ---- returns.c ---- */
struct reply tasks_return(struct req *r);
struct reply tasks_return_accept(struct req *r);
struct reply tasks_return_refuse(struct req *r);
struct reply tasks_dispute(struct req *r);
struct reply tasks_ruling(struct req *r);
struct reply tasks_returns(struct req *r);
struct reply tasks_return_pairs(struct req *r);
void tasks_withdrawn(struct tx *tx, const struct event *event);
void tasks_restored(struct tx *tx, const struct event *event);

/* ---- placement.c ---- */
struct reply tasks_placement(struct req *r);

/* ---- assists.c ---- */
struct reply tasks_assist(struct req *r);
struct reply tasks_report(struct req *r);
struct reply tasks_assist_delay(struct req *r);
struct reply tasks_assists(struct req *r);
