/*
 * Field values and cursors: what is read, and what is not half understood.
 */
#include "net/cursor.h"
#include "net/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto.h"

static void idempotency_keys_are_the_same_with_and_without_quotes(void **state)
{
	struct str key;

	(void)state;
	assert_true(header_idempotency_key(STR("\"8e03978e-40d5\""), &key));
	assert_true(str_is(key, "8e03978e-40d5"));
	assert_true(header_idempotency_key(STR("  8e03978e-40d5 "), &key));
	assert_true(str_is(key, "8e03978e-40d5"));
}

static void idempotency_keys_are_8_to_128_printable_characters(void **state)
{
	static const char *const bad[] = {
		"", "1234567", "\"1234567\"", "1234 5678", "12345678\"", "\"12345678", "12345\\678",
		"1234567\x7f", "1234567\xe4\xb8\xad", "\"\"", "\"",
	};
	char longest[129];
	struct str key;

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++)
		if (header_idempotency_key(str_of(bad[i]), &key))
			fail_msg("%s", bad[i]);
	memset(longest, 'k', sizeof(longest));
	assert_true(header_idempotency_key((struct str){ longest, 128 }, &key));
	assert_false(header_idempotency_key((struct str){ longest, 129 }, &key));
	assert_true(header_idempotency_key(STR("12345678"), &key));
}

static void a_cookie_is_found_by_its_whole_name(void **state)
{
	struct str name = STR("__Host-session");

	(void)state;
	assert_true(str_is(header_cookie(STR("a=b; __Host-session=xyz; c=d"), name), "xyz"));
	assert_true(str_is(header_cookie(STR("__Host-session=x=y"), name), "x=y"));
	assert_null(header_cookie(STR("x__Host-session=xyz"), name).p);
	assert_null(header_cookie(STR("__Host-session2=xyz"), name).p);
	assert_null(header_cookie(STR("__host-session=xyz"), name).p);
	assert_null(header_cookie(STR("__Host-session="), name).p);
	assert_null(header_cookie(STR("__Host-session"), name).p);
	assert_null(header_cookie(STR_NONE, name).p);
}

static void a_cookie_given_twice_is_none(void **state)
{
	(void)state;
	assert_null(header_cookie(STR("s=a; s=b"), STR("s")).p);
}

static void bearer_tokens_have_one_word(void **state)
{
	(void)state;
	assert_true(str_is(header_bearer(STR("Bearer ldk_x")), "ldk_x"));
	assert_true(str_is(header_bearer(STR("bearer ldk_x ")), "ldk_x"));
	assert_null(header_bearer(STR("Bearer")).p);
	assert_null(header_bearer(STR("Bearer ")).p);
	assert_null(header_bearer(STR("Basic ldk_x")).p);
	assert_null(header_bearer(STR("Bearer a b")).p);
	assert_null(header_bearer(STR_NONE).p);
}

static void only_json_is_json(void **state)
{
	(void)state;
	assert_true(header_is_json(STR("application/json")));
	assert_true(header_is_json(STR("Application/JSON ; charset=utf-8")));
	assert_false(header_is_json(STR("application/jsonp")));
	assert_false(header_is_json(STR("text/plain")));
	assert_false(header_is_json(STR("")));
	assert_false(header_is_json(STR_NONE));
}

static void entity_tags_are_compared_whole(void **state)
{
	struct str tag = STR("\"a-1\"");

	(void)state;
	assert_true(header_has_tag(STR("\"a-1\""), tag, false));
	assert_true(header_has_tag(STR("\"b-2\", \"a-1\""), tag, false));
	assert_true(header_has_tag(STR("*"), tag, false));
	assert_false(header_has_tag(STR("\"a-12\""), tag, false));
	assert_false(header_has_tag(STR("a-1"), tag, false));
	assert_false(header_has_tag(STR("W/\"a-1\""), tag, false));
	assert_true(header_has_tag(STR("W/\"a-1\""), tag, true));
	assert_false(header_has_tag(STR(""), tag, true));
}

static void an_origin_is_ours_by_scheme_host_and_port(void **state)
{
	struct str host = STR("a.example:8443");

	(void)state;
	assert_true(header_is_origin(STR("https://a.example:8443"), "https", host));
	assert_true(header_is_origin(STR("https://A.example:8443"), "https", host));
	assert_false(header_is_origin(STR("http://a.example:8443"), "https", host));
	assert_false(header_is_origin(STR("https://a.example"), "https", host));
	assert_false(header_is_origin(STR("https://a.example:8443/"), "https", host));
	assert_false(header_is_origin(STR("https://b.example:8443"), "https", host));
	assert_false(header_is_origin(STR("null"), "https", host));
	assert_false(header_is_origin(STR("https://"), "https", STR("")));
}

/* ---- cursors ---- */

