/*
 * Signing in by a provider of OpenID Connect (oidc.h): the two addresses that a browser is sent
 * through, and which person at the provider is which account here. People have no account
 * merely because the provider knows them: an administrator links one, or a claim that the
 * configuration trusts with it gives one.
 *
 * What belongs to a flow travels in a sealed cookie, Lax, because the browser comes back from
 * another site; the database holds only which flows have come back.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "auth.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "domain.h"
#include "log.h"
#include "module.h"
#include "oidc.h"
#include "oidc_sql.h"
#include "rules/sign_in.h"
#include "setting.h"

#define FLOW_COOKIE "__Host-oidc"
#define FLOW_FLAGS "; Path=/; Secure; HttpOnly; SameSite=Lax"
#define FLOW_PLACE STR("oidc.flow")

/* What a claim may give. An administrator is made by an administrator. */
#define ROLES_GIVEN (ROLES_CENTRE | ROLE_DEPARTMENT)

enum { LOGIN_CHARS = 64, VALUE_CHARS = 255, PASSWORD_BYTES = 32, TAG_BYTES = 8 };

enum claim { CLAIM_SUB = 1, CLAIM_USERNAME, CLAIM_EMAIL };
static const char *const claim_names[] = { "sub", "preferred_username", "email", NULL };

/* ---- what a person is told ---- */

struct refusal {
	int status;
	const char *code, *zh, *en;
};

static const struct refusal provider_away = {
	503, "provider_away", "统一认证暂时无法使用，请稍后再试，或用账号密码登录。",
	"The sign-in service does not answer. Try again later, or sign in by password.",
};
static const struct refusal provider_refused = {
	403, "provider_refused", "统一认证没有确认您的身份，请重新登录。",
	"The sign-in service did not confirm who you are. Sign in again.",
};
static const struct refusal flow_over = {
	403, "flow_over", "本次登录已过期、已使用过，或不是在这个浏览器中开始的，请重新登录。",
	"This sign-in took too long, was used already, or began in another browser. Sign in again.",
};
static const struct refusal not_linked = {
	403, "not_linked", "您在统一认证的身份还没有关联本系统的账号，请联系管理员。",
	"Your identity is not linked to an account here. Ask an administrator to link it.",
};
static const struct refusal account_disabled = {
	403, "account_disabled", "您的账号已停用，请联系管理员。",
	"Your account is disabled. Ask an administrator.",
};
static const struct refusal role_changed = {
	403, "role_changed", "您在统一认证的角色与账号不一致，请联系管理员。",
	"The role that the sign-in service gives you is not the account's. Ask an administrator.",
};

static bool wants_page(const struct req *r)
{
	struct str accept = req_header(r, "Accept");

	return accept.p && memmem(accept.p, accept.n, "text/html", 9) != NULL;
}

/* A browser that was sent here shows what it gets: a page, of fixed words alone. */
static struct reply refuse(struct req *r, const struct refusal *why)
{
	reply_header(r, "Set-Cookie", FLOW_COOKIE "=" FLOW_FLAGS "; Max-Age=0");
	if (why->status == 503)
		reply_header(r, "Retry-After", "30");
	if (!wants_page(r))
		return reply_problem(r, why->status, why->code, "%s", why->en);
	struct str page = arena_printf(req_arena(r),
		"<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n"
		"<title>登录未完成 · Sign-in</title>\n<h1>登录未完成</h1>\n<p>%s</p>\n"
		"<p lang=\"en\">%s</p>\n<p><a href=\"/\">返回登录页 · Back to the sign-in page</a>"
		"</p>\n</html>\n", why->zh, why->en);

	return reply_bytes(r, why->status, STR("text/html; charset=utf-8"), page);
}

