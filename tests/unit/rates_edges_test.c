/*
 * The edge decisions of the rates, one test each, named by the decision; and the period that
 * still runs.
 */
#include "rates_fixture.h"

/* --- Edge decisions --- */

static void e1_not_yet_due_and_open_is_only_within_limit(void **state)
{
	struct task_fact task = task_of("2026-04-01", NULL);

	(void)state;
	assert_int_equal(march(&task).sets, SET_WITHIN | SET_PRESENT);
	assert_true(in(march(&task), MEASURE_WITHIN_LIMIT, PART_NUM));
	assert_true(in(march(&task), MEASURE_COMPLETION, PART_OUT));
	assert_why(march(&task), COMPLETION, "E1");
}

static void e2_closed_early_counts_in_the_month_of_closure(void **state)
{
	struct task_fact task = task_of("2026-04-20", "2026-03-31 23:59:59");

	(void)state;
	assert_true(has(march(&task), SET_N1));
	assert_int_equal(april(&task).sets, 0);
	assert_why(april(&task), COMPLETION, "earlier");
}

static void e3_late_and_closed_in_the_same_month_is_complete_but_not_on_time(void **state)
{
	struct task_fact task = task_of("2026-03-10", "2026-03-12 10:00:00");

	(void)state;
	assert_true(in(march(&task), MEASURE_COMPLETION, PART_NUM));
	assert_false(in(march(&task), MEASURE_ON_TIME, PART_NUM));
	assert_true(in(march(&task), MEASURE_ON_TIME, PART_DEN));
}

static void e4_a_task_never_closed_weighs_on_every_later_completion(void **state)
{
	struct task_fact task = task_of("2026-03-10", NULL);
	struct period may = period_of("2026-05", "2026-06-10");
	struct judgement judged_may = task_judge(&task, &may, &rule_set_shipped);

	(void)state;
	assert_true(has(march(&task), SET_N3));
	assert_true(has(april(&task), SET_O2));
	assert_true(has(judged_may, SET_O2));
	assert_true(in(judged_may, MEASURE_COMPLETION, PART_DEN));
	assert_false(in(judged_may, MEASURE_ON_TIME, PART_DEN));
}

static void e5_due_on_the_last_day_belongs_to_its_month_until_its_last_second(void **state)
{
	struct task_fact task = task_of("2026-03-31", NULL);

	(void)state;
	assert_true(has(march(&task), SET_N3));
	task.closed_at = instant("2026-04-01") - 1;
	assert_true(has(march(&task), SET_N1));
	task.closed_at = instant("2026-04-01");
	assert_true(has(march(&task), SET_N3));
	assert_true(has(april(&task), SET_O1));
}

static void e6_the_submit_time_decides_however_late_the_review(void **state)
{
	/* Submitted in the due second, passed and frozen days later. */
	struct task_fact task = task_of("2026-03-10", "2026-03-10 23:59:59");

	(void)state;
	task.closed_at += 999999;
	assert_true(has(march(&task), SET_N1));
	task.closed_at += 1;
	assert_true(has(march(&task), SET_N2));
}

static void e9_an_accepted_return_leaves_the_base_even_when_it_was_overdue(void **state)
{
	struct task_fact task = task_of("2026-03-10", NULL);

	(void)state;
	task.left = LEFT_RETURNED;
	task.left_at = instant("2026-03-20");
	assert_int_equal(march(&task).sets, SET_PRESENT);
	assert_why(march(&task), COMPLETION, "E9");
	assert_true(in(march(&task), MEASURE_COMPLETION, PART_OUT));
	/* Gone before the month began: not even in its list. */
	assert_int_equal(april(&task).sets, 0);
	/* Accepted after the freeze: the frozen month stays. */
	task.left_at = instant("2026-04-10") + 1;
	assert_true(has(march(&task), SET_N3));
	assert_int_equal(april(&task).sets, SET_PRESENT);
}

static void e12_withdrawn_before_sign_is_out_of_every_base(void **state)
{
	struct task_fact task = task_of("2026-03-10", NULL);

	(void)state;
	task.left = LEFT_WITHDRAWN;
	task.left_at = instant("2026-03-05");
	task.signed_at = 0;
	assert_int_equal(march(&task).sets, SET_PRESENT);
	assert_why(march(&task), COMPLETION, "E12");
	assert_false(in(march(&task), MEASURE_EXCLUSION, PART_DEN));
}

