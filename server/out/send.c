/*
 * Transfers on the loop. Each receiver has a curl multi handle of its own, hence connections of
 * its own: two endpoints on one host share nothing. A socket is made only after the address
 * that is really dialled was judged, whatever the name resolved to.
 *
 * curl may not be entered again from within its callbacks, so these only note what they are
 * told; drive() calls in, then reaps what has ended, then starts what follows.
 */
#include "out/dialect.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arena.h"
#include "base/utf8.h"
#include "clock.h"
#include "must.h"
#include "out/manners.h"
#include "out/trust.h"

enum { HEADERS = ATTEMPT_HEADERS_MAX + 2 };

/* An easy handle that is used again and again; the headers' memory is its own. */
struct transfer {
	struct transfer *sibling;	/* the receiver's other ones */
	struct transfer *next;		/* of the idle ones */
	CURL *easy;
	struct receiver *owner;
	struct delivery *delivery;	/* NULL: idle */
	struct arena *arena;		/* of the attempt under way */
	struct arena_mark bottom;
	struct curl_slist headers[HEADERS];
	char *answer;			/* LIMIT_ANSWER_KEPT bytes, made when one has a body */
	size_t answer_n, read_n;
	int64_t began;			/* clock_monotonic() */
	bool is_address_refused;
	bool is_too_large;
};

/* A descriptor that curl watches: a connection of ours, or a resolver's wake-up. */
struct dial {
	struct dial *next;
	struct receiver *owner;
	curl_socket_t fd;
	struct loop_watch *watch;
	bool is_connection;	/* freed when curl closes it, else when curl loses interest */
	bool is_wanted;		/* curl wants to hear of it now */
};

static void drive(struct receiver *r, curl_socket_t fd, int what);

/* ---- descriptors ---- */

static void dial_ready(void *arg, bool can_read, bool can_write)
{
	struct dial *d = arg;

	/* A resting connection that its peer closed: curl will notice before using it again. */
	if (!d->is_wanted) {
		loop_watch_set(d->watch, false, false);
		return;
	}
	drive(d->owner, d->fd, (can_read ? CURL_CSELECT_IN : 0) |
			       (can_write ? CURL_CSELECT_OUT : 0));
}

static struct dial *dial_add(struct receiver *r, curl_socket_t fd, bool is_connection)
{
	struct dial *d = malloc(sizeof(*d));

	must(d);
	*d = (struct dial){ .next = r->dials, .owner = r, .fd = fd,
			    .is_connection = is_connection };
	d->watch = loop_watch_new(fd, dial_ready, d);
	r->dials = d;
	return d;
}

static void dial_drop(struct receiver *r, curl_socket_t fd)
{
	for (struct dial **at = &r->dials; *at; at = &(*at)->next) {
		struct dial *d = *at;

		if (d->fd != fd)
			continue;
		*at = d->next;
		loop_watch_free(d->watch);
		free(d);
		return;
	}
}

static struct dial *dial_find(struct receiver *r, curl_socket_t fd)
{
	struct dial *d = r->dials;

	while (d && d->fd != fd)
		d = d->next;
	return d;
}

/* A connection keeps its registration while curl is not interested: between two requests it
 * would be taken away and put back for nothing. */
static int on_socket(CURL *easy UNUSED, curl_socket_t fd, int what, void *arg,
		     void *assigned UNUSED)
{
	struct receiver *r = arg;
	struct dial *d = dial_find(r, fd);

	if (what == CURL_POLL_REMOVE) {
		if (d && !d->is_connection)
			dial_drop(r, fd);
		else if (d)
			d->is_wanted = false;
		return 0;
	}
	if (!d)
		d = dial_add(r, fd, false);
	d->is_wanted = true;
	loop_watch_set(d->watch, what & CURL_POLL_IN, what & CURL_POLL_OUT);
	return 0;
}

