/*
 * The key file, the keys in force and what is derived from them; used by crypto.c, seal.c and
 * signing.c alone. A ring is never changed once it was published: a new one replaces it, and the
 * old one stays for whoever still reads it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "crypto.h"
#include "str.h"

enum { KEY_BYTES = 32, SM4_KEY_BYTES = 16, KEYS_MAX = CRYPTO_KEYS_MAX };

/* What seals by either algorithm; derived. */
struct value_key {
	uint8_t aes[KEY_BYTES];
	uint8_t sm4[SM4_KEY_BYTES];
	uint8_t mac[KEY_BYTES];
};

struct master_key {
	uint32_t id;
	uint8_t root[KEY_BYTES];	/* as in the file, or as it was unwrapped */
	struct value_key key;
};

struct key_ring {
	uint32_t n;
	struct master_key v[KEYS_MAX];		/* lines of the file */
	uint32_t data_n;
	struct master_key data[KEYS_MAX + 1];	/* data keys; the first has id 0 */
	uint32_t generation;
	struct key_ring *older;
};

/* False with a sentence in `why`; *ret_ring is then zero. */
bool keys_read(const char *file, struct key_ring *ret_ring, char *why, size_t why_size)
	MUST_USE;
/* HKDF-SHA256 (RFC 5869), extract and expand; n is at most 255 * 32. */
void keys_derive(struct str secret, struct str salt, struct str purpose, uint8_t *out,
		 size_t n);

/* id and derived keys of a root that is there already. */
void keys_complete(struct master_key *key, uint32_t id);

/* ---- of crypto.c ---- */

/* The ring in force; there must be one. */
const struct key_ring *keys_ring(void);
/* Puts a copy in force, with the next generation. */
void keys_publish(const struct key_ring *ring);
/* Which ring is in force: another one after each change. Never 0 then. */
uint32_t keys_generation(void);
/* A secret of its own for a purpose, from the data key in force. */
void keys_secret(const char *class, const char *purpose, uint8_t out[KEY_BYTES]);
