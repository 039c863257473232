/*
 * Limit classes, due moments and their derivation. One walker computes every due moment, whole
 * limits and halves alike, so that a redo or a red card cannot follow other rules than the
 * limit it comes from.
 */
#include "rules/limits.h"

#include <stdio.h>
#include <string.h>

#include "must.h"

/* A red card comes after this many working days at the latest, whatever the limit. */
#define RED_WORKING_DAYS 5
/* A redo of a day limit lasts at least this many working days, if the limit itself does. */
#define REDO_WORKING_DAYS 2

/* --- Words --- */

static const char *const content_names[CONTENT_CLASSES] = {
	[CONTENT_CONSULTATION] = "consultation",
	[CONTENT_HELP] = "help",
	[CONTENT_COMPLAINT] = "complaint",
	[CONTENT_REPORT] = "report",
	[CONTENT_SUGGESTION] = "suggestion",
	[CONTENT_PRAISE] = "praise",
};

static const char *const class_names[LIMIT_CLASSES] = {
	[LIMIT_L0] = "L0", [LIMIT_L1] = "L1", [LIMIT_L2] = "L2", [LIMIT_L3] = "L3",
	[LIMIT_L4] = "L4", [LIMIT_L5] = "L5", [LIMIT_LX] = "LX",
};

static const char *const unit_names[LIMIT_UNITS] = {
	[UNIT_MINUTES] = "minutes",
	[UNIT_HOURS] = "hours",
	[UNIT_WORKING_HOURS] = "working_hours",
	[UNIT_CALENDAR_DAYS] = "calendar_days",
	[UNIT_WORKING_DAYS] = "working_days",
};

static const char *const kind_names[LIMIT_KINDS] = {
	[LIMIT_SIGN] = "sign",
	[LIMIT_CONTACT] = "contact",
	[LIMIT_SCENE_URBAN] = "scene_urban",
	[LIMIT_SCENE_OTHER] = "scene_other",
	[LIMIT_FIRST_RESULT] = "first_result",
	[LIMIT_DONE] = "done",
	[LIMIT_EXTENSION] = "extension",
	[LIMIT_RETURN] = "return",
};

static const char *const extension_names[EXTENSION_RULES] = {
	[EXTENSION_NONE] = "none",
	[EXTENSION_ONCE] = "once",
	[EXTENSION_LEADER] = "leader",
	[EXTENSION_LAW] = "law",
};

/* Place of the word in a list, -1 when it is not there. */
static int word_index(const char *text, size_t size, const char *const *words, int count)
{
	struct table_cell cell = { .p = text, .n = size };

	for (int i = 0; i < count; i++) {
		if (table_cell_is(cell, words[i]))
			return i;
	}
	return -1;
}

const char *content_class_text(enum content_class content)
{
	must(content >= 0 && content < CONTENT_CLASSES);
	return content_names[content];
}

const char *limit_class_text(enum limit_class class)
{
	must(class >= 0 && class < LIMIT_CLASSES);
	return class_names[class];
}

const char *limit_unit_text(enum limit_unit unit)
{
	must(unit >= 0 && unit < LIMIT_UNITS);
	return unit_names[unit];
}

const char *limit_kind_text(enum limit_kind kind)
{
	must(kind >= 0 && kind < LIMIT_KINDS);
	return kind_names[kind];
}

const char *extension_rule_text(enum extension_rule rule)
{
	must(rule >= 0 && rule < EXTENSION_RULES);
	return extension_names[rule];
}

bool content_class_parse(const char *text, size_t size, enum content_class *ret)
{
	int i = word_index(text, size, content_names, CONTENT_CLASSES);

	if (i >= 0)
		*ret = (enum content_class)i;
	return i >= 0;
}

bool limit_class_parse(const char *text, size_t size, enum limit_class *ret)
{
	int i = word_index(text, size, class_names, LIMIT_CLASSES);

	if (i >= 0)
		*ret = (enum limit_class)i;
	return i >= 0;
}

enum limit_class limit_class_for(enum limit_class row_class, bool row_allows_urgent,
	enum content_class content, bool urgent)
{
	if (content == CONTENT_SUGGESTION || content == CONTENT_PRAISE)
		return LIMIT_L3;
	if (urgent && row_allows_urgent)
		return LIMIT_L0;
	if (content == CONTENT_CONSULTATION)
		return LIMIT_L2;
	if (content == CONTENT_REPORT && row_class < LIMIT_L4)
		return LIMIT_L4;
	return row_class == LIMIT_L0 ? LIMIT_L1 : row_class;
}

