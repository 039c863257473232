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
		if (item_read(tx, due[i].kind, due[i].year, due[i].n, &item) && item.next_at &&
		    item.next_at <= clock_now())
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

static const struct route routes[] = {
	{ ROUTE(supervised_add) },
	{ ROUTE(supervised_list),
	  .query = "limit cursor kind source state department overdue meeting" },
	{ ROUTE(risks_show), .lane = LANE_SLOW },
	{ ROUTE(inspections_draw), .lane = LANE_SLOW },
	{ ROUTE(supervised_show) },
	{ ROUTE(notice_print), .lane = LANE_SLOW },
	{ ROUTE(items_progress) },
	{ ROUTE(items_prove) },
	{ ROUTE(items_refuse) },
	{ ROUTE(items_sign_off) },
	{ ROUTE(items_urge) },
	{ ROUTE(items_move_due) },
	{ ROUTE(meetings_add) },
	{ ROUTE(meetings_list), .query = "limit cursor" },
	{ 0 }
};

const struct module supervised_module = {
	.name = "supervised",
	.purpose = "Keeps what was demanded under supervision, until it is proved and signed off.",
	.routes = routes,
	.jobs = jobs,
};
