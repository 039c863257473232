/*
 * Connections: evhttp behind the guard, over TLS. Every bound is here: how many connections,
 * how long each part of an exchange may take, how many bytes of requests are held at once.
 *
 * A refused connection gets its answer and is closed in an order that lets the client read it:
 * answer, end of writing, a short time of reading and throwing away, close.
 *
 * Threads: loop thread only. SIGPIPE is ignored from http_start() on.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "setting.h"
#include "str.h"

struct evhttp_request;
struct http_connection;
struct spool;

extern const struct setting http_settings[];

/* Listens by the settings `listen` and `mtls_listen` and those beside them. False after a
 * complaint on stderr. Routes must be there already: request_start(). */
bool http_start(void) MUST_USE;
/* Where it listens, "127.0.0.1:8443", with the real port when 0 was asked for. */
struct str http_address(void);
bool http_is_draining(void);
/*
 * Stops accepting, ends idle connections, answers what is under way with Connection: close,
 * and calls done(arg) when the last connection is gone or `limit` microseconds passed.
 */
void http_drain(int64_t limit, void (*done)(void *arg), void *arg);
/* Closes everything that is left. No worker may hold a request any more. */
void http_stop(void);

/* ---- for request.h ---- */

struct http_field {
	struct http_field *next;
	const char *name;
	const char *value;
};

struct live_opening;
struct req;

struct http_reply {
	int status;
	const struct http_field *fields;
	struct buf *body;	/* taken over: the buf and its memory; or NULL */
	struct str bytes;	/* instead of body; outlives the process */
	struct spool *spool;	/* instead of both; taken over */
	struct live_opening *live;	/* instead of all: a stream of messages begins */
	bool is_head;		/* fields only, with the length of the body */
};

/* Of the body, whatever it is made of. */
uint64_t http_reply_bytes(const struct http_reply *reply);
/*
 * Sends the answer to the request that this connection is waiting with; once. The request may
 * be done, and the connection gone, when this returns.
 */
void http_answer(struct http_connection *c, struct evhttp_request *message,
		 const struct http_reply *reply);
/* Address of the peer; lives as long as the connection. */
const char *http_peer(const struct http_connection *c);
/* True when this connection came in where clients show a certificate. */
bool http_asks_certificate(const struct http_connection *c);
/* SHA-256 of its public key (SPKI, 32 bytes); false when it is not good any more. */
bool http_peer_spki(struct http_connection *c, uint8_t ret_spki[32]) MUST_USE;
bool http_is_tls(void);
const char *http_status_text(int status);
