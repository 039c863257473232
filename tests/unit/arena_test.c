/* The arena: alignment, zeroing, marks, deferred calls and the cap. */
#include "arena.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void every_piece_is_aligned_zeroed_and_its_own(void **state)
{
	struct arena *a = arena_new(1024 * 1024);
	unsigned char *pieces[200];

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		size_t n = i * 7;

		pieces[i] = arena_alloc(a, n);
		assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(pieces[i][k], 0);
		memset(pieces[i], (int)i, n);
	}
	for (size_t i = 0; i < 200; i++) {
		for (size_t k = 0; k < i * 7; k++)
			assert_int_equal(pieces[i][k], i);
	}
	arena_free(a);
}

static void rewinding_gives_memory_back_zeroed_again(void **state)
{
	struct arena *a = arena_new(64 * 1024);

	(void)state;
	for (int round = 0; round < 100; round++) {
		struct arena_mark mark = arena_mark(a);

		for (int i = 0; i < 4; i++) {
			unsigned char *p = arena_alloc(a, 10000);

			assert_int_equal(p[0] | p[9999], 0);
			memset(p, 0xee, 10000);
		}
		arena_rewind(a, mark);
	}
	arena_free(a);
}

static int order[8];
static int ran;

static void note(void *p)
{
	order[ran++] = *(int *)p;
}

static void deferred_calls_run_newest_first_and_only_when_rewound_over(void **state)
{
	static int numbers[] = { 1, 2, 3, 4 };
	struct arena *a = arena_new(1024 * 1024);

	(void)state;
	ran = 0;
	arena_defer(a, note, &numbers[0]);
	struct arena_mark mark = arena_mark(a);

	arena_defer(a, note, &numbers[1]);
	assert_non_null(arena_alloc(a, 100000));
	arena_defer(a, note, &numbers[2]);
	arena_rewind(a, mark);
	assert_int_equal(ran, 2);
	assert_int_equal(order[0], 3);
	assert_int_equal(order[1], 2);
	arena_defer(a, note, &numbers[3]);
	arena_free(a);
	assert_int_equal(ran, 4);
	assert_int_equal(order[2], 4);
	assert_int_equal(order[3], 1);
	arena_free(NULL);
}

static void copies_keep_absence_and_end_in_nul(void **state)
{
	struct arena *a = arena_new(64 * 1024);
	struct str s = arena_str(a, STR("abc")), f = arena_printf(a, "%d/%s", 42, "x");

	(void)state;
	assert_true(str_is(s, "abc") && s.p[3] == '\0');
	assert_true(str_is(f, "42/x") && f.p[4] == '\0');
	assert_null(arena_str(a, STR_NONE).p);
	assert_non_null(arena_str(a, STR("")).p);
	arena_free(a);
}

/* The signal that ends a child which takes `n` bytes from an arena of this cap. */
static int signal_of_taking(size_t cap, size_t n, int times)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct arena *a = arena_new(cap);

		(void)signal(SIGABRT, SIG_DFL);
		(void)close(STDERR_FILENO);
		for (int i = 0; i < times; i++)
			assert_non_null(arena_alloc(a, n));
		arena_free(a);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void the_cap_can_be_used_up_but_not_passed(void **state)
{
	(void)state;
	assert_int_equal(signal_of_taking(100000, 1000, 95), 0);
	assert_int_equal(signal_of_taking(100000, 1000, 101), SIGABRT);
	assert_int_equal(signal_of_taking(100000, 100001, 1), SIGABRT);
	assert_int_equal(signal_of_taking(100000, SIZE_MAX, 1), SIGABRT);
	assert_int_equal(signal_of_taking(64, 64, 1), 0);
	assert_int_equal(signal_of_taking(64, 64, 2), SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_piece_is_aligned_zeroed_and_its_own),
		cmocka_unit_test(rewinding_gives_memory_back_zeroed_again),
		cmocka_unit_test(deferred_calls_run_newest_first_and_only_when_rewound_over),
		cmocka_unit_test(copies_keep_absence_and_end_in_nul),
		cmocka_unit_test(the_cap_can_be_used_up_but_not_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
