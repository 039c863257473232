/*
 * What telephone exchanges push, as they push it: forms without a type and JSON, users in every
 * shape, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cti.h"

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

static enum cti_fault read_as(const char *type, const char *body, struct cti_event *e)
{
	return cti_read(arena, str_of(type), str_of(body), e);
}

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json; charset=utf-8"

static void a_form_is_read_with_and_without_its_type(void **state)
{
	static const char body[] = "event=newCall&from=%2B49+30&to=hot%20line&direction=in"
				   "&callId=17.1&user%5B%5D=a&user[]=b&user=c&other=x";
	static const char *const types[] = { NULL, FORM, FORM "; charset=UTF-8" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct cti_event e;

		assert_int_equal(read_as(types[i], body, &e), CTI_FINE);
		assert_int_equal(e.kind, CTI_NEW_CALL);
		assert_int_equal(e.direction, CTI_IN);
		assert_true(str_is(e.call_id, "17.1") && str_is(e.from, "+49 30"));
		assert_true(str_is(e.to, "hot line"));
		assert_int_equal(e.user_count, 3);
		assert_true(str_is(e.users[0], "a") && str_is(e.users[2], "c"));
		assert_null(e.queue.p);
		assert_null(e.answering_number.p);
	}
}

static void json_is_read_with_users_as_text_list_or_nothing(void **state)
{
	struct cti_event e;

	(void)state;
	assert_int_equal(read_as(JSON, "{\"event\":\"answer\",\"callId\":\"a\",\"direction\":\"out\","
				 "\"user\":\"o\",\"answeringNumber\":8001}", &e), CTI_FINE);
	assert_int_equal(e.kind, CTI_ANSWER);
	assert_int_equal(e.direction, CTI_OUT);
	assert_true(e.user_count == 1 && str_is(e.users[0], "o"));
	assert_true(str_is(e.answering_number, "8001"));
	assert_int_equal(read_as(JSON, "{\"callId\":1,\"direction\":\"in\",\"user\":[\"x\",2,null,"
				 "{\"a\":1},\"y\"]}", &e), CTI_FINE);
	assert_int_equal(e.kind, CTI_OTHER);
	assert_true(e.user_count == 3 && str_is(e.users[1], "2") && str_is(e.users[2], "y"));
	assert_int_equal(read_as(JSON, "{\"callId\":\"a\",\"direction\":\"in\",\"event\":\"hangup\","
				 "\"cause\":\"busy\"}", &e), CTI_FINE);
	assert_true(e.kind == CTI_HANGUP && e.user_count == 0 && str_is(e.cause, "busy"));
}

static void more_users_than_there_is_room_for_are_left_out(void **state)
{
	struct cti_event e;

	(void)state;
	assert_int_equal(read_as(NULL, "callId=a&direction=in&user[]=1&user[]=2&user[]=3&user[]=4"
				 "&user[]=5&user[]=6&user[]=7&user[]=8&user[]=9", &e), CTI_FINE);
	assert_int_equal(e.user_count, CTI_USERS_MAX);
}

static void what_is_no_text_or_too_long_says_nothing(void **state)
{
	char body[600] = "callId=a&direction=in&from=";
	struct cti_event e;

	(void)state;
	memset(body + strlen(body), '1', CTI_TEXT_BYTES + 1);
	assert_int_equal(read_as(NULL, body, &e), CTI_FINE);
	assert_null(e.from.p);
	assert_int_equal(read_as(JSON, "{\"callId\":\"a\",\"direction\":\"in\",\"from\":\"1\\n2\","
				 "\"to\":[],\"queue\":\"\"}", &e), CTI_FINE);
	assert_true(!e.from.p && !e.to.p && !e.queue.p);
}

static void refusals_name_what_is_wrong(void **state)
{
	static const struct { const char *type, *body; enum cti_fault fault; } cases[] = {
		{ NULL, "", CTI_NO_CALL },
		{ NULL, "direction=in", CTI_NO_CALL },
		{ NULL, "callId=&direction=in", CTI_NO_CALL },
		{ NULL, "callId=a", CTI_NO_DIRECTION },
		{ NULL, "callId=a&direction=In", CTI_NO_DIRECTION },
		{ NULL, "callId=%zz", CTI_NO_FORM },
		{ NULL, "callId=%00&direction=in", CTI_NO_FORM },
		{ NULL, "=1", CTI_NO_FORM },
		{ JSON, "{", CTI_NO_FORM },
		{ JSON, "", CTI_NO_FORM },
		{ JSON, "\"a\"", CTI_NO_FORM },
		{ JSON, "{}", CTI_NO_CALL },
		{ JSON, "{\"callId\":{},\"direction\":\"in\"}", CTI_NO_CALL },
		{ JSON, "{\"callId\":\"a\\u0001\",\"direction\":\"in\"}", CTI_NO_CALL },
		{ JSON, "{\"callId\":\"a\",\"callId\":\"b\",\"direction\":\"in\"}", CTI_NO_FORM },
	};
	struct cti_event e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(read_as(cases[i].type, cases[i].body, &e), cases[i].fault);
}

static void without_a_token_nobody_may_push(void **state)
{
	(void)state;
	assert_false(cti_is_on());
	assert_false(cti_token_fits(STR("")));
	assert_false(cti_token_fits(STR("0123456789abcdef")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_is_read_with_and_without_its_type),
		cmocka_unit_test(json_is_read_with_users_as_text_list_or_nothing),
		cmocka_unit_test(more_users_than_there_is_room_for_are_left_out),
		cmocka_unit_test(what_is_no_text_or_too_long_says_nothing),
		cmocka_unit_test(refusals_name_what_is_wrong),
		cmocka_unit_test(without_a_token_nobody_may_push),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
