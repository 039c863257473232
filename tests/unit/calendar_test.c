/*
 * The calendar against the State Council's days of 2024-2026, hand-made vectors, and oracles
 * that count day by day and minute by minute over random calendars.
 */
#include "rules_fixture.h"

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

/* --- Dates --- */

static void dates_and_weekdays_follow_one_another_from_1990_to_2100(void **state)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int32_t day = CALENDAR_FIRST_DAY;

	(void)state;
	/* 1990-01-01 was a Monday. */
	for (int year = 1990; year <= 2100; year++) {
		for (int month = 1; month <= 12; month++) {
			bool is_leap = year % 4 == 0 && year != 2100;
			int length = lengths[month - 1] + (month == 2 && is_leap);

			for (int date = 1; date <= length; date++, day++) {
				struct civil civil = civil_of_day(day);

				assert_int_equal(civil.year, year);
				assert_int_equal(civil.month, month);
				assert_int_equal(civil.day, date);
				assert_int_equal(day_of_civil(civil), day);
				assert_int_equal(
					day_weekday(day), (day - CALENDAR_FIRST_DAY) % 7);
			}
		}
	}
	assert_int_equal(day, CALENDAR_LAST_DAY + 1);
}

static void days_before_1970_are_days_too(void **state)
{
	struct civil civil = civil_of_day(-1);

	(void)state;
	assert_int_equal(civil.year, 1969);
	assert_int_equal(civil.month, 12);
	assert_int_equal(civil.day, 31);
	assert_int_equal(day_weekday(-1), WEDNESDAY);
	assert_int_equal(day_weekday(-7), THURSDAY);
	assert_int_equal(day_of_instant(day_start(-1)), -1);
	assert_int_equal(day_of_instant(day_start(-1) - 1), -2);
}

static void a_local_day_begins_at_sixteen_hundred_utc_and_ends_on_its_last_second(void **state)
{
	/* 2026-03-01T16:00:00Z */
	int64_t start = INT64_C(1772380800) * CALENDAR_SECOND;
	int32_t day = day_at("2026-03-02");

	(void)state;
	assert_int_equal(day_start(day), start);
	assert_int_equal(day_of_instant(start), day);
	assert_int_equal(day_of_instant(start - 1), day - 1);
	assert_int_equal(day_end(day), start + INT64_C(86399) * CALENDAR_SECOND);
	assert_int_equal(day_of_instant(day_end(day) + CALENDAR_SECOND - 1), day);
	assert_int_equal(month_start(2026, 3), instant("2026-03-01"));
	assert_int_equal(month_start(2026, 13), instant("2027-01-01"));
}

static void only_dates_that_exist_are_read(void **state)
{
	static const char *const bad[] = {
		"2026-02-29",
		"2026-13-01",
		"2026-00-10",
		"2026-01-00",
		"2026-04-31",
		"1989-12-31",
		"2101-01-01",
		"2026-1-01",
		"2026/01/01",
		"2026-01-011",
		"202a-01-01",
		"",
		"+026-01-01",
		"2026-01- 1",
		"2100-02-29",
	};
	int32_t day = 42;
	char text[11];

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++)
		assert_false(day_parse(bad[i], strlen(bad[i]), &day));
	assert_int_equal(day, 42);
	assert_true(day_parse("2024-02-29", 10, &day));
	assert_string_equal(day_text(day, text, sizeof(text)), "2024-02-29");
}

/* --- Hours --- */

static void hours_are_read_in_order_without_overlap(void **state)
{
	static const char *const bad[] = {
		"",
		"09:00",
		"09:00-",
		"9:00-12:00",
		"09:00-09:00",
		"12:00-09:00",
		"09:00-24:01",
		"09:60-12:00",
		"09:00-12:00,",
		"09:00-12:00,11:59-13:00",
		"09:00-12:00;13:00-14:00",
		"00:00-01:00,02:00-03:00,04:00-05:00,06:00-07:00,08:00-09:00",
		"25:00-26:00",
		"09:00-12:00 ",
		"-1:00-12:00",
	};
	static const char *const good[] = {
		"09:00-12:00",
		"09:00-12:00,13:30-17:00",
		"00:00-24:00",
		"09:00-12:00,12:00-13:00",
		"00:00-01:00,02:00-03:00,04:00-05:00,06:00-24:00",
	};
	struct work_hours hours = { .count = -7 };
	char text[CALENDAR_HOURS_BYTES];

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++) {
		if (work_hours_parse(bad[i], strlen(bad[i]), &hours))
			fail_msg("taken: \"%s\"", bad[i]);
	}
	assert_int_equal(hours.count, -7);
	for (size_t i = 0; i < array_count(good); i++) {
		assert_true(work_hours_parse(good[i], strlen(good[i]), &hours));
		assert_string_equal(work_hours_text(&hours, text, sizeof(text)), good[i]);
	}
	assert_string_equal(work_hours_text(&(struct work_hours){ 0 }, text, sizeof(text)), "");
}

