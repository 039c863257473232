/*
 * Reading segments. The lists of ids and of blocks are kept by the process, since segments
 * never change; blocks are fetched as they are needed, all that one round needs at a time.
 */
#include "segments.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "must.h"

#include "search_sql.h"

struct segment *segments_read(struct tx *tx, uint32_t *ret_n)
{
	struct sql_search_segments_row row = { 0 };
	struct rows *rows = sql_search_segments(tx);
	struct segment *all = NULL;
	uint32_t n = 0, cap = 0;

	while (sql_search_segments_next(rows, &row)) {
		if (n == cap) {
			struct segment *more = arena_array_of(tx_arena(tx), struct segment,
							      cap = cap ? 2 * cap : 128);
			if (n)
				memcpy(more, all, n * sizeof(*all));
			all = more;
		}
		all[n++] = (struct segment){ row.segment_id, row.id_lo, row.id_hi };
	}
	*ret_n = n;
	return all;
}

/* ---- what is kept of a segment ---- */

static const void *segment_make(struct tx *tx, uint64_t id, struct arena *arena,
				size_t *ret_bytes)
{
	struct sql_search_segment_lists_row row = { 0 };

	if (!sql_search_segment_lists(tx, (struct sql_search_segment_lists){
			.segment_id = (uint32_t)id }, &row))
		return NULL;
	struct segment_lists *s = arena_new_of(arena, struct segment_lists);
	uint64_t *ids = arena_array_of(arena, uint64_t, row.docs);
	uint32_t blocks = (uint32_t)(row.dir.n / 4);
	uint32_t *first = arena_array_of(arena, uint32_t, blocks);
	if (row.docs > POSTING_DOCS_MAX || !posting_unpack_ids(row.ids, ids, row.docs)) {
		log_error("search", "damaged", "segment=%" PRIu64, id);
		tx_fail(tx, TX_BROKEN);
		return NULL;
	}
	for (uint32_t i = 0; i < blocks; i++)
		first[i] = posting_unpack_gram((const uint8_t *)row.dir.p + 4 * i);
	*s = (struct segment_lists){
		.docs = row.docs, .blocks = blocks, .ids = ids, .first_grams = first,
	};
	*ret_bytes = sizeof(*s) + row.docs * sizeof(*ids) + blocks * sizeof(*first);
	return s;
}

static const struct kept_kind segment_kind = { "segment", segment_make };

const struct segment_lists *segment_lists(struct tx *tx, uint32_t segment_id)
{
	const struct segment_lists *s = tx_kept(tx, &segment_kind, segment_id);

	if (!s && tx_ok(tx))
		tx_fail(tx, TX_RETRY);
	return s;
}

/* ---- blocks ---- */

static int by_place(const void *a, const void *b)
{
	const struct block *one = a, *other = b;

	if (one->segment_id != other->segment_id)
		return one->segment_id < other->segment_id ? -1 : 1;
	return (one->first_gram > other->first_gram) - (one->first_gram < other->first_gram);
}

void blocks_want(struct block_list *list, uint32_t segment_id, const struct segment_lists *s,
		 uint32_t gram)
{
	int32_t place = posting_place(s->first_grams, s->blocks, gram);

	if (place < 0)
		return;
	must(list->n < list->cap);
	list->v[list->n++] = (struct block){ segment_id, s->first_grams[place], STR_NONE };
}

static void drop_repeats(struct block_list *list)
{
	uint32_t kept = 0;

	if (list->n == 0)
		return;
	qsort(list->v, list->n, sizeof(list->v[0]), by_place);
	for (uint32_t i = 1; i < list->n; i++)
		if (by_place(&list->v[i], &list->v[kept]) != 0)
			list->v[++kept] = list->v[i];
	list->n = kept + 1;
}

static struct block *find_block(const struct block_list *list, uint32_t segment_id,
				uint32_t first_gram)
{
	const struct block key = { segment_id, first_gram, STR_NONE };

	return bsearch(&key, list->v, list->n, sizeof(key), by_place);
}

static struct str places_json(struct arena *a, const struct block_list *list)
{
	char *text = arena_alloc(a, (size_t)list->n * 26 + 3), *at = text;

	*at++ = '[';
	for (uint32_t i = 0; i < list->n; i++) {
		*at++ = i ? ',' : ' ';
		*at++ = '[';
		at = str_put_u64(at, list->v[i].segment_id, 1);
		*at++ = ',';
		at = str_put_u64(at, list->v[i].first_gram, 1);
		*at++ = ']';
	}
	*at++ = ']';
	return (struct str){ text, (size_t)(at - text) };
}

bool blocks_fetch(struct tx *tx, struct block_list *list)
{
	struct sql_search_blocks_row row = { 0 };
	uint32_t there = 0;

	drop_repeats(list);
	if (list->n == 0)
		return tx_ok(tx);
	struct rows *rows = sql_search_blocks(tx, (struct sql_search_blocks){
		.wanted = places_json(tx_arena(tx), list),
	});
	while (sql_search_blocks_next(rows, &row)) {
		struct block *b = find_block(list, row.segment_id, row.first_gram);

		must(b);
		b->data = row.data;
		there++;
	}
	if (tx_ok(tx) && there < list->n)
		tx_fail(tx, TX_RETRY);
	return tx_ok(tx);
}

struct posting blocks_list(struct tx *tx, const struct block_list *blocks, uint32_t segment_id,
			   const struct segment_lists *s, uint32_t gram)
{
	int32_t place = posting_place(s->first_grams, s->blocks, gram);
	struct posting list = { .n = 0 };
	bool is_damaged = false;

	if (place < 0)
		return list;
	uint32_t first_gram = s->first_grams[place];
	const struct block *b = find_block(blocks, segment_id, first_gram);
	must(b);
	if (!posting_find(b->data, first_gram, s->docs, gram, &list, &is_damaged))
		list.n = 0;
	if (is_damaged) {
		log_error("search", "damaged", "segment=%" PRIu32 " block=%" PRIu32, segment_id,
			  first_gram);
		tx_fail(tx, TX_BROKEN);
	}
	return list;
}

/* ---- rarity ---- */

static int by_rarity(const void *a, const void *b)
{
	const struct rarity *one = a, *other = b;

	if (one->n != other->n)
		return one->n < other->n ? -1 : 1;
	return (one->gram > other->gram) - (one->gram < other->gram);
}

void rarity_sort(struct rarity *all, uint32_t n)
{
	qsort(all, n, sizeof(all[0]), by_rarity);
}
