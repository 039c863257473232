/*
 * What has been packed of the texts of appeals, for all modules that read it. A segment names,
 * for each gram (rules/gram.h), the appeals of it that have the gram. An appeal that has not
 * been packed yet waits in search_waiting; it is in exactly one segment or waits, from the
 * commit of its registration on. Whoever reads both reads what waits first: what is packed in
 * between then shows twice instead of not at all. Segments overlap in ids where histories were
 * brought in.
 *
 * Segments are merged into larger ones at any time. Who reads one that is gone meanwhile has
 * its transaction failed with TX_RETRY and is run again.
 *
 * Threads: the worker of the transaction; memory is that of tx.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "kept.h"
#include "rules/posting.h"
#include "str.h"
#include "tx.h"

/* Stored: fixed. */
enum segment_state { SEGMENT_MERGING = 1, SEGMENT_SEARCHED, SEGMENT_RETIRED };

struct segment {
	uint32_t id;
	uint64_t id_lo, id_hi;	/* of its appeals */
};
/* All that are searched, by their newest appeal, newest first. */
struct segment *segments_read(struct tx *tx, uint32_t *ret_n);

/* What this process keeps of each. */
struct segment_lists {
	uint32_t docs;
	uint32_t blocks;
	const uint64_t *ids;		/* ascending; the place is the ordinal */
	const uint32_t *first_grams;	/* ascending, of the blocks */
};
/* NULL, with the transaction failed, when the segment is gone or damaged. */
const struct segment_lists *segment_lists(struct tx *tx, uint32_t segment_id);

struct block {
	uint32_t segment_id;
	uint32_t first_gram;
	struct str data;
};

/* The blocks that one statement fetches. v: room for cap of them. */
struct block_list {
	struct block *v;
	uint32_t n, cap;
};
/* Adds the block that has the gram if any of the segment has; at most cap calls. */
void blocks_want(struct block_list *list, uint32_t segment_id, const struct segment_lists *s,
		 uint32_t gram);
/* False: the transaction failed. */
bool blocks_fetch(struct tx *tx, struct block_list *list) MUST_USE;
/*
 * The appeals of a segment that have a gram which was wanted of it: n is 0 when none has, and
 * at a damaged block, with the transaction failed.
 */
struct posting blocks_list(struct tx *tx, const struct block_list *list, uint32_t segment_id,
			   const struct segment_lists *s, uint32_t gram);

/* Grams by how many appeals have them, the fewest first; then by number. */
struct rarity {
	uint32_t gram;
	uint32_t n;
};
void rarity_sort(struct rarity *all, uint32_t n);
