/*
 * Accounts as their administrator sees them. What is given here is somebody else's choice, so it
 * is a first password, changed at the first sign-in; nobody changes their own rights, or shuts
 * themselves out.
 */
#include <inttypes.h>

#include "accounts/accounts.h"
#include "domain.h"

#define ETAG "account"

/* ---- showing ---- */

static void put_account(struct json *j, const struct auth_account *account, struct str password)
{
	json_object(j, NULL);
	json_u64(j, "id", account->id);
	json_str(j, "login", account->login);
	json_str(j, "name", account->name);
	json_text(j, "role", role_name(account->role));
	json_str(j, "department", account->unit);
	json_bool(j, "outsourced", account->is_outsourced);
	json_bool(j, "disabled", account->is_disabled);
	json_bool(j, "second_factor", account->has_factor);
	json_bool(j, "initial_password_pending", account->is_password_initial);
	json_time(j, "valid_until", account->valid_until);
	json_time(j, "created_at", account->created_at);
	json_time(j, "password_at", account->password_at);
	json_u64(j, "version", account->version);
	if (password.p)
		json_str(j, "initial_password", password);
	json_close(j);
}

/* As it stands now, with what is told once. */
static bool put_present(struct req *r, uint64_t id, struct str password)
{
	struct auth_account account;

	if (!auth_account_read(req_tx(r), id, &account))
		return false;
	put_account(req_json(r), &account, password);
	reply_etag(r, ETAG, account.version);
	return true;
}

static struct reply reply_account(struct req *r, uint64_t id, struct str password)
{
	return put_present(r, id, password) ? reply_ok(r) : reply_missing(r);
}

/* The account named in the path. */
static bool read_account(struct req *r, struct auth_account *ret)
{
	uint64_t id;

	return str_to_u64(req_path(r, "id"), &id) && auth_account_read(req_tx(r), id, ret);
}

struct reply account_list(struct req *r)
{
	const struct auth_account *list;
	struct page page;

	if (!req_page(r, &page))
		return reply_invalid(r);
	size_t n = auth_account_list(req_tx(r), page.key1, page.limit + 1, &list);
	size_t shown = n > page.limit ? page.limit : n;

	page_open(r);
	for (size_t i = 0; i < shown; i++)
		put_account(req_json(r), &list[i], STR_NONE);
	page_close(r, n > shown, shown ? list[shown - 1].id : 0, 0);
	return reply_ok(r);
}

struct reply account_show(struct req *r)
{
	struct auth_account account;

	return read_account(r, &account) ? reply_account(r, account.id, STR_NONE) :
					   reply_missing(r);
}

/* ---- adding and changing ---- */

struct account_form {
	struct str login, name, department;
	int role;
	bool is_outsourced;
	int64_t valid_until;
};

#define RIGHTS_FIELDS \
	{ "name", FIELD_LINE, offsetof(struct account_form, name), .required = true }, \
	{ "role", FIELD_CHOICE, offsetof(struct account_form, role), .required = true, \
	  .choices = role_names }, \
	{ "department", FIELD_CODE, offsetof(struct account_form, department), \
	  .null_ok = true }, \
	{ "outsourced", FIELD_BOOL, offsetof(struct account_form, is_outsourced) }, \
	{ "valid_until", FIELD_UNTIL, offsetof(struct account_form, valid_until), \
	  .null_ok = true }

static const struct field new_fields[] = {
	{ "login", FIELD_LINE, offsetof(struct account_form, login), .required = true,
	  .max = 64 },
	RIGHTS_FIELDS,
	{ 0 }
};
static const struct field rights_fields[] = { RIGHTS_FIELDS, { 0 } };

bool account_unit_fits(struct tx *tx, uint32_t role, struct str unit, const char **ret_why)
{
	/* A key of a contact leader names the account it keeps contact for. */
	bool is_there = role == ROLE_CONTACT ||
			(unit.n && reference_department_in_use(reference_of(tx), unit));

	*ret_why = NULL;
	if (unit.n && !is_there)
		*ret_why = "is no department in use; name one that exists and is not switched "
			   "off, or none where the role belongs to the whole";
	else if (!unit.n && role == ROLE_DEPARTMENT)
		*ret_why = "is missing: an account of this role belongs to a department";
	return !*ret_why;
}

static bool check_form(struct req *r, const struct field *fields, struct account_form *form)
{
	const char *why;

	if (!req_form(r, fields, form))
		return false;
	if (!account_unit_fits(req_tx(r), 1u << form->role, form->department, &why))
		req_error(r, "#/department", "unknown", "%s", why);
	return !req_has_errors(r);
}

struct reply account_add(struct req *r)
{
	struct account_form form;
	struct auth_account there;
	struct tx *tx = req_tx(r);

	if (!check_form(r, new_fields, &form))
		return reply_invalid(r);
	if (auth_account_find_login(tx, form.login, &there))
		return reply_conflict(r, "login_taken", NULL,
				      "There is an account of this login; take another.");
	struct str password = auth_password_make(req_arena(r), form.login);
	uint64_t id = auth_account_add(tx, &(struct auth_account){
		.login = form.login, .name = form.name, .role = 1u << form.role,
		.unit = form.department, .is_outsourced = form.is_outsourced,
		.is_password_initial = true, .valid_until = form.valid_until,
	}, password);

