/*
 * Due times after extensions, pauses, stays on account and other calendars, by cases written
 * out by hand on the shipped calendar of 2026. What holds on any calendar is in
 * calendar_property_test.c.
 */
#include "rules_fixture.h"

#include "rules/due.h"

static const struct limit working_days = { 5, UNIT_WORKING_DAYS };
static const struct limit calendar_days = { 7, UNIT_CALENDAR_DAYS };
static const struct limit hours = { 24, UNIT_HOURS };
static const struct limit minutes = { 30, UNIT_MINUTES };
static const struct limit working_hours = { 4, UNIT_WORKING_HOURS };
static const struct limit typed_in = { 0, UNIT_MINUTES };

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

static int64_t due_changed(const struct calendar *calendar, struct limit limit, int64_t due,
	struct due_change change)
{
	int64_t moved = 0;

	assert_int_equal(due_after(calendar, limit, due, &change, &moved), LIMIT_COMPUTED);
	return moved;
}

/* --- Intervals --- */

struct gap_case {
	struct limit limit;
	const char *due, *from, *to, *expected;
};

static void check_gaps(const struct calendar *calendar, const struct gap_case *cases,
	size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t due = instant(cases[i].due);
		int64_t from = instant(cases[i].from);
		int64_t to = instant(cases[i].to);
		int64_t expected = instant(cases[i].expected);

		for (int kind = DUE_PAUSED; kind <= DUE_ON_ACCOUNT; kind++) {
			int64_t moved = due_changed(calendar, cases[i].limit, due,
				(struct due_change){ .kind = (enum due_change_kind)kind,
						     .from = from, .to = to });

			if (moved != expected)
				fail_msg("due %s, paused %s to %s: not %s, off by %lld s",
					cases[i].due, cases[i].from, cases[i].to,
					cases[i].expected,
					(long long)((moved - expected) / CALENDAR_SECOND));
		}
		assert_int_equal(due_while(calendar, cases[i].limit, due, from, to), expected);
	}
}

static void a_pause_on_the_last_day_leaves_that_day_after_the_weekend(void **state)
{
	const struct gap_case cases[] = {
		{ working_days, "2026-03-06 23:59:59", "2026-03-06 10:00:00",
		  "2026-03-09 09:00:00", "2026-03-09 23:59:59" },
		{ working_days, "2026-03-06 23:59:59", "2026-03-06 23:59:59",
		  "2026-03-09 23:59:59", "2026-03-09 23:59:59" },
		{ working_days, "2026-03-06 23:59:59", "2026-03-06 10:00:00",
		  "2026-03-07 09:00:00", "2026-03-09 23:59:59" },
		/* The holiday ends on 7 October; Saturday 10 October is made up. */
		{ working_days, "2026-09-30 23:59:59", "2026-09-30 17:00:00",
		  "2026-10-08 00:00:00", "2026-10-08 23:59:59" },
		{ working_days, "2026-10-09 23:59:59", "2026-10-09 17:00:00",
		  "2026-10-11 12:00:00", "2026-10-12 23:59:59" },
	};

	check_gaps(*state, cases, array_count(cases));
}

static void a_pause_gives_back_the_working_days_from_its_first_to_before_its_last(void **state)
{
	const struct gap_case cases[] = {
		{ working_days, "2026-03-06 23:59:59", "2026-03-05 10:00:00",
		  "2026-03-10 09:00:00", "2026-03-11 23:59:59" },
		{ working_days, "2026-03-09 23:59:59", "2026-03-02 00:00:00",
		  "2026-03-03 00:00:00", "2026-03-10 23:59:59" },
		{ working_days, "2026-03-09 23:59:59", "2026-03-02 00:00:00",
		  "2026-03-02 23:59:59", "2026-03-09 23:59:59" },
		{ working_days, "2026-03-09 23:59:59", "2026-03-07 00:00:00",
		  "2026-03-08 23:00:00", "2026-03-09 23:59:59" },
		{ working_days, "2026-10-12 23:59:59", "2026-09-24 12:00:00",
		  "2026-10-08 12:00:00", "2026-10-16 23:59:59" },
		{ typed_in, "2026-03-06 23:59:59", "2026-03-05 10:00:00",
		  "2026-03-10 09:00:00", "2026-03-11 23:59:59" },
	};

	check_gaps(*state, cases, array_count(cases));
}

