/*
 * The life of a request: taken over from the connection on the loop, checked, run on a worker
 * inside its transaction, answered on the loop. The order of checks is 401; 404 or 403; 400 or
 * 422; then what the handler finds.
 *
 * Keys are checked on the loop, so that a flood without a valid one costs no worker anything.
 * Sessions need the database and are checked on the worker.
 */
#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/loop.h"
#include "base/spool_file.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "metrics.h"
#include "module.h"
#include "must.h"
#include "net/access.h"
#include "net/header.h"
#include "net/live_streams.h"
#include "net/live_tail.h"
#include "net/machine.h"
#include "net/request.h"
#include "net/scope.h"
#include "net/secure.h"
#include "store/store.h"

static struct route_table *routes;

enum { STATUS_CLASSES = 4 };	/* 2xx .. 5xx */

static struct metric requests_total[STATUS_CLASSES] = {
	{ .name = "liandong_http_requests_total", .labels = "class=\"2xx\"" },
	{ .name = "liandong_http_requests_total", .labels = "class=\"3xx\"" },
	{ .name = "liandong_http_requests_total", .labels = "class=\"4xx\"" },
	{ .name = "liandong_http_requests_total", .labels = "class=\"5xx\"" },
};
static struct metric requests_now = {
	.name = "liandong_http_requests_in_flight", .kind = METRIC_GAUGE,
	.help = "Requests taken over and not answered yet.",
};
static struct metric request_seconds = {
	.name = "liandong_http_request_microseconds_total", .kind = METRIC_COUNTER,
	.help = "Time from the last byte of requests to the last byte of their answers.",
};
static struct metric gone_total = {
	.name = "liandong_http_gone_total", .kind = METRIC_COUNTER,
	.help = "Requests whose client had left before the answer was out.",
};

/* ---- states ---- */

#define TO(state) (1u << REQUEST_##state)

static const uint8_t moves[REQUEST_STATES] = {
	[REQUEST_READING] = TO(QUEUED) | TO(REPLYING) | TO(GONE),
	[REQUEST_QUEUED] = TO(RUNNING) | TO(REPLYING) | TO(GONE),
	[REQUEST_RUNNING] = TO(QUEUED) | TO(REPLYING) | TO(GONE),
	[REQUEST_REPLYING] = TO(DONE) | TO(GONE),
};

static void log_access(const struct req *r, int64_t took)
{
	static const char *const kinds[] = { "nobody", "key", "account", "system" };
	const struct route *route = r->match.route;

	log_context("req", r->id);
	log_info("http", "request",
		 "method=%s route=%s status=%d ms=%" PRId64 " actor=%s:%" PRIu64 " bytes=%zu",
		 r->is_head ? "HEAD" : method_name(r->method), route ? route->access->path : "none",
		 r->reply_status, took / 1000, kinds[r->actor.kind], r->actor.id,
		 r->reply_bytes);
	log_context("req", NULL);
}

/* The only mover: an impossible step is our bug. */
static void request_move(struct req *r, enum request_state to)
{
	int64_t took;

	must(moves[r->state] & 1u << to);
	r->state = to;
	if (to != REQUEST_DONE && to != REQUEST_GONE)
		return;
	took = clock_monotonic() - r->begun_at;
	metric_add(&requests_now, -1);
	metric_add(&request_seconds, took);
	if (to == REQUEST_GONE)
		metric_add(&gone_total, 1);
	else
		metric_add(&requests_total[r->reply_status / 100 - 2], 1);
	log_access(r, took);
}

static void request_free(struct req *r)
{
	spool_free(r->draft.spool);
	if (r->draft.body) {
		buf_free(r->draft.body);
		free(r->draft.body);
	}
	arena_free(r->arena);	/* and with it r */
}

/* ---- taking over ---- */

/* Moves it: evhttp keeps none of it, so that a long one is held once. */
static struct str take_body(struct arena *a, struct evhttp_request *message)
{
	struct evbuffer *input = evhttp_request_get_input_buffer(message);
	size_t n = evbuffer_get_length(input);
	char *body = arena_alloc(a, n + 1);

	if (n > 0)
		must(evbuffer_remove(input, body, n) == (int)n);
	return (struct str){ body, n };
}

