/*
 * Keys of records, data keys and both algorithms: every byte of an envelope and its place count,
 * the openssl program makes the same of SM4 and HMAC-SM3, a key of the file can be changed and
 * removed, and nothing derived depends on it.
 */
#include "bounds.h"
#include "crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define KEY_ONE "1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
#define KEY_TWO "2 ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\n"
#define KEY_THREE "3 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"

static struct arena *arena;
static char file[] = "/tmp/seal_test_XXXXXX";
static char why[256];

static const char *file_with(const char *text)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return file;
}

static void start(const char *text)
{
	assert_true(crypto_start(file_with(text), why, sizeof(why)));
}

static int set_up(void **state)
{
	int fd = mkstemp(file);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	arena = arena_new(MIB(64));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	crypto_profile_use(PROFILE_STANDARD);
	arena_free(arena);
	return unlink(file);
}

static int standard(void **state)
{
	(void)state;
	crypto_profile_use(PROFILE_STANDARD);
	start(KEY_ONE);
	return 0;
}

static int gm(void **state)
{
	(void)state;
	start(KEY_ONE);
	crypto_profile_use(PROFILE_GM);
	return 0;
}

static struct str turned(struct str value, size_t at, int bit)
{
	char *copy = arena_alloc(arena, value.n);

	memcpy(copy, value.p, value.n);
	copy[at] = (char)(copy[at] ^ (1 << bit));
	return (struct str){ copy, value.n };
}

/* ---- every field of an envelope ---- */

static void a_value_opens_whole_in_its_place_and_not_otherwise(void **state)
{
	struct str sealed = crypto_seal(arena, STR("t/c/1"), STR("thirty-three bytes of clear text"));
	struct str clear;

	(void)state;
	assert_true(crypto_open(arena, STR("t/c/1"), sealed, &clear));
	assert_true(str_is(clear, "thirty-three bytes of clear text"));
	assert_false(crypto_open(arena, STR("t/c/2"), sealed, &clear));
	assert_false(crypto_open(arena, STR("t/c/1 "), sealed, &clear));
	for (size_t i = 0; i < sealed.n; i++)
		for (int bit = 0; bit < 8; bit++)
			assert_false(crypto_open(arena, STR("t/c/1"), turned(sealed, i, bit),
						 &clear));
	for (size_t n = 0; n < sealed.n; n++)
		assert_false(crypto_open(arena, STR("t/c/1"), (struct str){ sealed.p, n }, &clear));
}

static void a_record_opens_whole_in_its_place_and_not_otherwise(void **state)
{
	struct record_key key, same, other;
	struct str wrapped = crypto_record_new(arena, STR("r/key/1"), &key), clear;
	struct str sealed = crypto_record_seal(arena, &key, STR("r/name/1"), STR("王小明"));

	(void)state;
	crypto_record_new(arena, STR("r/key/1"), &other);
	assert_true(crypto_record_unwrap(STR("r/key/1"), wrapped, &same));
	assert_true(crypto_record_open(arena, &same, STR("r/name/1"), sealed, &clear));
	assert_true(str_is(clear, "王小明"));
	assert_false(crypto_record_open(arena, &other, STR("r/name/1"), sealed, &clear));
	assert_false(crypto_record_open(arena, &key, STR("r/name/2"), sealed, &clear));
	assert_false(crypto_record_open(arena, &key, STR("r/phone/1"), sealed, &clear));
	assert_false(crypto_record_unwrap(STR("r/key/2"), wrapped, &same));
	assert_null(clear.p);
	for (size_t i = 0; i < sealed.n; i++)
		for (int bit = 0; bit < 8; bit++)
			assert_false(crypto_record_open(arena, &key, STR("r/name/1"),
							turned(sealed, i, bit), &clear));
	for (size_t n = 0; n < sealed.n; n++)
		assert_false(crypto_record_open(arena, &key, STR("r/name/1"),
						(struct str){ sealed.p, n }, &clear));
	for (size_t i = 0; i < wrapped.n; i++)
		for (int bit = 0; bit < 8; bit++)
			assert_false(crypto_record_unwrap(STR("r/key/1"), turned(wrapped, i, bit),
							  &same));
	for (size_t n = 0; n < wrapped.n; n++)
		assert_false(crypto_record_unwrap(STR("r/key/1"), (struct str){ wrapped.p, n },
						  &same));
}

