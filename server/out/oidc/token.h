/*
 * The signature of an ID token, by libcjose (RFC 7515, 7517, 7518): RS256 and ES256 and nothing
 * else, whatever the token or the key set would like. The key set is the provider's document.
 *
 * Threads: any; memory is the arena's.
 */
#pragma once

#include "arena.h"
#include "attr.h"
#include "str.h"

enum { TOKEN_BYTES_MAX = 16 * 1024 };

enum token_verdict {
	TOKEN_GOOD,
	TOKEN_MALFORMED,
	TOKEN_ALGORITHM,	/* none, HS256 and all others that are not on the list */
	TOKEN_CRITICAL,		/* it asks for what we do not know (crit) */
	TOKEN_NO_KEY,		/* the set has no such key: it may have a new one by now */
	TOKEN_KEY,		/* the key is no good, such as RSA below 2048 bits */
	TOKEN_SIGNATURE,
};
/* For the log, in the order of the verdicts. */
extern const char *const token_verdict_names[];

/* GOOD fills *ret_payload with the bytes that were signed. */
enum token_verdict token_verify(struct arena *a, struct str token, struct str key_set,
				struct str *ret_payload) MUST_USE;
