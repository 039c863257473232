/*
 * What a handler may ask of its request. All of it was copied into the request's arena before
 * the handler ran, so nothing here touches the connection.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "clock.h"
#include "must.h"
#include "net/header.h"
#include "net/request.h"

struct tx *req_tx(struct req *r)
{
	must(r->tx);
	return r->tx;
}

struct arena *req_arena(struct req *r)
{
	return r->arena;
}

const struct actor *req_actor(const struct req *r)
{
	return &r->actor;
}

struct str req_path(const struct req *r, const char *name)
{
	size_t i = 0;

	while (i < r->match.n && !str_is(r->match.names[i].name, name))
		i++;
	must(i < r->match.n);
	return r->match.names[i].value;
}

struct str req_query(const struct req *r, const char *name)
{
	for (size_t i = 0; i < r->query.n; i++)
		if (str_is(r->query.params[i].name, name))
			return r->query.params[i].value;
	return STR_NONE;
}

static bool is_named(const struct header_line *line, const char *name)
{
	size_t n = strlen(name);

	return line->name.n == n && strncasecmp(line->name.p, name, n) == 0;
}

struct str header_at(const struct req *r, const char *name, size_t i)
{
	for (size_t k = 0; k < r->header_count; k++)
		if (is_named(&r->headers[k], name) && i-- == 0)
			return r->headers[k].value;
	return STR_NONE;
}

struct str header_find(const struct req *r, const char *name, size_t *ret_count)
{
	size_t count = 0;

	for (size_t i = 0; i < r->header_count; i++)
		count += is_named(&r->headers[i], name);
	if (ret_count)
		*ret_count = count;
	return header_at(r, name, 0);
}

struct str req_header(const struct req *r, const char *name)
{
	return header_find(r, name, NULL);
}

bool req_is_read(const struct req *r)
{
	return r->method == METHOD_GET;
}

bool req_hidden(int64_t begun)
{
	int64_t left = begun + CLOCK_SECOND / 1000 - clock_monotonic();

	if (left > 0)
		(void)nanosleep(&(struct timespec){ .tv_nsec = (long)left * 1000 }, NULL);
	return false;
}

struct str req_cookie(const struct req *r, const char *name)
{
	return header_cookie(req_header(r, "Cookie"), str_of(name));
}

struct str req_body(const struct req *r)
{
	return r->body;
}

struct str req_peer(const struct req *r)
{
	return r->peer;
}

struct str req_idempotency_key(const struct req *r)
{
	return r->key;
}

bool req_form(struct req *r, const struct field *fields, void *form)
{
	return form_parse(r->body, fields, form, &r->errors);
}

void req_error(struct req *r, const char *pointer, const char *code, const char *detail, ...)
{
	char text[500];
	va_list args;

	va_start(args, detail);
	vsnprintf(text, sizeof(text), detail, args);
	va_end(args);
	form_error(&r->errors, pointer, code, "%s", text);
}

bool req_has_errors(const struct req *r)
{
	return r->errors.n > 0;
}
