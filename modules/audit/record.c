/*
 * Records of acts: one row and one content of the ledger each.
 */
#include "audit/record.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "domain.h"
#include "must.h"
#include "sealing.h"

static const struct {
	const char *name;
	enum audit_subject subject;
} kinds[] = {
	[AUDIT_ACCOUNT_ADDED] = { "account_added", SUBJECT_ACCOUNT },
	[AUDIT_ACCOUNT_CHANGED] = { "account_changed", SUBJECT_ACCOUNT },
	[AUDIT_ACCOUNT_DISABLED] = { "account_disabled", SUBJECT_ACCOUNT },
	[AUDIT_ACCOUNT_ENABLED] = { "account_enabled", SUBJECT_ACCOUNT },
	[AUDIT_PASSWORD_CHANGED] = { "password_changed", SUBJECT_ACCOUNT },
	[AUDIT_PASSWORD_RESET] = { "password_reset", SUBJECT_ACCOUNT },
	[AUDIT_FACTOR_ADDED] = { "factor_added", SUBJECT_ACCOUNT },
	[AUDIT_FACTOR_REMOVED] = { "factor_removed", SUBJECT_ACCOUNT },
	[AUDIT_RECOVERY_USED] = { "recovery_used", SUBJECT_ACCOUNT },
	[AUDIT_SIGNED_IN] = { "signed_in", SUBJECT_ACCOUNT },
	[AUDIT_SIGN_IN_REFUSED] = { "sign_in_refused", SUBJECT_NONE },
	[AUDIT_SIGNED_OUT] = { "signed_out", SUBJECT_ACCOUNT },
	[AUDIT_SESSIONS_ENDED] = { "sessions_ended", SUBJECT_ACCOUNT },
	[AUDIT_KEY_ADDED] = { "key_added", SUBJECT_KEY },
	[AUDIT_KEY_CHANGED] = { "key_changed", SUBJECT_KEY },
	[AUDIT_KEY_ROTATED] = { "key_rotated", SUBJECT_KEY },
	[AUDIT_KEY_ENDED] = { "key_ended", SUBJECT_KEY },
	[AUDIT_IDENTITY_REVEALED] = { "identity_revealed", SUBJECT_APPEAL },
	[AUDIT_PERSON_EXPORTED] = { "person_exported", SUBJECT_APPEAL },
	[AUDIT_PERSON_ERASED] = { "person_erased", SUBJECT_APPEAL },
	[AUDIT_IDENTITY_RETIRED] = { "identity_retired", SUBJECT_APPEAL },
	[AUDIT_KEYS_ROTATED] = { "keys_rotated", SUBJECT_NONE },
	[AUDIT_SETTINGS_CHANGED] = { "settings_changed", SUBJECT_NONE },
	[AUDIT_EXPORTED] = { "exported", SUBJECT_NONE },
	[AUDIT_REVEALS_MANY] = { "reveals_many", SUBJECT_ACCOUNT },
	[AUDIT_IDENTITY_HELD] = { "identity_held", SUBJECT_APPEAL },
	[AUDIT_ERASURE_ASKED] = { "erasure_asked", SUBJECT_NONE },
	[AUDIT_ERASURE_REFUSED] = { "erasure_refused", SUBJECT_NONE },
	[AUDIT_EXCHANGE_PEER] = { "exchange_peer", SUBJECT_NONE },
	[AUDIT_DEPARTMENT] = { "department", SUBJECT_NONE },
	[AUDIT_NOTICES_RESUMED] = { "notices_resumed", SUBJECT_APPEAL },
};
_Static_assert(array_count(kinds) == AUDIT_KIND_END, "every kind has its name");

const char *audit_kind_name(enum audit_kind kind)
{
	must(kind > 0 && kind < AUDIT_KIND_END);
	return kinds[kind].name;
}

