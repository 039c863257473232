/* The event loop: order of posts, timers, signals, stopping. */
#include "base/loop.h"

#include "clock.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { POSTS = 20000 };

static int64_t next_expected;
static int64_t numbers[POSTS];

static void expect_next(void *arg)
{
	assert_true(loop_thread());
	assert_int_equal(*(int64_t *)arg, next_expected);
	next_expected++;
}

static void *post_all(void *arg)
{
	(void)arg;
	assert_false(loop_thread());
	for (int64_t i = 0; i < POSTS; i++) {
		numbers[i] = i;
		loop_post(expect_next, &numbers[i]);
	}
	loop_stop();
	return NULL;
}

static void posts_of_another_thread_run_in_order_before_the_stop(void **state)
{
	pthread_t thread;

	(void)state;
	next_expected = 0;
	loop_start();
	assert_int_equal(pthread_create(&thread, NULL, post_all, NULL), 0);
	loop_run();
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(next_expected, POSTS);
	loop_free();
}

static int fired[4];
static int fired_count;

static void note(void *arg)
{
	fired[fired_count++] = *(int *)arg;
}

static void note_and_stop(void *arg)
{
	note(arg);
	loop_stop();
}

static void timers_fire_by_delay_and_not_when_stopped(void **state)
{
	static int ids[] = { 1, 2, 3 };
	struct loop_timer *late, *early, *never;
	int64_t start = clock_monotonic();

	(void)state;
	fired_count = 0;
	loop_start();
	late = loop_timer_new(note_and_stop, &ids[0]);
	early = loop_timer_new(note, &ids[1]);
	never = loop_timer_new(note, &ids[2]);
	loop_timer_set(late, 60000);
	loop_timer_set(early, -5);
	loop_timer_set(never, 1000);
	loop_timer_stop(never);
	loop_run();
	assert_int_equal(fired_count, 2);
	assert_int_equal(fired[0], 2);
	assert_int_equal(fired[1], 1);
	assert_true(clock_monotonic() - start >= 50000);
	loop_timer_free(late);
	loop_timer_free(early);
	loop_timer_free(never);
	loop_timer_free(NULL);
	loop_free();
}

static void stop_by_signal(int number, void *arg)
{
	*(int *)arg = number;
	loop_stop();
}

static void raise_signal(void *arg)
{
	(void)arg;
	assert_int_equal(raise(SIGUSR1), 0);
}

static void signals_arrive_on_the_loop(void **state)
{
	int got = 0;

	(void)state;
	loop_start();
	loop_signal(SIGUSR1, stop_by_signal, &got);
	loop_post(raise_signal, NULL);
	loop_run();
	assert_int_equal(got, SIGUSR1);
	loop_free();
}

static void post_once_more(void *arg)
{
	(void)arg;
	loop_post(note, arg);
}

static void a_post_made_by_a_last_post_still_runs(void **state)
{
	static int id = 9;

	(void)state;
	fired_count = 0;
	loop_start();
	loop_stop();
	loop_post(post_once_more, &id);
	loop_run();
	assert_int_equal(fired_count, 1);
	loop_post(note, &id);
	loop_free();
	assert_int_equal(fired_count, 1);
	assert_false(loop_thread());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posts_of_another_thread_run_in_order_before_the_stop),
		cmocka_unit_test(timers_fire_by_delay_and_not_when_stopped),
		cmocka_unit_test(signals_arrive_on_the_loop),
		cmocka_unit_test(a_post_made_by_a_last_post_still_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
