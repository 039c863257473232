/*
 * Proposals of a category: which words speak for which, what appeals alike add, and that the
 * same text, table and appeals always give the same.
 */
#include "rules_fixture.h"

#include "rules/suggest.h"

static struct arena *arena;
static struct reference shipped, small;

static int load(void **state)
{
	static const char table[] =
		"01\t\tWorks\t\tw\t\n"
		"0101\t01\tRoads\t\tr\tstreet\n"
		"010101\t0101\tLamps\t\tl\tlamp,street lamp,dark\n"
		"010102\t0101\tholes\t\th\thole,x,dark\n"
		"02\t\tnoise\t\tn\tnoise\n"
		"0201\t02\tNight works\t\tn\tnight,digger\n";
	struct table_problems problems = { .count = 0 };

	(void)state;
	arena = arena_new(64 << 20);
	reference_parse_categories(&shipped, arena,
				   file_text(arena, "config/district/categories.tsv"), &problems);
	reference_parse_categories(&small, arena, str_of(table), &problems);
	return problems.count == 0 ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static uint32_t ask(const char *text, const struct suggest_alike *alike, uint32_t n,
		    struct suggestion out[SUGGEST_MOST])
{
	return suggest(arena, &small, str_of(text), alike, n, out);
}

static bool is_code(const struct suggestion *s, const char *code)
{
	return str_is(s->category->code, code);
}

static void a_keyword_proposes_its_category_and_is_the_reason(void **state)
{
	struct suggestion out[SUGGEST_MOST];

	(void)state;
	assert_int_equal(ask("The LAMP is out", NULL, 0, out), 1);
	assert_true(is_code(&out[0], "010101") && out[0].is_by_words);
	assert_int_equal(out[0].word_count, 1);
	assert_true(str_is(out[0].words[0], "lamp"));
}

static void the_name_of_a_category_is_a_word_of_it(void **state)
{
	struct suggestion out[SUGGEST_MOST];

	(void)state;
	assert_int_equal(ask("holes everywhere", NULL, 0, out), 1);
	assert_true(is_code(&out[0], "010102"));
	/* hole stands within Holes, and says nothing more. */
	assert_int_equal(out[0].score, 50);
}

static void a_longer_word_says_more_and_one_within_it_nothing_more(void **state)
{
	struct suggestion lamp[SUGGEST_MOST], street[SUGGEST_MOST];

	(void)state;
	assert_int_equal(ask("lamp", NULL, 0, lamp), 1);
	assert_int_equal(ask("street lamp, dark hole", NULL, 0, street), 3);
	assert_true(is_code(&street[0], "010101"));
	assert_true(is_code(&street[1], "010102"));
	assert_true(is_code(&street[2], "0101"));
	assert_true(street[0].score > lamp[0].score);
	assert_true(str_is(street[0].words[0], "street lamp"));
}

static void words_above_add_to_a_proposal_and_propose_nothing_below(void **state)
{
	struct suggestion out[SUGGEST_MOST], with[SUGGEST_MOST];

	(void)state;
	assert_int_equal(ask("street", NULL, 0, out), 1);
	assert_true(is_code(&out[0], "0101"));
	assert_int_equal(ask("night", NULL, 0, out), 1);
	assert_int_equal(ask("night noise", NULL, 0, with), 1);
	assert_int_equal(with[0].score, out[0].score + 5 * 3);
}

static void headings_and_single_characters_propose_nothing(void **state)
{
	struct suggestion out[SUGGEST_MOST];

	(void)state;
	assert_int_equal(ask("works", NULL, 0, out), 0);
	assert_int_equal(ask("x", NULL, 0, out), 0);
	assert_int_equal(ask("", NULL, 0, out), 0);
	assert_int_equal(suggest(arena, &small, STR_NONE, NULL, 0, out), 0);
}

static void of_equals_the_lower_code_stands_first(void **state)
{
	struct suggestion out[SUGGEST_MOST];

	(void)state;
	assert_int_equal(ask("dark", NULL, 0, out), 2);
	assert_true(is_code(&out[0], "010101") && is_code(&out[1], "010102"));
	assert_int_equal(out[0].score, out[1].score);
}

static void appeals_alike_propose_from_two_on_and_decide_between_equals(void **state)
{
	const struct suggest_alike alike[] = {
		{ { "010102", 6 }, { "A", 1 } }, { { "010102", 6 }, { "B", 1 } },
		{ { "0201", 4 }, STR_NONE },
	};
	struct suggestion out[SUGGEST_MOST];

	(void)state;
	assert_int_equal(ask("nothing known", alike, 1, out), 0);
	assert_int_equal(ask("nothing known", alike, 3, out), 1);
	assert_true(is_code(&out[0], "010102") && !out[0].is_by_words && out[0].alike == 2);
	assert_int_equal(ask("dark", alike, 3, out), 2);
	assert_true(is_code(&out[0], "010102") && out[0].is_by_words);
	assert_int_equal(suggest_handled(alike, 3, STR("010102"), STR("A")), 1);
	assert_int_equal(suggest_handled(alike, 3, STR("0201"), STR_NONE), 0);
}

static void at_most_three_the_best(void **state)
{
	struct suggestion out[SUGGEST_MOST], again[SUGGEST_MOST];
	const struct str text = STR("夜里停水又停电，路灯也不亮，家里没水了，小区电梯停了");

	(void)state;
	uint32_t n = suggest(arena, &shipped, text, NULL, 0, out);
	assert_int_equal(n, SUGGEST_MOST);
	for (uint32_t i = 1; i < n; i++)
		assert_true(out[i - 1].score >= out[i].score);
	assert_int_equal(suggest(arena, &shipped, text, NULL, 0, again), n);
	for (uint32_t i = 0; i < n; i++)
		assert_ptr_equal(out[i].category, again[i].category);
}

static void every_shipped_keyword_alone_proposes_a_category_that_has_it(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < shipped.category_count; i++) {
		struct str rest = shipped.categories[i].keywords;

		while (!str_is_empty(shipped.categories[i].parent) && rest.n) {
			struct str word = str_trim(str_take(&rest, ','));
			struct arena_mark mark = arena_mark(arena);
			struct suggestion out[SUGGEST_MOST];
			bool is_named = false;

			if (str_code_points(word) < 2)
				continue;
			assert_true(suggest(arena, &shipped, word, NULL, 0, out) > 0);
			for (uint32_t w = 0; w < out[0].word_count; w++)
				is_named |= memmem(word.p, word.n, out[0].words[w].p,
						   out[0].words[w].n) != NULL;
			assert_true(is_named);
			arena_rewind(arena, mark);
		}
	}
}

