/*
 * Edge decisions of the rates, one test each and named by the decision, where a task takes a
 * turn beside its straight path: extensions, returns, several leads, pauses, changes of rules
 * and calendars, answers that change; and what a quarter is made of. Those of the straight path
 * stand in rates_edges_test.c, those of one rate as a number in percent_test.c.
 */
#include "rates_fixture.h"

static void e7_an_extension_filed_in_time_and_approved_later_was_never_overdue(void **state)
{
	struct task_fact task = task_of("2026-03-10", NULL);

	(void)state;
	/* Undecided or refused: overdue from the old deadline. */
	assert_true(has(march(&task), SET_N3));
	/* Approved, whenever that was decided before the freeze. */
	task.original_due = task.due;
	task.due = end_of("2026-04-14");
	task.extended = true;
	assert_true(has(march(&task), SET_WITHIN));
	assert_false((march(&task).sets & SET_B) != 0);
	assert_true(has(march(&task), SET_ORIGINAL_BASE));
	assert_true(has(april(&task), SET_N3 | SET_EXTENDED));
}

static void e8_an_extension_after_the_freeze_moves_a_recount_and_not_the_frozen_facts(void **state)
{
	const struct task_fact frozen = task_of("2026-03-10", NULL);
	struct task_fact known_later = frozen;
	uint64_t before = march(&frozen).sets;

	(void)state;
	known_later.original_due = frozen.due;
	known_later.due = end_of("2026-04-30");
	known_later.extended = true;
	assert_true((march(&known_later).sets & SET_N3) == 0);
	assert_int_equal(march(&frozen).sets, before);
}

static void e10_a_refused_return_stays_in_the_base_and_its_time_is_the_units(void **state)
{
	struct task_fact task = task_of("2026-03-10", "2026-03-11 10:00:00");

	(void)state;
	task.dispatched_at = instant("2026-03-02");
	task.return_asked = true;
	task.return_refused = true;
	assert_true(has(march(&task), SET_N2 | SET_RETURN_ASKED | SET_RETURN_REFUSED));
}

static void e11_a_return_still_asked_for_stops_no_clock(void **state)
{
	struct task_fact task = task_of("2026-03-31", NULL);

	(void)state;
	task.return_asked = true;
	assert_true(has(march(&task), SET_N3));
	assert_true(has(april(&task), SET_O2));
}

static void e17_an_unanswered_sms_is_no_answer_and_never_satisfied(void **state)
{
	struct visit_fact visit = { .at = instant("2026-03-08"), .reached = false };
	struct task_fact task = visited(&visit, 1);

	(void)state;
	assert_true(has(march(&task), SET_ELIGIBLE | SET_UNANSWERED | SET_ATTEMPTED));
	assert_false((march(&task).sets & (SET_ANSWERED | SET_SATISFIED)) != 0);
	assert_why(march(&task), SATISFACTION, "E16");
}

static void e24_a_voided_closure_leaves_the_task_overdue_from_its_due_moment(void **state)
{
	struct visit_fact visit;
	struct task_fact task = visited(visit_on(&visit, "2026-03-07", ANSWER_SATISFIED), 1);

	(void)state;
	assert_true(has(march(&task), SET_N1 | SET_SATISFIED));
	task.closed_at = 0;
	assert_true(has(march(&task), SET_N3));
	assert_false(has(march(&task), SET_ELIGIBLE));
	assert_true(has(april(&task), SET_O2));
}

static void e25_a_changed_rating_counts_as_last_known_at_the_freeze(void **state)
{
	struct visit_fact visit[3];
	struct task_fact task = visited(visit, 3);
	struct period period = period_of(MARCH, "2026-04-10");

	(void)state;
	visit_on(&visit[0], "2026-03-07", ANSWER_DISSATISFIED);
	visit_on(&visit[1], "2026-03-20", ANSWER_SATISFIED);
	visit_on(&visit[2], "2026-04-09", ANSWER_VERY_DISSATISFIED);
	assert_false(has(march(&task), SET_SATISFIED));
	period.freeze = visit[2].at - 1;
	assert_true(has(task_judge(&task, &period, &rule_set_shipped), SET_SATISFIED));
	period.freeze = visit[2].at;
	assert_false(has(task_judge(&task, &period, &rule_set_shipped), SET_SATISFIED));
}

