/*
 * Time limits: the table of limit classes L0..LX, the due moment of each limit, and its
 * derivation day by day. The table is versioned data; no amount stands in the code.
 *
 * A due moment is a whole second and is inclusive: a thing done at 23:59:59.9 of a limit that
 * ends 23:59:59 is in time, and overdue begins one second after the due moment. Values only:
 * no clock, no allocation, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "rules/calendar.h"
#include "rules/table.h"

/* --- Words --- */

enum content_class {
	CONTENT_CONSULTATION,
	CONTENT_HELP,
	CONTENT_COMPLAINT,
	CONTENT_REPORT,
	CONTENT_SUGGESTION,
	CONTENT_PRAISE,
	CONTENT_CLASSES
};

enum limit_class {
	LIMIT_L0,	/* 110-linkage urgent */
	LIMIT_L1,	/* utilities */
	LIMIT_L2,	/* consultation */
	LIMIT_L3,	/* help, complaint */
	LIMIT_L4,	/* report, enterprise complaint */
	LIMIT_L5,	/* complex, several units */
	LIMIT_LX,	/* legal track: the limit for done is typed in with its basis */
	LIMIT_CLASSES
};

enum limit_unit {
	UNIT_MINUTES,		/* running */
	UNIT_HOURS,		/* running */
	UNIT_WORKING_HOURS,
	UNIT_CALENDAR_DAYS,
	UNIT_WORKING_DAYS,
	LIMIT_UNITS
};

enum limit_kind {
	LIMIT_SIGN,
	LIMIT_CONTACT,
	LIMIT_SCENE_URBAN,
	LIMIT_SCENE_OTHER,	/* on the scene outside of the urban area */
	LIMIT_FIRST_RESULT,
	LIMIT_DONE,
	LIMIT_EXTENSION,	/* the most that an extension may add */
	LIMIT_RETURN,		/* from the dispatch: how long a return may be asked for */
	LIMIT_KINDS
};

enum extension_rule {
	EXTENSION_NONE,
	EXTENSION_ONCE,
	EXTENSION_LEADER,	/* by a leader's decision, with a plan */
	EXTENSION_LAW,		/* as the law of the track says */
	EXTENSION_RULES
};

/* The words of the API and of limits.tsv ("help", "L3", "working_days", "done", "once"). */
const char *content_class_text(enum content_class content);
const char *limit_class_text(enum limit_class class);
const char *limit_unit_text(enum limit_unit unit);
const char *limit_kind_text(enum limit_kind kind);
const char *extension_rule_text(enum extension_rule rule);
bool content_class_parse(const char *text, size_t size, enum content_class *ret) MUST_USE;
bool limit_class_parse(const char *text, size_t size, enum limit_class *ret) MUST_USE;

/*
 * Class of an appeal from its catalogue row and content class. Suggestion and praise are L3
 * always; otherwise L0 when it is urgent and the row allows that; consultation L2; a report
 * is never below L4. A row's own L0 without urgency stands for L1, the next quickest.
 */
enum limit_class limit_class_for(enum limit_class row_class, bool row_allows_urgent,
	enum content_class content, bool urgent);

/* --- The table --- */

enum {
	LIMIT_NAME_BYTES = 64,
	LIMIT_AMOUNT_MAX = 10000,
	LIMIT_TEXT_BYTES = 256,		/* enough for every text of limit_rule_text() */
};

struct limit {
	int32_t amount;			/* 0: none in the table */
	enum limit_unit unit;
};

struct limit_row {
	char name[2][LIMIT_NAME_BYTES];	/* by enum language */
	struct limit limit[LIMIT_KINDS];
	enum extension_rule extension;
};

struct limits_table {
	char version[CALENDAR_VERSION_BYTES];
	struct limit_row row[LIMIT_CLASSES];
};

/* "5 working_days"; "-" is a limit of amount 0. */
bool limit_parse(const char *text, size_t size, struct limit *ret_limit) MUST_USE;
/*
 * Reads a table with the columns named in config/limits.tsv, one line a class, every class
 * once. The last column, return, may be absent: tables older than it have no such limit. Bad
 * lines and missing classes are reported in problems (a missing one at the last
 * line); the table is good when the answer is true, and untouched otherwise.
 */
