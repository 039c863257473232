/*
 * Whatever a provider sends: tokens against a fixed key set, key sets against a fixed token,
 * and claims. Nothing is good but what was signed by the one key and names us.
 */
#include "arena.h"
#include "bounds.h"
#include "must.h"
#include "out/oidc/claims.h"
#include "out/oidc/token.h"
#include "unit/oidc_tokens.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static void try_token(struct arena *a, struct str token, struct str keys)
{
	struct str payload = STR_NONE;

	if (token_verify(a, token, keys, &payload) == TOKEN_GOOD)
		must(str_is(payload, TOKEN_PAYLOAD));
	else
		must(!payload.p);
}

static void try_claims(struct arena *a, struct str payload)
{
	const struct claims_wanted wanted = {
		.issuer = STR("https://id.example"), .client = STR("desk"),
		.nonce = STR("NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN"),
		.now = INT64_C(1800000000),
	};
	struct claims claims;

	if (!claims_read(a, payload, &claims) || claims_judge(&claims, &wanted) != CLAIMS_GOOD)
		return;
	must(str_eq(claims.issuer, wanted.issuer) && str_eq(claims.nonce, wanted.nonce));
	must(claims.expires_at > wanted.now - CLAIM_SKEW_SECONDS);
	must(claims.subject.n > 0 && claims.subject.n <= CLAIM_SUBJECT_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct arena *a = arena_new(MIB(64));
	struct str text = { (const char *)input + 1, n ? n - 1 : 0 };

	if (n > 0 && input[0] == 't')
		try_token(a, arena_str(a, text), STR(TOKEN_KEYS));
	else if (n > 0 && input[0] == 'k')
		try_token(a, STR(TOKEN_RS256), arena_str(a, text));
	else if (n > 0)
		try_claims(a, arena_str(a, text));
	arena_free(a);
	return 0;
}
