/*
 * A database transaction as a handler or a job sees it. The worker begins it lazily, commits
 * it when the handler succeeded, undoes it otherwise and runs the handler again from the start
 * on deadlocks and version conflicts; so up to its return a handler has no effect outside.
 *
 * Statements live in sql/queries/<module>.sql and are called through generated functions:
 *
 *	:one    bool sql_x(tx, (struct sql_x){...}, &row)    a row or false
 *	:many   struct rows *it = sql_x(tx, in); while (sql_x_next(it, &row)) ...
 *	:exec   uint64_t sql_x(tx, in)     runs now, returns the rows matched
 *	:write  void sql_x(tx, in)         deferred; must match exactly one row
 *
 * Deferred writes go out grouped by statement, in the order of each statement's first use,
 * before the next read or exec of the same transaction and at commit; many of one statement
 * travel as one array. A :write UPDATE that matches no row means that somebody else was first:
 * the error TX_CONFLICT, and the handler is run again. Two different deferred statements that
 * touch the same row need tx_flush() between them. The struct behind `in` may be a temporary;
 * strings in it must live in the arena (or longer).
 *
 * A transaction sees what others commit while it runs (READ COMMITTED). So what a handler decides
 * on it reads BEHIND the row whose version it writes with: who changed any of it meanwhile has
 * moved that version, and the whole is run again. A row found by another way (a job's list of what
 * is due, a number in a path) is a hint until it is read once more behind it. What no version
 * covers is held by one of
 *
 *	a :write ... WHERE state = :was		of two that decide the same one gets TX_CONFLICT
 *	a unique key				the second gets TX_DUPLICATE, runs again and finds it
 *	an :exec and the rows it matched	a word that is good once
 *	matter_hold() (matter.h), FOR UPDATE	for who publishes nothing of an appeal
 *	tx_turn()				for counts, and for rows that are not there
 *	tx_consistent_step()			for figures over many rows
 *
 * Errors are sticky: after one, every call answers "no row" at once and the worker decides.
 * A handler checks tx_ok() only where "no row" would otherwise be taken for an answer.
 *
 * NULL exists for text and bytes only (str.p == NULL). Absent instants and ids are 0.
 *
 * Threads: a transaction belongs to the worker that made it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "str.h"

struct tx;
struct rows;

enum tx_error {
	TX_OK,
	TX_DUPLICATE,	/* a unique key exists already (1062) */
	TX_CONFLICT,	/* a :write matched no row: changed by somebody else */
	TX_RETRY,	/* deadlock, lock wait, snapshot conflict: run the whole again */
	TX_AWAY,	/* no database: answer 503 */
	TX_BROKEN,	/* anything else: our bug or a broken database */
};

static inline bool tx_error_is_retried(enum tx_error e)
{
	return e == TX_CONFLICT || e == TX_RETRY;
}

bool tx_ok(const struct tx *tx);
enum tx_error tx_error(const struct tx *tx);
/* Makes the transaction fail with this error; the first one stays. */
void tx_fail(struct tx *tx, enum tx_error error);
/* Sends what is deferred now. */
void tx_flush(struct tx *tx);
/*
 * Commits what was done so far, whatever is answered in the end, and goes on in a transaction
 * that has seen nothing yet. For what must not come back when the rest fails, such as a word
 * that is good once; and before a wait for somebody else, so that no row stays locked. A run
 * after this one (tx_error_is_retried) meets what was kept. Not on LANE_BATCH. False: it was not
 * kept, and the transaction has failed.
 */
bool tx_keep(struct tx *tx) MUST_USE;
/* Memory that lives as long as the request or job. */
struct arena *tx_arena(struct tx *tx);
/* The reference data pinned for this transaction (module.h, snapshot). */
const void *tx_snapshot(const struct tx *tx);
/*
 * Says that this transaction changes reference data. After its commit, and before its answer
 * goes out, this process serves the new data; other processes within a second.
 */
void tx_snapshot_changed(struct tx *tx);
/* Runs reads of this transaction on one consistent view; before its first statement only. It
 * cannot write. */
void tx_consistent_view(struct tx *tx);
/*
 * The same for one that writes, too: it reads as of its beginning, while an UPDATE meets the
 * newest row, so that a claim made by `WHERE state = ...` fails where somebody was first.
 * Routes say so (module.h, is_in_one_view); jobs call it before their first statement.
 */
void tx_consistent_step(struct tx *tx);
/*
 * Waits until no other transaction, on any server, has this turn, and keeps it to the end: for what
 * is decided on rows that are not there yet, such as how many there are, and no unique key says.
 * Before the reads that are decided on; a name says what and whose ("uploads/2/17").
 */
void tx_turn(struct tx *tx, struct str name);
/*
 * The next number of a named sequence (1, 2, 3 ...), unique over all servers. Numbers are
 * taken in blocks outside of the transaction: a crash leaves a gap, never a repeat. 0 when the
 * database is away (the transaction has failed then).
 */
uint64_t tx_sequence(struct tx *tx, const char *name);

/* ---- used by generated code only ---- */

enum db_type { DB_U64, DB_I64, DB_U32, DB_BOOL, DB_STR, DB_BYTES };
enum db_kind { DB_ONE, DB_MANY, DB_EXEC, DB_WRITE };

struct db_field {
	const char *name;
	uint16_t offset;	/* in the inputs or the row */
	uint8_t type;		/* enum db_type */
	bool nullable;		/* text only */
};

struct db_statement {
	const char *name;
	const char *text;		/* with ? for parameters */
	const struct db_field *params;	/* fields of the input struct */
	const uint8_t *order;		/* for each ? the index into params */
	const struct db_field *columns;
	uint16_t param_count;
	uint16_t order_count;
	uint16_t column_count;
	uint16_t input_size;		/* sizeof the input struct */
	uint8_t kind;
};

bool db_one(struct tx *tx, const struct db_statement *s, const void *in, void *ret_row) MUST_USE;
struct rows *db_many(struct tx *tx, const struct db_statement *s, const void *in);
bool db_next(struct rows *rows, void *ret_row) MUST_USE;
uint64_t db_exec(struct tx *tx, const struct db_statement *s, const void *in);
void db_write(struct tx *tx, const struct db_statement *s, const void *in);
