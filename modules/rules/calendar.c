/*
 * Days, hours and the working calendar. Every loop over days ends at 1990 or 2100, so that a
 * calendar without a single working day costs milliseconds and gives "no such day".
 */
#include "rules/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "must.h"

#define UTC_OFFSET (8 * 60 * CALENDAR_MINUTE)
#define CALENDAR_DAYS ((size_t)(CALENDAR_LAST_DAY - CALENDAR_FIRST_DAY + 1))
#define MINUTES_OF_DAY 1440

/* Days from 0001-01-01 to 1970-01-01. */
#define EPOCH_FROM_YEAR_ONE 719162
#define DAYS_OF_400_YEARS 146097

struct calendar {
	struct work_week week;
	char version[CALENDAR_VERSION_BYTES];
	size_t count;
	struct calendar_row row[];
};

/* --- Dates of the civil calendar --- */

static bool year_is_leap(int32_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int32_t month_days(int32_t year, int32_t month)
{
	static const int32_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && year_is_leap(year) ? 1 : 0);
}

/* Days from 0001-01-01 to the first day of the year. */
static int32_t days_before_year(int32_t year)
{
	int32_t past = year - 1;

	return past * 365 + past / 4 - past / 100 + past / 400;
}

static bool day_is_covered(int32_t day)
{
	return day >= CALENDAR_FIRST_DAY && day <= CALENDAR_LAST_DAY;
}

bool civil_is_valid(struct civil date)
{
	return date.year >= 1990 && date.year <= 2100 && date.month >= 1 && date.month <= 12 &&
		date.day >= 1 && date.day <= month_days(date.year, date.month);
}

int32_t day_of_civil(struct civil date)
{
	int32_t days;

	must(date.year >= 1 && date.year <= 9999 && date.month >= 1 && date.month <= 12);
	must(date.day >= 1 && date.day <= month_days(date.year, date.month));
	days = days_before_year(date.year) + date.day - 1;
	for (int32_t month = 1; month < date.month; month++)
		days += month_days(date.year, month);
	return days - EPOCH_FROM_YEAR_ONE;
}

struct civil civil_of_day(int32_t day)
{
	int32_t days = day + EPOCH_FROM_YEAR_ONE;
	struct civil date = { .month = 1 };

	must(day >= -EPOCH_FROM_YEAR_ONE && day < 3 * DAYS_OF_400_YEARS * 5);
	/* The mean year is at most one off. */
	date.year = (int32_t)((int64_t)days * 400 / DAYS_OF_400_YEARS) + 1;
	if (days_before_year(date.year) > days)
		date.year--;
	else if (days_before_year(date.year + 1) <= days)
		date.year++;
	days -= days_before_year(date.year);
	while (days >= month_days(date.year, date.month))
		days -= month_days(date.year, date.month++);
	date.day = days + 1;
	return date;
}

enum weekday day_weekday(int32_t day)
{
	/* 1970-01-01 was a Thursday. */
	return (enum weekday)(((day % WEEKDAYS) + WEEKDAYS + THURSDAY) % WEEKDAYS);
}

static bool digits_parse(const char *text, size_t size, int32_t *ret_number)
{
	int32_t number = 0;

	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = number * 10 + (text[i] - '0');
	}
	*ret_number = number;
	return true;
}

bool day_parse(const char *text, size_t size, int32_t *ret_day)
{
	struct civil date;

	if (size != 10 || text[4] != '-' || text[7] != '-')
		return false;
	if (!digits_parse(text, 4, &date.year) || !digits_parse(text + 5, 2, &date.month) ||
	    !digits_parse(text + 8, 2, &date.day) || !civil_is_valid(date))
		return false;
	*ret_day = day_of_civil(date);
	return true;
}

char *day_text(int32_t day, char *out, size_t size)
{
	struct civil date = civil_of_day(day);

	must(size >= 11);
	snprintf(out, size, "%04d-%02d-%02d", date.year, date.month, date.day);
	return out;
}

