/*
 * The vault's upkeep: by which keys of the key file its records are wrapped, wrapping them by a
 * new one while everything goes on, and the end of an identity.
 */
#include "vault/vault.h"

#include "attaching.h"
#include "audit.h"
#include "calling.h"
#include "clock.h"
#include "crypto.h"
#include "notifying.h"
#include "outbox.h"
#include "rules/mask.h"
#include "rules/redact.h"

#include "callers_sql.h"

/* ---- keys ---- */

enum { RECORDS_AT_A_TIME = 200 };

static size_t vault_keys_used(struct tx *tx, struct key_use *uses, size_t n)
{
	struct sql_callers_keys_used_row row = { 0 };
	struct rows *rows = sql_callers_keys_used(tx);
	size_t used = 0;

	while (sql_callers_keys_used_next(rows, &row))
		if (row.key_id != 0 && row.key_id != UINT32_MAX && used < n)
			uses[used++] = (struct key_use){ row.key_id, row.records };
	return used;
}

static uint64_t records_under(const struct key_use *uses, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (uses[i].id == id)
			return uses[i].records;
	return 0;
}

static struct reply vault_keys_show(struct req *r)
{
	struct key_use uses[CRYPTO_KEYS_MAX];
	uint32_t ids[CRYPTO_KEYS_MAX];
	size_t used = vault_keys_used(req_tx(r), uses, CRYPTO_KEYS_MAX);
	size_t n = crypto_key_ids(ids);
	uint64_t waiting = 0;
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "wraps", crypto_wrapping_id());
	json_array(j, "keys");
	for (size_t i = 0; i < n; i++) {
		uint64_t records = records_under(uses, used, ids[i]);

		waiting += ids[i] == crypto_wrapping_id() ? 0 : records;
		json_object(j, NULL);
		json_u64(j, "id", ids[i]);
		json_u64(j, "records", records);
		json_close(j);
	}
	json_close(j);
	json_u64(j, "waiting", waiting);
	json_close(j);
	return reply_ok(r);
}

/* The last step of a rotation is on record: from then on the old line may be removed. */
static bool rewrap(struct tx *tx)
{
	bool has_more = identity_rewrap_some(tx, RECORDS_AT_A_TIME);

	if (tx_ok(tx) && !identity_has_old_keys(tx))
		audit_record(tx, &(struct audit_act){
			.kind = AUDIT_KEYS_ROTATED,
			.detail = arena_printf(tx_arena(tx), "{\"wraps\":%u}",
					       crypto_wrapping_id()) });
	return has_more;
}

static bool renew(struct tx *tx)
{
	return identity_renew_some(tx, RECORDS_AT_A_TIME);
}

/* ---- the end of an identity ---- */

static void redact_texts(struct tx *tx, uint64_t appeal_id, const struct identity *who)
{
	struct sql_vault_text_row row = { 0 };
	struct arena *a = tx_arena(tx);
	const struct str words[] = {
		who->caller.name, who->caller.phone, who->caller.id_number, who->caller.address,
		who->caller.accused_person, who->place,
	};

	if (!sql_vault_text(tx, (struct sql_vault_text){ .appeal_id = appeal_id }, &row))
		return;
	struct str title = redact(a, row.title, words, array_count(words));
	struct str text = redact(a, row.text, words, array_count(words));

	if (!str_eq(title, row.title) || !str_eq(text, row.text))
		sql_vault_text_redact(tx, (struct sql_vault_text_redact){
			.appeal_id = appeal_id, .title = title, .text = text });
}

/* The number is forgotten with the last appeal of it; until then with this one's calls alone. */
static void forget_calls(struct tx *tx, uint64_t appeal_id, struct str phone)
{
	struct str index = crypto_index(tx_arena(tx), "phone", phone);
	struct sql_callers_appeals_of_phone_row row = { 0 };
	bool has_others = false;

	calls_forget_appeal(tx, appeal_id);
	if (!index.p)
		return;
	struct rows *rows = sql_callers_appeals_of_phone(tx,
		(struct sql_callers_appeals_of_phone){ .phone_index = index, .n = 1 });
	while (sql_callers_appeals_of_phone_next(rows, &row))
		has_others = true;
	if (!has_others)
		calls_forget_phone(tx, index);
}

bool vault_end(struct tx *tx, uint64_t appeal_id, enum erasure why, const struct actor *by,
	       struct str peer, struct str reason)
{
	struct identity who;

	if (!identity_read(tx, appeal_id, &who)) {
		tx_fail(tx, TX_BROKEN);
		return false;
	}
	if (!identity_erase(tx, appeal_id, clock_now(), why))
		return false;
	redact_texts(tx, appeal_id, &who);
	sql_vault_row_forget(tx, (struct sql_vault_row_forget){
		.appeal_id = appeal_id, .street = mask_address(tx_arena(tx), who.place) });
	attaching_forget(tx, appeal_id);
	notices_forget(tx, appeal_id);
	/* Webhooks with the title, short messages with the number: all by the appeal. */
	outbox_forget(tx, OUTBOX_EVERYWHERE, appeal_id);
	forget_calls(tx, appeal_id, who.caller.phone);
	sql_vault_retirement_drop(tx, (struct sql_vault_retirement_drop){ appeal_id });
	audit_record(tx, &(struct audit_act){
		.kind = why == ERASED_FOR_PERSON ? AUDIT_PERSON_ERASED : AUDIT_IDENTITY_RETIRED,
		.by = by, .peer = peer, .subject = appeal_id, .reason = reason });
	return tx_ok(tx);
}

/* ---- tables ---- */

static const struct job jobs[] = {
	{ "vault.rewrap", CLOCK_SECOND, rewrap, .is_leased = true, .has_work = identity_has_old_keys,
	  .yields = CLOCK_SECOND },
	{ "vault.renew", 2 * CLOCK_SECOND, renew, .is_leased = true, .has_work = identity_has_unsealed,
	  .yields = 10 * CLOCK_SECOND },
	{ "vault.retire", CLOCK_SECOND, retention_run, .is_domain = true,
	  .next_due = retention_next_due },
	{ 0 }
};

static const struct hook hooks[] = {
	{ EVENT_TASK_ARCHIVED, retention_begin },
	{ EVENT_APPEAL_ANSWERED, retention_begin },
	{ EVENT_APPEAL_REFUSED, retention_begin },
	{ EVENT_APPEAL_TRANSFERRED, retention_begin },
	{ EVENT_APPEAL_WITHDRAWN, retention_begin },
	{ EVENT_TASK_IMPORTED, retention_imported },
	{ EVENT_APPEAL_REOPENED, retention_stop },
	{ EVENT_APPEAL_UNDONE, retention_stop },
	{ EVENT_TASK_REOPENED, retention_stop },
	{ EVENT_APPEAL_UNMERGED, retention_stop },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(vault_keys_show), .lane = LANE_SLOW },
	{ ROUTE(retention_show), .lane = LANE_SLOW },
	{ ROUTE(holds_list), .query = "limit cursor" },
	{ ROUTE(hold_set) },
	{ ROUTE(hold_release) },
	{ ROUTE(erasure_ask), .is_read_only = true },
	{ ROUTE(erasure_list), .query = "limit cursor" },
	{ ROUTE(erasure_approve) },
	{ ROUTE(erasure_refuse) },
	{ ROUTE(person_export), .is_read_only = true, .is_on_record = true },
	{ 0 }
};

const struct module vault_module = {
	.name = "vault",
	.purpose = "Keeps, hands out and ends what is known of callers.",
	.routes = routes,
	.jobs = jobs,
	.hooks = hooks,
	.keys_used = vault_keys_used,
};
