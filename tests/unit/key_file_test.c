/* Key files in every form, and the edges of what is sealed: what a long life may bring. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "bounds.h"
#include "crypto.h"

#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"

static char directory[] = "/tmp/liandong-key-file-XXXXXX";
static char path[sizeof(directory) + 8];
static char why[300];

static bool starts_with(const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	assert_int_equal(close(fd), 0);
	why[0] = '\0';
	return crypto_start(path, why, sizeof(why));
}

static void a_line_ends_as_the_editor_ends_it(void **state)
{
	static const char *const texts[] = {
		"1 " KEY "\n", "1 " KEY, "1 " KEY "\r\n", "# c\r\n\r\n1    " KEY "\n\n",
		"4294967295 " KEY "\n",
	};

	(void)state;
	for (size_t i = 0; i < array_count(texts); i++)
		if (!starts_with(texts[i], strlen(texts[i])))
			fail_msg("%zu: %s", i, why);
}

/* The neighbours of the digits and letters that may stand in a key. */
static void a_digit_is_a_digit(void **state)
{
	static const char strange[] = "/:@G`g~ \x7f";
	char text[] = "1 " KEY "\n";

	(void)state;
	for (size_t at = 2; at < 4; at++)
		for (size_t i = 0; i < strlen(strange); i++) {
			char kept = text[at];

			text[at] = strange[i];
			assert_false(starts_with(text, strlen(text)));
			assert_non_null(strstr(why, "Line 1 "));
			text[at] = kept;
		}
	assert_true(starts_with(text, strlen(text)));
	assert_false(starts_with("1\n", 2));
	assert_false(starts_with(" " KEY "\n", strlen(KEY) + 2));
}

static void a_file_of_a_thousand_keys_is_refused(void **state)
{
	char *text = malloc(1 << 20);
	size_t n = 0;

	(void)state;
	assert_non_null(text);
	for (int i = 1; i <= 1000; i++)
		n += (size_t)snprintf(text + n, (1 << 20) - n, "%d %s\n", i, KEY);
	assert_false(starts_with(text, n));
	assert_non_null(strstr(why, "too"));
	free(text);
}

static void what_is_said_to_be_longer_than_it_can_be_is_not_opened(void **state)
{
	struct arena *a = arena_new(MIB(1));
	struct str clear, place = STR("place"), sealed;

	(void)state;
	assert_true(starts_with("1 " KEY "\n", strlen("1 " KEY "\n")));
	sealed = crypto_seal(a, place, STR("王小明"));
	assert_true(crypto_open(a, place, sealed, &clear));
	assert_true(str_eq(clear, STR("王小明")));
	/* The bytes behind are never looked at: the length alone is refused. */
	assert_false(crypto_open(a, place, (struct str){ sealed.p, (size_t)INT32_MAX }, &clear));
	assert_false(crypto_open(a, (struct str){ place.p, (size_t)INT32_MAX }, sealed, &clear));
	arena_free(a);
}

static void long_pieces_of_chance_are_not_alike(void **state)
{
	static uint8_t one[4096], other[4096];
	size_t alike = 0;

	(void)state;
	crypto_random(one, sizeof(one));
	crypto_random(other, sizeof(other));
	for (size_t i = 0; i < sizeof(one); i++)
		alike += one[i] == other[i];
	/* 16 are to be expected. */
	assert_in_range(alike, 0, 64);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return 1;
	(void)snprintf(path, sizeof(path), "%s/keys", directory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path) + rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_ends_as_the_editor_ends_it),
		cmocka_unit_test(a_digit_is_a_digit),
		cmocka_unit_test(a_file_of_a_thousand_keys_is_refused),
		cmocka_unit_test(what_is_said_to_be_longer_than_it_can_be_is_not_opened),
		cmocka_unit_test(long_pieces_of_chance_are_not_alike),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
