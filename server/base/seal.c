/*
 * Sealed values and the keys of records, by two algorithms (crypto.h). A thread keeps its cipher
 * contexts, keyed where the key stays: a fresh AES-GCM context costs four times the sealing.
 */
#include "crypto.h"

#include "base/keys.h"
#include "must.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	FORMAT_VALUE = 1,
	FORMAT_RECORD = 2,
	AES_256_GCM = 1,
	SM4_HMAC_SM3 = 2,
	NONCE_BYTES = 12,
	TAG_BYTES = 16,
	COUNTER_BYTES = 16,
	SM3_BYTES = 32,
	VALUE_HEAD = 6,		/* format, algorithm, key id */
	RECORD_HEAD = 2,	/* format, algorithm */
};

_Static_assert(VALUE_HEAD + NONCE_BYTES + TAG_BYTES == SEAL_OVERHEAD, "a value's parts");
_Static_assert(RECORD_HEAD + NONCE_BYTES + TAG_BYTES == RECORD_OVERHEAD, "a record value's parts");
_Static_assert(SM4_KEY_BYTES + KEY_BYTES == RECORD_KEY_BYTES, "a record's key holds either");

/* One direction of AES-256-GCM, and the key it is keyed with. */
struct gcm {
	EVP_CIPHER_CTX *context;
	uint8_t key[KEY_BYTES];
	bool is_keyed;
};

struct sealing {
	struct gcm sealer, wrapper, opener, unwrapper, record_sealer, record_opener;
	EVP_CIPHER_CTX *sm4;
	EVP_MAC_CTX *hmac;
};

/* What is sealed or opened, but for the key. */
struct envelope {
	const uint8_t *head;
	size_t head_n;
	struct str place;
	const uint8_t *nonce;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t sealing_key;
static EVP_CIPHER *aes_256_gcm, *sm4_ctr;
static EVP_MAC *hmac;
static _Atomic int profile;
static _Thread_local struct sealing *sealing;

static void free_gcm(struct gcm *gcm)
{
	EVP_CIPHER_CTX_free(gcm->context);
	OPENSSL_cleanse(gcm->key, sizeof(gcm->key));
}

static void free_sealing(void *p)
{
	struct sealing *s = p;

	free_gcm(&s->sealer);
	free_gcm(&s->wrapper);
	free_gcm(&s->opener);
	free_gcm(&s->unwrapper);
	free_gcm(&s->record_sealer);
	free_gcm(&s->record_opener);
	EVP_CIPHER_CTX_free(s->sm4);
	EVP_MAC_CTX_free(s->hmac);
	free(s);
}

static void fetch_algorithms(void)
{
	aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	sm4_ctr = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
	hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	must(aes_256_gcm && sm4_ctr && hmac);
	must(pthread_key_create(&sealing_key, free_sealing) == 0);
}

static struct sealing *sealing_here(void)
{
	if (!sealing) {
		must(pthread_once(&once, fetch_algorithms) == 0);
		sealing = calloc(1, sizeof(*sealing));
		must(sealing != NULL && pthread_setspecific(sealing_key, sealing) == 0);
	}
	return sealing;
}

void crypto_profile_use(enum crypto_profile chosen)
{
	atomic_store(&profile, (int)chosen);
}

static uint8_t algorithm_now(void)
{
	return atomic_load_explicit(&profile, memory_order_relaxed) == PROFILE_GM ? SM4_HMAC_SM3
										   : AES_256_GCM;
}

/* ---- AES-256-GCM ---- */

static EVP_CIPHER_CTX *gcm_keyed(struct gcm *gcm, const uint8_t key[KEY_BYTES], int is_sealing)
{
	if (!gcm->context) {
		gcm->context = EVP_CIPHER_CTX_new();
		must(gcm->context && EVP_CipherInit_ex(gcm->context, aes_256_gcm, NULL, NULL,
						       NULL, is_sealing) == 1);
	}
	if (!gcm->is_keyed || CRYPTO_memcmp(gcm->key, key, KEY_BYTES) != 0) {
		must(EVP_CipherInit_ex(gcm->context, NULL, NULL, key, NULL, is_sealing) == 1);
		memcpy(gcm->key, key, KEY_BYTES);
		gcm->is_keyed = true;
	}
	return gcm->context;
}

static void gcm_begin(EVP_CIPHER_CTX *context, const struct envelope *e, int is_sealing)
{
	int n;

	must(EVP_CipherInit_ex(context, NULL, NULL, NULL, e->nonce, is_sealing) == 1);
	must(EVP_CipherUpdate(context, NULL, &n, e->head, (int)e->head_n) == 1);
	must(EVP_CipherUpdate(context, NULL, &n, (const uint8_t *)e->place.p,
			      (int)e->place.n) == 1);
}

static void gcm_seal(EVP_CIPHER_CTX *context, const struct envelope *e, struct str clear,
		     uint8_t *body)
{
	int n;

	gcm_begin(context, e, 1);
	must(EVP_CipherUpdate(context, body, &n, (const uint8_t *)clear.p, (int)clear.n) == 1);
	must((size_t)n == clear.n);
	must(EVP_CipherFinal_ex(context, body + clear.n, &n) == 1 && n == 0);
	must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, body + clear.n) == 1);
}

