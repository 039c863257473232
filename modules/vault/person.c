/*
 * What is held of one person, to be handed to that person (PIPL article 45): every appeal of the
 * phone, the identity in clear, the files that came with it, what was answered and written, and
 * when what was shown of it to whom. It is a reveal of all of it: each appeal has the event and the act before the values
 * leave, in one transaction.
 */
#include "vault/vault.h"

#include "attaching.h"
#include "audit.h"
#include "calling.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "matter.h"
#include "notifying.h"
#include "rules/mask.h"
#include "sightings.h"
#include "visit.h"

#include "callers_sql.h"

struct export_form {
	struct str phone, purpose;
};

static const struct field export_fields[] = {
	{ "phone", FIELD_LINE, offsetof(struct export_form, phone), .required = true, .max = 32 },
	{ "purpose", FIELD_LINE, offsetof(struct export_form, purpose), .required = true,
	  .min = 2, .max = 200 },
	{ 0 }
};

static const struct str all_fields[] = {
	{ "name", 4 }, { "phone", 5 }, { "id_number", 9 }, { "address", 7 },
};

static uint32_t read_ids(struct tx *tx, struct str phone_index, uint64_t *out)
{
	struct sql_callers_appeals_of_phone_row row = { 0 };
	struct rows *rows = sql_callers_appeals_of_phone(tx,
		(struct sql_callers_appeals_of_phone){
			.phone_index = phone_index, .n = LIMIT_PERSON_APPEALS + 1 });
	uint32_t n = 0;

	while (n <= LIMIT_PERSON_APPEALS && sql_callers_appeals_of_phone_next(rows, &row))
		out[n++] = row.appeal_id;
	return n;
}

/* Without these two nothing leaves. */
static void record(struct req *r, struct matter *m, struct str purpose)
{
	struct event *revealed = arena_new_of(req_arena(r), struct event);

	*revealed = (struct event){
		.kind = EVENT_IDENTITY_REVEALED, .at = clock_now(), .by = req_actor(r),
		.appeal = &m->appeal,
		.revealed = { .fields = all_fields, .n = array_count(all_fields),
			      .purpose = purpose },
	};
	emit(req_tx(r), revealed->kind, revealed);
	audit_record(req_tx(r), &(struct audit_act){
		.kind = AUDIT_PERSON_EXPORTED, .by = req_actor(r), .peer = req_peer(r),
		.subject = m->appeal.id, .reason = purpose });
	sighting_keep(r, SIGHT_PERSON, m->appeal.id);
}

/* ---- writing ---- */

/* Of whoever looked the person learns the role and the department, not the name. */
static void write_shown(struct req *r, uint64_t appeal_id)
{
	struct sql_vault_reveals_row row = { 0 };
	struct json *j = req_json(r);
	struct rows *rows = sql_vault_reveals(req_tx(r), (struct sql_vault_reveals){
		.appeal_id = appeal_id, .kind = EVENT_IDENTITY_REVEALED });

	json_array(j, "shown");
	while (sql_vault_reveals_next(rows, &row)) {
		json_object(j, NULL);
		json_time(j, "at", row.at);
		json_text(j, "role", role_name(row.by_role));
		json_str(j, "department", row.by_unit);
		json_raw(j, "what", row.data);
		json_close(j);
	}
	json_close(j);
}

static void write_caller(struct json *j, const struct appeal *a, const struct caller *c)
{
	json_object(j, "caller");
	json_str(j, "name", c->name);
	json_str(j, "phone", c->phone);
	json_str(j, "id_number", c->id_number);
	json_str(j, "address", c->address);
	json_bool(j, "secret", a->is_secret);
	json_bool(j, "visit_wanted", a->is_visit_wanted);
	json_close(j);
}

static void write_location(struct json *j, const struct appeal *a)
{
	if (a->latitude == JSON_NO_DECIMAL) {
		json_null(j, "location");
		return;
	}
	json_object(j, "location");
	json_decimal(j, "lat", a->latitude);
	json_decimal(j, "lon", a->longitude);
	json_close(j);
}

static void write_tasks(struct json *j, const struct matter *m)
{
	json_array(j, "tasks");
	for (uint32_t i = 0; i < m->task_count; i++) {
		const struct task *t = &m->tasks[i];

		json_object(j, NULL);
		json_str(j, "department", t->department);
		json_text(j, "state", task_state_names[t->state - 1]);
		json_time(j, "closed_at", t->closed_at);
		json_str(j, "reply", t->closed_at ? t->reply : STR_NONE);
		json_close(j);
	}
	json_close(j);
}

static void write_appeal(struct req *r, const struct matter *m)
{
	const struct appeal *a = &m->appeal;
	struct json *j = req_json(r);
	struct identity who;

	if (!identity_read(req_tx(r), a->id, &who))
		tx_fail(req_tx(r), TX_BROKEN);
	json_object(j, NULL);
	json_str(j, "id", appeal_reference(req_arena(r), a->id));
	json_text(j, "state", appeal_state_names[a->state - 1]);
	json_text(j, "channel", channel_names[a->channel - 1]);
	json_text(j, "content_class", content_class_names[a->content_class]);
	json_str(j, "title", a->title);
	json_str(j, "text", a->text);
	json_str(j, "place", a->address);
	write_location(j, a);
	json_time(j, "occurred_at", a->occurred_at);
	json_str(j, "external_no", a->external_no);
	json_time(j, "received_at", a->received_at);
	write_caller(j, a, &who.caller);
	write_tasks(j, m);
	visits_write_of_caller(r, "visits", m);
	notices_write_replies(r, "replies", a->id);
	attaching_write_sent(r, "files", a->id);
	write_shown(r, a->id);
	json_close(j);
}

struct reply person_export(struct req *r)
{
	uint64_t ids[LIMIT_PERSON_APPEALS + 1];
	struct json *j = req_json(r);
	struct export_form form;

	bool is_read = req_form(r, export_fields, &form);
	struct str phone = form.phone.p ? phone_normal(req_arena(r), form.phone) : STR_NONE;
	if (form.phone.p && !phone.p)
		req_error(r, "#/phone", "bad_phone", "There is no digit in this phone.");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	struct str purpose = mask_digits(req_arena(r), form.purpose);
	uint32_t n = read_ids(req_tx(r), crypto_index(req_arena(r), "phone", phone), ids);

	if (n > LIMIT_PERSON_APPEALS)
		return reply_problem(r, 409, "too_many_appeals",
				     "More than %d appeals have this phone.",
				     LIMIT_PERSON_APPEALS);
	struct matter *matters = matter_read_many(req_tx(r), ids, n);
	for (uint32_t i = 0; i < n && tx_ok(req_tx(r)); i++)
		record(r, &matters[i], purpose);
	json_object(j, NULL);
	json_str(j, "phone", phone);
	json_time(j, "exported_at", clock_now());
	json_array(j, "appeals");
	for (uint32_t i = 0; i < n && tx_ok(req_tx(r)); i++)
		write_appeal(r, &matters[i]);
	json_close(j);
	calls_write_of_phone(r, "calls", crypto_index(req_arena(r), "phone", phone));
	json_close(j);
	return reply_ok(r);
}
