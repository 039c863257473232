#include "rules/note.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "must.h"

static const struct str dash = { "\xe2\x80\x94 ", 4 };	/* U+2014 and a blank */

enum { STAMP_BYTES = 8, SIZE_DIGITS = 20 };

bool note_name_is_good(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c <= ' ' || c == '+' || c == 0x7f)
			return false;
	}
	return name.n > 0 && name.n <= LIMIT_LINE_CHARS && str_code_points(name) != SIZE_MAX;
}

/* ---- keys ---- */

struct note_key note_key_make(struct str name, enum note_algorithm algorithm,
			      const uint8_t key[SIGN_KEY_BYTES])
{
	struct note_key made = { .name = name, .algorithm = algorithm };
	char message[4 * LIMIT_LINE_CHARS + 2 + SIGN_KEY_BYTES];
	uint8_t digest[SHA256_BYTES];

	must(name.n + 2 + SIGN_KEY_BYTES <= sizeof(message));
	memcpy(made.key, key, SIGN_KEY_BYTES);
	memcpy(message, name.p, name.n);
	message[name.n] = '\n';
	message[name.n + 1] = (char)algorithm;
	memcpy(message + name.n + 2, key, SIGN_KEY_BYTES);
	crypto_sha256((struct str){ message, name.n + 2 + SIGN_KEY_BYTES }, digest);
	memcpy(made.id, digest, NOTE_KEY_ID_BYTES);
	return made;
}

struct str note_key_text(struct arena *a, const struct note_key *key)
{
	char bytes[1 + SIGN_KEY_BYTES];
	struct str id = encode_hex(a, (struct str){ (const char *)key->id, NOTE_KEY_ID_BYTES });

	bytes[0] = (char)key->algorithm;
	memcpy(bytes + 1, key->key, SIGN_KEY_BYTES);
	struct str text = encode_base64(a, (struct str){ bytes, sizeof(bytes) });

	return arena_printf(a, "%.*s+%.*s+%.*s", STR_ARG(key->name), STR_ARG(id),
			    STR_ARG(text));
}

/* Up to the first `c`, which is taken off too. False: there is none. */
static bool take_until(struct str *rest, char c, struct str *ret_part)
{
	const char *at = rest->n ? memchr(rest->p, c, rest->n) : NULL;

	if (!at)
		return false;
	*ret_part = (struct str){ rest->p, (size_t)(at - rest->p) };
	rest->n -= ret_part->n + 1;
	rest->p = at + 1;
	return true;
}

bool note_key_parse(struct arena *a, struct str text, struct note_key *ret_key)
{
	struct str rest = text, name, id_text, id, bytes;

	if (!take_until(&rest, '+', &name) || !take_until(&rest, '+', &id_text) ||
	    !note_name_is_good(name) || !decode_hex(a, id_text, &id) ||
	    !decode_base64(a, rest, &bytes) || bytes.n != 1 + SIGN_KEY_BYTES ||
	    (bytes.p[0] != NOTE_ED25519 && bytes.p[0] != NOTE_COSIGNATURE))
		return false;
	*ret_key = note_key_make(name, (enum note_algorithm)bytes.p[0],
				 (const uint8_t *)bytes.p + 1);
	return id.n == NOTE_KEY_ID_BYTES && memcmp(id.p, ret_key->id, id.n) == 0;
}

/* ---- notes ---- */

struct str note_line(struct arena *a, const struct note_key *key, struct str signature)
{
	char *bytes = arena_alloc(a, NOTE_KEY_ID_BYTES + signature.n);

	memcpy(bytes, key->id, NOTE_KEY_ID_BYTES);
	memcpy(bytes + NOTE_KEY_ID_BYTES, signature.p, signature.n);
	struct str text = encode_base64(a, (struct str){ bytes,
							 NOTE_KEY_ID_BYTES + signature.n });

	return arena_printf(a, "%.*s%.*s %.*s\n", STR_ARG(dash), STR_ARG(key->name),
			    STR_ARG(text));
}

struct str note_write(struct arena *a, struct str text, struct str lines)
{
	must(text.n > 0 && text.p[text.n - 1] == '\n');
	return arena_printf(a, "%.*s\n%.*s", STR_ARG(text), STR_ARG(lines));
}

static bool is_text(struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if ((unsigned char)bytes.p[i] < ' ' && bytes.p[i] != '\n')
			return false;
	return str_code_points(bytes) != SIZE_MAX;
}