/* The same to somebody who tried to sign in; it is counted, although the answer is an error. */
static struct reply refuse_sign_in(struct req *r, const struct refusal *why, uint64_t account_id)
{
	audit_record(req_tx(r), &(struct audit_act){
		.kind = AUDIT_SIGN_IN_REFUSED, .by = req_actor(r), .peer = req_peer(r),
		.subject = account_id,
	});
	/* When it cannot be kept the transaction's error is the answer in any case. */
	return refuse(r, tx_keep(req_tx(r)) ? why : &provider_away);
}

static struct reply refuse_outcome(struct req *r, enum oidc_outcome outcome)
{
	if (outcome == OIDC_OFF)
		return reply_missing(r);
	return refuse(r, outcome == OIDC_AWAY ? &provider_away : &provider_refused);
}

/* ---- out to the provider ---- */

static struct reply oidc_start(struct req *r)
{
	struct arena *a = req_arena(r);
	struct str back = req_query(r, "return"), url;
	struct oidc_flow flow;

	if (!oidc_is_on())
		return reply_missing(r);
	if (back.p && !sign_in_returns_home(back)) {
		req_error(r, "#/query/return", "not_own", "Give the path of a page of this service, "
			  "such as /.");
		return reply_invalid(r);
	}
	enum oidc_outcome outcome = oidc_begin(a, &flow, &url);

	if (outcome != OIDC_DONE)
		return refuse_outcome(r, outcome);
	struct str text = arena_printf(a, "%" PRId64 " %.*s %.*s %.*s %.*s", clock_real(),
		STR_ARG(flow.state), STR_ARG(flow.nonce), STR_ARG(flow.verifier),
		STR_ARG(back.p ? back : STR("/")));
	struct str sealed = encode_base64url(a, crypto_seal(a, FLOW_PLACE, text));

	reply_header(r, "Set-Cookie", FLOW_COOKIE "=%.*s" FLOW_FLAGS "; Max-Age=%d",
		     STR_ARG(sealed), LIMIT_OIDC_FLOW_SECONDS);
	return reply_see_other(r, url);
}

/* ---- back from it ---- */

struct kept_flow {
	struct oidc_flow flow;
	struct str back;
};

/* The flow of this browser, if it is young enough. */
static bool read_flow(struct req *r, struct kept_flow *ret)
{
	struct arena *a = req_arena(r);
	struct str cookie = req_cookie(r, FLOW_COOKIE), sealed, text, parts[FLOW_PARTS];
	uint64_t begun_at;

	if (!cookie.p || !decode_base64url(a, cookie, &sealed) ||
	    !crypto_open(a, FLOW_PLACE, sealed, &text) || !text.p ||
	    !sign_in_parts(text, parts) || !str_to_u64(parts[0], &begun_at))
		return false;
	*ret = (struct kept_flow){
		.flow = { .state = parts[1], .nonce = parts[2], .verifier = parts[3] },
		.back = parts[4],
	};
	return clock_real() - (int64_t)begun_at < LIMIT_OIDC_FLOW_SECONDS * CLOCK_SECOND;
}

/*
 * Good once, whatever comes of it: kept before the provider is asked. A run after that finds the
 * flow used; the person then signs in again, which costs less than a code that is good twice.
 */
static bool take_flow(struct req *r, const struct oidc_flow *flow)
{
	struct tx *tx = req_tx(r);
	uint8_t hash[SHA256_BYTES];
	struct sql_oidc_used_read_row row = { 0 };

	crypto_sha256(flow->state, hash);
	struct str sha256 = arena_str(req_arena(r), (struct str){ (const char *)hash,
								   sizeof(hash) });
	if (sql_oidc_used_read(tx, (struct sql_oidc_used_read){ sha256 }, &row) || !tx_ok(tx))
		return false;
	sql_oidc_used_insert(tx, (struct sql_oidc_used_insert){ sha256, clock_real() });
	return tx_keep(tx);
}

/* ---- whose account it is ---- */

