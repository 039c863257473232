/*
 * What needs a key or a hash, on OpenSSL 3.
 *
 * A sealed value is version 1: 0x01 (format), 0x01 (algorithm: AES-256-GCM), 4 bytes key id,
 * 12 bytes nonce, ciphertext, 16 bytes tag; so that keys and algorithms can change while old
 * values stay readable. `place` (table, column and row id as text) is authenticated with it:
 * a value copied to another row or column does not open.
 *
 * Keys come from one file of 32-byte hex lines `id hex` (mode 0600); the last line seals, all
 * lines open, the first line indexes and tags: append keys, never remove or sort them. Subkeys
 * are derived per purpose by HKDF (RFC 5869), so sealing, blind index, cursors and webhook
 * secrets and receipts never share a key.
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

/* Absent stays absent. */
struct str crypto_seal(struct arena *a, struct str place, struct str clear);
/* False when the value was changed, moved, or its key is not in the file. */
bool crypto_open(struct arena *a, struct str place, struct str sealed, struct str *ret_clear)
	MUST_USE;
/*
 * Equal inputs give equal 16 bytes under a key of this purpose ("phone"): exact search. Absent
 * stays absent. Purposes are literals: at most 16 for indexes and tags together.
 */
struct str crypto_index(struct arena *a, const char *purpose, struct str clear);
/* Keyed tag of this process family, for cursors: first 16 bytes of HMAC-SHA256. */
void crypto_tag(const char *purpose, struct str message, uint8_t out[INDEX_BYTES]);

/*
 * Ed25519 (RFC 8032). The key of a purpose ("receipt") is derived from the first key of the
 * file; its public half may be given to anybody. Purposes are literals: at most 4.
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
