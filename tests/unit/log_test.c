/* Log lines as they come out of standard error. */
#include "log.h"

#include "base/log_hold.h"

#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int pipe_ends[2];
static int saved_stderr = -1;
static char line[8192];

static int catch_stderr(void **state)
{
	(void)state;
	assert_int_equal(pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK), 0);
	saved_stderr = dup(STDERR_FILENO);
	assert_true(dup2(pipe_ends[1], STDERR_FILENO) >= 0);
	log_setup(LOG_INFO, LOG_LOGFMT);
	log_context(NULL, NULL);
	return 0;
}

static int release_stderr(void **state)
{
	(void)state;
	assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
	close(saved_stderr);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	return 0;
}

/* What was written since the last call, as one string; "" if nothing. */
static const char *written(void)
{
	ssize_t n = read(pipe_ends[0], line, sizeof(line) - 1);

	line[n > 0 ? n : 0] = '\0';
	return line;
}

/* The one line that was written: no second line, no control characters, not too long. */
static const char *one_line(void)
{
	size_t n = strlen(written());

	assert_true(n > 0 && n <= 2048);
	assert_int_equal(line[n - 1], '\n');
	line[n - 1] = '\0';
	for (size_t i = 0; i + 1 < n; i++)
		assert_false((unsigned char)line[i] < 0x20 || line[i] == 0x7f);
	assert_true(str_code_points(str_of(line)) != SIZE_MAX);
	return line;
}

/* The line without its stamp. */
static const char *without_stamp(void)
{
	char *stamp = strstr((char *)(uintptr_t)one_line(), " at=");

	assert_non_null(stamp);
	char *rest = strchr(stamp + 1, ' ');

	memmove(stamp, rest ? rest : stamp + strlen(stamp), rest ? strlen(rest) + 1 : 1);
	return line;
}

static void a_line_has_level_area_event_context_and_fields(void **state)
{
	(void)state;
	log_context("req", "8f3a");
	log_info("intake", "opened", "id=%d unit=%d", 42, 7);
	assert_string_equal(without_stamp(), "info intake opened req=8f3a id=42 unit=7");
	log_context("req", NULL);
	log_error("store", "gone", "%s", "");
	assert_string_equal(without_stamp(), "error store gone");
}

static void levels_below_the_least_are_not_written(void **state)
{
	(void)state;
	log_debug("a", "b", "c=%d", 1);
	assert_string_equal(written(), "");
	log_setup(LOG_ERROR, LOG_LOGFMT);
	log_warn("a", "b", "c=%d", 1);
	assert_string_equal(written(), "");
	log_setup(LOG_DEBUG, LOG_LOGFMT);
	log_debug("a", "b", "c=%d", 1);
	assert_string_equal(without_stamp(), "debug a b c=1");
}

static void quoted_text_is_escaped_and_bounded(void **state)
{
	char huge[5000];

	(void)state;
	assert_string_equal(log_quote(STR("a b")), "\"a b\"");
	assert_string_equal(log_quote(STR("q\"\\\n\x1b[2J\xc2\x85\xe2\x80\xae")),
			    "\"q\\\"\\\\\\u000a\\u001b[2J\\u0085\\u202e\"");
	assert_string_equal(log_quote(STR("\xff\xe8\x81\x94")), "\"?\xe8\x81\x94\"");
	assert_string_equal(log_quote(STR_NONE), "\"\"");
	memset(huge, 'x', sizeof(huge));
	const char *cut = log_quote((struct str){ huge, sizeof(huge) });

	assert_true(strlen(cut) < 400);
	assert_string_equal(cut + strlen(cut) - 4, "...\"");
	memset(huge, '\n', sizeof(huge));
	assert_true(strlen(log_quote((struct str){ huge, sizeof(huge) })) < 400);
}

static void forged_lines_never_get_through(void **state)
{
	static const char evil[] =
		"x\r\nerror fake line=1\x1b[31m\x07\x7f\xc2\x9b\xe2\x80\xa8\xff";

	(void)state;
	log_setup(LOG_INFO, LOG_LOGFMT);
	log_context("req", evil);
	log_info(evil, evil, "text=%s", evil);
	assert_null(strstr(one_line(), "\xc2\x9b"));
	log_setup(LOG_INFO, LOG_JSON);
	log_info(evil, evil, "text=%s", evil);
	assert_null(strstr(one_line(), "\xc2\x9b"));
}

static void long_lines_are_cut(void **state)
{
	char huge[6000];

	(void)state;
	memset(huge, 'x', sizeof(huge));
	huge[sizeof(huge) - 1] = '\0';
	log_info("a", "b", "id=1 huge=%s", huge);
	const char *got = one_line();

	assert_int_equal(strlen(got), 2047);
	assert_string_equal(got + strlen(got) - 3, "...");
}