static void a_pause_of_calendar_days_ends_on_no_day_of_rest(void **state)
{
	const struct gap_case cases[] = {
		{ calendar_days, "2026-03-09 23:59:59", "2026-03-04 10:00:00",
		  "2026-03-06 09:00:00", "2026-03-11 23:59:59" },
		{ calendar_days, "2026-03-06 23:59:59", "2026-03-05 23:59:00",
		  "2026-03-06 00:01:00", "2026-03-09 23:59:59" },
		{ calendar_days, "2026-03-09 23:59:59", "2026-03-07 00:00:00",
		  "2026-03-09 00:00:00", "2026-03-11 23:59:59" },
		{ calendar_days, "2026-03-09 23:59:59", "2026-03-07 00:00:00",
		  "2026-03-07 23:59:59", "2026-03-09 23:59:59" },
	};

	check_gaps(*state, cases, array_count(cases));
}

static void a_pause_of_running_limits_gives_back_its_seconds(void **state)
{
	const struct gap_case cases[] = {
		{ hours, "2026-03-07 10:00:00", "2026-03-07 08:00:00", "2026-03-07 09:30:15",
		  "2026-03-07 11:30:15" },
		{ minutes, "2026-03-07 10:00:00", "2026-03-07 10:00:00", "2026-03-08 10:00:00",
		  "2026-03-08 10:00:00" },
		{ hours, "2026-03-07 10:00:00", "2026-03-06 23:00:00", "2026-03-09 01:00:00",
		  "2026-03-09 12:00:00" },
	};

	check_gaps(*state, cases, array_count(cases));
}

static void a_pause_of_working_hours_gives_back_working_time_alone(void **state)
{
	const struct gap_case cases[] = {
		{ working_hours, "2026-03-02 15:30:00", "2026-03-02 11:00:00",
		  "2026-03-02 14:00:00", "2026-03-02 17:00:00" },
		/* Lunch, the evening, the weekend: nothing of the limit was taken. */
		{ working_hours, "2026-03-02 15:30:00", "2026-03-02 12:00:00",
		  "2026-03-02 13:30:00", "2026-03-02 15:30:00" },
		{ working_hours, "2026-03-03 10:30:00", "2026-03-02 17:30:00",
		  "2026-03-03 09:00:00", "2026-03-03 10:30:00" },
		{ working_hours, "2026-03-09 12:00:00", "2026-03-06 20:00:00",
		  "2026-03-09 08:00:00", "2026-03-09 12:00:00" },
		{ working_hours, "2026-03-06 17:30:00", "2026-03-06 17:00:00",
		  "2026-03-09 09:30:00", "2026-03-09 10:00:00" },
		{ working_hours, "2026-03-02 11:00:00", "2026-03-02 09:30:20",
		  "2026-03-02 09:30:59", "2026-03-02 11:00:39" },
		/* Begun in the last second of the limit: nothing is left when it ends. */
		{ working_hours, "2026-03-02 12:00:00", "2026-03-02 12:00:00",
		  "2026-03-02 13:00:00", "2026-03-02 13:00:00" },
		{ working_hours, "2026-03-02 12:00:00", "2026-03-02 12:00:00",
		  "2026-03-02 15:00:00", "2026-03-02 15:00:00" },
	};

	check_gaps(*state, cases, array_count(cases));
}

static void what_is_overdue_stays_overdue_whatever_pause_follows(void **state)
{
	const struct limit limits[] = {
		working_days, calendar_days, hours, minutes, working_hours, typed_in,
	};
	int64_t due = instant("2026-03-06 23:59:59");
	struct due_change late = {
		.kind = DUE_PAUSED,
		.from = due + CALENDAR_SECOND, .to = instant("2026-03-20 12:00:00"),
	};
	struct due_change last = late;

	last.from--;
	for (size_t i = 0; i < array_count(limits); i++) {
		assert_int_equal(due_changed(*state, limits[i], due, late), due);
		assert_true(due_changed(*state, limits[i], due, last) > due);
		assert_int_equal(due_while(*state, limits[i], due, late.from, late.to), due);
	}
}

