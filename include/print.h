/*
 * Printing: a document in JSON, whose form stands at the top of server/programs/pdf/main.c,
 * becomes a PDF. A program of its own does it, liandong-pdf beside the server's: it is started
 * for one document, confined, and killed after `print_seconds`; whatever happens to it, the
 * server goes on.
 *
 * Threads: workers; the caller waits. For LANE_SLOW.
 */
#pragma once

#include "attr.h"
#include "spool.h"
#include "str.h"

enum print_result {
	PRINT_DONE,
	PRINT_MISSING,	/* the program is not there or cannot be started */
	PRINT_FAILED,	/* the spool has failed; or it refused the document or was ended, and
			   the log has why */
	PRINT_SLOW,	/* it took longer than `print_seconds` */
};

/* Into the spool, which must be empty; after anything but PRINT_DONE its bytes mean nothing. */
enum print_result print_pdf(struct str document, struct spool *out) MUST_USE;