static json_t *parsed_line(void)
{
	json_error_t error;
	json_t *tree = json_loads(one_line(), 0, &error);

	if (!tree)
		fail_msg("%s in %s", error.text, line);
	return tree;
}

static void json_lines_carry_the_same(void **state)
{
	(void)state;
	log_setup(LOG_INFO, LOG_JSON);
	log_context("job", "deadlines.fire");
	log_warn("work", "late", "id=42 code=0042 text=%s neg=-5 flag empty= took=1.5",
		 log_quote(STR("say \"hi\"\n\\u")));
	json_t *tree = parsed_line();

	assert_string_equal(json_string_value(json_object_get(tree, "level")), "warn");
	assert_string_equal(json_string_value(json_object_get(tree, "area")), "work");
	assert_string_equal(json_string_value(json_object_get(tree, "event")), "late");
	assert_string_equal(json_string_value(json_object_get(tree, "job")), "deadlines.fire");
	assert_int_equal(json_integer_value(json_object_get(tree, "id")), 42);
	assert_int_equal(json_integer_value(json_object_get(tree, "neg")), -5);
	assert_string_equal(json_string_value(json_object_get(tree, "code")), "0042");
	assert_string_equal(json_string_value(json_object_get(tree, "text")),
			    "say \"hi\"\n\\u");
	assert_string_equal(json_string_value(json_object_get(tree, "empty")), "");
	assert_string_equal(json_string_value(json_object_get(tree, "took")), "1.5");
	assert_true(json_is_true(json_object_get(tree, "flag")));
	assert_int_equal(json_string_length(json_object_get(tree, "at")) >= 25, 1);
	json_decref(tree);
}

static void json_lines_always_parse(void **state)
{
	uint64_t seed = 1234567;

	(void)state;
	log_setup(LOG_INFO, LOG_JSON);
	for (int round = 0; round < 3000; round++) {
		char text[3000];
		size_t n = 0;

		for (seed = seed * 6364136223846793005u + 1; n < (seed >> 33) % 2900; n++) {
			uint64_t r = (seed ^ n * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
			char set[] = "=\" \\u00a\n\x80x\xe8\x81\x94{}1-";

			text[n] = set[(r >> 40) % (sizeof(set) - 1)];
		}
		text[n] = '\0';
		log_info("a", "b", "%s q=%s", text, log_quote((struct str){ text, n }));
		json_decref(parsed_line());
	}
}

static void cut_json_lines_say_so(void **state)
{
	char huge[1500];

	(void)state;
	memset(huge, '"', sizeof(huge));
	huge[sizeof(huge) - 1] = '\0';
	log_setup(LOG_INFO, LOG_JSON);
	log_info("a", "b", "id=1 huge=x%s later=2", huge);
	json_t *tree = parsed_line();

	assert_int_equal(json_integer_value(json_object_get(tree, "id")), 1);
	assert_true(json_is_true(json_object_get(tree, "is_cut")));
	assert_null(json_object_get(tree, "later"));
	json_decref(tree);
}

/* Number of the lines written since the last call, which must end with the last of them. */
static size_t whole_lines(void)
{
	size_t n = strlen(written()), lines = 0;

	assert_true(n <= PIPE_BUF);
	assert_true(n == 0 || line[n - 1] == '\n');
	for (size_t i = 0; i < n; i++)
		lines += line[i] == '\n';
	return lines;
}

static void held_lines_come_together_in_order_and_whole(void **state)
{
	size_t lines = 0;

	(void)state;
	log_hold();
	log_info("a", "first", "n=1");
	assert_string_equal(written(), "");
	log_warn("a", "second", "n=2");
	const char *first = strstr(written(), "info a first ");

	assert_true(first == line);
	assert_non_null(strstr(line, "\nwarn a second "));
	for (int i = 0; i < 60; i++) {
		log_info("a", "many", "text=%0200d", i);
		lines += whole_lines();
	}
	assert_true(lines > 0 && lines < 60);
	log_release();
	assert_int_equal(lines + whole_lines(), 60);
	log_info("a", "last", "n=3");
	assert_non_null(strstr(one_line(), "info a last "));
}

#define LOG_TEST(name) cmocka_unit_test_setup_teardown(name, catch_stderr, release_stderr)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(a_line_has_level_area_event_context_and_fields),
		LOG_TEST(levels_below_the_least_are_not_written),
		LOG_TEST(quoted_text_is_escaped_and_bounded),
		LOG_TEST(forged_lines_never_get_through),
		LOG_TEST(long_lines_are_cut),
		LOG_TEST(json_lines_carry_the_same),
		LOG_TEST(json_lines_always_parse),
		LOG_TEST(cut_json_lines_say_so),
		LOG_TEST(held_lines_come_together_in_order_and_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
