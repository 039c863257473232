/*
 * What the service's account in the database may do: on each table exactly what the statements of
 * the program need, and nothing else anywhere. The table is made at build from the statements
 * and from sql/limits.tsv, which says where rows can only be added. The schema is changed by
 * another account, the owner's.
 *
 * Threads: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "str.h"

enum grant {
	GRANT_SELECT = 1,
	GRANT_INSERT = 2,
	GRANT_UPDATE = 4,
	GRANT_DELETE = 8,
};

struct table_grant {
	const char *table;
	uint32_t grants;	/* of enum grant */
};

/* By name; ends with a NULL. Made by sql/grants.awk. */
extern const struct table_grant table_grants[];

enum { GRANTS_TABLES_MAX = 512, GRANTS_STATEMENT_BYTES = 1024 };

/* Who gets them: 'user'@'host', in this schema. */
struct grant_account {
	const char *user, *host, *schema;
	bool needs_tls;		/* it may sign in over TLS only */
};

/*
 * Statement number i (0..) that gives the account what it needs and takes all else away, without
 * the semicolon. False: there are no more. The names must be plain: see grants_name_is_plain().
 */
bool grants_statement(const struct grant_account *account, size_t i,
		      char out[GRANTS_STATEMENT_BYTES]) MUST_USE;
/* Whether a name of a user, a host or a schema can stand in such a statement. */
bool grants_name_is_plain(const char *name) MUST_USE;

/* ---- judging what an account has, from the lines of SHOW GRANTS ---- */

struct grants_found {
	const char *schema;
	uint32_t seen[GRANTS_TABLES_MAX];	/* as table_grants[] */
	uint32_t complaints;
	void (*complain)(const char *sentence, void *arg);
	void *arg;
};

/* One line: complains of whatever is not needed. No password is ever repeated. */
void grants_judge_line(struct grants_found *found, struct str line);
/* After the last line: complains of what is missing. True when there was no complaint at all. */
bool grants_judge_end(struct grants_found *found) MUST_USE;
