/*
 * The answers a handler can give. Each writes the draft anew and returns its status; what the
 * handler set by reply_header() and reply_etag() stays with it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/spool_file.h"
#include "bounds.h"
#include "must.h"
#include "net/header.h"
#include "net/request.h"

const char *http_status_text(int status)
{
	static const struct { int status; const char *text; } texts[] = {
		{ 200, "OK" }, { 201, "Created" }, { 204, "No Content" },
		{ 303, "See Other" }, { 304, "Not Modified" }, { 400, "Bad Request" }, { 401, "Unauthorized" },
		{ 403, "Forbidden" }, { 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 408, "Request Timeout" }, { 409, "Conflict" }, { 411, "Length Required" },
		{ 412, "Precondition Failed" }, { 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" }, { 417, "Expectation Failed" },
		{ 422, "Unprocessable Content" }, { 429, "Too Many Requests" },
		{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < array_count(texts); i++)
		if (texts[i].status == status)
			return texts[i].text;
	return "Unknown";
}

void draft_reset(struct req *r)
{
	struct buf *body = r->draft.body;

	if (!body) {
		body = malloc(sizeof(*body));
		must(body);
		buf_init(body, LIMIT_REPLY_BYTES);
	}
	buf_clear(body);
	spool_free(r->draft.spool);
	r->draft = (struct draft){ .body = body };
	r->is_list_open = false;
}

static struct reply finish(struct req *r, int status)
{
	r->draft.status = status;
	return (struct reply){ status };
}

/* ---- header fields ---- */

/* Controls cannot stand in a field; what comes from input must not be able to end one. */
static const char *field_value(struct arena *a, struct str value)
{
	char *clean = arena_alloc(a, value.n + 1);

	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		clean[i] = c < ' ' || c == 0x7f ? '_' : (char)c;
	}
	return clean;
}

void field_add(struct req *r, const char *name, const char *value)
{
	struct http_field *f = arena_new_of(r->arena, struct http_field);

	*f = (struct http_field){ .next = r->draft.fields, .name = name, .value = value };
	r->draft.fields = f;
}

static void field_set(struct req *r, const char *name, struct str value)
{
	const char *clean = field_value(r->arena, value);
	struct http_field *f = r->draft.fields;

	while (f && (strcasecmp(name, "Set-Cookie") == 0 || strcasecmp(f->name, name) != 0))
		f = f->next;
	if (f)
		f->value = clean;
	else
		field_add(r, name, clean);
	if (strcasecmp(name, "Location") == 0)
		r->draft.location = str_of(clean);
	else if (strcasecmp(name, "ETag") == 0)
		r->draft.etag = str_of(clean);
}

static PRINTF_LIKE(2, 0) struct str print(struct arena *a, const char *format, va_list args)
{
	char small[256];
	va_list again;

	va_copy(again, args);
	int n = vsnprintf(small, sizeof(small), format, again);
	va_end(again);
	must(n >= 0);
	if ((size_t)n < sizeof(small))
		return arena_str(a, (struct str){ small, (size_t)n });
	char *text = arena_alloc(a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, format, args);
	return (struct str){ text, (size_t)n };
}

void reply_header(struct req *r, const char *name, const char *value, ...)
{
	va_list args;

	va_start(args, value);
	struct str text = print(r->arena, value, args);
	va_end(args);
	field_set(r, name, text);
}

void reply_etag(struct req *r, const char *prefix, uint64_t version)
{
	reply_header(r, "ETag", "\"%s-%" PRIu64 "\"", prefix, version);
}

bool req_is_stale(const struct req *r, const char *prefix, uint64_t version)
{
	struct str wanted = req_header(r, "If-Match");
	char tag[128];

	if (!wanted.p)
		return false;
	int n = snprintf(tag, sizeof(tag), "\"%s-%" PRIu64 "\"", prefix, version);
	must(n > 0 && (size_t)n < sizeof(tag));
	return !header_has_tag(wanted, (struct str){ tag, (size_t)n }, false);
}

/* ---- bodies ---- */

struct json *req_json(struct req *r)
{
	if (!r->draft.is_json_open) {
		json_init(&r->draft.json, r->draft.body);
		r->draft.is_json_open = true;
	}
	return &r->draft.json;
}

static void check_body(struct req *r)
{
	must(!r->is_list_open);
	must(!r->draft.is_json_open || json_whole(&r->draft.json));
}

struct reply reply_ok(struct req *r)
{
	check_body(r);
	return finish(r, 200);
}

struct reply reply_created(struct req *r, const char *location, ...)
{
	va_list args;

	check_body(r);
	va_start(args, location);
	struct str text = print(r->arena, location, args);
	va_end(args);
	field_set(r, "Location", text);
	return finish(r, 201);
}

struct reply reply_see_other(struct req *r, struct str location)
{
	must(!r->draft.is_json_open);
	field_set(r, "Location", location);
	return finish(r, 303);
}

