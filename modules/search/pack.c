/*
 * The packer: a lane of its own behind the registrations. Waiting appeals become a segment of
 * level 0, eight segments of a level become one of the next, and what was merged is cleared
 * away. Each step is one transaction of at most about a megabyte, the segment's row comes with
 * its last block, and where a merge stands is in its row: a packer that dies anywhere leaves
 * nothing behind but a step to be done again.
 *
 * A merge joins lists instead of reading texts again: what was registered never changes, and
 * an appeal that is no more falls out when its text is read.
 */
#include "search/search.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "log.h"
#include "matter.h"
#include "must.h"
#include "rules/gram.h"
#include "segments.h"

#include "search_sql.h"

enum {
	FIRST_MAX = 512,	/* appeals of a segment of level 0 */
	MERGED = 8,		/* segments that become one */
	STEP_BLOCKS = 250,	/* of all sources, read in one step of a merge */
	REMOVED_BLOCKS = 500,
	ENTRIES_MAX = 1 << 19,	/* grams of one segment of level 0, with repeats */
	TEXTS_AT_A_TIME = 64,
};

/* ---- blocks on their way out ---- */

struct output {
	struct tx *tx;
	uint32_t segment_id, docs;
	struct posting_block block;
	struct buf dir;
};

static struct output *output_new(struct tx *tx, uint32_t segment_id, uint32_t docs)
{
	struct output *o = arena_new_of(tx_arena(tx), struct output);

	o->tx = tx;
	o->segment_id = segment_id;
	o->docs = docs;
	buf_init(&o->dir, KIB(256));
	return o;
}

static void output_flush(struct output *o)
{
	struct posting_block *b = &o->block;
	char gram[4];

	if (b->used == 0)
		return;
	sql_search_block_add(o->tx, (struct sql_search_block_add){
		.segment_id = o->segment_id, .first_gram = b->first_gram,
		.data = arena_str(tx_arena(o->tx),
				  (struct str){ (const char *)b->bytes, b->used }),
	});
	posting_pack_gram((uint8_t *)gram, b->first_gram);
	buf_add(&o->dir, (struct str){ gram, sizeof(gram) });
	b->used = 0;
}

static void output_add(struct output *o, uint32_t gram, const uint16_t *ordinals, uint32_t n)
{
	if (posting_add(&o->block, o->docs, gram, ordinals, n))
		return;
	output_flush(o);
	must(posting_add(&o->block, o->docs, gram, ordinals, n));
}

/* The first grams of all blocks; nothing is left in the output. */
static struct str output_end(struct output *o)
{
	output_flush(o);
	struct str dir = arena_str(tx_arena(o->tx), buf_str(&o->dir));
	buf_free(&o->dir);
	return dir;
}

/* ---- level 0 ---- */

struct packing {
	struct tx *tx;
	uint64_t *entries;	/* gram << 16 | ordinal */
	uint32_t n;
	uint64_t *ids;		/* of the segment */
	uint32_t docs;
	uint64_t stopped_at;	/* the first that did not fit; UINT64_MAX: all did */
};

/* False, and the appeal is where packing stopped, when its grams do not fit any more. */
static bool add_text(struct packing *p, const struct sql_search_texts_row *t)
{
	struct arena *a = tx_arena(p->tx);
	const struct str fields[] = { t->title, t->text, t->address, t->external_no };
	struct str text = gram_normal_fields(a, fields, array_count(fields));

	if (p->n + gram_bound(text) > ENTRIES_MAX) {
		p->stopped_at = t->id;
		return false;
	}
	uint32_t *grams = arena_array_of(a, uint32_t, gram_bound(text) + 1);
	uint32_t n = gram_text(text, grams);
	for (uint32_t i = 0; i < n; i++)
		p->entries[p->n++] = (uint64_t)grams[i] << 16 | p->docs;
	p->ids[p->docs++] = t->id;
	return true;
}

/* Of some ids, ascending, those that are there. The texts' memory is given back. */
static void add_texts(struct packing *p, const uint64_t *ids, uint32_t n)
{
	struct sql_search_texts_row all[TEXTS_AT_A_TIME], row = { 0 };
	struct arena_mark mark = arena_mark(tx_arena(p->tx));
	uint32_t count = 0;
	struct rows *rows = sql_search_texts(p->tx, (struct sql_search_texts){
		.ids = ids_json(tx_arena(p->tx), ids, n) });

	/* They come newest first, and a segment begins with the oldest. */
	while (sql_search_texts_next(rows, &row))
		all[count++] = row;
	while (count > 0 && add_text(p, &all[count - 1]))
		count--;
	arena_rewind(tx_arena(p->tx), mark);
}

