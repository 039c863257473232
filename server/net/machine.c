/* Proofs of programs: each is judged by itself, then all together, then the key. */
#include "net/machine.h"

#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "keys_sql.h"
#include "log.h"
#include "must.h"
#include "net/client_certificate.h"
#include "net/forwarded.h"
#include "net/header.h"
#include "net/route.h"
#include "net/signed_request.h"
#include "setting.h"

static struct forwarded_proxies proxies;

bool machine_start(void)
{
	struct str bad;

	if (network_list_parse(setting_str("trusted_proxies"), proxies.v, FORWARDED_PROXIES_MAX,
			       &proxies.n, &bad))
		return true;
	fprintf(stderr, "trusted_proxies: %.*s is no address or network, or there are more than "
		"%d\n", STR_ARG(bad), FORWARDED_PROXIES_MAX);
	return false;
}

/* A field may stand in several lines, which are one list (RFC 9110, section 5.3). */
static struct str joined_field(const struct req *r, const char *name)
{
	size_t count;
	struct str text = header_find(r, name, &count);

	for (size_t i = 1; i < count; i++)
		text = arena_printf(r->arena, "%.*s,%.*s", STR_ARG(text),
				    STR_ARG(header_at(r, name, i)));
	return text;
}

void machine_find_client(struct req *r, struct str peer)
{
	r->peer = peer;
	r->is_proxied = forwarded_is_proxy(&proxies, peer);
	if (r->is_proxied)
		r->peer = forwarded_client(&proxies, peer, joined_field(r, "X-Forwarded-For"));
}

/* Of a proxy that verifies certificates itself (RFC 9440); STR_NONE for all others. */
static struct str proxied_certificate(const struct req *r, size_t *ret_count)
{
	*ret_count = 0;
	if (!setting_bool("trusted_client_cert") || !r->is_proxied)
		return STR_NONE;
	return header_find(r, "Client-Cert", ret_count);
}

static bool is_signed(const struct req *r)
{
	return req_header(r, "Liandong-Key").p || req_header(r, "webhook-signature").p;
}

bool machine_is(const struct req *r)
{
	size_t count;

	return req_header(r, "Authorization").p || is_signed(r) ||
	       http_asks_certificate(r->connection) || proxied_certificate(r, &count).p;
}

/* ---- the three proofs ---- */

static struct key_found prove_bearer(const struct req *r, const struct key_table *keys,
				     int64_t now)
{
	size_t count;
	struct str token = header_bearer(header_find(r, "Authorization", &count));

	if (count != 1)
		return (struct key_found){ .verdict = KEY_MALFORMED };
	return key_by_token(keys, token, now);
}

/* The one line of this name; STR_NONE when there is another number of them. */
static struct str only_field(const struct req *r, const char *name)
{
	size_t count;
	struct str value = header_find(r, name, &count);

	return count == 1 ? value : STR_NONE;
}

struct signature_question {
	const struct signed_fields *fields;
	struct str text;
};

static bool signature_fits(const uint8_t *secret, const void *arg)
{
	const struct signature_question *q = arg;

	return signed_fits(q->fields, secret, q->text);
}

static struct key_found prove_signature(struct req *r, const struct key_table *keys, int64_t now)
{
	struct signed_fields fields;

	if (!signed_fields_read(r->arena, only_field(r, "webhook-id"),
				only_field(r, "webhook-timestamp"),
				only_field(r, "webhook-signature"), &fields))
		return (struct key_found){ .verdict = KEY_MALFORMED };
	if (!signed_is_timely(&fields, now))
		return (struct key_found){ .verdict = KEY_NOT_TIMELY };
	const char *method = r->is_head ? "HEAD" : method_name(r->method);
	const struct signature_question question = {
		&fields, signed_text(r->arena, &fields, method, r->target, r->body),
	};
	struct key_found found = key_by_signature(keys, only_field(r, "Liandong-Key"), now,
						  signature_fits, &question);

	r->signed_id = fields.id;
	r->signed_until = (fields.timestamp + SIGNED_TOLERANCE_SECONDS + 1) * CLOCK_SECOND;
	return found;
}

