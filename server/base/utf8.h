/*
 * One strict step through UTF-8 (RFC 3629, table 3-7 of Unicode): shared by counting, JSON,
 * forms and the log, so that all of them agree on what a character is.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes of the character at p, of which n (at least 1) may be read; 0 when they are no
 * character: overlong, surrogate, above U+10FFFF, cut off or a stray byte.
 */
static inline size_t utf8_next(const char *p, size_t n, uint32_t *ret_point)
{
	const unsigned char *s = (const unsigned char *)p;
	unsigned char low = 0x80, high = 0xbf;
	uint32_t point;
	size_t length;

	if (s[0] < 0x80) {
		*ret_point = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (length > n)
		return 0;
	point = s[0] & (0x7fu >> length);
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (s[i] & 0x3fu);
	}
	*ret_point = point;
	return length;
}
