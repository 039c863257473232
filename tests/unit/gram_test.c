/*
 * Grams: that what is asked is among what is stored, for invented texts of every mix of
 * characters, and that the normal form is what two people mean by the same word.
 */
#include "rules/gram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

static struct arena *arena;

static int start(void **state)
{
	(void)state;
	arena = arena_new(1u << 26);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static bool normal_is(const char *text, const char *normal)
{
	return str_is(gram_normal(arena, str_of(text)), normal);
}

static void width_and_case_are_one_form(void **state)
{
	(void)state;
	assert_true(normal_is("ＡｂＣ１２３", "abc123"));
	assert_true(normal_is("漏水　Ｎｏ．５", "漏水 no.5"));
	assert_true(normal_is("幸福路915号", "幸福路915号"));
	assert_true(normal_is("ÄÖ①ﾊ", "ÄÖ①ﾊ"));
	assert_true(normal_is("", ""));
}

static void bytes_that_are_no_text_are_copied_and_break(void **state)
{
	const struct str bad = { "\xe6\xbc\xff\xe6", 4 };

	(void)state;
	assert_true(str_eq(gram_normal(arena, bad), bad));
	uint32_t grams[16];
	assert_int_equal(gram_text(bad, grams), 0);
}

static void fields_are_parted_by_a_break(void **state)
{
	const struct str fields[] = { STR("漏"), STR_NONE, STR("水"), STR("Ｘ") };
	struct str normal = gram_normal_fields(arena, fields, 4);
	uint32_t grams[32];

	(void)state;
	assert_true(str_is(normal, "漏\n水\nx"));
	assert_int_equal(gram_text(normal, grams), 0);
}

static uint32_t count_of(const char *text)
{
	return gram_query(arena, str_of(text)).gram_count;
}

static void a_question_takes_the_widest_grams_only(void **state)
{
	(void)state;
	assert_int_equal(count_of("漏水"), 1);
	assert_int_equal(count_of("电梯停运"), 3);
	assert_int_equal(count_of("1203"), 1);
	assert_int_equal(count_of("12034"), 2);
	assert_int_equal(count_of("915"), 1);
	assert_int_equal(count_of("a1"), 1);
	assert_int_equal(count_of("ab1234"), 3);	/* ab1 b12 1234: 234 lies within */
	assert_int_equal(count_of("3栋2单元1203室"), 7);
	assert_int_equal(count_of("漏水 漏水 噪音"), 2);
}

static void single_characters_and_marks_have_no_gram(void **state)
{
	(void)state;
	assert_int_equal(count_of("水"), 0);
	assert_int_equal(count_of("a"), 0);
	assert_int_equal(count_of("，。"), 0);
	assert_int_equal(count_of("水 电"), 0);
	assert_int_equal(count_of("水，电"), 0);
	assert_int_equal(gram_query(arena, STR("  ")).word_count, 0);
}

static void every_word_must_stand_in_the_text(void **state)
{
	struct str text = gram_normal(arena, STR("幸福小区３栋漏水，物业不管"));
	struct gram_query both = gram_query(arena, STR("3栋 物业")),
		other = gram_query(arena, STR("漏水 电梯")),
		comma = gram_query(arena, STR("漏水，物业")),
		apart = gram_query(arena, STR("漏水物业"));

	(void)state;
	assert_int_equal(both.word_count, 2);
	assert_true(gram_matches(&both, text));
	assert_false(gram_matches(&other, text));
	assert_true(gram_matches(&comma, text));
	assert_false(gram_matches(&apart, text));
}

/* ---- invented texts ---- */

static uint64_t seed = 20260302;

static uint32_t below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed % n);
}

static const char *const pieces[] = {
	"漏", "水", "物", "业", "小", "区", "号", "𠮷", "𡈽", "0", "1", "2", "7", "9", "a", "z",
	"Q", "５", "Ｂ", "，", "。", " ", "\n", "-", "é", "①",
};

static struct str invent(uint32_t characters, uint32_t *starts)
{
	char *text = arena_alloc(arena, characters * 4 + 1);
	size_t used = 0;

