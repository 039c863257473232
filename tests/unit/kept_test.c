/*
 * Values kept for all transactions: made once, shared by threads, never freed under one who
 * uses them, and the longest unused first to go above the bound. No database is asked.
 */
#include "kept.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

#include "bounds.h"
#include "store/process.h"
#include "store/store.h"

enum { NOTHING = 999 };

static atomic_uint made;
static size_t claimed;		/* bytes a value says it takes */

struct value {
	uint64_t id;
	uint64_t numbers[64];
};

static const void *make_value(struct tx *tx, uint64_t id, struct arena *arena,
			      size_t *ret_bytes)
{
	struct value *v = arena_new_of(arena, struct value);

	(void)tx;
	atomic_fetch_add(&made, 1);
	if (id == NOTHING)
		return NULL;
	v->id = id;
	for (size_t i = 0; i < array_count(v->numbers); i++)
		v->numbers[i] = id * i;
	*ret_bytes = claimed;
	return v;
}

static const struct kept_kind kind = { "test", make_value };
static const struct kept_kind other_kind = { "other", make_value };

static int start(void **state)
{
	static const struct db_target nowhere = { .socket = "/nonexistent", .user = "nobody",
						  .database = "none" };

	(void)state;
	claimed = sizeof(struct value);
	store_start(&nowhere);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	store_stop();
	return kept_bytes() == 0 ? 0 : 1;
}

static int forget(void **state)
{
	(void)state;
	kept_stop();
	atomic_store(&made, 0);
	claimed = sizeof(struct value);
	return 0;
}

struct user {
	struct tx *tx;
	struct arena *arena;
	struct arena_mark mark;
};

static struct user user_begin(void)
{
	struct user u = { .tx = tx_new(), .arena = arena_new(MIB(1)) };

	u.mark = arena_mark(u.arena);
	tx_begin(u.tx, u.arena);
	return u;
}

static void user_end(struct user *u)
{
	tx_rollback(u->tx);
	arena_free(u->arena);
	tx_free(u->tx);
}

static void a_value_is_made_once_and_is_the_same_for_all(void **state)
{
	struct user one = user_begin(), other = user_begin();
	const struct value *v = tx_kept(one.tx, &kind, 7);

	(void)state;
	assert_ptr_equal(tx_kept(one.tx, &kind, 7), v);
	assert_ptr_equal(tx_kept(other.tx, &kind, 7), v);
	assert_int_equal(atomic_load(&made), 1);
	assert_int_equal(v->id, 7);
	user_end(&one);
	assert_int_equal(v->numbers[63], 7 * 63);
	user_end(&other);
}

static void kinds_have_ids_of_their_own(void **state)
{
	struct user u = user_begin();

	(void)state;
	assert_ptr_not_equal(tx_kept(u.tx, &kind, 1), tx_kept(u.tx, &other_kind, 1));
	assert_int_equal(atomic_load(&made), 2);
	user_end(&u);
}

static void nothing_is_not_kept(void **state)
{
	struct user u = user_begin();

	(void)state;
	assert_null(tx_kept(u.tx, &kind, NOTHING));
	assert_null(tx_kept(u.tx, &kind, NOTHING));
	assert_int_equal(atomic_load(&made), 2);
	assert_int_equal(kept_bytes(), 0);
	user_end(&u);
}

static void the_longest_unused_goes_first_above_the_bound(void **state)
{
	struct user u = user_begin();

	(void)state;
	claimed = LIMIT_KEPT_BYTES / 4;		/* three fit, with what each takes beside */
	for (uint64_t id = 1; id <= 3; id++) {
		(void)tx_kept(u.tx, &kind, id);
		arena_rewind(u.arena, u.mark);
	}
	(void)tx_kept(u.tx, &kind, 1);
	(void)tx_kept(u.tx, &kind, 4);		/* 2 has to go */
	assert_int_equal(atomic_load(&made), 4);
	assert_true(kept_bytes() <= LIMIT_KEPT_BYTES);
	(void)tx_kept(u.tx, &kind, 1);
	(void)tx_kept(u.tx, &kind, 3);
	assert_int_equal(atomic_load(&made), 4);
	arena_rewind(u.arena, u.mark);
	(void)tx_kept(u.tx, &kind, 2);
	assert_int_equal(atomic_load(&made), 5);
	user_end(&u);
}

static void what_is_used_stays_above_the_bound(void **state)
{
	struct user u = user_begin();
	const struct value *v[8];

	(void)state;
	claimed = LIMIT_KEPT_BYTES / 3;
	for (uint64_t id = 0; id < 8; id++)
		v[id] = tx_kept(u.tx, &kind, id);
	assert_true(kept_bytes() > 2 * LIMIT_KEPT_BYTES);
	for (uint64_t id = 0; id < 8; id++)
		assert_int_equal(v[id]->id, id);
	user_end(&u);
	assert_true(kept_bytes() <= LIMIT_KEPT_BYTES);
}

static void *use_many(void *arg)
{
	uint64_t seed = (uint64_t)(uintptr_t)arg;
	struct user u = user_begin();
	bool is_right = true;

	for (uint32_t round = 0; round < 3000; round++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		uint64_t id = seed >> 60;
		const struct value *v = tx_kept(u.tx, &kind, id);

		is_right &= v->id == id && v->numbers[63] == id * 63;
		if (round % 5 == 0)
			arena_rewind(u.arena, u.mark);
	}
	user_end(&u);
	return is_right ? arg : NULL;
}

static void threads_share_and_drop_values_without_harm(void **state)
{
	pthread_t threads[4];

	(void)state;
	claimed = LIMIT_KEPT_BYTES / 6;
	for (uintptr_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_many,
						(void *)(i + 1)), 0);
	for (uintptr_t i = 0; i < 4; i++) {
		void *result;

		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_ptr_equal(result, (void *)(i + 1));
	}
	assert_true(kept_bytes() <= LIMIT_KEPT_BYTES);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_value_is_made_once_and_is_the_same_for_all, forget),
		cmocka_unit_test_teardown(kinds_have_ids_of_their_own, forget),
		cmocka_unit_test_teardown(nothing_is_not_kept, forget),
		cmocka_unit_test_teardown(the_longest_unused_goes_first_above_the_bound, forget),
		cmocka_unit_test_teardown(what_is_used_stays_above_the_bound, forget),
		cmocka_unit_test_teardown(threads_share_and_drop_values_without_harm, forget),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