/* --- The table --- */

enum column {
	COLUMN_CLASS,
	COLUMN_NAME_ZH,
	COLUMN_NAME_EN,
	COLUMN_LIMITS,	/* the limits in the order of enum limit_kind, up to the extension */
	COLUMN_EXTENSION_RULE = COLUMN_LIMITS + LIMIT_EXTENSION + 1,
	COLUMN_RETURN,
	COLUMNS
};

bool limit_parse(const char *text, size_t size, struct limit *ret_limit)
{
	struct limit limit = { 0 };
	size_t i = 0;
	int unit;

	if (size == 1 && text[0] == '-') {
		*ret_limit = limit;
		return true;
	}
	while (i < size && text[i] >= '0' && text[i] <= '9') {
		limit.amount = limit.amount * 10 + (text[i++] - '0');
		if (limit.amount > LIMIT_AMOUNT_MAX)
			return false;
	}
	if (limit.amount == 0 || i == size || text[i] != ' ')
		return false;
	unit = word_index(text + i + 1, size - i - 1, unit_names, LIMIT_UNITS);
	if (unit < 0)
		return false;
	limit.unit = (enum limit_unit)unit;
	*ret_limit = limit;
	return true;
}

static bool name_parse(struct table_reader *reader, size_t column, char *name)
{
	struct table_cell cell = reader->cell[column];

	if (cell.n == 0 || cell.n >= LIMIT_NAME_BYTES) {
		table_bad(reader, "the name in cell %zu is empty or longer than %d bytes",
			column + 1, LIMIT_NAME_BYTES - 1);
		return false;
	}
	memcpy(name, cell.p, cell.n);
	name[cell.n] = '\0';
	return true;
}

/* Limits and names of one line; false after having reported it. */
static bool cells_parse(struct table_reader *reader, struct limit_row *row)
{
	int rule;

	if (!name_parse(reader, COLUMN_NAME_ZH, row->name[LANGUAGE_ZH]) ||
	    !name_parse(reader, COLUMN_NAME_EN, row->name[LANGUAGE_EN]))
		return false;
	for (int kind = 0; kind < LIMIT_KINDS; kind++) {
		size_t column = kind == LIMIT_RETURN ? COLUMN_RETURN :
			COLUMN_LIMITS + (size_t)kind;
		struct table_cell cell = reader->cell[column];

		if (column < reader->count && !limit_parse(cell.p, cell.n, &row->limit[kind])) {
			table_bad(reader,
				"%s: \"%.*s\" is no limit; write an amount up to %d and "
				"minutes, hours, working_hours, calendar_days or "
				"working_days, or -",
				kind_names[kind], table_cell_width(cell), cell.p,
				LIMIT_AMOUNT_MAX);
			return false;
		}
	}
	rule = word_index(reader->cell[COLUMN_EXTENSION_RULE].p,
		reader->cell[COLUMN_EXTENSION_RULE].n, extension_names, EXTENSION_RULES);
	if (rule < 0) {
		table_bad(reader, "the extension rule must be none, once, leader or law");
		return false;
	}
	row->extension = (enum extension_rule)rule;
	return true;
}

/* What is wrong with the limits of a class taken together, NULL if nothing. */
static const char *row_problem(const struct limit_row *row, enum limit_class class)
{
	bool extends = row->limit[LIMIT_EXTENSION].amount > 0;

	if (row->limit[LIMIT_SIGN].amount == 0 || row->limit[LIMIT_CONTACT].amount == 0)
		return "sign and contact need a limit";
	if (row->limit[LIMIT_DONE].amount == 0 && class != LIMIT_LX)
		return "done needs a limit; only LX goes without";
	if (row->extension == EXTENSION_ONCE && !extends)
		return "the extension rule \"once\" needs an extension";
	if (row->extension == EXTENSION_NONE && extends)
		return "the extension rule \"none\" allows no extension; write -";
	return NULL;
}

static void row_parse(struct table_reader *reader, struct limits_table *table, bool *seen)
{
	struct table_cell cell = reader->cell[COLUMN_CLASS];
	enum limit_class class;
	const char *problem;

	if (!limit_class_parse(cell.p, cell.n, &class)) {
		table_bad(reader, "\"%.*s\" is no class; write L0 to L5 or LX",
			table_cell_width(cell), cell.p);
		return;
	}
	if (seen[class]) {
		table_bad(reader, "%s stands in an earlier line already; keep one of the two",
			class_names[class]);
		return;
	}
	seen[class] = true;
	/* Versions kept from before the last column must stay readable. */
	if (reader->count != COLUMNS && reader->count != COLUMN_RETURN) {
		table_bad(reader, "%zu cells instead of %d; write - where there is no limit",
			reader->count, COLUMNS);
		return;
	}
	if (!cells_parse(reader, &table->row[class]))
		return;
	problem = row_problem(&table->row[class], class);
	if (problem != NULL)
		table_bad(reader, "%s: %s", class_names[class], problem);
}