static bool gcm_open(EVP_CIPHER_CTX *context, const struct envelope *e, const uint8_t *body,
		     size_t n, uint8_t *out)
{
	uint8_t tag[TAG_BYTES];
	int done;

	memcpy(tag, body + n, TAG_BYTES);
	gcm_begin(context, e, 0);
	must(EVP_CipherUpdate(context, out, &done, body, (int)n) == 1);
	must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1);
	return EVP_CipherFinal_ex(context, out + n, &done) == 1;
}

/* ---- SM4-CTR, then HMAC-SM3 ---- */

static EVP_MAC_CTX *hmac_sm3_here(void)
{
	struct sealing *s = sealing_here();
	char digest[] = "SM3";
	OSSL_PARAM params[2] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};

	if (!s->hmac) {
		s->hmac = EVP_MAC_CTX_new(hmac);
		must(s->hmac && EVP_MAC_CTX_set_params(s->hmac, params) == 1);
	}
	return s->hmac;
}

/* Over head, nonce, the length of the place, the place, and the ciphertext. */
static void gm_tag(const uint8_t mac_key[KEY_BYTES], const struct envelope *e,
		   const uint8_t *body, size_t n, uint8_t tag[TAG_BYTES])
{
	EVP_MAC_CTX *mac = hmac_sm3_here();
	uint8_t whole[SM3_BYTES], length[4];
	size_t made = 0;

	for (unsigned i = 0; i < sizeof(length); i++)
		length[i] = (uint8_t)(e->place.n >> (24 - 8 * i));
	must(EVP_MAC_init(mac, mac_key, KEY_BYTES, NULL) == 1);
	must(EVP_MAC_update(mac, e->head, e->head_n) == 1);
	must(EVP_MAC_update(mac, e->nonce, NONCE_BYTES) == 1);
	must(EVP_MAC_update(mac, length, sizeof(length)) == 1);
	must(EVP_MAC_update(mac, (const uint8_t *)e->place.p, e->place.n) == 1);
	must(EVP_MAC_update(mac, body, n) == 1);
	must(EVP_MAC_final(mac, whole, &made, sizeof(whole)) == 1 && made == SM3_BYTES);
	memcpy(tag, whole, TAG_BYTES);
}

static void sm4_crypt(const uint8_t key[SM4_KEY_BYTES], const uint8_t *nonce, const uint8_t *in,
		      size_t n, uint8_t *out)
{
	struct sealing *s = sealing_here();
	uint8_t counter[COUNTER_BYTES] = { 0 };
	int done = 0;

	if (!s->sm4) {
		s->sm4 = EVP_CIPHER_CTX_new();
		must(s->sm4);
	}
	memcpy(counter, nonce, NONCE_BYTES);
	must(EVP_EncryptInit_ex(s->sm4, sm4_ctr, NULL, key, counter) == 1);
	must(EVP_EncryptUpdate(s->sm4, out, &done, in, (int)n) == 1 && (size_t)done == n);
}

