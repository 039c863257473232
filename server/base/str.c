/* Views of bytes: comparing, counting, reading numbers. */
#include "str.h"

#include "base/utf8.h"

#include <string.h>

struct str str_of(const char *cstr)
{
	return cstr ? (struct str){ cstr, strlen(cstr) } : STR_NONE;
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *cstr)
{
	return str_eq(a, str_of(cstr));
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq((struct str){ s.p, prefix.n }, prefix);
}

bool str_to_u64(struct str s, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return true;
}

char *str_put_u64(char *at, uint64_t value, unsigned least)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (n < least && n < sizeof(digits))
		digits[n++] = '0';
	while (n > 0)
		*at++ = digits[--n];
	return at;
}

size_t str_code_points(struct str s)
{
	size_t count = 0;
	uint32_t point;

	for (size_t i = 0, step; i < s.n; i += step, count++) {
		step = utf8_next(s.p + i, s.n - i, &point);
		if (step == 0)
			return SIZE_MAX;
	}
	return count;
}

size_t str_point(struct str s, uint32_t *ret_point)
{
	size_t n = s.n ? utf8_next(s.p, s.n, ret_point) : 0;

	if (n == 0)
		*ret_point = 0;
	return n;
}

struct str str_take(struct str *rest, char separator)
{
	const char *end = rest->n ? memchr(rest->p, separator, rest->n) : NULL;
	struct str part = { rest->p, end ? (size_t)(end - rest->p) : rest->n };

	rest->p = end ? end + 1 : rest->p;
	rest->n -= part.n + (end != NULL);
	return part;
}

struct str str_trim(struct str s)
{
	while (s.n && s.p[0] == ' ')
		s = (struct str){ s.p + 1, s.n - 1 };
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

bool str_is_code(struct str s, size_t most)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'))
			return false;
	}
	return s.n > 0 && s.n <= most;
}

int str_index(struct str s, const char *const *names)
{
	for (int i = 0; names[i]; i++) {
		if (str_is(s, names[i]))
			return i;
	}
	return -1;
}
