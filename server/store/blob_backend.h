/*
 * What stands behind the blob store (include/blob_store.h): bytes under names, which it neither
 * reads nor changes. tests/unit/blob_store_test.c says by running it what each function must do;
 * another backend is another constant of this type, and a choice in blob_store.c.
 *
 * Threads: any. Errors: logged where they are found, with errno.
 */
#pragma once

#include "blob_store.h"

struct blob_backend {
	/* Makes what must be there before the first put; false with a complaint on stderr. */
	bool (*start)(void);
	/* Durable and whole, or as it was before. Under a name that is taken these bytes take the
	 * place of the others, which heals what was damaged. */
	enum blob_answer (*put)(struct arena *a, const struct blob_name *name, struct str bytes);
	/* All bytes, at most LIMIT_BLOB_BYTES: more is BLOB_DAMAGED. */
	enum blob_answer (*get)(struct arena *a, const struct blob_name *name,
				struct str *ret_bytes);
	enum blob_answer (*stat)(const struct blob_name *name, struct blob_facts *ret_facts);
	/* Atomic against put: a name that was put at or after `before` stays. */
	enum blob_answer (*remove)(const struct blob_name *name, int64_t before);
	enum blob_answer (*list)(struct arena *a, uint8_t first, int64_t before,
				 struct blob_list *ret_list);
};

/* Files below the setting attachment_directory. */
extern const struct blob_backend blob_folder;

/* Once, before the first use: the backend by the settings. */
bool blob_store_start(void) MUST_USE;
