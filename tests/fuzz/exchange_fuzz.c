/*
 * Any bytes as a batch of hand-over messages and as one message: nothing is taken that was not
 * signed, the line that is named lies in the file, and a message that is read is written so that
 * it reads the same. To get behind the signature, which no input can make, what looks like a body
 * is signed here and must then read as it was made.
 */
#include "bounds.h"
#include "must.h"
#include "rules/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char file[] = "/tmp/liandong-exchange-fuzz-XXXXXX";
	char why[256];

	(void)argc;
	(void)argv;
	close(mkstemp(file));
	unlink(file);
	must(crypto_key_file_make(file) && crypto_start(file, why, sizeof(why)));
	unlink(file);
	return 0;
}

static struct note_key own_key(void)
{
	uint8_t key[SIGN_KEY_BYTES];

	crypto_sign_key("exchange", key);
	return note_key_make(STR("110"), NOTE_ED25519, key);
}

static size_t lines_of(struct str bytes)
{
	size_t lines = 1;

	for (size_t i = 0; i < bytes.n; i++)
		lines += bytes.p[i] == '\n';
	return lines;
}

static void as_batch(struct arena *a, struct str bytes)
{
	struct note_key key = own_key();
	struct exchange_fault fault = { .line = 0 };
	struct exchange_batch batch;

	must(!exchange_batch_read(a, bytes, &key, &batch, &fault));
	must(fault.line >= 1 && fault.why.n > 0 && fault.line <= lines_of(bytes) + 4);
}

/* The lines of the input, signed as a batch of their own: taken exactly when each is a message. */
static void as_signed(struct arena *a, struct str bytes)
{
	struct str *lines = arena_array_of(a, struct str, LIMIT_EXCHANGE_MESSAGES);
	struct note_key key = own_key();
	uint8_t signature[SIGN_BYTES];
	struct exchange_fault fault = { .line = 0 };
	struct exchange_batch read, made = {
		.sender = STR("110"), .receiver = STR("12345"), .number = 1,
		.previous = STR("0"), .made_at = INT64_C(1772413200000000),
	};
	size_t n = 0;

	while (bytes.n && n < LIMIT_EXCHANGE_MESSAGES) {
		const char *end = memchr(bytes.p, '\n', bytes.n);
		size_t size = end ? (size_t)(end - bytes.p) : bytes.n;

		lines[n++] = (struct str){ bytes.p, size };
		bytes.p += size + (end != NULL);
		bytes.n -= size + (end != NULL);
	}
	struct str note = exchange_batch_note(a, &made, lines, n);

	crypto_signature("exchange", note, signature);
	struct str file = exchange_batch_text(a, note, &key, signature, lines, n);

	if (!exchange_batch_read(a, file, &key, &read, &fault)) {
		must(fault.line >= 1 && fault.line <= lines_of(file));
		return;
	}
	must(read.lines.n == n && str_eq(read.digest, made.digest) && read.number == 1);
	for (size_t i = 0; i < n; i++) {
		struct field_errors errors = { .arena = a };
		struct exchange_message again;
		struct str text = exchange_message_text(a, &read.messages[i]);

		must(form_parse(text, exchange_message_fields, &again, &errors));
		exchange_message_check(&again, "#", &errors);
		must(errors.n == 0 && str_eq(exchange_message_text(a, &again), text));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct arena *a = arena_new(1u << 26);
	/* Of its own, so that reading behind its end is seen. */
	char *copy = malloc(n ? n : 1);

	must(copy);
	if (n)
		memcpy(copy, input, n);
	if (n <= LIMIT_EXCHANGE_BYTES) {
		as_batch(a, (struct str){ copy, n });
		as_signed(a, (struct str){ copy, n });
	}
	arena_free(a);
	free(copy);
	return 0;
}
