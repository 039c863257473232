/*
 * Grounds, checklist and hand-over items: what is shipped, what is found, and what bad tables
 * are told.
 */
#include "rules_fixture.h"

#include "domain.h"
#include "rules/grounds.h"
#include "rules/reference.h"

static struct arena *arena;
static struct reference shipped;

static int load_shipped(void **state)
{
	struct table_problems problems = { .count = 0 };

	(void)state;
	arena = arena_new(64 << 20);
	reference_parse_grounds(&shipped, arena, file_text(arena, "config/grounds.tsv"), &problems);
	reference_parse_checklist(&shipped, arena, file_text(arena, "config/checklist.tsv"),
				  &problems);
	reference_parse_handover(&shipped, arena, file_text(arena, "config/handover.tsv"),
				 &problems);
	return problems.count == 0 ? 0 : -1;
}

static int free_shipped(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void the_shipped_lists_hold_their_codes_in_order_and_no_others(void **state)
{
	static const char *const expected[] = {
		"return not_my_duty", "return not_my_area", "return already_handled",
		"return insufficient_facts", "return out_of_scope", "return unsafe_secrecy",
		"pause caller_material", "pause legal_procedure", "pause disaster",
		"exclusion G1", "exclusion G2", "exclusion G3", "exclusion G4", "exclusion G5",
		"exclusion G6", "exclusion G7", "exclusion G8",
		"refusal litigation", "refusal arbitration", "refusal discipline",
		"refusal reconsideration", "refusal disclosure", "refusal petition",
		"refusal secrecy", "refusal public_order",
		"transfer 110", "transfer 119", "transfer 120", "transfer 122",
	};

	(void)state;
	assert_int_equal(shipped.ground_count, array_count(expected));
	for (size_t i = 0; i < array_count(expected); i++) {
		const struct ground *g = &shipped.grounds[i];
		assert_true(str_is(arena_printf(arena, "%.*s %.*s", STR_ARG(g->list),
						STR_ARG(g->code)), expected[i]));
		assert_ptr_equal(reference_ground(&shipped, g->list.p, g->code), g);
		assert_true(g->name.n > 0 && g->name_en.n > 0);
		/* Who is refused is told where to go, except from where there is nowhere. */
		assert_int_equal(g->channel.n > 0, str_is(g->list, "refusal") &&
				 !str_is(g->code, "public_order"));
		assert_int_equal(g->channel.n > 0, g->channel_en.n > 0);
		assert_int_equal(g->needs == GROUND_NEEDS_EVIDENCE,
				 str_is(g->list, "exclusion"));
		assert_int_equal(g->needs == GROUND_NEEDS_UNTIL, str_is(g->list, "pause"));
	}
	assert_int_equal(reference_ground(&shipped, "return", STR("not_my_duty"))->needs,
			 GROUND_NEEDS_BASIS);
}

static void a_code_is_found_in_its_own_list_only(void **state)
{
	(void)state;
	assert_non_null(reference_ground(&shipped, "pause", STR("disaster")));
	assert_null(reference_ground(&shipped, "return", STR("disaster")));
	assert_null(reference_ground(&shipped, "nothing", STR("disaster")));
	assert_null(reference_ground(&shipped, "pause", STR("busy")));
	assert_null(reference_ground(&shipped, "pause", STR_NONE));
}

/* One good line for each list but the ones named by the test. */
#define REST "pause\tp\t甲\ta\t-\t-\tuntil\nexclusion\te\t甲\ta\t-\t-\tevidence,basis\n" \
	     "refusal\tr\t甲\ta\t乙\tb\t-\ntransfer\t110\t甲\ta\t-\t-\tproposal,plan\n"

static void bad_grounds_are_named_and_cost_the_good_ones_nothing(void **state)
{
	static const char text[] = "list\tcode\tname_zh\n"
		"return\tgood\t甲\ta\t-\t-\t-\n"
		"retrun\tx\t甲\ta\t-\t-\t-\n"		/* 3 */
		"return\tbad code\t甲\ta\t-\t-\t-\n"	/* 4 */
		"return\tgood\t甲\ta\t-\t-\t-\n"	/* 5: twice */
		"return\tx\t甲\ta\t-\t-\n"		/* 6: a cell short */
		"return\tx\t甲\ta\t-\t-\tbasis,money\n" /* 7 */
		"return\tx\t甲\t-\t-\t-\t-\n"		/* 8: no English name */
		"return\tx\t甲\ta\t\t-\t-\n"		/* 9: an empty cell */
		"return\tx\t甲\ta\t-\t-\tbasis,,plan\n"	/* 10 */
		"return\t-\t甲\ta\t-\t-\t-\n"		/* 11 */
		REST;
	static const char *const told[] = {
		"\"retrun\" is no list", "\"bad code\" is no code", "return good stands in",
		"6 cells instead of 7", "\"money\" is nothing", "a name is missing",
		"cell 5 is empty", "\"\" is nothing", "\"-\" is no code",
	};
	struct table_problems problems = { .count = 0 };
	struct reference r = { .ground_count = 0 };

	(void)state;
	reference_parse_grounds(&r, arena, str_of(text), &problems);
	assert_int_equal(problems.count, array_count(told));
	for (size_t i = 0; i < array_count(told); i++) {
		assert_int_equal(problems.first[i].line, i + 3);
		assert_non_null(strstr(problems.first[i].text, told[i]));
	}
	assert_int_equal(r.ground_count, 5);
	assert_int_equal(reference_ground(&r, "exclusion", STR("e"))->needs,
			 GROUND_NEEDS_EVIDENCE | GROUND_NEEDS_BASIS);
	assert_int_equal(reference_ground(&r, "transfer", STR("110"))->needs,
			 GROUND_NEEDS_PROPOSAL | GROUND_NEEDS_PLAN);
	assert_true(str_is(reference_ground(&r, "refusal", STR("r"))->channel_en, "b"));
	assert_null(reference_ground(&r, "pause", STR("p"))->channel.p);
}

static void a_list_without_a_line_is_reported(void **state)
{
	struct table_problems problems = { .count = 0 };
	struct reference r = { .ground_count = 0 };

	(void)state;
	reference_parse_grounds(&r, arena, STR(REST), &problems);
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.first[0].text, "the list return is empty; add a line");
}

