/*
 * Accounts of the sample district, and what a demo says of them. The sample's passwords
 * are its people's own: nobody is asked to change one.
 */
#include <stdio.h>
#include <string.h>

#include "accounts/accounts.h"
#include "crypto.h"
#include "domain.h"

enum { PASSWORD_BYTES = 12 };

static struct str new_password(struct arena *a)
{
	uint8_t random[PASSWORD_BYTES];

	crypto_random(random, sizeof(random));
	return encode_base64url(a, (struct str){ (const char *)random, sizeof(random) });
}

/* like: whose password it has, which is `password`; STR_NONE: its own. */
static void seed_account(struct tx *tx, struct json *j, const char *role, struct str login,
			 struct str department, struct str password, struct str like)
{
	const struct auth_account account = {
		.login = login, .name = login, .unit = department,
		.role = 1u << str_index(str_of(role), role_names),
	};

	if (like.p)
		auth_account_add_like(tx, &account, like);
	else
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

	struct str shared = new_password(a), first = STR_NONE;

	json_array(j, "accounts");
	for (int i = 0; role_names[i]; i++)
		if (1u << i != ROLE_DEPARTMENT)
			seed_account(tx, j, role_names[i], arena_printf(a, "%s1", role_names[i]),
				     STR_NONE, new_password(a), STR_NONE);
	/* Some dozens of departments share one: a hash of each would be most of a demo's start. */
	for (uint32_t i = 0; i < ref->department_count; i++) {
		const struct department *d = &ref->departments[i];
		struct str login = arena_printf(a, "dept-%.*s", STR_ARG(d->code));
		if (!d->takes_tasks)
			continue;
		seed_account(tx, j, "department", login, d->code, shared, first);
		if (!first.p)
			first = login;
	}
	json_close(j);
}

void accounts_seed(struct tx *tx, const struct seed *seed)
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

/* Every role's account, and one department's for all departments, whose password is the same. */
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

void accounts_welcome(const char *dir, struct str address)
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
	printf("  The other departments' accounts (dept-CODE) have the same password; all API keys "
	       "stand in %s/access.json.\n\n"
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
