/*
 * The supervision ledger (督查台账): who was told to do what by when, on whose word; what came of
 * it, with what proof, and who signed it off (销号). Letters of supervision and hidden inspections
 * are items of their own kinds. It judges no person: it keeps what was demanded and answered.
 */
#include "supervised/supervised.h"

#include "clock.h"
#include "events.h"
#include "module.h"

/* ---- the clock of an item ---- */

enum { MARKED_MAX = 50 };

/* An item that its due has passed is marked, and its department is urged, once. */
static void mark_overdue(struct tx *tx, struct sql_supervised_page_row *item)
{
	int64_t at = item->next_at;

	item->overdue_at = at;
	item->next_at = 0;
	item_act(tx, item, &(struct act){ .kind = ACT_OVERDUE, .at = at, .by = &actor_system });
	item->urges++;
	item_act(tx, item, &(struct act){ .kind = ACT_URGED, .at = at, .by = &actor_system });
}

static bool supervised_run(struct tx *tx)
{
	struct sql_supervised_due_row due[MARKED_MAX] = { 0 };
	struct sql_supervised_page_row item;
	uint32_t n = 0;
	struct rows *rows = sql_supervised_due(tx, (struct sql_supervised_due){
		.now_at = clock_now(), .n = MARKED_MAX });

	while (n < MARKED_MAX && sql_supervised_due_next(rows, &due[n]))
		n++;
	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		if (item_read(tx, due[i].kind, due[i].year, due[i].n, &item))
			mark_overdue(tx, &item);
	return n == MARKED_MAX;
}

static int64_t supervised_next_due(struct tx *tx)
{
	struct sql_supervised_next_row row = { 0 };

	return sql_supervised_next(tx, &row) ? row.next_at : INT64_MAX;
}

/* ---- tables ---- */

static const struct job jobs[] = {
	{ "supervised.overdue", CLOCK_SECOND, supervised_run, .is_domain = true,
	  .next_due = supervised_next_due },
	{ 0 }
};

#define ITEMS_PATH "/api/v1/supervised"

static const struct route routes[] = {
	{ METHOD_POST, ITEMS_PATH, ROLE_SUPERVISOR, supervised_add, .is_staff_only = true },
	{ METHOD_GET, ITEMS_PATH, ROLES_CENTRE | ROLE_DEPARTMENT, supervised_list,
	  .query = "limit cursor kind source state department overdue meeting" },
	{ METHOD_GET, ITEMS_PATH "/risks", ROLE_SUPERVISOR, risks_show, .lane = LANE_SLOW },
	{ METHOD_POST, ITEMS_PATH "/draw", ROLE_SUPERVISOR, inspections_draw,
	  .lane = LANE_SLOW, .is_staff_only = true },
	{ METHOD_GET, ITEMS_PATH "/{id}", ROLES_CENTRE | ROLE_DEPARTMENT, supervised_show },
	{ METHOD_GET, ITEMS_PATH "/{id}/notice.pdf", ROLES_CENTRE | ROLE_DEPARTMENT,
	  notice_print, .lane = LANE_SLOW },
	{ METHOD_POST, ITEMS_PATH "/{id}/progress", ROLE_DEPARTMENT | ROLE_SUPERVISOR,
	  items_progress },
	{ METHOD_POST, ITEMS_PATH "/{id}/proof", ROLE_DEPARTMENT | ROLE_SUPERVISOR,
	  items_prove },
	{ METHOD_POST, ITEMS_PATH "/{id}/refuse", ROLE_SUPERVISOR, items_refuse,
	  .is_staff_only = true },
	{ METHOD_POST, ITEMS_PATH "/{id}/sign-off", ROLE_SUPERVISOR, items_sign_off,
	  .is_staff_only = true },
	{ METHOD_POST, ITEMS_PATH "/{id}/urge", ROLE_SUPERVISOR, items_urge },
	{ METHOD_POST, ITEMS_PATH "/{id}/due", ROLE_SUPERVISOR, items_move_due,
	  .is_staff_only = true },
	{ METHOD_POST, "/api/v1/meetings", ROLE_SUPERVISOR, meetings_add,
	  .is_staff_only = true },
	{ METHOD_GET, "/api/v1/meetings", ROLES_CENTRE, meetings_list,
	  .query = "limit cursor" },
	{ 0 }
};

const struct module supervised_module = {
	.name = "supervised",
	.purpose = "Keeps what was demanded under supervision, until it is proved and signed off.",
	.routes = routes,
	.jobs = jobs,
};
