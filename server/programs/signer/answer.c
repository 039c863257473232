/*
 * Questions and answers, one line each:
 *
 *	key				ok VKEY
 *	sign SIZE ROOT OLD PROOF	ok BASE64(note) | no size SIZE | no REASON
 *
 * ROOT is base64, PROOF hashes in base64 with commas between them, or `-` for none. OLD must be
 * the size that was signed last: "no size SIZE" says which that is.
 */
#include "signer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WORDS = 5 };

struct word {
	const char *p;
	size_t n;
};

/* Exactly five words with single blanks between them. */
static bool words_of(const char *line, struct word words[WORDS])
{
	for (size_t i = 0; i < WORDS; i++) {
		const char *end = i + 1 < WORDS ? strchr(line, ' ') : line + strlen(line);

		if (!end || end == line)
			return false;
		words[i] = (struct word){ line, (size_t)(end - line) };
		line = end + 1;
	}
	return !memchr(words[WORDS - 1].p, ' ', words[WORDS - 1].n);
}

static bool proof_read(struct word text, struct proof *ret)
{
	ret->n = 0;
	if (text.n == 1 && text.p[0] == '-')
		return true;
	for (size_t at = 0;; at += ROOT_TEXT_BYTES + 1) {
		if (ret->n == PROOF_MAX || text.n - at < ROOT_TEXT_BYTES ||
		    !hash_read(text.p + at, ROOT_TEXT_BYTES, ret->v[ret->n++]))
			return false;
		if (at + ROOT_TEXT_BYTES == text.n)
			return true;
		if (text.p[at + ROOT_TEXT_BYTES] != ',')
			return false;
	}
}

/* NULL, or why this tree is not signed. */
static const char *refusal(const struct signer *s, uint64_t size, const uint8_t *root,
			   const struct proof *proof)
{
	if (size == 0)
		return "an empty tree is not signed";
	if (size < s->last.size)
		return "the tree is smaller than the one signed last";
	if (size == s->last.size)
		return memcmp(root, s->last.root, HASH_BYTES) == 0
		       ? NULL : "another root of this size was signed";
	if (s->last.size == 0)
		return proof->n == 0 ? NULL : "there is nothing that a proof could begin with";
	return tree_goes_on(s->last.size, s->last.root, size, root, proof)
	       ? NULL : "the tree does not go on from the one signed last";
}

static void answer_note(const char *note, char out[LINE_BYTES])
{
	memcpy(out, "ok ", 3);
	base64_write(note, strlen(note), out + 3);
}

static void answer_sign(struct signer *s, const char *question, char out[LINE_BYTES])
{
	struct word words[WORDS];
	struct proof proof;
	struct state next = { 0 };
	uint64_t old;

	if (!words_of(question, words) || !number_read(words[1].p, words[1].n, &next.size) ||
	    !hash_read(words[2].p, words[2].n, next.root) ||
	    !number_read(words[3].p, words[3].n, &old) || !proof_read(words[4], &proof)) {
		snprintf(out, LINE_BYTES, "no sign takes SIZE ROOT OLDSIZE PROOF");
		return;
	}
	if (old != s->last.size) {
		snprintf(out, LINE_BYTES, "no size %" PRIu64, s->last.size);
		return;
	}
	const char *why = refusal(s, next.size, next.root, &proof);

	if (why)
		snprintf(out, LINE_BYTES, "no %s", why);
	else if (next.size == s->last.size)
		answer_note(s->last.note, out);
	else if (note_make(s, next.size, next.root, next.note) && state_keep(s, &next))
		answer_note(next.note, out);
	else
		snprintf(out, LINE_BYTES, "no the state cannot be written");
	if (why)
		fprintf(stderr, "refused size=%" PRIu64 " last=%" PRIu64 ": %s\n", next.size,
			s->last.size, why);
}

void answer(struct signer *s, const char *question, char out[LINE_BYTES])
{
	if (strcmp(question, "key") == 0)
		snprintf(out, LINE_BYTES, "ok %s", s->vkey);
	else if (strncmp(question, "sign ", 5) == 0)
		answer_sign(s, question, out);
	else
		snprintf(out, LINE_BYTES, "no such question: key, sign");
}
