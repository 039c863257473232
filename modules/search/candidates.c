/*
 * Segments are opened newest first, a few and then many at a time, and what they give is held
 * until no segment that is still closed can have anything newer.
 */
#include "search/search.h"

#include <stdlib.h>
#include <string.h>

#include "segments.h"

#include "search_sql.h"

enum {
	WAITING_MAX = 6000,	/* read by one search: more than its budget of texts */
	GRAMS_RAREST = 4,	/* looked up once the first segment has told which are rare */
	GRAMS_ALL = 5,		/* with no more than that all are looked up everywhere */
	OPENED_MAX = 32,	/* segments at a time */
};

struct candidates {
	struct tx *tx;
	uint64_t before;
	uint32_t *grams;
	uint32_t gram_count;
	const struct segment *segments;	/* by id_hi, newest first */
	uint32_t segment_count, opened;
	uint32_t rounds;
	uint64_t *pool;			/* descending from `at` on */
	uint32_t at, n, cap;
	uint16_t *ordinals;		/* room for those of one segment */
	uint64_t last;			/* given out last */
	uint64_t cut_at;
};

/* ---- the pool ---- */

static void pool_reserve(struct candidates *c, uint32_t more)
{
	uint32_t left = c->n - c->at;

	if (c->n + more <= c->cap)
		return;
	uint64_t *to = c->pool;
	if (left + more > c->cap) {
		c->cap = 2 * (left + more);
		to = arena_array_of(tx_arena(c->tx), uint64_t, c->cap);
	}
	if (left)
		memmove(to, c->pool + c->at, left * sizeof(*to));
	c->pool = to;
	c->at = 0;
	c->n = left;
}

static int by_id_down(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one < other) - (one > other);
}

/* Most segments follow each other, so most times this only looks. */
static void pool_sort(struct candidates *c)
{
	for (uint32_t i = c->at + 1; i < c->n; i++)
		if (c->pool[i] > c->pool[i - 1]) {
			qsort(c->pool + c->at, c->n - c->at, sizeof(c->pool[0]), by_id_down);
			return;
		}
}

void candidates_add(struct candidates *c, const uint64_t *ids, uint32_t n)
{
	pool_reserve(c, n);
	for (uint32_t i = 0; i < n; i++)
		if (ids[i] < c->before)
			c->pool[c->n++] = ids[i];
	pool_sort(c);
}

/* ---- segments ---- */

static void read_waiting(struct candidates *c)
{
	struct sql_search_waiting_newest_row row = { 0 };
	struct rows *rows = sql_search_waiting_newest(c->tx, (struct sql_search_waiting_newest){
		.before_id = c->before, .n = WAITING_MAX,
	});

	pool_reserve(c, WAITING_MAX);
	while (sql_search_waiting_newest_next(rows, &row))
		c->pool[c->n++] = row.id;
	if (c->n == WAITING_MAX)
		c->cut_at = c->pool[c->n - 1];
}

struct candidates *candidates_begin(struct tx *tx, const uint32_t *grams, uint32_t n,
				    uint64_t before)
{
	struct candidates *c = arena_new_of(tx_arena(tx), struct candidates);

	*c = (struct candidates){
		.tx = tx, .before = before, .gram_count = n, .last = UINT64_MAX,
		.grams = arena_array_of(tx_arena(tx), uint32_t, n + 1),
	};
	if (n == 0)
		return c;
	memcpy(c->grams, grams, n * sizeof(*grams));
	c->ordinals = arena_array_of(tx_arena(tx), uint16_t, POSTING_DOCS_MAX);
	read_waiting(c);
	c->segments = segments_read(tx, &c->segment_count);
	return c;
}

/* Of many grams the rarest, by what they are in the first segment, go on. */
static void keep_rarest(struct candidates *c, const struct posting *lists)
{
	struct rarity *all;

	if (c->gram_count <= GRAMS_ALL)
		return;
	all = arena_array_of(tx_arena(c->tx), struct rarity, c->gram_count);
	for (uint32_t i = 0; i < c->gram_count; i++)
		all[i] = (struct rarity){ c->grams[i], lists[i].n };
	rarity_sort(all, c->gram_count);
	c->gram_count = GRAMS_RAREST;
	for (uint32_t i = 0; i < GRAMS_RAREST; i++)
		c->grams[i] = all[i].gram;
}

