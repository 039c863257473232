/*
 * Finding appeals by their words, for more than one module.
 */
#pragma once

#include <stdint.h>

#include "str.h"
#include "tx.h"

struct finding {
	uint64_t appeal_id;
	uint32_t shared_grams;
};

/*
 * Appeals with id >= since_id whose text shares most grams with `text` (the rarest grams
 * first), best first; at most max. Their number.
 */
uint32_t finding_alike(struct tx *tx, struct str text, uint64_t since_id, struct finding *out,
		       uint32_t max);
