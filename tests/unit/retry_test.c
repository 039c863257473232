/* The retry schedule, its jitter, Retry-After, the breaker, and the signature's vector. */
#include "out/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "clock.h"
#include "out/breaker.h"
#include "out/signature.h"

static struct retry_schedule schedule_of(const char *text)
{
	struct retry_schedule schedule;

	assert_true(retry_schedule_parse(str_of(text), &schedule));
	return schedule;
}

static void a_schedule_is_a_list_of_seconds_from_zero(void **state)
{
	static const char *const bad[] = {
		"", ",", "5", "5,10", "0,", "0,,5", "0,x", "0,-5", "0,1.5", "0,604801", "0;5",
		"0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0",
	};
	struct retry_schedule schedule = schedule_of("0, 5,30");

	(void)state;
	assert_int_equal(schedule.n, 3);
	assert_int_equal(schedule.delay[0], 0);
	assert_int_equal(schedule.delay[1], 5 * CLOCK_SECOND);
	assert_int_equal(schedule.delay[2], 30 * CLOCK_SECOND);
	for (size_t i = 0; i < array_count(bad); i++)
		if (retry_schedule_parse(str_of(bad[i]), &schedule))
			fail_msg("`%s` is no schedule", bad[i]);
}

static void waits_follow_the_schedule_within_a_fifth(void **state)
{
	struct retry_schedule schedule = schedule_of("0,5,3600");
	int64_t least = INT64_MAX, most = 0;

	(void)state;
	for (uint32_t random = 0; random < 2000; random++) {
		int64_t wait = retry_wait(&schedule, 1, random, RETRY_NOT_ASKED);

		least = wait < least ? wait : least;
		most = wait > most ? wait : most;
	}
	assert_int_equal(least, 4 * CLOCK_SECOND);
	assert_int_equal(most, 6 * CLOCK_SECOND);
	assert_int_equal(retry_wait(&schedule, 0, 7, RETRY_NOT_ASKED), 0);
	assert_int_equal(retry_wait(&schedule, 2, 200, RETRY_NOT_ASKED), 3600 * CLOCK_SECOND);
}

static void after_the_last_wait_there_is_no_attempt(void **state)
{
	struct retry_schedule schedule = schedule_of("0,5");

	(void)state;
	assert_int_equal(retry_wait(&schedule, 2, 0, RETRY_NOT_ASKED), RETRY_EXHAUSTED);
	assert_int_equal(retry_wait(&schedule, 200, 0, 5), RETRY_EXHAUSTED);
}

static void what_is_asked_holds_between_plan_and_twice_the_plan_or_a_quarter_hour(void **state)
{
	struct retry_schedule schedule = schedule_of("0,5,3600");
	const uint32_t even = 200;	/* no jitter */

	(void)state;
	assert_int_equal(retry_wait(&schedule, 1, even, 0), 5 * CLOCK_SECOND);
	assert_int_equal(retry_wait(&schedule, 1, even, 4 * CLOCK_SECOND), 5 * CLOCK_SECOND);
	assert_int_equal(retry_wait(&schedule, 1, even, 60 * CLOCK_SECOND), CLOCK_MINUTE);
	assert_int_equal(retry_wait(&schedule, 1, even, CLOCK_DAY), 15 * CLOCK_MINUTE);
	assert_int_equal(retry_wait(&schedule, 2, even, CLOCK_MINUTE), CLOCK_HOUR);
	assert_int_equal(retry_wait(&schedule, 2, even, 90 * CLOCK_MINUTE), 90 * CLOCK_MINUTE);
	assert_int_equal(retry_wait(&schedule, 2, even, CLOCK_DAY), 2 * CLOCK_HOUR);
}

