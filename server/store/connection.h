/*
 * What db.c, statement.c and pipeline.c share of a connection: the handle of the client
 * library. No other file of the program sees mysql.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <mysql.h>

#include "store/db.h"

/* Statements one connection may know; a power of two well above what the program has. */
enum { CONNECTION_STATEMENTS = 2048 };

struct connection {
	struct db_target target;
	MYSQL *mysql;		/* NULL while closed */
	uint32_t statement_count;
	/* Open addressing by the address of the descriptor. */
	struct prepared *statements[CONNECTION_STATEMENTS];
};

/*
 * Turns the error of the last call into ours, logs what a person must know and closes the
 * connection where it cannot go on. `message` is given only for texts that cannot hold values.
 */
enum tx_error connection_failed(struct connection *c, const char *name, unsigned int number,
				const char *message);

void prepared_free(struct prepared *p);
/* The handle is of no use any more: the connection has been closed. */
void prepared_drop_handle(struct prepared *p);
const struct db_statement *prepared_statement(const struct prepared *p);

/* ---- deferred rows, for pipeline.c ---- */

/* Deferred rows that travel in one message. */
struct deferred_array {
	uint32_t first;
	uint32_t rows;
	size_t bytes;	/* about */
};

/* Has it prepared by the database. */
enum tx_error prepared_make_ready(struct prepared *p) MUST_USE;
/* The array after this one, the first after an empty one; false: there is none. */
bool prepared_next_array(const struct prepared *p, struct deferred_array *array) MUST_USE;
/* Sends an array of a statement that is ready; its answer has to be read after all before. */
enum tx_error prepared_send(struct prepared *p, const struct deferred_array *array) MUST_USE;
/* Reads the answer to an array of this many rows: TX_CONFLICT when they did not all match. */
enum tx_error prepared_receive(struct prepared *p, uint32_t rows) MUST_USE;
/* Reads an answer that changes nothing any more, unless the connection is lost with it. */
void prepared_discard(struct prepared *p);
