/*
 * Signed requests and certificates passed on by proxies: vectors made by openssl, and what is
 * refused.
 */
#include "net/signed_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "crypto.h"
#include "net/client_certificate.h"

#define ID "msg_12345678"
#define STAMP "1614265330"
#define AT (INT64_C(1614265330) * CLOCK_SECOND)
/* printf '%s.%s.POST /api/v1/appeals?x=1\n{"a":"好"}' $ID $STAMP |
 *	openssl dgst -sha256 (-sm3) -mac HMAC -macopt hexkey:000102...1f -binary | base64 */
#define V1 "v1,vdNKf1SteMCqGiVSEqjiW72YiaNegxZtASmG8jKMfJs="
#define VSM3 "vsm3,V6zD51zgYTDfps1v0sUuKK7zx1+O5mthrDcUUpiwFRo="
#define OTHER "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static struct arena *arena;

static bool read_fields(const char *id, const char *stamp, const char *signature,
			struct signed_fields *ret)
{
	return signed_fields_read(arena, str_of(id), str_of(stamp), str_of(signature), ret);
}

static bool fits(const char *signature, const char *method, const char *target, const char *body,
		 uint8_t first_byte)
{
	uint8_t secret[SIGNED_SECRET_BYTES];
	struct signed_fields fields;

	for (uint8_t i = 0; i < sizeof(secret); i++)
		secret[i] = i;
	secret[0] = first_byte;
	assert_true(read_fields(ID, STAMP, signature, &fields));
	return signed_fits(&fields, secret, signed_text(arena, &fields, method, str_of(target),
							str_of(body)));
}

#define TARGET "/api/v1/appeals?x=1"
#define BODY "{\"a\":\"好\"}"

static void what_openssl_signed_fits(void **state)
{
	(void)state;
	assert_true(fits(V1, "POST", TARGET, BODY, 0));
	assert_true(fits(VSM3, "POST", TARGET, BODY, 0));
}

static void every_part_of_the_request_is_bound(void **state)
{
	static const char *const marks[] = { V1, VSM3 };

	(void)state;
	for (size_t i = 0; i < array_count(marks); i++) {
		assert_false(fits(marks[i], "PUT", TARGET, BODY, 0));
		assert_false(fits(marks[i], "POST", "/api/v1/appeals?x=2", BODY, 0));
		assert_false(fits(marks[i], "POST", "/api/v1/appeals", BODY, 0));
		assert_false(fits(marks[i], "POST", TARGET, BODY " ", 0));
		assert_false(fits(marks[i], "POST", TARGET, "", 0));
		assert_false(fits(marks[i], "POST", TARGET, BODY, 1));
	}
}

static void one_of_several_signatures_is_enough(void **state)
{
	(void)state;
	assert_true(fits(OTHER " " V1, "POST", TARGET, BODY, 0));
	assert_true(fits(V1 " " OTHER, "POST", TARGET, BODY, 0));
	assert_true(fits(OTHER " v1a,BBBB v9,x  " VSM3, "POST", TARGET, BODY, 0));
	assert_false(fits(OTHER " " OTHER, "POST", TARGET, BODY, 0));
	/* A hash of one scheme under the name of the other. */
	assert_false(fits("vsm3,vdNKf1SteMCqGiVSEqjiW72YiaNegxZtASmG8jKMfJs= " OTHER, "POST",
			  TARGET, BODY, 0));
}

static void only_the_first_eight_readable_signatures_count(void **state)
{
	struct signed_fields fields;

	(void)state;
	assert_true(fits(OTHER " " OTHER " " OTHER " " OTHER " " OTHER " " OTHER " " OTHER " " V1,
			 "POST", TARGET, BODY, 0));
	assert_false(fits(OTHER " " OTHER " " OTHER " " OTHER " " OTHER " " OTHER " " OTHER " "
			  OTHER " " V1, "POST", TARGET, BODY, 0));
	assert_true(read_fields(ID, STAMP, V1 " x " V1, &fields));
	assert_int_equal(fields.n, 2);
}

static void fields_that_cannot_be_read_are_refused(void **state)
{
	static const char *const ids[] = { "", "short", "with.dot.inside", "with blank",
					   "\"quoted-id\"", " blank_before" };
	static const char *const stamps[] = { "", "-1614265330", "1614265330.0", " 1614265330",
					      "0x6038", "1234567890123" };
	static const char *const signatures[] = { "", "v1", "v1,", "v1,AAAA", "vsm3,AAAA", V1 "=",
		"v1a" V1, "v1,vdNKf1SteMCqGiVSEqjiW72YiaNegxZtASmG8jKMfJs",
		"v1,vdNKf1SteMCqGiVSEqjiW72YiaNegxZtASmG8jKMfJt=",
		"v1,*dNKf1SteMCqGiVSEqjiW72YiaNegxZtASmG8jKMfJs=",
		"v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==" };
	struct signed_fields fields;

	(void)state;
	for (size_t i = 0; i < array_count(ids); i++)
		assert_false(read_fields(ids[i], STAMP, V1, &fields));
	for (size_t i = 0; i < array_count(stamps); i++)
		assert_false(read_fields(ID, stamps[i], V1, &fields));
	for (size_t i = 0; i < array_count(signatures); i++)
		assert_false(read_fields(ID, STAMP, signatures[i], &fields));
	assert_false(signed_fields_read(arena, STR_NONE, STR(STAMP), STR(V1), &fields));
	assert_false(signed_fields_read(arena, STR(ID), STR_NONE, STR(V1), &fields));
	assert_false(signed_fields_read(arena, STR(ID), STR(STAMP), STR_NONE, &fields));
}

