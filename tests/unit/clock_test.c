/* Instants and their texts; the calendar is checked against libc's. */
#include "clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static int64_t parsed(const char *text)
{
	int64_t at = -1;

	assert_true(clock_parse(str_of(text), &at));
	return at;
}

static void zones_and_fractions_name_the_same_instant(void **state)
{
	int64_t nine = INT64_C(1772413200) * CLOCK_SECOND;

	(void)state;
	assert_int_equal(parsed("2026-03-02T09:00:00+08:00"), nine);
	assert_int_equal(parsed("2026-03-02T01:00:00Z"), nine);
	assert_int_equal(parsed("2026-03-02t01:00:00z"), nine);
	assert_int_equal(parsed("2026-03-01T20:30:00-04:30"), nine);
	assert_int_equal(parsed("2026-03-02T01:00:00-00:00"), nine);
	assert_int_equal(parsed("2026-03-02T01:00:00.5Z"), nine + 500000);
	assert_int_equal(parsed("2026-03-02T01:00:00.123456Z"), nine + 123456);
	assert_int_equal(parsed("2026-03-02T01:00:00.123456999Z"), nine + 123456);
}

static void what_is_no_rfc3339_time_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"2026",
		"2026-03-02",
		"2026-03-02T09:00:00",
		"2026-03-02 09:00:00+08:00",
		"2026-03-02T09:00+08:00",
		"2026-03-02T09:00:00+0800",
		"2026-03-02T09:00:00+8",
		"2026-03-02T09:00:00.+08:00",
		"2026-03-02T09:00:00.1234567890Z",
		"2026-03-02T09:00:00Z ",
		" 2026-03-02T09:00:00Z",
		"2026-3-2T09:00:00Z",
		"2026-02-29T09:00:00Z",
		"2100-02-29T09:00:00Z",
		"2026-04-31T09:00:00Z",
		"2026-00-10T09:00:00Z",
		"2026-13-10T09:00:00Z",
		"2026-03-00T09:00:00Z",
		"2026-03-02T24:00:00Z",
		"2026-03-02T09:60:00Z",
		"2026-03-02T09:00:60Z",
		"2026-03-02T09:00:00+24:00",
		"2026-03-02T09:00:00+08:60",
		"1989-12-31T15:59:59Z",
		"2100-12-31T16:00:00Z",
		"-026-03-02T09:00:00Z",
		"2026-03-02T09:00:00ZZ",
		"2026-03-02T09:00:00+08:00:00",
		"\357\274\222026-03-02T09:00:00Z",
	};
	int64_t at = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (clock_parse(str_of(bad[i]), &at))
			fail_msg("%s was taken", bad[i]);
	}
	assert_false(clock_parse(STR_NONE, &at));
	assert_false(clock_parse((struct str){ "2026-03-02T09:00:00Z\0", 21 }, &at));
	assert_int_equal(at, 7);
}

static void the_first_and_last_local_moments_are_taken(void **state)
{
	(void)state;
	assert_int_equal(parsed("1990-01-01T00:00:00+08:00"), parsed("1989-12-31T16:00:00Z"));
	assert_int_equal(parsed("2100-12-31T23:59:59.999999+08:00") + 1,
			 INT64_C(4133952000) * CLOCK_SECOND);
	assert_true(parsed("2000-02-29T12:00:00Z") > 0);
}

static void texts_are_local_with_milliseconds_where_they_count(void **state)
{
	char text[40];
	int64_t nine = INT64_C(1772413200) * CLOCK_SECOND;

	(void)state;
	assert_true(
		str_is(clock_format(nine, text, sizeof(text)), "2026-03-02T09:00:00+08:00"));
	assert_true(str_is(clock_format(nine + 999, text, sizeof(text)),
			   "2026-03-02T09:00:00+08:00"));
	assert_true(str_is(clock_format(nine + 7000, text, sizeof(text)),
			   "2026-03-02T09:00:00.007+08:00"));
	assert_true(str_is(clock_format(nine - 1, text, sizeof(text)),
			   "2026-03-02T08:59:59.999+08:00"));
	assert_true(str_is(clock_format(0, text, sizeof(text)), "1970-01-01T08:00:00+08:00"));
	assert_true(clock_format(INT64_MIN, text, sizeof(text)).n < sizeof(text));
	assert_true(clock_format(INT64_MAX, text, sizeof(text)).n < sizeof(text));
}

static void every_day_of_1990_to_2100_is_the_day_libc_says(void **state)
{
	int days = 0;

	(void)state;
	for (time_t t = 631123200; t < 4133952000; t += 86400, days++) {
		char ours[40], theirs[40];
		time_t local = t + 8 * 3600;
		struct tm tm;
		int64_t at;

		assert_non_null(gmtime_r(&local, &tm));
		assert_int_equal(strftime(theirs, sizeof(theirs), "%FT%T+08:00", &tm), 25);
		assert_true(str_is(clock_format((int64_t)t * CLOCK_SECOND, ours, sizeof(ours)),
				   theirs));
		assert_true(clock_parse(str_of(theirs), &at));
		assert_int_equal(at, (int64_t)t * CLOCK_SECOND);
		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(strftime(theirs, sizeof(theirs), "%a, %d %b %Y %T GMT", &tm),
				 29);
		assert_true(
			str_is(clock_http_date((int64_t)t * CLOCK_SECOND, ours, sizeof(ours)),
			       theirs));
		if (days > 0) {
			assert_true(clock_parse_http_date(str_of(theirs), &at));
			assert_int_equal(at, (int64_t)t * CLOCK_SECOND);
		}
	}
	assert_int_equal(days, 40542);
}

static void http_dates_have_one_spelling(void **state)
{
	static const char *const bad[] = {
		"", "Sun, 06 Nov 1994 08:49:37", "Mon, 06 Nov 1994 08:49:37 GMT",
		"Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
		"Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 31 Feb 1994 08:49:37 GMT",
	};
	int64_t at = 0;

	(void)state;
	assert_true(clock_parse_http_date(STR("Sun, 06 Nov 1994 08:49:37 GMT"), &at));
	assert_int_equal(at, INT64_C(784111777) * CLOCK_SECOND);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(clock_parse_http_date(str_of(bad[i]), &at));
}

static void a_test_clock_stands_still_until_it_is_moved(void **state)
{
	int64_t start = parsed("2026-03-02T09:00:00+08:00");

	(void)state;
	assert_false(clock_is_test());
	assert_true(llabs(clock_now() - clock_real()) < CLOCK_SECOND);
	clock_test_start(start);
	assert_true(clock_is_test());
	assert_int_equal(clock_now(), start);
	clock_test_move(start + CLOCK_DAY);
	assert_int_equal(clock_now(), start + CLOCK_DAY);
	clock_test_move(start + CLOCK_DAY);
	assert_int_equal(clock_now(), start + CLOCK_DAY);
	assert_true(clock_real() != clock_now());
	assert_true(clock_monotonic() <= clock_monotonic());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_and_fractions_name_the_same_instant),
		cmocka_unit_test(what_is_no_rfc3339_time_is_refused),
		cmocka_unit_test(the_first_and_last_local_moments_are_taken),
		cmocka_unit_test(texts_are_local_with_milliseconds_where_they_count),
		cmocka_unit_test(every_day_of_1990_to_2100_is_the_day_libc_says),
		cmocka_unit_test(http_dates_have_one_spelling),
		cmocka_unit_test(a_test_clock_stands_still_until_it_is_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
