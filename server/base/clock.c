/*
 * Clocks and the texts of instants. Dates are counted here, never by libc: its local time has
 * hidden state, and the zone of all local days is +08:00 without summer time.
 */
#include "clock.h"

#include "must.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	ZONE_SECONDS = CLOCK_ZONE / CLOCK_SECOND,
	DAY_SECONDS = 24 * 3600,
	YEAR_FIRST = 1990,
	YEAR_LAST = 2100,
};

/* Domain time of a test clock; 0 means that domain time is real time. */
static _Atomic int64_t test_now;

struct civil {
	int64_t year;
	int month, day;		/* from 1 */
	int hour, minute, second;
	int weekday;		/* 0 is Sunday */
};

static int64_t read_clock(clockid_t id)
{
	struct timespec now;

	must(clock_gettime(id, &now) == 0);
	return (int64_t)now.tv_sec * CLOCK_SECOND + now.tv_nsec / 1000;
}

int64_t clock_real(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_now(void)
{
	int64_t at = atomic_load_explicit(&test_now, memory_order_acquire);

	return at ? at : clock_real();
}

void clock_test_start(int64_t at)
{
	must(at > 0);
	atomic_store(&test_now, at);
}

bool clock_is_test(void)
{
	return atomic_load(&test_now) != 0;
}

void clock_test_move(int64_t at)
{
	int64_t before = atomic_load(&test_now);

	must(before != 0 && at >= before);
	/* Two movers at once: the later instant stays, whoever comes last. */
	while (at > before && !atomic_compare_exchange_weak(&test_now, &before, at))
		;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/*
 * Days since 1970-01-01 of a date of the Gregorian calendar. Years are counted from March, so
 * that the leap day is the last of its year; 146097 days make 400 years, 719468 days lie
 * between 0000-03-01 and the epoch.
 */
static int64_t days_of(int64_t year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
			     day_of_year;

	return era * 146097 + day_of_era - 719468;
}

/* The reverse of days_of(). */
static struct civil civil_of(int64_t seconds)
{
	int64_t days = floor_div(seconds, DAY_SECONDS);
	int rest = (int)(seconds - days * DAY_SECONDS);
	int64_t shifted = days + 719468;
	int64_t era = floor_div(shifted, 146097);
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			       day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era -
			      (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month_from_march = (int)((5 * day_of_year + 2) / 153);
	int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

	return (struct civil){
		.year = era * 400 + year_of_era + (month <= 2),
		.month = month,
		.day = (int)day_of_year - (153 * month_from_march + 2) / 5 + 1,
		.hour = rest / 3600,
		.minute = rest / 60 % 60,
		.second = rest % 60,
		.weekday = (int)(((days + 4) % 7 + 7) % 7),
	};
}

static int64_t seconds_of(struct civil c)
{
	return days_of(c.year, c.month, c.day) * DAY_SECONDS + c.hour * 3600 + c.minute * 60 +
	       c.second;
}

/* A real date and time of day. Leap seconds are refused: no clock here can show one. */
static bool civil_is_real(struct civil c)
{
	static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (c.year % 4 == 0 && c.year % 100 != 0) || c.year % 400 == 0;

	if (c.month < 1 || c.month > 12 || c.hour > 23 || c.minute > 59 || c.second > 59)
		return false;
	return c.day >= 1 && c.day <= month_days[c.month - 1] + (c.month == 2 && is_leap);
}

static bool is_in_years(int64_t seconds)
{
	int64_t local = seconds + ZONE_SECONDS;

	return local >= days_of(YEAR_FIRST, 1, 1) * DAY_SECONDS &&
	       local < days_of(YEAR_LAST + 1, 1, 1) * DAY_SECONDS;
}

/* Reads text left to right; after the first mismatch everything fails. */
struct cursor {
	struct str rest;
	bool failed;
};

static bool take_char(struct cursor *c, char wanted)
{
	if (c->failed || c->rest.n == 0 || c->rest.p[0] != wanted)
		return false;
	c->rest.p++;
	c->rest.n--;
	return true;
}

static void need_char(struct cursor *c, char wanted)
{
	if (!take_char(c, wanted))
		c->failed = true;
}

static int take_digits(struct cursor *c, size_t count)
{
	int value = 0;

	if (c->failed || c->rest.n < count) {
		c->failed = true;
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		char digit = c->rest.p[i];

		if (digit < '0' || digit > '9') {
			c->failed = true;
			return 0;
		}
		value = value * 10 + (digit - '0');
	}
	c->rest.p += count;
	c->rest.n -= count;
	return value;
}

/* ".5", ".123456789": microseconds, digits beyond the sixth are cut. */
static int64_t take_fraction(struct cursor *c)
{
	int64_t fraction = 0;
	int digits = 0;

	if (!take_char(c, '.'))
		return 0;
	while (c->rest.n > 0 && c->rest.p[0] >= '0' && c->rest.p[0] <= '9' && digits < 9) {
		int digit = take_digits(c, 1);

		if (digits++ < 6)
			fraction = fraction * 10 + digit;
	}
	if (digits == 0)
		c->failed = true;
	for (; digits < 6; digits++)
		fraction *= 10;
	return fraction;
}

/* "Z" or "+08:00": seconds east of Greenwich. */
static int take_zone(struct cursor *c)
{
	bool is_west = false;

	if (take_char(c, 'Z') || take_char(c, 'z'))
		return 0;
	if (!take_char(c, '+')) {
		need_char(c, '-');
		is_west = true;
	}
	int hours = take_digits(c, 2);

	need_char(c, ':');
	int minutes = take_digits(c, 2);

	if (hours > 23 || minutes > 59)
		c->failed = true;
	return (hours * 3600 + minutes * 60) * (is_west ? -1 : 1);
}

bool clock_parse(struct str text, int64_t *ret_at)
{
	struct cursor c = { .rest = text };
	struct civil civil = { 0 };

	civil.year = take_digits(&c, 4);
	need_char(&c, '-');
	civil.month = take_digits(&c, 2);
	need_char(&c, '-');
	civil.day = take_digits(&c, 2);
	if (!take_char(&c, 'T'))
		need_char(&c, 't');
	civil.hour = take_digits(&c, 2);
	need_char(&c, ':');
	civil.minute = take_digits(&c, 2);
	need_char(&c, ':');
	civil.second = take_digits(&c, 2);
	int64_t fraction = take_fraction(&c);
	int zone = take_zone(&c);

	if (c.failed || c.rest.n > 0 || !civil_is_real(civil))
		return false;
	int64_t seconds = seconds_of(civil) - zone;

	if (!is_in_years(seconds))
		return false;
	*ret_at = seconds * CLOCK_SECOND + fraction;
	return true;
}

static char *put_part(char *at, char sign, int part)
{
	*at = sign;
	return str_put_u64(at + 1, (uint64_t)part, 2);
}

struct str clock_format(int64_t at, char *out, size_t size)
{
	int64_t seconds = floor_div(at, CLOCK_SECOND);
	int64_t rest = at % CLOCK_SECOND;
	int millis = (int)((rest < 0 ? rest + CLOCK_SECOND : rest) / 1000);
	struct civil c = civil_of(seconds + ZONE_SECONDS);
	char *end = out;

	must(size >= 40);
	if (c.year < 0)
		*end++ = '-';
	end = str_put_u64(end, (uint64_t)(c.year < 0 ? -c.year : c.year), 4);
	end = put_part(end, '-', c.month);
	end = put_part(end, '-', c.day);
	end = put_part(end, 'T', c.hour);
	end = put_part(end, ':', c.minute);
	end = put_part(end, ':', c.second);
	if (millis > 0) {
		*end++ = '.';
		end = str_put_u64(end, (uint64_t)millis, 3);
	}
	memcpy(end, "+08:00", sizeof("+08:00"));
	return (struct str){ out, (size_t)(end - out) + sizeof("+08:00") - 1 };
}

static const char *const weekdays[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", NULL };
static const char *const months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec", NULL,
};

struct str clock_http_date(int64_t at, char *out, size_t size)
{
	struct civil c = civil_of(floor_div(at, CLOCK_SECOND));
	int n;

	must(size >= 32);
	must(c.year >= 0 && c.year <= 9999);
	n = snprintf(out, size, "%s, %02d %s %04lld %02d:%02d:%02d GMT", weekdays[c.weekday],
		     c.day, months[c.month - 1], (long long)c.year, c.hour, c.minute, c.second);
	must(n > 0 && (size_t)n < size);
	return (struct str){ out, (size_t)n };
}

/* Every instant has exactly one text, so the numbers are read and the text is compared. */
bool clock_parse_http_date(struct str text, int64_t *ret_at)
{
	enum { DAY = 5, MONTH = 8, YEAR = 12, HOUR = 17, MINUTE = 20, SECOND = 23 };
	enum { LENGTH = 29 };
	char again[32];

	if (text.n != LENGTH)
		return false;
	struct cursor day = { .rest = { text.p + DAY, 2 } };
	struct cursor year = { .rest = { text.p + YEAR, 4 } };
	struct cursor hour = { .rest = { text.p + HOUR, 2 } };
	struct cursor minute = { .rest = { text.p + MINUTE, 2 } };
	struct cursor second = { .rest = { text.p + SECOND, 2 } };
	struct civil c = {
		.year = take_digits(&year, 4),
		.month = str_index((struct str){ text.p + MONTH, 3 }, months) + 1,
		.day = take_digits(&day, 2),
		.hour = take_digits(&hour, 2),
		.minute = take_digits(&minute, 2),
		.second = take_digits(&second, 2),
	};

	if (!civil_is_real(c) || !is_in_years(seconds_of(c)))
		return false;
	int64_t at = seconds_of(c) * CLOCK_SECOND;

	if (!str_eq(text, clock_http_date(at, again, sizeof(again))))
		return false;
	*ret_at = at;
	return true;
}
