/*
 * What may still become of a running period: from the tasks known today the best and the worst
 * rate of its end, and how many cases its target still needs.
 *
 * What holds: tasks that arrive later or come back (from account, from a merge) aside, and
 * unless somebody later takes out of the base, reopens or gives more time to what has matured
 * already, the rate of today's tasks ends between worst and best. What is open and not yet due
 * may be closed, become late, leave or get more time: all of that is allowed for, since a due
 * time only ever moves later.
 *
 * Threads: values.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "rules/rates.h"

/* The best that a task can still do to a rate; without that it counts as it does now, or, due
 * before the end, is a miss. */
enum prospect {
	PROSPECT_NONE,	/* settled, or of no concern */
	PROSPECT_KEEP,	/* in the base by the end in any case: may be a hit in it */
	PROSPECT_JOIN,	/* due later: a hit more, if closed before the end */
	PROSPECT_LEAVE,	/* a miss that belongs to an earlier period, if its review passes */
};

/* Of MEASURE_ON_TIME or MEASURE_COMPLETION, by the judgement of a period whose now is today. */
enum prospect task_prospect(const struct task_fact *task, const struct period *period,
	struct judgement judgement, enum measure measure);
/* Whether an open task counts as a miss at the end of the period unless it is closed before. */
bool task_matures(const struct task_fact *task, const struct period *period,
	struct judgement judgement);

/* Sums; starts as { 0 }. */
struct outlook {
	struct rate today;
	uint64_t maturing;	/* not in the base yet, and in it by the end */
	uint64_t keep, join, leave;	/* tasks of these prospects */
};

void outlook_add(struct outlook *outlook, const struct task_fact *task,
	const struct period *period, struct judgement judgement, enum measure measure);
struct rate outlook_worst(const struct outlook *outlook);
struct rate outlook_best(const struct outlook *outlook);
/*
 * The least number of open tasks that have to be closed in time for the rate to reach the
 * target though every other one becomes a miss; those that mature come first: they help more.
 * False when all together are not enough, or there is nothing to count.
 */
bool outlook_needed(const struct outlook *outlook, uint64_t target, uint64_t *ret_needed)
	MUST_USE;
