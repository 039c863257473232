/*
 * A dump from its first line to its last.
 */
#include "verify/ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "verify/ledger_reading.h"

bool reading_broken(struct reading *reading, const char *what)
{
	if (!reading->is_broken)
		finding(&reading->findings, "line %" PRIu64 ": %s", reading->stream.number,
			what);
	reading->is_broken = true;
	return false;
}

bool reading_base64(struct reading *reading, struct text text, struct text *ret)
{
	size_t room = text.n / 4 * 3, n;

	if (room >= reading->scratch_room) {
		reading->scratch_room = room + 1024;
		free(reading->scratch);
		reading->scratch = malloc(reading->scratch_room);
		if (!reading->scratch)
			abort();
	}
	if (!text_base64(text, (uint8_t *)reading->scratch, room, &n))
		return false;
	*ret = (struct text){ reading->scratch, n };
	return true;
}

/* ---- the head ---- */

static bool head_line(struct reading *reading, const char *name, struct text *ret)
{
	struct text line, fields[2];

	if (!stream_line(&reading->stream, &line) || text_split(line, '\t', fields, 2) != 2 ||
	    !text_is(fields[0], name))
		return reading_broken(reading, "not the line of the head that belongs here");
	*ret = fields[1];
	return true;
}

/* A key whose name is moved to `name`, since the line it stood in does not stay. */
static bool keep_key(struct text text, struct key *key, char *name)
{
	if (!key_parse(text, key))
		return false;
	memcpy(name, key->name.p, key->name.n);
	key->name.p = name;
	return true;
}

static void compare_key(struct reading *reading, struct text text)
{
	char given[KEY_TEXT_ROOM];

	if (reading->question->key && !text_is(text, key_write(reading->question->key, given)))
		finding(&reading->findings, "key: the dump names %s, not the key given",
			SHOWN(text));
}

static bool read_head(struct reading *reading)
{
	struct ledger_question *question = reading->question;
	struct text line, origin, text;
	char origin_kept[KEY_NAME_MAX];

	if (!stream_line(&reading->stream, &line) || !text_is(line, "liandong-ledger/1"))
		return reading_broken(reading, "this is no dump of a ledger");
	if (!head_line(reading, "origin", &origin))
		return false;
	if (origin.n == 0 || origin.n > sizeof(origin_kept))
		return reading_broken(reading, "not an origin");
	memcpy(origin_kept, origin.p, origin.n);
	origin.p = origin_kept;
	if (!head_line(reading, "key", &text))
		return false;
	compare_key(reading, text);
	bool is_key = keep_key(text, &reading->key, reading->key_name);
	if (question->key)
		reading->key = *question->key;
	else if (!is_key)
		return reading_broken(reading, text.n ? "not a verifier key" :
			"the dump names no key, since nothing was signed yet; give one by --key");
	if (!text_same(reading->key.name, origin))
		finding(&reading->findings, "origin: the dump is of %s, the key of %s",
			SHOWN(origin), SHOWN(reading->key.name));
	if (!head_line(reading, "receipt-key", &text))
		return false;
	question->has_receipt_key = keep_key(text, &question->receipt_key,
					     question->receipt_name);
	if (!question->has_receipt_key)
		finding(&reading->findings, "receipt-key: %s is no verifier key", SHOWN(text));
	return true;
}

/* ---- the lines ---- */

static void take_end(struct reading *reading, const struct text *f, size_t n)
{
	struct hash said, digest;
	uint64_t size;

	close_entry(reading);
	if (n != 3 || !text_u64(f[1], &size) || !text_hex(f[2], said.b, HASH_BYTES)) {
		reading_broken(reading, "not the end of a dump");
		return;
	}
	if (size != reading->next)
		finding_at(&reading->findings, size < reading->next ? size : reading->next,
			   "the dump says that it has %" PRIu64 " entries, it has %" PRIu64,
			   size, reading->next);
	digest = stream_digest(&reading->stream);
	if (!hash_same(&said, &digest))
		finding(&reading->findings,
			"end: the dump was changed after it was made, by its own digest");
	reading->has_ended = true;
}