static void e12_withdrawn_after_sign_is_out_only_with_a_recording(void **state)
{
	struct visit_fact visit;
	struct task_fact task = task_of("2026-03-10", NULL);

	(void)state;
	task.left = LEFT_WITHDRAWN;
	task.left_at = instant("2026-03-05");
	task.withdrawal_recorded = true;
	assert_int_equal(march(&task).sets, SET_PRESENT);
	task.withdrawal_recorded = false;
	task.visits = visit_on(&visit, "2026-03-06", ANSWER_SATISFIED);
	task.visit_count = 1;
	assert_true(has(march(&task), SET_N1));
	assert_false(has(march(&task), SET_ELIGIBLE));
	assert_why(march(&task), COMPLETION, "N1");
	assert_why(march(&task), SATISFACTION, "E12");
	task.left_at = instant("2026-03-15");
	assert_true(has(march(&task), SET_N2));
}

static void e13_a_withdrawal_does_not_take_back_a_dissatisfied_answer(void **state)
{
	struct visit_fact visit;
	struct task_fact task = task_of("2026-03-10", "2026-03-05 10:00:00");

	(void)state;
	task.visits = visit_on(&visit, "2026-03-06", ANSWER_DISSATISFIED);
	task.visit_count = 1;
	task.left = LEFT_WITHDRAWN;
	task.left_at = instant("2026-03-08");
	task.withdrawal_recorded = true;
	assert_true(has(march(&task), SET_N1 | SET_ANSWERED));
	assert_false(has(march(&task), SET_SATISFIED));
}

static void e14_excluded_is_out_of_everything_but_the_exclusion_share(void **state)
{
	struct visit_fact visit;
	struct task_fact task = task_of("2026-03-10", "2026-03-05 10:00:00");
	struct judgement judgement;

	(void)state;
	task.visits = visit_on(&visit, "2026-03-06", ANSWER_DISSATISFIED);
	task.visit_count = 1;
	task.excluded_at = instant("2026-04-10");
	judgement = march(&task);
	assert_int_equal(judgement.sets, SET_EXCLUDED | SET_PRESENT);
	for (int measure = 0; measure < MEASURES; measure++) {
		assert_int_equal(in(judgement, (enum measure)measure, PART_NUM),
			measure == MEASURE_EXCLUSION);
		assert_int_equal(in(judgement, (enum measure)measure, PART_DEN),
			measure == MEASURE_EXCLUSION);
	}
	assert_why(judgement, SATISFACTION, "E14");
	/* Not mature in the month: in no share of it, and not within limit either. */
	task = task_of("2026-04-20", NULL);
	task.excluded_at = instant("2026-03-20");
	assert_int_equal(march(&task).sets, SET_PRESENT);
	/* Overdue from before: O, not B, so in no share either. */
	task = task_of("2026-02-20", NULL);
	task.excluded_at = instant("2026-03-20");
	assert_int_equal(march(&task).sets, SET_PRESENT);
}

static void e15_excluded_after_the_freeze_leaves_the_frozen_month(void **state)
{
	struct task_fact task = task_of("2026-03-10", NULL);

	(void)state;
	task.excluded_at = instant("2026-04-10") + 1;
	assert_true(has(march(&task), SET_N3));
	assert_int_equal(april(&task).sets, SET_PRESENT);
}

static void e16_unreachable_is_never_satisfied_by_default(void **state)
{
	struct visit_fact visit[3] = { 0 };
	struct task_fact task = visited(visit, 3);

	(void)state;
	for (int i = 0; i < 3; i++)
		visit_on(&visit[i], "2026-03-07", ANSWER_NONE);
	assert_true(has(march(&task), SET_ELIGIBLE | SET_UNANSWERED));
	assert_false((march(&task).sets & (SET_ANSWERED | SET_SATISFIED)) != 0);
	assert_why(march(&task), SATISFACTION, "E16");
	task.visit_count = 0;
	assert_true(has(march(&task), SET_ELIGIBLE | SET_UNANSWERED));
	assert_why(march(&task), SATISFACTION, "unvisited");
}

static void e18_answering_only_the_contact_question_is_no_answer_on_satisfaction(void **state)
{
	struct visit_fact visit = { .at = instant("2026-03-07"), .reached = true };
	struct task_fact task = visited(&visit, 1);

	(void)state;
	assert_true(has(march(&task), SET_UNANSWERED));
	assert_why(march(&task), SATISFACTION, "E18");
}