static bool signature_parse(struct arena *a, struct str line, struct note_signature *ret)
{
	struct str rest = line, bytes;

	if (!str_starts(rest, dash))
		return false;
	rest.p += dash.n;
	rest.n -= dash.n;
	if (!take_until(&rest, ' ', &ret->name) || !note_name_is_good(ret->name) ||
	    !decode_base64(a, rest, &bytes) || bytes.n <= NOTE_KEY_ID_BYTES)
		return false;
	memcpy(ret->id, bytes.p, NOTE_KEY_ID_BYTES);
	ret->bytes = (struct str){ bytes.p + NOTE_KEY_ID_BYTES, bytes.n - NOTE_KEY_ID_BYTES };
	ret->line = (struct str){ line.p, line.n + 1 };
	return true;
}

/* Where the signatures begin: behind the last empty line. 0: there is none. */
static size_t signatures_at(struct str bytes)
{
	for (size_t i = bytes.n; i >= 2; i--)
		if (bytes.p[i - 1] == '\n' && bytes.p[i - 2] == '\n')
			return i;
	return 0;
}

bool note_parse(struct arena *a, struct str bytes, struct note *ret_note)
{
	size_t at = bytes.n <= LIMIT_NOTE_BYTES && is_text(bytes) ? signatures_at(bytes) : 0;
	struct str rest = { bytes.p + at, bytes.n - at }, line;

	if (at < 3 || rest.n == 0)
		return false;
	*ret_note = (struct note){
		.text = { bytes.p, at - 1 },
		.signatures = arena_array_of(a, struct note_signature, LIMIT_NOTE_SIGNATURES),
	};
	while (rest.n > 0)
		if (ret_note->n == LIMIT_NOTE_SIGNATURES || !take_until(&rest, '\n', &line) ||
		    !signature_parse(a, line, &ret_note->signatures[ret_note->n++]))
			return false;
	return true;
}

static bool holds(struct arena *a, const struct note *note, const struct note_key *key,
		  const struct note_signature *s)
{
	struct str signature = s->bytes, message = note->text;
	uint64_t seconds = 0;

	if (key->algorithm == NOTE_COSIGNATURE) {
		if (signature.n != STAMP_BYTES + SIGN_BYTES)
			return false;
		for (int i = 0; i < STAMP_BYTES; i++)
			seconds = seconds << 8 | (uint8_t)signature.p[i];
		signature = (struct str){ signature.p + STAMP_BYTES, SIGN_BYTES };
		message = arena_printf(a, "cosignature/v1\ntime %" PRIu64 "\n%.*s", seconds,
				       STR_ARG(note->text));
	}
	return signature.n == SIGN_BYTES && crypto_verify(key->key, message, signature);
}

const struct note_signature *note_signed_by(struct arena *a, const struct note *note,
					    const struct note_key *key)
{
	for (uint32_t i = 0; i < note->n; i++) {
		const struct note_signature *s = &note->signatures[i];

		if (str_eq(s->name, key->name) &&
		    memcmp(s->id, key->id, NOTE_KEY_ID_BYTES) == 0 && holds(a, note, key, s))
			return s;
	}
	return NULL;
}

/* ---- checkpoints ---- */

struct str checkpoint_text(struct arena *a, const struct checkpoint *checkpoint)
{
	struct str root = encode_base64(a, (struct str){ (const char *)checkpoint->root.v,
							 SHA256_BYTES });

	return arena_printf(a, "%.*s\n%" PRIu64 "\n%.*s\n", STR_ARG(checkpoint->origin),
			    checkpoint->size, STR_ARG(root));
}

bool checkpoint_parse(struct arena *a, struct str text, struct checkpoint *ret_checkpoint)
{
	struct str rest = text, size, root_text, root;

	if (!take_until(&rest, '\n', &ret_checkpoint->origin) ||
	    !take_until(&rest, '\n', &size) || !take_until(&rest, '\n', &root_text) ||
	    !note_name_is_good(ret_checkpoint->origin) || size.n > SIZE_DIGITS ||
	    (size.n > 1 && size.p[0] == '0') || !str_to_u64(size, &ret_checkpoint->size) ||
	    !decode_base64(a, root_text, &root) || root.n != SHA256_BYTES)
		return false;
	memcpy(ret_checkpoint->root.v, root.p, SHA256_BYTES);
	return true;
}