static struct key_found prove_certificate(const struct req *r, const struct key_table *keys,
					  int64_t now)
{
	uint8_t spki[KEY_SPKI_BYTES];
	size_t count;
	struct str field = proxied_certificate(r, &count);
	bool is_read = http_asks_certificate(r->connection) ?
		http_peer_spki(r->connection, spki) :
		count == 1 && client_certificate_spki(r->arena, field, spki);

	if (!is_read)
		return (struct key_found){ .verdict = KEY_MALFORMED };
	return key_by_spki(keys, spki, now);
}

/* ---- all together ---- */

static const struct key_found nothing = { .verdict = KEY_FINE };

/* Both must be fine and, where both name a key, name the same. */
static struct key_found both(struct key_found a, struct key_found b)
{
	if (a.verdict != KEY_FINE)
		return a;
	if (b.verdict != KEY_FINE || !a.key)
		return b;
	if (b.key && b.key != a.key)
		return (struct key_found){ KEY_OF_ANOTHER, a.key, NULL };
	return a;
}

static struct key_found prove(struct req *r, const struct key_table *keys, int64_t now)
{
	size_t count;
	bool has_certificate = http_asks_certificate(r->connection) ||
			       proxied_certificate(r, &count).p;
	bool has_bearer = req_header(r, "Authorization").p != NULL, has_signature = is_signed(r);
	struct key_found proofs[] = {
		has_certificate ? prove_certificate(r, keys, now) : nothing,
		has_bearer ? prove_bearer(r, keys, now) : nothing,
		has_signature ? prove_signature(r, keys, now) : nothing,
	};
	struct key_found all = both(both(proofs[0], proofs[1]), proofs[2]);

	if (all.verdict != KEY_FINE)
		return all;
	all.verdict = key_judge(all.key, now, r->peer);
	if (all.verdict == KEY_FINE && has_certificate && !has_bearer && !has_signature &&
	    setting_bool("mtls_second_proof"))
		all.verdict = KEY_MISSING;
	for (size_t i = 0; i < array_count(proofs) && all.verdict == KEY_FINE; i++)
		if (proofs[i].use)
			key_used(proofs[i].use, now);
	return all;
}

/* A stranger decides how often this happens, so a line stands for all of its second. */
static void log_refusal(const struct req *r, const struct key_found *found)
{
	static struct {
		int64_t said_at;
		uint64_t unsaid;
	} reasons[KEY_VERDICTS];
	int64_t now = clock_monotonic();
	struct str visible = found->key ? found->key->visible : STR("none");

	if (reasons[found->verdict].said_at &&
	    now - reasons[found->verdict].said_at < CLOCK_SECOND) {
		reasons[found->verdict].unsaid++;
		return;
	}
	log_warn("auth", "key_refused", "reason=%s key=%.*s from=%s unsaid=%" PRIu64,
		 key_verdict_names[found->verdict], STR_ARG(visible), log_quote(r->peer),
		 reasons[found->verdict].unsaid);
	reasons[found->verdict].said_at = now;
	reasons[found->verdict].unsaid = 0;
}

bool machine_admit(struct req *r, const struct key_table *keys)
{
	struct key_found found = prove(r, keys, clock_real());

	if (found.verdict != KEY_FINE) {
		log_refusal(r, &found);
		r->signed_id = STR_NONE;
		return false;
	}
	r->actor = found.key->actor;
	r->actor.name = arena_str(r->arena, r->actor.name);
	r->actor.unit = arena_str(r->arena, r->actor.unit);
	r->actor.source = arena_str(r->arena, r->actor.source);
	r->scopes = arena_str(r->arena, found.key->scopes);
	return true;
}

/* ---- ids of signed requests ---- */

bool machine_is_fresh(struct req *r)
{
	return sql_keys_signed_insert(r->tx, (struct sql_keys_signed_insert){
		.key_id = r->actor.id, .token = r->signed_id, .ends_at = r->signed_until }) == 1;
}

bool machine_ids_prune(struct tx *tx)
{
	return sql_keys_signed_prune(tx, (struct sql_keys_signed_prune){ clock_real() }) == 1000;
}
