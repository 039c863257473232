/* Hand-overs with another service: which message leads where, and batches of them as files. */
#include "bounds.h"
#include "clock.h"
#include "rules/exchange.h"

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
	static char file[] = "/tmp/liandong-exchange-test-XXXXXX";
	char why[256];

	(void)state;
	arena = arena_new(MIB(64));
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

/* ---- steps ---- */

enum { O = EXCHANGE_OFFERED, V = EXCHANGE_OVERDUE, A = EXCHANGE_ACCEPTED, R = EXCHANGE_REFUSED,
       D = EXCHANGE_DONE, E = EXCHANGE_ENDED };

/* By kind: who sends it, and the state after it by the state before; 0 is "not possible". */
static const struct {
	bool is_by_offerer;
	uint8_t after[EXCHANGE_STATE_END];
} expected[EXCHANGE_KIND_END] = {
	/*			      none  offered overdue accepted refused done ended */
	[EXCHANGE_OFFER] =    { true, { O, 0, 0, 0, 0, 0, 0 } },
	[EXCHANGE_ACCEPT] =   { false, { 0, A, A, 0, 0, 0, 0 } },
	[EXCHANGE_REFUSE] =   { false, { 0, R, R, 0, 0, 0, 0 } },
	[EXCHANGE_TIMEOUT] =  { true, { 0, V, 0, A, R, D, E } },
	[EXCHANGE_PROGRESS] = { false, { 0, 0, 0, A, 0, A, A } },
	[EXCHANGE_RESULT] =   { false, { 0, 0, 0, D, 0, D, D } },
	[EXCHANGE_VISITED] =  { false, { 0, 0, 0, 0, 0, E, E } },
};

static void every_message_in_every_state_leads_where_the_table_says(void **state)
{
	(void)state;
	for (int kind = EXCHANGE_OFFER; kind < EXCHANGE_KIND_END; kind++)
		for (int from = EXCHANGE_NONE; from < EXCHANGE_STATE_END; from++) {
			bool by = expected[kind].is_by_offerer;

			assert_int_equal(exchange_step(from, kind, by), expected[kind].after[from]);
			assert_int_equal(exchange_step(from, kind, !by), EXCHANGE_NONE);
		}
}

static void a_timeout_is_sent_of_what_nobody_answered_alone(void **state)
{
	(void)state;
	for (int from = EXCHANGE_NONE; from < EXCHANGE_STATE_END; from++) {
		assert_int_equal(exchange_may_send(from, EXCHANGE_TIMEOUT, true), from == O);
		assert_false(exchange_may_send(from, EXCHANGE_TIMEOUT, false));
		for (int kind = EXCHANGE_OFFER; kind < EXCHANGE_KIND_END; kind++)
			if (kind != EXCHANGE_TIMEOUT)
				assert_int_equal(exchange_may_send(from, kind, true),
						 exchange_step(from, kind, true) != 0);
	}
}

/* The receiver's messages in their order, and a TIMEOUT anywhere between them: one end. */
static void a_timeout_that_crosses_an_answer_changes_no_end(void **state)
{
	static const uint8_t lives[][5] = {
		{ EXCHANGE_ACCEPT }, { EXCHANGE_REFUSE },
		{ EXCHANGE_ACCEPT, EXCHANGE_PROGRESS, EXCHANGE_RESULT },
		{ EXCHANGE_ACCEPT, EXCHANGE_RESULT, EXCHANGE_VISITED, EXCHANGE_PROGRESS },
		{ EXCHANGE_ACCEPT, EXCHANGE_RESULT, EXCHANGE_VISITED, EXCHANGE_RESULT },
	};

	(void)state;
	for (size_t life = 0; life < array_count(lives); life++) {
		enum exchange_state end = EXCHANGE_NONE;

		for (size_t crossed = 0; crossed <= 5; crossed++) {
			enum exchange_state now = EXCHANGE_OFFERED;

			for (size_t i = 0; i <= 5; i++) {
				if (i == crossed)
					now = exchange_step(now, EXCHANGE_TIMEOUT, true);
				if (i < 5 && lives[life][i])
					now = exchange_step(now, lives[life][i], false);
				assert_int_not_equal(now, EXCHANGE_NONE);
			}
			assert_true(crossed == 0 || now == end);
			end = now;
		}
	}
}

