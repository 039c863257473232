/* The module's tables: routes, jobs and hooks. */
#include "accountability/accountability.h"

#include "clock.h"

#define ITEM_PATH "/api/v1/accountability/{id}"
#define FINDING_PATH "/api/v1/tripwires/{id}"

static const struct route routes[] = {
	{ METHOD_POST, "/api/v1/accountability", ROLES_WATCHING, items_add,
	  .is_staff_only = true },
	{ METHOD_GET, "/api/v1/accountability", ROLES_BUT_INTAKE, items_list,
	  .query = "limit cursor list" },
	{ METHOD_GET, ITEM_PATH, ROLES_WATCHING | ROLE_DEPARTMENT, items_show },
	{ METHOD_POST, ITEM_PATH "/evidence", ROLE_SUPERVISOR | ROLE_AUDITOR, item_evidence,
	  .is_staff_only = true },
	{ METHOD_POST, ITEM_PATH "/statement", ROLE_DEPARTMENT, item_statement },
	{ METHOD_POST, ITEM_PATH "/decision", ROLE_LEADER, item_decision,
	  .is_staff_only = true },
	{ METHOD_POST, ITEM_PATH "/publication", ROLE_SUPERVISOR | ROLE_LEADER,
	  item_publication, .is_staff_only = true },
	{ METHOD_POST, "/api/v1/leaders", ROLE_SUPERVISOR | ROLE_ADMIN, leaders_add,
	  .is_staff_only = true },
	{ METHOD_GET, "/api/v1/leaders", ROLES_WATCHING | ROLE_DEPARTMENT, leaders_list,
	  .query = "limit cursor" },
	{ METHOD_GET, "/api/v1/leaders/{id}/warnings", ROLES_WATCHING | ROLE_DEPARTMENT,
	  leaders_warnings, .query = "limit cursor" },
	{ METHOD_GET, "/api/v1/tripwires", ROLES_WATCHING, findings_list,
	  .query = "limit cursor state" },
	{ METHOD_POST, FINDING_PATH "/clue", ROLE_SUPERVISOR, finding_to_clue,
	  .is_staff_only = true },
	{ METHOD_POST, FINDING_PATH "/dismiss", ROLE_SUPERVISOR, finding_dismiss,
	  .is_staff_only = true },
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
