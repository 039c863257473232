/*
 * Brings the schema to what this binary was built with, forward only. The database commits at
 * each DDL statement, so a migration is no transaction: its statements can be run again, and
 * one that was cut short is simply run from its start. Of several servers that start at once
 * one migrates, under a lease; the others wait.
 */
#include "clock.h"
#include "crypto.h"
#include "must.h"
#include "server_sql.h"
#include "store/db.h"
#include "store/migrations.h"
#include "store/process.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	APPLIED_MAX = 1000,
	LEASE_SECONDS = 120,	/* far longer than any one statement should take */
	WAIT_SECONDS = 300,
	POLL_MILLISECONDS = 200,
};

static const char lease_name[] = "migrate";

enum verdict { IS_CURRENT, IS_BEHIND, IS_FOREIGN, IS_UNREADABLE };

struct survey {
	enum verdict verdict;
	char why[300];
	bool is_applied[APPLIED_MAX];	/* by the index in migrations[] */
};

static void sum_of(const struct migration *m, uint8_t out[SHA256_BYTES])
{
	crypto_sha256(m->text, out);
}

static size_t index_of(uint32_t number)
{
	size_t i = 0;

	while (migrations[i].name && migrations[i].number != number)
		i++;
	return i;
}

/* Compares one applied migration with ours. */
static void look_at(struct survey *s, const struct sql_migration_list_row *row)
{
	size_t i = index_of(row->number);
	const struct migration *m = &migrations[i];
	uint8_t sum[SHA256_BYTES];

	if (!m->name) {
		s->verdict = IS_FOREIGN;
		snprintf(s->why, sizeof(s->why),
			 "The database has had migration %.*s, which this program does not "
			 "know: it was last used by a newer version. Start that version.",
			 STR_ARG(row->name));
		return;
	}
	sum_of(m, sum);
	if (!str_is(row->name, m->name) ||
	    !str_eq(row->sha256, (struct str){ (const char *)sum, sizeof(sum) })) {
		s->verdict = IS_FOREIGN;
		snprintf(s->why, sizeof(s->why),
			 "Migration %s differs from what was applied to this database as %.*s. "
			 "An applied migration must never change; add a new one.",
			 m->name, STR_ARG(row->name));
		return;
	}
	s->is_applied[i] = true;
}

static void survey_schema(struct tx *tx, void *arg)
{
	struct survey *s = arg;
	struct sql_migration_table_row table = { 0 };
	struct sql_migration_list_row row = { 0 };

	*s = (struct survey){ .verdict = IS_CURRENT };
	if (!sql_migration_table(tx, &table))
		return;
	if (table.is_there) {
		struct rows *it = sql_migration_list(tx);

		while (s->verdict == IS_CURRENT && sql_migration_list_next(it, &row))
			look_at(s, &row);
	}
	for (size_t i = 0; s->verdict == IS_CURRENT && migrations[i].name; i++) {
		must(i < APPLIED_MAX);
		if (s->is_applied[i])
			continue;
		s->verdict = IS_BEHIND;
		snprintf(s->why, sizeof(s->why),
			 "The database has not had migration %s yet.", migrations[i].name);
	}
}

static void survey(struct tx *tx, struct survey *s)
{
	if (tx_run(tx, survey_schema, s) == TX_OK)
		return;
	s->verdict = IS_UNREADABLE;
	snprintf(s->why, sizeof(s->why), "The list of applied migrations cannot be read.");
}

/* ---- applying ---- */

struct applying {
	struct tx *tx;
	struct connection *connection;
	bool is_leased;		/* false while the tables for leases are still being made */
};

static void hold_lease(struct tx *tx, void *arg)
{
	bool *is_held = arg;

	*is_held = lease_hold(tx, lease_name, LEASE_SECONDS);
}

static bool keep_lease(struct applying *a)
{
	bool is_held = false;

	if (!a->is_leased)
		return true;
	return tx_run(a->tx, hold_lease, &is_held) == TX_OK && is_held;
}

static void drop_lease(struct tx *tx, void *arg)
{
	(void)arg;
	lease_release(tx, lease_name);
}

static void record(struct tx *tx, void *arg)
{
	const struct migration *m = arg;
	uint8_t sum[SHA256_BYTES];

	sum_of(m, sum);
	sql_migration_add(tx, (struct sql_migration_add){
		.number = m->number,
		.name = str_of(m->name),
		.sha256 = { (const char *)sum, sizeof(sum) },
		.applied_at = clock_real(),
	});
}

