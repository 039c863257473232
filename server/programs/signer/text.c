/* Notes and keys as text: C2SP signed-note and tlog-checkpoint. */
#include "signer.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ED25519 = 1, KEY_ID_BYTES = 4, NUMBER_DIGITS = 20 };

void base64_write(const void *bytes, size_t n, char *out)
{
	EVP_EncodeBlock((unsigned char *)out, bytes, (int)n);
}

bool hash_read(const char *text, size_t n, uint8_t out[HASH_BYTES])
{
	unsigned char bytes[HASH_BYTES + 4];
	char again[ROOT_TEXT_BYTES + 1];

	if (n != ROOT_TEXT_BYTES ||
	    EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)n) != HASH_BYTES + 1)
		return false;
	base64_write(bytes, HASH_BYTES, again);
	if (memcmp(again, text, n) != 0)
		return false;
	memcpy(out, bytes, HASH_BYTES);
	return true;
}

bool number_read(const char *text, size_t n, uint64_t *ret_number)
{
	uint64_t value = 0;

	if (n == 0 || n > NUMBER_DIGITS || (n > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned digit = (unsigned)(text[i] - '0');

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret_number = value;
	return true;
}

bool origin_is_good(const char *origin)
{
	size_t n = strlen(origin);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)origin[i];

		if (c <= ' ' || c == '+' || c == 0x7f)
			return false;
	}
	return n > 0 && n <= ORIGIN_BYTES;
}

static EVP_PKEY *key_of(const struct signer *s)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, s->seed,
						     SEED_BYTES);

	if (!key)
		abort();
	return key;
}

static void public_of(const struct signer *s, uint8_t out[HASH_BYTES])
{
	EVP_PKEY *key = key_of(s);
	size_t n = HASH_BYTES;

	if (EVP_PKEY_get_raw_public_key(key, out, &n) != 1)
		abort();
	EVP_PKEY_free(key);
}

static void key_id(const struct signer *s, const uint8_t public_key[HASH_BYTES],
		   uint8_t out[KEY_ID_BYTES])
{
	uint8_t message[ORIGIN_BYTES + 2 + HASH_BYTES], digest[HASH_BYTES];
	size_t n = strlen(s->origin);

	memcpy(message, s->origin, n);
	message[n++] = '\n';
	message[n++] = ED25519;
	memcpy(message + n, public_key, HASH_BYTES);
	hash_of(message, n + HASH_BYTES, digest);
	memcpy(out, digest, KEY_ID_BYTES);
}

void vkey_make(struct signer *s)
{
	uint8_t typed[1 + HASH_BYTES], id[KEY_ID_BYTES];
	char text[ROOT_TEXT_BYTES + 1];

	typed[0] = ED25519;
	public_of(s, typed + 1);
	key_id(s, typed + 1, id);
	base64_write(typed, sizeof(typed), text);
	snprintf(s->vkey, sizeof(s->vkey), "%s+%02x%02x%02x%02x+%s", s->origin, id[0], id[1],
		 id[2], id[3], text);
}

static void sign(const struct signer *s, const char *text, size_t n,
		 uint8_t out[SIGNATURE_BYTES])
{
	EVP_PKEY *key = key_of(s);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t size = SIGNATURE_BYTES;

	if (!context || EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1 ||
	    EVP_DigestSign(context, out, &size, (const unsigned char *)text, n) != 1)
		abort();
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
}

bool note_make(const struct signer *s, uint64_t size, const uint8_t root[HASH_BYTES],
	       char out[NOTE_BYTES])
{
	uint8_t public_key[HASH_BYTES], blob[KEY_ID_BYTES + SIGNATURE_BYTES];
	char root_text[ROOT_TEXT_BYTES + 1], signature[4 * (sizeof(blob) + 2) / 3 + 1];

	base64_write(root, HASH_BYTES, root_text);
	int n = snprintf(out, NOTE_BYTES, "%s\n%" PRIu64 "\n%s\n", s->origin, size, root_text);

	if (n < 0 || n >= NOTE_BYTES)
		return false;
	public_of(s, public_key);
	key_id(s, public_key, blob);
	sign(s, out, (size_t)n, blob + KEY_ID_BYTES);
	base64_write(blob, sizeof(blob), signature);
	int more = snprintf(out + n, NOTE_BYTES - (size_t)n, "\n\xe2\x80\x94 %s %s\n",
			    s->origin, signature);

	return more > 0 && n + more < NOTE_BYTES;
}
