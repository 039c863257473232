/*
 * The two things that are not written here but taken from OpenSSL: SHA-256 and Ed25519.
 *
 * Threads: one only, since a digest is kept ready between calls.
 */
#pragma once

#include "verify/text.h"

enum { HASH_BYTES = 32, KEY_BYTES = 32, SIGNATURE_BYTES = 64 };

struct hash {
	uint8_t b[HASH_BYTES];
};

bool hash_same(const struct hash *a, const struct hash *b);

/* One digest at a time: begin, any number of add, end. */
void hash_begin(void);
void hash_add(const void *bytes, size_t n);
struct hash hash_end(void);
struct hash hash_of(const void *bytes, size_t n);

/* A digest beside it, over a whole file. hash_close() frees; NULL is nothing. */
struct hash_running;
struct hash_running *hash_open(void);
void hash_run(struct hash_running *running, const void *bytes, size_t n);
struct hash hash_close(struct hash_running *running);

bool ed25519_is_good(const uint8_t *public_key, struct text message, const uint8_t *signature);
/* seed: 32 bytes. */
bool ed25519_sign(const uint8_t *seed, struct text message, uint8_t *ret_signature);
bool ed25519_public(const uint8_t *seed, uint8_t *ret_public_key);
