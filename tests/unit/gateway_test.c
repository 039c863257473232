/* The file of a gateway: templates with published vectors, conditions, and what is refused. */
#include "out/gateway.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "attr.h"
#include "rules_fixture.h"

static struct arena *arena;

static int begin(void **state)
{
	(void)state;
	arena = arena_new(1 << 24);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static bool read_secret(struct arena *a, struct str path, struct str *ret_text)
{
	(void)a;
	*ret_text = STR("sk");
	return str_is(path, "/secret");
}

static struct gateway_message message(void)
{
	return (struct gateway_message){
		.mobile = STR("13800138000"), .content = STR("测试"),
		.params_json = STR("{\"a\":1}"), .request_id = STR("sms_1"),
		.now = INT64_C(1700000000123456),
	};
}

static struct gateway parsed(const char *text)
{
	struct gateway g;
	char why[200] = "";

	if (!gateway_parse(arena, str_of(text), read_secret, &g, why, sizeof(why)))
		fail_msg("%s", why);
	return g;
}

static const char minimal[] = "url = https://h/x\ntaken = status == 200\n";

static void renders(const char *text, const char *expected)
{
	struct gateway g = parsed("url = https://h/x\ntaken = status == 200\nset.ecName = EC\n"
				  "set.apId = ap\nset.sign = sign\nsecret.key = /secret\n");
	struct gateway_message m = message();
	struct str out;
	char why[200];

	if (!gateway_render(arena, &g, str_of(text), &m, &out, why, sizeof(why)))
		fail_msg("%s: %s", text, why);
	if (!str_is(out, expected))
		fail_msg("`%.*s` instead of `%s`", STR_ARG(out), expected);
}

static void values_and_functions_are_put_in(void **state)
{
	(void)state;
	renders("plain", "plain");
	renders("{{mobile}}/{{content}}/{{request_id}}/{{params_json}}",
		"13800138000/测试/sms_1/{\"a\":1}");
	renders("{{ts}} {{ts_ms}} {{stamp}}", "1700000000 1700000000123 20231115061320");
	renders("{{url:a b&{{content}}}}", "a%20b%26%E6%B5%8B%E8%AF%95");
	renders("{{base64:{{mobile}}}}", "MTM4MDAxMzgwMDA=");
	renders("{\"c\":\"{{json:a\"b\\}}\"}", "{\"c\":\"a\\\"b\\\\\"}");
	/* RFC 1321, A.5; FIPS 180-2, B.1; RFC 4231 is run in the tests of crypto. */
	renders("{{md5:abc}}", "900150983cd24fb0d6963f7d28e17f72");
	renders("{{sha256:abc}}",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	/* By openssl dgst -hmac. */
	renders("{{hmac_sha256:key:}}",
		"1a12e0d40bef63531f6fea34761891dbb7cee71a5032f8d4010673b148a96dde");
	renders("{{hmac_sha256_base64:key:{{content}}}}",
		"lxl06zwA5sphem0gD2MaYp4QV/eAX3r+QQek7KfwZVs=");
}

static void the_mac_of_cloud_mas_is_that_of_its_vector(void **state)
{
	(void)state;
	renders("{{md5:{{ecName}}{{apId}}{{key}}{{mobile}}{{content}}{{sign}}}}",
		"6352471ce01d8d7cdef14459b7951655");
}

static void braces_of_a_document_may_stand_in_a_function(void **state)
{
	(void)state;
	renders("{{base64:{\"a\":{\"b\":\"{{mobile}}\"}}}}",
		"eyJhIjp7ImIiOiIxMzgwMDEzODAwMCJ9fQ==");
}

static void what_a_value_holds_is_never_read_as_a_template(void **state)
{
	struct gateway g = parsed(minimal);
	struct gateway_message m = message();
	struct str out;
	char why[200];

	(void)state;
	m.content = STR("{{mobile}} }} {{md5:");
	assert_true(gateway_render(arena, &g, STR("[{{content}}]"), &m, &out, why, sizeof(why)));
	assert_true(str_is(out, "[{{mobile}} }} {{md5:]"));
}

static void a_template_that_names_what_there_is_not_is_refused(void **state)
{
	static const char *const bad[] = {
		"{{nothing}}", "{{rot13:x}}", "{{md5:x", "{{mobile", "{{mobile}", "{{}}",
		"{{hmac_sha256:nokey:x}}", "{{hmac_sha256:x}}", "{{hmac_sha256_base64}}",
		"{{md5:{{md5:{{md5:{{md5:{{md5:{{md5:{{md5:{{md5:{{md5:x}}}}}}}}}}}}}}}}}}",
	};
	struct gateway g = parsed(minimal);
	struct gateway_message m = message();
	struct str out;
	char why[200];

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++)
		if (gateway_render(arena, &g, str_of(bad[i]), &m, &out, why, sizeof(why)))
			fail_msg("%s", bad[i]);
}

static void a_file_is_read_line_by_line(void **state)
{
	struct gateway g = parsed("# a gateway\n\nurl = https://h/x?to={{mobile}}\nmethod = GET\n"
		"header = X-Key: {{key}}\nsecret.key = /secret\ntaken = json:/code == \"0\"\n"
		"wait = 60 json:/code == \"busy\"\nrefused = status == 403\nmessage_id = /id\n"
		"message_id = /ID\nreply.items = /list\nreply.mobile = /from\n"
		"callback_token = /secret\r\n");

	(void)state;
	assert_true(g.is_get && g.header_n == 1 && g.message_id_n == 2);
	assert_int_equal(g.wait_seconds, 60);
	assert_true(str_is(g.wait.wanted, "busy") && str_is(g.reply.items, "/list"));
	assert_true(str_is(g.callback_token, "sk"));
}

static void a_file_that_cannot_work_is_refused_with_its_line(void **state)
{
	static const char *const bad[][2] = {
		{ "url = https://h/x\n", "have to be there" },
		{ "taken = status == 200\n", "have to be there" },
		{ "url\n", "line 1" },
		{ "\nnonsense = 1\n", "line 2" },
		{ "taken = code == 1\n", "line 1" },
		{ "taken = json:/x == y\n", "line 1" },
		{ "taken = status == \"200\"\n", "line 1" },
		{ "wait = soon status == 200\n", "line 1" },
		{ "wait = 0 status == 200\n", "line 1" },
		{ "method = PATCH\n", "line 1" },
		{ "header = nocolon\n", "line 1" },
		{ "secret.key = /other\n", "line 1" },
		{ "set. = x\n", "line 1" },
		{ "callback_token = /other\n", "line 1" },
		{ "url = https://h/{{nothing}}\ntaken = status == 200\n", "nothing" },
		{ "url = https://h\nbody = {{md5:\ntaken = status == 200\n", "}}" },
		{ "url = https://h\nheader = X: {{y}}\ntaken = status == 200\n", "y" },
		{ "refused = status == 1\nrefused = status == 2\nrefused = status == 3\n"
		  "refused = status == 4\nrefused = status == 5\n", "line 5" },
		{ "taken = status == 200\ntaken = status == 201\n", "line 2" },
		{ "url = https://h\n\nurl = https://i\n", "line 3" },
		{ "wait = 1 status == 503\nwait = 2 status == 504\n", "line 2" },
		{ "reply.id = /a\nreply.id = /b\n", "line 2" },
		{ "set.key = a\nset.key = b\n", "line 2" },
		{ "set.key = a\nsecret.key = /secret\n", "line 2" },
		{ "message_id = /1\nmessage_id = /2\nmessage_id = /3\nmessage_id = /4\n"
		  "message_id = /5\n", "line 5" },
	};

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++) {
		struct gateway g;
		char why[200] = "";

		if (gateway_parse(arena, str_of(bad[i][0]), read_secret, &g, why, sizeof(why)) ||
		    !strstr(why, bad[i][1]))
			fail_msg("%s: %s", bad[i][0], why);
	}
}

