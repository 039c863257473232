/*
 * Lists of documents that have a gram, packed: the form in which search_block keeps them. A
 * segment has up to POSTING_DOCS_MAX documents, numbered 0.. in order of their ids. A block is
 * a row of entries with rising grams:
 *
 *	varint gram - the gram before it (0 at the first, which the block's key names)
 *	varint n, the number of documents, at least 1
 *	n varints: the first ordinal, then differences, each at least 1; or, when n is above an
 *	eighth of the segment's documents, a bitmap of them, low bit first
 *
 * Varints are base 128, low part first. Readers check every byte: a damaged block ends in
 * is_damaged and never in a wrong place. `docs` is the number of the segment's documents and
 * must be the one that was used in writing.
 *
 * Threads: values; no state.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "attr.h"
#include "str.h"

enum {
	POSTING_DOCS_MAX = 32768,
	POSTING_BLOCK_FULL = 3900,	/* four to a page of 16 KiB, unless one entry is longer */
	POSTING_BLOCK_MAX = 4500,	/* the longest entry alone: 4,096 ordinals, 256 of them wide */
};

/* One list inside a block that outlives it; checked. */
struct posting {
	const uint8_t *at;
	uint32_t n;
	uint32_t docs;
};

/* ---- reading ---- */

struct posting_reader {
	const uint8_t *at, *end;
	uint32_t gram;
	uint32_t docs;
	bool is_started;
	bool is_damaged;
};

struct posting_reader posting_open(struct str block, uint32_t first_gram, uint32_t docs);
/* The next gram (r->gram) and its list; false at the end, and at damage. */
bool posting_next(struct posting_reader *r, struct posting *ret) MUST_USE;
/* The list of one gram. False when the block has none; *ret_damaged tells why. */
bool posting_find(struct str block, uint32_t first_gram, uint32_t docs, uint32_t gram,
		  struct posting *ret, bool *ret_damaged) MUST_USE;
/* All ordinals, ascending, into room for p->n; returns p->n. */
uint32_t posting_ordinals(const struct posting *p, uint16_t *out);
/* Keeps those of n ascending ordinals that are in the list; returns how many. */
uint32_t posting_keep(const struct posting *p, uint16_t *ordinals, uint32_t n);

/* ---- writing ---- */

struct posting_block {
	uint32_t first_gram, last_gram;
	uint32_t used;			/* 0: empty */
	uint8_t bytes[POSTING_BLOCK_MAX];
};

/*
 * Adds a gram above all in the block, with n >= 1 ascending ordinals below docs. False when it
 * does not fit any more: store the block, set used = 0, and add again.
 */
bool posting_add(struct posting_block *b, uint32_t docs, uint32_t gram,
		 const uint16_t *ordinals, uint32_t n) MUST_USE;

/* ---- the two lists of a segment ---- */

/* Ascending ids as varints of their differences, and back; false when it is damaged. */
struct str posting_pack_ids(struct arena *a, const uint64_t *ids, uint32_t n);
bool posting_unpack_ids(struct str packed, uint64_t *out, uint32_t n) MUST_USE;

/* First grams of the blocks, ascending, as four bytes each, low byte first, and back. */
void posting_pack_gram(uint8_t out[4], uint32_t gram);
uint32_t posting_unpack_gram(const uint8_t in[4]);
/* Place of the block that has the gram if any has it, -1 for a gram before all. */
int32_t posting_place(const uint32_t *first_grams, uint32_t n, uint32_t gram);
