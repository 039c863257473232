/*
 * Who said something, sealed, and the commitment to what was said and who said it: HMAC-SHA256 under a
 * random salt of the appeal, which stands in the record of the event appeal.received and hence
 * under its digest in the ledger. The salt is sealed beside the identity: while it is there,
 * anybody with the keys can check that neither text nor caller was changed; once identity
 * and salt are erased the commitments say nothing of the person, and the ledger still verifies.
 *
 * The commitment to the caller is format 1 (name, phone, accused person), or format 2 (these, id
 * number and address) when there is one of the two: what was committed to before there were such
 * stays what it was, and neither can be put in or taken out later unseen.
 *
 * A row of callers_caller is sealed under a record key (crypto.h). The exact address and
 * position of the matter stand there too, since it is mostly where the caller lives; intake_appeal
 * has the street alone, and the position to the hundredth of a degree.
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

/* ---- the vault ---- */

/* One row, in clear. What is not there is absent. */
struct identity {
	struct caller caller;
	struct str place;	/* exact address of the matter */
	int64_t latitude, longitude;	/* exact position of it, JSON_NO_DECIMAL if unknown */
	struct str salt;	/* of the commitments */
	int64_t erased_at;	/* 0, or when all of it was erased */
};
/* The same, sealed, as statements bring it; a column that was not asked for is absent. */
struct sealed_identity {
	struct str record_key, name, phone, id_number, address, accused_person, place, location, salt;
};

/* Keeps the identity behind a new appeal. */
void identity_keep(struct tx *tx, const struct appeal *appeal, const struct caller *caller,
		   const uint8_t salt[SALT_BYTES]);
/* False when a value does not open: it was changed, or moved here from another row. */
bool identity_open(struct arena *a, uint64_t appeal_id, const struct sealed_identity *sealed,
		   struct identity *ret_identity) MUST_USE;
/* By the appeal: all absent when there is no row. */
bool identity_read(struct tx *tx, uint64_t appeal_id, struct identity *ret_identity) MUST_USE;

enum erasure { ERASED_FOR_PERSON = 1, ERASED_BY_RETENTION };	/* stored: numbers are fixed */
/* Identity, place and salt are gone for good, and with them what hand-overs said of it. False when there was nothing left to erase. */
bool identity_erase(struct tx *tx, uint64_t appeal_id, int64_t at, enum erasure why);

/* Each a step of a job, for at most so many rows: true when there may be more. The first wraps
 * record keys by the key that wraps now; the second seals rows from before record keys, and
 * positions from before they were sealed. */
bool identity_rewrap_some(struct tx *tx, uint32_t n);
bool identity_has_old_keys(struct tx *tx);
bool identity_renew_some(struct tx *tx, uint32_t n);
bool identity_has_unsealed(struct tx *tx);
/* To the hundredth of a degree, about a kilometre. */
int64_t position_coarse(int64_t millionths);
/* Addresses of one normal form (rules/gram.h) have one index; absent stays absent. */
struct str place_index(struct arena *a, struct str address);
