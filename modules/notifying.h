/*
 * Short messages with a caller as other parts of the service meet them (modules/notices): what
 * the person is handed of them, and their end.
 */
#pragma once

#include <stdint.h>

#include "req.h"
#include "tx.h"

/* What the caller of an appeal wrote, whole: an array of the answer, which must be on record. */
void notices_write_replies(struct req *r, const char *key, uint64_t appeal_id);
/* The replies go, and what waits to be told is not told. What was told is the outbox's to forget. */
void notices_forget(struct tx *tx, uint64_t appeal_id);