	for (uint32_t i = 0; i < characters; i++) {
		const char *piece = pieces[below(sizeof(pieces) / sizeof(pieces[0]))];
		starts[i] = (uint32_t)used;
		memcpy(text + used, piece, strlen(piece));
		used += strlen(piece);
	}
	starts[characters] = (uint32_t)used;
	return (struct str){ text, used };
}

static bool has(const uint32_t *grams, uint32_t n, uint32_t gram)
{
	for (uint32_t i = 0; i < n; i++)
		if (grams[i] == gram)
			return true;
	return false;
}

static void any_piece_of_a_text_has_its_grams_in_the_text(void **state)
{
	uint32_t asked = 0;

	(void)state;
	for (uint32_t round = 0; round < 4000; round++) {
		struct arena_mark mark = arena_mark(arena);
		uint32_t starts[61], characters = 1 + below(60);
		struct str text = invent(characters, starts);
		struct str normal = gram_normal(arena, text);
		uint32_t *grams = arena_array_of(arena, uint32_t, gram_bound(normal) + 1);
		uint32_t n = gram_text(normal, grams);
		uint32_t from = below(characters), to = from + 1 + below(characters - from);
		struct str piece = { text.p + starts[from], starts[to] - starts[from] };
		struct gram_query q = gram_query(arena, piece);

		assert_true(n <= gram_bound(normal));
		assert_true(gram_matches(&q, normal));
		for (uint32_t i = 0; i < q.gram_count; i++)
			assert_true(has(grams, n, q.grams[i]));
		asked += q.gram_count;
		arena_rewind(arena, mark);
	}
	assert_true(asked > 10000);
}

static void grams_of_different_widths_never_meet(void **state)
{
	uint32_t narrow[8], wide[8];

	(void)state;
	assert_int_equal(gram_text(STR("00"), narrow), 1);
	assert_int_equal(narrow[0], 0x300030);
	uint32_t n = gram_text(STR("9999"), wide);
	assert_int_equal(n, 6);
	assert_true(has(wide, n, 0x20000 + 9999));
	n = gram_text(STR("zzz"), wide);
	assert_true(has(wide, n, 0x10000 + 36 * 36 * 36 - 1));
}

static void distinct_sorts_and_drops_repeats(void **state)
{
	uint32_t grams[] = { 5, 3, 5, 1, 3, 5 };

	(void)state;
	assert_int_equal(gram_distinct(grams, 6), 3);
	assert_int_equal(grams[0], 1);
	assert_int_equal(grams[2], 5);
	assert_int_equal(gram_distinct(grams, 0), 0);
}

static uint32_t likeness(const char *one, const char *other)
{
	return gram_likeness(arena, str_of(one), str_of(other));
}

static void likeness_is_the_share_of_common_grams(void **state)
{
	(void)state;
	assert_int_equal(likeness("小区漏水", "小区漏水"), 1000);
	assert_int_equal(likeness("小区漏水", "电梯停运"), 0);
	assert_int_equal(likeness("小区漏水", "小区停水"), 200);	/* 小区 of five */
	assert_int_equal(likeness("小区漏水", "小区停水"), likeness("小区停水", "小区漏水"));
	assert_int_equal(likeness("漏水", "小区漏水三天"), 200);
	assert_int_equal(likeness("", ""), 0);
	assert_int_equal(likeness("Ｎｏ１２３", "no123"), 1000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(width_and_case_are_one_form),
		cmocka_unit_test(bytes_that_are_no_text_are_copied_and_break),
		cmocka_unit_test(fields_are_parted_by_a_break),
		cmocka_unit_test(a_question_takes_the_widest_grams_only),
		cmocka_unit_test(single_characters_and_marks_have_no_gram),
		cmocka_unit_test(every_word_must_stand_in_the_text),
		cmocka_unit_test(any_piece_of_a_text_has_its_grams_in_the_text),
		cmocka_unit_test(grams_of_different_widths_never_meet),
		cmocka_unit_test(distinct_sorts_and_drops_repeats),
		cmocka_unit_test(likeness_is_the_share_of_common_grams),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
