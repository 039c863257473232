/*
 * What the provider says of itself: its discovery document (OpenID Connect Discovery 1.0) and
 * its keys, asked when they are needed and kept for LIMIT_OIDC_KNOWN_SECONDS.
 *
 * Threads: workers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "attr.h"
#include "out/egress.h"
#include "str.h"

struct provider {
	char authorization[EGRESS_URL_MAX + 1];
	char token[EGRESS_URL_MAX + 1];
	char keys[EGRESS_URL_MAX + 1];
	char end[EGRESS_URL_MAX + 1];	/* "" when it has no such place */
	bool names_issuer;		/* its answers carry `iss` (RFC 9207) */
	bool wants_posted_secret;	/* it knows client_secret_post but not _basic */
};

/* False when it cannot be asked, or is not the configured one; logged. */
bool provider_read(struct arena *a, int64_t deadline, struct provider *ret_provider) MUST_USE;
/*
 * Its key set as text. With `is_stale` the kept one is not enough: a token names a key that is
 * not in it.
 */
bool provider_keys(struct arena *a, const struct provider *provider, bool is_stale,
		   int64_t deadline, struct str *ret_keys) MUST_USE;
