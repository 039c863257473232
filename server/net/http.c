/*
 * evhttp reads and writes, we decide. The guard sits on the input buffer as a callback, sees
 * every byte before evhttp does and takes away what it refuses; whatever else is to be done to
 * a connection happens later, from one deferred event, never inside of evhttp's own calls.
 *
 * While a reply is owed reading is off (evhttp sees to it) and must stay off: pipelined bytes
 * in that state end the process.
 */
#include "net/http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "base/loop.h"
#include "base/spool_file.h"
#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "metrics.h"
#include "must.h"
#include "net/by_descriptor.h"
#include "net/client_certificate.h"
#include "net/guard.h"
#include "net/held.h"
#include "net/listen.h"
#include "net/live_streams.h"
#include "net/machine.h"
#include "net/request.h"
#include "net/stream.h"
#include "net/wire.h"

enum {
	DISCARD_BYTES_MOST = 4 * 1024 * 1024,
	REFUSAL_SECONDS = 5,
	LINGER_SECONDS = 2,
	REPLY_BYTES_PER_SECOND = 32 * 1024,	/* slower readers are cut off */
	TRIM_AFTER = 1000,
};

enum phase {
	PHASE_FRESH,	/* accepted, perhaps in the handshake */
	PHASE_IDLE,
	PHASE_HEADER,
	PHASE_BODY,
	PHASE_OWED,	/* a whole request is with us: the client has no deadline */
	PHASE_REPLY,
	PHASE_REFUSAL,
	PHASE_LINGER,
	PHASE_LIVE,	/* a stream of messages: live.c has it, what comes in is thrown away */
};

TAILQ_HEAD(connection_list, http_connection);

/* One per connection, thousands of them: keep it small. */
struct http_connection {
	TAILQ_ENTRY(http_connection) link;	/* in `waiting` or `busy` */
	TAILQ_ENTRY(http_connection) later;	/* in `deferred`, if is_deferred */
	const struct door *door;
	struct bufferevent *bev;
	struct evhttp_connection *evcon;	/* NULL until adopted */
	struct req *req;			/* NULL unless owed or replying */
	struct stream *stream;			/* NULL unless replying by a spool */
	struct live_stream *live;		/* NULL but in PHASE_LIVE */
	const struct guard_answer *refusal;	/* NULL: no violation yet */
	int64_t deadline;			/* clock_monotonic() */
	int64_t message_at;			/* first byte of the present message */
	int64_t judged_at;			/* the client's certificate, last */
	struct guard guard;
	uint32_t answered;			/* messages */
	struct held held;			/* of requests, until answered */
	uint32_t discarded;
	int fd;
	uint8_t phase;
	bool is_waiting;			/* which list */
	bool is_deferred;
	bool is_cutting;			/* our own change of the input buffer */
};

static struct {
	struct door doors[DOORS_MAX];
	uint32_t door_count;
	struct event *deferred_event;
	struct loop_timer *sweep_timer, *accept_timer, *drain_timer;
	struct connection_list waiting;		/* fresh and idle, longest first */
	struct connection_list busy;
	struct connection_list deferred;
	struct guard_rules rules;
	size_t count, most;
	size_t closed_since_trim;
	int64_t complained_at;
	bool is_full;
	bool is_sweeping;
	bool is_draining;
	bool is_in_evhttp;		/* evhttp has called us and goes on when we return */
	void (*drained)(void *arg);
	void *drained_arg;
} http;

static struct metric connections_now = {
	.name = "liandong_http_connections", .kind = METRIC_GAUGE,
	.help = "Open connections.",
};
static struct metric accepted_total = {
	.name = "liandong_http_connections_total", .kind = METRIC_COUNTER,
	.help = "Accepted connections.",
};
static struct metric refused_total = {
	.name = "liandong_http_refused_total", .kind = METRIC_COUNTER,
	.help = "Connections ended because of what they sent or how slowly they did.",
};
static struct metric evicted_total = {
	.name = "liandong_http_evicted_total", .kind = METRIC_COUNTER,
	.help = "Idle connections closed to make room for new ones.",
};

static const struct guard_answer too_slow = {
	408, "request_timeout", "The request took too long to arrive.",
};
static const struct guard_answer too_much = {
	503, "busy", "Too many large requests are under way; try again.",
};

