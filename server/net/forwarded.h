/*
 * Who asks when a proxy stands between: the field X-Forwarded-For, believed only from the
 * proxies that a setting names, and only as far as these wrote it. Each proxy adds the address
 * it was called from at the end; so the list is read from its end, and the first address that
 * is no such proxy is the client. What stands before it was written by strangers.
 *
 * Threads: values; any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "network.h"
#include "str.h"

enum { FORWARDED_PROXIES_MAX = 32 };

struct forwarded_proxies {
	struct network v[FORWARDED_PROXIES_MAX];
	uint32_t n;
};

/* `peer` is the address of the connection as text. */
bool forwarded_is_proxy(const struct forwarded_proxies *proxies, struct str peer);
/*
 * The client's address as text: `peer` itself, or a part of `value`, the field as it came
 * (STR_NONE without one). An entry that is no address ends the reading: the proxy that wrote
 * it, or the last one before it, stands for the client then.
 */
struct str forwarded_client(const struct forwarded_proxies *proxies, struct str peer,
			    struct str value);
