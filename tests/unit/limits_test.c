/*
 * Limits: the shipped table, due moments of every unit, and that the receipt derives exactly
 * the due moment that rules. Edges are the last second of a day, days of rest at either end,
 * and fractions of a second.
 */
#include "rules_fixture.h"

#include "rules/limits.h"

static const struct limit five_days = { 5, UNIT_WORKING_DAYS };

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

static int64_t due_of(const struct calendar *calendar, struct limit limit, int64_t start)
{
	int64_t due = 0;

	assert_int_equal(limit_due(calendar, limit, start, &due), LIMIT_COMPUTED);
	return due;
}

/* --- The table --- */

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

static void shipped_limits_are_those_of_the_default_profile(void **state)
{
	static const struct {
		struct limit limit[LIMIT_KINDS];
		enum extension_rule extension;
	} expected[LIMIT_CLASSES] = {
		[LIMIT_L0] = { { { 5, UNIT_MINUTES }, { 15, UNIT_MINUTES },
				       { 30, UNIT_MINUTES }, { 60, UNIT_MINUTES },
				       { 2, UNIT_HOURS }, { 24, UNIT_HOURS },
				       { 0, UNIT_MINUTES }, { 10, UNIT_MINUTES } },
			EXTENSION_NONE },
		[LIMIT_L1] = { { { 30, UNIT_MINUTES },
				       { 2, UNIT_HOURS }, [LIMIT_DONE] = { 24, UNIT_HOURS },
				       [LIMIT_EXTENSION] = { 24, UNIT_HOURS },
				       [LIMIT_RETURN] = { 1, UNIT_WORKING_DAYS } },
			EXTENSION_ONCE },
		[LIMIT_L2] = { { { 4, UNIT_WORKING_HOURS }, { 1, UNIT_WORKING_DAYS },
				       [LIMIT_DONE] = { 1, UNIT_WORKING_DAYS },
				       [LIMIT_EXTENSION] = { 2, UNIT_WORKING_DAYS },
				       [LIMIT_RETURN] = { 1, UNIT_WORKING_DAYS } },
			EXTENSION_ONCE },
		[LIMIT_L3] = { { { 1, UNIT_WORKING_DAYS }, { 1, UNIT_WORKING_DAYS },
				       [LIMIT_DONE] = { 5, UNIT_WORKING_DAYS },
				       [LIMIT_EXTENSION] = { 5, UNIT_WORKING_DAYS },
				       [LIMIT_RETURN] = { 1, UNIT_WORKING_DAYS } },
			EXTENSION_ONCE },
		[LIMIT_L4] = { { { 1, UNIT_WORKING_DAYS }, { 1, UNIT_WORKING_DAYS },
				       [LIMIT_DONE] = { 10, UNIT_WORKING_DAYS },
				       [LIMIT_EXTENSION] = { 10, UNIT_WORKING_DAYS },
				       [LIMIT_RETURN] = { 1, UNIT_WORKING_DAYS } },
			EXTENSION_ONCE },
		[LIMIT_L5] = { { { 1, UNIT_WORKING_DAYS }, { 1, UNIT_WORKING_DAYS },
				       [LIMIT_DONE] = { 15, UNIT_WORKING_DAYS },
				       [LIMIT_RETURN] = { 1, UNIT_WORKING_DAYS } },
			EXTENSION_LEADER },
		[LIMIT_LX] = { { { 1, UNIT_WORKING_DAYS }, { 1, UNIT_WORKING_DAYS },
				       [LIMIT_RETURN] = { 1, UNIT_WORKING_DAYS } },
			EXTENSION_LAW },
	};
	struct limits_table table = table_shipped();

	(void)state;
	for (int class = 0; class < LIMIT_CLASSES; class++) {
		const struct limit_row *row = &table.row[class];

		assert_int_equal(row->extension, expected[class].extension);
		assert_true(
			row->name[LANGUAGE_ZH][0] != '\0' && row->name[LANGUAGE_EN][0] != '\0');
		for (int kind = 0; kind < LIMIT_KINDS; kind++) {
			assert_int_equal(
				row->limit[kind].amount, expected[class].limit[kind].amount);
			if (row->limit[kind].amount > 0)
				assert_int_equal(row->limit[kind].unit,
					expected[class].limit[kind].unit);
		}
	}
}

