/*
 * Trees and proofs: the vectors that logs of RFC 6962 are tested with, and a naive recursion
 * over all leaves.
 */
#include "rules/merkle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

enum { LEAVES = 70000 };

static struct hash *leaves;
/* Nodes as the ledger stores them: levels 1 and 2 of all full subtrees. */
static struct hash *nodes[3];

static bool stored_read(void *arg, uint32_t level, uint64_t first, uint32_t n, struct hash *out)
{
	uint64_t size = *(uint64_t *)arg;

	for (uint32_t i = 0; i < level; i++)
		size /= MERKLE_WIDTH;
	if (level > 2 || first + n > size || first / MERKLE_WIDTH != (first + n - 1) / MERKLE_WIDTH)
		return false;
	memcpy(out, (level ? nodes[level] : leaves) + first, n * sizeof(*out));
	return true;
}

static uint64_t stored_size;
static const struct merkle_source stored = { stored_read, &stored_size };

static void naive_root(const struct hash *v, uint64_t n, struct hash *ret)
{
	struct hash left, right;
	uint64_t k = 1;

	if (n == 1) {
		*ret = v[0];
		return;
	}
	while (k * 2 < n)
		k *= 2;
	naive_root(v, k, &left);
	naive_root(v + k, n - k, &right);
	merkle_parent(&left, &right, ret);
}

static int prepare(void **state)
{
	char text[16];

	(void)state;
	leaves = calloc(LEAVES, sizeof(*leaves));
	nodes[1] = calloc(LEAVES / 256 + 1, sizeof(struct hash));
	nodes[2] = calloc(LEAVES / 65536 + 1, sizeof(struct hash));
	for (size_t i = 0; i < LEAVES; i++) {
		int n = snprintf(text, sizeof(text), "%zu", i);
		merkle_leaf((struct str){ text, (size_t)n }, &leaves[i]);
	}
	for (size_t i = 0; i + 256 <= LEAVES; i += 256)
		naive_root(leaves + i, 256, &nodes[1][i / 256]);
	for (size_t i = 0; i + 65536 <= LEAVES; i += 65536)
		naive_root(leaves + i, 65536, &nodes[2][i / 65536]);
	stored_size = LEAVES;
	return 0;
}

static int put_away(void **state)
{
	(void)state;
	free(leaves);
	free(nodes[1]);
	free(nodes[2]);
	return 0;
}

