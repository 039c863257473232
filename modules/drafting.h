/* Drafts as other parts of the service meet them (drafts.c). */
#pragma once

#include "req.h"

/* What the request registers was a draft under its Idempotency-Key: the draft goes, and does
 * not come back when it is saved once more. */
void draft_done(struct req *r);
