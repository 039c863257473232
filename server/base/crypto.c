/*
 * Hashes, keyed hashes and sealed values. Algorithms are fetched once and contexts are kept per
 * thread, keyed where the key stays: a fetch costs as much as a whole short HMAC, a fresh
 * AES-GCM context four times the sealing itself.
 */
#include "crypto.h"

#include "base/keys.h"
#include "base/secret_file.h"
#include "must.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FORMAT_ONE = 1,
	AES_256_GCM = 1,
	NONCE_BYTES = 12,
	TAG_BYTES = 16,
	HEAD_BYTES = 6,		/* format, algorithm, key id */
	PURPOSES_MAX = 16,
	PURPOSE_BYTES = 48,
	POOL_BYTES = 1024,
};

/* HMAC context under the subkey of one purpose. */
struct keyed {
	char purpose[PURPOSE_BYTES];
	EVP_MAC_CTX *mac;
};

/* What a thread keeps between calls; freed when it ends. */
struct kept {
	EVP_MD_CTX *digest;
	EVP_MAC_CTX *mac;
	EVP_CIPHER_CTX *sealer, *opener;
	uint32_t opener_key;		/* id the opener is keyed with, 0 for none */
	uint32_t generation;		/* of the key ring the keyed contexts belong to */
	struct keyed keyed[PURPOSES_MAX];
	size_t keyed_count;
	uint8_t pool[POOL_BYTES];	/* random bytes, given out from the end, each once */
	size_t pool_left;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t kept_key;
static EVP_MD *sha256;
static EVP_MAC *hmac;
static EVP_CIPHER *aes_256_gcm;
static struct key_ring ring;
static _Atomic uint32_t ring_generation;	/* 0: no keys yet */
static _Thread_local struct kept *kept;

/* Keyed contexts of an earlier key ring. */
static void forget_keys(struct kept *k)
{
	for (size_t i = 0; i < k->keyed_count; i++)
		EVP_MAC_CTX_free(k->keyed[i].mac);
	k->keyed_count = 0;
	EVP_CIPHER_CTX_free(k->sealer);
	EVP_CIPHER_CTX_free(k->opener);
	k->sealer = k->opener = NULL;
	k->opener_key = 0;
}

static void free_kept(void *p)
{
	struct kept *k = p;

	forget_keys(k);
	EVP_MD_CTX_free(k->digest);
	EVP_MAC_CTX_free(k->mac);
	OPENSSL_cleanse(k->pool, sizeof(k->pool));
	free(k);
}

static void fetch_algorithms(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	must(sha256 && hmac && aes_256_gcm);
	must(pthread_key_create(&kept_key, free_kept) == 0);
}

static EVP_MAC_CTX *new_hmac(void)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[2] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC_CTX *mac = EVP_MAC_CTX_new(hmac);

	must(mac && EVP_MAC_CTX_set_params(mac, params) == 1);
	return mac;
}

static struct kept *kept_here(void)
{
	if (kept)
		return kept;
	must(pthread_once(&once, fetch_algorithms) == 0);
	kept = calloc(1, sizeof(*kept));
	must(kept != NULL);
	kept->digest = EVP_MD_CTX_new();
	kept->mac = new_hmac();
	must(kept->digest && EVP_DigestInit_ex(kept->digest, sha256, NULL) == 1);
	must(pthread_setspecific(kept_key, kept) == 0);
	return kept;
}

uint32_t keys_generation(void)
{
	return atomic_load_explicit(&ring_generation, memory_order_acquire);
}

void keys_secret(const char *class, const char *purpose, uint8_t out[KEY_BYTES])
{
	char name[PURPOSE_BYTES];
	int n = snprintf(name, sizeof(name), "liandong %s %s", class, purpose);

	must(n > 0 && (size_t)n < sizeof(name) && keys_generation() != 0);
	keys_derive((struct str){ (const char *)ring.v[0].root, KEY_BYTES }, STR_NONE,
		    (struct str){ name, (size_t)n }, out, KEY_BYTES);
}

/* The same, with contexts that belong to the ring in force. */
static struct kept *kept_keys(void)
{
	struct kept *k = kept_here();
	uint32_t generation = keys_generation();

	must(generation != 0);
	if (k->generation != generation) {
		forget_keys(k);
		k->generation = generation;
	}
	return k;
}