static void ends_of_a_pause_are_cut_to_whole_seconds(void **state)
{
	int64_t due = instant("2026-03-02 15:30:00");
	int64_t from = instant("2026-03-02 10:00:00") + 700000;
	struct due_change short_one = { DUE_PAUSED, 0, from, from + 500000 };
	struct due_change inside = { DUE_PAUSED, 0, from, from + 299999 };

	assert_int_equal(due_changed(*state, hours, due, short_one), due + CALENDAR_SECOND);
	assert_int_equal(due_changed(*state, working_hours, due, short_one),
		due + CALENDAR_SECOND);
	assert_int_equal(due_changed(*state, hours, due, inside), due);
	assert_int_equal(due_changed(*state, working_hours, due, inside), due);
}

static void a_due_day_that_became_one_of_rest_is_left_by_a_pause(void **state)
{
	const struct gap_case cases[] = {
		{ working_days, "2026-03-07 23:59:59", "2026-03-07 10:00:00",
		  "2026-03-10 09:00:00", "2026-03-10 23:59:59" },
		{ working_days, "2026-03-07 23:59:59", "2026-03-07 10:00:00",
		  "2026-03-08 09:00:00", "2026-03-09 23:59:59" },
		{ working_days, "2026-03-07 23:59:59", "2026-03-07 10:00:00",
		  "2026-03-07 11:00:00", "2026-03-07 23:59:59" },
	};

	check_gaps(*state, cases, array_count(cases));
}

static void a_running_pause_moves_what_is_shown_and_nothing_before_it(void **state)
{
	int64_t due = instant("2026-03-06 23:59:59");
	int64_t from = instant("2026-03-05 10:00:00");

	assert_int_equal(due_while(*state, working_days, due, from, from), due);
	assert_int_equal(due_while(*state, working_days, due, from, from - 1), due);
	assert_int_equal(due_while(*state, working_days, due, from,
		instant("2026-03-09 08:00:00")), instant("2026-03-10 23:59:59"));
	assert_int_equal(due_while(*state, working_days, due, from, INT64_C(1) << 61), due);
	assert_int_equal(due_while(*state, working_days, 0, from, from + 1), 0);
}

/* --- Extensions --- */

static void an_extension_ends_with_the_nth_working_day_after_the_due_day(void **state)
{
	const struct {
		struct limit limit;
		const char *due;
		int32_t amount;
		const char *expected;
	} cases[] = {
		{ working_days, "2026-03-06 23:59:59", 1, "2026-03-09 23:59:59" },
		{ working_days, "2026-09-30 23:59:59", 3, "2026-10-10 23:59:59" },
		{ calendar_days, "2026-03-05 23:59:59", 2, "2026-03-09 23:59:59" },
		{ typed_in, "2026-03-05 23:59:59", 2, "2026-03-09 23:59:59" },
		{ working_hours, "2026-03-05 11:00:00", 2, "2026-03-09 23:59:59" },
		{ hours, "2026-03-06 20:00:00", 24, "2026-03-07 20:00:00" },
		{ minutes, "2026-03-06 20:00:00", 2, "2026-03-06 22:00:00" },
	};

	for (size_t i = 0; i < array_count(cases); i++)
		assert_int_equal(due_changed(*state, cases[i].limit, instant(cases[i].due),
			(struct due_change){ .kind = DUE_EXTENDED, .amount = cases[i].amount }),
			instant(cases[i].expected));
}

static struct limits_table table_shipped(void)
{
	struct table_problems problems;
	struct limits_table table;
	size_t size;
	char *text = file_read("config/limits.tsv", &size);

	assert_true(limits_parse(text, size, "shipped", &table, &problems));
	free(text);
	return table;
}