static void a_table_longer_than_its_bound_is_refused_and_not_overrun(void **state)
{
	struct table_problems problems = { .count = 0 };
	struct reference r = { .ground_count = 0 };
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < GROUND_ROWS_MAX + 2; i++)
		buf_printf(&text, "I%d\tto_110\t甲\ta\tother\n", i);
	reference_parse_handover(&r, arena, buf_str(&text), &problems);
	assert_int_equal(r.handover_count, GROUND_ROWS_MAX);
	assert_int_equal(problems.count, 2);
	assert_int_equal(problems.first[0].line, GROUND_ROWS_MAX + 1);
	buf_clear(&text);
	for (int i = 0; i < GROUND_ROWS_MAX + 1; i++)
		buf_add(&text, STR("*\t*\treply\n"));
	reference_parse_checklist(&r, arena, buf_str(&text), &problems);
	assert_int_equal(r.checklist_count, GROUND_ROWS_MAX);
	assert_int_equal(problems.count, 3);
	buf_free(&text);
}

static void the_shipped_checklist_asks_for_a_reply_and_a_contact_always(void **state)
{
	(void)state;
	for (int content = 0; content < CONTENT_CLASSES; content++)
		for (int result = RESULT_SOLVED; result <= RESULT_NO_JURISDICTION; result++)
			assert_int_equal(reference_checklist(
				&shipped, (enum content_class)content, result),
				CHECK_REPLY | CHECK_CONTACT);
}

