/* Where a sealed secret stands: crypto.h authenticates the place with the value. */
#pragma once

#include <inttypes.h>

#include "arena.h"
#include "str.h"

static inline struct str secret_place(struct arena *a, uint64_t endpoint_id, uint32_t number)
{
	return arena_printf(a, "outbox_secret.sealed/%" PRIu64 "/%" PRIu32, endpoint_id, number);
}
