/*
 * Writes sent back to back: whatever becomes of one of them, the others' answers are read too,
 * nothing of a failed flush stays, and the connection goes on. The statements stand in the
 * order of their first use: most tests have something good before and after what goes wrong.
 */
#include "clock.h"
#include "must.h"
#include "sql/transactions_fixture.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

static struct sql_note_add note(uint64_t id)
{
	return (struct sql_note_add){ .id = id, .title = STR("title"), .level = 7, .at = -5 };
}

static void move(uint64_t id, uint32_t version)
{
	sql_note_move(tx, (struct sql_note_move){ .id = id, .version = version, .level = 1 });
}

static void remove_note(uint64_t id)
{
	sql_note_remove(tx, (struct sql_note_remove){ .id = id });
}

/* Notes 1 to 3, in a transaction of their own; then one is begun. */
static int three_notes(void **state)
{
	(void)state;
	tx_rollback(tx);
	tx_rollback(other);
	tx_begin(tx, arena);
	sql_note_clear(tx);
	for (uint64_t id = 1; id <= 3; id++)
		sql_note_add(tx, note(id));
	assert_int_equal(tx_commit(tx), TX_OK);
	tx_begin(tx, arena);
	return 0;
}

static struct sql_note_load_row load(uint64_t id)
{
	struct sql_note_load_row row = { 0 };

	assert_true(sql_note_load(tx, (struct sql_note_load){ .id = id }, &row));
	return row;
}

static uint64_t count(void)
{
	struct sql_note_count_row row = { 0 };

	assert_true(sql_note_count(tx, &row));
	return row.n;
}

/* The same connection serves the next transaction, which finds the three as they were. */
static void assert_untouched(void)
{
	tx_begin(tx, arena);
	assert_int_equal(count(), 3);
	for (uint64_t id = 1; id <= 3; id++) {
		struct sql_note_load_row row = load(id);

		assert_int_equal(row.level, 7);
		assert_int_equal(row.version, 1);
	}
	move(1, 1);
	sql_note_add(tx, note(4));
	remove_note(2);
	assert_int_equal(tx_commit(tx), TX_OK);
	tx_begin(tx, arena);
	assert_int_equal(count(), 3);
	assert_int_equal(load(1).version, 2);
	assert_int_equal(tx_commit(tx), TX_OK);
}

static void different_writes_of_one_flush_all_arrive(void **state)
{
	(void)state;
	move(1, 1);
	sql_note_add(tx, note(4));
	sql_note_add(tx, note(5));
	remove_note(2);
	assert_int_equal(tx_commit(tx), TX_OK);
	tx_begin(tx, arena);
	assert_int_equal(count(), 4);
	assert_int_equal(load(1).level, 1);
	assert_int_equal(load(5).level, 7);
}

static void the_writes_after_a_failed_one_are_undone_with_it(void **state)
{
	(void)state;
	move(1, 1);
	sql_note_add(tx, note(3));
	remove_note(2);
	tx_flush(tx);
	assert_int_equal(tx_error(tx), TX_DUPLICATE);
	/* The removal was on its way by then: until the rollback it holds its row. */
	tx_begin(other, arena);
	sql_lock_wait(other, (struct sql_lock_wait){ .seconds = 0 });
	sql_note_level_one(other, (struct sql_note_level_one){ .id = 2, .level = 9 });
	assert_int_equal(tx_error(other), TX_RETRY);
	tx_rollback(other);
	tx_begin(other, arena);
	sql_lock_wait(other, (struct sql_lock_wait){ .seconds = 5 });
	assert_int_equal(tx_commit(other), TX_OK);

	assert_int_equal(tx_commit(tx), TX_DUPLICATE);
	assert_untouched();
}

static void a_conflict_in_the_middle_undoes_the_whole(void **state)
{
	(void)state;
	sql_note_add(tx, note(4));
	move(1, 2);
	remove_note(2);
	assert_int_equal(tx_commit(tx), TX_CONFLICT);
	assert_untouched();
}