static void extensions_are_capped_by_the_limits_of_the_class(void **state)
{
	static const struct {
		enum limit_class class;
		int32_t amount;
		uint32_t before;
		enum extension_verdict verdict;
		int32_t most;
	} cases[] = {
		{ LIMIT_L0, 1, 0, EXTENSION_NOT_FOR_CLASS, 0 },
		{ LIMIT_L1, 24, 0, EXTENSION_OK, 24 },
		{ LIMIT_L1, 25, 0, EXTENSION_TOO_LONG, 24 },
		{ LIMIT_L1, 1, 1, EXTENSION_USED, 0 },
		{ LIMIT_L2, 2, 0, EXTENSION_OK, 2 },
		{ LIMIT_L3, 1, 0, EXTENSION_OK, 5 },
		{ LIMIT_L3, 0, 0, EXTENSION_TOO_LONG, 5 },
		{ LIMIT_L3, -1, 0, EXTENSION_TOO_LONG, 5 },
		{ LIMIT_L3, 6, 0, EXTENSION_TOO_LONG, 5 },
		{ LIMIT_L4, 10, 0, EXTENSION_OK, 10 },
		{ LIMIT_L4, 1, 2, EXTENSION_USED, 0 },
		{ LIMIT_L5, 15, 0, EXTENSION_OK, 15 },
		{ LIMIT_L5, 15, 3, EXTENSION_OK, 15 },
		{ LIMIT_L5, 16, 0, EXTENSION_TOO_LONG, 15 },
		{ LIMIT_LX, 60, 4, EXTENSION_OK, LIMIT_AMOUNT_MAX },
		{ LIMIT_LX, LIMIT_AMOUNT_MAX, 0, EXTENSION_OK, LIMIT_AMOUNT_MAX },
		{ LIMIT_LX, LIMIT_AMOUNT_MAX + 1, 0, EXTENSION_TOO_LONG, LIMIT_AMOUNT_MAX },
	};
	struct limits_table table = table_shipped();

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		int32_t most = -1;

		assert_int_equal(extension_check(&table.row[cases[i].class], cases[i].amount,
			cases[i].before, &most), cases[i].verdict);
		assert_int_equal(most, cases[i].most);
	}
}

static void caps_in_another_unit_than_the_limit_are_converted(void **state)
{
	const struct {
		struct limit done;
		struct limit extension;
		enum extension_rule rule;
		int32_t most;
	} cases[] = {
		{ hours, { 90, UNIT_MINUTES }, EXTENSION_ONCE, 1 },
		{ hours, { 2, UNIT_WORKING_DAYS }, EXTENSION_ONCE, 48 },
		{ minutes, { 2, UNIT_CALENDAR_DAYS }, EXTENSION_ONCE, 48 },
		{ minutes, { 5, UNIT_WORKING_HOURS }, EXTENSION_ONCE, 5 },
		{ minutes, { 30, UNIT_MINUTES }, EXTENSION_ONCE, 0 },
		{ hours, { LIMIT_AMOUNT_MAX, UNIT_WORKING_DAYS }, EXTENSION_ONCE,
		  LIMIT_AMOUNT_MAX },
		{ working_days, { 49, UNIT_HOURS }, EXTENSION_ONCE, 2 },
		{ working_days, { 1440, UNIT_MINUTES }, EXTENSION_ONCE, 1 },
		{ working_hours, { 3, UNIT_WORKING_DAYS }, EXTENSION_ONCE, 3 },
		{ working_hours, { 48, UNIT_WORKING_HOURS }, EXTENSION_ONCE, 2 },
		{ calendar_days, { 0, UNIT_MINUTES }, EXTENSION_LEADER, 7 },
		{ working_days, { 3, UNIT_WORKING_DAYS }, EXTENSION_LEADER, 3 },
		{ typed_in, { 30, UNIT_WORKING_DAYS }, EXTENSION_LAW, 30 },
		{ typed_in, { 0, UNIT_MINUTES }, EXTENSION_LEADER, LIMIT_AMOUNT_MAX },
		{ working_days, { 0, UNIT_MINUTES }, EXTENSION_LAW, LIMIT_AMOUNT_MAX },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		struct limit_row row = { .extension = cases[i].rule };
		int32_t most = -1;

		row.limit[LIMIT_DONE] = cases[i].done;
		row.limit[LIMIT_EXTENSION] = cases[i].extension;
		assert_int_equal(extension_check(&row, 1, 0, &most),
			cases[i].most > 0 ? EXTENSION_OK : EXTENSION_TOO_LONG);
		assert_int_equal(most, cases[i].most);
	}
}

static void only_limits_that_run_day_and_night_are_extended_by_hours(void **state)
{
	(void)state;
	assert_true(limit_runs_on(hours) && limit_runs_on(minutes));
	assert_false(limit_runs_on(working_hours) || limit_runs_on(working_days) ||
		limit_runs_on(calendar_days) || limit_runs_on(typed_in));
}

/* --- Without an answer --- */

