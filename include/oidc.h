/*
 * Signing in by a provider of OpenID Connect (OpenID Connect Core 1.0, code flow with PKCE,
 * RFC 7636), as a relying party. Part of the program only when it was built with OIDC=1; else
 * every question is answered OIDC_OFF and the settings oidc_* may not be set.
 *
 * What the browser carries between the two halves is an oidc_flow, which the caller seals.
 * Tokens never leave these functions: of the ID token the person's claims come out, and nothing
 * of it is kept.
 *
 * Threads: workers; begin, finish and end call the provider when what is known of it is old,
 * and block for at most oidc_timeout seconds: LANE_OUTSIDE, with no rows locked. A provider that
 * hung is left alone for as long, OIDC_AWAY at once. Why something was refused stands in the
 * log, never in what is given back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "attr.h"
#include "str.h"

enum oidc_outcome {
	OIDC_DONE,
	OIDC_OFF,	/* not built in, or no oidc_issuer */
	OIDC_AWAY,	/* the provider does not answer, or not as one */
	OIDC_REFUSED,	/* its answer, or what came back from the browser, does not hold */
};

/* 43 characters of base64url each, 256 random bits. */
struct oidc_flow {
	struct str state, nonce, verifier;
};

/* Query parameters of the provider's answer; STR_NONE when absent. */
struct oidc_answer {
	struct str code;
	struct str issuer;	/* RFC 9207 */
};

/* Who signed in. The issuer and subject together are the person; the rest may change. */
struct oidc_person {
	struct str issuer;	/* equals oidc_issuer */
	struct str subject;	/* 1 to 255 printable ASCII characters */
	struct str username;	/* preferred_username, or STR_NONE */
	struct str email;	/* only when the provider says that it verified it */
	struct str name;
	const struct str *words;	/* of the claim named by oidc_role_claim */
	size_t word_count;
};

bool oidc_is_on(void);
/* A new flow, and where the browser goes with it. */
enum oidc_outcome oidc_begin(struct arena *a, struct oidc_flow *ret_flow, struct str *ret_url)
	MUST_USE;
/* The state was compared already: exchanges the code and checks the ID token. */
enum oidc_outcome oidc_finish(struct arena *a, const struct oidc_flow *flow,
			      const struct oidc_answer *answer, struct oidc_person *ret_person)
	MUST_USE;
/* Where the provider itself ends its session; STR_NONE when it has no such place. */
enum oidc_outcome oidc_end(struct arena *a, struct str *ret_url) MUST_USE;