static void e19_levels_follow_the_profile_and_neutral_is_an_answer_not_satisfied(void **state)
{
	static const uint64_t expected[ANSWER_LEVELS] = {
		[ANSWER_VERY_SATISFIED] =
			SET_ANSWERED | SET_SATISFIED | SET_STRICT | SET_FIRST_SATISFIED,
		[ANSWER_SATISFIED] =
			SET_ANSWERED | SET_SATISFIED | SET_STRICT | SET_FIRST_SATISFIED,
		[ANSWER_BASICALLY_SATISFIED] =
			SET_ANSWERED | SET_SATISFIED | SET_FIRST_SATISFIED,
		[ANSWER_NEUTRAL] = SET_ANSWERED,
		[ANSWER_DISSATISFIED] = SET_ANSWERED,
		[ANSWER_VERY_DISSATISFIED] = SET_ANSWERED,
	};
	struct rule_set rules = rule_set_shipped;
	struct period period = period_of(MARCH, "2026-04-10");
	struct visit_fact visit = { 0 };
	struct task_fact task = visited(&visit, 1);

	(void)state;
	for (int level = ANSWER_VERY_SATISFIED; level < ANSWER_LEVELS; level++) {
		visit_on(&visit, "2026-03-07", (enum answer_level)level);
		assert_int_equal(march(&task).sets,
			expected[level] | SET_ELIGIBLE | SET_PRESENT | SET_N1 |
				SET_ORIGINAL_BASE | SET_ORIGINAL_KEPT | SET_ATTEMPTED |
				SET_CLOSED);
	}
	visit_on(&visit, "2026-03-07", ANSWER_NEUTRAL);
	assert_why(march(&task), SATISFACTION, "E19");
	rules.satisfied_levels |= 1u << ANSWER_NEUTRAL;
	assert_true(has(task_judge(&task, &period, &rules), SET_SATISFIED));
	rules.satisfied_levels = 1u << ANSWER_VERY_SATISFIED;
	visit_on(&visit, "2026-03-07", ANSWER_BASICALLY_SATISFIED);
	assert_false(has(task_judge(&task, &period, &rules), SET_SATISFIED));
}

static void e20_the_result_decides_and_a_task_stands_in_one_column(void **state)
{
	/* Attitude is no input at all; the result was not satisfying. */
	struct visit_fact visit = { 0 };
	struct task_fact task = visited(&visit, 1);

	(void)state;
	visit_on(&visit, "2026-03-07", ANSWER_DISSATISFIED);
	assert_true(in(march(&task), MEASURE_SATISFACTION, PART_DEN));
	assert_false(in(march(&task), MEASURE_SATISFACTION, PART_NUM));
	assert_false(in(march(&task), MEASURE_SATISFACTION, PART_OUT));
	assert_why(march(&task), SATISFACTION, "E");
}

static void e21_dissatisfied_with_policy_stays_until_excluded_by_decision(void **state)
{
	struct visit_fact visit = { 0 };
	struct task_fact task = visited(&visit, 1);

	(void)state;
	visit_on(&visit, "2026-03-07", ANSWER_VERY_DISSATISFIED);
	assert_true(in(march(&task), MEASURE_SATISFACTION, PART_DEN));
	task.excluded_at = instant("2026-04-01");
	assert_false(in(march(&task), MEASURE_SATISFACTION, PART_DEN));
}

static void e22_redo_then_satisfied_counts_while_the_first_answer_keeps_the_truth(void **state)
{
	struct visit_fact visit[2] = { 0 };
	struct task_fact task = visited(visit, 2);
	struct period period = period_of(MARCH, "2026-04-10");

	(void)state;
	/* Stored in any order. */
	visit_on(&visit[1], "2026-03-07", ANSWER_DISSATISFIED);
	visit_on(&visit[0], "2026-03-20", ANSWER_SATISFIED);
	assert_true(has(march(&task), SET_SATISFIED | SET_STRICT));
	assert_false(has(march(&task), SET_FIRST_SATISFIED));
	assert_why(march(&task), SATISFACTION, "E22");
	/* Frozen before the second answer: it is not known. */
	period.freeze = instant("2026-03-20");
	assert_false(has(task_judge(&task, &period, &rule_set_shipped), SET_SATISFIED));
	/* And the other way round. */
	visit_on(&visit[0], "2026-03-06", ANSWER_SATISFIED);
	assert_false(has(march(&task), SET_SATISFIED));
	assert_true(has(march(&task), SET_FIRST_SATISFIED));
}