bool limits_parse(const char *text, size_t size, const char *version,
	struct limits_table *ret_table, struct table_problems *problems)
{
	struct table_reader reader = { .at = text, .end = text + size, .header = "class",
				       .problems = problems };
	struct limits_table table = { 0 };
	bool seen[LIMIT_CLASSES] = { false };

	problems->count = 0;
	snprintf(table.version, sizeof(table.version), "%s", version);
	while (table_next(&reader))
		row_parse(&reader, &table, seen);
	for (int class = 0; class < LIMIT_CLASSES; class++) {
		if (!seen[class])
			table_bad(&reader, "%s is missing; add its line", class_names[class]);
	}
	if (problems->count > 0)
		return false;
	*ret_table = table;
	return true;
}

/* --- Due moments --- */

static int64_t second_floor(int64_t at)
{
	int64_t rest = at % CALENDAR_SECOND;

	return at - rest - (rest < 0 ? CALENDAR_SECOND : 0);
}

static bool is_covered(int64_t at)
{
	return at >= day_start(CALENDAR_FIRST_DAY) && at <= day_end(CALENDAR_LAST_DAY);
}

static bool counts_days(enum limit_unit unit)
{
	return unit == UNIT_CALENDAR_DAYS || unit == UNIT_WORKING_DAYS;
}

/* The last day of `days` of the unit after day; false past the calendar's end. */
static bool last_day_find(const struct calendar *calendar, struct limit limit, int32_t day,
	int32_t *ret_day)
{
	if (limit.unit == UNIT_WORKING_DAYS)
		return calendar_add_working_days(calendar, day, limit.amount, ret_day);
	day += limit.amount;
	if (day > CALENDAR_LAST_DAY)
		return false;
	if (!calendar_is_working(calendar, day))
		return calendar_add_working_days(calendar, day, 1, ret_day);
	*ret_day = day;
	return true;
}

/* Due moment of `halves` half units; half days are rounded up to whole ones. */
static enum limit_outcome halves_due(const struct calendar *calendar, struct limit halves,
	int64_t start, int64_t *ret_due)
{
	int64_t due = start;
	int32_t day = 0;

	if (halves.amount <= 0)
		return LIMIT_NOT_GIVEN;
	if (!is_covered(start))
		return LIMIT_BEYOND_CALENDAR;
	switch (halves.unit) {
	case UNIT_MINUTES:
		due += halves.amount * CALENDAR_MINUTE / 2;
		break;
	case UNIT_HOURS:
		due += halves.amount * 30 * CALENDAR_MINUTE;
		break;
	case UNIT_WORKING_HOURS:
		if (!calendar_add_working_minutes(calendar, start, halves.amount * INT64_C(30),
						  &due))
			return LIMIT_BEYOND_CALENDAR;
		break;
	case UNIT_CALENDAR_DAYS:
	case UNIT_WORKING_DAYS:
		halves.amount = (halves.amount + 1) / 2;
		if (!last_day_find(calendar, halves, day_of_instant(start), &day))
			return LIMIT_BEYOND_CALENDAR;
		due = day_end(day);
		break;
	default:
		must(halves.unit < LIMIT_UNITS);
	}
	if (!is_covered(due))
		return LIMIT_BEYOND_CALENDAR;
	*ret_due = second_floor(due);
	return LIMIT_COMPUTED;
}

enum limit_outcome limit_due(const struct calendar *calendar, struct limit limit,
	int64_t start, int64_t *ret_due)
{
	must(limit.amount <= LIMIT_AMOUNT_MAX);
	limit.amount *= 2;
	return halves_due(calendar, limit, start, ret_due);
}

bool limit_kept(int64_t moment, int64_t due)
{
	return moment < limit_overdue_at(due);
}

int64_t limit_overdue_at(int64_t due)
{
	return due + CALENDAR_SECOND;
}

