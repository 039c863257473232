/*
 * Transactions on a real database: what each kind of statement does, how writes are deferred
 * and grouped, and how errors end a transaction.
 */
#include "must.h"
#include "sql/transactions_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

static int empty(void **state)
{
	(void)state;
	tx_rollback(tx);
	tx_rollback(other);
	tx_begin(tx, arena);
	sql_note_clear(tx);
	assert_int_equal(tx_commit(tx), TX_OK);
	tx_begin(tx, arena);
	return 0;
}

static struct sql_note_add note(uint64_t id)
{
	return (struct sql_note_add){
		.id = id,
		.title = STR("title"),
		.level = 7,
		.at = -5,
	};
}

static void begin_again(void)
{
	assert_int_equal(tx_commit(tx), TX_OK);
	tx_begin(tx, arena);
}

static uint64_t count_in(struct tx *t)
{
	struct sql_note_count_row row = { 0 };

	assert_true(sql_note_count(t, &row));
	return row.n;
}

/* Of committed notes, seen from outside. */
static uint64_t count_outside(void)
{
	tx_begin(other, arena);
	uint64_t n = count_in(other);
	assert_int_equal(tx_commit(other), TX_OK);
	return n;
}

static void assert_text(struct str s, const char *expected)
{
	assert_int_equal(s.n, strlen(expected));
	assert_memory_equal(s.p, expected, s.n);
}

static void one_gives_the_row_or_false(void **state)
{
	struct sql_note_load_row row = { 0 };

	(void)state;
	assert_false(sql_note_load(tx, (struct sql_note_load){ .id = 1 }, &row));
	assert_true(tx_ok(tx));
	sql_note_add(tx, note(1));
	assert_true(sql_note_load(tx, (struct sql_note_load){ .id = 1 }, &row));
	assert_text(row.title, "title");
	assert_null(row.note.p);
	assert_null(row.photo.p);
	assert_int_equal(row.level, 7);
	assert_false(row.is_open);
	assert_int_equal(row.at, -5);
	assert_int_equal(row.version, 1);
}

static void texts_come_back_byte_for_byte(void **state)
{
	static const char bytes[] = "\0\xff'\\\"%\n";
	struct sql_note_load_row row = { 0 };
	char *large = malloc(300000);

	(void)state;
	must(large != NULL);
	memset(large, 'x', 300000);
	/* 1 goes alone, 2 to 4 as an array. */
	for (uint64_t id = 1; id <= 4; id++) {
		struct sql_note_add in = note(id);

		in.title = STR("\xe8\x81\x94\xe5\x8a\xa8 \xf0\x9f\x93\x9e");
		in.note = (struct str){ large, id == 4 ? 0 : 300000 };
		if (id == 3)
			in.note = STR_NONE;
		in.photo = (struct str){ bytes, sizeof(bytes) };
		in.is_open = true;
		in.at = INT64_MIN;
		in.level = UINT32_MAX;
		sql_note_add(tx, in);
		if (id == 1)
			tx_flush(tx);
	}
	for (uint64_t id = 1; id <= 4; id++) {
		assert_true(sql_note_load(tx, (struct sql_note_load){ .id = id }, &row));
		assert_text(row.title, "\xe8\x81\x94\xe5\x8a\xa8 \xf0\x9f\x93\x9e");
		assert_int_equal(row.photo.n, sizeof(bytes));
		assert_memory_equal(row.photo.p, bytes, sizeof(bytes));
		assert_true(row.is_open);
		assert_true(row.at == INT64_MIN);
		assert_int_equal(row.level, UINT32_MAX);
		if (id == 3) {
			assert_null(row.note.p);
		} else if (id == 4) {
			assert_non_null(row.note.p);
			assert_int_equal(row.note.n, 0);
		} else {
			assert_int_equal(row.note.n, 300000);
			assert_memory_equal(row.note.p, large, 300000);
		}
	}
	free(large);
}