static int on_timer(CURLM *multi UNUSED, long wait_ms, void *arg)
{
	struct receiver *r = arg;

	if (wait_ms < 0)
		loop_timer_stop(r->timer);
	else
		loop_timer_set(r->timer, wait_ms * INT64_C(1000));
	return 0;
}

static void timer_due(void *arg)
{
	drive(arg, CURL_SOCKET_TIMEOUT, 0);
}

static void note_address(struct delivery *d, const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		inet_ntop(AF_INET, &v4.sin_addr, d->address, sizeof(d->address));
	} else if (address->sa_family == AF_INET6) {
		memcpy(&v6, address, sizeof(v6));
		inet_ntop(AF_INET6, &v6.sin6_addr, d->address, sizeof(d->address));
	}
}

static curl_socket_t on_open(void *arg, curlsocktype purpose UNUSED, struct curl_sockaddr *to)
{
	struct transfer *t = arg;

	if (!egress_may_dial(&t->owner->rules->egress, &to->addr)) {
		t->is_address_refused = true;
		note_address(t->delivery, &to->addr);
		return CURL_SOCKET_BAD;
	}
	int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	if (fd >= 0)
		dial_add(t->owner, fd, true);
	return fd;
}

static int on_close(void *arg, curl_socket_t fd)
{
	dial_drop(arg, fd);
	return close(fd);
}

/* ---- one transfer ---- */

static size_t on_answer(char *bytes, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t got = size * n, room = LIMIT_ANSWER_KEPT - t->answer_n;

	if (!t->answer) {
		t->answer = malloc(LIMIT_ANSWER_KEPT);
		must(t->answer);
	}
	memcpy(t->answer + t->answer_n, bytes, got < room ? got : room);
	t->answer_n += got < room ? got : room;
	t->read_n += got;
	t->is_too_large = t->read_n > LIMIT_ANSWER_READ;
	return t->is_too_large ? 0 : got;
}

static CURLcode on_tls(CURL *easy UNUSED, void *context, void *arg)
{
	const struct transfer *t = arg;

	return trust_give(context, t->owner->rules->ca_file) ? CURLE_OK :
							       CURLE_SSL_CACERT_BADFILE;
}

#define SET(option, value) must(curl_easy_setopt(t->easy, option, value) == CURLE_OK)

static void set_manners(struct transfer *t)
{
	const struct out_rules *rules = t->owner->rules;

	manners_set(t->easy, &(struct manners){
		.agent = "Liandong-Webhook/1",
		.is_http_allowed = rules->egress.is_http_allowed,
		.connect_timeout_ms = rules->connect_timeout_ms,
		.timeout_ms = rules->timeout_ms,
	});
	SET(CURLOPT_MAXLIFETIME_CONN, 300L);
	/* Trust comes from the store that all connections share. */
	SET(CURLOPT_CAINFO, NULL);
	SET(CURLOPT_CAPATH, NULL);
}

static void set_callbacks(struct transfer *t)
{
	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_WRITEFUNCTION, on_answer);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(CURLOPT_OPENSOCKETDATA, t);
	SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
	SET(CURLOPT_CLOSESOCKETDATA, t->owner);
	SET(CURLOPT_SSL_CTX_FUNCTION, on_tls);
	SET(CURLOPT_SSL_CTX_DATA, t);
}

/* curl only reads them. */
static void link_headers(struct transfer *t, const struct attempt *attempt)
{
	static char no_expect[] = "Expect:";
	struct str type = arena_printf(t->arena, "Content-Type: %s", t->delivery->content_type);
	const char *lines[HEADERS] = { type.p, no_expect };
	size_t n = 2;

	for (uint32_t i = 0; i < attempt->header_n; i++)
		lines[n++] = attempt->headers[i];
	for (size_t i = 0; i < n; i++)
		t->headers[i] = (struct curl_slist){
			.data = (char *)(uintptr_t)lines[i],
			.next = i + 1 < n ? &t->headers[i + 1] : NULL,
		};
	SET(CURLOPT_HTTPHEADER, t->headers);
}

