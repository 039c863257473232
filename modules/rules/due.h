/*
 * The due time of a task as a chain of changes of the due time first set: extensions, pauses
 * (挂起), stays on account (挂账), other calendars. Also what an extension may be, and when an
 * assist is due. Values only: no clock, no allocation, any thread.
 *
 * What surprises: the remaining time is kept in the unit of the limit. A working-day limit that
 * is paused on its last day, a Friday, and taken up on Monday is due on Monday at 23:59:59; a
 * pause of two hours moves it by nothing.
 *
 * Instants are microseconds UTC. A due time is a whole second, and that second is in time; that
 * of a day limit is 23:59:59 of a working day. A limit without an amount (LX, whose due time is
 * typed in with its legal basis) changes like one of working days.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "rules/calendar.h"
#include "rules/limits.h"

/* Stored: numbers are fixed. */
enum due_change_kind {
	DUE_EXTENDED = 1,
	DUE_PAUSED,
	DUE_ON_ACCOUNT,
	DUE_CALENDAR,		/* reckoned again by another calendar */
};

struct due_change {
	enum due_change_kind kind;
	int32_t amount;		/* extended: hours where limit_runs_on(), else working days */
	int64_t from;		/* paused, on account: the interval [from, to) */
	int64_t to;		/* calendar: the due time that was reckoned */
};

/* Whether the limit runs day and night, so that what is added to it counts in hours. */
bool limit_runs_on(struct limit limit);

/*
 * The due time after one change.
 *
 * Extended: 23:59:59 of the amount-th working day after the day of due; amount hours later
 * where the limit runs on.
 *
 * Paused and on account give back what the interval took:
 * - working days: as many working days as lie in [day of from, day of to);
 * - calendar days: as many days as lie in it; an end on a day of rest moves to the next working
 *   day (Civil Code 203), for every interval anew, so that pieces of an interval may give more
 *   than the whole, never less;
 * - minutes and hours: the time from `from` to `to`, both cut down to whole seconds, which is
 *   within a second of the exact span;
 * - working hours: the working time in it, cut likewise, added as working time.
 * Apart from calendar days an interval may be cut anywhere: the pieces give what the whole
 * gives, to the second. A task that was in time when the interval began is not overdue when it
 * ends. An interval that begins after the due second adds nothing: what is overdue stays
 * overdue.
 *
 * Calendar: the later of due and change->to; for day limits moved off a day of rest.
 *
 * The change must be sound: from <= to, an amount from 1 to LIMIT_AMOUNT_MAX.
 * LIMIT_NOT_GIVEN when due is 0, LIMIT_BEYOND_CALENDAR when a date lies outside of 1990-2100.
 */
enum limit_outcome due_after(const struct calendar *calendar, struct limit limit, int64_t due,
	const struct due_change *change, int64_t *ret_due) MUST_USE;

/*
 * The due time as it would be if a pause or stay on account that began at `from` ended at now:
 * what lists and reports show while it lasts. The due itself where there is no answer.
 */
int64_t due_while(const struct calendar *calendar, struct limit limit, int64_t due,
	int64_t from, int64_t now);

/* What a due time follows from; the changes in their order are the caller's. */
struct due_history {
	struct limit limit;
	int64_t start;
	int64_t first_due;	/* where it does not follow from the limit (typed in, or an
				 * assist's cut down by its lead); else 0 */
	const struct due_change *change;
	size_t count;
};

/* The due time after the whole history, under one calendar. Outcomes as of due_after(). */
enum limit_outcome due_derived(const struct calendar *calendar,
	const struct due_history *history, int64_t *ret_due) MUST_USE;

/*
 * The due time under another calendar: the later of due_now and of what
 * due_derived() gives, moved off a day of rest; so never earlier than due_now. It goes on
 * record as a DUE_CALENDAR change even where it equals due_now: the other calendar may give
 * less, and whoever derives the due time by it later has to find that it was kept.
 */
enum limit_outcome due_recomputed(const struct calendar *calendar,
	const struct due_history *history, int64_t due_now, int64_t *ret_due) MUST_USE;

/* --- Extensions (延期) --- */

enum extension_verdict {
	EXTENSION_OK,			/* who approves it follows from row->extension */
	EXTENSION_NOT_FOR_CLASS,
	EXTENSION_USED,			/* it is granted once, and was */
	EXTENSION_TOO_LONG,		/* not from 1 to *ret_most */
};

/*
 * Whether an extension of `amount` (hours or working days, as of struct due_change) is possible
 * by the limits of the class, after `approved_before` others. *ret_most is the most that would
 * be possible now, 0 for nothing: the table's extension, or where a leader decides and the
 * table has none the limit itself. An extension by law is as long as the law says:
 * LIMIT_AMOUNT_MAX unless the table has less. Where the table gives hours and the limit counts
 * days or the other way round, a day is 24 hours; working hours pass for hours.
 */
enum extension_verdict extension_check(const struct limit_row *row, int32_t amount,
	uint32_t approved_before, int32_t *ret_most) MUST_USE;

/* --- Assists (协办) --- */

/*
 * The latest due time of an assist that starts at `at`: 23:59:59 of the working day before the
 * lead's due day, so that the lead has a day left to bring it together; the lead's own where
 * that moment is not after the start.
 */
int64_t due_of_assist(const struct calendar *calendar, int64_t lead_due, int64_t at);