static void retry_after_is_seconds_or_a_date(void **state)
{
	/* Wed, 21 Oct 2015 07:28:00 GMT */
	const int64_t at = INT64_C(1445412480) * CLOCK_SECOND;
	static const char *const neither[] = {
		"", "soon", "-5", "1.5", "5s", "5 5", "+5", "0x5", "Wed, 21 Oct 2015", "NaN",
		"Wed, 21 Oct 2015 07:28:00 CET", "21 Oct 2015 07:28:00 GMT",
	};

	(void)state;
	assert_int_equal(retry_after_parse(STR("120"), at), 120 * CLOCK_SECOND);
	assert_int_equal(retry_after_parse(STR(" 0 "), at), 0);
	assert_int_equal(retry_after_parse(STR("604800"), at), 7 * CLOCK_DAY);
	assert_int_equal(retry_after_parse(STR("604801"), at), 7 * CLOCK_DAY);
	assert_int_equal(retry_after_parse(STR("99999999999999999999999"), at), 7 * CLOCK_DAY);
	assert_int_equal(retry_after_parse(STR("Wed, 21 Oct 2015 07:28:30 GMT"), at),
			 30 * CLOCK_SECOND);
	assert_int_equal(retry_after_parse(STR("Wed, 21 Oct 2015 07:27:00 GMT"), at), 0);
	assert_int_equal(retry_after_parse(STR("Fri, 21 Oct 2095 07:28:00 GMT"), at),
			 7 * CLOCK_DAY);
	for (size_t i = 0; i < array_count(neither); i++)
		if (retry_after_parse(str_of(neither[i]), at) != RETRY_NOT_ASKED)
			fail_msg("`%s` asks for nothing", neither[i]);
}

/* ---- breaker ---- */

static const struct breaker_rule rule = {
	.failures = 5, .open_first = 30 * CLOCK_SECOND, .open_most = 100 * CLOCK_SECOND,
};
static const int64_t start = INT64_C(1445412480) * CLOCK_SECOND;

static struct breaker opened(int64_t now)
{
	struct breaker b = { 0 };

	for (int i = 0; i < 4; i++)
		assert_false(breaker_failure(&b, &rule, now));
	assert_true(breaker_failure(&b, &rule, now));
	return b;
}

static void five_failures_in_a_row_open_the_breaker(void **state)
{
	struct breaker b = opened(start);

	(void)state;
	assert_int_equal(breaker_gate(&b, start), BREAKER_OPEN);
	assert_int_equal(breaker_gate(&b, start + rule.open_first - 1), BREAKER_OPEN);
	assert_int_equal(breaker_gate(&b, start + rule.open_first), BREAKER_PROBE);
}

static void a_success_starts_the_row_anew(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 4; i++)
			assert_false(breaker_failure(&b, &rule, start));
		for (int i = 0; i < 4; i++)
			assert_false(breaker_success(&b, start));
	}
	assert_int_equal(breaker_gate(&b, start), BREAKER_CLOSED);
}

static void seventy_percent_of_ten_open_the_breaker(void **state)
{
	struct breaker b = { 0 };
	int64_t now = start;

	(void)state;
	/* Two failures for each success: never five in a row, 67 % after 9, then the eighth. */
	for (int i = 0; i < 3; i++) {
		assert_false(breaker_failure(&b, &rule, now));
		assert_false(breaker_success(&b, now));
		assert_false(breaker_failure(&b, &rule, now));
		now += CLOCK_SECOND;
	}
	assert_true(breaker_failure(&b, &rule, now));
}

static void failures_of_more_than_five_minutes_ago_do_not_count(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_false(breaker_failure(&b, &rule, start));
		assert_false(breaker_success(&b, start));
		assert_false(breaker_failure(&b, &rule, start));
	}
	assert_false(breaker_failure(&b, &rule, start + 6 * CLOCK_MINUTE));
}

static void a_probe_closes_or_opens_for_twice_as_long_up_to_the_most(void **state)
{
	struct breaker b = opened(start);
	int64_t now = start + rule.open_first;

	(void)state;
	assert_true(breaker_failure(&b, &rule, now));
	assert_int_equal(b.open_until, now + 60 * CLOCK_SECOND);
	now = b.open_until;
	assert_true(breaker_failure(&b, &rule, now));
	assert_int_equal(b.open_until, now + rule.open_most);
	now = b.open_until;
	assert_true(breaker_success(&b, now));
	assert_int_equal(breaker_gate(&b, now), BREAKER_CLOSED);
	assert_false(breaker_failure(&b, &rule, now));
}