static void the_first_of_several_errors_counts(void **state)
{
	(void)state;
	move(1, 2);
	sql_note_add(tx, note(3));
	remove_note(77);
	assert_int_equal(tx_commit(tx), TX_CONFLICT);
	tx_begin(tx, arena);
	sql_note_add(tx, note(3));
	move(1, 2);
	remove_note(77);
	assert_int_equal(tx_commit(tx), TX_DUPLICATE);
	assert_untouched();
}

static void an_error_within_an_array_undoes_the_whole(void **state)
{
	(void)state;
	move(1, 1);
	for (uint64_t id = 2500; id >= 3; id--)
		sql_note_add(tx, note(id));
	remove_note(2);
	assert_int_equal(tx_commit(tx), TX_DUPLICATE);
	assert_untouched();
}

static void assert_same(struct str a, struct str b)
{
	assert_int_equal(a.p == NULL, b.p == NULL);
	assert_int_equal(a.n, b.n);
	if (a.n)
		assert_memory_equal(a.p, b.p, a.n);
}

/* Every type there is, with values at its ends; texts absent, empty, short and long. */
static struct sql_note_add varied(uint64_t id)
{
	static char large[70000];
	static const struct str texts[] = {
		{ NULL, 0 }, { "", 0 }, { "\xe8\x81\x94\xe5\x8a\xa8", 6 }, { large, 250 },
		{ large, 251 }, { large, 65536 },
	};
	enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

	memset(large, 'x', sizeof(large));
	return (struct sql_note_add){
		.id = id,
		.title = texts[1 + id % 2],
		.note = texts[id % 100 ? id % 5 : TEXTS - 1],
		.photo = texts[(id / 5) % 5],
		.level = id % 2 ? UINT32_MAX : 0,
		.is_open = id % 3 == 0,
		.at = id % 4 ? INT64_MIN : INT64_MAX,
	};
}

static void values_of_every_type_survive_between_other_writes(void **state)
{
	const uint64_t last = 2500;

	(void)state;
	move(1, 1);
	for (uint64_t id = 10; id <= last; id++)
		sql_note_add(tx, varied(id));
	remove_note(2);
	assert_int_equal(tx_commit(tx), TX_OK);
	tx_begin(tx, arena);
	assert_int_equal(count(), 2 + last - 9);
	for (uint64_t id = 10; id <= last; id += id < 200 ? 1 : 100) {
		struct sql_note_add in = varied(id);
		struct sql_note_load_row row = load(id);

		assert_same(row.title, in.title);
		assert_same(row.note, in.note);
		assert_same(row.photo, in.photo);
		assert_int_equal(row.level, in.level);
		assert_int_equal(row.is_open, in.is_open);
		assert_true(row.at == in.at);
	}
	/* Alone, each is a message of another kind than an array is. */
	for (uint64_t id = 10; id < 20; id++) {
		struct sql_note_add in = varied(id);
		struct sql_note_load_row row;

		in.id += 10000;
		sql_note_add(tx, in);
		move(1, (uint32_t)id - 8);
		row = load(in.id);
		assert_same(row.note, in.note);
		assert_same(row.photo, in.photo);
		assert_true(row.at == in.at);
	}
}

enum { STATEMENTS = 150 };
static struct db_statement additions[STATEMENTS];

/* One row by each of many statements: more messages than travel at once. */
static void add_by_many_statements(uint64_t first, size_t note_size)
{
	static char text[200000];

	memset(text, 'y', sizeof(text));
	for (uint64_t i = 0; i < STATEMENTS; i++) {
		struct sql_note_add in = note(first + i);

		additions[i] = sql_note_add_statement;
		in.note = (struct str){ text, note_size };
		db_write(tx, &additions[i], &in);
	}
}

