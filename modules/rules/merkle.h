/*
 * The Merkle tree of RFC 6962, section 2.1, over SHA-256: roots and proofs over stored hashes,
 * and the verification of proofs.
 *
 * Stored are the leaves (level 0) and the roots of all full subtrees of 256^level leaves, so
 * that no root or proof reads more than a few hundred hashes, whatever the size of the tree.
 *
 * Pure: values in, values out. Threads: any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "crypto.h"
#include "str.h"

enum {
	MERKLE_WIDTH = 256,
	MERKLE_LEVELS = 8,	/* 256^8 leaves are more than a position can number */
	MERKLE_PROOF_MAX = 66,
};

struct hash {
	uint8_t v[SHA256_BYTES];
};

/*
 * Gives n hashes of `level`, the first of which is number `first` there (the root over the
 * leaves from first * 256^level on). n is at most 256, and all of them are below the same
 * hash of the next level. False: they cannot be had, and so is what was asked for.
 */
struct merkle_source {
	bool (*read)(void *arg, uint32_t level, uint64_t first, uint32_t n, struct hash *out);
	void *arg;
};

/* Hashes from the leaf's sibling upwards, or as RFC 6962, section 2.1.2 orders them. */
struct merkle_proof {
	uint32_t n;
	struct hash v[MERKLE_PROOF_MAX];
};

void merkle_leaf(struct str entry, struct hash *ret_hash);
void merkle_parent(const struct hash *left, const struct hash *right, struct hash *ret_hash);
/* The root over n hashes of one level, n a power of two: they are overwritten. */
void merkle_fold(struct hash *hashes, uint32_t n, struct hash *ret_hash);

/* The root of the first `size` leaves; of none of them SHA-256 of nothing. */
bool merkle_root(const struct merkle_source *source, uint64_t size, struct hash *ret_root)
	MUST_USE;
/* index < size. */
bool merkle_inclusion(const struct merkle_source *source, uint64_t index, uint64_t size,
		      struct merkle_proof *ret_proof) MUST_USE;
/* from <= to. Empty when they are the same or from is 0. */
bool merkle_consistency(const struct merkle_source *source, uint64_t from, uint64_t to,
			struct merkle_proof *ret_proof) MUST_USE;

/* Whether the leaf stands at `index` of the tree of `size` leaves with this root. */
bool merkle_includes(const struct hash *leaf, uint64_t index, uint64_t size,
		     const struct merkle_proof *proof, const struct hash *root) MUST_USE;
/* Whether the tree of `to` leaves begins with that of `from` leaves. */
bool merkle_is_consistent(uint64_t from, const struct hash *from_root, uint64_t to,
			  const struct hash *to_root, const struct merkle_proof *proof)
	MUST_USE;
