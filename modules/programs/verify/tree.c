/*
 * The levels of a tree, written as they are completed. A temporary file that cannot be made,
 * written or read ends the program: without it nothing could be said of the ledger.
 */
#include "verify/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUFFERED = 512 };

struct level {
	FILE *file;			/* NULL while all fits into the buffer */
	uint64_t written;		/* hashes in the file */
	size_t n;			/* hashes in the buffer */
	struct hash last;
	struct hash *buffer;
};

struct tree {
	struct level level[TREE_LEVELS];
};

static void give_up(const char *what)
{
	fprintf(stderr, "temporary file: %s failed; is there room in TMPDIR or /tmp?\n", what);
	exit(2);
}

struct tree *tree_open(void)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		abort();
	return tree;
}

void tree_close(struct tree *tree)
{
	for (int i = 0; tree && i < TREE_LEVELS; i++) {
		if (tree->level[i].file)
			fclose(tree->level[i].file);
		free(tree->level[i].buffer);
	}
	free(tree);
}

static uint64_t count_of(const struct level *level)
{
	return level->written + level->n;
}

static void put(struct level *level, const struct hash *hash)
{
	if (!level->buffer && !(level->buffer = malloc(BUFFERED * sizeof(*level->buffer))))
		abort();
	if (level->n == BUFFERED) {
		if (!level->file && !(level->file = tmpfile()))
			give_up("making it");
		if (fwrite(level->buffer, sizeof(*hash), BUFFERED, level->file) != BUFFERED)
			give_up("writing");
		level->written += BUFFERED;
		level->n = 0;
	}
	level->buffer[level->n++] = *hash;
	level->last = *hash;
}

static struct hash get(struct level *level, uint64_t index)
{
	struct hash hash;

	if (index >= level->written)
		return level->buffer[index - level->written];
	if (fflush(level->file) != 0)
		give_up("writing");
	if (pread(fileno(level->file), &hash, sizeof(hash), (off_t)(index * sizeof(hash))) !=
	    (ssize_t)sizeof(hash))
		give_up("reading");
	return hash;
}

void tree_append(struct tree *tree, const struct hash *leaf)
{
	struct hash up = *leaf;

	for (int i = 0; i < TREE_LEVELS; i++) {
		struct level *level = &tree->level[i];
		struct hash left = level->last;

		put(level, &up);
		if (count_of(level) & 1)
			return;
		up = merkle_node(&left, &up);
	}
}

uint64_t tree_size(const struct tree *tree)
{
	return count_of(&tree->level[0]);
}

bool tree_node(struct tree *tree, unsigned int level, uint64_t index, struct hash *ret)
{
	if (level >= TREE_LEVELS || index >= count_of(&tree->level[level]))
		return false;
	*ret = get(&tree->level[level], index);
	return true;
}

struct hash tree_root(struct tree *tree, uint64_t size)
{
	struct hash root = merkle_empty();
	bool is_first = true;

	/* The complete subtrees of that size stand at the set bits, the smallest rightmost. */
	for (int i = 0; i < TREE_LEVELS; i++) {
		if (!(size >> i & 1))
			continue;
		struct hash left = get(&tree->level[i], (size >> i) - 1);
		root = is_first ? left : merkle_node(&left, &root);
		is_first = false;
	}
	return root;
}
