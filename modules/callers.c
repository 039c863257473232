/*
 * Callers: identity apart from the matter, sealed from the first moment, shown masked, and
 * given clear only through a reveal that is on record before the value leaves.
 */
#include "clock.h"
#include "crypto.h"
#include "domain.h"
#include "events.h"
#include "bounds.h"
#include "finding.h"
#include "identity.h"
#include "matter.h"
#include "module.h"

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

struct reveal_form {
	struct str_list fields;
	struct str purpose;
};

static const struct field reveal_fields[] = {
	{ "fields", FIELD_CODES, offsetof(struct reveal_form, fields), .required = true,
	  .max = 3 },
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
			  "accused_person.");
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

/* The event and the answer belong to one transaction: without a record no clear value. */
static struct reply callers_reveal(struct req *r)
{
	const struct actor *actor = req_actor(r);
	struct sql_callers_one_row row = { 0 };
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
	if (!sql_callers_one(req_tx(r), (struct sql_callers_one){
			.appeal_id = m.appeal.id }, &row))
		row = (struct sql_callers_one_row){ 0 };

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
		const char *name = revealable_names[str_index(form.fields.v[i],
							      revealable_names)];
		json_str(j, name, clear_value(r, &row, m.appeal.id, form.fields.v[i]));
	}
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
	{ ROUTE(callers_reveal) },
	{ 0 }
};

const struct module callers_module = {
	.name = "callers",
	.purpose = "Keeps callers' identity apart, sealed, and reveals it on record only.",
	.routes = routes,
	.jobs = jobs,
	.hooks = hooks,
};
