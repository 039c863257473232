/* What an ID token must say (OpenID Connect Core 1.0, section 3.1.3.7), claim by claim. */
#include "arena.h"
#include "bounds.h"
#include "out/oidc/claims.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

#define NOW INT64_C(1800000000)

static const struct claims_wanted wanted = {
	.issuer = { "https://id.example", 18 }, .client = { "desk", 4 }, .nonce = { "n-0S6", 5 },
	.now = NOW,
};

static struct claims good(void)
{
	return (struct claims){
		.issuer = STR("https://id.example"), .subject = STR("u-1"), .nonce = STR("n-0S6"),
		.audience = { STR("desk") }, .audience_count = 1,
		.has_expiry = true, .expires_at = NOW + 300, .has_issue = true, .issued_at = NOW,
	};
}

static void is(enum claims_verdict verdict, struct claims claims)
{
	enum claims_verdict found = claims_judge(&claims, &wanted);

	if (found != verdict)
		fail_msg("%s, not %s", claims_verdict_names[found], claims_verdict_names[verdict]);
}

static void what_is_for_us_is_good(void **state UNUSED)
{
	is(CLAIMS_GOOD, good());
}

static void the_issuer_is_compared_whole(void **state UNUSED)
{
	struct claims c = good();

	c.issuer = STR("https://id.example/");
	is(CLAIMS_ISSUER, c);
	c.issuer = STR_NONE;
	is(CLAIMS_ISSUER, c);
}

static void a_subject_is_1_to_255_printable_ascii_characters(void **state UNUSED)
{
	struct claims c = good();
	char longest[CLAIM_SUBJECT_MAX + 1];

	memset(longest, '~', sizeof(longest));
	c.subject = (struct str){ longest, CLAIM_SUBJECT_MAX };
	is(CLAIMS_GOOD, c);
	c.subject.n++;
	is(CLAIMS_SUBJECT, c);
	c.subject = STR_NONE;
	is(CLAIMS_SUBJECT, c);
	c.subject = STR("");
	is(CLAIMS_SUBJECT, c);
	c.subject = STR("a\x1f" "b");
	is(CLAIMS_SUBJECT, c);
	c.subject = STR("a\x7f");
	is(CLAIMS_SUBJECT, c);
	c.subject = STR("王");
	is(CLAIMS_SUBJECT, c);
	c.subject = STR(" ~");
	is(CLAIMS_GOOD, c);
}

static void we_are_among_the_audience(void **state UNUSED)
{
	struct claims c = good();

	c.audience[0] = STR("Desk");
	is(CLAIMS_AUDIENCE, c);
	c.audience[0] = STR_NONE;
	is(CLAIMS_AUDIENCE, c);
	c.audience_count = 0;
	is(CLAIMS_AUDIENCE, c);
	for (int i = 0; i < CLAIM_AUDIENCE_MAX; i++)
		c.audience[i] = STR("desk");
	c.audience_count = CLAIM_AUDIENCE_MAX + 1;
	is(CLAIMS_AUDIENCE, c);
}

static void one_of_several_needs_to_be_the_authorized_party(void **state UNUSED)
{
	struct claims c = good();

	c.audience[1] = STR("other");
	c.audience_count = 2;
	is(CLAIMS_PARTY, c);
	c.has_party = true;
	is(CLAIMS_PARTY, c);
	c.party = STR("other");
	is(CLAIMS_PARTY, c);
	c.party = STR("desk");
	is(CLAIMS_GOOD, c);
	c.audience_count = 1;
	is(CLAIMS_GOOD, c);
	c.party = STR("other");
	is(CLAIMS_PARTY, c);
}

static void clocks_may_differ_by_a_minute(void **state UNUSED)
{
	struct claims c = good();

	c.expires_at = NOW - CLAIM_SKEW_SECONDS + 1;
	is(CLAIMS_GOOD, c);
	c.expires_at--;
	is(CLAIMS_EXPIRED, c);
	c = good();
	c.issued_at = NOW + CLAIM_SKEW_SECONDS;
	is(CLAIMS_GOOD, c);
	c.issued_at++;
	is(CLAIMS_ISSUED, c);
	c = good();
	c.has_start = true;
	c.starts_at = NOW + CLAIM_SKEW_SECONDS;
	is(CLAIMS_GOOD, c);
	c.starts_at++;
	is(CLAIMS_EARLY, c);
}

