/*
 * The breaker of one endpoint: stops knocking at a door behind which nobody is. It opens after
 * a number of failures in a row, or when 70 % of at least 10 attempts within 5 minutes failed;
 * while it is open nothing is sent; then one attempt is let through (half-open), whose success
 * closes it and whose failure opens it again for twice as long.
 *
 * Threads: values. Times are microseconds of clock_real().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { BREAKER_SLOTS = 10 };

struct breaker_rule {
	uint32_t failures;	/* in a row */
	int64_t open_first;
	int64_t open_most;
};

struct breaker {
	uint32_t failures;	/* in a row */
	int64_t open_span;	/* 0: closed */
	int64_t open_until;
	struct breaker_slot {
		int64_t number;	/* of the 30 seconds it counts */
		uint32_t attempts, failures;
	} slots[BREAKER_SLOTS];
};

enum breaker_gate {
	BREAKER_CLOSED,
	BREAKER_OPEN,
	BREAKER_PROBE,	/* one attempt at a time */
};

enum breaker_gate breaker_gate(const struct breaker *b, int64_t now);
/* True when the success closed an open breaker. */
bool breaker_success(struct breaker *b, int64_t now);
/* True when the failure opened the breaker, for the first time or again. */
bool breaker_failure(struct breaker *b, const struct breaker_rule *rule, int64_t now);
