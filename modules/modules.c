/*
 * The list of all modules. Hooks of one fact run in this order: the history numbers it first,
 * then its consequences are drawn, and webhooks tell the outside last.
 */
#include "module.h"

extern const struct module accountability_module, accounts_module, administrators_module,
	archive_module, audit_module, callers_module, console_module, deadlines_module, desk_module,
	enterprises_module, exclusions_module, extensions_module, hints_module, history_module,
	import_module, intake_module, keys_module, ledger_module, levels_module, lottery_module, merges_module,
	observations_module, pauses_module, promises_module, reference_module, reports_module,
	rule_problems_module, search_module, supervised_module, supervision_module, system_module,
	tasks_module, tickets_module, vault_module, verify_module, visits_module, webhooks_module;

const struct module *const modules[] = {
	&reference_module,
	&accounts_module,
	&administrators_module,
	&keys_module,
	&intake_module,
	&history_module,
	&ledger_module,
	&audit_module,
	&callers_module,
	&search_module,
	&tasks_module,
	&extensions_module,
	&pauses_module,
	&deadlines_module,
	&visits_module,
	&promises_module,
	&exclusions_module,
	&supervision_module,
	&supervised_module,
	&rule_problems_module,
	&observations_module,
	&desk_module,
	&merges_module,
	&hints_module,
	&archive_module,
	&vault_module,
	&accountability_module,
	&lottery_module,
	&webhooks_module,
	&reports_module,
	&tickets_module,
	&enterprises_module,
	&levels_module,
	&import_module,
	&verify_module,
	&system_module,
	&console_module,
	NULL
};
