/*
 * Inside the visits module: how its files share the work. visits.c records what was heard,
 * queue.c knows who is to be called and when, ask.c is the question by SMS to those whom
 * nobody reached.
 */
#pragma once

#include "action.h"

/* One caller to be called. Numbers of the enums are stored: they are fixed. */
enum due_cause {
	DUE_DEADLINE = 1,	/* the limit for the work expired */
	DUE_CLOSED,		/* a completion passed */
};
enum due_state {
	DUE_WAITING = 1,
	DUE_ASKED,		/* by SMS */
	DUE_ANSWERED,
	DUE_UNREACHABLE,
	DUE_DROPPED,		/* there is nothing to ask about any more */
};
enum due_next { NEXT_CALL = 1, NEXT_CALL_OUT_OF_HOURS, NEXT_AWAIT_SMS };

/* A row of the queue while it is open. */
struct due_visit {
	uint64_t id;
	uint64_t task_id;
	uint64_t caller_appeal;	/* merged appeal whose caller is meant, 0: the task's own */
	enum due_cause cause;
	enum due_state state;
	int64_t since;
	int64_t asked_at;	/* when the question went out that is still open, 0 */
};

/* visits.c: publishes a visit at the event's time by its actor; its number and what follows from the
 * task are filled in. Both have to live as long as the transaction's arena. */
void visit_publish(struct tx *tx, struct event *visited, struct visit *visit);

/* queue.c: hooks and the visitors' list. */
void queue_overdue(struct tx *tx, const struct event *event);
/* Job: who is asked because the limit ended while a submission was under review. */
bool queue_under_review(struct tx *tx);
int64_t queue_next_under_review(struct tx *tx);
void queue_passed(struct tx *tx, const struct event *event);
void queue_visited(struct tx *tx, const struct event *event);
void queue_extended(struct tx *tx, const struct event *event);
void queue_again(struct tx *tx, const struct event *event);
void queue_left(struct tx *tx, const struct event *event);
void queue_restored(struct tx *tx, const struct event *event);
void queue_merged(struct tx *tx, const struct event *event);
void queue_unmerged(struct tx *tx, const struct event *event);
struct reply queue_list(struct req *r);

/* How a row stands from now on. */
struct due_standing {
	enum due_state state;
	enum due_next next;
	uint32_t attempts;
	int64_t not_before;
	int64_t ended_at;
	enum event_kind ended_by;
};
/* Fails when somebody else moved the row since it was read. */
void due_move(struct tx *tx, uint64_t id, enum due_state was, const struct due_standing *to);

/* ask.c */
/* A question asked at `at` may be answered until then, and the reverse. */
int64_t question_until(int64_t at);
int64_t question_asked_at(int64_t until);
/* Asks by SMS at the time of `event`, about its task, and publishes that. */
void question_ask(struct tx *tx, const struct event *event, uint64_t caller_appeal);
/* The questions about a task that nobody waits for any more are over. */
void questions_end(struct tx *tx, uint64_t task_id);
bool questions_expire(struct tx *tx);
int64_t questions_next_due(struct tx *tx);