static int keys_setup(void **state)
{
	char folder[] = "/tmp/header-test-XXXXXX", file[64], why[200];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/keys", folder);
	assert_true(crypto_key_file_make(file));
	assert_true(crypto_start(file, why, sizeof(why)));
	unlink(file);
	rmdir(folder);
	return 0;
}

static void a_cursor_opens_on_its_own_list_only(void **state)
{
	struct arena *a = arena_new(1u << 20);
	uint64_t key1 = 0, key2 = 0;
	struct str token = cursor_make(a, "/api/v1/tasks", 7, UINT64_MAX);

	(void)state;
	assert_int_equal(token.n, 43);
	assert_true(cursor_open(a, "/api/v1/tasks", token, &key1, &key2));
	assert_true(key1 == 7 && key2 == UINT64_MAX);
	assert_false(cursor_open(a, "/api/v1/appeals", token, &key1, &key2));
	arena_free(a);
}

static void a_changed_cursor_does_not_open(void **state)
{
	struct arena *a = arena_new(1u << 20);
	struct str token = cursor_make(a, "/x", 1, 2);
	char changed[43];
	uint64_t key1, key2;

	(void)state;
	for (size_t i = 0; i < sizeof(changed); i++) {
		memcpy(changed, token.p, sizeof(changed));
		changed[i] = changed[i] == 'E' ? 'I' : 'E';
		assert_false(cursor_open(a, "/x", (struct str){ changed, sizeof(changed) }, &key1,
					 &key2));
	}
	assert_false(cursor_open(a, "/x", (struct str){ token.p, 42 }, &key1, &key2));
	assert_false(cursor_open(a, "/x", STR(""), &key1, &key2));
	arena_free(a);
}

static void a_digest_is_the_one_that_rfc_9530_gives(void **state)
{
	struct arena *a = arena_new(1u << 16);
	uint8_t given[SHA256_BYTES], made[SHA256_BYTES];

	(void)state;
	crypto_sha256(STR("{\"hello\": \"world\"}"), made);
	assert_int_equal(header_sha256(a, STR("sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"),
				       given), DIGEST_GIVEN);
	assert_memory_equal(given, made, SHA256_BYTES);
	memset(given, 0, sizeof(given));
	assert_int_equal(header_sha256(a, STR(" sha-512=:AAAA: , *x.1_-=:: ,\tsha-256="
		":X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=: "), given), DIGEST_GIVEN);
	assert_memory_equal(given, made, SHA256_BYTES);
	assert_int_equal(header_sha256(a, STR("sha-512=:AAAA:"), given), DIGEST_OTHER);
	arena_free(a);
}

static void a_digest_is_never_half_understood(void **state)
{
	static const char *const bad[] = {
		"", " ", ",", "sha-256", "sha-256=", "sha-256=:", "sha-256=::", "sha-256=:AAAA:",
		"sha-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=", "=:AAAA:", "1a=:AAAA:",
		"SHA-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:", "a b=:AAAA:",
		"sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:,",
		"sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:;a=1",
		"sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE:",
		"sha-512=:????:", "sha-512=AAAA",
	};
	struct arena *a = arena_new(1u << 16);
	uint8_t given[SHA256_BYTES];

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++)
		if (header_sha256(a, str_of(bad[i]), given) != DIGEST_MALFORMED)
			fail_msg("%s", bad[i]);
	arena_free(a);
}

static void a_name_of_a_file_cannot_leave_its_header(void **state)
{
	struct arena *a = arena_new(1u << 16);

	(void)state;
	assert_true(str_is(header_attachment(a, STR("a-1_.png")),
		"attachment; filename=\"a-1_.png\"; filename*=UTF-8''a-1_.png"));
	assert_true(str_is(header_attachment(a, STR("\"; x\r\n/\\.p%\xe7\x81\xaf")),
		"attachment; filename=\"___x____.p____\"; filename*=UTF-8''"
		"%22%3B%20x%0D%0A%2F%5C.p%25%E7%81%AF"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idempotency_keys_are_the_same_with_and_without_quotes),
		cmocka_unit_test(idempotency_keys_are_8_to_128_printable_characters),
		cmocka_unit_test(a_cookie_is_found_by_its_whole_name),
		cmocka_unit_test(a_cookie_given_twice_is_none),
		cmocka_unit_test(bearer_tokens_have_one_word),
		cmocka_unit_test(only_json_is_json),
		cmocka_unit_test(a_digest_is_the_one_that_rfc_9530_gives),
		cmocka_unit_test(a_digest_is_never_half_understood),
		cmocka_unit_test(a_name_of_a_file_cannot_leave_its_header),
		cmocka_unit_test(entity_tags_are_compared_whole),
		cmocka_unit_test(an_origin_is_ours_by_scheme_host_and_port),
		cmocka_unit_test(a_cursor_opens_on_its_own_list_only),
		cmocka_unit_test(a_changed_cursor_does_not_open),
	};

	return cmocka_run_group_tests(tests, keys_setup, NULL);
}