/* --- The shipped calendar --- */

static void shipped_months_have_the_published_working_days(void **state)
{
	static const int expected[3][12] = {
		{ 22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22 },
		{ 19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23 },
		{ 21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23 },
	};
	static const int years[3] = { 251, 248, 248 };

	for (int y = 0; y < 3; y++) {
		int sum = 0;

		for (int m = 0; m < 12; m++) {
			int32_t last = day_of_instant(month_start(2024 + y, m + 2)) - 1;
			int32_t before = day_of_instant(month_start(2024 + y, m + 1)) - 1;
			int count = calendar_working_days_between(*state, before, last);

			assert_int_equal(count, expected[y][m]);
			sum += count;
		}
		assert_int_equal(sum, years[y]);
	}
}

static void working_days_are_added_as_in_the_vectors(void **state)
{
	static const struct {
		const char *start;
		int32_t count;
		const char *due;
	} vectors[] = {
		{ "2024-02-08", 5, "2024-02-21" }, { "2025-09-30", 5, "2025-10-14" },
		{ "2024-02-09", 1, "2024-02-18" }, { "2025-12-31", 1, "2026-01-04" },
		{ "2024-04-27", 1, "2024-04-28" }, { "2025-12-31", 5, "2026-01-08" },
		{ "2024-04-30", 1, "2024-05-06" }, { "2026-01-03", 1, "2026-01-04" },
		{ "2024-09-13", 1, "2024-09-14" }, { "2026-02-13", 1, "2026-02-14" },
		{ "2024-09-13", 2, "2024-09-18" }, { "2026-02-14", 1, "2026-02-24" },
		{ "2024-09-30", 5, "2024-10-12" }, { "2026-02-14", 5, "2026-02-28" },
		{ "2025-01-24", 1, "2025-01-26" }, { "2026-05-08", 1, "2026-05-09" },
		{ "2025-01-27", 1, "2025-02-05" }, { "2026-05-08", 2, "2026-05-11" },
		{ "2025-01-27", 5, "2025-02-10" }, { "2026-06-18", 1, "2026-06-22" },
		{ "2025-02-07", 1, "2025-02-08" }, { "2026-09-18", 1, "2026-09-20" },
		{ "2025-04-26", 1, "2025-04-27" }, { "2026-09-24", 1, "2026-09-28" },
		{ "2025-04-30", 1, "2025-05-06" }, { "2026-09-30", 5, "2026-10-13" },
		{ "2025-09-30", 1, "2025-10-09" }, { "2026-09-30", 15, "2026-10-27" },
	};

	for (size_t i = 0; i < array_count(vectors); i++) {
		int32_t start = day_at(vectors[i].start);
		int32_t due = 0;
		char text[11];

		assert_true(calendar_add_working_days(*state, start, vectors[i].count, &due));
		assert_string_equal(day_text(due, text, sizeof(text)), vectors[i].due);
		assert_int_equal(calendar_working_days_between(*state, start, due),
			vectors[i].count);
	}
}

