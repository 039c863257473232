/*
 * When to try again: the schedule, its jitter, and what a receiver may ask for by Retry-After.
 *
 * Threads: values; any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "str.h"

enum { RETRY_STEPS_MAX = 32 };

#define RETRY_NOT_ASKED INT64_C(-1)
#define RETRY_EXHAUSTED INT64_C(-1)

/* delay[i] is the wait in microseconds before attempt i + 1; the first one is 0. */
struct retry_schedule {
	uint32_t n;
	int64_t delay[RETRY_STEPS_MAX];
};

/* "0,5,30,120": whole seconds, the first 0, each at most 7 days. */
bool retry_schedule_parse(struct str text, struct retry_schedule *ret_schedule) MUST_USE;

/*
 * Retry-After (RFC 9110, section 10.2.3): seconds or a date, as a wait from `now` (microseconds
 * UTC), 0 when it has passed, at most 7 days. RETRY_NOT_ASKED when it is neither.
 */
int64_t retry_after_parse(struct str value, int64_t now);

/*
 * The wait after `made` attempts: the schedule's, +-20 % by `random`; where the receiver asked
 * for a wait, that one within [planned, max(2 x planned, 15 min)]. RETRY_EXHAUSTED when the
 * schedule has no further attempt.
 */
int64_t retry_wait(const struct retry_schedule *schedule, uint32_t made, uint32_t random,
		   int64_t asked);
