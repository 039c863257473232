/* The retry schedule as pure arithmetic: no clock and no chance inside. */
#include "out/retry.h"

#include <string.h>

#include "clock.h"

#define ASKED_MAX (7 * CLOCK_DAY)
#define ASKED_ALWAYS (15 * CLOCK_MINUTE)

static struct str trimmed(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct str){ s.p + 1, s.n - 1 };
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

bool retry_schedule_parse(struct str text, struct retry_schedule *ret_schedule)
{
	struct retry_schedule schedule = { 0 };

	for (bool has_more = true; has_more;) {
		const char *comma = text.n ? memchr(text.p, ',', text.n) : NULL;
		size_t n = comma ? (size_t)(comma - text.p) : text.n;
		uint64_t seconds;

		if (schedule.n == RETRY_STEPS_MAX ||
		    !str_to_u64(trimmed((struct str){ text.p, n }), &seconds) ||
		    seconds > ASKED_MAX / CLOCK_SECOND || (schedule.n == 0 && seconds != 0))
			return false;
		schedule.delay[schedule.n++] = (int64_t)seconds * CLOCK_SECOND;
		has_more = comma != NULL;
		if (comma)
			text = (struct str){ comma + 1, text.n - n - 1 };
	}
	*ret_schedule = schedule;
	return true;
}

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

int64_t retry_after_parse(struct str value, int64_t now)
{
	uint64_t seconds;
	int64_t at;

	value = trimmed(value);
	if (is_digits(value)) {
		if (!str_to_u64(value, &seconds) || seconds > ASKED_MAX / CLOCK_SECOND)
			return ASKED_MAX;
		return (int64_t)seconds * CLOCK_SECOND;
	}
	if (!clock_parse_http_date(value, &at))
		return RETRY_NOT_ASKED;
	if (at <= now)
		return 0;
	return at - now < ASKED_MAX ? at - now : ASKED_MAX;
}

int64_t retry_wait(const struct retry_schedule *schedule, uint32_t made, uint32_t random,
		   int64_t asked)
{
	if (made >= schedule->n)
		return RETRY_EXHAUSTED;

	/* 80 % to 120 % in steps of a thousandth. */
	int64_t planned = schedule->delay[made] / 1000 * (800 + random % 401);
	int64_t most = 2 * planned > ASKED_ALWAYS ? 2 * planned : ASKED_ALWAYS;

	if (asked <= planned)
		return planned;
	return asked < most ? asked : most;
}
