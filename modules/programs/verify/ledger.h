/*
 * The dump of a ledger, read once from front to back: every entry from its event to its leaf,
 * every leaf to the roots that checkpoints signed. Format liandong-ledger/1.
 *
 * A node of level n is stored over 256^n entries; levels count from 1. A dump that is a file was
 * made when the file was last written: what was recorded a minute before has to be signed.
 *
 * Says with its position each event row, entry, leaf, node and checkpoint that is not what the
 * others make it, what is missing, and what stands where it should not. Where rows were
 * changed so that they fit each other again, the first checkpoint behind them tells: then the
 * position is the first of the span in which the change is. A checkpoint's position is its
 * size. What no dump can show by itself, a removed checkpoint among others, is found by
 * checkpoints that are held elsewhere (`held`).
 *
 * Memory does not grow with the ledger; temporary files take 64 bytes an entry. Threads: one.
 */
#pragma once

#include <stdio.h>

#include "verify/entry.h"
#include "verify/findings.h"
#include "verify/note.h"

enum { HELD_MAX = 64 };

/* A checkpoint that somebody kept; the bytes of the note stay the caller's. */
struct held {
	const char *from;		/* where it was, for the line that tells */
	struct note note;
	struct checkpoint checkpoint;
	bool is_seen;
};

/* An entry that has to be in the tree, as a receipt promises. */
struct wanted {
	struct entry entry;
	bool is_found;
	uint64_t position;
	bool is_covered;
	uint64_t covered_size;		/* the first checkpoint over it, and when it was made */
	int64_t covered_at;
};

struct ledger_question {
	const struct key *key;		/* NULL: the dump's own, and said to be */
	struct held *held;
	size_t held_count;
	struct wanted *wanted;		/* NULL: none */
	/* Out: the receipt key that the dump names; name stands in receipt_name. */
	struct key receipt_key;
	char receipt_name[KEY_NAME_MAX];
	bool has_receipt_key;
};

/* Prints findings and a summary to out; a status of findings.h. */
int ledger_verify(FILE *dump, struct ledger_question *question, FILE *out);
