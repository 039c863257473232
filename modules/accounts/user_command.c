/*
 * The command `user`. Passwords come on standard input and leave on standard output: they never
 * stand in an argument list.
 */
#include <stdio.h>
#include <string.h>

#include "accounts/accounts.h"
#include "domain.h"

/* NAME ROLE [UNIT] [--outsourced] [--own-password]; options may stand anywhere. */
struct account_words {
	const char *name, *role;
	struct str unit;	/* STR_NONE when there is none */
	bool is_outsourced, is_own_password;
};

/* Behind the verb at argv[1]. False: not of this form. */
static bool words_read(const struct command_call *call, struct account_words *ret)
{
	const char *words[3] = { NULL };
	size_t n = 0;

	*ret = (struct account_words){ .unit = STR_NONE };
	for (int i = 2; i < call->argc; i++) {
		if (strcmp(call->argv[i], "--outsourced") == 0)
			ret->is_outsourced = true;
		else if (strcmp(call->argv[i], "--own-password") == 0)
			ret->is_own_password = true;
		else if (str_starts(str_of(call->argv[i]), STR("--")) ||
			 n == array_count(words))
			return false;
		else
			words[n++] = call->argv[i];
	}
	ret->name = words[0];
	ret->role = words[1];
	ret->unit = words[2] ? str_of(words[2]) : STR_NONE;
	return n > 0;
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

struct user_call {
	const struct account_words *words;
	struct auth_account account;
	char password[256];		/* given, or made */
	const char *unit_fault;
	enum auth_password_fault fault;
	bool is_unknown, is_done;
};

static void record(struct tx *tx, enum audit_kind kind, uint64_t id)
{
	audit_record(tx, &(struct audit_act){ .kind = kind, .subject = id });
}

/* ---- what is done in a transaction ---- */

static void add(struct tx *tx, void *arg)
{
	struct user_call *call = arg;

	call->fault = auth_password_check(call->account.login, str_of(call->password));
	if (call->fault != AUTH_PASSWORD_FINE ||
	    !account_unit_fits(tx, call->account.role, call->account.unit, &call->unit_fault))
		return;
	uint64_t id = auth_account_add(tx, &call->account, str_of(call->password));

	call->is_done = id != 0;
	if (id)
		record(tx, AUDIT_ACCOUNT_ADDED, id);
}

static bool find(struct tx *tx, struct user_call *call, struct auth_account *ret)
{
	call->is_unknown = !auth_account_find_login(tx, str_of(call->words->name), ret) &&
			   tx_ok(tx);
	return !call->is_unknown && tx_ok(tx);
}

static void able(struct tx *tx, struct user_call *call, bool is_disabled)
{
	struct auth_account account;

	if (!find(tx, call, &account))
		return;
	if (auth_account_disable(tx, account.id, is_disabled))
		record(tx, is_disabled ? AUDIT_ACCOUNT_DISABLED : AUDIT_ACCOUNT_ENABLED, account.id);
	call->is_done = true;
}

static void disable(struct tx *tx, void *arg)
{
	able(tx, arg, true);
}

static void enable(struct tx *tx, void *arg)
{
	able(tx, arg, false);
}

static void reset(struct tx *tx, void *arg)
{
	struct user_call *call = arg;
	struct auth_account account;

	if (!find(tx, call, &account))
		return;
	struct str password = auth_password_make(tx_arena(tx), account.login);

	snprintf(call->password, sizeof(call->password), "%.*s", STR_ARG(password));
	if (auth_password_set(tx, account.id, password, true) == AUTH_PASSWORD_FINE)
		record(tx, AUDIT_PASSWORD_RESET, account.id);
	call->is_done = true;
}

static void reset_factor(struct tx *tx, void *arg)
{
	struct user_call *call = arg;
	struct auth_account account;

	if (!find(tx, call, &account))
		return;
	auth_factor_remove(tx, account.id);
	auth_session_end_others(tx, account.id, 0);
	record(tx, AUDIT_FACTOR_REMOVED, account.id);
	call->is_done = true;
}

static void set_role(struct tx *tx, void *arg)
{
	struct user_call *call = arg;
	struct auth_account account;

	if (!find(tx, call, &account) ||
	    !account_unit_fits(tx, call->account.role, call->account.unit, &call->unit_fault))
		return;
	account.role = call->account.role;
	account.unit = call->account.unit;
	account.is_outsourced = call->account.is_outsourced;
	call->is_done = auth_account_change(tx, &account, true);
	if (call->is_done)
		record(tx, AUDIT_ACCOUNT_CHANGED, account.id);
}

static void list(struct tx *tx, void *arg)
{
	struct user_call *call = arg;
	const struct auth_account *accounts;
	uint64_t after = 0;
	size_t n;

	while ((n = auth_account_list(tx, after, 200, &accounts)) > 0)
		for (size_t i = 0; i < n; i++) {
			const struct auth_account *a = &accounts[i];

			after = a->id;
			printf("%.*s\t%s\t%.*s\t%s%s%s\n", STR_ARG(a->login), role_name(a->role),
			       STR_ARG(a->unit), a->is_disabled ? "disabled" : "enabled",
			       a->is_outsourced ? ",outsourced" : "",
			       a->has_factor ? ",second-factor" : "");
		}
	call->is_done = tx_ok(tx);
}

/* ---- the command ---- */

struct verb {
	const char *name;
	void (*work)(struct tx *tx, void *arg);
	int words;			/* names that must follow: login, then role */
	bool takes_more, reads_password, prints_password;
};

static const struct verb verbs[] = {
	{ "add", add, 2, .takes_more = true, .reads_password = true },
	{ "list", list, 0 },
	{ "disable", disable, 1 },
	{ "enable", enable, 1 },
	{ "reset", reset, 1, .prints_password = true },
	{ "reset-factor", reset_factor, 1 },
	{ "set-role", set_role, 2, .takes_more = true },
};

static int usage(void)
{
	fprintf(stderr,
		"usage: liandong user add LOGIN ROLE [DEPARTMENT] [--outsourced] "
		"[--own-password] < file with the password\n"
		"       liandong user list\n"
		"       liandong user disable|enable|reset|reset-factor LOGIN\n"
		"       liandong user set-role LOGIN ROLE [DEPARTMENT] [--outsourced]\n"
		"A password given here is changed at the first sign-in, unless its owner typed "
		"it (--own-password). reset prints a new first password.\n");
	return 2;
}

static const struct verb *verb_read(const struct command_call *call, struct account_words *words)
{
	const struct verb *verb = NULL;

	*words = (struct account_words){ .unit = STR_NONE };
	for (size_t i = 0; call->argc > 1 && i < array_count(verbs); i++)
		if (strcmp(call->argv[1], verbs[i].name) == 0)
			verb = &verbs[i];
	if (!verb || (call->argc > 2 && !words_read(call, words)))
		return NULL;
	int n = (words->name != NULL) + (words->role != NULL);
	bool has_more = words->unit.n || words->is_outsourced || words->is_own_password;

	return n == verb->words && (verb->takes_more || !has_more) ? verb : NULL;
}

static int complain(const struct user_call *call)
{
	if (call->fault)
		fprintf(stderr, "The password %s.\n", auth_password_advice[call->fault]);
	else if (call->unit_fault)
		fprintf(stderr, "%.*s %s.\n", STR_ARG(call->account.unit), call->unit_fault);
	else if (call->is_unknown)
		fprintf(stderr, "There is no account %s.\n", call->words->name);
	else
		fprintf(stderr, "Nothing was changed; is the login taken?\n");
	return 1;
}

int user_command(const struct command_call *call)
{
	struct account_words words;
	const struct verb *verb = verb_read(call, &words);
	struct user_call user = { .words = &words };

	if (!verb)
		return usage();
	user.account = (struct auth_account){
		.login = str_of(words.name), .name = str_of(words.name), .unit = words.unit,
		.is_outsourced = words.is_outsourced,
		.is_password_initial = !words.is_own_password,
	};
	if (words.role && !role_of(words.role, &user.account.role))
		return 2;
	if (verb->reads_password && !fgets(user.password, sizeof(user.password), stdin))
		user.password[0] = '\0';
	user.password[strcspn(user.password, "\r\n")] = '\0';
	if (!call->transact(verb->work, &user) || !user.is_done)
		return complain(&user);
	if (verb->prints_password)
		puts(user.password);
	return 0;
}
