/*
 * An event as it is recorded, and the bytes over which its digest is made.
 */
#pragma once

#include "events.h"

/*
 * Canonical bytes of a recorded event, version 1: every field length-prefixed (u32 big endian)
 * in fixed order, so that a digest over them never depends on JSON formatting or a schema.
 */
struct recorded_event {
	uint64_t appeal_id;
	uint64_t seq;
	enum event_kind kind;
	int64_t at;
	int64_t recorded_at;
	enum actor_kind by_kind;
	uint64_t by_id;
	struct str by_name;
	uint64_t task_id;
	struct str data;
};

/*
 * Kinds in the history that a department or an intake is told of only in part: what assists
 * report is for whoever leads, too; evidence for an exclusion may name a caller, and what an
 * outside supervisor wrote is for the centre.
 */
#define KINDS_SHARED (KIND(EVENT_TASK_REPORTED) | KIND(EVENT_TASK_ASSIST_DELAYED))
#define KINDS_HIDDEN (KIND(EVENT_TASK_EXCLUSION_REQUESTED) | \
		      KIND(EVENT_TASK_EXCLUSION_REFUSED) | KIND(EVENT_APPEAL_OBSERVED))

struct str event_canonical(struct arena *a, const struct recorded_event *e);
