/*
 * What servers share through the database: sequences, leases, the version of the reference
 * data, and the schema itself.
 */
#include "clock.h"
#include "must.h"
#include "sql/transactions_fixture.h"
#include "store/process.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

static int begin(void **state)
{
	(void)state;
	tx_rollback(tx);
	tx_rollback(other);
	tx_begin(tx, arena);
	return 0;
}

static void begin_again(void)
{
	assert_int_equal(tx_commit(tx), TX_OK);
	tx_begin(tx, arena);
}

/* ---- sequences ---- */

enum { TAKERS = 4, TAKEN_EACH = 350 };

static void *take_numbers(void *arg)
{
	uint64_t *numbers = arg;

	store_thread_start();
	struct tx *t = tx_new();
	struct arena *a = arena_new(LIMIT_REQUEST_ARENA);
	tx_begin(t, a);
	for (size_t i = 0; i < TAKEN_EACH; i++)
		numbers[i] = tx_sequence(t, "test.shared");
	/* Numbers are taken for good, even by a transaction that is undone. */
	tx_rollback(t);
	tx_free(t);
	arena_free(a);
	store_thread_stop();
	return NULL;
}

static void numbers_are_unique_over_threads(void **state)
{
	static uint64_t numbers[TAKERS][TAKEN_EACH];
	static bool is_seen[TAKERS * TAKEN_EACH + 101];
	pthread_t threads[TAKERS];

	(void)state;
	for (size_t i = 0; i < TAKERS; i++)
		must(pthread_create(&threads[i], NULL, take_numbers, numbers[i]) == 0);
	for (size_t i = 0; i < TAKERS; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < TAKERS; i++) {
		for (size_t n = 0; n < TAKEN_EACH; n++) {
			assert_in_range(numbers[i][n], 1, TAKERS * TAKEN_EACH);
			assert_false(is_seen[numbers[i][n]]);
			is_seen[numbers[i][n]] = true;
		}
	}
}

static void a_restarted_server_leaves_a_gap_and_repeats_nothing(void **state)
{
	(void)state;
	assert_int_equal(tx_sequence(tx, "test.restart"), 1);
	assert_int_equal(tx_sequence(tx, "test.restart"), 2);
	sequences_stop();
	/* Blocks of one and of two were taken: one number is lost. */
	assert_int_equal(tx_sequence(tx, "test.restart"), 4);
	assert_int_equal(tx_sequence(tx, "test.other"), 1);
}

static void blocks_grow_with_the_demand(void **state)
{
	uint64_t last = 0;

	(void)state;
	for (uint32_t i = 0; i < 5000; i++)
		last = tx_sequence(tx, "test.busy");
	assert_int_equal(last, 5000);
	sequences_stop();
	/* 1 + 2 + 4 ... + 1024 are 2047, then blocks of 1024 until 5119. */
	assert_int_equal(tx_sequence(tx, "test.busy"), 5120);
}

static void names_may_come_by_the_day(void **state)
{
	char name[32];

	(void)state;
	for (uint32_t round = 0; round < 2; round++) {
		for (uint32_t day = 1; day <= 20; day++) {
			snprintf(name, sizeof(name), "test.day.%u", day);
			assert_int_equal(tx_sequence(tx, name), 3 * round + 1);
			assert_int_equal(tx_sequence(tx, name), 3 * round + 2);
		}
	}
}

static void a_failed_transaction_gets_no_number(void **state)
{
	(void)state;
	tx_fail(tx, TX_CONFLICT);
	assert_int_equal(tx_sequence(tx, "test.failed"), 0);
}

/* ---- leases ---- */

static void seize(int64_t held_until)
{
	tx_begin(other, arena);
	assert_int_equal(sql_lease_seize(other, (struct sql_lease_seize){
					 .name = STR("test"), .held_until = held_until }), 1);
	assert_int_equal(tx_commit(other), TX_OK);
}

static void a_lease_is_held_by_one_server_until_it_runs_out(void **state)
{
	(void)state;
	assert_true(lease_hold(tx, "test", 60));
	begin_again();
	assert_true(lease_hold(tx, "test", 60));
	begin_again();
	seize(clock_real() + CLOCK_MINUTE);
	assert_false(lease_hold(tx, "test", 60));
	assert_true(tx_ok(tx));
	begin_again();
	seize(clock_real() - 1);
	assert_true(lease_hold(tx, "test", 60));
	lease_release(tx, "test");
	begin_again();
}

static void nobody_takes_a_lease_in_the_middle_of_its_holders_transaction(void **state)
{
	(void)state;
	assert_true(lease_hold(tx, "test", 60));
	tx_begin(other, arena);
	sql_lock_wait(other, (struct sql_lock_wait){ .seconds = 0 });
	sql_lease_seize(other, (struct sql_lease_seize){ .name = STR("test") });
	assert_int_equal(tx_error(other), TX_RETRY);
	tx_rollback(other);
	tx_begin(other, arena);
	sql_lock_wait(other, (struct sql_lock_wait){ .seconds = 5 });
	assert_int_equal(tx_commit(other), TX_OK);
	assert_int_equal(tx_commit(tx), TX_OK);
}

/* A holder that has slept through its time works on what it believed, and must not commit. */
static void hold_and_write(struct tx *t, void *arg)
{
	bool *is_held = arg;

	*is_held = lease_hold(t, "test", 60);
	if (*is_held)
		sql_note_add_now(t, (struct sql_note_add_now){ .id = 1 });
}

