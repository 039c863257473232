/*
 * All complete subtrees of a growing tree, so that the root of every size it ever had can be
 * asked for. The hashes go to temporary files, one a level; in memory are a few KiB a level,
 * however large the tree. tree_close() frees and removes. Threads: one.
 */
#pragma once

#include "verify/merkle.h"

enum { TREE_LEVELS = 48 };

struct tree;

struct tree *tree_open(void);
void tree_close(struct tree *tree);	/* NULL is nothing */

void tree_append(struct tree *tree, const struct hash *leaf);
uint64_t tree_size(const struct tree *tree);
/* The node over [index << level, (index + 1) << level); false when the tree has no such one. */
bool tree_node(struct tree *tree, unsigned int level, uint64_t index, struct hash *ret);
/* size <= tree_size(). */
struct hash tree_root(struct tree *tree, uint64_t size);