static void e23_while_a_redo_runs_the_first_answer_counts(void **state)
{
	struct visit_fact visit[2] = { 0 };
	struct task_fact task = visited(visit, 2);

	(void)state;
	visit_on(&visit[0], "2026-03-07", ANSWER_DISSATISFIED);
	visit_on(&visit[1], "2026-03-20", ANSWER_SATISFIED);
	task.redo_running = true;
	assert_true(has(march(&task), SET_ANSWERED | SET_N1));
	assert_false(has(march(&task), SET_SATISFIED));
	assert_why(march(&task), SATISFACTION, "E23");
	task.redo_running = false;
	assert_true(has(march(&task), SET_SATISFIED));
}

static void an_answer_before_the_close_counts_for_nothing(void **state)
{
	struct visit_fact visit = { .at = instant("2026-03-05 09:59:59"), .reached = true,
				    .result = ANSWER_SATISFIED };
	struct task_fact task = visited(&visit, 1);

	(void)state;
	assert_true(has(march(&task), SET_UNANSWERED));
	visit.at = task.closed_at;
	assert_true(has(march(&task), SET_SATISFIED));
}

static void e26_a_merged_child_is_no_task_of_its_own(void **state)
{
	struct task_fact task = task_of("2026-03-10", NULL);

	(void)state;
	task.left = LEFT_MERGED;
	task.left_at = instant("2026-03-03");
	assert_int_equal(march(&task).sets, SET_PRESENT);
	assert_why(march(&task), COMPLETION, "E26");
	/* Taken apart again: as if it had never been merged. */
	task.left = LEFT_NOT;
	assert_true(has(march(&task), SET_N3));
}

static void e31_praise_and_suggestion_count_for_completion_only(void **state)
{
	static const enum content_class contents[] = { CONTENT_PRAISE, CONTENT_SUGGESTION };
	struct visit_fact visit = { 0 };
	struct task_fact task = visited(visit_on(&visit, "2026-03-07", ANSWER_SATISFIED), 1);

	(void)state;
	for (size_t i = 0; i < array_count(contents); i++) {
		task.content = contents[i];
		assert_true(in(march(&task), MEASURE_COMPLETION, PART_NUM));
		assert_true(in(march(&task), MEASURE_VISIT_COVERAGE, PART_OUT));
		assert_false(has(march(&task), SET_ANSWERED));
		assert_why(march(&task), SATISFACTION, "E31");
	}
}

static void e32_e35_who_cannot_be_visited_counts_for_completion_only(void **state)
{
	static const struct {
		enum visit_bar bar;
		const char *why;
	} cases[] = {
		{ VISIT_ANONYMOUS, "E32" }, { VISIT_LEGAL_PROCEDURE, "E35" },
		{ VISIT_NO_CONTACT, "no_contact" }, { VISIT_NOT_WANTED, "not_wanted" },
	};
	struct visit_fact visit = { 0 };
	struct task_fact task = visited(visit_on(&visit, "2026-03-07", ANSWER_SATISFIED), 1);

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		task.visit_bar = cases[i].bar;
		assert_true(has(march(&task), SET_N1));
		assert_false(has(march(&task), SET_ELIGIBLE));
		assert_why(march(&task), SATISFACTION, cases[i].why);
	}
}

static void e33_on_account_is_out_from_the_decision_and_not_before(void **state)
{
	struct task_fact task = task_of("2026-03-10", NULL);

	(void)state;
	task.left = LEFT_ON_ACCOUNT;
	task.left_at = instant("2026-04-02");
	assert_true(has(march(&task), SET_N3));
	assert_int_equal(april(&task).sets, SET_PRESENT);
	assert_why(april(&task), COMPLETION, "E33");
}

static void e37_a_small_base_is_not_ranked_until_pooled(void **state)
{
	struct tally tally = { .rate = { { 9, 10 } } };
	struct tally other = { .rate = { { 5, 9 } } };

	(void)state;
	tally_merge(&tally, &other);
	assert_false(rate_may_rank(tally.rate[0], RATE_RANK_LEAST));
	other.rate[0] = (struct rate){ 0, 1 };
	tally_merge(&tally, &other);
	assert_true(rate_may_rank(tally.rate[0], RATE_RANK_LEAST));
}

static void e47_a_district_rate_is_the_sum_never_the_mean(void **state)
{
	struct tally district = { .rate = { { 1, 1 } } };
	struct tally other = { .rate = { { 0, 99 } } };
	char text[RATE_TEXT_BYTES];

	(void)state;
	tally_merge(&district, &other);
	assert_string_equal(rate_text(district.rate[0], 90, text, sizeof(text)), "1.00");
}

/* --- The period --- */

