/*
 * Lanes of worker threads. Each worker owns one database connection and one arena, takes work
 * from its lane's bounded queue, runs it in a transaction and hands it back to the loop.
 * It knows no HTTP: a request, a job and a delivery result are all `struct work`.
 *
 * Life of a piece of work: worker_submit() (loop thread) -> run() on a worker, perhaps several
 * times, each in a fresh transaction with the arena back at its start -> finish() on the
 * worker, once, telling how it ended -> done() on the loop thread, once.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "module.h"
#include "test_clock.h"
#include "tx.h"

struct work;

enum work_wish {
	WORK_COMMIT,
	WORK_UNDO,	/* answered, but nothing may remain (an error reply) */
};

struct work_kind {
	const char *name;
	/*
	 * is_alone: false when others share the transaction. In a shared one nothing may be read
	 * that another request of the batch may have written.
	 */
	enum work_wish (*run)(struct work *w, struct tx *tx, bool is_alone);
	/* error is TX_OK when run()'s wish was carried out; else why not (retries exhausted). */
	void (*finish)(struct work *w, enum tx_error error);
	void (*done)(struct work *w);
};

/* Embedded in the owner's struct; the owner frees it after done(). */
struct work {
	const struct work_kind *kind;
	struct arena *arena;	/* the owner's; rewound by the worker before each run */
	struct work *next;
	int64_t queued_at;	/* clock_monotonic() */
	struct arena_mark start;
	uint32_t attempts;
};

/* Threads per lane come from the settings; starts them all. */
void worker_start(void);
/* False at once when the lane's queue is full: answer 503 with Retry-After. */
bool worker_submit(enum lane lane, struct work *w) MUST_USE;
/* Whether work waits for a thread of the lane. */
bool worker_is_crowded(enum lane lane);
/* Finishes what is queued, then ends the threads. */
void worker_stop(void);
/* True when no work is queued or running. */
bool worker_is_idle(void);
/* Asserts that the caller is on a worker thread of ours. */
bool worker_thread(void);
extern const struct setting worker_settings[];

/* Periodic rows (jobs.c): runs the server's own jobs and those of all modules on LANE_JOB. */
void jobs_start(const struct job *of_server);
void jobs_stop(void);
/* After worker_stop(). */
void jobs_free(void);
