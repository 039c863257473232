/* Views of bytes and growing buffers. */
#include "str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void absent_and_empty_are_equal_bytes_but_not_the_same(void **state)
{
	(void)state;
	assert_true(str_eq(STR_NONE, STR("")));
	assert_true(str_is_empty(STR_NONE) && str_is_empty(STR("")));
	assert_null(str_of(NULL).p);
	assert_non_null(str_of("").p);
	assert_false(str_eq(STR("a"), STR("b")));
	assert_false(str_eq(STR("a"), STR("ab")));
}

static void a_prefix_is_found_at_the_start_only(void **state)
{
	(void)state;
	assert_true(str_starts(STR("task.signed"), STR("task.")));
	assert_true(str_starts(STR("task"), STR("")));
	assert_false(str_starts(STR("task"), STR("task.")));
	assert_false(str_starts(STR("a task."), STR("task.")));
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
	static const char *const bad[] = {
		"", " 1", "1 ", "+1", "-1", "1.0", "0x10", "18446744073709551616",
		"99999999999999999999", "1a",
	};
	uint64_t value = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(str_to_u64(str_of(bad[i]), &value));
	assert_int_equal(value, 7);
	assert_true(str_to_u64(STR("18446744073709551615"), &value) && value == UINT64_MAX);
	assert_true(str_to_u64(STR("0"), &value) && value == 0);
	assert_true(str_to_u64(STR("007"), &value) && value == 7);
}

static void characters_are_counted_and_bad_utf8_is_seen(void **state)
{
	static const char *const bad[] = {
		"\x80",
		"\xc0\xaf",
		"\xc1\xbf",
		"\xe0\x80\xaf",
		"\xed\xa0\x80",
		"\xf0\x80\x80\xaf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xe4\xb8",
		"\xe4",
		"a\xff",
		"\xf0\x9f\x98",
	};

	(void)state;
	assert_int_equal(str_code_points(STR_NONE), 0);
	assert_int_equal(str_code_points(STR("abc")), 3);
	assert_int_equal(str_code_points(STR("\xe8\x81\x94\xe5\x8a\xa8")), 2);
	assert_int_equal(str_code_points(STR("\xf0\x9f\x98\x80\xc3\xa9\x7f")), 3);
	assert_int_equal(str_code_points(STR("\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80")), 3);
	assert_int_equal(str_code_points((struct str){ "\0\0", 2 }), 2);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(str_code_points(str_of(bad[i])) == SIZE_MAX);
}

static void a_name_is_found_in_its_list(void **state)
{
	static const char *const names[] = { "phone", "web", NULL };

	(void)state;
	assert_int_equal(str_index(STR("phone"), names), 0);
	assert_int_equal(str_index(STR("web"), names), 1);
	assert_int_equal(str_index(STR("we"), names), -1);
	assert_int_equal(str_index(STR_NONE, names), -1);
}

static void a_buffer_grows_to_its_maximum_and_remembers_what_did_not_fit(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_null(b.p);
	for (int i = 0; i < 100; i++)
		buf_add(&b, STR("0123456789"));
	assert_int_equal(b.n, 1000);
	assert_false(b.overflow);
	buf_add_byte(&b, 'x');
	assert_int_equal(b.n, 1000);
	assert_true(b.overflow);
	buf_clear(&b);
	assert_false(b.overflow);
	buf_add(&b, STR("abc"));
	buf_printf(&b, "%0990d", 0);
	assert_int_equal(b.n, 993);
	buf_printf(&b, "%08d", 0);
	assert_int_equal(b.n, 993);
	assert_true(b.overflow);
	buf_add(&b, STR("fits"));
	assert_int_equal(b.n, 997);
	assert_true(b.overflow);
	buf_free(&b);
	assert_int_equal(b.max, 1000);
	buf_add(&b, STR("again"));
	assert_true(str_is(buf_str(&b), "again"));
	buf_free(&b);
}

static void an_empty_buffer_is_an_empty_view(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_add(&b, STR_NONE);
	assert_non_null(buf_str(&b).p);
	assert_int_equal(buf_str(&b).n, 0);
	buf_free(&b);
}

static void digits_are_put_with_zeros_before_them(void **state)
{
	static const struct {
		uint64_t value;
		unsigned least;
		const char *text;
	} cases[] = {
		{ 0, 0, "0" }, { 0, 3, "000" }, { 7, 2, "07" }, { 1234, 2, "1234" },
		{ UINT64_MAX, 1, "18446744073709551615" }, { 5, 20, "00000000000000000005" },
	};
	char text[20];

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		char *end = str_put_u64(text, cases[i].value, cases[i].least);

		assert_true(str_is((struct str){ text, (size_t)(end - text) }, cases[i].text));
	}
}

static void a_list_is_taken_apart_from_the_front(void **state)
{
	struct str rest = STR(" a , b,,c");

	(void)state;
	assert_true(str_is(str_trim(str_take(&rest, ',')), "a"));
	assert_true(str_is(str_take(&rest, ','), " b"));
	assert_true(str_is(str_take(&rest, ','), ""));
	assert_int_equal(rest.n, 1);
	assert_true(str_is(str_take(&rest, ','), "c"));
	assert_int_equal(rest.n, 0);
	assert_int_equal(str_take(&rest, ',').n, 0);
	rest = STR_NONE;
	assert_int_equal(str_take(&rest, ',').n, 0);
	assert_true(str_is(str_trim(STR("   ")), ""));
	assert_true(str_is(str_trim(STR("a b ")), "a b"));
}

static void a_buffer_is_extended_whole_or_not_at_all(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 6);
	buf_add_u64(&b, 2026);
	char *more = buf_extend(&b, 2);

	assert_non_null(more);
	memcpy(more, "!?", 2);
	assert_null(buf_extend(&b, 1));
	assert_true(b.overflow);
	assert_true(str_is(buf_str(&b), "2026!?"));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_and_empty_are_equal_bytes_but_not_the_same),
		cmocka_unit_test(a_prefix_is_found_at_the_start_only),
		cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
		cmocka_unit_test(characters_are_counted_and_bad_utf8_is_seen),
		cmocka_unit_test(a_name_is_found_in_its_list),
		cmocka_unit_test(a_buffer_grows_to_its_maximum_and_remembers_what_did_not_fit),
		cmocka_unit_test(an_empty_buffer_is_an_empty_view),
		cmocka_unit_test(digits_are_put_with_zeros_before_them),
		cmocka_unit_test(a_list_is_taken_apart_from_the_front),
		cmocka_unit_test(a_buffer_is_extended_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