int32_t day_of_instant(int64_t at)
{
	int64_t local = at + UTC_OFFSET;
	int64_t day = local / CALENDAR_DAY;

	/* Division cuts towards zero; days before 1970 need the floor. */
	if (local % CALENDAR_DAY < 0)
		day--;
	must(day >= INT32_MIN && day <= INT32_MAX);
	return (int32_t)day;
}

int64_t day_start(int32_t day)
{
	return (int64_t)day * CALENDAR_DAY - UTC_OFFSET;
}

int64_t day_end(int32_t day)
{
	return day_start(day) + CALENDAR_DAY - CALENDAR_SECOND;
}

int64_t month_start(int32_t year, int32_t month)
{
	struct civil first = { .year = year + (month - 1) / 12, .month = (month - 1) % 12 + 1,
			       .day = 1 };

	must(month >= 1);
	return day_start(day_of_civil(first));
}

/* --- Working hours --- */

static bool hours_are_ordered(const struct work_hours *hours)
{
	int32_t past = 0;

	if (hours->count < 0 || hours->count > CALENDAR_SEGMENTS_MAX)
		return false;
	for (int32_t i = 0; i < hours->count; i++) {
		const struct work_segment *segment = &hours->segment[i];

		if (segment->from < past || segment->to <= segment->from)
			return false;
		past = segment->to;
	}
	return past <= MINUTES_OF_DAY;
}

/* "09:00" up to "24:00". */
static bool minute_parse(const char *text, int32_t *ret_minute)
{
	int32_t hour;
	int32_t minute;

	if (!digits_parse(text, 2, &hour) || text[2] != ':' ||
	    !digits_parse(text + 3, 2, &minute))
		return false;
	if (minute > 59 || hour * 60 + minute > MINUTES_OF_DAY)
		return false;
	*ret_minute = hour * 60 + minute;
	return true;
}

bool work_hours_parse(const char *text, size_t size, struct work_hours *ret_hours)
{
	enum { SEGMENT_BYTES = 11 };
	struct work_hours hours = { 0 };

	for (size_t at = 0; at + SEGMENT_BYTES <= size; at += SEGMENT_BYTES + 1) {
		struct work_segment *segment = &hours.segment[hours.count];

		if (hours.count == CALENDAR_SEGMENTS_MAX)
			return false;
		if (!minute_parse(text + at, &segment->from) || text[at + 5] != '-' ||
		    !minute_parse(text + at + 6, &segment->to))
			return false;
		hours.count++;
		if (at + SEGMENT_BYTES == size) {
			if (!hours_are_ordered(&hours))
				return false;
			*ret_hours = hours;
			return true;
		}
		if (text[at + SEGMENT_BYTES] != ',')
			return false;
	}
	return false;
}

char *work_hours_text(const struct work_hours *hours, char *out, size_t size)
{
	size_t n = 0;

	must(size >= CALENDAR_HOURS_BYTES && hours_are_ordered(hours));
	out[0] = '\0';
	for (int32_t i = 0; i < hours->count; i++) {
		const struct work_segment *s = &hours->segment[i];

		n += (size_t)snprintf(out + n, size - n, "%s%02d:%02d-%02d:%02d",
			i > 0 ? "," : "", s->from / 60, s->from % 60, s->to / 60, s->to % 60);
	}
	return out;
}

struct work_week work_week_shipped(void)
{
	static const struct work_hours office = {
		.count = 2,
		.segment = { { 9 * 60, 12 * 60 }, { 13 * 60 + 30, 17 * 60 + 30 } },
	};
	struct work_week week = { .make_up = office };

	for (int day = MONDAY; day <= FRIDAY; day++)
		week.day[day] = office;
	return week;
}

/* --- Building --- */

const char *day_kind_text(enum day_kind kind)
{
	static const char *const names[DAY_KINDS] = {
		[DAY_OFF] = "off",
		[DAY_WORK] = "work",
		[DAY_SPECIAL] = "special",
	};

	must(kind >= 0 && kind < DAY_KINDS);
	return names[kind];
}

