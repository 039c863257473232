/*
 * References that people read aloud, masks, the table of steps, and the canonical bytes of an
 * event: all values, no database.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto.h"
#include "domain.h"
#include "event_record.h"
#include "events.h"
#include "rules/mask.h"
#include "rules/steps.h"

static struct arena *arena;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void assert_str(struct str s, const char *expected)
{
	assert_int_equal(s.n, strlen(expected));
	assert_memory_equal(s.p, expected, s.n);
}

static void a_reference_says_the_day_and_the_count(void **state)
{
	(void)state;
	assert_str(appeal_reference(arena, UINT64_C(2603020000017)), "LD260302000017");
	assert_str(task_reference(arena, UINT64_C(260302000001701)), "LD260302000017-1");
	assert_int_equal(appeal_id_of(STR("LD260302000017")), UINT64_C(2603020000017));
	assert_int_equal(task_id_of(STR("LD260302000017-12")), UINT64_C(260302000001712));
}

static void the_millionth_appeal_of_a_day_has_seven_digits(void **state)
{
	(void)state;
	assert_str(appeal_reference(arena, UINT64_C(2603021234567)), "LD2603021234567");
	assert_int_equal(appeal_id_of(STR("LD2603021234567")), UINT64_C(2603021234567));
}

static void references_of_early_years_keep_their_zeros(void **state)
{
	(void)state;
	assert_str(appeal_reference(arena, UINT64_C(101010000001)), "LD010101000001");
	assert_int_equal(appeal_id_of(STR("LD010101000001")), UINT64_C(101010000001));
}

static void what_is_no_reference_names_nothing(void **state)
{
	static const char *const bad[] = {
		"", "LD", "LD260302", "LD26030200001", "ld260302000017", "LD2603020000175x",
		"LD260302000000", "LD2603020000017", "XX260302000017", "LD2603020x0017",
		"LD26030200001712345",
	};
	static const char *const bad_tasks[] = {
		"LD260302000017", "LD260302000017-", "LD260302000017-0", "LD260302000017-01",
		"LD260302000017-100", "LD260302000017--1", "LD260302000017-1x", "-1",
	};

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++)
		assert_int_equal(appeal_id_of(str_of(bad[i])), 0);
	for (size_t i = 0; i < array_count(bad_tasks); i++)
		assert_int_equal(task_id_of(str_of(bad_tasks[i])), 0);
}

static void a_name_shows_its_first_character_only(void **state)
{
	(void)state;
	assert_str(mask_name(arena, STR("王小明")), "王**");
	assert_str(mask_name(arena, STR("李")), "*");
	assert_str(mask_name(arena, STR("Ann")), "A**");
	assert_null(mask_name(arena, STR_NONE).p);
}

static void a_phone_shows_too_little_to_call(void **state)
{
	(void)state;
	assert_str(mask_phone(arena, STR("13800001111")), "138****1111");
	assert_str(mask_phone(arena, STR("12345678")), "****78");
	assert_str(mask_phone(arena, STR("11")), "****");
	assert_null(mask_phone(arena, STR_NONE).p);
}

static void one_phone_has_one_normal_form(void **state)
{
	(void)state;
	assert_str(phone_normal(arena, STR("138 0000-1111")), "13800001111");
	assert_str(phone_normal(arena, STR("+86 138 0000 1111")), "+8613800001111");
	assert_null(phone_normal(arena, STR("- -")).p);
}

static void each_state_allows_exactly_its_steps(void **state)
{
	static const struct {
		enum task_state state;
		const char *allowed[TASK_ACTIONS + 1];
	} cases[] = {
		{ TASK_AWAITING_SIGN, { "sign", "visits", "return", "ruling", "exclude", "urge",
					"supervise", "escalate", NULL } },
		{ TASK_IN_HAND, { "contact", "progress", "complete", "visits", "return",
				  "ruling", "extend", "pause", "account", "exclude", "assist",
				  "assist-delay", "urge", "supervise", "escalate", NULL } },
		{ TASK_RETURN_REQUESTED, { "visits", "return/accept", "return/refuse", "ruling",
					   "exclude", "urge", "supervise", "escalate", NULL } },
		{ TASK_PAUSED, { "visits", "resume", "exclude", "urge", "supervise", "escalate",
				 NULL } },
		{ TASK_ON_ACCOUNT, { "visits", "unaccount", "exclude", "urge", "supervise",
				     "escalate", NULL } },
		{ TASK_REVIEW_PENDING, { "review", "visits", "exclude", "urge", "supervise",
					 "escalate", NULL } },
		{ TASK_CLOSED, { "visits", "redo", "exclude", "urge", "supervise", "escalate",
				 NULL } },
		{ TASK_VISITED, { "visits", "redo", "exclude", "urge", "supervise", "escalate",
				  NULL } },
		{ TASK_ARCHIVED, { "exclude", NULL } },
		{ TASK_RETURNED, { "exclude", NULL } },
		{ TASK_WITHDRAWN, { "exclude", NULL } },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		const struct task t = {
			.state = cases[i].state, .role = TASK_LEAD, .round = 1,
			.closed_at = cases[i].state == TASK_CLOSED ||
				     cases[i].state == TASK_VISITED,
		};
		const char *allowed[TASK_ACTIONS + 1];
		size_t n = 0;

		steps_allowed(&t, allowed);
		for (; cases[i].allowed[n]; n++)
			assert_string_equal(allowed[n], cases[i].allowed[n]);
		assert_null(allowed[n]);
	}
}

static void only_faults_within_the_departments_power_open_a_redo(void **state)
{
	(void)state;
	for (int result = 0; level_names[result]; result++)
		for (int reason = -1; reason < 5; reason++) {
			bool is_dissatisfied = strstr(level_names[result], "dissatisfied");
			bool is_own = reason >= 0 && reason <= 2;
			assert_int_equal(answer_asks_redo(result, reason),
					 is_dissatisfied && is_own);
		}
	assert_false(answer_asks_redo(-1, 0));
}

static struct recorded_event sample_event(void)
{
	return (struct recorded_event){
		.appeal_id = 2603020000017, .seq = 2, .kind = EVENT_TASK_SIGNED, .at = 1,
		.recorded_at = 2, .by_kind = ACTOR_KEY, .by_id = 7, .by_name = STR("dept-CGJ"),
		.task_id = 260302000001701, .data = STR("{}"),
	};
}

static void canonical_bytes_are_length_prefixed_and_ordered(void **state)
{
	const struct recorded_event e = sample_event();
	struct str bytes = event_canonical(arena, &e);
	static const unsigned char head[] = {
		1, 0, 0, 0, 8, 0x00, 0x00, 0x02, 0x5e, 0x10, 0x15, 0x1b, 0x11,
		0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 2,
		0, 0, 0, 11, 't', 'a', 's', 'k', '.', 's', 'i', 'g', 'n', 'e', 'd',
	};

	(void)state;
	assert_memory_equal(bytes.p, head, sizeof(head));
	assert_int_equal(bytes.n, 1 + 7 * 12 + 3 * 4 + 11 + 8 + 2);
}

static void every_field_of_an_event_changes_its_digest(void **state)
{
	uint8_t first[SHA256_BYTES], other[SHA256_BYTES];
	struct recorded_event variants[10];

	(void)state;
	for (size_t i = 0; i < array_count(variants); i++)
		variants[i] = sample_event();
	variants[0].appeal_id++;
	variants[1].seq++;
	variants[2].kind = EVENT_TASK_CONTACTED;
	variants[3].at++;
	variants[4].recorded_at++;
	variants[5].by_kind = ACTOR_ACCOUNT;
	variants[6].by_id++;
	variants[7].by_name = STR("dept-CGK");
	variants[8].task_id++;
	variants[9].data = STR("{ }");
	const struct recorded_event e = sample_event();
	crypto_sha256(event_canonical(arena, &e), first);
	for (size_t i = 0; i < array_count(variants); i++) {
		crypto_sha256(event_canonical(arena, &variants[i]), other);
		assert_memory_not_equal(first, other, SHA256_BYTES);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_arena, free_arena)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_reference_says_the_day_and_the_count),
		CASE(the_millionth_appeal_of_a_day_has_seven_digits),
		CASE(references_of_early_years_keep_their_zeros),
		CASE(what_is_no_reference_names_nothing),
		CASE(a_name_shows_its_first_character_only),
		CASE(a_phone_shows_too_little_to_call),
		CASE(one_phone_has_one_normal_form),
		CASE(each_state_allows_exactly_its_steps),
		CASE(only_faults_within_the_departments_power_open_a_redo),
		CASE(canonical_bytes_are_length_prefixed_and_ordered),
		CASE(every_field_of_an_event_changes_its_digest),
	};

	return cmocka_run_group_tests_name("domain", tests, NULL, NULL);
}