enum audit_kind audit_kind_of(struct str name)
{
	for (int kind = 1; kind < AUDIT_KIND_END; kind++)
		if (str_is(name, kinds[kind].name))
			return (enum audit_kind)kind;
	return 0;
}

enum audit_subject audit_subject_of(enum audit_kind kind)
{
	must(kind > 0 && kind < AUDIT_KIND_END);
	return kinds[kind].subject;
}

/* ---- how it is written ---- */

struct str audit_actor_text(struct arena *a, enum actor_kind kind, uint64_t id)
{
	if (kind != ACTOR_KEY && kind != ACTOR_ACCOUNT)
		return STR_NONE;
	return arena_printf(a, "%s:%" PRIu64, kind == ACTOR_KEY ? "key" : "account", id);
}

bool audit_actor_parse(struct str text, enum actor_kind *ret_kind, uint64_t *ret_id)
{
	static const struct {
		const char *prefix;
		enum actor_kind kind;
	} forms[] = { { "account:", ACTOR_ACCOUNT }, { "key:", ACTOR_KEY } };

	for (size_t i = 0; i < array_count(forms); i++) {
		struct str prefix = str_of(forms[i].prefix);

		if (str_starts(text, prefix)) {
			*ret_kind = forms[i].kind;
			return str_to_u64((struct str){ text.p + prefix.n, text.n - prefix.n },
					  ret_id) && *ret_id > 0;
		}
	}
	return false;
}

struct str audit_subject_text(struct arena *a, const audit_row *row)
{
	switch (row->subject ? audit_subject_of((enum audit_kind)row->kind) : SUBJECT_NONE) {
	case SUBJECT_ACCOUNT:
		return audit_actor_text(a, ACTOR_ACCOUNT, row->subject);
	case SUBJECT_KEY:
		return audit_actor_text(a, ACTOR_KEY, row->subject);
	case SUBJECT_APPEAL:
		return appeal_reference(a, row->subject);
	default:
		return STR_NONE;
	}
}

void audit_write_actor(struct json *j, struct arena *a, const struct audit_actor *actor)
{
	json_object(j, "by");
	json_str(j, "id", audit_actor_text(a, actor->kind, actor->id));
	json_str(j, "name", actor->name);
	json_text(j, "role", role_name(actor->role));
	json_str(j, "department", actor->unit);
	json_close(j);
}

void audit_write(struct json *j, struct arena *a, const audit_row *row)
{
	json_u64(j, "id", row->id);
	json_time(j, "at", row->at);
	json_text(j, "kind", audit_kind_name((enum audit_kind)row->kind));
	audit_write_actor(j, a, &(struct audit_actor){
		.kind = (enum actor_kind)row->by_kind, .id = row->by_id, .name = row->by_name,
		.role = row->by_role, .unit = row->by_unit });
	json_str(j, "source", row->source);
	json_str(j, "subject", audit_subject_text(a, row));
	json_str(j, "reason", row->reason);
	json_raw(j, "detail", row->detail.p ? row->detail : STR("null"));
}

/* ---- recording ---- */

static uint32_t this_hour(void)
{
	return (uint32_t)(clock_now() / CLOCK_HOUR);
}

uint64_t audit_next_id(struct tx *tx)
{
	return tx_sequence(tx, "audit_act");
}

