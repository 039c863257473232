/*
 * Who sits at which telephone. A person says so once and is found by it until the sign-out, or
 * until somebody else sits down there; a seat of another day counts no more, so that nobody is
 * given calls who forgot to sign out.
 */
#include "calls/calls.h"

#include <string.h>

#include "auth.h"
#include "clock.h"

enum { SEAT_HOURS = 24 };

struct seat_form {
	struct str phone;
};

static const struct field seat_fields[] = {
	{ "phone", FIELD_LINE, offsetof(struct seat_form, phone), .null_ok = true, .max = 32 },
	{ 0 }
};

static int64_t oldest_seat(void)
{
	return clock_now() - SEAT_HOURS * CLOCK_HOUR;
}

struct str seat_of(struct tx *tx, uint64_t account_id)
{
	struct sql_calls_seat_of_row row = { 0 };

	return sql_calls_seat_of(tx, (struct sql_calls_seat_of){
		.account_id = account_id, .since = oldest_seat() }, &row) ? row.phone : STR_NONE;
}

void seat_leave(struct tx *tx, uint64_t account_id)
{
	sql_calls_seat_leave(tx, (struct sql_calls_seat_leave){ account_id });
}

static bool is_phone_name(struct str s)
{
	static const char others[] = "*#+_.-";

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      strchr(others, c)))
			return false;
	}
	return s.n > 0;
}

struct reply seat_put(struct req *r)
{
	const struct actor *me = req_actor(r);
	struct seat_form form;

	if (me->kind != ACTOR_ACCOUNT)
		return reply_problem(r, 403, "accounts_only",
				     "This is for people who have signed in, not for keys.");
	bool is_read = req_form(r, seat_fields, &form);
	if (form.phone.p && !is_phone_name(form.phone))
		req_error(r, "#/phone", "bad_phone",
			  "The extension as the PBX names it: digits, letters and * # + _ . -");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (form.phone.p) {
		sql_calls_seat_take(req_tx(r), (struct sql_calls_seat_take){
			.account_id = me->id, .phone = form.phone });
		sql_calls_seat_put(req_tx(r), (struct sql_calls_seat_put){
			.account_id = me->id, .phone = form.phone, .since = clock_now() });
	} else {
		seat_leave(req_tx(r), me->id);
	}
	json_object(req_json(r), NULL);
	json_str(req_json(r), "phone", form.phone);
	json_close(req_json(r));
	return reply_ok(r);
}

/* ---- whom a PBX means ---- */

static bool find(struct tx *tx, struct str said, uint64_t *ret_account)
{
	struct sql_calls_seat_at_row row = { 0 };
	struct auth_account account;

	if (is_phone_name(said) && said.n <= 32 &&
	    sql_calls_seat_at(tx, (struct sql_calls_seat_at){
			.phone = said, .since = oldest_seat() }, &row)) {
		*ret_account = row.account_id;
		return true;
	}
	if (!said.n || said.n > 64 || !auth_account_find_login(tx, said, &account) ||
	    account.is_disabled)
		return false;
	*ret_account = account.id;
	return true;
}

/* "PJSIP/8001-00000a1f" and "Local/8001@queue/n" name the extension 8001. */
static struct str extension_of(struct str said)
{
	struct str rest = said;

	str_take(&rest, '/');
	struct str inner = str_take(&rest, '@');

	rest = inner;
	return str_take(&rest, '-');
}

bool seat_find(struct tx *tx, struct str said, uint64_t *ret_account)
{
	return find(tx, said, ret_account) ||
	       (memchr(said.p, '/', said.n) && find(tx, extension_of(said), ret_account));
}
