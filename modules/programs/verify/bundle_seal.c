/*
 * The seal: the content's digest is an entry of the ledger, the entry stands in the tree, and
 * the tree's checkpoint is signed.
 */
#include "verify/bundle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NOTE_MAX = 64 * 1024 };

struct seal {
	struct text digest, key;
	uint64_t position;
	struct entry entry;
	struct hash leaf;
	struct proof proof;
	char *note_bytes;
	struct note note;
	struct checkpoint checkpoint;
};

static bool read_field(struct lines *lines, const char *name, struct text *fields, size_t n)
{
	if (!lines_next(lines) || text_split(lines->line, '\t', fields, n) != n ||
	    !text_is(fields[0], name))
		return lines_broken(lines, "not the line of the seal that belongs here");
	return true;
}

static bool read_entry(struct lines *lines, struct seal *seal)
{
	struct text fields[3];
	uint8_t bytes[ENTRY_BYTES];
	size_t n;

	if (!read_field(lines, "entry", fields, 3))
		return false;
	if (!text_u64(fields[1], &seal->position) ||
	    !text_base64(fields[2], bytes, sizeof(bytes), &n) ||
	    !entry_parse(bytes, n, &seal->entry))
		return lines_broken(lines, "not an entry of the ledger");
	seal->leaf = merkle_leaf(bytes, n);
	return true;
}

static bool read_note(struct lines *lines, struct seal *seal)
{
	struct text fields[2];
	size_t n;

	if (!read_field(lines, "checkpoint", fields, 2))
		return false;
	seal->note_bytes = malloc(NOTE_MAX);
	if (!seal->note_bytes)
		abort();
	if (!text_base64(fields[1], (uint8_t *)seal->note_bytes, NOTE_MAX, &n) ||
	    !note_parse((struct text){ seal->note_bytes, n }, &seal->note) ||
	    !checkpoint_parse(&seal->note, &seal->checkpoint))
		return lines_broken(lines, "not a checkpoint");
	return true;
}

static bool read_seal(struct lines *lines, struct seal *seal)
{
	struct text fields[2];

	if (!text_is(lines->line, "[seal]"))
		return lines_broken(lines, "not [seal]");
	if (!read_field(lines, "digest", fields, 2))
		return false;
	seal->digest = fields[1];
	if (!read_entry(lines, seal) || !read_field(lines, "proof", fields, 2))
		return false;
	if (!proof_parse(fields[1], &seal->proof))
		return lines_broken(lines, "not a proof");
	if (!read_note(lines, seal) || !read_field(lines, "key", fields, 2))
		return false;
	seal->key = fields[1];
	if (lines->rest.n)
		return lines_broken(lines, "something stands behind the seal after this line");
	return true;
}

/* ---- what has to hold ---- */

static void check_entry(const struct seal *seal, const struct bundle *b, struct text content,
			struct findings *findings, FILE *out)
{
	struct hash digest = hash_of(content.p, content.n);
	uint64_t before = findings->count;
	char hex[2 * HASH_BYTES + 1];

	hex_write(digest.b, HASH_BYTES, hex);
	if (!text_is(seal->digest, hex))
		finding(findings, "digest: the file says %s, its content has %s",
			SHOWN(seal->digest), hex);
	if (!hash_same(&digest, &seal->entry.digest))
		finding(findings, "entry: the ledger holds another digest than the content's");
	if (seal->entry.kind != ENTRY_FROZEN || seal->entry.subject != b->yyyymm ||
	    seal->entry.number != 1)
		finding(findings, "entry: it is not the freeze of %s", SHOWN(b->period));
	if (findings->count != before)
		return;
	fprintf(out, "OK content: SHA-256 %s\n", hex);
	fprintf(out, "OK entry: the ledger froze these bytes at position %" PRIu64 "\n",
		seal->position);
}

static void check_inclusion(const struct seal *seal, const struct bundle *b,
			    struct findings *findings, FILE *out)
{
	const struct checkpoint *c = &seal->checkpoint;

	if (!text_same(c->origin, b->origin))
		finding(findings, "checkpoint: it is of the log %s, the bundle of %s",
			SHOWN(c->origin), SHOWN(b->origin));
	if (!merkle_is_included(&seal->leaf, seal->position, c->size, &seal->proof, &c->root))
		finding(findings, "proof: the entry does not stand at position %" PRIu64
			" of the tree of %" PRIu64, seal->position, c->size);
	else
		fprintf(out, "OK inclusion: in the tree of %" PRIu64 " entries\n", c->size);
}

static void check_signature(const struct seal *seal, const struct key *given,
			    struct findings *findings, FILE *out)
{
	char text[KEY_TEXT_ROOM];
	struct key own;
	bool is_key = key_parse(seal->key, &own);
	const struct key *key = given ? given : &own;

	if (!is_key) {
		finding(findings, "key: %s is no verifier key", SHOWN(seal->key));
		if (!given)
			return;
	} else if (given && !text_is(seal->key, key_write(given, text))) {
		finding(findings, "key: the file names %s, not the key given",
			SHOWN(seal->key));
	}
	if (!text_same(key->name, seal->checkpoint.origin))
		finding(findings, "checkpoint: its log is %s, the key's %s",
			SHOWN(seal->checkpoint.origin), SHOWN(key->name));
	if (note_signing(&seal->note, key, NULL) != SIGNING_GOOD) {
		finding(findings, "checkpoint: no good signature by the key of %s",
			SHOWN(key->name));
		return;
	}
	fprintf(out, "OK checkpoint: signed by %s\n", SHOWN(key->name));
	if (!given)
		fprintf(out, "   the key was taken from the file itself: %s\n   compare it "
			"with one from elsewhere, or give that one by --key\n",
			key_write(key, text));
}

bool seal_check(struct text content, struct lines *lines, const struct bundle *bundle,
	const struct key *key, FILE *out)
{
	struct seal seal = { .note_bytes = NULL };
	bool is_read = read_seal(lines, &seal);

	if (is_read) {
		check_entry(&seal, bundle, content, lines->findings, out);
		check_inclusion(&seal, bundle, lines->findings, out);
		check_signature(&seal, key, lines->findings, out);
	}
	free(seal.note_bytes);
	return is_read;
}