static void a_limit_is_an_amount_and_a_unit(void **state)
{
	static const char *const bad[] = {
		"",
		"5",
		"5 ",
		"5 days",
		"0 hours",
		"-1 hours",
		"5  hours",
		"hours",
		"10001 hours",
		"99999999999999999999 hours",
		"5 hours ",
		"5.5 hours",
		"--",
		"5\thours",
	};
	struct limit limit = { -1, UNIT_HOURS };

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++)
		assert_false(limit_parse(bad[i], strlen(bad[i]), &limit));
	assert_int_equal(limit.amount, -1);
	assert_true(limit_parse("10000 working_hours", 19, &limit));
	assert_int_equal(limit.amount, 10000);
	assert_int_equal(limit.unit, UNIT_WORKING_HOURS);
	assert_true(limit_parse("-", 1, &limit));
	assert_int_equal(limit.amount, 0);
}

#define DAY_LINE "\t1 working_days\t1 working_days\t-\t-\t-"

static void bad_limit_lines_are_reported_by_number_and_nothing_is_taken(void **state)
{
	static const char text[] =
		"class\tname_zh\tname_en\tsign\tcontact\n"
		"L0\t甲\ta" DAY_LINE "\t2 weeks\t-\tnone\t-\n" /* 2 */
		"L1\t甲\ta" DAY_LINE "\t2 hours\t-\tonce\n" /* 3: once without amount */
		"L2\t\ta" DAY_LINE "\t2 hours\t-\tnone\n" /* 4: no name */
		"L3\t甲\ta" DAY_LINE "\t-\t-\tnone\n" /* 5: no done */
		"L9\t甲\ta" DAY_LINE "\t2 hours\t-\tnone\n" /* 6 */
		"L4\t甲\ta" DAY_LINE "\t2 hours\t-\n" /* 7: cells short */
		"L4\t甲\ta" DAY_LINE "\t2 hours\t-\tnone\n" /* 8: stands twice */
		"L5\t甲\ta" DAY_LINE "\t2 hours\t1 hours\tnone\n" /* 9: none with amount */
		"LX\t甲\ta" DAY_LINE "\t-\t-\tlaw\tsoon\n" /* 10 */
		"LX\t甲\ta" DAY_LINE "\t-\t-\tlaw\t-\t-\n" /* 11: stands twice */
		"# L6 is no class\n";
	static const size_t lines[] = { 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
	struct table_problems problems;
	struct limits_table table = { .version = "untouched" };

	(void)state;
	assert_false(limits_parse(text, strlen(text), "v", &table, &problems));
	assert_int_equal(problems.count, array_count(lines));
	for (size_t i = 0; i < array_count(lines); i++)
		assert_int_equal(problems.first[i].line, lines[i]);
	assert_non_null(strstr(problems.first[0].text, "done: \"2 weeks\" is no limit"));
	assert_non_null(strstr(problems.first[8].text, "return: \"soon\" is no limit"));
	assert_string_equal(table.version, "untouched");
}

/* The lines of all classes but LX, without and with the window of a return. */
#define DAY_LINES(end) \
	"L0\t甲\ta" DAY_LINE "\t2 hours\t-\tnone" end "L1\t甲\ta" DAY_LINE \
	"\t2 hours\t-\tnone" end "L2\t甲\ta" DAY_LINE "\t2 hours\t-\tnone" end \
	"L3\t甲\ta" DAY_LINE "\t2 hours\t-\tnone" end "L4\t甲\ta" DAY_LINE \
	"\t2 hours\t-\tnone" end "L5\t甲\ta" DAY_LINE "\t2 hours\t-\tnone" end

static void a_missing_class_is_named_at_the_last_line(void **state)
{
	static const char text[] = DAY_LINES("\t-\n");
	struct table_problems problems;
	struct limits_table table;

	(void)state;
	assert_false(limits_parse(text, strlen(text), "v", &table, &problems));
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.first[0].line, 6);
	assert_string_equal(problems.first[0].text, "LX is missing; add its line");
}

