/*
 * Notes, keys and checkpoints: published examples hold, and what is one byte off is no note.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "verify/note.h"

#define DASH "\xe2\x80\x94 "
#define PETER_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_TEXT "If you think cryptography is the answer to your problem,\n" \
	"then you don't know what your problem is.\n"
#define PETER_LINE DASH "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFY" \
	"C2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define REMORA_KEY "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"

static void the_published_note_is_signed_by_the_published_key(void **state)
{
	struct note note;
	struct key key;

	(void)state;
	assert_true(key_parse(text_of(PETER_KEY), &key));
	assert_true(note_parse(text_of(PETER_TEXT "\n" PETER_LINE), &note));
	assert_true(text_is(note.text, PETER_TEXT));
	assert_int_equal(note_signing(&note, &key, NULL), SIGNING_GOOD);
}

static void one_changed_byte_of_the_text_makes_the_signature_bad(void **state)
{
	char whole[] = PETER_TEXT "\n" PETER_LINE;
	struct note note;
	struct key key;

	(void)state;
	assert_true(key_parse(text_of(PETER_KEY), &key));
	for (size_t i = 0; i < strlen(PETER_TEXT) - 1; i++) {
		if (whole[i] == '\n')
			continue;
		whole[i] ^= 1;
		if (note_parse(text_of(whole), &note))
			assert_int_equal(note_signing(&note, &key, NULL), SIGNING_BAD);
		whole[i] ^= 1;
	}
}

static void a_key_nobody_signed_with_is_absent(void **state)
{
	struct note note;
	struct key key;

	(void)state;
	assert_true(key_parse(text_of(REMORA_KEY), &key));
	assert_int_equal(key.algorithm, KEY_COSIGNATURE);
	assert_true(note_parse(text_of(PETER_TEXT "\n" PETER_LINE), &note));
	assert_int_equal(note_signing(&note, &key, NULL), SIGNING_ABSENT);
}

static void a_key_is_read_and_written_as_the_same_text(void **state)
{
	char text[KEY_TEXT_ROOM];
	struct key key;

	(void)state;
	assert_true(key_parse(text_of(PETER_KEY), &key));
	assert_string_equal(key_write(&key, text), PETER_KEY);
	assert_true(key_parse(text_of(REMORA_KEY), &key));
	assert_string_equal(key_write(&key, text), REMORA_KEY);
}

static void what_is_not_quite_a_key_is_none(void **state)
{
	static const char *const bad[] = {
		"", "PeterNeumann", "PeterNeumann+c74f20a3", "PeterNeumann+c74f20a3+",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX",
		"PeterNeumann+c74f20a3+AhpcmQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"rekor.sigstore.dev+12345678+AwEB", "TEST+7997405c+THIS_IS_NOT_BASE64!",
		PETER_KEY "\n", " " PETER_KEY,
	};
	struct key key;

	(void)state;
	assert_true(key_parse(
		text_of("TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6"), &key));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (key_parse(text_of(bad[i]), &key))
			fail_msg("taken for a key: %s", bad[i]);
}

static void what_is_not_quite_a_note_is_none(void **state)
{
	static const char *const bad[] = {
		"", "\n", "\n\n", "text\n", "text\n\n", "text\n" PETER_LINE,
		"text\n\n" PETER_LINE "more\n", "text\n\n" DASH "Peter x08go/Y=\nx",
		"text\n\n" DASH "\n", "text\n\n" DASH "Peter\n", "text\n\n" DASH "Peter \n",
		"text\n\n" DASH "Peter x08g\n", "text\n\n- Peter x08go/ZJkuBS\n",
		"text\n\n" DASH " x08go/ZJkuBS\n", "text\n\n" DASH "Peter x08go/ZJkuBS",
		"te\001xt\n\n" DASH "Peter x08go/ZJkuBS\n", "te\txt\n\n" DASH "Peter x08go/ZJkuBS\n",
	};
	struct note note;

	(void)state;
	assert_true(note_parse(text_of("text\n\n" DASH "Peter x08go/ZJkuBS\n"), &note));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (note_parse(text_of(bad[i]), &note))
			fail_msg("taken for a note: %s", bad[i]);
}

static void more_signatures_than_anybody_needs_are_no_note(void **state)
{
	char whole[8192] = "text\n\n";
	struct note note;

	(void)state;
	for (int i = 0; i < NOTE_SIGNATURES_MAX; i++)
		strcat(whole, DASH "Peter x08go/ZJkuBS\n");
	assert_true(note_parse(text_of(whole), &note));
	strcat(whole, DASH "Peter x08go/ZJkuBS\n");
	assert_false(note_parse(text_of(whole), &note));
}

static bool is_checkpoint(const char *text, struct checkpoint *ret)
{
	static char whole[1024];
	struct note note;

	snprintf(whole, sizeof(whole), "%s\n" DASH "Peter x08go/ZJkuBS\n", text);
	return note_parse(text_of(whole), &note) && checkpoint_parse(&note, ret);
}

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

static void a_checkpoint_has_an_origin_a_size_and_a_root(void **state)
{
	static const char *const bad[] = {
		"\n20852163\n" ROOT "\n", "o\n020852163\n" ROOT "\n", "o\n-1\n" ROOT "\n",
		"o\n20852163\n\n", "o\n20852163\n" ROOT "A\n", "o\n20852163\nAAAA\n",
		"o\n20852163\n", "o\n18446744073709551616\n" ROOT "\n", "o\n1 \n" ROOT "\n",
		"o\n1\n" ROOT "\n\nextension\n",
	};
	struct checkpoint c;

	(void)state;
	assert_true(is_checkpoint("example.com/behind-the-sofa\n20852163\n" ROOT "\n", &c));
	assert_true(text_is(c.origin, "example.com/behind-the-sofa"));
	assert_int_equal(c.size, 20852163);
	assert_int_equal(c.root.b[0], 0x0a);
	assert_true(is_checkpoint("o\n0\n" ROOT "\nan extension\n", &c));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (is_checkpoint(bad[i], &c))
			fail_msg("taken for a checkpoint: %s", bad[i]);
}

/* The message of the specification's example. */
static void what_a_witness_signs_names_the_time_first(void **state)
{
	const char *text = "example.com/behind-the-sofa\n20852163\n" ROOT "\n";
	char room[256];

	(void)state;
	struct text message = cosigned_message(text_of(text), 1679315147, room);
	assert_true(text_is(message, "cosignature/v1\ntime 1679315147\n"
			    "example.com/behind-the-sofa\n20852163\n" ROOT "\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_note_is_signed_by_the_published_key),
		cmocka_unit_test(one_changed_byte_of_the_text_makes_the_signature_bad),
		cmocka_unit_test(a_key_nobody_signed_with_is_absent),
		cmocka_unit_test(a_key_is_read_and_written_as_the_same_text),
		cmocka_unit_test(what_is_not_quite_a_key_is_none),
		cmocka_unit_test(what_is_not_quite_a_note_is_none),
		cmocka_unit_test(more_signatures_than_anybody_needs_are_no_note),
		cmocka_unit_test(a_checkpoint_has_an_origin_a_size_and_a_root),
		cmocka_unit_test(what_a_witness_signs_names_the_time_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
