/*
 * The bundle of a frozen month: one text with all that its figures follow from and nothing of a
 * caller, so that anybody recomputes them offline. What the server shows of a frozen month it
 * computes from these very bytes.
 *
 * Lines end in LF, cells are separated by TAB, every section begins with a line of its column
 * names; instants are microseconds UTC, 0 is none, "-" is nothing.
 *
 *	liandong-bundle/1
 *	period, frozen, origin, rules, calendar: a line each
 *	[departments] [tasks] [visits] [submissions]: the facts
 *	[figures]: every measure of every scope, as they follow from the facts
 *	[seal]: only in the file that leaves; the ledger's proof over all bytes before it
 */
#pragma once

#include "reports/month.h"

/*
 * The content of the month's bundle: reads the period through the transaction's consistent
 * view. The bytes live until the transaction ends.
 */
struct str bundle_make(struct tx *tx, const struct month *month);

/* The facts of a bundle, read back. */
struct bundle;
/* NULL when the month has none, or the transaction has failed. */
const struct bundle *bundle_read(struct tx *tx, uint32_t month);
/* Departments as they were at the freeze: sets places and versions of the report. */
void bundle_places(const struct bundle *bundle, struct tx *tx, struct report *report);
/* Takes every task of the bundle in the report's scope, as scan_period() does for a live one. */
void bundle_scan(const struct bundle *bundle, struct scan *scan);

/* GET /reports/{month}/bundle */
struct reply bundle_show(struct req *r);
