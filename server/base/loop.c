/*
 * The event loop on libevent. Other threads hand over calls through one locked list; an
 * eventfd wakes the loop, written only when the list was empty, so a burst costs one wake-up.
 */
#include "base/loop.h"

#include "must.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct posted {
	struct posted *next;
	void (*fn)(void *arg);
	void *arg;
};

struct loop_timer {
	struct event *event;
	void (*fn)(void *arg);
	void *arg;
};

struct loop_signal {
	struct loop_signal *next;
	struct event *event;
	void (*fn)(int signal_number, void *arg);
	void *arg;
};

static struct event_base *base;
static struct event *wake_event;
static struct loop_signal *signals;
static pthread_t thread;
static int wake_fd = -1;
static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static struct posted *queue_first, *queue_last;	/* under queue_lock */

/* Takes the whole list and runs it; what is posted meanwhile waits for the next turn. */
static bool run_posted(void)
{
	struct posted *p;

	pthread_mutex_lock(&queue_lock);
	p = queue_first;
	queue_first = queue_last = NULL;
	pthread_mutex_unlock(&queue_lock);
	if (!p)
		return false;
	while (p) {
		struct posted *next = p->next;

		p->fn(p->arg);
		free(p);
		p = next;
	}
	return true;
}

static void wake(evutil_socket_t fd, short what UNUSED, void *arg UNUSED)
{
	uint64_t count;
	ssize_t ignored UNUSED = read(fd, &count, sizeof(count));

	run_posted();
}

void loop_start(void)
{
	must(base == NULL);
	base = event_base_new();
	must(base != NULL);
	thread = pthread_self();
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	must(wake_fd >= 0);
	wake_event = event_new(base, wake_fd, EV_READ | EV_PERSIST, wake, NULL);
	must(wake_event != NULL && event_add(wake_event, NULL) == 0);
}

void loop_run(void)
{
	must(loop_thread());
	must(event_base_dispatch(base) == 0);
	/* Answers posted by workers on the way out still find everything in place. */
	while (run_posted())
		;
}

static void stop(void *arg UNUSED)
{
	must(event_base_loopbreak(base) == 0);
}

/* As a post, so that it works from any thread and before loop_run(). */
void loop_stop(void)
{
	loop_post(stop, NULL);
}

void loop_free(void)
{
	must(loop_thread());
	while (signals) {
		struct loop_signal *s = signals;

		signals = s->next;
		event_free(s->event);
		free(s);
	}
	event_free(wake_event);
	close(wake_fd);
	wake_fd = -1;
	event_base_free(base);
	base = NULL;
	libevent_global_shutdown();
	while (queue_first) {
		struct posted *p = queue_first;

		queue_first = p->next;
		free(p);
	}
	queue_last = NULL;
}

struct event_base *loop_base(void)
{
	return base;
}

bool loop_thread(void)
{
	return base && pthread_equal(pthread_self(), thread);
}

void loop_post(void (*fn)(void *arg), void *arg)
{
	static const uint64_t one = 1;
	struct posted *p = malloc(sizeof(*p));

	must(p != NULL);
	*p = (struct posted){ .fn = fn, .arg = arg };
	pthread_mutex_lock(&queue_lock);
	bool was_empty = queue_first == NULL;

	if (was_empty)
		queue_first = p;
	else
		queue_last->next = p;
	queue_last = p;
	/* Under the lock: loop_free() cannot close the descriptor in between. */
	if (was_empty && wake_fd >= 0)
		must(write(wake_fd, &one, sizeof(one)) == (ssize_t)sizeof(one));
	pthread_mutex_unlock(&queue_lock);
}

static void fire(evutil_socket_t fd UNUSED, short what UNUSED, void *arg)
{
	struct loop_timer *t = arg;

	t->fn(t->arg);
}

struct loop_timer *loop_timer_new(void (*fn)(void *arg), void *arg)
{
	struct loop_timer *t = malloc(sizeof(*t));

	must(loop_thread() && t != NULL);
	*t = (struct loop_timer){ .fn = fn, .arg = arg };
	t->event = event_new(base, -1, 0, fire, t);
	must(t->event != NULL);
	return t;
}

void loop_timer_set(struct loop_timer *t, int64_t delay)
{
	int64_t microseconds = delay > 0 ? delay : 0;
	struct timeval after = {
		.tv_sec = microseconds / 1000000,
		.tv_usec = microseconds % 1000000,
	};

	must(loop_thread());
	must(event_add(t->event, &after) == 0);
}

void loop_timer_stop(struct loop_timer *t)
{
	must(loop_thread());
	must(event_del(t->event) == 0);
}

void loop_timer_free(struct loop_timer *t)
{
	if (!t)
		return;
	must(loop_thread());
	event_free(t->event);
	free(t);
}

static void signal_came(evutil_socket_t number, short what UNUSED, void *arg)
{
	struct loop_signal *s = arg;

	s->fn((int)number, s->arg);
}

void loop_signal(int signal_number, void (*fn)(int signal_number, void *arg), void *arg)
{
	struct loop_signal *s = malloc(sizeof(*s));

	must(loop_thread() && s != NULL);
	*s = (struct loop_signal){ .next = signals, .fn = fn, .arg = arg };
	s->event = evsignal_new(base, signal_number, signal_came, s);
	must(s->event != NULL && event_add(s->event, NULL) == 0);
	signals = s;
}
