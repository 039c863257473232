/*
 * One value has one spelling; what a file says is shown safely; months begin at UTC+8.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "verify/text.h"

static void a_number_has_one_spelling(void **state)
{
	static const char *const bad[] = {
		"", "00", "01", "+1", "-1", " 1", "1 ", "1a", "0x1", "18446744073709551616",
		"99999999999999999999", "1e3",
	};
	uint64_t value;
	int64_t signed_value;

	(void)state;
	assert_true(text_u64(text_of("0"), &value) && value == 0);
	assert_true(text_u64(text_of("18446744073709551615"), &value) && value == UINT64_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_u64(text_of(bad[i]), &value));
	assert_true(text_i64(text_of("-5"), &signed_value) && signed_value == -5);
	assert_true(text_i64(text_of("9223372036854775807"), &signed_value));
	assert_false(text_i64(text_of("9223372036854775808"), &signed_value));
	assert_false(text_i64(text_of("-0"), &signed_value));
	assert_false(text_i64(text_of("-"), &signed_value));
}

/* RFC 4648, section 10. */
static void base64_is_read_and_written_as_the_examples(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};
	uint8_t bytes[16];
	char text[32];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const char *plain = pairs[i][0];

		assert_true(text_base64(text_of(pairs[i][1]), bytes, sizeof(bytes), &n));
		assert_int_equal(n, strlen(plain));
		assert_memory_equal(bytes, plain, n);
		assert_string_equal(base64_write((const uint8_t *)plain, n, text), pairs[i][1]);
	}
}

static void base64_has_one_spelling(void **state)
{
	static const char *const bad[] = {
		"Zg", "Zg=", "Zh==", "Zm9=", "Zm8", "====", "Z===", "Zg==Zg==", "Zm9v\n", "Zm-v",
		"Zm_v", "Z m9v", "=Zm9",
	};
	uint8_t bytes[16];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (text_base64(text_of(bad[i]), bytes, sizeof(bytes), &n))
			fail_msg("taken for base64: %s", bad[i]);
	assert_true(text_base64(text_of("Zm9vYmFy"), bytes, 6, &n));
	assert_false(text_base64(text_of("Zm9vYmFy"), bytes, 5, &n));
}

static void hexadecimal_is_lower_case_and_of_its_length(void **state)
{
	uint8_t bytes[2];
	char text[5];

	(void)state;
	assert_true(text_hex(text_of("0aff"), bytes, 2));
	assert_string_equal(hex_write(bytes, 2, text), "0aff");
	assert_false(text_hex(text_of("0aFF"), bytes, 2));
	assert_false(text_hex(text_of("0af"), bytes, 2));
	assert_false(text_hex(text_of("0afff"), bytes, 2));
}

static void fields_are_all_there_are_and_the_first_are_kept(void **state)
{
	struct text fields[2];

	(void)state;
	assert_int_equal(text_split(text_of("a\tb\tc"), '\t', fields, 2), 3);
	assert_true(text_is(fields[0], "a") && text_is(fields[1], "b"));
	assert_int_equal(text_split(text_of(""), '\t', fields, 2), 1);
	assert_int_equal(fields[0].n, 0);
	assert_int_equal(text_split(text_of("\t"), '\t', fields, 2), 2);
}

static void what_is_shown_is_short_and_without_controls(void **state)
{
	char long_one[400];
	char shown[SHOWN_BYTES];

	(void)state;
	assert_string_equal(text_show(text_of("a\033[2J\nb\x7f"), shown), "a?[2J?b?");
	assert_string_equal(text_show(text_of("\xc2\x9b" "2J"), shown), "??2J");
	assert_string_equal(text_show(text_of("路灯"), shown), "路灯");
	for (size_t n = 0; n < sizeof(long_one) - 3; n += 3)
		memcpy(long_one + n, "灯", 4);
	text_show(text_of(long_one), shown);
	assert_true(strlen(shown) < SHOWN_BYTES);
	assert_string_equal(shown + strlen(shown) - 6, "灯...");
}

static void moments_are_shown_at_eight_hours_east(void **state)
{
	(void)state;
	assert_string_equal(MOMENT(0), "1970-01-01T08:00:00+08:00");
	assert_string_equal(MOMENT(1772413200000000), "2026-03-02T09:00:00+08:00");
	assert_string_equal(MOMENT(1709135999999999), "2024-02-28T23:59:59+08:00");
	assert_string_equal(MOMENT(1709136000000000), "2024-02-29T00:00:00+08:00");
	assert_string_equal(MOMENT(1735660799000000), "2024-12-31T23:59:59+08:00");
	assert_string_equal(MOMENT(-1), "-1");
}

static void every_month_begins_where_the_one_before_ends(void **state)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t at = month_begin(1990, 1);

	(void)state;
	assert_int_equal(at, INT64_C(631123200) * 1000000);
	for (int year = 1990; year <= 2100; year++) {
		for (int month = 1; month <= 12; month++) {
			bool is_leap = month == 2 && year % 4 == 0 && year != 2100;

			assert_int_equal(month_begin(year, month), at);
			at += (days[month - 1] + is_leap) * INT64_C(86400000000);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_has_one_spelling),
		cmocka_unit_test(base64_is_read_and_written_as_the_examples),
		cmocka_unit_test(base64_has_one_spelling),
		cmocka_unit_test(hexadecimal_is_lower_case_and_of_its_length),
		cmocka_unit_test(fields_are_all_there_are_and_the_first_are_kept),
		cmocka_unit_test(what_is_shown_is_short_and_without_controls),
		cmocka_unit_test(moments_are_shown_at_eight_hours_east),
		cmocka_unit_test(every_month_begins_where_the_one_before_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
