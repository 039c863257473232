#include "registering.h"

#include <inttypes.h>

#include "clock.h"
#include "identity.h"
#include "matter.h"
#include "module.h"
#include "rules/calendar.h"

#include "intake_sql.h"

static uint64_t next_appeal_id(struct tx *tx, int64_t received_at)
{
	struct civil date = civil_of_day(day_of_instant(received_at));
	uint64_t number = (uint64_t)(date.year % 100 * 10000 + date.month * 100 + date.day);
	struct str name = arena_printf(tx_arena(tx), "appeal-%06" PRIu64, number);
	uint64_t count = tx_sequence(tx, name.p);

	return number * UINT64_C(10000000) + count;
}

void appeal_register(struct tx *tx, const struct registration *registration)
{
	struct appeal *appeal = registration->appeal;

	appeal->id = next_appeal_id(tx, appeal->received_at);
	matter_insert(tx, appeal, registration->digest);

	struct event received = {
		.kind = EVENT_APPEAL_RECEIVED, .at = appeal->received_at,
		.by = registration->by, .appeal = appeal, .is_first = true,
		.not_before = registration->not_before,
		.received = {
			.caller = registration->caller, .given = registration->given,
			.tasks = registration->tasks,
			.entry = registration->entry,
			.commitment = commitment_new(tx_arena(tx), appeal,
						     registration->caller),
		},
	};
	emit(tx, received.kind, &received);
	received.kind = EVENT_APPEAL_SETTLED;
	emit(tx, received.kind, &received);
}

uint64_t appeals_registered_today(struct tx *tx, const struct actor *by)
{
	struct sql_intake_registered_since_row row = { 0 };

	return sql_intake_registered_since(tx, (struct sql_intake_registered_since){
		.since_id = appeal_first_id(clock_now()), .by_kind = by->kind, .by_id = by->id },
		&row) ? row.n : 0;
}
