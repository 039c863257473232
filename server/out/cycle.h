/*
 * One visit of the sending side to the database, as a piece of work on LANE_JOB: writes the
 * results of attempts, claims the next messages, and now and then reads all endpoints again;
 * everything in one transaction. Of those that claim there is never more than one under way.
 *
 * The loop fills in the upper half before cycle_submit(); until done() is called both halves
 * belong to the worker.
 */
#pragma once

#include "arena.h"
#include "out/receiver.h"
#include "work/worker.h"

struct claim_request {
	uint64_t endpoint_id;
	uint32_t room;
	bool is_kill;		/* the endpoint takes nothing any more: make its messages dead */
	uint32_t got;		/* brought back */
};

struct receiver_mark {
	uint64_t id, version;
	enum receiver_state state;
	enum outbox_disabled disabled_for;
	int64_t held_until, open_span, failing_since, last_success_at;
	uint32_t failures;
};

struct known_version {
	uint64_t id, version;
};

/* An endpoint as the database has it. */
struct receiver_row {
	struct receiver_row *next;
	uint64_t id, version;
	struct str url;
	enum receiver_state state;
	int64_t held_until, open_span, failing_since, next_due;
	uint32_t failures;
	enum outbox_dialect dialect;
	bool is_new;		/* the version is not the known one: what follows is filled */
	uint32_t key_n;
	struct signature_key keys[LIMIT_SECRETS_LIVE];
	struct str secret;	/* of a bot, STR_NONE: none */
};

struct cycle {
	struct work work;
	struct arena *arena;
	struct arena_mark bottom;
	void (*done)(struct cycle *c);

	uint64_t run_id;
	int64_t lease;
	struct delivery_list results;	/* sent */
	struct delivery_list releases;	/* claimed and not sent */
	struct claim_request *requests;
	size_t request_n;
	struct receiver_mark *marks;
	size_t mark_n;
	struct known_version *known;	/* in order of id */
	size_t known_n;
	bool is_refresh;	/* read all endpoints */
	bool is_count;		/* count what is open, dead and silent, and say that we are there */

	bool is_running;
	struct delivery_list claimed;
	struct receiver_row *rows;
	struct pace_runs runs;	/* of a refresh */
	uint64_t open, dead, silent;
	enum tx_error error;
};

void cycle_init(struct cycle *c, void (*done)(struct cycle *c));
/* Forgets all that it was given and brought, and is ready for the next time. */
void cycle_clear(struct cycle *c);
/* False: the lane is full. */
bool cycle_submit(struct cycle *c) MUST_USE;
void cycle_free(struct cycle *c);