static void e27_of_several_leads_only_the_one_at_maturity_is_in_a_base(void **state)
{
	struct task_fact first = task_of("2026-03-10", NULL);
	struct task_fact second = task_of("2026-03-20", "2026-03-19 10:00:00");
	struct tally tally = { 0 };

	(void)state;
	first.left = LEFT_RETURNED;
	first.left_at = second.dispatched_at = instant("2026-03-09");
	tally_add(&tally, march(&first));
	tally_add(&tally, march(&second));
	assert_int_equal(tally.rate[MEASURE_ON_TIME].den, 1);
	assert_int_equal(tally.rate[MEASURE_COMPLETION].den, 1);
	assert_int_equal(tally.rate[MEASURE_ON_TIME].num, 1);
}

static void e28_a_lead_that_waits_for_its_assist_is_late_all_the_same(void **state)
{
	struct task_fact lead = task_of("2026-03-10", "2026-03-12 10:00:00");
	struct task_fact assist = task_of("2026-03-09", "2026-03-12 09:00:00");

	(void)state;
	assist.is_lead = false;
	assert_true(has(march(&lead), SET_N2));
	assert_int_equal(march(&assist).sets, SET_PRESENT);
}

static void e29_an_assist_is_in_no_measure_and_says_so(void **state)
{
	struct visit_fact visit;
	struct submission_fact made = { instant("2026-03-05"), SUBMISSION_REFUSED };
	struct task_fact task = visited(visit_on(&visit, "2026-03-07", ANSWER_SATISFIED), 1);

	(void)state;
	task.is_lead = false;
	task.dispatched_at = instant("2026-03-01");
	task.sign_due = task.contact_due = instant("2026-03-03");
	task.return_asked = task.return_refused = task.recomplaint = task.sent_back = true;
	task.submissions = &made;
	task.submission_count = 1;
	for (int i = 0; i < MEASURES; i++) {
		assert_false(in(march(&task), (enum measure)i, PART_NUM));
		assert_false(in(march(&task), (enum measure)i, PART_DEN));
		assert_true(in(march(&task), (enum measure)i, PART_OUT));
		assert_string_equal(why_text(march(&task).why[measures[i].base]), "E29");
	}
}

static void e34_paused_time_is_in_the_due_moment_and_in_no_other_place(void **state)
{
	struct task_fact task = task_of("2026-03-10", "2026-03-12 10:00:00");

	(void)state;
	assert_true(has(march(&task), SET_N2));
	task.original_due = task.due;
	task.due = end_of("2026-03-13");
	assert_true(has(march(&task), SET_N1));
	/* A pause is no extension. */
	assert_false(has(march(&task), SET_EXTENDED));
	assert_false(in(march(&task), MEASURE_ORIGINAL_LIMIT, PART_NUM));
	assert_true(in(march(&task), MEASURE_ORIGINAL_LIMIT, PART_DEN));
}

static void e40_a_figure_follows_the_department_and_nothing_of_its_name(void **state)
{
	struct task_fact task = task_of("2026-03-10", "2026-03-05 10:00:00");
	uint64_t sets = march(&task).sets;

	(void)state;
	task.department = 77;
	assert_int_equal(march(&task).sets, sets);
}

