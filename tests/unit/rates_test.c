/*
 * The arithmetic of the rates: a month worked out by hand, each mistake seen in the field as a
 * test of its own, and random histories in which the sets must split the tasks without rest
 * and carry over from month to month.
 */
#include "rates_fixture.h"

/* --- The month worked out by hand --- */

enum { VECTOR_TASKS = 16 };

/* Tasks 1 to 15 of unit A; index 0 is unused. */
static void vector_fill(struct task_fact *task, struct visit_fact *visit)
{
	task[1] = task_of("2026-03-05", "2026-03-04 10:00:00");
	task[1].visits = visit_on(&visit[0], "2026-03-05", ANSWER_SATISFIED);
	task[1].visit_count = 1;
	task[2] = task_of("2026-03-06", "2026-03-06 10:00:00");
	task[2].visits = visit_on(&visit[1], "2026-03-07", ANSWER_BASICALLY_SATISFIED);
	task[2].visit_count = 1;
	task[3] = task_of("2026-03-10", "2026-03-12 10:00:00");
	task[3].visits = visit_on(&visit[2], "2026-03-13", ANSWER_DISSATISFIED);
	task[3].visit_count = 1;
	task[4] = task_of("2026-03-20", NULL);
	task[5] = task_of("2026-04-03", "2026-03-30 10:00:00");
	task[5].visits = visit_on(&visit[3], "2026-03-31", ANSWER_NONE);
	visit_on(&visit[4], "2026-04-01", ANSWER_NONE);
	visit_on(&visit[5], "2026-04-02", ANSWER_NONE);
	task[5].visit_count = 3;
	task[6] = task_of("2026-04-03", NULL);
	task[7] = task_of("2026-02-25", "2026-03-02 10:00:00");
	task[7].visit_bar = VISIT_NOT_WANTED;
	task[8] = task_of("2026-02-20", NULL);
	task[9] = task_of("2026-03-15", NULL);
	task[9].left = LEFT_RETURNED;
	task[9].left_at = instant("2026-03-11");
	task[10] = task_of("2026-04-08", NULL);
	task[10].original_due = end_of("2026-03-18");
	task[10].extended = true;
	task[11] = task_of("2026-03-25", NULL);
	task[11].excluded_at = instant("2026-04-05");
	task[12] = task_of("2026-03-31", "2026-03-31 23:59:00");
	task[12].visits = visit_on(&visit[6], "2026-04-02", ANSWER_DISSATISFIED);
	visit_on(&visit[7], "2026-04-09", ANSWER_SATISFIED);
	task[12].visit_count = 2;
	task[12].sent_back = true;
	task[13] = task_of("2026-03-31", NULL);
	task[14] = task_of("2026-03-31", NULL);
	task[14].left = LEFT_MERGED;
	task[14].left_at = instant("2026-03-01");
	task[15] = task_of("2026-03-12", "2026-03-20 10:00:00");
	task[15].is_lead = false;
}

static void assert_rate(const struct tally *tally, enum measure measure, uint64_t num,
	uint64_t den)
{
	if (tally->rate[measure].num != num || tally->rate[measure].den != den)
		fail_msg("%s is %d/%d, not %d/%d", measures[measure].name,
			(int)tally->rate[measure].num, (int)tally->rate[measure].den,
			(int)num, (int)den);
}

static void march_of_unit_a_comes_out_as_worked_by_hand(void **state)
{
	static const struct {
		uint64_t set;
		const char *tasks;
	} sets[] = {
		{ SET_B, "1 2 3 4 5 12 13 " },
		{ SET_N1, "1 2 5 12 " },
		{ SET_N2, "3 " },
		{ SET_N3, "4 13 " },
		{ SET_O, "7 8 " },
		{ SET_O1, "7 " },
		{ SET_O2, "8 " },
		{ SET_WITHIN, "6 10 " },
		{ SET_EXCLUDED, "11 " },
		{ SET_ELIGIBLE, "1 2 3 5 12 " },
		{ SET_ANSWERED, "1 2 3 12 " },
		{ SET_SATISFIED, "1 2 12 " },
		{ SET_STRICT, "1 12 " },
		{ SET_FIRST_SATISFIED, "1 2 " },
		{ SET_ORIGINAL_BASE, "1 2 3 4 5 10 12 13 " },
		{ SET_ORIGINAL_KEPT, "1 2 5 12 " },
	};
	struct task_fact task[VECTOR_TASKS];
	struct visit_fact visit[8];

	(void)state;
	vector_fill(task, visit);
	for (size_t i = 0; i < array_count(sets); i++) {
		char found[64] = "";
		size_t n = 0;

		for (int t = 1; t < VECTOR_TASKS; t++) {
			if ((march(&task[t]).sets & sets[i].set) != 0)
				n += (size_t)snprintf(found + n, sizeof(found) - n, "%d ", t);
		}
		assert_string_equal(found, sets[i].tasks);
	}
}

