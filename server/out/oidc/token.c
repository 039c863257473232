/*
 * Before libcjose sees anything the header and the key are read here: the library takes the
 * algorithm from the token and expects texts where it looks for some.
 */
#include "out/oidc/token.h"

#include <cjose/cjose.h>
#include <openssl/err.h>
#include <string.h>

#include "base/json_value.h"
#include "crypto.h"
#include "json.h"
#include "must.h"

enum { RSA_BITS_LEAST = 2048, RSA_BITS_MOST = 8192, ES256_BYTES = 64, KEY_BYTES_MAX = 4096 };

const char *const token_verdict_names[] = {
	"none", "malformed", "algorithm", "critical", "no_key", "key", "signature", NULL,
};

struct algorithm {
	const char *name, *type;
	cjose_jwk_kty_t kty;
	const char *members[4];		/* of a public key, besides kty; NULL ends them */
};

static const struct algorithm algorithms[] = {
	{ "RS256", "RSA", CJOSE_JWK_KTY_RSA, { "n", "e" } },
	{ "ES256", "EC", CJOSE_JWK_KTY_EC, { "crv", "x", "y" } },
};

static const struct algorithm *algorithm_of(struct str name)
{
	for (size_t i = 0; i < array_count(algorithms); i++)
		if (str_is(name, algorithms[i].name))
			return &algorithms[i];
	return NULL;
}

struct header {
	const struct algorithm *algorithm;
	struct str key_id;	/* STR_NONE without one */
};

/* The three parts, of which the last is all that is left: a fourth would stand in it. */
static enum token_verdict read_header(struct arena *a, struct str token,
				      struct header *ret_header)
{
	struct str rest = token, header = str_take(&rest, '.'),
		   payload = str_take(&rest, '.');
	struct str text, bytes;

	if (token.n > TOKEN_BYTES_MAX || header.n == 0 || payload.n == 0 || rest.n == 0 ||
	    !decode_base64url(a, header, &text) || !decode_base64url(a, payload, &bytes) ||
	    !decode_base64url(a, rest, &bytes))
		return TOKEN_MALFORMED;
	const struct json_value *tree = json_value_parse(a, text);
	const struct json_value *key_id = json_value_member(tree, "kid");

	if (!json_value_is_object(tree) || (key_id && !json_value_str(key_id).p))
		return TOKEN_MALFORMED;
	ret_header->algorithm = algorithm_of(json_value_str(json_value_member(tree, "alg")));
	ret_header->key_id = json_value_str(key_id);
	if (!ret_header->algorithm)
		return TOKEN_ALGORITHM;
	if (json_value_member(tree, "crit"))
		return TOKEN_CRITICAL;
	/* r and s of 32 bytes each; the library would take other lengths for other curves. */
	if (ret_header->algorithm->kty == CJOSE_JWK_KTY_EC && bytes.n != ES256_BYTES)
		return TOKEN_SIGNATURE;
	return TOKEN_GOOD;
}

/* ---- keys ---- */

static bool is_absent_or(const struct json_value *member, const char *text)
{
	return !member || str_is(json_value_str(member), text);
}

/* A key for another use, algorithm or type, or of another name, is none for this token. */
static bool key_fits(const struct json_value *key, const struct header *header)
{
	if (!str_is(json_value_str(json_value_member(key, "kty")), header->algorithm->type) ||
	    !is_absent_or(json_value_member(key, "use"), "sig") ||
	    !is_absent_or(json_value_member(key, "alg"), header->algorithm->name))
		return false;
	return !header->key_id.p ||
	       str_eq(json_value_str(json_value_member(key, "kid")), header->key_id);
}

/* The one key that fits. Two of them would leave it to the token which one is meant. */
static const struct json_value *find_key(const struct json_value *set, const struct header *header)
{
	const struct json_value *keys = json_value_member(set, "keys"), *found = NULL;

	for (size_t i = 0; i < json_value_count(keys); i++) {
		const struct json_value *key = json_value_at(keys, i);

		if (!key_fits(key, header))
			continue;
		if (found)
			return NULL;
		found = key;
	}
	return found;
}

/* The public members alone, as texts. */
static bool write_key(const struct json_value *key, const struct algorithm *algorithm,
		      struct buf *out)
{
	struct json j;

	json_init(&j, out);
	json_object(&j, NULL);
	json_text(&j, "kty", algorithm->type);
	for (const char *const *name = algorithm->members; *name; name++) {
		struct str value = json_value_str(json_value_member(key, *name));

		if (value.n == 0)
			return false;
		json_str(&j, *name, value);
	}
	json_close(&j);
	return !out->overflow;
}

static bool is_strong(const cjose_jwk_t *key, cjose_jwk_kty_t kty)
{
	cjose_err error;

	if (cjose_jwk_get_kty(key, &error) != kty)
		return false;
	if (kty == CJOSE_JWK_KTY_EC)
		return cjose_jwk_EC_get_curve(key, &error) == CJOSE_JWK_EC_P_256;
	size_t bits = cjose_jwk_get_keysize(key, &error);

	return bits >= RSA_BITS_LEAST && bits <= RSA_BITS_MOST;
}

/* NULL when it is no key that may be used; else released by the caller. */
static cjose_jwk_t *import_key(const struct json_value *key, const struct algorithm *algorithm)
{
	cjose_jwk_t *imported = NULL;
	struct buf text;
	cjose_err error;

	buf_init(&text, KEY_BYTES_MAX);
	if (write_key(key, algorithm, &text))
		imported = cjose_jwk_import(text.p, text.n, &error);
	buf_free(&text);
	if (!imported || is_strong(imported, algorithm->kty))
		return imported;
	cjose_jwk_release(imported);
	return NULL;
}

/* ---- the signature ---- */

static enum token_verdict verify(struct arena *a, struct str token, const cjose_jwk_t *key,
				 struct str *ret_payload)
{
	enum token_verdict verdict = TOKEN_SIGNATURE;
	cjose_err error;
	cjose_jws_t *jws = cjose_jws_import(token.p, token.n, &error);
	uint8_t *bytes = NULL;
	size_t n = 0;

	if (!jws)
		return TOKEN_MALFORMED;
	if (cjose_jws_verify(jws, key, &error) &&
	    cjose_jws_get_plaintext(jws, &bytes, &n, &error) && bytes) {
		*ret_payload = arena_str(a, (struct str){ (const char *)bytes, n });
		verdict = TOKEN_GOOD;
	}
	cjose_jws_release(jws);
	return verdict;
}

enum token_verdict token_verify(struct arena *a, struct str token, struct str key_set,
				struct str *ret_payload)
{
	struct header header;
	enum token_verdict verdict = read_header(a, token, &header);

	if (verdict != TOKEN_GOOD)
		return verdict;
	const struct json_value *found = find_key(json_value_parse(a, key_set), &header);

	if (!found)
		return TOKEN_NO_KEY;
	cjose_jwk_t *key = import_key(found, header.algorithm);

	if (!key) {
		ERR_clear_error();
		return TOKEN_KEY;
	}
	verdict = verify(a, token, key, ret_payload);
	cjose_jwk_release(key);
	/* What OpenSSL complained of must not be taken for a fault of this thread's next call. */
	ERR_clear_error();
	return verdict;
}
