/*
 * The measures beside the headline ones, each at its edges: what callers say, what is sent
 * back, refused and given back, the limits to sign and to call, and who comes again. At last
 * random tasks with everything at once, in which no numerator may exceed its base.
 */
#include "rates_fixture.h"

enum { NOON = 12 };

static int64_t noon(const char *date)
{
	return instant(date) + NOON * 3600 * CALENDAR_SECOND;
}

/* Closed in time on 5 March, with one visit on the 7th. */
static struct task_fact told(struct visit_fact *visit, enum contacted_answer contacted,
	enum solved_answer solved, enum answer_level result)
{
	visit_on(visit, "2026-03-07", result);
	visit->reached = true;
	visit->contacted = contacted;
	visit->solved = solved;
	return visited(visit, 1);
}

static void assert_stands(struct judgement judgement, enum measure measure, bool num, bool den)
{
	if (in(judgement, measure, PART_NUM) != num || in(judgement, measure, PART_DEN) != den)
		fail_msg("%s: %d of %d, not %d of %d", measures[measure].name,
			in(judgement, measure, PART_NUM), in(judgement, measure, PART_DEN), num,
			den);
	assert_int_equal(in(judgement, measure, PART_OUT),
		!num && !den && (judgement.sets & SET_PRESENT) != 0);
	assert_int_equal(in(judgement, measure, PART_MISSED), den && !num);
}

/* --- What callers say --- */

static void solved_is_yes_of_those_who_answered_and_partly_is_no(void **state)
{
	static const struct {
		enum solved_answer answer;
		bool num;
		bool den;
		const char *why;
	} cases[] = {
		{ SOLVED_YES, true, true, "yes" },
		{ SOLVED_PARTLY, false, true, "partly" },
		{ SOLVED_NO, false, true, "no" },
		{ SOLVED_UNSAID, false, false, "E18" },
	};
	struct visit_fact visit;

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		struct task_fact task =
			told(&visit, CONTACTED_UNSAID, cases[i].answer, ANSWER_NONE);

		assert_stands(march(&task), MEASURE_SOLVED, cases[i].num, cases[i].den);
		assert_why(march(&task), SOLVED, cases[i].why);
		assert_stands(march(&task), MEASURE_SATISFACTION, false, false);
	}
}

static void contacted_is_yes_of_those_who_answered(void **state)
{
	struct visit_fact visit;
	struct task_fact task = told(&visit, CONTACTED_YES, SOLVED_UNSAID, ANSWER_NONE);

	(void)state;
	assert_stands(march(&task), MEASURE_CONTACTED, true, true);
	assert_why(march(&task), CONTACTED, "yes");
	visit.contacted = CONTACTED_NO;
	assert_stands(march(&task), MEASURE_CONTACTED, false, true);
	assert_why(march(&task), CONTACTED, "no");
	visit.contacted = CONTACTED_UNSAID;
	assert_stands(march(&task), MEASURE_CONTACTED, false, false);
	visit.reached = false;
	assert_why(march(&task), CONTACTED, "E16");
	task.visit_count = 0;
	assert_why(march(&task), CONTACTED, "unvisited");
}

static void of_each_question_the_last_answer_counts_and_the_first_while_a_redo_runs(void **state)
{
	struct visit_fact visit[2];
	struct task_fact task = visited(visit, 2);

	(void)state;
	/* Stored in any order; the later one says nothing of the result. */
	visit[1] = (struct visit_fact){ .at = noon("2026-03-07"), .reached = true,
		.contacted = CONTACTED_NO, .solved = SOLVED_NO, .result = ANSWER_SATISFIED };
	visit[0] = (struct visit_fact){ .at = noon("2026-03-09"), .reached = true,
		.contacted = CONTACTED_YES, .solved = SOLVED_YES };
	assert_stands(march(&task), MEASURE_SOLVED, true, true);
	assert_stands(march(&task), MEASURE_CONTACTED, true, true);
	assert_stands(march(&task), MEASURE_DOUBLE_YES, true, true);
	task.redo_running = true;
	assert_stands(march(&task), MEASURE_SOLVED, false, true);
	assert_stands(march(&task), MEASURE_CONTACTED, false, true);
	assert_stands(march(&task), MEASURE_DOUBLE_YES, false, true);
}

