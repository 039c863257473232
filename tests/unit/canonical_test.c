/*
 * What the server hashes of an event and what the verifier builds from its description are the
 * same bytes, though neither knows the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "bounds.h"
#include "crypto.h"
#include "event_record.h"
#include "verify/entry.h"

static void every_kind_has_its_name_on_both_sides(void **state)
{
	(void)state;
	for (uint64_t kind = 1; kind < EVENT_KIND_END; kind++) {
		assert_non_null(event_type(kind));
		assert_string_equal(event_type(kind), event_type_names[kind - 1]);
	}
	assert_null(event_type(0));
	assert_null(event_type(EVENT_KIND_END));
}

static void every_event_has_the_same_digest_on_both_sides(void **state)
{
	static const char *const texts[] = { "", "{}", "{\"a\":\"路灯不亮\"}", "x" };
	struct arena *arena = arena_new(MIB(1));
	uint8_t theirs[SHA256_BYTES];

	(void)state;
	for (uint64_t i = 0; i < 400; i++) {
		const char *name = texts[i % 4], *data = texts[i / 4 % 4];
		struct recorded_event row = {
			.appeal_id = UINT64_C(2603020000001) + i, .seq = i + 1,
			.kind = (enum event_kind)(i % (EVENT_KIND_END - 1) + 1),
			.at = (int64_t)i * 1000 - 77, .recorded_at = INT64_C(1772413200000000),
			.by_kind = (enum actor_kind)(i % 4), .by_id = i * i,
			.by_name = { name, strlen(name) }, .task_id = i % 3 ? i : 0,
			.data = { data, strlen(data) },
		};
		const struct event_row mine = {
			.appeal = row.appeal_id, .number = row.seq, .kind = row.kind,
			.at = row.at, .recorded_at = row.recorded_at, .by_kind = row.by_kind,
			.by = row.by_id, .by_name = { name, strlen(name) }, .task = row.task_id,
			.data = { data, strlen(data) },
		};

		crypto_sha256(event_canonical(arena, &row), theirs);
		struct hash digest = event_digest(&mine);
		assert_memory_equal(digest.b, theirs, SHA256_BYTES);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_its_name_on_both_sides),
		cmocka_unit_test(every_event_has_the_same_digest_on_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