int64_t limit_warn_at(const struct calendar *calendar, struct limit limit, int64_t start,
	int64_t due)
{
	int64_t warn = due;
	int32_t day;

	if (due <= start)
		return due;
	if (counts_days(limit.unit) && limit.amount >= 2 &&
	    calendar_previous_working_day(calendar, day_of_instant(due), &day) &&
	    day_end(day) > start)
		return day_end(day);
	if (limit.unit == UNIT_WORKING_HOURS) {
		int64_t minutes = calendar_working_minutes_between(calendar,
			second_floor(start), due);

		if (!calendar_add_working_minutes(calendar, start, minutes * 3 / 4, &warn))
			return due;
	} else {
		warn = start + (due - start) / 4 * 3;
	}
	warn = second_floor(warn);
	return warn < start ? start : warn;
}

int64_t limit_red_at(const struct calendar *calendar, struct limit limit, int64_t due)
{
	struct limit days = { .amount = RED_WORKING_DAYS, .unit = UNIT_WORKING_DAYS };
	int64_t half;
	int64_t five;
	bool has_half = halves_due(calendar, limit, due, &half) == LIMIT_COMPUTED;
	bool has_five = limit_due(calendar, days, due, &five) == LIMIT_COMPUTED;

	if (has_half && (!has_five || half < five))
		return limit_overdue_at(half);
	return limit_overdue_at(has_five ? five : due);
}

bool limit_red_is_half(const struct calendar *calendar, struct limit limit, int64_t due)
{
	int64_t half;

	return halves_due(calendar, limit, due, &half) == LIMIT_COMPUTED &&
	       limit_overdue_at(half) == limit_red_at(calendar, limit, due);
}

enum limit_outcome limit_redo_due(const struct calendar *calendar, struct limit limit,
	int64_t start, int64_t *ret_due)
{
	struct limit least = { .amount = REDO_WORKING_DAYS, .unit = UNIT_WORKING_DAYS };
	enum limit_outcome outcome;
	int64_t whole;
	int64_t half;
	int64_t floor;

	outcome = limit_due(calendar, limit, start, &whole);
	if (outcome != LIMIT_COMPUTED)
		return outcome;
	/* Shorter than the whole limit, so it exists as well. */
	must(halves_due(calendar, limit, start, &half) == LIMIT_COMPUTED);
	if (counts_days(limit.unit) &&
	    (limit_due(calendar, least, start, &floor) != LIMIT_COMPUTED || floor > half))
		half = floor;
	*ret_due = half < whole ? half : whole;
	return LIMIT_COMPUTED;
}

/* --- The derivation --- */

static void step_add(struct derivation *derivation, struct derivation_step step)
{
	if (derivation->count < derivation->max)
		derivation->steps[derivation->count] = step;
	derivation->count++;
}

static void derive_days(const struct calendar *calendar, struct limit limit, int64_t start,
	struct derivation *derivation)
{
	int32_t first = day_of_instant(start);
	int32_t last = day_of_instant(derivation->due);
	int32_t count = 0;

	for (int32_t day = first; day <= last; day++) {
		bool is_working = calendar_is_working(calendar, day);
		struct derivation_step step = {
			.kind = STEP_COUNTED, .day = day,
			.reason = calendar_day_reason(calendar, day),
		};

		if (day == first)
			step.kind = STEP_START;
		else if (limit.unit == UNIT_WORKING_DAYS && !is_working)
			step.kind = STEP_SKIPPED;
		else if (day - first >= limit.amount && !is_working)
			step.kind = STEP_MOVED;
		/* The day to which the end has moved is no further day of the limit. */
		if (day != first && step.kind != STEP_SKIPPED && count < limit.amount)
			count++;
		step.count = count;
		step_add(derivation, step);
	}
}

/* Minutes of working time from start until then; a limit has fewer than 2^31 of them. */
static int32_t minutes_used(const struct calendar *calendar, int64_t start, int64_t until)
{
	return (int32_t)calendar_working_minutes_between(calendar, start, until);
}

/* One segment of the day, cut to what lies between start and due; nothing if none does. */
static void derive_segment(const struct calendar *calendar, int64_t start,
	struct derivation_step step, struct derivation *derivation)
{
	if (step.to <= start || step.from >= derivation->due)
		return;
	if (step.from < start)
		step.from = start;
	if (step.to > derivation->due)
		step.to = derivation->due;
	step.count = minutes_used(calendar, start, step.to);
	step_add(derivation, step);
}

static void derive_working_hours(const struct calendar *calendar, int64_t start,
	struct derivation *derivation)
{
	int32_t last = day_of_instant(derivation->due);

