/* Signatures of ID tokens: two algorithms, one key each, and nothing that the token says of it. */
#include "arena.h"
#include "bounds.h"
#include "crypto.h"
#include "out/oidc/token.h"
#include "unit/oidc_tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

static int make(void **state)
{
	*state = arena_new(MIB(16));
	return 0;
}

static int end(void **state)
{
	arena_free(*state);
	return 0;
}

static void is(struct arena *a, enum token_verdict verdict, struct str token, const char *keys)
{
	struct str payload = STR_NONE;
	enum token_verdict found = token_verify(a, token, str_of(keys), &payload);

	if (found != verdict)
		fail_msg("%s, not %s", token_verdict_names[found], token_verdict_names[verdict]);
	if (found == TOKEN_GOOD)
		assert_true(str_is(payload, TOKEN_PAYLOAD));
	else
		assert_null(payload.p);
}

/* The token's payload and signature behind another header. */
static struct str with_header(struct arena *a, const char *token, const char *header)
{
	return arena_printf(a, "%.*s%s", STR_ARG(encode_base64url(a, str_of(header))),
			    strchr(token, '.'));
}

static void what_another_library_signed_is_good(void **state)
{
	is(*state, TOKEN_GOOD, STR(TOKEN_RS256), TOKEN_KEYS);
	is(*state, TOKEN_GOOD, STR(TOKEN_ES256), TOKEN_KEYS);
}

static void every_changed_character_is_found(void **state)
{
	static const char *const tokens[] = { TOKEN_RS256, TOKEN_ES256 };

	for (size_t t = 0; t < array_count(tokens); t++)
		/* The last one has bits that stand for nothing. */
		for (size_t i = 0; i + 1 < strlen(tokens[t]); i++) {
			struct arena *a = arena_new(MIB(16));
			struct str changed = arena_str(a, str_of(tokens[t])), payload;
			char *at = (char *)(uintptr_t)changed.p;

			at[i] = at[i] == 'A' ? 'B' : 'A';
			assert_int_not_equal(TOKEN_GOOD, token_verify(a, changed, STR(TOKEN_KEYS),
								      &payload));
			arena_free(a);
		}
	(void)state;
}

static void only_two_algorithms_are_known(void **state)
{
	static const char *const headers[] = {
		"{\"alg\":\"none\"}", "{\"alg\":\"HS256\",\"kid\":\"rsa-1\"}",
		"{\"alg\":\"RS512\",\"kid\":\"rsa-1\"}", "{\"alg\":\"PS256\",\"kid\":\"rsa-1\"}",
		"{\"alg\":\"rs256\",\"kid\":\"rsa-1\"}", "{\"alg\":\"EdDSA\"}", "{\"alg\":5}", "{}",
		"{\"alg\":null}", "{\"alg\":[\"RS256\"]}",
	};

	for (size_t i = 0; i < array_count(headers); i++)
		is(*state, TOKEN_ALGORITHM, with_header(*state, TOKEN_RS256, headers[i]),
		   TOKEN_KEYS);
}

static void a_header_is_an_object_with_texts(void **state)
{
	static const char *const headers[] = {
		"[]", "5", "{", "{\"alg\":\"RS256\",\"kid\":5}", "{\"alg\":\"RS256\",\"alg\":\"RS256\"}",
	};

	for (size_t i = 0; i < array_count(headers); i++)
		is(*state, TOKEN_MALFORMED, with_header(*state, TOKEN_RS256, headers[i]),
		   TOKEN_KEYS);
	is(*state, TOKEN_CRITICAL, with_header(*state, TOKEN_RS256,
		"{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"crit\":[\"exp\"]}"), TOKEN_KEYS);
}

static void a_token_has_three_parts_of_base64url(void **state)
{
	static const char *const tokens[] = { "", ".", "..", "a.b", "a.b.", ".b.c", "a..c", "a.b.c.d",
		"YQ==.YQ.YQ", "Y Q.YQ.YQ", "YQ.Y+.YQ", "YQ.YQ.Y/", "YQ.YQ.YQ" };
	char *large = arena_alloc(*state, TOKEN_BYTES_MAX + 2);

	for (size_t i = 0; i < array_count(tokens); i++)
		is(*state, TOKEN_MALFORMED, str_of(tokens[i]), TOKEN_KEYS);
	memset(large, 'A', TOKEN_BYTES_MAX + 1);
	large[100] = large[200] = '.';
	is(*state, TOKEN_MALFORMED, (struct str){ large, TOKEN_BYTES_MAX + 1 }, TOKEN_KEYS);
}

static void a_signature_of_another_length_is_none(void **state)
{
	const char *dot = strrchr(TOKEN_ES256, '.');
	struct str head = { TOKEN_ES256, (size_t)(strlen(TOKEN_ES256) - strlen(dot)) };

	is(*state, TOKEN_SIGNATURE, arena_printf(*state, "%.*s.AAAA", STR_ARG(head)), TOKEN_KEYS);
	is(*state, TOKEN_SIGNATURE, arena_printf(*state, "%.*s%sAAAA", STR_ARG(head), dot),
	   TOKEN_KEYS);
}

