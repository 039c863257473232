/* One-time codes against the vectors of RFC 6238, base32 against those of RFC 4648. */
#include "arena.h"
#include "clock.h"
#include "totp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* Needs those above. */
#include <cmocka.h>

static const struct str secret = { "12345678901234567890", 20 };

static void codes_are_those_of_the_standard(void **state)
{
	static const struct { int64_t at; uint32_t code; } vectors[] = {
		{ 59, 94287082 }, { 1111111109, 7081804 }, { 1111111111, 14050471 },
		{ 1234567890, 89005924 }, { 2000000000, 69279037 }, { 20000000000, 65353130 },
	};

	(void)state;
	for (size_t i = 0; i < array_count(vectors); i++) {
		int64_t step = totp_step(vectors[i].at * CLOCK_SECOND);

		assert_int_equal(totp_code(secret, step, 8), vectors[i].code);
		assert_int_equal(totp_code(secret, step, 6), vectors[i].code % 1000000);
	}
}

static void a_code_is_taken_one_step_around_and_no_further(void **state)
{
	const int64_t now = INT64_C(1111111111) * CLOCK_SECOND, step = totp_step(now);

	(void)state;
	for (int64_t s = step - 3; s <= step + 3; s++) {
		char text[8];
		bool is_near = s >= step - 1 && s <= step + 1;

		(void)snprintf(text, sizeof(text), "%06u", totp_code(secret, s, 6));
		assert_int_equal(totp_match(secret, str_of(text), now), is_near ? s : 0);
	}
	assert_int_equal(totp_match(secret, STR("050471"), now), step);
}

static void other_texts_are_no_code(void **state)
{
	const int64_t now = INT64_C(1111111111) * CLOCK_SECOND;

	(void)state;
	assert_int_equal(totp_match(secret, STR_NONE, now), 0);
	assert_int_equal(totp_match(secret, STR("05047"), now), 0);
	assert_int_equal(totp_match(secret, STR("0050471"), now), 0);
	assert_int_equal(totp_match(secret, STR("05 0471"), now), 0);
	assert_int_equal(totp_match(secret, STR("050472"), now), 0);
}

static void base32_is_that_of_the_standard(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" }, { "f", "MY" }, { "fo", "MZXQ" }, { "foo", "MZXW6" },
		{ "foob", "MZXW6YQ" }, { "fooba", "MZXW6YTB" }, { "foobar", "MZXW6YTBOI" },
	};
	struct arena *a = arena_new(4096);

	(void)state;
	for (size_t i = 0; i < array_count(pairs); i++) {
		struct str found = encode_base32(a, str_of(pairs[i][0]));

		assert_true(str_eq(found, str_of(pairs[i][1])));
	}
	assert_true(str_is(encode_base32(a, secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_those_of_the_standard),
		cmocka_unit_test(a_code_is_taken_one_step_around_and_no_further),
		cmocka_unit_test(other_texts_are_no_code),
		cmocka_unit_test(base32_is_that_of_the_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