static void five_minutes_are_borne_both_ways(void **state)
{
	struct signed_fields fields;

	(void)state;
	assert_true(read_fields(ID, STAMP, V1, &fields));
	assert_true(signed_is_timely(&fields, AT));
	assert_true(signed_is_timely(&fields, AT + 300 * CLOCK_SECOND + CLOCK_SECOND - 1));
	assert_false(signed_is_timely(&fields, AT + 301 * CLOCK_SECOND));
	assert_true(signed_is_timely(&fields, AT - 300 * CLOCK_SECOND));
	assert_false(signed_is_timely(&fields, AT - 300 * CLOCK_SECOND - 1));
}

/* Made by `openssl req -x509 -newkey ed25519`; its hash by `openssl pkey -outform der`. */
static const char certificate[] =
	"MIIBMjCB5aADAgECAhQoKI8st2H+297ng4jdOWvCiEEOXTAFBgMrZXAwDjEMMAoGA1UEAwwDMTEw"
	"MCAXDTI2MTEyNzEwMTk0MFoYDzIxMjYxMTAzMTAxOTQwWjAOMQwwCgYDVQQDDAMxMTAwKjAFBgMr"
	"ZXADIQCq3zOoepRt7gq5dORbNpECenGalTAVmMSVKbh+QRw5HqNTMFEwHQYDVR0OBBYEFL0FlfTv"
	"fo08/3nCGvJloxXSygPeMB8GA1UdIwQYMBaAFL0FlfTvfo08/3nCGvJloxXSygPeMA8GA1UdEwEB"
	"/wQFMAMBAf8wBQYDK2VwA0EAxyTJ88q9/eFPrepmKlpsIH+Mm3zrlE0cw1IBK6LY1euymGctsRNS"
	"KyagAEa5F/hIKwzCOBegmJPFv8vBrT0NCA==";
static const char spki_hex[] = "937ab806730c5a9ea086ad8b0f2997cb81c729c763a7c83f032315982804d0ac";

static bool spki_of(const char *before, const char *text, const char *behind,
		    uint8_t spki[SPKI_BYTES])
{
	return client_certificate_spki(arena, arena_printf(arena, "%s%s%s", before, text, behind),
				       spki);
}

static void a_certificate_in_a_field_has_the_hash_that_openssl_says(void **state)
{
	uint8_t spki[SPKI_BYTES];

	(void)state;
	assert_true(spki_of(":", certificate, ":", spki));
	assert_true(str_is(encode_hex(arena, (struct str){ (const char *)spki, SPKI_BYTES }),
			   spki_hex));
}

static void a_field_that_is_no_certificate_is_refused(void **state)
{
	uint8_t spki[SPKI_BYTES];

	(void)state;
	assert_false(client_certificate_spki(arena, STR_NONE, spki));
	assert_false(spki_of("", certificate, "", spki));
	assert_false(spki_of(":", certificate, "", spki));
	assert_false(spki_of("", certificate, ":", spki));
	assert_false(spki_of(":", certificate, ":;a=1", spki));
	assert_false(spki_of("", "::", "", spki));
	assert_false(spki_of(":", "AAAA", ":", spki));
	assert_false(spki_of(":", "****", ":", spki));
	/* Bytes behind the certificate. */
	struct str der;
	assert_true(decode_base64(arena, str_of(certificate), &der));
	char *longer = arena_alloc(arena, der.n + 1);
	memcpy(longer, der.p, der.n);
	assert_false(spki_of(":", encode_base64(arena, (struct str){ longer, der.n + 1 }).p, ":",
			     spki));
	assert_false(spki_of(":", encode_base64(arena, (struct str){ longer, der.n - 1 }).p, ":",
			     spki));
}

static int setup(void **state)
{
	(void)state;
	arena = arena_new(16 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_openssl_signed_fits),
		cmocka_unit_test(every_part_of_the_request_is_bound),
		cmocka_unit_test(one_of_several_signatures_is_enough),
		cmocka_unit_test(only_the_first_eight_readable_signatures_count),
		cmocka_unit_test(fields_that_cannot_be_read_are_refused),
		cmocka_unit_test(five_minutes_are_borne_both_ways),
		cmocka_unit_test(a_certificate_in_a_field_has_the_hash_that_openssl_says),
		cmocka_unit_test(a_field_that_is_no_certificate_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
