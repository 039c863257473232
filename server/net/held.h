/*
 * How many bytes of requests are held at once, from their first byte until they are answered: of
 * all, and of those whose body may be long. Who comes when there are too many is asked to come
 * back; a flood of files leaves room for everything else.
 *
 * Threads: loop thread only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one connection. */
struct held {
	uint32_t bytes;
	bool is_long;
};

/* is_long: the body of the message that they belong to may be; stays so until the release. */
void held_add(struct held *h, size_t n, bool is_long);
void held_release(struct held *h);
/* Whether there are too many, and these are of those that have to go. */
bool held_is_crowded(const struct held *h);
