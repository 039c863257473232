/*
 * Changes of due times. Both ends of an interval are cut to whole seconds or days before they
 * are subtracted, so that the pieces of an interval add up to the whole without rounding.
 */
#include "rules/due.h"

#include "must.h"

#define MINUTES_OF_HOUR 60
#define HOURS_OF_DAY 24

/* The unit in which the limit's time is kept; a typed-in due time is a day. */
static enum limit_unit unit_kept(struct limit limit)
{
	return limit.amount > 0 ? limit.unit : UNIT_WORKING_DAYS;
}

static bool counts_days(struct limit limit)
{
	enum limit_unit unit = unit_kept(limit);

	return unit == UNIT_CALENDAR_DAYS || unit == UNIT_WORKING_DAYS;
}

bool limit_runs_on(struct limit limit)
{
	enum limit_unit unit = unit_kept(limit);

	return unit == UNIT_MINUTES || unit == UNIT_HOURS;
}

static bool is_covered(int64_t at)
{
	return at >= day_start(CALENDAR_FIRST_DAY) && at <= day_end(CALENDAR_LAST_DAY);
}

/* Only of covered moments, which lie after 1970. */
static int64_t second_floor(int64_t at)
{
	return at - at % CALENDAR_SECOND;
}

/* The same time of the day, or of the working day after a day of rest (Civil Code 203). */
static bool due_on_day(const struct calendar *calendar, int64_t due, int32_t day,
	int64_t *ret_due)
{
	if (day > CALENDAR_LAST_DAY)
		return false;
	if (!calendar_is_working(calendar, day) &&
	    !calendar_add_working_days(calendar, day, 1, &day))
		return false;
	*ret_due = due + (day - day_of_instant(due)) * CALENDAR_DAY;
	return true;
}

static bool days_give_back(const struct calendar *calendar, struct limit limit, int64_t due,
	const struct due_change *gap, int64_t *ret_due)
{
	int32_t from = day_of_instant(gap->from);
	int32_t to = day_of_instant(gap->to);
	int32_t day = day_of_instant(due);

	if (from == to) {
		*ret_due = due;
		return true;
	}
	if (unit_kept(limit) == UNIT_CALENDAR_DAYS)
		return due_on_day(calendar, due, day + (to - from), ret_due);
	if (!calendar_add_working_days(calendar, day,
		    calendar_working_days_between(calendar, from - 1, to - 1), &day))
		return false;
	/* Earlier than `to` only where due lay on a day of rest. */
	return due_on_day(calendar, due, day < to ? to : day, ret_due);
}

static bool hours_give_back(const struct calendar *calendar, int64_t due,
	const struct due_change *gap, int64_t *ret_due)
{
	int64_t taken = calendar_working_time_between(calendar, gap->from, gap->to);
	int64_t moved;

	if (!calendar_add_working_time(calendar, due, taken, &moved))
		return false;
	/* Earlier than `to` only where no working time was left: due when the gap ends. */
	*ret_due = moved < gap->to ? gap->to : moved;
	return true;
}

static enum limit_outcome due_after_gap(const struct calendar *calendar, struct limit limit,
	int64_t due, const struct due_change *change, int64_t *ret_due)
{
	struct due_change gap = *change;
	int64_t moved = due;
	bool is_there = true;

	must(gap.from <= gap.to);
	if (!is_covered(gap.from) || !is_covered(gap.to))
		return LIMIT_BEYOND_CALENDAR;
	gap.from = second_floor(gap.from);
	gap.to = second_floor(gap.to);
	if (gap.from > due) {
		*ret_due = due;
		return LIMIT_COMPUTED;
	}
	if (limit_runs_on(limit))
		moved += gap.to - gap.from;
	else if (counts_days(limit))
		is_there = days_give_back(calendar, limit, due, &gap, &moved);
	else
		is_there = hours_give_back(calendar, due, &gap, &moved);
	if (!is_there || !is_covered(moved))
		return LIMIT_BEYOND_CALENDAR;
	*ret_due = moved;
	return LIMIT_COMPUTED;
}

static enum limit_outcome due_after_extension(const struct calendar *calendar,
	struct limit limit, int64_t due, int32_t amount, int64_t *ret_due)
{
	struct limit extension = { .amount = amount, .unit = UNIT_WORKING_DAYS };

	must(amount > 0);
	if (limit_runs_on(limit))
		extension.unit = UNIT_HOURS;
	return limit_due(calendar, extension, due, ret_due);
}

