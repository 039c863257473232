/*
 * Versions of documents in a real database: rulings that are written at the same time are all
 * in the catalogue afterwards, under a version each.
 */
#include "documents.h"
#include "must.h"
#include "sql/transactions_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

enum { RULERS = 4, RULINGS_EACH = 10 };

struct ruling {
	unsigned ruler, number;
	uint64_t version;
};

static void rule(struct tx *t, void *arg)
{
	struct ruling *ruling = arg;
	struct catalogue_row row = {
		.category = arena_printf(tx_arena(t), "R%u", ruling->ruler),
		.area = arena_printf(tx_arena(t), "A%u", ruling->number),
		.department = STR("CGJ"), .limit_class = LIMIT_L3, .basis = STR("裁定"),
	};

	ruling->version = document_route_set(t, &row, STR("ruling"));
}

static uint64_t newest(struct reference *ret_catalogue)
{
	struct table_problems problems = { .count = 0 };
	uint64_t version = 0;
	struct str text;

	tx_begin(tx, arena);
	if (document_newest(tx, DOCUMENT_CATALOGUE, &version, &text))
		reference_parse_catalogue(ret_catalogue, arena, text, &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(tx_commit(tx), TX_OK);
	return version;
}

static void a_ruling_is_a_version_and_the_same_again_is_none(void **state)
{
	struct ruling ruling = { .ruler = 90 };
	struct reference r = { .catalogue_count = 0 };

	(void)state;
	assert_int_equal(tx_run(tx, rule, &ruling), TX_OK);
	assert_int_equal(ruling.version, 1);
	assert_int_equal(tx_run(tx, rule, &ruling), TX_OK);
	assert_int_equal(ruling.version, 1);
	assert_int_equal(newest(&r), 1);
	assert_int_equal(r.catalogue_count, 1);
	assert_true(str_is(reference_route(&r, STR("R90"), STR("A0"))->department, "CGJ"));
	assert_null(reference_route(&r, STR("R90"), STR("A1")));
}

static void *rule_often(void *arg)
{
	struct ruling *rulings = arg;

	store_thread_start();
	struct tx *t = tx_new();
	for (unsigned i = 0; i < RULINGS_EACH; i++) {
		/* A try may lose to each of the others; a person would press again as well. */
		while (tx_run(t, rule, &rulings[i]) != TX_OK)
			continue;
	}
	tx_free(t);
	store_thread_stop();
	return NULL;
}

static void rulings_at_the_same_time_are_all_in_the_catalogue(void **state)
{
	static struct ruling rulings[RULERS][RULINGS_EACH];
	struct reference r = { .catalogue_count = 0 };
	uint64_t before = newest(&r);
	bool is_taken[RULERS * RULINGS_EACH] = { false };
	pthread_t threads[RULERS];

	(void)state;
	for (unsigned i = 0; i < RULERS; i++) {
		for (unsigned k = 0; k < RULINGS_EACH; k++)
			rulings[i][k] = (struct ruling){ .ruler = i, .number = k };
		must(pthread_create(&threads[i], NULL, rule_often, rulings[i]) == 0);
	}
	for (unsigned i = 0; i < RULERS; i++)
		must(pthread_join(threads[i], NULL) == 0);
	assert_int_equal(newest(&r), before + RULERS * RULINGS_EACH);
	for (unsigned i = 0; i < RULERS; i++) {
		for (unsigned k = 0; k < RULINGS_EACH; k++) {
			uint64_t at = rulings[i][k].version - before - 1;
			assert_in_range(at, 0, RULERS * RULINGS_EACH - 1);
			assert_false(is_taken[at]);
			is_taken[at] = true;
			assert_non_null(reference_route(&r, arena_printf(arena, "R%u", i),
							arena_printf(arena, "A%u", k)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ruling_is_a_version_and_the_same_again_is_none),
		cmocka_unit_test(rulings_at_the_same_time_are_all_in_the_catalogue),
	};

	return cmocka_run_group_tests_name("documents", tests, start, stop);
}
