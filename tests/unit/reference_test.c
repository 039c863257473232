/*
 * Reference data: look-ups in the tables as they are shipped, and what bad tables are told.
 */
#include "rules_fixture.h"

#include "crypto.h"
#include "domain.h"
#include "rules/reference.h"

static struct arena *arena;
static struct reference shipped;

static struct str shipped_text(const char *path)
{
	size_t n;
	char *text = file_read(path, &n);
	struct str copy = arena_str(arena, (struct str){ text, n });

	free(text);
	return copy;
}

static int load_shipped(void **state)
{
	struct table_problems problems = { .count = 0 };

	(void)state;
	arena = arena_new(64 << 20);
	reference_parse_departments(&shipped, arena,
				    shipped_text("config/district/departments.tsv"), &problems);
	reference_parse_areas(&shipped, arena, shipped_text("config/district/areas.tsv"),
			      &problems);
	reference_parse_categories(&shipped, arena,
				   shipped_text("config/district/categories.tsv"), &problems);
	reference_parse_catalogue(&shipped, arena,
				  shipped_text("config/district/catalogue.tsv"), &problems);
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
		cmocka_unit_test(a_brigade_is_within_its_bureau_and_the_district),
		cmocka_unit_test(a_loop_in_the_tree_ends),
		cmocka_unit_test(only_categories_without_children_are_leaves),
	};

	return cmocka_run_group_tests_name("reference", tests, load_shipped, free_shipped);
}
