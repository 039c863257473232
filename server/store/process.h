/*
 * What the process keeps for all its threads in this room, between store_start() and
 * store_stop().
 */
#pragma once

#include "store/store.h"

#include <stddef.h>

/* As given to store_start(). */
const struct db_target *store_target(void);
/* Gives back blocks and connection; numbers not handed out are lost. */
void sequences_stop(void);
/* Drops the process's own pin on the served snapshot. */
void snapshot_stop(void);
/* Frees what transactions kept for each other (kept.h); none is under way any more. */
void kept_stop(void);
/* What it takes now, as its makers told. */
size_t kept_bytes(void);
