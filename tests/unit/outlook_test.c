/*
 * What may become of a running month: every task by itself, and the sums against all the ways
 * in which a few tasks can end.
 */
#include "rules_fixture.h"

#include "rules/outlook.h"

static struct period march(void)
{
	return (struct period){
		.t0 = instant("2026-03-01"), .t1 = instant("2026-04-01"),
		.now = instant("2026-03-16 09:00:00"),
	};
}

static enum prospect prospect(const struct task_fact *task, enum measure measure)
{
	struct period period = march();

	return task_prospect(task, &period,
		task_judge(task, &period, &rule_set_shipped), measure);
}

static struct task_fact lead(const char *due)
{
	return (struct task_fact){
		.is_lead = true, .content = CONTENT_HELP, .due = instant(due),
		.dispatched_at = instant("2026-02-02 09:00:00"),
	};
}

static void each_task_has_the_prospect_of_where_it_stands(void **state)
{
	static const struct {
		const char *due, *closed, *submitted;
		enum prospect on_time, completion;
	} cases[] = {
		{ "2026-03-20 23:59:59", NULL, NULL, PROSPECT_KEEP, PROSPECT_KEEP },
		{ "2026-03-31 23:59:59", NULL, NULL, PROSPECT_KEEP, PROSPECT_KEEP },
		{ "2026-04-01 00:00:00", NULL, NULL, PROSPECT_JOIN, PROSPECT_JOIN },
		{ "2026-03-10 23:59:59", NULL, NULL, PROSPECT_NONE, PROSPECT_KEEP },
		{ "2026-02-10 23:59:59", NULL, NULL, PROSPECT_NONE, PROSPECT_KEEP },
		{ "2026-03-10 23:59:59", NULL, "2026-03-10 23:59:59", PROSPECT_KEEP,
		  PROSPECT_KEEP },
		{ "2026-03-10 23:59:59", NULL, "2026-03-11 00:00:00", PROSPECT_NONE,
		  PROSPECT_KEEP },
		{ "2026-03-10 23:59:59", NULL, "2026-02-27 12:00:00", PROSPECT_LEAVE,
		  PROSPECT_KEEP },
		{ "2026-03-20 23:59:59", "2026-03-05 12:00:00", NULL, PROSPECT_NONE,
		  PROSPECT_NONE },
		{ "2026-03-03 23:59:59", "2026-03-05 12:00:00", NULL, PROSPECT_NONE,
		  PROSPECT_NONE },
		{ "2026-02-10 23:59:59", "2026-03-05 12:00:00", NULL, PROSPECT_NONE,
		  PROSPECT_NONE },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		struct task_fact task = lead(cases[i].due);
		struct submission_fact submission = { .outcome = SUBMISSION_PENDING };

		if (cases[i].closed)
			task.closed_at = instant(cases[i].closed);
		if (cases[i].submitted) {
			submission.at = instant(cases[i].submitted);
			task.submissions = &submission;
			task.submission_count = 1;
		}
		assert_int_equal(prospect(&task, MEASURE_ON_TIME), cases[i].on_time);
		assert_int_equal(prospect(&task, MEASURE_COMPLETION), cases[i].completion);
	}
}

static void what_counts_nowhere_has_no_prospect(void **state)
{
	struct task_fact task = lead("2026-03-20 23:59:59");

	(void)state;
	task.is_lead = false;
	assert_int_equal(prospect(&task, MEASURE_ON_TIME), PROSPECT_NONE);
	task.is_lead = true;
	task.excluded_at = instant("2026-03-02");
	assert_int_equal(prospect(&task, MEASURE_COMPLETION), PROSPECT_NONE);
	task.excluded_at = 0;
	task.left = LEFT_RETURNED;
	task.left_at = instant("2026-03-02");
	assert_int_equal(prospect(&task, MEASURE_ON_TIME), PROSPECT_NONE);
}

/* A review that refused decides nothing more. */
static void only_a_submission_that_waits_can_turn_out_to_be_in_time(void **state)
{
	struct submission_fact submission = {
		.at = instant("2026-03-09 12:00:00"), .outcome = SUBMISSION_REFUSED,
	};
	struct task_fact task = lead("2026-03-10 23:59:59");

	(void)state;
	task.submissions = &submission;
	task.submission_count = 1;
	assert_int_equal(prospect(&task, MEASURE_ON_TIME), PROSPECT_NONE);
}