static void each_day_says_why_it_counts_or_not(void **state)
{
	static const struct {
		const char *day;
		bool is_working;
		const char *zh;
		const char *en;
	} days[] = {
		{ "2026-03-02", true, "工作日", "working day" },
		{ "2026-03-07", false, "周末", "weekend" },
		{ "2026-10-03", false, "放假：国庆节", "day off: 国庆节" },
		{ "2026-10-10", true, "调休上班：国庆节", "make-up working day: 国庆节" },
		/* The eve of 2024 was formally a working day. */
		{ "2024-02-09", true, "工作日", "working day" },
	};
	char text[CALENDAR_REASON_BYTES];

	for (size_t i = 0; i < array_count(days); i++) {
		int32_t day = day_at(days[i].day);
		struct day_reason reason = calendar_day_reason(*state, day);

		assert_int_equal(calendar_is_working(*state, day), days[i].is_working);
		assert_string_equal(day_reason_text(reason, LANGUAGE_ZH, text, sizeof(text)),
			days[i].zh);
		assert_string_equal(day_reason_text(reason, LANGUAGE_EN, text, sizeof(text)),
			days[i].en);
	}
}

static void previous_working_day_steps_over_a_holiday(void **state)
{
	int32_t day = 0;

	assert_true(calendar_previous_working_day(*state, day_at("2026-10-08"), &day));
	assert_int_equal(day, day_at("2026-09-30"));
	assert_true(calendar_previous_working_day(*state, day_at("2026-05-10"), &day));
	assert_int_equal(day, day_at("2026-05-09"));
	assert_false(calendar_previous_working_day(*state, CALENDAR_FIRST_DAY, &day));
}

/* --- Reading tables --- */

static struct calendar *table_read(const char *text, struct table_problems *problems)
{
	struct work_week week = work_week_shipped();

	return calendar_parse(&week, text, strlen(text), "v", problems);
}

static void bad_lines_are_reported_by_number_and_good_ones_kept(void **state)
{
	static const char text[] = "\xef\xbb\xbf" "date\tkind\toccasion\n"
		"# a comment\n"
		"\n"
		"2026-10-01\toff\t国庆节\r\n"
		"2026-10-32\toff\t国庆节\n"		/* 5 */
		"2026-10-02\tholiday\t国庆节\n"		/* 6 */
		"2026-10-01\twork\t国庆节\n"		/* 7: stands twice */
		"2026-10-03\toff\n"			/* 8 */
		"2026-10-04\tspecial\t高温\n"		/* 9: no hours */
		"2026-10-05\toff\t国庆节\t09:00-12:00\n"	/* 10: hours on a day off */
		"2026-10-06\tspecial\t高温\t09:00-8:00\n"	/* 11 */
		"2026-10-07\toff\t\xff\n"			/* 12 */
		"2026-10-08\toff\ta\tb\tc\n"		/* 13 */
		"1989-12-31\toff\t元旦\n"			/* 14 */
		"2026-10-09\tspecial\t高温\t08:00-11:00";	/* no line end */
	static const size_t lines[] = { 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 };
	struct table_problems problems;
	struct calendar *calendar = table_read(text, &problems);
	size_t count;
	const struct calendar_row *rows = calendar_rows(calendar, &count);

	(void)state;
	assert_int_equal(problems.count, array_count(lines));
	for (size_t i = 0; i < array_count(lines); i++)
		assert_int_equal(problems.first[i].line, lines[i]);
	assert_string_equal(problems.first[0].text,
		"\"2026-10-32\" is no date of 1990-2100; write it like 2026-10-01");
	assert_non_null(strstr(problems.first[2].text, "earlier line"));
	assert_int_equal(count, 2);
	assert_int_equal(rows[0].day, day_at("2026-10-01"));
	assert_string_equal(rows[0].occasion, "国庆节");
	assert_int_equal(rows[1].kind, DAY_SPECIAL);
	assert_string_equal(calendar_version(calendar), "v");
	calendar_free(calendar);
}

static void lines_that_are_no_utf8_text_are_refused(void **state)
{
	static const char *const bad[] = {
		"\xff", "\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "\xe4\xb8", "\x80", "\x01", "\x7f", "\xe4\xb8z",
	};
	char text[64];
	struct table_problems problems;

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++) {
		snprintf(text, sizeof(text),
			"2026-10-01\toff\t%s\n2026-10-02\toff\t\U0001f600\n", bad[i]);
		calendar_free(table_read(text, &problems));
		assert_int_equal(problems.count, 1);
		assert_int_equal(problems.first[0].line, 1);
	}
}

