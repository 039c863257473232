/*
 * Grams of texts and of questions. The surprise is in gram_query(): it takes the widest grams
 * only, which is right because a text has all widths.
 */
#include "rules/gram.h"

#include <stdlib.h>
#include <string.h>

#define NO_CHARACTER UINT32_MAX

enum kind { KIND_BREAK, KIND_HAN, KIND_LETTER, KIND_DIGIT };

/* ---- characters ---- */

static uint32_t tail_of(const char *p)
{
	return (uint32_t)((unsigned char)*p & 0x3f);
}

static bool is_tail(const char *p, const char *end)
{
	return p < end && ((unsigned char)*p & 0xc0) == 0x80;
}

/* The code point at *at, which moves on; NO_CHARACTER for a byte that begins none. */
static uint32_t next_character(const char **at, const char *end)
{
	const char *p = *at;
	unsigned char lead = (unsigned char)*p;

	*at = p + 1;
	if (lead < 0x80)
		return lead;
	if (lead >= 0xc2 && lead < 0xe0 && is_tail(p + 1, end)) {
		*at = p + 2;
		return (lead & 0x1fu) << 6 | tail_of(p + 1);
	}
	if (lead >= 0xe0 && lead < 0xf0 && is_tail(p + 1, end) && is_tail(p + 2, end)) {
		*at = p + 3;
		return (lead & 0x0fu) << 12 | tail_of(p + 1) << 6 | tail_of(p + 2);
	}
	if (lead >= 0xf0 && lead < 0xf5 && is_tail(p + 1, end) && is_tail(p + 2, end) &&
	    is_tail(p + 3, end)) {
		*at = p + 4;
		return (lead & 0x07u) << 18 | tail_of(p + 1) << 12 | tail_of(p + 2) << 6 |
		       tail_of(p + 3);
	}
	return NO_CHARACTER;
}

static enum kind kind_of(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return KIND_DIGIT;
	if (c >= 'a' && c <= 'z')
		return KIND_LETTER;
	if ((c >= 0x3400 && c <= 0x9fff) || (c >= 0x20000 && c <= 0x3ffff))
		return KIND_HAN;
	return KIND_BREAK;
}

static bool is_ascii(enum kind kind)
{
	return kind == KIND_LETTER || kind == KIND_DIGIT;
}

/* ---- normal form ---- */

static size_t put_normal(char *out, struct str text)
{
	const char *p = text.p, *end = p ? p + text.n : p;
	size_t used = 0;

	while (p < end) {
		const char *from = p;
		uint32_t c = next_character(&p, end);

		if (c == 0x3000)
			c = ' ';
		else if (c >= 0xff01 && c <= 0xff5e)
			c -= 0xff01 - 0x21;
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (c < 0x80) {
			out[used++] = (char)c;
		} else {
			memcpy(out + used, from, (size_t)(p - from));
			used += (size_t)(p - from);
		}
	}
	return used;
}

struct str gram_normal(struct arena *a, struct str text)
{
	return gram_normal_fields(a, &text, 1);
}

struct str gram_normal_fields(struct arena *a, const struct str *fields, size_t n)
{
	size_t size = 1, used = 0;

	for (size_t i = 0; i < n; i++)
		size += fields[i].n + 1;
	char *out = arena_alloc(a, size);
	for (size_t i = 0; i < n; i++) {
		if (!fields[i].p)
			continue;
		if (used)
			out[used++] = '\n';
		used += put_normal(out + used, fields[i]);
	}
	return (struct str){ out, used };
}

/* ---- grams ---- */

static uint32_t gram_of_two(uint32_t first, uint32_t second)
{
	return (first & 0xffff) << 16 | (second & 0xffff);
}

