/*
 * Keys as every request needs them: in memory. Loaded into a slot of the reference data, so a
 * new or disabled one counts everywhere within a second.
 *
 * Threads: immutable; any thread that has the snapshot pinned.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "net/key_table.h"
#include "req.h"
#include "str.h"
#include "tx.h"

struct auth_snapshot;

/* A snapshot_loader (store.h) for SNAPSHOT_AUTH. */
const void *auth_snapshot_load(struct tx *tx, struct arena *arena);
const struct key_table *auth_keys(const struct auth_snapshot *s);
