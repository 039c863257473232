/*
 * One rate as a pair of integers: its test against a target and its text. No floating point
 * anywhere, since a rate of 89.996% must neither meet 90% nor be printed as 90.00.
 *
 * Threads: values.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rate {
	uint64_t num;
	uint64_t den;
};

enum verdict {
	VERDICT_NONE,	/* zero base: neither met nor missed */
	VERDICT_MET,
	VERDICT_MISSED,
};

/* RATE_RANK_LEAST is the smallest base that is ranked unless a district sets another. */
enum { RATE_TEXT_BYTES = 32, RATE_RANK_LEAST = 20 };

/* For all of these num <= den <= 2^57; target in whole percent, 0 to 100. */

/* 100 * num >= target * den: "at least" includes the number itself (Civil Code 1259). */
enum verdict rate_meets(struct rate rate, uint64_t target);
/*
 * Percent with two decimals, half up; with as many more as it takes not to show the target on
 * a rate that misses it (89996/100000 is "89.996"). NULL on a zero base, else out.
 * size >= RATE_TEXT_BYTES.
 */
char *rate_text(struct rate rate, uint64_t target, char *out, size_t size);
/* A base below `least` is printed with its n and not ranked. */
bool rate_may_rank(struct rate rate, uint64_t least);