static void march_of_unit_a_has_the_published_rates(void **state)
{
	static const struct {
		enum measure measure;
		uint64_t num;
		uint64_t den;
		const char *text;
		enum verdict verdict;
	} expected[] = {
		{ MEASURE_ON_TIME, 4, 7, "57.14", VERDICT_MISSED },
		{ MEASURE_COMPLETION, 6, 9, "66.67", VERDICT_MISSED },
		{ MEASURE_SATISFACTION, 3, 4, "75.00", VERDICT_MISSED },
		{ MEASURE_SATISFACTION_STRICT, 2, 4, "50.00", VERDICT_MISSED },
		{ MEASURE_SATISFACTION_FIRST, 2, 4, "50.00", VERDICT_MISSED },
		{ MEASURE_SOLVED, 0, 0, NULL, VERDICT_NONE },
		{ MEASURE_CONTACTED, 0, 0, NULL, VERDICT_NONE },
		{ MEASURE_DOUBLE_YES, 0, 0, NULL, VERDICT_NONE },
		{ MEASURE_VISIT_ATTEMPTED, 5, 5, "100.00", VERDICT_MET },
		{ MEASURE_VISIT_COVERAGE, 4, 5, "80.00", VERDICT_MISSED },
		{ MEASURE_SATISFACTION_LOW, 3, 5, "60.00", VERDICT_MISSED },
		{ MEASURE_SATISFACTION_HIGH, 4, 5, "80.00", VERDICT_MISSED },
		{ MEASURE_REDO, 1, 4, "25.00", VERDICT_MISSED },
		{ MEASURE_REVIEW_REFUSED, 0, 0, NULL, VERDICT_NONE },
		{ MEASURE_RETURNED, 0, 0, NULL, VERDICT_NONE },
		{ MEASURE_RETURN_INVALID, 0, 0, NULL, VERDICT_NONE },
		{ MEASURE_EXCLUSION, 1, 8, "12.50", VERDICT_MISSED },
		{ MEASURE_SIGN_ON_TIME, 0, 0, NULL, VERDICT_NONE },
		{ MEASURE_CONTACT_ON_TIME, 0, 0, NULL, VERDICT_NONE },
		{ MEASURE_RECOMPLAINT, 0, 6, "0.00", VERDICT_MISSED },
		{ MEASURE_ORIGINAL_LIMIT, 4, 8, "50.00", VERDICT_MISSED },
		{ MEASURE_EXTENSION, 0, 7, "0.00", VERDICT_MISSED },
		{ MEASURE_OVERDUE_STOCK, 3, 0, NULL, VERDICT_NONE },
		{ MEASURE_WITHIN_LIMIT, 2, 0, NULL, VERDICT_NONE },
	};
	struct task_fact task[VECTOR_TASKS];
	struct visit_fact visit[8];
	struct tally tally = { 0 };
	char text[RATE_TEXT_BYTES];

	(void)state;
	assert_int_equal(array_count(expected), MEASURES);
	vector_fill(task, visit);
	for (int t = 1; t < VECTOR_TASKS; t++)
		tally_add(&tally, march(&task[t]));
	for (size_t i = 0; i < array_count(expected); i++) {
		enum measure measure = expected[i].measure;

		assert_rate(&tally, measure, expected[i].num, expected[i].den);
		if (expected[i].den == 0)
			continue;
		assert_string_equal(rate_text(tally.rate[measure], 90, text, sizeof(text)),
			expected[i].text);
		assert_int_equal(rate_meets(tally.rate[measure], 90), expected[i].verdict);
	}
}