static void copy_headers(struct req *r, struct evhttp_request *message)
{
	struct evkeyvalq *fields = evhttp_request_get_input_headers(message);
	struct evkeyval *field;
	size_t n = 0;

	TAILQ_FOREACH(field, fields, next)
		n++;
	r->headers = arena_array_of(r->arena, struct header_line, n);
	TAILQ_FOREACH(field, fields, next)
		r->headers[r->header_count++] = (struct header_line){
			arena_str(r->arena, str_of(field->key)),
			arena_str(r->arena, str_of(field->value)),
		};
}

static enum method read_method(struct evhttp_request *message)
{
	switch (evhttp_request_get_command(message)) {
	case EVHTTP_REQ_POST:
		return METHOD_POST;
	case EVHTTP_REQ_PUT:
		return METHOD_PUT;
	case EVHTTP_REQ_DELETE:
		return METHOD_DELETE;
	default:
		return METHOD_GET;
	}
}

struct req *request_new(struct http_connection *c, struct evhttp_request *message)
{
	struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	struct req *r = arena_new_of(arena, struct req);
	uint64_t number;

	r->arena = arena;
	r->connection = c;
	r->message = message;
	r->begun_at = clock_monotonic();
	crypto_random(&number, sizeof(number));
	for (size_t i = 0; i < sizeof(r->id) - 1; i++, number >>= 4)
		r->id[i] = "0123456789abcdef"[number & 15];
	r->method = read_method(message);
	r->is_head = evhttp_request_get_command(message) == EVHTTP_REQ_HEAD;
	r->target = arena_str(r->arena, str_of(evhttp_request_get_uri(message)));
	target_split(r->target, &r->path, &r->query_text);
	copy_headers(r, message);
	machine_find_client(r, arena_str(r->arena, str_of(http_peer(c))));
	r->body = take_body(r->arena, message);
	r->errors.arena = r->arena;
	draft_reset(r);
	metric_add(&requests_now, 1);
	return r;
}

/* ---- sending ---- */

static bool has_field(const struct req *r, const char *name)
{
	for (const struct http_field *f = r->draft.fields; f; f = f->next)
		if (strcmp(f->name, name) == 0)
			return true;
	return false;
}

static void secure(struct req *r)
{
	for (size_t i = 0; i < array_count(secure_fields); i++)
		if (!has_field(r, secure_fields[i].name))
			field_add(r, secure_fields[i].name, secure_fields[i].value);
	field_add(r, "X-Request-Id", r->id);
	if (r->draft.body->n > 0 && !has_field(r, "Content-Type"))
		field_add(r, "Content-Type", "application/json");
}

/* What the client has already needs no second sending (RFC 9110, section 13.1.2). */
static void apply_if_none_match(struct req *r)
{
	struct str wanted = req_header(r, "If-None-Match");

	if (r->method != METHOD_GET || r->draft.status != 200 || !wanted.p ||
	    !r->draft.etag.p || !header_has_tag(wanted, r->draft.etag, true))
		return;
	r->draft.status = 304;
	r->draft.bytes = STR_NONE;
	spool_free(r->draft.spool);
	r->draft.spool = NULL;
	buf_clear(r->draft.body);
}

static void request_send(struct req *r)
{
	if (!r->connection) {
		request_move(r, REQUEST_GONE);
		request_free(r);
		return;
	}
	if (r->draft.body->overflow)
		reply_problem(r, 500, "too_long", "The answer is too long; ask for less.");
	if (r->draft.live && (r->is_head || !live_has_room(r)))
		r->draft.live = NULL;
	apply_if_none_match(r);
	secure(r);
	struct http_reply reply = {
		.status = r->draft.status,
		.fields = r->draft.fields,
		.is_head = r->is_head,
		.bytes = r->draft.bytes,
		.spool = r->draft.spool,
		.live = r->draft.live,
		.body = r->draft.bytes.p || r->draft.spool ? NULL : r->draft.body,
	};
	r->reply_status = reply.status;
	r->reply_bytes = http_reply_bytes(&reply);
	if (reply.body)
		r->draft.body = NULL;
	r->draft.spool = NULL;
	request_move(r, REQUEST_REPLYING);
	http_answer(r->connection, r->message, &reply);
}

void request_replied(struct req *r)
{
	request_move(r, REQUEST_DONE);
	request_free(r);
}

