/*
 * The ledger of accountability: every recorded event, every frozen month and every correction
 * of one, in one order that a signer outside of the database vouches for.
 */
#include "ledger/ledger.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"

/* Under a flood taking appeals comes first: a receipt leaves LIMIT_MERGE_SECONDS for the rest. */
#define SEQUENCE_YIELDS (5 * CLOCK_SECOND)

static const struct job jobs[] = {
	{ "ledger.sequence", CLOCK_SECOND / 5, ledger_sequence, .is_leased = true,
	  .has_work = ledger_is_waiting, .yields = SEQUENCE_YIELDS },
	{ "ledger.sign", CLOCK_SECOND, ledger_sign, .is_leased = true,
	  .has_work = ledger_is_unsigned },
	{ 0 }
};

static const struct setting settings[] = {
	{ .name = "ledger_witnesses", .kind = SETTING_LIST, .fallback = "",
	  .help = "Verifier keys of the witnesses whose cosignatures are taken, as "
		  "liandong witness --public prints them." },
	{ 0 }
};

static int ledger_command(const struct command_call *call)
{
	if (call->argc == 2 && strcmp(call->argv[1], "dump") == 0)
		return ledger_dump(call);
	if (call->argc == 2 && strcmp(call->argv[1], "check") == 0)
		return ledger_check(call);
	fprintf(stderr, "usage: liandong ledger dump | check\n");
	return 2;
}

static const struct command commands[] = {
	{ "ledger", "dump | check",
	  "dump writes the whole ledger for liandong verify ledger; check tells whose appeals' "
	  "text or caller is not what was registered.", ledger_command },
	{ 0 }
};

const struct module ledger_module = {
	.name = "ledger",
	.purpose = "Keeps what was done in an order that cannot be changed unnoticed.",
	.routes = ledger_routes,
	.jobs = jobs,
	.settings = settings,
	.commands = commands,
};
