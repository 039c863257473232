/*
 * Growing byte strings. An addition goes in whole or not at all: what overflows is noted in
 * the flag, and what stands in the buffer never ends in the middle of a piece.
 */
#include "must.h"
#include "str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the sizes that malloc keeps ready per thread one of the largest. */
enum { FIRST_BYTES = 1000 };

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->overflow = false;
}

/* Makes room for n more bytes below max; false leaves the buffer as it is, flag set. */
static bool make_room(struct buf *b, size_t n)
{
	if (n <= b->cap - b->n)
		return true;
	if (n > b->max - b->n) {
		b->overflow = true;
		return false;
	}
	size_t cap = b->cap ? b->cap : FIRST_BYTES;

	while (cap - b->n < n)
		cap *= 2;
	if (cap > b->max)
		cap = b->max;
	b->p = realloc(b->p, cap);
	must(b->p != NULL);
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, struct str s)
{
	if (s.n == 0 || !make_room(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void buf_add_byte(struct buf *b, char c)
{
	if (!make_room(b, 1))
		return;
	b->p[b->n++] = c;
}

void buf_add_u64(struct buf *b, uint64_t value)
{
	char digits[20];

	buf_add(b, (struct str){ digits, (size_t)(str_put_u64(digits, value, 1) - digits) });
}

char *buf_extend(struct buf *b, size_t n)
{
	if (!make_room(b, n))
		return NULL;
	char *at = b->p + b->n;

	b->n += n;
	return at;
}

void buf_printf(struct buf *b, const char *format, ...)
{
	char small[256];
	va_list args, again;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	must(n >= 0);
	if ((size_t)n < sizeof(small)) {
		buf_add(b, (struct str){ small, (size_t)n });
	} else {
		char *large = malloc((size_t)n + 1);

		must(large != NULL);
		(void)vsnprintf(large, (size_t)n + 1, format, again);
		buf_add(b, (struct str){ large, (size_t)n });
		free(large);
	}
	va_end(again);
}
