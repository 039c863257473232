/*
 * Checkpoints that people hold: who signed them, and whether the larger goes on from the
 * smaller.
 */
#include "verify/receipt.h"

#include <inttypes.h>
#include <stdlib.h>

#include "verify/json_proof.h"

struct held_note {
	const char *path;
	struct note note;
	struct checkpoint checkpoint;
};

static bool read_file(const struct checkpoint_file *file, struct held_note *ret,
		      struct findings *findings)
{
	ret->path = file->path;
	if (note_parse(file->bytes, &ret->note) &&
	    checkpoint_parse(&ret->note, &ret->checkpoint))
		return true;
	finding(findings, "%s: no checkpoint", file->path);
	return false;
}

static void check_signature(const struct held_note *held, const struct key *key,
			    struct findings *findings, FILE *out)
{
	const char *what = key->algorithm == KEY_COSIGNATURE ? "cosignature" : "signature";
	uint64_t time = 0;

	switch (note_signing(&held->note, key, &time)) {
	case SIGNING_GOOD:
		fprintf(out, "OK %s: %s of %s", held->path, what, SHOWN(key->name));
		if (time && time < INT64_MAX / 1000000)
			fprintf(out, ", %s", MOMENT((int64_t)time * 1000000));
		fputc('\n', out);
		break;
	case SIGNING_BAD:
		finding(findings, "%s: the %s of %s is not good", held->path, what,
			SHOWN(key->name));
		break;
	case SIGNING_ABSENT:
		finding(findings, "%s: no %s of %s", held->path, what, SHOWN(key->name));
	}
}

static void check_note(const struct held_note *held, const struct checkpoint_question *question,
		       struct findings *findings, FILE *out)
{
	fprintf(out, "%s: %s, %" PRIu64 " entries\n", held->path,
		SHOWN(held->checkpoint.origin), held->checkpoint.size);
	if (!text_same(held->checkpoint.origin, question->key->name))
		finding(findings, "%s: it is of %s, the key of %s", held->path,
			SHOWN(held->checkpoint.origin), SHOWN(question->key->name));
	check_signature(held, question->key, findings, out);
	for (size_t i = 0; i < question->witness_count; i++)
		check_signature(held, &question->witnesses[i], findings, out);
}

/* One history, two sizes of it; the smaller one comes first. */
static void check_pair(const struct held_note *one, const struct held_note *two,
		       const struct checkpoint_question *question, struct findings *findings,
		       FILE *out)
{
	const struct checkpoint *a = &one->checkpoint, *b = &two->checkpoint;
	struct consistency consistency = { 0 };

	if (a->size > b->size) {
		check_pair(two, one, question, findings, out);
		return;
	}
	if (a->size == b->size) {
		if (hash_same(&a->root, &b->root))
			fputs("OK both are of the same tree\n", out);
		else
			finding(findings, "FORK: two trees of the same size %" PRIu64
				" were signed", a->size);
		return;
	}
	if (!question->proof.n) {
		fprintf(out, "   whether %" PRIu64 " goes on from %" PRIu64 " was not checked: "
			"give --proof FILE with /api/v1/ledger/consistency?from=%" PRIu64
			"&to=%" PRIu64 "\n", b->size, a->size, a->size, b->size);
		return;
	}
	if (!consistency_parse(question->proof, &consistency)) {
		finding(findings, "the proof cannot be read");
	} else if (consistency.from != a->size || consistency.to != b->size) {
		finding(findings, "the proof is from %" PRIu64 " to %" PRIu64 ", not from %"
			PRIu64 " to %" PRIu64, consistency.from, consistency.to, a->size,
			b->size);
	} else if (!merkle_is_consistent(a->size, &a->root, b->size, &b->root,
					 &consistency.proof)) {
		finding(findings, "the tree of %" PRIu64 " is not shown to go on from the tree "
			"of %" PRIu64, b->size, a->size);
	} else {
		fprintf(out, "OK the tree of %" PRIu64 " goes on from the tree of %" PRIu64
			"\n", b->size, a->size);
	}
}

int checkpoints_verify(const struct checkpoint_file *files, size_t n,
	const struct checkpoint_question *question, FILE *out)
{
	struct findings findings = { .out = out };
	struct held_note *held = calloc(n + 1, sizeof(*held));
	bool is_read = true;

	if (!held)
		abort();
	for (size_t i = 0; i < n && is_read; i++)
		is_read = read_file(&files[i], &held[i], &findings);
	for (size_t i = 0; i < n && is_read; i++)
		check_note(&held[i], question, &findings, out);
	for (size_t i = 1; i < n && is_read; i++)
		check_pair(&held[i - 1], &held[i], question, &findings, out);
	free(held);
	if (!is_read)
		return STATUS_UNREADABLE;
	return findings.count ? STATUS_WRONG : STATUS_GOOD;
}
