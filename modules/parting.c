#include "parting.h"

#include "module.h"

#include "merges_sql.h"

static void publish(const struct parting *p, struct appeal *appeal, struct task *task,
		    struct event *event)
{
	event->at = p->at;
	event->not_before = p->not_before;
	event->by = p->by;
	event->appeal = appeal;
	event->task = task;
	emit(p->tx, event->kind, event);
}

/* ---- leaving ---- */

/* Who does it to which appeal, and when. */
struct leave {
	struct tx *tx;
	const struct actor *by;
	int64_t at;
	struct matter *m;
	int64_t not_before;
};

static void publish_leaving(const struct leave *l, struct task *task, struct event *event)
{
	const struct parting p = { .tx = l->tx, .by = l->by, .at = l->at,
				   .not_before = l->not_before };

	publish(&p, &l->m->appeal, task, event);
}

static void withdraw_task(const struct leave *l, struct task *t, enum leaving how,
			  const char *cause)
{
	struct event event = { .kind = EVENT_TASK_WITHDRAWN };
	const struct particular says[] = { SAY("cause", str_of(cause)) };

	task_leave(t, how, l->at);
	event_says(tx_arena(l->tx), &event, says);
	task_save(l->tx, t);
	publish_leaving(l, t, &event);
}

static void withdraw_tasks(const struct leave *l, enum leaving how, const char *cause)
{
	for (uint32_t i = 0; i < l->m->task_count; i++)
		if (task_is_open(&l->m->tasks[i]))
			withdraw_task(l, &l->m->tasks[i], how, cause);
}

static struct leave leave_of(struct action *act)
{
	return (struct leave){ req_tx(act->r), req_actor(act->r), act->at, &act->m,
			       act->not_before };
}

void parting_withdraw_tasks(struct action *act, enum leaving how, const char *cause)
{
	const struct leave leave = leave_of(act);

	withdraw_tasks(&leave, how, cause);
}

void parting_withdraw_task(struct action *act, struct task *task, enum leaving how,
			   const char *cause)
{
	const struct leave leave = leave_of(act);

	withdraw_task(&leave, task, how, cause);
}

void parting_end(const struct ending *e)
{
	const struct leave leave = { e->tx, e->by, e->at, e->m, e->not_before };

	e->m->appeal.state = e->state;
	withdraw_tasks(&leave, LEFT_MERGED, e->cause);
	publish_leaving(&leave, NULL, e->event);
	parting_unmerge_all(&(struct parting){
		.tx = e->tx, .by = e->by, .at = e->at, .parent = &e->m->appeal,
		.reason = e->why,
	});
}

/* ---- parting ---- */

static struct task *task_of(struct matter *m, uint64_t id)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (m->tasks[i].id == id)
			return &m->tasks[i];
	return NULL;
}

/* Puts back what the merge changed; gives the tasks that are changed. */
static uint32_t restore_tasks(const struct parting *p, struct matter *child,
			      struct task **ret_tasks)
{
	struct sql_merges_tasks_row row = { 0 };
	struct rows *rows = sql_merges_tasks(p->tx, (struct sql_merges_tasks){
		.child_id = child->appeal.id,
	});
	uint32_t n = 0;

	while (sql_merges_tasks_next(rows, &row)) {
		struct task *t = task_of(child, row.task_id);
		if (!t)
			continue;
		t->state = (enum task_state)row.state;
		t->left = (enum leaving)row.left_by;
		t->left_at = row.left_at;
		t->archive_at = row.archive_at;
		ret_tasks[n++] = t;
	}
	return n;
}

static void publish_parted(const struct parting *p, uint64_t child_id)
{
	struct event event = { .kind = EVENT_APPEAL_PARTED };
	const struct particular says[] = {
		SAY("child", appeal_reference(tx_arena(p->tx), child_id)),
		SAY("reason", p->reason),
	};

	event_says(tx_arena(p->tx), &event, says);
	publish(p, p->parent, NULL, &event);
}

static void publish_unmerged(const struct parting *p, struct appeal *child)
{
	struct event event = { .kind = EVENT_APPEAL_UNMERGED };
	const struct particular says[] = {
		SAY("from", appeal_reference(tx_arena(p->tx), p->parent->id)),
		SAY("reason", p->reason),
	};

	event_says(tx_arena(p->tx), &event, says);
	publish(p, child, NULL, &event);
}

void parting_unmerge(const struct parting *p, struct matter *child)
{
	struct task **tasks = arena_array_of(tx_arena(p->tx), struct task *,
					     child->task_count + 1);
	struct sql_merges_one_row row = { 0 };
	bool is_parent_first = p->parent->id < child->appeal.id;

	if (!sql_merges_one(p->tx, (struct sql_merges_one){ .child_id = child->appeal.id },
			    &row)) {
		tx_fail(p->tx, TX_BROKEN);
		return;
	}
	uint32_t n = restore_tasks(p, child, tasks);
	child->appeal.state = (enum appeal_state)row.state;
	child->appeal.merged_into = 0;
	sql_merges_drop_tasks(p->tx, (struct sql_merges_drop_tasks){
		.child_id = child->appeal.id });
	sql_merges_drop(p->tx, (struct sql_merges_drop){ .child_id = child->appeal.id });
	/* Heads are locked in the order of ids, as merging does. */
	if (is_parent_first)
		publish_parted(p, child->appeal.id);
	for (uint32_t i = 0; i < n; i++) {
		struct event event = { .kind = EVENT_TASK_RESTORED };
		const struct particular says[] = {
			SAY("state", str_of(task_state_names[tasks[i]->state - 1])),
		};
		event_says(tx_arena(p->tx), &event, says);
		task_save(p->tx, tasks[i]);
		publish(p, &child->appeal, tasks[i], &event);
	}
	publish_unmerged(p, &child->appeal);
	if (!is_parent_first)
		publish_parted(p, child->appeal.id);
}

enum { CHILDREN_AT_ONCE = 50 };

void parting_unmerge_all(const struct parting *p)
{
	uint64_t ids[CHILDREN_AT_ONCE];
	uint64_t after = 0;
	uint32_t n;

	do {
		struct sql_merges_children_row row = { 0 };
		struct rows *rows = sql_merges_children(p->tx, (struct sql_merges_children){
			.parent_id = p->parent->id, .after_id = after, .n = CHILDREN_AT_ONCE,
		});

		n = 0;
		while (sql_merges_children_next(rows, &row))
			ids[n++] = row.child_id;
		struct matter *children = matter_read_many(p->tx, ids, n);
		for (uint32_t i = 0; i < n && tx_ok(p->tx); i++) {
			after = ids[i];
			parting_unmerge(p, &children[i]);
		}
	} while (n == CHILDREN_AT_ONCE && tx_ok(p->tx));
}