bool http_is_tls(void)
{
	return http.doors[0].tls != NULL;
}

bool http_is_draining(void)
{
	return http.is_draining;
}

struct str http_address(void)
{
	return str_of(http.doors[0].address);
}

static SSL *ssl_of(const struct http_connection *c)
{
	return c->door->tls ? bufferevent_openssl_get_ssl(c->bev) : NULL;
}

bool http_asks_certificate(const struct http_connection *c)
{
	return c->door->asks_certificate;
}

bool http_peer_spki(struct http_connection *c, uint8_t ret_spki[SPKI_BYTES])
{
	return client_certificate_peer(ssl_of(c), &c->judged_at, ret_spki);
}

const char *http_peer(const struct http_connection *c)
{
	char *address;
	ev_uint16_t port;

	evhttp_connection_get_peer(c->evcon, &address, &port);
	return address;
}

/* ---- lists, deadlines ---- */

static void sweep_start(void)
{
	if (!http.is_sweeping)
		loop_timer_set(http.sweep_timer, CLOCK_SECOND);
	http.is_sweeping = true;
}

static void enlist(struct http_connection *c, bool is_waiting)
{
	c->is_waiting = is_waiting;
	if (is_waiting)
		TAILQ_INSERT_TAIL(&http.waiting, c, link);
	else
		TAILQ_INSERT_TAIL(&http.busy, c, link);
}

static void delist(struct http_connection *c)
{
	if (c->is_waiting)
		TAILQ_REMOVE(&http.waiting, c, link);
	else
		TAILQ_REMOVE(&http.busy, c, link);
}

static void set_phase(struct http_connection *c, enum phase phase, int64_t deadline)
{
	bool is_waiting = phase <= PHASE_IDLE;

	if (is_waiting || is_waiting != c->is_waiting) {
		delist(c);
		enlist(c, is_waiting);
	}
	c->phase = (uint8_t)phase;
	c->deadline = deadline;
}

/* Of a long body each part that has come gives time for the next. */
static int64_t body_seconds(const struct guard *g)
{
	return LIMIT_REQUEST_SECONDS +
	       (g->is_long ? (int64_t)(g->body_bytes / LIMIT_FILE_BYTES_A_SECOND) : 0);
}

/* The phase that follows from what the guard has seen and what was answered. */
static void update_phase(struct http_connection *c)
{
	int64_t now = clock_monotonic();

	if (c->guard.messages != c->answered)
		set_phase(c, PHASE_OWED, INT64_MAX);
	else if (guard_is_between(&c->guard))
		set_phase(c, PHASE_IDLE, now + LIMIT_IDLE_SECONDS * CLOCK_SECOND);
	else if (guard_is_in_header(&c->guard))
		set_phase(c, PHASE_HEADER, c->message_at + LIMIT_HEADER_SECONDS * CLOCK_SECOND);
	else
		set_phase(c, PHASE_BODY, c->message_at + body_seconds(&c->guard) * CLOCK_SECOND);
}

static void defer(struct http_connection *c)
{
	if (!c->is_deferred)
		TAILQ_INSERT_TAIL(&http.deferred, c, later);
	c->is_deferred = true;
	event_active(http.deferred_event, EV_TIMEOUT, 0);
}

static void close_now(struct http_connection *c)
{
	/* connection_closed() follows from here. */
	evhttp_connection_free(c->evcon);
}

/* ---- the guard on the input ---- */

/* Keeps the first `keep` bytes of the input and throws the rest away. */
static void cut_input(struct http_connection *c, struct evbuffer *input, size_t keep)
{
	c->is_cutting = true;
	if (keep > 0) {
		struct evbuffer *kept = evbuffer_new();
		must(kept && evbuffer_remove_buffer(input, kept, keep) == (int)keep);
		evbuffer_drain(input, evbuffer_get_length(input));
		must(evbuffer_prepend_buffer(input, kept) == 0);
		evbuffer_free(kept);
	} else {
		evbuffer_drain(input, evbuffer_get_length(input));
	}
	c->is_cutting = false;
}

/*
 * Feeds the last `added` bytes of the input to the guard. Returns how many of all the bytes in
 * the input belong to whole messages, or to one that is fine so far.
 */
