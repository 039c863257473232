/*
 * The period of a report: a month, quarter, year, week or day of local time, half-open.
 *
 * Threads: values.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"

/* [t0, t1) in microseconds UTC; both are starts of local days. */
struct period {
	int64_t t0;
	int64_t t1;
	int64_t now;	/* while now < t1, t1 is now throughout */
	int64_t freeze;	/* what was decided or answered later stays out; 0: not frozen, now */
};

/*
 * "2026-03", "2026-Q1", "2026", "2026-W10" (ISO 8601 week) or "2026-03-05", years 1990-2100.
 * Sets t0 and t1, and now and freeze to 0 for the caller to fill in.
 */
bool period_parse(const char *text, size_t size, struct period *ret_period) MUST_USE;
