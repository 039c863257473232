/*
 * How often a receiver may be asked at most: so many times in any second and in any minute, not
 * on average. What was sent lately is remembered, so that the bound holds at every moment.
 *
 * The receiver counts what all servers on one database ask, also one that has just ended. So each
 * keeps to its share: of those that were there within PACE_SEEN. That is a minute and some more
 * than PACE_SEEN_EVERY, so that who falls silent counts until its last request is a minute old.
 * Who has just begun does not know what was sent before, and the others do not know yet of it:
 * for PACE_YOUNG it has no share of what was there before it, but what the rules leave over.
 *
 * Threads: values. Times are microseconds of clock_monotonic().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

enum {
	PACE_MAX = 128,		/* most requests a minute that a rule may allow */
	PACE_SPARE = 2,		/* every rule stays so far below what the receiver allows a minute */
};

#define PACE_SEEN_EVERY (15 * CLOCK_SECOND)	/* who is there says so */
#define PACE_SEEN (90 * CLOCK_SECOND)
#define PACE_YOUNG (75 * CLOCK_SECOND)

struct pace_rule {
	uint32_t per_second, per_minute;	/* 0: no bound */
};

struct pace {
	int64_t at[PACE_MAX];	/* of the last requests, a ring; 0: none yet */
	uint32_t n;		/* requests so far */
};

/* The servers on one database that count, and how many of them are younger than PACE_YOUNG. */
struct pace_runs {
	uint64_t n, young;
};

/*
 * The share of one of them. is_young: it is, and the receiver was there before it; then only the
 * one young one sends, the spare. False: nothing may go.
 */
bool pace_share(const struct pace_rule *rule, const struct pace_runs *runs, bool is_young,
		struct pace_rule *ret_share) MUST_USE;
/* How long the next request has to wait; 0: it may go. */
int64_t pace_wait(const struct pace *p, const struct pace_rule *rule, int64_t now);
/* A request goes. */
void pace_note(struct pace *p, int64_t now);