static void many_gives_all_rows_in_order_while_other_statements_run(void **state)
{
	struct sql_note_list_row row = { 0 }, inner = { 0 };
	uint64_t seen = 0;

	(void)state;
	for (uint64_t id = 1; id <= 5; id++)
		sql_note_add(tx, note(id));
	struct rows *it = sql_note_list(tx, (struct sql_note_list){ .level = 0 });
	while (sql_note_list_next(it, &row)) {
		struct rows *nested = sql_note_list(tx, (struct sql_note_list){ .level = 7 });

		assert_true(sql_note_list_next(nested, &inner));
		assert_int_equal(inner.id, 1);
		assert_int_equal(row.id, ++seen);
		assert_text(row.title, "title:level");
	}
	assert_int_equal(seen, 5);
	it = sql_note_list(tx, (struct sql_note_list){ .level = 8 });
	assert_false(sql_note_list_next(it, &row));
	assert_true(tx_ok(tx));
}

static void exec_counts_rows_matched_even_if_nothing_changes(void **state)
{
	(void)state;
	sql_note_add(tx, note(1));
	sql_note_add(tx, note(2));
	assert_int_equal(sql_note_level_all(tx, (struct sql_note_level_all){ .level = 7 }), 2);
	assert_int_equal(sql_note_level_all(tx, (struct sql_note_level_all){ .level = 7 }), 2);
}

static void a_sum_arrives_as_a_number(void **state)
{
	struct sql_note_sum_row row = { 0 };

	(void)state;
	assert_true(sql_note_sum(tx, &row));
	assert_int_equal(row.total, 0);
	for (uint64_t id = 1; id <= 3; id++) {
		struct sql_note_add in = note(id);

		in.level = UINT32_MAX;
		sql_note_add(tx, in);
	}
	assert_true(sql_note_sum(tx, &row));
	assert_true(row.total == 3 * (uint64_t)UINT32_MAX);
}

static void writes_wait_for_the_commit_and_are_durable_after_it(void **state)
{
	(void)state;
	sql_note_add(tx, note(1));
	assert_int_equal(count_outside(), 0);
	assert_int_equal(tx_commit(tx), TX_OK);
	assert_int_equal(count_outside(), 1);
}

static void rollback_leaves_nothing(void **state)
{
	(void)state;
	sql_note_add(tx, note(1));
	tx_flush(tx);
	sql_note_add(tx, note(2));
	tx_rollback(tx);
	assert_int_equal(count_outside(), 0);
	tx_begin(tx, arena);
	begin_again();
	assert_int_equal(count_outside(), 0);
}

static void what_was_kept_stays_when_the_rest_is_undone(void **state)
{
	(void)state;
	sql_note_add(tx, note(1));
	assert_true(tx_keep(tx));
	assert_int_equal(count_outside(), 1);
	sql_note_add(tx, note(2));
	tx_rollback(tx);
	assert_int_equal(count_outside(), 1);
	tx_begin(tx, arena);
}

static void what_has_failed_is_not_kept(void **state)
{
	(void)state;
	sql_note_add(tx, note(1));
	tx_fail(tx, TX_RETRY);
	assert_false(tx_keep(tx));
	assert_int_equal(tx_error(tx), TX_RETRY);
	assert_int_equal(count_outside(), 0);
	tx_rollback(tx);
	tx_begin(tx, arena);
	sql_note_add(tx, note(2));
	begin_again();
	sql_note_add(tx, note(2));
	assert_false(tx_keep(tx));
	assert_int_equal(tx_error(tx), TX_DUPLICATE);
	tx_rollback(tx);
	tx_begin(tx, arena);
}

static void many_writes_of_one_statement_travel_together(void **state)
{
	struct sql_questions_row before = { 0 }, after = { 0 };

	(void)state;
	/* Both statements are prepared by now or here. */
	sql_note_add(tx, note(1000));
	sql_note_add(tx, note(1001));
	sql_note_move(tx, (struct sql_note_move){ .id = 1000, .version = 1, .level = 1 });
	sql_note_move(tx, (struct sql_note_move){ .id = 1001, .version = 1, .level = 1 });
	assert_true(sql_questions(tx, &before));
	for (uint64_t id = 1; id <= 64; id++) {
		sql_note_add(tx, note(id));
		sql_note_move(tx, (struct sql_note_move){ .id = id, .version = 1, .level = 9 });
	}
	assert_true(sql_questions(tx, &after));
	/* Two arrays and the question itself; the server counts an UPDATE once per row. */
	assert_in_range(after.n - before.n, 3, 3 + 64);
	assert_int_equal(count_in(tx), 66);
}

