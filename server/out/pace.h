/*
 * How often a receiver may be asked at most: so many times in any second and in any minute, not
 * on average. What was sent lately is remembered, so that the bound holds at every moment.
 *
 * Threads: values. Times are microseconds of clock_monotonic().
 */
#pragma once

#include <stdint.h>

enum { PACE_MAX = 128 };	/* most requests a minute that a rule may allow */

struct pace_rule {
	uint32_t per_second, per_minute;	/* 0: no bound */
};

struct pace {
	int64_t at[PACE_MAX];	/* of the last requests, a ring; 0: none yet */
	uint32_t n;		/* requests so far */
};

/* How long the next request has to wait; 0: it may go. */
int64_t pace_wait(const struct pace *p, const struct pace_rule *rule, int64_t now);
/* A request goes. */
void pace_note(struct pace *p, int64_t now);
