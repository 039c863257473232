/* Short messages: quiet hours, and an attempt that the gateway's file makes too much of. */
#include "sms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "out/dialect.h"
#include "out/sms_start.h"
#include "base/settings.h"

static struct arena *arena;
static char path[] = "/tmp/sms_test.XXXXXX";

/* Six hundred times the text: more than a body may have, once a text is a long one. */
static int begin(void **state)
{
	FILE *file = fdopen(mkstemp(path), "w");
	char why[200] = "";

	(void)state;
	arena = arena_new(1 << 24);
	fputs("url = http://127.0.0.1:9/x\ntaken = status == 200\nbody = ", file);
	for (int i = 0; i < 600; i++)
		fputs("{{content}}", file);
	fputs("\n", file);
	fclose(file);
	settings_add("sms", sms_settings);
	settings_override("sms_gateway_file", path);
	if (!settings_load(NULL, stderr) || !sms_start(why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		return -1;
	}
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(path);
	arena_free(arena);
	return 0;
}

static int64_t at(const char *text)
{
	int64_t instant;

	assert_true(clock_parse(str_of(text), &instant));
	return instant;
}

static void nobody_is_woken(void **state)
{
	const struct quiet_hours night = { 21, 8 }, noon = { 12, 14 }, never = { 0, 0 };

	(void)state;
	assert_int_equal(quiet_ends(at("2026-03-02T20:59:59+08:00"), &night),
			 at("2026-03-02T20:59:59+08:00"));
	assert_int_equal(quiet_ends(at("2026-03-02T21:00:00+08:00"), &night),
			 at("2026-03-03T08:00:00+08:00"));
	assert_int_equal(quiet_ends(at("2026-03-03T00:00:00+08:00"), &night),
			 at("2026-03-03T08:00:00+08:00"));
	assert_int_equal(quiet_ends(at("2026-03-03T07:59:59+08:00"), &night),
			 at("2026-03-03T08:00:00+08:00"));
	assert_int_equal(quiet_ends(at("2026-03-03T08:00:00+08:00"), &night),
			 at("2026-03-03T08:00:00+08:00"));
	assert_int_equal(quiet_ends(at("2026-03-03T13:00:00+08:00"), &noon),
			 at("2026-03-03T14:00:00+08:00"));
	assert_int_equal(quiet_ends(at("2026-03-03T11:00:00+08:00"), &noon),
			 at("2026-03-03T11:00:00+08:00"));
	assert_int_equal(quiet_ends(at("2026-03-03T03:00:00+08:00"), &never),
			 at("2026-03-03T03:00:00+08:00"));
}

static void the_settings_are_those_of_the_night(void **state)
{
	(void)state;
	assert_int_equal(sms_allowed_from(at("2026-03-02T20:59:59+08:00")),
			 at("2026-03-02T20:59:59+08:00"));
	assert_int_equal(sms_allowed_from(at("2026-03-02T22:00:00+08:00")),
			 at("2026-03-03T08:00:00+08:00"));
	assert_int_equal(dialect_sms.rests_until(at("2026-03-02T22:00:00+08:00")),
			 at("2026-03-03T08:00:00+08:00"));
}

static struct attempt prepared(size_t chars)
{
	char *text = arena_alloc(arena, chars);
	struct delivery delivery = { .message_id = "sms_1" };
	struct attempt attempt = { .arena = arena, .delivery = &delivery, .url = "unset" };

	memset(text, 'a', chars);
	delivery.body = sms_body(arena, STR("13800138000"), (struct str){ text, chars },
				 STR_NONE);
	dialect_sms.prepare(&attempt);
	return attempt;
}

static void a_message_too_long_for_the_gateway_is_a_failed_attempt(void **state)
{
	struct attempt fits = prepared(100), too_long = prepared(1000);

	(void)state;
	assert_string_equal(fits.url, "http://127.0.0.1:9/x");
	assert_int_equal(fits.body.n, 60000);
	assert_string_equal(too_long.url, "");
	assert_int_equal(too_long.body.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_woken),
		cmocka_unit_test(the_settings_are_those_of_the_night),
		cmocka_unit_test(a_message_too_long_for_the_gateway_is_a_failed_attempt),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
