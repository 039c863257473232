/*
 * Packed lists. Everything that is read back is checked against the number of documents, so
 * that what damaged bytes can do is end a reading.
 */
#include "rules/posting.h"

#include <string.h>

#include "must.h"

/* ---- numbers ---- */

static uint32_t put_varint(uint8_t *out, uint64_t value)
{
	uint32_t n = 0;

	for (; value >= 0x80; value >>= 7)
		out[n++] = (uint8_t)(value | 0x80);
	out[n++] = (uint8_t)value;
	return n;
}

enum { VARINT_MAX = 10 };

/* NULL at the end of the bytes or of 64 bits. */
static const uint8_t *get_varint(const uint8_t *p, const uint8_t *end, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (unsigned shift = 0; p < end && shift < 64; shift += 7, p++) {
		value |= (uint64_t)(*p & 0x7f) << shift;
		if (*p < 0x80) {
			*ret_value = value;
			return p + 1;
		}
	}
	return NULL;
}

/* Bitmaps above this number of documents in a list. */
static bool is_bitmap(uint32_t n, uint32_t docs)
{
	return n > docs / 8;
}

static uint32_t bitmap_bytes(uint32_t docs)
{
	return (docs + 7) / 8;
}

/* ---- reading ---- */

struct posting_reader posting_open(struct str block, uint32_t first_gram, uint32_t docs)
{
	const uint8_t *at = (const uint8_t *)block.p;

	return (struct posting_reader){
		.at = at, .end = at ? at + block.n : at, .gram = first_gram, .docs = docs,
		.is_damaged = docs == 0 || docs > POSTING_DOCS_MAX,
	};
}

/* The end of a bitmap with n bits below docs, NULL if it is none. */
static const uint8_t *bitmap_end(const uint8_t *p, const uint8_t *end, uint32_t n,
				 uint32_t docs)
{
	uint32_t bytes = bitmap_bytes(docs), bits = 0;

	if ((size_t)(end - p) < bytes)
		return NULL;
	for (uint32_t i = 0; i < bytes; i++)
		bits += (uint32_t)__builtin_popcount(p[i]);
	if (docs % 8 && p[bytes - 1] >> docs % 8)
		return NULL;
	return bits == n ? p + bytes : NULL;
}

/* The end of n rising ordinals below docs, NULL if they are not. */
static const uint8_t *ordinals_end(const uint8_t *p, const uint8_t *end, uint32_t n,
				   uint32_t docs)
{
	uint64_t ordinal = 0, step;

	for (uint32_t i = 0; i < n; i++) {
		p = get_varint(p, end, &step);
		if (!p || step >= docs || (i > 0 && step == 0))
			return NULL;
		ordinal += step;
		if (ordinal >= docs)
			return NULL;
	}
	return p;
}

/* The end of the entry at r->at; NULL when it is damaged. */
static const uint8_t *read_entry(struct posting_reader *r, struct posting *ret)
{
	uint64_t step, n;
	const uint8_t *p = get_varint(r->at, r->end, &step);

	if (!p || step > UINT32_MAX - r->gram || (step == 0) != !r->is_started)
		return NULL;
	p = get_varint(p, r->end, &n);
	if (!p || n == 0 || n > r->docs)
		return NULL;
	r->gram += (uint32_t)step;
	*ret = (struct posting){ .at = p, .n = (uint32_t)n, .docs = r->docs };
	return is_bitmap(ret->n, r->docs) ? bitmap_end(p, r->end, ret->n, r->docs)
					  : ordinals_end(p, r->end, ret->n, r->docs);
}

bool posting_next(struct posting_reader *r, struct posting *ret)
{
	if (r->is_damaged || r->at == r->end)
		return false;
	const uint8_t *end = read_entry(r, ret);
	if (!end) {
		r->is_damaged = true;
		return false;
	}
	r->is_started = true;
	r->at = end;
	return true;
}

bool posting_find(struct str block, uint32_t first_gram, uint32_t docs, uint32_t gram,
		  struct posting *ret, bool *ret_damaged)
{
	struct posting_reader r = posting_open(block, first_gram, docs);
	bool is_there = false;

	while (!is_there && posting_next(&r, ret) && r.gram <= gram)
		is_there = r.gram == gram;
	*ret_damaged = r.is_damaged;
	return is_there;
}