bool crypto_start(const char *key_file, char *why, size_t why_size)
{
	struct key_ring read;

	must(why_size >= 200);
	if (!keys_read(key_file, &read, why, why_size))
		return false;
	secret_memory(&ring, sizeof(ring));
	ring = read;
	OPENSSL_cleanse(&read, sizeof(read));
	atomic_fetch_add(&ring_generation, 1);
	return true;
}

static void fill_random(void *out, size_t n)
{
	must(n <= INT32_MAX);
	must(RAND_bytes(out, (int)n) == 1);
}

/*
 * A call of the generator costs a system call and a microsecond however little it is asked
 * for, so small pieces come from a pool of the thread's own. What was given out is wiped. A
 * fork would give the same bytes to both sides: this program forks only to execute another.
 */
void crypto_random(void *out, size_t n)
{
	struct kept *k = kept_here();

	if (n > POOL_BYTES / 4) {
		fill_random(out, n);
		return;
	}
	if (k->pool_left < n) {
		fill_random(k->pool, sizeof(k->pool));
		k->pool_left = sizeof(k->pool);
	}
	k->pool_left -= n;
	memcpy(out, k->pool + k->pool_left, n);
	OPENSSL_cleanse(k->pool + k->pool_left, n);
}

void crypto_sha256(struct str message, uint8_t out[SHA256_BYTES])
{
	EVP_MD_CTX *digest = kept_here()->digest;

	must(EVP_DigestInit_ex(digest, NULL, NULL) == 1);
	must(EVP_DigestUpdate(digest, message.p, message.n) == 1);
	must(EVP_DigestFinal_ex(digest, out, NULL) == 1);
}

static void finish_mac(EVP_MAC_CTX *mac, struct str message, uint8_t out[SHA256_BYTES])
{
	size_t n = 0;

	must(EVP_MAC_update(mac, (const uint8_t *)message.p, message.n) == 1);
	must(EVP_MAC_final(mac, out, &n, SHA256_BYTES) == 1 && n == SHA256_BYTES);
}

void crypto_hmac_sha256(struct str key, struct str message, uint8_t out[SHA256_BYTES])
{
	EVP_MAC_CTX *mac = kept_here()->mac;

	/* NULL would mean the key of the call before. */
	must(EVP_MAC_init(mac, (const uint8_t *)(key.n > 0 ? key.p : ""), key.n, NULL) == 1);
	finish_mac(mac, message, out);
}

bool crypto_same(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}

static void write_head(uint8_t *out, uint32_t key_id)
{
	out[0] = FORMAT_ONE;
	out[1] = AES_256_GCM;
	for (unsigned i = 0; i < 4; i++)
		out[2 + i] = (uint8_t)(key_id >> (24 - 8 * i));
}

static EVP_CIPHER_CTX *sealer_here(const struct master_key *key)
{
	struct kept *k = kept_keys();

	if (!k->sealer) {
		k->sealer = EVP_CIPHER_CTX_new();
		must(k->sealer);
		must(EVP_EncryptInit_ex(k->sealer, aes_256_gcm, NULL, key->seal, NULL) == 1);
	}
	return k->sealer;
}

struct str crypto_seal(struct arena *a, struct str place, struct str clear)
{
	const struct master_key *key = &ring.v[ring.n - 1];
	EVP_CIPHER_CTX *sealer = sealer_here(key);
	int n;

	if (!clear.p)
		return STR_NONE;
	must(clear.n <= INT32_MAX / 2 && place.n <= INT32_MAX / 2);
	uint8_t *out = arena_alloc(a, clear.n + SEAL_OVERHEAD);
	uint8_t *nonce = out + HEAD_BYTES, *body = nonce + NONCE_BYTES;

	write_head(out, key->id);
	crypto_random(nonce, NONCE_BYTES);
	must(EVP_EncryptInit_ex(sealer, NULL, NULL, NULL, nonce) == 1);
	must(EVP_EncryptUpdate(sealer, NULL, &n, out, HEAD_BYTES) == 1);
	must(EVP_EncryptUpdate(sealer, NULL, &n, (const uint8_t *)place.p, (int)place.n) == 1);
	must(EVP_EncryptUpdate(sealer, body, &n, (const uint8_t *)clear.p, (int)clear.n) == 1);
	must((size_t)n == clear.n);
	must(EVP_EncryptFinal_ex(sealer, body + clear.n, &n) == 1 && n == 0);
	uint8_t *tag = body + clear.n;

	must(EVP_CIPHER_CTX_ctrl(sealer, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, tag) == 1);
	return (struct str){ (const char *)out, clear.n + SEAL_OVERHEAD };
}

