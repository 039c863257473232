/* The two halves of a sign-in, and the end. */
#include "oidc.h"

#include <stdio.h>
#include <string.h>

#include "base/json_value.h"
#include "base/secret_file.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "out/oidc/call.h"
#include "out/oidc/claims.h"
#include "out/oidc/provider.h"
#include "out/oidc/token.h"
#include "out/oidc_settings.h"

enum { SECRET_BYTES = 32, SECRET_FILE_MAX = 512, WHY_BYTES = 5000 };

const bool oidc_is_built = true;

bool oidc_is_on(void)
{
	return setting_str("oidc_issuer").n > 0;
}

static int64_t deadline_from_now(void)
{
	return clock_monotonic() + setting_int("oidc_timeout") * CLOCK_SECOND;
}

static enum oidc_outcome refuse(const char *part, const char *why)
{
	log_warn("oidc", "refused", "part=%s why=%s", part, why);
	return OIDC_REFUSED;
}

static struct str callback_url(struct arena *a)
{
	return arena_printf(a, "%.*s/api/v1/oidc/callback", STR_ARG(setting_str("oidc_base_url")));
}

/* The address with more query behind it. */
static struct str url_with(struct arena *a, const char *url, struct str query)
{
	return arena_printf(a, "%s%c%.*s", url, strchr(url, '?') ? '&' : '?', STR_ARG(query));
}

/* ---- to the provider ---- */

static struct str random_text(struct arena *a)
{
	uint8_t bytes[SECRET_BYTES];

	crypto_random(bytes, sizeof(bytes));
	return encode_base64url(a, (struct str){ (const char *)bytes, sizeof(bytes) });
}

/* S256 of RFC 7636. */
static struct str challenge_of(struct arena *a, struct str verifier)
{
	uint8_t hash[SHA256_BYTES];

	crypto_sha256(verifier, hash);
	return encode_base64url(a, (struct str){ (const char *)hash, sizeof(hash) });
}

enum oidc_outcome oidc_begin(struct arena *a, struct oidc_flow *ret_flow, struct str *ret_url)
{
	struct provider provider;

	if (!oidc_is_on())
		return OIDC_OFF;
	if (!provider_read(a, deadline_from_now(), &provider))
		return OIDC_AWAY;
	*ret_flow = (struct oidc_flow){
		.state = random_text(a), .nonce = random_text(a), .verifier = random_text(a),
	};
	struct str challenge = challenge_of(a, ret_flow->verifier);
	struct str query = arena_printf(a, "response_type=code&client_id=%.*s&redirect_uri=%.*s"
		"&scope=%.*s&state=%.*s&nonce=%.*s&code_challenge=%.*s"
		"&code_challenge_method=S256",
		STR_ARG(call_encode(a, setting_str("oidc_client_id"))),
		STR_ARG(call_encode(a, callback_url(a))),
		STR_ARG(call_encode(a, setting_str("oidc_scope"))), STR_ARG(ret_flow->state),
		STR_ARG(ret_flow->nonce), STR_ARG(challenge));

	*ret_url = url_with(a, provider.authorization, query);
	return OIDC_DONE;
}

/* ---- the code for a token ---- */

/*
 * The first line of the file, read each time: a new secret needs no restart. So the file is also
 * judged each time.
 */
static bool read_secret(struct arena *a, struct str *ret_secret)
{
	struct str path = setting_str("oidc_client_secret_file");
	char line[SECRET_FILE_MAX], why[WHY_BYTES];

	*ret_secret = STR_NONE;
	if (path.n == 0)
		return true;
	if (!secret_file_check("oidc_client_secret_file", path.p, why, sizeof(why))) {
		log_error("oidc", "no_secret", "why=%s", log_quote(str_of(why)));
		return false;
	}
	FILE *f = fopen(path.p, "re");
	bool is_read = f && fgets(line, sizeof(line), f);

	if (f)
		fclose(f);
	if (is_read)
		*ret_secret = arena_str(a, (struct str){ line, strcspn(line, "\r\n") });
	explicit_bzero(line, sizeof(line));
	if (ret_secret->n > 0)
		return true;
	log_error("oidc", "no_secret", "file=%s", log_quote(path));
	return false;
}

/* How the client shows who it is: RFC 6749, section 2.3.1; a public one by its name alone. */
static void identify(struct arena *a, const struct provider *provider, struct str secret,
		     struct call *call)
{
	struct str client = call_encode(a, setting_str("oidc_client_id"));

	if (!secret.n) {
		call->form = arena_printf(a, "%.*s&client_id=%.*s", STR_ARG(call->form),
					  STR_ARG(client));
		return;
	}
	secret = call_encode(a, secret);
	if (provider->wants_posted_secret) {
		call->form = arena_printf(a, "%.*s&client_id=%.*s&client_secret=%.*s",
					  STR_ARG(call->form), STR_ARG(client), STR_ARG(secret));
		return;
	}
	struct str pair = arena_printf(a, "%.*s:%.*s", STR_ARG(client), STR_ARG(secret));

	call->authorization = arena_printf(a, "Basic %.*s", STR_ARG(encode_base64(a, pair)));
}

