/*
 * One task at a time by the definitions: the worked example of a unit's March, the edges of
 * leaving, steps and answers, and the text of a rate.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "verify/measure.h"

#define DAY INT64_C(86400000000)
#define SECOND INT64_C(1000000)

static const struct rules rules = {
	.target = 90, .satisfied = 1u << 1 | 1u << 2 | 1u << 3, .strict = 1u << 1 | 1u << 2,
	.unrated = 1u << 4 | 1u << 5,
};
enum { SATISFIED = 2, BASICALLY = 3, DISSATISFIED = 5 };

/* A day of 2026 at UTC+8 at that many seconds; due times are last seconds. */
static int64_t on(int month, int day, int64_t seconds)
{
	return month_begin(2026, month) + (day - 1) * DAY + seconds * SECOND;
}

static int64_t due_on(int month, int day)
{
	return on(month, day, 86399);
}

static struct month march(void)
{
	return (struct month){
		.t0 = month_begin(2026, 3), .t1 = month_begin(2026, 4), .freeze = on(4, 10, 0),
	};
}

static struct task task_of(int64_t due, int64_t closed)
{
	return (struct task){
		.is_lead = true, .content = 1, .dispatched_at = on(2, 1, 0),
		.signed_at = on(2, 2, 0), .due = due, .closed_at = closed,
	};
}

static struct tally count_of(const struct task *task)
{
	struct month month = march();
	struct tally tally = { 0 };

	task_count(task, &month, &rules, &tally);
	return tally;
}

#define assert_counts(tally, measure, num_, den_) do { \
	assert_int_equal((tally).num[measure], num_); \
	assert_int_equal((tally).den[measure], den_); \
} while (0)

static void march_of_unit_a_comes_out_as_worked_by_hand(void **state)
{
	struct task t[16] = { 0 };
	struct tally sum = { 0 };
	struct month month = march();

	(void)state;
	t[1] = task_of(due_on(3, 5), on(3, 4, 9));
	answers_add(&t[1].result, on(3, 5, 0), SATISFIED);
	t[2] = task_of(due_on(3, 6), on(3, 6, 9));
	answers_add(&t[2].result, on(3, 7, 0), BASICALLY);
	t[3] = task_of(due_on(3, 10), on(3, 12, 9));
	answers_add(&t[3].result, on(3, 13, 0), DISSATISFIED);
	t[4] = task_of(due_on(3, 20), 0);
	t[5] = task_of(due_on(4, 3), on(3, 30, 9));
	t[5].was_visited = true;
	t[6] = task_of(due_on(4, 3), 0);
	t[7] = task_of(due_on(2, 25), on(3, 2, 9));
	t[7].is_barred = true;
	t[8] = task_of(due_on(2, 20), 0);
	t[9] = task_of(due_on(3, 15), 0);
	t[9].left = LEFT_RETURNED;
	t[9].left_at = on(3, 11, 9);
	t[10] = task_of(due_on(4, 8), 0);
	t[10].original_due = due_on(3, 18);
	t[10].is_extended = true;
	t[11] = task_of(due_on(3, 25), 0);
	t[11].excluded_at = on(4, 5, 0);
	t[12] = task_of(due_on(3, 31), on(3, 31, 86340));
	answers_add(&t[12].result, on(4, 2, 0), DISSATISFIED);
	answers_add(&t[12].result, on(4, 9, 0), SATISFIED);
	t[13] = task_of(due_on(3, 31), 0);
	t[14] = task_of(due_on(3, 31), 0);
	t[14].left = LEFT_MERGED;
	t[14].left_at = on(3, 1, 0);
	t[15] = task_of(due_on(3, 12), on(3, 20, 0));
	t[15].is_lead = false;
	for (int i = 1; i < 16; i++)
		task_count(&t[i], &month, &rules, &sum);
	assert_counts(sum, ON_TIME, 4, 7);
	assert_counts(sum, COMPLETION, 6, 9);
	assert_counts(sum, SATISFACTION, 3, 4);
	assert_counts(sum, SATISFACTION_STRICT, 2, 4);
	assert_counts(sum, SATISFACTION_FIRST, 2, 4);
	assert_counts(sum, VISIT_COVERAGE, 4, 5);
	assert_counts(sum, SATISFACTION_LOW, 3, 5);
	assert_counts(sum, SATISFACTION_HIGH, 4, 5);
	assert_counts(sum, EXCLUSION, 1, 8);
	assert_counts(sum, ORIGINAL_LIMIT, 4, 8);
	assert_counts(sum, EXTENSION, 0, 7);
	assert_counts(sum, OVERDUE_STOCK, 3, 0);
	assert_counts(sum, WITHIN_LIMIT, 2, 0);
}

