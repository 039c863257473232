/*
 * What must hold on every calendar: random holidays, make-up days and working hours against
 * oracles that only look at each day, or at each minute, and add up. A failure names its seed;
 * TEST_SEED=n runs that one alone.
 */
#include "rules_fixture.h"

#include "rules/due.h"

enum {
	SPAN = 500,		/* days that an oracle knows */
	MINUTE_DAYS = 30,	/* days of them that it knows by the minute */
	MINUTES = MINUTE_DAYS * 1440,
	SEEDS = 600,
};

#define WEEK_MINUTES (7 * 1440)

struct world {
	struct dice dice;
	uint64_t seed;
	struct calendar *calendar;
	int32_t first;
	bool is_working[SPAN];
	bool is_work_minute[MINUTES];
};

#define holds(w, condition) \
	do { \
		if (!(condition)) \
			fail_msg("TEST_SEED=%llu: %s", (unsigned long long)(w)->seed, \
				#condition); \
	} while (0)

/* --- Random calendars --- */

static struct work_hours hours_random(struct dice *dice)
{
	struct work_hours hours = { .count = 1 + dice_roll(dice, CALENDAR_SEGMENTS_MAX) };
	int32_t minute = 6 * 60;

	for (int32_t i = 0; i < hours.count; i++) {
		hours.segment[i].from = minute + (i > 0 ? dice_roll(dice, 90) : 0);
		hours.segment[i].to = hours.segment[i].from + 1 + dice_roll(dice, 170);
		minute = hours.segment[i].to;
	}
	return hours;
}

static struct work_week week_random(struct dice *dice)
{
	struct work_week week = { .make_up = hours_random(dice) };

	for (int day = MONDAY; day < WEEKDAYS; day++)
		if (dice_roll(dice, 7) < 5)
			week.day[day] = hours_random(dice);
	/* Somebody works some day, so that every count comes to an end. */
	week.day[dice_roll(dice, WEEKDAYS)] = hours_random(dice);
	return week;
}

/* Holidays of up to nine days, single days made up, days with hours of their own. */
static size_t rows_random(struct dice *dice, int32_t first, struct calendar_row *rows)
{
	size_t count = 0;
	int32_t day = first + dice_roll(dice, 10);

	while (day < first + SPAN) {
		enum day_kind kind = (enum day_kind)dice_roll(dice, DAY_KINDS);
		int32_t length = kind == DAY_OFF ? 1 + dice_roll(dice, 9) : 1;

		for (; length > 0 && day < first + SPAN; length--, day++) {
			struct calendar_row row = { .day = day, .kind = kind, .occasion = "x" };

			if (kind == DAY_SPECIAL || (kind == DAY_WORK && dice_roll(dice, 2)))
				row.hours = hours_random(dice);
			rows[count++] = row;
		}
		day += dice_roll(dice, 40);
	}
	return count;
}

/* The hours of a day by looking at every row. */
static struct work_hours oracle_hours(const struct work_week *week,
	const struct calendar_row *rows, size_t count, int32_t day)
{
	/* 1990-01-01 was a Monday. */
	struct work_hours pattern = week->day[(day - CALENDAR_FIRST_DAY) % 7];

	for (size_t i = 0; i < count; i++) {
		if (rows[i].day != day)
			continue;
		if (rows[i].kind == DAY_WORK && rows[i].hours.count == 0)
			return pattern.count > 0 ? pattern : week->make_up;
		return rows[i].hours;
	}
	return pattern;
}

static void world_look(struct world *w, const struct work_week *week,
	const struct calendar_row *rows, size_t count)
{
	memset(w->is_work_minute, 0, sizeof(w->is_work_minute));
	for (int32_t d = 0; d < SPAN; d++) {
		struct work_hours hours = oracle_hours(week, rows, count, w->first + d);

		w->is_working[d] = hours.count > 0;
		for (int32_t i = 0; d < MINUTE_DAYS && i < hours.count; i++)
			for (int32_t m = hours.segment[i].from; m < hours.segment[i].to; m++)
				w->is_work_minute[d * 1440 + m] = true;
	}
}

static void world_build(struct world *w, int32_t first)
{
	static struct calendar_row rows[SPAN];
	struct work_week week = week_random(&w->dice);
	size_t count = rows_random(&w->dice, first, rows);

	w->first = first;
	w->calendar = calendar_build(&week, rows, count, "random");
	assert_non_null(w->calendar);
	world_look(w, &week, rows, count);
}

static int32_t roll(struct world *w, int32_t below)
{
	return dice_roll(&w->dice, below);
}

/* Runs the property on a calendar a seed. */
static void for_all(void (*property)(struct world *w))
{
	static struct world w;
	const char *only = getenv("TEST_SEED");
	uint64_t seed = only != NULL ? strtoull(only, NULL, 10) : 1;
	uint64_t last = only != NULL ? seed : SEEDS;

	for (; seed <= last; seed++) {
		w.seed = seed;
		w.dice.state = seed * UINT64_C(0x9E3779B97F4A7C15);
		world_build(&w, CALENDAR_FIRST_DAY + roll(&w, 30000));
		property(&w);
		calendar_free(w.calendar);
	}
}

/* A moment of the first `days` days, mostly of odd microseconds. */
static int64_t moment_random(struct world *w, int32_t days)
{
	int64_t at = day_start(w->first) + roll(w, days * 1440) * CALENDAR_MINUTE;

	switch (roll(w, 4)) {
	case 0:
		return at;
	case 1:
		return at + roll(w, 60) * CALENDAR_SECOND;
	default:
		return at + roll(w, 60000000);
	}
}

static struct limit limit_random(struct world *w)
{
	static const int32_t most[LIMIT_UNITS] = {
		[UNIT_MINUTES] = 600, [UNIT_HOURS] = 200, [UNIT_WORKING_HOURS] = 40,
		[UNIT_CALENDAR_DAYS] = 30, [UNIT_WORKING_DAYS] = 20,
	};
	enum limit_unit unit = (enum limit_unit)roll(w, LIMIT_UNITS);

	return (struct limit){ 1 + roll(w, most[unit]), unit };
}

/* --- Oracles: days and minutes, one by one --- */

static bool day_works(const struct world *w, int32_t day)
{
	holds(w, day >= w->first && day < w->first + SPAN);
	return w->is_working[day - w->first];
}

/* Working days d with from <= d < to. */
static int32_t days_in(const struct world *w, int32_t from, int32_t to)
{
	int32_t n = 0;

	for (int32_t day = from; day < to; day++)
		n += day_works(w, day);
	return n;
}

static int32_t nth_day(const struct world *w, int32_t day, int32_t n)
{
	while (n > 0)
		n -= day_works(w, ++day);
	return day;
}

static int32_t day_off_rest(const struct world *w, int32_t day)
{
	while (!day_works(w, day))
		day++;
	return day;
}

/* What of the minute lies in [from, to), if it is worked. */
static int64_t minute_share(const struct world *w, int32_t minute, int64_t from, int64_t to)
{
	int64_t open = day_start(w->first) + minute * CALENDAR_MINUTE;
	int64_t shut = open + CALENDAR_MINUTE;

	if (!w->is_work_minute[minute])
		return 0;
	open = open < from ? from : open;
	shut = shut > to ? to : shut;
	return shut > open ? shut - open : 0;
}

static int64_t work_in(const struct world *w, int64_t from, int64_t to)
{
	int64_t sum = 0;

	for (int32_t minute = 0; minute < MINUTES; minute++)
		sum += minute_share(w, minute, from, to);
	return sum;
}

/* The moment when `span` of working time after `at` is used up; 0 where none is seen. */
static int64_t work_after(const struct world *w, int64_t at, int64_t span)
{
	if (span == 0)
		return at;
	for (int32_t minute = 0; minute < MINUTES; minute++) {
		int64_t share = minute_share(w, minute, at, INT64_MAX);

		if (share >= span)
			return day_start(w->first) + (minute + 1) * CALENDAR_MINUTE - share +
				span;
		span -= share;
	}
	return 0;
}

/* --- Counting --- */

static void check_day_counts(struct world *w)
{
	for (int i = 0; i < 20; i++) {
		int32_t from = w->first + roll(w, 200);
		int32_t n = roll(w, 40);
		int32_t to = -1;
		int32_t next = -1;
		int32_t more = -1;

		holds(w, calendar_add_working_days(w->calendar, from, n, &to));
		holds(w, to == nth_day(w, from, n));
		holds(w, n == 0 || calendar_is_working(w->calendar, to));
		holds(w, calendar_working_days_between(w->calendar, from, to) == n);
		holds(w, calendar_working_days_between(w->calendar, to, from) == -n);
		holds(w, calendar_add_working_days(w->calendar, from + 1, n, &next));
		holds(w, calendar_add_working_days(w->calendar, from, n + 1, &more));
		holds(w, next >= to && more > to);
		to = from + roll(w, 200);
		holds(w, calendar_working_days_between(w->calendar, from, to) ==
			days_in(w, from + 1, to + 1));
	}
}

static void added_working_days_are_counted_back_on_every_calendar(void **state)
{
	(void)state;
	for_all(check_day_counts);
}

static void check_time_counts(struct world *w)
{
	for (int i = 0; i < 6; i++) {
		int64_t from = moment_random(w, 10);
		int64_t to = from + roll(w, 5 * 86400) * CALENDAR_SECOND + roll(w, 1000000);
		int64_t span = work_in(w, from, to);
		int64_t end = -1;
		int64_t later = -1;

		holds(w, calendar_working_time_between(w->calendar, from, to) == span);
		holds(w, calendar_working_time_between(w->calendar, to, from) == -span);
		holds(w, calendar_working_minutes_between(w->calendar, from, to) ==
			span / CALENDAR_MINUTE);
		holds(w, calendar_add_working_time(w->calendar, from, span, &end));
		holds(w, end <= to && end == work_after(w, from, span));
		holds(w, calendar_working_time_between(w->calendar, from, end) == span);
		holds(w, calendar_add_working_time(w->calendar, from + 999, span, &later));
		holds(w, later >= end);
		holds(w, calendar_add_working_time(w->calendar, from, span + 1, &later));
		holds(w, later > end && (span == 0 || later >= to));
		span = roll(w, 600);
		holds(w, calendar_add_working_minutes(w->calendar, from, span, &end));
		holds(w, calendar_working_minutes_between(w->calendar, from, end) == span);
	}
}

static void added_working_time_is_counted_back_to_the_microsecond(void **state)
{
	(void)state;
	for_all(check_time_counts);
}

static void spans_of_less_than_nothing_have_no_end(void **state)
{
	struct calendar *calendar = calendar_shipped();
	int64_t at = instant("2026-03-02 10:00:00");
	int64_t end = 9;

	(void)state;
	assert_false(calendar_add_working_time(calendar, at, -1, &end));
	assert_false(calendar_add_working_time(calendar, at, INT64_MIN, &end));
	assert_false(calendar_add_working_time(calendar, at, INT64_MAX, &end));
	assert_false(calendar_add_working_minutes(calendar, at, -1, &end));
	assert_false(calendar_add_working_minutes(calendar, at, INT64_MIN, &end));
	assert_false(calendar_add_working_minutes(calendar, at, INT64_MAX, &end));
	assert_int_equal(end, 9);
	calendar_free(calendar);
}

/* --- Due times --- */

static int64_t due_random(struct world *w, struct limit limit, int64_t *ret_start)
{
	int64_t due = -1;

	*ret_start = moment_random(w, 10);
	holds(w, limit_due(w->calendar, limit, *ret_start, &due) == LIMIT_COMPUTED);
	return due;
}

static int64_t oracle_due(const struct world *w, struct limit limit, int64_t start)
{
	int32_t day = day_of_instant(start);
	int64_t second = start - start % CALENDAR_SECOND;

	switch (limit.unit) {
	case UNIT_MINUTES:
		return second + limit.amount * CALENDAR_MINUTE;
	case UNIT_HOURS:
		return second + limit.amount * 60 * CALENDAR_MINUTE;
	case UNIT_WORKING_HOURS:
		start = work_after(w, start, limit.amount * 60 * CALENDAR_MINUTE);
		return start - start % CALENDAR_SECOND;
	case UNIT_CALENDAR_DAYS:
		return day_end(day_off_rest(w, day + limit.amount));
	default:
		return day_end(nth_day(w, day, limit.amount));
	}
}

static void check_due(struct world *w)
{
	for (int i = 0; i < 10; i++) {
		struct limit limit = limit_random(w);
		int64_t start;
		int64_t due = due_random(w, limit, &start);
		int64_t expected = oracle_due(w, limit, start);
		int64_t later = -1;

		/* 0: the working hours reach beyond the minutes that the oracle knows. */
		holds(w, due == expected || expected == 0);
		holds(w, due % CALENDAR_SECOND == 0);
		if (limit.unit >= UNIT_CALENDAR_DAYS)
			holds(w, day_works(w, day_of_instant(due)) &&
				due == day_end(day_of_instant(due)));
		holds(w, limit_due(w->calendar, limit, start + 7777777777, &later) ==
			LIMIT_COMPUTED);
		holds(w, later >= due);
		limit.amount++;
		holds(w, limit_due(w->calendar, limit, start, &later) == LIMIT_COMPUTED);
		holds(w, limit.unit == UNIT_CALENDAR_DAYS ? later >= due : later > due);
	}
}

static void due_times_are_those_of_the_oracle_and_grow_with_start_and_amount(void **state)
{
	(void)state;
	for_all(check_due);
}

/* --- Pauses --- */

static int64_t due_paused(const struct world *w, struct limit limit, int64_t due, int64_t from,
	int64_t to)
{
	struct due_change gap = { .kind = DUE_PAUSED, .from = from, .to = to };
	int64_t moved = -1;

	holds(w, due_after(w->calendar, limit, due, &gap, &moved) == LIMIT_COMPUTED);
	return moved;
}

struct gap {
	struct limit limit;
	int64_t due, from, to;
};

/* A pause that begins between the start of a limit and its due second. */
static struct gap gap_random(struct world *w)
{
	struct gap gap = { .limit = limit_random(w) };
	int64_t start;
	int64_t room;

	gap.due = due_random(w, gap.limit, &start);
	room = (gap.due - start) / CALENDAR_SECOND;
	gap.from = start + (room > 0 ? roll(w, (int32_t)room + 1) : 0) * CALENDAR_SECOND;
	if (gap.from > gap.due || roll(w, 8) == 0)
		gap.from = gap.due + roll(w, 1000000);
	gap.to = gap.from + roll(w, roll(w, 3) ? 5 * 86400 : 7200) * CALENDAR_SECOND +
		roll(w, 1000000);
	return gap;
}

/* The same pause in pieces. */
static int64_t due_paused_in_pieces(struct world *w, const struct gap *gap)
{
	int64_t due = gap->due;
	int64_t from = gap->from;

	for (int pieces = 1 + roll(w, 6); pieces > 1; pieces--) {
		int64_t to = from + (gap->to - from) / 1000 * roll(w, 1001);

		due = due_paused(w, gap->limit, due, from, to);
		from = to;
	}
	return due_paused(w, gap->limit, due, from, gap->to);
}

static void check_pieces(struct world *w)
{
	for (int i = 0; i < 20; i++) {
		struct gap gap = gap_random(w);
		int64_t whole = due_paused(w, gap.limit, gap.due, gap.from, gap.to);
		int64_t pieces = due_paused_in_pieces(w, &gap);

		if (gap.limit.unit == UNIT_CALENDAR_DAYS)
			holds(w, pieces >= whole);
		else
			holds(w, pieces == whole);
		holds(w, due_paused(w, gap.limit, gap.due, gap.from, gap.from) == gap.due);
		holds(w, whole >= gap.due && limit_kept(gap.to, whole));
		holds(w, whole % CALENDAR_SECOND == 0);
		holds(w, due_while(w->calendar, gap.limit, gap.due, gap.from, gap.to) == whole);
		holds(w, due_while(w->calendar, gap.limit, gap.due, gap.from,
			gap.to + WEEK_MINUTES * CALENDAR_MINUTE) >= whole);
		gap.from = gap.due + CALENDAR_SECOND + roll(w, 1000000);
		gap.to = gap.from + roll(w, 5 * 86400) * CALENDAR_SECOND;
		holds(w, due_paused(w, gap.limit, gap.due, gap.from, gap.to) == gap.due);
		holds(w, gap.limit.unit < UNIT_CALENDAR_DAYS ||
			day_works(w, day_of_instant(whole)));
	}
}

static void pauses_in_pieces_give_what_one_pause_gives(void **state)
{
	(void)state;
	for_all(check_pieces);
}

static void check_remaining(struct world *w)
{
	for (int i = 0; i < 10; i++) {
		struct gap gap = gap_random(w);
		int64_t due = due_paused(w, gap.limit, gap.due, gap.from, gap.to);
		int32_t from = day_of_instant(gap.from);
		int32_t to = day_of_instant(gap.to);
		int32_t day = day_of_instant(gap.due);
		int64_t left = gap.due - gap.from;

		switch (gap.limit.unit) {
		case UNIT_WORKING_DAYS:
			holds(w, days_in(w, from, day + 1) ==
				days_in(w, to, day_of_instant(due) + 1));
			break;
		case UNIT_CALENDAR_DAYS:
			holds(w, day_of_instant(due) ==
				(from == to ? day : day_off_rest(w, day + to - from)));
			break;
		case UNIT_WORKING_HOURS:
			left = work_in(w, gap.from, gap.due) - work_in(w, gap.to, due);
			/* Where the oracle sees all of it. */
			holds(w, due > day_start(w->first + MINUTE_DAYS) ||
				llabs(left) < CALENDAR_SECOND);
			break;
		default:
			holds(w, llabs(left - (due - gap.to)) < CALENDAR_SECOND);
		}
	}
}

static void what_remained_when_a_pause_began_remains_when_it_ends(void **state)
{
	(void)state;
	for_all(check_remaining);
}

static void without_days_of_rest_pieces_of_calendar_days_are_exact_too(void **state)
{
	struct work_week week = work_week_shipped();
	static struct world w;

	(void)state;
	week.day[SATURDAY] = week.day[SUNDAY] = week.make_up;
	w.calendar = calendar_build(&week, NULL, 0, "all");
	w.first = day_at("2026-03-02");
	assert_non_null(w.calendar);
	world_look(&w, &week, NULL, 0);
	for (w.seed = 1; w.seed <= SEEDS; w.seed++) {
		struct gap gap;

		w.dice.state = w.seed * UINT64_C(0x9E3779B97F4A7C15);
		gap = gap_random(&w);
		holds(&w, due_paused(&w, gap.limit, gap.due, gap.from, gap.to) ==
			due_paused_in_pieces(&w, &gap));
	}
	calendar_free(w.calendar);
}

/* --- Extensions and pauses --- */

static int64_t due_extended(const struct world *w, struct limit limit, int64_t due, int32_t n)
{
	struct due_change extension = { .kind = DUE_EXTENDED, .amount = n };
	int64_t moved = -1;

	holds(w, due_after(w->calendar, limit, due, &extension, &moved) == LIMIT_COMPUTED);
	return moved;
}

/*
 * A pause that begins in time and an extension commute exactly where both count the same thing:
 * working days, or running time. Calendar days and working hours are extended by working days,
 * so there the order matters; either way gives no less than the extension or the pause alone.
 */
static void check_order(struct world *w)
{
	for (int i = 0; i < 20; i++) {
		struct gap gap = gap_random(w);
		int32_t n = 1 + roll(w, 10);
		int64_t paused = due_paused(w, gap.limit, gap.due, gap.from, gap.to);
		int64_t extended = due_extended(w, gap.limit, gap.due, n);
		int64_t pause_last = due_paused(w, gap.limit, extended, gap.from, gap.to);
		int64_t pause_first = due_extended(w, gap.limit, paused, n);

		if (gap.limit.unit != UNIT_CALENDAR_DAYS &&
		    gap.limit.unit != UNIT_WORKING_HOURS)
			holds(w, pause_last == pause_first);
		holds(w, pause_first > paused && pause_first >= extended);
		holds(w, pause_last >= paused && pause_last >= extended);
		if (limit_runs_on(gap.limit))
			holds(w, extended == gap.due + n * 60 * CALENDAR_MINUTE);
		else
			holds(w, extended == day_end(nth_day(w, day_of_instant(gap.due), n)));
	}
}

static void an_extension_and_a_pause_that_began_in_time_commute(void **state)
{
	(void)state;
	for_all(check_order);
}

/* --- Histories under other calendars --- */

enum { CHANGES = 6 };

/* A history that happened: every change as it was reckoned by the calendar of the time. */
static int64_t history_random(struct world *w, struct due_history *history,
	struct due_change *changes)
{
	int64_t due = due_random(w, history->limit, &history->start);
	int64_t at = history->start;

	history->change = changes;
	for (size_t i = 0; i < CHANGES; i++) {
		int64_t next = at + roll(w, 3 * 86400) * CALENDAR_SECOND;

		if (roll(w, 3) == 0)
			changes[i] = (struct due_change){ .kind = DUE_EXTENDED,
							  .amount = 1 + roll(w, 5) };
		else
			changes[i] = (struct due_change){ .kind = DUE_ON_ACCOUNT, .from = at,
							  .to = next };
		holds(w, due_after(w->calendar, history->limit, due, &changes[i], &due) ==
			LIMIT_COMPUTED);
		at = next + roll(w, 86400) * CALENDAR_SECOND;
		history->count = i + 1;
	}
	return due;
}

static void check_recomputed(struct world *w)
{
	struct calendar *old = w->calendar;
	struct due_change changes[CHANGES + 1];
	struct due_history history = { .limit = limit_random(w) };
	int64_t due_now = history_random(w, &history, changes);
	int64_t derived = -1;
	int64_t due = -1;
	int64_t again = -1;

	holds(w, due_derived(old, &history, &due) == LIMIT_COMPUTED && due == due_now);
	holds(w, due_recomputed(old, &history, due_now, &due) == LIMIT_COMPUTED);
	holds(w, due == due_now);
	world_build(w, w->first);
	holds(w, due_derived(w->calendar, &history, &derived) == LIMIT_COMPUTED);
	holds(w, due_recomputed(w->calendar, &history, due_now, &due) == LIMIT_COMPUTED);
	holds(w, due >= due_now && due >= derived);
	if (history.limit.unit >= UNIT_CALENDAR_DAYS) {
		int64_t most = due_now > derived ? due_now : derived;

		holds(w, day_of_instant(due) == day_off_rest(w, day_of_instant(most)));
	} else {
		holds(w, due == due_now || due == derived);
	}
	changes[CHANGES] = (struct due_change){ .kind = DUE_CALENDAR, .from = due_now,
						.to = due };
	history.count = CHANGES + 1;
	holds(w, due_derived(w->calendar, &history, &again) == LIMIT_COMPUTED && again == due);
	calendar_free(old);
}

static void another_calendar_never_makes_a_due_time_earlier(void **state)
{
	(void)state;
	for_all(check_recomputed);
}

static void check_assist(struct world *w)
{
	for (int i = 0; i < 20; i++) {
		struct limit limit = limit_random(w);
		int64_t start;
		int64_t lead = due_random(w, limit, &start);
		int64_t at = start + roll(w, 20 * 86400) * CALENDAR_SECOND;
		int64_t due = due_of_assist(w->calendar, lead, at);

		holds(w, due <= lead);
		if (due == lead) {
			int32_t day = day_of_instant(lead) - 1;

			while (day >= w->first && !day_works(w, day))
				day--;
			holds(w, day < w->first || at >= day_end(day));
		} else {
			int32_t day = day_of_instant(due);

			holds(w, due == day_end(day) && due > at);
			holds(w, day < w->first || (day_works(w, day) &&
				days_in(w, day, day_of_instant(lead)) == 1));
		}
	}
}

static void an_assist_has_one_working_day_less_than_its_lead(void **state)
{
	(void)state;
	for_all(check_assist);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(added_working_days_are_counted_back_on_every_calendar),
		cmocka_unit_test(added_working_time_is_counted_back_to_the_microsecond),
		cmocka_unit_test(spans_of_less_than_nothing_have_no_end),
		cmocka_unit_test(
			due_times_are_those_of_the_oracle_and_grow_with_start_and_amount),
		cmocka_unit_test(pauses_in_pieces_give_what_one_pause_gives),
		cmocka_unit_test(what_remained_when_a_pause_began_remains_when_it_ends),
		cmocka_unit_test(
			without_days_of_rest_pieces_of_calendar_days_are_exact_too),
		cmocka_unit_test(an_extension_and_a_pause_that_began_in_time_commute),
		cmocka_unit_test(another_calendar_never_makes_a_due_time_earlier),
		cmocka_unit_test(an_assist_has_one_working_day_less_than_its_lead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
