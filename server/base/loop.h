/*
 * The one event loop: sockets, timers and what other threads hand over. Its thread must never
 * block. Workers reach it by loop_post() only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct loop_timer;
struct loop_watch;

/* Made on the main thread, which becomes the loop thread. */
void loop_start(void);
/* Returns after loop_stop() and after what had been posted by then has run. */
void loop_run(void);
/* Any thread, also before loop_run(). */
void loop_stop(void);
/* What is posted after loop_run() returned is dropped here: stop the other threads before. */
void loop_free(void);
struct event_base *loop_base(void);
/* True on the loop thread. */
bool loop_thread(void);
/* Any thread: fn(arg) will run on the loop thread, in the order of posting. */
void loop_post(void (*fn)(void *arg), void *arg);
/* Loop thread. One shot after `delay` microseconds; the timer is made stopped. */
struct loop_timer *loop_timer_new(void (*fn)(void *arg), void *arg);
void loop_timer_set(struct loop_timer *t, int64_t delay);
void loop_timer_stop(struct loop_timer *t);
void loop_timer_free(struct loop_timer *t);
/* fn(signal number, arg) on the loop thread; before loop_run(). */
void loop_signal(int signal_number, void (*fn)(int signal_number, void *arg), void *arg);

/*
 * Readiness of a descriptor, level-triggered, until loop_watch_set() says otherwise; made with
 * nothing watched. fn may free its own watch. Free it before the descriptor is closed: a number
 * that came back as another socket would inherit it. Loop thread (loop_watch.c).
 */
struct loop_watch *loop_watch_new(int fd, void (*fn)(void *arg, bool can_read, bool can_write),
				  void *arg);
void loop_watch_set(struct loop_watch *w, bool read, bool write);
void loop_watch_free(struct loop_watch *w);