static void double_yes_is_of_those_who_answered_both(void **state)
{
	static const struct {
		enum solved_answer solved;
		enum answer_level result;
		bool num;
		bool den;
		const char *why;
	} cases[] = {
		{ SOLVED_YES, ANSWER_BASICALLY_SATISFIED, true, true, "double_yes" },
		{ SOLVED_YES, ANSWER_NEUTRAL, false, true, "only_solved" },
		{ SOLVED_PARTLY, ANSWER_VERY_SATISFIED, false, true, "only_satisfied" },
		{ SOLVED_NO, ANSWER_DISSATISFIED, false, true, "double_no" },
		{ SOLVED_YES, ANSWER_NONE, false, false, "E18" },
		{ SOLVED_UNSAID, ANSWER_SATISFIED, false, false, "E18" },
	};
	struct visit_fact visit;

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		struct task_fact task =
			told(&visit, CONTACTED_UNSAID, cases[i].solved, cases[i].result);

		assert_stands(march(&task), MEASURE_DOUBLE_YES, cases[i].num, cases[i].den);
		assert_why(march(&task), DOUBLE, cases[i].why);
	}
}

static void answers_before_the_close_or_after_the_freeze_are_not_known(void **state)
{
	struct visit_fact visit;
	struct task_fact task = told(&visit, CONTACTED_YES, SOLVED_YES, ANSWER_SATISFIED);

	(void)state;
	for (int i = 0; i < 2; i++) {
		visit.at = i == 0 ? task.closed_at - 1 : instant("2026-04-10") + 1;
		assert_stands(march(&task), MEASURE_SOLVED, false, false);
		assert_stands(march(&task), MEASURE_CONTACTED, false, false);
		assert_stands(march(&task), MEASURE_DOUBLE_YES, false, false);
		assert_stands(march(&task), MEASURE_VISIT_ATTEMPTED, false, true);
		visit.at = i == 0 ? task.closed_at : instant("2026-04-10");
		assert_stands(march(&task), MEASURE_DOUBLE_YES, true, true);
		assert_stands(march(&task), MEASURE_VISIT_ATTEMPTED, true, true);
	}
}

static void who_cannot_be_visited_stands_in_no_question(void **state)
{
	static const enum measure asked[] = {
		MEASURE_SOLVED, MEASURE_CONTACTED, MEASURE_DOUBLE_YES, MEASURE_VISIT_ATTEMPTED,
		MEASURE_REDO,
	};
	struct visit_fact visit;
	struct task_fact task = told(&visit, CONTACTED_YES, SOLVED_YES, ANSWER_SATISFIED);

	(void)state;
	task.sent_back = true;
	for (int bar = VISIT_ALLOWED + 1; bar < VISIT_BARS; bar++) {
		task.visit_bar = (enum visit_bar)bar;
		for (size_t i = 0; i < array_count(asked); i++)
			assert_stands(march(&task), asked[i], false, false);
	}
	task.visit_bar = VISIT_ALLOWED;
	task.content = CONTENT_PRAISE;
	for (size_t i = 0; i < array_count(asked); i++)
		assert_stands(march(&task), asked[i], false, false);
	assert_why(march(&task), SOLVED, "E31");
	/* Open: nothing to visit. */
	task.content = CONTENT_HELP;
	task.closed_at = 0;
	assert_why(march(&task), SOLVED, "open");
	assert_stands(march(&task), MEASURE_VISIT_ATTEMPTED, false, false);
}

static void an_attempt_is_a_call_that_reached_nobody_too(void **state)
{
	struct visit_fact visit;
	struct task_fact task = visited(visit_on(&visit, "2026-03-07", ANSWER_NONE), 1);

	(void)state;
	assert_stands(march(&task), MEASURE_VISIT_ATTEMPTED, true, true);
	assert_stands(march(&task), MEASURE_VISIT_COVERAGE, false, true);
	task.visit_count = 0;
	assert_stands(march(&task), MEASURE_VISIT_ATTEMPTED, false, true);
}

