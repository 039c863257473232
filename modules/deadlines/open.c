/*
 * Open tasks with what their due times follow from, read by the page: in the order of the
 * calendars they follow, so that those an older one holds for come first and none is left out
 * while another job moves them on.
 */
#include "deadlines/deadlines.h"

/* Two statements bring the same columns, so their rows differ in type but not in content. */
#define OPEN_TASK_OF(row) (struct open_task){ \
	.task = { \
		.id = (row).task_id, .appeal_id = (row).appeal_id, \
		.department = (row).department, .role = (enum task_role)(row).role, \
		.limit_class = (enum limit_class)(row).limit_class, \
		.state = (enum task_state)(row).state, \
		.dispatched_at = (row).dispatched_at, .signed_at = (row).signed_at, \
		.contacted_at = (row).contacted_at, .sign_due = (row).sign_due, \
		.contact_due = (row).contact_due, .due = (row).due, \
		.original_due = (row).original_due, \
		.calendar_version = (row).dispatch_calendar, \
		.limits_version = (row).limits_version, \
	}, \
	.calendar_version = (row).calendar_version, \
	.done_stage = (enum stage)(row).done_stage, .done_next_at = (row).done_next_at, \
	.done_due = (row).done_due, \
	.sign_stage = (enum stage)(row).sign_stage, .sign_next_at = (row).sign_next_at, \
	.contact_stage = (enum stage)(row).contact_stage, \
	.contact_next_at = (row).contact_next_at, \
}

static void add_chains(struct tx *tx, struct open_task *tasks, uint32_t n)
{
	uint64_t *ids = arena_array_of(tx_arena(tx), uint64_t, OPEN_TASKS_MAX);

	for (uint32_t i = 0; i < n; i++)
		ids[i] = tasks[i].task.id;
	const struct due_chain *chains = chains_read(tx, ids, n);
	for (uint32_t i = 0; i < n; i++)
		tasks[i].chain = chains[i];
}

uint32_t open_tasks_read(struct tx *tx, uint64_t before_version, struct open_key *key,
			 struct open_task **ret_tasks)
{
	struct open_task *tasks = arena_array_of(tx_arena(tx), struct open_task, OPEN_TASKS_MAX);
	struct sql_deadlines_open_row row = { 0 };
	uint32_t n = 0;
	struct rows *rows = sql_deadlines_open(tx, (struct sql_deadlines_open){
		.before_version = before_version, .after_version = key->version,
		.after_task = key->task_id, .n = OPEN_TASKS_MAX,
	});

	while (sql_deadlines_open_next(rows, &row)) {
		tasks[n++] = OPEN_TASK_OF(row);
		*key = (struct open_key){ row.calendar_version, row.task_id };
	}
	add_chains(tx, tasks, n);
	*ret_tasks = tasks;
	return n;
}

uint32_t alarmed_tasks_read(struct tx *tx, int64_t before_seen, struct open_task **ret_tasks)
{
	struct open_task *tasks = arena_array_of(tx_arena(tx), struct open_task, OPEN_TASKS_MAX);
	struct sql_deadlines_alarmed_row row = { 0 };
	uint32_t n = 0;
	struct rows *rows = sql_deadlines_alarmed(tx, (struct sql_deadlines_alarmed){
		.before_seen = before_seen, .n = OPEN_TASKS_MAX,
	});

	while (sql_deadlines_alarmed_next(rows, &row))
		tasks[n++] = OPEN_TASK_OF(row);
	add_chains(tx, tasks, n);
	*ret_tasks = tasks;
	return n;
}
