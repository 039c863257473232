/* The services that hand-overs are exchanged with, and who may speak for them. */
#include "exchange/exchange.h"

#include <inttypes.h>

#include "api_key.h"
#include "audit.h"
#include "bounds.h"
#include "clock.h"
#include "outbox.h"

static const char *const mode_names[] = { "live", "batch", NULL };
static const char *const service_names[] = { "hotline", "police", NULL };

struct str exchange_own_code(void)
{
	return setting_str("exchange_code");
}

struct note_key exchange_own_key(void)
{
	uint8_t key[SIGN_KEY_BYTES];

	crypto_sign_key("exchange", key);
	return note_key_make(exchange_own_code(), NOTE_ED25519, key);
}

bool peer_read(struct tx *tx, struct str code, peer_row *ret_peer)
{
	*ret_peer = (peer_row){ .version = 0 };
	return sql_exchange_peer_one(tx, (struct sql_exchange_peer_one){ .code = code },
				     ret_peer);
}

void peer_save(struct tx *tx, peer_row *p)
{
	uint64_t was = p->version++;

	sql_exchange_peer_save(tx, (struct sql_exchange_peer_save){
		.code = p->code, .name = p->name, .is_police = p->is_police, .mode = p->mode,
		.public_key = p->public_key, .endpoint_id = p->endpoint_id, .url = p->url,
		.version = p->version, .sent_position = p->sent_position,
		.batched_position = p->batched_position,
		.sent_batch = p->sent_batch, .sent_digest = p->sent_digest,
		.acked_batch = p->acked_batch, .received_batch = p->received_batch,
		.received_digest = p->received_digest, .seen_batch = p->seen_batch,
		.owes_ack = p->owes_ack, .key_id = p->key_id, .was = was,
	});
}

static enum channel channel_of(bool is_police)
{
	return is_police ? CHANNEL_110 : CHANNEL_12345;
}

enum channel peer_channel(const peer_row *peer)
{
	return channel_of(peer->is_police);
}

/*
 * Two services of a kind register on the same channel, and neither may read the other's callers:
 * then each is spoken for by the key that was named for it, or by none.
 */
static bool speaks_for(struct tx *tx, const struct actor *actor, const peer_row *peer)
{
	struct sql_exchange_peers_of_row row = { 0 };

	if (peer->key_id)
		return actor->kind == ACTOR_KEY && actor->id == peer->key_id;
	return sql_exchange_peers_of(tx, (struct sql_exchange_peers_of){
		.is_police = peer->is_police }, &row) && row.n == 1;
}

bool req_peer_row(struct req *r, peer_row *ret_peer)
{
	const struct actor *actor = req_actor(r);

	return peer_read(req_tx(r), req_path(r, "peer"), ret_peer) &&
	       (req_relation(r) != RELATION_OWN ||
		(str_is(actor->source, channel_names[peer_channel(ret_peer) - 1]) &&
		 speaks_for(req_tx(r), actor, ret_peer)));
}

int64_t exchange_accept_by(int64_t at, bool is_urgent)
{
	return at + setting_int(is_urgent ? "exchange_answer_urgent" : "exchange_answer_other") *
		    CLOCK_SECOND;
}

/* ---- routes ---- */

static void write_peer(struct req *r, const char *key, const peer_row *p, struct str secret)
{
	struct note_key own = exchange_own_key();
	struct json *j = req_json(r);

	json_object(j, key);
	json_str(j, "code", p->code);
	json_str(j, "name", p->name);
	json_text(j, "service", service_names[p->is_police]);
	json_text(j, "mode", mode_names[p->mode - 1]);
	json_str(j, "public_key", str_is_empty(p->public_key) ? STR_NONE : p->public_key);
	json_str(j, "our_code", exchange_own_code());
	json_str(j, "our_key", note_key_text(req_arena(r), &own));
	json_str(j, "url", p->url);
	if (p->key_id)
		json_str(j, "key", arena_printf(req_arena(r), "%" PRIu64, p->key_id));
	else
		json_null(j, "key");
	if (secret.p)
		json_str(j, "secret", secret);
	json_close(j);
}

struct peer_form {
	struct str code, name, public_key, url;
	struct str key;
	int service, mode;
};

#define AT(member) offsetof(struct peer_form, member)
static const struct field peer_fields[] = {
	{ "code", FIELD_CODE, AT(code), .required = true },
	{ "name", FIELD_LINE, AT(name), .required = true, .max = 200 },
	{ "service", FIELD_CHOICE, AT(service), .required = true, .choices = service_names },
	{ "mode", FIELD_CHOICE, AT(mode), .required = true, .choices = mode_names },
	{ "public_key", FIELD_LINE, AT(public_key), .null_ok = true },
	{ "url", FIELD_LINE, AT(url), .null_ok = true },
	{ "key", FIELD_CODE, AT(key), .null_ok = true, .max = 20 },
	{ 0 }
};
#undef AT

