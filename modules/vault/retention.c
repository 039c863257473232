/*
 * Retention: when a matter is over its caller's identity gets a moment at which it is retired,
 * by the table in force then. A legal hold moves the moment on. Appeals that were merged end with
 * the one they were merged into.
 */
#include "vault/vault.h"

#include <inttypes.h>

#include "audit.h"
#include "bounds.h"
#include "clock.h"
#include "matter.h"
#include "rules/mask.h"
#include "rules/retention.h"
#include "rules/steps.h"

enum { RETIRED_AT_A_TIME = 50 };

static void set_moment(struct tx *tx, uint64_t appeal_id, const struct appeal *by, int64_t at)
{
	const struct reference *ref = reference_of(tx);
	int64_t moment = retention_until(ref, (int)by->content_class, (int)by->channel - 1, at);

	if (moment)
		sql_vault_retirement_set(tx, (struct sql_vault_retirement_set){
			.appeal_id = appeal_id, .retire_at = moment,
			.retention_version = ref->retention_version });
}

/* Whether nobody needs to reach the caller about the appeal any more. */
static bool is_over(enum appeal_state state)
{
	return state == APPEAL_ARCHIVED || state == APPEAL_ANSWERED || state == APPEAL_REFUSED ||
	       state == APPEAL_TRANSFERRED || state == APPEAL_WITHDRAWN;
}

void retention_begin(struct tx *tx, const struct event *e)
{
	struct sql_vault_children_row row = { 0 };

	if (!is_over(e->appeal->state))
		return;
	set_moment(tx, e->appeal->id, e->appeal, e->at);
	struct rows *rows = sql_vault_children(tx, (struct sql_vault_children){ e->appeal->id });
	while (sql_vault_children_next(rows, &row))
		set_moment(tx, row.child_id, e->appeal, e->at);
}

/* A told history is not archived by itself: it was over when it was closed. */
void retention_imported(struct tx *tx, const struct event *e)
{
	const struct task *t = e->task;

	if (t && t->closed_at && !task_is_open(t) && !t->archive_at)
		set_moment(tx, e->appeal->id, e->appeal, t->closed_at);
}

void retention_stop(struct tx *tx, const struct event *e)
{
	struct sql_vault_children_row row = { 0 };

	sql_vault_retirement_drop(tx, (struct sql_vault_retirement_drop){ e->appeal->id });
	struct rows *rows = sql_vault_children(tx, (struct sql_vault_children){ e->appeal->id });
	while (sql_vault_children_next(rows, &row))
		sql_vault_retirement_drop(tx, (struct sql_vault_retirement_drop){ row.child_id });
}

/* ---- the job ---- */

/* Who reopens it or what it was merged into, or sets a legal hold, comes before or after. */
static bool hold_with_parent(struct tx *tx, uint64_t appeal_id)
{
	if (!matter_hold(tx, appeal_id))
		return false;
	uint64_t parent = matter_appeals(tx, &appeal_id, 1)->merged_into;
	return !parent || matter_hold(tx, parent);
}

static void retire(struct tx *tx, uint64_t appeal_id)
{
	struct sql_vault_due_of_row row = { 0 };

	if (!hold_with_parent(tx, appeal_id) || !sql_vault_due_of(tx, (struct sql_vault_due_of){
			.appeal_id = appeal_id, .now_at = clock_now() }, &row))
		return;
	if (row.held_until > clock_now())
		sql_vault_retirement_put_off(tx, (struct sql_vault_retirement_put_off){
			.appeal_id = appeal_id, .until_at = row.held_until });
	else if (!vault_end(tx, appeal_id, ERASED_BY_RETENTION, NULL, STR_NONE, STR_NONE))
		sql_vault_retirement_drop(tx, (struct sql_vault_retirement_drop){ appeal_id });
}

bool retention_run(struct tx *tx)
{
	struct sql_vault_due_row due[RETIRED_AT_A_TIME];
	struct rows *rows = sql_vault_due(tx, (struct sql_vault_due){
		.now_at = clock_now(), .n = RETIRED_AT_A_TIME });
	uint32_t n = 0;

	while (n < RETIRED_AT_A_TIME && sql_vault_due_next(rows, &due[n]))
		n++;
	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		retire(tx, due[i].appeal_id);
	return n == RETIRED_AT_A_TIME;
}

int64_t retention_next_due(struct tx *tx)
{
	struct sql_vault_next_row row = { 0 };

	return sql_vault_next(tx, &row) ? row.retire_at : INT64_MAX;
}

struct reply retention_show(struct req *r)
{
	struct sql_vault_counts_row row = { 0 };
	struct json *j = req_json(r);