static uint32_t digit36(uint32_t c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static uint32_t gram_of_three(const uint32_t c[3])
{
	return 0x10000 + (digit36(c[0]) * 36 + digit36(c[1])) * 36 + digit36(c[2]);
}

static uint32_t gram_of_four(const uint32_t c[4])
{
	return 0x20000 + ((c[0] - '0') * 1000 + (c[1] - '0') * 100 + (c[2] - '0') * 10 +
			  (c[3] - '0'));
}

uint32_t gram_text(struct str normal, uint32_t *out)
{
	const char *p = normal.p, *end = p ? p + normal.n : p;
	uint32_t last[4] = { 0 };	/* the present character stands last */
	uint32_t n = 0, run = 0, ascii = 0, digits = 0;

	while (p < end) {
		uint32_t c = next_character(&p, end);
		enum kind kind = kind_of(c);

		memmove(last, last + 1, 3 * sizeof(last[0]));
		last[3] = c;
		run = kind == KIND_BREAK ? 0 : run + 1;
		ascii = is_ascii(kind) ? ascii + 1 : 0;
		digits = kind == KIND_DIGIT ? digits + 1 : 0;
		if (run >= 2)
			out[n++] = gram_of_two(last[2], last[3]);
		if (ascii >= 3)
			out[n++] = gram_of_three(last + 1);
		if (digits >= 4)
			out[n++] = gram_of_four(last);
	}
	return n;
}

static int by_number(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;

	return (one > other) - (one < other);
}

uint32_t gram_distinct(uint32_t *grams, uint32_t n)
{
	uint32_t kept = 0;

	if (n == 0)
		return 0;
	qsort(grams, n, sizeof(grams[0]), by_number);
	for (uint32_t i = 1; i < n; i++)
		if (grams[i] != grams[kept])
			grams[++kept] = grams[i];
	return kept + 1;
}

/* ---- questions ---- */

/* Length of the stretch of one sort that begins at i. */
static uint32_t stretch(const uint32_t *c, uint32_t n, uint32_t i, bool is_digits)
{
	uint32_t at = i;

	while (at < n && (is_digits ? kind_of(c[at]) == KIND_DIGIT : is_ascii(kind_of(c[at]))))
		at++;
	return at - i;
}

/*
 * A stretch of ASCII: digits of four and more by fours, all other threes of it by threes, a
 * stretch of two by its pair.
 */
static uint32_t add_ascii(const uint32_t *c, uint32_t n, uint32_t *out)
{
	uint32_t added = 0;

	if (n == 2)
		out[added++] = gram_of_two(c[0], c[1]);
	for (uint32_t i = 0; i + 3 <= n; i++) {
		uint32_t digits = stretch(c, n, i, true);
		bool is_within = i > 0 && digits >= 3 && kind_of(c[i - 1]) == KIND_DIGIT;

		if (digits >= 4)
			out[added++] = gram_of_four(c + i);
		else if (!is_within)
			out[added++] = gram_of_three(c + i);
	}
	return added;
}

/* The widest grams of one word. */
static uint32_t add_word(const uint32_t *c, uint32_t n, uint32_t *out)
{
	uint32_t added = 0;

	for (uint32_t i = 0; i < n; i++) {
		enum kind kind = kind_of(c[i]);
		uint32_t ascii = stretch(c, n, i, false);

		if (kind == KIND_BREAK)
			continue;
		if (ascii) {
			added += add_ascii(c + i, ascii, out + added);
			i += ascii - 1;
		}
		if (i + 1 < n && kind_of(c[i + 1]) != KIND_BREAK)
			out[added++] = gram_of_two(c[i], c[i + 1]);
	}
	return added;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct gram_query gram_query(struct arena *a, struct str text)
{
	struct str normal = gram_normal(a, text);
	struct str *words = arena_array_of(a, struct str, normal.n + 1);
	uint32_t *characters = arena_array_of(a, uint32_t, normal.n + 1);
	uint32_t *grams = arena_array_of(a, uint32_t, 2 * normal.n + 1);
	struct gram_query q = { .words = words, .grams = grams };
	const char *p = normal.p, *end = p + normal.n;

	while (p < end) {
		const char *from = p;
		uint32_t n = 0;

		while (p < end && !is_blank(*p))
			characters[n++] = next_character(&p, end);
		if (p == from) {
			p++;
			continue;
		}
		words[q.word_count++] = (struct str){ from, (size_t)(p - from) };
		q.gram_count += add_word(characters, n, grams + q.gram_count);
	}
	q.gram_count = gram_distinct(grams, q.gram_count);
	return q;
}

bool gram_matches(const struct gram_query *q, struct str normal)
{
	for (uint32_t i = 0; i < q->word_count; i++)
		if (!memmem(normal.p, normal.n, q->words[i].p, q->words[i].n))
			return false;
	return true;
}

/* ---- likeness ---- */

static uint32_t distinct_of(struct arena *a, struct str text, uint32_t **ret_grams)
{
	struct str normal = gram_normal(a, text);

	*ret_grams = arena_array_of(a, uint32_t, gram_bound(normal) + 1);
	return gram_distinct(*ret_grams, gram_text(normal, *ret_grams));
}

uint32_t gram_likeness(struct arena *a, struct str one, struct str other)
{
	uint32_t *x, *y;
	uint32_t n = distinct_of(a, one, &x), m = distinct_of(a, other, &y);
	uint32_t shared = 0;

	for (uint32_t i = 0, j = 0; i < n && j < m;) {
		if (x[i] == y[j])
			shared++;
		bool is_first = x[i] <= y[j], is_second = y[j] <= x[i];
		i += is_first;
		j += is_second;
	}
	return n + m ? (uint32_t)(UINT64_C(1000) * shared / (n + m - shared)) : 0;
}
