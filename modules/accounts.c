/*
 * Accounts as people meet them: signing in and out, who am I, and the command that makes
 * accounts. How they are checked is the server's business (auth.h).
 */
#include <stdio.h>
#include <string.h>

#include "auth.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "domain.h"
#include "module.h"

struct session_form {
	struct str login, password;
};

static const struct field session_fields[] = {
	{ "login", FIELD_LINE, offsetof(struct session_form, login), .required = true,
	  .max = 64 },
	{ "password", FIELD_LINE, offsetof(struct session_form, password), .required = true,
	  .max = 200 },
	{ 0 }
};

static const char *role_name(uint32_t role)
{
	for (int i = 0; role_names[i]; i++)
		if (role == 1u << i)
			return role_names[i];
	return NULL;
}

static struct reply reply_me(struct req *r, const struct actor *me)
{
	const struct department *d = reference_department(reference_of(req_tx(r)), me->unit);
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_text(j, "kind", me->kind == ACTOR_KEY ? "key" : "account");
	json_str(j, "login", me->name);
	json_str(j, "name", me->name);
	json_text(j, "role", role_name(me->role));
	json_str(j, "department", d ? d->code : STR_NONE);
	json_str(j, "department_name", d ? d->name : STR_NONE);
	json_str(j, "channel", me->source);
	json_bool(j, "outsourced", me->is_outsourced);
	json_time(j, "now", clock_now());
	json_close(j);
	return reply_ok(r);
}

static struct reply session_open(struct req *r)
{
	struct session_form form;
	struct actor me;

	if (!req_form(r, session_fields, &form))
		return reply_invalid(r);
	if (!auth_sign_in(r, form.login, form.password, &me)) {
		reply_header(r, "WWW-Authenticate", "Bearer");
		return reply_problem(r, 401, "wrong_credentials",
				     "Login or password is wrong.");
	}
	return reply_me(r, &me);
}

static struct reply session_close(struct req *r)
{
	auth_sign_out(r);
	return reply_empty(r);
}

static struct reply me_show(struct req *r)
{
	return reply_me(r, req_actor(r));
}

/* ---- the sample district ---- */

enum { PASSWORD_BYTES = 12 };

static void seed_account(struct tx *tx, struct json *j, const char *role, struct str login,
			 struct str department)
{
	uint8_t random[PASSWORD_BYTES];

	crypto_random(random, sizeof(random));
	struct str password = encode_base64url(tx_arena(tx),
		(struct str){ (const char *)random, sizeof(random) });
	const struct auth_account account = {
		.login = login, .name = login, .unit = department,
		.role = 1u << str_index(str_of(role), role_names),
	};
	auth_account_add(tx, &account, password);
	json_object(j, NULL);
	json_str(j, "login", login);
	json_str(j, "password", password);
	json_text(j, "role", role);
	json_str(j, "department", department);
	json_close(j);
}

static void seed_accounts(struct tx *tx, struct json *j)
{
	const struct reference *ref = reference_of(tx);
	struct arena *a = tx_arena(tx);

	json_array(j, "accounts");
	for (int i = 0; role_names[i]; i++)
		if (1u << i != ROLE_DEPARTMENT)
			seed_account(tx, j, role_names[i],
				     arena_printf(a, "%s1", role_names[i]), STR_NONE);
	for (uint32_t i = 0; i < ref->department_count; i++) {
		const struct department *d = &ref->departments[i];
		if (d->takes_tasks)
			seed_account(tx, j, "department",
				     arena_printf(a, "dept-%.*s", STR_ARG(d->code)), d->code);
	}
	json_close(j);
}

static void accounts_seed(struct tx *tx, const struct seed *seed)
{
	seed_accounts(tx, seed->access);
}

/* The text up to the next quote, as seed_account() wrote it: none holds an escape. */
static const char *take_text(const char *at, const char *name, char out[64])
{
	const char *found = strstr(at, name);

	if (!found || sscanf(found + strlen(name), "%63[^\"]", out) != 1)
		return NULL;
	return found;
}

/* Every role's account, and one department's for all departments. */
static void print_accounts(const char *text)
{
	char login[64], password[64], role[64];

	while ((text = take_text(text, "\"login\":\"", login)) &&
	       take_text(text, "\"password\":\"", password) &&
	       take_text(text, "\"role\":\"", role)) {
		if (strcmp(role, "department") != 0 || strcmp(login, "dept-CGJ") == 0)
			printf("  %-12s %-18s %s\n", login, password, role);
		text++;
	}
}

