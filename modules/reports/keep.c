/*
 * What the reports keep of tasks as they go along, in the transaction of the step: each
 * submission of a first round with what became of it, and of a task that ends the months it
 * was carried into. Histories that are imported keep the same.
 */
#include <inttypes.h>

#include "bounds.h"
#include "reports/reports.h"
#include "rules/calendar.h"

/* ---- submissions ---- */

void keep_submission(struct tx *tx, const struct event *e)
{
	if (!e->task->closed_at)
		sql_reports_submission_add(tx, (struct sql_reports_submission_add){
			.task_id = e->task->id, .seq = e->appeal->version, .at = e->at,
		});
}

static void decide(struct tx *tx, const struct event *e, enum submission_outcome outcome)
{
	/* Of a later round nothing waits for its outcome. */
	sql_reports_submission_decide(tx, (struct sql_reports_submission_decide){
		.task_id = e->task->id, .outcome = outcome,
	});
}

void keep_refused(struct tx *tx, const struct event *e)
{
	decide(tx, e, SUBMISSION_REFUSED);
}

void keep_passed(struct tx *tx, const struct event *e)
{
	decide(tx, e, SUBMISSION_PASSED);
	keep_ended(tx, e);
}

/* ---- months ---- */

/* As the column ended_at of the task has it. */
static int64_t ended_at(const struct task *t)
{
	if (t->closed_at)
		return t->closed_at;
	return t->left == LEFT_NOT || t->left == LEFT_ON_ACCOUNT ? 0 : t->left_at;
}

uint32_t month_behind(int64_t at)
{
	struct civil date = civil_of_day(day_of_instant(at));

	return (uint32_t)(date.month == 12 ? (date.year + 1) * 100 + 1
					   : date.year * 100 + date.month + 1);
}

int64_t month_begins(uint32_t month)
{
	return month_start((int32_t)(month / 100), (int32_t)(month % 100));
}

void keep_ended(struct tx *tx, const struct event *e)
{
	int64_t until = ended_at(e->task), at = e->task->dispatched_at;
	struct buf months;

	buf_init(&months, LIMIT_REQUEST_ARENA);
	for (; month_begins(month_behind(at)) <= until; at = month_begins(month_behind(at)))
		buf_printf(&months, "%c%" PRIu32, months.n ? ',' : '[', month_behind(at));
	if (months.n) {
		buf_add_byte(&months, ']');
		sql_reports_carry(tx, (struct sql_reports_carry){
			.task_id = e->task->id,
			.months = arena_str(tx_arena(tx), buf_str(&months)),
		});
	}
	buf_free(&months);
}
