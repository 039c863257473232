/*
 * One question to the provider over HTTP, blocking: only of its own hosts and networks, bounded
 * in time and in bytes, no redirect followed.
 *
 * Threads: workers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "attr.h"
#include "str.h"

struct call {
	const char *what;		/* for the log: "discovery", "keys", "token" */
	struct str url;
	struct str form;		/* body of a POST, form-urlencoded; STR_NONE: GET */
	struct str authorization;	/* value of the header, or STR_NONE */
	int64_t deadline;		/* clock_monotonic() */
};

/*
 * True when there was an answer of any status; *ret_body is at most LIMIT_ANSWER_READ bytes.
 * False is logged.
 */
bool call_provider(struct arena *a, const struct call *call, long *ret_status,
		   struct str *ret_body) MUST_USE;
/* Percent-encoded, so that it may stand as a value in a query or a form. */
struct str call_encode(struct arena *a, struct str text);