static void expiry_and_issue_are_owed_a_start_is_not(void **state UNUSED)
{
	struct claims c = good();

	c.has_expiry = false;
	is(CLAIMS_EXPIRED, c);
	c = good();
	c.has_issue = false;
	is(CLAIMS_ISSUED, c);
	c = good();
	c.starts_at = NOW + 1000;
	is(CLAIMS_GOOD, c);
}

static void the_nonce_is_of_this_flow(void **state UNUSED)
{
	struct claims c = good();

	c.nonce = STR("n-0S7");
	is(CLAIMS_NONCE, c);
	c.nonce = STR("n-0S");
	is(CLAIMS_NONCE, c);
	c.nonce = STR_NONE;
	is(CLAIMS_NONCE, c);
}

/* ---- reading ---- */

static struct claims read_text(struct arena *a, const char *text)
{
	struct claims c;

	assert_true(claims_read(a, str_of(text), &c));
	return c;
}

static void what_is_not_an_object_is_not_read(void **state UNUSED)
{
	static const char *const texts[] = { "", "[]", "5", "\"x\"", "{", "{}{}", "null",
		"{\"iss\":1,\"iss\":2}", "{\"a\":\"\\u0000\"}" };
	struct arena *a = arena_new(MIB(1));
	struct claims c;

	for (size_t i = 0; i < array_count(texts); i++)
		if (claims_read(a, str_of(texts[i]), &c))
			fail_msg("%s was read", texts[i]);
	arena_free(a);
}

static void what_has_another_type_is_absent(void **state UNUSED)
{
	struct arena *a = arena_new(MIB(1));
	struct claims c = read_text(a, "{\"iss\":5,\"sub\":{},\"nonce\":null,\"aud\":[5,\"desk\"],"
				    "\"azp\":5,\"exp\":\"1800000000\",\"iat\":true,"
				    "\"nbf\":1e300}");

	assert_null(c.issuer.p);
	assert_null(c.subject.p);
	assert_null(c.nonce.p);
	assert_int_equal(c.audience_count, 2);
	assert_null(c.audience[0].p);
	assert_true(str_is(c.audience[1], "desk"));
	assert_true(c.has_party);
	assert_null(c.party.p);
	assert_false(c.has_expiry || c.has_issue || c.has_start);
	assert_int_equal(read_text(a, "{}").audience_count, 0);
	assert_int_equal(read_text(a, "{\"aud\":5}").audience_count, 1);
	assert_int_equal(read_text(a, "{\"aud\":[]}").audience_count, 0);
	arena_free(a);
}

static void numbers_with_fractions_are_cut_off(void **state UNUSED)
{
	struct arena *a = arena_new(MIB(1));
	struct claims c = read_text(a, "{\"exp\":1800000000.9,\"iat\":-1.5,\"nbf\":1e9,\"aud\":\"desk\"}");

	assert_int_equal(c.expires_at, 1800000000);
	assert_int_equal(c.issued_at, -1);
	assert_int_equal(c.starts_at, 1000000000);
	assert_true(str_is(c.audience[0], "desk"));
	c = read_text(a, "{\"exp\":-1e300}");
	assert_false(c.has_expiry);
	arena_free(a);
}

static void an_audience_too_long_to_read_is_nobodys(void **state UNUSED)
{
	struct arena *a = arena_new(MIB(1));
	char text[1024] = "{\"aud\":[\"desk\"";

	for (int i = 1; i < CLAIM_AUDIENCE_MAX; i++)
		strcat(text, ",\"x\"");
	size_t n = strlen(text);
	strcat(text, "]}");
	assert_int_equal(read_text(a, text).audience_count, CLAIM_AUDIENCE_MAX);
	snprintf(text + n, sizeof(text) - n, ",\"x\"]}");
	assert_int_equal(read_text(a, text).audience_count, CLAIM_AUDIENCE_MAX + 1);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_for_us_is_good),
		cmocka_unit_test(the_issuer_is_compared_whole),
		cmocka_unit_test(a_subject_is_1_to_255_printable_ascii_characters),
		cmocka_unit_test(we_are_among_the_audience),
		cmocka_unit_test(one_of_several_needs_to_be_the_authorized_party),
		cmocka_unit_test(clocks_may_differ_by_a_minute),
		cmocka_unit_test(expiry_and_issue_are_owed_a_start_is_not),
		cmocka_unit_test(the_nonce_is_of_this_flow),
		cmocka_unit_test(what_is_not_an_object_is_not_read),
		cmocka_unit_test(what_has_another_type_is_absent),
		cmocka_unit_test(numbers_with_fractions_are_cut_off),
		cmocka_unit_test(an_audience_too_long_to_read_is_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
