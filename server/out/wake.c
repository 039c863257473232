/* The one place where workers and the sending side meet, under a lock of its own. */
#include "out/wake.h"

#include <pthread.h>

#include "attr.h"
#include "base/loop.h"

static struct {
	pthread_mutex_t lock;
	struct wakes found;
	void (*fn)(const struct wakes *wakes);	/* NULL: nobody listens */
	bool is_posted;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void deliver(void *arg UNUSED)
{
	pthread_mutex_lock(&state.lock);
	struct wakes taken = state.found;
	void (*fn)(const struct wakes *wakes) = state.fn;

	state.found = (struct wakes){ 0 };
	state.is_posted = false;
	pthread_mutex_unlock(&state.lock);
	if (fn)
		fn(&taken);
}

/* One more turn through the queue: answers to those who wait for the commit go first. */
static void deliver_later(void *arg UNUSED)
{
	loop_post(deliver, NULL);
}

static void note(struct wakes *found, uint64_t endpoint_id)
{
	size_t at = 0;

	if (endpoint_id == 0) {
		found->is_refresh = true;
		return;
	}
	while (at < found->n && found->ids[at] != endpoint_id)
		at++;
	if (at == WAKES_MOST)
		found->is_overrun = true;
	else if (at == found->n)
		found->ids[found->n++] = endpoint_id;
}

/* The lock is not held while posting: the loop's own lock stays the inner one of nobody. */
void wake(uint64_t endpoint_id)
{
	pthread_mutex_lock(&state.lock);
	bool is_first = state.fn && !state.is_posted;

	note(&state.found, endpoint_id);
	state.is_posted |= is_first;
	pthread_mutex_unlock(&state.lock);
	if (is_first)
		loop_post(deliver_later, NULL);
}

static void listen_with(void (*fn)(const struct wakes *wakes))
{
	pthread_mutex_lock(&state.lock);
	state.fn = fn;
	pthread_mutex_unlock(&state.lock);
}

void wake_begin(void (*fn)(const struct wakes *wakes))
{
	listen_with(fn);
}

void wake_end(void)
{
	listen_with(NULL);
}
