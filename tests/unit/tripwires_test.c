/*
 * Tripwires at their edges: what contradicts, and the honest history beside it that does not.
 */
#include "rules_fixture.h"

#include "rules/tripwires.h"

#define HOUR (60 * CALENDAR_MINUTE)

enum { DISPATCH_SEQ = 2, STEPS_MAX = 8 };

/* Steps are numbered from 3 on, behind the receipt and the dispatch. */
struct history {
	struct trip_task task;
	struct trip_step steps[STEPS_MAX];
};

static struct history history_at(const char *dispatched)
{
	return (struct history){
		.task = {
			.dispatched_at = instant(dispatched), .dispatch_seq = DISPATCH_SEQ,
			.due = instant("2026-03-09 23:59:59"), .is_visitable = true,
		},
	};
}

static struct trip_step *add(struct history *h, const char *at, enum trip_step_kind kind)
{
	struct trip_step *step = &h->steps[h->task.n];

	assert_true(h->task.n < STEPS_MAX);
	*step = (struct trip_step){
		.kind = kind, .at = instant(at), .seq = DISPATCH_SEQ + ++h->task.n,
	};
	if (kind == TRIP_STEP_CONTACT)
		step->is_reached = true;
	if (kind == TRIP_STEP_COMPLETE)
		step->is_solved = true;
	return step;
}

/* Contact, completion and pass on ordinary hours. */
static struct history honest(void)
{
	struct history h = history_at("2026-03-02 10:00:00");

	add(&h, "2026-03-02 11:00:00", TRIP_STEP_CONTACT);
	add(&h, "2026-03-04 15:00:00", TRIP_STEP_COMPLETE);
	add(&h, "2026-03-04 17:00:00", TRIP_STEP_PASSED);
	h.task.closed_at = h.steps[1].at;
	return h;
}

/* The finding of this kind; kind 0 when there is none. */
static struct trip_finding look(struct history *h, enum tripwire kind)
{
	struct trip_finding found[TRIPWIRES_END];

	h->task.steps = h->steps;
	size_t n = tripwires_find(&h->task, found);
	for (size_t i = 0; i < n; i++)
		if (found[i].kind == kind)
			return found[i];
	return (struct trip_finding){ .said_seq = 0 };
}

static void assert_found(struct history *h, enum tripwire kind, uint64_t said, uint64_t against)
{
	struct trip_finding found = look(h, kind);

	assert_int_equal(found.kind, kind);
	assert_int_equal(found.said_seq, said);
	assert_int_equal(found.against_seq, against);
}

static void assert_quiet(struct history *h)
{
	struct trip_finding found[TRIPWIRES_END];

	h->task.steps = h->steps;
	assert_int_equal(tripwires_find(&h->task, found), 0);
}

static void an_honest_history_finds_nothing_and_every_kind_has_its_words(void **state)
{
	struct history h = honest(), open = history_at("2026-03-02 10:00:00");

	(void)state;
	assert_quiet(&h);
	assert_quiet(&open);
	for (int kind = 1; kind < TRIPWIRES_END; kind++) {
		assert_non_null(tripwire_names[kind - 1]);
		assert_non_null(tripwire_sentences[kind - 1]);
	}
	assert_null(tripwire_names[TRIPWIRES_END - 1]);
}

static void a_contact_behind_the_submission_is_none_before_it(void **state)
{
	struct history h = history_at("2026-03-02 10:00:00");

	(void)state;
	add(&h, "2026-03-04 15:00:00", TRIP_STEP_COMPLETE);
	add(&h, "2026-03-04 16:00:00", TRIP_STEP_CONTACT);
	add(&h, "2026-03-04 17:00:00", TRIP_STEP_PASSED);
	h.task.closed_at = h.steps[0].at;
	assert_found(&h, TRIP_NO_CONTACT, 3, 4);
	h.task.is_visitable = false;
	assert_quiet(&h);
}

