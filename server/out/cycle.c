/*
 * The statements of one visit. The order matters: results first, since a delivered message
 * makes the next one of its topic claimable; then what is to be given back; then claims; the
 * endpoints last, so that next_due leaves out what has just been claimed.
 */
#include "out/cycle.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "crypto.h"
#include "json.h"
#include "log.h"
#include "must.h"
#include "out/secret.h"
#include "outbox_sql.h"
#include "store/store.h"

enum { KILLED_AT_A_TIME = 500 };

/* ---- deliveries ---- */

static void free_all(struct delivery_list *list)
{
	for (struct delivery *d; (d = delivery_pop(list));)
		delivery_free(d);
}

static char *put_text(char *at, struct str s)
{
	if (s.n)
		memcpy(at, s.p, s.n);
	at[s.n] = '\0';
	return at + s.n + 1;
}

/* What all claims of a visit have in common. */
struct claim {
	int64_t lease_until;
	struct str headers[OUTBOX_HEADERS_MAX];	/* "name: value" */
	size_t header_n;
};

/* The body in clear; false when its seal does not open. */
static bool read_body(struct arena *a, const struct sql_outbox_claimable_row *row,
		      struct str *ret_body)
{
	struct str sealed;

	*ret_body = row->body;
	return !row->is_sealed || (decode_base64(a, row->body, &sealed) &&
				   crypto_open(a, body_place(a, row->id), sealed, ret_body));
}

static struct delivery *delivery_of(struct arena *a, uint64_t endpoint_id,
				    const struct claim *claim,
				    const struct sql_outbox_claimable_row *row)
{
	struct str body = STR("");
	bool is_readable = read_body(a, row, &body);
	size_t texts = row->message_id.n + row->content_type.n + body.n + 3;

	for (size_t i = 0; i < claim->header_n; i++)
		texts += claim->headers[i].n + 1;

	struct delivery *d = calloc(1, sizeof(*d) + texts);

	must(d);
	char *at = (char *)(d + 1);
	d->message_id = at;
	at = put_text(at, row->message_id);
	d->content_type = at;
	at = put_text(at, row->content_type);
	d->body = (struct str){ at, body.n };
	at = put_text(at, body);
	for (size_t i = 0; i < claim->header_n; i++) {
		d->headers[i] = at;
		at = put_text(at, claim->headers[i]);
	}
	d->endpoint_id = endpoint_id;
	d->id = row->id;
	d->fence = row->fence + 1;
	d->tries = row->tries;
	d->cause = (enum outbox_cause)row->cause;
	d->lease_until = claim->lease_until;
	d->is_sealed = row->is_sealed;
	d->is_unreadable = !is_readable;
	return d;
}

/* ---- results ---- */

static void write_attempt(struct tx *tx, const struct delivery *d)
{
	struct str answer = { d->answer ? d->answer : "", d->answer_n };

	if (d->is_uncertain)
		sql_outbox_attempt_insert_once(tx, (struct sql_outbox_attempt_insert_once){
			d->id, d->fence, d->at, d->duration, d->status, d->error, d->cause,
			str_of(d->address), answer });
	else
		sql_outbox_attempt_insert(tx, (struct sql_outbox_attempt_insert){
			d->id, d->fence, d->at, d->duration, d->status, d->error, d->cause,
			str_of(d->address), answer });
}

static void write_failure(struct tx *tx, const struct delivery *d)
{
	bool is_dead = d->state == OUTBOX_DEAD;
	int64_t done_at = d->at + d->duration;

	sql_outbox_mark_failed(tx, (struct sql_outbox_mark_failed){
		.endpoint_id = d->endpoint_id,
		.id = d->id,
		.fence = d->fence,
		.state = d->state,
		.standing = is_dead ? STANDING_DEAD : STANDING_OPEN,
		.tries = d->tries + !d->is_free,
		.due_at = is_dead ? done_at : d->due_at,
		.done_at = is_dead ? done_at : 0,
	});
}

/* Opens a list of lists of numbers: how many rows travel to one statement. */
static void list_open(struct json *j, struct buf *text)
{
	buf_init(text, MIB(4));
	json_init(j, text);
	json_array(j, NULL);
}

static struct str list_close(struct json *j, struct buf *text, struct arena *a)
{
	json_close(j);
	must(!text->overflow && json_whole(j));
	struct str list = arena_str(a, buf_str(text));
	buf_free(text);
	return list;
}

static void write_receipts(struct tx *tx, const struct cycle *c)
{
	struct buf text;
	struct json j;
	size_t n = 0;

	list_open(&j, &text);
	for (const struct delivery *d = c->results.first; d; d = d->next) {
		if (d->state != OUTBOX_DELIVERED)
			continue;
		json_array(&j, NULL);
		json_u64(&j, NULL, d->endpoint_id);
		json_u64(&j, NULL, d->id);
		json_u64(&j, NULL, d->tries + 1);
		json_i64(&j, NULL, d->at + d->duration);
		json_close(&j);
		n++;
	}
	struct str receipts = list_close(&j, &text, c->arena);

	if (n)
		sql_outbox_mark_delivered(tx, (struct sql_outbox_mark_delivered){ receipts });
}

