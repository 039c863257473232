/*
 * Merging (并单): several callers, one matter. The child keeps its number, its caller, its
 * events and its visit; only its tasks leave, because the parent's department does the work.
 * A merge links and nothing else, so that it can be undone in one action, whatever the tasks
 * were doing.
 *
 * There are no chains: a merged appeal is no target, and one with children is not merged. Both
 * heads move in the transaction, so of two merges that cross each other one finds that out.
 */
#include "bounds.h"
#include "module.h"
#include "parting.h"
#include "undoing.h"
#include "sightings.h"

#include "merges_sql.h"

/* ---- merge ---- */

struct merge_form {
	struct str into;
	struct matter *parent;	/* out: who is named */
};

static const struct field merge_fields[] = {
	{ "into", FIELD_CODE, offsetof(struct merge_form, into), .required = true, .max = 16 },
	{ 0 }
};

static void check_merge(struct req *r, const void *form)
{
	const struct merge_form *f = form;

	if (f->into.p && !matter_read(req_tx(r), appeal_id_of(f->into), f->parent))
		req_error(r, "#/into", "unknown_appeal", "There is no such appeal.");
}

static bool has_children(struct tx *tx, uint64_t appeal_id)
{
	struct sql_merges_children_row row = { 0 };
	struct rows *rows = sql_merges_children(tx, (struct sql_merges_children){
		.parent_id = appeal_id, .n = 1,
	});

	return sql_merges_children_next(rows, &row);
}

/* Into what is still being worked on or waits for its visits: a caller who is merged into what
 * is over would never be asked; who repeats it is told the result (answer with repeat_of). */
static bool is_target(const struct appeal *child, const struct appeal *parent)
{
	return parent->id != child->id &&
	       (parent->state == APPEAL_ACCEPTED || parent->state == APPEAL_DISPATCHED ||
		parent->state == APPEAL_CLOSED);
}

/* The work would go to the very department that the child complains about. */
static bool is_recused(const struct reference *ref, const struct appeal *child,
		       const struct matter *parent)
{
	for (uint32_t i = 0; i < parent->task_count; i++)
		if (task_is_live(&parent->tasks[i]) &&
		    reference_is_recused(ref, parent->tasks[i].department,
					 child->accused_department))
			return true;
	return false;
}

static struct reply refuse_merge(struct action *act, const struct matter *parent)
{
	const struct appeal *child = &act->m.appeal;
	const char *allowed[APPEAL_ACTIONS + 1];

	appeal_steps_allowed(child, allowed);
	if (!is_target(child, &parent->appeal))
		return reply_conflict(act->r, "not_mergeable", allowed,
			"Nothing is merged into an appeal that is %s, or into itself.",
			appeal_state_names[parent->appeal.state - 1]);
	if (has_children(req_tx(act->r), child->id))
		return reply_conflict(act->r, "has_merged", allowed,
			"Other appeals were merged into this one: merge the other way "
			"round, or unmerge them first.");
	if (is_recused(reference_of(req_tx(act->r)), child, parent))
		return reply_conflict(act->r, "recused", allowed,
			"A department that works on the other appeal is accused in this one.");
	return (struct reply){ 0 };
}

static void keep_task(struct tx *tx, const struct task *t)
{
	sql_merges_task_insert(tx, (struct sql_merges_task_insert){
		.child_id = t->appeal_id, .task_id = t->id, .state = t->state,
		.left_by = t->left, .left_at = t->left_at, .archive_at = t->archive_at,
	});
}

/* The merge and all that parting will need. */
static void keep(struct action *act, uint64_t parent_id)
{
	const struct actor *by = req_actor(act->r);
	struct tx *tx = req_tx(act->r);

	sql_merges_insert(tx, (struct sql_merges_insert){
		.child_id = act->m.appeal.id, .parent_id = parent_id, .merged_at = act->at,
		.by_kind = by->kind, .by_id = by->id, .state = act->m.appeal.state,
	});
	for (uint32_t i = 0; i < act->m.task_count; i++)
		if (task_is_open(&act->m.tasks[i]))
			keep_task(tx, &act->m.tasks[i]);
}