void request_gone(struct req *r)
{
	r->connection = NULL;
	r->message = NULL;
	if (r->state == REQUEST_QUEUED || r->state == REQUEST_RUNNING)
		return;
	request_move(r, REQUEST_GONE);
	request_free(r);
}

static void refuse_busy(struct req *r, const char *detail)
{
	reply_header(r, "Retry-After", "1");
	reply_problem(r, 503, "unavailable", "%s", detail);
}

/* ---- who asks ---- */

static struct reply refuse_unknown(struct req *r)
{
	reply_header(r, "WWW-Authenticate", "Bearer");
	return reply_problem(r, 401, "unauthenticated", "A valid key or session is needed.");
}

/* Loop: a program's proof against the snapshot. */
static bool admit_machine(struct req *r)
{
	struct snapshot *s = snapshot_pin();
	const struct auth_snapshot *known = s ? snapshot_part(s, SNAPSHOT_AUTH) : NULL;
	bool is_known = known && machine_admit(r, auth_keys(known));

	if (s)
		snapshot_unpin(s);
	if (!known)
		refuse_busy(r, "The server is not ready yet.");
	else if (!is_known && !r->match.route->access->is_public)
		refuse_unknown(r);
	else
		return true;
	return false;
}

/* Loop: settles all that needs no database. False: the answer is written. */
static bool admit_on_loop(struct req *r)
{
	if (machine_is(r))
		return admit_machine(r);
	r->session = req_cookie(r, "__Host-session");
	if (r->session.p || r->match.route->access->is_public)
		return true;
	refuse_unknown(r);
	return false;
}

/*
 * Worker: a look at who asks, in a transaction of its own, so that the handler's begins with
 * the handler; only then can it ask for a consistent view.
 */
static bool admit_apart(struct req *r, bool (*look)(struct req *r))
{
	bool is_found = look(r);

	return tx_keep(r->tx) && is_found;
}

/* A POST whose answer is kept is done once under its id anyway. */
static bool is_id_kept_apart(const struct req *r)
{
	return r->signed_id.p && !r->is_fresh && r->actor.kind == ACTOR_KEY &&
	       (r->method != METHOD_POST || r->match.route->is_read_only);
}

static bool admit_signed(struct req *r, struct reply *ret_reply)
{
	if (!is_id_kept_apart(r))
		return true;
	r->is_fresh = admit_apart(r, machine_is_fresh);
	if (!r->is_fresh)
		*ret_reply = reply_problem(r, 409, "replayed",
					   "A request with this webhook-id was seen already; sign "
					   "each one afresh, under an id of its own.");
	return r->is_fresh;
}

/* Whether the role may, and whether the account is of those that may. */
static bool role_admits(struct req *r, struct reply *ret_reply)
{
	switch (access_verdict(r->match.route->access, &r->actor)) {
	case ACCESS_GRANTED:
		return true;
	case ACCESS_OF_OTHERS:
		*ret_reply = reply_denied(r, "This role may not do that.");
		return false;
	case ACCESS_OF_THE_WHOLE:
		*ret_reply = reply_problem(r, 403, "own_unit_only",
					   "This is for those of the whole; who belongs to a "
					   "unit sees and does what is below it.");
		return false;
	case ACCESS_OF_STAFF:
		break;
	}
	*ret_reply = reply_problem(r, 403, "outsourced",
				   "Outsourced accounts and keys may not do that; ask "
				   "one of your own staff to do it.");
	return false;
}

/* Whether the person has to do something else first. */
static bool duty_admits(struct req *r, struct reply *ret_reply)
{
	const struct route *route = r->match.route;

	if (r->duty == AUTH_NO_DUTY || route->access->is_public || route->is_for_unready)
		return true;
	*ret_reply = r->duty == AUTH_CHANGE_PASSWORD ?
		reply_problem(r, 403, "password_change_due",
			      "First change the password, by POST /api/v1/me/password.") :
		reply_problem(r, 403, "second_factor_due",
			      "First set up a second factor, by POST /api/v1/me/factor.");
	return false;
}

/* What a key may of what its role may. */
static bool scope_admits(struct req *r, struct reply *ret_reply)
{
	if (scope_list_covers(r->scopes, r->match.route))
		return true;
	*ret_reply = reply_problem(r, 403, "out_of_scope",
				   "The scopes of this key do not cover this; who keeps the "
				   "keys can widen them.");
	return false;
}

