/*
 * Who may know of an appeal and which fields are shown: all combinations of facts against the
 * rules as they are spoken, and the table of fields against what must never be.
 */
#include "rules/sight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { FACTS = 7, ROLES = 15 };

static struct sight sight_of(enum relation relation, uint32_t role, uint32_t facts)
{
	return (struct sight){
		.relation = relation, .role = role, .is_registrar = facts & 1,
		.has_task = facts & 2, .is_accused = facts & 4, .has_task_below = facts & 8,
		.is_recused = facts & 16, .keeps_contact = facts & 32, .is_secret = facts & 64,
	};
}

/* The rules once more, in one expression each. */
static bool is_spoken(const struct sight *s)
{
	if (s->relation == RELATION_ALL)
		return true;
	if (s->relation == RELATION_TREE)
		return s->has_task_below && !s->is_recused;
	if (s->relation == RELATION_NONE)
		return false;
	return (s->role == ROLE_INTAKE && s->is_registrar) ||
	       (s->role == ROLE_DEPARTMENT && s->has_task && !s->is_accused) ||
	       ((s->role == ROLE_CONTACT || s->role == ROLE_LEADER) && s->keeps_contact &&
		!s->is_secret);
}

static void all_facts_of_all_roles_follow_the_rules(void **state)
{
	size_t seen = 0, hidden = 0;

	(void)state;
	for (int relation = RELATION_NONE; relation <= RELATION_ALL; relation++)
		for (uint32_t i = 0; i < ROLES; i++)
			for (uint32_t facts = 0; facts < 1u << FACTS; facts++) {
				struct sight s = sight_of((enum relation)relation, 1u << i, facts);

				assert_int_equal(sight_allows(&s), is_spoken(&s));
				seen += sight_allows(&s);
				hidden += !sight_allows(&s);
			}
	assert_true(seen > 0 && hidden > 0);
	assert_int_equal(seen + hidden, 4 * ROLES * (1u << FACTS));
}

static void a_relation_that_is_none_of_the_list_shows_nothing(void **state)
{
	struct sight s = sight_of((enum relation)(RELATION_ALL + 1), ROLE_SUPERVISOR, 1 | 2 | 8 | 32);

	(void)state;
	assert_false(sight_allows(&s));
}

static void the_accused_sees_nothing_that_is_its_own(void **state)
{
	(void)state;
	for (uint32_t facts = 0; facts < 1u << FACTS; facts++) {
		struct sight own = sight_of(RELATION_OWN, ROLE_DEPARTMENT, facts | 4);
		struct sight tree = sight_of(RELATION_TREE, ROLE_SUPERVISOR, facts | 16);

		assert_false(sight_allows(&own));
		assert_false(sight_allows(&tree));
	}
}

static void a_secret_caller_hides_what_is_open_and_a_unit_sees_what_is_its_own(void **state)
{
	(void)state;
	assert_true(sight_shows(SHOWN_CALLER_NAME, ROLE_OPERATOR, false, true));
	assert_true(sight_shows(SHOWN_CALLER_NAME, ROLE_DEPARTMENT, false, false));
	assert_false(sight_shows(SHOWN_CALLER_NAME, ROLE_DEPARTMENT, false, true));
	assert_true(sight_shows(SHOWN_CALLER_NAME, ROLE_SUPERVISOR, false, true));
	assert_true(sight_shows(SHOWN_CALLER_NAME, ROLE_SUPERVISOR, true, false));
	assert_false(sight_shows(SHOWN_CALLER_NAME, ROLE_SUPERVISOR, true, true));
	assert_true(sight_shows(SHOWN_ACCUSED, ROLE_SUPERVISOR, false, false));
	assert_false(sight_shows(SHOWN_ACCUSED, ROLE_SUPERVISOR, true, false));
}

static void no_field_is_shown_to_those_who_administer_or_to_nobody(void **state)
{
	static const uint32_t roles[] = { ROLE_ADMIN, ROLE_SYSTEM, ROLE_SECURITY, ROLE_AUDIT, 0 };

	(void)state;
	for (int field = 0; field < SHOWN_FIELDS; field++)
		for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
			for (int unit = 0; unit < 2; unit++)
				assert_false(sight_shows((enum shown_field)field, roles[i], unit,
							 false));
}

static void secrecy_never_shows_more(void **state)
{
	(void)state;
	for (int field = 0; field < SHOWN_FIELDS; field++)
		for (uint32_t i = 0; i < ROLES; i++)
			for (int unit = 0; unit < 2; unit++)
				if (sight_shows((enum shown_field)field, 1u << i, unit, true))
					assert_true(sight_shows((enum shown_field)field, 1u << i,
								unit, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_facts_of_all_roles_follow_the_rules),
		cmocka_unit_test(a_relation_that_is_none_of_the_list_shows_nothing),
		cmocka_unit_test(the_accused_sees_nothing_that_is_its_own),
		cmocka_unit_test(a_secret_caller_hides_what_is_open_and_a_unit_sees_what_is_its_own),
		cmocka_unit_test(no_field_is_shown_to_those_who_administer_or_to_nobody),
		cmocka_unit_test(secrecy_never_shows_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