static void the_time_of_an_answer_falls_into_one_of_five_spans(void **state)
{
	static const struct { int64_t seconds; uint32_t span; } cases[] = {
		{ 0, 0 }, { 29, 0 }, { 30, 1 }, { 59, 1 }, { 60, 2 }, { 120, 3 }, { 179, 3 },
		{ 180, 4 }, { 90000, 4 },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++)
		assert_int_equal(exchange_span(cases[i].seconds * CLOCK_SECOND), cases[i].span);
}

/* ---- messages ---- */

#define HEAD "{\"sender\":\"110\",\"offered_by\":\"110\",\"number\":\"A-1\",\"sequence\":1,"
#define AT_NINE "\"at\":\"2026-03-02T09:00:00+08:00\","

static uint32_t complaints(const char *text)
{
	struct field_errors errors = { .arena = arena };
	struct exchange_message m;

	if (form_parse(str_of(text), exchange_message_fields, &m, &errors))
		exchange_message_check(&m, "#", &errors);
	return errors.n;
}

static void a_message_has_what_its_kind_needs_and_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(complaints(HEAD AT_NINE "\"kind\":\"offer\",\"item\":\"F01\","
		"\"urgent\":true,\"title\":\"t\",\"text\":\"x\"}"), 0);
	assert_int_equal(complaints(HEAD AT_NINE "\"kind\":\"offer\"}"), 4);
	assert_int_equal(complaints(HEAD AT_NINE "\"kind\":\"accept\"}"), 1);
	assert_int_equal(complaints(HEAD AT_NINE "\"kind\":\"accept\",\"own_no\":\"B\","
		"\"item\":\"F01\"}"), 1);
	assert_int_equal(complaints(HEAD AT_NINE "\"kind\":\"refuse\",\"reason\":\"other\"}"), 1);
	assert_int_equal(complaints(HEAD AT_NINE "\"kind\":\"visited\"}"), 0);
	assert_int_equal(complaints(HEAD AT_NINE "\"kind\":\"timeout\",\"colour\":1}"), 1);
	assert_int_equal(complaints(HEAD "\"kind\":\"timeout\"}"), 1);
}

static void a_message_is_written_as_it_was_read(void **state)
{
	static const char *const texts[] = {
		HEAD "\"kind\":\"offer\"," AT_NINE "\"item\":\"F01\",\"item_version\":3,"
		"\"urgent\":true,\"first_response_at\":\"2026-03-02T08:59:00+08:00\","
		"\"title\":\"t\",\"place\":\"p\",\"category\":\"0203\",\"area\":\"A01\","
		"\"content_class\":\"help\",\"contact_name\":\"n\",\"contact_phone\":\"1\","
		"\"recording\":\"r\",\"text\":\"x\\ny\"}",
		HEAD "\"kind\":\"result\"," AT_NINE "\"result\":\"solved\","
		"\"on_scene_at\":\"2026-03-02T09:10:00.250+08:00\",\"text\":\"done\"}",
	};

	(void)state;
	for (size_t i = 0; i < array_count(texts); i++) {
		struct field_errors errors = { .arena = arena };
		struct exchange_message m;

		assert_true(form_parse(str_of(texts[i]), exchange_message_fields, &m, &errors));
		assert_string_equal(exchange_message_text(arena, &m).p, texts[i]);
	}
}

/* ---- batches ---- */

enum { MESSAGES = 3 };

static struct note_key own_key(void)
{
	uint8_t key[SIGN_KEY_BYTES];

	crypto_sign_key("exchange", key);
	return note_key_make(STR("110"), NOTE_ED25519, key);
}

static struct str made_batch(size_t n)
{
	struct str messages[MESSAGES];
	uint8_t signature[SIGN_BYTES];
	struct note_key key = own_key();
	const struct str missing[] = { STR("5"), STR("6") };
	struct exchange_batch batch = {
		.sender = STR("110"), .receiver = STR("12345"), .number = 7, .received = 4,
		.previous = arena_printf(arena, "%064d", 0), .missing = { missing, 2 },
		.made_at = INT64_C(1772413200000000),
	};