static bool find_link(struct tx *tx, const struct oidc_person *person, enum claim claim,
		      struct str value, struct sql_oidc_link_find_row *ret)
{
	return value.n > 0 && value.n <= VALUE_CHARS * 4 &&
	       sql_oidc_link_find(tx, (struct sql_oidc_link_find){
			.issuer = person->issuer, .claim = claim, .value = value }, ret) &&
	       str_eq(ret->value, value);
}

static void record_change(struct tx *tx, const struct actor *by, struct str peer,
			  uint64_t account_id, struct str detail)
{
	audit_record(tx, &(struct audit_act){
		.kind = AUDIT_ACCOUNT_CHANGED, .by = by, .peer = peer, .subject = account_id,
		.detail = detail,
	});
}

/* User names and addresses are given to others in time; the subject never is. */
static void pin_link(struct tx *tx, const struct oidc_person *person, enum claim claim,
		     struct str value, uint64_t account_id)
{
	sql_oidc_link_pin(tx, (struct sql_oidc_link_pin){
		.account_id = account_id, .issuer = person->issuer, .claim = claim,
		.value = value, .new_claim = CLAIM_SUB, .new_value = person->subject,
		.linked_at = clock_real(),
	});
	record_change(tx, NULL, STR_NONE, account_id, STR("{\"oidc\":\"pinned\"}"));
}

static bool linked_account(struct tx *tx, const struct oidc_person *person,
			   struct sql_oidc_link_find_row *ret)
{
	if (find_link(tx, person, CLAIM_SUB, person->subject, ret))
		return true;
	if (find_link(tx, person, CLAIM_USERNAME, person->username, ret)) {
		pin_link(tx, person, CLAIM_USERNAME, person->username, ret->account_id);
		return true;
	}
	if (!find_link(tx, person, CLAIM_EMAIL, person->email, ret))
		return false;
	pin_link(tx, person, CLAIM_EMAIL, person->email, ret->account_id);
	return true;
}

/* The role that the configuration gives for the person's words, if it may be given. */
static bool role_of(struct tx *tx, const struct oidc_person *person, uint32_t *ret_role,
		    struct str *ret_unit)
{
	struct role_rule rule;

	if (!sign_in_role(setting_str("oidc_role_map"), person->words, person->word_count, &rule))
		return false;
	int index = str_index(rule.role, role_names);
	uint32_t role = index >= 0 ? UINT32_C(1) << index : 0;
	bool is_unit_known = !rule.unit.p || reference_department(reference_of(tx), rule.unit);

	if (!(role & ROLES_GIVEN) || !is_unit_known || (role == ROLE_DEPARTMENT && !rule.unit.p)) {
		log_error("oidc", "role_not_given", "rule=%s", log_quote(rule.word));
		return false;
	}
	*ret_role = role;
	*ret_unit = rule.unit;
	return true;
}

/* A user name that is free, else a name of our own: it is never taken for somebody else's. */
static struct str free_login(struct tx *tx, const struct oidc_person *person)
{
	struct arena *a = tx_arena(tx);
	struct auth_account there;
	uint8_t hash[SHA256_BYTES];

	if (person->username.n && str_code_points(person->username) <= LOGIN_CHARS &&
	    !auth_account_find_login(tx, person->username, &there))
		return person->username;
	crypto_sha256(arena_printf(a, "%.*s %.*s", STR_ARG(person->issuer),
				   STR_ARG(person->subject)), hash);
	return arena_printf(a, "oidc-%.*s", STR_ARG(encode_hex(a,
		(struct str){ (const char *)hash, TAG_BYTES })));
}

