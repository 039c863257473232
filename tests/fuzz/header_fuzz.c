/* Any field value: what the readers give back lies inside of it and keeps their promises. */
#include "must.h"
#include "net/header.h"

#include <string.h>

#include "bounds.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static void must_be_inside(struct str part, struct str whole)
{
	must(!part.p || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void check_key(struct str value)
{
	struct str key = STR_NONE, again = STR_NONE;

	if (!header_idempotency_key(value, &key))
		return;
	must_be_inside(key, value);
	must(key.n >= LIMIT_KEY_MIN && key.n <= LIMIT_KEY_MAX);
	for (size_t i = 0; i < key.n; i++)
		must(key.p[i] > ' ' && key.p[i] <= '~' && key.p[i] != '"');
	/* Quoted and bare are the same key. */
	must(header_idempotency_key(key, &again) && str_eq(key, again));
}

/* A digest is read or not; a name gives one line of printable ASCII. */
static void check_file(struct str value)
{
	struct arena *a = arena_new(16u * 1024 * 1024);
	uint8_t digest[SHA256_BYTES];
	struct str line = header_attachment(a, value);

	must(header_sha256(a, value, digest) <= DIGEST_GIVEN);
	for (size_t i = 0; i < line.n; i++)
		must(line.p[i] >= ' ' && line.p[i] <= '~');
	must(str_starts(line, STR("attachment; filename=\"")));
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct str value = { (const char *)input, n };
	struct str cookie = header_cookie(value, STR("__Host-session"));
	struct str token = header_bearer(value);

	must_be_inside(cookie, value);
	must(!cookie.p || (cookie.n > 0 && !memchr(cookie.p, ';', cookie.n)));
	must_be_inside(token, value);
	must(!token.p || (token.n > 0 && !memchr(token.p, ' ', token.n)));
	check_file(value);
	check_key(value);
	if (header_is_json(value))
		must(n >= strlen("application/json"));
	if (header_has_tag(value, STR("\"a-1\""), true))
		must(memmem(input, n, "\"a-1\"", 5) || memchr(input, '*', n));
	if (header_is_origin(value, "https", STR("a.example:8443")))
		must(n == strlen("https://a.example:8443"));
	return 0;
}
