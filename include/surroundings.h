/*
 * What the service stands on besides its database, as it is now: for whoever watches over it.
 *
 * Threads: any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "str.h"

/* When the first of the certificates that are in use ends; 0 when there is none. */
int64_t certificate_ends_at(void);

struct disk_space {
	uint64_t free;	/* bytes that we may still write */
	uint64_t total;
};
/* Of the disk that a folder lies on; false when the folder cannot be looked at from here. */
bool disk_space(struct str folder, struct disk_space *ret_space) MUST_USE;