static void tables_from_before_the_window_of_a_return_are_still_read(void **state)
{
	static const char text[] = DAY_LINES("\n") "LX\t甲\ta" DAY_LINE "\t-\t-\tlaw\n";
	struct table_problems problems;
	struct limits_table table;

	(void)state;
	assert_true(limits_parse(text, strlen(text), "1", &table, &problems));
	for (int class = 0; class < LIMIT_CLASSES; class++) {
		assert_int_equal(table.row[class].limit[LIMIT_RETURN].amount, 0);
		assert_int_equal(table.row[class].limit[LIMIT_SIGN].amount, 1);
	}
	assert_int_equal(table.row[LIMIT_LX].extension, EXTENSION_LAW);
}

static void words_of_classes_and_contents_are_read_back(void **state)
{
	enum content_class content;
	enum limit_class class;

	(void)state;
	for (int i = 0; i < CONTENT_CLASSES; i++) {
		const char *word = content_class_text((enum content_class)i);

		assert_true(content_class_parse(word, strlen(word), &content));
		assert_int_equal(content, i);
	}
	for (int i = 0; i < LIMIT_CLASSES; i++) {
		const char *word = limit_class_text((enum limit_class)i);

		assert_true(limit_class_parse(word, strlen(word), &class));
		assert_int_equal(class, i);
	}
	assert_false(limit_class_parse("L", 1, &class));
	assert_false(limit_class_parse("l3", 2, &class));
	assert_false(content_class_parse("other", 5, &content));
	assert_string_equal(limit_unit_text(UNIT_WORKING_DAYS), "working_days");
	assert_string_equal(limit_kind_text(LIMIT_DONE), "done");
	assert_string_equal(extension_rule_text(EXTENSION_ONCE), "once");
}

static void the_class_follows_from_row_content_and_urgency(void **state)
{
	static const struct {
		enum limit_class row;
		bool allows;
		enum content_class content;
		bool urgent;
		enum limit_class expected;
	} cases[] = {
		{ LIMIT_L3, true, CONTENT_HELP, true, LIMIT_L0 },
		{ LIMIT_L3, false, CONTENT_HELP, true, LIMIT_L3 },
		{ LIMIT_L3, true, CONTENT_HELP, false, LIMIT_L3 },
		{ LIMIT_L0, true, CONTENT_HELP, false, LIMIT_L1 },
		{ LIMIT_L1, true, CONTENT_COMPLAINT, false, LIMIT_L1 },
		{ LIMIT_LX, false, CONTENT_COMPLAINT, false, LIMIT_LX },
		{ LIMIT_L3, false, CONTENT_REPORT, false, LIMIT_L4 },
		{ LIMIT_L1, false, CONTENT_REPORT, false, LIMIT_L4 },
		{ LIMIT_L4, false, CONTENT_REPORT, false, LIMIT_L4 },
		{ LIMIT_L5, false, CONTENT_REPORT, false, LIMIT_L5 },
		{ LIMIT_LX, false, CONTENT_REPORT, false, LIMIT_LX },
		{ LIMIT_L3, true, CONTENT_REPORT, true, LIMIT_L0 },
		{ LIMIT_L5, false, CONTENT_CONSULTATION, false, LIMIT_L2 },
		{ LIMIT_L5, true, CONTENT_CONSULTATION, true, LIMIT_L0 },
		{ LIMIT_L5, true, CONTENT_SUGGESTION, true, LIMIT_L3 },
		{ LIMIT_L1, true, CONTENT_PRAISE, true, LIMIT_L3 },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++)
		assert_int_equal(limit_class_for(cases[i].row, cases[i].allows,
					 cases[i].content, cases[i].urgent),
			cases[i].expected);
}

/* --- Due moments --- */

static void working_day_limits_end_on_the_last_second_of_the_nth_working_day(void **state)
{
	static const struct {
		const char *start;
		int32_t days;
		const char *due;
	} cases[] = {
		{ "2026-03-02 10:00:00", 5, "2026-03-09 23:59:59" },
		{ "2026-03-02 00:00:00", 1, "2026-03-03 23:59:59" },
		{ "2026-03-02 23:59:59", 1, "2026-03-03 23:59:59" },
		/* Received on days of rest: the next working day is the first. */
		{ "2026-03-07 10:00:00", 1, "2026-03-09 23:59:59" },
		{ "2026-10-03 10:00:00", 1, "2026-10-08 23:59:59" },
		{ "2026-09-30 18:00:00", 15, "2026-10-27 23:59:59" },
		{ "2025-12-31 09:00:00", 1, "2026-01-04 23:59:59" },
	};

	for (size_t i = 0; i < array_count(cases); i++) {
		struct limit limit = { cases[i].days, UNIT_WORKING_DAYS };

		assert_int_equal(due_of(*state, limit, instant(cases[i].start)),
			instant(cases[i].due));
	}
}

