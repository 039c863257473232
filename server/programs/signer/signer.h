/*
 * liandong-signer: holds the key of a log and signs only trees that go on from the last one it
 * signed (RFC 6962, section 2.1.2). It shares nothing with the server but a socket, so that
 * who has the server or its database has no other history signed.
 *
 * The folder (0700) holds `key` (seed of Ed25519, 64 hex digits), `vkey` (what others verify
 * by), and `state`: the size last signed, its root in base64, and the note. state is on disk
 * before an answer goes out, so that no crash makes it forget.
 *
 * One thread. Errors: what cannot go on ends the process with a sentence on standard error.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HASH_BYTES = 32,
	SEED_BYTES = 32,
	SIGNATURE_BYTES = 64,
	PROOF_MAX = 66,
	LINE_BYTES = 16 * 1024,	/* a question or an answer */
	NOTE_BYTES = 4 * 1024,
	ORIGIN_BYTES = 200,
	ROOT_TEXT_BYTES = 44,	/* base64 of a hash */
};

struct proof {
	size_t n;
	uint8_t v[PROOF_MAX][HASH_BYTES];
};

/* What was signed last. */
struct state {
	uint64_t size;
	uint8_t root[HASH_BYTES];
	char note[NOTE_BYTES];
};

struct signer {
	int folder;
	char origin[ORIGIN_BYTES + 1];
	uint8_t seed[SEED_BYTES];
	char vkey[2 * ORIGIN_BYTES];
	struct state last;
};

/* ---- tree.c ---- */

/* Whether the tree of new_size leaves begins with that of old_size; 0 < old_size < new_size. */
bool tree_goes_on(uint64_t old_size, const uint8_t old_root[HASH_BYTES], uint64_t new_size,
		  const uint8_t new_root[HASH_BYTES], const struct proof *proof);
void hash_of(const void *bytes, size_t n, uint8_t out[HASH_BYTES]);

/* ---- text.c ---- */

/* The note over origin, size and root; false when it does not fit. */
bool note_make(const struct signer *s, uint64_t size, const uint8_t root[HASH_BYTES],
	       char out[NOTE_BYTES]);
/* Fills s->vkey from seed and origin. */
void vkey_make(struct signer *s);
bool origin_is_good(const char *origin);
/* Standard base64 with padding, nothing else; room for 4 * ((n + 2) / 3) + 1. */
void base64_write(const void *bytes, size_t n, char *out);
/* Exactly one hash of exactly n characters. */
bool hash_read(const char *text, size_t n, uint8_t out[HASH_BYTES]);
/* Decimal, without sign and leading zeros. */
bool number_read(const char *text, size_t n, uint64_t *ret_number);

/* ---- folder.c ---- */

/* Opens the folder, waits for its lock, reads or makes key and state. False after a complaint. */
bool folder_open(struct signer *s, const char *dir);
/* On disk when it returns true; s->last is then this. */
bool state_keep(struct signer *s, const struct state *next);

/* ---- answer.c ---- */

/* The answer to a question, both without their newline. */
void answer(struct signer *s, const char *question, char out[LINE_BYTES]);
