/*
 * All time in this program. Instants are int64_t microseconds since 1970-01-01 UTC; 0 means
 * "no instant". clock_now() is domain time: receipt, due moments, events, reports. In a demo
 * started with a test clock it stands still between two moves; everything that talks to the
 * outside world (retries, timeouts, signatures, sessions, log stamps) uses clock_real() or
 * clock_monotonic() instead.
 *
 * Threads: all calls from any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "str.h"

#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)
#define CLOCK_ZONE (8 * CLOCK_HOUR)	/* the one legal time of China, ahead of UTC */

int64_t clock_now(void);
int64_t clock_real(void);
int64_t clock_monotonic(void);

/* Replaces domain time by a clock that stands at `at`. Set before threads start. */
void clock_test_start(int64_t at);
bool clock_is_test(void);
/* Moves the test clock forward; moving back or without a test clock is our bug. */
void clock_test_move(int64_t at);

/*
 * RFC 3339 with a zone, fraction of up to nine digits cut to microseconds. Local years 1990 to
 * 2100; no leap seconds.
 */
bool clock_parse(struct str text, int64_t *ret_at) MUST_USE;
/* "2026-03-02T09:00:00+08:00", with ".123" where milliseconds are not zero. size >= 40. */
struct str clock_format(int64_t at, char *out, size_t size);
/* IMF-fixdate of RFC 9110, section 5.6.7. size >= 32. */
struct str clock_http_date(int64_t at, char *out, size_t size);
/* IMF-fixdate only, with its right day of the week; years as above. */
bool clock_parse_http_date(struct str text, int64_t *ret_at) MUST_USE;
