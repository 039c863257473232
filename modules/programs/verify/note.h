/*
 * Signed notes (C2SP signed-note), checkpoints (tlog-checkpoint) and cosignatures
 * (tlog-cosignature, cosignature/v1), all with Ed25519.
 *
 * Ownership: all slices point into the bytes given. Threads: values.
 */
#pragma once

#include "verify/hash.h"

enum { KEY_ID_BYTES = 4, NOTE_SIGNATURES_MAX = 64, KEY_NAME_MAX = 256 };

enum key_algorithm {
	KEY_ED25519 = 1,
	KEY_COSIGNATURE = 4,
};

struct key {
	struct text name;
	enum key_algorithm algorithm;
	uint8_t id[KEY_ID_BYTES];
	uint8_t public_key[KEY_BYTES];
};

/* "NAME+hex(id)+base64(algorithm || key)"; the id has to be that of the name and the key. */
bool key_parse(struct text text, struct key *ret);
/* The same text, in `out` of KEY_TEXT_ROOM. */
enum { KEY_TEXT_ROOM = KEY_NAME_MAX + 64 };
char *key_write(const struct key *key, char *out);
/* Fills in the id from the other members. */
void key_identify(struct key *key);

struct note {
	struct text text;		/* what is signed, with its last newline */
	struct text signatures;		/* the lines behind the blank one */
};

/* False when it is no note; then nothing of it may be believed. */
bool note_parse(struct text whole, struct note *ret);

enum signing { SIGNING_ABSENT, SIGNING_BAD, SIGNING_GOOD };

/* ret_time: Unix seconds of a cosignature; may be NULL. */
enum signing note_signing(const struct note *note, const struct key *key, uint64_t *ret_time);

struct checkpoint {
	struct text origin;
	uint64_t size;
	struct hash root;
};

bool checkpoint_parse(const struct note *note, struct checkpoint *ret);

/* The message under a cosignature, in `out` of at least COSIGNED_ROOM + text.n. */
enum { COSIGNED_ROOM = 64 };
struct text cosigned_message(struct text text, uint64_t time, char *out);
