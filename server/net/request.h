/*
 * The life of one request between the connection and the workers. The room's own view of
 * struct req; handlers see include/req.h.
 *
 * READING -> QUEUED -> RUNNING -> REPLYING -> DONE, and GONE when the connection was lost. The
 * loop owns the request but while it is queued or running; then it is the worker's, and the
 * loop touches `connection` and `message` only, which the worker never does.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth.h"
#include "json.h"
#include "net/auth_snapshot.h"
#include "net/http.h"
#include "net/route.h"
#include "net/target.h"
#include "req.h"
#include "work/worker.h"

enum request_state {
	REQUEST_READING,
	REQUEST_QUEUED,
	REQUEST_RUNNING,
	REQUEST_REPLYING,
	REQUEST_DONE,
	REQUEST_GONE,
	REQUEST_STATES
};

struct header_line {
	struct str name;
	struct str value;
};

/* The answer in the making; emptied before each run of the handler. */
struct draft {
	int status;
	struct http_field *fields;
	struct buf *body;
	struct json json;
	bool is_json_open;
	struct str bytes;
	struct spool *spool;	/* NULL until asked for */
	struct str location;
	struct str etag;
	struct live_opening *live;	/* NULL but for a stream of messages */
};

struct req {
	struct work work;	/* first: the worker knows only this */
	struct http_connection *connection;	/* NULL: gone */
	struct evhttp_request *message;
	enum request_state state;
	int64_t begun_at;	/* clock_monotonic() */
	size_t reply_bytes;
	int reply_status;
	char id[17];

	struct arena *arena;
	enum method method;
	bool is_head;
	struct str target, path, query_text, peer, body;
	struct header_line *headers;
	size_t header_count;
	struct query query;
	struct route_match match;

	struct actor actor;
	bool is_proxied;	/* the connection is a trusted proxy's; peer is its client */
	struct str scopes;	/* of the key, scope.h; "" or STR_NONE: everything */
	struct str signed_id;	/* webhook-id of a signed request, else STR_NONE */
	int64_t signed_until;	/* its signature is accepted until then */
	bool is_fresh;		/* signed_id was remembered: a further run asks no more */
	struct str session;	/* cookie, STR_NONE without one */
	uint64_t session_id;	/* of the session once it is loaded; 0 */
	struct str session_token;	/* what X-CSRF-Token must say; STR_NONE */
	enum auth_duty duty;	/* what its person must do first */
	struct str key;		/* Idempotency-Key */
	bool is_key_due;	/* the answer is kept under the key */
	bool looks_first;	/* a key is looked up before the handler runs, if alone */
	bool is_run_again;	/* shall run once more, with a look-up */
	bool is_kept;		/* what was written stays although the answer is an error */
	bool is_list_open;
	bool is_alone;		/* this run shares its transaction with nobody */

	struct tx *tx;
	struct field_errors errors;
	struct draft draft;
};

/* Builds the routes of the modules and the server; false after complaints on stderr. */
bool request_start(void) MUST_USE;
void request_stop(void);
/* Beginnings of the paths whose bodies may be long (route.h). */
const struct str *request_byte_paths(size_t *ret_n);

/* A message is whole: takes it over and answers it now or later by http_answer(). */
struct req *request_new(struct http_connection *c, struct evhttp_request *message);
void request_begin(struct req *r);
/* The last byte of the answer went to the kernel; frees r. */
void request_replied(struct req *r);
/* The connection is lost; r is freed now or, when a worker has it, later. */
void request_gone(struct req *r);

/* ---- between the files of the request ---- */

void draft_reset(struct req *r);
/* One more field; both texts are kept as they are and must outlive the answer. */
void field_add(struct req *r, const char *name, const char *value);
/* First header line of this name; how many there are in *ret_count unless NULL. */
struct str header_find(const struct req *r, const char *name, size_t *ret_count);
/* The i-th line of this name from 0; STR_NONE behind the last. */
struct str header_at(const struct req *r, const char *name, size_t i);

/* The answer kept under the key, or 422 for another request; false: none is kept. */
bool idempotency_replay(struct req *r, struct reply *ret_reply) MUST_USE;
/* Keeps this answer in the transaction of its action. */
void idempotency_keep(struct req *r, struct reply reply);

/* Fills r->actor from the session cookie. False: there is no such session any more. */
bool session_load(struct req *r) MUST_USE;

/* Whether another site made a browser send this (forged.c). */
enum forgery { NOT_FORGED, FORGED_ORIGIN, FORGED_TOKEN };
enum forgery request_forgery(const struct req *r);

/* Routes and jobs of the server itself; tables end with zero rows. */
const struct route *server_routes(void);
extern const struct job net_jobs[];
extern const struct setting auth_settings[];