/* Lengths alone: behind them is less than they say, so whoever read it would be found out. */
static void what_is_too_long_to_be_sealed_is_refused_unread(void **state)
{
	struct record_key key, same;
	struct str wrapped = crypto_record_new(arena, STR("r/key/1"), &key), clear;
	struct str sealed = crypto_record_seal(arena, &key, STR("r/name/1"), STR("王小明"));
	const struct str long_place = { "r/name/1", INT32_MAX };

	(void)state;
	assert_false(crypto_record_unwrap(long_place, wrapped, &same));
	assert_false(crypto_record_unwrap(STR("r/key/1"),
					  (struct str){ wrapped.p, wrapped.n + RECORD_KEY_BYTES },
					  &same));
	assert_false(crypto_record_open(arena, &key, long_place, sealed, &clear));
	assert_false(crypto_record_open(arena, &key, STR("r/name/1"),
					(struct str){ sealed.p, INT32_MAX }, &clear));
	assert_null(clear.p);
}

static void absent_values_stay_absent_and_empty_ones_are_sealed(void **state)
{
	struct record_key key;
	struct str clear = STR("x");

	(void)state;
	crypto_record_new(arena, STR("r"), &key);
	assert_null(crypto_record_seal(arena, &key, STR("p"), STR_NONE).p);
	assert_true(crypto_record_open(arena, &key, STR("p"), STR_NONE, &clear));
	assert_null(clear.p);
	struct str sealed = crypto_record_seal(arena, &key, STR("p"), STR(""));
	assert_int_equal(sealed.n, RECORD_OVERHEAD);
	assert_true(crypto_record_open(arena, &key, STR("p"), sealed, &clear));
	assert_true(clear.p && clear.n == 0);
	assert_int_equal(crypto_key_id(STR_NONE), UINT32_MAX);
	assert_int_equal(crypto_key_id(sealed), UINT32_MAX);
}

static void a_key_that_was_forgotten_is_wiped(void **state)
{
	struct record_key key;
	const struct record_key zero = { 0 };

	(void)state;
	crypto_record_new(arena, STR("r"), &key);
	crypto_record_forget(&key);
	assert_memory_equal(&key, &zero, sizeof(key));
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, 12);
}

static void a_million_sealings_use_a_million_nonces(void **state)
{
	enum { COUNT = 1000000 };
	uint8_t (*nonces)[12] = malloc(sizeof(uint8_t[COUNT][12]));
	struct arena_mark mark = arena_mark(arena);
	struct record_key key;

	(void)state;
	assert_non_null(nonces);
	crypto_record_new(arena, STR("r"), &key);
	for (size_t i = 0; i < COUNT; i++) {
		struct str sealed = i % 2 ? crypto_seal(arena, STR("p"), STR("c"))
					  : crypto_record_seal(arena, &key, STR("p"), STR("c"));

		memcpy(nonces[i], sealed.p + (i % 2 ? 6 : 2), 12);
		arena_rewind(arena, mark);
	}
	qsort(nonces, COUNT, 12, by_bytes);
	for (size_t i = 1; i < COUNT; i++)
		assert_true(memcmp(nonces[i - 1], nonces[i], 12) != 0);
	free(nonces);
}

/* ---- the openssl program ---- */

static struct str hex(const void *bytes, size_t n)
{
	return encode_hex(arena, (struct str){ bytes, n });
}

/* What a command of the shell writes, without its line end. */
static const char *said(const char *command)
{
	static char answer[256];
	FILE *program = popen(command, "r");

	assert_non_null(program);
	answer[0] = '\0';
	assert_non_null(fgets(answer, sizeof(answer), program));
	assert_int_equal(pclose(program), 0);
	answer[strcspn(answer, " \n")] = '\0';
	return answer;
}

static void the_openssl_program_agrees_on_sm4_and_hmac_sm3(void **state)
{
	struct record_key key;
	struct str place = STR("callers_caller/phone/7"), phone = STR("13800001111");

	(void)state;
	crypto_record_new(arena, STR("r"), &key);
	struct str sealed = crypto_record_seal(arena, &key, place, phone);
	const char *command = arena_printf(arena, "printf %%s %s | openssl enc -sm4-ctr -K %.*s "
		"-iv %.*s00000000 | od -An -tx1 | tr -d ' \\n'; echo", phone.p,
		STR_ARG(hex(key.bytes, 16)), STR_ARG(hex(sealed.p + 2, 12))).p;
	assert_true(str_is(hex(sealed.p + 14, phone.n), said(command)));
	command = arena_printf(arena, "(printf %.*s000000%02x | sed 's/../\\\\x&/g' | xargs -0 printf; "
		"printf %%s %s; printf %.*s | sed 's/../\\\\x&/g' | xargs -0 printf) | "
		"openssl dgst -sm3 -r -mac HMAC -macopt hexkey:%.*s",
		STR_ARG(hex(sealed.p, 14)), (unsigned)place.n, place.p,
		STR_ARG(hex(sealed.p + 14, phone.n)), STR_ARG(hex(key.bytes + 16, 32))).p;
	struct str tag = hex(sealed.p + 14 + phone.n, 16);
	assert_memory_equal(said(command), tag.p, tag.n);
}

