/*
 * Ranking inside a peer group: who may be ranked at all, ranks with ties, the control limits of
 * a funnel, and the rate as it would be were everybody's mix of contents alike. No floating
 * point: rates are compared as fractions, the rest is fixed point of the stated fineness.
 *
 * The surprise: most differences of rank say nothing. A unit within the control limits is not
 * distinguishable from its group by this many cases; only what lies outside is news.
 *
 * Threads: values. Every count is at most 2^32, every num at most its den.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/limits.h"
#include "rules/percent.h"

/* Adjusted rates are millionths. */
enum { ADJUSTED_BASE = 1000000 };
/* A unit alone at its rate comes to lie outside of one of its limits by chance at most so
 * rarely: once in a thousand on either side. */
enum { CONTROL_RARITY = 1000 };

struct ranking_rules {
	uint64_t least;			/* smallest base that is ranked */
	uint64_t coverage_least;	/* percent; asked for where is_of_answers */
	bool is_of_answers;		/* the rate is of what callers answered */
};

enum unranked {
	UNRANKED_NOT,
	UNRANKED_SMALL,		/* the base is too small */
	UNRANKED_COVERAGE,	/* too few were asked for the rate to speak of all */
	UNRANKED_FRAUD,		/* fraud was proven in the period */
	UNRANKED_ALONE,		/* nobody else of the group may be ranked */
	UNRANKED_REASONS
};
extern const char *const unranked_names[UNRANKED_REASONS];	/* NULL for UNRANKED_NOT */

enum outside { OUTSIDE_NOT, OUTSIDE_BELOW, OUTSIDE_ABOVE };

struct ranked_unit {
	/* What is known of it. */
	struct rate mix[CONTENT_CLASSES];	/* the rate of each class of contents */
	struct rate coverage;
	bool has_proven_fraud;
	/* What follows. */
	struct rate rate;		/* sum of the mix */
	struct rate adjusted;		/* of ADJUSTED_BASE; { 0, 0 } on a zero base */
	enum unranked unranked;
	uint32_t rank, adjusted_rank;	/* equal rates share one: 1, 2, 2, 4; 0 without */
	uint64_t low, high;		/* control limits of rate.num, both still inside */
	enum outside outside;
};

/*
 * Fills in what follows for all units of one group and returns the rate of the group, which
 * all of its units are part of, ranked or not.
 */
struct rate ranking_make(struct ranked_unit *units, size_t n,
	const struct ranking_rules *rules);

/*
 * Control limits of the number of successes in a base, at the rate of the group: the least and
 * the greatest number whose binomial tail, it included, is still more than 1 in CONTROL_RARITY.
 * The exact distribution, summed from its mode in fixed point with 40 bits behind the point.
 */
void control_limits(uint64_t base, struct rate group, uint64_t *ret_low, uint64_t *ret_high);

/* -1, 0, 1: left is the lower rate, the same, the higher. Neither base is zero. */
int rate_compare(struct rate left, struct rate right);