static size_t feed_guard(struct http_connection *c, struct evbuffer *input, size_t added)
{
	size_t length = evbuffer_get_length(input), fed = 0;
	struct evbuffer_ptr at;
	struct evbuffer_iovec part;

	must(evbuffer_ptr_set(input, &at, length - added, EVBUFFER_PTR_SET) == 0);
	while (fed < added) {
		must(evbuffer_peek(input, (ev_ssize_t)(added - fed), &at, &part, 1) >= 1);
		size_t n = part.iov_len < added - fed ? part.iov_len : added - fed;
		size_t fine = guard_feed(&c->guard, &http.rules, part.iov_base, n);
		fed += fine;
		if (c->guard.refusal)
			break;
		if (fed < added)
			must(evbuffer_ptr_set(input, &at, n, EVBUFFER_PTR_ADD) == 0);
	}
	held_add(&c->held, fed, c->guard.is_long);
	if (!c->guard.refusal)
		return length;
	/* message_bytes counts the refused byte too; evhttp may have taken some before. */
	size_t end = length - added + fed + 1;
	return end > c->guard.message_bytes ? end - c->guard.message_bytes : 0;
}

static void refuse(struct http_connection *c, const struct guard_answer *answer)
{
	c->refusal = answer;
	metric_add(&refused_total, 1);
	log_debug("http", "refused", "status=%d code=%s", answer->status, answer->code);
	defer(c);
}

static void input_changed(struct evbuffer *input, const struct evbuffer_cb_info *change,
			  void *arg)
{
	struct http_connection *c = arg;
	size_t added = change->n_added;

	if (added == 0 || c->is_cutting || c->phase >= PHASE_REFUSAL)
		return;
	if (c->refusal) {
		cut_input(c, input, evbuffer_get_length(input) - added);
		return;
	}
	size_t fine = feed_guard(c, input, added);
	if (c->guard.message_bytes > 0 && c->guard.message_bytes <= added)
		c->message_at = clock_monotonic();
	if (c->guard.refusal) {
		cut_input(c, input, fine);
		refuse(c, guard_answer(c->guard.refusal));
	} else if (held_is_crowded(&c->held) && c->guard.messages == c->answered) {
		cut_input(c, input, 0);
		refuse(c, &too_much);
	}
	if (c->phase < PHASE_OWED)
		update_phase(c);
}

/* ---- refusing ---- */

static void linger_read(struct bufferevent *bev, void *arg)
{
	struct http_connection *c = arg;
	struct evbuffer *input = bufferevent_get_input(bev);

	c->discarded += (uint32_t)evbuffer_get_length(input);
	evbuffer_drain(input, evbuffer_get_length(input));
	if (c->discarded > DISCARD_BYTES_MOST)
		bufferevent_disable(bev, EV_READ);
}

/* The answer is with the kernel: say that nothing follows and let the client read it. */
static void refusal_written(struct bufferevent *bev, void *arg)
{
	struct http_connection *c = arg;
	SSL *ssl = ssl_of(c);

	if (c->phase == PHASE_LINGER)
		return;
	bufferevent_disable(bev, EV_WRITE);
	if (ssl) {
		SSL_shutdown(ssl);
		ERR_clear_error();
	}
	shutdown(c->fd, SHUT_WR);
	set_phase(c, PHASE_LINGER, clock_monotonic() + LINGER_SECONDS * CLOCK_SECOND);
}

static void refusal_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT))
		close_now(arg);
}

