/* Where a browser may be sent back to, and which role the provider's words give. */
#include "bounds.h"
#include "rules/sign_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

static void pages_of_our_own_are_returned_to(void **state UNUSED)
{
	static const char *const pages[] = { "/", "/#/report?month=2026-03", "/a/b?c=d#e/f", "/~%2F",
		"/api" };

	for (size_t i = 0; i < array_count(pages); i++)
		if (!sign_in_returns_home(str_of(pages[i])))
			fail_msg("%s is ours", pages[i]);
}

static void nothing_that_a_browser_may_take_for_another_site_is(void **state UNUSED)
{
	static const char *const others[] = { "", "a", "//a", "/\\a", "\\\\a", "/\t/a", "/\n/a", "/ /a",
		"/a//b", "/a\\b", "https://a", "/\x7f", "/é", "/api/v1/me", " /", "javascript:0" };
	char longest[LIMIT_OIDC_RETURN_BYTES + 1];

	for (size_t i = 0; i < array_count(others); i++)
		if (sign_in_returns_home(str_of(others[i])))
			fail_msg("%s is not ours", others[i]);
	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	assert_true(sign_in_returns_home((struct str){ longest, LIMIT_OIDC_RETURN_BYTES }));
	assert_false(sign_in_returns_home((struct str){ longest, sizeof(longest) }));
	assert_false(sign_in_returns_home(STR_NONE));
}

static void the_first_rule_that_fits_gives_the_role(void **state UNUSED)
{
	static const struct str words[] = { { "city", 4 }, { "desk", 4 } };
	const struct str rules = STR(" other=admin,=operator,desk=, desk=operator , city=department:CGJ");
	struct role_rule rule;

	assert_true(sign_in_role(rules, words, 2, &rule));
	assert_true(str_is(rule.role, "operator"));
	assert_null(rule.unit.p);
	assert_true(sign_in_role(rules, words, 1, &rule));
	assert_true(str_is(rule.word, "city"));
	assert_true(str_is(rule.role, "department"));
	assert_true(str_is(rule.unit, "CGJ"));
}

static void no_word_and_no_rule_give_none(void **state UNUSED)
{
	static const struct str words[] = { { "desks", 5 }, { "des", 3 }, { "", 0 } };
	struct role_rule rule;

	assert_false(sign_in_role(STR("desk=operator,=operator"), words, 3, &rule));
	assert_false(sign_in_role(STR("desks=operator"), words, 0, &rule));
	assert_false(sign_in_role(STR(""), words, 3, &rule));
	assert_false(sign_in_role(STR(" , ,,desks"), words, 3, &rule));
}

static void a_flow_has_its_parts_and_no_more(void **state UNUSED)
{
	static const char *const wrong[] = { "", "1 2 3 4", "1 2 3 4 ", "1 2 3 4 5 6", " 1 2 3 4 5",
		"1 2  3 4 5" };
	struct str parts[FLOW_PARTS];

	assert_true(sign_in_parts(STR("1 22 333 4 /"), parts));
	assert_true(str_is(parts[1], "22") && str_is(parts[4], "/"));
	for (size_t i = 0; i < array_count(wrong); i++)
		if (sign_in_parts(str_of(wrong[i]), parts))
			fail_msg("'%s' was read", wrong[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_our_own_are_returned_to),
		cmocka_unit_test(nothing_that_a_browser_may_take_for_another_site_is),
		cmocka_unit_test(the_first_rule_that_fits_gives_the_role),
		cmocka_unit_test(no_word_and_no_rule_give_none),
		cmocka_unit_test(a_flow_has_its_parts_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
