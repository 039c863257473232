/*
 * The ledger of accountability: every recorded event, every frozen month and every correction
 * of one, in one order that a signer outside of the database vouches for.
 */
#include "ledger/ledger.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"

static const struct job jobs[] = {
	{ "ledger.sequence", CLOCK_SECOND / 5, ledger_sequence, .is_leased = true,
	  .has_work = ledger_is_waiting },
	{ "ledger.sign", CLOCK_SECOND, ledger_sign, .is_leased = true,
	  .has_work = ledger_is_unsigned },
	{ 0 }
};

const struct module ledger_module = {
	.name = "ledger",
	.purpose = "Keeps what was done in an order that cannot be changed unnoticed.",
	.jobs = jobs,
};