static void accounts_welcome(const char *dir, struct str address)
{
	char path[4096], text[16384];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/seed/accounts.json", dir);
	f = fopen(path, "r");
	n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	if (f)
		fclose(f);
	text[n] = '\0';
	print_accounts(text);
	printf("  The other departments' accounts (dept-CODE) and all API keys stand in "
	       "%s/access.json.\n\n"
	       "Register an appeal:\n\n"
	       "curl --cacert %s/tls/ca.pem https://%.*s/api/v1/appeals "
	       "-H \"Authorization: Bearer $(grep -o 'ldk_[^\"]*' %s/access.json | "
	       "head -n 1)\" "
	       "-H 'Content-Type: application/json' -H \"Idempotency-Key: $(date +%%s%%N)\" "
	       "-d '{\"channel\":\"110\",\"content_class\":\"help\",\"category\":\"0203\","
	       "\"area\":\"A01\",\"title\":\"路灯不亮\",\"text\":\"滨河路东段路灯三天不亮\","
	       "\"caller\":{\"name\":\"王小明\",\"phone\":\"13800001111\"}}'\n",
	       dir, dir, STR_ARG(address), dir);
}

/* ---- commands ---- */

#define USER_USAGE "add LOGIN ROLE [DEPARTMENT] [--outsourced]"

struct account_call {
	struct auth_account account;
	struct str password;
	bool is_unit_missing;
	bool is_done;
};

/* "add NAME ROLE [UNIT] [--outsourced]", the last word anywhere. */
struct account_words {
	const char *name, *role;
	struct str unit;	/* STR_NONE when there is none */
	bool is_outsourced;
};

static bool words_read(const struct command_call *call, struct account_words *ret)
{
	const char *words[4] = { NULL };
	size_t n = 0;

	*ret = (struct account_words){ .unit = STR_NONE };
	for (int i = 1; i < call->argc; i++) {
		if (strcmp(call->argv[i], "--outsourced") == 0)
			ret->is_outsourced = true;
		else if (str_starts(str_of(call->argv[i]), STR("--")) ||
			 n == array_count(words))
			return false;
		else
			words[n++] = call->argv[i];
	}
	if (n < 3 || strcmp(words[0], "add") != 0)
		return false;
	ret->name = words[1];
	ret->role = words[2];
	ret->unit = words[3] ? str_of(words[3]) : STR_NONE;
	return true;
}

static bool role_of(const char *name, uint32_t *ret_role)
{
	int index = str_index(str_of(name), role_names);

	if (index < 0) {
		fprintf(stderr, "%s is no role; roles are:", name);
		for (int i = 0; role_names[i]; i++)
			fprintf(stderr, " %s", role_names[i]);
		fputc('\n', stderr);
		return false;
	}
	*ret_role = 1u << index;
	return true;
}

/* A supervisor of a unit sees what stands below it: of a code that is none, nothing. */
static bool unit_exists(struct tx *tx, struct account_call *call, uint32_t role,
			struct str unit)
{
	call->is_unit_missing = role == ROLE_SUPERVISOR && unit.n &&
		!reference_department(reference_of(tx), unit);
	return !call->is_unit_missing;
}

static int unit_missing(struct str unit)
{
	fprintf(stderr, "%.*s is no department; a supervisor belongs to one, or to none and "
		"sees all.\n", STR_ARG(unit));
	return 1;
}

static void add_account(struct tx *tx, void *arg)
{
	struct account_call *call = arg;

	if (!unit_exists(tx, call, call->account.role, call->account.unit))
		return;
	call->is_done = auth_account_add(tx, &call->account, call->password) != 0;
}

/* The password comes on standard input: it never stands in an argument list. */
static int user_command(const struct command_call *call)
{
	struct account_call account = { .is_done = false };
	struct account_words words;
	char password[256];

	if (!words_read(call, &words)) {
		fprintf(stderr, "usage: liandong user " USER_USAGE
			" < file with the password\n");
		return 2;
	}
	account.account = (struct auth_account){
		.login = str_of(words.name), .name = str_of(words.name), .unit = words.unit,
		.is_outsourced = words.is_outsourced,
	};
	if (!role_of(words.role, &account.account.role))
		return 2;
	if (!fgets(password, sizeof(password), stdin))
		password[0] = '\0';
	password[strcspn(password, "\r\n")] = '\0';
	account.password = str_of(password);
	if (account.password.n < 8) {
		fprintf(stderr, "A password has at least 8 characters.\n");
		return 1;
	}
	bool is_done = call->transact(add_account, &account);
	if (account.is_unit_missing)
		return unit_missing(account.account.unit);
	if (!is_done || !account.is_done) {
		fprintf(stderr, "%s was not added; is the login taken?\n", words.name);
		return 1;
	}
	return 0;
}

static const struct command commands[] = {
	{ "user", USER_USAGE, "Adds an account; password on standard input.", user_command },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(session_open), .lane = LANE_HASH, .is_read_only = true },
	{ ROUTE(session_close) },
	{ ROUTE(me_show), .is_in_every_scope = true },
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