static void more_problems_than_are_kept_are_counted(void **state)
{
	char text[TABLE_PROBLEMS_MAX * 6];
	struct table_problems problems;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 1; i < sizeof(text); i += 2)
		text[i] = '\n';
	text[sizeof(text) - 1] = '\0';
	calendar_free(table_read(text, &problems));
	assert_int_equal(problems.count, TABLE_PROBLEMS_MAX * 3);
	assert_int_equal(problems.first[TABLE_PROBLEMS_MAX - 1].line, TABLE_PROBLEMS_MAX);
}

static void rows_that_contradict_each_other_build_no_calendar(void **state)
{
	struct work_week week = work_week_shipped();
	struct calendar_row rows[2] = {
		{ .day = day_at("2026-10-02"), .kind = DAY_OFF, .occasion = "国庆节" },
		{ .day = day_at("2026-10-01"), .kind = DAY_OFF, .occasion = "国庆节" },
	};
	struct calendar *calendar = calendar_build(&week, rows, 2, "v");

	(void)state;
	assert_non_null(calendar);
	assert_false(calendar_is_working(calendar, day_at("2026-10-01")));
	calendar_free(calendar);
	rows[0].day = rows[1].day;
	assert_null(calendar_build(&week, rows, 2, "v"));
	rows[0].kind = DAY_SPECIAL;
	assert_null(calendar_build(&week, rows, 1, "v"));
	week.make_up.count = 0;
	assert_null(calendar_build(&week, rows + 1, 1, "v"));
}

static void special_and_made_up_days_have_their_own_hours(void **state)
{
	struct table_problems problems;
	struct calendar *calendar = table_read("2026-07-06\tspecial\t高温\t08:00-11:00\n"
		"2026-07-11\twork\t调休\n2026-07-12\twork\t调休\t10:00-11:00\n"
		"2026-07-13\twork\t调休\n", &problems);
	struct work_week week = *calendar_week(calendar);
	char text[CALENDAR_HOURS_BYTES];
	static const char *const expected[][2] = {
		{ "2026-07-06", "08:00-11:00" }, { "2026-07-11", "09:00-12:00,13:30-17:30" },
		{ "2026-07-12", "10:00-11:00" }, { "2026-07-13", "09:00-12:00,13:30-17:30" },
		{ "2026-07-18", "" },
	};

	(void)state;
	assert_int_equal(problems.count, 0);
	for (size_t i = 0; i < array_count(expected); i++)
		assert_string_equal(work_hours_text(calendar_hours(calendar,
			day_at(expected[i][0])), text, sizeof(text)), expected[i][1]);
	assert_int_equal(calendar_day_reason(calendar, day_at("2026-07-06")).cause,
		CAUSE_SPECIAL_HOURS);
	assert_int_equal(week.day[SATURDAY].count, 0);
	calendar_free(calendar);
}

/* --- Bounds --- */

static void a_calendar_without_working_days_comes_to_an_end(void **state)
{
	struct work_week week = { .make_up = work_week_shipped().make_up };
	struct calendar *calendar = calendar_build(&week, NULL, 0, "none");
	int32_t day = 1;
	int64_t at = 1;

	(void)state;
	assert_non_null(calendar);
	assert_false(calendar_add_working_days(calendar, CALENDAR_FIRST_DAY, 1, &day));
	assert_false(calendar_previous_working_day(calendar, CALENDAR_LAST_DAY, &day));
	assert_false(calendar_add_working_minutes(calendar, instant("2026-01-01"), 1, &at));
	assert_int_equal(
		calendar_working_minutes_between(calendar, INT64_MIN / 2, INT64_MAX / 2), 0);
	assert_int_equal(
		calendar_working_days_between(calendar, INT32_MIN / 2, INT32_MAX / 2), 0);
	assert_int_equal(day, 1);
	assert_int_equal(at, 1);
	calendar_free(calendar);
}