static bool read_any(struct arena *a, struct str name, struct str *ret_text)
{
	(void)a;
	*ret_text = name;
	return true;
}

static void every_code_of_cloud_mas_that_waiting_does_not_mend_is_refused(void **state)
{
	static const char *const codes[] = {
		"IllegalMac", "IllegalSignId", "InvalidUsrOrPwd", "NoSignId",
	};
	struct gateway g;
	char why[200] = "";

	(void)state;
	if (!gateway_parse(arena, file_text(arena, "config/sms/cloud-mas.conf"), read_any, &g, why,
			   sizeof(why)))
		fail_msg("%s", why);
	assert_int_equal(g.refused_n, array_count(codes));
	for (uint32_t i = 0; i < g.refused_n; i++)
		assert_true(gateway_holds(arena, &g.refused[i], 200,
			arena_printf(arena, "{\"rspcod\":\"%s\"}", codes[i])));
}

static void conditions_hold_where_the_answer_says_so(void **state)
{
	struct gateway g = parsed("url = https://h\ntaken = json:/rspcod == \"success\"\n"
				  "wait = 5 text starts \"busy\"\nrefused = text == \"no\"\n");
	const struct gateway_condition status = { TEST_STATUS, STR_NONE, STR("503") };

	(void)state;
	assert_true(gateway_holds(arena, &g.taken, 200, STR("{\"rspcod\":\"success\"}")));
	assert_false(gateway_holds(arena, &g.taken, 200, STR("{\"rspcod\":\"IllegalMac\"}")));
	assert_false(gateway_holds(arena, &g.taken, 200, STR("success")));
	assert_true(gateway_holds(arena, &g.wait, 200, STR("busy: later")));
	assert_false(gateway_holds(arena, &g.wait, 200, STR("bus")));
	assert_true(gateway_holds(arena, &g.refused[0], 200, STR("no")));
	assert_false(gateway_holds(arena, &g.refused[0], 200, STR("not")));
	assert_true(gateway_holds(arena, &status, 503, STR("")));
	assert_false(gateway_holds(arena, &status, 200, STR("")));
	assert_false(gateway_holds(arena, &(struct gateway_condition){ TEST_NONE, STR_NONE,
								       STR_NONE }, 200, STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_and_functions_are_put_in),
		cmocka_unit_test(the_mac_of_cloud_mas_is_that_of_its_vector),
		cmocka_unit_test(braces_of_a_document_may_stand_in_a_function),
		cmocka_unit_test(what_a_value_holds_is_never_read_as_a_template),
		cmocka_unit_test(a_template_that_names_what_there_is_not_is_refused),
		cmocka_unit_test(a_file_is_read_line_by_line),
		cmocka_unit_test(a_file_that_cannot_work_is_refused_with_its_line),
		cmocka_unit_test(every_code_of_cloud_mas_that_waiting_does_not_mend_is_refused),
		cmocka_unit_test(conditions_hold_where_the_answer_says_so),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
