/*
 * Moving the test clock of a demo (clock.h). On a worker, one move at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"

/*
 * Moves domain time forward to `target`, stopping at each moment in between at which a domain
 * job has work, and running all domain jobs there until none has more. False when the database
 * was away: the clock stands where it got to.
 */
bool jobs_advance(int64_t target) MUST_USE;
