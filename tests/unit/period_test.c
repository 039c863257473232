/*
 * Names of report periods and the instants between which they lie.
 */
#include "rules_fixture.h"

#include "rules/period.h"

static void periods_are_half_open_in_local_time(void **state)
{
	static const struct {
		const char *name;
		const char *from;
		const char *to;
	} cases[] = {
		{ "2026-03", "2026-03-01", "2026-04-01" },
		{ "2026-12", "2026-12-01", "2027-01-01" },
		{ "2026-Q1", "2026-01-01", "2026-04-01" },
		{ "2026-Q4", "2026-10-01", "2027-01-01" },
		{ "2026", "2026-01-01", "2027-01-01" },
		{ "2026-W10", "2026-03-02", "2026-03-09" },
		{ "2026-W01", "2025-12-29", "2026-01-05" },
		{ "2026-W53", "2026-12-28", "2027-01-04" },
		{ "2024-02", "2024-02-01", "2024-03-01" },
		{ "2026-03-05", "2026-03-05", "2026-03-06" },
		{ "2024-02-29", "2024-02-29", "2024-03-01" },
		{ "2026-12-31", "2026-12-31", "2027-01-01" },
	};
	static const char *const bad[] = {
		"",
		"2026-",
		"2026-13",
		"2026-00",
		"2026-Q0",
		"2026-Q5",
		"2026-W00",
		"2025-W53",
		"2026-W54",
		"1989",
		"2101-01",
		"2026-3",
		"2026-02-29",
		"2026-03-32",
		"2026-3-05",
		"2026-03-5",
		"2026/03/05",
		"2101-01-01",
		"202x",
		"2026-W1",
		"2026Q1",
	};
	struct period period;

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		assert_true(period_parse(cases[i].name, strlen(cases[i].name), &period));
		assert_int_equal(period.t0, instant(cases[i].from));
		assert_int_equal(period.t1, instant(cases[i].to));
	}
	for (size_t i = 0; i < array_count(bad); i++)
		assert_false(period_parse(bad[i], strlen(bad[i]), &period));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(periods_are_half_open_in_local_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
