/* The JSON writer, judged by jansson: whatever is written parses and means what was meant. */
#define json_object jansson_object
#define json_array jansson_array
#define json_null jansson_null
#include <jansson.h>
#undef json_object
#undef json_array
#undef json_null

#include "clock.h"
#include "json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t seed = 88172645463325252u;

/* xorshift64: the same values on every run. */
static uint64_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	return seed ^= seed << 17;
}

static void every_kind_of_value_is_written_as_meant(void **state)
{
	struct buf out;
	struct json j;

	(void)state;
	buf_init(&out, 4096);
	json_init(&j, &out);
	assert_false(json_whole(&j));
	json_object(&j, NULL);
	json_str(&j, "s", STR("a\"\\\b\f\n\r\t\x01\x1f/\x7f"));
	json_text(&j, "none", NULL);
	json_u64(&j, "u", UINT64_MAX);
	json_i64(&j, "i", INT64_MIN);
	json_bool(&j, "b", true);
	json_null(&j, "n");
	json_array(&j, "list");
	json_i64(&j, NULL, -1);
	json_object(&j, NULL);
	json_close(&j);
	json_array(&j, NULL);
	json_close(&j);
	json_close(&j);
	json_raw(&j, "raw", STR("[1,2]"));
	json_time(&j, "at", INT64_C(1772413200000000));
	json_time(&j, "no_time", 0);
	json_close(&j);
	assert_true(json_whole(&j));
	assert_true(
		str_is(buf_str(&out),
		       "{\"s\":\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f/\x7f\",\"none\":null,"
		       "\"u\":18446744073709551615,\"i\":-9223372036854775808,\"b\":true,"
		       "\"n\":null,\"list\":[-1,{},[]],\"raw\":[1,2],"
		       "\"at\":\"2026-03-02T09:00:00+08:00\",\"no_time\":null}"));
	buf_free(&out);
}

static void bytes_that_are_not_utf8_become_replacement_characters(void **state)
{
	struct buf out;
	struct json j;

	(void)state;
	buf_init(&out, 4096);
	json_init(&j, &out);
	json_str(&j, NULL, STR("a\xff\xe4\xb8z\xed\xa0\x80\xe8\x81\x94"));
	assert_true(str_is(buf_str(&out),
			   "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd"
			   "\xef\xbf\xbd\xe8\x81\x94\""));
	buf_free(&out);
}

static void decimals_have_no_needless_digits(void **state)
{
	static const struct {
		int64_t millionths;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 1000000, "1" }, { -1500000, "-1.5" }, { 1, "0.000001" },
		{ -1, "-0.000001" }, { 120123456, "120.123456" }, { 10100000, "10.1" },
		{ JSON_NO_DECIMAL, "null" }, { INT64_MAX, "9223372036854.775807" },
		{ INT64_MIN + 1, "-9223372036854.775807" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;
		struct json j;

		buf_init(&out, 64);
		json_init(&j, &out);
		json_decimal(&j, NULL, cases[i].millionths);
		assert_true(str_is(buf_str(&out), cases[i].text));
		buf_free(&out);
	}
}

/* A string of random bytes, mostly of kinds that need care. */
static struct str random_text(char *out, size_t max)
{
	static const char *const pieces[] = {
		"\"",
		"\\",
		"\n",
		"\x01",
		"\x7f",
		"\xe8\x81\x94",
		"\xf0\x9f\x98\x80",
		"a",
		"\xc2\x85",
		"\xe2\x80\xa8",
		"</script>",
	};
	size_t n = 0, wanted = next_random() % max;

	while (n + 16 < wanted) {
		uint64_t r = next_random();
		const char *piece = pieces[r % (sizeof(pieces) / sizeof(pieces[0]))];

		if (r >> 60 < 4) {
			out[n++] = (char)(r >> 8);
			continue;
		}
		memcpy(out + n, piece, strlen(piece));
		n += strlen(piece);
	}
	return (struct str){ out, n };
}

