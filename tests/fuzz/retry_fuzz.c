/* Any Retry-After and any schedule: the wait stays within its bounds. */
#include "clock.h"
#include "must.h"
#include "out/retry.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	const int64_t now = INT64_C(1772412480) * CLOCK_SECOND;
	struct str text = { (const char *)input, n };
	int64_t asked = retry_after_parse(text, now);
	struct retry_schedule schedule = { .n = 2, .delay = { 0, 5 * CLOCK_SECOND } };

	must(asked == RETRY_NOT_ASKED || (asked >= 0 && asked <= 7 * CLOCK_DAY));
	int64_t wait = retry_wait(&schedule, 1, (uint32_t)n, asked);
	must(wait >= 4 * CLOCK_SECOND && wait <= 15 * CLOCK_MINUTE);
	if (!retry_schedule_parse(text, &schedule))
		return 0;
	must(schedule.n >= 1 && schedule.n <= RETRY_STEPS_MAX && schedule.delay[0] == 0);
	for (uint32_t made = 0; made < schedule.n; made++) {
		wait = retry_wait(&schedule, made, (uint32_t)n * 31, RETRY_NOT_ASKED);
		must(wait >= schedule.delay[made] / 10 * 8 - 1000);
		must(wait <= schedule.delay[made] / 10 * 12 + 1000);
	}
	must(retry_wait(&schedule, schedule.n, 0, asked) == RETRY_EXHAUSTED);
	return 0;
}
