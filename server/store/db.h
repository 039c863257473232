/*
 * One connection to the database and the statements prepared on it. Only this room's files
 * include this header: a connection knows statements but no transactions, a tx (tx.c) knows
 * transactions but no wire.
 *
 * Every call answers with an enum tx_error and leaves the connection either usable or closed;
 * a closed one is opened again by the next connection_open(). What a person should know of has
 * been logged by then, with the statement's name and the error number, never with values.
 *
 * Threads: a connection belongs to one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "store/store.h"
#include "tx.h"

struct connection;

/* A statement of ours on one connection, with its deferred rows. Lives as long as that. */
struct prepared;

/* No message goes out before connection_open(). `target` is not copied. */
struct connection *connection_new(const struct db_target *target);
void connection_free(struct connection *c);
/*
 * Called at the start of a transaction. Connects and sets up the session unless this is done
 * already and the server still there: autocommit off, READ COMMITTED, UTC. TX_AWAY when the
 * database cannot be reached; for 100 ms after such a failure all connections of the process
 * answer so at once.
 */
enum tx_error connection_open(struct connection *c) MUST_USE;
/* For one-off work on a target of its own, with autocommit and no time limit on statements. */
enum tx_error connection_open_plain(struct connection *c) MUST_USE;
void connection_close(struct connection *c);
/* Runs a statement that takes no parameters and gives no rows; `name` is for the log. */
enum tx_error connection_run(struct connection *c, const char *name, struct str text) MUST_USE;
/* The same for one that gives rows: each one's first column, of which nothing is kept. */
enum tx_error connection_lines(struct connection *c, const char *name, struct str text,
			       void (*take)(struct str line, void *arg), void *arg) MUST_USE;
enum tx_error connection_commit(struct connection *c) MUST_USE;
void connection_rollback(struct connection *c);

/* Never fails: the statement is sent to the database when it is first run. */
struct prepared *connection_statement(struct connection *c, const struct db_statement *s);

/* Runs it now; *ret_matched is the number of rows it matched. */
enum tx_error prepared_run(struct prepared *p, const void *in, uint64_t *ret_matched) MUST_USE;
/* All rows, copied to the arena; *ret_rows may become NULL for none. */
enum tx_error prepared_fetch(struct prepared *p, const void *in, struct arena *arena,
			     struct rows **ret_rows) MUST_USE;

/*
 * Keeps a row for connection_flush(). Strings in it are not copied. False, with a log line: a
 * text that must be there is absent.
 */
bool prepared_defer(struct prepared *p, const void *in) MUST_USE;
/* Takes the newest deferred row back. */
void prepared_undefer(struct prepared *p);
uint32_t prepared_deferred(const struct prepared *p);
void prepared_forget(struct prepared *p);
/*
 * Sends the deferred rows of these statements in this order, many of one as one array, with as
 * few round trips as possible (pipeline.c). The answer is the first error; what was sent after
 * the statement that failed has been run as well, so the transaction must be rolled back.
 * TX_CONFLICT when fewer rows were matched than there are. Nothing is deferred afterwards,
 * whatever the answer.
 */
enum tx_error connection_flush(struct connection *c, struct prepared *const *groups,
			       uint32_t count) MUST_USE;

/* What the program makes of an error number of the server or the client library. */
enum tx_error tx_error_of(unsigned int number);

/* ---- for check-sql: what the live schema says of a statement ---- */

struct column_shape {
	const char *name;
	bool is_number;		/* a whole number */
	bool is_unsigned;
	bool is_bytes;		/* text without a character set */
	bool is_expression;	/* no column of a table */
	bool may_be_null;	/* over-reported for expressions */
};

/*
 * Prepares the statement; false with the server's sentence in `why`. Columns come in order,
 * as many as fit; *ret_columns is how many there are. Names live as long as the connection.
 */
bool prepared_shape(struct prepared *p, struct column_shape *columns, uint32_t *ret_columns,
		    uint32_t *ret_params, char *why, size_t why_size) MUST_USE;