static void more_messages_than_travel_at_once_all_arrive(void **state)
{
	(void)state;
	add_by_many_statements(100, 10);
	assert_int_equal(count(), 3 + STATEMENTS);
	add_by_many_statements(1000, 20000);
	assert_int_equal(count(), 3 + 2 * STATEMENTS);
	add_by_many_statements(2000, 200000);
	assert_int_equal(tx_commit(tx), TX_OK);
	tx_begin(tx, arena);
	assert_int_equal(count(), 3 + 3 * STATEMENTS);
}

static void an_error_ends_a_flush_of_many_messages(void **state)
{
	(void)state;
	sql_note_add(tx, note(170));
	add_by_many_statements(100, 10);
	assert_int_equal(tx_commit(tx), TX_DUPLICATE);
	assert_untouched();
}

static void *flush(void *arg)
{
	(void)arg;
	store_thread_start();
	tx_flush(tx);
	store_thread_stop();
	return NULL;
}

/* Until a transaction waits for a lock. */
static void wait_for_lock_wait(void)
{
	int64_t deadline = clock_monotonic() + 10 * CLOCK_SECOND;
	struct tx *watcher = tx_new();
	struct sql_lock_waits_row row = { 0 };

	while (row.n == 0) {
		must(clock_monotonic() < deadline);
		tx_begin(watcher, arena);
		assert_true(sql_lock_waits(watcher, &row));
		assert_int_equal(tx_commit(watcher), TX_OK);
		poll(NULL, 0, 20);
	}
	tx_free(watcher);
}

/* A flush whose second message of three waits for a row that `other` holds. */
static void flush_held_up(pthread_t *ret_thread)
{
	tx_begin(other, arena);
	sql_note_level_one(other, (struct sql_note_level_one){ .id = 1, .level = 7 });
	sql_note_add(tx, note(4));
	move(1, 1);
	remove_note(2);
	must(pthread_create(ret_thread, NULL, flush, NULL) == 0);
	wait_for_lock_wait();
}

static void a_flush_that_had_to_wait_arrives_whole(void **state)
{
	pthread_t thread;

	(void)state;
	flush_held_up(&thread);
	assert_int_equal(tx_commit(other), TX_OK);
	pthread_join(thread, NULL);
	assert_int_equal(tx_commit(tx), TX_OK);
	tx_begin(tx, arena);
	assert_int_equal(count(), 3);
	assert_int_equal(load(1).version, 2);
}

static void a_database_killed_under_a_flush_is_away_and_keeps_nothing(void **state)
{
	int64_t deadline = clock_monotonic() + 30 * CLOCK_SECOND;
	enum tx_error error = TX_AWAY;
	pthread_t thread;

	(void)state;
	flush_held_up(&thread);
	must(kill(database_pid(), SIGKILL) == 0);
	pthread_join(thread, NULL);
	assert_int_equal(tx_error(tx), TX_AWAY);
	assert_int_equal(tx_commit(tx), TX_AWAY);
	tx_rollback(other);
	while (error == TX_AWAY) {
		struct sql_note_count_row row = { 0 };

		must(clock_monotonic() < deadline);
		tx_begin(tx, arena);
		(void)!sql_note_count(tx, &row);
		error = tx_commit(tx);
		poll(NULL, 0, 20);
	}
	assert_int_equal(error, TX_OK);
	assert_untouched();
}

#define TEST(name) cmocka_unit_test_setup(name, three_notes)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(different_writes_of_one_flush_all_arrive),
		TEST(the_writes_after_a_failed_one_are_undone_with_it),
		TEST(a_conflict_in_the_middle_undoes_the_whole),
		TEST(the_first_of_several_errors_counts),
		TEST(an_error_within_an_array_undoes_the_whole),
		TEST(values_of_every_type_survive_between_other_writes),
		TEST(more_messages_than_travel_at_once_all_arrive),
		TEST(an_error_ends_a_flush_of_many_messages),
		TEST(a_flush_that_had_to_wait_arrives_whole),
		TEST(a_database_killed_under_a_flush_is_away_and_keeps_nothing),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