static void changes_beyond_the_calendar_or_of_no_due_time_say_so(void **state)
{
	const struct limit limits[] = {
		working_days, calendar_days, hours, working_hours, typed_in,
	};
	int64_t last = instant("2100-12-31 23:59:59");
	int64_t due = instant("2100-12-30 23:59:59");
	const struct due_change changes[] = {
		{ DUE_EXTENDED, 100, 0, 0 },
		{ DUE_PAUSED, 0, instant("2100-12-20"), last },
		{ DUE_PAUSED, 0, instant("2026-12-20"), last + CALENDAR_SECOND },
		{ DUE_PAUSED, 0, day_start(CALENDAR_FIRST_DAY) - 1, instant("2026-12-20") },
		{ DUE_CALENDAR, 0, 0, last + CALENDAR_SECOND },
		{ DUE_CALENDAR, 0, 0, INT64_MIN },
	};
	int64_t moved = 9;

	for (size_t i = 0; i < array_count(limits); i++) {
		for (size_t c = 0; c < array_count(changes); c++) {
			assert_int_equal(due_after(*state, limits[i], due, &changes[c], &moved),
				LIMIT_BEYOND_CALENDAR);
			assert_int_equal(due_after(*state, limits[i], INT64_MAX, &changes[c],
				&moved), LIMIT_BEYOND_CALENDAR);
			assert_int_equal(due_after(*state, limits[i], 0, &changes[c], &moved),
				LIMIT_NOT_GIVEN);
		}
	}
	assert_int_equal(moved, 9);
}

static void an_interval_outside_of_the_calendar_has_no_answer_in_any_unit(void **state)
{
	const struct limit limits[] = {
		working_days, calendar_days, hours, working_hours, typed_in,
	};
	int64_t due = instant("2026-03-06 23:59:59");
	int64_t first = day_start(CALENDAR_FIRST_DAY);
	const struct due_change too_early = { DUE_PAUSED, 0, first - 1, first };
	const struct due_change too_late = {
		DUE_PAUSED, 0, due + CALENDAR_SECOND, day_start(CALENDAR_LAST_DAY + 1)
	};
	int64_t moved = 9;

	for (size_t i = 0; i < array_count(limits); i++) {
		assert_int_equal(due_after(*state, limits[i], due, &too_early, &moved),
			LIMIT_BEYOND_CALENDAR);
		assert_int_equal(due_after(*state, limits[i], due, &too_late, &moved),
			LIMIT_BEYOND_CALENDAR);
	}
	assert_int_equal(moved, 9);
}

/* --- Histories --- */

/* The shipped calendar and rows of its own: days off or worked by a late notice. */
static struct calendar *calendar_changed(const struct calendar *shipped, const char *off,
	const char *work)
{
	struct calendar_row *rows;
	struct calendar *changed;
	size_t count;
	size_t n = 0;
	const struct calendar_row *old = calendar_rows(shipped, &count);

	rows = calloc(count + 2, sizeof(*rows));
	assert_non_null(rows);
	for (size_t i = 0; i < count; i++)
		if ((off == NULL || old[i].day != day_at(off)) &&
		    (work == NULL || old[i].day != day_at(work)))
			rows[n++] = old[i];
	if (off != NULL)
		rows[n++] = (struct calendar_row){ .day = day_at(off), .kind = DAY_OFF,
						   .occasion = "台风" };
	if (work != NULL)
		rows[n++] = (struct calendar_row){ .day = day_at(work), .kind = DAY_WORK,
						   .occasion = "调休" };
	changed = calendar_build(calendar_week(shipped), rows, n, "changed");
	free(rows);
	assert_non_null(changed);
	return changed;
}

static void a_due_time_follows_from_its_start_and_all_its_changes_in_order(void **state)
{
	const struct due_change changes[] = {
		{ DUE_PAUSED, 0, instant("2026-03-04 10:00:00"),
		  instant("2026-03-06 10:00:00") },
		{ DUE_EXTENDED, 2, 0, 0 },
		{ DUE_ON_ACCOUNT, 0, instant("2026-03-13 10:00:00"),
		  instant("2026-03-16 10:00:00") },
	};
	static const char *const dues[] = {
		"2026-03-09 23:59:59", "2026-03-11 23:59:59", "2026-03-13 23:59:59",
		"2026-03-16 23:59:59",
	};
	struct due_history history = {
		.limit = working_days, .start = instant("2026-03-02 10:00:00"),
		.change = changes,
	};
	int64_t due = 0;

	for (history.count = 0; history.count < array_count(dues); history.count++) {
		assert_int_equal(due_derived(*state, &history, &due), LIMIT_COMPUTED);
		assert_int_equal(due, instant(dues[history.count]));
		assert_int_equal(due_recomputed(*state, &history, due, &due), LIMIT_COMPUTED);
		assert_int_equal(due, instant(dues[history.count]));
	}
}