static void write_random_value(struct json *j, const char *key, int depth)
{
	char text[200];
	uint64_t kind = next_random() % (depth > 0 ? 9 : 7);
	uint64_t count = next_random() % 5;

	if (kind == 0)
		json_str(j, key, random_text(text, sizeof(text)));
	else if (kind == 1)
		json_i64(j, key, (int64_t)(next_random() >> next_random() % 64));
	else if (kind == 2)
		json_bool(j, key, count & 1);
	else if (kind == 3)
		json_null(j, key);
	else if (kind == 4)
		json_time(j, key, (int64_t)next_random());
	else if (kind == 5)
		json_decimal(j, key, (int64_t)next_random());
	else if (kind == 6)
		json_u64(j, key, next_random() >> (1 + next_random() % 63));
	else if (kind == 7)
		json_array(j, key);
	else
		json_object(j, key);
	for (uint64_t i = 0; kind >= 7 && i < count; i++) {
		char name[8] = { 'k', (char)('0' + i), '"', '\\', '\n', '\0' };

		write_random_value(j, kind == 7 ? NULL : name, depth - 1);
	}
	if (kind >= 7)
		json_close(j);
}

static void jansson_parses_whatever_is_written(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 4 * 1024 * 1024);
	for (int round = 0; round < 5000; round++) {
		json_error_t error;
		struct json j;

		buf_clear(&out);
		json_init(&j, &out);
		write_random_value(&j, NULL, 6);
		assert_true(json_whole(&j));
		json_t *tree = json_loadb(out.p, out.n,
					  JSON_DECODE_ANY | JSON_REJECT_DUPLICATES |
						  JSON_ALLOW_NUL,
					  &error);

		if (!tree)
			fail_msg("%s in %.*s", error.text, (int)out.n, out.p);
		json_decref(tree);
	}
	buf_free(&out);
}

static void strings_come_back_equal_when_they_were_utf8(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 64 * 1024);
	for (int round = 0; round < 5000; round++) {
		char text[300];
		struct str s = random_text(text, sizeof(text));
		json_error_t error;
		struct json j;

		if (str_code_points(s) == SIZE_MAX)
			continue;
		buf_clear(&out);
		json_init(&j, &out);
		json_str(&j, NULL, s);
		json_t *tree =
			json_loadb(out.p, out.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

		assert_non_null(tree);
		assert_true(str_eq(s, (struct str){ json_string_value(tree),
						    json_string_length(tree) }));
		json_decref(tree);
	}
	buf_free(&out);
}

static void decimals_come_back_as_the_same_millionth(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 64);
	for (int round = 0; round < 5000; round++) {
		int64_t millionths = (int64_t)(next_random() >> 16) - (INT64_C(1) << 47);
		json_error_t error;
		struct json j;

		buf_clear(&out);
		json_init(&j, &out);
		json_decimal(&j, NULL, millionths);
		json_t *tree = json_loadb(out.p, out.n, JSON_DECODE_ANY, &error);

		assert_non_null(tree);
		assert_true(llround(json_number_value(tree) * 1e6) == millionths);
		json_decref(tree);
	}
	buf_free(&out);
}

static void key_outside_of_an_object(struct json *j)
{
	json_array(j, NULL);
	json_u64(j, "key", 1);
}

static void value_without_a_key(struct json *j)
{
	json_object(j, NULL);
	json_u64(j, NULL, 1);
}

static void close_too_much(struct json *j)
{
	json_object(j, NULL);
	json_close(j);
	json_close(j);
}

static void two_values_at_the_top(struct json *j)
{
	json_bool(j, NULL, true);
	json_bool(j, NULL, true);
}

static void too_deep(struct json *j)
{
	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		json_array(j, NULL);
}

static void misuse_aborts(void **state)
{
	static void (*const misuses[])(struct json *) = {
		key_outside_of_an_object, value_without_a_key, close_too_much,
		two_values_at_the_top, too_deep,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(misuses) / sizeof(misuses[0]); i++) {
		pid_t child = fork();
		int status;

		if (child == 0) {
			struct buf out;
			struct json j;

			(void)close(STDERR_FILENO);
			buf_init(&out, 4096);
			json_init(&j, &out);
			misuses[i](&j);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
	}
}

static void a_reply_that_did_not_fit_is_not_whole(void **state)
{
	struct buf out;
	struct json j;

	(void)state;
	buf_init(&out, 8);
	json_init(&j, &out);
	json_text(&j, NULL, "longer than eight");
	assert_false(json_whole(&j));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_value_is_written_as_meant),
		cmocka_unit_test(bytes_that_are_not_utf8_become_replacement_characters),
		cmocka_unit_test(decimals_have_no_needless_digits),
		cmocka_unit_test(jansson_parses_whatever_is_written),
		cmocka_unit_test(strings_come_back_equal_when_they_were_utf8),
		cmocka_unit_test(decimals_come_back_as_the_same_millionth),
		cmocka_unit_test(misuse_aborts),
		cmocka_unit_test(a_reply_that_did_not_fit_is_not_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