/* Ordinals that all lists have, ascending; room for the documents of the segment. */
static uint32_t intersect(const struct posting *lists, uint32_t n, uint16_t *out)
{
	uint32_t rarest = 0, left;

	for (uint32_t i = 1; i < n; i++)
		if (lists[i].n < lists[rarest].n)
			rarest = i;
	left = lists[rarest].n ? posting_ordinals(&lists[rarest], out) : 0;
	for (uint32_t i = 0; i < n && left > 0; i++)
		if (i != rarest)
			left = posting_keep(&lists[i], out, left);
	return left;
}

static void search_segment(struct candidates *c, const struct block_list *blocks,
			   const struct segment *segment, const struct segment_lists *s)
{
	struct posting *lists = arena_array_of(tx_arena(c->tx), struct posting, c->gram_count);
	uint16_t *ordinals = c->ordinals;

	for (uint32_t i = 0; i < c->gram_count; i++)
		lists[i] = blocks_list(c->tx, blocks, segment->id, s, c->grams[i]);
	if (!tx_ok(c->tx))
		return;
	uint32_t n = intersect(lists, c->gram_count, ordinals);
	pool_reserve(c, n);
	for (uint32_t i = n; i > 0; i--)
		if (s->ids[ordinals[i - 1]] < c->before)
			c->pool[c->n++] = s->ids[ordinals[i - 1]];
	if (c->rounds == 0)
		keep_rarest(c, lists);
}

/* How many segments the next round opens: few while a page may come of them. */
static uint32_t opened_by(uint32_t round)
{
	static const uint32_t steps[] = { 1, 4, 16 };

	return round < array_count(steps) ? steps[round] : OPENED_MAX;
}

static void open_segments(struct candidates *c)
{
	const struct segment_lists *lists[OPENED_MAX];
	const struct segment *segments[OPENED_MAX];
	uint32_t n = 0, most = opened_by(c->rounds);
	struct block_list blocks = { .cap = most * c->gram_count };

	blocks.v = arena_array_of(tx_arena(c->tx), struct block, blocks.cap);
	for (; c->opened < c->segment_count && n < most; c->opened++) {
		const struct segment *s = &c->segments[c->opened];

		if (s->id_lo >= c->before)
			continue;
		segments[n] = s;
		lists[n] = segment_lists(c->tx, s->id);
		if (!lists[n])
			return;
		for (uint32_t i = 0; i < c->gram_count; i++)
			blocks_want(&blocks, s->id, lists[n], c->grams[i]);
		n++;
	}
	if (!blocks_fetch(c->tx, &blocks))
		return;
	for (uint32_t i = 0; i < n; i++)
		search_segment(c, &blocks, segments[i], lists[i]);
	c->rounds += n > 0;
	pool_sort(c);
}

/* What is above this id is complete. */
static uint64_t complete_above(const struct candidates *c)
{
	return c->opened < c->segment_count ? c->segments[c->opened].id_hi : 0;
}

uint32_t candidates_next(struct candidates *c, uint64_t *out, uint32_t n)
{
	uint32_t given = 0;

	while (given < n && tx_ok(c->tx)) {
		uint64_t above = complete_above(c);

		if (c->at < c->n && c->pool[c->at] > above) {
			uint64_t id = c->pool[c->at];
			if (id < c->cut_at)
				break;
			c->at++;
			if (id != c->last)
				out[given++] = c->last = id;
		} else if (given > 0 || c->opened == c->segment_count || above < c->cut_at) {
			/* Opening is for those who have nothing yet. */
			break;
		} else {
			open_segments(c);
		}
	}
	return tx_ok(c->tx) ? given : 0;
}

uint64_t candidates_cut_at(const struct candidates *c)
{
	return c->cut_at;
}