struct reply reply_empty(struct req *r)
{
	must(!r->draft.is_json_open);
	return finish(r, 204);
}

struct reply reply_bytes(struct req *r, int status, struct str content_type, struct str bytes)
{
	must(!r->draft.is_json_open);
	field_set(r, "Content-Type", content_type);
	r->draft.bytes = bytes;
	return finish(r, status);
}

struct reply reply_file(struct req *r, const char *content_type, struct str name,
			struct str bytes)
{
	must(!r->draft.is_json_open && bytes.n <= LIMIT_REPLY_BYTES);
	buf_add(r->draft.body, bytes);
	field_set(r, "Content-Type", str_of(content_type));
	field_set(r, "Content-Disposition", header_attachment(r->arena, name));
	field_set(r, "Content-Security-Policy", STR("sandbox; default-src 'none'"));
	field_set(r, "Cross-Origin-Resource-Policy", STR("same-origin"));
	return finish(r, 200);
}

struct spool *req_spool(struct req *r)
{
	if (!r->draft.spool)
		r->draft.spool = spool_new();
	return r->draft.spool;
}

static struct reply refuse_spool(struct req *r, enum spool_error error)
{
	if (error == SPOOL_LONG)
		return reply_problem(r, 500, "too_long",
				     "The answer is too long; ask for less.");
	reply_header(r, "Retry-After", "60");
	return reply_problem(r, 503, "no_room",
			     "The server has no room for this answer; try again later.");
}

struct reply reply_spool(struct req *r, const char *content_type, const char *file_name, ...)
{
	va_list args;

	must(!r->draft.is_json_open && r->draft.spool);
	if (spool_fd(r->draft.spool) < 0)
		return refuse_spool(r, spool_error(r->draft.spool));
	va_start(args, file_name);
	struct str name = print(r->arena, file_name, args);
	va_end(args);
	reply_header(r, "Content-Disposition", "attachment; filename=\"%.*s\"", STR_ARG(name));
	field_set(r, "Content-Type", str_of(content_type));
	return finish(r, 200);
}

/* ---- problems (RFC 9457) ---- */

static struct json *problem_open(struct req *r, int status, const char *code, struct str detail)
{
	buf_clear(r->draft.body);
	r->draft.bytes = STR_NONE;
	r->draft.live = NULL;
	spool_free(r->draft.spool);
	r->draft.spool = NULL;
	r->draft.is_json_open = false;
	r->is_list_open = false;
	struct json *j = req_json(r);
	json_object(j, NULL);
	json_text(j, "type", "about:blank");
	json_text(j, "title", http_status_text(status));
	json_i64(j, "status", status);
	json_text(j, "code", code);
	json_str(j, "detail", detail);
	json_text(j, "request_id", r->id);
	return j;
}

static struct reply problem_close(struct req *r, int status)
{
	json_close(&r->draft.json);
	check_body(r);
	field_set(r, "Content-Type", STR("application/problem+json"));
	return finish(r, status);
}

static void write_errors(struct json *j, const struct field_errors *errors)
{
	json_array(j, "errors");
	for (const struct field_error *e = errors->first; e; e = e->next) {
		json_object(j, NULL);
		json_str(j, "pointer", e->pointer);
		json_text(j, "code", e->code);
		json_str(j, "detail", e->detail);
		json_close(j);
	}
	json_close(j);
}

struct reply reply_invalid(struct req *r)
{
	bool is_malformed = r->errors.malformed;
	int status = is_malformed ? 400 : 422;
	struct json *j = problem_open(r, status, is_malformed ? "malformed" : "invalid",
				      is_malformed ? STR("The body is not well-formed.") :
						     STR("Some fields cannot be accepted."));

	write_errors(j, &r->errors);
	return problem_close(r, status);
}

struct reply reply_problem(struct req *r, int status, const char *code, const char *detail, ...)
{
	va_list args;

	va_start(args, detail);
	struct str text = print(r->arena, detail, args);
	va_end(args);
	problem_open(r, status, code, text);
	return problem_close(r, status);
}

struct reply reply_missing(struct req *r)
{
	return reply_problem(r, 404, "not_found", "There is nothing here for you.");
}

struct reply reply_denied(struct req *r, const char *detail)
{
	return reply_problem(r, 403, "forbidden", "%s", detail);
}

struct reply reply_conflict(struct req *r, const char *code, const char *const *allowed,
			    const char *detail, ...)
{
	va_list args;

	va_start(args, detail);
	struct str text = print(r->arena, detail, args);
	va_end(args);
	struct json *j = problem_open(r, 409, code, text);
	json_array(j, "allowed");
	for (; allowed && *allowed; allowed++)
		json_text(j, NULL, *allowed);
	json_close(j);
	return problem_close(r, 409);
}

struct reply reply_stale(struct req *r)
{
	return reply_problem(r, 412, "stale", "This was changed since you read it.");
}
