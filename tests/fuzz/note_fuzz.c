/*
 * Any bytes as a note, a verifier key and a checkpoint: what is read is written again as it was,
 * and no signature is found that was not made.
 */
#include "must.h"
#include "rules/note.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static void note_is_whole(struct arena *a, struct str bytes)
{
	static const uint8_t nobody[SIGN_KEY_BYTES] = { 1 };
	struct note note;
	struct checkpoint checkpoint, again;

	if (!note_parse(a, bytes, &note))
		return;
	must(note.n > 0 && note.text.n > 0 && note.text.p[note.text.n - 1] == '\n');
	struct str lines = { note.signatures[0].line.p,
			     (size_t)(bytes.p + bytes.n - note.signatures[0].line.p) };
	must(str_eq(note_write(a, note.text, lines), bytes));
	for (uint32_t i = 0; i < note.n; i++) {
		struct note_key key = note_key_make(note.signatures[i].name, NOTE_ED25519, nobody);
		must(!note_signed_by(a, &note, &key));
		key.algorithm = NOTE_COSIGNATURE;
		memcpy(key.id, note.signatures[i].id, NOTE_KEY_ID_BYTES);
		must(!note_signed_by(a, &note, &key));
	}
	if (checkpoint_parse(a, note.text, &checkpoint)) {
		struct str text = checkpoint_text(a, &checkpoint);
		must(checkpoint_parse(a, text, &again) && again.size == checkpoint.size);
	}
}

static void key_is_whole(struct arena *a, struct str bytes)
{
	struct note_key key, again;

	if (note_key_parse(a, bytes, &key))
		must(note_key_parse(a, note_key_text(a, &key), &again) &&
		     memcmp(again.key, key.key, SIGN_KEY_BYTES) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct arena *a = arena_new(1u << 24);
	struct checkpoint checkpoint;
	/* Of its own, so that reading behind its end is seen. */
	char *copy = malloc(n ? n : 1);

	must(copy);
	if (n)
		memcpy(copy, input, n);
	struct str bytes = { copy, n };

	note_is_whole(a, bytes);
	key_is_whole(a, bytes);
	if (checkpoint_parse(a, bytes, &checkpoint))
		must(note_name_is_good(checkpoint.origin));
	arena_free(a);
	free(copy);
	return 0;
}