static void a_contact_that_reached_nobody_is_not_denied(void **state)
{
	struct history h = honest();

	(void)state;
	add(&h, "2026-03-05 10:00:00", TRIP_STEP_VISIT)->contacted = TRIP_NO;
	assert_found(&h, TRIP_CONTACT_DENIED, 3, 6);
	h.steps[0].is_reached = false;
	assert_quiet(&h);
}

static void a_burst_begins_with_the_fifth_in_the_last_hour(void **state)
{
	struct history h = honest();

	(void)state;
	h.task.closings = TRIP_BURST_LEAST;
	assert_quiet(&h);
	h.task.closed_at = h.steps[1].at = h.task.due - HOUR + CALENDAR_SECOND;
	assert_found(&h, TRIP_BURST, 4, 0);
	assert_int_equal(look(&h, TRIP_BURST).count, TRIP_BURST_LEAST);
	h.task.closings = TRIP_BURST_LEAST - 1;
	assert_quiet(&h);
}

static struct history turned(const char *good_at, enum trip_step_kind between)
{
	struct history h = history_at("2026-03-02 10:00:00");

	add(&h, "2026-03-02 11:00:00", TRIP_STEP_CONTACT);
	add(&h, "2026-03-03 10:00:00", TRIP_STEP_VISIT)->rating = TRIP_BAD;
	add(&h, "2026-03-03 12:00:00", TRIP_STEP_CONTACT);
	add(&h, "2026-03-03 13:00:00", between);
	add(&h, good_at, TRIP_STEP_VISIT)->rating = TRIP_GOOD;
	return h;
}

static void a_rating_turns_within_48_hours_of_a_contact_and_without_work(void **state)
{
	struct history at_once = turned("2026-03-05 12:00:00", TRIP_STEP_OTHER);
	struct history later = turned("2026-03-05 12:00:01", TRIP_STEP_OTHER);
	struct history worked = turned("2026-03-04 12:00:00", TRIP_STEP_WORK);

	(void)state;
	assert_found(&at_once, TRIP_RATING_TURNED, 4, 7);
	assert_quiet(&later);
	assert_quiet(&worked);
}

static void a_withdrawal_is_close_to_a_bad_rating_for_three_days(void **state)
{
	struct history h = history_at("2026-03-02 10:00:00");

	(void)state;
	add(&h, "2026-03-03 10:00:00", TRIP_STEP_VISIT)->rating = TRIP_BAD;
	add(&h, "2026-03-06 10:00:00", TRIP_STEP_WITHDRAWN);
	assert_found(&h, TRIP_WITHDRAWN, 3, 4);
	h.steps[1].at += CALENDAR_SECOND;
	assert_quiet(&h);
}

static void an_answer_contradicts_the_submission_before_it(void **state)
{
	struct history h = honest();
	struct trip_step *visit = add(&h, "2026-03-05 10:00:00", TRIP_STEP_VISIT);

	(void)state;
	visit->solved = visit->truthful = TRIP_NO;
	assert_found(&h, TRIP_SOLVED_DENIED, 4, 6);
	assert_found(&h, TRIP_REPLY_DENIED, 4, 6);
	h.steps[1].is_solved = false;
	assert_int_equal(look(&h, TRIP_SOLVED_DENIED).kind, 0);
	visit->truthful = TRIP_UNANSWERED;
	assert_quiet(&h);
}

static void the_same_words_after_a_refusal_tell_only_if_they_passed(void **state)
{
	struct history h = history_at("2026-03-02 10:00:00");

	(void)state;
	add(&h, "2026-03-02 11:00:00", TRIP_STEP_CONTACT);
	add(&h, "2026-03-03 10:00:00", TRIP_STEP_COMPLETE)->words = 7;
	add(&h, "2026-03-03 11:00:00", TRIP_STEP_REFUSED);
	add(&h, "2026-03-03 12:00:00", TRIP_STEP_COMPLETE)->words = 7;
	assert_quiet(&h);
	add(&h, "2026-03-03 13:00:00", TRIP_STEP_PASSED);
	h.task.closed_at = h.steps[3].at;
	assert_found(&h, TRIP_UNCHANGED, 5, 6);
	h.steps[3].words = 8;
	assert_quiet(&h);
	h.steps[1].words = h.steps[3].words = 0;
	assert_quiet(&h);
}