const char *calendar_row_problem(const struct calendar_row *row)
{
	if (!day_is_covered(row->day))
		return "the date lies outside 1990-2100";
	if (memchr(row->occasion, '\0', sizeof(row->occasion)) == NULL)
		return "the occasion is too long; keep it below 96 bytes";
	if (row->occasion[0] == '\0')
		return "the occasion is empty; name the holiday or the notice";
	if (!hours_are_ordered(&row->hours))
		return "the hours overlap or are out of order";
	switch (row->kind) {
	case DAY_OFF:
		return row->hours.count == 0 ? NULL : "a day off has no hours; remove them";
	case DAY_WORK:
		return NULL;
	case DAY_SPECIAL:
		return row->hours.count > 0 ? NULL :
			"a special day needs hours like 09:00-12:00,13:30-17:00";
	default:
		return "the kind must be off, work or special";
	}
}

static bool week_is_usable(const struct work_week *week)
{
	for (int day = MONDAY; day < WEEKDAYS; day++) {
		if (!hours_are_ordered(&week->day[day]))
			return false;
	}
	return hours_are_ordered(&week->make_up) && week->make_up.count > 0;
}

static struct calendar *calendar_new(const struct work_week *week, size_t rows,
	const char *version)
{
	struct calendar *calendar;

	calendar = calloc(1, sizeof(*calendar) + rows * sizeof(calendar->row[0]));
	must(calendar != NULL);
	calendar->week = *week;
	snprintf(calendar->version, sizeof(calendar->version), "%s", version);
	return calendar;
}

static int row_compare(const void *left, const void *right)
{
	int32_t a = ((const struct calendar_row *)left)->day;
	int32_t b = ((const struct calendar_row *)right)->day;

	return (a > b) - (a < b);
}

static void calendar_sort(struct calendar *calendar)
{
	qsort(calendar->row, calendar->count, sizeof(calendar->row[0]), row_compare);
}

struct calendar *calendar_build(const struct work_week *week, const struct calendar_row *rows,
	size_t count, const char *version)
{
	struct calendar *calendar;

	if (!week_is_usable(week) || count > CALENDAR_DAYS)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (calendar_row_problem(&rows[i]) != NULL)
			return NULL;
	}
	calendar = calendar_new(week, count, version);
	for (size_t i = 0; i < count; i++)
		calendar->row[i] = rows[i];
	calendar->count = count;
	calendar_sort(calendar);
	for (size_t i = 1; i < count; i++) {
		if (calendar->row[i - 1].day == calendar->row[i].day) {
			calendar_free(calendar);
			return NULL;
		}
	}
	return calendar;
}

void calendar_free(struct calendar *calendar)
{
	free(calendar);
}

static bool kind_parse(struct table_cell cell, enum day_kind *ret_kind)
{
	for (int kind = 0; kind < DAY_KINDS; kind++) {
		if (table_cell_is(cell, day_kind_text((enum day_kind)kind))) {
			*ret_kind = (enum day_kind)kind;
			return true;
		}
	}
	return false;
}

/* One line of the table; false after having reported it. */
static bool row_parse(struct table_reader *reader, struct calendar_row *row)
{
	const struct table_cell *cell = reader->cell;
	const char *problem;

	if (reader->count < 3 || reader->count > 4) {
		table_bad(reader,
			"%zu cells; write date, kind, occasion and, where needed, hours, "
			"with one tab between",
			reader->count);
		return false;
	}
	if (!day_parse(cell[0].p, cell[0].n, &row->day)) {
		table_bad(reader, "\"%.*s\" is no date of 1990-2100; write it like 2026-10-01",
			table_cell_width(cell[0]), cell[0].p);
		return false;
	}
	if (!kind_parse(cell[1], &row->kind)) {
		table_bad(reader, "\"%.*s\" is no kind; write off, work or special",
			table_cell_width(cell[1]), cell[1].p);
		return false;
	}
	if (cell[2].n >= sizeof(row->occasion)) {
		table_bad(reader, "the occasion is too long; keep it below 96 bytes");
		return false;
	}
	memcpy(row->occasion, cell[2].p, cell[2].n);
	if (reader->count == 4 && !work_hours_parse(cell[3].p, cell[3].n, &row->hours)) {
		table_bad(reader,
			"\"%.*s\" are no hours; write up to four like "
			"09:00-12:00,13:30-17:00, in order",
			table_cell_width(cell[3]), cell[3].p);
		return false;
	}
	problem = calendar_row_problem(row);
	if (problem != NULL)
		table_bad(reader, "%s", problem);
	return problem == NULL;
}