	/* The due moment was cut to a whole second; so the minutes come out even. */
	start = second_floor(start);
	for (int32_t day = day_of_instant(start); day <= last; day++) {
		const struct work_hours *hours = calendar_hours(calendar, day);
		struct derivation_step step = {
			.kind = hours->count > 0 ? STEP_COUNTED : STEP_SKIPPED, .day = day,
			.reason = calendar_day_reason(calendar, day),
		};

		if (hours->count == 0) {
			step.count = minutes_used(calendar, start, day_start(day));
			step_add(derivation, step);
		}
		for (int32_t i = 0; i < hours->count; i++) {
			const struct work_segment *segment = &hours->segment[i];

			step.from = day_start(day) + segment->from * CALENDAR_MINUTE;
			step.to = day_start(day) + segment->to * CALENDAR_MINUTE;
			derive_segment(calendar, start, step, derivation);
		}
	}
}

enum limit_outcome limit_derive(const struct calendar *calendar, struct limit limit,
	int64_t start, struct derivation *derivation)
{
	enum limit_outcome outcome = limit_due(calendar, limit, start, &derivation->due);
	int32_t day;

	derivation->count = 0;
	if (outcome != LIMIT_COMPUTED)
		return outcome;
	if (counts_days(limit.unit)) {
		derive_days(calendar, limit, start, derivation);
		return outcome;
	}
	if (limit.unit == UNIT_WORKING_HOURS) {
		derive_working_hours(calendar, start, derivation);
		return outcome;
	}
	day = day_of_instant(start);
	step_add(derivation, (struct derivation_step){
		.kind = STEP_RUNNING, .day = day, .reason = calendar_day_reason(calendar, day),
		.count = limit.amount * (limit.unit == UNIT_HOURS ? 60 : 1),
		.from = start, .to = derivation->due });
	return outcome;
}

char *limit_rule_text(struct limit limit, enum language language, char *out, size_t size)
{
	static const char *const rules[LIMIT_UNITS][2] = {
		[UNIT_MINUTES] = {
			"分钟：自开始时起连续计算，不分昼夜和节假日",
			" running minutes: counted from the start at once, day and night, "
			"on days of rest too" },
		[UNIT_HOURS] = {
			"小时：自开始时起连续计算，不分昼夜和节假日",
			" running hours: counted from the start at once, day and night, "
			"on days of rest too" },
		[UNIT_WORKING_HOURS] = {
			"个工作小时：只计工作时段，在工作时段之外开始的自下一时段起算",
			" working hours: only working time counts; a start outside of it "
			"begins at the next stretch" },
		[UNIT_CALENDAR_DAYS] = {
			"个自然日：开始当日不计，最后一日 23:59:59（含）止；"
			"最后一日为休息日的，顺延至下一工作日",
			" calendar days: the day of the start is not counted; ends 23:59:59 "
			"of the last day, that second included; a last day of rest moves to "
			"the next working day" },
		[UNIT_WORKING_DAYS] = {
			"个工作日：开始当日不计，最后一个工作日 23:59:59（含）止",
			" working days: the day of the start is not counted; ends 23:59:59 "
			"of the last working day, that second included" },
	};

	must(size >= LIMIT_TEXT_BYTES && limit.unit < LIMIT_UNITS);
	if (limit.amount <= 0)
		snprintf(out, size, "%s", language == LANGUAGE_ZH ?
			"时限表未定数额：按法定时限录入，并注明依据" :
			"no amount in the table: the legal limit is typed in with its basis");
	else
		snprintf(out, size, "%d%s%s", limit.amount, language == LANGUAGE_ZH ? " " : "",
			rules[limit.unit][language]);
	return out;
}

char *step_reason_text(const struct derivation_step *step, enum language language, char *out,
	size_t size)
{
	static const char *const words[][2] = {
		[STEP_START] = { "开始当日不计", "day of the start, not counted" },
		[STEP_COUNTED] = { "计入", "counted" },
		[STEP_SKIPPED] = { "不计", "not counted" },
		[STEP_MOVED] = { "最后一日为休息日，顺延", "last day is a day of rest, moved on" },
		[STEP_RUNNING] = { "连续计算", "runs day and night" },
	};
	char reason[CALENDAR_REASON_BYTES];

	must(size >= LIMIT_TEXT_BYTES);
	if (step->kind == STEP_RUNNING)
		snprintf(out, size, "%s", words[step->kind][language]);
	else
		snprintf(out, size, language == LANGUAGE_ZH ? "%s（%s）" : "%s (%s)",
			words[step->kind][language],
			day_reason_text(step->reason, language, reason, sizeof(reason)));
	return out;
}
