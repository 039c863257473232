/*
 * Leases: work that one server at a time may do. What the clock says only spreads the work;
 * that a deposed holder cannot commit follows from the row itself, which every transaction
 * under the lease changes. A row that is merely read protects nothing.
 */
#include "clock.h"
#include "crypto.h"
#include "server_sql.h"
#include "store/store.h"

#include <stdatomic.h>

/* Names this process among the servers. */
static uint64_t process_holder(void)
{
	static _Atomic uint64_t holder;
	uint64_t fresh = 0, none = 0;

	if (atomic_load(&holder) == 0) {
		while (fresh == 0)
			crypto_random(&fresh, sizeof(fresh));
		atomic_compare_exchange_strong(&holder, &none, fresh);
	}
	return atomic_load(&holder);
}

bool lease_hold(struct tx *tx, const char *name, int64_t seconds)
{
	struct sql_lease_read_row row = { 0 };
	const uint64_t holder = process_holder();
	const int64_t now = clock_real();

	/* Looking first keeps the others from queuing up behind the holder's row lock. */
	if (!sql_lease_read(tx, (struct sql_lease_read){ .name = str_of(name) }, &row)) {
		if (tx_ok(tx))
			sql_lease_add(tx, (struct sql_lease_add){ .name = str_of(name) });
	} else if (row.holder != holder && row.held_until >= now) {
		return false;
	}
	return sql_lease_touch(tx, (struct sql_lease_touch){
		.name = str_of(name),
		.holder = holder,
		.now = now,
		.held_until = now + seconds * CLOCK_SECOND,
	}) == 1;
}

void lease_release(struct tx *tx, const char *name)
{
	sql_lease_release(tx, (struct sql_lease_release){
		.name = str_of(name),
		.holder = process_holder(),
	});
}
