/*
 * Ranks with ties and gates, the funnel's control limits against sums of another kind, and the
 * adjusted rate on examples that can be followed by hand.
 */
#include "rules_fixture.h"

#include <math.h>

#include "rules/ranking.h"

static const struct ranking_rules of_work = { .least = 20, .coverage_least = 60 };
static const struct ranking_rules of_answers = {
	.least = 20, .coverage_least = 60, .is_of_answers = true,
};

static uint64_t below(struct dice *dice, uint64_t n)
{
	return (uint64_t)dice_roll(dice, (int32_t)n);
}

/* All its cases are of one class. */
static struct ranked_unit unit(uint64_t num, uint64_t den)
{
	return (struct ranked_unit){
		.mix[CONTENT_HELP] = { num, den }, .coverage = { 3, 5 },
	};
}

static void equal_rates_share_a_rank_and_the_next_is_left_out(void **state)
{
	struct ranked_unit units[] = {
		unit(27, 30), unit(50, 50), unit(18, 20), unit(10, 20), unit(20, 20), unit(99, 110),
	};
	static const uint32_t ranks[] = { 3, 1, 3, 6, 1, 3 };

	(void)state;
	ranking_make(units, array_count(units), &of_work);
	for (size_t i = 0; i < array_count(units); i++)
		assert_int_equal(units[i].rank, ranks[i]);
}

static void a_difference_of_the_least_is_a_rank(void **state)
{
	struct ranked_unit units[] = { unit(4294967294, 4294967295), unit(4294967293, 4294967294) };

	(void)state;
	assert_int_equal(rate_compare((struct rate){ 4294967294, 4294967295 },
				      (struct rate){ 4294967293, 4294967294 }), 1);
	assert_int_equal(rate_compare((struct rate){ 1, 3 }, (struct rate){ 2, 6 }), 0);
	assert_int_equal(rate_compare((struct rate){ 1, 3 }, (struct rate){ 1, 2 }), -1);
	units[0].mix[CONTENT_HELP] = (struct rate){ 999999, 1000000 };
	units[1].mix[CONTENT_HELP] = (struct rate){ 999998, 999999 };
	ranking_make(units, 2, &of_work);
	assert_int_equal(units[0].rank, 1);
	assert_int_equal(units[1].rank, 2);
}

static void e37_a_base_below_the_least_has_no_rank_and_takes_none_away(void **state)
{
	struct ranked_unit units[] = { unit(19, 19), unit(18, 20), unit(0, 0), unit(15, 20) };

	(void)state;
	ranking_make(units, array_count(units), &of_work);
	assert_int_equal(units[0].unranked, UNRANKED_SMALL);
	assert_int_equal(units[0].rank, 0);
	assert_int_equal(units[0].adjusted_rank, 0);
	assert_int_equal(units[1].rank, 1);
	assert_int_equal(units[2].unranked, UNRANKED_SMALL);
	assert_int_equal(units[2].adjusted.den, 0);
	assert_int_equal(units[3].rank, 2);
}

static void the_gates_take_a_rank_and_say_why(void **state)
{
	struct ranked_unit units[] = { unit(30, 30), unit(29, 30), unit(28, 30), unit(27, 30) };

	(void)state;
	units[0].has_proven_fraud = true;
	units[1].coverage = (struct rate){ 5999, 10000 };
	ranking_make(units, array_count(units), &of_answers);
	assert_string_equal(unranked_names[units[0].unranked], "proven_fraud");
	assert_string_equal(unranked_names[units[1].unranked], "coverage");
	assert_int_equal(units[2].rank, 1);
	assert_int_equal(units[3].rank, 2);
	ranking_make(units, array_count(units), &of_work);
	assert_int_equal(units[0].rank, 0);
	assert_int_equal(units[1].rank, 1);
	units[1].coverage = (struct rate){ 0, 0 };
	ranking_make(units, array_count(units), &of_answers);
	assert_int_equal(units[1].unranked, UNRANKED_COVERAGE);
}

