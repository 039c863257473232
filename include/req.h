/*
 * One HTTP request as a handler sees it, and the replies. A handler runs on a worker, inside a
 * transaction (tx.h), possibly more than once; it answers by returning a reply, which only the
 * reply_* functions make, so that no path can forget to answer. If a statement failed, the
 * transaction's error wins over the reply.
 *
 * Threads: the worker that runs the handler. All memory is the request's arena.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "form.h"
#include "json.h"
#include "relation.h"
#include "spool.h"
#include "str.h"
#include "tx.h"

struct req;

/* What a handler returns: status 0 never leaves a handler. */
struct reply {
	int status;
};

enum actor_kind { ACTOR_NOBODY, ACTOR_KEY, ACTOR_ACCOUNT, ACTOR_SYSTEM };

/* Who is asking. Strings live as long as the request. */
struct actor {
	enum actor_kind kind;
	uint64_t id;		/* of the key or account; a key counts as a person */
	uint32_t role;		/* one bit: 1u << index into the product's role names */
	struct str name;
	struct str unit;	/* code of the organisation it belongs to, or STR_NONE */
	struct str source;	/* the one channel a key may register on, or STR_NONE */
	bool is_outsourced;	/* of a contractor: routes that are staff only refuse it */
};

struct tx *req_tx(struct req *r);
struct arena *req_arena(struct req *r);
const struct actor *req_actor(const struct req *r);
/* The cell of the request's actor on the request's route. A public route gives RELATION_NONE. */
enum relation req_relation(const struct req *r);
/*
 * Segment named {name} in the route's path; percent-decoded. Of a raw route what lies below
 * its prefix, as "rest". Unknown names are our bug.
 */
struct str req_path(const struct req *r, const char *name);
/* Query parameter, percent-decoded; STR_NONE when absent. Routes name theirs (module.h). */
struct str req_query(const struct req *r, const char *name);
/* Request header, STR_NONE when absent. */
struct str req_header(const struct req *r, const char *name);
/* A GET or HEAD: nothing was asked to change. */
bool req_is_read(const struct req *r);
/*
 * Before a 404: waits until a millisecond has passed since `begun` (clock_monotonic()), so that what
 * is not there and what the actor may not know of take the same time. Gives false.
 */
bool req_hidden(int64_t begun);
/* Value of a cookie, STR_NONE when it is absent, empty or given twice. */
struct str req_cookie(const struct req *r, const char *name);
/* JSON; bytes of any type of a route that takes them (module.h), whose digest has been checked. */
struct str req_body(const struct req *r);
/* What the handler wrote stays although its answer is an error: a wrong guess that is counted. */
void req_keep(struct req *r);
/* Address of the peer as text. */
struct str req_peer(const struct req *r);
/* False while other requests share the transaction (LANE_BATCH): nothing may be read then. */
bool req_is_alone(const struct req *r);
/* The request's Idempotency-Key, STR_NONE when absent. */
struct str req_idempotency_key(const struct req *r);

/* Reads the body by a field table; false: return reply_invalid(r). */
bool req_form(struct req *r, const struct field *fields, void *form) MUST_USE;
/* Adds a complaint found by the handler itself; pointer as "#/caller/phone". */
void req_error(struct req *r, const char *pointer, const char *code, const char *detail, ...)
	PRINTF_LIKE(4, 5);
bool req_has_errors(const struct req *r);
/* 400 for malformed JSON, else 422, with all complaints. */
struct reply reply_invalid(struct req *r);

/* The reply's body is written here, then returned by reply_ok() or reply_created(). */
struct json *req_json(struct req *r);
struct reply reply_ok(struct req *r);
/* 201 with Location. */
struct reply reply_created(struct req *r, const char *location, ...) PRINTF_LIKE(2, 3);
struct reply reply_empty(struct req *r);	/* 204 */
/* 303: the browser goes on there by GET. Counts as success: the transaction is committed. */
struct reply reply_see_other(struct req *r, struct str location);
/* Bytes that outlive the request (embedded files). */
struct reply reply_bytes(struct req *r, int status, struct str content_type, struct str bytes);
/*
 * A file that somebody sent, to be saved under this name and never shown: as an attachment, not
 * to be guessed at, in a sandbox without rights, for our own pages alone. At most LIMIT_REPLY_BYTES.
 */
struct reply reply_file(struct req *r, const char *content_type, struct str name,
			struct str bytes);
/*
 * For an answer of any length (spool.h): filled by the handler, empty at each run of it, and
 * then returned by reply_spool(), which answers 500 or 503 instead when the spool has failed.
 * The file name, in ASCII, is what a browser shall save it as.
 */
struct spool *req_spool(struct req *r);
struct reply reply_spool(struct req *r, const char *content_type, const char *file_name, ...)
	PRINTF_LIKE(3, 4);
/* application/problem+json (RFC 9457). code is stable snake_case; detail is a sentence. */
struct reply reply_problem(struct req *r, int status, const char *code, const char *detail, ...)
	PRINTF_LIKE(4, 5);
struct reply reply_missing(struct req *r);	/* 404: not there, or not for this actor */
struct reply reply_denied(struct req *r, const char *detail);	/* 403 */
/* 409 with `allowed`: what is possible now (NULL-terminated names). */
struct reply reply_conflict(struct req *r, const char *code, const char *const *allowed,
			    const char *detail, ...) PRINTF_LIKE(4, 5);
void reply_header(struct req *r, const char *name, const char *value, ...) PRINTF_LIKE(3, 4);

/* Entity tags: "<prefix>-<version>". reply_etag() sets the header; */
void reply_etag(struct req *r, const char *prefix, uint64_t version);
/* req_is_stale() is true when If-Match was sent and names another version: answer reply_stale(). */
bool req_is_stale(const struct req *r, const char *prefix, uint64_t version);
struct reply reply_stale(struct req *r);	/* 412 */

/* Keyset pages: ?limit=1..200&cursor=. */
struct page {
	uint32_t limit;		/* rows to show; ask the database for limit + 1 */
	bool is_continued;	/* a cursor was given: rows after (key1, key2) */
	uint64_t key1, key2;
};
/* False after having added complaints: return reply_invalid(r). */
bool req_page(struct req *r, struct page *ret_page) MUST_USE;
/*
 * Closes a list body {"items": [...], "next_cursor": ...} that the handler opened by
 * page_open() and filled with items; has_more says whether a row after the last one exists,
 * whose keys are given.
 */
void page_open(struct req *r);
void page_close(struct req *r, bool has_more, uint64_t last_key1, uint64_t last_key2);
/* Ends the items before page_close(), so that other members of the list body may follow. */
void page_items_end(struct req *r);

/* Parses a query parameter as an instant; absent leaves *ret_at. False adds a complaint. */
bool req_query_time(struct req *r, const char *name, int64_t *ret_at) MUST_USE;
/* As a choice; absent gives -1. False adds a complaint. */
bool req_query_choice(struct req *r, const char *name, const char *const *choices, int *ret)
	MUST_USE;
/* As a code, [A-Za-z0-9_.-]{1,32}; absent gives STR_NONE. False adds a complaint. */
bool req_query_code(struct req *r, const char *name, struct str *ret_code) MUST_USE;
