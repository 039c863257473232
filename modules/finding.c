/*
 * Which appeals are about the same, by the grams they share. A text's rarest grams say most:
 * streets, names, numbers; they are looked up in every segment of the time asked for.
 */
#include "finding.h"

#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "matter.h"
#include "rules/gram.h"
#include "segments.h"

#include "search_sql.h"

enum {
	ALIKE_GRAMS = 256,	/* of a long text, evenly chosen */
	ALIKE_LEAST = 2,
	ALIKE_WAITING = 2000,
};

struct alike_list {
	struct finding *v;
	uint32_t n, cap;
	uint64_t since_id;
	uint32_t *grams;	/* those that are counted, ascending */
	uint32_t gram_count;
	uint8_t *shared;	/* room for one segment */
	uint16_t *ordinals;
};

static void alike_add(struct tx *tx, struct alike_list *t, uint64_t id, uint32_t shared)
{
	if (shared < ALIKE_LEAST)
		return;
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 256;
		struct finding *more = arena_array_of(tx_arena(tx), struct finding,
							  t->cap);
		if (t->n)
			memcpy(more, t->v, t->n * sizeof(*more));
		t->v = more;
	}
	t->v[t->n++] = (struct finding){ id, shared };
}

static uint32_t distinct_grams(struct arena *a, struct str text, uint32_t **ret_grams)
{
	struct str normal = gram_normal(a, text);

	*ret_grams = arena_array_of(a, uint32_t, gram_bound(normal) + 1);
	return gram_distinct(*ret_grams, gram_text(normal, *ret_grams));
}

/* Of more than ALIKE_GRAMS every k-th: grams are in order of their number, not of the text. */
static uint32_t thin_out(uint32_t *grams, uint32_t n)
{
	if (n <= ALIKE_GRAMS)
		return n;
	for (uint32_t i = 0; i < ALIKE_GRAMS; i++)
		grams[i] = grams[(uint64_t)i * n / ALIKE_GRAMS];
	return ALIKE_GRAMS;
}

static struct block_list fetch_of_segment(struct tx *tx, const struct segment *segment,
					  const struct segment_lists *s, const uint32_t *grams,
					  uint32_t n)
{
	struct block_list blocks = { .cap = n };

	blocks.v = arena_array_of(tx_arena(tx), struct block, n);
	for (uint32_t i = 0; i < n; i++)
		blocks_want(&blocks, segment->id, s, grams[i]);
	if (!blocks_fetch(tx, &blocks))
		blocks.n = 0;
	return blocks;
}

/*
 * The rarest grams that occur at all, by one segment with many appeals; those that occur
 * nowhere in it go last, since a typing error finds nobody.
 */
static uint32_t choose_rarest(struct tx *tx, const struct segment *segment, uint32_t *grams,
			      uint32_t n)
{
	const struct segment_lists *s = segment_lists(tx, segment->id);
	struct rarity *all = arena_array_of(tx_arena(tx), struct rarity, n + 1);
	uint32_t most = n < FINDING_RAREST ? n : FINDING_RAREST;

	if (!s)
		return 0;
	struct block_list blocks = fetch_of_segment(tx, segment, s, grams, n);
	if (!tx_ok(tx))
		return 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t docs = blocks_list(tx, &blocks, segment->id, s, grams[i]).n;
		all[i] = (struct rarity){ grams[i], docs ? docs : UINT32_MAX };
	}
	rarity_sort(all, n);
	for (uint32_t i = 0; i < most; i++)
		grams[i] = all[i].gram;
	return gram_distinct(grams, most);
}

static void alike_segment(struct tx *tx, struct alike_list *t, const struct segment *segment)
{
	const struct segment_lists *s = segment_lists(tx, segment->id);

	if (!s)
		return;
	struct block_list blocks = fetch_of_segment(tx, segment, s, t->grams, t->gram_count);
	if (!tx_ok(tx))
		return;
	memset(t->shared, 0, s->docs);
	for (uint32_t i = 0; i < t->gram_count; i++) {
		struct posting list = blocks_list(tx, &blocks, segment->id, s, t->grams[i]);
		uint32_t count = list.n ? posting_ordinals(&list, t->ordinals) : 0;

		for (uint32_t j = 0; j < count; j++)
			t->shared[t->ordinals[j]]++;
	}
	for (uint32_t i = 0; i < s->docs; i++)
		if (s->ids[i] >= t->since_id)
			alike_add(tx, t, s->ids[i], t->shared[i]);
}