	if (!sql_vault_counts(req_tx(r), (struct sql_vault_counts){ clock_now() }, &row))
		return reply_missing(r);
	json_object(j, NULL);
	json_u64(j, "version", reference_of(req_tx(r))->retention_version);
	json_u64(j, "kept", row.kept);
	json_u64(j, "waiting", row.waiting);
	json_u64(j, "held", row.held);
	json_u64(j, "retired", row.retired);
	json_u64(j, "erased", row.erased);
	json_close(j);
	return reply_ok(r);
}

/* ---- holds ---- */

struct hold_form {
	int64_t until;
	struct str reason;
};

static const struct field hold_fields[] = {
	{ "until", FIELD_UNTIL, offsetof(struct hold_form, until), .required = true },
	{ "reason", FIELD_LINE, offsetof(struct hold_form, reason), .required = true,
	  .max = 200 },
	{ 0 }
};
static const struct field release_fields[] = {
	{ "reason", FIELD_LINE, offsetof(struct hold_form, reason), .required = true,
	  .max = 200 },
	{ 0 }
};

int64_t vault_held_until(struct tx *tx, uint64_t appeal_id, int64_t at)
{
	struct sql_vault_hold_read_row row = { 0 };
	bool is_held = sql_vault_hold_read(tx, (struct sql_vault_hold_read){ appeal_id }, &row);

	return is_held && row.until_at > at ? row.until_at : 0;
}

static struct reply hold_change(struct req *r, const struct matter *m, int64_t until,
				struct str typed)
{
	struct str reason = mask_digits(req_arena(r), typed);
	const struct actor *by = req_actor(r);
	struct json *j = req_json(r);
	struct str reference = appeal_reference(req_arena(r), m->appeal.id);

	sql_vault_hold_set(req_tx(r), (struct sql_vault_hold_set){
		.appeal_id = m->appeal.id, .until_at = until, .reason = reason,
		.at = clock_now(), .by_kind = by->kind, .by_id = by->id });
	audit_record(req_tx(r), &(struct audit_act){
		.kind = AUDIT_IDENTITY_HELD, .by = by, .peer = req_peer(r),
		.subject = m->appeal.id, .reason = reason,
		.detail = arena_printf(req_arena(r), "{\"until\":%" PRId64 "}",
				       until / CLOCK_SECOND) });
	json_object(j, NULL);
	json_str(j, "appeal", reference);
	json_time(j, "until", until);
	json_str(j, "reason", reason);
	json_close(j);
	return reply_ok(r);
}

/* The appeal of the path; an erasure of its caller comes before or after. */
static bool req_held(struct req *r, struct matter *ret_matter)
{
	uint64_t id = appeal_id_of(req_path(r, "id"));

	return req_matter(r, ret_matter) && matter_hold(req_tx(r), id) &&
	       matter_read(req_tx(r), id, ret_matter);
}

struct reply hold_set(struct req *r)
{
	struct hold_form form;
	struct matter m;

	if (!req_held(r, &m))
		return reply_missing(r);
	bool is_read = req_form(r, hold_fields, &form);
	if (is_read && form.until <= clock_now())
		req_error(r, "#/until", "in_the_past", "A hold ends in the future.");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (m.is_erased)
		return reply_problem(r, 409, "identity_erased",
				     "There is nothing left to be held: the identity was erased.");
	return hold_change(r, &m, form.until, form.reason);
}

struct reply hold_release(struct req *r)
{
	static const char *const nothing[] = { NULL };
	struct hold_form form;
	struct matter m;

	if (!req_held(r, &m))
		return reply_missing(r);
	if (!req_form(r, release_fields, &form))
		return reply_invalid(r);
	int64_t held_until = vault_held_until(req_tx(r), m.appeal.id, clock_now());
	if (!held_until)
		return reply_conflict(r, "not_held", nothing, "This appeal is under no hold.");
	sql_vault_retirement_resume(req_tx(r), (struct sql_vault_retirement_resume){
		.appeal_id = m.appeal.id, .held_until = held_until, .at = clock_now() });
	return hold_change(r, &m, clock_now(), form.reason);
}

struct reply holds_list(struct req *r)
{
	struct sql_vault_holds_page_row row = { 0 };
	struct json *j = req_json(r);
	struct page page;
	uint64_t last = 0;
	uint32_t n = 0;

	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_vault_holds_page(req_tx(r), (struct sql_vault_holds_page){
		.now_at = clock_now(), .after = page.key1, .n = page.limit + 1 });
	page_open(r);
	while (sql_vault_holds_page_next(rows, &row) && n++ < page.limit) {
		json_object(j, NULL);
		json_str(j, "appeal", appeal_reference(req_arena(r), row.appeal_id));
		json_time(j, "until", row.until_at);
		json_str(j, "reason", row.reason);
		json_time(j, "at", row.at);
		json_close(j);
		last = row.appeal_id;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}