static void assert_hash(const struct hash *hash, const char *hex)
{
	char text[2 * SHA256_BYTES + 1];

	for (size_t i = 0; i < SHA256_BYTES; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", hash->v[i]);
	assert_string_equal(text, hex);
}

/* ---- the vectors of Certificate Transparency ---- */

static const struct str inputs[] = {
	{ "", 0 }, { "\x00", 1 }, { "\x10", 1 }, { "\x20\x21", 2 }, { "\x30\x31", 2 },
	{ "\x40\x41\x42\x43", 4 }, { "\x50\x51\x52\x53\x54\x55\x56\x57", 8 },
	{ "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16 },
};
static const char *const roots[] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static bool given_read(void *arg, uint32_t level, uint64_t first, uint32_t n, struct hash *out)
{
	(void)arg;
	if (level)
		return false;
	for (uint32_t i = 0; i < n; i++)
		merkle_leaf(inputs[first + i], &out[i]);
	return true;
}

static const struct merkle_source given = { given_read, NULL };

static void roots_are_those_of_the_published_vectors(void **state)
{
	struct hash root;

	(void)state;
	for (uint64_t n = 0; n < array_count(roots); n++) {
		assert_true(merkle_root(&given, n, &root));
		assert_hash(&root, roots[n]);
	}
}

static void proofs_are_those_of_the_published_vectors(void **state)
{
	static const struct {
		uint64_t index, size;
		const char *proof[4];
	} inclusions[] = {
		{ 0, 1, { NULL } },
		{ 0, 8, { "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			  "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			  "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
		{ 5, 8, { "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
			  "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
		{ 2, 3, { "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" } },
		{ 1, 5, { "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
			  "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			  "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
	};
	static const struct {
		uint64_t from, to;
		const char *proof[4];
	} consistencies[] = {
		{ 1, 1, { NULL } },
		{ 1, 8, { "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			  "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			  "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
		{ 6, 8, { "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
			  "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
		{ 2, 5, { "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			  "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
	};
	struct merkle_proof proof;

	(void)state;
	for (size_t i = 0; i < array_count(inclusions); i++) {
		uint32_t n = 0;

		assert_true(merkle_inclusion(&given, inclusions[i].index, inclusions[i].size,
					     &proof));
		for (; inclusions[i].proof[n]; n++)
			assert_hash(&proof.v[n], inclusions[i].proof[n]);
		assert_int_equal(proof.n, n);
	}
	for (size_t i = 0; i < array_count(consistencies); i++) {
		uint32_t n = 0;

		assert_true(merkle_consistency(&given, consistencies[i].from,
					       consistencies[i].to, &proof));
		for (; consistencies[i].proof[n]; n++)
			assert_hash(&proof.v[n], consistencies[i].proof[n]);
		assert_int_equal(proof.n, n);
	}
}

/* ---- random sizes ---- */

static uint64_t seed;

static uint64_t below(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

static void choose_seed(void)
{
	const char *given_seed = getenv("TEST_SEED");

	seed = given_seed ? strtoull(given_seed, NULL, 10) : 20260302;
	print_message("TEST_SEED=%llu\n", (unsigned long long)seed);
	seed = seed * 2 + 1;
}

/* Small trees often: that is where all shapes are. */
static uint64_t some_size(void)
{
	return 1 + below(below(2) ? 600 : LEAVES);
}

static void proofs_hold_for_random_sizes_and_only_as_they_are(void **state)
{
	struct merkle_proof proof;
	struct hash root, naive;

	(void)state;
	choose_seed();
	for (int i = 0; i < 300; i++) {
		uint64_t size = some_size(), index = below(size);

		stored_size = size;
		assert_true(merkle_root(&stored, size, &root));
		naive_root(leaves, size, &naive);
		assert_memory_equal(&root, &naive, sizeof(root));
		assert_true(merkle_inclusion(&stored, index, size, &proof));
		assert_true(merkle_includes(&leaves[index], index, size, &proof, &root));
		assert_false(merkle_includes(&leaves[(index + 1) % LEAVES], index, size, &proof,
					     &root));
		if (size > 1)
			assert_false(merkle_includes(&leaves[index], index ^ 1, size, &proof, &root));
		if (proof.n == 0)
			continue;
		proof.v[below(proof.n)].v[below(SHA256_BYTES)] ^= 1;
		assert_false(merkle_includes(&leaves[index], index, size, &proof, &root));
	}
}

static void consistency_holds_for_random_pairs_and_only_for_them(void **state)
{
	struct hash old_root, new_root, other;
	struct merkle_proof proof;

	(void)state;
	choose_seed();
	for (int i = 0; i < 300; i++) {
		uint64_t to = some_size(), from = 1 + below(to);

		stored_size = to;
		naive_root(leaves, from, &old_root);
		naive_root(leaves, to, &new_root);
		assert_true(merkle_consistency(&stored, from, to, &proof));
		assert_true(merkle_is_consistent(from, &old_root, to, &new_root, &proof));
		other = old_root;
		other.v[below(SHA256_BYTES)] ^= 1;
		assert_false(merkle_is_consistent(from, &other, to, &new_root, &proof));
		other = new_root;
		other.v[below(SHA256_BYTES)] ^= 1;
		assert_false(merkle_is_consistent(from, &old_root, to, &other, &proof));
		if (from == to)
			continue;
		if (proof.n) {
			proof.n--;
			assert_false(merkle_is_consistent(from, &old_root, to, &new_root, &proof));
			proof.v[proof.n++].v[0] ^= 1;
			assert_false(merkle_is_consistent(from, &old_root, to, &new_root, &proof));
		}
		proof.v[proof.n++] = other;
		assert_false(merkle_is_consistent(from, &old_root, to, &new_root, &proof));
	}
}

static void a_tree_of_nothing_and_a_tree_with_a_hole(void **state)
{
	struct merkle_proof proof = { .n = 0 };
	struct hash root, one = { { 0 } };

	(void)state;
	assert_true(merkle_root(&stored, 0, &root));
	assert_true(merkle_is_consistent(0, &root, 5, &one, &proof));
	assert_false(merkle_includes(&one, 0, 0, &proof, &root));
	assert_false(merkle_is_consistent(5, &root, 4, &one, &proof));
	stored_size = 10;
	assert_false(merkle_root(&stored, 11, &root));
	assert_false(merkle_inclusion(&stored, 3, 11, &proof));
	assert_false(merkle_consistency(&stored, 3, 11, &proof));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_those_of_the_published_vectors),
		cmocka_unit_test(proofs_are_those_of_the_published_vectors),
		cmocka_unit_test(proofs_hold_for_random_sizes_and_only_as_they_are),
		cmocka_unit_test(consistency_holds_for_random_pairs_and_only_for_them),
		cmocka_unit_test(a_tree_of_nothing_and_a_tree_with_a_hole),
	};

	return cmocka_run_group_tests(tests, prepare, put_away);
}