static void the_name_of_a_rule_is_read_back(void **state)
{
	static const char *const bad[] = { "", "words.", "words", "other.01", "alike.0 1",
					   "words.12345678901234567" };
	struct str category;

	(void)state;
	assert_true(str_is(suggest_rule(arena, true, STR("0101")), "words.0101"));
	assert_true(str_is(suggest_rule(arena, false, STR("0101")), "alike.0101"));
	assert_true(suggest_rule_read(STR("alike.0101"), &category) && str_is(category, "0101"));
	assert_true(suggest_rule_read(STR("words.0101"), &category) && str_is(category, "0101"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(suggest_rule_read(str_of(bad[i]), &category));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_keyword_proposes_its_category_and_is_the_reason),
		cmocka_unit_test(the_name_of_a_category_is_a_word_of_it),
		cmocka_unit_test(a_longer_word_says_more_and_one_within_it_nothing_more),
		cmocka_unit_test(words_above_add_to_a_proposal_and_propose_nothing_below),
		cmocka_unit_test(headings_and_single_characters_propose_nothing),
		cmocka_unit_test(of_equals_the_lower_code_stands_first),
		cmocka_unit_test(appeals_alike_propose_from_two_on_and_decide_between_equals),
		cmocka_unit_test(at_most_three_the_best),
		cmocka_unit_test(every_shipped_keyword_alone_proposes_a_category_that_has_it),
		cmocka_unit_test(the_name_of_a_rule_is_read_back),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
