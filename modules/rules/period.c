/*
 * Names of report periods. Weeks are those of ISO 8601: they begin on Monday, and week 1 holds
 * 4 January, so a week may begin in the year before.
 */
#include "rules/period.h"

#include "rules/calendar.h"

/* Digits only; false on anything else. */
static bool number_parse(const char *text, size_t size, int32_t *ret_number)
{
	int32_t number = 0;

	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = number * 10 + (text[i] - '0');
	}
	*ret_number = number;
	return size > 0;
}

static void months_span(int32_t year, int32_t first, int32_t count, struct period *ret_period)
{
	*ret_period = (struct period){ .t0 = month_start(year, first),
				       .t1 = month_start(year, first + count) };
}

static bool week_span(int32_t year, int32_t week, struct period *ret_period)
{
	int32_t fourth = day_of_civil((struct civil){ .year = year, .month = 1, .day = 4 });
	int32_t monday = fourth - (int32_t)day_weekday(fourth) + (week - 1) * 7;

	/* The week belongs to the year of its Thursday. */
	if (week < 1 || civil_of_day(monday + 3).year != year)
		return false;
	*ret_period = (struct period){ .t0 = day_start(monday), .t1 = day_start(monday + 7) };
	return true;
}

static bool day_span(const char *text, struct period *ret_period)
{
	int32_t day;

	if (!day_parse(text, 10, &day))
		return false;
	*ret_period = (struct period){ .t0 = day_start(day), .t1 = day_start(day + 1) };
	return true;
}

bool period_parse(const char *text, size_t size, struct period *ret_period)
{
	int32_t year;
	int32_t part;

	if (size < 4 || !number_parse(text, 4, &year) || year < 1990 || year > 2100)
		return false;
	if (size == 4) {
		months_span(year, 1, 12, ret_period);
		return true;
	}
	if (text[4] != '-')
		return false;
	if (size == 7 && text[5] == 'Q') {
		if (!number_parse(text + 6, 1, &part) || part < 1 || part > 4)
			return false;
		months_span(year, part * 3 - 2, 3, ret_period);
		return true;
	}
	if (size == 8 && text[5] == 'W')
		return number_parse(text + 6, 2, &part) && week_span(year, part, ret_period);
	if (size == 10)
		return day_span(text, ret_period);
	if (size != 7 || !number_parse(text + 5, 2, &part) || part < 1 || part > 12)
		return false;
	months_span(year, part, 1, ret_period);
	return true;
}