/* The line at *rest without its end; moves *rest behind it. */
static struct str next_line(struct str *rest)
{
	const char *end = memchr(rest->p, '\n', rest->n);
	size_t n = end ? (size_t)(end - rest->p) : rest->n;
	struct str line = { rest->p, n };

	rest->p += end ? n + 1 : n;
	rest->n -= end ? n + 1 : n;
	return line;
}

static struct str trimmed(struct str s)
{
	while (s.n && strchr(" \t\r\n", s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && strchr(" \t\r\n", s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The next statement, which ends with `;` at the end of a line; false when there is none. */
static bool next_statement(struct str *rest, struct str *ret_text)
{
	const char *start = NULL;

	while (rest->n) {
		struct str line = trimmed(next_line(rest));

		if (line.n == 0 || str_starts(line, STR("--")))
			continue;
		if (!start)
			start = line.p;
		if (line.p[line.n - 1] == ';') {
			const char *end = line.p + line.n - 1;

			*ret_text = (struct str){ start, (size_t)(end - start) };
			return true;
		}
	}
	if (start)
		*ret_text = trimmed((struct str){ start, (size_t)(rest->p - start) });
	return start != NULL;
}

static bool apply(struct applying *a, const struct migration *m)
{
	struct str rest = m->text, text;
	struct migration copy = *m;

	for (uint32_t count = 1; next_statement(&rest, &text); count++) {
		if (!keep_lease(a)) {
			fprintf(stderr, "Another server migrates the database: try again.\n");
			return false;
		}
		if (connection_open_plain(a->connection) != TX_OK ||
		    connection_run(a->connection, m->name, text) != TX_OK) {
			fprintf(stderr,
				"Migration %s stopped at its statement %u; the line above says "
				"why. It can be started again.\n",
				m->name, count);
			return false;
		}
	}
	if (tx_run(a->tx, record, &copy) != TX_OK) {
		fprintf(stderr, "Migration %s is done but could not be recorded.\n", m->name);
		return false;
	}
	return true;
}

static bool apply_missing(struct applying *a)
{
	struct survey now;

	survey(a->tx, &now);
	if (now.verdict == IS_CURRENT)
		return true;
	if (now.verdict != IS_BEHIND) {
		fprintf(stderr, "%s\n", now.why);
		return false;
	}
	for (size_t i = 0; migrations[i].name; i++) {
		if (!now.is_applied[i] && !apply(a, &migrations[i]))
			return false;
	}
	return true;
}

/* The first migration makes the tables that the others need to be counted and fenced. */
static bool apply_first(struct applying *a)
{
	must(migrations[0].name != NULL);
	return apply(a, &migrations[0]);
}

static bool migrate(struct applying *a)
{
	const int64_t deadline = clock_monotonic() + WAIT_SECONDS * CLOCK_SECOND;
	struct survey now;

	survey(a->tx, &now);
	if (now.verdict == IS_BEHIND && !now.is_applied[0] && !apply_first(a))
		return false;
	for (a->is_leased = true;; survey(a->tx, &now)) {
		if (now.verdict == IS_CURRENT)
			return true;
		if (now.verdict != IS_BEHIND) {
			fprintf(stderr, "%s\n", now.why);
			return false;
		}
		if (keep_lease(a)) {
			bool is_done = apply_missing(a);

			return tx_run(a->tx, drop_lease, NULL) == TX_OK && is_done;
		}
		if (clock_monotonic() > deadline) {
			fprintf(stderr, "Another server has been migrating for %d s.\n",
				WAIT_SECONDS);
			return false;
		}
		nanosleep(&(struct timespec){ .tv_nsec = POLL_MILLISECONDS * 1000000L }, NULL);
	}
}

bool migrate_up(void)
{
	struct applying a = {
		.tx = tx_new(),
		.connection = connection_new(store_target()),
	};
	bool is_done = migrate(&a);

	connection_free(a.connection);
	tx_free(a.tx);
	return is_done;
}

bool migrate_is_current(void)
{
	struct tx *tx = tx_new();
	struct survey now;

	survey(tx, &now);
	tx_free(tx);
	if (now.verdict != IS_CURRENT)
		fprintf(stderr, "%s\n", now.why);
	return now.verdict == IS_CURRENT;
}
