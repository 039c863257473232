/*
 * When a caller is called again, asked by SMS, and given up, by cases on the shipped calendar
 * of 2026 (Monday to Friday 09:00-12:00 and 13:30-17:30; 2 March is a Monday).
 */
#include "rules_fixture.h"

#include "rules/visit_plan.h"

static const char closed_at[] = "2026-03-02 10:00:00";

static int setup(void **state)
{
	*state = calendar_shipped();
	return 0;
}

static int teardown(void **state)
{
	calendar_free(*state);
	return 0;
}

struct plan_case {
	const char *since;
	const char *failed[5];	/* calls that reached nobody */
	enum visit_next next;
	const char *not_before;	/* NULL: 0 */
};

static struct visit_plan plan_of(const struct calendar *calendar, const struct plan_case *c)
{
	struct visit_attempt attempts[5];
	size_t n = 0;

	while (n < array_count(attempts) && c->failed[n] != NULL) {
		attempts[n] = (struct visit_attempt){ .at = instant(c->failed[n]) };
		n++;
	}
	return visit_plan(calendar, instant(c->since), attempts, n, 0,
		instant("2026-06-01 10:00:00"));
}

static void check_plans(const struct calendar *calendar, const struct plan_case *cases,
	size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct visit_plan plan = plan_of(calendar, &cases[i]);
		int64_t expected = cases[i].not_before != NULL ?
			instant(cases[i].not_before) : 0;
		uint32_t failed = 0;

		while (failed < 5 && cases[i].failed[failed] != NULL)
			failed++;
		if (plan.next != cases[i].next || plan.not_before != expected)
			fail_msg("case %zu: next %d, %lld s after what was expected", i,
				(int)plan.next,
				(long long)((plan.not_before - expected) / CALENDAR_SECOND));
		assert_int_equal(plan.failed, failed);
		assert_int_equal(plan.asked_until, 0);
	}
}

static void the_first_call_may_be_made_when_the_visit_falls_due_but_not_at_night(void **state)
{
	const struct plan_case cases[] = {
		{ closed_at, { NULL }, VISIT_CALL, closed_at },
		{ "2026-03-03 00:00:00", { NULL }, VISIT_CALL, "2026-03-03 08:00:00" },
		{ "2026-03-03 08:00:00", { NULL }, VISIT_CALL, "2026-03-03 08:00:00" },
		{ "2026-03-03 20:59:59", { NULL }, VISIT_CALL, "2026-03-03 20:59:59" },
		{ "2026-03-03 21:00:00", { NULL }, VISIT_CALL, "2026-03-04 08:00:00" },
		{ "2026-03-07 12:00:00", { NULL }, VISIT_CALL, "2026-03-07 12:00:00" },
	};

	check_plans(*state, cases, array_count(cases));
}

static void two_calls_are_at_least_two_hours_apart(void **state)
{
	const struct plan_case cases[] = {
		{ closed_at, { "2026-03-02 11:00:00" }, VISIT_CALL, "2026-03-02 13:00:00" },
		{ closed_at, { "2026-03-02 18:59:00" }, VISIT_CALL, "2026-03-02 20:59:00" },
		{ closed_at, { "2026-03-02 19:00:00" }, VISIT_CALL, "2026-03-03 08:00:00" },
		{ closed_at, { "2026-03-02 18:00:00", "2026-03-03 10:00:00" }, VISIT_CALL,
		  "2026-03-03 12:00:00" },
	};

	check_plans(*state, cases, array_count(cases));
}

