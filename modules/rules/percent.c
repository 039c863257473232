/*
 * Percent by long division: the decimals come one by one from the remainder, so no number of
 * them can overflow and none is lost.
 */
#include "rules/percent.h"

#include <stdio.h>
#include <string.h>

#include "must.h"

/* A rate that misses the target by the least a base of 2^57 allows shows it by then. */
#define DECIMALS_MAX 18
#define DECIMALS_MIN 2

static void rate_check(struct rate rate, uint64_t target)
{
	must(rate.num <= rate.den && rate.den <= UINT64_C(1) << 57 && target <= 100);
}

enum verdict rate_meets(struct rate rate, uint64_t target)
{
	rate_check(rate, target);
	if (rate.den == 0)
		return VERDICT_NONE;
	return 100 * rate.num >= target * rate.den ? VERDICT_MET : VERDICT_MISSED;
}

/* Percent with that many decimals, rounded half up. Returns whether it shows the target. */
static bool percent_write(struct rate rate, uint64_t target, size_t decimals, char *out)
{
	char digits[DECIMALS_MAX + 1] = { 0 };
	uint64_t whole = 100 * rate.num / rate.den;
	uint64_t rest = 100 * rate.num % rate.den;
	size_t i;

	for (i = 0; i < decimals; i++) {
		digits[i] = (char)('0' + 10 * rest / rate.den);
		rest = 10 * rest % rate.den;
	}
	if (2 * rest >= rate.den) {
		while (i > 0 && digits[i - 1] == '9')
			digits[--i] = '0';
		if (i > 0)
			digits[i - 1]++;
		else
			whole++;
	}
	snprintf(out, RATE_TEXT_BYTES, "%u.%s", (unsigned int)whole, digits);
	return whole == target && strspn(digits, "0") == decimals;
}

char *rate_text(struct rate rate, uint64_t target, char *out, size_t size)
{
	bool is_missed = rate_meets(rate, target) == VERDICT_MISSED;
	size_t decimals = DECIMALS_MIN;

	must(size >= RATE_TEXT_BYTES);
	if (rate.den == 0)
		return NULL;
	while (percent_write(rate, target, decimals, out) && is_missed &&
	       decimals < DECIMALS_MAX)
		decimals++;
	return out;
}

bool rate_may_rank(struct rate rate, uint64_t least)
{
	return rate.den >= least && rate.den > 0;
}