/* The set with one text in the place of another. */
static const char *keys_with(struct arena *a, const char *from, const char *to)
{
	const char *keys = TOKEN_KEYS, *at = strstr(keys, from);

	assert_non_null(at);
	return arena_printf(a, "%.*s%s%s", (int)(at - keys), keys, to, at + strlen(from)).p;
}

static void a_key_is_for_this_algorithm_use_and_name(void **state)
{
	struct arena *a = *state;

	is(a, TOKEN_NO_KEY, STR(TOKEN_RS256), keys_with(a, "\"rsa-1\"", "\"rsa-2\""));
	is(a, TOKEN_NO_KEY, STR(TOKEN_RS256), keys_with(a, "\"kid\":\"rsa-1\",", ""));
	is(a, TOKEN_NO_KEY, STR(TOKEN_RS256), keys_with(a, "\"RS256\"", "\"RS512\""));
	is(a, TOKEN_NO_KEY, STR(TOKEN_RS256), keys_with(a, "\"use\":\"sig\"", "\"use\":\"enc\""));
	is(a, TOKEN_NO_KEY, STR(TOKEN_RS256), keys_with(a, "\"kty\":\"RSA\"", "\"kty\":\"oct\""));
	is(a, TOKEN_GOOD, STR(TOKEN_RS256), keys_with(a, ",\"alg\":\"RS256\",\"use\":\"sig\"", ""));
	is(a, TOKEN_NO_KEY, STR(TOKEN_RS256), keys_with(a, "\"ec-1\",\"alg\":\"ES256\"",
		"\"rsa-1\",\"alg\":\"RS256\",\"kty\":\"x\""));
	is(a, TOKEN_NO_KEY, STR(TOKEN_RS256), "{}");
	is(a, TOKEN_NO_KEY, STR(TOKEN_RS256), "{\"keys\":[5,{}]}");
	is(a, TOKEN_NO_KEY, STR(TOKEN_RS256), "no JSON");
}

static void two_keys_of_one_name_are_none(void **state)
{
	struct arena *a = *state;
	struct str keys = STR(TOKEN_KEYS);
	const char *first = strchr(keys.p, '[') + 1;
	size_t n = (size_t)(strstr(first, "},{") + 1 - first);

	is(a, TOKEN_NO_KEY, STR(TOKEN_RS256), arena_printf(a, "{\"keys\":[%.*s,%.*s]}", (int)n, first,
							   (int)n, first).p);
}

static void a_key_that_is_broken_is_no_key(void **state)
{
	static const char *const keys[] = {
		"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa-1\"}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa-1\",\"n\":5,\"e\":\"AQAB\"}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa-1\",\"n\":\"AQ\",\"e\":\"AQAB\"}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa-1\",\"n\":\"!\",\"e\":\"AQAB\"}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa-1\",\"n\":\"\",\"e\":\"\"}]}",
	};
	static const char *const curves[] = {
		"{\"keys\":[{\"kty\":\"EC\",\"kid\":\"ec-1\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
		"{\"keys\":[{\"kty\":\"EC\",\"kid\":\"ec-1\",\"crv\":\"P-999\",\"x\":\"AA\",\"y\":\"AA\"}]}",
		"{\"keys\":[{\"kty\":\"EC\",\"kid\":\"ec-1\",\"crv\":\"P-256\"}]}",
	};

	for (size_t i = 0; i < array_count(keys); i++)
		is(*state, TOKEN_KEY, STR(TOKEN_RS256), keys[i]);
	for (size_t i = 0; i < array_count(curves); i++)
		is(*state, TOKEN_KEY, STR(TOKEN_ES256), curves[i]);
}

static void a_short_rsa_key_and_another_curve_are_no_keys(void **state)
{
	is(*state, TOKEN_KEY, STR(TOKEN_RS256), TOKEN_KEYS_1024);
	is(*state, TOKEN_KEY, STR(TOKEN_ES256), TOKEN_KEYS_P384);
	is(*state, TOKEN_KEY, STR(TOKEN_RS256), TOKEN_KEYS_8200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_another_library_signed_is_good, make, end),
		cmocka_unit_test(every_changed_character_is_found),
		cmocka_unit_test_setup_teardown(only_two_algorithms_are_known, make, end),
		cmocka_unit_test_setup_teardown(a_header_is_an_object_with_texts, make, end),
		cmocka_unit_test_setup_teardown(a_token_has_three_parts_of_base64url, make, end),
		cmocka_unit_test_setup_teardown(a_signature_of_another_length_is_none, make, end),
		cmocka_unit_test_setup_teardown(a_key_is_for_this_algorithm_use_and_name, make, end),
		cmocka_unit_test_setup_teardown(two_keys_of_one_name_are_none, make, end),
		cmocka_unit_test_setup_teardown(a_key_that_is_broken_is_no_key, make, end),
		cmocka_unit_test_setup_teardown(a_short_rsa_key_and_another_curve_are_no_keys, make,
						end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