static void calendar_days_that_end_on_rest_move_to_the_next_working_day(void **state)
{
	static const struct {
		const char *start;
		int32_t days;
		const char *due;
	} cases[] = {
		{ "2026-03-02 10:00:00", 3, "2026-03-05 23:59:59" },
		{ "2026-03-02 10:00:00", 5, "2026-03-09 23:59:59" },	/* Saturday */
		{ "2026-09-24 10:00:00", 7, "2026-10-08 23:59:59" },	/* 1 October */
		{ "2026-02-07 10:00:00", 7, "2026-02-14 23:59:59" },	/* made-up Saturday */
		{ "2026-02-01 10:00:00", 60, "2026-04-02 23:59:59" },
	};

	for (size_t i = 0; i < array_count(cases); i++) {
		struct limit limit = { cases[i].days, UNIT_CALENDAR_DAYS };

		assert_int_equal(due_of(*state, limit, instant(cases[i].start)),
			instant(cases[i].due));
	}
}

static void running_limits_start_at_once_and_care_for_no_rest(void **state)
{
	int64_t start = instant("2026-10-03 23:50:00");

	assert_int_equal(due_of(*state, (struct limit){ 15, UNIT_MINUTES }, start),
		instant("2026-10-04 00:05:00"));
	assert_int_equal(due_of(*state, (struct limit){ 24, UNIT_HOURS }, start),
		instant("2026-10-04 23:50:00"));
}

static void due_moments_are_cut_to_whole_seconds(void **state)
{
	int64_t start = instant("2026-03-02 10:00:00") + 999999;
	static const struct limit limits[] = {
		{ 5, UNIT_MINUTES }, { 2, UNIT_HOURS }, { 4, UNIT_WORKING_HOURS },
		{ 1, UNIT_CALENDAR_DAYS }, { 1, UNIT_WORKING_DAYS },
	};
	static const char *const dues[] = {
		"2026-03-02 10:05:00", "2026-03-02 12:00:00", "2026-03-02 15:30:00",
		"2026-03-03 23:59:59", "2026-03-03 23:59:59",
	};

	for (size_t i = 0; i < array_count(limits); i++)
		assert_int_equal(due_of(*state, limits[i], start), instant(dues[i]));
}

static void working_hours_use_the_segments_of_the_day(void **state)
{
	struct limit four = { 4, UNIT_WORKING_HOURS };

	assert_int_equal(due_of(*state, four, instant("2026-03-02 10:00:00")),
		instant("2026-03-02 15:30:00"));
	assert_int_equal(due_of(*state, four, instant("2026-03-06 16:30:00")),
		instant("2026-03-09 12:00:00"));
	assert_int_equal(due_of(*state, four, instant("2026-10-01 03:00:00")),
		instant("2026-10-08 14:30:00"));
}

static void the_due_second_is_still_in_time_and_the_next_is_not(void **state)
{
	int64_t due = due_of(*state, five_days, instant("2026-03-02 10:00:00"));

	assert_true(limit_kept(due, due));
	assert_true(limit_kept(due + 999999, due));
	assert_false(limit_kept(due + 1000000, due));
	assert_int_equal(limit_overdue_at(due), instant("2026-03-10"));
}

static void a_limit_without_amount_has_no_due_moment(void **state)
{
	struct limits_table table = table_shipped();
	int64_t due = 9;

	assert_int_equal(limit_due(*state, table.row[LIMIT_LX].limit[LIMIT_DONE],
		instant("2026-03-02"), &due), LIMIT_NOT_GIVEN);
	assert_int_equal(limit_redo_due(*state, table.row[LIMIT_LX].limit[LIMIT_DONE],
		instant("2026-03-02"), &due), LIMIT_NOT_GIVEN);
	assert_int_equal(due, 9);
}

