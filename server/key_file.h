/*
 * The key file of a running service: where it lies, that it holds every key that something is
 * still wrapped by, and that a changed file is taken up without a restart.
 */
#pragma once

#include <stdbool.h>

#include "tx.h"

/* Reads it; false with a complaint on stderr. */
bool key_file_open(const char *path) MUST_USE;
/* For tx_run(), arg: bool, set to whether every key in use is there; complains on stderr. */
void key_file_check(struct tx *tx, void *arg);
/*
 * Once a second, on the job lane: takes up a changed file, and keeps the metric of what is still
 * to be wrapped anew. A file that lacks a key in use is refused, is logged, and changes nothing.
 */
void key_file_watch(struct tx *tx);
/* Makes the metric known. */
void key_file_start(void);