static void e41_a_month_is_judged_by_the_rules_it_is_given(void **state)
{
	struct period period = period_of(MARCH, "2026-04-10");
	struct rule_set rules = rule_set_shipped;
	struct visit_fact visit;
	struct task_fact task =
		visited(visit_on(&visit, "2026-03-07", ANSWER_BASICALLY_SATISFIED), 1);

	(void)state;
	assert_true(has(task_judge(&task, &period, &rules), SET_SATISFIED));
	rules.satisfied_levels = rules.strict_levels;
	assert_false(has(task_judge(&task, &period, &rules), SET_SATISFIED));
	rules.unrated_contents |= 1u << task.content;
	assert_false(has(task_judge(&task, &period, &rules), SET_ELIGIBLE));
}

static void e42_a_due_moment_moved_later_by_a_calendar_counts_like_any_other(void **state)
{
	struct task_fact task = task_of("2026-03-31", NULL);

	(void)state;
	assert_true(has(march(&task), SET_N3));
	task.due = end_of("2026-04-01");
	assert_true(has(march(&task), SET_WITHIN));
	assert_true(has(april(&task), SET_N3));
}

static void e43_what_became_known_after_the_freeze_is_not_in_the_frozen_month(void **state)
{
	struct visit_fact visit;
	struct task_fact task = visited(visit_on(&visit, "2026-04-11", ANSWER_SATISFIED), 1);

	(void)state;
	assert_true(has(march(&task), SET_UNANSWERED));
	assert_why(march(&task), SATISFACTION, "unvisited");
	task.excluded_at = instant("2026-04-11");
	assert_false(has(march(&task), SET_EXCLUDED));
	task.excluded_at = 0;
	task.closed_at = 0;
	task.left = LEFT_RETURNED;
	task.left_at = instant("2026-04-11");
	assert_true(has(march(&task), SET_N3));
}

static void e44_a_limit_of_hours_across_the_end_of_a_month_matures_like_all(void **state)
{
	struct task_fact task = task_of("2026-04-01", NULL);

	(void)state;
	task.dispatched_at = instant("2026-03-31 20:00:00");
	task.due = instant("2026-04-01 20:00:00");
	assert_true(has(march(&task), SET_WITHIN));
	assert_true(has(april(&task), SET_N3));
	task.closed_at = instant("2026-03-31 23:00:00");
	assert_true(has(march(&task), SET_N1));
	task.closed_at = instant("2026-04-01 00:00:00");
	assert_true(has(march(&task), SET_WITHIN));
	assert_true(has(april(&task), SET_N1));
	/* At midnight sharp the month is over. */
	task.closed_at = 0;
	task.due = instant("2026-04-01");
	assert_true(has(march(&task), SET_WITHIN));
	assert_true(has(april(&task), SET_N3));
}

static void e45_a_decided_outage_leaves_every_base_and_shows_in_the_share(void **state)
{
	struct task_fact task = task_of("2026-03-10", NULL);
	struct task_fact other = task_of("2026-03-10", NULL);
	struct tally tally = { 0 };

	(void)state;
	task.excluded_at = instant("2026-03-20");
	tally_add(&tally, march(&task));
	tally_add(&tally, march(&other));
	assert_int_equal(tally.rate[MEASURE_COMPLETION].den, 1);
	assert_int_equal(tally.rate[MEASURE_EXCLUSION].num, 1);
	assert_int_equal(tally.rate[MEASURE_EXCLUSION].den, 2);
}

static void e46_who_rates_many_times_counts_once(void **state)
{
	struct visit_fact visit[5];
	struct task_fact task = visited(visit, 5);
	struct tally tally = { 0 };

	(void)state;
	for (int i = 0; i < 5; i++) {
		visit_on(&visit[i], "2026-03-07", ANSWER_SATISFIED);
		visit[i].at += i;
		visit[i].contacted = CONTACTED_YES;
		visit[i].solved = SOLVED_YES;
	}
	tally_add(&tally, march(&task));
	for (int i = MEASURE_SATISFACTION; i <= MEASURE_SATISFACTION_HIGH; i++) {
		assert_int_equal(tally.rate[i].num, 1);
		assert_int_equal(tally.rate[i].den, 1);
	}
}

