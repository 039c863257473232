/*
 * Signatures, and hashes of what comes in pieces. A thread keeps its keys and one context, whose
 * making costs more than a signature. libsodium signs, since it takes half the time that
 * OpenSSL 3.0 does, and every registration is signed for; both make the same bytes (RFC 8032).
 */
#include "crypto.h"

#include "base/keys.h"
#include "must.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SIGN_PURPOSES_MAX = 4 };

struct sign_key {
	const char *purpose;
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
	uint8_t shown[SIGN_KEY_BYTES];
};

_Static_assert(crypto_sign_SEEDBYTES == KEY_BYTES && crypto_sign_BYTES == SIGN_BYTES &&
	       crypto_sign_PUBLICKEYBYTES == SIGN_KEY_BYTES, "Ed25519 has one size");

struct signing {
	EVP_MD_CTX *context;
	uint32_t generation;	/* of the key ring the keys belong to */
	struct sign_key keys[SIGN_PURPOSES_MAX];
	size_t n;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t signing_key;
static _Thread_local struct signing *signing;

static void forget_keys(struct signing *s)
{
	OPENSSL_cleanse(s->keys, sizeof(s->keys));
	s->n = 0;
}

static void free_signing(void *p)
{
	struct signing *s = p;

	forget_keys(s);
	EVP_MD_CTX_free(s->context);
	free(s);
}

static void make_thread_key(void)
{
	must(pthread_key_create(&signing_key, free_signing) == 0);
}

static struct signing *signing_here(void)
{
	if (!signing) {
		must(pthread_once(&once, make_thread_key) == 0);
		signing = calloc(1, sizeof(*signing));
		must(signing != NULL);
		signing->context = EVP_MD_CTX_new();
		must(signing->context != NULL && pthread_setspecific(signing_key, signing) == 0);
	}
	return signing;
}

static const struct sign_key *key_here(const char *purpose)
{
	struct signing *s = signing_here();
	uint8_t seed[KEY_BYTES];
	size_t i = 0;

	if (s->generation != keys_generation()) {
		forget_keys(s);
		s->generation = keys_generation();
	}
	while (i < s->n && strcmp(s->keys[i].purpose, purpose) != 0)
		i++;
	if (i < s->n)
		return &s->keys[i];
	must(i < SIGN_PURPOSES_MAX);
	keys_secret("sign", purpose, seed);
	s->keys[i].purpose = purpose;
	must(crypto_sign_seed_keypair(s->keys[i].shown, s->keys[i].secret, seed) == 0);
	OPENSSL_cleanse(seed, sizeof(seed));
	s->n++;
	return &s->keys[i];
}

void crypto_signature(const char *purpose, struct str message, uint8_t out[SIGN_BYTES])
{
	must(crypto_sign_detached(out, NULL, (const uint8_t *)message.p, message.n,
				  key_here(purpose)->secret) == 0);
}

void crypto_sign_key(const char *purpose, uint8_t out[SIGN_KEY_BYTES])
{
	memcpy(out, key_here(purpose)->shown, SIGN_KEY_BYTES);
}

bool crypto_verify(const uint8_t key[SIGN_KEY_BYTES], struct str message, struct str signature)
{
	EVP_PKEY *public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key,
							   SIGN_KEY_BYTES);
	EVP_MD_CTX *context = signing_here()->context;

	if (!public_key)
		return false;
	must(EVP_MD_CTX_reset(context) == 1);
	bool is_valid = EVP_DigestVerifyInit(context, NULL, NULL, NULL, public_key) == 1 &&
			EVP_DigestVerify(context, (const uint8_t *)signature.p, signature.n,
					 (const uint8_t *)message.p, message.n) == 1;

	EVP_PKEY_free(public_key);
	return is_valid;
}

/* ---- hashes piece by piece ---- */

struct sha256 *crypto_sha256_begin(void)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	must(context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1);
	return (struct sha256 *)(void *)context;
}

void crypto_sha256_add(struct sha256 *hash, struct str piece)
{
	must(EVP_DigestUpdate((EVP_MD_CTX *)(void *)hash, piece.p, piece.n) == 1);
}

void crypto_sha256_end(struct sha256 *hash, uint8_t out[SHA256_BYTES])
{
	EVP_MD_CTX *context = (EVP_MD_CTX *)(void *)hash;

	must(EVP_DigestFinal_ex(context, out, NULL) == 1);
	EVP_MD_CTX_free(context);
}
