/* Settings: sources, precedence, complaints, reload. Each test loads files of its own. */
#include "base/settings.h"
#include "bounds.h"
#include "log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const forms[] = { "logfmt", "json", NULL };

static const struct setting server_settings[] = {
	{ .name = "workers", .kind = SETTING_INT, .fallback = "8", .min = 1, .max = 64,
	  .fixed = true, .help = "Threads of the fast lane." },
	{ .name = "worker_wait", .kind = SETTING_INT, .fallback = "30", .min = -1, .max = 600,
	  .unit = "s", .help = "Longest wait in a queue." },
	{ .name = "log_form", .kind = SETTING_CHOICE, .fallback = "logfmt", .choices = forms,
	  .help = "Form of log lines." },
	{ 0 },
};

static const struct setting outbox_settings[] = {
	{ .name = "egress_allow", .kind = SETTING_LIST, .fallback = "", .help = "Networks." },
	{ .name = "key_file",
	  .kind = SETTING_PATH,
	  .fallback = "/etc/liandong/keys",
	  .help = "Keys." },
	{ .name = "is_strict",
	  .kind = SETTING_BOOL,
	  .fallback = "false",
	  .help = "Strictness." },
	{ .name = "title",
	  .kind = SETTING_TEXT,
	  .fallback = "Liandong",
	  .help = "Name shown." },
	{ 0 },
};

static char *complaints;

static const char *file_with(const char *text)
{
	static char path[] = "/tmp/settings_test_XXXXXX";
	static bool is_made;
	int fd = is_made ? -1 : mkstemp(path);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : fopen(path, "w");

	is_made = true;
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

/* Loads; what was complained of stands in `complaints` without the path. */
static bool load(const char *text)
{
	size_t size;

	free(complaints);
	FILE *out = open_memstream(&complaints, &size);
	const char *path = text ? file_with(text) : NULL;
	bool is_good = settings_load(path, out);

	fclose(out);
	assert_true(is_good == (size == 0));
	if (path)
		unlink(path);
	for (char *at; path && (at = strstr(complaints, path)) != NULL;)
		memmove(at, at + strlen(path), strlen(at + strlen(path)) + 1);
	return is_good;
}

static void expect_complaint(const char *text, const char *wanted)
{
	assert_false(load(text));
	assert_string_equal(complaints, wanted);
}

static int add_tables(void **state)
{
	(void)state;
	settings_add("server", server_settings);
	settings_add("outbox", outbox_settings);
	log_setup(LOG_ERROR, LOG_LOGFMT);
	return 0;
}

static int free_complaints(void **state)
{
	(void)state;
	free(complaints);
	complaints = NULL;
	return 0;
}

static void defaults_hold_without_a_file(void **state)
{
	(void)state;
	assert_true(load(NULL));
	assert_int_equal(setting_int("workers"), 8);
	assert_int_equal(setting_int("worker_wait"), 30);
	assert_int_equal(setting_int("log_form"), 0);
	assert_true(str_is(setting_str("log_form"), "logfmt"));
	assert_false(setting_bool("is_strict"));
	assert_true(str_is(setting_str("egress_allow"), ""));
}

static void a_file_sets_what_it_names(void **state)
{
	(void)state;
	assert_true(load("# comment\n\n  worker_wait=5\r\n\tlog_form = json\nis_strict = true\n"
			 "title = a = b # c\negress_allow =\nkey_file=/x y"));
	assert_int_equal(setting_int("worker_wait"), 5);
	assert_int_equal(setting_int("log_form"), 1);
	assert_true(setting_bool("is_strict"));
	assert_true(str_is(setting_str("title"), "a = b # c"));
	assert_true(str_is(setting_str("key_file"), "/x y"));
	assert_true(load("worker_wait = -1"));
	assert_int_equal(setting_int("worker_wait"), -1);
}

static void a_bad_file_changes_nothing_and_names_every_line(void **state)
{
	(void)state;
	assert_true(load("worker_wait = 6\n"));
	expect_complaint("worker_wait = 7\nworkerz = 1\nworkers = 65\nlog_form = xml\n"
			 "is_strict = yes\nnonsense\nworker_wait = 8\ntitle = a\x01\n",
			 ":2: unknown setting workerz; did you mean workers?\n"
			 ":3: workers must be a whole number from 1 to 64\n"
			 ":4: log_form must be one of logfmt, json\n"
			 ":5: is_strict must be true or false\n"
			 ":6: write `name = value`, or # before a comment\n"
			 ":7: worker_wait stands twice in this file; keep one\n"
			 ":8: title must be UTF-8 text without control characters, of at most "
			 "4096 bytes\n");
	assert_int_equal(setting_int("worker_wait"), 6);
}

static void unknown_names_get_the_nearest_known_one_or_none(void **state)
{
	(void)state;
	expect_complaint("worker_wai = 1", ":1: unknown setting worker_wai; did you mean "
					   "worker_wait?\n");
	expect_complaint("key_flie = x",
			 ":1: unknown setting key_flie; did you mean key_file?\n");
	expect_complaint("zzzzzzzz = x",
			 ":1: unknown setting zzzzzzzz; `liandong settings` lists "
			 "them all\n");
	expect_complaint(" = x", ":1: unknown setting ; `liandong settings` lists them all\n");
	expect_complaint("\x1b[31m = x",
			 ":1: unknown setting; a name has small letters, digits "
			 "and _ only\n");
	expect_complaint("worker = 1\n", ":1: unknown setting worker; did you mean workers?\n");
}

static void numbers_are_whole_and_within_bounds(void **state)
{
	static const char *const bad[] = {
		"",    "1s", "1.5",  "0x5", "-2", "601", "99999999999999999999",
		"- 1", "+1", "true",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "worker_wait = %s", bad[i]);
		expect_complaint(text, ":1: worker_wait must be a whole number from -1 to 600, "
				       "in s\n");
	}
}

