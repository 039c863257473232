/*
 * Who said something, and the commitment to what was said and who said it: HMAC-SHA256 under a
 * random salt of the appeal, which stands in the record of the event appeal.received and hence
 * under its digest in the ledger. The salt is sealed beside the identity: while it is there,
 * anybody with the keys can check that neither text nor caller was changed; once row and salt
 * are deleted the commitments say nothing of the person, and the ledger still verifies.
 *
 * Threads: the worker that owns tx.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto.h"
#include "events.h"

enum { SALT_BYTES = 32 };

struct commitment {
	uint8_t salt[SALT_BYTES];
	uint8_t said[SHA256_BYTES];
	uint8_t caller[SHA256_BYTES];
};

/* Under a new salt, in the arena. What is empty and what is absent are different. */
const struct commitment *commitment_new(struct arena *a, const struct appeal *appeal,
					const struct caller *caller);
/* The same under the salt that is in it already. */
void commitment_make(struct arena *a, const struct appeal *appeal, const struct caller *caller,
		     struct commitment *commitment);

/* The place that a column of callers_caller is sealed for. */
struct str identity_place(struct arena *a, const char *column, uint64_t appeal_id);
/* The identity of an appeal in clear and the salt of its commitment: what is not there is
 * absent. False when a value does not open: it was changed, or moved here from another row. */
bool identity_read(struct tx *tx, uint64_t appeal_id, struct caller *ret_caller,
		   struct str *ret_salt) MUST_USE;
