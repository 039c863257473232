/*
 * Trees and proofs against the values that implementations of RFC 6962 test themselves with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "verify/merkle.h"
#include "verify/tree.h"

enum { LEAVES = 8 };

/* The leaves' bytes and the root of the first so many, in hexadecimal. */
static const char *const inputs[LEAVES] = {
	"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
	"606162636465666768696a6b6c6d6e6f",
};
static const char *const roots[LEAVES + 1] = {
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

static struct hash hash_from(const char *hex)
{
	struct hash hash;

	assert_true(text_hex(text_of(hex), hash.b, HASH_BYTES));
	return hash;
}

static struct hash leaf_at(int i)
{
	uint8_t bytes[16];
	size_t n = strlen(inputs[i]) / 2;

	assert_true(text_hex(text_of(inputs[i]), bytes, n));
	return merkle_leaf(bytes, n);
}

static struct tree *tree_of(int n)
{
	struct tree *tree = tree_open();

	for (int i = 0; i < n; i++) {
		struct hash leaf = leaf_at(i);
		tree_append(tree, &leaf);
	}
	return tree;
}

static struct proof proof_of(const char *const *hashes, size_t n)
{
	struct proof proof = { .n = n };

	for (size_t i = 0; i < n; i++)
		proof.hash[i] = hash_from(hashes[i]);
	return proof;
}

static void roots_of_every_size_are_the_reference_ones(void **state)
{
	struct tree *tree = tree_of(LEAVES);

	(void)state;
	for (uint64_t size = 0; size <= LEAVES; size++) {
		struct hash root = tree_root(tree, size), expected = hash_from(roots[size]);

		assert_memory_equal(root.b, expected.b, HASH_BYTES);
	}
	tree_close(tree);
}

static void an_audit_path_holds_at_its_position_only(void **state)
{
	static const char *const path[] = {
		"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
		"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	};
	struct proof proof = proof_of(path, 3), shorter = proof_of(path, 2);
	struct hash root = hash_from(roots[8]), leaf = leaf_at(5);

	(void)state;
	assert_true(merkle_is_included(&leaf, 5, 8, &proof, &root));
	for (uint64_t position = 0; position < 12; position++)
		assert_int_equal(merkle_is_included(&leaf, position, 8, &proof, &root),
				 position == 5);
	/* Of seven and of eight leaves the way up has one shape; the root tells them apart. */
	for (uint64_t size = 0; size < 7; size++)
		assert_false(merkle_is_included(&leaf, 5, size, &proof, &root));
	assert_false(merkle_is_included(&leaf, 5, 8, &shorter, &root));
	proof.hash[1].b[0] ^= 1;
	assert_false(merkle_is_included(&leaf, 5, 8, &proof, &root));
}

static void the_tree_of_one_leaf_needs_no_path(void **state)
{
	struct proof none = { .n = 0 };
	struct hash leaf = leaf_at(0);

	(void)state;
	assert_true(merkle_is_included(&leaf, 0, 1, &none, &leaf));
	assert_false(merkle_is_included(&leaf, 0, 0, &none, &leaf));
	assert_false(merkle_is_included(&leaf, 0, 2, &none, &leaf));
}

static void a_consistency_proof_holds_between_its_two_sizes_only(void **state)
{
	static const char *const six_to_eight[] = {
		"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
		"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	};
	static const char *const two_to_five[] = {
		"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
		"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
	};
	struct proof six = proof_of(six_to_eight, 3), two = proof_of(two_to_five, 2);

	(void)state;
	for (uint64_t from = 0; from <= LEAVES; from++) {
		for (uint64_t to = 0; to <= LEAVES; to++) {
			struct hash a = hash_from(roots[from]), b = hash_from(roots[to]);

			assert_int_equal(merkle_is_consistent(from, &a, to, &b, &six),
					 from == 6 && to == 8);
			assert_int_equal(merkle_is_consistent(from, &a, to, &b, &two),
					 from == 2 && to == 5);
		}
	}
}

static void the_same_size_needs_the_same_root_and_no_proof(void **state)
{
	struct proof none = { .n = 0 }, one = { .n = 1 };
	struct hash a = hash_from(roots[4]), b = hash_from(roots[5]);

	(void)state;
	assert_true(merkle_is_consistent(4, &a, 4, &a, &none));
	assert_false(merkle_is_consistent(4, &a, 4, &b, &none));
	assert_false(merkle_is_consistent(4, &a, 4, &a, &one));
	/* A larger tree does not become a smaller one. */
	assert_false(merkle_is_consistent(5, &b, 4, &a, &none));
}

static void a_tree_too_large_for_the_memory_gives_the_same_nodes(void **state)
{
	const uint64_t many = 5000;
	struct tree *tree = tree_open();
	struct hash node, left, right;

	(void)state;
	for (uint64_t i = 0; i < many; i++) {
		struct hash leaf = merkle_leaf(&i, sizeof(i));
		tree_append(tree, &leaf);
	}
	assert_int_equal(tree_size(tree), many);
	for (unsigned int level = 1; level < 13; level++) {
		for (uint64_t i = 0; i < many >> level; i++) {
			assert_true(tree_node(tree, level, i, &node));
			assert_true(tree_node(tree, level - 1, 2 * i, &left));
			assert_true(tree_node(tree, level - 1, 2 * i + 1, &right));
			struct hash made = merkle_node(&left, &right);
			assert_memory_equal(node.b, made.b, HASH_BYTES);
		}
		assert_false(tree_node(tree, level, many >> level, &node));
	}
	tree_close(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_of_every_size_are_the_reference_ones),
		cmocka_unit_test(an_audit_path_holds_at_its_position_only),
		cmocka_unit_test(the_tree_of_one_leaf_needs_no_path),
		cmocka_unit_test(a_consistency_proof_holds_between_its_two_sizes_only),
		cmocka_unit_test(the_same_size_needs_the_same_root_and_no_proof),
		cmocka_unit_test(a_tree_too_large_for_the_memory_gives_the_same_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