static struct transfer *transfer_take(struct receiver *r)
{
	struct transfer *t = r->idle;

	if (t) {
		r->idle = t->next;
		return t;
	}
	t = calloc(1, sizeof(*t));
	must(t);
	t->owner = r;
	t->sibling = r->transfers;
	r->transfers = t;
	t->easy = curl_easy_init();
	must(t->easy);
	t->arena = arena_new(LIMIT_REQUEST_ARENA);
	t->bottom = arena_mark(t->arena);
	set_manners(t);
	set_callbacks(t);
	return t;
}

static void transfer_free(struct transfer *t)
{
	curl_easy_cleanup(t->easy);
	arena_free(t->arena);
	free(t->answer);
	free(t);
}

static void multi_open(struct receiver *r)
{
	r->multi = curl_multi_init();
	must(r->multi);
	r->timer = loop_timer_new(timer_due, r);
	curl_multi_setopt(r->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(r->multi, CURLMOPT_SOCKETDATA, r);
	curl_multi_setopt(r->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(r->multi, CURLMOPT_TIMERDATA, r);
	curl_multi_setopt(r->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	curl_multi_setopt(r->multi, CURLMOPT_MAXCONNECTS,
			  (long)r->rules->receiver_transfers);
}

static void set_body(struct transfer *t, const struct attempt *attempt)
{
	if (attempt->is_get) {
		SET(CURLOPT_HTTPGET, 1L);
		return;
	}
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDS, attempt->body.p);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)attempt->body.n);
}

void send_start(struct receiver *r, struct delivery *d)
{
	struct transfer *t = transfer_take(r);
	struct attempt attempt = {
		.arena = t->arena, .receiver = r, .delivery = d, .now = clock_real(),
		.url = r->url, .body = d->body,
	};

	if (!r->multi)
		multi_open(r);
	t->delivery = d;
	t->answer_n = t->read_n = 0;
	t->is_address_refused = t->is_too_large = false;
	t->began = clock_monotonic();
	d->at = attempt.now;
	r->dialect->prepare(&attempt);
	link_headers(t, &attempt);
	SET(CURLOPT_URL, attempt.url);
	set_body(t, &attempt);
	must(curl_multi_add_handle(r->multi, t->easy) == CURLM_OK);
	r->in_flight++;
	pace_note(&r->pace, t->began);
}

/* ---- outcomes ---- */

static enum outbox_error error_of(CURLcode code, const struct transfer *t)
{
	switch (code) {
	case CURLE_OK:
		return OUTBOX_NO_ERROR;
	case CURLE_COULDNT_RESOLVE_HOST:
		return OUTBOX_DNS;
	case CURLE_COULDNT_CONNECT:
		return t->is_address_refused ? OUTBOX_REFUSED_ADDRESS : OUTBOX_CONNECT;
	case CURLE_OPERATION_TIMEDOUT:
		return OUTBOX_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CERTPROBLEM:
		return OUTBOX_TLS;
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
		return OUTBOX_RESET;
	case CURLE_WRITE_ERROR:
		return OUTBOX_TOO_LARGE;
	default:
		return OUTBOX_HTTP;
	}
}

/* What is no UTF-8 becomes U+FFFD, so that it can be stored and shown as text. */
static void keep_answer(struct delivery *d, struct str answer)
{
	static const char replacement[] = "\xef\xbf\xbd";
	uint32_t point;
	size_t n = 0;

	if (answer.n == 0)
		return;
	d->answer = malloc(3 * answer.n);
	must(d->answer);
	for (size_t i = 0, step; i < answer.n; i += step ? step : 1) {
		step = utf8_next(answer.p + i, answer.n - i, &point);
		memcpy(d->answer + n, step ? answer.p + i : replacement, step ? step : 3);
		n += step ? step : 3;
	}
	d->answer_n = n;
}

