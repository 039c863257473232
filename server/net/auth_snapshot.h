/*
 * Keys as every request needs them: in memory, looked up by hash. Loaded into a
 * slot of the reference data, so a new or disabled key counts everywhere within a second.
 *
 * Threads: immutable; any thread that has the snapshot pinned.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "req.h"
#include "str.h"
#include "tx.h"

struct auth_snapshot;

/* A snapshot_loader (store.h) for SNAPSHOT_AUTH. */
const void *auth_snapshot_load(struct tx *tx, struct arena *arena);
/* The actor behind a key in clear; strings live as long as the snapshot. */
bool auth_key_find(const struct auth_snapshot *s, struct str key, struct actor *ret) MUST_USE;
