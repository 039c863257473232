/*
 * The working calendar: which local days and hours count. A calendar is an immutable value
 * once built; everything else here takes values and gives values, reads no clock and may be
 * called from any thread.
 *
 * Local time is a fixed UTC+8. China has one legal time and no daylight saving since 1991;
 * deadlines and rate periods are defined on UTC+8, and the zone database would shift the
 * summers of 1990 and 1991 and follow the machine's installation otherwise.
 *
 * Instants are int64_t microseconds since 1970-01-01 UTC, days are int32_t days since the
 * local 1970-01-01, minutes of a day run from 0 to 1440.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "rules/table.h"

#define CALENDAR_SECOND INT64_C(1000000)
#define CALENDAR_MINUTE (60 * CALENDAR_SECOND)
#define CALENDAR_DAY (1440 * CALENDAR_MINUTE)

/* 1990-01-01 and 2100-12-31: no date outside is read, no computed date lies outside. */
#define CALENDAR_FIRST_DAY INT32_C(7305)
#define CALENDAR_LAST_DAY INT32_C(47846)

enum {
	CALENDAR_SEGMENTS_MAX = 4,	/* stretches of work in one day */
	CALENDAR_OCCASION_BYTES = 96,	/* with the NUL */
	CALENDAR_VERSION_BYTES = 64,	/* with the NUL */
	CALENDAR_REASON_BYTES = 160,	/* enough for every text of day_reason_text() */
	CALENDAR_HOURS_BYTES = 48,	/* enough for every text of work_hours_text() */
};

enum language {
	LANGUAGE_ZH,
	LANGUAGE_EN,
};

/* --- Dates of the civil calendar --- */

struct civil {
	int32_t year;
	int32_t month;	/* 1-12 */
	int32_t day;	/* 1-31 */
};

enum weekday {
	MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY, WEEKDAYS
};

/* True when the date exists and lies in 1990-2100. */
bool civil_is_valid(struct civil date);
/* The date must exist; any proleptic Gregorian year from 1 on. */
int32_t day_of_civil(struct civil date);
struct civil civil_of_day(int32_t day);
enum weekday day_weekday(int32_t day);
/* Exactly "2026-03-02", years 1990-2100. */
bool day_parse(const char *text, size_t size, int32_t *ret_day) MUST_USE;
/* Writes "2026-03-02"; size >= 11. Returns out. */
char *day_text(int32_t day, char *out, size_t size);

int32_t day_of_instant(int64_t at);
int64_t day_start(int32_t day);
/* 23:59:59 of the day: the last second, which still belongs to it. */
int64_t day_end(int32_t day);
/* First instant of the month; month may exceed 12 and then counts into later years. */
int64_t month_start(int32_t year, int32_t month);

/* --- Working hours --- */

struct work_segment {
	int32_t from;	/* minute of the local day, included */
	int32_t to;	/* minute of the local day, excluded */
};

/* No segment means a day of rest. Segments are in order and do not overlap. */
struct work_hours {
	int32_t count;
	struct work_segment segment[CALENDAR_SEGMENTS_MAX];
};

/* The pattern that holds where no dated row says otherwise. */
struct work_week {
	struct work_hours day[WEEKDAYS];
	struct work_hours make_up;	/* of a made-up day of rest; never empty */
};

/* "09:00-12:00,13:30-17:30"; an end of "24:00" is allowed. */
bool work_hours_parse(const char *text, size_t size, struct work_hours *ret_hours) MUST_USE;
/* The same form back; "" for a day of rest. size >= CALENDAR_HOURS_BYTES. Returns out. */
char *work_hours_text(const struct work_hours *hours, char *out, size_t size);
/* Monday to Friday 09:00-12:00 and 13:30-17:30, until an administrator sets other hours. */
struct work_week work_week_shipped(void);

/* --- The calendar --- */

enum day_kind {
	DAY_OFF,	/* day of rest by decision */
	DAY_WORK,	/* working day by decision, mostly a weekend day made up (调休上班) */
	DAY_SPECIAL,	/* working day with hours of its own */
	DAY_KINDS
};