static void limits_beyond_the_calendar_say_so(void **state)
{
	static const struct limit limits[] = {
		{ 1, UNIT_MINUTES }, { 1, UNIT_HOURS }, { 1, UNIT_WORKING_HOURS },
		{ 1, UNIT_CALENDAR_DAYS }, { 1, UNIT_WORKING_DAYS },
	};
	int64_t due = 9;

	for (size_t i = 0; i < array_count(limits); i++) {
		assert_int_equal(
			limit_due(*state, limits[i], instant("2100-12-31 23:59:59"), &due),
			LIMIT_BEYOND_CALENDAR);
		assert_int_equal(limit_due(*state, limits[i],
			day_start(CALENDAR_FIRST_DAY) - 1, &due), LIMIT_BEYOND_CALENDAR);
		assert_int_equal(limit_due(*state, limits[i], INT64_MAX, &due),
			LIMIT_BEYOND_CALENDAR);
	}
	assert_int_equal(due, 9);
}

static void an_extension_counts_from_the_present_due_moment(void **state)
{
	int64_t due = due_of(*state, five_days, instant("2026-03-02 10:00:00"));

	assert_int_equal(due_of(*state, (struct limit){ 3, UNIT_WORKING_DAYS }, due),
		instant("2026-03-12 23:59:59"));
	assert_int_equal(due_of(*state, (struct limit){ 24, UNIT_HOURS },
		instant("2026-03-07 08:15:00")), instant("2026-03-08 08:15:00"));
}

/* --- Warning, red, redo --- */

static int64_t warn_of(const struct calendar *calendar, struct limit limit, const char *start)
{
	int64_t at = instant(start);

	return limit_warn_at(calendar, limit, at, due_of(calendar, limit, at));
}

static void day_limits_warn_at_the_end_of_the_working_day_before(void **state)
{
	struct limit two = { 2, UNIT_WORKING_DAYS };

	assert_int_equal(warn_of(*state, five_days, "2026-03-02 10:00:00"),
		instant("2026-03-06 23:59:59"));
	assert_int_equal(warn_of(*state, two, "2026-03-02 10:00:00"),
		instant("2026-03-03 23:59:59"));
	/* Over the holiday: due on 8 October, warned on 30 September. */
	assert_int_equal(warn_of(*state, two, "2026-09-29 10:00:00"),
		instant("2026-09-30 23:59:59"));
	/* The working day before lies before the start. */
	assert_int_equal(warn_of(*state, (struct limit){ 2, UNIT_CALENDAR_DAYS },
		"2026-03-07 12:00:00"), instant("2026-03-09 08:59:59"));
}

static void hour_limits_and_single_days_warn_at_three_quarters(void **state)
{
	assert_int_equal(
		warn_of(*state, (struct limit){ 24, UNIT_HOURS }, "2026-03-07 10:00:00"),
		instant("2026-03-08 04:00:00"));
	assert_int_equal(warn_of(*state, (struct limit){ 5, UNIT_MINUTES },
		"2026-03-07 10:00:00"), instant("2026-03-07 10:03:45"));
	assert_int_equal(warn_of(*state, (struct limit){ 4, UNIT_WORKING_HOURS },
		"2026-03-02 16:30:00"), instant("2026-03-03 11:00:00"));
	assert_int_equal(warn_of(*state, (struct limit){ 1, UNIT_WORKING_DAYS },
		"2026-03-02 00:00:00"), instant("2026-03-03 11:59:59"));
}