static int compare(struct rate left, struct rate right)
{
	uint64_t a = left.num * right.den, b = right.num * left.den;

	return (a > b) - (a < b);
}

/*
 * All ways in which each kind of open task can end, by how many of it: hits, misses, gone. Of
 * those that keep, due_later of them are in the base only by the end.
 */
static void no_end_lies_outside_of_worst_and_best(void **state)
{
	struct dice dice = { 4711 };

	(void)state;
	for (int round = 0; round < 400; round++) {
		uint64_t maturing = (uint64_t)dice_roll(&dice, 4);
		uint64_t waiting = (uint64_t)dice_roll(&dice, 3);
		struct outlook o = {
			.maturing = maturing, .keep = maturing + waiting,
			.join = (uint64_t)dice_roll(&dice, 4),
			.leave = (uint64_t)dice_roll(&dice, 3),
		};
		o.today.den = o.leave + waiting + (uint64_t)dice_roll(&dice, 6);
		o.today.num = (uint64_t)dice_roll(&dice,
			(int32_t)(o.today.den - o.leave - waiting) + 1);
		for (uint64_t ways = 0; ways < 4 * 4 * 3 * 4 * 3; ways++) {
			uint64_t hit = ways % 4, gone = ways / 4 % 4, late = ways / 16 % 3;
			uint64_t early = ways / 48 % 4, left = ways / 192;
			struct rate end = {
				o.today.num + hit + late + early,
				o.today.den + maturing - gone + early - left,
			};
			if (hit + gone > maturing || late > waiting || early > o.join ||
			    left > o.leave || end.den == 0)
				continue;
			assert_true(compare(end, outlook_best(&o)) <= 0);
			if (outlook_worst(&o).den)
				assert_true(compare(end, outlook_worst(&o)) >= 0);
		}
	}
}

static bool is_enough(const struct outlook *o, uint64_t target, uint64_t keep, uint64_t join)
{
	struct rate end = outlook_worst(o);

	end.num += keep + join;
	end.den += join;
	return end.den && 100 * end.num >= target * end.den;
}

static void the_cases_still_needed_are_the_fewest_that_suffice(void **state)
{
	struct dice dice = { 15 };

	(void)state;
	for (int round = 0; round < 3000; round++) {
		uint64_t target = 80 + (uint64_t)dice_roll(&dice, 21), needed = 99, least = UINT64_MAX;
		struct outlook o = {
			.maturing = (uint64_t)dice_roll(&dice, 12),
			.join = (uint64_t)dice_roll(&dice, 12),
		};
		o.keep = o.maturing;
		o.today.den = (uint64_t)dice_roll(&dice, 30);
		o.today.num = (uint64_t)dice_roll(&dice, (int32_t)o.today.den + 1);
		for (uint64_t keep = 0; keep <= o.keep; keep++)
			for (uint64_t join = 0; join <= o.join; join++)
				if (is_enough(&o, target, keep, join) && keep + join < least)
					least = keep + join;
		assert_int_equal(outlook_needed(&o, target, &needed), least != UINT64_MAX);
		if (least != UINT64_MAX)
			assert_int_equal(needed, least);
	}
}

static void a_target_that_is_reached_already_needs_nothing(void **state)
{
	struct outlook o = { .today = { 9, 10 } };
	uint64_t needed = 99;

	(void)state;
	assert_true(outlook_needed(&o, 90, &needed));
	assert_int_equal(needed, 0);
	o.maturing = o.keep = 1;
	assert_true(outlook_needed(&o, 90, &needed));
	assert_int_equal(needed, 1);
	o.keep = 0;
	assert_false(outlook_needed(&o, 90, &needed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_task_has_the_prospect_of_where_it_stands),
		cmocka_unit_test(what_counts_nowhere_has_no_prospect),
		cmocka_unit_test(only_a_submission_that_waits_can_turn_out_to_be_in_time),
		cmocka_unit_test(no_end_lies_outside_of_worst_and_best),
		cmocka_unit_test(the_cases_still_needed_are_the_fewest_that_suffice),
		cmocka_unit_test(a_target_that_is_reached_already_needs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