static void the_third_call_differs_in_day_and_hours_if_the_others_did_not(void **state)
{
	const struct plan_case cases[] = {
		/* One day, one of the two in the evening. */
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-02 18:00:00" }, VISIT_CALL,
		  "2026-03-03 08:00:00" },
		/* One day, both in hours: the morning is out of hours. */
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-02 15:00:00" },
		  VISIT_CALL_OUT_OF_HOURS, "2026-03-03 08:00:00" },
		/* Two days, both in hours: lunch, the evening, the weekend are out of hours. */
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-03 09:30:00" },
		  VISIT_CALL_OUT_OF_HOURS, "2026-03-03 12:00:00" },
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-03 12:00:00" }, VISIT_CALL,
		  "2026-03-03 14:00:00" },
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-03 14:00:00" },
		  VISIT_CALL_OUT_OF_HOURS, "2026-03-03 17:30:00" },
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-03 17:00:00" },
		  VISIT_CALL_OUT_OF_HOURS, "2026-03-03 19:00:00" },
		{ closed_at, { "2026-03-06 11:00:00", "2026-03-06 17:00:00" },
		  VISIT_CALL_OUT_OF_HOURS, "2026-03-07 08:00:00" },
		/* A day of rest is out of hours at any time. */
		{ closed_at, { "2026-03-07 11:00:00", "2026-03-09 11:00:00" }, VISIT_CALL,
		  "2026-03-09 13:00:00" },
		/* 10 October is a Saturday that is worked. */
		{ closed_at, { "2026-10-09 11:00:00", "2026-10-10 11:00:00" },
		  VISIT_CALL_OUT_OF_HOURS, "2026-10-10 13:00:00" },
	};

	check_plans(*state, cases, array_count(cases));
}

static void three_calls_on_one_day_or_all_in_hours_are_not_enough(void **state)
{
	const struct plan_case cases[] = {
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-02 15:00:00",
			       "2026-03-02 18:00:00" }, VISIT_CALL, "2026-03-03 08:00:00" },
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-02 15:00:00",
			       "2026-03-02 17:29:59" }, VISIT_CALL_OUT_OF_HOURS,
		  "2026-03-03 08:00:00" },
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-03 11:00:00",
			       "2026-03-04 15:00:00" }, VISIT_CALL_OUT_OF_HOURS,
		  "2026-03-04 17:30:00" },
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-03 11:00:00",
			       "2026-03-04 15:00:00", "2026-03-04 17:00:00" },
		  VISIT_CALL_OUT_OF_HOURS, "2026-03-04 19:00:00" },
	};

	check_plans(*state, cases, array_count(cases));
}

static void after_three_calls_on_two_days_one_out_of_hours_an_sms_is_sent(void **state)
{
	const struct plan_case cases[] = {
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-02 15:00:00",
			       "2026-03-03 08:00:00" }, VISIT_SEND_SMS, NULL },
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-03 11:00:00",
			       "2026-03-03 17:30:00" }, VISIT_SEND_SMS, NULL },
		{ closed_at, { "2026-03-02 12:00:00", "2026-03-03 11:00:00",
			       "2026-03-04 11:00:00" }, VISIT_SEND_SMS, NULL },
		{ closed_at, { "2026-03-06 11:00:00", "2026-03-06 14:00:00",
			       "2026-03-07 11:00:00" }, VISIT_SEND_SMS, NULL },
		{ closed_at, { "2026-03-02 11:00:00", "2026-03-02 15:00:00",
			       "2026-03-02 18:00:00", "2026-03-03 10:00:00" },
		  VISIT_SEND_SMS, NULL },
	};

	check_plans(*state, cases, array_count(cases));
}

static const struct visit_attempt failed_calls[3] = {
	/* 2026-03-02 03:00, 07:00 and 2026-03-03 00:00 UTC: 11:00, 15:00 and 08:00 */
	{ INT64_C(1772420400) * CALENDAR_SECOND, false },
	{ INT64_C(1772434800) * CALENDAR_SECOND, false },
	{ INT64_C(1772496000) * CALENDAR_SECOND, false },
};

