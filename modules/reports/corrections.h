/*
 * Numbered corrections (更正) of a frozen month: what its figures would be by what has come to be
 * known since, beside what was frozen, which never changes. Decisions count as they now stand
 * (exclusions, extensions, withdrawals, late records of old events), while the callers' answers
 * stay those that were known at the freeze.
 *
 * A correction is sealed in the ledger like the month itself. It says everything by which the
 * month now differs from what was frozen, not only what is new since the one before.
 */
#pragma once

#include "reports/month.h"

/* Compares and, where something differs that no correction says yet, adds one. True when it
 * did. The transaction reads as of one moment. */
bool month_correct(struct tx *tx, struct month *month) MUST_USE;

/*
 * Writes the members "corrections" and, where there is one, "corrected" of an open report.
 * `only` as in the report.
 */
void corrections_write(struct json *j, struct tx *tx, const struct report *report,
		       struct str only);

/* The newest correction of a frozen month as its text (correction_text.h), and its moment; false
 * when there is none. */
bool correction_newest(struct tx *tx, const struct month *month, struct str *ret_text,
		       int64_t *ret_at) MUST_USE;

/* Routes. */
struct reply corrections_add(struct req *r);
struct reply corrections_show(struct req *r);
