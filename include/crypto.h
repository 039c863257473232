/*
 * What needs a key or a hash, on OpenSSL 3.
 *
 * A sealed value is version 1: 0x01 (format), algorithm, 4 bytes key id, 12 bytes nonce,
 * ciphertext, 16 bytes tag; so that keys and algorithms can change while old values stay
 * readable. Algorithm 1 is AES-256-GCM; 2 is SM4-CTR (counter block: nonce, then 32 bits from 0)
 * and then HMAC-SM3 over all that stands before the tag, its first 16 bytes. `place` (table,
 * column and row id as text) is authenticated with it: a value copied to another row or column
 * does not open.
 *
 * Keys are of three layers. Those of the key file (lines of `id` and 32 bytes in hex, mode 0600)
 * wrap other keys and nothing else: the last line wraps, every line unwraps. Data keys stand in
 * the database, wrapped: of them come the blind indexes, tags and signatures and what seals
 * single values (key id 0), so none of these depends on a line of the file. A record key is made
 * for one record, is kept beside it, wrapped, and seals its values (version 2 below). So a change
 * of the file's key rewrites wrapped keys alone, and its old line may go when nothing is wrapped
 * by it any more. Subkeys are derived per purpose by HKDF (RFC 5869).
 *
 * Before data keys were given (crypto_data_keys_use()) the file's first line stands for them.
 *
 * Threads: any, after crypto_start().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "str.h"

enum { SHA256_BYTES = 32, INDEX_BYTES = 16, SEAL_OVERHEAD = 34 };
enum { SIGN_KEY_BYTES = 32, SIGN_BYTES = 64 };

/* Reads the key file; false with a sentence in `why` (200 bytes or more) if it is unusable. */
bool crypto_start(const char *key_file, char *why, size_t why_size) MUST_USE;
/*
 * Reads it again, beside calls of other threads. Refused, with the keys in force staying so, when
 * the file is unusable or lacks one of the n ids that something is still wrapped by.
 */
bool crypto_reload(const char *key_file, const uint32_t *used, size_t n, char *why,
		   size_t why_size) MUST_USE;
/* The first of n ids that is in no line of the file; 0 when all are. */
uint32_t crypto_missing(const uint32_t *used, size_t n);
/* The ids of the file's lines, in their order; the last one wraps. Gives how many. */
enum { CRYPTO_KEYS_MAX = 64 };
size_t crypto_key_ids(uint32_t ids[CRYPTO_KEYS_MAX]);
uint32_t crypto_wrapping_id(void);
/* Writes a new key file (0600) with one fresh key; fails if the file exists. */
bool crypto_key_file_make(const char *key_file) MUST_USE;

void crypto_random(void *out, size_t n);
void crypto_sha256(struct str message, uint8_t out[SHA256_BYTES]);
/* The same piece by piece: crypto_sha256_end() gives the hash and frees. */
struct sha256;
struct sha256 *crypto_sha256_begin(void);
void crypto_sha256_add(struct sha256 *hash, struct str piece);
void crypto_sha256_end(struct sha256 *hash, uint8_t out[SHA256_BYTES]);
void crypto_hmac_sha256(struct str key, struct str message, uint8_t out[SHA256_BYTES]);
/* In constant time. */
bool crypto_same(struct str a, struct str b);

/* Which algorithm new values and keys are sealed by; what there is stays readable. Start only. */
enum crypto_profile { PROFILE_STANDARD, PROFILE_GM };
void crypto_profile_use(enum crypto_profile profile);

/* Absent stays absent. */
struct str crypto_seal(struct arena *a, struct str place, struct str clear);
/* False when the value was changed, moved, or its key is not in the file. */
bool crypto_open(struct arena *a, struct str place, struct str sealed, struct str *ret_clear)
	MUST_USE;
/*
 * Record keys. The values of a record are version 2: 0x02, algorithm, 12 bytes nonce, ciphertext,
 * 16 bytes tag, under the record's own key; the algorithm is the record's. The wrapped key is a
 * sealed value of version 1 under a key of the file, for a place of its own.
 */
enum { RECORD_OVERHEAD = 30, RECORD_KEY_BYTES = 48 };
struct record_key {
	uint8_t algorithm;
	uint8_t bytes[RECORD_KEY_BYTES];	/* 32 of AES; 16 of SM4 and 32 of HMAC-SM3 */
};
/* A new random key, and its wrapped form. */
struct str crypto_record_new(struct arena *a, struct str place, struct record_key *ret_key);
bool crypto_record_unwrap(struct str place, struct str wrapped, struct record_key *ret_key)
	MUST_USE;
/* Wipes it. */
void crypto_record_forget(struct record_key *key);
struct str crypto_record_seal(struct arena *a, const struct record_key *key, struct str place,
			      struct str clear);
bool crypto_record_open(struct arena *a, const struct record_key *key, struct str place,
			struct str sealed, struct str *ret_clear) MUST_USE;
/* The same key wrapped by the key that wraps now. False when it does not unwrap. */
bool crypto_rewrap(struct arena *a, struct str place, struct str wrapped, struct str *ret_wrapped)
	MUST_USE;
/* Which key a value of version 1 is under; UINT32_MAX of anything else. */
uint32_t crypto_key_id(struct str sealed);

/* ---- data keys; used by the store alone ---- */

struct data_key {
	uint32_t id;		/* 0: the one in force; others: a line from before there were any */
	struct str wrapped;
};
enum { DATA_KEYS_MAX = CRYPTO_KEYS_MAX + 1 };
/* For a database without: one random key, or what stands for values that were sealed by the
 * file's lines themselves. */
size_t crypto_data_keys_make(struct arena *a, bool is_fresh, struct data_key out[DATA_KEYS_MAX]);
/* Puts them in force; false when one does not unwrap. */
bool crypto_data_keys_use(const struct data_key *keys, size_t n) MUST_USE;
struct str data_key_place(struct arena *a, uint32_t id);

/*
 * Equal inputs give equal 16 bytes under a key of this purpose ("phone"): exact search. Absent
 * stays absent. Purposes are literals: at most 16 for indexes and tags together.
 */
struct str crypto_index(struct arena *a, const char *purpose, struct str clear);
/* Keyed tag of these servers, for cursors: first 16 bytes of HMAC-SHA256. */
void crypto_tag(const char *purpose, struct str message, uint8_t out[INDEX_BYTES]);

/*
 * Ed25519 (RFC 8032). The key of a purpose ("receipt") is derived from the data key in
 * force; its public half may be given to anybody. Purposes are literals: at most 4.
 */
void crypto_signature(const char *purpose, struct str message, uint8_t out[SIGN_BYTES]);
void crypto_sign_key(const char *purpose, uint8_t out[SIGN_KEY_BYTES]);
/* By anybody's public key. */
bool crypto_verify(const uint8_t key[SIGN_KEY_BYTES], struct str message, struct str signature)
	MUST_USE;

/* Encodings (RFC 4648; Crockford base32 for ids read aloud). */
struct str encode_hex(struct arena *a, struct str bytes);
bool decode_hex(struct arena *a, struct str text, struct str *ret_bytes) MUST_USE;
struct str encode_base64(struct arena *a, struct str bytes);
bool decode_base64(struct arena *a, struct str text, struct str *ret_bytes) MUST_USE;
struct str encode_base64url(struct arena *a, struct str bytes);
bool decode_base64url(struct arena *a, struct str text, struct str *ret_bytes) MUST_USE;
/* 26 characters: 48 bits of milliseconds since 1970, 80 random bits; sorts by time. */
struct str encode_ulid(struct arena *a, int64_t at);
