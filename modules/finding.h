/*
 * Finding appeals by what they have in common, for more than one module. Nothing here knows
 * who may know of an appeal: whoever shows or counts what was found asks that first.
 *
 * Threads: the worker of the transaction; memory is that of tx. Errors are those of tx.
 */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "str.h"
#include "tx.h"

enum { FINDING_RAREST = 12 };

struct finding {
	uint64_t appeal_id;
	uint32_t shared_grams;	/* of FINDING_RAREST; of up to 256 while nothing is packed */
};

/*
 * Appeals with an id from since_id on whose text shares most of the rarest grams of `text`
 * (rules/gram.h), two at least; best first, then newest. At most max; returns their number.
 * Appeals that were registered by the commit of another transaction are found at once.
 */
uint32_t finding_alike(struct tx *tx, struct str text, uint64_t since_id, struct finding *out,
		       uint32_t max);

/*
 * What callers_caller.phone_tail has for a phone in its normal form: a keyed hash of its last
 * four digits, so that the table does not give them away; PHONE_TAIL_NONE for a shorter phone
 * or none. 0, for rows that are older than the column, is never given.
 */
enum { PHONE_TAIL_DIGITS = 4, PHONE_TAIL_NONE = 1 };
uint32_t phone_tail_index(struct arena *a, struct str phone);
