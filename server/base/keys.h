/*
 * The key file and what is derived from it; used by crypto.c and signing.c alone. The last line of the file
 * seals, every line opens. Indexes and tags come from the first line, so that rows written
 * years ago are still found after a new key was appended.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "str.h"

enum { KEY_BYTES = 32, KEYS_MAX = 64 };

struct master_key {
	uint32_t id;
	uint8_t root[KEY_BYTES];	/* as in the file */
	uint8_t seal[KEY_BYTES];	/* derived from it */
};

struct key_ring {
	uint32_t n;
	struct master_key v[KEYS_MAX];
};

/* False with a sentence in `why`; *ret_ring is then zero. */
bool keys_read(const char *file, struct key_ring *ret_ring, char *why, size_t why_size)
	MUST_USE;
/* HKDF-SHA256 (RFC 5869), extract and expand; n is at most 255 * 32. */
void keys_derive(struct str secret, struct str salt, struct str purpose, uint8_t *out,
		 size_t n);

/* ---- of crypto.c, for what signs ---- */

/* Which ring is in force: another one after each crypto_start(). Never 0 then. */
uint32_t keys_generation(void);
/* A secret of its own for a purpose, from the first key. */
void keys_secret(const char *class, const char *purpose, uint8_t out[KEY_BYTES]);
