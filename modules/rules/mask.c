#include "rules/mask.h"

#include <string.h>

enum { HEAD_SHOWN = 3, TAIL_SHOWN = 4, SHORT_TAIL_SHOWN = 2, STARS = 4 };

struct str mask_name(struct arena *a, struct str name)
{
	size_t first = 1, points = 0;

	if (str_is_empty(name))
		return STR_NONE;
	while (first < name.n && ((unsigned char)name.p[first] & 0xc0) == 0x80)
		first++;
	for (size_t i = first; i < name.n; i++)
		points += ((unsigned char)name.p[i] & 0xc0) != 0x80;
	/* A name of one character is hidden whole. */
	if (points == 0)
		return STR("*");
	char *out = arena_alloc(a, first + points + 1);
	memcpy(out, name.p, first);
	memset(out + first, '*', points);
	return (struct str){ out, first + points };
}

struct str mask_phone(struct arena *a, struct str phone)
{
	if (str_is_empty(phone))
		return STR_NONE;
	size_t head = phone.n >= HEAD_SHOWN + TAIL_SHOWN + 2 ? HEAD_SHOWN : 0;
	size_t tail = head ? TAIL_SHOWN : phone.n > SHORT_TAIL_SHOWN ? SHORT_TAIL_SHOWN : 0;
	char *out = arena_alloc(a, head + STARS + tail + 1);

	memcpy(out, phone.p, head);
	memset(out + head, '*', STARS);
	memcpy(out + head + STARS, phone.p + phone.n - tail, tail);
	return (struct str){ out, head + STARS + tail };
}

struct str phone_normal(struct arena *a, struct str phone)
{
	char *out = arena_alloc(a, phone.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < phone.n; i++)
		if ((phone.p[i] >= '0' && phone.p[i] <= '9') || (phone.p[i] == '+' && n == 0))
			out[n++] = phone.p[i];
	return n ? (struct str){ out, n } : STR_NONE;
}