struct calendar_row {
	int32_t day;
	enum day_kind kind;
	struct work_hours hours;	/* special: required; work: optional; off: none */
	char occasion[CALENDAR_OCCASION_BYTES];
};

struct calendar;

const char *day_kind_text(enum day_kind kind);
/* NULL when the row may stand in a calendar, else what is wrong and what to do, in English. */
const char *calendar_row_problem(const struct calendar_row *row);
/*
 * A calendar of its own copies of week, rows (any order) and version (cut to
 * CALENDAR_VERSION_BYTES). NULL when a row has a problem, a date stands twice, or
 * the week has no hours for made-up days. The caller frees it by calendar_free().
 */
struct calendar *calendar_build(const struct work_week *week, const struct calendar_row *rows,
	size_t count, const char *version) MUST_USE;
/* NULL is allowed. */
void calendar_free(struct calendar *calendar);

const char *calendar_version(const struct calendar *calendar);
/* The dated rows in order of date; owned by the calendar. */
const struct calendar_row *calendar_rows(const struct calendar *calendar, size_t *ret_count);
const struct work_week *calendar_week(const struct calendar *calendar);

/* Why a day counts or not. occasion is owned by the calendar, "" where there is none. */
enum day_cause {
	CAUSE_WORKING_DAY,
	CAUSE_WEEKEND,
	CAUSE_DAY_OFF,
	CAUSE_MAKE_UP,
	CAUSE_SPECIAL_HOURS,
};

struct day_reason {
	enum day_cause cause;
	const char *occasion;
};

struct day_reason calendar_day_reason(const struct calendar *calendar, int32_t day);
/* "make-up working day: 国庆节"; size >= CALENDAR_REASON_BYTES. Returns out. */
char *day_reason_text(struct day_reason reason, enum language language, char *out, size_t size);

bool calendar_is_working(const struct calendar *calendar, int32_t day);
/* Hours of the day; owned by the calendar. */
const struct work_hours *calendar_hours(const struct calendar *calendar, int32_t day);

/*
 * The count-th working day after day, which itself is not counted (Civil Code, article 201);
 * count 0 gives day. False when count is negative or the answer is later than 2100.
 */
bool calendar_add_working_days(const struct calendar *calendar, int32_t day, int32_t count,
	int32_t *ret_day) MUST_USE;
/* The last working day before day; false when there is none from 1990 on. */
bool calendar_previous_working_day(const struct calendar *calendar, int32_t day,
	int32_t *ret_day) MUST_USE;
/*
 * Working days after `from` up to and with `to`, inside 1990-2100; negative when to < from.
 * The inverse of adding: between(d, add(d, n)) == n.
 */
int32_t calendar_working_days_between(const struct calendar *calendar, int32_t from,
	int32_t to);

/*
 * The instant at which `span` microseconds of working time after `at` are used up. A start
 * outside of working time begins at the next segment; an end that meets the end of a segment
 * stays there; span 0 gives `at`. False when span is negative or the answer is later than 2100.
 */
bool calendar_add_working_time(const struct calendar *calendar, int64_t at, int64_t span,
	int64_t *ret_at) MUST_USE;
/* Microseconds of working time in [from, to); negative when to < from. */
int64_t calendar_working_time_between(const struct calendar *calendar, int64_t from,
	int64_t to);
/* The same in minutes. */
bool calendar_add_working_minutes(const struct calendar *calendar, int64_t at, int64_t minutes,
	int64_t *ret_at) MUST_USE;
/* Whole minutes of working time in [from, to), rounded down; negative when to < from. */
int64_t calendar_working_minutes_between(const struct calendar *calendar, int64_t from,
	int64_t to);

/*
 * A calendar from the text of a table of
 *     date <TAB> off|work|special <TAB> occasion [<TAB> hours]
 * Bad lines, a date that stands twice among them, are left out and reported in problems; the
 * good ones are in the calendar, so the caller decides whether problems->count > 0 refuses it.
 * NULL only when the week is not usable. Freed by calendar_free().
 */
struct calendar *calendar_parse(const struct work_week *week, const char *text, size_t size,
	const char *version, struct table_problems *problems) MUST_USE;