static void nobody_is_unreachable_before_the_sms_was_open_for_three_days(void **state)
{
	int64_t since = instant(closed_at);
	int64_t asked_at = instant("2026-03-03 08:05:00");
	int64_t until = instant("2026-03-06 08:05:00");
	struct visit_plan plan;

	assert_int_equal(failed_calls[0].at, instant("2026-03-02 11:00:00"));
	assert_int_equal(failed_calls[2].at, instant("2026-03-03 08:00:00"));
	plan = visit_plan(*state, since, failed_calls, 3, 0, asked_at);
	assert_int_equal(plan.next, VISIT_SEND_SMS);
	assert_int_equal(plan.asked_until, 0);
	plan = visit_plan(*state, since, failed_calls, 3, asked_at, asked_at);
	assert_int_equal(plan.next, VISIT_AWAIT_SMS);
	assert_int_equal(plan.asked_until, until);
	assert_int_equal(plan.not_before, 0);
	assert_int_equal(plan.failed, 3);
	plan = visit_plan(*state, since, failed_calls, 3, asked_at, until);
	assert_int_equal(plan.next, VISIT_AWAIT_SMS);
	plan = visit_plan(*state, since, failed_calls, 3, asked_at, until + 1);
	assert_int_equal(plan.next, VISIT_UNREACHABLE);
	assert_int_equal(plan.asked_until, until);
	assert_int_equal(plan.failed, 3);
	/* An SMS that went out earlier, by hand, is waited for all the same. */
	plan = visit_plan(*state, since, failed_calls, 1, asked_at, until);
	assert_int_equal(plan.next, VISIT_AWAIT_SMS);
	assert_int_equal(plan.failed, 1);
}

static void whoever_was_reached_is_not_called_again_whatever_was_answered(void **state)
{
	int64_t since = instant(closed_at);
	int64_t now = instant("2026-06-01");

	for (size_t n = 1; n <= 3; n++) {
		for (size_t reached = 0; reached < n; reached++) {
			struct visit_attempt calls[3];
			struct visit_plan plan;

			memcpy(calls, failed_calls, sizeof(calls));
			calls[reached].is_reached = true;
			plan = visit_plan(*state, since, calls, n, 0, now);
			assert_int_equal(plan.next, VISIT_DONE);
			assert_int_equal(plan.failed, n - 1);
			/* The answer to the SMS is an attempt that reached the caller. */
			plan = visit_plan(*state, since, calls, n, since, now);
			assert_int_equal(plan.next, VISIT_DONE);
			assert_int_equal(plan.not_before, 0);
			assert_int_equal(plan.asked_until, 0);
		}
	}
}

/* --- Calendars with unusual hours --- */

static struct calendar *calendar_with_hours(const char *text)
{
	struct work_week week = work_week_shipped();
	struct calendar *calendar;

	for (int day = MONDAY; day < WEEKDAYS; day++)
		assert_true(work_hours_parse(text, strlen(text), &week.day[day]));
	calendar = calendar_build(&week, NULL, 0, "test");
	assert_non_null(calendar);
	return calendar;
}

static void where_work_never_rests_a_call_out_of_hours_is_not_asked_for(void **state)
{
	static const char *const hours[] = {
		"00:00-24:00", "08:00-21:00", "00:00-12:00,12:00-24:00", "07:59-21:01",
	};

	(void)state;
	for (size_t i = 0; i < array_count(hours); i++) {
		struct calendar *calendar = calendar_with_hours(hours[i]);
		struct plan_case two = { closed_at, { "2026-03-02 11:00:00",
						      "2026-03-03 11:00:00" }, VISIT_CALL,
			"2026-03-03 13:00:00" };
		struct plan_case three = { closed_at, { "2026-03-02 11:00:00",
							"2026-03-03 11:00:00",
							"2026-03-03 13:00:00" },
			VISIT_SEND_SMS, NULL };

		check_plans(calendar, &two, 1);
		check_plans(calendar, &three, 1);
		calendar_free(calendar);
	}
}

static void a_call_out_of_hours_waits_for_the_first_gap_of_the_day(void **state)
{
	static const struct {
		const char *hours;
		const char *not_before;
	} cases[] = {
		{ "08:00-20:59", "2026-03-03 20:59:00" },
		{ "00:00-09:00,11:00-14:00,14:00-15:00,16:00-17:00", "2026-03-03 15:00:00" },
		{ "08:01-21:00", "2026-03-04 08:00:00" },
		{ "00:00-12:00,13:00-24:00", "2026-03-04 12:00:00" },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		struct calendar *calendar = calendar_with_hours(cases[i].hours);
		struct plan_case plan = { closed_at, { "2026-03-02 11:00:00",
						       "2026-03-03 11:30:00" },
			VISIT_CALL_OUT_OF_HOURS, cases[i].not_before };

		check_plans(calendar, &plan, 1);
		calendar_free(calendar);
	}
}

