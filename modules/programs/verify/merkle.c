/*
 * Proofs are checked by rebuilding both roots on the way up from the leaf or from the last
 * complete subtree of the smaller tree (the procedures of RFC 9162, 2.1.3.2 and 2.1.4.2,
 * which are those of RFC 6962 written out).
 */
#include "verify/merkle.h"

struct hash merkle_leaf(const void *bytes, size_t n)
{
	hash_begin();
	hash_add("\0", 1);
	hash_add(bytes, n);
	return hash_end();
}

struct hash merkle_node(const struct hash *left, const struct hash *right)
{
	hash_begin();
	hash_add("\1", 1);
	hash_add(left->b, HASH_BYTES);
	hash_add(right->b, HASH_BYTES);
	return hash_end();
}

struct hash merkle_empty(void)
{
	return hash_of("", 0);
}

bool merkle_is_included(const struct hash *leaf, uint64_t position, uint64_t size,
	const struct proof *proof, const struct hash *root)
{
	struct hash up = *leaf;
	uint64_t at = position, last = size - 1;

	if (position >= size)
		return false;
	for (size_t i = 0; i < proof->n; i++) {
		if (last == 0)
			return false;
		if ((at & 1) || at == last) {
			up = merkle_node(&proof->hash[i], &up);
			/* Alone at the right edge: it rises until it has a left neighbour. */
			while (!(at & 1) && at != 0) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			up = merkle_node(&up, &proof->hash[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0 && hash_same(&up, root);
}

static bool is_power_of_two(uint64_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

bool merkle_is_consistent(uint64_t from, const struct hash *from_root, uint64_t to,
	const struct hash *to_root, const struct proof *proof)
{
	uint64_t at = from - 1, last = to - 1;
	size_t i = 0;

	if (from > to)
		return false;
	if (from == to)
		return proof->n == 0 && hash_same(from_root, to_root);
	if (from == 0) {
		struct hash empty = merkle_empty();
		return proof->n == 0 && hash_same(from_root, &empty);
	}
	while (at & 1) {
		at >>= 1;
		last >>= 1;
	}
	/* A tree that is one complete subtree is its own first hash, and left out. */
	if (!is_power_of_two(from) && proof->n == 0)
		return false;
	struct hash old = is_power_of_two(from) ? *from_root : proof->hash[i++];
	struct hash whole = old;
	for (; i < proof->n; i++) {
		if (last == 0)
			return false;
		if ((at & 1) || at == last) {
			old = merkle_node(&proof->hash[i], &old);
			whole = merkle_node(&proof->hash[i], &whole);
			while (!(at & 1) && at != 0) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			whole = merkle_node(&whole, &proof->hash[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0 && hash_same(&old, from_root) && hash_same(&whole, to_root);
}

bool proof_parse(struct text text, struct proof *ret)
{
	struct text fields[PROOF_MAX];

	ret->n = 0;
	if (text_is(text, "-"))
		return true;
	size_t n = text_split(text, ',', fields, PROOF_MAX);
	if (n > PROOF_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t bytes;

		if (!text_base64(fields[i], ret->hash[i].b, HASH_BYTES, &bytes) ||
		    bytes != HASH_BYTES)
			return false;
	}
	ret->n = n;
	return true;
}