/* How many of n ascending numbers are among m ascending ones. */
static uint32_t shared_by(const uint32_t *grams, uint32_t n, const uint32_t *of, uint32_t m)
{
	uint32_t shared = 0;

	for (uint32_t i = 0, j = 0; i < n && j < m;) {
		shared += grams[i] == of[j];
		bool is_first = grams[i] <= of[j], is_second = of[j] <= grams[i];
		i += is_first;
		j += is_second;
	}
	return shared;
}

/* Gives back the memory of each chunk: texts are long, and there may be thousands. */
static void alike_waiting(struct tx *tx, struct alike_list *t, const uint64_t *ids, uint32_t n)
{
	struct finding found[64];
	struct arena *a = tx_arena(tx);

	for (uint32_t at = 0; at < n; at += array_count(found)) {
		uint32_t most = n - at < array_count(found) ? n - at : array_count(found);
		struct arena_mark mark = arena_mark(a);
		struct sql_search_texts_row row = { 0 };
		uint32_t count = 0, *of;
		struct rows *rows = sql_search_texts(tx, (struct sql_search_texts){
			.ids = ids_json(a, ids + at, most) });

		while (sql_search_texts_next(rows, &row)) {
			const struct str fields[] = { row.title, row.text, row.address };
			struct str text = gram_normal_fields(a, fields, array_count(fields));
			uint32_t m = distinct_grams(a, text, &of);
			found[count++] = (struct finding){
				row.id, shared_by(t->grams, t->gram_count, of, m) };
		}
		arena_rewind(a, mark);
		for (uint32_t i = 0; i < count; i++)
			alike_add(tx, t, found[i].appeal_id, found[i].shared_grams);
	}
}

static int by_likeness(const void *a, const void *b)
{
	const struct finding *one = a, *other = b;

	if (one->shared_grams != other->shared_grams)
		return one->shared_grams > other->shared_grams ? -1 : 1;
	return (one->appeal_id < other->appeal_id) - (one->appeal_id > other->appeal_id);
}

static uint32_t read_waiting_since(struct tx *tx, uint64_t since_id, uint64_t *out)
{
	struct sql_search_waiting_newest_row row = { 0 };
	struct rows *rows = sql_search_waiting_newest(tx, (struct sql_search_waiting_newest){
		.before_id = UINT64_MAX, .n = ALIKE_WAITING,
	});
	uint32_t n = 0;

	while (sql_search_waiting_newest_next(rows, &row))
		if (row.id >= since_id)
			out[n++] = row.id;
	return n;
}

uint32_t finding_alike(struct tx *tx, struct str text, uint64_t since_id,
		       struct finding *out, uint32_t max)
{
	struct arena *a = tx_arena(tx);
	uint64_t *waiting = arena_array_of(a, uint64_t, ALIKE_WAITING);
	uint32_t waiting_count = read_waiting_since(tx, since_id, waiting), count, kept = 0;
	struct segment *segments = segments_read(tx, &count);
	struct alike_list list = {
		.since_id = since_id, .shared = arena_alloc(a, POSTING_DOCS_MAX),
		.ordinals = arena_array_of(a, uint16_t, POSTING_DOCS_MAX),
	};

	list.gram_count = distinct_grams(a, text, &list.grams);
	list.gram_count = thin_out(list.grams, list.gram_count);
	if (count && list.gram_count)
		list.gram_count = choose_rarest(tx, &segments[count / 2], list.grams,
						list.gram_count);
	for (uint32_t i = 0; i < count && segments[i].id_hi >= since_id && tx_ok(tx); i++)
		alike_segment(tx, &list, &segments[i]);
	alike_waiting(tx, &list, waiting, waiting_count);
	if (!tx_ok(tx) || list.n == 0)
		return 0;
	qsort(list.v, list.n, sizeof(list.v[0]), by_likeness);
	for (uint32_t i = 0; i < list.n && kept < max; i++)
		if (kept == 0 || out[kept - 1].appeal_id != list.v[i].appeal_id)
			out[kept++] = list.v[i];
	return kept;
}

/* ---- tails of phones ---- */

uint32_t phone_tail_index(struct arena *a, struct str phone)
{
	uint32_t index;

	if (phone.n < PHONE_TAIL_DIGITS)
		return PHONE_TAIL_NONE;
	struct str tail = { phone.p + phone.n - PHONE_TAIL_DIGITS, PHONE_TAIL_DIGITS };
	struct str hash = crypto_index(a, "phone_tail", tail);
	memcpy(&index, hash.p, sizeof(index));
	return index > PHONE_TAIL_NONE ? index : index + PHONE_TAIL_NONE + 1;
}