/* By radix of 16 bits: 48 bits in three rounds; the result is in v again. */
static void sort_entries(struct arena *a, struct packing *p)
{
	uint64_t *from = p->entries, *to = arena_array_of(a, uint64_t, p->n + 1);
	uint32_t *counts = arena_array_of(a, uint32_t, 65536);

	for (unsigned shift = 0; shift < 48; shift += 16) {
		uint32_t place = 0;

		memset(counts, 0, 65536 * sizeof(*counts));
		for (uint32_t i = 0; i < p->n; i++)
			counts[from[i] >> shift & 0xffff]++;
		for (uint32_t i = 0; i < 65536; i++) {
			uint32_t count = counts[i];
			counts[i] = place;
			place += count;
		}
		for (uint32_t i = 0; i < p->n; i++)
			to[counts[from[i] >> shift & 0xffff]++] = from[i];
		uint64_t *swap = from;
		from = to;
		to = swap;
	}
	p->entries = from;
}

static void write_entries(struct output *o, const struct packing *p)
{
	uint16_t ordinals[FIRST_MAX];

	for (uint32_t i = 0; i < p->n;) {
		uint32_t gram = (uint32_t)(p->entries[i] >> 16), n = 0;

		for (; i < p->n && p->entries[i] >> 16 == gram; i++)
			if (n == 0 || ordinals[n - 1] != (p->entries[i] & 0xffff))
				ordinals[n++] = (uint16_t)(p->entries[i] & 0xffff);
		output_add(o, gram, ordinals, n);
	}
}

/*
 * One segment of what waits, with fewer appeals than usual when their texts are very long.
 * Ids of appeals that are no more are taken off the list all the same.
 */
static void pack_waiting(struct tx *tx, const uint64_t *ids, uint32_t n)
{
	struct arena *a = tx_arena(tx);
	struct packing p = {
		.tx = tx, .entries = arena_array_of(a, uint64_t, ENTRIES_MAX),
		.ids = arena_array_of(a, uint64_t, n), .stopped_at = UINT64_MAX,
	};

	for (uint32_t at = 0; at < n && p.stopped_at == UINT64_MAX; at += TEXTS_AT_A_TIME)
		add_texts(&p, ids + at, n - at < TEXTS_AT_A_TIME ? n - at : TEXTS_AT_A_TIME);
	if (!tx_ok(tx))
		return;
	for (uint32_t i = 0; i < n && ids[i] < p.stopped_at; i++)
		sql_search_waiting_done(tx, (struct sql_search_waiting_done){ ids[i] });
	if (p.docs == 0)
		return;
	uint32_t segment_id = (uint32_t)tx_sequence(tx, "search_segment");
	struct output *o = output_new(tx, segment_id, p.docs);
	sort_entries(a, &p);
	write_entries(o, &p);
	sql_search_segment_add(tx, (struct sql_search_segment_add){
		.segment_id = segment_id, .state = SEGMENT_SEARCHED, .docs = p.docs,
		.id_lo = p.ids[0], .id_hi = p.ids[p.docs - 1], .sources = STR(""),
		.ids = posting_pack_ids(a, p.ids, p.docs), .dir = output_end(o),
	});
	log_debug("search", "packed", "segment=%" PRIu32 " appeals=%" PRIu32, segment_id,
		  p.docs);
}

static bool pack_first_level(struct tx *tx)
{
	struct sql_search_waiting_oldest_row row = { 0 };
	uint32_t most = (uint32_t)setting_int("search_first_level"), n = 0;
	uint64_t ids[FIRST_MAX];
	struct rows *rows = sql_search_waiting_oldest(tx, (struct sql_search_waiting_oldest){
		.n = most });

	while (sql_search_waiting_oldest_next(rows, &row))
		ids[n++] = row.id;
	if (n < most)
		return false;
	pack_waiting(tx, ids, n);
	return tx_ok(tx);
}

/* ---- merging ---- */

/* One of the segments that are merged, as a stream of lists. */
struct source {
	uint32_t id;
	const struct segment_lists *lists;
	uint16_t *places;	/* ordinal there -> ordinal in the merged segment */
	struct rows *blocks;
	struct posting_reader reader;
	struct posting list;	/* of the present gram; n is 0 at the end */
};

struct merge {
	struct tx *tx;
	struct source sources[MERGED];
	uint32_t count;
	uint64_t *ids;
	uint32_t docs;
};