static void redo_is_of_those_who_answered_and_were_sent_back(void **state)
{
	struct visit_fact visit;
	struct task_fact task = told(&visit, CONTACTED_YES, SOLVED_NO, ANSWER_DISSATISFIED);

	(void)state;
	assert_stands(march(&task), MEASURE_REDO, false, true);
	task.sent_back = true;
	assert_stands(march(&task), MEASURE_REDO, true, true);
	assert_why(march(&task), REDO, "sent_back");
	visit.result = ANSWER_NONE;
	assert_stands(march(&task), MEASURE_REDO, false, false);
}

/* --- Submissions --- */

static void review_refused_counts_submissions_and_not_tasks(void **state)
{
	struct submission_fact made[] = {
		{ noon("2026-02-27"), SUBMISSION_REFUSED },
		{ instant("2026-03-01"), SUBMISSION_REFUSED },
		{ noon("2026-03-02"), SUBMISSION_REFUSED },
		{ instant("2026-04-01") - 1, SUBMISSION_PENDING },
		{ instant("2026-04-01"), SUBMISSION_PASSED },
	};
	struct task_fact task = task_of("2026-04-20", "2026-04-01");
	struct tally tally = { 0 };

	(void)state;
	task.submissions = made;
	task.submission_count = array_count(made);
	assert_int_equal(measure_count(MEASURE_REVIEW_REFUSED, PART_NUM, march(&task)), 2);
	assert_int_equal(measure_count(MEASURE_REVIEW_REFUSED, PART_DEN, march(&task)), 3);
	assert_int_equal(measure_count(MEASURE_REVIEW_REFUSED, PART_OUT, march(&task)), 0);
	assert_int_equal(measure_count(MEASURE_REVIEW_REFUSED, PART_MISSED, march(&task)), 1);
	assert_int_equal(measure_count(MEASURE_REVIEW_REFUSED, PART_NUM, april(&task)), 0);
	assert_int_equal(measure_count(MEASURE_REVIEW_REFUSED, PART_DEN, april(&task)), 1);
	tally_add(&tally, march(&task));
	tally_add(&tally, march(&task));
	assert_int_equal(tally.rate[MEASURE_REVIEW_REFUSED].num, 4);
	assert_int_equal(tally.rate[MEASURE_REVIEW_REFUSED].den, 6);
	task.submission_count = 0;
	assert_int_equal(measure_count(MEASURE_REVIEW_REFUSED, PART_OUT, march(&task)), 1);
	assert_why(march(&task), REVIEW, "not_submitted");
}

static void submissions_of_who_left_was_excluded_or_assists_are_in_no_base(void **state)
{
	struct submission_fact made = { noon("2026-03-02"), SUBMISSION_REFUSED };
	struct task_fact task = task_of("2026-04-20", NULL);

	(void)state;
	task.submissions = &made;
	task.submission_count = 1;
	assert_stands(march(&task), MEASURE_REVIEW_REFUSED, true, true);
	task.is_lead = false;
	assert_stands(march(&task), MEASURE_REVIEW_REFUSED, false, false);
	task.is_lead = true;
	task.excluded_at = noon("2026-03-05");
	assert_stands(march(&task), MEASURE_REVIEW_REFUSED, false, false);
	task.excluded_at = 0;
	task.left = LEFT_RETURNED;
	task.left_at = noon("2026-03-05");
	assert_stands(march(&task), MEASURE_REVIEW_REFUSED, false, false);
}

static void while_the_month_runs_a_submission_of_now_is_not_in_it(void **state)
{
	struct period period = period_of(MARCH, "2026-03-10 12:00:00");
	struct submission_fact made = { period.now, SUBMISSION_PENDING };
	struct task_fact task = task_of("2026-03-20", NULL);

	(void)state;
	period.freeze = 0;
	task.submissions = &made;
	task.submission_count = 1;
	assert_int_equal(task_judge(&task, &period, &rule_set_shipped).submissions, 0);
	made.at--;
	assert_int_equal(task_judge(&task, &period, &rule_set_shipped).submissions, 1);
}