static void a_missing_file_is_told(void **state)
{
	size_t size;
	FILE *out;

	(void)state;
	free(complaints);
	out = open_memstream(&complaints, &size);
	assert_false(settings_load("/nonexistent/liandong.conf", out));
	fclose(out);
	assert_string_equal(complaints,
			    "/nonexistent/liandong.conf: cannot be read: No such file "
			    "or directory\n");
}

static void a_reload_leaves_fixed_settings_alone(void **state)
{
	struct str before;

	(void)state;
	assert_true(load("title = first\n"));
	before = setting_str("title");
	assert_true(load("workers = 9\ntitle = second\n"));
	assert_int_equal(setting_int("workers"), 8);
	assert_true(str_is(setting_str("title"), "second"));
	assert_true(str_is(before, "first"));
}

static void the_environment_goes_before_the_file_and_the_command_line_before_both(void **state)
{
	(void)state;
	setenv("LIANDONG_WORKER_WAIT", "11", 1);
	setenv("LIANDONG_TITLE", "from environment", 1);
	assert_true(load("worker_wait = 10\n"));
	assert_int_equal(setting_int("worker_wait"), 11);
	settings_override("worker_wait", "12");
	settings_override("worker_wait", "13");
	assert_true(load("worker_wait = 10\n"));
	assert_int_equal(setting_int("worker_wait"), 13);
	assert_true(str_is(setting_str("title"), "from environment"));
	setenv("LIANDONG_WORKER_WAIT", "often", 1);
	assert_false(load(NULL));
	assert_non_null(strstr(complaints, "environment: worker_wait must be"));
	unsetenv("LIANDONG_WORKER_WAIT");
	unsetenv("LIANDONG_TITLE");
}

static void secrets_are_not_taken_from_the_environment(void **state)
{
	(void)state;
	setenv("LIANDONG_KEY", "d0d0cafe", 1);
	assert_false(load(""));
	assert_non_null(strstr(complaints, "environment: key is a secret"));
	assert_non_null(strstr(complaints, "name that by key_file"));
	assert_null(strstr(complaints, "d0d0cafe"));
	unsetenv("LIANDONG_KEY");
}

static void a_path_may_lie_where_the_service_manager_puts_credentials(void **state)
{
	(void)state;
	setenv("CREDENTIALS_DIRECTORY", "/run/credentials/liandong.service", 1);
	assert_true(load("key_file = $CREDENTIALS_DIRECTORY/keys\n"
			 "title = $CREDENTIALS_DIRECTORY/keys\n"));
	assert_true(str_is(setting_str("key_file"), "/run/credentials/liandong.service/keys"));
	assert_true(str_is(setting_str("title"), "$CREDENTIALS_DIRECTORY/keys"));
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_true(load("key_file = $CREDENTIALS_DIRECTORY/keys\n"));
	assert_true(str_is(setting_str("key_file"), "$CREDENTIALS_DIRECTORY/keys"));
}

