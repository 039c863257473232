#include "configured.h"

#include <stdio.h>
#include <string.h>

#include "base/secret_file.h"
#include "base/settings.h"
#include "log.h"
#include "service.h"
#include "setting.h"
#include "store/grants.h"

enum { PASSWORD_BYTES = 256, WHY_BYTES = 5000 };

static char password[PASSWORD_BYTES];

static const char *text_or_null(const char *name)
{
	struct str value = setting_str(name);

	return value.n ? value.p : NULL;
}

static bool complain(const char *why)
{
	fprintf(stderr, "%s\n", why);
	return false;
}

/* What goes to one of these never leaves the machine. */
static bool is_local(const struct db_target *t)
{
	struct str host = str_of(t->host ? t->host : "");

	return t->socket || str_is(host, "localhost") || str_is(host, "::1") ||
	       str_starts(host, STR("127."));
}

static bool secrets_are_kept(void)
{
	bool has_mtls = text_or_null("mtls_listen");
	/* Without a certificate of its own the second door shows that of the first. */
	const char *key = setting_bool("listen_tls") || has_mtls ? text_or_null("tls_key") : NULL;
	const char *mtls_key = has_mtls ? text_or_null("mtls_key") : NULL;
	const char *password_file = text_or_null("database_password_file");
	char why[WHY_BYTES];

	if (key && !secret_file_check("tls_key", key, why, sizeof(why)))
		return complain(why);
	if (mtls_key && !secret_file_check("mtls_key", mtls_key, why, sizeof(why)))
		return complain(why);
	if (password_file && !secret_line_read("database_password_file", password_file, password,
					       sizeof(password), why, sizeof(why)))
		return complain(why);
	return true;
}

bool configured_load(const char *config, struct db_target *ret_target)
{
	service_settings();
	if (!service_settings_load(config))
		return false;
	service_log();
	if (!secrets_are_kept())
		return false;
	*ret_target = (struct db_target){
		.socket = text_or_null("database_socket"),
		.host = text_or_null("database_host"),
		.port = (uint16_t)setting_int("database_port"),
		.user = text_or_null("database_user"),
		.password = *password ? password : NULL,
		.database = text_or_null("database_name"),
		.tls_ca = text_or_null("database_ca_file"),
	};
	if (is_local(ret_target) || ret_target->tls_ca)
		return true;
	return complain("database_ca_file: the database is on another machine, so its "
			"certificate must be checked: name the file of the CA that signed it.");
}

/* ---- rights ---- */

static const char *host_of(const struct db_target *target)
{
	if (target->socket)
		return "localhost";
	return is_local(target) ? "127.0.0.1" : "%";
}

int configured_grants(const char *config, const char *host)
{
	char text[GRANTS_STATEMENT_BYTES];
	struct db_target target = { 0 };

	service_settings();
	if (!service_settings_load(config))
		return 1;
	target.socket = text_or_null("database_socket");
	target.host = text_or_null("database_host");
	const struct grant_account account = {
		.user = text_or_null("database_user"),
		.host = host ? host : host_of(&target),
		.schema = text_or_null("database_name"),
		.needs_tls = !is_local(&target),
	};
	if (!account.user || !grants_name_is_plain(account.user) ||
	    !grants_name_is_plain(account.host) || !account.schema ||
	    !grants_name_is_plain(account.schema)) {
		fputs("database_user, database_name and --host must be plain names: letters, "
		      "digits and _ . - % :\n", stderr);
		return 1;
	}
	for (size_t i = 0; grants_statement(&account, i, text); i++)
		printf("%s;\n", text);
	return 0;
}

static void say(const char *sentence, void *arg)
{
	const struct db_target *target = arg;

	fprintf(stderr, "The account %s of the database is not as the service needs it: %s.\n",
		target->user, sentence);
}

bool configured_rights_hold(const struct db_target *target)
{
	struct db_target copy = *target;

	if (store_grants_hold(target, say, &copy))
		return true;
	return complain("With the schema up to date (`liandong migrate`), the statements that "
			"`liandong grants --config FILE` prints put it right; an administrator of "
			"the database runs them.");
}
