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
