/*
 * Fraud tripwires: places in the history of a task where two facts
 * contradict each other. They are evidence for a person who looks, never a verdict: every one
 * of them also has honest explanations. Values only: no clock, no allocation, any thread.
 *
 * Instants are microseconds UTC.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stored: numbers are fixed, new ones at the end. One fact; and the one that it meets. */
enum tripwire {
	TRIP_NO_CONTACT = 1,	/* closed; no contact before, of a caller who can be asked */
	TRIP_CONTACT_DENIED,	/* a contact that reached; the caller: there was none */
	TRIP_SAME_REPLY,	/* a reply; the very same to a matter of another category */
	TRIP_BURST,		/* closed in the last hour of its limit; so were others then */
	TRIP_RATING_TURNED,	/* rated badly; well within 48 hours of a contact, no work */
	TRIP_WITHDRAWN,		/* rated badly; withdrawn within three days */
	TRIP_SHARED_NUMBER,	/* rated well; so were other matters from the same number */
	TRIP_SOLVED_DENIED,	/* completed as solved; the caller: not solved */
	TRIP_REPLY_DENIED,	/* a reply; the caller: what it says is untrue */
	TRIP_UNCHANGED,		/* refused in review; the same words passed the next time */
	TRIP_RATING_DENIED,	/* rated well; the same answer: not contacted, not solved */
	TRIP_TOO_FAST,		/* dispatched; completed as solved within minutes */
	TRIP_AT_NIGHT,		/* a contact that reached; at an hour when people sleep */
	TRIP_UNHEARD,		/* completed as untrue; the caller was never reached */
	TRIPWIRES_END
};

enum {
	TRIP_REPLY_CHARS = 12,		/* shorter replies are too plain to tell anything */
	TRIP_REPLY_DAYS = 30,		/* between two uses of the same reply */
	TRIP_BURST_LEAST = 5,		/* closings in one hour */
	TRIP_SHARED_LEAST = 5,		/* matters rated well */
	TRIP_SHARED_DAYS = 30,
	TRIP_TURNED_HOURS = 48,
	TRIP_WITHDRAWN_DAYS = 3,
	TRIP_FAST_MINUTES = 10,
	TRIP_MORNING_HOUR = 6,		/* local; calls before it wake people up */
};

/* Words of the API, index = number - 1, and a sentence that says what contradicts what. */
extern const char *const tripwire_names[];
extern const char *const tripwire_sentences[];

enum trip_step_kind {
	TRIP_STEP_OTHER, TRIP_STEP_CONTACT, TRIP_STEP_WORK, TRIP_STEP_COMPLETE,
	TRIP_STEP_REFUSED, TRIP_STEP_PASSED, TRIP_STEP_VISIT, TRIP_STEP_WITHDRAWN,
};
enum trip_answer { TRIP_UNANSWERED, TRIP_YES, TRIP_NO };
enum trip_rating { TRIP_UNRATED, TRIP_GOOD, TRIP_BAD };

/* One event of the task. Which members mean something depends on the kind. */
struct trip_step {
	enum trip_step_kind kind;
	int64_t at;
	uint64_t seq;
	bool is_reached;		/* contact */
	bool is_solved, is_untrue;	/* complete: the result it claims */
	uint64_t words;			/* complete: equal for equal replies, 0: too short */
	enum trip_answer contacted, solved, truthful;	/* visit */
	enum trip_rating rating;
};

/* The task, its events in their order, and what was counted around it. */
struct trip_task {
	int64_t dispatched_at, due, closed_at;	/* closed_at 0 while it is open */
	uint64_t dispatch_seq;
	bool is_visitable;
	bool is_fast_by_nature;		/* urgent, or a question that is answered at once */
	const struct trip_step *steps;
	size_t n;
	uint64_t same_reply_task, same_reply_seq;	/* 0: none */
	uint64_t closings;		/* in the hour up to this one, which is one of them */
	uint64_t shared;		/* rated well from this number, this one too */
};

/* Two contradicting facts, each an event of a task: `task` 0 is the task itself. `count` is
 * how many there are where the contradiction is a number. */
struct trip_finding {
	enum tripwire kind;
	uint64_t said_seq, against_seq;
	uint64_t against_task;
	uint64_t count;
};

/* At most one finding of a kind; in the order of the enum. Returns how many. */
size_t tripwires_find(const struct trip_task *task, struct trip_finding found[TRIPWIRES_END]);
