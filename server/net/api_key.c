/*
 * Keys in the database. Every change goes through the version of the key's row, also one of its
 * secrets alone: two administrators at once cannot leave three secrets in force.
 */
#include "api_key.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "crypto.h"
#include "keys_sql.h"
#include "must.h"
#include "net/key_table.h"
#include "net/key_text.h"
#include "net/request.h"
#include "net/scope.h"
#include "net/signed_request.h"

const char *const key_secret_kind_names[] = { "bearer", "signature", "certificate", NULL };

struct str key_secret_place(struct arena *a, uint64_t key_id, uint32_t number)
{
	return arena_printf(a, "auth_secret.sealed/%" PRIu64 "/%" PRIu32, key_id, number);
}

static bool is_live(const struct api_secret *s, int64_t now)
{
	return s->ends_at == 0 || s->ends_at > now;
}

/* ---- making secrets ---- */

static struct str bytes_of(struct arena *a, const uint8_t *bytes, size_t n)
{
	return arena_str(a, (struct str){ (const char *)bytes, n });
}

static struct str make_signing_secret(struct arena *a, uint8_t bytes[SIGNED_SECRET_BYTES])
{
	crypto_random(bytes, SIGNED_SECRET_BYTES);
	struct str text = encode_base64(a, bytes_of(a, bytes, SIGNED_SECRET_BYTES));

	return arena_printf(a, "whsec_%.*s", STR_ARG(text));
}

/* Stores one more secret and gives it in clear. */
static struct str secret_add(struct tx *tx, const struct api_key *key, uint32_t number,
			     enum key_secret_kind kind, struct str spki)
{
	struct arena *a = tx_arena(tx);
	struct sql_keys_secret_insert row = {
		.key_id = key->id, .number = number, .kind = kind, .created_at = clock_real(),
	};
	uint8_t bytes[SHA256_BYTES];
	struct str clear = STR_NONE;

	switch (kind) {
	case KEY_BEARER:
		clear = key_text_make(a, key->visible);
		crypto_sha256(clear, bytes);
		row.sha256 = bytes_of(a, bytes, sizeof(bytes));
		break;
	case KEY_SIGNATURE:
		clear = make_signing_secret(a, bytes);
		row.sealed = crypto_seal(a, key_secret_place(a, key->id, number),
					 bytes_of(a, bytes, SIGNED_SECRET_BYTES));
		break;
	case KEY_CERTIFICATE:
		must(spki.n == KEY_SPKI_BYTES);
		row.sha256 = spki;
		break;
	}
	sql_keys_secret_insert(tx, row);
	tx_snapshot_changed(tx);
	return clear;
}

struct str api_key_add(struct tx *tx, struct api_key *key, enum key_secret_kind kind,
		       struct str spki)
{
	key->id = tx_sequence(tx, "auth_key");
	key->visible = key_id_make(tx_arena(tx));
	key->secrets = 1;
	sql_keys_insert(tx, (struct sql_keys_insert){
		.id = key->id, .visible = key->visible, .name = key->name, .role = key->role,
		.unit = key->unit, .source = key->source, .is_outsourced = key->is_outsourced,
		.scopes = key->scopes.p ? key->scopes : STR(""),
		.addresses = key->addresses.p ? key->addresses : STR(""),
		.expires_at = key->expires_at, .created_at = clock_real(),
	});
	return secret_add(tx, key, 1, kind, spki);
}

/* ---- reading ---- */

static void read_secrets(struct tx *tx, struct api_key *key)
{
	struct sql_keys_secrets_row row = { 0 };
	struct rows *rows = sql_keys_secrets(tx, (struct sql_keys_secrets){ key->id });

	while (sql_keys_secrets_next(rows, &row)) {
		must(key->secret_count < KEY_SECRETS_MAX);
		key->secret[key->secret_count++] = (struct api_secret){
			.number = row.number, .kind = (enum key_secret_kind)row.kind,
			.spki = row.kind == KEY_CERTIFICATE ? row.sha256 : STR_NONE,
			.created_at = row.created_at, .ends_at = row.ends_at,
			.used_at = row.used_at,
		};
	}
}