static void an_overdue_limit_turns_red_after_half_of_it_or_five_days(void **state)
{
	static const struct {
		struct limit limit;
		const char *due;
		const char *red;
		bool is_half;
	} cases[] = {
		{ { 5, UNIT_WORKING_DAYS }, "2026-03-09 23:59:59", "2026-03-13", true },
		{ { 4, UNIT_WORKING_DAYS }, "2026-03-09 23:59:59", "2026-03-12", true },
		{ { 1, UNIT_WORKING_DAYS }, "2026-03-09 23:59:59", "2026-03-11", true },
		{ { 10, UNIT_WORKING_DAYS }, "2026-03-09 23:59:59", "2026-03-17", true },
		{ { 15, UNIT_WORKING_DAYS }, "2026-03-09 23:59:59", "2026-03-17", false },
		{ { 60, UNIT_CALENDAR_DAYS }, "2026-03-09 23:59:59", "2026-03-17", false },
		{ { 24, UNIT_HOURS }, "2026-03-09 08:00:00", "2026-03-09 20:00:01", true },
		{ { 5, UNIT_MINUTES }, "2026-03-09 08:00:00", "2026-03-09 08:02:31", true },
		{ { 4, UNIT_WORKING_HOURS }, "2026-03-09 16:30:00", "2026-03-10 10:00:01", true },
	};

	for (size_t i = 0; i < array_count(cases); i++) {
		int64_t due = instant(cases[i].due);

		assert_int_equal(limit_red_at(*state, cases[i].limit, due),
			instant(cases[i].red));
		assert_int_equal(limit_red_is_half(*state, cases[i].limit, due),
			cases[i].is_half);
	}
}

static void a_redo_has_half_the_limit_at_least_two_days_never_more_than_the_whole(void **state)
{
	static const struct {
		struct limit limit;
		const char *start;
		const char *due;
	} cases[] = {
		{ { 15, UNIT_WORKING_DAYS }, "2026-03-02 10:00:00", "2026-03-12 23:59:59" },
		{ { 10, UNIT_WORKING_DAYS }, "2026-03-02 10:00:00", "2026-03-09 23:59:59" },
		{ { 5, UNIT_WORKING_DAYS }, "2026-03-02 10:00:00", "2026-03-05 23:59:59" },
		{ { 3, UNIT_WORKING_DAYS }, "2026-03-02 10:00:00", "2026-03-04 23:59:59" },
		{ { 2, UNIT_WORKING_DAYS }, "2026-03-02 10:00:00", "2026-03-04 23:59:59" },
		{ { 1, UNIT_WORKING_DAYS }, "2026-03-02 10:00:00", "2026-03-03 23:59:59" },
		{ { 4, UNIT_CALENDAR_DAYS }, "2026-03-06 10:00:00", "2026-03-10 23:59:59" },
		{ { 24, UNIT_HOURS }, "2026-03-07 10:00:00", "2026-03-07 22:00:00" },
		{ { 1, UNIT_HOURS }, "2026-03-07 10:00:00", "2026-03-07 10:30:00" },
		{ { 1, UNIT_WORKING_HOURS }, "2026-03-02 12:00:00", "2026-03-02 14:00:00" },
	};

	for (size_t i = 0; i < array_count(cases); i++) {
		int64_t due = 0;

		assert_int_equal(limit_redo_due(*state, cases[i].limit, instant(cases[i].start),
			&due), LIMIT_COMPUTED);
		assert_int_equal(due, instant(cases[i].due));
	}
}

/* --- The receipt --- */

static void the_receipt_names_each_day_counted_or_skipped(void **state)
{
	static const struct {
		const char *day;
		enum step_kind kind;
		int32_t count;
		const char *en;
	} expected[] = {
		{ "2026-05-07", STEP_START, 0, "day of the start, not counted (working day)" },
		{ "2026-05-08", STEP_COUNTED, 1, "counted (working day)" },
		{ "2026-05-09", STEP_COUNTED, 2, "counted (make-up working day: 劳动节)" },
		{ "2026-05-10", STEP_SKIPPED, 2, "not counted (weekend)" },
		{ "2026-05-11", STEP_COUNTED, 3, "counted (working day)" },
	};
	struct derivation_step steps[10];
	struct derivation receipt = { .steps = steps, .max = array_count(steps) };
	char text[LIMIT_TEXT_BYTES];

	assert_int_equal(limit_derive(*state, (struct limit){ 3, UNIT_WORKING_DAYS },
		instant("2026-05-07 20:00:00"), &receipt), LIMIT_COMPUTED);
	assert_int_equal(receipt.due, instant("2026-05-11 23:59:59"));
	assert_int_equal(receipt.count, array_count(expected));
	for (size_t i = 0; i < array_count(expected); i++) {
		assert_int_equal(steps[i].day, day_at(expected[i].day));
		assert_int_equal(steps[i].kind, expected[i].kind);
		assert_int_equal(steps[i].count, expected[i].count);
		assert_string_equal(
			step_reason_text(&steps[i], LANGUAGE_EN, text, sizeof(text)),
			expected[i].en);
	}
	assert_string_equal(step_reason_text(&steps[2], LANGUAGE_ZH, text, sizeof(text)),
		"计入（调休上班：劳动节）");
	assert_string_equal(limit_rule_text((struct limit){ 3, UNIT_WORKING_DAYS }, LANGUAGE_ZH,
		text, sizeof(text)), "3 个工作日：开始当日不计，最后一个工作日 23:59:59（含）止");
}

