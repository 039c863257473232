/* Where sealed values of the outbox stand: crypto.h authenticates the place with the value. */
#pragma once

#include <inttypes.h>

#include "arena.h"
#include "str.h"

static inline struct str secret_place(struct arena *a, uint64_t endpoint_id, uint32_t number)
{
	return arena_printf(a, "outbox_secret.sealed/%" PRIu64 "/%" PRIu32, endpoint_id, number);
}

static inline struct str address_place(struct arena *a, uint64_t endpoint_id)
{
	return arena_printf(a, "outbox_endpoint.address_sealed/%" PRIu64, endpoint_id);
}

static inline struct str body_place(struct arena *a, uint64_t delivery_id)
{
	return arena_printf(a, "outbox_delivery.body/%" PRIu64, delivery_id);
}
