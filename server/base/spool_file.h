/*
 * The file of a spool, for those in the server who make, fill and send one.
 *
 * Threads: a spool belongs to one thread at a time.
 */
#pragma once

#include <stdint.h>

#include "spool.h"

/* Never NULL: a folder in which nothing can be written shows as SPOOL_ROOM. */
struct spool *spool_new(void);
/* NULL is allowed. */
void spool_free(struct spool *s);
/*
 * The file, for a library or program that writes all of it: with everything added before in
 * it, at its end. -1 when the spool has failed. spool_written() afterwards.
 */
int spool_fd(struct spool *s);
/* Takes notice of what others have written: size and bounds, but no digest. */
void spool_written(struct spool *s);
/* For others whose writing failed: SPOOL_ROOM. */
void spool_fail(struct spool *s);
/* Reads from `at`: the bytes read, fewer than n only at the end; -1 on a failure. */
int64_t spool_read(struct spool *s, uint64_t at, void *out, size_t n);