static void a_single_weekday_off_in_a_month_is_found(void **state)
{
	struct work_week week = work_week_shipped();
	struct calendar_row row = { .day = day_at("2026-04-02"), .kind = DAY_OFF,
				    .occasion = "x" };
	struct plan_case plan = { closed_at, { "2026-03-02 11:00:00", "2026-03-03 11:00:00" },
		VISIT_CALL_OUT_OF_HOURS, "2026-04-02 08:00:00" };
	struct calendar *calendar;

	(void)state;
	for (int day = MONDAY; day < WEEKDAYS; day++)
		assert_true(work_hours_parse("00:00-24:00", 11, &week.day[day]));
	calendar = calendar_build(&week, &row, 1, "test");
	assert_non_null(calendar);
	check_plans(calendar, &plan, 1);
	calendar_free(calendar);
	row.day++;
	plan.next = VISIT_CALL;
	plan.not_before = "2026-03-03 13:00:00";
	calendar = calendar_build(&week, &row, 1, "test");
	assert_non_null(calendar);
	check_plans(calendar, &plan, 1);
	calendar_free(calendar);
}

/* --- Whoever follows the plan --- */

static void calls_made_as_planned_come_to_an_sms_after_three(void **state)
{
	struct dice dice = { 2026 };

	for (int round = 0; round < 5000; round++) {
		int64_t since = instant("2026-01-01") +
			dice_roll(&dice, 300 * 86400) * CALENDAR_SECOND;
		struct visit_attempt attempts[VISIT_ATTEMPTS];
		struct visit_plan plan = { 0 };
		bool is_late_caller = dice_roll(&dice, 2) == 0;

		for (size_t n = 0; n < VISIT_ATTEMPTS; n++) {
			plan = visit_plan(*state, since, attempts, n, 0, since);
			assert_true(plan.next == VISIT_CALL ||
				plan.next == VISIT_CALL_OUT_OF_HOURS);
			attempts[n] = (struct visit_attempt){ .at = plan.not_before };
			if (is_late_caller && plan.next == VISIT_CALL)
				attempts[n].at += dice_roll(&dice, 3600) * CALENDAR_SECOND;
			assert_true(attempts[n].at >= since);
			assert_in_range(plan.not_before -
				day_start(day_of_instant(plan.not_before)),
				8 * 60 * CALENDAR_MINUTE,
				21 * 60 * CALENDAR_MINUTE - CALENDAR_SECOND);
			if (n > 0)
				assert_true(attempts[n].at - attempts[n - 1].at >=
					120 * CALENDAR_MINUTE);
		}
		plan = visit_plan(*state, since, attempts, VISIT_ATTEMPTS, 0, since);
		assert_int_equal(plan.next, VISIT_SEND_SMS);
		assert_true(day_of_instant(attempts[0].at) != day_of_instant(attempts[2].at));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_first_call_may_be_made_when_the_visit_falls_due_but_not_at_night),
		cmocka_unit_test(two_calls_are_at_least_two_hours_apart),
		cmocka_unit_test(the_third_call_differs_in_day_and_hours_if_the_others_did_not),
		cmocka_unit_test(three_calls_on_one_day_or_all_in_hours_are_not_enough),
		cmocka_unit_test(after_three_calls_on_two_days_one_out_of_hours_an_sms_is_sent),
		cmocka_unit_test(nobody_is_unreachable_before_the_sms_was_open_for_three_days),
		cmocka_unit_test(whoever_was_reached_is_not_called_again_whatever_was_answered),
		cmocka_unit_test(where_work_never_rests_a_call_out_of_hours_is_not_asked_for),
		cmocka_unit_test(a_call_out_of_hours_waits_for_the_first_gap_of_the_day),
		cmocka_unit_test(a_single_weekday_off_in_a_month_is_found),
		cmocka_unit_test(calls_made_as_planned_come_to_an_sms_after_three),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
