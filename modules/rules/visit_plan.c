/*
 * What the centre does next for one return visit. The last call that is left has to make up for
 * what the earlier ones lacked: another day, another time of the day.
 */
#include "rules/visit_plan.h"

#define HOUR (60 * CALENDAR_MINUTE)
#define SEARCH_DAYS 31

/* The failed calls, looked at together. */
struct failures {
	uint32_t count;
	bool is_on_one_day;
	bool is_in_hours;	/* all of them */
	int64_t last_at;
};

static bool is_office_hour(const struct calendar *calendar, int64_t at)
{
	int32_t day = day_of_instant(at);
	const struct work_hours *hours = calendar_hours(calendar, day);
	int64_t minute = (at - day_start(day)) / CALENDAR_MINUTE;

	for (int32_t i = 0; i < hours->count; i++)
		if (minute >= hours->segment[i].from && minute < hours->segment[i].to)
			return true;
	return false;
}

static bool was_reached(const struct visit_attempt *attempts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (attempts[i].is_reached)
			return true;
	return false;
}

/* Attempts none of which reached the caller. */
static struct failures failures_of(const struct calendar *calendar,
	const struct visit_attempt *attempts, size_t count)
{
	struct failures f = { .is_on_one_day = true, .is_in_hours = true };

	for (size_t i = 0; i < count; i++) {
		int64_t at = attempts[i].at;

		if (i > 0 && day_of_instant(at) != day_of_instant(f.last_at))
			f.is_on_one_day = false;
		if (!is_office_hour(calendar, at))
			f.is_in_hours = false;
		f.last_at = at;
		f.count++;
	}
	return f;
}

/* --- When to call --- */

static int64_t morning(int32_t day)
{
	return day_start(day) + VISIT_FIRST_HOUR * HOUR;
}

static int64_t night(int32_t day)
{
	return day_start(day) + VISIT_LAST_HOUR * HOUR;
}

/* The first moment from `at` on at which people may be called. */
static int64_t daytime_from(int64_t at)
{
	int32_t day = day_of_instant(at);

	if (at >= night(day))
		return morning(day + 1);
	return at < morning(day) ? morning(day) : at;
}

/* The first such moment that is out of office hours; false if the days to come have none. */
static bool free_time_from(const struct calendar *calendar, int64_t at, int64_t *ret_at)
{
	for (int i = 0; i < SEARCH_DAYS; i++) {
		int32_t day;
		const struct work_hours *hours;

		at = daytime_from(at);
		day = day_of_instant(at);
		hours = calendar_hours(calendar, day);
		for (int32_t s = 0; s < hours->count; s++) {
			int64_t shut = day_start(day) +
				hours->segment[s].to * CALENDAR_MINUTE;

			if (is_office_hour(calendar, at) && at < shut)
				at = shut;
		}
		if (at < night(day)) {
			*ret_at = at;
			return true;
		}
	}
	return false;
}

static struct visit_plan plan_call(const struct calendar *calendar, const struct failures *f,
	int64_t since)
{
	bool is_last = f->count + 1 >= VISIT_ATTEMPTS;
	struct visit_plan plan = { .next = VISIT_CALL, .failed = f->count };

	if (f->count == 0)
		plan.not_before = daytime_from(since);
	else if (is_last && f->is_on_one_day)
		plan.not_before = morning(day_of_instant(f->last_at) + 1);
	else
		plan.not_before = daytime_from(f->last_at + VISIT_CALLS_APART * HOUR);
	if (is_last && f->is_in_hours &&
	    free_time_from(calendar, plan.not_before, &plan.not_before))
		plan.next = VISIT_CALL_OUT_OF_HOURS;
	return plan;
}

static bool calls_suffice(const struct calendar *calendar, const struct failures *f)
{
	int64_t at;

	return f->count >= VISIT_ATTEMPTS && !f->is_on_one_day &&
		(!f->is_in_hours || !free_time_from(calendar, f->last_at, &at));
}

struct visit_plan visit_plan(const struct calendar *calendar, int64_t since,
	const struct visit_attempt *attempts, size_t count, int64_t asked_at, int64_t now)
{
	struct visit_plan plan = { .next = VISIT_DONE };
	struct failures f;

	if (was_reached(attempts, count)) {
		for (size_t i = 0; i < count; i++)
			plan.failed += !attempts[i].is_reached;
		return plan;
	}
	f = failures_of(calendar, attempts, count);
	if (!asked_at && !calls_suffice(calendar, &f))
		return plan_call(calendar, &f, since);
	plan.failed = f.count;
	plan.next = VISIT_SEND_SMS;
	if (asked_at) {
		plan.asked_until = asked_at + VISIT_SMS_DAYS * CALENDAR_DAY;
		plan.next = now > plan.asked_until ? VISIT_UNREACHABLE : VISIT_AWAIT_SMS;
	}
	return plan;
}
