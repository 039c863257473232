/*
 * Values that are made once and then used by every transaction of this process: something
 * large and immutable that a row or a few rows of the database amount to, named by a kind and
 * an id that is never used for anything else. What is kept beyond LIMIT_KEPT_BYTES goes, the
 * longest unused first; it is made again when it is asked for again, so nothing may depend on
 * a value being kept.
 *
 * Threads: any worker.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "tx.h"

struct kept_kind {
	const char *name;
	/*
	 * Makes the value in an arena of its own, which is freed with it, reading by tx. Sets
	 * *ret_bytes to about what it takes. NULL: there is no such thing, or the transaction
	 * failed; nothing is kept then. Two threads may make the same value at the same time;
	 * one of the two is dropped.
	 */
	const void *(*make)(struct tx *tx, uint64_t id, struct arena *arena, size_t *ret_bytes);
};

/* The value, which stays until the memory of tx is rewound or freed; NULL as make() says. */
const void *tx_kept(struct tx *tx, const struct kept_kind *kind, uint64_t id);
