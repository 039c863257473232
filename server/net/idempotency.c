/*
 * Idempotency keys: the answer to a POST is kept in the transaction of its action, so there is
 * never one without the other. The body is sealed, since an answer may hold what is shown only
 * once. Of errors nothing is kept: a request that changed nothing may be tried again.
 */
#include <string.h>

#include "auth_sql.h"
#include "clock.h"
#include "crypto.h"
#include "module.h"
#include "must.h"
#include "net/request.h"

/*
 * Over method, target and body, each with its end marked. Keyed: whoever has the table alone and
 * knows most of a body could else try all phone numbers in it. SHA-256 without a key is what rows
 * had before, which are known again until they are pruned.
 */
static struct str request_digest(struct req *r, bool is_keyed)
{
	struct str method = str_of(method_name(r->method));
	size_t n = method.n + 1 + r->target.n + 1 + r->body.n;
	char *message = arena_alloc(r->arena, n), *at = message;
	uint8_t *digest = arena_alloc(r->arena, SHA256_BYTES);

	memcpy(at, method.p, method.n + 1);
	at += method.n + 1;
	memcpy(at, r->target.p, r->target.n);
	at += r->target.n;
	*at++ = '\0';
	if (r->body.n > 0)
		memcpy(at, r->body.p, r->body.n);
	memset(digest, 0, SHA256_BYTES);
	if (is_keyed)
		crypto_tag("request", (struct str){ message, n }, digest);
	else
		crypto_sha256((struct str){ message, n }, digest);
	return (struct str){ (const char *)digest, SHA256_BYTES };
}

static struct str seal_place(struct req *r)
{
	return arena_printf(r->arena, "server_idempotency.body.%d.%llu.%.*s",
			    (int)r->actor.kind, (unsigned long long)r->actor.id,
			    STR_ARG(r->key));
}

bool idempotency_replay(struct req *r, struct reply *ret_reply)
{
	struct sql_idempotency_read_row row = { 0 };
	struct str body;

	if (!sql_idempotency_read(r->tx, (struct sql_idempotency_read){
			.actor_kind = (uint32_t)r->actor.kind, .actor_id = r->actor.id,
			.token = r->key }, &row))
		return false;
	r->is_key_due = false;
	draft_reset(r);
	if (!crypto_same(row.sha256, request_digest(r, true)) &&
	    !crypto_same(row.sha256, request_digest(r, false))) {
		*ret_reply = reply_problem(r, 422, "idempotency_key_reused",
					   "This key belongs to another request.");
		return true;
	}
	if (!crypto_open(r->arena, seal_place(r), row.body, &body)) {
		tx_fail(r->tx, TX_BROKEN);
		return false;
	}
	buf_add(r->draft.body, body);
	if (row.location.p)
		reply_header(r, "Location", "%.*s", STR_ARG(row.location));
	if (row.etag.p)
		reply_header(r, "ETag", "%.*s", STR_ARG(row.etag));
	reply_header(r, "Idempotency-Replayed", "true");
	r->draft.status = (int)row.status;
	*ret_reply = (struct reply){ (int)row.status };
	return true;
}

void idempotency_keep(struct req *r, struct reply reply)
{
	struct str body = r->draft.bytes.p ? r->draft.bytes : buf_str(r->draft.body);

	sql_idempotency_insert(r->tx, (struct sql_idempotency_insert){
		.actor_kind = (uint32_t)r->actor.kind,
		.actor_id = r->actor.id,
		.token = r->key,
		.sha256 = request_digest(r, true),
		.status = (uint32_t)reply.status,
		.location = r->draft.location,
		.etag = r->draft.etag,
		.body = crypto_seal(r->arena, seal_place(r), body),
		.created_at = clock_real(),
	});
}