static void counts_that_make_no_sense_have_no_answer(void **state)
{
	int32_t day = 7;
	int64_t at = 7;

	assert_false(calendar_add_working_days(*state, CALENDAR_LAST_DAY, 1, &day));
	assert_false(calendar_add_working_days(*state, day_at("2026-03-02"), -1, &day));
	assert_false(calendar_add_working_days(*state, CALENDAR_FIRST_DAY - 1, 1, &day));
	assert_false(calendar_add_working_days(*state, day_at("2026-03-02"), INT32_MAX, &day));
	assert_false(calendar_add_working_minutes(*state, instant("2026-03-02"), -1, &at));
	assert_false(
		calendar_add_working_minutes(*state, instant("2026-03-02"), INT64_MAX, &at));
	assert_false(calendar_add_working_minutes(*state, day_start(CALENDAR_FIRST_DAY) - 1, 1,
		&at));
	assert_int_equal(day, 7);
	assert_int_equal(at, 7);
	assert_true(calendar_add_working_days(*state, day_at("2026-03-07"), 0, &day));
	assert_int_equal(day, day_at("2026-03-07"));
}

/* --- Working time --- */

static void working_time_runs_through_segments_and_over_rest(void **state)
{
	static const struct {
		const char *start;
		int64_t minutes;
		const char *end;
	} cases[] = {
		{ "2026-03-02 16:30:00", 240, "2026-03-03 12:00:00" },
		{ "2026-03-02 11:00:00", 60, "2026-03-02 12:00:00" },
		{ "2026-03-02 11:00:00", 61, "2026-03-02 13:31:00" },
		{ "2026-03-02 12:30:00", 30, "2026-03-02 14:00:00" },
		{ "2026-03-02 22:00:00", 1, "2026-03-03 09:01:00" },
		{ "2026-03-06 17:29:30", 1, "2026-03-09 09:00:30" },
		{ "2026-09-30 17:00:00", 60, "2026-10-08 09:30:00" },
		{ "2026-03-07 10:00:00", 0, "2026-03-07 10:00:00" },
	};

	for (size_t i = 0; i < array_count(cases); i++) {
		int64_t start = instant(cases[i].start);
		int64_t end = 0;

		assert_true(
			calendar_add_working_minutes(*state, start, cases[i].minutes, &end));
		assert_int_equal(end, instant(cases[i].end));
		assert_int_equal(calendar_working_minutes_between(*state, start, end),
			cases[i].minutes);
		assert_int_equal(calendar_working_minutes_between(*state, end, start),
			-cases[i].minutes);
	}
}

/* --- Random calendars against oracles that only count --- */

enum { SPAN = 200, ROUNDS = 60 };

struct random_calendar {
	struct calendar *calendar;
	struct work_week week;
	struct calendar_row row[40];
	size_t count;
	int32_t first;
};

static struct work_hours hours_random(struct dice *dice)
{
	struct work_hours hours = { .count = dice_roll(dice, CALENDAR_SEGMENTS_MAX + 1) };
	int32_t minute = 0;

	for (int32_t i = 0; i < hours.count; i++) {
		hours.segment[i].from = minute + dice_roll(dice, 180);
		hours.segment[i].to = hours.segment[i].from + 1 + dice_roll(dice, 180);
		minute = hours.segment[i].to;
	}
	return hours;
}

static bool has_row(const struct random_calendar *random, int32_t day)
{
	for (size_t i = 0; i < random->count; i++) {
		if (random->row[i].day == day)
			return true;
	}
	return false;
}

static void calendar_random(struct dice *dice, struct random_calendar *random)
{
	*random = (struct random_calendar){
		.first = CALENDAR_FIRST_DAY + dice_roll(dice, 30000),
	};
	for (int i = 0; i < WEEKDAYS; i++) {
		if (dice_roll(dice, 7) < 5)
			random->week.day[i] = hours_random(dice);
	}
	random->week.make_up = work_week_shipped().make_up;
	for (int i = 0; i < 40; i++) {
		struct calendar_row row = {
			.day = random->first + dice_roll(dice, SPAN),
			.kind = (enum day_kind)dice_roll(dice, DAY_KINDS),
			.occasion = "x",
		};

		row.hours = row.kind == DAY_OFF ? (struct work_hours){ 0 } : hours_random(dice);
		if (row.kind == DAY_SPECIAL && row.hours.count == 0)
			row.hours = random->week.make_up;
		if (!has_row(random, row.day))
			random->row[random->count++] = row;
	}
	random->calendar = calendar_build(&random->week, random->row, random->count, "random");
	assert_non_null(random->calendar);
}

