/* What is made of the lines of SHOW GRANTS, and the statements that give rights. */
#include "store/grants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char heard[64000];

static void hear(const char *sentence, void *arg)
{
	(void)arg;
	size_t n = strlen(heard);

	snprintf(heard + n, sizeof(heard) - n, "%s\n", sentence);
}

static struct grants_found fresh(void)
{
	heard[0] = '\0';
	return (struct grants_found){ .schema = "liandong", .complain = hear };
}

static void judge(struct grants_found *found, const char *line)
{
	grants_judge_line(found, str_of(line));
}

static const char *complaint_of(const char *line)
{
	struct grants_found found = fresh();

	judge(&found, line);
	return heard;
}

/* Every right of the table as the database would print it. */
static void judge_all(struct grants_found *found)
{
	const struct grant_account account = { "liandong", "localhost", "liandong", false };
	char text[GRANTS_STATEMENT_BYTES];

	for (size_t i = 2; grants_statement(&account, i, text); i++) {
		for (char *c = strstr(text, " TO "); c && *c; c++)
			*c = *c == '\'' ? '`' : *c;
		judge(found, text);
	}
}

static void exactly_what_is_needed_is_fine(void **state)
{
	struct grants_found found = fresh();

	(void)state;
	judge(&found, "GRANT USAGE ON *.* TO `liandong`@`localhost` IDENTIFIED BY PASSWORD '*1'");
	judge_all(&found);
	assert_true(grants_judge_end(&found));
	assert_string_equal(heard, "");
}

static void what_is_missing_is_named(void **state)
{
	struct grants_found found = fresh();

	(void)state;
	judge(&found, "GRANT USAGE ON *.* TO `liandong`@`localhost`");
	assert_false(grants_judge_end(&found));
	assert_non_null(strstr(heard, "it lacks SELECT, INSERT on ledger_entry\n"));
	assert_non_null(strstr(heard, "it lacks SELECT on server_migration\n"));
}

static void what_is_too_much_is_named(void **state)
{
	(void)state;
	assert_string_equal(complaint_of("GRANT SELECT, DELETE ON `liandong`.`ledger_entry` TO `a`@`b`"),
			    "it has DELETE on `liandong`.`ledger_entry`\n");
	assert_string_equal(complaint_of("GRANT SELECT, UPDATE (`at`, `kind`) ON "
					 "`liandong`.`ledger_entry` TO `a`@`b`"),
			    "it has UPDATE (`at`, `kind`) on `liandong`.`ledger_entry`\n");
	assert_string_equal(complaint_of("GRANT SELECT ON `liandong`.* TO `a`@`b`"),
			    "it has SELECT on `liandong`.*\n");
	assert_string_equal(complaint_of("GRANT SELECT ON `other`.`ledger_entry` TO `a`@`b`"),
			    "it has SELECT on `other`.`ledger_entry`\n");
	assert_string_equal(complaint_of("GRANT ALL PRIVILEGES ON *.* TO `a`@`b` WITH GRANT OPTION"),
			    "it has GRANT OPTION on *.*\nit has ALL PRIVILEGES on *.*\n");
	assert_string_equal(complaint_of("GRANT USAGE ON *.* TO `a`@`b` WITH GRANT OPTION"),
			    "it has GRANT OPTION on *.*\n");
	assert_string_equal(complaint_of("GRANT EXECUTE ON PROCEDURE `liandong`.`p` TO `a`@`b`"),
			    "it has EXECUTE on PROCEDURE `liandong`.`p`\n");
	assert_string_equal(complaint_of("GRANT PROXY ON ''@'%' TO 'a'@'b'"),
			    "it has PROXY on ''@'%'\n");
	assert_string_equal(complaint_of("GRANT `cleaner` TO `a`@`b`"),
			    "it has the role `cleaner`\n");
}

/* Words inside of names are names. */
static void names_cannot_pretend(void **state)
{
	(void)state;
	assert_string_equal(complaint_of("GRANT SELECT ON `x ON y TO z`.`t` TO `a`@`b`"),
			    "it has SELECT on `x ON y TO z`.`t`\n");
	assert_string_equal(complaint_of("GRANT USAGE ON *.* TO `a WITH GRANT OPTION`@`b`"), "");
	assert_string_equal(complaint_of("REVOKE x"), "a line of SHOW GRANTS is not understood\n");
	assert_string_equal(complaint_of(""), "a line of SHOW GRANTS is not understood\n");
}

static void the_first_statements_take_everything_away(void **state)
{
	const struct grant_account account = { "service", "10.0.0.%", "liandong", true };
	char text[GRANTS_STATEMENT_BYTES];
	size_t n = 0;

	(void)state;
	assert_true(grants_statement(&account, 0, text));
	assert_string_equal(text, "REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'service'@'10.0.0.%'");
	assert_true(grants_statement(&account, 1, text));
	assert_string_equal(text, "ALTER USER 'service'@'10.0.0.%' REQUIRE SSL");
	while (table_grants[n].table)
		n++;
	assert_true(n > 50 && n < GRANTS_TABLES_MAX);
	assert_true(grants_statement(&account, n + 1, text));
	assert_false(grants_statement(&account, n + 2, text));
}

static void only_plain_names_stand_in_statements(void **state)
{
	(void)state;
	assert_true(grants_name_is_plain("liandong_2"));
	assert_true(grants_name_is_plain("10.20.%"));
	assert_true(grants_name_is_plain("::1"));
	assert_false(grants_name_is_plain(""));
	assert_false(grants_name_is_plain("a'b"));
	assert_false(grants_name_is_plain("a`b"));
	assert_false(grants_name_is_plain("a b"));
	assert_false(grants_name_is_plain("a\\"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly_what_is_needed_is_fine),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(what_is_too_much_is_named),
		cmocka_unit_test(names_cannot_pretend),
		cmocka_unit_test(the_first_statements_take_everything_away),
		cmocka_unit_test(only_plain_names_stand_in_statements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
