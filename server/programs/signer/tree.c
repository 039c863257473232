/* The verifier's half of a consistency proof, as the standard's recursion has it. */
#include "signer.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct walk {
	const struct proof *proof;
	const uint8_t *old_root;
	size_t used;
	bool is_short;		/* the proof ended too early */
};

/* What the old and the new tree have at a place. */
struct pair {
	uint8_t old[HASH_BYTES], new[HASH_BYTES];
};

void hash_of(const void *bytes, size_t n, uint8_t out[HASH_BYTES])
{
	if (EVP_Digest(bytes, n, out, NULL, EVP_sha256(), NULL) != 1)
		abort();
}

static void join(const uint8_t *left, const uint8_t *right, uint8_t out[HASH_BYTES])
{
	uint8_t message[1 + 2 * HASH_BYTES];

	message[0] = 1;
	memcpy(message + 1, left, HASH_BYTES);
	memcpy(message + 1 + HASH_BYTES, right, HASH_BYTES);
	hash_of(message, sizeof(message), out);
}

static const uint8_t *next_hash(struct walk *w)
{
	static const uint8_t none[HASH_BYTES];

	if (w->used < w->proof->n)
		return w->proof->v[w->used++];
	w->is_short = true;
	return none;
}

/* m leaves of the old tree lie in this subtree of n. is_whole: they are all of the old tree. */
static struct pair walk(struct walk *w, uint64_t m, uint64_t n, bool is_whole)
{
	struct pair p;
	uint64_t k = 1;

	if (m == n) {
		memcpy(p.old, is_whole ? w->old_root : next_hash(w), HASH_BYTES);
		memcpy(p.new, p.old, HASH_BYTES);
		return p;
	}
	while (k < n - k)
		k *= 2;
	if (m <= k) {
		p = walk(w, m, k, is_whole);
		join(p.new, next_hash(w), p.new);
	} else {
		p = walk(w, m - k, n - k, false);
		const uint8_t *left = next_hash(w);

		join(left, p.old, p.old);
		join(left, p.new, p.new);
	}
	return p;
}

bool tree_goes_on(uint64_t old_size, const uint8_t old_root[HASH_BYTES], uint64_t new_size,
		  const uint8_t new_root[HASH_BYTES], const struct proof *proof)
{
	struct walk w = { .proof = proof, .old_root = old_root };

	if (old_size == 0 || old_size >= new_size)
		return false;

	struct pair p = walk(&w, old_size, new_size, true);

	return !w.is_short && w.used == proof->n &&
	       memcmp(p.old, old_root, HASH_BYTES) == 0 &&
	       memcmp(p.new, new_root, HASH_BYTES) == 0;
}
