/* Trees and proofs. A range of the tree is named by its first leaf and its number of leaves;
 * as the standard splits them, the first is always a multiple of every power of two within. */
#include "rules/merkle.h"

#include <string.h>

#include "must.h"

enum { WIDTH_BITS = 8 };

void merkle_leaf(struct str entry, struct hash *ret_hash)
{
	char message[1 + 128] = { 0 };

	must(entry.n < sizeof(message));
	memcpy(message + 1, entry.p, entry.n);
	crypto_sha256((struct str){ message, 1 + entry.n }, ret_hash->v);
}

void merkle_parent(const struct hash *left, const struct hash *right, struct hash *ret_hash)
{
	char message[1 + 2 * SHA256_BYTES];

	message[0] = 1;
	memcpy(message + 1, left->v, SHA256_BYTES);
	memcpy(message + 1 + SHA256_BYTES, right->v, SHA256_BYTES);
	crypto_sha256((struct str){ message, sizeof(message) }, ret_hash->v);
}

void merkle_fold(struct hash *hashes, uint32_t n, struct hash *ret_hash)
{
	must(n > 0 && (n & (n - 1)) == 0);
	for (; n > 1; n /= 2)
		for (uint32_t i = 0; i < n / 2; i++)
			merkle_parent(&hashes[2 * i], &hashes[2 * i + 1], &hashes[i]);
	*ret_hash = hashes[0];
}

/* The largest power of two below n; n is at least 2. */
static uint64_t split_of(uint64_t n)
{
	uint64_t k = 1;

	while (k < n - k)
		k *= 2;
	return k;
}

/* A full range of a power of two leaves: out of the largest hashes that are stored. */
static bool full_range(const struct merkle_source *source, uint64_t first, uint64_t n,
		       struct hash *ret_hash)
{
	struct hash hashes[MERKLE_WIDTH];
	uint32_t level = 0;

	while (n >= MERKLE_WIDTH) {
		n >>= WIDTH_BITS;
		first >>= WIDTH_BITS;
		level++;
	}
	if (!source->read(source->arg, level, first, (uint32_t)n, hashes))
		return false;
	merkle_fold(hashes, (uint32_t)n, ret_hash);
	return true;
}

static bool range(const struct merkle_source *source, uint64_t first, uint64_t n,
		  struct hash *ret_hash)
{
	struct hash left, right;

	if ((n & (n - 1)) == 0)
		return full_range(source, first, n, ret_hash);

	uint64_t k = split_of(n);

	if (!full_range(source, first, k, &left) || !range(source, first + k, n - k, &right))
		return false;
	merkle_parent(&left, &right, ret_hash);
	return true;
}

bool merkle_root(const struct merkle_source *source, uint64_t size, struct hash *ret_root)
{
	if (size > 0)
		return range(source, 0, size, ret_root);
	crypto_sha256(STR(""), ret_root->v);
	return true;
}

static bool add_range(const struct merkle_source *source, uint64_t first, uint64_t n,
		      struct merkle_proof *proof)
{
	must(proof->n < MERKLE_PROOF_MAX);
	return range(source, first, n, &proof->v[proof->n++]);
}

static void turn_around(struct merkle_proof *proof)
{
	for (uint32_t i = 0; i < proof->n / 2; i++) {
		struct hash last = proof->v[proof->n - 1 - i];

		proof->v[proof->n - 1 - i] = proof->v[i];
		proof->v[i] = last;
	}
}

/* Walks down to the leaf and notes the other side at each step. */
bool merkle_inclusion(const struct merkle_source *source, uint64_t index, uint64_t size,
		      struct merkle_proof *ret_proof)
{
	uint64_t first = 0;

	must(index < size);
	ret_proof->n = 0;
	while (size > 1) {
		uint64_t k = split_of(size);
		bool is_left = index - first < k;

		if (!add_range(source, is_left ? first + k : first, is_left ? size - k : k,
			       ret_proof))
			return false;
		first += is_left ? 0 : k;
		size = is_left ? k : size - k;
	}
	turn_around(ret_proof);
	return true;
}

/* RFC 6962, section 2.1.2: down to where the old tree ends; what it is made of there is told
 * unless that is the whole old tree, which the verifier has. */
bool merkle_consistency(const struct merkle_source *source, uint64_t from, uint64_t to,
			struct merkle_proof *ret_proof)
{
	uint64_t first = 0;
	bool is_whole = true;

	must(from <= to);
	ret_proof->n = 0;
	if (from == 0 || from == to)
		return true;
	while (from != to) {
		uint64_t k = split_of(to);
		bool is_left = from <= k;

		if (!add_range(source, is_left ? first + k : first, is_left ? to - k : k,
			       ret_proof))
			return false;
		if (!is_left) {
			first += k;
			from -= k;
			is_whole = false;
		}
		to = is_left ? k : to - k;
	}
	if (!is_whole && !add_range(source, first, from, ret_proof))
		return false;
	turn_around(ret_proof);
	return true;
}

static bool same(const struct hash *a, const struct hash *b)
{
	return memcmp(a->v, b->v, SHA256_BYTES) == 0;
}

/* RFC 9162, section 2.1.3.2. */
bool merkle_includes(const struct hash *leaf, uint64_t index, uint64_t size,
		     const struct merkle_proof *proof, const struct hash *root)
{
	struct hash at = *leaf;
	uint64_t last = size - 1;

	if (index >= size)
		return false;
	for (uint32_t i = 0; i < proof->n; i++) {
		if (last == 0)
			return false;
		if ((index & 1) || index == last) {
			merkle_parent(&proof->v[i], &at, &at);
			while (!(index & 1) && index) {
				index >>= 1;
				last >>= 1;
			}
		} else {
			merkle_parent(&at, &proof->v[i], &at);
		}
		index >>= 1;
		last >>= 1;
	}
	return last == 0 && same(&at, root);
}

/* RFC 9162, section 2.1.4.2. */
bool merkle_is_consistent(uint64_t from, const struct hash *from_root, uint64_t to,
			  const struct hash *to_root, const struct merkle_proof *proof)
{
	bool is_power = (from & (from - 1)) == 0;
	uint64_t index = from - 1, last = to - 1;
	uint32_t used = 0;
	struct hash old, new;

	if (from > to)
		return false;
	if (from == to)
		return proof->n == 0 && same(from_root, to_root);
	if (from == 0)
		return proof->n == 0;
	if (!is_power && proof->n == 0)
		return false;
	old = new = is_power ? *from_root : proof->v[used++];
	for (; index & 1; index >>= 1)
		last >>= 1;
	for (; used < proof->n; used++) {
		const struct hash *next = &proof->v[used];

		if (last == 0)
			return false;
		if ((index & 1) || index == last) {
			merkle_parent(next, &old, &old);
			merkle_parent(next, &new, &new);
			while (!(index & 1) && index) {
				index >>= 1;
				last >>= 1;
			}
		} else {
			merkle_parent(&new, next, &new);
		}
		index >>= 1;
		last >>= 1;
	}
	return last == 0 && same(&old, from_root) && same(&new, to_root);
}