	record_act(r, AUDIT_ACCOUNT_ADDED, id, STR_NONE);
	put_present(r, id, password);
	return reply_created(r, "/api/v1/accounts/%" PRIu64, id);
}

/* What somebody changes of their own account, another person must. */
static bool is_own(struct req *r, uint64_t id, struct reply *ret_reply)
{
	if (req_actor(r)->kind != ACTOR_ACCOUNT || req_actor(r)->id != id)
		return false;
	*ret_reply = reply_problem(r, 403, "own_account",
				   "This is your own account; another administrator must do it.");
	return true;
}

struct reply account_change(struct req *r)
{
	struct account_form form;
	struct auth_account account;
	struct reply reply;

	if (!read_account(r, &account))
		return reply_missing(r);
	if (!check_form(r, rights_fields, &form))
		return reply_invalid(r);
	if (req_is_stale(r, ETAG, account.version))
		return reply_stale(r);
	bool are_rights_changed = account.role != 1u << form.role ||
		!str_eq(account.unit, form.department) ||
		account.is_outsourced != form.is_outsourced ||
		account.valid_until != form.valid_until;

	if (are_rights_changed && is_own(r, account.id, &reply))
		return reply;
	account.name = form.name;
	account.role = 1u << form.role;
	account.unit = form.department;
	account.is_outsourced = form.is_outsourced;
	account.valid_until = form.valid_until;
	if (!auth_account_change(req_tx(r), &account, are_rights_changed))
		return reply_stale(r);
	record_act(r, AUDIT_ACCOUNT_CHANGED, account.id, STR_NONE);
	return reply_account(r, account.id, STR_NONE);
}

/* ---- acts ---- */

struct act_form {
	struct str reason;
};

static const struct field act_fields[] = {
	{ "reason", FIELD_LINE, offsetof(struct act_form, reason), .null_ok = true },
	{ 0 }
};

/* The account in the path and why; false: *ret_reply is the answer. */
static bool read_act(struct req *r, struct auth_account *account, struct act_form *form,
		     struct reply *ret_reply)
{
	if (!read_account(r, account)) {
		*ret_reply = reply_missing(r);
		return false;
	}
	if (!req_form(r, act_fields, form)) {
		*ret_reply = reply_invalid(r);
		return false;
	}
	return true;
}

static struct reply able(struct req *r, bool is_disabled)
{
	struct auth_account account;
	struct act_form form;
	struct reply reply;

	const char *why;

	if (!read_act(r, &account, &form, &reply) || is_own(r, account.id, &reply))
		return reply;
	if (!is_disabled && !account_unit_fits(req_tx(r), account.role, account.unit, &why))
		return reply_conflict(r, "department_disabled", NULL,
				      "Its department is switched off; give it another first.");
	if (auth_account_disable(req_tx(r), account.id, is_disabled))
		record_act(r, is_disabled ? AUDIT_ACCOUNT_DISABLED : AUDIT_ACCOUNT_ENABLED,
			   account.id, form.reason);
	return reply_account(r, account.id, STR_NONE);
}

struct reply account_disable(struct req *r)
{
	return able(r, true);
}

struct reply account_enable(struct req *r)
{
	return able(r, false);
}

struct reply account_reset_password(struct req *r)
{
	struct auth_account account;
	struct act_form form;
	struct reply reply;

	if (!read_act(r, &account, &form, &reply) || is_own(r, account.id, &reply))
		return reply;
	struct str password = auth_password_make(req_arena(r), account.login);

	if (auth_password_set(req_tx(r), account.id, password, true) == AUTH_PASSWORD_FINE)
		record_act(r, AUDIT_PASSWORD_RESET, account.id, form.reason);
	return reply_account(r, account.id, password);
}

struct reply account_reset_factor(struct req *r)
{
	struct auth_account account;
	struct act_form form;
	struct reply reply;

	if (!read_act(r, &account, &form, &reply) || is_own(r, account.id, &reply))
		return reply;
	auth_factor_remove(req_tx(r), account.id);
	auth_session_end_others(req_tx(r), account.id, 0);
	record_act(r, AUDIT_FACTOR_REMOVED, account.id, form.reason);
	return reply_account(r, account.id, STR_NONE);
}

struct reply account_sessions(struct req *r)
{
	struct auth_account account;

	return read_account(r, &account) ?
		reply_sessions(r, account.id, account.role, auth_session_id(r)) :
		reply_missing(r);
}

struct reply account_sessions_end(struct req *r)
{
	struct auth_account account;

	if (!read_account(r, &account))
		return reply_missing(r);
	auth_session_end_others(req_tx(r), account.id, 0);
	record_act(r, AUDIT_SESSIONS_ENDED, account.id, STR_NONE);
	return reply_empty(r);
}