static void write_results(struct tx *tx, const struct cycle *c)
{
	for (const struct delivery *d = c->results.first; d; d = d->next) {
		write_attempt(tx, d);
		if (d->state != OUTBOX_DELIVERED)
			write_failure(tx, d);
	}
	for (const struct delivery *d = c->releases.first; d; d = d->next)
		sql_outbox_release(tx, (struct sql_outbox_release){
			.endpoint_id = d->endpoint_id, .id = d->id, .fence = d->fence });
	write_receipts(tx, c);
}

static void write_marks(struct tx *tx, const struct cycle *c)
{
	for (size_t i = 0; i < c->mark_n; i++) {
		const struct receiver_mark *m = &c->marks[i];

		sql_outbox_lane_mark(tx, (struct sql_outbox_lane_mark){
			.id = m->id,
			.version = m->version,
			.state = m->state,
			.disabled_for = m->disabled_for,
			.held_until = m->held_until,
			.open_span = m->open_span,
			.failures = m->failures,
			.failing_since = m->failing_since,
			.last_success_at = m->last_success_at,
		});
	}
}

/* ---- claims ---- */

static struct claim claim_open(struct tx *tx, const struct cycle *c)
{
	struct claim claim = { .lease_until = clock_real() + c->lease };
	struct sql_outbox_headers_row row = { 0 };
	struct rows *rows = c->request_n ? sql_outbox_headers(tx) : NULL;

	while (claim.header_n < OUTBOX_HEADERS_MAX && sql_outbox_headers_next(rows, &row))
		claim.headers[claim.header_n++] = arena_printf(c->arena, "%.*s: %.*s",
			STR_ARG(row.name), STR_ARG(row.value));
	return claim;
}

static void find_claimable(struct tx *tx, struct cycle *c, struct claim_request *request,
			   const struct claim *claim)
{
	struct sql_outbox_claimable_row row = { 0 };
	struct rows *rows = sql_outbox_claimable(tx, (struct sql_outbox_claimable){
		.endpoint_id = request->endpoint_id, .now = clock_real(), .n = request->room });

	while (sql_outbox_claimable_next(rows, &row)) {
		delivery_push(&c->claimed, delivery_of(c->arena, request->endpoint_id, claim,
						       &row));
		request->got++;
	}
}

/* Fewer rows than named: another server was first with one of them, so look again at all. */
static void claim_found(struct tx *tx, const struct cycle *c, const struct claim *claim)
{
	struct buf text;
	struct json j;

	list_open(&j, &text);
	for (const struct delivery *d = c->claimed.first; d; d = d->next) {
		json_array(&j, NULL);
		json_u64(&j, NULL, d->endpoint_id);
		json_u64(&j, NULL, d->id);
		json_u64(&j, NULL, d->fence - 1);
		json_close(&j);
	}
	struct str claims = list_close(&j, &text, c->arena);

	if (c->claimed.n && sql_outbox_claim(tx, (struct sql_outbox_claim){
			.claims = claims,
			.run_id = c->run_id,
			.lease_until = claim->lease_until,
		}) != c->claimed.n)
		tx_fail(tx, TX_CONFLICT);
}

static void claim_all(struct tx *tx, struct cycle *c)
{
	const struct claim claim = claim_open(tx, c);

	for (size_t i = 0; i < c->request_n; i++) {
		struct claim_request *request = &c->requests[i];

		request->got = 0;
		if (request->is_kill)
			request->got = (uint32_t)sql_outbox_kill(tx, (struct sql_outbox_kill){
				.endpoint_id = request->endpoint_id,
				.now = clock_real(),
				.n = KILLED_AT_A_TIME,
			});
		else
			find_claimable(tx, c, request, &claim);
	}
	claim_found(tx, c, &claim);
}

/* ---- endpoints ---- */