static void gm_seal(const uint8_t *sm4, const uint8_t *mac, const struct envelope *e,
		    struct str clear, uint8_t *body)
{
	sm4_crypt(sm4, e->nonce, (const uint8_t *)clear.p, clear.n, body);
	gm_tag(mac, e, body, clear.n, body + clear.n);
}

static bool gm_open(const uint8_t *sm4, const uint8_t *mac, const struct envelope *e,
		    const uint8_t *body, size_t n, uint8_t *out)
{
	uint8_t tag[TAG_BYTES];

	gm_tag(mac, e, body, n, tag);
	if (CRYPTO_memcmp(tag, body + n, TAG_BYTES) != 0)
		return false;
	sm4_crypt(sm4, e->nonce, body, n, out);
	return true;
}

/* ---- values under a key of the ring ---- */

static struct str seal_by(struct arena *a, struct gcm *gcm, const struct master_key *key,
			  struct str place, struct str clear)
{
	uint8_t *out = arena_alloc(a, clear.n + SEAL_OVERHEAD);
	uint8_t *nonce = out + VALUE_HEAD, *body = nonce + NONCE_BYTES;
	const struct envelope e = { out, VALUE_HEAD, place, nonce };

	must(clear.n <= INT32_MAX / 2 && place.n <= INT32_MAX / 2);
	out[0] = FORMAT_VALUE;
	out[1] = algorithm_now();
	for (unsigned i = 0; i < 4; i++)
		out[2 + i] = (uint8_t)(key->id >> (24 - 8 * i));
	crypto_random(nonce, NONCE_BYTES);
	if (out[1] == AES_256_GCM)
		gcm_seal(gcm_keyed(gcm, key->key.aes, 1), &e, clear, body);
	else
		gm_seal(key->key.sm4, key->key.mac, &e, clear, body);
	return (struct str){ (const char *)out, clear.n + SEAL_OVERHEAD };
}

struct str crypto_seal(struct arena *a, struct str place, struct str clear)
{
	const struct key_ring *ring = keys_ring();
	const struct master_key *key = ring->data_n ? &ring->data[0] : &ring->v[ring->n - 1];

	if (!clear.p)
		return STR_NONE;
	return seal_by(a, &sealing_here()->sealer, key, place, clear);
}

uint32_t crypto_key_id(struct str sealed)
{
	const uint8_t *in = (const uint8_t *)sealed.p;

	if (!in || sealed.n < SEAL_OVERHEAD || in[0] != FORMAT_VALUE)
		return UINT32_MAX;
	return (uint32_t)in[2] << 24 | (uint32_t)in[3] << 16 | (uint32_t)in[4] << 8 | in[5];
}

static const struct master_key *key_of(const struct master_key *keys, uint32_t n, uint32_t id)
{
	for (uint32_t i = 0; i < n; i++)
		if (keys[i].id == id)
			return &keys[i];
	return NULL;
}

/* Into out, which has room for all but the overhead; what was refused leaves nothing there. */
static bool open_by(struct gcm *gcm, const struct master_key *key, struct str place,
		    struct str sealed, uint8_t *out)
{
	const uint8_t *in = (const uint8_t *)sealed.p;
	const struct envelope e = { in, VALUE_HEAD, place, in + VALUE_HEAD };
	const uint8_t *body = e.nonce + NONCE_BYTES;
	size_t n = sealed.n - SEAL_OVERHEAD;
	bool is_good = false;

	if (in[1] == AES_256_GCM)
		is_good = gcm_open(gcm_keyed(gcm, key->key.aes, 0), &e, body, n, out);
	else if (in[1] == SM4_HMAC_SM3)
		is_good = gm_open(key->key.sm4, key->key.mac, &e, body, n, out);
	if (!is_good)
		OPENSSL_cleanse(out, n);
	return is_good;
}

