/*
 * Files of any content outside of the database, each under the SHA-256 of its content: the same
 * content twice is one file. What is stored is sealed (crypto.h) for its own name; what is read is
 * opened and its hash compared, so that a changed file is told from a whole one and never given.
 * Files are immutable. There is one store behind it now, a folder; server/store/blob_backend.h says
 * what another one, such as an S3-compatible service, has to do.
 *
 * Order of duty of those who keep rows about files: the file first, the row second; the row away
 * first, the file later and only by blob_remove(), which spares what was put a short time ago. So
 * neither a crash nor a race leaves a row without its file.
 *
 * Threads: any. Blocks for as long as the disk takes: not on the loop.
 */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "crypto.h"
#include "str.h"

enum blob_answer {
	BLOB_FINE,
	BLOB_ABSENT,	/* nothing under this name */
	BLOB_DAMAGED,	/* what is stored is not what was put: logged and counted */
	BLOB_AWAY,	/* full, not writable, not reachable: logged; try again */
};

struct blob_name {
	uint8_t sha256[SHA256_BYTES];
};

struct blob_facts {
	uint64_t stored_bytes;	/* sealed */
	int64_t put_at;		/* the last time, clock_real() */
};

struct blob_list {
	struct blob_name *v;
	size_t n;
};

/* On disk for good, with its folder, when this returns; *ret_name is the content's hash. */
enum blob_answer blob_put(struct arena *a, struct str content, struct blob_name *ret_name)
	MUST_USE;
/* The whole content, in the arena. */
enum blob_answer blob_get(struct arena *a, const struct blob_name *name, struct str *ret_content)
	MUST_USE;
enum blob_answer blob_stat(const struct blob_name *name, struct blob_facts *ret_facts) MUST_USE;
/* Unless it was put at or after `before`: then BLOB_FINE, and it stays. */
enum blob_answer blob_remove(const struct blob_name *name, int64_t before) MUST_USE;
/*
 * Names that begin with this byte and were last put before `before`, in the arena, in no order.
 * Also clears away what a crash left half written before then.
 */
enum blob_answer blob_list(struct arena *a, uint8_t first, int64_t before,
			   struct blob_list *ret_list) MUST_USE;
