/*
 * What the centre does next for one return visit (回访): call, call out of office hours, ask by
 * SMS, wait, give up. Nobody is called unreachable before three calls on at least two days, one
 * of them out of office hours, and an SMS that stayed unanswered for three days. Values only:
 * no clock, no allocation, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/calendar.h"

enum {
	VISIT_ATTEMPTS = 3,		/* failed calls before an SMS, at the least */
	VISIT_CALLS_APART = 2,		/* hours between two calls */
	VISIT_FIRST_HOUR = 8,		/* nobody is called before that local hour, */
	VISIT_LAST_HOUR = 21,		/* nor from that one on */
	VISIT_SMS_DAYS = 3,		/* of 24 hours, for an answer to the SMS */
};

struct visit_attempt {
	int64_t at;
	bool is_reached;	/* whatever the caller then answered */
};

enum visit_next {
	VISIT_CALL,
	VISIT_CALL_OUT_OF_HOURS,	/* the calls so far all fell into office hours */
	VISIT_SEND_SMS,			/* with a one-time code */
	VISIT_AWAIT_SMS,
	VISIT_UNREACHABLE,
	VISIT_DONE,			/* the caller was reached */
};

struct visit_plan {
	enum visit_next next;
	int64_t not_before;	/* of a call; else 0 */
	int64_t asked_until;	/* last instant for an answer to the SMS that went out; else 0 */
	uint32_t failed;	/* attempts that reached nobody */
};

/*
 * attempts: all since the visit fell due at `since`, in order of time. asked_at: when the SMS
 * went out, 0 if it did not.
 *
 * Calls are at least VISIT_CALLS_APART hours apart, from 08:00 to 21:00. From the third on,
 * as long as all lie on one local day, the next waits for the next day; as long as all fell
 * into office hours, the next falls out of them (a day of rest and a lunch break are out of
 * them). Where the calendar has no such time in the 31 days to come, that is not asked for.
 */
struct visit_plan visit_plan(const struct calendar *calendar, int64_t since,
	const struct visit_attempt *attempts, size_t count, int64_t asked_at, int64_t now);
