/*
 * What an ID token says, and whether it is for us (OpenID Connect Core 1.0, 3.1.3.7). Pure:
 * values in, values out; the signature is the business of token.h.
 *
 * Threads: values.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "attr.h"
#include "str.h"

enum { CLAIM_AUDIENCE_MAX = 16, CLAIM_SKEW_SECONDS = 60, CLAIM_SUBJECT_MAX = 255 };

struct claims {
	struct str issuer, subject, nonce;	/* STR_NONE when absent or no text */
	struct str audience[CLAIM_AUDIENCE_MAX];
	uint32_t audience_count;		/* CLAIM_AUDIENCE_MAX + 1: too many to read */
	struct str party;			/* azp */
	bool has_party;				/* also when it is no text */
	bool has_expiry, has_issue, has_start;
	int64_t expires_at, issued_at, starts_at;	/* seconds since 1970 */
};

struct claims_wanted {
	struct str issuer, client, nonce;
	int64_t now;				/* seconds since 1970 */
};

enum claims_verdict {
	CLAIMS_GOOD,
	CLAIMS_ISSUER,
	CLAIMS_SUBJECT,
	CLAIMS_AUDIENCE,
	CLAIMS_PARTY,
	CLAIMS_EXPIRED,
	CLAIMS_ISSUED,	/* no iat, or later than now */
	CLAIMS_EARLY,	/* nbf is later than now */
	CLAIMS_NONCE,
};
/* For the log, in the order of the verdicts. */
extern const char *const claims_verdict_names[];

/* False when the payload is no JSON object. */
bool claims_read(struct arena *a, struct str payload, struct claims *ret_claims) MUST_USE;
/* Clocks may differ by CLAIM_SKEW_SECONDS. The first thing that does not hold. */
enum claims_verdict claims_judge(const struct claims *claims, const struct claims_wanted *wanted)
	MUST_USE;