/* In the order in which the kinds of lines may follow each other. */
static const struct {
	const char *name;
	int rank;
	void (*take)(struct reading *reading, const struct text *fields, size_t n);
} kinds[] = {
	{ "entry", 0, take_entry }, { "event", 0, take_event }, { "content", 0, take_content },
	{ "missing", 0, take_missing }, { "unsequenced", 1, take_unsequenced },
	{ "node", 2, take_node }, { "checkpoint", 3, take_checkpoint }, { "end", 4, take_end },
};

static void take_line(struct reading *reading, struct text line, int *rank)
{
	struct text fields[FIELDS_MAX] = { 0 };
	size_t n = text_split(line, '\t', fields, FIELDS_MAX);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!text_is(fields[0], kinds[i].name))
			continue;
		if (kinds[i].rank < *rank) {
			reading_broken(reading, "a line out of its place");
			return;
		}
		if (kinds[i].rank > 0)
			close_entry(reading);
		*rank = kinds[i].rank;
		kinds[i].take(reading, fields, n);
		return;
	}
	reading_broken(reading, "a line of no known kind");
}

/* An entry may wait that long for a signature, counted back from when the dump was made. */
#define SIGNED_WITHIN 60

static int64_t late_of(FILE *dump)
{
	struct stat st;
	time_t made = time(NULL);

	if (fileno(dump) >= 0 && fstat(fileno(dump), &st) == 0 && S_ISREG(st.st_mode))
		made = st.st_mtime;
	return ((int64_t)made - SIGNED_WITHIN) * 1000000;
}

static void read_dump(struct reading *reading)
{
	struct text line;
	int rank = 0;

	if (!read_head(reading))
		return;
	while (!reading->is_broken && !reading->has_ended &&
	       stream_line(&reading->stream, &line))
		take_line(reading, line, &rank);
	if (reading->is_broken)
		return;
	if (!reading->has_ended)
		reading_broken(reading, "the dump ends behind this line without its end");
	else if (stream_line(&reading->stream, &line))
		reading_broken(reading, "something stands behind the end");
	if (reading->is_broken)
		return;
	close_nodes(reading);
	close_checkpoints(reading);
}

static int summarize(const struct reading *reading)
{
	FILE *out = reading->out;
	char key[KEY_TEXT_ROOM];

	if (reading->is_broken)
		return STATUS_UNREADABLE;
	fprintf(out, "ledger of %s: %" PRIu64 " entries, %" PRIu64 " nodes, %" PRIu64
		" checkpoints up to size %" PRIu64 "\n", SHOWN(reading->key.name),
		reading->next, reading->nodes, reading->checkpoints, reading->last_size);
	if (!reading->question->key)
		fprintf(out, "   the key was taken from the dump itself: %s\n   compare it "
			"with one from elsewhere, or give that one by --key\n",
			key_write(&reading->key, key));
	if (reading->findings.count) {
		fprintf(out, "NOT as it was signed: %" PRIu64 " deviations\n",
			reading->findings.count);
		return STATUS_WRONG;
	}
	fputs("OK every entry, event, node and checkpoint fits\n", out);
	return STATUS_GOOD;
}

int ledger_verify(FILE *dump, struct ledger_question *question, FILE *out)
{
	struct reading *reading = calloc(1, sizeof(*reading));

	if (!reading)
		abort();
	reading->question = question;
	reading->out = out;
	reading->findings.out = out;
	reading->tree = tree_open();
	reading->late = late_of(dump);
	stream_open(&reading->stream, dump);
	read_dump(reading);
	int status = summarize(reading);
	stream_close(&reading->stream);
	tree_close(reading->tree);
	free(reading->scratch);
	free(reading);
	return status;
}