/* ---- both profiles beside each other ---- */

static void old_values_stay_readable_when_the_profile_changes(void **state)
{
	struct record_key key, same;
	struct str values[2], wrapped[2], records[2], clear;

	(void)state;
	start(KEY_ONE);
	for (int i = 0; i < 2; i++) {
		crypto_profile_use(i ? PROFILE_GM : PROFILE_STANDARD);
		values[i] = crypto_seal(arena, STR("p"), STR("v"));
		assert_int_equal(values[i].p[1], i + 1);
		wrapped[i] = crypto_record_new(arena, STR("r"), &key);
		records[i] = crypto_record_seal(arena, &key, STR("p"), STR("v"));
		assert_int_equal(records[i].p[1], i + 1);
	}
	for (int now = 0; now < 2; now++) {
		crypto_profile_use(now ? PROFILE_GM : PROFILE_STANDARD);
		for (int i = 0; i < 2; i++) {
			assert_true(crypto_open(arena, STR("p"), values[i], &clear));
			assert_true(crypto_record_unwrap(STR("r"), wrapped[i], &same));
			assert_true(crypto_record_open(arena, &same, STR("p"), records[i], &clear));
			assert_true(str_is(clear, "v"));
			assert_true(crypto_rewrap(arena, STR("r"), wrapped[i], &wrapped[i]));
		}
		assert_false(crypto_record_open(arena, &same, STR("p"), records[0], &clear));
	}
}

/* ---- keys of the file ---- */

static void a_new_line_wraps_and_the_old_one_can_go(void **state)
{
	struct data_key keys[DATA_KEYS_MAX];
	struct record_key key, same;
	const uint32_t one = 1, two = 2;
	struct str clear, index, value;
	uint8_t shown[SIGN_KEY_BYTES], later[SIGN_KEY_BYTES];

	(void)state;
	start(KEY_ONE);
	assert_int_equal(crypto_data_keys_make(arena, true, keys), 1);
	assert_true(crypto_data_keys_use(keys, 1));
	index = crypto_index(arena, "phone", STR("138"));
	value = crypto_seal(arena, STR("p"), STR("v"));
	assert_int_equal(crypto_key_id(value), 0);
	crypto_sign_key("receipt", shown);
	struct str wrapped = crypto_record_new(arena, STR("r"), &key);
	struct str sealed = crypto_record_seal(arena, &key, STR("p"), STR("v"));

	assert_true(crypto_reload(file_with(KEY_ONE KEY_TWO), &one, 1, why, sizeof(why)));
	assert_int_equal(crypto_wrapping_id(), 2);
	assert_int_equal(crypto_key_id(wrapped), 1);
	assert_true(crypto_rewrap(arena, STR("r"), wrapped, &wrapped));
	assert_int_equal(crypto_key_id(wrapped), 2);
	assert_true(crypto_rewrap(arena, data_key_place(arena, 0), keys[0].wrapped,
				  &keys[0].wrapped));

	/* Still used by something: refused, and what was in force stays. */
	assert_false(crypto_reload(file_with(KEY_TWO), &one, 1, why, sizeof(why)));
	assert_non_null(strstr(why, "Key 1 is missing"));
	assert_int_equal(crypto_missing(&one, 1), 0);
	assert_true(crypto_reload(file_with(KEY_TWO), &two, 1, why, sizeof(why)));
	assert_int_equal(crypto_missing(&one, 1), 1);

	/* Nothing depends on the line that is gone, also after a new start. */
	for (int started = 0; started < 2; started++) {
		assert_true(str_eq(index, crypto_index(arena, "phone", STR("138"))));
		assert_true(crypto_open(arena, STR("p"), value, &clear) && str_is(clear, "v"));
		crypto_sign_key("receipt", later);
		assert_memory_equal(shown, later, sizeof(shown));
		assert_true(crypto_record_unwrap(STR("r"), wrapped, &same));
		assert_true(crypto_record_open(arena, &same, STR("p"), sealed, &clear));
		start(KEY_TWO);
		assert_true(crypto_data_keys_use(keys, 1));
	}
	start(KEY_THREE);
	assert_false(crypto_data_keys_use(keys, 1));
	assert_false(crypto_record_unwrap(STR("r"), wrapped, &same));
	assert_false(crypto_rewrap(arena, STR("r"), wrapped, &wrapped));
}