/* --- Returns --- */

static void returned_is_of_all_received_in_the_month_whatever_became_of_them(void **state)
{
	static const struct {
		enum leaving left;
		bool counts;
	} cases[] = {
		{ LEFT_NOT, true }, { LEFT_RETURNED, true }, { LEFT_WITHDRAWN, true },
		{ LEFT_ON_ACCOUNT, true }, { LEFT_MERGED, false },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		struct task_fact task = task_of("2026-03-20", NULL);

		task.dispatched_at = instant("2026-03-01");
		task.signed_at = 0;
		task.left = cases[i].left;
		task.left_at = cases[i].left == LEFT_NOT ? 0 : noon("2026-03-03");
		assert_stands(march(&task), MEASURE_RETURNED, false, cases[i].counts);
		assert_stands(march(&task), MEASURE_RETURN_INVALID, false, false);
		task.return_asked = true;
		assert_stands(march(&task), MEASURE_RETURNED, cases[i].counts, cases[i].counts);
		assert_stands(march(&task), MEASURE_RETURN_INVALID, false, cases[i].counts);
		task.return_refused = true;
		assert_stands(march(&task), MEASURE_RETURN_INVALID, cases[i].counts,
			cases[i].counts);
		/* Only what the department received itself, and only what counts. */
		task.excluded_at = noon("2026-03-04");
		assert_stands(march(&task), MEASURE_RETURNED, false, false);
		task.excluded_at = 0;
		task.is_lead = false;
		assert_stands(march(&task), MEASURE_RETURNED, false, false);
		task.is_lead = true;
		task.dispatched_at = instant("2026-03-01") - 1;
		assert_stands(march(&task), MEASURE_RETURNED, false, false);
	}
}

static void a_task_counts_as_received_in_the_month_of_its_dispatch_only(void **state)
{
	struct task_fact task = task_of("2026-05-20", NULL);

	(void)state;
	task.return_asked = true;
	task.dispatched_at = instant("2026-04-01") - 1;
	assert_stands(march(&task), MEASURE_RETURNED, true, true);
	assert_stands(april(&task), MEASURE_RETURNED, false, false);
	assert_why(april(&task), RETURN, "received_before");
	task.dispatched_at = instant("2026-04-01");
	assert_int_equal(march(&task).sets, 0);
	assert_stands(april(&task), MEASURE_RETURNED, true, true);
	assert_why(april(&task), RETURN, "return_asked");
}

/* --- Limits to sign and to call --- */

/* Sign and contact are judged alike; what differs is where their times stand. */
static const struct timed {
	enum measure measure;
	enum rate_base base;
	size_t due;
	size_t done;
} timed[] = {
	{ MEASURE_SIGN_ON_TIME, BASE_SIGN, offsetof(struct task_fact, sign_due),
	  offsetof(struct task_fact, signed_at) },
	{ MEASURE_CONTACT_ON_TIME, BASE_CONTACT, offsetof(struct task_fact, contact_due),
	  offsetof(struct task_fact, contacted_at) },
};

static void set_step(struct task_fact *task, const struct timed *step, int64_t due, int64_t done)
{
	*(int64_t *)((char *)task + step->due) = due;
	*(int64_t *)((char *)task + step->done) = done;
}

