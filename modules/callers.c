/*
 * Callers: identity apart from the matter, sealed from the first moment, shown masked, and
 * given clear only through a reveal that is on record before the value leaves.
 */
#include "audit.h"
#include "clock.h"
#include "domain.h"
#include "events.h"
#include "identity.h"
#include "matter.h"
#include "module.h"
#include "rules/mask.h"
#include "sightings.h"

static void callers_keep(struct tx *tx, const struct event *e)
{
	identity_keep(tx, e->appeal, e->received.caller, e->received.commitment->salt);
}

/* ---- reveal ---- */

static const char *const revealable_names[] = {
	"name", "phone", "id_number", "address", "accused_person", NULL
};

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
			  "Name the one field that is needed: name, phone, id_number, address or "
			  "accused_person. Another one is another call, with its purpose.");
	for (size_t i = 0; i < f->fields.n; i++)
		if (str_index(f->fields.v[i], revealable_names) < 0)
			req_error(r, "#/fields", "unknown_code",
				  "Only name, phone, id_number, address and accused_person "
				  "can be revealed.");
	return !req_has_errors(r);
}

/* In the order of revealable_names. */
static struct str clear_value(const struct caller *c, int index)
{
	const struct str values[] = {
		c->name, c->phone, c->id_number, c->address, c->accused_person,
	};

	return values[index];
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
	struct identity who;
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
	if (!identity_read(req_tx(r), m.appeal.id, &who))
		tx_fail(req_tx(r), TX_BROKEN);
	int index = str_index(form.fields.v[0], revealable_names);

	struct json *j = req_json(r);
	json_object(j, NULL);
	json_str(j, revealable_names[index], clear_value(&who.caller, index));
	json_close(j);
	return reply_ok(r);
}

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
	.hooks = hooks,
};
