/*
 * Stored nodes and checkpoints against the tree that follows from the entries.
 */
#include "verify/ledger_reading.h"

#include <inttypes.h>
#include <string.h>

/* ---- nodes ---- */

/* A node of level n is stored over 256^n entries. */
static unsigned int height_of(unsigned int level)
{
	return NODE_BITS * level;
}

/* A changed entry changes every node above it; only the lowest is told. */
static bool is_explained(struct reading *reading, unsigned int level, uint64_t index)
{
	for (size_t i = 0; i < reading->bad_node_count; i++) {
		const struct bad_node *bad = &reading->bad_nodes[i];

		if (bad->level < level &&
		    bad->index >> height_of(level - bad->level) == index)
			return true;
	}
	return false;
}

static void bad_node(struct reading *reading, unsigned int level, uint64_t index)
{
	if (is_explained(reading, level, index))
		return;
	finding_at(&reading->findings, index << height_of(level), "the stored node %" PRIu64
		   " of level %u is not the hash of the entries from here to %" PRIu64, index,
		   level, ((index + 1) << height_of(level)) - 1);
	if (reading->bad_node_count == BAD_NODES_MAX)
		return;
	reading->bad_nodes[reading->bad_node_count++] = (struct bad_node){ level, index };
}

static void missing_nodes(struct reading *reading, unsigned int level, uint64_t from,
			  uint64_t to)
{
	if (from < to)
		finding_at(&reading->findings, from << height_of(level), "%" PRIu64 " stored "
			   "nodes of level %u are missing, over the entries from here to %" PRIu64,
			   to - from, level, (to << height_of(level)) - 1);
}

void take_node(struct reading *reading, const struct text *f, size_t n)
{
	struct hash stored, computed;
	uint64_t level, index;

	close_entry(reading);
	if (n != 4 || !text_u64(f[1], &level) || level == 0 || level >= NODE_LEVELS ||
	    !text_u64(f[2], &index) || index >= UINT64_C(1) << (TREE_LEVELS - NODE_BITS) ||
	    !text_hex(f[3], stored.b, HASH_BYTES)) {
		reading_broken(reading, "not a node");
		return;
	}
	unsigned int height = height_of((unsigned int)level);
	reading->nodes++;
	if (reading->is_torn && (index + 1) << height > tree_size(reading->tree))
		return;
	if (index < reading->next_node[level]) {
		finding_at(&reading->findings, index << height,
			   "the stored node %" PRIu64 " of level %u stands again", index,
			   (unsigned int)level);
		return;
	}
	missing_nodes(reading, (unsigned int)level, reading->next_node[level], index);
	reading->next_node[level] = index + 1;
	if (!tree_node(reading->tree, height, index, &computed))
		finding_at(&reading->findings, index << height, "a node %" PRIu64
			   " of level %u is stored, which the tree does not have", index,
			   (unsigned int)level);
	else if (!hash_same(&stored, &computed))
		bad_node(reading, (unsigned int)level, index);
}

void close_nodes(struct reading *reading)
{
	uint64_t size = tree_size(reading->tree);

	for (unsigned int level = 1; level < NODE_LEVELS; level++)
		missing_nodes(reading, level, reading->next_node[level],
			      size >> height_of(level));
}

/* ---- checkpoints ---- */

static void end_of_run(struct reading *reading)
{
	if (reading->failed_run > 1)
		finding_at(&reading->findings, reading->failed_first, "the entries from here "
			   "to %" PRIu64 " stand under %" PRIu64 " more checkpoints that "
			   "differ from the tree", reading->failed_last - 1, reading->failed_run - 1);
	reading->failed_run = 0;
}

static bool is_root(struct reading *reading, const struct checkpoint *c)
{
	struct hash root = tree_root(reading->tree, c->size);

	return hash_same(&root, &c->root);
}