static void a_step_matures_once_when_it_is_done_or_when_its_limit_ends(void **state)
{
	const int64_t t0 = instant("2026-03-01");
	const int64_t t1 = instant("2026-04-01");
	const struct {
		int64_t due;
		int64_t done;
		bool num;
		bool den;
		const char *why;
	} cases[] = {
		{ noon("2026-03-03"), noon("2026-03-02"), true, true, "kept" },
		{ noon("2026-03-03"), noon("2026-03-03"), true, true, "kept" },
		/* The due second is kept to its end. */
		{ noon("2026-03-03"), noon("2026-03-03") + 999999, true, true, "kept" },
		{ noon("2026-03-03"), noon("2026-03-03") + 1000000, false, true, "late" },
		{ noon("2026-03-03"), 0, false, true, "missed" },
		/* Done after the end of the month: missed in it, as it was known then. */
		{ noon("2026-03-03"), t1, false, true, "missed" },
		/* By the end of the limit, or by the step where that is earlier. */
		{ noon("2026-04-02"), t1 - 1, true, true, "kept" },
		{ noon("2026-04-02"), t1, false, false, "not_mature" },
		{ noon("2026-04-02"), 0, false, false, "not_mature" },
		{ noon("2026-03-02"), t0 - 1, false, false, "not_mature" },
		{ noon("2026-03-02"), t0, true, true, "kept" },
		{ t0 - CALENDAR_SECOND, 0, false, false, "not_mature" },
		{ t0 - CALENDAR_SECOND, noon("2026-03-02"), false, false, "not_mature" },
		{ t1 - CALENDAR_SECOND, 0, false, true, "missed" },
		{ t1, 0, false, false, "not_mature" },
		{ 0, noon("2026-03-02"), false, false, "no_limit" },
		{ 0, 0, false, false, "no_limit" },
	};

	(void)state;
	for (size_t s = 0; s < array_count(timed); s++)
		for (size_t i = 0; i < array_count(cases); i++) {
			struct task_fact task = task_of("2026-05-20", NULL);

			set_step(&task, &timed[s], cases[i].due, cases[i].done);
			assert_stands(march(&task), timed[s].measure, cases[i].num, cases[i].den);
			assert_string_equal(why_text(march(&task).why[timed[s].base]),
				cases[i].why);
		}
}

static void a_close_without_the_step_ends_its_limit_unkept(void **state)
{
	(void)state;
	for (size_t s = 0; s < array_count(timed); s++) {
		struct task_fact task = task_of("2026-05-20", "2026-03-31 23:59:59");

		set_step(&task, &timed[s], noon("2026-04-02"), 0);
		assert_stands(march(&task), timed[s].measure, false, true);
		assert_int_equal(april(&task).sets, 0);
		/* The limit was over before. */
		set_step(&task, &timed[s], noon("2026-02-10"), 0);
		assert_stands(march(&task), timed[s].measure, false, false);
	}
}

static void a_call_in_a_later_round_is_in_time_when_it_is_in_time(void **state)
{
	struct task_fact task = task_of("2026-05-20", "2026-03-31 23:50:00");

	(void)state;
	/* Matures with the close, in the only month that the task is seen in. */
	set_step(&task, &timed[1], noon("2026-04-02"), noon("2026-04-01"));
	assert_stands(march(&task), MEASURE_CONTACT_ON_TIME, true, true);
	set_step(&task, &timed[1], noon("2026-04-02"), noon("2026-04-03"));
	assert_stands(march(&task), MEASURE_CONTACT_ON_TIME, false, true);
}

static void while_the_month_runs_the_last_second_to_sign_is_not_over(void **state)
{
	struct period period = period_of(MARCH, "2026-03-10");
	struct task_fact task = task_of("2026-03-20", NULL);

	(void)state;
	period.freeze = 0;
	set_step(&task, &timed[0], noon("2026-03-03"), 0);
	period.now = noon("2026-03-03") + 999999;
	assert_stands(task_judge(&task, &period, &rule_set_shipped), MEASURE_SIGN_ON_TIME, false,
		false);
	period.now++;
	assert_stands(task_judge(&task, &period, &rule_set_shipped), MEASURE_SIGN_ON_TIME, false,
		true);
}

/* --- Who comes again --- */