static void the_due_second_itself_is_in_time(void **state)
{
	struct task task = task_of(due_on(3, 10), due_on(3, 10) + 999999);

	(void)state;
	assert_counts(count_of(&task), ON_TIME, 1, 1);
	task.closed_at++;
	assert_counts(count_of(&task), ON_TIME, 0, 1);
	assert_counts(count_of(&task), COMPLETION, 1, 1);
}

static void a_withdrawal_counts_by_the_signature_and_the_recording(void **state)
{
	struct task task = task_of(due_on(3, 10), 0);

	(void)state;
	task.left = LEFT_WITHDRAWN;
	task.left_at = on(3, 5, 0);
	assert_counts(count_of(&task), ON_TIME, 1, 1);
	assert_counts(count_of(&task), VISIT_COVERAGE, 0, 0);
	task.left_at = on(3, 15, 0);
	assert_counts(count_of(&task), ON_TIME, 0, 1);
	assert_counts(count_of(&task), COMPLETION, 1, 1);
	task.is_recorded = true;
	assert_counts(count_of(&task), COMPLETION, 0, 0);
	task.is_recorded = false;
	task.signed_at = 0;
	assert_counts(count_of(&task), COMPLETION, 0, 0);
}

static void what_was_decided_after_the_freeze_is_not_known(void **state)
{
	struct task task = task_of(due_on(3, 10), 0);

	(void)state;
	task.left = LEFT_RETURNED;
	task.left_at = on(4, 10, 0) + 1;
	assert_counts(count_of(&task), COMPLETION, 0, 1);
	task.left_at--;
	assert_counts(count_of(&task), COMPLETION, 0, 0);
	task.left = LEFT_NOT;
	task.excluded_at = on(4, 10, 0) + 1;
	assert_counts(count_of(&task), COMPLETION, 0, 1);
	task.excluded_at--;
	assert_counts(count_of(&task), COMPLETION, 0, 0);
}

static void on_account_is_out_from_the_decision_and_a_closed_task_did_not_leave(void **state)
{
	struct task task = task_of(due_on(3, 10), 0);

	(void)state;
	task.left = LEFT_ON_ACCOUNT;
	task.left_at = on(4, 2, 0);
	assert_counts(count_of(&task), COMPLETION, 0, 1);
	task.left_at = on(3, 31, 0);
	assert_counts(count_of(&task), COMPLETION, 0, 0);
	task.closed_at = on(3, 5, 0);
	assert_counts(count_of(&task), COMPLETION, 1, 1);
}

static void a_step_counts_where_it_matures(void **state)
{
	struct task task = task_of(due_on(4, 10), 0);

	(void)state;
	task.sign_due = due_on(3, 31);
	task.signed_at = on(4, 2, 0);
	assert_counts(count_of(&task), SIGN_ON_TIME, 0, 1);
	task.signed_at = on(3, 30, 0);
	assert_counts(count_of(&task), SIGN_ON_TIME, 1, 1);
	task.signed_at = on(2, 28, 0);
	assert_counts(count_of(&task), SIGN_ON_TIME, 0, 0);
	task.signed_at = 0;
	task.sign_due = due_on(4, 5);
	assert_counts(count_of(&task), SIGN_ON_TIME, 0, 0);
	task.closed_at = on(3, 20, 0);
	assert_counts(count_of(&task), SIGN_ON_TIME, 0, 1);
	task.sign_due = 0;
	assert_counts(count_of(&task), SIGN_ON_TIME, 0, 0);
	/* Called in time, though after the close, which ended the limit in its own month. */
	task.contact_due = due_on(4, 5);
	task.contacted_at = on(4, 3, 0);
	assert_counts(count_of(&task), CONTACT_ON_TIME, 1, 1);
	/* A withdrawal that no recording confirms counts as a close here, too. */
	task.closed_at = task.contacted_at = 0;
	task.signed_at = on(3, 2, 0);
	task.left = LEFT_WITHDRAWN;
	task.left_at = on(3, 12, 0);
	assert_counts(count_of(&task), CONTACT_ON_TIME, 0, 1);
	assert_counts(count_of(&task), RECOMPLAINT, 0, 0);
}

