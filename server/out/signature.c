/* Signing. What is signed is put together once and then run through each key. */
#include "out/signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto.h"
#include "must.h"

/* The three parts in one piece, as HMAC wants them. */
static struct str signed_text(struct arena *a, const struct signature_message *message)
{
	char stamp[24];
	int stamp_n = snprintf(stamp, sizeof(stamp), ".%" PRId64 ".", message->timestamp);
	size_t n = message->id.n + (size_t)stamp_n + message->body.n;
	char *text = arena_alloc(a, n);

	memcpy(text, message->id.p, message->id.n);
	memcpy(text + message->id.n, stamp, (size_t)stamp_n);
	memcpy(text + message->id.n + (size_t)stamp_n, message->body.p, message->body.n);
	return (struct str){ text, n };
}

void signature_write(struct arena *a, const struct signature_key *keys, uint32_t n, int64_t now,
		     const struct signature_message *message, char out[SIGNATURE_MAX])
{
	struct str text = signed_text(a, message);
	uint8_t digest[SHA256_BYTES];
	size_t used = 0;

	must(n <= LIMIT_SECRETS_LIVE);
	for (uint32_t i = 0; i < n; i++) {
		if (keys[i].expires_at && keys[i].expires_at <= now)
			continue;
		crypto_hmac_sha256((struct str){ (const char *)keys[i].bytes,
						 sizeof(keys[i].bytes) },
				   text, digest);
		struct str code = encode_base64(a, (struct str){ (const char *)digest,
								 sizeof(digest) });
		if (used)
			out[used++] = ' ';
		memcpy(out + used, "v1,", 3);
		memcpy(out + used + 3, code.p, code.n);
		used += 3 + code.n;
	}
	out[used] = '\0';
}

struct str signature_secret_text(struct arena *a, const uint8_t bytes[SIGNATURE_SECRET_BYTES])
{
	struct str text = encode_base64(a, (struct str){ (const char *)bytes,
							 SIGNATURE_SECRET_BYTES });

	return arena_printf(a, "whsec_%.*s", STR_ARG(text));
}
