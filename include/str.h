/*
 * str: a counted view of bytes owned by somebody else (an arena, a literal, a row). buf: a
 * growing byte string with a stated maximum and a sticky overflow flag, so that a builder is
 * checked once at the end.
 *
 * Threads: values; a buf belongs to one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"

/* p == NULL means "absent" (SQL NULL, a member that was not given); n is then 0. */
struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE ((struct str){ NULL, 0 })
/* For printf: "%.*s" with STR_ARG(s). */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

/* View of a NUL-terminated string; NULL gives STR_NONE. */
struct str str_of(const char *cstr);
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *cstr);
bool str_starts(struct str s, struct str prefix);
/* Absent or no bytes. */
static inline bool str_is_empty(struct str s)
{
	return s.n == 0;
}
/* Whole string as decimal digits without sign; false on anything else or overflow. */
bool str_to_u64(struct str s, uint64_t *ret_value) MUST_USE;
/*
 * Decimal digits of value, with zeros before them up to `least` (at most 20); returns the end.
 * `at` has room for 20. For texts made by the thousand, where printf would cost the most.
 */
char *str_put_u64(char *at, uint64_t value, unsigned least);
/* Number of code points, or SIZE_MAX when s is not valid UTF-8 (RFC 3629). */
size_t str_code_points(struct str s);
/* Bytes of the first code point; 0, and the point 0, at the end or where bytes are no UTF-8. */
size_t str_point(struct str s, uint32_t *ret_point);
/* Takes what stands before the separator off the front of *rest, with the separator; all of it
 * when there is none. */
struct str str_take(struct str *rest, char separator);
/* Without blanks at both ends. */
struct str str_trim(struct str s);
/* Index of the name in a NULL-terminated list, -1 when it is not there. */
int str_index(struct str s, const char *const *names);
/* A code: 1 to `most` of letters A-Z and a-z, digits, and _ . - */
bool str_is_code(struct str s, size_t most);

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max;
	bool overflow;	/* sticky: something did not fit below max and was left out */
};

/* No memory is taken before the first byte. max counts payload bytes. */
void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);
/* Empties and clears the flag, keeps the memory. */
void buf_clear(struct buf *b);
void buf_add(struct buf *b, struct str s);
void buf_add_byte(struct buf *b, char c);
void buf_add_u64(struct buf *b, uint64_t value);
/* n more bytes, which the caller fills at once; NULL, with the flag set, when n do not fit. */
char *buf_extend(struct buf *b, size_t n) MUST_USE;
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
/* What is inside now; valid until the next change. */
static inline struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}