static void publish_joined(struct action *act, struct appeal *parent)
{
	struct event event = {
		.kind = EVENT_APPEAL_JOINED, .at = act->at, .by = req_actor(act->r),
		.appeal = parent,
	};
	const struct particular says[] = {
		SAY("child", appeal_reference(req_arena(act->r), act->m.appeal.id)),
	};

	event_says(req_arena(act->r), &event, says);
	emit(req_tx(act->r), event.kind, &event);
}

static void publish_merged(struct action *act, uint64_t parent_id)
{
	struct event event = { .kind = EVENT_APPEAL_MERGED };
	const struct particular says[] = {
		SAY("into", appeal_reference(req_arena(act->r), parent_id)),
	};

	event_says(req_arena(act->r), &event, says);
	parting_withdraw_tasks(act, LEFT_MERGED, "merged");
	action_publish(act, NULL, &event);
}

static struct reply merges_merge(struct req *r)
{
	struct matter parent = { 0 };
	struct merge_form form = { .parent = &parent };
	const struct action_form read = { merge_fields, &form, check_merge };
	struct action act;

	if (!action_open_appeal(r, ACTION_MERGE, &read, &act))
		return act.refusal;
	struct reply refusal = refuse_merge(&act, &parent);
	if (refusal.status)
		return refusal;

	bool is_parent_first = parent.appeal.id < act.m.appeal.id;
	const struct undo_offer offer = {
		.step = UNDO_MERGED, .at = act.at, .state = act.m.appeal.state,
		.tasks_before = act.m.task_count,
		.until = undo_window(req_actor(r), &act.m.appeal, undo_has_hurried(&act.m)),
	};
	act.not_before = offer.until;
	keep(&act, parent.appeal.id);
	act.m.appeal.state = APPEAL_MERGED;
	act.m.appeal.merged_into = parent.appeal.id;
	/* Heads are locked in the order of ids: merges that cross wait, and do not tangle. */
	if (is_parent_first)
		publish_joined(&act, &parent.appeal);
	publish_merged(&act, parent.appeal.id);
	if (!is_parent_first)
		publish_joined(&act, &parent.appeal);
	undo_offer(r, &act.m, &offer);
	return reply_appeal(r, &act.m);
}

/* ---- unmerge ---- */

static struct reply merges_unmerge(struct req *r)
{
	struct reason_form form;
	const struct action_form read = { reason_fields, &form, NULL };
	struct matter parent;
	struct action act;

	if (!action_open_appeal(r, ACTION_UNMERGE, &read, &act))
		return act.refusal;
	if (!matter_read(req_tx(r), act.m.appeal.merged_into, &parent)) {
		tx_fail(req_tx(r), TX_BROKEN);
		return reply_missing(r);
	}
	const struct parting parting = {
		.tx = req_tx(r), .by = req_actor(r), .at = act.at, .parent = &parent.appeal,
		.reason = form.reason,
	};
	parting_unmerge(&parting, &act.m);
	return reply_appeal(r, &act.m);
}

/* ---- who was merged into an appeal ---- */

static struct reply merges_list(struct req *r)
{
	uint64_t ids[LIMIT_PAGE_MAX + 1];
	struct sql_merges_children_row row = { 0 };
	struct matter m;
	struct page page;
	uint32_t n = 0;

	if (!req_matter(r, &m))
		return reply_missing(r);
	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_merges_children(req_tx(r), (struct sql_merges_children){
		.parent_id = m.appeal.id, .after_id = page.key1, .n = page.limit + 1,
	});
	while (sql_merges_children_next(rows, &row))
		ids[n++] = row.child_id;
	uint32_t shown = n < page.limit ? n : page.limit;
	const struct matter *children = matter_read_many(req_tx(r), ids, shown);
	sighting_keep_list(r, SIGHT_LIST, ids, shown);
	page_open(r);
	for (uint32_t i = 0; i < shown && tx_ok(req_tx(r)); i++)
		matter_write(req_json(r), NULL, req_arena(r), &children[i], req_actor(r));
	page_close(r, n > shown, shown ? ids[shown - 1] : 0, 0);
	return reply_ok(r);
}

static const struct route routes[] = {
	{ ROUTE(merges_merge) },
	{ ROUTE(merges_unmerge) },
	{ ROUTE(merges_list), .query = "limit cursor" },
	{ 0 }
};

const struct module merges_module = {
	.name = "merges",
	.purpose = "Joins appeals of several callers about one matter, and parts them again.",
	.routes = routes,
};