/* The hours of a day by looking at every row. */
static struct work_hours oracle_hours(const struct random_calendar *random, int32_t day)
{
	/* 1990-01-01 was a Monday. */
	struct work_hours pattern = random->week.day[(day - CALENDAR_FIRST_DAY) % 7];

	for (size_t i = 0; i < random->count; i++) {
		const struct calendar_row *row = &random->row[i];

		if (row->day != day)
			continue;
		if (row->kind != DAY_WORK || row->hours.count > 0)
			return row->hours;
		return pattern.count > 0 ? pattern : random->week.make_up;
	}
	return pattern;
}

static void adding_and_counting_days_agree_with_a_day_by_day_oracle(void **state)
{
	struct dice dice = { 20260302 };

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct random_calendar random;
		int32_t start;
		int32_t count = 0;

		calendar_random(&dice, &random);
		start = random.first + dice_roll(&dice, 20);
		for (int32_t day = start + 1; day < random.first + SPAN; day++) {
			bool is_working = oracle_hours(&random, day).count > 0;
			int32_t reached = 0;

			count += is_working;
			assert_int_equal(
				calendar_working_days_between(random.calendar, start, day),
				count);
			assert_int_equal(
				calendar_working_days_between(random.calendar, day, start),
				-count);
			if (!is_working)
				continue;
			assert_true(calendar_add_working_days(random.calendar, start, count,
				&reached));
			assert_int_equal(reached, day);
		}
		calendar_free(random.calendar);
	}
}

static void working_minutes_agree_with_a_minute_by_minute_oracle(void **state)
{
	struct dice dice = { 424242 };

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct random_calendar random;
		int32_t offset = dice_roll(&dice, 1440);
		int64_t start;
		int64_t used = 0;

		calendar_random(&dice, &random);
		start = day_start(random.first) + offset * CALENDAR_MINUTE;
		for (int32_t minute = offset; minute < 12 * 1440; minute++) {
			struct work_hours hours =
				oracle_hours(&random, random.first + minute / 1440);
			int64_t after =
				day_start(random.first) + (minute + 1) * CALENDAR_MINUTE;
			int64_t reached = 0;
			bool is_work = false;

			for (int32_t i = 0; i < hours.count; i++)
				is_work |= minute % 1440 >= hours.segment[i].from &&
					minute % 1440 < hours.segment[i].to;
			used += is_work;
			if (dice_roll(&dice, 16) != 0)
				continue;
			assert_int_equal(
				calendar_working_minutes_between(random.calendar, start, after),
				used);
			if (!is_work)
				continue;
			assert_true(calendar_add_working_minutes(random.calendar, start, used,
				&reached));
			assert_int_equal(reached, after);
		}
		calendar_free(random.calendar);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_and_weekdays_follow_one_another_from_1990_to_2100),
		cmocka_unit_test(days_before_1970_are_days_too),
		cmocka_unit_test(
			a_local_day_begins_at_sixteen_hundred_utc_and_ends_on_its_last_second),
		cmocka_unit_test(only_dates_that_exist_are_read),
		cmocka_unit_test(hours_are_read_in_order_without_overlap),
		cmocka_unit_test(shipped_months_have_the_published_working_days),
		cmocka_unit_test(working_days_are_added_as_in_the_vectors),
		cmocka_unit_test(each_day_says_why_it_counts_or_not),
		cmocka_unit_test(previous_working_day_steps_over_a_holiday),
		cmocka_unit_test(bad_lines_are_reported_by_number_and_good_ones_kept),
		cmocka_unit_test(lines_that_are_no_utf8_text_are_refused),
		cmocka_unit_test(more_problems_than_are_kept_are_counted),
		cmocka_unit_test(rows_that_contradict_each_other_build_no_calendar),
		cmocka_unit_test(special_and_made_up_days_have_their_own_hours),
		cmocka_unit_test(a_calendar_without_working_days_comes_to_an_end),
		cmocka_unit_test(counts_that_make_no_sense_have_no_answer),
		cmocka_unit_test(working_time_runs_through_segments_and_over_rest),
		cmocka_unit_test(adding_and_counting_days_agree_with_a_day_by_day_oracle),
		cmocka_unit_test(working_minutes_agree_with_a_minute_by_minute_oracle),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