static enum oidc_outcome exchange(struct arena *a, const struct provider *provider,
				  const struct oidc_flow *flow, struct str code,
				  int64_t deadline, struct str *ret_token)
{
	struct call call = {
		.what = "token", .url = str_of(provider->token), .deadline = deadline,
		.form = arena_printf(a, "grant_type=authorization_code&code=%.*s"
			"&redirect_uri=%.*s&code_verifier=%.*s", STR_ARG(call_encode(a, code)),
			STR_ARG(call_encode(a, callback_url(a))), STR_ARG(flow->verifier)),
	};
	struct str secret, text;
	long status = 0;

	if (!read_secret(a, &secret))
		return OIDC_AWAY;
	identify(a, provider, secret, &call);
	if (!call_provider(a, &call, &status, &text))
		return OIDC_AWAY;
	if (status != 200) {
		log_warn("oidc", "refused", "part=code status=%ld", status);
		return status >= 500 ? OIDC_AWAY : OIDC_REFUSED;
	}
	*ret_token = json_value_str(json_value_member(json_value_parse(a, text), "id_token"));
	return ret_token->n ? OIDC_DONE : refuse("token", "no_id_token");
}

/* ---- who it is ---- */

/* A key that is not in the set that is kept may be new: the set is asked for once more. */
static enum oidc_outcome verify(struct arena *a, const struct provider *provider,
				struct str token, int64_t deadline, struct str *ret_payload)
{
	enum token_verdict verdict = TOKEN_NO_KEY;
	struct str keys;

	for (int asked = 0; asked < 2 && verdict == TOKEN_NO_KEY; asked++) {
		if (!provider_keys(a, provider, asked > 0, deadline, &keys))
			return OIDC_AWAY;
		verdict = token_verify(a, token, keys, ret_payload);
	}
	return verdict == TOKEN_GOOD ? OIDC_DONE : refuse("token", token_verdict_names[verdict]);
}

/* A text, or the texts of a list. */
static void read_words(struct arena *a, const struct json_value *claim, struct oidc_person *person)
{
	struct str *words = arena_array_of(a, struct str, LIMIT_OIDC_WORDS);

	person->words = words;
	if (json_value_str(claim).p)
		words[person->word_count++] = json_value_str(claim);
	for (size_t i = 0; i < json_value_count(claim) && i < LIMIT_OIDC_WORDS; i++)
		if (json_value_str(json_value_at(claim, i)).p)
			words[person->word_count++] = json_value_str(json_value_at(claim, i));
}

static void read_person(struct arena *a, struct str payload, const struct claims *claims,
			struct oidc_person *person)
{
	const struct json_value *tree = json_value_parse(a, payload);
	struct str role_claim = setting_str("oidc_role_claim");

	*person = (struct oidc_person){
		.issuer = claims->issuer, .subject = claims->subject,
		.username = json_value_str(json_value_member(tree, "preferred_username")),
		.name = json_value_str(json_value_member(tree, "name")),
		.email = STR_NONE,
	};
	if (json_value_is_true(json_value_member(tree, "email_verified")))
		person->email = json_value_str(json_value_member(tree, "email"));
	if (role_claim.n)
		read_words(a, json_value_member(tree, role_claim.p), person);
}

static enum oidc_outcome judge(struct arena *a, const struct oidc_flow *flow, struct str payload,
			       struct oidc_person *ret_person)
{
	const struct claims_wanted wanted = {
		.issuer = setting_str("oidc_issuer"), .client = setting_str("oidc_client_id"),
		.nonce = flow->nonce, .now = clock_real() / CLOCK_SECOND,
	};
	struct claims claims;

	if (!claims_read(a, payload, &claims))
		return refuse("claims", "no_json");
	enum claims_verdict verdict = claims_judge(&claims, &wanted);

	if (verdict != CLAIMS_GOOD)
		return refuse("claims", claims_verdict_names[verdict]);
	read_person(a, payload, &claims, ret_person);
	return OIDC_DONE;
}

/* RFC 9207: an answer that names another issuer was meant for another client's flow. */
static bool is_from_issuer(const struct provider *provider, struct str issuer)
{
	if (!issuer.p)
		return !provider->names_issuer;
	return str_eq(issuer, setting_str("oidc_issuer"));
}

enum oidc_outcome oidc_finish(struct arena *a, const struct oidc_flow *flow,
			      const struct oidc_answer *answer, struct oidc_person *ret_person)
{
	int64_t deadline = deadline_from_now();
	struct provider provider;
	struct str token, payload;

	if (!oidc_is_on())
		return OIDC_OFF;
	if (!provider_read(a, deadline, &provider))
		return OIDC_AWAY;
	if (!is_from_issuer(&provider, answer->issuer))
		return refuse("answer", "issuer");
	if (!answer->code.n)
		return refuse("answer", "no_code");
	enum oidc_outcome outcome = exchange(a, &provider, flow, answer->code, deadline, &token);

	if (outcome == OIDC_DONE)
		outcome = verify(a, &provider, token, deadline, &payload);
	return outcome == OIDC_DONE ? judge(a, flow, payload, ret_person) : outcome;
}

/* ---- the end ---- */

/* By the client's name: no token was kept that could be the hint (RP-Initiated Logout 1.0). */
enum oidc_outcome oidc_end(struct arena *a, struct str *ret_url)
{
	struct provider provider;

	*ret_url = STR_NONE;
	if (!oidc_is_on())
		return OIDC_OFF;
	if (!provider_read(a, deadline_from_now(), &provider))
		return OIDC_AWAY;
	if (!provider.end[0])
		return OIDC_DONE;
	struct str back = arena_printf(a, "%.*s/", STR_ARG(setting_str("oidc_base_url")));
	struct str query = arena_printf(a, "client_id=%.*s&post_logout_redirect_uri=%.*s",
		STR_ARG(call_encode(a, setting_str("oidc_client_id"))),
		STR_ARG(call_encode(a, back)));

	*ret_url = url_with(a, provider.end, query);
	return OIDC_DONE;
}