static void recomplaint_is_of_all_closures_of_the_month(void **state)
{
	struct task_fact task = task_of("2026-03-10", "2026-03-12 10:00:00");

	(void)state;
	/* Late, anonymous, praise: a closure all the same. */
	task.visit_bar = VISIT_ANONYMOUS;
	task.content = CONTENT_PRAISE;
	assert_stands(march(&task), MEASURE_RECOMPLAINT, false, true);
	assert_why(march(&task), RECOMPLAINT, "settled");
	task.recomplaint = true;
	assert_stands(march(&task), MEASURE_RECOMPLAINT, true, true);
	assert_why(march(&task), RECOMPLAINT, "recomplaint");
	assert_int_equal(april(&task).sets, 0);
	task.closed_at = 0;
	assert_stands(march(&task), MEASURE_RECOMPLAINT, false, false);
	assert_why(march(&task), RECOMPLAINT, "open");
}

static void an_unconfirmed_withdrawal_closes_the_task_and_is_no_closure_to_come_back_to(
	void **state)
{
	struct task_fact task = task_of("2026-03-10", NULL);

	(void)state;
	task.left = LEFT_WITHDRAWN;
	task.left_at = noon("2026-03-05");
	task.recomplaint = true;
	assert_true(has(march(&task), SET_N1));
	assert_stands(march(&task), MEASURE_RECOMPLAINT, false, false);
	/* Its other limits ended with it. */
	task.contact_due = noon("2026-04-20");
	assert_stands(march(&task), MEASURE_CONTACT_ON_TIME, false, true);
	assert_int_equal(april(&task).sets, 0);
}

/* --- Everything at once --- */

enum { FACTS = 20000, SUBMISSIONS = 4, VISITS = 4 };

static int64_t some_time(struct dice *dice, bool may_be_never)
{
	if (may_be_never && dice_roll(dice, 3) == 0)
		return 0;
	return day_start(day_at("2026-02-10") + dice_roll(dice, 75)) +
		dice_roll(dice, 3) * INT64_C(43199999999);
}

static void fact_random(struct dice *dice, struct task_fact *task, struct visit_fact *visits,
	struct submission_fact *submissions)
{
	*task = (struct task_fact){
		.is_lead = dice_roll(dice, 8) != 0,
		.content = (enum content_class)dice_roll(dice, CONTENT_CLASSES),
		.dispatched_at = some_time(dice, false), .sign_due = some_time(dice, true),
		.signed_at = some_time(dice, true), .contact_due = some_time(dice, true),
		.contacted_at = some_time(dice, true), .due = some_time(dice, true),
		.original_due = some_time(dice, true), .extended = dice_roll(dice, 2) != 0,
		.closed_at = some_time(dice, true),
		.left = (enum leaving)(dice_roll(dice, 3) == 0 ? dice_roll(dice, LEAVINGS) : 0),
		.withdrawal_recorded = dice_roll(dice, 2) != 0,
		.excluded_at = dice_roll(dice, 6) == 0 ? some_time(dice, false) : 0,
		.visit_bar = (enum visit_bar)(dice_roll(dice, 4) == 0
			? dice_roll(dice, VISIT_BARS) : VISIT_ALLOWED),
		.redo_running = dice_roll(dice, 4) == 0, .sent_back = dice_roll(dice, 3) == 0,
		.return_asked = dice_roll(dice, 3) == 0, .recomplaint = dice_roll(dice, 3) == 0,
		.visits = visits, .visit_count = (size_t)dice_roll(dice, VISITS + 1),
		.submissions = submissions,
		.submission_count = (size_t)dice_roll(dice, SUBMISSIONS + 1),
	};
	task->left_at = task->left == LEFT_NOT ? 0 : some_time(dice, false);
	task->return_refused = task->return_asked && dice_roll(dice, 2) != 0;
	for (size_t i = 0; i < task->visit_count; i++)
		visits[i] = (struct visit_fact){
			.at = some_time(dice, false), .reached = true,
			.contacted = (enum contacted_answer)dice_roll(dice, CONTACTED_ANSWERS),
			.solved = (enum solved_answer)dice_roll(dice, SOLVED_ANSWERS),
			.result = (enum answer_level)dice_roll(dice, ANSWER_LEVELS),
		};
	for (size_t i = 0; i < task->submission_count; i++)
		submissions[i] = (struct submission_fact){
			.at = some_time(dice, false),
			.outcome = (enum submission_outcome)dice_roll(dice, SUBMISSION_OUTCOMES),
		};
}

