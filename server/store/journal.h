/*
 * The journal of what browsers are told (live.h): rows that get their positions once they are
 * committed. Positions are given by one transaction at a time, whichever server runs it, so
 * that who reads behind a position misses nothing, however late a transaction commits whose
 * row has a small id.
 *
 * Threads: workers, but for journal_listen().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live.h"
#include "tx.h"

struct journal_line {
	uint64_t position;
	struct str topic;
	struct live_message message;	/* subject 0: the audience decides, and data is told */
	struct live_audience audience;
	struct str data;
};

struct journal_range {
	uint64_t last;	/* the highest position */
	uint64_t gone;	/* up to here they are taken away */
};

/* Gives all that is committed its position; false when the transaction has failed. */
bool journal_place(struct tx *tx) MUST_USE;
struct journal_range journal_range(struct tx *tx);
/* Up to n lines behind a position, in the arena of tx; their number. */
size_t journal_read(struct tx *tx, uint64_t after, size_t n, struct journal_line **ret_lines);
/* A job: gives positions also where nobody follows, and takes away what is old. */
bool journal_prune(struct tx *tx);

/*
 * fn runs on the loop thread soon after messages were committed by this process; a burst of
 * commits is one call. NULL ends it. Loop thread.
 */
void journal_listen(void (*fn)(void));
