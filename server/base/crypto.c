/*
 * Hashes and keyed hashes, and the keys in force. Algorithms are fetched once and contexts are
 * kept per thread, keyed where the key stays: a fetch costs as much as a whole short HMAC.
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
static _Atomic(struct key_ring *) in_force;	/* NULL: no keys yet */
static _Thread_local struct kept *kept;

/* Keyed contexts of an earlier key ring. */
static void forget_keys(struct kept *k)
{
	for (size_t i = 0; i < k->keyed_count; i++)
		EVP_MAC_CTX_free(k->keyed[i].mac);
	k->keyed_count = 0;
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
	must(sha256 && hmac);
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

/* ---- keys in force ---- */

const struct key_ring *keys_ring(void)
{
	const struct key_ring *ring = atomic_load_explicit(&in_force, memory_order_acquire);

	must(ring != NULL);
	return ring;
}

uint32_t keys_generation(void)
{
	return keys_ring()->generation;
}

/*
 * Who publishes: start-up, and then one job at a time. A ring that was in force is kept for
 * threads that still read it; changes are few.
 */
void keys_publish(const struct key_ring *ring)
{
	struct key_ring *fresh = malloc(sizeof(*fresh));
	struct key_ring *older = atomic_load(&in_force);

	must(fresh != NULL);
	secret_memory(fresh, sizeof(*fresh));
	*fresh = *ring;
	fresh->older = older;
	fresh->generation = older ? older->generation + 1 : 1;
	atomic_store_explicit(&in_force, fresh, memory_order_release);
}

void keys_secret(const char *class, const char *purpose, uint8_t out[KEY_BYTES])
{
	const struct key_ring *ring = keys_ring();
	const struct master_key *key = ring->data_n ? &ring->data[0] : &ring->v[0];
	char name[PURPOSE_BYTES];
	int n = snprintf(name, sizeof(name), "liandong %s %s", class, purpose);

	must(n > 0 && (size_t)n < sizeof(name));
	keys_derive((struct str){ (const char *)key->root, KEY_BYTES }, STR_NONE,
		    (struct str){ name, (size_t)n }, out, KEY_BYTES);
}

/* The same, with contexts that belong to the ring in force. */
static struct kept *kept_keys(void)
{
	struct kept *k = kept_here();
	uint32_t generation = keys_generation();

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
	keys_publish(&read);
	OPENSSL_cleanse(&read, sizeof(read));
	return true;
}

static bool ring_has(const struct key_ring *ring, uint32_t id)
{
	for (uint32_t i = 0; i < ring->n; i++)
		if (ring->v[i].id == id)
			return true;
	return false;
}

static uint32_t missing_of(const struct key_ring *ring, const uint32_t *used, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!ring_has(ring, used[i]))
			return used[i];
	return 0;
}

uint32_t crypto_missing(const uint32_t *used, size_t n)
{
	return missing_of(keys_ring(), used, n);
}

bool crypto_reload(const char *key_file, const uint32_t *used, size_t n, char *why,
		   size_t why_size)
{
	const struct key_ring *now = keys_ring();
	struct key_ring read;

	must(why_size >= 200);
	if (!keys_read(key_file, &read, why, why_size))
		return false;
	uint32_t missing = missing_of(&read, used, n);

	if (missing) {
		(void)snprintf(why, why_size, "Key %u is missing from the key file, and there is "
			       "still something wrapped by it: put its line back.", missing);
	} else {
		read.data_n = now->data_n;
		memcpy(read.data, now->data, sizeof(read.data));
		keys_publish(&read);
	}
	OPENSSL_cleanse(&read, sizeof(read));
	return missing == 0;
}

size_t crypto_key_ids(uint32_t ids[CRYPTO_KEYS_MAX])
{
	const struct key_ring *ring = keys_ring();

	for (uint32_t i = 0; i < ring->n; i++)
		ids[i] = ring->v[i].id;
	return ring->n;
}

uint32_t crypto_wrapping_id(void)
{
	const struct key_ring *ring = keys_ring();

	return ring->v[ring->n - 1].id;
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
