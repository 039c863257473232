#include "out/pace.h"

#include "clock.h"
#include "must.h"

/* The wait until the request `back` before the next one is `span` old. */
static int64_t wait_for(const struct pace *p, uint32_t back, int64_t span, int64_t now)
{
	must(back <= PACE_MAX);
	if (back == 0 || p->n < back)
		return 0;
	int64_t age = now - p->at[(p->n - back) % PACE_MAX];

	return age >= span ? 0 : span - age;
}

static uint32_t part_of(uint32_t bound, uint64_t n)
{
	return bound == 0 || n <= 1 ? bound : bound > n ? (uint32_t)(bound / n) : 1;
}

bool pace_share(const struct pace_rule *rule, const struct pace_runs *runs, bool is_young,
		struct pace_rule *ret_share)
{
	bool is_bounded = rule->per_second || rule->per_minute;

	*ret_share = (struct pace_rule){ part_of(rule->per_second, runs->n),
					 part_of(rule->per_minute, runs->n) };
	if (!is_bounded || !is_young)
		return true;
	ret_share->per_minute = PACE_SPARE;
	if (rule->per_second)
		ret_share->per_second = 1;
	return runs->young <= 1;
}

int64_t pace_wait(const struct pace *p, const struct pace_rule *rule, int64_t now)
{
	int64_t second = wait_for(p, rule->per_second, CLOCK_SECOND, now);
	int64_t minute = wait_for(p, rule->per_minute, CLOCK_MINUTE, now);

	return second > minute ? second : minute;
}

void pace_note(struct pace *p, int64_t now)
{
	p->at[p->n++ % PACE_MAX] = now;
}
