/* The module's tables: routes, jobs and hooks. */
#include "accountability/accountability.h"

#include "clock.h"

static const struct route routes[] = {
	{ ROUTE(items_add) },
	{ ROUTE(items_list), .query = "limit cursor list" },
	{ ROUTE(items_show) },
	{ ROUTE(item_evidence) },
	{ ROUTE(item_statement) },
	{ ROUTE(item_decision) },
	{ ROUTE(item_publication) },
	{ ROUTE(leaders_add) },
	{ ROUTE(leaders_list), .query = "limit cursor" },
	{ ROUTE(leaders_warnings), .query = "limit cursor" },
	{ ROUTE(findings_list), .query = "limit cursor state" },
	{ ROUTE(finding_to_clue) },
	{ ROUTE(finding_dismiss) },
	{ 0 }
};

static const struct job jobs[] = {
	{ "accountability.takedown", CLOCK_SECOND, item_takedown_run, .is_domain = true,
	  .next_due = item_takedown_next },
	{ "accountability.tripwires", CLOCK_MINUTE, tripwires_run, .is_domain = true,
	  .next_due = tripwires_next_due },
	{ 0 }
};

static const struct hook hooks[] = {
	{ EVENT_TASK_REVIEW_PASSED, tripwires_wait },
	{ EVENT_TASK_VISITED, tripwires_wait },
	{ EVENT_TASK_WITHDRAWN, tripwires_wait },
	{ EVENT_TASK_IMPORTED, tripwires_wait },
	{ 0 }
};

const struct module accountability_module = {
	.name = "accountability",
	.purpose = "Follows clues of delay and fraud to a person's decision, on evidence.",
	.routes = routes,
	.jobs = jobs,
	.hooks = hooks,
};
