/*
 * Standard Webhooks 1.0.0, symmetric signatures: HMAC-SHA256 over `id.timestamp.body`, written
 * `v1,<base64>`, one for each live secret, separated by one blank. Secrets are shown as
 * `whsec_` + standard base64 of 32 random bytes.
 *
 * Threads: values; any.
 */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "bounds.h"
#include "str.h"

enum {
	SIGNATURE_SECRET_BYTES = 32,
	/* "v1," and base64 of 32 bytes for each secret, with a blank or the NUL behind. */
	SIGNATURE_MAX = LIMIT_SECRETS_LIVE * (3 + 44 + 1),
};

struct signature_key {
	uint8_t bytes[SIGNATURE_SECRET_BYTES];
	int64_t expires_at;	/* clock_real(); 0: the one that signs first */
};

struct signature_message {
	struct str id;
	int64_t timestamp;	/* whole seconds, of this attempt */
	struct str body;
};

/*
 * Writes the header's value with a NUL; keys that expired by `now` do not sign. Takes memory
 * of the arena a little over the body's size.
 */
void signature_write(struct arena *a, const struct signature_key *keys, uint32_t n, int64_t now,
		     const struct signature_message *message, char out[SIGNATURE_MAX]);
/* The secret as people see it. */
struct str signature_secret_text(struct arena *a, const uint8_t bytes[SIGNATURE_SECRET_BYTES]);