/* Nobody knows its password: it is signed in to by the provider alone. */
static uint64_t give_account(struct tx *tx, const struct oidc_person *person)
{
	struct arena *a = tx_arena(tx);
	struct auth_account account = { .login = free_login(tx, person), .unit = STR_NONE };
	uint8_t bytes[PASSWORD_BYTES];

	account.name = person->name.n && str_code_points(person->name) <= LIMIT_LINE_CHARS ?
		       person->name : account.login;
	if (!tx_ok(tx) || !role_of(tx, person, &account.role, &account.unit))
		return 0;
	crypto_random(bytes, sizeof(bytes));
	uint64_t id = auth_account_add(tx, &account, encode_base64url(a,
		(struct str){ (const char *)bytes, sizeof(bytes) }));

	if (!id)
		return 0;
	sql_oidc_link_insert(tx, (struct sql_oidc_link_insert){
		.issuer = person->issuer, .claim = CLAIM_SUB, .value = person->subject,
		.account_id = id, .is_given = true, .linked_at = clock_real(),
	});
	audit_record(tx, &(struct audit_act){
		.kind = AUDIT_ACCOUNT_ADDED, .subject = id, .detail = STR("{\"oidc\":\"given\"}"),
	});
	return id;
}

/* Whoever was given a role by a word keeps it as long as the provider says the word. */
static bool keeps_role(struct tx *tx, const struct oidc_person *person,
		       const struct auth_account *account)
{
	uint32_t role;
	struct str unit;

	return role_of(tx, person, &role, &unit) && role == account->role &&
	       str_eq(unit, account->unit);
}

/* NULL when the account may be signed in to. */
static const struct refusal *admit(struct tx *tx, const struct oidc_person *person,
				   struct auth_account *ret)
{
	struct sql_oidc_link_find_row link = { 0 };

	if (!linked_account(tx, person, &link)) {
		link.account_id = give_account(tx, person);
		link.is_given = false;
	}
	if (!link.account_id || !auth_account_read(tx, link.account_id, ret))
		return &not_linked;
	if (ret->is_disabled || (ret->valid_until && clock_real() > ret->valid_until))
		return &account_disabled;
	return link.is_given && !keeps_role(tx, person, ret) ? &role_changed : NULL;
}

static struct reply sign_in(struct req *r, const struct oidc_person *person, struct str back)
{
	struct auth_account account = { 0 };
	const struct refusal *why = admit(req_tx(r), person, &account);

	if (why) {
		log_warn("oidc", "not_admitted", "why=%s account=%" PRIu64, why->code, account.id);
		return refuse_sign_in(r, why, account.id);
	}
	const struct actor who = {
		.kind = ACTOR_ACCOUNT, .id = account.id, .role = account.role,
		.name = account.name, .unit = account.unit,
		.is_outsourced = account.is_outsourced,
	};

	auth_session_vouched(r, &who);
	audit_record(req_tx(r), &(struct audit_act){
		.kind = AUDIT_SIGNED_IN, .by = &who, .peer = req_peer(r), .subject = account.id,
		.detail = STR("{\"way\":\"oidc\"}"),
	});
	reply_header(r, "Set-Cookie", FLOW_COOKIE "=" FLOW_FLAGS "; Max-Age=0");
	return reply_see_other(r, back);
}

static struct reply oidc_back(struct req *r)
{
	const struct oidc_answer answer = {
		.code = req_query(r, "code"), .issuer = req_query(r, "iss"),
	};
	struct kept_flow kept;
	struct oidc_person person;
	struct str state = req_query(r, "state");

	if (!oidc_is_on())
		return reply_missing(r);
	if (!read_flow(r, &kept) || !state.p || !crypto_same(state, kept.flow.state) ||
	    !take_flow(r, &kept.flow)) {
		log_warn("oidc", "refused", "part=flow why=%s",
			 req_cookie(r, FLOW_COOKIE).p ? "state" : "no_cookie");
		return refuse_sign_in(r, &flow_over, 0);
	}
	if (req_query(r, "error").p) {
		log_warn("oidc", "refused", "part=answer why=%s",
			 log_quote(req_query(r, "error")));
		return refuse_sign_in(r, &provider_refused, 0);
	}
	enum oidc_outcome outcome = oidc_finish(req_arena(r), &kept.flow, &answer, &person);

	if (outcome == OIDC_DONE)
		return sign_in(r, &person, kept.back);
	return outcome == OIDC_REFUSED ? refuse_sign_in(r, &provider_refused, 0) :
					 refuse_outcome(r, outcome);
}

