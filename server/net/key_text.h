/*
 * The text of an API key: `ldk_<id>_<secret>_<sum>`. The id is seen (in lists, logs, the field
 * Liandong-Key) and finds the key; the secret is 32 random digits of base 62, 190 bits; the sum
 * is the CRC-32 (ISO 3309) of all before its underscore, so that a mistyped key is refused
 * without a look-up. The prefix lets scanners of source text find keys that were left there.
 * Keys made by earlier versions, `ldk_` + 43 digits of base64url, go on being read; lengths
 * tell the two forms apart.
 *
 * Threads: values; any.
 */
#pragma once

#include "arena.h"
#include "str.h"

enum {
	KEY_ID_CHARS = 8,
	KEY_SECRET_CHARS = 32,
	KEY_SUM_CHARS = 6,
	KEY_CHARS = 4 + KEY_ID_CHARS + 1 + KEY_SECRET_CHARS + 1 + KEY_SUM_CHARS,
	KEY_OLD_CHARS = 4 + 43,
};

enum key_form { KEY_UNREADABLE, KEY_WITH_ID, KEY_OLD };

/* What the text claims to be; *ret_id is its part that finds the key, for KEY_WITH_ID. */
enum key_form key_text_read(struct str text, struct str *ret_id);
/* True for 8 digits of base 62. */
bool key_is_id(struct str text);
/* A fresh id, and a whole fresh key under an id. */
struct str key_id_make(struct arena *a);
struct str key_text_make(struct arena *a, struct str id);
