#include "action.h"

#include "bounds.h"
#include "clock.h"
#include "module.h"

#include "action_sql.h"
#include "reference_sql.h"

void task_save(struct tx *tx, struct task *t)
{
	uint64_t was = t->version++;

	sql_action_save(tx, (struct sql_action_save){
		.id = t->id, .was = was, .version = t->version, .state = t->state,
		.round = t->round, .signed_at = t->signed_at,
		.contacted_at = t->contacted_at, .submitted_at = t->submitted_at,
		.closed_at = t->closed_at, .sign_due = t->sign_due,
		.contact_due = t->contact_due, .due = t->due,
		.redo_due = t->redo_due, .redo_at = t->redo_at, .is_contacted = t->is_contacted,
		.is_reached = t->is_reached,
		.result = t->result, .reply = t->reply, .legal_basis = t->legal_basis,
		.return_standing = t->return_standing, .state_before = t->state_before,
		.extension_asked_at = t->extension_asked_at, .extensions = t->extensions,
		.held_since = t->held_since, .held_until = t->held_until,
		.left_by = t->left, .left_at = t->left_at,
		.is_withdrawal_recorded = t->is_withdrawal_recorded,
		.is_exclusion_asked = t->is_exclusion_asked,
		.excluded_at = t->excluded_at, .urges = t->urges,
		.escalated_to = t->escalated_to, .outcome = t->outcome,
		.archive_at = t->archive_at,
	});
}

/* ---- limits of the day of dispatch ---- */

struct limit_row task_limits(struct tx *tx, const struct task *t)
{
	const struct reference *ref = reference_of(tx);
	struct sql_reference_document_one_row row = { 0 };
	struct table_problems problems = { .count = 0 };
	struct limits_table *then;

	if (t->limits_version == ref->limits_version)
		return ref->limits->row[t->limit_class];
	then = arena_new_of(tx_arena(tx), struct limits_table);
	if (!sql_reference_document_one(tx, (struct sql_reference_document_one){
			.kind = DOCUMENT_LIMITS, .version = t->limits_version }, &row) ||
	    !limits_parse(row.text.p, row.text.n, "", then, &problems)) {
		tx_fail(tx, TX_BROKEN);
		return ref->limits->row[t->limit_class];
	}
	return then->row[t->limit_class];
}

struct limit task_limit(struct tx *tx, const struct task *t, enum limit_kind kind)
{
	return task_limits(tx, t).limit[kind];
}

uint32_t task_checklist(struct tx *tx, const struct task *t, enum content_class content,
			enum task_result result)
{
	const struct reference *ref = reference_of(tx);
	struct sql_reference_document_one_row row = { 0 };
	struct table_problems problems = { .count = 0 };
	struct reference then = { .checklist_version = t->checklist_version };

	if (t->checklist_version == ref->checklist_version)
		return reference_checklist(ref, content, (int)result);
	/* A task from before the first version is held to the one in force. */
	if (!sql_reference_document_one(tx, (struct sql_reference_document_one){
			.kind = DOCUMENT_CHECKLIST, .version = t->checklist_version }, &row))
		return reference_checklist(ref, content, (int)result);
	reference_parse_checklist(&then, tx_arena(tx), row.text, &problems);
	return reference_checklist(&then, content, (int)result);
}

/* ---- the frame ---- */

static const struct field no_fields[] = { { 0 } };
const struct field reason_fields[] = {
	{ "reason", FIELD_TEXT, offsetof(struct reason_form, reason), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

/* All complaints at once: the table's and the action's own. */
static bool read_form(struct req *r, const struct action_form *form)
{
	char none;

	if (!form)
		return req_form(r, no_fields, &none);
	bool is_read = req_form(r, form->fields, form->form);
	if (form->check)
		form->check(r, form->form);
	return is_read && !req_has_errors(r);
}

static bool refuse(struct action *act, struct reply refusal)
{
	act->refusal = refusal;
	return false;
}

bool action_open(struct req *r, enum task_action action, const struct action_form *form,
		 struct action *ret_action)
{
	struct action *act = ret_action;

	*act = (struct action){ .r = r, .at = clock_now() };
	if (!req_task(r, &act->m, &act->task))
		return refuse(act, reply_missing(r));
	if (!read_form(r, form))
		return refuse(act, reply_invalid(r));
	if (req_is_stale(r, "t", act->task->version))
		return refuse(act, reply_stale(r));
	if (!step_is_legal(act->task, action))
		return refuse(act, reply_step(r, act->task));
	return true;
}

bool action_open_appeal(struct req *r, enum appeal_action action,
			const struct action_form *form, struct action *ret_action)
{
	struct action *act = ret_action;

	*act = (struct action){ .r = r, .at = clock_now() };
	if (!req_matter(r, &act->m))
		return refuse(act, reply_missing(r));
	if (!read_form(r, form))
		return refuse(act, reply_invalid(r));
	if (req_is_stale(r, "a", act->m.appeal.version))
		return refuse(act, reply_stale(r));
	if (!appeal_step_is_legal(&act->m.appeal, action))
		return refuse(act, reply_appeal_step(r, &act->m.appeal));
	return true;
}

void action_publish(struct action *act, struct task *task, struct event *event)
{
	event->at = act->at;
	event->not_before = act->not_before;
	event->by = req_actor(act->r);
	event->appeal = &act->m.appeal;
	event->task = task;
	emit(req_tx(act->r), event->kind, event);
}

struct reply action_close(struct action *act, struct event *event)
{
	task_save(req_tx(act->r), act->task);
	action_publish(act, act->task, event);
	return reply_task(act->r, &act->m, act->task);
}

struct reply action_close_appeal(struct action *act, struct event *event)
{
	action_publish(act, NULL, event);
	return reply_appeal(act->r, &act->m);
}

/* ---- separation of duty ---- */

bool action_was_by(struct action *act, const struct task *task, uint64_t kinds)
{
	const struct actor *actor = req_actor(act->r);
	struct sql_action_done_by_row row = { 0 };

	return sql_action_done_by(req_tx(act->r), (struct sql_action_done_by){
			.appeal_id = act->m.appeal.id, .task_id = task->id, .kinds = kinds,
			.by_kind = actor->kind, .by_id = actor->id }, &row) && row.n;
}

struct reply reply_same_person(struct req *r, const char *detail)
{
	return reply_problem(r, 403, "separation_of_duty", "%s", detail);
}