static enum limit_outcome due_not_before(const struct calendar *calendar, struct limit limit,
	int64_t due, int64_t least, int64_t *ret_due)
{
	if (!is_covered(least))
		return LIMIT_BEYOND_CALENDAR;
	if (due < least)
		due = least;
	if (counts_days(limit) && !due_on_day(calendar, due, day_of_instant(due), &due))
		return LIMIT_BEYOND_CALENDAR;
	*ret_due = due;
	return LIMIT_COMPUTED;
}

enum limit_outcome due_after(const struct calendar *calendar, struct limit limit, int64_t due,
	const struct due_change *change, int64_t *ret_due)
{
	if (due == 0)
		return LIMIT_NOT_GIVEN;
	if (!is_covered(due))
		return LIMIT_BEYOND_CALENDAR;
	switch (change->kind) {
	case DUE_EXTENDED:
		return due_after_extension(calendar, limit, due, change->amount, ret_due);
	case DUE_CALENDAR:
		return due_not_before(calendar, limit, due, change->to, ret_due);
	default:
		must(change->kind == DUE_PAUSED || change->kind == DUE_ON_ACCOUNT);
		return due_after_gap(calendar, limit, due, change, ret_due);
	}
}

int64_t due_while(const struct calendar *calendar, struct limit limit, int64_t due,
	int64_t from, int64_t now)
{
	struct due_change gap = { .kind = DUE_PAUSED, .from = from, .to = now };
	int64_t moved;

	if (now < from || due_after(calendar, limit, due, &gap, &moved) != LIMIT_COMPUTED)
		return due;
	return moved;
}

enum limit_outcome due_derived(const struct calendar *calendar,
	const struct due_history *history, int64_t *ret_due)
{
	enum limit_outcome outcome = LIMIT_COMPUTED;
	int64_t due = history->first_due;

	if (due == 0)
		outcome = limit_due(calendar, history->limit, history->start, &due);
	for (size_t i = 0; i < history->count && outcome == LIMIT_COMPUTED; i++)
		outcome = due_after(calendar, history->limit, due, &history->change[i], &due);
	if (outcome == LIMIT_COMPUTED)
		*ret_due = due;
	return outcome;
}

enum limit_outcome due_recomputed(const struct calendar *calendar,
	const struct due_history *history, int64_t due_now, int64_t *ret_due)
{
	enum limit_outcome outcome;
	int64_t due;

	outcome = due_derived(calendar, history, &due);
	if (outcome != LIMIT_COMPUTED)
		return outcome;
	return due_not_before(calendar, history->limit, due, due_now, ret_due);
}

/* --- Extensions --- */

/* A limit of the table in hours or in days, as extensions of the class are counted. */
static int32_t amount_in(struct limit limit, bool in_hours)
{
	bool is_days = limit.unit == UNIT_CALENDAR_DAYS || limit.unit == UNIT_WORKING_DAYS;

	if (limit.unit == UNIT_MINUTES)
		limit.amount /= MINUTES_OF_HOUR;
	if (is_days != in_hours)
		return limit.amount;
	return in_hours ? limit.amount * HOURS_OF_DAY : limit.amount / HOURS_OF_DAY;
}

static int32_t extension_most(const struct limit_row *row)
{
	struct limit most = row->limit[LIMIT_EXTENSION];
	struct limit done = row->limit[LIMIT_DONE];
	int32_t amount;

	if (most.amount == 0 && row->extension == EXTENSION_LEADER)
		most = done;
	if (most.amount == 0)
		return LIMIT_AMOUNT_MAX;
	amount = amount_in(most, limit_runs_on(done));
	return amount < LIMIT_AMOUNT_MAX ? amount : LIMIT_AMOUNT_MAX;
}

enum extension_verdict extension_check(const struct limit_row *row, int32_t amount,
	uint32_t approved_before, int32_t *ret_most)
{
	*ret_most = 0;
	if (row->extension == EXTENSION_NONE)
		return EXTENSION_NOT_FOR_CLASS;
	if (row->extension == EXTENSION_ONCE && approved_before > 0)
		return EXTENSION_USED;
	*ret_most = extension_most(row);
	return amount >= 1 && amount <= *ret_most ? EXTENSION_OK : EXTENSION_TOO_LONG;
}

/* --- Assists --- */

int64_t due_of_assist(const struct calendar *calendar, int64_t lead_due, int64_t at)
{
	int32_t day;

	if (!calendar_previous_working_day(calendar, day_of_instant(lead_due), &day) ||
	    day_end(day) <= at)
		return lead_due;
	return day_end(day);
}
