/*
 * Signed notes and what is written into them: C2SP signed-note, tlog-checkpoint and
 * tlog-cosignature, with Ed25519.
 *
 * A note is lines of text, an empty line, and a line for each signature:
 *
 *	— NAME BASE64(key id (4 bytes) || signature)
 *
 * Signed is the text with its last newline. A key's id is the first 4 bytes of SHA-256 over
 * NAME, 0x0A, the algorithm, and the public key; its text is NAME+ID_HEX+BASE64(algorithm ||
 * key). A witness signs "cosignature/v1\ntime SECONDS\n" before the text, and its signature
 * begins with the seconds (u64, big endian).
 *
 * Pure. Threads: any; memory is the arena given.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "attr.h"
#include "crypto.h"
#include "rules/merkle.h"
#include "str.h"

enum note_algorithm {	/* of the standard: numbers are fixed */
	NOTE_ED25519 = 1,
	NOTE_COSIGNATURE = 4,
};

enum { NOTE_KEY_ID_BYTES = 4 };

/* A key that verifies. */
struct note_key {
	struct str name;
	enum note_algorithm algorithm;
	uint8_t id[NOTE_KEY_ID_BYTES];
	uint8_t key[SIGN_KEY_BYTES];
};

struct note_signature {
	struct str name;
	uint8_t id[NOTE_KEY_ID_BYTES];
	struct str bytes;	/* behind the id */
	struct str line;	/* as it stands in the note, with its newline */
};

struct note {
	struct str text;	/* with its last newline */
	struct note_signature *signatures;
	uint32_t n;
};

/* Not empty, without blanks, plus signs and control characters. */
bool note_name_is_good(struct str name);
/* The key's id follows from the rest. */
struct note_key note_key_make(struct str name, enum note_algorithm algorithm,
			      const uint8_t key[SIGN_KEY_BYTES]);
struct str note_key_text(struct arena *a, const struct note_key *key);
/* False: no such text, an algorithm not known here, or an id that does not belong to the key. */
bool note_key_parse(struct arena *a, struct str text, struct note_key *ret_key) MUST_USE;

/* The line of a signature, with its newline. */
struct str note_line(struct arena *a, const struct note_key *key, struct str signature);
/* Text and lines as one note; text ends with a newline. */
struct str note_write(struct arena *a, struct str text, struct str lines);
/* At most LIMIT_NOTE_BYTES and LIMIT_NOTE_SIGNATURES; without a signature it is no note. */
bool note_parse(struct arena *a, struct str bytes, struct note *ret_note) MUST_USE;
/* The first signature by this key that holds; NULL when there is none. */
const struct note_signature *note_signed_by(struct arena *a, const struct note *note,
					    const struct note_key *key);

/* What a checkpoint says: a log, the size of its tree, and the root. */
struct checkpoint {
	struct str origin;
	uint64_t size;
	struct hash root;
};

struct str checkpoint_text(struct arena *a, const struct checkpoint *checkpoint);
/* Lines behind the third are allowed by the standard and not looked at. */
bool checkpoint_parse(struct arena *a, struct str text, struct checkpoint *ret_checkpoint)
	MUST_USE;