/* The provider's own session ends there; ours was ended before, by DELETE /session. */
static struct reply oidc_leave(struct req *r)
{
	struct str url;
	enum oidc_outcome outcome = oidc_end(req_arena(r), &url);

	if (outcome != OIDC_DONE)
		return refuse_outcome(r, outcome);
	return reply_see_other(r, url.p ? url : STR("/"));
}

static struct reply ways_show(struct req *r)
{
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_bool(j, "password", true);
	if (oidc_is_on()) {
		json_object(j, "provider");
		json_str(j, "name", setting_str("oidc_name"));
		json_text(j, "start", "/api/v1/oidc/start");
		json_text(j, "end", "/api/v1/oidc/end");
		json_close(j);
	} else {
		json_null(j, "provider");
	}
	json_close(j);
	return reply_ok(r);
}

/* ---- links ---- */

struct link_form {
	int claim;
	struct str value;
};

static const struct field link_fields[] = {
	{ "claim", FIELD_CHOICE, offsetof(struct link_form, claim), .required = true,
	  .choices = claim_names },
	{ "value", FIELD_LINE, offsetof(struct link_form, value), .required = true,
	  .max = VALUE_CHARS },
	{ 0 }
};

/* The account of the path; false: reply_missing(). */
static bool path_account(struct req *r, struct auth_account *ret)
{
	uint64_t id;

	return oidc_is_on() && str_to_u64(req_path(r, "id"), &id) &&
	       auth_account_read(req_tx(r), id, ret);
}

static void write_link(struct json *j, struct str issuer, const char *claim, struct str value,
		       bool is_given, int64_t linked_at)
{
	json_object(j, NULL);
	json_str(j, "issuer", issuer);
	json_text(j, "claim", claim);
	json_str(j, "value", value);
	json_bool(j, "given", is_given);
	json_time(j, "linked_at", linked_at);
	json_close(j);
}

static struct reply oidc_link_show(struct req *r)
{
	struct auth_account account;
	struct sql_oidc_link_read_row row = { 0 };

	if (!path_account(r, &account) ||
	    !sql_oidc_link_read(req_tx(r), (struct sql_oidc_link_read){ account.id }, &row))
		return reply_missing(r);
	write_link(req_json(r), row.issuer, claim_names[row.claim - 1], row.value, row.is_given,
		   row.linked_at);
	return reply_ok(r);
}

/* False: another account has it. */
static bool link_put(struct tx *tx, uint64_t account_id, enum claim claim, struct str value)
{
	struct sql_oidc_link_find_row there = { 0 };
	struct str issuer = setting_str("oidc_issuer");
	const struct sql_oidc_link_find wanted = { issuer, claim, value };

	if (sql_oidc_link_find(tx, wanted, &there) && there.account_id != account_id)
		return false;
	sql_oidc_link_delete(tx, (struct sql_oidc_link_delete){ account_id });
	sql_oidc_link_insert(tx, (struct sql_oidc_link_insert){
		.issuer = issuer, .claim = claim, .value = value, .account_id = account_id,
		.is_given = false, .linked_at = clock_real(),
	});
	return true;
}

static struct reply oidc_link_set(struct req *r)
{
	struct auth_account account;
	struct link_form form;

	if (!path_account(r, &account))
		return reply_missing(r);
	if (!req_form(r, link_fields, &form))
		return reply_invalid(r);
	if (!link_put(req_tx(r), account.id, (enum claim)(form.claim + 1), form.value))
		return reply_conflict(r, "linked_elsewhere", NULL,
				      "Another account has this link; take it away there first.");
	record_change(req_tx(r), req_actor(r), req_peer(r), account.id,
		      STR("{\"oidc\":\"linked\"}"));
	write_link(req_json(r), setting_str("oidc_issuer"), claim_names[form.claim], form.value,
		   false, clock_real());
	return reply_ok(r);
}

