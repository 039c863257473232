/*
 * Packed lists: what goes in comes out, at every size around the bitmap's threshold, and bytes
 * that are damaged end a reading instead of leading it astray.
 */
#include "rules/posting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

static uint64_t seed = 4711;

static uint32_t below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed % n);
}

/* n of docs ordinals, ascending: each is taken with the chance that leaves n in the end. */
static void invent(uint16_t *out, uint32_t n, uint32_t docs)
{
	for (uint32_t i = 0; i < docs && n > 0; i++)
		if (below(docs - i) < n) {
			*out++ = (uint16_t)i;
			n--;
		}
}

static struct str block_str(const struct posting_block *b)
{
	return (struct str){ (const char *)b->bytes, b->used };
}

static void check_one(uint32_t n, uint32_t docs)
{
	static uint16_t in[POSTING_DOCS_MAX], out[POSTING_DOCS_MAX];
	struct posting_block block = { .used = 0 };
	struct posting list;
	bool is_damaged;

	invent(in, n, docs);
	assert_true(posting_add(&block, docs, 77, in, n));
	assert_true(block.used <= POSTING_BLOCK_MAX);
	assert_true(posting_find(block_str(&block), 77, docs, 77, &list, &is_damaged));
	assert_int_equal(list.n, n);
	assert_int_equal(posting_ordinals(&list, out), n);
	assert_memory_equal(in, out, n * sizeof(in[0]));
	assert_false(posting_find(block_str(&block), 77, docs, 78, &list, &is_damaged));
	assert_false(is_damaged);
}

static void lists_of_every_size_come_back(void **state)
{
	static const uint32_t docs[] = { 1, 2, 7, 8, 9, 63, 64, 512, 513, 4096, 32768 };

	(void)state;
	for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
		const uint32_t sizes[] = {
			1, docs[i] / 8 - 1, docs[i] / 8, docs[i] / 8 + 1, docs[i] / 2,
			docs[i] - 1, docs[i],
		};
		for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++)
			if (sizes[j] >= 1 && sizes[j] <= docs[i])
				check_one(sizes[j], docs[i]);
	}
	for (uint32_t round = 0; round < 300; round++) {
		uint32_t all = 1 + below(POSTING_DOCS_MAX);
		check_one(1 + below(all), all);
	}
}

static void the_longest_entry_fits_a_block(void **state)
{
	static uint16_t in[4096];
	struct posting_block block = { .used = 0 };

	(void)state;
	/* 4,096 of 32,768 with as many wide steps as there can be. */
	for (uint32_t i = 0, at = 0; i < 4096; i++) {
		in[i] = (uint16_t)at;
		at += i % 18 == 0 && at + 112 + 4096 - i < POSTING_DOCS_MAX ? 112 + 16 : 1;
	}
	assert_true(posting_add(&block, POSTING_DOCS_MAX, UINT32_MAX, in, 4096));
	assert_true(block.used < POSTING_BLOCK_MAX);
}

static void a_full_block_takes_no_more_and_is_unchanged(void **state)
{
	uint16_t all[512];
	struct posting_block block = { .used = 0 };
	uint32_t gram = 5, used = 0;

	(void)state;
	invent(all, 512, 512);
	while (posting_add(&block, 512, gram, all, 512)) {
		used = block.used;
		gram += 1000;
	}
	assert_int_equal(block.used, used);
	assert_true(used <= POSTING_BLOCK_FULL && used > POSTING_BLOCK_FULL - 80);
	assert_int_equal(block.first_gram, 5);

	struct posting_reader r = posting_open(block_str(&block), 5, 512);
	struct posting list;
	uint32_t seen = 0;
	while (posting_next(&r, &list)) {
		assert_int_equal(r.gram, 5 + 1000 * seen++);
		assert_int_equal(list.n, 512);
	}
	assert_false(r.is_damaged);
	assert_int_equal(seen, (gram - 5) / 1000);
}

static void intersection_is_that_of_sets(void **state)
{
	static uint16_t one[POSTING_DOCS_MAX], other[POSTING_DOCS_MAX];

	(void)state;
	for (uint32_t round = 0; round < 500; round++) {
		uint32_t docs = 1 + below(round % 2 ? 600 : POSTING_DOCS_MAX);
		uint32_t n = 1 + below(docs), m = 1 + below(round % 3 ? docs : docs / 50 + 1);
		struct posting_block block = { .used = 0 };
		struct posting list;
		bool is_damaged;
		uint32_t expected = 0;

		invent(one, n, docs);
		invent(other, m, docs);
		assert_true(posting_add(&block, docs, 9, other, m));
		assert_true(posting_find(block_str(&block), 9, docs, 9, &list, &is_damaged));
		for (uint32_t i = 0, j = 0; i < n && j < m;) {
			expected += one[i] == other[j];
			bool is_first = one[i] <= other[j], is_second = other[j] <= one[i];
			i += is_first;
			j += is_second;
		}
		uint32_t kept = posting_keep(&list, one, n);
		assert_int_equal(kept, expected);
		for (uint32_t i = 1; i < kept; i++)
			assert_true(one[i - 1] < one[i]);
	}
}

