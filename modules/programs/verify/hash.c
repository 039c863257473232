/*
 * SHA-256 and Ed25519 by OpenSSL. Failing to hash is failing to verify: it ends the program.
 */
#include "verify/hash.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

struct hash_running {
	EVP_MD_CTX *context;
};

/* Kept between calls: making one costs more than hashing a node. */
static EVP_MD_CTX *ready;

bool hash_same(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_BYTES) == 0;
}

static void begin(EVP_MD_CTX *context)
{
	if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
		abort();
}

static void add(EVP_MD_CTX *context, const void *bytes, size_t n)
{
	if (EVP_DigestUpdate(context, bytes, n) != 1)
		abort();
}

static struct hash end(EVP_MD_CTX *context)
{
	struct hash hash;

	if (EVP_DigestFinal_ex(context, hash.b, NULL) != 1)
		abort();
	return hash;
}

void hash_begin(void)
{
	if (!ready)
		ready = EVP_MD_CTX_new();
	begin(ready);
}

void hash_add(const void *bytes, size_t n)
{
	add(ready, bytes, n);
}

struct hash hash_end(void)
{
	return end(ready);
}

struct hash hash_of(const void *bytes, size_t n)
{
	hash_begin();
	hash_add(bytes, n);
	return hash_end();
}

struct hash_running *hash_open(void)
{
	struct hash_running *running = malloc(sizeof(*running));

	if (!running)
		abort();
	running->context = EVP_MD_CTX_new();
	begin(running->context);
	return running;
}

void hash_run(struct hash_running *running, const void *bytes, size_t n)
{
	add(running->context, bytes, n);
}

struct hash hash_close(struct hash_running *running)
{
	struct hash hash = { 0 };

	if (running) {
		hash = end(running->context);
		EVP_MD_CTX_free(running->context);
		free(running);
	}
	return hash;
}

bool ed25519_is_good(const uint8_t *public_key, struct text message, const uint8_t *signature)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key,
						    KEY_BYTES);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool is_good = key && context &&
		       EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
		       EVP_DigestVerify(context, signature, SIGNATURE_BYTES,
					(const unsigned char *)message.p, message.n) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return is_good;
}

bool ed25519_sign(const uint8_t *seed, struct text message, uint8_t *ret_signature)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, KEY_BYTES);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t n = SIGNATURE_BYTES;
	bool is_signed = key && context &&
			 EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
			 EVP_DigestSign(context, ret_signature, &n,
					(const unsigned char *)message.p, message.n) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return is_signed;
}

bool ed25519_public(const uint8_t *seed, uint8_t *ret_public_key)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, KEY_BYTES);
	size_t n = KEY_BYTES;
	bool is_made = key && EVP_PKEY_get_raw_public_key(key, ret_public_key, &n) == 1;

	EVP_PKEY_free(key);
	return is_made;
}
