/*
 * The versioned documents behind the reference data: areas, categories, catalogue, calendar,
 * limits. A version is never changed; adding one makes it the one in force for what is
 * dispatched from then on, while tasks keep the versions they were made with.
 */
#pragma once

#include "domain.h"
#include "rules/table.h"

/*
 * Checks the text as the snapshot loader will read it and stores it as the next version. 0
 * when it has problems, which are described; nothing is stored then.
 */
uint64_t document_add(struct tx *tx, enum document_kind kind, struct str source, struct str text,
		      struct table_problems *problems);
/* The text in force; false when there is none yet. */
bool document_newest(struct tx *tx, enum document_kind kind, uint64_t *ret_version,
		     struct str *ret_text) MUST_USE;
