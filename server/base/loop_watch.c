/* Descriptors that somebody else reads and writes: outgoing connections, resolvers. */
#include "base/loop.h"

#include "must.h"

#include <event2/event.h>
#include <stdlib.h>

struct loop_watch {
	struct event *event;
	void (*fn)(void *arg, bool can_read, bool can_write);
	void *arg;
	int fd;
	short what;	/* EV_READ, EV_WRITE or both; 0: nothing */
};

static void ready(evutil_socket_t fd UNUSED, short what, void *arg)
{
	struct loop_watch *w = arg;

	w->fn(w->arg, what & EV_READ, what & EV_WRITE);
}

struct loop_watch *loop_watch_new(int fd, void (*fn)(void *arg, bool can_read, bool can_write),
				  void *arg)
{
	struct loop_watch *w = malloc(sizeof(*w));

	must(loop_thread() && w != NULL);
	*w = (struct loop_watch){ .fn = fn, .arg = arg, .fd = fd };
	w->event = event_new(loop_base(), fd, 0, ready, w);
	must(w->event != NULL);
	return w;
}

void loop_watch_set(struct loop_watch *w, bool read, bool write)
{
	short what = (short)((read ? EV_READ : 0) | (write ? EV_WRITE : 0));

	/* An equal mask costs no system call; most calls are. */
	if (what == w->what)
		return;
	must(loop_thread());
	must(event_del(w->event) == 0);
	w->what = what;
	if (what == 0)
		return;
	must(event_assign(w->event, loop_base(), w->fd, (short)(what | EV_PERSIST), ready, w) == 0);
	must(event_add(w->event, NULL) == 0);
}

void loop_watch_free(struct loop_watch *w)
{
	if (!w)
		return;
	must(loop_thread());
	event_free(w->event);
	free(w);
}