static void while_the_month_runs_its_end_is_now_without_the_instant_itself(void **state)
{
	struct period period = period_of(MARCH, "2026-03-10 12:00:00");
	struct task_fact task = task_of("2026-03-20", NULL);

	(void)state;
	period.freeze = 0;
	assert_int_equal(task_judge(&task, &period, &rule_set_shipped).sets,
		SET_WITHIN | SET_PRESENT);
	task.closed_at = period.now;
	assert_true(has(task_judge(&task, &period, &rule_set_shipped), SET_WITHIN));
	task.closed_at = period.now - 1;
	assert_true(has(task_judge(&task, &period, &rule_set_shipped), SET_N1));
	task.dispatched_at = period.now;
	assert_int_equal(task_judge(&task, &period, &rule_set_shipped).sets, 0);
}

static void while_the_month_runs_the_due_second_is_not_overdue(void **state)
{
	struct period period = period_of(MARCH, "2026-03-10");
	struct task_fact task = task_of("2026-03-10", NULL);

	(void)state;
	period.freeze = 0;
	period.now = task.due + 999999;
	assert_true(has(task_judge(&task, &period, &rule_set_shipped), SET_WITHIN));
	period.now = task.due + 1000000;
	assert_true(has(task_judge(&task, &period, &rule_set_shipped), SET_N3));
}

static void a_month_not_yet_begun_is_empty(void **state)
{
	struct period period = period_of("2026-05", "2026-04-10");
	struct task_fact task = task_of("2026-03-10", NULL);

	(void)state;
	period.freeze = 0;
	assert_int_equal(task_judge(&task, &period, &rule_set_shipped).sets, 0);
	period.now = period.t0;
	assert_int_equal(task_judge(&task, &period, &rule_set_shipped).sets, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(e1_not_yet_due_and_open_is_only_within_limit),
		cmocka_unit_test(e2_closed_early_counts_in_the_month_of_closure),
		cmocka_unit_test(
			e3_late_and_closed_in_the_same_month_is_complete_but_not_on_time),
		cmocka_unit_test(e4_a_task_never_closed_weighs_on_every_later_completion),
		cmocka_unit_test(
			e5_due_on_the_last_day_belongs_to_its_month_until_its_last_second),
		cmocka_unit_test(e6_the_submit_time_decides_however_late_the_review),
		cmocka_unit_test(
			e9_an_accepted_return_leaves_the_base_even_when_it_was_overdue),
		cmocka_unit_test(e12_withdrawn_before_sign_is_out_of_every_base),
		cmocka_unit_test(e12_withdrawn_after_sign_is_out_only_with_a_recording),
		cmocka_unit_test(e13_a_withdrawal_does_not_take_back_a_dissatisfied_answer),
		cmocka_unit_test(e14_excluded_is_out_of_everything_but_the_exclusion_share),
		cmocka_unit_test(e15_excluded_after_the_freeze_leaves_the_frozen_month),
		cmocka_unit_test(e16_unreachable_is_never_satisfied_by_default),
		cmocka_unit_test(
			e18_answering_only_the_contact_question_is_no_answer_on_satisfaction),
		cmocka_unit_test(
			e19_levels_follow_the_profile_and_neutral_is_an_answer_not_satisfied),
		cmocka_unit_test(e20_the_result_decides_and_a_task_stands_in_one_column),
		cmocka_unit_test(e21_dissatisfied_with_policy_stays_until_excluded_by_decision),
		cmocka_unit_test(
			e22_redo_then_satisfied_counts_while_the_first_answer_keeps_the_truth),
		cmocka_unit_test(e23_while_a_redo_runs_the_first_answer_counts),
		cmocka_unit_test(an_answer_before_the_close_counts_for_nothing),
		cmocka_unit_test(e26_a_merged_child_is_no_task_of_its_own),
		cmocka_unit_test(e31_praise_and_suggestion_count_for_completion_only),
		cmocka_unit_test(e32_e35_who_cannot_be_visited_counts_for_completion_only),
		cmocka_unit_test(e33_on_account_is_out_from_the_decision_and_not_before),
		cmocka_unit_test(e37_a_small_base_is_not_ranked_until_pooled),
		cmocka_unit_test(e47_a_district_rate_is_the_sum_never_the_mean),
		cmocka_unit_test(
			while_the_month_runs_its_end_is_now_without_the_instant_itself),
		cmocka_unit_test(while_the_month_runs_the_due_second_is_not_overdue),
		cmocka_unit_test(a_month_not_yet_begun_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
