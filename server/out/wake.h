/*
 * From commits to the sending side: which endpoints have something new. A burst of commits is
 * one call on the loop.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WAKES_MOST = 64 };

struct wakes {
	uint64_t ids[WAKES_MOST];	/* of endpoints, each once */
	size_t n;
	bool is_overrun;		/* more than fit: any endpoint may have something new */
	bool is_refresh;		/* endpoints themselves changed */
};

/* Any thread: a commit left something to do for this endpoint; 0: endpoints changed. */
void wake(uint64_t endpoint_id);

/* Loop thread. fn runs on it soon after the first wake(); what came before is kept for it. */
void wake_begin(void (*fn)(const struct wakes *wakes));
void wake_end(void);