bool api_key_read(struct tx *tx, uint64_t id, struct api_key *ret_key)
{
	struct sql_keys_one_row row = { 0 };

	if (!sql_keys_one(tx, (struct sql_keys_one){ id }, &row))
		return false;
	*ret_key = (struct api_key){
		.id = id, .visible = row.visible, .name = row.name, .role = row.role,
		.unit = row.unit, .source = row.source, .is_outsourced = row.is_outsourced,
		.is_disabled = row.is_disabled, .scopes = row.scopes,
		.addresses = row.addresses, .expires_at = row.expires_at,
		.created_at = row.created_at, .version = row.version, .secrets = row.secrets,
	};
	read_secrets(tx, ret_key);
	return tx_ok(tx);
}

uint32_t api_key_ids(struct tx *tx, uint64_t after, uint32_t n, uint64_t *ids)
{
	struct sql_keys_ids_row row = { 0 };
	struct rows *rows = sql_keys_ids(tx, (struct sql_keys_ids){ after, n });
	uint32_t count = 0;

	while (sql_keys_ids_next(rows, &row))
		ids[count++] = row.id;
	return count;
}

/* ---- changing ---- */

void api_key_change(struct tx *tx, const struct api_key *key)
{
	sql_keys_change(tx, (struct sql_keys_change){
		.id = key->id, .version = key->version, .name = key->name,
		.is_outsourced = key->is_outsourced, .scopes = key->scopes,
		.addresses = key->addresses, .expires_at = key->expires_at,
		.is_disabled = key->is_disabled, .secrets = key->secrets,
	});
	tx_snapshot_changed(tx);
}

uint32_t api_key_live(const struct api_key *key, enum key_secret_kind kind)
{
	int64_t now = clock_real();
	uint32_t n = 0;

	for (uint32_t i = 0; i < key->secret_count; i++)
		n += key->secret[i].kind == kind && is_live(&key->secret[i], now);
	return n;
}

/* Those that have run out make room; of the one in force the end is set. */
static void retire(struct tx *tx, const struct api_key *key, enum key_secret_kind kind,
		   int64_t ends_at)
{
	int64_t now = clock_real();

	for (uint32_t i = 0; i < key->secret_count; i++) {
		const struct api_secret *s = &key->secret[i];

		if (s->kind != kind)
			continue;
		if (!is_live(s, now))
			sql_keys_secret_remove(tx, (struct sql_keys_secret_remove){
				key->id, s->number });
		else if (ends_at)
			sql_keys_secret_end(tx, (struct sql_keys_secret_end){
				key->id, s->number, ends_at });
	}
}

struct str api_key_rotate(struct tx *tx, const struct api_key *key, enum key_secret_kind kind,
			  struct str spki, int64_t old_ends_at)
{
	struct api_key next = *key;

	must(api_key_live(key, kind) < KEY_LIVE_MAX);
	next.secrets++;
	retire(tx, key, kind, old_ends_at);
	api_key_change(tx, &next);
	return secret_add(tx, key, next.secrets, kind, spki);
}

bool api_key_secret_remove(struct tx *tx, const struct api_key *key, uint32_t number)
{
	if (!sql_keys_secret_remove(tx, (struct sql_keys_secret_remove){ key->id, number }))
		return false;
	api_key_change(tx, key);
	return true;
}

static bool scope_exists_in(struct str scope, const struct route *routes)
{
	for (; routes && routes->access; routes++)
		if (!routes->access->is_public && scope_covers(scope, routes))
			return true;
	return false;
}

bool api_key_scope_exists(struct str scope)
{
	bool exists = scope_exists_in(scope, server_routes());

	for (const struct module *const *m = modules; *m && !exists; m++)
		exists = scope_exists_in(scope, (*m)->routes);
	return exists;
}

bool api_key_scopes_include(struct str own, struct str other)
{
	return scope_list_includes(own, other);
}
