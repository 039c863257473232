/*
 * Entries, the tree over them as merkle.h reads it, and what was signed. Shared by sealing.c
 * and the ledger's own files.
 *
 * Threads: the worker that owns tx; memory is its arena.
 */
#pragma once

#include <stdint.h>

#include "rules/merkle.h"
#include "sealing.h"
#include "tx.h"

struct ledger_tile;

struct ledger_tree {
	struct merkle_source source;
	struct tx *tx;
	struct ledger_tile *tiles;	/* what was read stays as it was then */
};

/* After this the tree may not be moved in memory. */
void ledger_tree_open(struct ledger_tree *tree, struct tx *tx);
/* Number of entries; 0 also when the transaction has failed. */
uint64_t ledger_size(struct tx *tx);
/* The entry at a position, its bytes and its leaf as stored; false when there is none. */
bool ledger_entry(struct tx *tx, uint64_t position, struct entry *ret_entry,
		  struct str *ret_bytes, struct hash *ret_leaf) MUST_USE;
/* The note of a checkpoint with the lines of its witnesses below. */
struct str ledger_note(struct tx *tx, uint64_t size, struct str note);
/* Whose signatures are kept; "" while nothing was signed. */
struct str ledger_vkey(struct tx *tx);