/* --- Quarters --- */

static void quarter_add(struct tally *tally, const struct task_fact *task, const char *name)
{
	struct period period = period_of(name, "2026-12-31");

	tally_add(tally, task_judge(task, &period, &rule_set_shipped));
}

static void e48_a_quarter_sums_what_matures_once_and_recounts_what_is_carried(void **state)
{
	static const char *const months[] = { "2026-01", "2026-02", "2026-03" };
	static const enum measure summed[] = {
		MEASURE_ON_TIME, MEASURE_SATISFACTION, MEASURE_VISIT_COVERAGE,
		MEASURE_SIGN_ON_TIME, MEASURE_RETURNED, MEASURE_RECOMPLAINT, MEASURE_EXTENSION,
	};
	struct dice dice = { 141421 };
	struct tally quarter = { 0 };
	struct tally sum = { 0 };

	(void)state;
	for (int n = 0; n < 3000; n++) {
		struct visit_fact visit;
		int64_t start = day_start(day_at("2025-12-10") + dice_roll(&dice, 110));
		struct task_fact task = task_of("2026-03-10", NULL);

		task.dispatched_at = start;
		task.signed_at = start + dice_roll(&dice, 4) * (day_start(2) - day_start(1));
		task.sign_due = start + 2 * (day_start(2) - day_start(1));
		task.due = start + dice_roll(&dice, 30) * (day_start(2) - day_start(1));
		if (dice_roll(&dice, 3) != 0)
			task.closed_at = start +
				dice_roll(&dice, 60) * (day_start(2) - day_start(1)) + 1;
		visit = (struct visit_fact){ .at = task.closed_at + 1, .reached = true,
			.result = (enum answer_level)dice_roll(&dice, ANSWER_LEVELS) };
		task.visits = &visit;
		task.visit_count = task.closed_at != 0;
		quarter_add(&quarter, &task, "2026-Q1");
		for (size_t m = 0; m < array_count(months); m++)
			quarter_add(&sum, &task, months[m]);
	}
	for (size_t i = 0; i < array_count(summed); i++) {
		assert_int_equal(quarter.rate[summed[i]].num, sum.rate[summed[i]].num);
		assert_int_equal(quarter.rate[summed[i]].den, sum.rate[summed[i]].den);
	}
	/* One open late task weighs in each month, and once in the quarter. */
	assert_true(quarter.rate[MEASURE_COMPLETION].den < sum.rate[MEASURE_COMPLETION].den);
}

/* --- Mistakes seen in the field, beside those of rates_test.c --- */

static void one_satisfied_and_one_not_is_dissatisfied_in_one_column_only(void **state)
{
	struct visit_fact visit;
	struct task_fact task = visited(visit_on(&visit, "2026-03-07", ANSWER_DISSATISFIED), 1);
	struct tally tally = { 0 };

	(void)state;
	visit.solved = SOLVED_YES;
	tally_add(&tally, march(&task));
	assert_int_equal(tally.rate[MEASURE_SATISFACTION].num, 0);
	assert_int_equal(tally.rate[MEASURE_SATISFACTION].den, 1);
	assert_int_equal(tally.rate[MEASURE_DOUBLE_YES].num, 0);
	assert_int_equal(tally.rate[MEASURE_DOUBLE_YES].den, 1);
	assert_int_equal(tally.rate[MEASURE_SOLVED].num, 1);
}

static void a_half_satisfied_task_adds_nothing_to_satisfaction(void **state)
{
	struct visit_fact visit;
	struct task_fact task = visited(visit_on(&visit, "2026-03-07", ANSWER_NONE), 1);
	struct tally tally = { 0 };

	(void)state;
	visit.reached = true;
	visit.solved = SOLVED_YES;
	visit.contacted = CONTACTED_YES;
	tally_add(&tally, march(&task));
	assert_int_equal(tally.rate[MEASURE_SATISFACTION].num, 0);
	assert_int_equal(tally.rate[MEASURE_SATISFACTION].den, 0);
}

