/*
 * Streams of messages to browsers (include/live.h) on the loop: connections that were
 * answered and stay. A stream has no thread and no request any more; one piece of work at a
 * time (live_tail.h) reads the journal for all of them, judges each message once for each kind
 * of reader, and looks whether their sessions still stand.
 *
 * Threads: loop thread only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct bufferevent;
struct http_connection;
struct live_stream;
struct req;

/* Made by the handler, in the request's arena: how a stream begins. */
struct live_opening {
	uint64_t position;	/* the last message the browser has */
	bool is_reset;		/* it shall begin anew: what it missed is not kept any more */
};

void live_start(void);
/* When the last connection is gone. */
void live_stop(void);

/* False after an answer that says why there is no room for one more of this request's actor. */
bool live_has_room(struct req *r);
/*
 * The head of the answer lies in the output: takes over the connection's callbacks until it is
 * closed, which it asks for by close_it(). What the client sends is thrown away.
 */
struct live_stream *live_open(const struct req *r, struct bufferevent *bev,
			      struct http_connection *connection,
			      void (*close_it)(struct http_connection *connection));
/* The connection is being closed; NULL is allowed. */
void live_closed(struct live_stream *s);
/* Ends all streams, each with a time of its own at which to come back; none is opened any more. */
void live_drain(void);
