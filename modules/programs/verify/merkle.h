/*
 * The Merkle tree of RFC 6962, section 2.1, with SHA-256, and its two proofs.
 *
 * Threads: values; one thread, as hash.h.
 */
#pragma once

#include "verify/hash.h"

/* A proof of a tree of less than 2^63 leaves is never longer. */
enum { PROOF_MAX = 128 };

struct proof {
	struct hash hash[PROOF_MAX];
	size_t n;
};

struct hash merkle_leaf(const void *bytes, size_t n);
struct hash merkle_node(const struct hash *left, const struct hash *right);
/* The root of the tree without leaves: the hash of nothing. */
struct hash merkle_empty(void);

/* Section 2.1.1: the leaf stands at `position` of the tree of that size and root. */
bool merkle_is_included(const struct hash *leaf, uint64_t position, uint64_t size,
	const struct proof *proof, const struct hash *root);
/* Section 2.1.2: the tree of `to` leaves goes on from the one of `from`. */
bool merkle_is_consistent(uint64_t from, const struct hash *from_root, uint64_t to,
	const struct hash *to_root, const struct proof *proof);

/* Hashes in base64 between commas, or "-" for none. */
bool proof_parse(struct text text, struct proof *ret);