static struct reply oidc_link_remove(struct req *r)
{
	struct auth_account account;

	if (!path_account(r, &account) ||
	    !sql_oidc_link_delete(req_tx(r), (struct sql_oidc_link_delete){ account.id }))
		return reply_missing(r);
	record_change(req_tx(r), req_actor(r), req_peer(r), account.id,
		      STR("{\"oidc\":\"unlinked\"}"));
	return reply_empty(r);
}

/* ---- the command ---- */

#define OIDC_USAGE "link LOGIN sub|preferred_username|email VALUE, or: unlink LOGIN"

struct link_call {
	struct str login, value;
	enum claim claim;	/* 0: unlink */
	const char *complaint;
};

static void change_link(struct tx *tx, void *arg)
{
	struct link_call *call = arg;
	struct auth_account account;

	call->complaint = NULL;
	if (!auth_account_find_login(tx, call->login, &account))
		call->complaint = "there is no such account";
	else if (call->claim && !link_put(tx, account.id, call->claim, call->value))
		call->complaint = "another account has this link; unlink it first";
	else if (!call->claim &&
		 !sql_oidc_link_delete(tx, (struct sql_oidc_link_delete){ account.id }))
		call->complaint = "it has no link";
	else
		record_change(tx, NULL, STR_NONE, account.id, call->claim ?
			      STR("{\"oidc\":\"linked\"}") : STR("{\"oidc\":\"unlinked\"}"));
}

static int oidc_command(const struct command_call *call)
{
	bool is_link = call->argc == 5 && strcmp(call->argv[1], "link") == 0;
	bool is_unlink = call->argc == 3 && strcmp(call->argv[1], "unlink") == 0;
	int claim = is_link ? str_index(str_of(call->argv[3]), claim_names) : -1;

	if (!is_unlink && (claim < 0 || str_code_points(str_of(call->argv[4])) - 1 >= VALUE_CHARS)) {
		fprintf(stderr, "usage: liandong oidc " OIDC_USAGE "\n");
		return 2;
	}
	if (is_link && !oidc_is_on()) {
		fprintf(stderr, "The configuration names no provider (oidc_issuer).\n");
		return 1;
	}
	struct link_call change = {
		.login = str_of(call->argv[2]), .claim = (enum claim)(claim + 1),
		.value = is_link ? str_of(call->argv[4]) : STR_NONE,
	};
	bool is_done = call->transact(change_link, &change);

	if (is_done && !change.complaint)
		return 0;
	fprintf(stderr, "%s: %s.\n", call->argv[2],
		change.complaint ? change.complaint : "nothing was changed");
	return 1;
}

/* ---- the table ---- */

static bool prune_used(struct tx *tx)
{
	return sql_oidc_used_prune(tx, (struct sql_oidc_used_prune){
		clock_real() - LIMIT_OIDC_FLOW_SECONDS * CLOCK_SECOND }) == 1000;
}

static const struct route routes[] = {
	{ ROUTE(ways_show) },
	{ ROUTE(oidc_start), .lane = LANE_OUTSIDE, .query = "return" },
	{ ROUTE(oidc_back), .lane = LANE_OUTSIDE, .query = "code state iss error *" },
	{ ROUTE(oidc_leave), .lane = LANE_OUTSIDE },
	{ ROUTE(oidc_link_show) },
	{ ROUTE(oidc_link_set) },
	{ ROUTE(oidc_link_remove) },
	{ 0 }
};

static const struct job jobs[] = {
	{ "oidc.prune", 10 * CLOCK_MINUTE, prune_used, .is_leased = true },
	{ 0 }
};

static const struct command commands[] = {
	{ "oidc", OIDC_USAGE, "Links an account to a person at the provider of sign-in.",
	  oidc_command },
	{ 0 }
};

const struct module oidc_module = {
	.name = "oidc",
	.purpose = "Signs people in by a provider of OpenID Connect.",
	.routes = routes,
	.jobs = jobs,
	.commands = commands,
};
