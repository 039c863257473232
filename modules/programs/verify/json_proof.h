/*
 * What the log's interface answers, read from its JSON. Threads: one.
 */
#pragma once

#include "verify/merkle.h"

struct consistency {
	uint64_t from, to;
	struct proof proof;
};

/* {"from", "to", "proof": [base64, ...]}; false when it is anything else. */
bool consistency_parse(struct text json, struct consistency *ret);
/* The text of a member "checkpoint", to be freed; NULL when there is none. */
char *head_checkpoint(struct text json);
/* {"checkpoint": note}, to be freed. */
char *cosignature_json(struct text note);
