/* Keys as text. Digits are drawn without bias: a byte that would bend the odds is drawn again. */
#include "net/key_text.h"

#include <string.h>

#include "crypto.h"
#include "must.h"

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

enum { BASE = 62, FAIR_BYTES = 256 / BASE * BASE };

static bool is_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool are_digits(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!is_digit(text.p[i]))
			return false;
	return true;
}

static uint32_t crc32_of(struct str text)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < text.n; i++) {
		crc ^= (uint8_t)text.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

static void write_sum(struct str text, char out[KEY_SUM_CHARS])
{
	uint32_t crc = crc32_of(text);

	for (int i = KEY_SUM_CHARS; i-- > 0; crc /= BASE)
		out[i] = digits[crc % BASE];
}

bool key_is_id(struct str text)
{
	return text.n == KEY_ID_CHARS && are_digits(text);
}

enum key_form key_text_read(struct str text, struct str *ret_id)
{
	char sum[KEY_SUM_CHARS];

	*ret_id = STR_NONE;
	if (!str_starts(text, STR("ldk_")))
		return KEY_UNREADABLE;
	if (text.n == KEY_OLD_CHARS)
		return KEY_OLD;
	if (text.n != KEY_CHARS)
		return KEY_UNREADABLE;
	struct str id = { text.p + 4, KEY_ID_CHARS };
	struct str secret = { id.p + KEY_ID_CHARS + 1, KEY_SECRET_CHARS };
	struct str head = { text.p, KEY_CHARS - KEY_SUM_CHARS - 1 };

	if (!are_digits(id) || !are_digits(secret) || id.p[id.n] != '_' || head.p[head.n] != '_')
		return KEY_UNREADABLE;
	write_sum(head, sum);
	if (memcmp(sum, head.p + head.n + 1, sizeof(sum)) != 0)
		return KEY_UNREADABLE;
	*ret_id = id;
	return KEY_WITH_ID;
}

static void draw(char *out, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint8_t byte;

		crypto_random(&byte, 1);
		if (byte < FAIR_BYTES)
			out[i++] = digits[byte % BASE];
	}
}

struct str key_id_make(struct arena *a)
{
	char *id = arena_alloc(a, KEY_ID_CHARS + 1);

	draw(id, KEY_ID_CHARS);
	return (struct str){ id, KEY_ID_CHARS };
}

struct str key_text_make(struct arena *a, struct str id)
{
	char secret[KEY_SECRET_CHARS + 1] = "", sum[KEY_SUM_CHARS + 1] = "";

	must(key_is_id(id));
	draw(secret, KEY_SECRET_CHARS);
	struct str head = arena_printf(a, "ldk_%.*s_%s", STR_ARG(id), secret);
	write_sum(head, sum);
	return arena_printf(a, "%.*s_%s", STR_ARG(head), sum);
}