enum relation req_relation(const struct req *r)
{
	return access_relation(r->match.route->access, &r->actor);
}

/* Worker: who asks and whether they may. */
static bool admit(struct req *r, struct reply *ret_reply)
{
	if (r->session.p && r->actor.kind == ACTOR_NOBODY && !admit_apart(r, session_load) &&
	    !r->match.route->access->is_public) {
		*ret_reply = refuse_unknown(r);
		return false;
	}
	if (r->actor.role & roles_refused()) {
		r->actor = (struct actor){ .kind = ACTOR_NOBODY };
		if (!r->match.route->access->is_public) {
			*ret_reply = refuse_unknown(r);
			return false;
		}
	}
	switch (request_forgery(r)) {
	case FORGED_ORIGIN:
		*ret_reply = reply_problem(r, 403, "foreign_origin",
					   "This request did not come from our own pages: with a "
					   "session, Origin must be this server's.");
		return false;
	case FORGED_TOKEN:
		*ret_reply = reply_problem(r, 403, "csrf_token_wrong",
					   "X-CSRF-Token must be the csrf_token of this session; "
					   "GET /api/v1/me tells it.");
		return false;
	default:
		return duty_admits(r, ret_reply) && role_admits(r, ret_reply) &&
		       scope_admits(r, ret_reply) && admit_signed(r, ret_reply);
	}
}

/* ---- what is asked ---- */

static void check_query(struct req *r)
{
	if (!query_parse(r->arena, r->query_text, &r->query)) {
		r->query.n = 0;
		req_error(r, "#/query", "malformed", "cannot be decoded");
		return;
	}
	for (size_t i = 0; i < r->query.n; i++) {
		struct str name = r->query.params[i].name;
		struct str pointer = arena_printf(r->arena, "#/query/%.*s", STR_ARG(name));

		if (!route_takes_query(r->match.route, name))
			req_error(r, pointer.p, "unknown", "is no parameter of this address");
		for (size_t k = 0; k < i; k++)
			if (str_eq(r->query.params[k].name, name))
				req_error(r, pointer.p, "repeated", "may stand once");
	}
}

/* False: *ret_reply is the answer. */
static bool check_key(struct req *r, struct reply *ret_reply)
{
	const struct route *route = r->match.route;
	size_t count;
	struct str value = header_find(r, "Idempotency-Key", &count);

	r->key = STR_NONE;
	if (r->signed_id.p && value.p && (count > 1 || !str_eq(value, r->signed_id))) {
		*ret_reply = reply_problem(r, 400, "idempotency_key_invalid",
					   "The webhook-id of a signed request is its "
					   "Idempotency-Key; leave the other away.");
		return false;
	}
	if (r->signed_id.p)
		value = r->signed_id;
	if (count > 1 || (value.p && !header_idempotency_key(value, &r->key))) {
		*ret_reply = reply_problem(r, 400, "idempotency_key_invalid",
					   "Idempotency-Key has %d to %d printable characters.",
					   LIMIT_KEY_MIN, LIMIT_KEY_MAX);
		return false;
	}
	if (!r->key.p && route->is_key_required && r->actor.role & route->key_roles) {
		*ret_reply = reply_problem(r, 400, "idempotency_key_required",
					   "This request needs an Idempotency-Key.");
		return false;
	}
	r->is_key_due = r->key.p && r->method == METHOD_POST && !route->is_read_only &&
			r->actor.kind != ACTOR_NOBODY;
	return true;
}

/*
 * Content-Digest (RFC 9530): where it is given the body must be the one it was made of; where
 * bytes are taken it must be given. False: *ret_reply is the answer.
 */
