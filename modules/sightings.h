/*
 * Who saw which appeal. Whatever shows a case in detail to somebody leaves a sighting in the
 * transaction of the answer, so that "who saw this case between A and B" has an answer when it
 * is asked after a breach (PIPL 51 and 57). Reading stays cheap: the first look of a reader at an
 * appeal adds one small row, and further looks within ten minutes find it and write nothing. A
 * list is one row, of which a job makes those of its appeals; the same list again within the hour
 * writes nothing.
 *
 * Not in a transaction that reads in a consistent view (tx_consistent_view): those use
 * tx_consistent_step().
 *
 * Threads: the worker that owns the request.
 */
#pragma once

#include <stdint.h>

#include "req.h"

enum sighting {	/* stored: numbers are fixed, at most 63; new ones go at the end */
	SIGHT_APPEAL = 1,	/* the appeal, its history, and what else belongs to it */
	SIGHT_TASK,
	SIGHT_PRINTED,		/* as a ticket on paper */
	SIGHT_LIST,		/* among others, in a list or a search */
	SIGHT_EXPORT,		/* in a file of cases */
	SIGHT_REVEAL,		/* the caller's identity, in part */
	SIGHT_PERSON,		/* all that is kept of the person */
	SIGHT_FILE,		/* what was attached to it */
	SIGHT_END,
};

/* The reader of the request sees this appeal. */
void sighting_keep(struct req *r, enum sighting kind, uint64_t appeal_id);
/* It sees n of them; an id may stand more than once. */
void sighting_keep_list(struct req *r, enum sighting kind, const uint64_t *appeal_ids,
			uint32_t n);
