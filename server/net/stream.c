/*
 * Sending spools. evhttp learns nothing of the pieces: its callbacks are put back before the
 * last one is written, and from then on it is an answer like any other.
 */
#include "net/stream.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>

#include "base/loop.h"
#include "base/spool_file.h"
#include "bounds.h"
#include "clock.h"
#include "must.h"

enum { PIECE_BYTES = KIB(128) };

struct stream {
	struct bufferevent *bev;
	struct spool *spool;
	struct loop_timer *timer;	/* next piece, or a reader that stands still */
	struct stream_owner owner;
	bufferevent_data_cb on_write;	/* as they were */
	bufferevent_event_cb on_event;
	void *callback_arg;
	uint64_t sent;
	bool is_due;			/* the output is empty: a piece may follow */
};

static void piece_gone(struct bufferevent *bev, void *arg)
{
	struct stream *s = arg;

	(void)bev;
	s->is_due = true;
	loop_timer_set(s->timer, 0);
}

static void client_gone(struct bufferevent *bev, short what, void *arg)
{
	struct stream *s = arg;

	(void)bev;
	(void)what;
	s->owner.broken(s->owner.arg);
}

/* False: the file cannot be read. */
static bool add_piece(struct stream *s)
{
	struct evbuffer *output = bufferevent_get_output(s->bev);
	uint64_t left = spool_size(s->spool) - s->sent;
	size_t n = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;
	struct evbuffer_iovec room;

	if (n == 0)
		return true;
	must(evbuffer_reserve_space(output, (ev_ssize_t)n, &room, 1) == 1);
	if (spool_read(s->spool, s->sent, room.iov_base, n) != (int64_t)n)
		return false;
	room.iov_len = n;
	must(evbuffer_commit_space(output, &room, 1) == 0);
	s->sent += n;
	return true;
}

static void go_on(void *arg)
{
	struct stream *s = arg;

	if (!s->is_due || !add_piece(s)) {
		s->owner.broken(s->owner.arg);
		return;
	}
	s->is_due = false;
	if (s->sent < spool_size(s->spool)) {
		loop_timer_set(s->timer, LIMIT_REPLY_SECONDS * CLOCK_SECOND);
		return;
	}
	bufferevent_setcb(s->bev, NULL, s->on_write, s->on_event, s->callback_arg);
	s->owner.ended(s->owner.arg);
}

struct stream *stream_new(struct bufferevent *bev, struct spool *spool,
			  const struct stream_owner *owner)
{
	struct stream *s = calloc(1, sizeof(*s));

	must(s);
	s->bev = bev;
	s->spool = spool;
	s->owner = *owner;
	s->timer = loop_timer_new(go_on, s);
	bufferevent_getcb(bev, NULL, &s->on_write, &s->on_event, &s->callback_arg);
	bufferevent_setcb(bev, NULL, piece_gone, client_gone, s);
	loop_timer_set(s->timer, LIMIT_REPLY_SECONDS * CLOCK_SECOND);
	return s;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	loop_timer_free(s->timer);
	spool_free(s->spool);
	free(s);
}
