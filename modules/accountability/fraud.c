/*
 * Proven fraud: a person's decision about tasks of the evidence pack, never a finding's. Each
 * such task shows its department a red card; rankings and corrections of months follow by the
 * row (reports).
 */
#include "accountability/accountability.h"

#include "action.h"
#include "matter.h"

static void complain(struct req *r, size_t i, const char *code, const char *text)
{
	req_error(r, arena_printf(req_arena(r), "#/tasks/%zu", i).p, code, "%s",
		  text);
}

void fraud_check(struct req *r, const item_row *row, bool is_fraud, const struct str_list *tasks)
{
	if (is_fraud && !tasks->n)
		req_error(r, "#/tasks", "required",
			  "Name the tasks of the evidence that the fraud is about.");
	if (!is_fraud && tasks->n)
		req_error(r, "#/tasks", "not_expected",
			  "Tasks are named with \"fraud\": true alone.");
	for (size_t i = 0; is_fraud && i < tasks->n; i++) {
		uint64_t id = task_id_of(tasks->v[i]);
		struct sql_accountability_evidence_has_row evidence = { 0 };
		struct sql_accountability_fraud_of_row proven = { 0 };

		if (!sql_accountability_evidence_has(req_tx(r),
				(struct sql_accountability_evidence_has){
				.item_id = row->id, .task_id = id }, &evidence))
			complain(r, i, "not_in_evidence",
				 "Name a task of the item's evidence pack.");
		else if (sql_accountability_fraud_of(req_tx(r),
				(struct sql_accountability_fraud_of){ id }, &proven))
			complain(r, i, "already_proven", "Fraud of this task is proven already.");
		for (size_t k = 0; k < i; k++)
			if (task_id_of(tasks->v[k]) == id)
				complain(r, i, "duplicate", "Give each task once.");
	}
}

void fraud_prove(struct req *r, const item_row *row, const struct str_list *tasks, int64_t at)
{
	struct tx *tx = req_tx(r);

	for (size_t i = 0; i < tasks->n && tx_ok(tx); i++) {
		struct matter m;
		struct task *t;

		if (!matter_read_task(tx, task_id_of(tasks->v[i]), &m, &t) ||
		    !sql_accountability_fraud_add(tx, (struct sql_accountability_fraud_add){
				.task_id = t->id, .item_id = row->id,
				.department = row->department, .proven_at = at })) {
			tx_fail(tx, TX_CONFLICT);
			return;
		}
		emit(tx, EVENT_TASK_CARD, &(struct event){
			.kind = EVENT_TASK_CARD, .at = at, .by = req_actor(r),
			.appeal = &m.appeal, .task = t, .card = {
				.colour = CARD_RED, .reason = CARD_PROVEN_FRAUD,
				.limit = LIMIT_DONE, .due = t->due,
			},
		});
	}
}
