/* Notices: the shipped texts, what is put into them, parts, quiet hours and replies. */
#include "rules/notices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
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

static int64_t at(const char *text)
{
	int64_t instant;

	assert_true(clock_parse(str_of(text), &instant));
	return instant;
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

static void nobody_is_woken(void **state)
{
	const struct quiet_hours night = { 21, 8 }, noon = { 12, 14 }, never = { 0, 0 };

	(void)state;
	assert_int_equal(notice_not_before(at("2026-03-02T20:59:59+08:00"), &night),
			 at("2026-03-02T20:59:59+08:00"));
	assert_int_equal(notice_not_before(at("2026-03-02T21:00:00+08:00"), &night),
			 at("2026-03-03T08:00:00+08:00"));
	assert_int_equal(notice_not_before(at("2026-03-03T00:00:00+08:00"), &night),
			 at("2026-03-03T08:00:00+08:00"));
	assert_int_equal(notice_not_before(at("2026-03-03T07:59:59+08:00"), &night),
			 at("2026-03-03T08:00:00+08:00"));
	assert_int_equal(notice_not_before(at("2026-03-03T08:00:00+08:00"), &night),
			 at("2026-03-03T08:00:00+08:00"));
	assert_int_equal(notice_not_before(at("2026-03-03T13:00:00+08:00"), &noon),
			 at("2026-03-03T14:00:00+08:00"));
	assert_int_equal(notice_not_before(at("2026-03-03T11:00:00+08:00"), &noon),
			 at("2026-03-03T11:00:00+08:00"));
	assert_int_equal(notice_not_before(at("2026-03-03T03:00:00+08:00"), &never),
			 at("2026-03-03T03:00:00+08:00"));
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
		{ "退订", REPLY_STOP }, { "", REPLY_OTHER }, { "4", REPLY_OTHER },
		{ "11", REPLY_OTHER }, { "还没有人来修，请催一下", REPLY_OTHER },
		{ "不满意，没修", REPLY_OTHER }, { "\xef\xbc", REPLY_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++)
		if (notice_reply_read(str_of(cases[i].text)) != cases[i].reply)
			fail_msg("`%s`", cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_texts_are_read_and_fit_every_channel),
		cmocka_unit_test(a_line_is_for_its_channels_and_classes),
		cmocka_unit_test(bad_lines_are_told_and_left_out),
		cmocka_unit_test(names_are_put_in_and_values_are_not_read_again),
		cmocka_unit_test(parts_are_counted_as_networks_count_them),
		cmocka_unit_test(only_a_mobile_number_can_read),
		cmocka_unit_test(nobody_is_woken),
		cmocka_unit_test(replies_are_read_as_people_write_them),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
