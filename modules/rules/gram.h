/*
 * Grams: neighbouring characters of a text as numbers, by which texts are found again. What is
 * stored and what is asked go through the same two steps here, so that whatever stands in a
 * text is found by its grams: every piece of two characters or more without a break has grams
 * that all are among those of the text. That grams agree is necessary and not sufficient: the
 * text itself decides, see gram_matches().
 *
 * Characters that make grams are Han (U+3400..U+9FFF, planes 2 and 3) and the digits and small
 * letters of ASCII; everything else, line ends too, is a break.
 *
 *	two neighbours		(c1 & 0xffff) << 16 | (c2 & 0xffff)
 *	three of ASCII		0x10000 + their number to base 36
 *	four digits		0x20000 + their number
 *
 * Threads: any; no state.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "str.h"

/*
 * The form in which texts are compared: full-width letters, digits, marks and the blank of
 * Chinese keyboards (U+FF01..U+FF5E, U+3000) become those of ASCII, as NFKC (Unicode Standard
 * Annex 15) does, and A..Z become a..z. These are what differs between two people typing the
 * same word; the rest of NFKC (ligatures, circled numbers, half-width kana) stays as written.
 * Code points stay one to one. Bytes that are no UTF-8 are copied.
 */
struct str gram_normal(struct arena *a, struct str text);
/* Normal forms of n fields with a line end between any two; absent ones are left out. */
struct str gram_normal_fields(struct arena *a, const struct str *fields, size_t n);

/*
 * The grams of a text in normal form, in order and with repeats, into `out`; at most
 * gram_bound(normal) of them. Returns their number.
 */
uint32_t gram_text(struct str normal, uint32_t *out);
static inline uint32_t gram_bound(struct str normal)
{
	return (uint32_t)normal.n * 3;
}
/* Sorts and drops repeats; returns how many are left. */
uint32_t gram_distinct(uint32_t *grams, uint32_t n);

/* What somebody asks for: words separated by blanks, all of which must occur. */
struct gram_query {
	const struct str *words;	/* in normal form */
	uint32_t word_count;
	const uint32_t *grams;		/* the widest of all words, distinct */
	uint32_t gram_count;		/* 0: single characters and marks only */
};
/* Strings and lists live in the arena. */
struct gram_query gram_query(struct arena *a, struct str text);
/* Whether every word of the query stands in the text, which is in normal form. */
bool gram_matches(const struct gram_query *q, struct str normal);

/*
 * How alike two texts are, in per mille: distinct grams that both have, of the distinct grams
 * that either has (the union, so that a short text within a long one is not the same text).
 * 1000 for texts with the same grams, 0 for texts without any. Any form; takes memory of a.
 */
uint32_t gram_likeness(struct arena *a, struct str one, struct str other);
