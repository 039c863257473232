/* Notices: the shipped texts, what is put into them, parts, and which appeal a reply is about. */
#include "rules/notices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bounds.h"
#include "rules_fixture.h"

static struct arena *arena;

static int begin(void **state)
{
	(void)state;
	arena = arena_new(1 << 24);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static uint32_t problems_of(struct reference *r, const char *text)
{
	struct table_problems problems = { 0 };

	reference_parse_notices(r, arena, str_of(text), &problems);
	return (uint32_t)problems.count;
}

static void the_shipped_texts_are_read_and_fit_every_channel(void **state)
{
	struct reference r = { 0 };

	(void)state;
	assert_int_equal(problems_of(&r, file_text(arena, "config/notices.tsv").p), 0);
	for (int occasion = NOTICE_RECEIPT; occasion < NOTICE_OCCASION_END; occasion++)
		assert_non_null(reference_notice(&r, (enum notice_occasion)occasion, CHANNEL_LEADER,
						 CONTENT_PRAISE));
}

static void a_line_is_for_its_channels_and_classes(void **state)
{
	struct reference r = { 0 };

	(void)state;
	assert_int_equal(problems_of(&r, "receipt\t12345,110\thelp\tA\nreceipt\t*\t*\tB\n"), 0);
	assert_true(str_is(reference_notice(&r, NOTICE_RECEIPT, CHANNEL_110, CONTENT_HELP)->text,
			   "A"));
	assert_true(str_is(reference_notice(&r, NOTICE_RECEIPT, CHANNEL_WEB, CONTENT_HELP)->text,
			   "B"));
	assert_true(str_is(reference_notice(&r, NOTICE_RECEIPT, CHANNEL_110,
					    CONTENT_COMPLAINT)->text, "B"));
	assert_null(reference_notice(&r, NOTICE_RESULT, CHANNEL_110, CONTENT_HELP));
}

static void bad_lines_are_told_and_left_out(void **state)
{
	static const char *const bad[] = {
		"receipt\t*\t*\n", "nothing\t*\t*\tA\n", "receipt\tfax\t*\tA\n",
		"receipt\t*\thope\tA\n", "receipt\t*\t*\tA\tB\n",
	};

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++) {
		struct reference r = { 0 };

		if (problems_of(&r, bad[i]) != 1 || r.notice_count != 0)
			fail_msg("%s", bad[i]);
	}
}

static void a_text_has_at_most_so_many_characters(void **state)
{
	char text[3 * (LIMIT_NOTICE_CHARS + 1) + 32] = "receipt\t*\t*\t";
	struct reference r = { 0 };

	(void)state;
	for (int i = 0; i < LIMIT_NOTICE_CHARS; i++)
		strcat(text, "字");
	assert_int_equal(problems_of(&r, text), 0);
	assert_int_equal(r.notice_count, 1);
	strcat(text, "字");
	assert_int_equal(problems_of(&r, text), 1);
	assert_int_equal(r.notice_count, 0);
}

static void who_was_on_the_line_or_at_the_window_is_told_of_no_answer(void **state)
{
	static const enum channel heard[] = { CHANNEL_110, CHANNEL_12345, CHANNEL_WINDOW };
	static const enum channel unheard[] = {
		CHANNEL_ENTERPRISE, CHANNEL_WEB, CHANNEL_APP, CHANNEL_LETTER, CHANNEL_LEADER,
	};
	struct reference r = { 0 };

	(void)state;
	assert_int_equal(problems_of(&r, file_text(arena, "config/notices.tsv").p), 0);
	for (size_t i = 0; i < array_count(heard); i++) {
		assert_null(reference_notice(&r, NOTICE_ANSWERED, heard[i], CONTENT_PRAISE));
		assert_null(reference_notice(&r, NOTICE_REFUSED, heard[i], CONTENT_HELP));
		assert_non_null(reference_notice(&r, NOTICE_TRANSFERRED, heard[i], CONTENT_HELP));
	}
	for (size_t i = 0; i < array_count(unheard); i++) {
		assert_non_null(reference_notice(&r, NOTICE_ANSWERED, unheard[i], CONTENT_PRAISE));
		assert_non_null(reference_notice(&r, NOTICE_REFUSED, unheard[i], CONTENT_HELP));
	}
}

static void names_are_put_in_and_values_are_not_read_again(void **state)
{
	const struct notice_values v = {
		.number = STR("LD1"), .code = STR("{link}"), .link = STR("L"),
		.department = STR("D"), .due = STR("E"), .promise = STR("P"), .result = STR("R"),
	};
	struct str text = notice_render(arena, STR("a{number}{code}{link}{department}{due}"
						   "{promise}{result}{x}{"), &v);

	(void)state;
	assert_true(str_is(text, "aLD1{link}LDEPR{x}{"));
	assert_true(str_is(notice_render(arena, STR(""), &v), ""));
}

static void parts_are_counted_as_networks_count_them(void **state)
{
	char text[400] = "";

	(void)state;
	for (int i = 0; i < 70; i++)
		strcat(text, "字");
	assert_int_equal(notice_segments(str_of(text)), 1);
	strcat(text, "a");
	assert_int_equal(notice_segments(str_of(text)), 2);
	memset(text, 0, sizeof(text));
	memset(text, 'a', 134);
	assert_int_equal(notice_segments(str_of(text)), 2);
	memset(text, 'a', 135);
	assert_int_equal(notice_segments(str_of(text)), 3);
	/* Beyond the first plane a character is two units. */
	memset(text, 0, sizeof(text));
	for (int i = 0; i < 35; i++)
		strcat(text, "𠮷");
	assert_int_equal(notice_segments(str_of(text)), 1);
	strcat(text, "a");
	assert_int_equal(notice_segments(str_of(text)), 2);
}

