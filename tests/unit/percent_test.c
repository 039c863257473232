/*
 * The target test and the text of a rate, where a single digit decides what a leader reads.
 */
#include "rules_fixture.h"

#include "rules/percent.h"

static void e36_a_zero_base_has_neither_rate_nor_verdict(void **state)
{
	char text[RATE_TEXT_BYTES];

	(void)state;
	assert_null(rate_text((struct rate){ 0, 0 }, 90, text, sizeof(text)));
	assert_int_equal(rate_meets((struct rate){ 0, 0 }, 90), VERDICT_NONE);
	assert_false(rate_may_rank((struct rate){ 0, 0 }, 0));
}

static void e38_the_target_itself_meets_the_target(void **state)
{
	(void)state;
	assert_int_equal(rate_meets((struct rate){ 9, 10 }, 90), VERDICT_MET);
	assert_int_equal(rate_meets((struct rate){ 8999, 10000 }, 90), VERDICT_MISSED);
	assert_int_equal(rate_meets((struct rate){ 9001, 10000 }, 90), VERDICT_MET);
	assert_int_equal(rate_meets((struct rate){ 0, 3 }, 90), VERDICT_MISSED);
	assert_int_equal(rate_meets((struct rate){ 0, 3 }, 0), VERDICT_MET);
	assert_int_equal(rate_meets((struct rate){ 17, 20 }, 85), VERDICT_MET);
}

static void e39_rounding_never_shows_the_target_on_a_failed_test(void **state)
{
	static const struct {
		uint64_t num;
		uint64_t den;
		uint64_t target;
		const char *text;
	} cases[] = {
		{ 9, 10, 90, "90.00" },
		{ 8999, 10000, 90, "89.99" },
		{ 89996, 100000, 90, "89.996" },
		{ 89995, 100000, 90, "89.995" },
		{ 89994, 100000, 90, "89.99" },
		{ 8999999, 10000000, 90, "89.99999" },
		{ 90004, 100000, 90, "90.00" },
		{ 1, 3, 90, "33.33" }, { 2, 3, 90, "66.67" },
		{ 1, 16, 90, "6.25" }, { 1, 32, 90, "3.13" },	/* 3.125: half up */
		{ 1, 20000, 90, "0.01" }, { 1, 20001, 90, "0.00" },
		{ 99999, 100000, 90, "100.00" },
		{ 99999, 100000, 100, "99.999" },
		{ 0, 7, 90, "0.00" }, { 7, 7, 90, "100.00" },
		{ 849996, 1000000, 85, "84.9996" },
		{ (UINT64_C(1) << 57) / 10 * 9, UINT64_C(1) << 57, 90, "89.999999999999999" },
	};
	char text[RATE_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++)
		assert_string_equal(rate_text((struct rate){ cases[i].num, cases[i].den },
			cases[i].target, text, sizeof(text)), cases[i].text);
}

static void percentages_are_rounded_and_not_cut(void **state)
{
	char text[RATE_TEXT_BYTES];

	(void)state;
	assert_string_equal(rate_text((struct rate){ 2, 3 }, 90, text, sizeof(text)), "66.67");
	assert_string_equal(rate_text((struct rate){ 6, 7 }, 90, text, sizeof(text)), "85.71");
	assert_string_equal(
		rate_text((struct rate){ 199, 200 }, 90, text, sizeof(text)), "99.50");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(e36_a_zero_base_has_neither_rate_nor_verdict),
		cmocka_unit_test(e38_the_target_itself_meets_the_target),
		cmocka_unit_test(e39_rounding_never_shows_the_target_on_a_failed_test),
		cmocka_unit_test(percentages_are_rounded_and_not_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