static void the_receipt_shows_how_calendar_days_move_off_rest(void **state)
{
	static const enum step_kind kinds[] = {
		STEP_START, STEP_COUNTED, STEP_MOVED, STEP_MOVED, STEP_COUNTED,
	};
	static const int32_t counts[] = { 0, 1, 2, 2, 2 };
	struct derivation_step steps[5];
	struct derivation receipt = { .steps = steps, .max = 5 };

	/* Thursday and two days: Saturday, Sunday, Monday. */
	assert_int_equal(limit_derive(*state, (struct limit){ 2, UNIT_CALENDAR_DAYS },
		instant("2026-03-05 10:00:00"), &receipt), LIMIT_COMPUTED);
	assert_int_equal(receipt.due, instant("2026-03-09 23:59:59"));
	assert_int_equal(receipt.count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(steps[i].kind, kinds[i]);
		assert_int_equal(steps[i].count, counts[i]);
	}
}

static void the_receipt_of_working_hours_lists_the_stretches_used(void **state)
{
	struct derivation_step steps[8];
	struct derivation receipt = { .steps = steps, .max = array_count(steps) };

	assert_int_equal(limit_derive(*state, (struct limit){ 4, UNIT_WORKING_HOURS },
		instant("2026-03-06 16:30:00"), &receipt), LIMIT_COMPUTED);
	assert_int_equal(receipt.count, 4);
	assert_int_equal(steps[0].from, instant("2026-03-06 16:30:00"));
	assert_int_equal(steps[0].to, instant("2026-03-06 17:30:00"));
	assert_int_equal(steps[0].count, 60);
	assert_int_equal(steps[1].kind, STEP_SKIPPED);
	assert_int_equal(steps[2].kind, STEP_SKIPPED);
	assert_int_equal(steps[3].from, instant("2026-03-09 09:00:00"));
	assert_int_equal(steps[3].to, instant("2026-03-09 12:00:00"));
	assert_int_equal(steps[3].count, 240);
}

static void a_receipt_longer_than_its_room_says_how_long_it_is(void **state)
{
	struct derivation_step steps[3] = { { .count = -1 }, { .count = -1 }, { .count = -1 } };
	struct derivation receipt = { .steps = steps, .max = 2 };

	assert_int_equal(
		limit_derive(*state, five_days, instant("2026-03-02 10:00:00"), &receipt),
		LIMIT_COMPUTED);
	assert_int_equal(receipt.count, 8);
	assert_int_equal(steps[1].count, 1);
	assert_int_equal(steps[2].count, -1);
	assert_int_equal(limit_derive(*state, (struct limit){ 0, UNIT_HOURS },
		instant("2026-03-02"), &receipt), LIMIT_NOT_GIVEN);
	assert_int_equal(receipt.count, 0);
}

static void every_text_fits_and_exists_in_both_languages(void **state)
{
	char text[LIMIT_TEXT_BYTES];
	char occasion[CALENDAR_OCCASION_BYTES];

	(void)state;
	memset(occasion, 'x', sizeof(occasion) - 1);
	occasion[sizeof(occasion) - 1] = '\0';
	for (int language = 0; language < 2; language++) {
		for (int unit = 0; unit < LIMIT_UNITS; unit++) {
			struct limit limit = { LIMIT_AMOUNT_MAX, (enum limit_unit)unit };

			limit_rule_text(limit, (enum language)language, text, sizeof(text));
			assert_in_range(strlen(text), 20, sizeof(text) - 2);
		}
		for (int kind = 0; kind <= STEP_RUNNING; kind++) {
			struct derivation_step step = {
				.kind = (enum step_kind)kind,
				.reason = { CAUSE_MAKE_UP, occasion },
			};

			step_reason_text(&step, (enum language)language, text, sizeof(text));
			assert_in_range(strlen(text), 5, sizeof(text) - 2);
			assert_true(kind == STEP_RUNNING || strstr(text, occasion) != NULL);
		}
	}
}