/* Takes the connection out of evhttp's hands; nothing is owed on it. */
static void send_refusal(struct http_connection *c)
{
	set_phase(c, PHASE_REFUSAL, clock_monotonic() + REFUSAL_SECONDS * CLOCK_SECOND);
	bufferevent_setcb(c->bev, linger_read, refusal_written, refusal_event, c);
	bufferevent_set_timeouts(c->bev, NULL, NULL);
	cut_input(c, bufferevent_get_input(c->bev), 0);
	held_release(&c->held);
	wire_refuse(bufferevent_get_output(c->bev), c->refusal);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

/* ---- life of a connection ---- */

static void accept_again(void)
{
	if (!http.is_full || http.is_draining)
		return;
	http.is_full = false;
	listen_accept(http.doors, http.door_count, true);
}

static void drain_check(void)
{
	if (http.is_draining && http.count == 0)
		loop_timer_set(http.drain_timer, 0);
}

static void connection_closed(struct evhttp_connection *evcon, void *arg)
{
	struct http_connection *c = arg;
	SSL *ssl = ssl_of(c);

	(void)evcon;
	if (ssl && SSL_is_init_finished(ssl) && c->phase != PHASE_LINGER)
		SSL_shutdown(ssl);
	ERR_clear_error();
	evbuffer_remove_cb(bufferevent_get_input(c->bev), input_changed, c);
	stream_free(c->stream);
	live_closed(c->live);
	if (c->req)
		request_gone(c->req);
	held_release(&c->held);
	delist(c);
	if (c->is_deferred)
		TAILQ_REMOVE(&http.deferred, c, later);
	by_descriptor_clear(c->fd);
	free(c);
	http.count--;
	http.closed_since_trim++;
	metric_set(&connections_now, (int64_t)http.count);
	accept_again();
	drain_check();
}

/* evhttp makes its connection after our callback, so it is found one step later. */
static void adopt(struct http_connection *c)
{
	void *evcon;
	int on = 1;

	bufferevent_getcb(c->bev, NULL, NULL, NULL, &evcon);
	c->evcon = evcon;
	c->fd = bufferevent_getfd(c->bev);
	must(c->evcon);
	by_descriptor_put(c->fd, c);
	evhttp_connection_set_closecb(c->evcon, connection_closed, c);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void run_deferred(evutil_socket_t fd, short what, void *arg)
{
	struct http_connection *c;

	(void)fd;
	(void)what;
	(void)arg;
	while ((c = TAILQ_FIRST(&http.deferred))) {
		TAILQ_REMOVE(&http.deferred, c, later);
		c->is_deferred = false;
		if (!c->evcon)
			adopt(c);
		if (c->refusal && c->phase < PHASE_REFUSAL && c->guard.messages == c->answered)
			send_refusal(c);
	}
}

/* At the cap the longest idle connection makes room; without one, accepting pauses. */
static void make_room(void)
{
	struct http_connection *oldest = TAILQ_FIRST(&http.waiting);

	if (http.count < http.most)
		return;
	if (oldest && oldest->evcon) {
		metric_add(&evicted_total, 1);
		close_now(oldest);
		return;
	}
	http.is_full = true;
	listen_accept(http.doors, http.door_count, false);
}

static struct bufferevent *make_bufferevent(struct event_base *base, void *arg)
{
	struct http_connection *c = calloc(1, sizeof(*c));

	must(c);
	c->door = arg;
	if (c->door->asks_certificate)
		client_certificate_refresh();
	if (c->door->tls) {
		SSL *ssl = SSL_new(c->door->tls);
		must(ssl);
		c->bev = bufferevent_openssl_socket_new(base, -1, ssl,
							BUFFEREVENT_SSL_ACCEPTING,
							BEV_OPT_CLOSE_ON_FREE);
		must(c->bev);
		bufferevent_openssl_set_allow_dirty_shutdown(c->bev, 1);
	} else {
		c->bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
		must(c->bev);
	}
	must(evbuffer_add_cb(bufferevent_get_input(c->bev), input_changed, c));
	c->fd = -1;
	c->deadline = clock_monotonic() + LIMIT_HEADER_SECONDS * CLOCK_SECOND;
	enlist(c, true);
	http.count++;
	metric_add(&accepted_total, 1);
	metric_set(&connections_now, (int64_t)http.count);
	defer(c);
	sweep_start();
	make_room();
	return c->bev;
}

/* ---- deadlines ---- */

static void fresh_is_late(struct http_connection *c, int64_t now)
{
	SSL *ssl = ssl_of(c);

	if (ssl && !SSL_is_init_finished(ssl)) {
		metric_add(&refused_total, 1);
		close_now(c);
		return;
	}
	/* The handshake is done: from here on it idles like any other. */
	c->phase = PHASE_IDLE;
	c->deadline = now + (LIMIT_IDLE_SECONDS - LIMIT_HEADER_SECONDS) * CLOCK_SECOND;
}

static void is_late(struct http_connection *c, int64_t now)
{
	switch (c->phase) {
	case PHASE_FRESH:
		fresh_is_late(c, now);
		break;
	case PHASE_HEADER:
	case PHASE_BODY:
		if (c->refusal)
			break;
		c->deadline = INT64_MAX;
		refuse(c, &too_slow);
		break;
	default:
		close_now(c);
	}
}

static void sweep_list(struct connection_list *list, int64_t now)
{
	for (struct http_connection *c = TAILQ_FIRST(list), *next; c; c = next) {
		next = TAILQ_NEXT(c, link);
		if (c->evcon && c->deadline <= now)
			is_late(c, now);
	}
}

/* Thousands of closed connections leave holes that the allocator would keep for ever. */
static void trim_memory(void)
{
	if (http.closed_since_trim < TRIM_AFTER)
		return;
	http.closed_since_trim = 0;
	malloc_trim(0);
}

static void sweep(void *arg)
{
	int64_t now = clock_monotonic();

	(void)arg;
	sweep_list(&http.waiting, now);
	sweep_list(&http.busy, now);
	trim_memory();
	http.is_sweeping = false;
	if (http.count > 0)
		sweep_start();
}

/* ---- messages ---- */

static void message_arrived(struct evhttp_request *message, void *arg)
{
	struct evhttp_connection *evcon = evhttp_request_get_connection(message);
	struct bufferevent *bev = evhttp_connection_get_bufferevent(evcon);
	struct http_connection *c = by_descriptor(bufferevent_getfd(bev));

	(void)arg;
	must(c && c->evcon == evcon && !c->req);
	set_phase(c, PHASE_OWED, INT64_MAX);
	c->req = request_new(c, message);
	http.is_in_evhttp = true;
	request_begin(c->req);
	http.is_in_evhttp = false;
}

static void reply_written(struct evhttp_request *message, void *arg)
{
	struct http_connection *c = arg;
	struct req *r = c->req;

	(void)message;
	c->req = NULL;
	c->answered++;
	if (c->guard.messages == c->answered)
		held_release(&c->held);
	/* The client could not send while it waited: its time begins now. */
	c->message_at = clock_monotonic();
	update_phase(c);
	/* This one may idle now, and an idle one makes room for a new one. */
	accept_again();
	if (c->refusal)
		defer(c);
	request_replied(r);
}

/* As evhttp will see it: the client or we end the connection after this answer. */
static bool mark_last_answer(struct evhttp_request *message)
{
	const char *wish = evhttp_find_header(evhttp_request_get_input_headers(message),
					      "Connection");

	if (http.is_draining)
		evhttp_add_header(evhttp_request_get_output_headers(message), "Connection",
				  "close");
	return http.is_draining || (wish && evutil_ascii_strcasecmp(wish, "close") == 0);
}

static void spool_sent(void *arg)
{
	struct http_connection *c = arg;

	stream_free(c->stream);
	c->stream = NULL;
	evhttp_send_reply_end(c->req->message);
}

static void spool_broken(void *arg)
{
	close_now(arg);
}

/* The request is done, its connection is not: evhttp believes that it still waits for an answer. */
static void begin_stream(struct http_connection *c)
{
	struct req *r = c->req;

	held_release(&c->held);
	set_phase(c, PHASE_LIVE, INT64_MAX);
	c->req = NULL;
	c->live = live_open(r, c->bev, c, close_now);
	request_replied(r);
}

uint64_t http_reply_bytes(const struct http_reply *reply)
{
	if (reply->spool)
		return spool_size(reply->spool);
	return reply->body ? reply->body->n : reply->bytes.n;
}

/*
 * The bytes are ours, the turns are evhttp's: told that a reply has ended it finishes the
 * message, at once when its output is empty, else when all of that is written.
 */
void http_answer(struct http_connection *c, struct evhttp_request *message,
		 const struct http_reply *reply)
{
	int64_t seconds = LIMIT_REPLY_SECONDS +
			  (int64_t)http_reply_bytes(reply) / REPLY_BYTES_PER_SECOND;
	const struct stream_owner owner = { spool_sent, spool_broken, c };

	must(loop_thread() && c->phase == PHASE_OWED);
	set_phase(c, PHASE_REPLY, clock_monotonic() + seconds * CLOCK_SECOND);
	evhttp_request_set_on_complete_cb(message, reply_written, c);
	wire_send(c->bev, reply, reply->live || mark_last_answer(message), !http.is_in_evhttp);
	if (reply->live) {
		begin_stream(c);
		return;
	}
	if (reply->spool && !reply->is_head) {
		c->stream = stream_new(c->bev, reply->spool, &owner);
		return;
	}
	spool_free(reply->spool);
	evhttp_send_reply_end(message);
}

/* ---- start ---- */

static void resume_accepting(void *arg)
{
	(void)arg;
	if (!http.is_full && !http.is_draining)
		listen_accept(http.doors, http.door_count, true);
}

/* Out of descriptors: without a pause the loop would spin on accept(). */
static void accept_failed(struct evconnlistener *listener, void *arg)
{
	int error = EVUTIL_SOCKET_ERROR();
	int64_t now = clock_monotonic();

	(void)arg;
	evconnlistener_disable(listener);
	loop_timer_set(http.accept_timer, CLOCK_SECOND / 10);
	if (http.complained_at && now - http.complained_at < 10 * CLOCK_SECOND)
		return;
	http.complained_at = now;
	log_warn("http", "accept_failed", "error=%s", log_quote(str_of(strerror(error))));
}

static void drain_over(void *arg);

bool http_start(void)
{
	must(loop_thread() && http.door_count == 0);
	TAILQ_INIT(&http.waiting);
	TAILQ_INIT(&http.busy);
	TAILQ_INIT(&http.deferred);
	signal(SIGPIPE, SIG_IGN);
	if (!machine_start() || !listen_hosts(&http.rules))
		return false;
	http.rules.body_max = LIMIT_BODY_BYTES;
	http.rules.paths = request_byte_paths(&http.rules.path_count);
	http.rules.long_body_max = LIMIT_FILE_BYTES;
	http.door_count = listen_open(http.doors);
	if (http.door_count == 0)
		return false;
	metric_register(&connections_now);
	metric_register(&accepted_total);
	metric_register(&refused_total);
	metric_register(&evicted_total);
	http.most = listen_cap();
	http.sweep_timer = loop_timer_new(sweep, NULL);
	http.accept_timer = loop_timer_new(resume_accepting, NULL);
	http.drain_timer = loop_timer_new(drain_over, NULL);
	live_start();
	http.deferred_event = event_new(loop_base(), -1, 0, run_deferred, NULL);
	must(http.deferred_event);
	listen_start(http.doors, http.door_count, &(struct door_calls){
		make_bufferevent, message_arrived, accept_failed });
	return true;
}

/* ---- end ---- */

static void drain_over(void *arg)
{
	void (*drained)(void *) = http.drained;

	(void)arg;
	http.drained = NULL;
	loop_timer_stop(http.drain_timer);
	if (drained)
		drained(http.drained_arg);
}

void http_drain(int64_t limit, void (*done)(void *arg), void *arg)
{
	must(loop_thread() && !http.is_draining);
	http.is_draining = true;
	http.drained = done;
	http.drained_arg = arg;
	listen_close(http.doors, http.door_count);
	loop_timer_set(http.drain_timer, limit);
	live_drain();
	for (struct http_connection *c = TAILQ_FIRST(&http.waiting), *next; c; c = next) {
		next = TAILQ_NEXT(c, link);
		if (c->evcon)
			close_now(c);
	}
	drain_check();
}

static void close_all(struct connection_list *list)
{
	struct http_connection *c;

	while ((c = TAILQ_FIRST(list)))
		close_now(c);
}

void http_stop(void)
{
	if (!http.deferred_event)
		return;
	http.is_draining = true;
	http.drained = NULL;
	run_deferred(-1, 0, NULL);
	close_all(&http.waiting);
	close_all(&http.busy);
	live_stop();
	listen_free(http.doors, http.door_count);
	event_free(http.deferred_event);
	loop_timer_free(http.sweep_timer);
	loop_timer_free(http.accept_timer);
	loop_timer_free(http.drain_timer);
	wire_stop();
	by_descriptor_free();
	memset(&http, 0, sizeof(http));
}