bool crypto_open(struct arena *a, struct str place, struct str sealed, struct str *ret_clear)
{
	const struct key_ring *ring = keys_ring();
	uint32_t id = crypto_key_id(sealed);

	if (!sealed.p) {
		*ret_clear = STR_NONE;
		return true;
	}
	if (sealed.n < SEAL_OVERHEAD || sealed.n > INT32_MAX / 2 || place.n > INT32_MAX / 2 ||
	    sealed.p[0] != FORMAT_VALUE)
		return false;
	const struct master_key *key = key_of(ring->data, ring->data_n, id);

	if (!key)
		key = key_of(ring->v, ring->n, id);
	if (!key)
		return false;
	uint8_t *out = arena_alloc(a, sealed.n - SEAL_OVERHEAD + 1);

	if (!open_by(&sealing_here()->opener, key, place, sealed, out))
		return false;
	*ret_clear = (struct str){ (const char *)out, sealed.n - SEAL_OVERHEAD };
	return true;
}

/* ---- wrapped keys ---- */

static struct str wrap(struct arena *a, struct str place, struct str key)
{
	const struct key_ring *ring = keys_ring();

	return seal_by(a, &sealing_here()->wrapper, &ring->v[ring->n - 1], place, key);
}

/* Gives the key's length; 0 when it does not unwrap. */
static size_t unwrap(struct str place, struct str wrapped, uint8_t out[RECORD_KEY_BYTES])
{
	const struct key_ring *ring = keys_ring();
	const struct master_key *key = key_of(ring->v, ring->n, crypto_key_id(wrapped));
	size_t n = wrapped.n - SEAL_OVERHEAD;

	if (!key || n == 0 || n > RECORD_KEY_BYTES || place.n > INT32_MAX / 2)
		return 0;
	return open_by(&sealing_here()->unwrapper, key, place, wrapped, out) ? n : 0;
}

static size_t record_key_size(uint8_t algorithm)
{
	return algorithm == AES_256_GCM ? KEY_BYTES : RECORD_KEY_BYTES;
}

struct str crypto_record_new(struct arena *a, struct str place, struct record_key *ret_key)
{
	ret_key->algorithm = algorithm_now();
	size_t n = record_key_size(ret_key->algorithm);

	crypto_random(ret_key->bytes, n);
	return wrap(a, place, (struct str){ (const char *)ret_key->bytes, n });
}

/* The length of a key tells the algorithm it is for. */
bool crypto_record_unwrap(struct str place, struct str wrapped, struct record_key *ret_key)
{
	size_t n = unwrap(place, wrapped, ret_key->bytes);

	ret_key->algorithm = n == KEY_BYTES ? AES_256_GCM : SM4_HMAC_SM3;
	return n == KEY_BYTES || n == RECORD_KEY_BYTES;
}

void crypto_record_forget(struct record_key *key)
{
	OPENSSL_cleanse(key, sizeof(*key));
}

bool crypto_rewrap(struct arena *a, struct str place, struct str wrapped, struct str *ret_wrapped)
{
	uint8_t key[RECORD_KEY_BYTES];
	size_t n = unwrap(place, wrapped, key);

	if (n > 0)
		*ret_wrapped = wrap(a, place, (struct str){ (const char *)key, n });
	OPENSSL_cleanse(key, sizeof(key));
	return n > 0;
}

/* ---- values of a record ---- */

struct str crypto_record_seal(struct arena *a, const struct record_key *key, struct str place,
			      struct str clear)
{
	if (!clear.p)
		return STR_NONE;
	must(clear.n <= INT32_MAX / 2 && place.n <= INT32_MAX / 2);
	uint8_t *out = arena_alloc(a, clear.n + RECORD_OVERHEAD);
	uint8_t *nonce = out + RECORD_HEAD, *body = nonce + NONCE_BYTES;
	const struct envelope e = { out, RECORD_HEAD, place, nonce };

