/*
 * 16 bytes of keys, big-endian, and the first 16 bytes of a keyed hash over the list's name
 * and the keys; 43 characters of base64url.
 */
#include "net/cursor.h"

#include <string.h>

#include "crypto.h"

enum { KEY_BYTES = 16, TOKEN_BYTES = KEY_BYTES + INDEX_BYTES };

static void put_u64(uint8_t *out, uint64_t value)
{
	for (int i = 7; i >= 0; i--, value >>= 8)
		out[i] = (uint8_t)value;
}

static uint64_t get_u64(const uint8_t *in)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | in[i];
	return value;
}

static void tag_keys(struct arena *a, const char *list, const uint8_t *keys, uint8_t *out)
{
	size_t n = strlen(list) + 1;
	char *message = arena_alloc(a, n + KEY_BYTES);

	memcpy(message, list, n);
	memcpy(message + n, keys, KEY_BYTES);
	crypto_tag("cursor", (struct str){ message, n + KEY_BYTES }, out);
}

struct str cursor_make(struct arena *a, const char *list, uint64_t key1, uint64_t key2)
{
	uint8_t token[TOKEN_BYTES];

	put_u64(token, key1);
	put_u64(token + 8, key2);
	tag_keys(a, list, token, token + KEY_BYTES);
	return encode_base64url(a, (struct str){ (const char *)token, sizeof(token) });
}

bool cursor_open(struct arena *a, const char *list, struct str token, uint64_t *ret_key1,
		 uint64_t *ret_key2)
{
	uint8_t keys[KEY_BYTES], tag[INDEX_BYTES];
	struct str bytes;

	if (token.n != (TOKEN_BYTES * 4 + 2) / 3 || !decode_base64url(a, token, &bytes) ||
	    bytes.n != TOKEN_BYTES)
		return false;
	memcpy(keys, bytes.p, KEY_BYTES);
	tag_keys(a, list, keys, tag);
	struct str given = { bytes.p + KEY_BYTES, INDEX_BYTES };
	if (!crypto_same(given, (struct str){ (const char *)tag, INDEX_BYTES }))
		return false;
	*ret_key1 = get_u64(keys);
	*ret_key2 = get_u64(keys + 8);
	return true;
}