bool limits_parse(const char *text, size_t size, const char *version,
	struct limits_table *ret_table, struct table_problems *problems) MUST_USE;

/* --- Due moments --- */

enum limit_outcome {
	LIMIT_COMPUTED,
	LIMIT_NOT_GIVEN,	/* no amount: a due time is typed in with its basis */
	LIMIT_BEYOND_CALENDAR,	/* start or due lie outside of 1990-2100 */
};

/*
 * The due moment of a limit that starts at `start`.
 * Day limits: the day of start is not counted (Civil Code 201); they end 23:59:59 of the
 * n-th working or calendar day, and the end of calendar days moves off a day of rest to the
 * next working day (Civil Code 203). Running minutes and hours begin at once; working
 * hours use the calendar's segments; both are cut down to a whole second.
 * An extension is a limit that starts at the present due moment.
 */
enum limit_outcome limit_due(const struct calendar *calendar, struct limit limit,
	int64_t start, int64_t *ret_due) MUST_USE;
/* In time: moment < due + 1 s. */
bool limit_kept(int64_t moment, int64_t due);
/* First instant at which what is not done counts as overdue: due + 1 s. */
int64_t limit_overdue_at(int64_t due);

/*
 * When to warn (75% of the limit used, or one working day before). Day limits
 * of two days and more: 23:59:59 of the last working day before the due day. All others, and
 * day limits with no such moment after start: when three quarters of the span from start to
 * due are used; for working hours, of the working time. Always start <= warning <= due.
 */
int64_t limit_warn_at(const struct calendar *calendar, struct limit limit, int64_t start,
	int64_t due);
/* When an overdue limit turns red: overdue by half the limit (half days rounded up) or by five
 * working days, whichever comes first. At the calendar's end the due moment's overdue. */
int64_t limit_red_at(const struct calendar *calendar, struct limit limit, int64_t due);
/* Whether that is by half the limit; also where five days end at the same moment. */
bool limit_red_is_half(const struct calendar *calendar, struct limit limit, int64_t due);
/*
 * Due moment of a redo that starts at `start`: half the limit, half days rounded up; for day
 * limits at least two working days; never more than the whole limit from the same start.
 */
enum limit_outcome limit_redo_due(const struct calendar *calendar, struct limit limit,
	int64_t start, int64_t *ret_due) MUST_USE;

/* --- The derivation: why the due moment is what it is --- */

enum step_kind {
	STEP_START,	/* the day of receipt, not counted */
	STEP_COUNTED,	/* a day counted, or a stretch of working time used */
	STEP_SKIPPED,	/* a day not counted */
	STEP_MOVED,	/* a day of rest at the end of calendar days: the end moves past it */
	STEP_RUNNING,	/* running time from start to due, day and night alike */
};

struct derivation_step {
	enum step_kind kind;
	int32_t day;			/* local day of the step */
	int32_t count;			/* used so far: days, or minutes for hour limits */
	struct day_reason reason;	/* of the day; its text by step_reason_text() */
	int64_t from;			/* the stretch used by an hour limit, else both 0 */
	int64_t to;
};

/* The caller sets steps and max; steps stay the caller's and point into the calendar. */
struct derivation {
	struct derivation_step *steps;
	size_t max;
	size_t count;			/* steps there are; the first max of them are written */
	int64_t due;
};

/* Outcome and due moment are those of limit_due(); steps stand in order of time. */
enum limit_outcome limit_derive(const struct calendar *calendar, struct limit limit,
	int64_t start, struct derivation *derivation) MUST_USE;
/* One sentence of the rule applied; size >= LIMIT_TEXT_BYTES. Returns out. */
char *limit_rule_text(struct limit limit, enum language language, char *out, size_t size);
/* Why the step counts or not; size >= LIMIT_TEXT_BYTES. Returns out. */
char *step_reason_text(const struct derivation_step *step, enum language language, char *out,
	size_t size);