static bool check_digest(struct req *r, struct reply *ret_reply)
{
	uint8_t given[SHA256_BYTES], found[SHA256_BYTES];
	size_t count;
	struct str value = header_find(r, "Content-Digest", &count);

	if (count == 0 && !r->match.route->takes_bytes)
		return true;
	switch (count == 1 ? header_sha256(r->arena, value, given) : DIGEST_MALFORMED) {
	case DIGEST_GIVEN:
		crypto_sha256(r->body, found);
		if (crypto_same((struct str){ (const char *)given, SHA256_BYTES },
				(struct str){ (const char *)found, SHA256_BYTES }))
			return true;
		*ret_reply = reply_problem(r, 400, "digest_mismatch",
					   "The body is not the one that Content-Digest tells of; "
					   "send it again.");
		return false;
	case DIGEST_OTHER:
		if (!r->match.route->takes_bytes)
			return true;
		break;
	case DIGEST_MALFORMED:
		break;
	}
	reply_header(r, "Want-Content-Digest", "sha-256=10");
	*ret_reply = reply_problem(r, 400, "digest_required",
				   "Content-Digest must stand once and give the SHA-256 of the body, "
				   "as sha-256=:BASE64:.");
	return false;
}

/* Whether a body of this type is read as what the route takes. */
static bool is_type_read(const struct req *r, struct str type, size_t count)
{
	if (count == 1 && header_is_json(type))
		return true;
	return r->match.route->takes_form &&
	       (count == 0 || (count == 1 && header_is_form(type)));
}

static bool check_request(struct req *r, struct reply *ret_reply)
{
	size_t count;
	struct str type = header_find(r, "Content-Type", &count);

	if (r->match.route->takes_bytes && count != 1) {
		*ret_reply = reply_problem(r, 415, "unsupported_media_type",
					   "Content-Type must say what the bytes are, once.");
		return false;
	}
	if (r->body.n > 0 && !r->match.route->takes_bytes && !is_type_read(r, type, count)) {
		*ret_reply = reply_problem(r, 415, "unsupported_media_type",
					   "The body must be application/json%s.",
					   r->match.route->takes_form ?
					   " or application/x-www-form-urlencoded" : "");
		return false;
	}
	if (!check_digest(r, ret_reply) || !check_key(r, ret_reply))
		return false;
	check_query(r);
	if (r->errors.n == 0)
		return true;
	*ret_reply = reply_invalid(r);
	return false;
}

/* ---- running ---- */

static void run_reset(struct req *r, struct tx *tx)
{
	draft_reset(r);
	r->tx = tx;
	r->errors = (struct field_errors){ .arena = r->arena };
	r->is_key_due = r->is_run_again = r->is_kept = false;
	r->session_id = 0;
	r->session_token = STR_NONE;
	r->duty = AUTH_NO_DUTY;
	/* A session's actor is loaded again: what it points to was rewound. */
	if (r->session.p)
		r->actor = (struct actor){ .kind = ACTOR_NOBODY };
}

/* One run of the handler, with what stands before and after it. */
static struct reply run_handler(struct req *r, bool is_alone)
{
	const struct route *route = r->match.route;
	bool looks_first = is_alone && (r->looks_first || r->work.attempts > 1);
	struct reply reply;

	if (!admit(r, &reply) || !check_request(r, &reply))
		return reply;
	if (route->is_in_one_view)
		tx_consistent_step(r->tx);
	if (r->is_key_due && looks_first && idempotency_replay(r, &reply))
		return reply;
	reply = route->handle(r);
	must(reply.status == r->draft.status && reply.status > 0);
	if (!r->is_key_due)
		return reply;
	if (reply.status < 400) {
		idempotency_keep(r, reply);
		return reply;
	}
	/* An error may only say that the same request succeeded a moment ago. */
	if (!is_alone)
		r->is_run_again = true;
	else if (tx_ok(r->tx) && idempotency_replay(r, &reply))
		return reply;
	return (struct reply){ r->draft.status };
}

static enum work_wish request_run(struct work *w, struct tx *tx, bool is_alone)
{
	struct req *r = (struct req *)w;

	if (r->state == REQUEST_QUEUED)
		request_move(r, REQUEST_RUNNING);
	log_context("req", r->id);
	run_reset(r, tx);
	r->is_alone = is_alone;
	struct reply reply = run_handler(r, is_alone);
	r->tx = NULL;
	return reply.status < 400 || r->is_kept ? WORK_COMMIT : WORK_UNDO;
}

void req_keep(struct req *r)
{
	r->is_kept = true;
}

bool req_is_alone(const struct req *r)
{
	return r->is_alone;
}