	for (size_t i = 0; i < n; i++)
		messages[i] = arena_printf(arena, HEAD AT_NINE "\"kind\":\"timeout\","
					   "\"text\":\"%zu\"}", i);
	struct str note = exchange_batch_note(arena, &batch, messages, n);

	crypto_signature("exchange", note, signature);
	return exchange_batch_text(arena, note, &key, signature, messages, n);
}

static size_t fault_line(struct str file)
{
	struct note_key key = own_key();
	struct exchange_fault fault = { .line = 0 };
	struct exchange_batch batch;

	return exchange_batch_read(arena, file, &key, &batch, &fault) ? 0 : fault.line;
}

static void a_batch_is_read_as_it_was_made(void **state)
{
	struct note_key key = own_key();
	struct exchange_fault fault;
	struct exchange_batch batch;

	(void)state;
	assert_true(exchange_batch_read(arena, made_batch(MESSAGES), &key, &batch, &fault));
	assert_int_equal(batch.number, 7);
	assert_int_equal(batch.received, 4);
	assert_int_equal(batch.missing.n, 2);
	assert_int_equal(batch.lines.n, MESSAGES);
	assert_string_equal(arena_str(arena, batch.messages[2].text).p, "2");
	assert_int_equal(fault_line(made_batch(0)), 0);
}

static void a_batch_that_was_cut_anywhere_is_refused_whole(void **state)
{
	struct str file = made_batch(MESSAGES);

	(void)state;
	for (size_t n = 0; n < file.n; n++)
		assert_int_not_equal(fault_line((struct str){ file.p, n }), 0);
	/* The last line lacks its end. */
	assert_int_equal(fault_line((struct str){ file.p, file.n - 1 }), 5 + MESSAGES);
}

static void a_batch_with_any_byte_changed_is_refused_and_a_changed_message_named(void **state)
{
	struct str file = made_batch(MESSAGES);
	char *copy = arena_alloc(arena, file.n);
	size_t line = 1;

	(void)state;
	for (size_t i = 0; i < file.n; i++) {
		memcpy(copy, file.p, file.n);
		copy[i] ^= 1;
		size_t found = fault_line((struct str){ copy, file.n });
		assert_int_not_equal(found, 0);
		if (line >= 6 && file.p[i] != '\n' && copy[i] != '\n')
			assert_int_equal(found, line);
		line += file.p[i] == '\n';
	}
	copy = arena_alloc(arena, file.n + 1);
	memcpy(copy, file.p, file.n);
	copy[file.n] = '\n';
	assert_int_equal(fault_line((struct str){ copy, file.n + 1 }), 6 + MESSAGES);
}

static void another_ones_signature_is_none(void **state)
{
	struct note_key key = own_key();
	struct exchange_fault fault;
	struct exchange_batch batch;

	(void)state;
	key.key[0] ^= 1;
	assert_false(exchange_batch_read(arena, made_batch(1), &key, &batch, &fault));
	key = own_key();
	key = note_key_make(STR("119"), NOTE_ED25519, key.key);
	assert_false(exchange_batch_read(arena, made_batch(1), &key, &batch, &fault));
	assert_int_equal(fault.line, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_in_every_state_leads_where_the_table_says),
		cmocka_unit_test(a_timeout_is_sent_of_what_nobody_answered_alone),
		cmocka_unit_test(a_timeout_that_crosses_an_answer_changes_no_end),
		cmocka_unit_test(the_time_of_an_answer_falls_into_one_of_five_spans),
		cmocka_unit_test(a_message_has_what_its_kind_needs_and_nothing_else),
		cmocka_unit_test(a_message_is_written_as_it_was_read),
		cmocka_unit_test(a_batch_is_read_as_it_was_made),
		cmocka_unit_test(a_batch_that_was_cut_anywhere_is_refused_whole),
		cmocka_unit_test(
			a_batch_with_any_byte_changed_is_refused_and_a_changed_message_named),
		cmocka_unit_test(another_ones_signature_is_none),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
