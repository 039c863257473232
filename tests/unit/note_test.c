/* Signed notes, keys and checkpoints: published examples, and what is none. */
#include "bounds.h"
#include "rules/note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* Needs those above. */
#include <cmocka.h>

static struct arena *arena;

static int make_arena(void **state)
{
	static char file[] = "/tmp/liandong-note-test-XXXXXX";
	char why[256];

	(void)state;
	arena = arena_new(MIB(16));
	close(mkstemp(file));
	unlink(file);
	assert_true(crypto_key_file_make(file) && crypto_start(file, why, sizeof(why)));
	unlink(file);
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* The example of the documentation of golang.org/x/mod/sumdb/note. */
static const char example[] =
	"If you think cryptography is the answer to your problem,\n"
	"then you don't know what your problem is.\n"
	"\n"
	"\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSN"
	"XgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
static const char example_key[] =
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

static struct note_key key_of(const char *text)
{
	struct note_key key;

	assert_true(note_key_parse(arena, str_of(text), &key));
	return key;
}

static void the_published_example_verifies(void **state)
{
	struct note_key key = key_of(example_key);
	struct note note;

	(void)state;
	assert_true(note_parse(arena, str_of(example), &note));
	assert_int_equal(note.n, 1);
	assert_true(str_is(note.signatures[0].name, "PeterNeumann"));
	assert_non_null(note_signed_by(arena, &note, &key));
	assert_true(str_is(note_key_text(arena, &key), example_key));
}

static void a_changed_text_and_another_key_do_not_verify(void **state)
{
	struct note_key key = key_of(example_key);
	char changed[sizeof(example)];
	struct note note;

	(void)state;
	for (size_t i = 0; i < 80; i++) {
		memcpy(changed, example, sizeof(example));
		changed[i] = changed[i] == 'x' ? 'y' : 'x';
		if (note_parse(arena, str_of(changed), &note))
			assert_null(note_signed_by(arena, &note, &key));
	}
	assert_true(note_parse(arena, str_of(example), &note));
	key.key[0] ^= 1;
	assert_null(note_signed_by(arena, &note, &key));
	key = note_key_make(STR("SomebodyElse"), NOTE_ED25519, key_of(example_key).key);
	assert_null(note_signed_by(arena, &note, &key));
}

static void keys_whose_number_is_not_theirs_are_refused(void **state)
{
	static const char *const texts[] = {
		"", "PeterNeumann", "PeterNeumann+c74f20a3",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
		"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	};
	struct note_key key;

	(void)state;
	for (size_t i = 0; i < array_count(texts); i++)
		assert_false(note_key_parse(arena, str_of(texts[i]), &key));
	assert_true(note_key_parse(arena,
		STR("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"), &key));
}

static void what_is_no_note_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "\n", "\n\n", "a\n", "a\n\n", "a\n\nb\n", "\n\n\xe2\x80\x94 a AAAAAAA=\n",
		"a\n\n\xe2\x80\x94 a AAAAAAA=", "a\n\n- a AAAAAAA=\n", "a\n\n\xe2\x80\x94 a AAAA\n",
		"a\n\n\xe2\x80\x94 a b AAAAAAA=\n", "a\n\n\xe2\x80\x94  AAAAAAA=\n",
		"a\tb\n\n\xe2\x80\x94 a AAAAAAA=\n", "a\xff\n\n\xe2\x80\x94 a AAAAAAA=\n",
		"a\n\n\xe2\x80\x94 a+b AAAAAAA=\n", "a\n\n\xe2\x80\x94 a AAAAAAA=\n\n",
	};
	struct note note;

	(void)state;
	for (size_t i = 0; i < array_count(texts); i++)
		assert_false(note_parse(arena, str_of(texts[i]), &note));
	assert_true(note_parse(arena, STR("a\n\n\xe2\x80\x94 a AAAAAAA=\n"), &note));
	assert_true(str_is(note.text, "a\n"));
}

static void a_note_has_a_bounded_number_of_signatures(void **state)
{
	struct buf text;
	struct note note;

	(void)state;
	buf_init(&text, MIB(1));
	buf_add(&text, STR("a\n\n"));
	for (int i = 0; i < LIMIT_NOTE_SIGNATURES; i++)
		buf_add(&text, STR("\xe2\x80\x94 a AAAAAAA=\n"));
	assert_true(note_parse(arena, buf_str(&text), &note));
	assert_int_equal(note.n, LIMIT_NOTE_SIGNATURES);
	buf_add(&text, STR("\xe2\x80\x94 a AAAAAAA=\n"));
	assert_false(note_parse(arena, buf_str(&text), &note));
	buf_free(&text);
}

static struct str sign_with_own(struct str text, struct note_key *ret_key)
{
	uint8_t public_key[SIGN_KEY_BYTES], *signature = arena_alloc(arena, SIGN_BYTES);

	crypto_sign_key("receipt", public_key);
	*ret_key = note_key_make(STR("a.test/log"), NOTE_ED25519, public_key);
	crypto_signature("receipt", text, signature);
	return note_line(arena, ret_key, (struct str){ (const char *)signature, SIGN_BYTES });
}

