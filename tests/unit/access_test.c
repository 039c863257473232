/*
 * What a row of the access table says of an actor: every verdict, every cell, and that the
 * generated table is made of sound rows.
 */
#include "net/access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "words.h"

static const struct access mixed = {
	"mixed", METHOD_GET, "/mixed", .all_roles = ROLE_SUPERVISOR | ROLE_OPERATOR,
	.own_roles = ROLE_DEPARTMENT, .tree_roles = ROLE_SUPERVISOR,
};
static const struct access whole = {
	"whole", METHOD_GET, "/whole", .all_roles = ROLE_SUPERVISOR, .own_roles = ROLE_DEPARTMENT,
	.is_staff_only = true,
};
static const struct access below = { "below", METHOD_GET, "/below",
				     .tree_roles = ROLE_SUPERVISOR };
static const struct access open_row = { "open", METHOD_GET, "/open", .is_public = true };

#define OF(role_) { .kind = ACTOR_KEY, .id = 1, .role = (role_) }
#define OF_UNIT(role_) { .kind = ACTOR_KEY, .id = 1, .role = (role_), .unit = { "CGJ", 3 } }
#define OUTSOURCED(role_) { .kind = ACTOR_KEY, .id = 1, .role = (role_), .is_outsourced = true }

static void every_cell_is_told_to_its_actor(void **state)
{
	static const struct {
		const struct access *row;
		struct actor actor;
		enum relation relation;
		enum access_verdict verdict;
	} cases[] = {
		{ &mixed, OF(ROLE_OPERATOR), RELATION_ALL, ACCESS_GRANTED },
		{ &mixed, OF(ROLE_SUPERVISOR), RELATION_ALL, ACCESS_GRANTED },
		{ &mixed, OF_UNIT(ROLE_SUPERVISOR), RELATION_TREE, ACCESS_GRANTED },
		{ &mixed, OF_UNIT(ROLE_DEPARTMENT), RELATION_OWN, ACCESS_GRANTED },
		{ &mixed, OF(ROLE_ADMIN), RELATION_NONE, ACCESS_OF_OTHERS },
		{ &mixed, { .kind = ACTOR_NOBODY }, RELATION_NONE, ACCESS_OF_OTHERS },
		{ &whole, OF(ROLE_SUPERVISOR), RELATION_ALL, ACCESS_GRANTED },
		{ &whole, OF_UNIT(ROLE_SUPERVISOR), RELATION_NONE, ACCESS_OF_THE_WHOLE },
		{ &whole, OF_UNIT(ROLE_DEPARTMENT), RELATION_OWN, ACCESS_GRANTED },
		{ &whole, OUTSOURCED(ROLE_SUPERVISOR), RELATION_ALL, ACCESS_OF_STAFF },
		{ &whole, OUTSOURCED(ROLE_VISITOR), RELATION_NONE, ACCESS_OF_OTHERS },
		{ &mixed, OUTSOURCED(ROLE_SUPERVISOR), RELATION_ALL, ACCESS_GRANTED },
		{ &below, OF(ROLE_SUPERVISOR), RELATION_NONE, ACCESS_OF_OTHERS },
		{ &below, OF_UNIT(ROLE_SUPERVISOR), RELATION_TREE, ACCESS_GRANTED },
		{ &open_row, { .kind = ACTOR_NOBODY }, RELATION_NONE, ACCESS_GRANTED },
		{ &open_row, OF(ROLE_ADMIN), RELATION_NONE, ACCESS_GRANTED },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++)
		if (access_relation(cases[i].row, &cases[i].actor) != cases[i].relation ||
		    access_verdict(cases[i].row, &cases[i].actor) != cases[i].verdict)
			fail_msg("case %zu: %s", i, cases[i].row->name);
}

static void a_row_that_contradicts_itself_is_named(void **state)
{
	static const struct access flawed[] = {
		{ "a", METHOD_GET, "/a", .is_public = true, .is_staff_only = true },
		{ "b", METHOD_GET, "/b", .tree_roles = ROLE_DEPARTMENT },
		{ "c", METHOD_GET, "/c", .all_roles = ROLE_ADMIN, .own_roles = ROLE_ADMIN },
	};

	(void)state;
	for (size_t i = 0; i < array_count(flawed); i++)
		assert_non_null(access_flaw(&flawed[i]));
	for (const struct access *row = access_table; row->path; row++)
		assert_null(access_flaw(row));
}

static struct reply handle(struct req *r)
{
	(void)r;
	return (struct reply){ 200 };
}

/* Modules of a server of two routes, of which the second repeats a row, or brings its own. */
static const char *complaint_of(const struct access *table, const struct module *const *list)
{
	static char text[500];
	FILE *complaints = fmemopen(text, sizeof(text), "w");

	memset(text, 0, sizeof(text));
	bool is_fine = access_is_taken_up(table, list, complaints);
	fclose(complaints);
	assert_int_equal(is_fine, text[0] == '\0');
	return text;
}

static void an_idle_row_a_row_taken_twice_and_a_foreign_row_are_named(void **state)
{
	static const struct access table[] = {
		{ "first", METHOD_GET, "/first" }, { "second", METHOD_POST, "/second" }, { 0 }
	};
	static const struct access foreign = { "foreign", METHOD_GET, "/foreign" };
	static const struct route sound[] = {
		{ &table[0], handle }, { &table[1], handle }, { 0 }
	};
	static const struct route idle[] = { { &table[0], handle }, { 0 } };
	static const struct route twice[] = {
		{ &table[0], handle }, { &table[1], handle }, { &table[1], handle }, { 0 }
	};
	static const struct route strange[] = {
		{ &table[0], handle }, { &table[1], handle }, { &foreign, handle }, { 0 }
	};
	static const struct module quiet = { .name = "quiet" };
#define LIST(routes_) \
	(const struct module *const[]){ &quiet, &(const struct module){ .name = "m", \
		.routes = (routes_) }, NULL }

	(void)state;
	assert_string_equal(complaint_of(table, LIST(sound)), "");
	assert_non_null(strstr(complaint_of(table, LIST(idle)), "second: POST /second: 0 routes"));
	assert_non_null(strstr(complaint_of(table, LIST(twice)), "second: POST /second: 2 routes"));
	assert_non_null(strstr(complaint_of(table, LIST(strange)), "m: GET /foreign: its row"));
}

static void the_routes_of_the_product_take_up_the_whole_table(void **state)
{
	(void)state;
	assert_string_equal(complaint_of(access_table, modules), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_is_told_to_its_actor),
		cmocka_unit_test(a_row_that_contradicts_itself_is_named),
		cmocka_unit_test(an_idle_row_a_row_taken_twice_and_a_foreign_row_are_named),
		cmocka_unit_test(the_routes_of_the_product_take_up_the_whole_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
