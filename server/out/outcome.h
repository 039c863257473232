/*
 * What an attempt says of its receiver and of its message: breaker, pace, retry, the end.
 *
 * Threads: the loop thread.
 */
#pragma once

#include "out/receiver.h"

enum receiver_standing {
	RECEIVER_GOES_ON,
	RECEIVER_RESTS,		/* held, or it asked to be left alone: nothing waits for it here */
	RECEIVER_IS_DISABLED,
};

/* Once for each request; then each message that it told of is settled. */
enum receiver_standing receiver_note(struct receiver *r, const struct delivery *d,
				     const struct verdict *verdict, int64_t now) MUST_USE;
/* A message that was told along has the outcome of the one that it went with. */
void delivery_share(struct delivery *d, const struct delivery *carrier);
/* Sets its state and, where it is tried again, when. */
void delivery_settle(struct receiver *r, struct delivery *d, const struct verdict *verdict,
		     int64_t asked, int64_t now);