static const struct master_key *key_of(uint32_t id)
{
	for (uint32_t i = 0; i < ring.n; i++) {
		if (ring.v[i].id == id)
			return &ring.v[i];
	}
	return NULL;
}

static EVP_CIPHER_CTX *opener_here(const struct master_key *key)
{
	struct kept *k = kept_keys();

	if (!k->opener) {
		k->opener = EVP_CIPHER_CTX_new();
		must(k->opener);
		must(EVP_DecryptInit_ex(k->opener, aes_256_gcm, NULL, NULL, NULL) == 1);
	}
	if (k->opener_key != key->id) {
		must(EVP_DecryptInit_ex(k->opener, NULL, NULL, key->seal, NULL) == 1);
		k->opener_key = key->id;
	}
	return k->opener;
}

bool crypto_open(struct arena *a, struct str place, struct str sealed, struct str *ret_clear)
{
	const uint8_t *in = (const uint8_t *)sealed.p;
	uint8_t tag[TAG_BYTES];
	int n;

	must(atomic_load(&ring_generation) != 0);
	if (!sealed.p) {
		*ret_clear = STR_NONE;
		return true;
	}
	if (sealed.n < SEAL_OVERHEAD || sealed.n > INT32_MAX / 2 || place.n > INT32_MAX / 2 ||
	    in[0] != FORMAT_ONE || in[1] != AES_256_GCM)
		return false;
	const struct master_key *key = key_of((uint32_t)in[2] << 24 | (uint32_t)in[3] << 16 |
					      (uint32_t)in[4] << 8 | in[5]);

	if (!key)
		return false;
	EVP_CIPHER_CTX *opener = opener_here(key);
	size_t clear_n = sealed.n - SEAL_OVERHEAD;
	const uint8_t *nonce = in + HEAD_BYTES, *body = nonce + NONCE_BYTES;
	uint8_t *out = arena_alloc(a, clear_n + 1);

	memcpy(tag, body + clear_n, TAG_BYTES);
	must(EVP_DecryptInit_ex(opener, NULL, NULL, NULL, nonce) == 1);
	must(EVP_DecryptUpdate(opener, NULL, &n, in, HEAD_BYTES) == 1);
	must(EVP_DecryptUpdate(opener, NULL, &n, (const uint8_t *)place.p, (int)place.n) == 1);
	must(EVP_DecryptUpdate(opener, out, &n, body, (int)clear_n) == 1);
	must(EVP_CIPHER_CTX_ctrl(opener, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1);
	if (EVP_DecryptFinal_ex(opener, out + clear_n, &n) != 1) {
		OPENSSL_cleanse(out, clear_n);
		return false;
	}
	*ret_clear = (struct str){ (const char *)out, clear_n };
	return true;
}

/* HMAC under the subkey of `class purpose`; the keyed context stays with the thread. */
static void keyed_hmac(const char *class, const char *purpose, struct str message,
		       uint8_t out[SHA256_BYTES])
{
	struct kept *k = kept_keys();
	char name[PURPOSE_BYTES];
	uint8_t key[KEY_BYTES];
	size_t i = 0;
	int n = snprintf(name, sizeof(name), "%s %s", class, purpose);

	must(n > 0 && (size_t)n < sizeof(name));
	while (i < k->keyed_count && strcmp(k->keyed[i].purpose, name) != 0)
		i++;
	struct keyed *keyed = &k->keyed[i];

	if (i == k->keyed_count) {
		must(i < PURPOSES_MAX);
		k->keyed_count++;
		memcpy(keyed->purpose, name, sizeof(name));
		keyed->mac = new_hmac();
		keys_secret(class, purpose, key);
		must(EVP_MAC_init(keyed->mac, key, sizeof(key), NULL) == 1);
		OPENSSL_cleanse(key, sizeof(key));
	} else {
		must(EVP_MAC_init(keyed->mac, NULL, 0, NULL) == 1);
	}
	finish_mac(keyed->mac, message, out);
}

struct str crypto_index(struct arena *a, const char *purpose, struct str clear)
{
	uint8_t whole[SHA256_BYTES];

	if (!clear.p)
		return STR_NONE;
	keyed_hmac("index", purpose, clear, whole);
	return arena_str(a, (struct str){ (const char *)whole, INDEX_BYTES });
}

void crypto_tag(const char *purpose, struct str message, uint8_t out[INDEX_BYTES])
{
	uint8_t whole[SHA256_BYTES];

	keyed_hmac("tag", purpose, message, whole);
	memcpy(out, whole, INDEX_BYTES);
}