static void groups_go_out_in_the_order_of_their_first_use(void **state)
{
	struct sql_note_load_row row = { 0 };

	(void)state;
	/* The second addition joins the first group, before the removal of what it adds. */
	sql_note_add(tx, note(1));
	sql_note_move(tx, (struct sql_note_move){ .id = 2, .version = 1, .level = 3 });
	sql_note_add(tx, note(2));
	sql_note_remove(tx, (struct sql_note_remove){ .id = 1 });
	begin_again();
	assert_int_equal(count_in(tx), 1);
	assert_true(sql_note_load(tx, (struct sql_note_load){ .id = 2 }, &row));
	assert_int_equal(row.level, 3);
	assert_int_equal(row.version, 2);
}

static void more_rows_than_fit_one_array_are_all_written(void **state)
{
	char *large = malloc(700000);

	(void)state;
	must(large != NULL);
	memset(large, 'y', 700000);
	for (uint64_t id = 1; id <= 2500; id++) {
		struct sql_note_add in = note(id);

		in.note = (struct str){ large, id % 250 ? 10 : 700000 };
		sql_note_add(tx, in);
	}
	assert_int_equal(tx_commit(tx), TX_OK);
	assert_int_equal(count_outside(), 2500);
	free(large);
}

static void a_write_that_matches_no_row_is_a_conflict(void **state)
{
	(void)state;
	sql_note_add(tx, note(1));
	begin_again();
	sql_note_move(tx, (struct sql_note_move){ .id = 1, .version = 1, .level = 2 });
	begin_again();
	sql_note_move(tx, (struct sql_note_move){ .id = 1, .version = 1, .level = 3 });
	assert_true(tx_ok(tx));
	assert_int_equal(tx_commit(tx), TX_CONFLICT);
}

static void one_conflict_in_an_array_undoes_the_whole(void **state)
{
	struct sql_note_load_row row = { 0 };

	(void)state;
	for (uint64_t id = 1; id <= 10; id++)
		sql_note_add(tx, note(id));
	begin_again();
	for (uint64_t id = 1; id <= 10; id++)
		sql_note_move(tx, (struct sql_note_move){
					  .id = id, .version = id == 6 ? 2 : 1, .level = 1 });
	assert_int_equal(tx_commit(tx), TX_CONFLICT);
	tx_begin(tx, arena);
	assert_true(sql_note_load(tx, (struct sql_note_load){ .id = 1 }, &row));
	assert_int_equal(row.level, 7);
}

static void a_duplicate_is_told_apart_and_stays(void **state)
{
	struct sql_note_load_row row = { 0 };

	(void)state;
	sql_note_add(tx, note(1));
	begin_again();
	for (uint64_t id = 3; id >= 1; id--)
		sql_note_add(tx, note(id));
	tx_flush(tx);
	assert_int_equal(tx_error(tx), TX_DUPLICATE);
	/* From here on nothing is asked, nothing is sent, and the first error stays. */
	assert_false(sql_note_load(tx, (struct sql_note_load){ .id = 1 }, &row));
	assert_int_equal(sql_note_level_all(tx, (struct sql_note_level_all){ .level = 1 }), 0);
	sql_note_add(tx, note(9));
	tx_fail(tx, TX_CONFLICT);
	assert_int_equal(tx_commit(tx), TX_DUPLICATE);
	assert_int_equal(count_outside(), 1);
}

static void an_absent_text_is_refused_where_one_must_be(void **state)
{
	struct sql_note_add in = note(1);

	(void)state;
	in.title = STR_NONE;
	sql_note_add(tx, in);
	assert_int_equal(tx_commit(tx), TX_BROKEN);
	assert_int_equal(count_outside(), 0);
}

static void a_null_number_is_our_mistake(void **state)
{
	struct sql_note_unfit_row row = { 0 };

	(void)state;
	assert_false(sql_note_unfit(tx, &row));
	assert_int_equal(tx_error(tx), TX_BROKEN);
}