static void no_numerator_exceeds_its_base_and_lists_are_as_long_as_numbers(void **state)
{
	struct dice dice = { 1618033 };
	struct tally all = { 0 };
	uint64_t lines[MEASURES][PART_MISSED + 1] = { { 0 } };

	(void)state;
	for (int n = 0; n < FACTS; n++) {
		struct visit_fact visits[VISITS];
		struct submission_fact submissions[SUBMISSIONS];
		struct tally one = { 0 };
		struct task_fact task;
		struct judgement judgement;

		fact_random(&dice, &task, visits, submissions);
		judgement = march(&task);
		tally_add(&one, judgement);
		tally_merge(&all, &one);
		assert_true((judgement.sets & SET_PRESENT) != 0 || judgement.sets == 0);
		for (int i = 0; i < MEASURES; i++) {
			enum measure measure = (enum measure)i;
			bool out = in(judgement, measure, PART_OUT);

			assert_true(measures[i].den == 0 ||
				one.rate[i].num <= one.rate[i].den);
			assert_int_equal(out, (judgement.sets & SET_PRESENT) != 0 &&
				one.rate[i].num == 0 && one.rate[i].den == 0);
			for (int part = PART_NUM; part <= PART_MISSED; part++)
				lines[i][part] += measure_count(measure,
					(enum measure_part)part, judgement);
		}
	}
	for (int i = 0; i < MEASURES; i++) {
		assert_int_equal(all.rate[i].num, lines[i][PART_NUM]);
		assert_int_equal(all.rate[i].den, lines[i][PART_DEN]);
		assert_int_equal(measures[i].den ? all.rate[i].den - all.rate[i].num : 0,
			lines[i][PART_MISSED]);
		/* The dice reach every measure, or the property says nothing of it. */
		assert_true(all.rate[i].num > 50);
		assert_true(measures[i].den == 0 || all.rate[i].num < all.rate[i].den);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(solved_is_yes_of_those_who_answered_and_partly_is_no),
		cmocka_unit_test(contacted_is_yes_of_those_who_answered),
		cmocka_unit_test(
			of_each_question_the_last_answer_counts_and_the_first_while_a_redo_runs),
		cmocka_unit_test(double_yes_is_of_those_who_answered_both),
		cmocka_unit_test(answers_before_the_close_or_after_the_freeze_are_not_known),
		cmocka_unit_test(who_cannot_be_visited_stands_in_no_question),
		cmocka_unit_test(an_attempt_is_a_call_that_reached_nobody_too),
		cmocka_unit_test(redo_is_of_those_who_answered_and_were_sent_back),
		cmocka_unit_test(review_refused_counts_submissions_and_not_tasks),
		cmocka_unit_test(submissions_of_who_left_was_excluded_or_assists_are_in_no_base),
		cmocka_unit_test(while_the_month_runs_a_submission_of_now_is_not_in_it),
		cmocka_unit_test(returned_is_of_all_received_in_the_month_whatever_became_of_them),
		cmocka_unit_test(a_task_counts_as_received_in_the_month_of_its_dispatch_only),
		cmocka_unit_test(a_step_matures_once_when_it_is_done_or_when_its_limit_ends),
		cmocka_unit_test(a_close_without_the_step_ends_its_limit_unkept),
		cmocka_unit_test(a_call_in_a_later_round_is_in_time_when_it_is_in_time),
		cmocka_unit_test(while_the_month_runs_the_last_second_to_sign_is_not_over),
		cmocka_unit_test(recomplaint_is_of_all_closures_of_the_month),
		cmocka_unit_test(
			an_unconfirmed_withdrawal_closes_the_task_and_is_no_closure_to_come_back_to),
		cmocka_unit_test(no_numerator_exceeds_its_base_and_lists_are_as_long_as_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