/* Without a status there is nothing to judge. */
static struct verdict judge(struct transfer *t)
{
	const struct delivery *d = t->delivery;
	struct str answer = { t->answer, t->answer_n };

	if (d->error != OUTBOX_NO_ERROR)
		return (struct verdict){ VERDICT_FAILED };
	return t->owner->dialect->judge(t->arena, d->status, answer);
}

static int64_t asked_wait(CURL *easy)
{
	struct curl_header *header;

	if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return RETRY_NOT_ASKED;
	return retry_after_parse(str_of(header->value), clock_real());
}

/* A 2xx whose body is too long was received all the same: the status is all that counts. */
static void transfer_end(struct transfer *t, CURLcode code)
{
	struct delivery *d = t->delivery;
	struct receiver *r = t->owner;
	char *address = NULL;
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &address);
	d->duration = clock_monotonic() - t->began;
	d->status = status > 0 && status < 1000 ? (uint32_t)status : 0;
	d->error = error_of(code, t);
	if (d->error == OUTBOX_TOO_LARGE && t->is_too_large && d->status / 100 == 2)
		d->error = OUTBOX_NO_ERROR;
	if (address && address[0])
		snprintf(d->address, sizeof(d->address), "%s", address);
	struct verdict verdict = judge(t);

	if (d->error == OUTBOX_NO_ERROR && d->status / 100 == 2 &&
	    verdict.kind != VERDICT_DELIVERED)
		d->error = OUTBOX_ANSWER;
	keep_answer(d, d->is_sealed ? verdict.kept :
					  (struct str){ t->answer, t->answer_n });

	int64_t asked = d->status >= 300 ? asked_wait(t->easy) : RETRY_NOT_ASKED;

	must(curl_multi_remove_handle(r->multi, t->easy) == CURLM_OK);
	t->delivery = NULL;
	t->next = r->idle;
	r->idle = t;
	r->in_flight--;
	r->rested_at = clock_monotonic();
	arena_rewind(t->arena, t->bottom);
	r->finished(r, d, &verdict, asked);
}

static void reap(struct receiver *r)
{
	struct CURLMsg *message;
	struct transfer *t;
	int left;

	while ((message = curl_multi_info_read(r->multi, &left))) {
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		must(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t) == CURLE_OK);
		transfer_end(t, code);
	}
}

/* The end of one transfer starts the next one, which must be driven in turn: by the outermost
 * call, so that a row of quick failures does not grow the stack. */
static void drive(struct receiver *r, curl_socket_t fd, int what)
{
	int running;

	if (r->is_driven) {
		r->is_drive_wanted = true;
		return;
	}
	r->is_driven = true;
	do {
		r->is_drive_wanted = false;
		must(curl_multi_socket_action(r->multi, fd, what, &running) == CURLM_OK);
		reap(r);
		fd = CURL_SOCKET_TIMEOUT;
		what = 0;
	} while (r->is_drive_wanted);
	r->is_driven = false;
}

void send_go(struct receiver *r)
{
	drive(r, CURL_SOCKET_TIMEOUT, 0);
}

void send_rest(struct receiver *r)
{
	must(r->in_flight == 0 && !r->is_driven);
	while (r->transfers) {
		struct transfer *t = r->transfers;

		r->transfers = t->sibling;
		transfer_free(t);
	}
	r->idle = NULL;
	if (r->multi) {
		curl_multi_cleanup(r->multi);
		loop_timer_free(r->timer);
	}
	must(r->dials == NULL);
	r->multi = NULL;
	r->timer = NULL;
}

void send_cut(struct receiver *r)
{
	for (struct transfer *t = r->transfers; t; t = t->sibling) {
		if (!t->delivery)
			continue;
		must(curl_multi_remove_handle(r->multi, t->easy) == CURLM_OK);
		delivery_free(t->delivery);
		t->delivery = NULL;
		r->in_flight--;
	}
	send_rest(r);
}

void send_begin(void)
{
	must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

void send_end(void)
{
	trust_free();
	curl_global_cleanup();
}
