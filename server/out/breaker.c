/* The breaker's arithmetic. Outcomes of attempts that began before it opened are no probes. */
#include "out/breaker.h"

#include <string.h>

#include "clock.h"

#define SLOT (30 * CLOCK_SECOND)

enum {
	ATTEMPTS_LEAST = 10,	/* below that a share says nothing */
	FAILED_PERCENT = 70,
};

enum breaker_gate breaker_gate(const struct breaker *b, int64_t now)
{
	if (b->open_span == 0)
		return BREAKER_CLOSED;
	return now < b->open_until ? BREAKER_OPEN : BREAKER_PROBE;
}

static void count(struct breaker *b, int64_t now, bool is_failure)
{
	int64_t number = now / SLOT;
	struct breaker_slot *slot = &b->slots[number % BREAKER_SLOTS];

	if (slot->number != number)
		*slot = (struct breaker_slot){ .number = number };
	slot->attempts++;
	slot->failures += is_failure;
}

static bool fails_mostly(const struct breaker *b, int64_t now)
{
	uint64_t attempts = 0, failures = 0;
	int64_t number = now / SLOT;

	for (size_t i = 0; i < BREAKER_SLOTS; i++) {
		const struct breaker_slot *slot = &b->slots[i];

		if (slot->number > number - BREAKER_SLOTS && slot->number <= number) {
			attempts += slot->attempts;
			failures += slot->failures;
		}
	}
	return attempts >= ATTEMPTS_LEAST && failures * 100 >= attempts * FAILED_PERCENT;
}

bool breaker_success(struct breaker *b, int64_t now)
{
	enum breaker_gate gate = breaker_gate(b, now);

	b->failures = 0;
	if (gate == BREAKER_PROBE) {
		*b = (struct breaker){ 0 };
		return true;
	}
	count(b, now, false);
	return false;
}

bool breaker_failure(struct breaker *b, const struct breaker_rule *rule, int64_t now)
{
	enum breaker_gate gate = breaker_gate(b, now);

	if (b->failures < UINT32_MAX)
		b->failures++;
	count(b, now, true);
	if (gate == BREAKER_OPEN)
		return false;
	if (gate == BREAKER_CLOSED && b->failures < rule->failures && !fails_mostly(b, now))
		return false;
	b->open_span = gate == BREAKER_PROBE ? 2 * b->open_span : rule->open_first;
	if (b->open_span > rule->open_most)
		b->open_span = rule->open_most;
	b->open_until = now + b->open_span;
	return true;
}