static void a_first_due_time_of_its_own_takes_the_place_of_the_limit(void **state)
{
	const struct due_change changes[] = {
		{ DUE_PAUSED, 0, instant("2026-03-05 10:00:00"),
		  instant("2026-03-06 10:00:00") },
	};
	struct due_history history = {
		.limit = typed_in, .start = instant("2026-03-02 10:00:00"),
		.change = changes, .count = 1,
	};
	int64_t due = 9;

	assert_int_equal(due_derived(*state, &history, &due), LIMIT_NOT_GIVEN);
	assert_int_equal(due_recomputed(*state, &history, instant("2026-03-05 23:59:59"), &due),
		LIMIT_NOT_GIVEN);
	assert_int_equal(due, 9);
	history.first_due = instant("2026-03-05 23:59:59");
	assert_int_equal(due_derived(*state, &history, &due), LIMIT_COMPUTED);
	assert_int_equal(due, instant("2026-03-06 23:59:59"));
	history.first_due = instant("2100-12-31 23:59:59");
	assert_int_equal(due_derived(*state, &history, &due), LIMIT_BEYOND_CALENDAR);
	assert_int_equal(due, instant("2026-03-06 23:59:59"));
}

static void another_calendar_moves_a_due_time_later_and_never_earlier(void **state)
{
	struct calendar *typhoon = calendar_changed(*state, "2026-03-05", NULL);
	struct calendar *more_work = calendar_changed(*state, NULL, "2026-03-07");
	struct due_history history = {
		.limit = working_days, .start = instant("2026-03-02 10:00:00"),
	};
	int64_t due_now = instant("2026-03-09 23:59:59");
	int64_t due = 0;

	assert_int_equal(due_recomputed(typhoon, &history, due_now, &due), LIMIT_COMPUTED);
	assert_int_equal(due, instant("2026-03-10 23:59:59"));
	assert_int_equal(due_derived(more_work, &history, &due), LIMIT_COMPUTED);
	assert_int_equal(due, instant("2026-03-07 23:59:59"));
	assert_int_equal(due_recomputed(more_work, &history, due_now, &due), LIMIT_COMPUTED);
	assert_int_equal(due, due_now);
	history.limit = hours;
	due_now = instant("2026-03-08 10:00:00");
	assert_int_equal(due_recomputed(typhoon, &history, due_now, &due), LIMIT_COMPUTED);
	assert_int_equal(due, due_now);
	calendar_free(typhoon);
	calendar_free(more_work);
}

static void a_due_day_that_another_calendar_makes_one_of_rest_moves_on(void **state)
{
	/* Monday off and Saturday worked: the limit ends earlier, the due day has gone. */
	struct calendar *calendar = calendar_changed(*state, "2026-03-09", "2026-03-07");
	struct due_history history = {
		.limit = working_days, .start = instant("2026-03-02 10:00:00"),
	};
	int64_t due_now = instant("2026-03-09 23:59:59");
	int64_t due = 0;

	assert_int_equal(due_derived(calendar, &history, &due), LIMIT_COMPUTED);
	assert_int_equal(due, instant("2026-03-07 23:59:59"));
	assert_int_equal(due_recomputed(calendar, &history, due_now, &due), LIMIT_COMPUTED);
	assert_int_equal(due, instant("2026-03-10 23:59:59"));
	calendar_free(calendar);
}