/* 0: none was named, or none that registers on the channel of the service. */
static uint64_t key_of(struct req *r, const struct peer_form *f)
{
	struct str channel = str_of(channel_names[channel_of(f->service == 1) - 1]);
	struct api_key key;
	uint64_t id;

	return f->key.p && str_to_u64(f->key, &id) && api_key_read(req_tx(r), id, &key) &&
	       str_eq(key.source, channel) ? id : 0;
}

static void check_peer(struct req *r, const struct peer_form *f)
{
	const char *refusal = f->url.p ? outbox_url_refusal(f->url) : NULL;
	struct note_key key;

	if (f->public_key.p && (!note_key_parse(req_arena(r), f->public_key, &key) ||
				key.algorithm != NOTE_ED25519 || !str_eq(key.name, f->code)))
		req_error(r, "#/public_key", "bad_key", "Give the text that the service shows "
			  "as its our_key: CODE+ID+KEY, with its code.");
	if (f->mode + 1 == PEER_BATCH && !f->public_key.p)
		req_error(r, "#/public_key", "required", "Batches are verified by it.");
	if (str_eq(f->code, exchange_own_code()))
		req_error(r, "#/code", "own_code", "This is our own code (exchange_code).");
	if (f->key.p && !key_of(r, f))
		req_error(r, "#/key", "unknown_key", "Name the intake key of this service's "
			  "channel; GET /api/v1/keys lists them.");
	if (refusal)
		req_error(r, "#/url", "refused_address", "%s", refusal);
}

/* A changed address is another endpoint: what waited for the old one is pulled or batched. */
static struct str endpoint_change(struct tx *tx, peer_row *peer, struct str url)
{
	if (str_eq(peer->url, url))
		return STR_NONE;
	if (peer->endpoint_id)
		outbox_endpoint_remove(tx, peer->endpoint_id);
	peer->url = url;
	peer->endpoint_id = url.p ? tx_sequence(tx, "webhooks_endpoint") : 0;
	return url.p ? outbox_endpoint_add(tx, peer->endpoint_id, &(struct outbox_endpoint){
		.url = url, .dialect = OUTBOX_SIGNED }) : STR_NONE;
}

static void peer_insert(struct tx *tx, const peer_row *p)
{
	sql_exchange_peer_add(tx, (struct sql_exchange_peer_add){
		.code = p->code, .name = p->name, .is_police = p->is_police, .mode = p->mode,
		.public_key = p->public_key, .endpoint_id = p->endpoint_id, .url = p->url,
		.version = 1, .key_id = p->key_id, .sent_digest = p->sent_digest,
		.received_digest = p->received_digest,
	});
}

static void record(struct req *r, const peer_row *p)
{
	struct buf detail;
	struct json j;

	buf_init(&detail, LIMIT_BODY_BYTES);
	json_init(&j, &detail);
	json_object(&j, NULL);
	json_str(&j, "code", p->code);
	json_text(&j, "service", service_names[p->is_police]);
	json_text(&j, "mode", mode_names[p->mode - 1]);
	json_str(&j, "public_key", p->public_key);
	json_str(&j, "url", p->url);
	json_u64(&j, "key", p->key_id);
	json_close(&j);
	audit_record(req_tx(r), &(struct audit_act){
		.kind = AUDIT_EXCHANGE_PEER, .by = req_actor(r), .peer = req_peer(r),
		.detail = arena_str(req_arena(r), buf_str(&detail)) });
	buf_free(&detail);
}

struct reply exchange_peer_add(struct req *r)
{
	struct tx *tx = req_tx(r);
	struct peer_form form;
	peer_row peer;

	bool is_read = req_form(r, peer_fields, &form);
	if (is_read)
		check_peer(r, &form);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	bool is_known = peer_read(tx, form.code, &peer);
	struct str secret = endpoint_change(tx, &peer, form.url);

	peer.code = form.code;
	peer.name = form.name;
	peer.is_police = form.service == 1;
	peer.mode = (uint32_t)form.mode + 1;
	peer.key_id = key_of(r, &form);
	peer.public_key = form.public_key.p ? form.public_key : STR("");
	if (is_known) {
		peer_save(tx, &peer);
	} else {
		peer.sent_digest = peer.received_digest =
			arena_printf(req_arena(r), "%0*d", EXCHANGE_HEX, 0);
		peer_insert(tx, &peer);
	}
	record(r, &peer);
	write_peer(r, NULL, &peer, secret);
	return is_known ? reply_ok(r) :
			  reply_created(r, "/api/v1/exchange/peers/%.*s", STR_ARG(peer.code));
}

struct reply exchange_peer_list(struct req *r)
{
	struct sql_exchange_peers_row row = { 0 };
	struct rows *rows = sql_exchange_peers(req_tx(r), (struct sql_exchange_peers){
		.after = STR(""), .n = LIMIT_PAGE_MAX });

	page_open(r);
	while (sql_exchange_peers_next(rows, &row))
		write_peer(r, NULL, &(peer_row){
			.code = row.code, .name = row.name, .is_police = row.is_police,
			.mode = row.mode, .public_key = row.public_key, .url = row.url,
			.key_id = row.key_id,
		}, STR_NONE);
	page_close(r, false, 0, 0);
	return reply_ok(r);
}