static void returns_count_for_who_received_the_task_whatever_became_of_it(void **state)
{
	struct task task = task_of(due_on(4, 10), 0);

	(void)state;
	task.dispatched_at = on(3, 3, 0);
	task.left = LEFT_RETURNED;
	task.left_at = on(3, 4, 0);
	task.was_return_asked = task.was_return_refused = true;
	assert_counts(count_of(&task), RETURNED, 1, 1);
	assert_counts(count_of(&task), RETURN_INVALID, 1, 1);
	task.left = LEFT_MERGED;
	assert_counts(count_of(&task), RETURNED, 0, 0);
	task.left = LEFT_NOT;
	task.excluded_at = on(3, 5, 0);
	assert_counts(count_of(&task), RETURNED, 0, 0);
}

static void each_question_has_its_own_base_and_a_redo_keeps_the_first_answer(void **state)
{
	struct task task = task_of(due_on(3, 10), on(3, 5, 0));

	(void)state;
	answers_add(&task.solved, on(3, 6, 0), ANSWERED_YES);
	answers_add(&task.contacted, on(3, 6, 0), ANSWERED_NO);
	assert_counts(count_of(&task), SOLVED, 1, 1);
	assert_counts(count_of(&task), CONTACTED, 0, 1);
	assert_counts(count_of(&task), SATISFACTION, 0, 0);
	assert_counts(count_of(&task), DOUBLE_YES, 0, 0);
	answers_add(&task.result, on(3, 7, 0), SATISFIED);
	assert_counts(count_of(&task), DOUBLE_YES, 1, 1);
	/* Of two at one moment the later row is the later answer. */
	answers_add(&task.solved, on(3, 6, 0), ANSWERED_PARTLY);
	assert_counts(count_of(&task), SOLVED, 0, 1);
	task.is_redo_running = true;
	assert_counts(count_of(&task), SOLVED, 1, 1);
}

static void a_rate_is_rounded_half_up_and_never_shows_a_missed_target(void **state)
{
	static const struct {
		uint64_t num, den, target;
		const char *text;
	} cases[] = {
		{ 0, 0, 90, "-" }, { 0, 3, 90, "0.00" }, { 3, 3, 90, "100.00" },
		{ 2, 3, 90, "66.67" }, { 1, 8, 90, "12.50" }, { 1, 800, 90, "0.13" },
		{ 9, 10, 90, "90.00" }, { 8999, 10000, 90, "89.99" },
		{ 89994, 100000, 90, "89.99" }, { 89996, 100000, 90, "89.996" },
		{ 17999, 20000, 90, "89.995" }, { 899999999, 1000000000, 90, "89.9999999" },
		{ 99999, 100000, 100, "99.999" }, { 5, 6, 85, "83.33" },
	};
	char text[RATE_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(cases[i].text,
			rate_write(cases[i].num, cases[i].den, cases[i].target, text));
	assert_true(rate_meets(9, 10, 90));
	assert_false(rate_meets(8999, 10000, 90));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(march_of_unit_a_comes_out_as_worked_by_hand),
		cmocka_unit_test(the_due_second_itself_is_in_time),
		cmocka_unit_test(a_withdrawal_counts_by_the_signature_and_the_recording),
		cmocka_unit_test(what_was_decided_after_the_freeze_is_not_known),
		cmocka_unit_test(
			on_account_is_out_from_the_decision_and_a_closed_task_did_not_leave),
		cmocka_unit_test(a_step_counts_where_it_matures),
		cmocka_unit_test(returns_count_for_who_received_the_task_whatever_became_of_it),
		cmocka_unit_test(
			each_question_has_its_own_base_and_a_redo_keeps_the_first_answer),
		cmocka_unit_test(a_rate_is_rounded_half_up_and_never_shows_a_missed_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
