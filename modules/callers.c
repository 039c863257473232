/*
 * Callers: identity apart from the matter, sealed from the first moment, shown masked, and
 * given clear only through a reveal that is on record before the value leaves.
 */
#include "audit.h"
#include "clock.h"
#include "crypto.h"
#include "domain.h"
#include "events.h"
#include "bounds.h"
#include "finding.h"
#include "identity.h"
#include "matter.h"
#include "module.h"
#include "rules/mask.h"
#include "sightings.h"

#include "callers_sql.h"

static struct str seal(struct arena *a, const char *column, uint64_t appeal_id,
		       struct str clear)
{
	return clear.p ? crypto_seal(a, identity_place(a, column, appeal_id), clear) : STR_NONE;
}

static void callers_keep(struct tx *tx, const struct event *e)
{
	const struct caller *caller = e->received.caller;
	const uint8_t *salt = e->received.commitment->salt;
	struct arena *a = tx_arena(tx);
	uint64_t id = e->appeal->id;

	sql_callers_insert(tx, (struct sql_callers_insert){
		.appeal_id = id,
		.name_sealed = seal(a, "name", id, caller->name),
		.phone_sealed = seal(a, "phone", id, caller->phone),
		.phone_index = caller->phone.p ? crypto_index(a, "phone", caller->phone)
					       : STR_NONE,
		.phone_tail = phone_tail_index(a, caller->phone),
		.accused_person_sealed = seal(a, "accused_person", id,
					      caller->accused_person),
		.salt_sealed = seal(a, "salt", id,
				    (struct str){ (const char *)salt, SALT_BYTES }),
	});
}

/* ---- reveal ---- */

static const char *const revealable_names[] = { "name", "phone", "accused_person", NULL };

static const char *const purpose_names[] = {
	"call_back", "verify_identity", "visit", "legal_request", "other", NULL
};

struct reveal_form {
	struct str_list fields;
	struct str purpose;
	int purpose_code;
};

static const struct field reveal_fields[] = {
	{ "fields", FIELD_CODES, offsetof(struct reveal_form, fields), .required = true,
	  .max = array_count(revealable_names) },
	{ "purpose", FIELD_LINE, offsetof(struct reveal_form, purpose), .required = true,
	  .min = 2, .max = 200 },
	{ "purpose_code", FIELD_CHOICE, offsetof(struct reveal_form, purpose_code),
	  .choices = purpose_names },
	{ 0 }
};

static bool may_reveal(const struct actor *actor, struct str field)
{
	return (actor->role & ROLE_OPERATOR) || str_is(field, "phone");
}

static bool check_reveal(struct req *r, const struct reveal_form *f)
{
	if (f->fields.n != 1)
		req_error(r, "#/fields", f->fields.n ? "one_at_a_time" : "missing",
			  "Name the one field that is needed: name, phone or accused_person. "
			  "Another one is another call, with its purpose.");
	for (size_t i = 0; i < f->fields.n; i++)
		if (str_index(f->fields.v[i], revealable_names) < 0)
			req_error(r, "#/fields", "unknown_code",
				  "Only name, phone and accused_person can be revealed.");
	return !req_has_errors(r);
}

static struct str clear_value(struct req *r, const struct sql_callers_one_row *row,
			      uint64_t appeal_id, struct str field)
{
	const struct str sealed[] = {
		row->name_sealed, row->phone_sealed, row->accused_person_sealed,
	};
	int index = str_index(field, revealable_names);
	struct str clear = STR_NONE;

	if (!sealed[index].p)
		return STR_NONE;
	if (!crypto_open(req_arena(r), identity_place(req_arena(r), revealable_names[index],
						appeal_id), sealed[index], &clear))
		tx_fail(req_tx(r), TX_BROKEN);
	return clear;
}

/*
 * The record goes to the database before anything is opened, and is committed with the entry of
 * it before the answer's first byte leaves: without a record no clear value.
 */
static bool record_reveal(struct req *r, struct appeal *appeal, const struct reveal_form *f)
{
	const char *code = f->purpose_code < 0 ? NULL : purpose_names[f->purpose_code];
	struct str purpose = mask_digits(req_arena(r), f->purpose);
	struct event revealed = {
		.kind = EVENT_IDENTITY_REVEALED, .at = clock_now(), .by = req_actor(r),
		.appeal = appeal,
		.revealed = { .fields = f->fields.v, .n = f->fields.n, .purpose = purpose,
			      .purpose_code = str_of(code) },
	};

	emit(req_tx(r), revealed.kind, &revealed);
	audit_opening(req_tx(r), &(struct audit_opening){
		.by = req_actor(r), .peer = req_peer(r), .appeal_id = appeal->id,
		.field = f->fields.v[0], .purpose = purpose, .purpose_code = code });
	sighting_keep(r, SIGHT_REVEAL, appeal->id);
	tx_flush(req_tx(r));
	return tx_ok(req_tx(r));
}

static struct reply callers_reveal(struct req *r)
{
	struct sql_callers_one_row row = { 0 };
	struct reveal_form form;
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	bool is_read = req_form(r, reveal_fields, &form);
	if (!check_reveal(r, &form) || !is_read)
		return reply_invalid(r);
	if (!may_reveal(req_actor(r), form.fields.v[0]))
		return reply_denied(r, "A visitor reveals the phone only.");
	if (!record_reveal(r, &m.appeal, &form))
		return reply_empty(r);	/* the transaction's error is the answer */
	if (!sql_callers_one(req_tx(r), (struct sql_callers_one){
			.appeal_id = m.appeal.id }, &row))
		row = (struct sql_callers_one_row){ 0 };

	struct json *j = req_json(r);
	json_object(j, NULL);
	json_str(j, revealable_names[str_index(form.fields.v[0], revealable_names)],
		 clear_value(r, &row, m.appeal.id, form.fields.v[0]));
	json_close(j);
	return reply_ok(r);
}

/* ---- tails of phones that were registered before there were any ---- */

enum { TAILS_AT_A_TIME = 200 };

static bool callers_fill_tails(struct tx *tx)
{
	struct sql_callers_without_tail_row row = { 0 };
	struct arena *a = tx_arena(tx);
	uint32_t n = 0;
	struct rows *rows = sql_callers_without_tail(tx, (struct sql_callers_without_tail){
		.n = TAILS_AT_A_TIME });

	for (; sql_callers_without_tail_next(rows, &row); n++) {
		struct str clear = STR_NONE;

		if (row.phone_sealed.p && !crypto_open(a, identity_place(a, "phone", row.appeal_id),
						       row.phone_sealed, &clear))
			tx_fail(tx, TX_BROKEN);
		sql_callers_set_tail(tx, (struct sql_callers_set_tail){
			.appeal_id = row.appeal_id, .phone_tail = phone_tail_index(a, clear) });
	}
	return n == TAILS_AT_A_TIME;
}

static const struct job jobs[] = {
	{ "callers.tails", 10 * CLOCK_MINUTE, callers_fill_tails, .is_leased = true },
	{ 0 }
};

static const struct hook hooks[] = {
	{ EVENT_APPEAL_RECEIVED, callers_keep },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(callers_reveal), .is_read_only = true, .is_on_record = true },
	{ 0 }
};

const struct module callers_module = {
	.name = "callers",
	.purpose = "Keeps callers' identity apart, sealed, and reveals it on record only.",
	.routes = routes,
	.jobs = jobs,
	.hooks = hooks,
};