static void a_department_ten_times_as_large_has_the_same_rates(void **state)
{
	struct task_fact good = task_of("2026-03-10", "2026-03-05 10:00:00");
	struct task_fact late = task_of("2026-03-10", "2026-03-12 10:00:00");
	struct tally small = { 0 };
	struct tally large = { 0 };
	char text[2][RATE_TEXT_BYTES];

	(void)state;
	tally_add(&small, march(&good));
	tally_add(&small, march(&late));
	for (int i = 0; i < 10; i++)
		tally_merge(&large, &small);
	for (int i = 0; i < MEASURES; i++) {
		if (small.rate[i].den == 0)
			continue;
		assert_string_equal(rate_text(small.rate[i], 90, text[0], sizeof(text[0])),
			rate_text(large.rate[i], 90, text[1], sizeof(text[1])));
		assert_int_equal(rate_meets(small.rate[i], 90), rate_meets(large.rate[i], 90));
	}
}

static void every_measure_of_nothing_is_neither_nought_nor_hundred(void **state)
{
	struct tally nothing = { 0 };
	char text[RATE_TEXT_BYTES];

	(void)state;
	for (int i = 0; i < MEASURES; i++) {
		assert_null(rate_text(nothing.rate[i], 90, text, sizeof(text)));
		assert_int_equal(rate_meets(nothing.rate[i], 90), VERDICT_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			e7_an_extension_filed_in_time_and_approved_later_was_never_overdue),
		cmocka_unit_test(
			e8_an_extension_after_the_freeze_moves_a_recount_and_not_the_frozen_facts),
		cmocka_unit_test(
			e10_a_refused_return_stays_in_the_base_and_its_time_is_the_units),
		cmocka_unit_test(e11_a_return_still_asked_for_stops_no_clock),
		cmocka_unit_test(e17_an_unanswered_sms_is_no_answer_and_never_satisfied),
		cmocka_unit_test(
			e24_a_voided_closure_leaves_the_task_overdue_from_its_due_moment),
		cmocka_unit_test(e25_a_changed_rating_counts_as_last_known_at_the_freeze),
		cmocka_unit_test(e27_of_several_leads_only_the_one_at_maturity_is_in_a_base),
		cmocka_unit_test(e28_a_lead_that_waits_for_its_assist_is_late_all_the_same),
		cmocka_unit_test(e29_an_assist_is_in_no_measure_and_says_so),
		cmocka_unit_test(e34_paused_time_is_in_the_due_moment_and_in_no_other_place),
		cmocka_unit_test(e40_a_figure_follows_the_department_and_nothing_of_its_name),
		cmocka_unit_test(e41_a_month_is_judged_by_the_rules_it_is_given),
		cmocka_unit_test(
			e42_a_due_moment_moved_later_by_a_calendar_counts_like_any_other),
		cmocka_unit_test(
			e43_what_became_known_after_the_freeze_is_not_in_the_frozen_month),
		cmocka_unit_test(
			e44_a_limit_of_hours_across_the_end_of_a_month_matures_like_all),
		cmocka_unit_test(e45_a_decided_outage_leaves_every_base_and_shows_in_the_share),
		cmocka_unit_test(e46_who_rates_many_times_counts_once),
		cmocka_unit_test(
			e48_a_quarter_sums_what_matures_once_and_recounts_what_is_carried),
		cmocka_unit_test(
			one_satisfied_and_one_not_is_dissatisfied_in_one_column_only),
		cmocka_unit_test(a_half_satisfied_task_adds_nothing_to_satisfaction),
		cmocka_unit_test(a_department_ten_times_as_large_has_the_same_rates),
		cmocka_unit_test(every_measure_of_nothing_is_neither_nought_nor_hundred),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