static void only_a_mobile_number_can_read(void **state)
{
	(void)state;
	assert_true(notice_is_mobile(STR("13800138000")));
	assert_false(notice_is_mobile(STR("05718888777")));
	assert_false(notice_is_mobile(STR("1380013800")));
	assert_false(notice_is_mobile(STR("138001380001")));
	assert_false(notice_is_mobile(STR("1380013800a")));
	assert_false(notice_is_mobile(STR_NONE));
}

static void replies_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *text;
		enum notice_reply reply;
	} cases[] = {
		{ "1", REPLY_SATISFIED }, { " 1 ", REPLY_SATISFIED }, { "１", REPLY_SATISFIED },
		{ "1。", REPLY_SATISFIED }, { "2", REPLY_BASICALLY }, { "　３\r\n", REPLY_DISSATISFIED },
		{ "满意", REPLY_SATISFIED }, { "不满意", REPLY_DISSATISFIED },
		{ "基本 满意", REPLY_BASICALLY }, { "td", REPLY_STOP }, { "ＴＤ", REPLY_STOP },
		{ "退订", REPLY_STOP }, { "start", REPLY_START }, { "恢复。", REPLY_START },
		{ "已恢复", REPLY_OTHER }, { "", REPLY_OTHER }, { "4", REPLY_OTHER },
		{ "11", REPLY_OTHER }, { "还没有人来修，请催一下", REPLY_OTHER },
		{ "不满意，没修", REPLY_OTHER }, { "\xef\xbc", REPLY_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++)
		if (notice_reply_read(str_of(cases[i].text)) != cases[i].reply)
			fail_msg("`%s`", cases[i].text);
}

/* In hours from the first one on, the newest first as they are given. */
static struct notice_told told(uint64_t appeal_id, bool is_question, bool is_awaited, int hours)
{
	return (struct notice_told){ appeal_id, is_question, is_awaited,
				     hours * INT64_C(3600000000) };
}

static uint64_t meant(const struct notice_told *list, size_t n)
{
	const struct notice_told *one = notice_meant(list, n);

	return one ? one->appeal_id : 0;
}
#define MEANT(...) meant((const struct notice_told[]){ __VA_ARGS__ }, \
	sizeof((const struct notice_told[]){ __VA_ARGS__ }) / sizeof(struct notice_told))

static void a_digit_answers_what_was_asked_or_else_the_newest_result(void **state)
{
	(void)state;
	assert_int_equal(meant(NULL, 0), 0);
	/* The question of 1 is meant, whatever was told behind it. */
	assert_int_equal(MEANT(told(2, false, true, 9), told(1, true, true, 5)), 1);
	assert_int_equal(MEANT(told(3, true, true, 9), told(1, true, true, 5)), 3);
	assert_int_equal(MEANT(told(3, true, false, 9), told(1, true, true, 5)), 1);
	assert_int_equal(MEANT(told(2, false, true, 9), told(3, false, true, 5)), 2);
	assert_int_equal(MEANT(told(2, false, false, 9), told(3, false, true, 5)), 2);
	/* The question has its answer: what was told behind it is meant, not what came before it. */
	assert_int_equal(MEANT(told(2, false, true, 9), told(1, true, false, 5)), 2);
	assert_int_equal(MEANT(told(1, true, false, 9), told(2, false, true, 5)), 0);
}

static void of_two_that_came_at_once_nobody_can_know(void **state)
{
	(void)state;
	assert_int_equal(MEANT(told(1, true, true, 5), told(2, true, true, 5)), 0);
	assert_int_equal(MEANT(told(1, false, true, 5), told(2, false, true, 5)), 0);
	assert_int_equal(MEANT(told(1, true, true, 6), told(2, true, true, 5)), 1);
	/* No rivals: one that is not waited for, another kind, the same appeal. */
	assert_int_equal(MEANT(told(1, false, true, 5), told(2, false, false, 5)), 1);
	assert_int_equal(MEANT(told(2, false, true, 5), told(1, true, true, 5)), 1);
	assert_int_equal(MEANT(told(1, true, true, 5), told(1, true, true, 5)), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_texts_are_read_and_fit_every_channel),
		cmocka_unit_test(a_line_is_for_its_channels_and_classes),
		cmocka_unit_test(bad_lines_are_told_and_left_out),
		cmocka_unit_test(a_text_has_at_most_so_many_characters),
		cmocka_unit_test(who_was_on_the_line_or_at_the_window_is_told_of_no_answer),
		cmocka_unit_test(names_are_put_in_and_values_are_not_read_again),
		cmocka_unit_test(parts_are_counted_as_networks_count_them),
		cmocka_unit_test(only_a_mobile_number_can_read),
		cmocka_unit_test(replies_are_read_as_people_write_them),
		cmocka_unit_test(a_digit_answers_what_was_asked_or_else_the_newest_result),
		cmocka_unit_test(of_two_that_came_at_once_nobody_can_know),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
