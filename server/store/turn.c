/*
 * Turns: a row for each of a few hundred hashes of names, locked until the transaction ends.
 */
#include "server_sql.h"
#include "tx.h"

enum { TURNS = 256 };	/* rows of server_turn */

void tx_turn(struct tx *tx, struct str name)
{
	struct sql_turn_take_row row = { 0 };
	uint32_t hash = UINT32_C(2166136261);	/* FNV-1a */

	for (size_t i = 0; i < name.n; i++)
		hash = (hash ^ (unsigned char)name.p[i]) * UINT32_C(16777619);
	if (!sql_turn_take(tx, (struct sql_turn_take){ .id = hash % TURNS }, &row) && tx_ok(tx))
		tx_fail(tx, TX_BROKEN);
}
