/*
 * What people do with their own account: another password, a second factor, their sessions. All
 * that changes how they sign in asks for the password once more, and for the code where there is
 * one (ASVS 5.0, 7.5.1); afterwards the other sessions are over and this one has a new cookie.
 */
#include "accounts/accounts.h"
#include "bounds.h"
#include "domain.h"
#include "qr.h"

/* ---- the same person ---- */

bool is_same_person(struct req *r, struct str password, const char *password_pointer,
		    struct str code, struct reply *ret_reply)
{
	enum auth_verdict verdict = auth_check_again(r, password, code);

	switch (verdict) {
	case AUTH_IN:
		return true;
	case AUTH_TOO_OFTEN:
		*ret_reply = reply_too_often(r);
		return false;
	case AUTH_WRONG:
		req_error(r, password_pointer, "wrong", "is not your password");
		break;
	case AUTH_CODE_WANTED:
		req_error(r, "#/totp", "totp_required",
			  "give the six digits that the authenticator shows now, or a recovery "
			  "code");
		break;
	}
	*ret_reply = reply_invalid(r);
	return false;
}

bool complain_password(struct req *r, const char *pointer, enum auth_password_fault fault)
{
	if (fault == AUTH_PASSWORD_FINE)
		return false;
	req_error(r, pointer, auth_password_codes[fault], "%s", auth_password_advice[fault]);
	return true;
}

/* A key has neither password nor sessions. */
static bool is_key(struct req *r, struct reply *ret_reply)
{
	if (req_actor(r)->kind == ACTOR_ACCOUNT)
		return false;
	*ret_reply = reply_problem(r, 403, "accounts_only",
				   "This is for people who have signed in, not for keys.");
	return true;
}

/* The sessions of before are over; this one goes on under a new cookie. */
static void begin_anew(struct req *r)
{
	struct actor me = *req_actor(r);

	auth_session_end_others(req_tx(r), me.id, 0);
	auth_session_begin(r, &me);
}

/* ---- password ---- */

struct password_form {
	struct str current, new, totp;
};

static const struct field password_fields[] = {
	{ "current", FIELD_LINE, offsetof(struct password_form, current), .required = true,
	  .max = LIMIT_LINE_CHARS },
	{ "new", FIELD_LINE, offsetof(struct password_form, new), .required = true,
	  .max = LIMIT_LINE_CHARS },
	{ "totp", FIELD_LINE, offsetof(struct password_form, totp), .null_ok = true, .max = 64 },
	{ 0 }
};

struct reply own_password(struct req *r)
{
	struct password_form form;
	struct reply reply;

	if (is_key(r, &reply))
		return reply;
	if (!req_form(r, password_fields, &form))
		return reply_invalid(r);
	if (!is_same_person(r, form.current, "#/current", form.totp, &reply))
		return reply;
	if (str_eq(form.new, form.current)) {
		req_error(r, "#/new", "same", "is the password you have; take another");
		return reply_invalid(r);
	}
	if (complain_password(r, "#/new", auth_password_set(req_tx(r), req_actor(r)->id,
							    form.new, false)))
		return reply_invalid(r);
	begin_anew(r);
	record_act(r, AUDIT_PASSWORD_CHANGED, req_actor(r)->id, STR_NONE);
	return reply_me(r, req_actor(r));
}

/* ---- second factor ---- */

struct proof_form {
	struct str password, totp;
};

static const struct field proof_fields[] = {
	{ "password", FIELD_LINE, offsetof(struct proof_form, password), .required = true,
	  .max = LIMIT_LINE_CHARS },
	{ "totp", FIELD_LINE, offsetof(struct proof_form, totp), .null_ok = true, .max = 64 },
	{ 0 }
};

struct confirm_form {
	struct str totp;
};

static const struct field confirm_fields[] = {
	{ "totp", FIELD_LINE, offsetof(struct confirm_form, totp), .required = true, .max = 64 },
	{ 0 }
};

static bool read_proof(struct req *r, struct reply *ret_reply)
{
	struct proof_form form;

	if (is_key(r, ret_reply))
		return false;
	if (!req_form(r, proof_fields, &form)) {
		*ret_reply = reply_invalid(r);
		return false;
	}
	return is_same_person(r, form.password, "#/password", form.totp, ret_reply);
}