static void march_of_unit_a_explains_every_task(void **state)
{
	static const char *const whys[VECTOR_TASKS][2] = {
		[1] = { "N1", "S" }, [2] = { "N1", "S" }, [3] = { "N2", "E" },
		[4] = { "N3", "open" }, [5] = { "N1", "E16" }, [6] = { "E1", "open" },
		[7] = { "O1", "not_wanted" }, [8] = { "O2", "open" }, [9] = { "E9", "E9" },
		[10] = { "E1", "open" }, [11] = { "E14", "E14" }, [12] = { "N1", "E22" },
		[13] = { "N3", "open" }, [14] = { "E26", "E26" }, [15] = { "E29", "E29" },
	};
	struct task_fact task[VECTOR_TASKS];
	struct visit_fact visit[8];

	(void)state;
	vector_fill(task, visit);
	for (int t = 1; t < VECTOR_TASKS; t++) {
		assert_why(march(&task[t]), COMPLETION, whys[t][0]);
		assert_why(march(&task[t]), SATISFACTION, whys[t][1]);
	}
}

static void what_march_leaves_overdue_is_carried_into_april(void **state)
{
	struct task_fact task[VECTOR_TASKS];
	struct visit_fact visit[8];
	int carried = 0;

	(void)state;
	vector_fill(task, visit);
	for (int t = 1; t < VECTOR_TASKS; t++)
		carried += (april(&task[t]).sets & SET_O) != 0;
	assert_int_equal(carried, 3);
}

/* --- Mistakes seen in the field --- */

static void never_closing_does_not_protect_the_on_time_rate(void **state)
{
	struct task_fact good = task_of("2026-03-10", "2026-03-05 10:00:00");
	struct task_fact open = task_of("2026-03-10", NULL);
	struct tally tally = { 0 };

	(void)state;
	tally_add(&tally, march(&good));
	tally_add(&tally, march(&open));
	assert_rate(&tally, MEASURE_ON_TIME, 1, 2);
}

static void an_open_overdue_task_is_counted_once_in_a_base(void **state)
{
	struct task_fact overdue = task_of("2026-02-20", NULL);
	struct task_fact fresh = task_of("2026-03-10", NULL);
	struct task_fact within = task_of("2026-04-10", NULL);
	struct tally tally = { 0 };

	(void)state;
	tally_add(&tally, march(&overdue));
	tally_add(&tally, march(&fresh));
	tally_add(&tally, march(&within));
	assert_rate(&tally, MEASURE_COMPLETION, 0, 2);
	assert_rate(&tally, MEASURE_OVERDUE_STOCK, 2, 0);
	assert_rate(&tally, MEASURE_WITHIN_LIMIT, 1, 0);
}

static void completion_and_satisfaction_never_overwrite_each_other(void **state)
{
	struct visit_fact visit = { 0 };
	struct task_fact task = visited(visit_on(&visit, "2026-03-07", ANSWER_DISSATISFIED), 1);
	struct tally tally = { 0 };

	(void)state;
	tally_add(&tally, march(&task));
	assert_rate(&tally, MEASURE_COMPLETION, 1, 1);
	assert_rate(&tally, MEASURE_SATISFACTION, 0, 1);
}

static void both_edges_of_the_period_belong_where_they_should(void **state)
{
	struct task_fact task = task_of("2026-04-10", "2026-03-01");

	(void)state;
	assert_true(has(march(&task), SET_N1));
	task.closed_at = instant("2026-03-01") - 1;
	assert_why(march(&task), COMPLETION, "earlier");
	task.closed_at = instant("2026-04-01") - 1;
	assert_true(has(march(&task), SET_N1));
	task.closed_at = instant("2026-04-01");
	assert_true(has(march(&task), SET_WITHIN));
	assert_true(has(april(&task), SET_N1));
}

static void a_missing_due_is_overdue_from_dispatch_and_never_due_now(void **state)
{
	struct task_fact task = task_of("2026-03-10", NULL);

	(void)state;
	task.due = 0;
	task.dispatched_at = instant("2026-03-05");
	assert_true(has(march(&task), SET_N3));
	assert_true(has(april(&task), SET_O2));
}