static bool read_sources(struct merge *m, struct str segments)
{
	struct sql_search_sources_row row = { 0 };
	struct rows *rows = sql_search_sources(m->tx, (struct sql_search_sources){
		.segments = segments });

	while (sql_search_sources_next(rows, &row)) {
		must(m->count < MERGED);
		m->sources[m->count++].id = row.segment_id;
		m->docs += row.docs;
	}
	for (uint32_t i = 0; i < m->count; i++) {
		m->sources[i].lists = segment_lists(m->tx, m->sources[i].id);
		if (!m->sources[i].lists)
			return false;
	}
	return tx_ok(m->tx) && m->count > 0;
}

/*
 * All ids in order, and where each source's appeals come to stand. An appeal may be in two of
 * them, where packing was begun anew beside a packer at work: it becomes one again.
 */
static void join_ids(struct merge *m)
{
	struct arena *a = tx_arena(m->tx);
	uint32_t at[MERGED] = { 0 }, all = m->docs;

	m->ids = arena_array_of(a, uint64_t, all);
	m->docs = 0;
	for (uint32_t i = 0; i < m->count; i++)
		m->sources[i].places = arena_array_of(a, uint16_t, m->sources[i].lists->docs);
	for (uint32_t taken = 0; taken < all; taken++) {
		uint32_t lowest = MERGED;

		for (uint32_t i = 0; i < m->count; i++) {
			const struct segment_lists *s = m->sources[i].lists;
			if (at[i] < s->docs && (lowest == MERGED ||
			    s->ids[at[i]] < m->sources[lowest].lists->ids[at[lowest]]))
				lowest = i;
		}
		must(lowest < MERGED);
		struct source *s = &m->sources[lowest];
		uint64_t id = s->lists->ids[at[lowest]];
		if (m->docs == 0 || m->ids[m->docs - 1] != id)
			m->ids[m->docs++] = id;
		s->places[at[lowest]++] = (uint16_t)(m->docs - 1);
	}
}

/* The next list of a source below `end`; its n is 0 when there is none. */
static void source_next(struct merge *m, struct source *s, uint64_t end)
{
	struct sql_search_blocks_between_row row = { 0 };

	while (!posting_next(&s->reader, &s->list)) {
		if (s->reader.is_damaged) {
			log_error("search", "damaged", "segment=%" PRIu32, s->id);
			tx_fail(m->tx, TX_BROKEN);
		}
		s->list.n = 0;
		if (!tx_ok(m->tx) || !sql_search_blocks_between_next(s->blocks, &row))
			return;
		s->reader = posting_open(row.data, row.first_gram, s->lists->docs);
	}
	if (s->reader.gram >= end)
		s->list.n = 0;
}

static void source_begin(struct merge *m, struct source *s, uint64_t from, uint64_t end)
{
	const uint32_t *first = s->lists->first_grams;
	int32_t place = posting_place(first, s->lists->blocks, (uint32_t)from);

	s->blocks = sql_search_blocks_between(m->tx, (struct sql_search_blocks_between){
		.segment_id = s->id, .first_gram = place < 0 ? 0 : first[place],
		.last_gram = (uint32_t)(end - 1),
	});
	s->reader = posting_open(STR(""), 0, s->lists->docs);
	do
		source_next(m, s, end);
	while (s->list.n > 0 && s->reader.gram < from);
}