/* Worker: the transaction's error wins over the handler's reply. */
static void request_finish(struct work *w, enum tx_error error)
{
	struct req *r = (struct req *)w;

	if (error == TX_OK)
		return;
	draft_reset(r);
	r->is_run_again = false;
	switch (error) {
	case TX_DUPLICATE:
		reply_problem(r, 409, "duplicate", "Something like this exists already.");
		break;
	case TX_CONFLICT:
	case TX_RETRY:
		refuse_busy(r, "Too many others changed the same thing; try again.");
		break;
	case TX_AWAY:
		refuse_busy(r, "The database is away; try again.");
		break;
	default:
		log_context("req", r->id);
		log_error("http", "broken", "route=%s", r->match.route->access->path);
		if (r->match.route->is_on_record)
			refuse_busy(r, "It could not be recorded, and so is not told.");
		else
			reply_problem(r, 500, "internal",
				      "Something went wrong on our side.");
	}
}

/* Reading rows others may have written must not happen in a shared transaction. */
static enum lane lane_of(const struct req *r)
{
	enum lane lane = r->match.route->lane;

	return lane == LANE_BATCH && (r->session.p || r->looks_first || is_id_kept_apart(r)) ?
		LANE_FAST : lane;
}

static void request_submit(struct req *r)
{
	enum lane lane = lane_of(r);

	/* From here on the request is the worker's, until request_done(). */
	request_move(r, REQUEST_QUEUED);
	if (worker_submit(lane, &r->work))
		return;
	draft_reset(r);
	refuse_busy(r, "Too many requests are waiting; try again.");
	request_send(r);
}

static void request_done(struct work *w)
{
	struct req *r = (struct req *)w;

	must(loop_thread());
	if (!r->is_run_again) {
		request_send(r);
		return;
	}
	r->looks_first = true;
	request_submit(r);
}

static const struct work_kind request_kind = {
	.name = "request", .run = request_run, .finish = request_finish, .done = request_done,
};

/* ---- finding the route ---- */

static void reply_no_route(struct req *r)
{
	struct buf allow;

	if (!r->match.allowed) {
		reply_missing(r);
		return;
	}
	buf_init(&allow, 100);
	for (enum method m = METHOD_GET; m <= METHOD_DELETE; m++)
		if (r->match.allowed & 1u << m)
			buf_printf(&allow, "%s%s%s", allow.n ? ", " : "", method_name(m),
				   m == METHOD_GET ? ", HEAD" : "");
	reply_header(r, "Allow", "%.*s", STR_ARG(buf_str(&allow)));
	buf_free(&allow);
	reply_problem(r, 405, "method_not_allowed", "This address does not take this method.");
}

void request_begin(struct req *r)
{
	must(loop_thread());
	route_find(routes, r->method, r->path, r->arena, &r->match);
	if (!r->match.route) {
		reply_no_route(r);
		request_send(r);
		return;
	}
	if (!admit_on_loop(r)) {
		request_send(r);
		return;
	}
	/* No lane: the server's own answer, which needs no database. */
	if (r->match.route->lane == LANE_COUNT) {
		r->match.route->handle(r);
		request_send(r);
		return;
	}
	r->work.kind = &request_kind;
	r->work.arena = r->arena;
	/* The batch lane inserts first and looks a key up when that has failed. */
	r->looks_first = r->match.route->lane != LANE_BATCH;
	request_submit(r);
}

/* ---- start and stop ---- */

static void register_metrics(void)
{
	for (size_t i = 0; i < STATUS_CLASSES; i++) {
		requests_total[i].kind = METRIC_COUNTER;
		requests_total[i].help = "Requests answered, by class of status.";
		metric_register(&requests_total[i]);
	}
	metric_register(&requests_now);
	metric_register(&request_seconds);
	metric_register(&gone_total);
}

bool request_start(void)
{
	must(!routes);
	routes = route_table_new();
	register_metrics();
	bool is_fine = route_table_add(routes, server_routes(), "server", stderr);
	for (const struct module *const *m = modules; *m; m++)
		is_fine &= route_table_add(routes, (*m)->routes, (*m)->name, stderr);
	is_fine &= live_topics_check();
	return access_is_taken_up(access_table, modules, stderr) && is_fine;
}

const struct str *request_byte_paths(size_t *ret_n)
{
	return route_byte_paths(routes, ret_n);
}

void request_stop(void)
{
	route_table_free(routes);
	routes = NULL;
}
