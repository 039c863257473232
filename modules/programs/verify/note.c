/*
 * Notes. A signature line that cannot be read makes the whole no note; one of an unknown key
 * says nothing; one of the key asked for has to be good.
 */
#include "verify/note.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DASH "\xe2\x80\x94 "	/* em dash and a blank */

void key_identify(struct key *key)
{
	const uint8_t mark[2] = { '\n', (uint8_t)key->algorithm };

	hash_begin();
	hash_add(key->name.p, key->name.n);
	hash_add(mark, sizeof(mark));
	hash_add(key->public_key, KEY_BYTES);
	struct hash hash = hash_end();
	memcpy(key->id, hash.b, KEY_ID_BYTES);
}

/* Names end at blanks in a note and at '+' in a key. */
static bool is_name(struct text name)
{
	if (name.n == 0 || name.n > KEY_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c <= ' ' || c == '+' || c == 0x7f)
			return false;
	}
	return true;
}

bool key_parse(struct text text, struct key *ret)
{
	uint8_t id[KEY_ID_BYTES], bytes[1 + KEY_BYTES];
	struct text name, hex;
	size_t n;

	if (!text_cut(&text, '+', &name) || !text_cut(&text, '+', &hex) || !is_name(name) ||
	    !text_hex(hex, id, sizeof(id)) ||
	    !text_base64(text, bytes, sizeof(bytes), &n) || n != sizeof(bytes))
		return false;
	if (bytes[0] != KEY_ED25519 && bytes[0] != KEY_COSIGNATURE)
		return false;
	*ret = (struct key){ .name = name, .algorithm = (enum key_algorithm)bytes[0] };
	memcpy(ret->public_key, bytes + 1, KEY_BYTES);
	key_identify(ret);
	return memcmp(ret->id, id, sizeof(id)) == 0;
}

char *key_write(const struct key *key, char *out)
{
	uint8_t bytes[1 + KEY_BYTES] = { (uint8_t)key->algorithm };
	char id[2 * KEY_ID_BYTES + 1], text[BASE64_ROOM(sizeof(bytes))];

	memcpy(bytes + 1, key->public_key, KEY_BYTES);
	snprintf(out, KEY_TEXT_ROOM, "%.*s+%s+%s", (int)key->name.n, key->name.p,
		 hex_write(key->id, KEY_ID_BYTES, id),
		 base64_write(bytes, sizeof(bytes), text));
	return out;
}

struct signature_line {
	struct text name;
	uint8_t bytes[256];	/* of algorithms to come, too */
	size_t n;
};

/* Takes the next line off `rest`; false when it is no signature. */
static bool next_signature(struct text *rest, struct signature_line *ret)
{
	struct text line;

	if (!text_cut(rest, '\n', &line) || !text_starts(line, DASH))
		return false;
	line = (struct text){ line.p + strlen(DASH), line.n - strlen(DASH) };
	return text_cut(&line, ' ', &ret->name) && is_name(ret->name) &&
	       text_base64(line, ret->bytes, sizeof(ret->bytes), &ret->n) &&
	       ret->n > KEY_ID_BYTES;
}

/* The blank line before the signatures is the last one: a text may have some of its own. */
static bool split_note(struct text whole, struct note *ret)
{
	for (size_t i = whole.n; i >= 2; i--)
		if (whole.p[i - 1] == '\n' && whole.p[i - 2] == '\n') {
			ret->text = (struct text){ whole.p, i - 1 };
			ret->signatures = (struct text){ whole.p + i, whole.n - i };
			return true;
		}
	return false;
}

bool note_parse(struct text whole, struct note *ret)
{
	struct signature_line line;
	size_t n = 0;

	if (!split_note(whole, ret) || ret->signatures.n == 0)
		return false;
	for (size_t i = 0; i < ret->text.n; i++)
		if ((unsigned char)ret->text.p[i] < 0x20 && ret->text.p[i] != '\n')
			return false;
	struct text rest = ret->signatures;
	while (rest.n)
		if (++n > NOTE_SIGNATURES_MAX || !next_signature(&rest, &line))
			return false;
	return true;
}

struct text cosigned_message(struct text text, uint64_t time, char *out)
{
	int n = snprintf(out, COSIGNED_ROOM, "cosignature/v1\ntime %" PRIu64 "\n", time);

	memcpy(out + n, text.p, text.n);
	return (struct text){ out, (size_t)n + text.n };
}

static uint64_t big_endian(const uint8_t *bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | bytes[i];
	return value;
}

static bool is_good(const struct note *note, const struct key *key,
		    const struct signature_line *line, uint64_t *ret_time)
{
	const uint8_t *bytes = line->bytes + KEY_ID_BYTES;
	size_t n = line->n - KEY_ID_BYTES;

	if (key->algorithm == KEY_ED25519)
		return n == SIGNATURE_BYTES &&
		       ed25519_is_good(key->public_key, note->text, bytes);
	if (n != 8 + SIGNATURE_BYTES)
		return false;
	char *message = malloc(COSIGNED_ROOM + note->text.n);
	if (!message)
		abort();
	*ret_time = big_endian(bytes);
	bool is_cosigned = ed25519_is_good(key->public_key,
		cosigned_message(note->text, *ret_time, message), bytes + 8);
	free(message);
	return is_cosigned;
}

enum signing note_signing(const struct note *note, const struct key *key, uint64_t *ret_time)
{
	enum signing found = SIGNING_ABSENT;
	struct text rest = note->signatures;
	struct signature_line line;
	uint64_t time = 0;

	while (next_signature(&rest, &line)) {
		if (!text_same(line.name, key->name) ||
		    memcmp(line.bytes, key->id, KEY_ID_BYTES) != 0)
			continue;
		if (!is_good(note, key, &line, &time))
			return SIGNING_BAD;
		found = SIGNING_GOOD;
		if (ret_time)
			*ret_time = time;
	}
	return found;
}

bool checkpoint_parse(const struct note *note, struct checkpoint *ret)
{
	struct text rest = note->text, size, root, extension;
	size_t n;

	if (!text_cut(&rest, '\n', &ret->origin) || ret->origin.n == 0 ||
	    !text_cut(&rest, '\n', &size) || !text_u64(size, &ret->size) ||
	    !text_cut(&rest, '\n', &root) ||
	    !text_base64(root, ret->root.b, HASH_BYTES, &n) || n != HASH_BYTES)
		return false;
	while (text_cut(&rest, '\n', &extension))
		if (extension.n == 0)
			return false;
	return rest.n == 0;
}
