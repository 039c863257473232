/* Years of one calendar's table in the place of another's. */
#include "rules/calendar_years.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new(1024 * 1024);
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

#define HEADER "date\tkind\toccasion\thours\n"

static void expect(const char *table, const char *years, const char *wanted)
{
	struct str result = calendar_replace_years(arena, str_of(table), str_of(years));

	if (!str_is(result, wanted))
		fail_msg("gave\n%.*s\ninstead of\n%s", STR_ARG(result), wanted);
}

static void the_named_years_are_replaced_whole(void **state)
{
	(void)state;
	expect("date\tkind\toccasion\n2024-01-01\toff\tA\n2025-01-01\toff\tB\n"
	       "2025-10-01\toff\tC\n",
	       "date\tkind\toccasion\n2025-01-02\toff\tD\n",
	       HEADER "2024-01-01\toff\tA\n2025-01-02\toff\tD\n");
}

static void other_years_stay_as_they_are(void **state)
{
	(void)state;
	expect("2024-02-04\twork\tA\t09:00-12:00\n", "2011-01-01\toff\tB\n",
	       HEADER "2024-02-04\twork\tA\t09:00-12:00\n2011-01-01\toff\tB\n");
	expect("", "2011-01-01\toff\tB", HEADER "2011-01-01\toff\tB\n");
	expect("2024-01-01\toff\tA", "", HEADER "2024-01-01\toff\tA\n");
}

static void comments_headers_and_strange_years_are_left_out(void **state)
{
	(void)state;
	expect("# 2024: a notice\n2024-01-01\toff\tA\n1066-10-14\toff\tB\n\n",
	       "# 2024-01-01 is not this line\n",
	       HEADER "2024-01-01\toff\tA\n");
}

static void doing_it_twice_changes_nothing(void **state)
{
	static const char years[] = "date\tkind\n2011-01-01\toff\tA\r\n2012-01-02\toff\tB\n";

	(void)state;
	struct str once = calendar_replace_years(arena, STR("2024-01-01\toff\tC\n"),
						 str_of(years));
	struct str twice = calendar_replace_years(arena, once, str_of(years));
	assert_true(str_eq(once, twice));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_named_years_are_replaced_whole),
		cmocka_unit_test(other_years_stay_as_they_are),
		cmocka_unit_test(comments_headers_and_strange_years_are_left_out),
		cmocka_unit_test(doing_it_twice_changes_nothing),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