static void nobody_is_first_of_one(void **state)
{
	struct ranked_unit units[] = { unit(30, 30), unit(3, 3) };

	(void)state;
	ranking_make(units, 2, &of_work);
	assert_int_equal(units[0].unranked, UNRANKED_ALONE);
	assert_int_equal(units[0].rank, 0);
}

/* ---- the funnel ---- */

static void limits_of_small_bases_are_those_of_the_tables(void **state)
{
	/* By hand: at 1/2 the tail of 10 is 1, 11 of 1,024; of 9 it is 1, 10 of 512. At 9/10 five
	 * of 20 cases missed is P = 0.0432, six 0.0113, seven 0.0024, eight 0.0004. */
	static const struct {
		uint64_t base;
		struct rate group;
		uint64_t low, high;
	} cases[] = {
		{ 9, { 1, 2 }, 0, 9 },
		{ 10, { 1, 2 }, 1, 9 },
		{ 20, { 9, 10 }, 13, 20 },
		{ 20, { 1, 10 }, 0, 7 },
		{ 1, { 999, 1000 }, 1, 1 },
		{ 1, { 998, 1000 }, 0, 1 },
		{ 0, { 9, 10 }, 0, 0 },
		{ 7, { 5, 5 }, 7, 7 },
		{ 7, { 0, 5 }, 0, 0 },
		{ 7, { 0, 0 }, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		uint64_t low = 99, high = 99;

		control_limits(cases[i].base, cases[i].group, &low, &high);
		assert_int_equal(low, cases[i].low);
		assert_int_equal(high, cases[i].high);
	}
}

/* The tail by logarithms of factorials, each term by itself. */
static double tail_of(uint64_t base, struct rate group, uint64_t from, uint64_t to)
{
	double p = (double)group.num / (double)group.den, sum = 0, n = (double)base;

	for (uint64_t k = from; k <= to; k++)
		sum += exp(lgamma(n + 1) - lgamma((double)k + 1) - lgamma(n - (double)k + 1) +
			   (double)k * log(p) + (n - (double)k) * log1p(-p));
	return sum;
}

static void limits_are_where_the_tails_pass_one_in_a_thousand(void **state)
{
	struct dice dice = { 4711 };
	const double rare = 1.0 / CONTROL_RARITY, slack = 1e-9;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		uint64_t base = 1 + below(&dice, i % 10 ? 300 : 5000);
		uint64_t den = 2 + below(&dice, 20000);
		struct rate group = { 1 + below(&dice, den - 1), den };
		uint64_t low, high;

		control_limits(base, group, &low, &high);
		assert_true(low <= high && high <= base);
		assert_true(tail_of(base, group, 0, low) > rare - slack);
		assert_true(low == 0 || tail_of(base, group, 0, low - 1) < rare + slack);
		assert_true(tail_of(base, group, high, base) > rare - slack);
		assert_true(high == base || tail_of(base, group, high + 1, base) < rare + slack);
	}
}

static void large_bases_have_limits_beside_three_standard_deviations(void **state)
{
	uint64_t low, high;

	(void)state;
	control_limits(1000000, (struct rate){ 9, 10 }, &low, &high);
	/* 300 a standard deviation, 3.0902 of them to either side. */
	assert_in_range(low, 900000 - 929, 900000 - 925);
	assert_in_range(high, 900000 + 925, 900000 + 929);
	control_limits(UINT64_C(1) << 32, (struct rate){ 1, UINT64_C(1) << 32 }, &low, &high);
	assert_int_equal(low, 0);
	assert_int_equal(high, 5);
}

static void only_what_lies_outside_is_named(void **state)
{
	struct ranked_unit units[] = { unit(95, 100), unit(93, 100), unit(96, 100), unit(60, 100),
				       unit(5, 6) };

	(void)state;
	ranking_make(units, array_count(units), &of_work);
	assert_int_equal(units[3].outside, OUTSIDE_BELOW);
	assert_int_equal(units[0].outside, OUTSIDE_NOT);
	assert_int_equal(units[4].outside, OUTSIDE_NOT);
	assert_true(units[0].low <= 95 && units[0].high >= 95);
}

/* ---- adjustment ---- */