	out[0] = FORMAT_RECORD;
	out[1] = key->algorithm;
	crypto_random(nonce, NONCE_BYTES);
	if (key->algorithm == AES_256_GCM)
		gcm_seal(gcm_keyed(&sealing_here()->record_sealer, key->bytes, 1), &e, clear,
			 body);
	else
		gm_seal(key->bytes, key->bytes + SM4_KEY_BYTES, &e, clear, body);
	return (struct str){ (const char *)out, clear.n + RECORD_OVERHEAD };
}

bool crypto_record_open(struct arena *a, const struct record_key *key, struct str place,
			struct str sealed, struct str *ret_clear)
{
	const uint8_t *in = (const uint8_t *)sealed.p;
	bool is_good;

	*ret_clear = STR_NONE;
	if (!sealed.p)
		return true;
	if (sealed.n < RECORD_OVERHEAD || sealed.n > INT32_MAX / 2 || place.n > INT32_MAX / 2 ||
	    in[0] != FORMAT_RECORD || in[1] != key->algorithm)
		return false;
	const struct envelope e = { in, RECORD_HEAD, place, in + RECORD_HEAD };
	const uint8_t *body = e.nonce + NONCE_BYTES;
	size_t n = sealed.n - RECORD_OVERHEAD;
	uint8_t *out = arena_alloc(a, n + 1);

	if (key->algorithm == AES_256_GCM)
		is_good = gcm_open(gcm_keyed(&sealing_here()->record_opener, key->bytes, 0), &e,
				   body, n, out);
	else
		is_good = gm_open(key->bytes, key->bytes + SM4_KEY_BYTES, &e, body, n, out);
	if (is_good)
		*ret_clear = (struct str){ (const char *)out, n };
	else
		OPENSSL_cleanse(out, n);
	return is_good;
}

/* ---- data keys ---- */

struct str data_key_place(struct arena *a, uint32_t id)
{
	return arena_printf(a, "server_data_key.wrapped/%u", id);
}

static struct data_key data_key_make(struct arena *a, uint32_t id, const uint8_t *root)
{
	return (struct data_key){ id, wrap(a, data_key_place(a, id),
					   (struct str){ (const char *)root, KEY_BYTES }) };
}

size_t crypto_data_keys_make(struct arena *a, bool is_fresh, struct data_key out[DATA_KEYS_MAX])
{
	const struct key_ring *ring = keys_ring();
	uint8_t root[KEY_BYTES];
	size_t n = 0;

	if (is_fresh)
		crypto_random(root, sizeof(root));
	else
		memcpy(root, ring->v[0].root, sizeof(root));
	out[n++] = data_key_make(a, 0, root);
	for (uint32_t i = 0; !is_fresh && i < ring->n; i++)
		out[n++] = data_key_make(a, ring->v[i].id, ring->v[i].root);
	OPENSSL_cleanse(root, sizeof(root));
	return n;
}

bool crypto_data_keys_use(const struct data_key *keys, size_t n)
{
	struct key_ring ring = *keys_ring();
	char text[64];
	bool is_good = n > 0 && n <= DATA_KEYS_MAX && keys[0].id == 0;

	ring.data_n = 0;
	for (size_t i = 0; i < n && is_good; i++) {
		uint8_t root[RECORD_KEY_BYTES];
		struct buf place = { .p = text, .cap = sizeof(text), .max = sizeof(text) };

		buf_printf(&place, "server_data_key.wrapped/%u", keys[i].id);
		is_good = unwrap(buf_str(&place), keys[i].wrapped, root) == KEY_BYTES;
		if (is_good) {
			struct master_key *key = &ring.data[ring.data_n++];

			memcpy(key->root, root, KEY_BYTES);
			keys_complete(key, keys[i].id);
		}
		OPENSSL_cleanse(root, sizeof(root));
	}
	if (is_good)
		keys_publish(&ring);
	OPENSSL_cleanse(&ring, sizeof(ring));
	return is_good;
}
