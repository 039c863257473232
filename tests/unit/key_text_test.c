/* Keys as text: made with enough chance, read back, and refused when one character is wrong. */
#include "net/key_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/* Its sum was computed by Python's zlib.crc32. */
static const char sample[] = "ldk_C5fcdrGC_5ITxWnX0Bdyk9WsKWs6mOMeS4VaJtKzG_38pGjb";

static enum key_form read_text(const char *text, struct str *ret_id)
{
	return key_text_read(str_of(text), ret_id);
}

static void a_key_is_read_with_its_id(void **state)
{
	struct str id;

	(void)state;
	assert_int_equal(read_text(sample, &id), KEY_WITH_ID);
	assert_true(str_is(id, "C5fcdrGC"));
}

static void one_wrong_character_anywhere_is_noticed(void **state)
{
	char text[sizeof(sample)];
	struct str id;

	(void)state;
	for (size_t i = 0; i < sizeof(sample) - 1; i++) {
		for (size_t k = 0; digits[k]; k++) {
			memcpy(text, sample, sizeof(sample));
			if (text[i] == digits[k])
				continue;
			text[i] = digits[k];
			if (read_text(text, &id) != KEY_UNREADABLE || id.p)
				fail_msg("%s was read", text);
		}
	}
}

static void two_characters_that_changed_places_are_noticed(void **state)
{
	struct str id;

	(void)state;
	for (size_t i = 4; i + 1 < sizeof(sample) - 1; i++) {
		char text[sizeof(sample)];

		memcpy(text, sample, sizeof(sample));
		text[i] = sample[i + 1];
		text[i + 1] = sample[i];
		if (strcmp(text, sample) != 0)
			assert_int_equal(read_text(text, &id), KEY_UNREADABLE);
	}
}

static void keys_of_the_earlier_form_are_told_by_their_length(void **state)
{
	struct str id;

	(void)state;
	assert_int_equal(read_text("ldk_AAAAAAAAAAAAAAAAAAAAA-_AAAAAAAAAAAAAAAAAAAA", &id), KEY_OLD);
	assert_null(id.p);
	assert_int_equal(read_text("ldk_AAAAAAAAAAAAAAAAAAAAA-_AAAAAAAAAAAAAAAAAAA", &id),
			 KEY_UNREADABLE);
}

static void what_is_no_key_is_not_read(void **state)
{
	struct str id;

	(void)state;
	assert_int_equal(read_text("", &id), KEY_UNREADABLE);
	assert_int_equal(key_text_read(STR_NONE, &id), KEY_UNREADABLE);
	assert_int_equal(read_text("ldk_", &id), KEY_UNREADABLE);
	assert_int_equal(read_text("ldk_C5fcdrG-_5ITxWnX0Bdyk9WsKWs6mOMeS4VaJtKzG_38pGjb", &id),
			 KEY_UNREADABLE);
	assert_int_equal(read_text("ldk_C5fcdrGC_5ITxWnX0Bdyk9WsKWs6mOM:S4VaJtKzG_38pGjb", &id),
			 KEY_UNREADABLE);
	assert_int_equal(read_text("ldk_C5fcdrGC-5ITxWnX0Bdyk9WsKWs6mOMeS4VaJtKzG_38pGjb", &id),
			 KEY_UNREADABLE);
	assert_int_equal(read_text("ldk_C5fcdrGC_5ITxWnX0Bdyk9WsKWs6mOMeS4VaJtKzG-38pGjb", &id),
			 KEY_UNREADABLE);
	assert_int_equal(read_text("abc_C5fcdrGC_5ITxWnX0Bdyk9WsKWs6mOMeS4VaJtKzG_38pGjb", &id),
			 KEY_UNREADABLE);
}

static void ids_are_eight_digits(void **state)
{
	(void)state;
	assert_true(key_is_id(STR("0aZ9zA00")));
	assert_false(key_is_id(STR("0aZ9zA0")));
	assert_false(key_is_id(STR("0aZ9zA000")));
	assert_false(key_is_id(STR("0aZ9zA0_")));
	assert_false(key_is_id(STR("0aZ9z{00")));
	assert_false(key_is_id(STR("0aZ9z@00")));
	assert_false(key_is_id(STR("0aZ9z/00")));
	assert_false(key_is_id(STR("0aZ9z[00")));
	assert_false(key_is_id(STR_NONE));
}

static void every_digit_is_drawn_about_as_often(void **state)
{
	struct arena *a = arena_new(64 * 1024 * 1024);
	unsigned seen[256] = { 0 };
	struct str id, again;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		id = key_id_make(a);
		struct str text = key_text_make(a, id);

		assert_int_equal(text.n, KEY_CHARS);
		assert_int_equal(key_text_read(text, &again), KEY_WITH_ID);
		assert_true(str_eq(id, again));
		for (size_t k = 13; k < 13 + KEY_SECRET_CHARS; k++)
			seen[(uint8_t)text.p[k]]++;
	}
	/* 160,000 draws: each about 2,581 times, with a standard deviation of 50. */
	for (size_t i = 0; digits[i]; i++)
		assert_in_range(seen[(uint8_t)digits[i]], 2581 - 300, 2581 + 300);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_read_with_its_id),
		cmocka_unit_test(one_wrong_character_anywhere_is_noticed),
		cmocka_unit_test(two_characters_that_changed_places_are_noticed),
		cmocka_unit_test(keys_of_the_earlier_form_are_told_by_their_length),
		cmocka_unit_test(what_is_no_key_is_not_read),
		cmocka_unit_test(ids_are_eight_digits),
		cmocka_unit_test(every_digit_is_drawn_about_as_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
