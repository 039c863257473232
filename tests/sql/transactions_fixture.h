/*
 * Two transactions beside each other on a private database, for programs that show what one
 * does to the other.
 */
#pragma once

#include "bounds.h"
#include "sql/database_fixture.h"
#include "tx_test_sql.h"

static struct tx *tx;
static struct tx *other;
static struct arena *arena;

static int start(void **state)
{
	(void)state;
	database_start();
	tx = tx_new();
	other = tx_new();
	arena = arena_new(LIMIT_REQUEST_ARENA);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	tx_free(tx);
	tx_free(other);
	arena_free(arena);
	database_stop();
	return 0;
}
