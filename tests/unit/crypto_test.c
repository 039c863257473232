/* Hashes against published vectors, envelopes against every change, keys and encodings. */
#include "base/keys.h"
#include "crypto.h"
#include "bounds.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *arena;
static char directory[] = "/tmp/crypto_test_XXXXXX";
static char why[256];

/* Path of a file of this name in the test's directory; valid until the next call. */
static const char *path_of(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static const char *key_file_with(const char *text, mode_t mode)
{
	const char *path = path_of("written");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(MIB(64));
	assert_non_null(mkdtemp(directory));
	assert_true(crypto_key_file_make(path_of("keys")));
	assert_true(crypto_start(path_of("keys"), why, sizeof(why)));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	(void)unlink(path_of("keys"));
	(void)unlink(path_of("written"));
	return rmdir(directory);
}

static struct str bytes_of(const char *hex)
{
	struct str bytes;

	assert_true(decode_hex(arena, str_of(hex), &bytes));
	return bytes;
}

static void assert_hex(const uint8_t *bytes, size_t n, const char *hex)
{
	struct str got = encode_hex(arena, (struct str){ (const char *)bytes, n });

	assert_string_equal(got.p, hex);
}

static void sha256_gives_the_published_digests(void **state)
{
	static const char *const cases[][2] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	uint8_t out[SHA256_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		crypto_sha256(str_of(cases[i][0]), out);
		assert_hex(out, sizeof(out), cases[i][1]);
	}
	crypto_sha256(STR_NONE, out);
	assert_hex(out, sizeof(out), cases[0][1]);
}

/* RFC 4231, cases 1 to 4, 6 and 7, as key, message, result in hex. */
static void hmac_gives_the_results_of_rfc_4231(void **state)
{
	static const char *const cases[][3] = {
		{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
		  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  "dddddddddddddddddddddddddddddddddddddddddddddddddd"
		  "dddddddddddddddddddddddddddddddddddddddddddddddddd",
		  "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
		{ "0102030405060708090a0b0c0d0e0f10111213141516171819",
		  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
		  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
		  "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
	};
	static const char *const long_keys[][2] = {
		{ "Test Using Larger Than Block-Size Key - Hash Key First",
		  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
		{ "This is a test using a larger than block-size key and a larger than "
		  "block-size data. The key needs to be hashed before being used by the HMAC "
		  "algorithm.",
		  "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
	};
	uint8_t out[SHA256_BYTES];
	char key[131];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		crypto_hmac_sha256(bytes_of(cases[i][0]), bytes_of(cases[i][1]), out);
		assert_hex(out, sizeof(out), cases[i][2]);
	}
	memset(key, 0xaa, sizeof(key));
	for (size_t i = 0; i < sizeof(long_keys) / sizeof(long_keys[0]); i++) {
		crypto_hmac_sha256((struct str){ key, sizeof(key) }, str_of(long_keys[i][0]),
				   out);
		assert_hex(out, sizeof(out), long_keys[i][1]);
	}
	/* An empty key is a key, not the one before. */
	crypto_hmac_sha256(STR(""), STR(""), out);
	assert_hex(out, sizeof(out),
		   "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* RFC 5869, A.1 to A.3: secret, salt, info, output. */
static void hkdf_gives_the_results_of_rfc_5869(void **state)
{
	static const char *const cases[][4] = {
		{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
		  "f0f1f2f3f4f5f6f7f8f9",
		  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
		  "34007208d5b887185865" },
		{ "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
		  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
		  "404142434445464748494a4b4c4d4e4f",
		  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
		  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
		  "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		  "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
		  "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
		  "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		  "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
		  "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
		  "cc30c58179ec3e87c14c01d5c1f3434f1d87" },
		{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
		  "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
		  "9d201395faa4b61a96c8" },
	};
	uint8_t out[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = strlen(cases[i][3]) / 2;

		keys_derive(bytes_of(cases[i][0]), bytes_of(cases[i][1]), bytes_of(cases[i][2]),
			    out, n);
		assert_hex(out, n, cases[i][3]);
	}
}

/* The openssl program is another caller of the library with parsing and keys of its own. */
static void the_openssl_program_agrees_on_an_hmac(void **state)
{
	char answer[128] = "";
	uint8_t out[SHA256_BYTES];
	FILE *program = popen("printf %s 'some message' | openssl dgst -sha256 -r -mac HMAC "
			      "-macopt hexkey:00ff10203040", "r");

	(void)state;
	assert_non_null(program);
	assert_non_null(fgets(answer, sizeof(answer), program));
	assert_int_equal(pclose(program), 0);
	answer[64] = '\0';
	crypto_hmac_sha256(bytes_of("00ff10203040"), STR("some message"), out);
	assert_hex(out, sizeof(out), answer);
}

static void a_sealed_value_opens_in_its_place_only(void **state)
{
	struct str sealed = crypto_seal(arena, STR("callers.phone.7"), STR("13800000000"));
	struct str clear = STR("untouched");

	(void)state;
	assert_int_equal(sealed.n, 11 + SEAL_OVERHEAD);
	assert_memory_equal(sealed.p, "\x01\x01\x00\x00\x00\x01", 6);
	assert_false(crypto_open(arena, STR("callers.phone.8"), sealed, &clear));
	assert_false(crypto_open(arena, STR("callers.name.7"), sealed, &clear));
	assert_false(crypto_open(arena, STR("callers.phone.7 "), sealed, &clear));
	assert_false(crypto_open(arena, STR_NONE, sealed, &clear));
	assert_true(str_is(clear, "untouched"));
	assert_true(crypto_open(arena, STR("callers.phone.7"), sealed, &clear));
	assert_true(str_is(clear, "13800000000"));
}

static void any_changed_added_or_missing_byte_is_refused(void **state)
{
	struct str sealed =
		crypto_seal(arena, STR("p"), STR("thirty-three bytes of clear text"));
	char *copy = arena_alloc(arena, sealed.n + 1);
	struct str clear;

	(void)state;
	for (size_t i = 0; i < sealed.n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			memcpy(copy, sealed.p, sealed.n);
			copy[i] = (char)(copy[i] ^ (1 << bit));
			assert_false(crypto_open(arena, STR("p"),
						 (struct str){ copy, sealed.n }, &clear));
		}
	}
	memcpy(copy, sealed.p, sealed.n);
	for (size_t n = 0; n <= sealed.n + 1; n++)
		assert_true(crypto_open(arena, STR("p"), (struct str){ copy, n }, &clear) ==
			    (n == sealed.n));
}

static void empty_values_are_sealed_and_absent_ones_stay_absent(void **state)
{
	struct str sealed = crypto_seal(arena, STR("p"), STR("")), clear = STR("x");

	(void)state;
	assert_int_equal(sealed.n, SEAL_OVERHEAD);
	assert_true(crypto_open(arena, STR("p"), sealed, &clear));
	assert_true(clear.p && clear.n == 0);
	assert_null(crypto_seal(arena, STR("p"), STR_NONE).p);
	assert_true(crypto_open(arena, STR("p"), STR_NONE, &clear));
	assert_null(clear.p);
	assert_null(crypto_index(arena, "phone", STR_NONE).p);
}

static int compare_nonces(const void *a, const void *b)
{
	return memcmp(a, b, 12);
}

static void nonces_never_repeat(void **state)
{
	enum { COUNT = 100000 };
	uint8_t (*nonces)[12] = malloc(sizeof(uint8_t[COUNT][12]));
	struct arena_mark mark = arena_mark(arena);

	(void)state;
	assert_non_null(nonces);
	for (size_t i = 0; i < COUNT; i++) {
		memcpy(nonces[i], crypto_seal(arena, STR("p"), STR("c")).p + 6, 12);
		arena_rewind(arena, mark);
	}
	qsort(nonces, COUNT, 12, compare_nonces);
	for (size_t i = 1; i < COUNT; i++)
		assert_true(memcmp(nonces[i - 1], nonces[i], 12) != 0);
	free(nonces);
}

static void an_index_finds_equal_values_of_its_purpose(void **state)
{
	struct str one = crypto_index(arena, "phone", STR("13800000000"));
	struct str same = crypto_index(arena, "phone", STR("13800000000"));
	struct str other = crypto_index(arena, "phone", STR("13800000001"));
	struct str elsewhere = crypto_index(arena, "name", STR("13800000000"));
	uint8_t tag[INDEX_BYTES];

	(void)state;
	assert_int_equal(one.n, INDEX_BYTES);
	assert_true(str_eq(one, same));
	assert_false(str_eq(one, other));
	assert_false(str_eq(one, elsewhere));
	crypto_tag("phone", STR("13800000000"), tag);
	assert_false(str_eq(one, (struct str){ (const char *)tag, sizeof(tag) }));
}

#define KEY_ONE "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_TWO "FFEEDDCCBBAA99887766554433221100ffeeddccbbaa99887766554433221100"

static void an_appended_key_seals_while_old_values_stay_readable(void **state)
{
	struct str first, second, index, clear;

	(void)state;
	assert_true(crypto_start(key_file_with("1 " KEY_ONE "\n", 0600), why, sizeof(why)));
	first = crypto_seal(arena, STR("p"), STR("old"));
	index = crypto_index(arena, "phone", STR("138"));
	assert_true(
		crypto_start(key_file_with("# c\n1 " KEY_ONE "\n\n70000 " KEY_TWO "\n", 0400),
			     why, sizeof(why)));
	second = crypto_seal(arena, STR("p"), STR("new"));
	assert_memory_equal(second.p + 2, "\x00\x01\x11\x70", 4);
	assert_true(crypto_open(arena, STR("p"), first, &clear) && str_is(clear, "old"));
	assert_true(crypto_open(arena, STR("p"), second, &clear) && str_is(clear, "new"));
	assert_true(crypto_open(arena, STR("p"), first, &clear) && str_is(clear, "old"));
	assert_true(str_eq(index, crypto_index(arena, "phone", STR("138"))));
	assert_true(crypto_start(key_file_with("1 " KEY_ONE "\n", 0600), why, sizeof(why)));
	assert_false(crypto_open(arena, STR("p"), second, &clear));
	assert_true(crypto_start(path_of("keys"), why, sizeof(why)));
	assert_false(crypto_open(arena, STR("p"), first, &clear));
}

static void unusable_key_files_are_refused_with_a_reason(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		const char *reason;
	} cases[] = {
		{ "1 " KEY_ONE "\n", 0640, "chmod 600" },
		{ "1 " KEY_ONE "\n", 0604, "chmod 600" },
		{ "", 0600, "holds no key" },
		{ "# nothing\n", 0600, "holds no key" },
		{ "1 " KEY_ONE "00\n", 0600, "Line 1 " },
		{ "# c\n1 abcd\n", 0600, "Line 2 " },
		{ "0 " KEY_ONE "\n", 0600, "Line 1 " },
		{ "4294967296 " KEY_ONE "\n", 0600, "Line 1 " },
		{ "1 " KEY_ONE "\n1 " KEY_TWO "\n", 0600, "number of an earlier key" },
		{ KEY_ONE "\n", 0600, "Line 1 " },
		{ "1 g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", 0600,
		  "Line 1 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *path = key_file_with(cases[i].text, cases[i].mode);

		why[0] = '\0';
		assert_false(crypto_start(path, why, sizeof(why)));
		if (!strstr(why, cases[i].reason))
			fail_msg("case %zu: %s", i, why);
		assert_null(strstr(why, "0001020304"));
		assert_int_equal(unlink(path), 0);
	}
	assert_false(crypto_start("/nonexistent/keys", why, sizeof(why)));
	assert_non_null(strstr(why, "No such file"));
	assert_false(crypto_start(directory, why, sizeof(why)));
	assert_non_null(strstr(why, "not a plain file"));
}

static void a_key_file_is_made_once_and_for_its_owner_only(void **state)
{
	struct stat st;

	(void)state;
	assert_false(crypto_key_file_make(path_of("keys")));
	assert_int_equal(stat(path_of("keys"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_false(crypto_key_file_make("/nonexistent/keys"));
}

static void *use_all_on_a_thread(void *arg)
{
	struct arena *a = arena_new(MIB(8));
	uint8_t digest[SHA256_BYTES];
	bool *is_good = arg;

	*is_good = true;
	for (int i = 0; i < 500; i++) {
		struct str sealed = crypto_seal(a, STR("p"), STR("c")), clear = STR_NONE;

		*is_good = crypto_open(a, STR("p"), sealed, &clear) && *is_good;
		crypto_sha256(clear, digest);
		*is_good = crypto_index(a, "phone", clear).n == INDEX_BYTES && *is_good;
	}
	arena_free(a);
	return NULL;
}

static void threads_keep_out_of_each_others_way(void **state)
{
	pthread_t threads[4];
	bool is_good[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_all_on_a_thread,
						&is_good[i]), 0);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_true(is_good[i]);
	}
}

static void equal_is_equal_and_nothing_else(void **state)
{
	(void)state;
	assert_true(crypto_same(STR("abc"), STR("abc")));
	assert_true(crypto_same(STR_NONE, STR("")));
	assert_false(crypto_same(STR("abc"), STR("abd")));
	assert_false(crypto_same(STR("abc"), STR("ab")));
}

/* RFC 4648, section 10. */
static void base64_gives_the_published_texts(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};
	static const char *const bad[] = {
		"Zg", "Zg=", "Zg===", "Zh==", "Z===", "====", "Zm9", "Zm9=", "Zm8 ", "Zm9v\n",
		"Zm-_", "=Zg=", "Zg==Zg==",
	};
	struct str bytes = STR("untouched");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(str_is(encode_base64(arena, str_of(cases[i][0])), cases[i][1]));
		assert_true(decode_base64(arena, str_of(cases[i][1]), &bytes));
		assert_true(str_is(bytes, cases[i][0]));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(decode_base64(arena, str_of(bad[i]), &bytes));
	assert_true(str_is(bytes, "foobar"));
}

static void base64url_has_no_padding_and_round_trips(void **state)
{
	uint8_t random_bytes[100];

	(void)state;
	assert_true(str_is(encode_base64url(arena, STR("\xfb\xff\xfe")), "-__-"));
	assert_true(str_is(encode_base64(arena, STR("\xfb\xff\xfe")), "+//+"));
	for (size_t n = 0; n < sizeof(random_bytes); n++) {
		struct str in = { (const char *)random_bytes, n }, text, out;

		crypto_random(random_bytes, n);
		text = encode_base64url(arena, in);
		assert_int_equal(text.n, (n * 4 + 2) / 3);
		assert_true(decode_base64url(arena, text, &out) && str_eq(in, out));
		assert_true(decode_base64(arena, encode_base64(arena, in), &out) &&
			    str_eq(in, out));
		assert_true(decode_hex(arena, encode_hex(arena, in), &out) && str_eq(in, out));
	}
	struct str out;

	assert_false(decode_base64url(arena, STR("Zg=="), &out));
	assert_false(decode_base64url(arena, STR("Z"), &out));
	assert_false(decode_base64url(arena, STR("Zm+/"), &out));
	assert_false(decode_hex(arena, STR("abc"), &out));
	assert_false(decode_hex(arena, STR("0g"), &out));
}

static void ulids_sort_by_time_and_never_repeat(void **state)
{
	int64_t at = INT64_C(1469918176385) * 1000;
	struct str a = encode_ulid(arena, at), b = encode_ulid(arena, at);
	struct str later = encode_ulid(arena, at + 1000);

	(void)state;
	assert_int_equal(a.n, 26);
	assert_memory_equal(a.p, "01ARYZ6S41", 10);
	assert_false(str_eq(a, b));
	assert_true(memcmp(a.p, later.p, 10) < 0);
	for (size_t i = 0; i < a.n; i++)
		assert_non_null(strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ", a.p[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_gives_the_published_digests),
		cmocka_unit_test(hmac_gives_the_results_of_rfc_4231),
		cmocka_unit_test(hkdf_gives_the_results_of_rfc_5869),
		cmocka_unit_test(the_openssl_program_agrees_on_an_hmac),
		cmocka_unit_test(a_sealed_value_opens_in_its_place_only),
		cmocka_unit_test(any_changed_added_or_missing_byte_is_refused),
		cmocka_unit_test(empty_values_are_sealed_and_absent_ones_stay_absent),
		cmocka_unit_test(nonces_never_repeat),
		cmocka_unit_test(an_index_finds_equal_values_of_its_purpose),
		cmocka_unit_test(an_appended_key_seals_while_old_values_stay_readable),
		cmocka_unit_test(unusable_key_files_are_refused_with_a_reason),
		cmocka_unit_test(a_key_file_is_made_once_and_for_its_owner_only),
		cmocka_unit_test(threads_keep_out_of_each_others_way),
		cmocka_unit_test(equal_is_equal_and_nothing_else),
		cmocka_unit_test(base64_gives_the_published_texts),
		cmocka_unit_test(base64url_has_no_padding_and_round_trips),
		cmocka_unit_test(ulids_sort_by_time_and_never_repeat),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
