/*
 * How an answer leaves: status line, fields and body as the bytes of HTTP/1.1 (RFC 9112), a
 * short one as a single TLS record in a single system call.
 *
 * Threads: loop thread only.
 */
#pragma once

#include <stdbool.h>

#include "net/http.h"

struct bufferevent;
struct evbuffer;
struct guard_answer;

/*
 * Takes the reply over with its body; of a spool it writes the fields only, and the caller
 * sends the rest. is_last: the connection ends after it, and the client is told. is_at_once:
 * nothing on the call stack holds on to the connection's state, so the bytes may go to the
 * kernel here and now; when they did, the output of `bev` is empty afterwards.
 * Else they lie there and go out by themselves. Call with that output empty or holding no more
 * than an interim response (100), over TLS after the handshake.
 */
void wire_send(struct bufferevent *bev, const struct http_reply *reply, bool is_last,
	       bool is_at_once);
/* The whole answer to what the guard refused, as the last of its connection. */
void wire_refuse(struct evbuffer *output, const struct guard_answer *answer);
/* Gives the memory back that is kept between answers. */
void wire_stop(void);
