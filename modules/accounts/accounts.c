/*
 * Accounts and keys as people meet them: signing in and out, who am I. How they are checked is
 * the server's business (auth.h).
 */
#include "accounts/accounts.h"

#include "bounds.h"
#include "calling.h"
#include "clock.h"
#include "domain.h"
#include "registering.h"

struct session_form {
	struct str login, password, totp;
};

static const struct field session_fields[] = {
	{ "login", FIELD_LINE, offsetof(struct session_form, login), .required = true,
	  .max = 64 },
	{ "password", FIELD_LINE, offsetof(struct session_form, password), .required = true,
	  .max = LIMIT_LINE_CHARS },
	{ "totp", FIELD_LINE, offsetof(struct session_form, totp), .null_ok = true, .max = 64 },
	{ 0 }
};

void record_act(struct req *r, enum audit_kind kind, uint64_t account, struct str reason)
{
	audit_record(req_tx(r), &(struct audit_act){
		.kind = kind, .by = req_actor(r), .peer = req_peer(r), .subject = account,
		.reason = reason });
}

/* What only an account has: a session with its token, and what it must do first. */
static void put_session(struct req *r, const struct auth_account *account)
{
	struct json *j = req_json(r);
	enum auth_duty duty = auth_session_duty(r);

	json_str(j, "csrf_token", auth_session_token(r));
	json_text(j, "duty", duty ? auth_duty_names[duty - 1] : NULL);
	json_bool(j, "second_factor", account->has_factor);
	json_u64(j, "recovery_codes",
		 account->has_factor ? auth_recovery_left(req_tx(r), account->id) : 0);
}

struct reply reply_me(struct req *r, const struct actor *me)
{
	const struct department *d = reference_department(reference_of(req_tx(r)), me->unit);
	struct auth_account account = { .login = me->name };
	struct json *j = req_json(r);

	if (me->kind == ACTOR_ACCOUNT && !auth_account_read(req_tx(r), me->id, &account))
		return reply_missing(r);
	json_object(j, NULL);
	json_text(j, "kind", me->kind == ACTOR_KEY ? "key" : "account");
	json_str(j, "login", account.login);
	json_str(j, "name", me->name);
	json_text(j, "role", role_name(me->role));
	json_str(j, "department", d ? d->code : STR_NONE);
	json_str(j, "department_name", d ? d->name : STR_NONE);
	json_str(j, "channel", me->source);
	json_bool(j, "outsourced", me->is_outsourced);
	put_session(r, &account);
	json_str(j, "seat", me->kind == ACTOR_ACCOUNT ? seat_of(req_tx(r), me->id) : STR_NONE);
	if (me->role & ROLE_OPERATOR)
		json_u64(j, "registered_today", appeals_registered_today(req_tx(r), me));
	else
		json_null(j, "registered_today");
	json_i64(j, "amber_percent", setting_int("amber_percent"));
	json_i64(j, "red_percent", setting_int("red_percent"));
	json_time(j, "now", clock_now());
	json_close(j);
	return reply_ok(r);
}

struct reply reply_too_often(struct req *r)
{
	return reply_problem(r, 429, "too_many_tries",
			     "Too many wrong tries; wait as long as Retry-After says.");
}

/* A try that was put off, or that still lacks its code, is no act. */
static void record_try(struct req *r, const struct auth_result *result)
{
	static const struct actor nobody = { .kind = ACTOR_NOBODY };
	struct audit_act act = {
		.kind = AUDIT_SIGNED_IN, .by = &result->actor, .peer = req_peer(r),
		.subject = result->account_id,
	};

	if (result->verdict == AUTH_IN) {
		audit_record(req_tx(r), &act);
		act.kind = AUDIT_RECOVERY_USED;
		if (result->is_recovery)
			audit_record(req_tx(r), &act);
	} else if (result->is_refused) {
		act.kind = AUDIT_SIGN_IN_REFUSED;
		act.by = &nobody;
		audit_record(req_tx(r), &act);
	}
}

static struct reply session_open(struct req *r)
{
	struct session_form form;

	if (!req_form(r, session_fields, &form))
		return reply_invalid(r);
	struct auth_result result = auth_sign_in(r, &(struct auth_try){
		.login = form.login, .password = form.password, .code = form.totp });

	record_try(r, &result);
	if (result.verdict == AUTH_IN)
		return reply_me(r, &result.actor);
	if (result.verdict == AUTH_TOO_OFTEN)
		return reply_too_often(r);
	reply_header(r, "WWW-Authenticate", "Bearer");
	if (result.verdict == AUTH_CODE_WANTED)
		return reply_problem(r, 401, "totp_required",
				     "Give the six digits that the authenticator shows now, or "
				     "a recovery code, as totp.");
	return reply_problem(r, 401, "wrong_credentials", "Login or password is wrong.");
}

static struct reply session_close(struct req *r)
{
	if (req_actor(r)->kind == ACTOR_ACCOUNT) {
		record_act(r, AUDIT_SIGNED_OUT, req_actor(r)->id, STR_NONE);
		seat_leave(req_tx(r), req_actor(r)->id);
	}
	auth_sign_out(r);
	return reply_empty(r);
}

static struct reply me_show(struct req *r)
{
	return reply_me(r, req_actor(r));
}

static const struct command commands[] = {
	{ "user", USER_USAGE, "Adds accounts and changes them; passwords on standard input.",
	  user_command },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(session_open), .lane = LANE_HASH, .is_read_only = true },
	{ ROUTE(session_close), .is_for_unready = true },
	{ ROUTE(me_show), .is_for_unready = true, .is_in_every_scope = true },
	{ ROUTE(own_password), .lane = LANE_HASH, .is_read_only = true, .is_for_unready = true },
	{ ROUTE(own_factor_start), .lane = LANE_HASH, .is_read_only = true,
	  .is_for_unready = true },
	{ ROUTE(own_factor_confirm), .is_read_only = true, .is_for_unready = true },
	{ ROUTE(own_recovery_codes), .lane = LANE_HASH, .is_read_only = true },
	{ ROUTE(own_sessions) },
	{ ROUTE(own_sessions_end) },
	{ ROUTE(own_session_end) },
	{ ROUTE(account_list), .query = "limit cursor" },
	{ ROUTE(account_add), .lane = LANE_HASH },
	{ ROUTE(account_show) },
	{ ROUTE(account_change) },
	{ ROUTE(account_disable) },
	{ ROUTE(account_enable) },
	{ ROUTE(account_reset_password), .lane = LANE_HASH },
	{ ROUTE(account_reset_factor) },
	{ ROUTE(account_sessions) },
	{ ROUTE(account_sessions_end) },
	{ 0 }
};

const struct module accounts_module = {
	.name = "accounts",
	.purpose = "Signs people in and out, and makes accounts.",
	.routes = routes,
	.commands = commands,
	.seed = accounts_seed,
	.welcome = accounts_welcome,
};
