/*
 * Reference data: look-ups in the tables as they are shipped, and what bad tables are told.
 */
#include "rules_fixture.h"

#include "crypto.h"
#include "domain.h"
#include "rules/departments.h"
#include "rules/reference.h"

static struct arena *arena;
static struct reference shipped;

static int load_shipped(void **state)
{
	struct table_problems problems = { .count = 0 };

	(void)state;
	arena = arena_new(64 << 20);
	reference_parse_departments(&shipped, arena,
				    file_text(arena, "config/district/departments.tsv"), &problems);
	reference_parse_areas(&shipped, arena, file_text(arena, "config/district/areas.tsv"),
			      &problems);
	reference_parse_categories(&shipped, arena,
				   file_text(arena, "config/district/categories.tsv"), &problems);
	reference_parse_catalogue(&shipped, arena,
				  file_text(arena, "config/district/catalogue.tsv"), &problems);
	return problems.count == 0 ? 0 : -1;
}

static int free_shipped(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void every_row_is_found_by_its_own_pair(void **state)
{
	(void)state;
	assert_true(shipped.catalogue_count > 150);
	for (uint32_t i = 0; i < shipped.catalogue_count; i++) {
		const struct catalogue_row *row = &shipped.catalogue[i];
		struct str area = str_is(row->area, "*") ? STR("NOWHERE") : row->area;
		assert_ptr_equal(reference_route(&shipped, row->category, area), row);
		assert_non_null(reference_department(&shipped, row->department));
		assert_non_null(reference_category(&shipped, row->category));
	}
}

static void an_exact_area_wins_over_every_area(void **state)
{
	static const char text[] = "C1\t*\tANY\tL3\t0\t0\t-\nC1\tA02\tOWN\tL1\t1\t1\t-\n";
	struct table_problems problems = { .count = 0 };
	struct reference r = { .catalogue_count = 0 };

	(void)state;
	reference_parse_catalogue(&r, arena, str_of(text), &problems);
	assert_int_equal(problems.count, 0);
	assert_true(str_is(reference_route(&r, STR("C1"), STR("A02"))->department, "OWN"));
	assert_true(reference_route(&r, STR("C1"), STR("A02"))->urgent_allowed);
	assert_true(str_is(reference_route(&r, STR("C1"), STR("A01"))->department, "ANY"));
	assert_null(reference_route(&r, STR("C2"), STR("A01")));
}

static void bad_rows_are_named_and_cost_the_good_ones_nothing(void **state)
{
	static const char text[] = "C1\t*\tD1\tL3\t0\t0\t-\n"
				   "bad code\t*\tD1\tL3\t0\t0\t-\n"
				   "C2\tA 1\tD1\tL3\t0\t0\t-\n"
				   "C3\t*\tD1\tL9\t0\t0\t-\n"
				   "C1\t*\tD2\tL3\t0\t0\t-\n"
				   "C4\t*\tD1\tL4\t0\t0\t-\n";
	struct table_problems problems = { .count = 0 };
	struct reference r = { .catalogue_count = 0 };

	(void)state;
	reference_parse_catalogue(&r, arena, str_of(text), &problems);
	assert_int_equal(problems.count, 4);
	assert_int_equal(problems.first[0].line, 2);
	assert_int_equal(problems.first[1].line, 3);
	assert_int_equal(problems.first[2].line, 4);
	assert_int_equal(r.catalogue_count, 2);
	assert_non_null(reference_route(&r, STR("C1"), STR("X")));
	assert_non_null(reference_route(&r, STR("C4"), STR("X")));
}

static struct str replaced(const char *text, const char *category, const char *area)
{
	return catalogue_replace_row(arena, str_of(text), &(struct catalogue_row){
		.category = str_of(category), .area = str_of(area), .department = STR("NEW"),
		.limit_class = LIMIT_L4, .urgent_allowed = true, .basis = STR("裁定第1号"),
	});
}

static void a_ruling_takes_the_place_of_its_own_line_and_of_no_other(void **state)
{
	static const char text[] = "# kept\ncategory\tarea\n"
				   "C1\t*\tANY\tL3\t0\t0\t-\nC1\tA02\tOWN\tL1\t1\t1\t-\n"
				   "C2\t*\tANY\tL3\t0\t0\t-\n";

	(void)state;
	assert_true(str_is(replaced(text, "C1", "A02"), "# kept\ncategory\tarea\n"
		"C1\t*\tANY\tL3\t0\t0\t-\nC1\tA02\tNEW\tL4\t1\t0\t裁定第1号\n"
		"C2\t*\tANY\tL3\t0\t0\t-\n"));
	assert_true(str_is(replaced(text, "C1", "*"), "# kept\ncategory\tarea\n"
		"C1\t*\tNEW\tL4\t1\t0\t裁定第1号\nC1\tA02\tOWN\tL1\t1\t1\t-\n"
		"C2\t*\tANY\tL3\t0\t0\t-\n"));
}

static void a_ruling_on_a_new_pair_stands_behind_its_category_and_wins_there(void **state)
{
	static const char text[] = "C1\t*\tANY\tL3\t0\t0\t-\nC10\t*\tTEN\tL3\t0\t0\t-";
	struct table_problems problems = { .count = 0 };
	struct reference r = { .catalogue_count = 0 };
	struct str after = replaced(text, "C1", "A01");

	(void)state;
	assert_true(str_is(after, "C1\t*\tANY\tL3\t0\t0\t-\n"
		"C1\tA01\tNEW\tL4\t1\t0\t裁定第1号\nC10\t*\tTEN\tL3\t0\t0\t-"));
	reference_parse_catalogue(&r, arena, after, &problems);
	assert_int_equal(problems.count, 0);
	assert_true(str_is(reference_route(&r, STR("C1"), STR("A01"))->department, "NEW"));
	assert_true(str_is(reference_route(&r, STR("C1"), STR("A02"))->department, "ANY"));
	assert_true(str_is(replaced(text, "C3", "A01"), "C1\t*\tANY\tL3\t0\t0\t-\n"
		"C10\t*\tTEN\tL3\t0\t0\t-\nC3\tA01\tNEW\tL4\t1\t0\t裁定第1号\n"));
	assert_true(str_is(replaced("", "C3", "*"), "C3\t*\tNEW\tL4\t1\t0\t裁定第1号\n"));
	assert_true(str_eq(replaced(after.p, "C1", "A01"), after));
}

static void line_breaks_of_a_basis_cannot_break_the_table(void **state)
{
	struct catalogue_row row = {
		.category = STR("C1"), .area = STR("*"), .department = STR("D1"),
		.limit_class = LIMIT_L3, .basis = STR("一\n二\t三\r四"),
	};

	(void)state;
	assert_true(str_is(catalogue_replace_row(arena, STR(""), &row),
			   "C1\t*\tD1\tL3\t0\t0\t一 二 三 四\n"));
	row.basis = STR_NONE;
	assert_true(str_is(catalogue_replace_row(arena, STR("\xef\xbb\xbf" "C1\t*\tD0\tL3"),
			   &row), "C1\t*\tD1\tL3\t0\t0\t-\n"));
}

static void a_brigade_is_within_its_bureau_and_the_district(void **state)
{
	(void)state;
	assert_true(reference_is_within(&shipped, STR("CGZF"), STR("CGJ")));
	assert_true(reference_is_within(&shipped, STR("CGZF"), STR("YHQ")));
	assert_true(reference_is_within(&shipped, STR("CGJ"), STR("CGJ")));
	assert_false(reference_is_within(&shipped, STR("CGJ"), STR("CGZF")));
	assert_false(reference_is_within(&shipped, STR("NOBODY"), STR("CGJ")));
}

static void a_loop_in_the_tree_ends(void **state)
{
	static const char text[] = "A\ta\ta\tB\tbureau\tx\t1\ta\t1\nB\tb\tb\tA\tbureau\tx\t1\tb\t1\n";
	struct table_problems problems = { .count = 0 };
	struct reference r = { .department_count = 0 };

	(void)state;
	reference_parse_departments(&r, arena, str_of(text), &problems);
	assert_int_equal(r.department_count, 2);
	assert_false(reference_is_within(&r, STR("A"), STR("ROOT")));
}

static struct department_complaint among(const struct department *d)
{
	struct reference with = departments_with(arena, &shipped, d, 1);

	return department_check_among(&with, reference_department(&with, d->code));
}

static void a_department_stands_below_one_that_is_there_and_never_below_itself(void **state)
{
	struct department cgj = *reference_department(&shipped, STR("CGJ"));
	const struct department pair[] = {
		{ .code = STR("LOW"), .parent = STR("OFF") }, { .code = STR("OFF"), .is_off = true },
	};
	const struct reference both = { .departments = pair, .department_count = 2 };

	(void)state;
	assert_null(among(&cgj).field);
	cgj.parent = STR("NOBODY");
	assert_string_equal(among(&cgj).code, "unknown_code");
	cgj.parent = STR("CGJ");
	assert_string_equal(among(&cgj).code, "circle");
	cgj.parent = STR("CGZF");
	assert_string_equal(among(&cgj).code, "circle");
	cgj.parent = STR("");
	assert_null(among(&cgj).field);
	cgj.name = reference_department(&shipped, STR("JTJ"))->name;
	assert_string_equal(among(&cgj).code, "taken");

	assert_string_equal(department_check_among(&both, &pair[0]).code, "switched_off");
}

static void a_changed_department_keeps_its_state_and_version(void **state)
{
	struct department there = { .code = STR("A"), .is_off = true, .version = 7 };
	struct reference old = { .departments = &there, .department_count = 1 };
	const struct department changes[] = {
		{ .code = STR("B"), .is_off = true, .version = 9 }, { .code = STR("A"), .name = STR("a") },
	};
	struct reference with = departments_with(arena, &old, changes, 2);

	(void)state;
	assert_int_equal(with.department_count, 2);
	assert_true(reference_department(&with, STR("A"))->is_off);
	assert_int_equal(reference_department(&with, STR("A"))->version, 7);
	assert_true(str_is(reference_department(&with, STR("A"))->name, "a"));
	assert_false(reference_department(&with, STR("B"))->is_off);
	assert_int_equal(reference_department(&with, STR("B"))->version, 1);
	assert_null(reference_department_in_use(&with, STR("A")));
	assert_non_null(reference_department_in_use(&with, STR("B")));
}

static void every_department_is_read_back_from_its_line(void **state)
{
	struct table_problems problems = { .count = 0 };

	(void)state;
	for (uint32_t i = 0; i < shipped.department_count; i++) {
		const struct department *d = &shipped.departments[i];
		struct reference r = { .department_count = 0 };

		reference_parse_departments(&r, arena, department_line(arena, d), &problems);
		assert_int_equal(r.department_count, 1);
		assert_true(department_is_same(&r.departments[0], d));
		assert_true(str_eq(r.departments[0].code, d->code));
	}
	assert_int_equal(problems.count, 0);
}

static void what_a_department_may_not_be_is_said_with_its_line(void **state)
{
	static const struct {
		const char *line, *begins;
	} bad[] = {
		{ "a.b\t甲\tA\t\tbureau\tx\t1", "code: " },
		{ "SEVENTEEN_LETTERS\t甲\tA\t\tbureau\tx\t1", "code: " },
		{ "A\t\tA\t\tbureau\tx\t1", "name: " }, { "A\t甲\t\t\tbureau\tx\t1", "name_en: " },
		{ "A\t甲\tA\t\tvillage\tx\t1", "kind: " }, { "A\t甲\tA\t\tbureau\t\t1", "peer_group: " },
		{ "A\t甲\tA\t\tbureau\tx\t2", "takes_tasks: " }, { "A\t甲\tA\t\tbureau\tx", "takes_tasks: " },
		{ "A\t甲\tA\t\tbureau\tx\t1\tJIA", "initials: " },
		{ "A\t甲\tA\t\tbureau\tx\t1\tj\tcall me", "phone: " },
	};

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++) {
		struct table_problems problems = { .count = 0 };
		struct reference r = { .department_count = 0 };

		reference_parse_departments(&r, arena,
			arena_printf(arena, "# note\n%s\n", bad[i].line), &problems);
		assert_int_equal(r.department_count, 0);
		assert_int_equal(problems.count, 1);
		assert_int_equal(problems.first[0].line, 2);
		assert_true(str_starts(str_of(problems.first[0].text), str_of(bad[i].begins)));
	}
}