static void receipts_always_derive_the_due_moment_that_rules(void **state)
{
	struct derivation_step steps[120];
	struct derivation receipt = { .steps = steps, .max = array_count(steps) };
	struct dice dice = { 77 };

	for (int round = 0; round < 3000; round++) {
		struct limit limit = { 1 + dice_roll(&dice, 30),
				       (enum limit_unit)dice_roll(&dice, LIMIT_UNITS) };
		int64_t start = instant("2024-01-01") +
			dice_roll(&dice, 1000 * 86400) * CALENDAR_SECOND +
			dice_roll(&dice, 1000000);
		int64_t due = due_of(*state, limit, start);
		int64_t warn = limit_warn_at(*state, limit, start, due);
		bool is_days = limit.unit >= UNIT_CALENDAR_DAYS;
		int32_t per_unit = is_days || limit.unit == UNIT_MINUTES ? 1 : 60;
		const struct derivation_step *last;

		assert_int_equal(limit_derive(*state, limit, start, &receipt), LIMIT_COMPUTED);
		assert_int_equal(receipt.due, due);
		assert_int_equal(due % CALENDAR_SECOND, 0);
		assert_in_range(receipt.count, 1, array_count(steps));
		last = &steps[receipt.count - 1];
		assert_int_equal(last->count, limit.amount * per_unit);
		assert_true(warn >= start && warn <= due);
		assert_true(limit_red_at(*state, limit, due) > limit_overdue_at(due));
		if (is_days)
			assert_true(calendar_is_working(*state, last->day) &&
				day_end(last->day) == due);
		for (size_t i = 1; i < receipt.count; i++)
			assert_true(steps[i].day >= steps[i - 1].day &&
				steps[i].count >= steps[i - 1].count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_limits_are_those_of_the_default_profile),
		cmocka_unit_test(a_limit_is_an_amount_and_a_unit),
		cmocka_unit_test(bad_limit_lines_are_reported_by_number_and_nothing_is_taken),
		cmocka_unit_test(a_missing_class_is_named_at_the_last_line),
		cmocka_unit_test(tables_from_before_the_window_of_a_return_are_still_read),
		cmocka_unit_test(words_of_classes_and_contents_are_read_back),
		cmocka_unit_test(the_class_follows_from_row_content_and_urgency),
		cmocka_unit_test(
			working_day_limits_end_on_the_last_second_of_the_nth_working_day),
		cmocka_unit_test(calendar_days_that_end_on_rest_move_to_the_next_working_day),
		cmocka_unit_test(running_limits_start_at_once_and_care_for_no_rest),
		cmocka_unit_test(due_moments_are_cut_to_whole_seconds),
		cmocka_unit_test(working_hours_use_the_segments_of_the_day),
		cmocka_unit_test(the_due_second_is_still_in_time_and_the_next_is_not),
		cmocka_unit_test(a_limit_without_amount_has_no_due_moment),
		cmocka_unit_test(limits_beyond_the_calendar_say_so),
		cmocka_unit_test(an_extension_counts_from_the_present_due_moment),
		cmocka_unit_test(day_limits_warn_at_the_end_of_the_working_day_before),
		cmocka_unit_test(hour_limits_and_single_days_warn_at_three_quarters),
		cmocka_unit_test(an_overdue_limit_turns_red_after_half_of_it_or_five_days),
		cmocka_unit_test(
			a_redo_has_half_the_limit_at_least_two_days_never_more_than_the_whole),
		cmocka_unit_test(the_receipt_names_each_day_counted_or_skipped),
		cmocka_unit_test(the_receipt_shows_how_calendar_days_move_off_rest),
		cmocka_unit_test(the_receipt_of_working_hours_lists_the_stretches_used),
		cmocka_unit_test(a_receipt_longer_than_its_room_says_how_long_it_is),
		cmocka_unit_test(every_text_fits_and_exists_in_both_languages),
		cmocka_unit_test(receipts_always_derive_the_due_moment_that_rules),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