static void a_hard_mix_is_no_worse_rate(void **state)
{
	/* Help: 8 of 10 everywhere; complaints: 4 of 10 everywhere. The second has the hard ones. */
	struct ranked_unit units[2] = {
		{ .mix = { [CONTENT_HELP] = { 72, 90 }, [CONTENT_COMPLAINT] = { 4, 10 } } },
		{ .mix = { [CONTENT_HELP] = { 8, 10 }, [CONTENT_COMPLAINT] = { 36, 90 } } },
	};

	(void)state;
	ranking_make(units, 2, &of_work);
	assert_int_equal(units[0].rank, 1);
	assert_int_equal(units[1].rank, 2);
	/* Together 120 of 200: both are at that rate when the mix is taken out. */
	assert_int_equal(units[0].adjusted.num, 600000);
	assert_int_equal(units[1].adjusted.num, 600000);
	assert_int_equal(units[0].adjusted_rank, 1);
	assert_int_equal(units[1].adjusted_rank, 1);
}

static void of_one_class_the_adjusted_rate_is_the_rate(void **state)
{
	struct ranked_unit units[] = { unit(15, 20), unit(30, 40), unit(39, 40) };

	(void)state;
	ranking_make(units, array_count(units), &of_work);
	assert_int_equal(units[0].adjusted.num, 750000);
	assert_int_equal(units[1].adjusted.num, 750000);
	assert_int_equal(units[2].adjusted.num, 975000);
}

static void adjusted_rates_stay_between_nothing_and_all(void **state)
{
	struct dice dice = { 7 };

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct ranked_unit units[6] = { { .has_proven_fraud = false } };
		uint64_t hits = 0, cases = 0;

		for (int i = 0; i < 6; i++)
			for (int k = 0; k < CONTENT_CLASSES; k++) {
				struct rate *rate = &units[i].mix[k];
				rate->den = below(&dice, 40);
				rate->num = below(&dice, rate->den + 1);
			}
		struct rate group = ranking_make(units, 6, &of_work);
		for (int i = 0; i < 6; i++) {
			const struct ranked_unit *one = &units[i];
			hits += one->rate.num;
			cases += one->rate.den;
			assert_true(one->adjusted.num <= one->adjusted.den);
			assert_true((one->rank != 0) == (one->unranked == UNRANKED_NOT));
			for (int k = 0; k < 6 && one->rank; k++)
				if (units[k].rank)
					assert_int_equal(one->rank < units[k].rank,
						rate_compare(one->rate, units[k].rate) > 0);
		}
		assert_int_equal(group.num, hits);
		assert_int_equal(group.den, cases);
	}
}

static void without_any_miss_everybody_is_at_all(void **state)
{
	struct ranked_unit units[] = { unit(20, 20), unit(40, 40) };

	(void)state;
	ranking_make(units, 2, &of_work);
	assert_int_equal(units[0].adjusted.num, ADJUSTED_BASE);
	assert_int_equal(units[0].outside, OUTSIDE_NOT);
	assert_int_equal(units[1].rank, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_rates_share_a_rank_and_the_next_is_left_out),
		cmocka_unit_test(a_difference_of_the_least_is_a_rank),
		cmocka_unit_test(e37_a_base_below_the_least_has_no_rank_and_takes_none_away),
		cmocka_unit_test(the_gates_take_a_rank_and_say_why),
		cmocka_unit_test(nobody_is_first_of_one),
		cmocka_unit_test(limits_of_small_bases_are_those_of_the_tables),
		cmocka_unit_test(limits_are_where_the_tails_pass_one_in_a_thousand),
		cmocka_unit_test(large_bases_have_limits_beside_three_standard_deviations),
		cmocka_unit_test(only_what_lies_outside_is_named),
		cmocka_unit_test(a_hard_mix_is_no_worse_rate),
		cmocka_unit_test(of_one_class_the_adjusted_rate_is_the_rate),
		cmocka_unit_test(adjusted_rates_stay_between_nothing_and_all),
		cmocka_unit_test(without_any_miss_everybody_is_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
