/* Which action is legal in which state, and what it does to a task. */
#include "events.h"
#include "rules/steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct task fresh_task(void)
{
	return (struct task){ .role = TASK_LEAD, .state = TASK_AWAITING_SIGN, .round = 1 };
}

static struct task closed_task(struct appeal *a)
{
	struct task t = fresh_task();

	task_sign(&t, 10);
	task_contact(&t, 20, true);
	task_complete(&t, 30);
	task_pass(&t, a);
	return t;
}

static struct visit answer(int result, int reason)
{
	return (struct visit){ .is_reached = true, .result = result, .reason = reason };
}

enum { SATISFIED = 1, NEUTRAL = 3, DISSATISFIED = 4 };
enum { NO_REASON = -1, REASON_RESULT = 0, REASON_SPEED = 2, REASON_POLICY = 3 };

static void the_first_contact_is_fixed_once(void **state)
{
	struct task t = fresh_task();

	(void)state;
	task_sign(&t, 10);
	task_contact(&t, 20, true);
	task_contact(&t, 25, true);
	assert_int_equal(t.state, TASK_IN_HAND);
	assert_int_equal(t.signed_at, 10);
	assert_int_equal(t.contacted_at, 20);
}

static void close_is_the_submit_time_of_the_first_submission_that_passed(void **state)
{
	struct appeal a = { .state = APPEAL_DISPATCHED };
	struct task t = fresh_task();

	(void)state;
	task_sign(&t, 10);
	task_complete(&t, 30);
	task_refuse(&t);
	assert_int_equal(t.state, TASK_IN_HAND);
	assert_int_equal(t.closed_at, 0);
	task_complete(&t, 50);
	task_pass(&t, &a);
	assert_int_equal(t.closed_at, 50);
	assert_int_equal(a.state, APPEAL_CLOSED);
}

static void a_redo_changes_neither_close_nor_due(void **state)
{
	struct appeal a = { .state = APPEAL_DISPATCHED };
	struct task t = closed_task(&a);

	(void)state;
	t.due = 99;
	task_redo(&t, &a, 200);
	assert_int_equal(t.state, TASK_IN_HAND);
	assert_int_equal(a.state, APPEAL_DISPATCHED);
	assert_int_equal(t.round, 2);
	assert_int_equal(t.redo_due, 200);
	assert_false(t.is_contacted);
	task_complete(&t, 150);
	task_pass(&t, &a);
	assert_int_equal(t.closed_at, 30);
	assert_int_equal(t.due, 99);
	assert_int_equal(t.redo_due, 0);
}

static void an_assist_does_not_close_the_appeal(void **state)
{
	struct appeal a = { .state = APPEAL_DISPATCHED };
	struct task t = fresh_task();

	(void)state;
	t.role = TASK_ASSIST;
	task_sign(&t, 10);
	task_complete(&t, 30);
	task_pass(&t, &a);
	assert_int_equal(t.state, TASK_CLOSED);
	assert_int_equal(a.state, APPEAL_DISPATCHED);
}

static void a_visit_before_the_close_moves_nothing(void **state)
{
	struct task t = fresh_task();
	struct visit v = answer(DISSATISFIED, REASON_RESULT);

	(void)state;
	assert_int_equal(visit_effect(&t, &v), VISIT_RECORDED);
	task_sign(&t, 10);
	task_complete(&t, 30);
	assert_int_equal(visit_effect(&t, &v), VISIT_RECORDED);
}

static void only_an_answer_moves_a_closed_task(void **state)
{
	struct appeal a = { .state = APPEAL_DISPATCHED };
	struct task t = closed_task(&a);
	struct visit unreached = { .result = -1, .reason = -1 };
	struct visit silent = answer(-1, NO_REASON);
	struct visit satisfied = answer(SATISFIED, NO_REASON);

	(void)state;
	assert_int_equal(visit_effect(&t, &unreached), VISIT_RECORDED);
	assert_int_equal(visit_effect(&t, &silent), VISIT_RECORDED);
	assert_int_equal(visit_effect(&t, &satisfied), VISIT_ANSWERED);
}

static void dissatisfaction_within_the_departments_power_asks_one_redo(void **state)
{
	struct appeal a = { .state = APPEAL_DISPATCHED };
	struct task t = closed_task(&a);
	struct visit speed = answer(DISSATISFIED, REASON_SPEED);
	struct visit policy = answer(DISSATISFIED, REASON_POLICY);
	struct visit neutral = answer(NEUTRAL, REASON_RESULT);
	struct visit unexplained = answer(DISSATISFIED, NO_REASON);

	(void)state;
	assert_int_equal(visit_effect(&t, &speed), VISIT_ASKS_REDO);
	assert_int_equal(visit_effect(&t, &policy), VISIT_ANSWERED);
	assert_int_equal(visit_effect(&t, &neutral), VISIT_ANSWERED);
	assert_int_equal(visit_effect(&t, &unexplained), VISIT_ANSWERED);
	t.round = ROUNDS_MAX;
	assert_int_equal(visit_effect(&t, &speed), VISIT_ASKS_ESCALATION);
	assert_int_equal(visit_effect(&t, &policy), VISIT_ANSWERED);
}

static void what_is_possible_is_what_is_legal(void **state)
{
	const char *names[TASK_ACTIONS + 1];

	(void)state;
	for (int s = TASK_AWAITING_SIGN; s <= TASK_WITHDRAWN; s++) {
		struct task t = { .state = (enum task_state)s, .role = TASK_LEAD, .round = 1 };
		size_t n = 0;
		steps_allowed(&t, names);
		for (int action = 0; action < TASK_ACTIONS; action++)
			if (step_is_legal(&t, (enum task_action)action))
				assert_string_equal(names[n++], task_action_names[action]);
		assert_null(names[n]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_contact_is_fixed_once),
		cmocka_unit_test(close_is_the_submit_time_of_the_first_submission_that_passed),
		cmocka_unit_test(a_redo_changes_neither_close_nor_due),
		cmocka_unit_test(an_assist_does_not_close_the_appeal),
		cmocka_unit_test(a_visit_before_the_close_moves_nothing),
		cmocka_unit_test(only_an_answer_moves_a_closed_task),
		cmocka_unit_test(dissatisfaction_within_the_departments_power_asks_one_redo),
		cmocka_unit_test(what_is_possible_is_what_is_legal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