static void what_is_written_is_read_again(void **state)
{
	struct checkpoint wrote = { .origin = STR("a.test/log"), .size = 123456789 }, read;
	struct note_key key, again;
	struct note note;

	(void)state;
	for (size_t i = 0; i < SHA256_BYTES; i++)
		wrote.root.v[i] = (uint8_t)i;
	struct str text = checkpoint_text(arena, &wrote);

	assert_true(str_is(text, "a.test/log\n123456789\n"
				 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"));
	struct str line = sign_with_own(text, &key);

	assert_true(note_parse(arena, note_write(arena, text, line), &note));
	assert_true(str_eq(note.signatures[0].line, line));
	assert_non_null(note_signed_by(arena, &note, &key));
	assert_true(note_key_parse(arena, note_key_text(arena, &key), &again));
	assert_memory_equal(again.key, key.key, SIGN_KEY_BYTES);
	assert_true(checkpoint_parse(arena, note.text, &read));
	assert_true(str_eq(read.origin, wrote.origin) && read.size == wrote.size);
	assert_memory_equal(&read.root, &wrote.root, sizeof(read.root));
}

static void a_witness_signs_its_time_along(void **state)
{
	struct str text = STR("a.test/log\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
	uint8_t public_key[SIGN_KEY_BYTES], blob[8 + SIGN_BYTES] = { 0, 0, 0, 0, 0x65, 0, 0, 7 };
	struct str stamped = arena_printf(arena, "cosignature/v1\ntime %u\n%.*s", 0x65000007u,
					  STR_ARG(text));
	struct note_key key, plain;
	struct note note;

	(void)state;
	crypto_sign_key("receipt", public_key);
	crypto_signature("receipt", stamped, blob + 8);
	key = note_key_make(STR("w.test"), NOTE_COSIGNATURE, public_key);
	plain = note_key_make(STR("w.test"), NOTE_ED25519, public_key);
	struct str bytes = { (const char *)blob, sizeof(blob) };

	assert_true(note_parse(arena, note_write(arena, text, note_line(arena, &key, bytes)), &note));
	assert_non_null(note_signed_by(arena, &note, &key));
	assert_null(note_signed_by(arena, &note, &plain));
	blob[7] = 8;
	assert_true(note_parse(arena, note_write(arena, text, note_line(arena, &key, bytes)), &note));
	assert_null(note_signed_by(arena, &note, &key));
}

static void what_is_no_checkpoint_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "a\n", "a\n1\n", "a\n1\nAAAA\n",
		"a\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
		"a\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
		"a\n18446744073709551616\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
		"\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
		"a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	};
	struct checkpoint checkpoint;

	(void)state;
	for (size_t i = 0; i < array_count(texts); i++)
		assert_false(checkpoint_parse(arena, str_of(texts[i]), &checkpoint));
	assert_true(checkpoint_parse(arena, STR("a\n18446744073709551615\nAAECAwQFBgcICQoLDA0OD"
		"xAREhMUFRYXGBkaGxwdHh8=\nmore\n"), &checkpoint));
	assert_true(checkpoint.size == UINT64_MAX);
}

/* RFC 8032, section 7.1, tests 1 and 3. */
static void signatures_of_the_standard_verify(void **state)
{
	static const struct {
		const char *key, *message, *signature;
	} vectors[] = {
		{ "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
		  "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
		{ "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
		  "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
	};

	(void)state;
	for (size_t i = 0; i < array_count(vectors); i++) {
		struct str key, message, signature;

		assert_true(decode_hex(arena, str_of(vectors[i].key), &key) &&
			    decode_hex(arena, str_of(vectors[i].message), &message) &&
			    decode_hex(arena, str_of(vectors[i].signature), &signature));
		assert_true(crypto_verify((const uint8_t *)key.p, message, signature));
		assert_false(crypto_verify((const uint8_t *)key.p, STR("other"), signature));
		signature.n--;
		assert_false(crypto_verify((const uint8_t *)key.p, message, signature));
	}
}

static void pieces_hash_as_the_whole(void **state)
{
	uint8_t whole[SHA256_BYTES], pieces[SHA256_BYTES];
	struct sha256 *hash = crypto_sha256_begin();

	(void)state;
	crypto_sha256(STR("abcdefgh"), whole);
	crypto_sha256_add(hash, STR("abc"));
	crypto_sha256_add(hash, STR(""));
	crypto_sha256_add(hash, STR("defgh"));
	crypto_sha256_end(hash, pieces);
	assert_memory_equal(whole, pieces, sizeof(whole));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_example_verifies),
		cmocka_unit_test(a_changed_text_and_another_key_do_not_verify),
		cmocka_unit_test(keys_whose_number_is_not_theirs_are_refused),
		cmocka_unit_test(what_is_no_note_is_refused),
		cmocka_unit_test(a_note_has_a_bounded_number_of_signatures),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(a_witness_signs_its_time_along),
		cmocka_unit_test(what_is_no_checkpoint_is_refused),
		cmocka_unit_test(signatures_of_the_standard_verify),
		cmocka_unit_test(pieces_hash_as_the_whole),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
