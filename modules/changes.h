/*
 * Telling browsers that an appeal has a new version: for the history, which gives it.
 */
#pragma once

#include "events.h"

/* The event is recorded in this transaction as a->version of its appeal, at recorded_at. */
void change_tell(struct tx *tx, const struct event *e, int64_t recorded_at);