static bool is_known(const struct cycle *c, uint64_t id, uint64_t version)
{
	size_t low = 0, high = c->known_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->known[middle].id == id)
			return c->known[middle].version == version;
		if (c->known[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Ours are keys; a receiver's own is a text. */
static bool keep_secret(struct receiver_row *r, struct str clear, int64_t expires_at)
{
	if (r->dialect != OUTBOX_SIGNED) {
		r->secret = clear;
		return true;
	}
	if (clear.n != SIGNATURE_SECRET_BYTES)
		return false;
	struct signature_key *key = &r->keys[r->key_n++];

	memcpy(key->bytes, clear.p, clear.n);
	key->expires_at = expires_at;
	return true;
}

/* A secret that does not open (its key is gone from the key file) does not sign; when none
 * does, receivers refuse and the endpoint fails visibly. */
static void read_keys(struct tx *tx, struct cycle *c, struct receiver_row *r)
{
	struct sql_outbox_secrets_row row = { 0 };
	struct rows *rows = sql_outbox_secrets(tx, (struct sql_outbox_secrets){
		.endpoint_id = r->id, .now = clock_real() });

	while (sql_outbox_secrets_next(rows, &row)) {
		struct str clear;

		if (r->key_n == LIMIT_SECRETS_LIVE)
			continue;
		if (!crypto_open(c->arena, secret_place(c->arena, r->id, row.number), row.sealed,
				 &clear) || !keep_secret(r, clear, row.expires_at))
			log_error("outbox", "secret_unreadable",
				  "endpoint=%" PRIu64 " number=%" PRIu32, r->id, row.number);
	}
}

/* What is dialled: of a sealed address all of it. One that does not open is no URL, so that its
 * attempts fail visibly. */
static struct str read_url(struct arena *a, const struct sql_outbox_lanes_row *row)
{
	struct str clear = row->url;

	if (row->address_sealed.p &&
	    !crypto_open(a, address_place(a, row->id), row->address_sealed, &clear))
		log_error("outbox", "address_unreadable", "endpoint=%" PRIu64, row->id);
	return arena_str(a, clear);
}

static void read_receivers(struct tx *tx, struct cycle *c)
{
	struct sql_outbox_lanes_row row = { 0 };
	struct rows *rows = sql_outbox_lanes(tx, (struct sql_outbox_lanes){ clock_real() });
	struct receiver_row **end = &c->rows;

	while (sql_outbox_lanes_next(rows, &row)) {
		struct receiver_row *r = arena_new_of(c->arena, struct receiver_row);

		*r = (struct receiver_row){
			.id = row.id, .version = row.version,
			.dialect = (enum outbox_dialect)row.dialect,
			.state = (enum receiver_state)row.state, .held_until = row.held_until,
			.open_span = row.open_span, .failing_since = row.failing_since,
			.failures = row.failures, .next_due = row.next_due,
			.is_new = !is_known(c, row.id, row.version),
		};
		if (r->is_new)
			r->url = read_url(c->arena, &row);
		*end = r;
		end = &r->next;
	}
	for (struct receiver_row *r = c->rows; r; r = r->next)
		if (r->is_new)
			read_keys(tx, c, r);
}

/* Behind our own sign of life, so that we count. */
static void read_runs(struct tx *tx, struct cycle *c)
{
	int64_t now = clock_real();
	struct sql_outbox_runs_seen_row row = { 0 };

	if (c->is_count)
		sql_outbox_run_seen(tx, (struct sql_outbox_run_seen){ c->run_id, now });
	if (sql_outbox_runs_seen(tx, (struct sql_outbox_runs_seen){
		    .seen_since = now - PACE_SEEN, .begun_since = now - PACE_YOUNG }, &row))
		c->runs = (struct pace_runs){ row.n, row.young };
}

static void count(struct tx *tx, struct cycle *c)
{
	struct sql_outbox_counts_row row = { 0 };
	const struct outbox_silence *list;

	if (sql_outbox_counts(tx, &row)) {
		c->open = row.open;
		c->dead = row.dead;
	}
	c->silent = outbox_silent(tx, &list);
}

/* ---- the work ---- */

_Static_assert(offsetof(struct cycle, work) == 0, "a cycle is found by its work");

static struct cycle *cycle_of(struct work *w)
{
	return (struct cycle *)(void *)w;
}

static enum work_wish cycle_run(struct work *w, struct tx *tx, bool is_alone UNUSED)
{
	struct cycle *c = cycle_of(w);

	free_all(&c->claimed);
	c->rows = NULL;
	write_results(tx, c);
	write_marks(tx, c);
	claim_all(tx, c);
	if (c->is_refresh) {
		read_runs(tx, c);
		read_receivers(tx, c);
	}
	if (c->is_count)
		count(tx, c);
	return WORK_COMMIT;
}

static void cycle_finish(struct work *w, enum tx_error error)
{
	cycle_of(w)->error = error;
}

static void cycle_done(struct work *w)
{
	struct cycle *c = cycle_of(w);

	c->is_running = false;
	c->done(c);
}

static const struct work_kind cycle_kind = {
	.name = "outbox", .run = cycle_run, .finish = cycle_finish, .done = cycle_done,
};

void cycle_init(struct cycle *c, void (*done)(struct cycle *c))
{
	*c = (struct cycle){ .done = done, .arena = arena_new(LIMIT_REQUEST_ARENA) };
	c->bottom = arena_mark(c->arena);
}

void cycle_clear(struct cycle *c)
{
	free_all(&c->results);
	free_all(&c->releases);
	free_all(&c->claimed);
	arena_rewind(c->arena, c->bottom);
	c->requests = NULL;
	c->marks = NULL;
	c->known = NULL;
	c->rows = NULL;
	c->request_n = c->mark_n = c->known_n = 0;
	c->is_refresh = c->is_count = false;
}

bool cycle_submit(struct cycle *c)
{
	c->work.kind = &cycle_kind;
	c->work.arena = c->arena;
	c->is_running = worker_submit(LANE_JOB, &c->work);
	return c->is_running;
}

void cycle_free(struct cycle *c)
{
	cycle_clear(c);
	arena_free(c->arena);
}
