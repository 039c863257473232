/*
 * The pure rules of the vault: what an address and a number show, which numbers of identity there
 * are, what is taken out of a text, and how long an identity is kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "rules/calendar.h"
#include "rules/id_number.h"
#include "rules/mask.h"
#include "rules/redact.h"
#include "rules/retention.h"
#include "words.h"

static struct arena *arena;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new(1 << 22);
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

#define assert_str(value, text) \
	do { \
		struct str value_ = (value); \
		if (!str_is(value_, text)) \
			fail_msg("%.*s is not %s", STR_ARG(value_), text); \
	} while (0)

static void an_address_is_shown_down_to_its_street(void **state)
{
	static const char *const cases[][2] = {
		{ "滨河路88号3单元501室", "滨河路*" },
		{ "河南省云河市云河区滨河路东段88号", "河南省云河市云河区滨河路*" },
		{ "文峰街道办事处旁", "文峰街道*" },
		{ "建安大道1号", "建安大道*" },
		{ "庙后巷7号院", "庙后巷*" },
		{ "李家村三组", "李家村*" },
		{ "云河区阳光小区6号楼", "云河区*" },
		{ "阳光小区6号楼501", "*" },
		{ "阳光小区6号楼前道路", "*" },
		{ "云河区阳光小区6号楼前道路", "云河区*" },
		{ "幸福花园12号楼西侧小路", "*" },
		{ "幸福花园１２号楼西侧小路", "*" },
		{ "幸福花园十二号楼西侧小路", "*" },
		{ "云河区花园三单元门前道路", "云河区*" },
		{ "云河区花园3栋旁小巷", "云河区*" },
		{ "云河区花园A6#楼旁小巷", "云河区*" },
		{ "文峰镇东湾5幢后街", "文峰镇*" },
		{ "云河区广场201室外街道", "云河区*" },
		{ "云河区107国道3号", "云河区107国道*" },
		{ "五一路二楼", "五一路*" },
		{ "7 Temple Lane", "*" },
		{ "滨河路", "滨河路" },
		{ "路边", "*" },
		{ "*", "*" },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		struct str masked = mask_address(arena, str_of(cases[i][0]));

		assert_str(masked, cases[i][1]);
		assert_str(mask_address(arena, masked), cases[i][1]);
	}
	assert_null(mask_address(arena, STR_NONE).p);
	assert_str(mask_address(arena, STR("")), "");
}

static void a_number_of_identity_shows_its_ends_alone(void **state)
{
	(void)state;
	assert_str(mask_id_number(arena, STR("11010519491231002X")), "1****************X");
	assert_str(mask_id_number(arena, STR("AB")), "**");
	assert_null(mask_id_number(arena, STR_NONE).p);
}

static void numbers_of_identity_are_checked(void **state)
{
	/* The first is the example of GB 11643-1999. */
	static const char *const good[] = {
		"11010519491231002X", "11010519491231002x", "440524188001010014", "E12345678",
		"G-1234 5678", "HK1234567",
	};
	static const char *const bad[] = {
		"110105194912310020", "110105194912310021", "11010519491331002X",
		"11010519490231002X", "1101051949123100", "12345678", "E123", "E1234567890123456789",
		"11010519491231002Y", "X1010519491231002X", "", "E1234_567", "１10105194912310020",
	};

	(void)state;
	for (size_t i = 0; i < array_count(good); i++)
		if (!id_number_is_valid(id_number_normal(arena, str_of(good[i]))))
			fail_msg("%s is refused", good[i]);
	for (size_t i = 0; i < array_count(bad); i++)
		if (id_number_is_valid(id_number_normal(arena, str_of(bad[i]))))
			fail_msg("%s is taken", bad[i]);
	assert_str(id_number_normal(arena, STR("g-1234 5678")), "G12345678");
	assert_null(id_number_normal(arena, STR_NONE).p);
}

/* Every digit and every neighbouring pair counts: that is what a check character is for. */
static void a_wrong_digit_or_two_exchanged_ones_are_found(void **state)
{
	char number[] = "440524188001010014";

	(void)state;
	for (size_t i = 0; i < 17; i++) {
		char was = number[i];

		number[i] = was == '9' ? '0' : (char)(was + 1);
		assert_false(id_number_is_valid(str_of(number)));
		number[i] = was;
		if (number[i] == number[i + 1])
			continue;
		number[i] = number[i + 1];
		number[i + 1] = was;
		assert_false(id_number_is_valid(str_of(number)));
		number[i + 1] = number[i];
		number[i] = was;
	}
	assert_true(id_number_is_valid(str_of(number)));
}

