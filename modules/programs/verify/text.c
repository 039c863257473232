/*
 * Reading numbers, hashes and base64 strictly, and showing what a file says safely.
 */
#include "verify/text.h"

#include <stdio.h>
#include <string.h>

struct text text_of(const char *s)
{
	return (struct text){ s, strlen(s) };
}

int text_compare(struct text a, struct text b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool text_same(struct text a, struct text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool text_is(struct text text, const char *s)
{
	return text_same(text, text_of(s));
}

bool text_starts(struct text text, const char *s)
{
	size_t n = strlen(s);

	return text.n >= n && memcmp(text.p, s, n) == 0;
}

bool text_cut(struct text *rest, char at, struct text *part)
{
	const char *found = rest->n ? memchr(rest->p, at, rest->n) : NULL;

	if (!found)
		return false;
	*part = (struct text){ rest->p, (size_t)(found - rest->p) };
	rest->p = found + 1;
	rest->n -= part->n + 1;
	return true;
}

size_t text_split(struct text line, char at, struct text *fields, size_t room)
{
	struct text part;
	size_t n = 0;

	while (text_cut(&line, at, &part)) {
		if (n < room)
			fields[n] = part;
		n++;
	}
	if (n < room)
		fields[n] = line;
	return n + 1;
}

bool text_u64(struct text text, uint64_t *ret)
{
	uint64_t value = 0;

	if (text.n == 0 || text.n > 20 || (text.p[0] == '0' && text.n > 1))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned int digit = (unsigned int)(text.p[i] - '0');

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret = value;
	return true;
}

bool text_i64(struct text text, int64_t *ret)
{
	bool is_negative = text.n > 1 && text.p[0] == '-';
	uint64_t value;

	if (is_negative)
		text = (struct text){ text.p + 1, text.n - 1 };
	if (!text_u64(text, &value) || value > INT64_MAX || (is_negative && value == 0))
		return false;
	*ret = is_negative ? -(int64_t)value : (int64_t)value;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_hex(struct text text, uint8_t *out, size_t n)
{
	if (text.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(text.p[2 * i]), low = hex_digit(text.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* The bits that padding leaves over have to be zero, or two texts would be the same bytes. */
bool text_base64(struct text text, uint8_t *out, size_t room, size_t *ret_n)
{
	size_t padding = 0, n = 0;

	if (text.n % 4)
		return false;
	while (padding < 2 && padding < text.n && text.p[text.n - 1 - padding] == '=')
		padding++;
	if (text.n / 4 * 3 - padding > room)
		return false;
	for (size_t i = 0; i < text.n; i += 4) {
		size_t digits = i + 4 == text.n ? 4 - padding : 4;
		uint32_t bits = 0;

		for (size_t k = 0; k < digits; k++) {
			int digit = base64_digit(text.p[i + k]);

			if (digit < 0)
				return false;
			bits |= (uint32_t)digit << (18 - 6 * k);
		}
		if (bits & ((UINT32_C(1) << (8 * (4 - digits))) - 1))
			return false;
		for (size_t k = 0; k + 1 < digits; k++)
			out[n++] = (uint8_t)(bits >> (16 - 8 * k));
	}
	*ret_n = n;
	return true;
}

char *base64_write(const uint8_t *bytes, size_t n, char *out)
{
	char *at = out;

	for (size_t i = 0; i < n; i += 3) {
		size_t rest = n - i < 3 ? n - i : 3;
		uint32_t bits = 0;

		for (size_t k = 0; k < rest; k++)
			bits |= (uint32_t)bytes[i + k] << (16 - 8 * k);
		for (size_t k = 0; k < 4; k++)
			*at++ = k <= rest ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
	}
	*at = '\0';
	return out;
}

char *hex_write(const uint8_t *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
	return out;
}

char *text_show(struct text text, char *out)
{
	enum { KEPT = SHOWN_BYTES - 4 };
	size_t n = text.n < KEPT ? text.n : KEPT;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		out[i] = c < 0x20 || c == 0x7f ? '?' : (char)c;
	}
	/* Half a character at the cut, and the C1 controls, are no text for a terminal. */
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)out[i] == 0xc2 && i + 1 < n &&
		    (unsigned char)out[i + 1] < 0xa0)
			out[i] = out[i + 1] = '?';
	if (text.n > KEPT) {
		while (n > 0 && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
			n--;
		if (n > 0 && ((unsigned char)out[n - 1] & 0x80))
			n--;
		memcpy(out + n, "...", 3);
		n += 3;
	}
	out[n] = '\0';
	return out;
}

/* ---- moments ---- */

#define MICROSECONDS INT64_C(1000000)
#define LOCAL_SECONDS INT64_C(28800)	/* UTC+8, all year */
#define DAY_SECONDS INT64_C(86400)

/* Days since 1970-01-01 of the first of March of a year, which makes leap days the last. */
static int64_t march_days(int64_t year)
{
	return year * 365 + year / 4 - year / 100 + year / 400 - 719468;
}

/* Days from the first of March to the first of a month; months count from March = 0. */
static int64_t days_before(int64_t month)
{
	return (153 * month + 2) / 5;
}

int64_t month_begin(int year, int month)
{
	int64_t from_march = (month + 9) % 12;
	int64_t days = march_days(month < 3 ? year - 1 : year) + days_before(from_march);

	return (days * DAY_SECONDS - LOCAL_SECONDS) * MICROSECONDS;
}

char *moment_show(int64_t at, char *out)
{
	if (at < 0 || at >= month_begin(9999, 1)) {
		snprintf(out, MOMENT_BYTES, "%lld", (long long)at);
		return out;
	}
	int64_t seconds = at / MICROSECONDS + LOCAL_SECONDS;
	int64_t days = seconds / DAY_SECONDS, rest = seconds % DAY_SECONDS;
	int64_t year = 1970 + days / 365, month = 11;

	while (march_days(year) > days)
		year--;
	days -= march_days(year);
	while (days_before(month) > days)
		month--;
	days -= days_before(month);
	if (month >= 10)
		year++;
	snprintf(out, MOMENT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d+08:00", (int)year,
		 (int)((month + 2) % 12 + 1), (int)days + 1, (int)(rest / 3600),
		 (int)(rest / 60 % 60), (int)(rest % 60));
	return out;
}