struct reply own_factor_start(struct req *r)
{
	struct auth_account me;
	struct json *j = req_json(r);
	struct reply reply;

	if (!read_proof(r, &reply))
		return reply;
	if (!auth_account_read(req_tx(r), req_actor(r)->id, &me))
		return reply_missing(r);
	struct auth_secret secret = auth_factor_start(req_tx(r), me.id, me.login);
	const struct str *rows;
	size_t n = qr_rows(req_arena(r), secret.uri, &rows);

	json_object(j, NULL);
	json_str(j, "secret", secret.base32);
	json_str(j, "uri", secret.uri);
	json_array(j, "qr");
	for (size_t i = 0; i < n; i++)
		json_str(j, NULL, rows[i]);
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

static struct reply reply_recovery_codes(struct req *r)
{
	struct str codes[AUTH_RECOVERY_CODES];
	struct json *j = req_json(r);

	auth_recovery_renew(req_tx(r), req_actor(r)->id, codes);
	json_object(j, NULL);
	json_array(j, "recovery_codes");
	for (int i = 0; i < AUTH_RECOVERY_CODES; i++)
		json_str(j, NULL, codes[i]);
	json_close(j);
	json_str(j, "csrf_token", auth_session_token(r));
	json_close(j);
	return reply_ok(r);
}

struct reply own_factor_confirm(struct req *r)
{
	struct confirm_form form;
	struct reply reply;

	if (is_key(r, &reply))
		return reply;
	if (!req_form(r, confirm_fields, &form))
		return reply_invalid(r);
	enum auth_verdict verdict = auth_factor_confirm(r, form.totp);

	if (verdict == AUTH_TOO_OFTEN)
		return reply_too_often(r);
	if (verdict != AUTH_IN) {
		req_error(r, "#/totp", "wrong",
			  "is not what the new secret gives now; read it again, or begin anew");
		return reply_invalid(r);
	}
	begin_anew(r);
	record_act(r, AUDIT_FACTOR_ADDED, req_actor(r)->id, STR_NONE);
	return reply_recovery_codes(r);
}

struct reply own_recovery_codes(struct req *r)
{
	struct auth_account me;
	struct reply reply;

	if (!read_proof(r, &reply))
		return reply;
	if (!auth_account_read(req_tx(r), req_actor(r)->id, &me) || !me.has_factor)
		return reply_conflict(r, "no_second_factor", NULL,
				      "Recovery codes stand beside a second factor; set one up.");
	return reply_recovery_codes(r);
}

/* ---- sessions ---- */

struct reply reply_sessions(struct req *r, uint64_t account_id, uint32_t role, uint64_t current)
{
	const struct auth_session *list;
	struct json *j = req_json(r);
	size_t n = auth_session_list(req_tx(r), account_id, role, &list);

	json_object(j, NULL);
	json_array(j, "items");
	for (size_t i = 0; i < n; i++) {
		json_object(j, NULL);
		json_u64(j, "id", list[i].id);
		json_time(j, "created_at", list[i].created_at);
		json_time(j, "seen_at", list[i].seen_at);
		json_str(j, "source", list[i].source);
		json_str(j, "agent", list[i].agent);
		json_bool(j, "current", list[i].id == current);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

struct reply own_sessions(struct req *r)
{
	const struct actor *me = req_actor(r);
	struct reply reply;

	return is_key(r, &reply) ? reply :
		reply_sessions(r, me->id, me->role, auth_session_id(r));
}

struct reply own_session_end(struct req *r)
{
	struct reply reply;
	uint64_t id;

	if (is_key(r, &reply))
		return reply;
	if (!str_to_u64(req_path(r, "id"), &id) ||
	    !auth_session_end(req_tx(r), req_actor(r)->id, id))
		return reply_missing(r);
	record_act(r, AUDIT_SESSIONS_ENDED, req_actor(r)->id, STR_NONE);
	return reply_empty(r);
}

struct reply own_sessions_end(struct req *r)
{
	struct reply reply;

	if (is_key(r, &reply))
		return reply;
	auth_session_end_others(req_tx(r), req_actor(r)->id, auth_session_id(r));
	record_act(r, AUDIT_SESSIONS_ENDED, req_actor(r)->id, STR_NONE);
	return reply_empty(r);
}
