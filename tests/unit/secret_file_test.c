/* Which files secrets are read from, and what is said of the others. */
#include "base/secret_file.h"

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

static char folder[] = "/tmp/liandong-secret-XXXXXX";
static char path[64];
static char why[300], line[32];

static void put(const char *text, mode_t mode)
{
	FILE *f;

	unlink(path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static bool reads(void)
{
	why[0] = '\0';
	return secret_line_read("database_password_file", path, line, sizeof(line), why,
				sizeof(why));
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/secret", folder);
	unsetenv("CREDENTIALS_DIRECTORY");
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void the_first_line_of_an_owners_file_is_taken(void **state)
{
	(void)state;
	put("secret\r\nmore\n", 0600);
	assert_true(reads());
	assert_string_equal(line, "secret");
	assert_int_equal(line[sizeof("secret") + 2], 0);
	put("bare", 0400);
	assert_true(reads());
	assert_string_equal(line, "bare");
}

static void what_others_may_use_is_refused_with_the_way_out(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0644, 0660, 0666, 0777 };

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		put("secret\n", modes[i]);
		assert_false(reads());
		assert_non_null(strstr(why, "database_password_file: "));
		assert_non_null(strstr(why, "chmod 600"));
		assert_null(strstr(why, "secret\n"));
	}
}

static void a_credential_of_the_service_manager_may_show_the_groups_bit(void **state)
{
	(void)state;
	put("secret\n", 0440);
	assert_false(reads());
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	assert_true(reads());
	put("secret\n", 0444);
	assert_false(reads());
	put("secret\n", 0460);
	assert_false(reads());
	put("secret\n", 0440);
	setenv("CREDENTIALS_DIRECTORY", "/tmp/liandong-secre", 1);
	assert_false(reads());
	setenv("CREDENTIALS_DIRECTORY", "", 1);
	assert_false(reads());
	setenv("CREDENTIALS_DIRECTORY", "/run", 1);
	assert_false(secret_mode_is_good("/run/../tmp/x", 0440));
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void what_is_no_line_is_refused(void **state)
{
	(void)state;
	put("", 0600);
	assert_false(reads());
	put("\nsecret\n", 0600);
	assert_false(reads());
	put("123456789012345678901234567890123456789\n", 0600);
	assert_false(reads());
	assert_non_null(strstr(why, "1 to 30 bytes"));
	assert_int_equal(line[0], 0);
	put("123456789012345678901234567890\n", 0600);
	assert_true(reads());
	unlink(path);
	assert_false(reads());
	assert_non_null(strstr(why, "cannot be opened"));
}

static void a_folder_and_a_pipe_are_no_files(void **state)
{
	(void)state;
	assert_false(secret_file_check("tls_key", folder, why, sizeof(why)));
	assert_non_null(strstr(why, "not a plain file"));
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(secret_file_check("tls_key", path, why, sizeof(why)));
	assert_non_null(strstr(why, "not a plain file"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_of_an_owners_file_is_taken),
		cmocka_unit_test(what_others_may_use_is_refused_with_the_way_out),
		cmocka_unit_test(a_credential_of_the_service_manager_may_show_the_groups_bit),
		cmocka_unit_test(what_is_no_line_is_refused),
		cmocka_unit_test(a_folder_and_a_pipe_are_no_files),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
