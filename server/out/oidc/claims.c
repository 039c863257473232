#include "out/oidc/claims.h"

#include "base/json_value.h"
#include "crypto.h"

const char *const claims_verdict_names[] = {
	"none", "issuer", "subject", "audience", "authorized_party", "expired", "issued_at",
	"not_before", "nonce", NULL,
};

/* One audience stands as a text, several as a list; what is no text fits nobody. */
static void read_audience(const struct json_value *aud, struct claims *claims)
{
	size_t n = json_value_is_list(aud) ? json_value_count(aud) : aud ? 1 : 0;

	claims->audience_count = (uint32_t)(n > CLAIM_AUDIENCE_MAX ? CLAIM_AUDIENCE_MAX + 1 : n);
	for (size_t i = 0; i < n && i < CLAIM_AUDIENCE_MAX; i++)
		claims->audience[i] = json_value_str(json_value_is_list(aud) ?
						    json_value_at(aud, i) : aud);
}

bool claims_read(struct arena *a, struct str payload, struct claims *ret_claims)
{
	const struct json_value *tree = json_value_parse(a, payload);
	const struct json_value *party = json_value_member(tree, "azp");
	struct claims claims = {
		.issuer = json_value_str(json_value_member(tree, "iss")),
		.subject = json_value_str(json_value_member(tree, "sub")),
		.nonce = json_value_str(json_value_member(tree, "nonce")),
		.party = json_value_str(party),
		.has_party = party != NULL,
	};

	if (!json_value_is_object(tree))
		return false;
	read_audience(json_value_member(tree, "aud"), &claims);
	claims.has_expiry = json_value_number(json_value_member(tree, "exp"), &claims.expires_at);
	claims.has_issue = json_value_number(json_value_member(tree, "iat"), &claims.issued_at);
	claims.has_start = json_value_number(json_value_member(tree, "nbf"), &claims.starts_at);
	*ret_claims = claims;
	return true;
}

/* Printable ASCII (OpenID Connect Core 1.0, section 2: at most 255 ASCII characters). */
static bool is_subject(struct str subject)
{
	for (size_t i = 0; i < subject.n; i++)
		if (subject.p[i] < ' ' || subject.p[i] > '~')
			return false;
	return subject.n > 0 && subject.n <= CLAIM_SUBJECT_MAX;
}

static bool is_for(const struct claims *claims, struct str client)
{
	if (claims->audience_count > CLAIM_AUDIENCE_MAX)
		return false;
	for (uint32_t i = 0; i < claims->audience_count; i++)
		if (claims->audience[i].p && str_eq(claims->audience[i], client))
			return true;
	return false;
}

enum claims_verdict claims_judge(const struct claims *claims, const struct claims_wanted *wanted)
{
	if (!claims->issuer.p || !str_eq(claims->issuer, wanted->issuer))
		return CLAIMS_ISSUER;
	if (!is_subject(claims->subject))
		return CLAIMS_SUBJECT;
	if (!is_for(claims, wanted->client))
		return CLAIMS_AUDIENCE;
	/* One of several audiences might show the token to another: it must be made for us. */
	if (claims->has_party ? !str_eq(claims->party, wanted->client) :
				claims->audience_count > 1)
		return CLAIMS_PARTY;
	if (!claims->has_expiry || claims->expires_at + CLAIM_SKEW_SECONDS <= wanted->now)
		return CLAIMS_EXPIRED;
	if (!claims->has_issue || claims->issued_at - CLAIM_SKEW_SECONDS > wanted->now)
		return CLAIMS_ISSUED;
	if (claims->has_start && claims->starts_at - CLAIM_SKEW_SECONDS > wanted->now)
		return CLAIMS_EARLY;
	if (!claims->nonce.p || !crypto_same(claims->nonce, wanted->nonce))
		return CLAIMS_NONCE;
	return CLAIMS_GOOD;
}
