#include "rules/redact.h"

#include <string.h>

enum { FULL_WIDTH_BYTES = 3 };

/* Length of a digit that stands at p, 0 for none; full-width ones are U+FF10 to U+FF19. */
static size_t digit_at(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	if (n >= 1 && *p >= '0' && *p <= '9')
		return 1;
	return n >= FULL_WIDTH_BYTES && u[0] == 0xef && u[1] == 0xbc && u[2] >= 0x90 &&
	       u[2] <= 0x99 ? FULL_WIDTH_BYTES : 0;
}

/* Length of a number that begins at p, 0 when it has too few digits. A last X is part of it. */
static size_t number_at(const char *p, size_t n)
{
	size_t end = 0, digits = 0;

	for (size_t i = 0, step; i < n; i += step) {
		step = digit_at(p + i, n - i);
		if (step) {
			digits++;
			end = i + step;
		} else if (digits && (p[i] == ' ' || p[i] == '-') &&
			   digit_at(p + i + 1, n - i - 1)) {
			step = 1;
		} else {
			break;
		}
	}
	if (digits < REDACT_DIGITS_LEAST)
		return 0;
	return end < n && (p[end] == 'X' || p[end] == 'x') ? end + 1 : end;
}

static size_t word_at(const char *p, size_t left, const struct str *words, size_t n)
{
	size_t longest = 0;

	for (size_t i = 0; i < n; i++)
		if (words[i].n >= REDACT_WORD_BYTES_LEAST && words[i].n <= left &&
		    words[i].n > longest && memcmp(p, words[i].p, words[i].n) == 0)
			longest = words[i].n;
	return longest;
}

struct str redact(struct arena *a, struct str text, const struct str *words, size_t n)
{
	char *out = arena_alloc(a, text.n + 1);
	size_t used = 0, found = 0;

	if (!text.p)
		return STR_NONE;
	for (size_t i = 0; i < text.n;) {
		size_t hit = word_at(text.p + i, text.n - i, words, n);
		size_t number = number_at(text.p + i, text.n - i);

		hit = number > hit ? number : hit;
		found += hit;
		if (!hit) {
			out[used++] = text.p[i++];
			continue;
		}
		for (size_t end = i + hit; i < end; i++)
			if (((unsigned char)text.p[i] & 0xc0) != 0x80)
				out[used++] = '*';
	}
	return found ? (struct str){ out, used } : text;
}
