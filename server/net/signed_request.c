/* Reading and judging signed requests. */
#include "net/signed_request.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "clock.h"
#include "crypto.h"
#include "must.h"
#include "net/header.h"

enum { BASE64_CHARS = 44, STAMP_MAX = 12 };

static bool read_mark(struct arena *a, struct str word, struct signed_mark *ret)
{
	struct str bytes;
	size_t prefix = 3;

	if (str_starts(word, STR("v1,"))) {
		ret->scheme = SIGNED_V1;
	} else if (str_starts(word, STR("vsm3,"))) {
		ret->scheme = SIGNED_VSM3;
		prefix = 5;
	} else {
		return false;
	}
	struct str text = { word.p + prefix, word.n - prefix };
	if (text.n != BASE64_CHARS || !decode_base64(a, text, &bytes) ||
	    bytes.n != SIGNED_HASH_BYTES)
		return false;
	memcpy(ret->bytes, bytes.p, SIGNED_HASH_BYTES);
	return true;
}

bool signed_fields_read(struct arena *a, struct str id, struct str timestamp,
			struct str signature, struct signed_fields *ret_fields)
{
	struct signed_fields fields = { .stamp = timestamp };
	uint64_t seconds;

	if (!header_idempotency_key(id, &fields.id) || !str_eq(id, fields.id) ||
	    memchr(id.p, '.', id.n) || timestamp.n > STAMP_MAX ||
	    !str_to_u64(timestamp, &seconds))
		return false;
	fields.timestamp = (int64_t)seconds;
	while (signature.n > 0 && fields.n < SIGNED_LISTED_MAX) {
		const char *blank = memchr(signature.p, ' ', signature.n);
		size_t n = blank ? (size_t)(blank - signature.p) : signature.n;

		fields.n += read_mark(a, (struct str){ signature.p, n }, &fields.marks[fields.n]);
		signature.p += n + (blank != NULL);
		signature.n -= n + (blank != NULL);
	}
	*ret_fields = fields;
	return fields.n > 0;
}

bool signed_is_timely(const struct signed_fields *fields, int64_t now)
{
	int64_t seconds = now / CLOCK_SECOND;

	return fields->timestamp >= seconds - SIGNED_TOLERANCE_SECONDS &&
	       fields->timestamp <= seconds + SIGNED_TOLERANCE_SECONDS;
}

struct str signed_text(struct arena *a, const struct signed_fields *fields, const char *method,
		       struct str target, struct str body)
{
	struct str head = arena_printf(a, "%.*s.%.*s.%s %.*s\n", STR_ARG(fields->id),
				       STR_ARG(fields->stamp), method, STR_ARG(target));
	char *text = arena_alloc(a, head.n + body.n + 1);

	memcpy(text, head.p, head.n);
	if (body.n > 0)
		memcpy(text + head.n, body.p, body.n);
	return (struct str){ text, head.n + body.n };
}

void signed_hash(enum signed_scheme scheme, const uint8_t secret[SIGNED_SECRET_BYTES],
		 struct str text, uint8_t ret_hash[SIGNED_HASH_BYTES])
{
	unsigned n = SIGNED_HASH_BYTES;

	if (scheme == SIGNED_V1)
		crypto_hmac_sha256((struct str){ (const char *)secret, SIGNED_SECRET_BYTES },
				   text, ret_hash);
	else
		must(HMAC(EVP_sm3(), secret, SIGNED_SECRET_BYTES, (const uint8_t *)text.p,
			  text.n, ret_hash, &n) && n == SIGNED_HASH_BYTES);
}

/* One hash for all marks of a scheme, whose number is a stranger's choice. */
static bool scheme_fits(const struct signed_fields *fields, enum signed_scheme scheme,
			const uint8_t secret[SIGNED_SECRET_BYTES], struct str text)
{
	uint8_t hash[SIGNED_HASH_BYTES];
	bool is_used = false, fits = false;

	for (uint32_t i = 0; i < fields->n; i++)
		is_used |= fields->marks[i].scheme == scheme;
	if (!is_used)
		return false;
	signed_hash(scheme, secret, text, hash);
	for (uint32_t i = 0; i < fields->n; i++) {
		const struct signed_mark *mark = &fields->marks[i];

		fits |= crypto_same((struct str){ (const char *)hash, sizeof(hash) },
				    (struct str){ (const char *)mark->bytes,
						  sizeof(mark->bytes) }) &&
			mark->scheme == scheme;
	}
	return fits;
}

bool signed_fits(const struct signed_fields *fields, const uint8_t secret[SIGNED_SECRET_BYTES],
		 struct str text)
{
	bool fits = scheme_fits(fields, SIGNED_V1, secret, text);

	return scheme_fits(fields, SIGNED_VSM3, secret, text) || fits;
}