static void a_deposed_holder_commits_nothing(void **state)
{
	struct sql_note_count_row row = { 0 };
	bool is_held = false;

	(void)state;
	assert_true(lease_hold(tx, "test", 0));
	begin_again();
	seize(clock_real() + CLOCK_MINUTE);
	assert_int_equal(tx_run(other, hold_and_write, &is_held), TX_OK);
	assert_false(is_held);
	assert_true(sql_note_count(tx, &row));
	assert_int_equal(row.n, 0);
}

/* ---- reference data ---- */

static uint32_t loads;

static const void *load_count(struct tx *t, struct arena *a)
{
	struct sql_note_count_row row = { 0 };
	uint64_t *n = arena_new_of(a, uint64_t);

	loads++;
	if (!sql_note_count(t, &row))
		return NULL;
	*n = row.n;
	return n;
}

static uint64_t served_count(const struct tx *t)
{
	const uint64_t *n = tx_snapshot(t);

	return n ? *n : UINT64_MAX;
}

static void new_reference_data_is_served_after_the_commit(void **state)
{
	(void)state;
	snapshot_set_loader(SNAPSHOT_MODULES, load_count);
	assert_null(tx_snapshot(tx));
	assert_true(snapshot_refresh(tx));
	begin_again();
	assert_int_equal(served_count(tx), 0);
	assert_int_equal(loads, 1);

	assert_true(snapshot_refresh(tx));
	begin_again();
	assert_int_equal(loads, 1);

	tx_begin(other, arena);
	sql_note_add_now(tx, (struct sql_note_add_now){ .id = 1 });
	tx_snapshot_changed(tx);
	begin_again();
	assert_int_equal(loads, 2);
	assert_int_equal(served_count(tx), 1);
	/* Who had begun before keeps what it had. */
	assert_int_equal(served_count(other), 0);
	tx_rollback(other);
	tx_begin(other, arena);
	assert_int_equal(served_count(other), 1);

	sql_note_clear(tx);
	tx_snapshot_changed(tx);
	tx_rollback(tx);
	tx_begin(tx, arena);
	assert_int_equal(served_count(tx), 1);
	assert_int_equal(loads, 2);
}

static void a_snapshot_can_be_pinned_without_a_transaction(void **state)
{
	(void)state;
	struct snapshot *s = snapshot_pin();

	assert_non_null(s);
	assert_ptr_equal(snapshot_part(s, SNAPSHOT_MODULES), tx_snapshot(tx));
	assert_null(snapshot_part(s, SNAPSHOT_AUTH));
	snapshot_unpin(s);
}

/* ---- schema ---- */

static void migrating_twice_changes_nothing(void **state)
{
	(void)state;
	assert_true(migrate_is_current());
	assert_true(migrate_up());
	assert_true(migrate_is_current());
}

static void a_missing_migration_is_applied_again_to_what_is_there(void **state)
{
	(void)state;
	assert_int_equal(sql_migration_drop(tx, (struct sql_migration_drop){ .number = 1 }), 1);
	begin_again();
	assert_false(migrate_is_current());
	assert_true(migrate_up());
	assert_true(migrate_is_current());
}

static void a_changed_migration_refuses(void **state)
{
	char sum[32] = "of another text";

	(void)state;
	sql_migration_falsify(tx, (struct sql_migration_falsify){
				  .number = 1, .sha256 = { sum, sizeof(sum) } });
	begin_again();
	assert_false(migrate_is_current());
	assert_false(migrate_up());
	sql_migration_drop(tx, (struct sql_migration_drop){ .number = 1 });
	begin_again();
	assert_true(migrate_up());
}

static void an_unknown_migration_refuses(void **state)
{
	(void)state;
	database_run("INSERT INTO server_migration (number, name, sha256, applied_at) "
		     "VALUES (9999, '9999_later', 'x', 0)");
	assert_false(migrate_is_current());
	assert_false(migrate_up());
	sql_migration_drop(tx, (struct sql_migration_drop){ .number = 9999 });
	begin_again();
	assert_true(migrate_is_current());
}

static void *migrate_on_a_thread(void *arg)
{
	bool *is_done = arg;

	store_thread_start();
	*is_done = migrate_up();
	store_thread_stop();
	return NULL;
}

static void two_servers_migrate_an_empty_schema_together(void **state)
{
	bool is_done[2] = { false, false };
	pthread_t threads[2];

	(void)state;
	tx_rollback(tx);
	sequences_stop();
	database_run("DROP TABLE server_migration, server_lease, server_sequence, "
		     "server_snapshot, server_test_clock");
	for (int i = 0; i < 2; i++)
		must(pthread_create(&threads[i], NULL, migrate_on_a_thread, &is_done[i]) == 0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_true(is_done[0]);
	assert_true(is_done[1]);
	assert_true(migrate_is_current());
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(numbers_are_unique_over_threads),
		TEST(a_restarted_server_leaves_a_gap_and_repeats_nothing),
		TEST(blocks_grow_with_the_demand),
		TEST(names_may_come_by_the_day),
		TEST(a_failed_transaction_gets_no_number),
		TEST(a_lease_is_held_by_one_server_until_it_runs_out),
		TEST(nobody_takes_a_lease_in_the_middle_of_its_holders_transaction),
		TEST(a_deposed_holder_commits_nothing),
		TEST(new_reference_data_is_served_after_the_commit),
		TEST(a_snapshot_can_be_pinned_without_a_transaction),
		TEST(migrating_twice_changes_nothing),
		TEST(a_missing_migration_is_applied_again_to_what_is_there),
		TEST(a_changed_migration_refuses),
		TEST(an_unknown_migration_refuses),
		TEST(two_servers_migrate_an_empty_schema_together),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