static void outcomes_from_before_the_opening_are_no_probes(void **state)
{
	struct breaker b = opened(start);
	int64_t until = b.open_until;

	(void)state;
	assert_false(breaker_failure(&b, &rule, start + CLOCK_SECOND));
	assert_false(breaker_success(&b, start + CLOCK_SECOND));
	assert_int_equal(b.open_until, until);
	assert_int_equal(breaker_gate(&b, start + CLOCK_SECOND), BREAKER_OPEN);
}

/* ---- signature ---- */

static void keys_sign_in_their_order_until_they_expire(void **state)
{
	struct arena *a = arena_new(1024 * 1024);
	struct signature_key keys[3] = {
		{ .bytes = { 1 } }, { .bytes = { 2 }, .expires_at = start },
		{ .bytes = { 1 }, .expires_at = start + 1 },
	};
	const struct signature_message message = { STR("msg_1"), start / CLOCK_SECOND, STR("{}") };
	char out[SIGNATURE_MAX];

	(void)state;
	signature_write(a, keys, 3, start, &message, out);
	assert_int_equal(strlen(out), 2 * 47 + 1);
	assert_int_equal(out[47], ' ');
	assert_memory_equal(out, "v1,", 3);
	assert_memory_equal(out, out + 48, 47);
	signature_write(a, keys, 3, start - 1, &message, out);
	assert_int_equal(strlen(out), 3 * 47 + 2);
	assert_memory_not_equal(out, out + 48, 47);
	signature_write(a, keys + 1, 1, start, &message, out);
	assert_string_equal(out, "");
	arena_free(a);
}

/* Computed by OpenSSL's command line over "msg_test.1614265330.{"test": 2432232314}" with the
 * 32 bytes 0x00 to 0x1f as key. */
static void the_signature_is_that_of_an_independent_program(void **state)
{
	struct arena *a = arena_new(1024 * 1024);
	struct signature_key key = { .expires_at = 0 };
	const struct signature_message message = {
		STR("msg_test"), 1614265330, STR("{\"test\": 2432232314}"),
	};
	char out[SIGNATURE_MAX];

	(void)state;
	for (uint8_t i = 0; i < SIGNATURE_SECRET_BYTES; i++)
		key.bytes[i] = i;
	signature_write(a, &key, 1, start, &message, out);
	assert_string_equal(out, "v1,dZ2jKoz0CBsGICeg34zdzDmNNOv8ZyeYRsGT+Eo5wO4=");
	assert_true(str_is(signature_secret_text(a, key.bytes),
			   "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_schedule_is_a_list_of_seconds_from_zero),
		cmocka_unit_test(waits_follow_the_schedule_within_a_fifth),
		cmocka_unit_test(after_the_last_wait_there_is_no_attempt),
		cmocka_unit_test(
			what_is_asked_holds_between_plan_and_twice_the_plan_or_a_quarter_hour),
		cmocka_unit_test(retry_after_is_seconds_or_a_date),
		cmocka_unit_test(five_failures_in_a_row_open_the_breaker),
		cmocka_unit_test(a_success_starts_the_row_anew),
		cmocka_unit_test(seventy_percent_of_ten_open_the_breaker),
		cmocka_unit_test(failures_of_more_than_five_minutes_ago_do_not_count),
		cmocka_unit_test(a_probe_closes_or_opens_for_twice_as_long_up_to_the_most),
		cmocka_unit_test(outcomes_from_before_the_opening_are_no_probes),
		cmocka_unit_test(keys_sign_in_their_order_until_they_expire),
		cmocka_unit_test(the_signature_is_that_of_an_independent_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