static void other_programs_may_use_the_prefix_in_the_environment(void **state)
{
	(void)state;
	setenv("LIANDONG_WORKERS_", "1", 1);
	assert_true(load("workers = 9\n"));
	assert_string_equal(complaints, "");
	unsetenv("LIANDONG_WORKERS_");
	assert_false(load("workers_ = 9\n"));
	assert_non_null(strstr(complaints, "did you mean workers?"));
}

static void values_are_listed_with_their_source(void **state)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	setenv("LIANDONG_IS_STRICT", "true", 1);
	assert_true(load("title = t\n"));
	settings_write_values(out);
	fclose(out);
	assert_string_equal(text, "workers=8\tdefault\nworker_wait=13\tcommand line\n"
				  "log_form=logfmt\tdefault\negress_allow=\tdefault\n"
				  "key_file=/etc/liandong/keys\tdefault\n"
				  "is_strict=true\tenvironment\ntitle=t\tfile\n");
	free(text);
	unsetenv("LIANDONG_IS_STRICT");
}

static void the_sample_is_grouped_and_loads_when_uncommented(void **state)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	settings_write_sample(out);
	fclose(out);
	const char *server = strstr(text, "\n# ---- server ----\n");
	const char *outbox = strstr(text, "\n# ---- outbox ----\n");

	assert_true(server && outbox && server < outbox);
	assert_non_null(strstr(server, "\n# Longest wait in a queue.\n# -1 to 600 s.\n"
				       "#worker_wait = 30\n"));
	assert_non_null(strstr(server, "; read once at start.\n#workers = 8\n"));
	assert_non_null(strstr(outbox, "\n#egress_allow =\n"));
	for (char *at = text; (at = strstr(at, "\n#")) != NULL; at++) {
		if (at[2] != ' ')
			at[1] = ' ';
	}
	assert_true(settings_check((struct str){ text, size }, "sample", stderr));
	assert_true(load(text));
	assert_true(str_is(setting_str("title"), "Liandong"));
	free(text);
}

static bool aborts(void (*misuse)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		(void)close(STDERR_FILENO);
		misuse();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status);
}

static void read_unknown(void)
{
	(void)setting_int("no_such_setting");
}

static void read_as_another_kind(void)
{
	(void)setting_bool("workers");
}

static void add_twice(void)
{
	settings_add("again", server_settings);
}

static void add_without_help(void)
{
	static const struct setting table[] = {
		{ .name = "helpless", .kind = SETTING_TEXT, .fallback = "" }, { 0 },
	};

	settings_add("x", table);
}

static void add_bad_default(void)
{
	static const struct setting table[] = {
		{ .name = "too_low", .kind = SETTING_INT, .fallback = "0", .min = 1, .max = 2,
		  .help = "Help." },
		{ 0 },
	};

	settings_add("x", table);
}

static void our_own_mistakes_abort(void **state)
{
	(void)state;
	assert_true(aborts(read_unknown));
	assert_true(aborts(read_as_another_kind));
	assert_true(aborts(add_twice));
	assert_true(aborts(add_without_help));
	assert_true(aborts(add_bad_default));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_hold_without_a_file),
		cmocka_unit_test(a_file_sets_what_it_names),
		cmocka_unit_test(a_bad_file_changes_nothing_and_names_every_line),
		cmocka_unit_test(unknown_names_get_the_nearest_known_one_or_none),
		cmocka_unit_test(numbers_are_whole_and_within_bounds),
		cmocka_unit_test(a_missing_file_is_told),
		cmocka_unit_test(a_reload_leaves_fixed_settings_alone),
		cmocka_unit_test(
			the_environment_goes_before_the_file_and_the_command_line_before_both),
		cmocka_unit_test(secrets_are_not_taken_from_the_environment),
		cmocka_unit_test(a_path_may_lie_where_the_service_manager_puts_credentials),
		cmocka_unit_test(other_programs_may_use_the_prefix_in_the_environment),
		cmocka_unit_test(values_are_listed_with_their_source),
		cmocka_unit_test(the_sample_is_grouped_and_loads_when_uncommented),
		cmocka_unit_test(our_own_mistakes_abort),
	};

	return cmocka_run_group_tests(tests, add_tables, free_complaints);
}