uint64_t audit_record(struct tx *tx, const struct audit_act *act)
{
	static const struct actor system = { .kind = ACTOR_SYSTEM };
	const struct actor *by = act->by ? act->by : &system;
	struct sealed_object object;

	if (act->kind == AUDIT_SIGN_IN_REFUSED && act->by) {
		sql_audit_refused(tx, (struct sql_audit_refused){
			.hour = this_hour(), .account = act->subject,
			.source = act->peer.p ? act->peer : STR("") });
		return 0;
	}
	audit_row row = {
		.id = act->id ? act->id : audit_next_id(tx), .kind = act->kind, .at = clock_now(),
		.by_kind = by->kind, .by_id = by->id,
		.by_name = str_is_empty(by->name) ? STR_NONE : by->name, .by_role = by->role,
		.by_unit = str_is_empty(by->unit) ? STR_NONE : by->unit, .source = act->peer,
		.subject = act->subject, .reason = act->reason, .detail = act->detail,
	};
	if (!tx_ok(tx))
		return 0;
	sql_audit_add(tx, (struct sql_audit_add){
		.id = row.id, .kind = row.kind, .at = row.at, .by_kind = row.by_kind,
		.by_id = row.by_id, .by_name = row.by_name, .by_role = row.by_role,
		.by_unit = row.by_unit, .source = row.source, .subject = row.subject,
		.reason = row.reason, .detail = row.detail,
	});
	audit_write(sealed_object_open(&object, "liandong-act/1"), tx_arena(tx), &row);
	sealed_object_close(&object, tx, &(struct entry){
		.kind = ENTRY_ACT, .subject = row.id, .number = 1, .at = row.at });
	return row.id;
}

/* ---- refused sign-ins ---- */

enum { REFUSALS_TOLD = 50 };

static struct str refusals_detail(struct tx *tx, uint32_t hour)
{
	struct sql_audit_refused_sum_row sum = { 0 };
	struct sql_audit_refused_of_row row = { 0 };
	struct arena *a = tx_arena(tx);
	struct json j;
	struct buf text;

	buf_init(&text, LIMIT_REPLY_BYTES);
	json_init(&j, &text);
	json_object(&j, NULL);
	json_time(&j, "from", (int64_t)hour * CLOCK_HOUR);
	if (sql_audit_refused_sum(tx, (struct sql_audit_refused_sum){ .hour = hour }, &sum)) {
		json_u64(&j, "refusals", sum.refusals);
		json_u64(&j, "pairs", sum.pairs);
	}
	json_array(&j, "most");
	struct rows *rows = sql_audit_refused_of(tx, (struct sql_audit_refused_of){
		.hour = hour, .n = REFUSALS_TOLD });
	while (sql_audit_refused_of_next(rows, &row)) {
		json_object(&j, NULL);
		json_str(&j, "account", row.account ?
			 audit_actor_text(a, ACTOR_ACCOUNT, row.account) : STR_NONE);
		json_str(&j, "source", row.source);
		json_u64(&j, "refusals", row.refusals);
		json_close(&j);
	}
	json_close(&j);
	json_close(&j);
	struct str detail = arena_str(a, buf_str(&text));
	buf_free(&text);
	return detail;
}

/* The first hour that is over and has no act. */
static bool uncounted_hour(struct tx *tx, uint32_t before, uint32_t *ret_was, uint32_t *ret_hour)
{
	struct sql_audit_counted_until_row until = { 0 };
	struct sql_audit_refused_hour_row row = { 0 };

	if (!sql_audit_counted_until(tx, &until) ||
	    !sql_audit_refused_hour(tx, (struct sql_audit_refused_hour){
			.from_hour = until.hour, .before = before }, &row))
		return false;
	*ret_was = until.hour;
	*ret_hour = row.hour;
	return true;
}

bool audit_count_refusals(struct tx *tx)
{
	uint32_t was, hour;

	if (!uncounted_hour(tx, this_hour(), &was, &hour))
		return false;
	sql_audit_count(tx, (struct sql_audit_count){ .hour = hour + 1, .was = was });
	audit_record(tx, &(struct audit_act){ .kind = AUDIT_SIGN_IN_REFUSED,
					      .detail = refusals_detail(tx, hour) });
	return true;
}

int64_t audit_next_count(struct tx *tx)
{
	uint32_t was, hour;

	return uncounted_hour(tx, UINT32_MAX, &was, &hour) ?
	       (int64_t)(hour + 1) * CLOCK_HOUR : INT64_MAX;
}
