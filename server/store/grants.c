#include "store/grants.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "must.h"
#include "store/db.h"

static const struct {
	enum grant grant;
	const char *name;
} privileges[] = {
	{ GRANT_SELECT, "SELECT" },
	{ GRANT_INSERT, "INSERT" },
	{ GRANT_UPDATE, "UPDATE" },
	{ GRANT_DELETE, "DELETE" },
};

/* ---- giving ---- */

bool grants_name_is_plain(const char *name)
{
	return *name && strlen(name) <= 128 &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_.-%:")] == '\0';
}

static void names_of(uint32_t grants, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < array_count(privileges); i++)
		if (grants & privileges[i].grant)
			n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "",
					      privileges[i].name);
	must(n < size);
}

bool grants_statement(const struct grant_account *account, size_t i,
		      char out[GRANTS_STATEMENT_BYTES])
{
	char names[64];
	int n;

	must(grants_name_is_plain(account->user) && grants_name_is_plain(account->host) &&
	     grants_name_is_plain(account->schema));
	if (i == 0) {
		n = snprintf(out, GRANTS_STATEMENT_BYTES,
			     "REVOKE ALL PRIVILEGES, GRANT OPTION FROM '%s'@'%s'",
			     account->user, account->host);
	} else if (i == 1) {
		n = snprintf(out, GRANTS_STATEMENT_BYTES, "ALTER USER '%s'@'%s' REQUIRE %s",
			     account->user, account->host,
			     account->needs_tls ? "SSL" : "NONE");
	} else if (table_grants[i - 2].table) {
		names_of(table_grants[i - 2].grants, names, sizeof(names));
		n = snprintf(out, GRANTS_STATEMENT_BYTES, "GRANT %s ON `%s`.`%s` TO '%s'@'%s'",
			     names, account->schema, table_grants[i - 2].table, account->user,
			     account->host);
	} else {
		return false;
	}
	must(n > 0 && n < GRANTS_STATEMENT_BYTES);
	return true;
}

bool store_grants_give(const struct db_target *owner, const struct grant_account *account)
{
	struct connection *c = connection_new(owner);
	char text[GRANTS_STATEMENT_BYTES];
	bool is_given = connection_open_plain(c) == TX_OK;

	for (size_t i = 0; is_given && grants_statement(account, i, text); i++)
		is_given = connection_run(c, "grants", str_of(text)) == TX_OK;
	connection_free(c);
	return is_given;
}

/* ---- judging ---- */

static void complain(struct grants_found *found, const char *format, ...) PRINTF_LIKE(2, 3);

static void complain(struct grants_found *found, const char *format, ...)
{
	char sentence[400];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	found->complaints++;
	found->complain(sentence, found->arg);
}

/* Where `what` stands in the line outside of names and of brackets; SIZE_MAX: nowhere. */
static size_t find_outside(struct str line, const char *what)
{
	size_t n = strlen(what);
	int depth = 0;
	char quote = 0;

	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		if (quote == 0 && depth == 0 && line.n - i >= n &&
		    memcmp(line.p + i, what, n) == 0)
			return i;
		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '`' || c == '\'' || c == '"')
			quote = c;
		else
			depth += (c == '(') - (c == ')');
	}
	return SIZE_MAX;
}

static struct str part(struct str s, size_t from, size_t to)
{
	return (struct str){ s.p + from, to - from };
}

/* Index of the table in table_grants[] that `object` names, or -1. */
static int table_of(const struct grants_found *found, struct str object)
{
	char name[256];

	for (int i = 0; table_grants[i].table; i++) {
		snprintf(name, sizeof(name), "`%s`.`%s`", found->schema, table_grants[i].table);
		if (str_is(object, name))
			return i;
	}
	return -1;
}

static uint32_t grant_of(struct str name)
{
	for (size_t i = 0; i < array_count(privileges); i++)
		if (str_is(name, privileges[i].name))
			return privileges[i].grant;
	return 0;
}

static void judge_privilege(struct grants_found *found, struct str name, struct str object,
			    int table)
{
	uint32_t grant = grant_of(name);

	if (str_is(name, "USAGE"))
		return;
	if (table >= 0 && (table_grants[table].grants & grant))
		found->seen[table] |= grant;
	else
		complain(found, "it has %.*s on %.*s", STR_ARG(name), STR_ARG(object));
}

void grants_judge_line(struct grants_found *found, struct str line)
{
	size_t on = find_outside(line, " ON "), to = find_outside(line, " TO ");

	if (!str_starts(line, STR("GRANT ")) || to == SIZE_MAX) {
		complain(found, "a line of SHOW GRANTS is not understood");
		return;
	}
	if (on == SIZE_MAX || on > to) {
		complain(found, "it has the role %.*s", STR_ARG(part(line, 6, to)));
		return;
	}
	struct str object = part(line, on + 4, to), names = part(line, 6, on);
	int table = table_of(found, object);

	if (find_outside(part(line, to, line.n), " WITH GRANT OPTION") != SIZE_MAX)
		complain(found, "it has GRANT OPTION on %.*s", STR_ARG(object));
	while (names.n > 0) {
		size_t comma = find_outside(names, ", ");
		size_t n = comma == SIZE_MAX ? names.n : comma;

		judge_privilege(found, part(names, 0, n), object, table);
		names = part(names, comma == SIZE_MAX ? n : n + 2, names.n);
	}
}

bool grants_judge_end(struct grants_found *found)
{
	char names[64];

	for (size_t i = 0; table_grants[i].table; i++) {
		must(i < GRANTS_TABLES_MAX);
		uint32_t missing = table_grants[i].grants & ~found->seen[i];

		names_of(missing, names, sizeof(names));
		if (missing)
			complain(found, "it lacks %s on %s", names, table_grants[i].table);
	}
	return found->complaints == 0;
}

static void take_line(struct str line, void *arg)
{
	grants_judge_line(arg, line);
}

/* The answer's column is named after the account: no statement of sql/queries could be it. */
bool store_grants_hold(const struct db_target *target,
		       void (*say)(const char *sentence, void *arg), void *arg)
{
	struct grants_found found = { .schema = target->database, .complain = say, .arg = arg };
	/* An account without any right in the schema cannot choose it. */
	struct db_target anywhere = *target;

	anywhere.database = NULL;
	struct connection *c = connection_new(&anywhere);
	bool is_read = connection_open_plain(c) == TX_OK &&
		       connection_lines(c, "grants", STR("SHOW GRANTS"), take_line, &found) ==
			       TX_OK;

	connection_free(c);
	if (is_read)
		return grants_judge_end(&found);
	say("its grants cannot be read", arg);
	return false;
}