static void a_partial_interview_does_not_vanish(void **state)
{
	struct visit_fact visit = { .at = instant("2026-03-07"), .reached = true };
	struct task_fact task = visited(&visit, 1);

	(void)state;
	assert_true(in(march(&task), MEASURE_VISIT_COVERAGE, PART_DEN));
	assert_true(in(march(&task), MEASURE_SATISFACTION_HIGH, PART_NUM));
	assert_false(in(march(&task), MEASURE_SATISFACTION_LOW, PART_NUM));
}

/* --- Words --- */

static void words_of_levels_measures_and_reasons_exist(void **state)
{
	enum answer_level level;
	enum measure measure;

	(void)state;
	assert_null(answer_level_text(ANSWER_NONE));
	for (int i = ANSWER_VERY_SATISFIED; i < ANSWER_LEVELS; i++) {
		const char *word = answer_level_text((enum answer_level)i);

		assert_true(answer_level_parse(word, strlen(word), &level));
		assert_int_equal(level, i);
	}
	assert_false(answer_level_parse("", 0, &level));
	for (int i = 0; i < MEASURES; i++) {
		assert_true(
			measure_parse(measures[i].name, strlen(measures[i].name), &measure));
		assert_int_equal(measure, i);
	}
	assert_false(measure_parse("score", 5, &measure));
	for (int i = 0; i < WHYS; i++)
		assert_non_null(why_text((enum why)i));
}

/* --- Random histories --- */

enum { HISTORIES = 4000, MONTHS = 6 };

static int64_t moment_random(struct dice *dice)
{
	/* Now and then exactly on an edge. */
	int32_t day = day_at("2026-01-01") + dice_roll(dice, 200);
	static const int64_t edges[] = { 0, 1, 86399999999, 86399000000, 86400000000 - 1 };

	if (dice_roll(dice, 3) == 0)
		return day_start(day) + edges[dice_roll(dice, array_count(edges))];
	return day_start(day) + dice_roll(dice, 86400) * CALENDAR_SECOND +
		dice_roll(dice, 1000000);
}

static void task_random(struct dice *dice, struct task_fact *task, struct visit_fact *visits)
{
	int64_t dispatched = moment_random(dice);

	*task = (struct task_fact){
		.is_lead = true,
		.content = (enum content_class)dice_roll(dice, CONTENT_CLASSES),
		.dispatched_at = dispatched,
		.due = day_end(day_of_instant(dispatched) + 1 + dice_roll(dice, 40)),
		.visits = visits,
		.visit_count = (size_t)dice_roll(dice, 4),
		.redo_running = dice_roll(dice, 5) == 0,
		.visit_bar = dice_roll(dice, 4) == 0 ? VISIT_ANONYMOUS : VISIT_ALLOWED,
	};
	/* Hour limits end at any second, midnight among them. */
	if (dice_roll(dice, 3) == 0)
		task->due += CALENDAR_SECOND;
	if (dice_roll(dice, 3) != 0) {
		task->closed_at = moment_random(dice);
		if (task->closed_at <= dispatched)
			task->closed_at = task->due + dice_roll(dice, 3) * INT64_C(500000);
	}
	for (size_t i = 0; i < task->visit_count; i++)
		visits[i] = (struct visit_fact){
			.at = moment_random(dice), .reached = true,
			.result = (enum answer_level)dice_roll(dice, ANSWER_LEVELS),
		};
}

static int bits(uint64_t sets)
{
	int count = 0;

	for (; sets != 0; sets &= sets - 1)
		count++;
	return count;
}