/* Checked when it was found: every varint is there. */
static uint32_t step_at(const uint8_t **at)
{
	uint32_t value = 0;

	for (unsigned shift = 0;; shift += 7) {
		uint8_t byte = *(*at)++;

		value |= (uint32_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
}

static bool has_bit(const struct posting *p, uint32_t ordinal)
{
	return ordinal < p->docs && (p->at[ordinal / 8] >> ordinal % 8 & 1);
}

uint32_t posting_ordinals(const struct posting *p, uint16_t *out)
{
	const uint8_t *at = p->at;
	uint32_t ordinal = 0, n = 0;

	if (is_bitmap(p->n, p->docs)) {
		for (uint32_t i = 0; i < p->docs; i++)
			if (has_bit(p, i))
				out[n++] = (uint16_t)i;
		return n;
	}
	for (; n < p->n; n++) {
		ordinal += step_at(&at);
		out[n] = (uint16_t)ordinal;
	}
	return n;
}

uint32_t posting_keep(const struct posting *p, uint16_t *ordinals, uint32_t n)
{
	const uint8_t *at = p->at;
	uint32_t kept = 0, left = p->n, ordinal = 0;

	if (is_bitmap(p->n, p->docs)) {
		for (uint32_t i = 0; i < n; i++)
			if (has_bit(p, ordinals[i]))
				ordinals[kept++] = ordinals[i];
		return kept;
	}
	for (uint32_t i = 0; i < n && left > 0;) {
		ordinal += step_at(&at);
		left--;
		while (i < n && ordinals[i] < ordinal)
			i++;
		if (i < n && ordinals[i] == ordinal)
			ordinals[kept++] = ordinals[i++];
	}
	return kept;
}

/* ---- writing ---- */

static uint32_t put_list(uint8_t *out, uint32_t docs, const uint16_t *ordinals, uint32_t n)
{
	uint32_t used = 0, last = 0;

	if (is_bitmap(n, docs)) {
		used = bitmap_bytes(docs);
		memset(out, 0, used);
		for (uint32_t i = 0; i < n; i++)
			out[ordinals[i] / 8] |= (uint8_t)(1u << ordinals[i] % 8);
		return used;
	}
	for (uint32_t i = 0; i < n; i++) {
		used += put_varint(out + used, ordinals[i] - last);
		last = ordinals[i];
	}
	return used;
}

bool posting_add(struct posting_block *b, uint32_t docs, uint32_t gram,
		 const uint16_t *ordinals, uint32_t n)
{
	uint8_t entry[POSTING_BLOCK_MAX];
	uint32_t used;

	must(n > 0 && n <= docs && docs <= POSTING_DOCS_MAX);
	must(b->used == 0 || gram > b->last_gram);
	used = put_varint(entry, b->used ? gram - b->last_gram : 0);
	used += put_varint(entry + used, n);
	used += put_list(entry + used, docs, ordinals, n);
	if (b->used && b->used + used > POSTING_BLOCK_FULL)
		return false;
	if (b->used == 0)
		b->first_gram = gram;
	memcpy(b->bytes + b->used, entry, used);
	b->used += used;
	b->last_gram = gram;
	return true;
}

/* ---- the two lists of a segment ---- */

struct str posting_pack_ids(struct arena *a, const uint64_t *ids, uint32_t n)
{
	uint8_t *out = arena_alloc(a, (size_t)n * VARINT_MAX + 1);
	uint64_t last = 0;
	size_t used = 0;

	for (uint32_t i = 0; i < n; i++) {
		must(i == 0 || ids[i] > last);
		used += put_varint(out + used, ids[i] - last);
		last = ids[i];
	}
	return (struct str){ (const char *)out, used };
}

bool posting_unpack_ids(struct str packed, uint64_t *out, uint32_t n)
{
	const uint8_t *p = (const uint8_t *)packed.p, *end = p ? p + packed.n : p;
	uint64_t id = 0, step;

	for (uint32_t i = 0; i < n; i++) {
		p = get_varint(p, end, &step);
		if (!p || (i > 0 && step == 0) || step > UINT64_MAX - id)
			return false;
		id += step;
		out[i] = id;
	}
	return p == end;
}

void posting_pack_gram(uint8_t out[4], uint32_t gram)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(gram >> 8 * i);
}

uint32_t posting_unpack_gram(const uint8_t in[4])
{
	return (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 |
	       (uint32_t)in[3] << 24;
}

int32_t posting_place(const uint32_t *first_grams, uint32_t n, uint32_t gram)
{
	uint32_t low = 0, high = n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (first_grams[middle] <= gram)
			low = middle + 1;
		else
			high = middle;
	}
	return (int32_t)low - 1;
}