/* Every way a reading may go on: nothing may be read past the end (a sanitizer looks). */
static void read_all(const uint8_t *bytes, uint32_t n, uint32_t docs)
{
	static uint16_t out[POSTING_DOCS_MAX];
	uint8_t *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	struct posting_reader r = posting_open((struct str){ (char *)copy, n }, 3, docs);
	struct posting list;
	while (posting_next(&r, &list)) {
		assert_true(list.n >= 1 && list.n <= docs);
		uint32_t count = posting_ordinals(&list, out);
		assert_int_equal(count, list.n);
		for (uint32_t i = 0; i < count; i++)
			assert_true(out[i] < docs && (i == 0 || out[i] > out[i - 1]));
		assert_int_equal(posting_keep(&list, out, count), count);
	}
	free(copy);
}

static void damaged_blocks_end_the_reading(void **state)
{
	uint16_t in[512];

	(void)state;
	for (uint32_t round = 0; round < 3000; round++) {
		uint32_t docs = 1 + below(512);
		struct posting_block block = { .used = 0 };
		for (uint32_t gram = 3; gram < 12; gram++) {
			uint32_t n = 1 + below(docs);
			invent(in, n, docs);
			if (!posting_add(&block, docs, gram, in, n))
				break;
		}
		for (uint32_t i = below(3); i > 0; i--)
			block.bytes[below(block.used)] ^= (uint8_t)(1 + below(255));
		read_all(block.bytes, 1 + below(block.used), round % 5 ? docs : 1 + below(600));
	}
	struct posting_reader none = posting_open(STR("x"), 1, 0);
	struct posting list;
	assert_false(posting_next(&none, &list));
	assert_true(none.is_damaged);
	none = posting_open(STR(""), 1, 5);
	assert_false(posting_next(&none, &list));
	assert_false(none.is_damaged);
}

static void ids_come_back_and_damage_is_seen(void **state)
{
	struct arena *a = arena_new(1u << 24);
	uint64_t ids[700], back[701];

	(void)state;
	for (uint32_t i = 0, at = 0; i < 700; i++)
		ids[i] = UINT64_C(2603020000001) + (at += 1 + below(5000));
	ids[699] = UINT64_MAX;
	struct str packed = posting_pack_ids(a, ids, 700);
	assert_true(posting_unpack_ids(packed, back, 700));
	assert_memory_equal(ids, back, sizeof(ids));
	assert_false(posting_unpack_ids(packed, back, 699));
	assert_false(posting_unpack_ids(packed, back, 701));
	packed.n--;
	assert_false(posting_unpack_ids(packed, back, 700));
	assert_true(posting_unpack_ids(posting_pack_ids(a, ids, 0), back, 0));
	arena_free(a);
}

static void the_place_of_a_gram_is_the_block_it_would_be_in(void **state)
{
	static const uint32_t first[] = { 10, 20, 30 };
	uint8_t bytes[4];

	(void)state;
	assert_int_equal(posting_place(first, 3, 9), -1);
	assert_int_equal(posting_place(first, 3, 10), 0);
	assert_int_equal(posting_place(first, 3, 29), 1);
	assert_int_equal(posting_place(first, 3, UINT32_MAX), 2);
	assert_int_equal(posting_place(first, 0, 5), -1);
	posting_pack_gram(bytes, 0xfedcba98);
	assert_int_equal(bytes[0], 0x98);
	assert_true(posting_unpack_gram(bytes) == 0xfedcba98);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_every_size_come_back),
		cmocka_unit_test(the_longest_entry_fits_a_block),
		cmocka_unit_test(a_full_block_takes_no_more_and_is_unchanged),
		cmocka_unit_test(intersection_is_that_of_sets),
		cmocka_unit_test(damaged_blocks_end_the_reading),
		cmocka_unit_test(ids_come_back_and_damage_is_seen),
		cmocka_unit_test(the_place_of_a_gram_is_the_block_it_would_be_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
