/*
 * Hex, base64 and the ids read aloud. Decoders take exactly what the encoders write: no white
 * space, no missing or extra padding, no stray bits, so that each value has one spelling.
 */
#include "clock.h"
#include "crypto.h"
#include "must.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static unsigned byte_at(struct str s, size_t i)
{
	return i < s.n ? (unsigned char)s.p[i] : 0;
}

static int digit_of(const char *digits, char c)
{
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

struct str encode_hex(struct arena *a, struct str bytes)
{
	char *out = arena_alloc(a, 2 * bytes.n + 1);

	for (size_t i = 0; i < bytes.n; i++) {
		out[2 * i] = hex_digits[byte_at(bytes, i) >> 4];
		out[2 * i + 1] = hex_digits[byte_at(bytes, i) & 15];
	}
	return (struct str){ out, 2 * bytes.n };
}

bool decode_hex(struct arena *a, struct str text, struct str *ret_bytes)
{
	if (text.n % 2 != 0)
		return false;
	char *out = arena_alloc(a, text.n / 2 + 1);

	for (size_t i = 0; i < text.n; i += 2) {
		int digits[2];

		for (size_t k = 0; k < 2; k++) {
			char c = text.p[i + k];
			bool is_upper = c >= 'A' && c <= 'F';

			digits[k] = digit_of(hex_digits, is_upper ? (char)(c | 32) : c);
			if (digits[k] < 0)
				return false;
		}
		out[i / 2] = (char)(digits[0] << 4 | digits[1]);
	}
	*ret_bytes = (struct str){ out, text.n / 2 };
	return true;
}

/* Characters of the last, incomplete group that carry bits: 0, 2 or 3. */
static size_t tail_chars(size_t n)
{
	return n % 3 == 0 ? 0 : n % 3 + 1;
}

static struct str encode_64(struct arena *a, struct str bytes, const char *digits,
			    bool is_padded)
{
	char *out = arena_alloc(a, (bytes.n + 2) / 3 * 4 + 1);
	size_t n = 0;

	for (size_t i = 0; i < bytes.n; i += 3) {
		unsigned group = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 |
				 byte_at(bytes, i + 2);

		for (unsigned shift = 24; shift > 0; shift -= 6)
			out[n++] = digits[group >> (shift - 6) & 63];
	}
	size_t tail = tail_chars(bytes.n);

	if (tail > 0 && is_padded)
		memset(out + n - (4 - tail), '=', 4 - tail);
	else if (tail > 0)
		n -= 4 - tail;
	return (struct str){ out, n };
}

static bool decode_64(struct arena *a, struct str text, const char *digits,
		      struct str *ret_bytes)
{
	size_t tail = text.n % 4, length = text.n / 4 * 3 + (tail > 0 ? tail - 1 : 0);
	unsigned group = 0, bits = 0;
	size_t n = 0;

	if (tail == 1)
		return false;
	char *out = arena_alloc(a, length + 1);

	for (size_t i = 0; i < text.n; i++) {
		int digit = digit_of(digits, text.p[i]);

		if (digit < 0)
			return false;
		group = (group << 6 | (unsigned)digit) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[n++] = (char)(group >> bits & 0xff);
		}
	}
	if ((group & ((1u << bits) - 1)) != 0)
		return false;
	*ret_bytes = (struct str){ out, length };
	return true;
}

struct str encode_base64(struct arena *a, struct str bytes)
{
	return encode_64(a, bytes, base64_digits, true);
}

bool decode_base64(struct arena *a, struct str text, struct str *ret_bytes)
{
	if (text.n % 4 != 0)
		return false;
	for (int padding = 0; padding < 2 && text.n > 0 && text.p[text.n - 1] == '='; padding++)
		text.n--;
	return decode_64(a, text, base64_digits, ret_bytes);
}

struct str encode_base64url(struct arena *a, struct str bytes)
{
	return encode_64(a, bytes, base64url_digits, false);
}

bool decode_base64url(struct arena *a, struct str text, struct str *ret_bytes)
{
	return decode_64(a, text, base64url_digits, ret_bytes);
}

struct str encode_ulid(struct arena *a, int64_t at)
{
	enum { TIME_CHARS = 10, RANDOM_BYTES = 10, CHARS = 26 };
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char *out = arena_alloc(a, CHARS + 1);
	uint64_t millis = (uint64_t)(at / 1000);
	uint8_t random_bytes[RANDOM_BYTES];
	unsigned group = 0, bits = 0;
	size_t n = TIME_CHARS;

	must(at >= 0 && millis < UINT64_C(1) << 48);
	for (size_t i = TIME_CHARS; i > 0; i--, millis /= 32)
		out[i - 1] = digits[millis % 32];
	crypto_random(random_bytes, sizeof(random_bytes));
	for (size_t i = 0; i < RANDOM_BYTES; i++) {
		group = (group << 8 | random_bytes[i]) & 0xffff;
		bits += 8;
		for (; bits >= 5; bits -= 5)
			out[n++] = digits[group >> (bits - 5) & 31];
	}
	return (struct str){ out, CHARS };
}
