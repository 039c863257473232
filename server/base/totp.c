/*
 * RFC 4226 and RFC 6238. SHA-1 is what authenticator programs know; as a keyed hash it holds.
 */
#include "totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "crypto.h"
#include "must.h"

enum { SHA1_BYTES = 20, DIGITS_MOST = 8 };

int64_t totp_step(int64_t at)
{
	return at / CLOCK_SECOND / TOTP_STEP_SECONDS;
}

uint32_t totp_code(struct str secret, int64_t step, unsigned digits)
{
	uint8_t message[8], hash[SHA1_BYTES];
	unsigned n = 0;
	uint32_t most = 1;

	must(secret.n > 0 && secret.n <= 128 && digits >= TOTP_DIGITS && digits <= DIGITS_MOST);
	for (unsigned i = 0; i < 8; i++)
		message[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	must(HMAC(EVP_sha1(), secret.p, (int)secret.n, message, sizeof(message), hash, &n) &&
	     n == SHA1_BYTES);
	const uint8_t *at = hash + (hash[SHA1_BYTES - 1] & 15);
	uint32_t value = (uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 |
			 (uint32_t)at[2] << 8 | at[3];

	while (digits-- > 0)
		most *= 10;
	return value % most;
}

int64_t totp_match(struct str secret, struct str code, int64_t now)
{
	int64_t step = totp_step(now), found = 0;
	char text[DIGITS_MOST + 4];

	for (int64_t s = step - TOTP_WINDOW; s <= step + TOTP_WINDOW; s++) {
		int n = snprintf(text, sizeof(text), "%06u", totp_code(secret, s, TOTP_DIGITS));

		must(n == TOTP_DIGITS);
		if (crypto_same((struct str){ text, (size_t)n }, code))
			found = s;
	}
	return found;
}

struct str encode_base32(struct arena *a, struct str bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *out = arena_alloc(a, bytes.n * 8 / 5 + 2);
	uint32_t group = 0;
	unsigned bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		group = (group << 8 | (uint8_t)bytes.p[i]) & 0xffff;
		for (bits += 8; bits >= 5; bits -= 5)
			out[n++] = digits[group >> (bits - 5) & 31];
	}
	if (bits > 0)
		out[n++] = digits[group << (5 - bits) & 31];
	return (struct str){ out, n };
}
