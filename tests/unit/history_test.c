/* Lines of an import: what is a history and what is told about one that is none. */
#include "clock.h"
#include "import/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024 * 1024);
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static int64_t moment(const char *text)
{
	int64_t at;

	assert_true(clock_parse(str_of(text), &at));
	return at;
}

#define NOW "2026-03-31T09:00:00+08:00"
#define LINE(events) \
	"{\"channel\":\"web\",\"external_no\":\"1\",\"title\":\"t\",\"text\":\"x\"," \
	"\"department\":\"CGJ\",\"limit_class\":\"L3\"," \
	"\"received_at\":\"2026-03-02T09:00:00+08:00\",\"events\":[" events "]}"
#define EVENT(day, rest) "{\"at\":\"2026-03-" day "T10:00:00+08:00\",\"type\":" rest "}"
#define SIGN(day) EVENT(day, "\"sign\"")
#define DONE(day) EVENT(day, "\"complete\",\"result\":\"solved\",\"reply\":\"r\"")
#define PASS(day) EVENT(day, "\"review_pass\"")

/* All complaints as "pointer code", one a line. */
static const char *complaints(const char *line, struct history *h)
{
	struct field_errors errors = { .arena = arena };
	struct buf out;

	if (form_parse(str_of(line), history_fields, h, &errors))
		assert_true(history_check(h, moment(NOW), &errors) == (errors.n == 0));
	buf_init(&out, 100000);
	for (const struct field_error *e = errors.first; e; e = e->next)
		buf_printf(&out, "%s%.*s %s", out.n ? "\n" : "", STR_ARG(e->pointer), e->code);
	struct str text = arena_str(arena, buf_str(&out));
	buf_free(&out);
	return text.p;
}

static void expect(const char *line, const char *wanted)
{
	struct history h;

	assert_string_equal(complaints(line, &h), wanted);
}

static void a_whole_history_is_read(void **state)
{
	struct history h;

	(void)state;
	assert_string_equal(complaints(LINE(SIGN("03") "," DONE("04") "," PASS("05") ","
		EVENT("06", "\"visit\",\"result\":\"satisfied\"")), &h), "");
	const struct told *events = h.events.v;
	assert_int_equal(h.events.n, 4);
	assert_int_equal(events[1].result_index + 1, RESULT_SOLVED);
	assert_int_equal(events[3].reached, TRI_YES);
	assert_int_equal(events[3].channel_index, 0);
	assert_int_equal(events[3].result_index, 1);
	assert_int_equal(h.content_class, -1);
	assert_null(h.category.p);
}

static void a_visit_without_an_answer_reached_nobody(void **state)
{
	struct history h;

	(void)state;
	assert_string_equal(complaints(LINE(EVENT("06", "\"visit\",\"result\":null")), &h), "");
	const struct told *events = h.events.v;
	assert_int_equal(events[0].reached, TRI_NO);
	expect(LINE(EVENT("06", "\"visit\",\"result\":\"neutral\",\"reached\":false")),
	       "#/events/0/reached contradiction");
}

static void events_ascend_from_the_receipt_and_are_past(void **state)
{
	(void)state;
	expect(LINE(EVENT("02", "\"sign\"") "," DONE("02")), "");
	expect(LINE(EVENT("01", "\"sign\"")), "#/events/0/at out_of_order");
	expect(LINE(SIGN("05") "," DONE("04")), "#/events/1/at out_of_order");
	expect(LINE(EVENT("31", "\"sign\"")), "#/events/0/at in_the_future");
}

static void steps_follow_each_other_as_in_life(void **state)
{
	(void)state;
	expect(LINE(DONE("04")), "#/events/0/type illegal_step");
	expect(LINE(SIGN("03") "," PASS("04")), "#/events/1/type illegal_step");
	expect(LINE(SIGN("03") "," SIGN("04")), "#/events/1/type illegal_step");
	expect(LINE(SIGN("03") "," DONE("04") "," EVENT("05", "\"review_refuse\"") "," DONE("06")
	       "," PASS("07")), "");
	expect(LINE(SIGN("03") "," DONE("04") "," PASS("05") "," DONE("06")),
	       "#/events/3/type illegal_step");
}

static void a_redo_by_the_visit_allows_a_second_round(void **state)
{
	(void)state;
	expect(LINE(SIGN("03") "," DONE("04") "," PASS("05") ","
		    EVENT("06", "\"visit\",\"result\":\"dissatisfied\",\"reason\":\"speed\"")
		    "," DONE("07") "," PASS("08")), "");
	expect(LINE(SIGN("03") "," DONE("04") "," PASS("05") ","
		    EVENT("06", "\"visit\",\"result\":\"dissatisfied\",\"reason\":\"policy\"")
		    "," DONE("07")), "#/events/4/type illegal_step");
}

static void words_must_fit_their_event(void **state)
{
	(void)state;
	expect(LINE(SIGN("03") "," EVENT("04", "\"complete\",\"result\":\"satisfied\"")),
	       "#/events/1/result unknown_code");
	expect(LINE(SIGN("03") "," EVENT("04", "\"complete\"")), "#/events/1/result missing");
	expect(LINE(EVENT("03", "\"visit\",\"result\":\"solved\",\"reason\":\"weather\"")),
	       "#/events/0/result unknown_code\n#/events/0/reason unknown_code");
	expect(LINE(SIGN("03") "," EVENT("04", "\"contact\",\"channel\":\"network\"")),
	       "#/events/1/channel unknown_code");
	expect(LINE(EVENT("03", "\"dance\"")), "#/events/0/type unknown_code");
}

static void a_line_names_its_department_and_a_class_with_limits(void **state)
{
	(void)state;
	expect("{\"channel\":\"web\",\"external_no\":\"1\",\"title\":\"t\",\"text\":\"x\"}",
	       "#/department missing\n#/limit_class missing\n#/received_at missing");
	expect("{\"channel\":\"web\",\"external_no\":\"1\",\"title\":\"t\",\"text\":\"x\","
	       "\"department\":\"CGJ\",\"limit_class\":\"LX\","
	       "\"received_at\":\"2026-04-02T09:00:00+08:00\"}",
	       "#/limit_class limit_not_given\n#/received_at in_the_future");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_history_is_read),
		cmocka_unit_test(a_visit_without_an_answer_reached_nobody),
		cmocka_unit_test(events_ascend_from_the_receipt_and_are_past),
		cmocka_unit_test(steps_follow_each_other_as_in_life),
		cmocka_unit_test(a_redo_by_the_visit_allows_a_second_round),
		cmocka_unit_test(words_must_fit_their_event),
		cmocka_unit_test(a_line_names_its_department_and_a_class_with_limits),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