static void a_checklist_is_the_union_of_the_lines_that_fit(void **state)
{
	static const char text[] = "content_class\tresult\tneeds\n*\t*\treply\n"
				   "report\t*\tattachment\n*\texplained\tlegal_basis,reached\n"
				   "report\tsolved\tcontact,reply\npraise\tsolved\t-\n";
	struct table_problems problems = { .count = 0 };
	struct reference r = { .checklist_count = 0 };

	(void)state;
	assert_int_equal(reference_checklist(&r, CONTENT_HELP, RESULT_SOLVED), 0);
	reference_parse_checklist(&r, arena, str_of(text), &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(reference_checklist(&r, CONTENT_HELP, RESULT_SOLVED), CHECK_REPLY);
	assert_int_equal(reference_checklist(&r, CONTENT_PRAISE, RESULT_SOLVED), CHECK_REPLY);
	assert_int_equal(reference_checklist(&r, CONTENT_REPORT, RESULT_SOLVED),
			 CHECK_REPLY | CHECK_ATTACHMENT | CHECK_CONTACT);
	assert_int_equal(reference_checklist(&r, CONTENT_REPORT, RESULT_EXPLAINED),
			 CHECK_REPLY | CHECK_ATTACHMENT | CHECK_LEGAL_BASIS | CHECK_REACHED);
	assert_int_equal(reference_checklist(&r, CONTENT_CONSULTATION, RESULT_EXPLAINED),
			 CHECK_REPLY | CHECK_LEGAL_BASIS | CHECK_REACHED);
}

static void bad_checklist_lines_are_named(void **state)
{
	static const char text[] = "*\t*\treply\nwish\t*\treply\n*\tdone\treply\n"
				   "*\t*\tphoto\n*\t*\n";
	static const char *const told[] = {
		"\"wish\" is neither a content class nor *",
		"\"done\" is neither a result nor *", "\"photo\" is nothing",
		"2 cells instead of 3",
	};
	struct table_problems problems = { .count = 0 };
	struct reference r = { .checklist_count = 0 };

	(void)state;
	reference_parse_checklist(&r, arena, str_of(text), &problems);
	assert_int_equal(problems.count, array_count(told));
	for (size_t i = 0; i < array_count(told); i++) {
		assert_int_equal(problems.first[i].line, i + 2);
		assert_non_null(strstr(problems.first[i].text, told[i]));
	}
	assert_int_equal(r.checklist_count, 1);
}

static void items_are_handed_over_in_both_directions(void **state)
{
	uint32_t to_110 = 0, urgent = 0;

	(void)state;
	assert_int_equal(shipped.handover_count, 19);
	for (uint32_t i = 0; i < shipped.handover_count; i++) {
		const struct handover_item *item = &shipped.handovers[i];
		assert_ptr_equal(reference_handover(&shipped, item->code), item);
		to_110 += item->is_to_110;
		urgent += item->is_urgent;
	}
	assert_int_equal(to_110, 8);
	assert_int_equal(urgent, 8);
	assert_null(reference_handover(&shipped, STR("X99")));
}

static void bad_items_are_named(void **state)
{
	static const char text[] = "A\tto_110\t甲\ta\turgent\nB\tto_120\t甲\ta\turgent\n"
				   "C\tto_110\t甲\ta\tsoon\nA\tfrom_110\t甲\ta\tother\n"
				   "\tto_110\t甲\ta\turgent\n";
	static const char *const told[] = {
		"the direction must be", "the urgency must be", "A stands in an earlier line",
		"cell 1 is empty",
	};
	struct table_problems problems = { .count = 0 };
	struct reference r = { .handover_count = 0 };

	(void)state;
	reference_parse_handover(&r, arena, str_of(text), &problems);
	assert_int_equal(problems.count, array_count(told));
	for (size_t i = 0; i < array_count(told); i++) {
		assert_int_equal(problems.first[i].line, i + 2);
		assert_non_null(strstr(problems.first[i].text, told[i]));
	}
	assert_int_equal(r.handover_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_lists_hold_their_codes_in_order_and_no_others),
		cmocka_unit_test(a_code_is_found_in_its_own_list_only),
		cmocka_unit_test(bad_grounds_are_named_and_cost_the_good_ones_nothing),
		cmocka_unit_test(a_list_without_a_line_is_reported),
		cmocka_unit_test(a_table_longer_than_its_bound_is_refused_and_not_overrun),
		cmocka_unit_test(the_shipped_checklist_asks_for_a_reply_and_a_contact_always),
		cmocka_unit_test(a_checklist_is_the_union_of_the_lines_that_fit),
		cmocka_unit_test(bad_checklist_lines_are_named),
		cmocka_unit_test(items_are_handed_over_in_both_directions),
		cmocka_unit_test(bad_items_are_named),
	};

	return cmocka_run_group_tests_name("grounds", tests, load_shipped, free_shipped);
}