static void rewind_takes_back_what_came_after_the_mark(void **state)
{
	(void)state;
	sql_note_add(tx, note(1));
	struct tx_mark mark = tx_mark(tx);
	sql_note_add(tx, note(2));
	sql_note_remove(tx, (struct sql_note_remove){ .id = 77 });
	sql_note_add(tx, note(3));
	assert_true(tx_rewind(tx, mark));
	sql_note_add(tx, note(4));
	begin_again();
	assert_int_equal(count_in(tx), 2);
}

static void rewind_allows_reads_but_not_what_was_sent(void **state)
{
	(void)state;
	sql_note_add(tx, note(1));
	struct tx_mark mark = tx_mark(tx);
	/* The read sends what was deferred before the mark, and nothing that came after. */
	assert_int_equal(count_in(tx), 1);
	sql_note_add(tx, note(2));
	assert_true(tx_rewind(tx, mark));
	sql_note_add(tx, note(3));
	assert_int_equal(count_in(tx), 2);
	assert_false(tx_rewind(tx, mark));
	mark = tx_mark(tx);
	sql_note_level_all(tx, (struct sql_note_level_all){ .level = 1 });
	assert_false(tx_rewind(tx, mark));
}

struct calls {
	char text[16];
	uint32_t n;
};
static struct calls calls;

static void call(void *arg)
{
	calls.text[calls.n++] = *(const char *)arg;
}

static void calls_after_commit_run_in_order_and_only_after_success(void **state)
{
	static char a = 'a', b = 'b', c = 'c';

	(void)state;
	calls = (struct calls){ 0 };
	tx_after_commit(tx, call, &a);
	struct tx_mark mark = tx_mark(tx);
	tx_after_commit(tx, call, &b);
	assert_true(tx_rewind(tx, mark));
	tx_after_commit(tx, call, &c);
	assert_int_equal(calls.n, 0);
	begin_again();
	assert_string_equal(calls.text, "ac");
	tx_after_commit(tx, call, &b);
	tx_rollback(tx);
	tx_begin(tx, arena);
	tx_after_commit(tx, call, &b);
	tx_fail(tx, TX_CONFLICT);
	assert_int_equal(tx_commit(tx), TX_CONFLICT);
	tx_begin(tx, arena);
	begin_again();
	assert_string_equal(calls.text, "ac");
}

static void a_consistent_view_stands_still_and_cannot_write(void **state)
{
	(void)state;
	sql_note_add(tx, note(1));
	begin_again();
	tx_begin(other, arena);
	tx_consistent_view(other);
	assert_int_equal(count_in(other), 1);
	sql_note_add(tx, note(2));
	begin_again();
	assert_int_equal(count_in(other), 1);
	sql_note_clear(other);
	assert_int_equal(tx_commit(other), TX_BROKEN);
	/* The next transaction of the same connection is an ordinary one again. */
	tx_begin(other, arena);
	assert_int_equal(count_in(other), 2);
	sql_note_add(tx, note(3));
	begin_again();
	assert_int_equal(count_in(other), 3);
	sql_note_clear(other);
	assert_int_equal(tx_commit(other), TX_OK);
}

/* Each takes one row, waits for the other to have its own, then wants that too. */
struct crossing {
	pthread_barrier_t both_have_one;
	pthread_mutex_t lock;
	uint32_t attempts;
};

struct walker {
	struct crossing *crossing;
	uint64_t first, second;
	bool has_met;
	enum tx_error error;
};

static void cross(struct tx *t, void *arg)
{
	struct walker *w = arg;

	pthread_mutex_lock(&w->crossing->lock);
	w->crossing->attempts++;
	pthread_mutex_unlock(&w->crossing->lock);
	sql_note_level_one(t, (struct sql_note_level_one){ .id = w->first, .level = 1 });
	if (!w->has_met)
		pthread_barrier_wait(&w->crossing->both_have_one);
	w->has_met = true;
	sql_note_level_one(t, (struct sql_note_level_one){ .id = w->second, .level = 2 });
}

static void *walk(void *arg)
{
	struct walker *w = arg;

	store_thread_start();
	struct tx *t = tx_new();
	w->error = tx_run(t, cross, w);
	tx_free(t);
	store_thread_stop();
	return NULL;
}

