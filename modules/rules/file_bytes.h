/*
 * Numbers within bytes that come from outside. Reading behind the end is not possible: it sets
 * `is_over`, which stays, and gives 0.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "str.h"

struct file_bytes {
	struct str all;
	bool is_over;
};

static inline bool file_has(struct file_bytes *f, uint64_t at, uint64_t n)
{
	if (at <= f->all.n && n <= f->all.n - at)
		return true;
	f->is_over = true;
	return false;
}

static inline uint64_t file_big(struct file_bytes *f, uint64_t at, unsigned n)
{
	uint64_t value = 0;

	if (!file_has(f, at, n))
		return 0;
	for (unsigned i = 0; i < n; i++)
		value = value << 8 | (unsigned char)f->all.p[at + i];
	return value;
}

static inline uint64_t file_little(struct file_bytes *f, uint64_t at, unsigned n)
{
	uint64_t value = 0;

	if (!file_has(f, at, n))
		return 0;
	for (unsigned i = n; i > 0; i--)
		value = value << 8 | (unsigned char)f->all.p[at + i - 1];
	return value;
}

/* Whether these bytes stand there; behind the end they do not, which is no fault. */
static inline bool file_says(const struct file_bytes *f, uint64_t at, struct str text)
{
	return at <= f->all.n && text.n <= f->all.n - at &&
	       memcmp(f->all.p + at, text.p, text.n) == 0;
}