static void a_good_rating_meets_its_own_answers_only_where_both_say_no(void **state)
{
	struct history h = honest();
	struct trip_step *visit = add(&h, "2026-03-05 10:00:00", TRIP_STEP_VISIT);

	(void)state;
	h.steps[0].is_reached = h.steps[1].is_solved = false;
	visit->rating = TRIP_GOOD;
	visit->contacted = TRIP_NO;
	assert_quiet(&h);
	visit->solved = TRIP_NO;
	assert_found(&h, TRIP_RATING_DENIED, 6, 6);
}

static void ten_minutes_are_too_fast_but_for_what_is_fast_by_nature(void **state)
{
	struct history h = honest();

	(void)state;
	h.steps[0].at = h.task.dispatched_at;
	h.steps[1].at = h.task.closed_at =
		h.task.dispatched_at + TRIP_FAST_MINUTES * CALENDAR_MINUTE;
	assert_found(&h, TRIP_TOO_FAST, DISPATCH_SEQ, 4);
	h.task.is_fast_by_nature = true;
	assert_quiet(&h);
	h.task.is_fast_by_nature = false;
	h.steps[1].at += CALENDAR_SECOND;
	assert_quiet(&h);
}

static void the_night_ends_at_six_local_time(void **state)
{
	struct history h = honest();

	(void)state;
	h.steps[0].at = instant("2026-03-03 05:59:59");
	assert_found(&h, TRIP_AT_NIGHT, 3, 3);
	h.steps[0].at = instant("2026-03-03 00:00:00");
	assert_found(&h, TRIP_AT_NIGHT, 3, 3);
	h.steps[0].at = instant("2026-03-03 06:00:00");
	assert_quiet(&h);
	h.steps[0].at = instant("2026-03-02 23:59:59");
	assert_quiet(&h);
}

static void untrue_needs_a_caller_who_was_reached(void **state)
{
	struct history h = honest();

	(void)state;
	h.steps[1].is_untrue = true;
	assert_quiet(&h);
	h.steps[0].is_reached = false;
	assert_found(&h, TRIP_UNHEARD, 4, 0);
}

static void numbers_around_a_task_tell_from_their_least_on(void **state)
{
	struct history h = honest();

	(void)state;
	add(&h, "2026-03-05 10:00:00", TRIP_STEP_VISIT)->rating = TRIP_GOOD;
	h.task.shared = TRIP_SHARED_LEAST - 1;
	assert_quiet(&h);
	h.task.shared = TRIP_SHARED_LEAST;
	assert_found(&h, TRIP_SHARED_NUMBER, 6, 0);
	h.task.shared = 0;
	h.steps[1].words = 9;
	h.task.same_reply_task = 2603020000001701;
	h.task.same_reply_seq = 5;
	assert_found(&h, TRIP_SAME_REPLY, 4, 5);
	assert_true(look(&h, TRIP_SAME_REPLY).against_task == 2603020000001701);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_history_finds_nothing_and_every_kind_has_its_words),
		cmocka_unit_test(a_contact_behind_the_submission_is_none_before_it),
		cmocka_unit_test(a_contact_that_reached_nobody_is_not_denied),
		cmocka_unit_test(a_burst_begins_with_the_fifth_in_the_last_hour),
		cmocka_unit_test(a_rating_turns_within_48_hours_of_a_contact_and_without_work),
		cmocka_unit_test(a_withdrawal_is_close_to_a_bad_rating_for_three_days),
		cmocka_unit_test(an_answer_contradicts_the_submission_before_it),
		cmocka_unit_test(the_same_words_after_a_refusal_tell_only_if_they_passed),
		cmocka_unit_test(a_good_rating_meets_its_own_answers_only_where_both_say_no),
		cmocka_unit_test(ten_minutes_are_too_fast_but_for_what_is_fast_by_nature),
		cmocka_unit_test(the_night_ends_at_six_local_time),
		cmocka_unit_test(untrue_needs_a_caller_who_was_reached),
		cmocka_unit_test(numbers_around_a_task_tell_from_their_least_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