static void a_deadlock_is_run_again_and_both_succeed(void **state)
{
	struct crossing crossing = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct walker walkers[2] = {
		{ .crossing = &crossing, .first = 1, .second = 2 },
		{ .crossing = &crossing, .first = 2, .second = 1 },
	};
	pthread_t threads[2];

	(void)state;
	sql_note_add(tx, note(1));
	sql_note_add(tx, note(2));
	begin_again();
	pthread_barrier_init(&crossing.both_have_one, NULL, 2);
	for (int i = 0; i < 2; i++)
		must(pthread_create(&threads[i], NULL, walk, &walkers[i]) == 0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&crossing.both_have_one);
	assert_int_equal(walkers[0].error, TX_OK);
	assert_int_equal(walkers[1].error, TX_OK);
	assert_in_range(crossing.attempts, 3, 2 * LIMIT_RETRIES);
}

static void a_wait_for_a_lock_ends_as_retry(void **state)
{
	(void)state;
	sql_note_add(tx, note(1));
	begin_again();
	sql_note_level_one(tx, (struct sql_note_level_one){ .id = 1, .level = 5 });
	tx_begin(other, arena);
	sql_lock_wait(other, (struct sql_lock_wait){ .seconds = 0 });
	sql_note_level_one(other, (struct sql_note_level_one){ .id = 1, .level = 6 });
	assert_int_equal(tx_error(other), TX_RETRY);
	tx_rollback(other);
	tx_begin(other, arena);
	sql_lock_wait(other, (struct sql_lock_wait){ .seconds = 5 });
	assert_int_equal(tx_commit(other), TX_OK);
}

static void a_turn_is_one_transactions_until_it_ends(void **state)
{
	(void)state;
	tx_turn(tx, STR("of one"));
	tx_begin(other, arena);
	sql_lock_wait(other, (struct sql_lock_wait){ .seconds = 0 });
	tx_turn(other, STR("of another"));
	assert_true(tx_ok(other));
	tx_turn(other, STR("of one"));
	assert_int_equal(tx_error(other), TX_RETRY);
	tx_rollback(other);
	begin_again();
	tx_begin(other, arena);
	tx_turn(other, STR("of one"));
	sql_lock_wait(other, (struct sql_lock_wait){ .seconds = 5 });
	assert_int_equal(tx_commit(other), TX_OK);
}

static void retry_delays_are_spread_and_bounded(void **state)
{
	int64_t most = 0;

	(void)state;
	for (uint32_t i = 0; i < 200; i++) {
		int64_t first = tx_retry_delay(1), last = tx_retry_delay(8);

		assert_true(first >= 0 && first < 10000);
		assert_true(last >= 0 && last < 200000);
		most = last > most ? last : most;
	}
	assert_true(most > 100000);
}

#define TEST(name) cmocka_unit_test_setup(name, empty)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(one_gives_the_row_or_false),
		TEST(texts_come_back_byte_for_byte),
		TEST(many_gives_all_rows_in_order_while_other_statements_run),
		TEST(exec_counts_rows_matched_even_if_nothing_changes),
		TEST(a_sum_arrives_as_a_number),
		TEST(writes_wait_for_the_commit_and_are_durable_after_it),
		TEST(rollback_leaves_nothing),
		TEST(what_was_kept_stays_when_the_rest_is_undone),
		TEST(what_has_failed_is_not_kept),
		TEST(many_writes_of_one_statement_travel_together),
		TEST(groups_go_out_in_the_order_of_their_first_use),
		TEST(more_rows_than_fit_one_array_are_all_written),
		TEST(a_write_that_matches_no_row_is_a_conflict),
		TEST(one_conflict_in_an_array_undoes_the_whole),
		TEST(a_duplicate_is_told_apart_and_stays),
		TEST(an_absent_text_is_refused_where_one_must_be),
		TEST(a_null_number_is_our_mistake),
		TEST(rewind_takes_back_what_came_after_the_mark),
		TEST(rewind_allows_reads_but_not_what_was_sent),
		TEST(calls_after_commit_run_in_order_and_only_after_success),
		TEST(a_consistent_view_stands_still_and_cannot_write),
		TEST(a_deadlock_is_run_again_and_both_succeed),
		TEST(a_wait_for_a_lock_ends_as_retry),
		TEST(a_turn_is_one_transactions_until_it_ends),
		TEST(retry_delays_are_spread_and_bounded),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
