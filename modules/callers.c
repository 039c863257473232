/*
 * Callers: identity apart from the matter, sealed from the first moment, shown masked, and
 * given clear only through a reveal that is on record before the value leaves.
 */
#include "clock.h"
#include "domain.h"
#include "events.h"
#include "identity.h"
#include "matter.h"
#include "module.h"

static void callers_keep(struct tx *tx, const struct event *e)
{
	identity_keep(tx, e->appeal, e->received.caller, e->received.commitment->salt);
}

/* ---- reveal ---- */

static const char *const revealable_names[] = {
	"name", "phone", "id_number", "address", "accused_person", NULL
};

struct reveal_form {
	struct str_list fields;
	struct str purpose;
};

static const struct field reveal_fields[] = {
	{ "fields", FIELD_CODES, offsetof(struct reveal_form, fields), .required = true,
	  .max = 5 },
	{ "purpose", FIELD_LINE, offsetof(struct reveal_form, purpose), .required = true,
	  .min = 2, .max = 200 },
	{ 0 }
};

static bool may_reveal(const struct actor *actor, struct str field)
{
	return (actor->role & ROLE_OPERATOR) || str_is(field, "phone");
}

static bool check_reveal(struct req *r, const struct reveal_form *f)
{
	if (f->fields.n == 0)
		req_error(r, "#/fields", "missing", "Name at least one of name, phone, "
			  "id_number, address, accused_person.");
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

/* The event and the answer belong to one transaction: without a record no clear value. */
static struct reply callers_reveal(struct req *r)
{
	const struct actor *actor = req_actor(r);
	struct identity who;
	struct reveal_form form;
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	bool is_read = req_form(r, reveal_fields, &form);
	if (!check_reveal(r, &form) || !is_read)
		return reply_invalid(r);
	for (size_t i = 0; i < form.fields.n; i++)
		if (!may_reveal(actor, form.fields.v[i]))
			return reply_denied(r, "A visitor reveals the phone only.");
	if (!identity_read(req_tx(r), m.appeal.id, &who))
		tx_fail(req_tx(r), TX_BROKEN);

	struct event revealed = {
		.kind = EVENT_IDENTITY_REVEALED, .at = clock_now(), .by = actor,
		.appeal = &m.appeal,
		.revealed = { .fields = form.fields.v, .n = form.fields.n,
			      .purpose = form.purpose },
	};
	emit(req_tx(r), revealed.kind, &revealed);

	struct json *j = req_json(r);
	json_object(j, NULL);
	for (size_t i = 0; i < form.fields.n; i++) {
		int index = str_index(form.fields.v[i], revealable_names);

		json_str(j, revealable_names[index], clear_value(&who.caller, index));
	}
	json_close(j);
	return reply_ok(r);
}

static const struct hook hooks[] = {
	{ EVENT_APPEAL_RECEIVED, callers_keep },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(callers_reveal) },
	{ 0 }
};

const struct module callers_module = {
	.name = "callers",
	.purpose = "Keeps callers' identity apart, sealed, and reveals it on record only.",
	.routes = routes,
	.hooks = hooks,
};