static void words_and_long_numbers_are_taken_out(void **state)
{
	const struct str words[] = {
		{ "王小明", 9 }, STR_NONE, { "李", 3 }, { "滨河路88号", 14 }, { "Ann", 3 },
	};
	static const char *const cases[][2] = {
		{ "王小明住滨河路88号，李姓邻居", "***住******，李姓邻居" },
		{ "电话138 0000-1111，或03745556666", "电话*************，或***********" },
		{ "身份证11010519491231002X。", "身份证******************。" },
		{ "１３８００００１１１１", "***********" },
		{ "第123456号，三天", "第123456号，三天" },
		{ "2026-03-02", "**********" },
		{ "Ann called", "Ann called" },
		{ "138--0000", "138--0000" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++)
		assert_str(redact(arena, str_of(cases[i][0]), words, array_count(words)),
			   cases[i][1]);
	assert_null(redact(arena, STR_NONE, words, 1).p);
}

/* ---- retention ---- */

static struct table_problems problems;

static struct reference parsed(const char *text)
{
	struct reference r = { 0 };

	problems.count = 0;
	reference_parse_retention(&r, arena, str_of(text), &problems);
	return r;
}

static int64_t at(const char *date)
{
	int32_t day;

	assert_true(day_parse(date, 10, &day));
	return day_end(day);
}

enum { HELP = 1 };

static void the_content_class_is_named_before_the_channel(void **state)
{
	struct reference r = parsed("content_class\tchannel\tmonths\n*\t*\t36\nhelp\t*\t12\n"
				    "*\t110\t24\nhelp\t110\t6\nreport\t*\t-\n");

	(void)state;
	assert_int_equal(problems.count, 0);
	assert_str(str_of(content_class_names[HELP]), "help");
	assert_str(str_of(channel_names[0]), "110");
	int64_t end = at("2026-03-02");
	int report = str_index(STR("report"), content_class_names);

	assert_int_equal(retention_until(&r, HELP, 0, end - 1), at("2026-09-02"));
	assert_int_equal(retention_until(&r, HELP, 1, end), at("2027-03-02"));
	assert_int_equal(retention_until(&r, 0, 0, end), at("2028-03-02"));
	assert_int_equal(retention_until(&r, 0, 1, end), at("2029-03-02"));
	assert_int_equal(retention_until(&r, report, 0, end), 0);
}

static void a_month_without_the_day_ends_it_on_its_last(void **state)
{
	struct reference r = parsed("*\t*\t1\nhelp\t*\t12\n");

	(void)state;
	assert_int_equal(retention_until(&r, 0, 0, at("2026-01-31")), at("2026-02-28"));
	assert_int_equal(retention_until(&r, 0, 0, at("2028-01-31")), at("2028-02-29"));
	assert_int_equal(retention_until(&r, 0, 0, at("2026-12-31")), at("2027-01-31"));
	assert_int_equal(retention_until(&r, HELP, 0, at("2028-02-29")), at("2029-02-28"));
	struct reference none = parsed("");
	assert_int_equal(retention_until(&none, 0, 0, at("2026-01-31")), 0);
}

static void bad_lines_are_told_and_cost_no_good_one(void **state)
{
	struct reference r = parsed("*\t*\t36\n*\t*\t12\nrumour\t*\t1\n*\tpigeon\t1\nhelp\t*\t0\n"
				    "help\t*\t1201\nhelp\t*\n*\t110\t6\n");

	(void)state;
	assert_int_equal(problems.count, 6);
	assert_int_equal(problems.first[0].line, 2);
	assert_int_equal(r.retention_count, 2);
}

static void the_shipped_table_is_good(void **state)
{
	char text[4096];
	FILE *f = fopen("config/retention.tsv", "r");

	(void)state;
	assert_non_null(f);
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	struct reference r = parsed(text);
	assert_int_equal(problems.count, 0);
	assert_true(r.retention_count >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_shown_down_to_its_street),
		cmocka_unit_test(a_number_of_identity_shows_its_ends_alone),
		cmocka_unit_test(numbers_of_identity_are_checked),
		cmocka_unit_test(a_wrong_digit_or_two_exchanged_ones_are_found),
		cmocka_unit_test(words_and_long_numbers_are_taken_out),
		cmocka_unit_test(the_content_class_is_named_before_the_channel),
		cmocka_unit_test(a_month_without_the_day_ends_it_on_its_last),
		cmocka_unit_test(bad_lines_are_told_and_cost_no_good_one),
		cmocka_unit_test(the_shipped_table_is_good),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
