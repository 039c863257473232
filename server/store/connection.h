/*
 * What db.c and statement.c share of a connection: the handle of the client library. No other
 * file of the program sees mysql.h.
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