static void each_task_stands_in_exactly_one_set_of_each_month(void **state)
{
	static const char *const names[MONTHS] = {
		"2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06",
	};
	const uint64_t splitting = SET_N1 | SET_N2 | SET_N3 | SET_O1 | SET_O2 | SET_WITHIN;
	struct dice dice = { 3141592 };

	(void)state;
	for (int round = 0; round < HISTORIES; round++) {
		struct visit_fact visits[4];
		struct task_fact task;
		int matured = 0;

		task_random(&dice, &task, visits);
		for (int m = 0; m < MONTHS; m++) {
			struct period period = period_of(names[m], "2026-12-31");
			struct judgement judgement =
				task_judge(&task, &period, &rule_set_shipped);
			uint64_t sets = judgement.sets;
			bool is_later = task.dispatched_at >= period.t1;
			bool is_earlier = task.closed_at != 0 && task.closed_at < period.t0;

			assert_int_equal(
				bits(sets & splitting), is_later || is_earlier ? 0 : 1);
			assert_int_equal((sets & SET_PRESENT) != 0, !is_later && !is_earlier);
			assert_true(bits(sets & (SET_ANSWERED | SET_UNANSWERED)) ==
				((sets & SET_ELIGIBLE) != 0));
			assert_true(
				(sets & (SET_SATISFIED | SET_STRICT | SET_FIRST_SATISFIED)) ==
					0 ||
				(sets & SET_ANSWERED) != 0);
			assert_true((sets & SET_ELIGIBLE) == 0 ||
				(sets & (SET_N1 | SET_N2 | SET_O1)) != 0);
			matured += (sets & SET_B) != 0;
			for (int i = 0; i < MEASURES; i++) {
				bool den = in(judgement, (enum measure)i, PART_DEN);
				bool num = in(judgement, (enum measure)i, PART_NUM);

				assert_true(measures[i].den == 0 || !num || den);
				assert_false(in(judgement, (enum measure)i, PART_OUT) &&
					(num || den));
			}
		}
		/* Each task matures at most once, whatever its history. */
		assert_in_range(matured, 0, 1);
	}
}

/* The definitions, word for word: m = min(close, d) in M; overdue and open at t0. */
static void sets_agree_with_the_definitions_and_carry_over(void **state)
{
	static const char *const names[MONTHS] = {
		"2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06",
	};
	struct dice dice = { 2718281 };
	int stock[MONTHS] = { 0 };
	int carried[MONTHS] = { 0 };

	(void)state;
	for (int round = 0; round < HISTORIES; round++) {
		struct visit_fact visits[4];
		struct task_fact task;

		task_random(&dice, &task, visits);
		for (int m = 0; m < MONTHS; m++) {
			struct period period = period_of(names[m], "2026-12-31");
			uint64_t sets = task_judge(&task, &period, &rule_set_shipped).sets;
			int64_t close = task.closed_at != 0 ? task.closed_at : INT64_MAX;
			int64_t mature = close < task.due ? close : task.due;
			bool in_month = mature >= period.t0 && mature < period.t1;

			assert_int_equal((sets & SET_B) != 0, in_month &&
				task.dispatched_at < period.t1);
			assert_int_equal((sets & SET_O) != 0, task.due < period.t0 &&
				close >= period.t0 && task.dispatched_at < period.t1);
			stock[m] += (sets & (SET_N3 | SET_O2)) != 0;
			carried[m] += (sets & SET_O) != 0;
		}
	}
	for (int m = 1; m < MONTHS; m++) {
		assert_int_equal(carried[m], stock[m - 1]);
		assert_true(carried[m] > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(march_of_unit_a_comes_out_as_worked_by_hand),
		cmocka_unit_test(march_of_unit_a_has_the_published_rates),
		cmocka_unit_test(march_of_unit_a_explains_every_task),
		cmocka_unit_test(what_march_leaves_overdue_is_carried_into_april),
		cmocka_unit_test(never_closing_does_not_protect_the_on_time_rate),
		cmocka_unit_test(an_open_overdue_task_is_counted_once_in_a_base),
		cmocka_unit_test(completion_and_satisfaction_never_overwrite_each_other),
		cmocka_unit_test(both_edges_of_the_period_belong_where_they_should),
		cmocka_unit_test(a_missing_due_is_overdue_from_dispatch_and_never_due_now),
		cmocka_unit_test(a_partial_interview_does_not_vanish),
		cmocka_unit_test(words_of_levels_measures_and_reasons_exist),
		cmocka_unit_test(each_task_stands_in_exactly_one_set_of_each_month),
		cmocka_unit_test(sets_agree_with_the_definitions_and_carry_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