static void what_lines_sealed_themselves_is_read_by_what_stands_for_them(void **state)
{
	struct data_key keys[DATA_KEYS_MAX];
	struct str one, two, clear, index;

	(void)state;
	start(KEY_ONE);
	one = crypto_seal(arena, STR("p"), STR("one"));
	index = crypto_index(arena, "phone", STR("138"));
	start(KEY_ONE KEY_TWO);
	two = crypto_seal(arena, STR("p"), STR("two"));
	assert_int_equal(crypto_data_keys_make(arena, false, keys), 3);
	assert_true(crypto_data_keys_use(keys, 3));
	assert_int_equal(crypto_key_id(crypto_seal(arena, STR("p"), STR("v"))), 0);
	assert_true(crypto_reload(file_with(KEY_ONE KEY_TWO KEY_THREE), NULL, 0, why, sizeof(why)));
	for (uint32_t i = 0; i < 3; i++)
		assert_true(crypto_rewrap(arena, data_key_place(arena, keys[i].id),
					  keys[i].wrapped, &keys[i].wrapped));
	start(KEY_THREE);
	assert_true(crypto_data_keys_use(keys, 3));
	assert_true(crypto_open(arena, STR("p"), one, &clear) && str_is(clear, "one"));
	assert_true(crypto_open(arena, STR("p"), two, &clear) && str_is(clear, "two"));
	assert_true(str_eq(index, crypto_index(arena, "phone", STR("138"))));
}

static void data_keys_that_were_exchanged_or_changed_are_refused(void **state)
{
	struct data_key keys[DATA_KEYS_MAX];

	(void)state;
	start(KEY_ONE KEY_TWO);
	assert_int_equal(crypto_data_keys_make(arena, false, keys), 3);
	assert_false(crypto_data_keys_use(keys, 0));
	assert_false(crypto_data_keys_use(keys + 1, 2));
	assert_false(crypto_data_keys_use(keys, DATA_KEYS_MAX + 1));
	struct str first = keys[1].wrapped;
	keys[1].wrapped = keys[2].wrapped;
	assert_false(crypto_data_keys_use(keys, 3));
	keys[1].wrapped = turned(first, 30, 1);
	assert_false(crypto_data_keys_use(keys, 3));
	keys[1].wrapped = first;
	assert_true(crypto_data_keys_use(keys, 3));
}

static void an_unusable_file_changes_nothing(void **state)
{
	uint32_t ids[CRYPTO_KEYS_MAX];

	(void)state;
	start(KEY_ONE KEY_TWO);
	assert_false(crypto_reload(file_with("nonsense\n"), NULL, 0, why, sizeof(why)));
	assert_int_equal(chmod(file_with(KEY_THREE), 0644), 0);
	assert_false(crypto_reload(file, NULL, 0, why, sizeof(why)));
	assert_int_equal(chmod(file, 0600), 0);
	assert_int_equal(crypto_key_ids(ids), 2);
	assert_int_equal(ids[0], 1);
	assert_int_equal(ids[1], 2);
}

static void a_credential_may_show_the_rights_of_its_access_list(void **state)
{
	(void)state;
	assert_int_equal(chmod(file_with(KEY_ONE), 0440), 0);
	assert_false(crypto_start(file, why, sizeof(why)));
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "/tmp", 1), 0);
	assert_true(crypto_start(file, why, sizeof(why)));
	assert_int_equal(chmod(file, 0444), 0);
	assert_false(crypto_start(file, why, sizeof(why)));
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	assert_int_equal(chmod(file, 0600), 0);
}

#define BOTH(test) { #test " (AES-256-GCM)", test, standard, NULL, NULL }, \
	{ #test " (SM4 and HMAC-SM3)", test, gm, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_value_opens_whole_in_its_place_and_not_otherwise),
		BOTH(a_record_opens_whole_in_its_place_and_not_otherwise),
		BOTH(absent_values_stay_absent_and_empty_ones_are_sealed),
		BOTH(what_is_too_long_to_be_sealed_is_refused_unread),
		BOTH(a_key_that_was_forgotten_is_wiped),
		BOTH(a_million_sealings_use_a_million_nonces),
		cmocka_unit_test_setup(the_openssl_program_agrees_on_sm4_and_hmac_sm3, gm),
		cmocka_unit_test(old_values_stay_readable_when_the_profile_changes),
		cmocka_unit_test_setup(a_new_line_wraps_and_the_old_one_can_go, standard),
		cmocka_unit_test_setup(what_lines_sealed_themselves_is_read_by_what_stands_for_them,
				       standard),
		cmocka_unit_test_setup(data_keys_that_were_exchanged_or_changed_are_refused,
				       standard),
		cmocka_unit_test_setup(an_unusable_file_changes_nothing, standard),
		cmocka_unit_test_setup(a_credential_may_show_the_rights_of_its_access_list,
				       standard),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