static void a_recomputed_due_time_on_record_is_derived_again(void **state)
{
	struct calendar *typhoon = calendar_changed(*state, "2026-03-05", NULL);
	const struct due_change changes[] = {
		{ DUE_CALENDAR, 0, 0, instant("2026-03-10 23:59:59") },
		{ DUE_PAUSED, 0, instant("2026-03-10 09:00:00"),
		  instant("2026-03-12 09:00:00") },
	};
	struct due_history history = {
		.limit = working_days, .start = instant("2026-03-02 10:00:00"),
		.change = changes, .count = 2,
	};
	int64_t due = 0;

	assert_int_equal(due_derived(typhoon, &history, &due), LIMIT_COMPUTED);
	assert_int_equal(due, instant("2026-03-12 23:59:59"));
	/* The notice is taken back: the day that it gave was given. */
	assert_int_equal(due_recomputed(*state, &history, due, &due), LIMIT_COMPUTED);
	assert_int_equal(due, instant("2026-03-12 23:59:59"));
	assert_int_equal(due_changed(*state, working_days, instant("2026-03-04 23:59:59"),
		(struct due_change){ .kind = DUE_CALENDAR,
				     .to = instant("2026-03-07 23:59:59") }),
		instant("2026-03-09 23:59:59"));
	assert_int_equal(due_changed(*state, hours, instant("2026-03-04 20:00:00"),
		(struct due_change){ .kind = DUE_CALENDAR,
				     .to = instant("2026-03-07 21:00:00") }),
		instant("2026-03-07 21:00:00"));
	calendar_free(typhoon);
}

/* --- Assists --- */

static void an_assist_is_due_one_working_day_before_its_lead(void **state)
{
	static const struct {
		const char *lead, *at, *expected;
	} cases[] = {
		{ "2026-03-09 23:59:59", "2026-03-03 10:00:00", "2026-03-06 23:59:59" },
		{ "2026-10-08 23:59:59", "2026-09-28 10:00:00", "2026-09-30 23:59:59" },
		{ "2026-03-09 23:59:59", "2026-03-06 23:59:58", "2026-03-06 23:59:59" },
		{ "2026-03-09 23:59:59", "2026-03-06 23:59:59", "2026-03-09 23:59:59" },
		{ "2026-03-09 23:59:59", "2026-03-09 10:00:00", "2026-03-09 23:59:59" },
		{ "2026-03-08 10:00:00", "2026-03-07 10:00:00", "2026-03-08 10:00:00" },
		{ "1990-01-01 23:59:59", "1990-01-01 10:00:00", "1990-01-01 23:59:59" },
	};

	for (size_t i = 0; i < array_count(cases); i++)
		assert_int_equal(due_of_assist(*state, instant(cases[i].lead),
			instant(cases[i].at)), instant(cases[i].expected));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pause_on_the_last_day_leaves_that_day_after_the_weekend),
		cmocka_unit_test(
			a_pause_gives_back_the_working_days_from_its_first_to_before_its_last),
		cmocka_unit_test(a_pause_of_calendar_days_ends_on_no_day_of_rest),
		cmocka_unit_test(a_pause_of_running_limits_gives_back_its_seconds),
		cmocka_unit_test(a_pause_of_working_hours_gives_back_working_time_alone),
		cmocka_unit_test(what_is_overdue_stays_overdue_whatever_pause_follows),
		cmocka_unit_test(ends_of_a_pause_are_cut_to_whole_seconds),
		cmocka_unit_test(a_due_day_that_became_one_of_rest_is_left_by_a_pause),
		cmocka_unit_test(a_running_pause_moves_what_is_shown_and_nothing_before_it),
		cmocka_unit_test(an_extension_ends_with_the_nth_working_day_after_the_due_day),
		cmocka_unit_test(extensions_are_capped_by_the_limits_of_the_class),
		cmocka_unit_test(caps_in_another_unit_than_the_limit_are_converted),
		cmocka_unit_test(only_limits_that_run_day_and_night_are_extended_by_hours),
		cmocka_unit_test(changes_beyond_the_calendar_or_of_no_due_time_say_so),
		cmocka_unit_test(
			an_interval_outside_of_the_calendar_has_no_answer_in_any_unit),
		cmocka_unit_test(
			a_due_time_follows_from_its_start_and_all_its_changes_in_order),
		cmocka_unit_test(a_first_due_time_of_its_own_takes_the_place_of_the_limit),
		cmocka_unit_test(another_calendar_moves_a_due_time_later_and_never_earlier),
		cmocka_unit_test(a_due_day_that_another_calendar_makes_one_of_rest_moves_on),
		cmocka_unit_test(a_recomputed_due_time_on_record_is_derived_again),
		cmocka_unit_test(an_assist_is_due_one_working_day_before_its_lead),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