static size_t lines_count(const char *text, size_t size)
{
	size_t lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	return lines < CALENDAR_DAYS ? lines : CALENDAR_DAYS;
}

struct calendar *calendar_parse(const struct work_week *week, const char *text, size_t size,
	const char *version, struct table_problems *problems)
{
	struct table_reader reader = { .at = text, .end = text + size, .header = "date",
				       .problems = problems };
	bool seen[CALENDAR_DAYS] = { false };
	struct calendar *calendar;

	problems->count = 0;
	if (!week_is_usable(week))
		return NULL;
	calendar = calendar_new(week, lines_count(text, size), version);
	while (table_next(&reader)) {
		struct calendar_row row = { 0 };

		if (!row_parse(&reader, &row))
			continue;
		if (seen[row.day - CALENDAR_FIRST_DAY]) {
			table_bad(&reader,
				"\"%.*s\" stands in an earlier line already; keep one "
				"of the two",
				table_cell_width(reader.cell[0]), reader.cell[0].p);
			continue;
		}
		seen[row.day - CALENDAR_FIRST_DAY] = true;
		calendar->row[calendar->count++] = row;
	}
	calendar_sort(calendar);
	return calendar;
}

/* --- Questions about a day --- */

const char *calendar_version(const struct calendar *calendar)
{
	return calendar->version;
}

const struct calendar_row *calendar_rows(const struct calendar *calendar, size_t *ret_count)
{
	*ret_count = calendar->count;
	return calendar->row;
}

const struct work_week *calendar_week(const struct calendar *calendar)
{
	return &calendar->week;
}

