/*
 * What http_start() reads from the settings: where to listen, as whom, for which names, for
 * how many. Complaints go to stderr and name the setting.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "net/guard.h"
#include "str.h"

struct bufferevent;
struct event_base;
struct evconnlistener;
struct evhttp;
struct evhttp_bound_socket;
struct evhttp_request;
struct ssl_ctx_st;

/* Where connections come in: `listen`, and `mtls_listen` where it is set. */
struct door {
	struct evconnlistener *listener;
	struct ssl_ctx_st *tls;		/* NULL: without TLS */
	struct evhttp *evhttp;		/* of its own: it tells whose a connection is */
	struct evhttp_bound_socket *bound;
	char address[64];		/* with its real port */
	bool asks_certificate;		/* of clients */
};

enum { DOORS_MAX = 2 };

/* Fills the hosts of the rules; they live as long as the process. */
bool listen_hosts(struct guard_rules *ret_rules) MUST_USE;
/* Bound and listening, not yet accepting; gives how many, 0 after a complaint. */
uint32_t listen_open(struct door doors[DOORS_MAX]) MUST_USE;
/* What is called of a connection: made with its door, a message, and when accepting failed. */
struct door_calls {
	struct bufferevent *(*make)(struct event_base *, void *door);
	void (*arrived)(struct evhttp_request *, void *);
	void (*failed)(struct evconnlistener *, void *);
};

/* Of all n doors: accepting begins with the loop, and ends for good with listen_close(). */
void listen_start(struct door *doors, uint32_t n, const struct door_calls *calls);
void listen_accept(struct door *doors, uint32_t n, bool is_on);
void listen_close(struct door *doors, uint32_t n);
void listen_free(struct door *doors, uint32_t n);
/* Reads the certificates' files again, for connections from now on. False, after a complaint, when
 * they cannot be used: then nothing changes. Loop thread. */
bool listen_tls_renew(void) MUST_USE;
/* Most connections at a time, below the limit of open files. */
size_t listen_cap(void);