static void check_root(struct reading *reading, const struct checkpoint *c)
{
	if (c->size > tree_size(reading->tree)) {
		if (!reading->is_torn)
			finding_at(&reading->findings, tree_size(reading->tree),
				   "a checkpoint signed %" PRIu64 " entries, the rest from "
				   "here on is missing", c->size);
		return;
	}
	if (is_root(reading, c)) {
		end_of_run(reading);
		reading->good_size = c->size;
		return;
	}
	reading->failed_last = c->size;
	if (reading->failed_run++ > 0)
		return;
	reading->failed_first = c->size;
	finding_at(&reading->findings, reading->good_size, "the entries from here to %" PRIu64
		   " are not those that the checkpoint of size %" PRIu64 " signed",
		   c->size ? c->size - 1 : 0, c->size);
}

static void mark_held(struct reading *reading, const struct checkpoint *c)
{
	for (size_t i = 0; i < reading->question->held_count; i++)
		if (reading->question->held[i].checkpoint.size == c->size)
			reading->question->held[i].is_seen = true;
}

static void cover_wanted(struct reading *reading, const struct checkpoint *c, int64_t at)
{
	struct wanted *wanted = reading->question->wanted;

	if (!wanted || !wanted->is_found || wanted->is_covered || c->size <= wanted->position)
		return;
	wanted->is_covered = true;
	wanted->covered_size = c->size;
	wanted->covered_at = at;
}

/* Sizes only grow; false when this one is out of its place. */
static bool take_size(struct reading *reading, uint64_t size)
{
	if (reading->checkpoints++ > 0 && size <= reading->last_size) {
		finding_at(&reading->findings, size, "a checkpoint of this size stands behind "
			   "one of size %" PRIu64, reading->last_size);
		return false;
	}
	reading->last_size = size;
	return true;
}

void take_checkpoint(struct reading *reading, const struct text *f, size_t n)
{
	struct checkpoint c;
	struct text bytes;
	struct note note;
	uint64_t size;
	int64_t at;

	close_entry(reading);
	if (n != 4 || !text_u64(f[1], &size) || !text_i64(f[2], &at)) {
		reading_broken(reading, "not a checkpoint");
		return;
	}
	if (!take_size(reading, size))
		return;
	if (!reading_base64(reading, f[3], &bytes) || !note_parse(bytes, &note) ||
	    !checkpoint_parse(&note, &c)) {
		finding_at(&reading->findings, size, "the checkpoint of this size is none");
		return;
	}
	if (c.size != size || !text_same(c.origin, reading->key.name))
		finding_at(&reading->findings, size, "the checkpoint of this size is one of "
			   "size %" PRIu64 " of %s", c.size, SHOWN(c.origin));
	else if (note_signing(&note, &reading->key, NULL) != SIGNING_GOOD)
		finding_at(&reading->findings, size,
			   "the checkpoint of this size has no good signature of the log");
	else
		check_root(reading, &c);
	mark_held(reading, &c);
	cover_wanted(reading, &c, at);
}

static void check_held(struct reading *reading, struct held *held)
{
	const struct checkpoint *c = &held->checkpoint;

	if (note_signing(&held->note, &reading->key, NULL) != SIGNING_GOOD)
		finding_at(&reading->findings, c->size,
			   "the checkpoint of %s has no good signature of the log", held->from);
	else if (c->size > tree_size(reading->tree) && !reading->is_torn)
		finding_at(&reading->findings, tree_size(reading->tree), "the checkpoint of %s "
			   "signed %" PRIu64 " entries, the rest from here on is missing",
			   held->from, c->size);
	else if (c->size <= tree_size(reading->tree) && !is_root(reading, c))
		finding_at(&reading->findings, c->size, "the first %" PRIu64 " entries are not "
			   "those that the checkpoint of %s signed", c->size, held->from);
	if (!held->is_seen)
		finding_at(&reading->findings, c->size, "the checkpoint of this size that %s "
			   "has is missing from the ledger", held->from);
}

void close_checkpoints(struct reading *reading)
{
	uint64_t size = reading->due_size;

	end_of_run(reading);
	/* What a differing root has told of is not told again; the newest may still wait. */
	if (!reading->is_torn && reading->good_size < size && reading->failed_last < size)
		finding_at(&reading->findings, reading->good_size, "the entries from here to %"
			   PRIu64 " stand under no checkpoint that holds", size - 1);
	for (size_t i = 0; i < reading->question->held_count; i++)
		check_held(reading, &reading->question->held[i]);
}
