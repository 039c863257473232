/*
 * Bytes of answers. libevent would write the fields as one TLS record and the body as the next,
 * each after a turn of waiting until the socket takes it; nearly always it takes all at once,
 * so that is tried first.
 */
#include "net/wire.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

#include "bounds.h"
#include "clock.h"
#include "must.h"
#include "net/guard.h"
#include "net/secure.h"

enum {
	RECORD_BYTES = 15000,	/* what bufferevents hand to SSL_write() at a time */
	WIRE_BYTES = KIB(64),
};

/* The answer that is being written. */
static struct buf wire = { .max = WIRE_BYTES };

/* Made anew once a second: there may be thousands of answers in one. */
static struct str date_now(void)
{
	static char text[32];
	static struct str date;
	static int64_t second;
	int64_t now = clock_real();

	if (now / CLOCK_SECOND != second) {
		second = now / CLOCK_SECOND;
		date = clock_http_date(now, text, sizeof(text));
	}
	return date;
}

static void add_field(struct str name, struct str value)
{
	buf_add(&wire, name);
	buf_add(&wire, STR(": "));
	buf_add(&wire, value);
	buf_add(&wire, STR("\r\n"));
}

/* Neither a 204 nor a 304 tells a length (RFC 9110, section 8.6); a stream has none, and ends
 * with its connection. */
static void write_head(const struct http_reply *reply, bool is_last)
{
	buf_add(&wire, STR("HTTP/1.1 "));
	buf_add_u64(&wire, (uint64_t)reply->status);
	buf_add_byte(&wire, ' ');
	buf_add(&wire, str_of(http_status_text(reply->status)));
	buf_add(&wire, STR("\r\n"));
	for (const struct http_field *f = reply->fields; f; f = f->next)
		add_field(str_of(f->name), str_of(f->value));
	add_field(STR("Date"), date_now());
	if (reply->status != 204 && reply->status != 304 && !reply->live) {
		buf_add(&wire, STR("Content-Length: "));
		buf_add_u64(&wire, http_reply_bytes(reply));
		buf_add(&wire, STR("\r\n"));
	}
	if (is_last)
		add_field(STR("Connection"), STR("close"));
	buf_add(&wire, STR("\r\n"));
}

/*
 * False: the socket took none or not all. OpenSSL then wants the same bytes again, from
 * wherever, as the beginning of one piece: libevent writes piece by piece of its buffer.
 */
static bool write_now(struct bufferevent *bev)
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);

	if (!ssl || evbuffer_get_length(bufferevent_get_output(bev)) > 0)
		return false;
	ERR_clear_error();
	int written = SSL_write(ssl, wire.p, (int)wire.n);

	ERR_clear_error();
	must(written <= 0 || (size_t)written == wire.n);
	return written > 0;
}

static void free_body(const void *bytes, size_t n, void *arg)
{
	struct buf *body = arg;

	(void)bytes;
	(void)n;
	if (body) {
		buf_free(body);
		free(body);
	}
}

/* evhttp's reader must not run while its connection writes: it would end the process. */
static void stop_reader(struct bufferevent *bev)
{
	bufferevent_data_cb on_write;
	bufferevent_event_cb on_event;
	void *arg;

	bufferevent_getcb(bev, NULL, &on_write, &on_event, &arg);
	bufferevent_setcb(bev, NULL, on_write, on_event, arg);
}

void wire_send(struct bufferevent *bev, const struct http_reply *reply, bool is_last,
	       bool is_at_once)
{
	struct str body = reply->body ? buf_str(reply->body) : reply->bytes;
	struct evbuffer *output = bufferevent_get_output(bev);

	buf_clear(&wire);
	write_head(reply, is_last);
	if (reply->is_head)
		body.n = 0;
	bool is_spooled = reply->spool && !reply->is_head;
	bool is_short = !is_spooled && wire.n + body.n <= RECORD_BYTES;

	if (is_short)
		buf_add(&wire, body);
	must(!wire.overflow);
	if (is_short && is_at_once && write_now(bev)) {
		free_body(NULL, 0, reply->body);
		return;
	}
	stop_reader(bev);
	must(evbuffer_add(output, wire.p, wire.n) == 0);
	evbuffer_pullup(output, -1);
	if (is_short || body.n == 0)
		free_body(NULL, 0, reply->body);
	else
		must(evbuffer_add_reference(output, body.p, body.n, free_body,
					    reply->body) == 0);
	bufferevent_enable(bev, EV_WRITE);
}

void wire_refuse(struct evbuffer *output, const struct guard_answer *answer)
{
	const char *title = http_status_text(answer->status);
	struct str date = date_now();
	char body[512];

	int n = snprintf(body, sizeof(body),
			 "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,"
			 "\"code\":\"%s\",\"detail\":\"%s\"}",
			 title, answer->status, answer->code, answer->detail);
	must(n > 0 && (size_t)n < sizeof(body));
	evbuffer_add_printf(output,
			    "HTTP/1.1 %d %s\r\n"
			    "Date: %.*s\r\n"
			    "Content-Type: application/problem+json\r\n"
			    "Content-Length: %d\r\n",
			    answer->status, title, STR_ARG(date), n);
	for (size_t i = 0; i < array_count(secure_fields); i++)
		evbuffer_add_printf(output, "%s: %s\r\n", secure_fields[i].name,
				    secure_fields[i].value);
	evbuffer_add_printf(output, "%sConnection: close\r\n\r\n%s",
			    answer->status == 503 ? "Retry-After: 1\r\n" : "", body);
}

void wire_stop(void)
{
	buf_free(&wire);
}