/* The dated row of the day, NULL where the weekly pattern holds. */
static const struct calendar_row *row_find(const struct calendar *calendar, int32_t day)
{
	size_t low = 0;
	size_t high = calendar->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (calendar->row[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == calendar->count || calendar->row[low].day != day)
		return NULL;
	return &calendar->row[low];
}

const struct work_hours *calendar_hours(const struct calendar *calendar, int32_t day)
{
	const struct calendar_row *row = row_find(calendar, day);
	const struct work_hours *pattern = &calendar->week.day[day_weekday(day)];

	if (row == NULL)
		return pattern;
	/* A made-up day keeps the hours of its weekday where that has any. */
	if (row->kind == DAY_WORK && row->hours.count == 0)
		return pattern->count > 0 ? pattern : &calendar->week.make_up;
	return &row->hours;
}

bool calendar_is_working(const struct calendar *calendar, int32_t day)
{
	return calendar_hours(calendar, day)->count > 0;
}

struct day_reason calendar_day_reason(const struct calendar *calendar, int32_t day)
{
	static const enum day_cause causes[DAY_KINDS] = {
		[DAY_OFF] = CAUSE_DAY_OFF,
		[DAY_WORK] = CAUSE_MAKE_UP,
		[DAY_SPECIAL] = CAUSE_SPECIAL_HOURS,
	};
	const struct calendar_row *row = row_find(calendar, day);

	if (row != NULL)
		return (struct day_reason){ causes[row->kind], row->occasion };
	if (calendar_is_working(calendar, day))
		return (struct day_reason){ CAUSE_WORKING_DAY, "" };
	return (struct day_reason){ CAUSE_WEEKEND, "" };
}

char *day_reason_text(struct day_reason reason, enum language language, char *out, size_t size)
{
	static const struct {
		const char *text[2];
		const char *joint[2];
	} words[] = {
		[CAUSE_WORKING_DAY] = { { "工作日", "working day" }, { "", "" } },
		[CAUSE_WEEKEND] = { { "周末", "weekend" }, { "", "" } },
		[CAUSE_DAY_OFF] = { { "放假", "day off" }, { "：", ": " } },
		[CAUSE_MAKE_UP] = { { "调休上班", "make-up working day" }, { "：", ": " } },
		[CAUSE_SPECIAL_HOURS] = { { "特殊工时", "special hours" }, { "：", ": " } },
	};

	must(size >= CALENDAR_REASON_BYTES);
	must(reason.cause >= 0 && reason.cause <= CAUSE_SPECIAL_HOURS);
	snprintf(out, size, "%s%s%s", words[reason.cause].text[language],
		words[reason.cause].joint[language], reason.occasion);
	return out;
}

/* --- Counting days --- */

bool calendar_add_working_days(const struct calendar *calendar, int32_t day, int32_t count,
	int32_t *ret_day)
{
	if (count < 0 || !day_is_covered(day))
		return false;
	while (count > 0) {
		if (day == CALENDAR_LAST_DAY)
			return false;
		day++;
		count -= calendar_is_working(calendar, day);
	}
	*ret_day = day;
	return true;
}

bool calendar_previous_working_day(const struct calendar *calendar, int32_t day,
	int32_t *ret_day)
{
	if (day > CALENDAR_LAST_DAY)
		day = CALENDAR_LAST_DAY + 1;
	while (day > CALENDAR_FIRST_DAY) {
		day--;
		if (calendar_is_working(calendar, day)) {
			*ret_day = day;
			return true;
		}
	}
	return false;
}

int32_t calendar_working_days_between(const struct calendar *calendar, int32_t from,
	int32_t to)
{
	int32_t count = 0;

	if (to < from)
		return -calendar_working_days_between(calendar, to, from);
	if (from < CALENDAR_FIRST_DAY)
		from = CALENDAR_FIRST_DAY - 1;
	if (to > CALENDAR_LAST_DAY)
		to = CALENDAR_LAST_DAY;
	while (from < to)
		count += calendar_is_working(calendar, ++from);
	return count;
}

/* --- Counting working time --- */

static int64_t minute_instant(int32_t day, int32_t minute)
{
	return day_start(day) + minute * CALENDAR_MINUTE;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

bool calendar_add_working_time(const struct calendar *calendar, int64_t at, int64_t span,
	int64_t *ret_at)
{
	if (span < 0 || !day_is_covered(day_of_instant(at)))
		return false;
	if (span == 0) {
		*ret_at = at;
		return true;
	}
	for (int32_t day = day_of_instant(at); day <= CALENDAR_LAST_DAY; day++) {
		const struct work_hours *hours = calendar_hours(calendar, day);

		for (int32_t i = 0; i < hours->count; i++) {
			int64_t from = later(at, minute_instant(day, hours->segment[i].from));
			int64_t room = minute_instant(day, hours->segment[i].to) - from;

			if (room >= span) {
				*ret_at = from + span;
				return true;
			}
			span -= later(room, 0);
		}
	}
	return false;
}

int64_t calendar_working_time_between(const struct calendar *calendar, int64_t from,
	int64_t to)
{
	int64_t sum = 0;

	if (to < from)
		return -calendar_working_time_between(calendar, to, from);
	from = later(from, day_start(CALENDAR_FIRST_DAY));
	to = earlier(to, day_start(CALENDAR_LAST_DAY + 1));
	for (int32_t day = day_of_instant(from); day_start(day) < to; day++) {
		const struct work_hours *hours = calendar_hours(calendar, day);

		for (int32_t i = 0; i < hours->count; i++) {
			int64_t open = later(from, minute_instant(day, hours->segment[i].from));
			int64_t shut = earlier(to, minute_instant(day, hours->segment[i].to));

			sum += later(shut - open, 0);
		}
	}
	return sum;
}

bool calendar_add_working_minutes(const struct calendar *calendar, int64_t at, int64_t minutes,
	int64_t *ret_at)
{
	if (minutes < 0 || minutes > (int64_t)CALENDAR_DAYS * MINUTES_OF_DAY)
		return false;
	return calendar_add_working_time(calendar, at, minutes * CALENDAR_MINUTE, ret_at);
}

int64_t calendar_working_minutes_between(const struct calendar *calendar, int64_t from,
	int64_t to)
{
	return calendar_working_time_between(calendar, from, to) / CALENDAR_MINUTE;
}