static int by_ordinal(const void *a, const void *b)
{
	return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

/* Adds the places of a source's list; true when they do not all follow those before. */
static bool add_places(const struct source *s, uint16_t *out, uint32_t n)
{
	uint32_t count = posting_ordinals(&s->list, out + n);

	for (uint32_t i = 0; i < count; i++)
		out[n + i] = s->places[out[n + i]];
	return n > 0 && out[n] <= out[n - 1];
}

static uint32_t sort_places(uint16_t *places, uint32_t n)
{
	uint32_t kept = 0;

	qsort(places, n, sizeof(places[0]), by_ordinal);
	for (uint32_t i = 1; i < n; i++)
		if (places[i] != places[kept])
			places[++kept] = places[i];
	return kept + 1;
}

static void merge_lists(struct merge *m, struct output *o, uint64_t from, uint64_t end)
{
	/* Room for every source's, before what stands twice is dropped. */
	uint16_t *places = arena_array_of(tx_arena(m->tx), uint16_t, POSTING_DOCS_MAX);

	for (uint32_t i = 0; i < m->count; i++)
		source_begin(m, &m->sources[i], from, end);
	while (tx_ok(m->tx)) {
		uint64_t gram = UINT64_MAX;
		uint32_t n = 0;
		bool is_mixed = false;

		for (uint32_t i = 0; i < m->count; i++)
			if (m->sources[i].list.n && m->sources[i].reader.gram < gram)
				gram = m->sources[i].reader.gram;
		if (gram == UINT64_MAX)
			return;
		for (uint32_t i = 0; i < m->count; i++) {
			struct source *s = &m->sources[i];
			if (s->list.n == 0 || s->reader.gram != gram)
				continue;
			is_mixed |= add_places(s, places, n);
			n += s->list.n;
			source_next(m, s, end);
		}
		if (is_mixed)
			n = sort_places(places, n);
		output_add(o, (uint32_t)gram, places, n);
	}
}

static int by_number(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;

	return (one > other) - (one < other);
}

/* Where a step that begins at a gram ends, so that it reads about STEP_BLOCKS blocks. */
static uint64_t step_end(const struct merge *m, uint64_t from)
{
	uint32_t n = 0, all = 0;

	for (uint32_t i = 0; i < m->count; i++)
		all += m->sources[i].lists->blocks;
	uint32_t *first = arena_array_of(tx_arena(m->tx), uint32_t, all + 1);
	for (uint32_t i = 0; i < m->count; i++)
		for (uint32_t j = 0; j < m->sources[i].lists->blocks; j++)
			if (m->sources[i].lists->first_grams[j] > from)
				first[n++] = m->sources[i].lists->first_grams[j];
	if (n <= STEP_BLOCKS)
		return UINT64_C(1) << 32;
	qsort(first, n, sizeof(first[0]), by_number);
	return first[STEP_BLOCKS];
}

static bool merge_continue(struct tx *tx)
{
	struct merge *m = arena_new_of(tx_arena(tx), struct merge);
	struct sql_search_merging_row row = { 0 };

	if (!sql_search_merging(tx, &row))
		return false;
	m->tx = tx;
	if (!read_sources(m, row.sources))
		return false;
	must(m->docs == row.docs);
	join_ids(m);
	uint64_t end = step_end(m, row.next_gram);
	struct output *o = output_new(tx, row.segment_id, m->docs);
	merge_lists(m, o, row.next_gram, end);
	bool is_whole = end >> 32 != 0;
	struct str more = output_end(o);
	if (!tx_ok(tx))
		return false;
	sql_search_merge_move(tx, (struct sql_search_merge_move){
		.segment_id = row.segment_id, .was = row.next_gram, .next_gram = end,
		.more = more, .state = is_whole ? SEGMENT_SEARCHED : SEGMENT_MERGING,
	});
	for (uint32_t i = 0; i < m->count && is_whole; i++)
		sql_search_segment_retire(tx, (struct sql_search_segment_retire){
			.segment_id = m->sources[i].id });
	if (is_whole)
		log_debug("search", "merged", "segment=%" PRIu32 " appeals=%" PRIu32,
			  row.segment_id, m->docs);
	return true;
}

/* The eight oldest of a level, when there are so many: their row is the plan of the merge. */
static bool merge_begin(struct tx *tx, uint32_t level)
{
	struct sql_search_lowest_row row = { 0 };
	struct merge *m = arena_new_of(tx_arena(tx), struct merge);
	struct rows *rows = sql_search_lowest(tx, (struct sql_search_lowest){
		.level = level, .n = MERGED });
	uint64_t ids[MERGED];
	uint32_t n = 0;

	while (sql_search_lowest_next(rows, &row))
		ids[n++] = row.segment_id;
	if (n < MERGED)
		return false;
	struct str sources = ids_json(tx_arena(tx), ids, n);
	m->tx = tx;
	if (!read_sources(m, sources))
		return false;
	join_ids(m);
	sql_search_segment_add(tx, (struct sql_search_segment_add){
		.segment_id = (uint32_t)tx_sequence(tx, "search_segment"), .level = level + 1,
		.state = SEGMENT_MERGING, .docs = m->docs, .id_lo = m->ids[0],
		.id_hi = m->ids[m->docs - 1], .sources = sources,
		.ids = posting_pack_ids(tx_arena(tx), m->ids, m->docs), .dir = STR(""),
	});
	return true;
}

/* ---- clearing away ---- */

/* Who reads a retired segment just now finds a block missing and searches again. */
static bool remove_retired(struct tx *tx)
{
	struct sql_search_retired_row row = { 0 };

	if (!sql_search_retired(tx, &row))
		return false;
	uint64_t removed = sql_search_blocks_remove(tx, (struct sql_search_blocks_remove){
		.segment_id = row.segment_id, .n = REMOVED_BLOCKS });
	if (removed < REMOVED_BLOCKS && tx_ok(tx))
		sql_search_segment_remove(tx, (struct sql_search_segment_remove){
			.segment_id = row.segment_id });
	return true;
}

bool pack_step(struct tx *tx)
{
	return merge_continue(tx) || merge_begin(tx, 1) || merge_begin(tx, 0) ||
	       remove_retired(tx) || pack_first_level(tx);
}