static void only_categories_without_children_are_leaves(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < shipped.category_count; i++) {
		const struct category *c = &shipped.categories[i];
		bool has_child = false;
		for (uint32_t k = 0; k < shipped.category_count; k++)
			has_child |= str_eq(shipped.categories[k].parent, c->code);
		assert_int_equal(c->is_leaf, !has_child);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_found_by_its_own_pair),
		cmocka_unit_test(an_exact_area_wins_over_every_area),
		cmocka_unit_test(bad_rows_are_named_and_cost_the_good_ones_nothing),
		cmocka_unit_test(a_ruling_takes_the_place_of_its_own_line_and_of_no_other),
		cmocka_unit_test(a_ruling_on_a_new_pair_stands_behind_its_category_and_wins_there),
		cmocka_unit_test(line_breaks_of_a_basis_cannot_break_the_table),
		cmocka_unit_test(a_brigade_is_within_its_bureau_and_the_district),
		cmocka_unit_test(a_loop_in_the_tree_ends),
		cmocka_unit_test(a_department_stands_below_one_that_is_there_and_never_below_itself),
		cmocka_unit_test(a_changed_department_keeps_its_state_and_version),
		cmocka_unit_test(every_department_is_read_back_from_its_line),
		cmocka_unit_test(what_a_department_may_not_be_is_said_with_its_line),
		cmocka_unit_test(only_categories_without_children_are_leaves),
	};

	return cmocka_run_group_tests_name("reference", tests, load_shipped, free_shipped);
}
