/*
 * A spool: the bytes of an answer of any length, written once from front to back into a
 * temporary file that has no name, so that it takes no memory and nothing of it is left when
 * the process ends. A request's own is req_spool() (req.h); it is emptied before the handler
 * runs again.
 *
 * At most LIMIT_SPOOL_BYTES each and LIMIT_SPOOLS_BYTES together. Errors are sticky, like
 * those of a buf: after one nothing more is written, and reply_spool() answers with it.
 *
 * Threads: one at a time.
 */
#pragma once

#include <stdint.h>

#include "crypto.h"
#include "str.h"

struct spool;

enum spool_error {
	SPOOL_FINE,
	SPOOL_LONG,	/* over LIMIT_SPOOL_BYTES */
	SPOOL_ROOM,	/* the disk is full or fails, or all spools together are too long */
};

void spool_add(struct spool *s, struct str bytes);
enum spool_error spool_error(const struct spool *s);
/* Bytes so far. */
uint64_t spool_size(const struct spool *s);
/* SHA-256 of what spool_add() has taken so far; more may follow. */
void spool_digest(const struct spool *s, uint8_t out[SHA256_BYTES]);
