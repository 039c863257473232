/*
 * Inside of the ledger: what gives positions, has the tree signed, and shows it. Nothing here
 * is for other modules; they use sealing.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ledger_tree.h"
#include "module.h"
#include "req.h"
#include "rules/note.h"

#include "ledger_sql.h"

/* Gives positions to what waits; true while more waits. */
bool ledger_sequence(struct tx *tx);
bool ledger_is_waiting(struct tx *tx);
/* Has the tree signed as far as it is on disk; true when it may go on at once. */
bool ledger_sign(struct tx *tx);
bool ledger_is_unsigned(struct tx *tx);

extern const struct route ledger_routes[];
/* Every webhook attempt carries the newest checkpoint from now on. */
void ledger_tell_webhooks(struct tx *tx);

/* Writes the dump to standard output; the exit status. */
int ledger_dump(const struct command_call *call);
/* Compares the commitments of all appeals with what is stored now; the exit status. */
int ledger_check(const struct command_call *call);
