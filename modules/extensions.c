/*
 * Extensions (延期): a department asks before its task is due, the centre decides; for complex
 * matters a leader does, with a plan. Until an approval the old due counts: a decision after it
 * annuls an overdue mark or lets it stand. The due first set never changes.
 */
#include <inttypes.h>
#include <string.h>

#include "action.h"
#include "bounds.h"
#include "module.h"
#include "rules/due.h"
#include "sightings.h"

#include "extensions_sql.h"

enum decision { DECISION_NONE, DECISION_APPROVED, DECISION_REFUSED };	/* stored */

static const char *const decision_names[] = { NULL, "approved", "refused" };

static const char *unit_name(bool is_in_hours)
{
	return is_in_hours ? "hours" : "working_days";
}

/* What else is possible than the action that was refused. */
static struct reply refuse_instead(struct req *r, const struct task *t, const char *code,
				   const char *detail)
{
	const char *allowed[TASK_ACTIONS + 1];
	size_t n = 0;

	steps_allowed(t, allowed);
	for (size_t i = 0; allowed[i]; i++)
		if (strcmp(allowed[i], task_action_names[ACTION_EXTEND]) != 0)
			allowed[n++] = allowed[i];
	allowed[n] = NULL;
	return reply_conflict(r, code, allowed, "%s", detail);
}

/* ---- asking ---- */

struct extend_form {
	int64_t days;
	struct str reason, plan;
	enum tri is_caller_informed;
	/* Of the task, for the check: caps differ by its class. */
	struct limit_row limits;
	uint32_t approved_before;
};

static const struct field extend_fields[] = {
	{ "days", FIELD_INT, offsetof(struct extend_form, days), .required = true, .min = 1,
	  .max = LIMIT_AMOUNT_MAX },
	{ "reason", FIELD_TEXT, offsetof(struct extend_form, reason), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "caller_informed", FIELD_TRI, offsetof(struct extend_form, is_caller_informed),
	  .required = true },
	{ "plan", FIELD_TEXT, offsetof(struct extend_form, plan), .null_ok = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static enum extension_verdict verdict_of(const struct extend_form *f, int32_t *ret_most)
{
	return extension_check(&f->limits, (int32_t)f->days, f->approved_before, ret_most);
}

static void check_extend(struct req *r, const void *form)
{
	const struct extend_form *f = form;
	int32_t most;

	if (f->is_caller_informed == TRI_NO)
		req_error(r, "#/caller_informed", "caller_not_informed",
			  "Tell the caller first why it takes longer.");
	if (f->limits.extension == EXTENSION_LEADER && str_is_empty(f->plan))
		req_error(r, "#/plan", "missing",
			  "A leader decides on this class by a plan: give one.");
	if (f->days && verdict_of(f, &most) == EXTENSION_TOO_LONG)
		req_error(r, "#/days", "too_long", "At most %" PRId32 " %s.", most,
			  limit_runs_on(f->limits.limit[LIMIT_DONE]) ? "hours" : "working days");
}

static void store_request(struct action *act, const struct extend_form *f, bool is_in_hours)
{
	const struct actor *by = req_actor(act->r);
	struct sql_extensions_last_row last = { 0 };
	bool has_last = sql_extensions_last(req_tx(act->r), (struct sql_extensions_last){
		.task_id = act->task->id }, &last);

	sql_extensions_insert(req_tx(act->r), (struct sql_extensions_insert){
		.task_id = act->task->id, .n = has_last ? last.n + 1 : 1,
		.amount = (uint32_t)f->days, .is_in_hours = is_in_hours, .reason = f->reason,
		.plan = f->plan, .asked_at = act->at, .asked_by_kind = by->kind,
		.asked_by = by->id, .asked_by_name = by->name, .due_before = act->task->due,
	});
}

/* Complaints about the body come before what the state forbids, and the cap is one of them: so
 * the task is read before the frame reads it. */
static struct reply extensions_ask(struct req *r)
{
	struct extend_form form;
	const struct action_form read = { extend_fields, &form, check_extend };
	struct event event = { .kind = EVENT_TASK_EXTENSION_REQUESTED };
	struct action act;
	struct matter m;
	struct task *t;
	int32_t most;

	if (!req_task(r, &m, &t))
		return reply_missing(r);
	form.limits = task_limits(req_tx(r), t);
	form.approved_before = t->extensions;
	if (!action_open(r, ACTION_EXTEND, &read, &act))
		return act.refusal;
	if (act.task->version != t->version)
		tx_fail(req_tx(r), TX_CONFLICT);	/* what was judged is another task by now */
	enum extension_verdict verdict = verdict_of(&form, &most);
	if (verdict == EXTENSION_NOT_FOR_CLASS)
		return refuse_instead(r, act.task, "extension_not_allowed",
				      "A task of this limit class is not extended.");
	if (verdict == EXTENSION_USED)
		return refuse_instead(r, act.task, "extension_used",
				      "A task of this limit class is extended once.");
	if (!limit_kept(act.at, act.task->due))
		return refuse_instead(r, act.task, "extension_too_late",
				      "An extension is asked for before the task is due.");
	bool is_in_hours = limit_runs_on(form.limits.limit[LIMIT_DONE]);
	const struct particular says[] = {
		SAY_NUMBER("days", form.days), SAY("unit", str_of(unit_name(is_in_hours))),
		SAY("reason", form.reason), SAY("plan", form.plan),
		SAY_BOOL("caller_informed", true), SAY_TIME("due", act.task->due),
	};
	event_says(req_arena(r), &event, says);
	store_request(&act, &form, is_in_hours);
	act.task->extension_asked_at = act.at;
	return action_close(&act, &event);
}

/* ---- deciding ---- */

/* A leader where the class asks for one, the centre otherwise; never who made this dispatch. */
static bool may_decide(struct action *act, const struct limit_row *limits)
{
	bool needs_leader = limits->extension == EXTENSION_LEADER;
	bool is_leader = req_actor(act->r)->role == ROLE_LEADER;

	if (needs_leader && !is_leader)
		act->refusal = reply_problem(act->r, 403, "leader_needed",
					     "A leader decides on the extension of this task.");
	else if (!needs_leader && is_leader)
		act->refusal = reply_denied(act->r, "The centre decides on the extension of this "
						    "task: a dispatcher or supervisor.");
	else if (action_was_by(act, act->task, KIND(EVENT_TASK_DISPATCHED)))
		act->refusal = reply_same_person(act->r, "Who dispatched the task does not "
							 "decide on its extension.");
	else
		return true;
	return false;
}

static void store_decision(struct action *act, const struct sql_extensions_last_row *request,
			   enum decision decision, struct str reason, int64_t due_before)
{
	const struct actor *by = req_actor(act->r);

	sql_extensions_decide(req_tx(act->r), (struct sql_extensions_decide){
		.task_id = act->task->id, .n = request->n, .decision = decision,
		.decided_at = act->at, .decided_by_kind = by->kind, .decided_by = by->id,
		.decided_by_name = by->name, .decided_reason = reason,
		.due_before = due_before,
		.due_after = decision == DECISION_APPROVED ? act->task->due : 0,
	});
}

/* Whether the old due was missed: the time counts until the submission or the pause. */
static bool is_overdue(const struct task *t, int64_t at)
{
	int64_t until = t->held_since ? t->held_since : at;

	if (t->closed_at)
		until = t->closed_at;
	else if (t->state == TASK_REVIEW_PENDING)
		until = t->submitted_at;
	return !limit_kept(until, t->due);
}

/* An assist is due before its lead: the lead has to bring it all together. */
static bool is_past_lead(const struct action *act, int64_t due)
{
	const struct task *lead = matter_lead(&act->m);

	return act->task->role == TASK_ASSIST && lead &&
	       due > due_of_assist(reference_of(req_tx(act->r))->calendar, lead->due, act->at);
}

/* False where the calendar does not reach that far. */
static bool due_if_approved(struct tx *tx, const struct task *t, uint32_t amount,
			    int64_t *ret_due)
{
	const struct due_change change = { .kind = DUE_EXTENDED, .amount = (int32_t)amount };
	struct limit_row limits = task_limits(tx, t);

	return due_after(reference_of(tx)->calendar, limits.limit[LIMIT_DONE], t->due, &change,
			 ret_due) == LIMIT_COMPUTED;
}

static struct reply extensions_approve(struct req *r)
{
	struct event event = { .kind = EVENT_TASK_EXTENSION_DECIDED };
	struct sql_extensions_last_row request = { 0 };
	struct action act;
	int64_t due;

	if (!action_open(r, ACTION_EXTEND_APPROVE, NULL, &act))
		return act.refusal;
	struct task *t = act.task;
	struct limit_row limits = task_limits(req_tx(r), t);
	if (!may_decide(&act, &limits))
		return act.refusal;
	if (!sql_extensions_last(req_tx(r), (struct sql_extensions_last){ t->id }, &request))
		return reply_step(r, t);
	if (!due_if_approved(req_tx(r), t, request.amount, &due))
		return refuse_instead(r, t, "beyond_calendar",
				      "The calendar does not reach that far.");
	if (is_past_lead(&act, due))
		return refuse_instead(r, t, "after_the_lead",
				      "An assist ends a working day before its lead: "
				      "extend the lead first, or refuse.");
	const struct particular says[] = {
		SAY_BOOL("approved", true), SAY_NUMBER("days", request.amount),
		SAY("unit", str_of(unit_name(limit_runs_on(limits.limit[LIMIT_DONE])))),
		SAY_TIME("due_before", t->due), SAY_TIME("due", due),
		SAY_BOOL("annuls_overdue", is_overdue(t, act.at)),
	};
	event_says(req_arena(r), &event, says);
	event.extension.is_approved = true;
	event.extension.amount = (int32_t)request.amount;
	event.extension.due_before = t->due;
	t->due = due;
	t->extensions++;
	t->extension_asked_at = 0;
	store_decision(&act, &request, DECISION_APPROVED, STR_NONE, event.extension.due_before);
	return action_close(&act, &event);
}

static struct reply extensions_refuse(struct req *r)
{
	struct reason_form form;
	const struct action_form read = { reason_fields, &form, NULL };
	struct event event = { .kind = EVENT_TASK_EXTENSION_DECIDED };
	struct sql_extensions_last_row request = { 0 };
	struct action act;

	if (!action_open(r, ACTION_EXTEND_REFUSE, &read, &act))
		return act.refusal;
	struct limit_row limits = task_limits(req_tx(r), act.task);
	if (!may_decide(&act, &limits))
		return act.refusal;
	if (!sql_extensions_last(req_tx(r), (struct sql_extensions_last){ act.task->id },
				 &request))
		return reply_step(r, act.task);
	const struct particular says[] = {
		SAY_BOOL("approved", false), SAY("reason", form.reason),
		SAY_TIME("due", act.task->due),
	};
	event_says(req_arena(r), &event, says);
	act.task->extension_asked_at = 0;
	store_decision(&act, &request, DECISION_REFUSED, form.reason, act.task->due);
	return action_close(&act, &event);
}

/* ---- the lists ---- */

static void write_extension(struct json *j, const struct sql_extensions_list_row *row)
{
	json_object(j, NULL);
	json_u64(j, "n", row->n);
	json_u64(j, "days", row->amount);
	json_text(j, "unit", unit_name(row->is_in_hours));
	json_str(j, "reason", row->reason);
	json_str(j, "plan", row->plan);
	json_time(j, "asked_at", row->asked_at);
	json_str(j, "asked_by", row->asked_by_name);
	json_text(j, "decision", decision_names[row->decision]);
	json_str(j, "decided_by", row->decision ? row->decided_by_name : STR_NONE);
	json_time(j, "decided_at", row->decided_at);
	json_str(j, "decided_reason", row->decided_reason);
	json_time(j, "due_before", row->due_before);
	json_time(j, "due_after", row->due_after);
	json_close(j);
}

static struct reply extensions_list(struct req *r)
{
	struct sql_extensions_list_row row = { 0 };
	struct matter m;
	struct page page;
	struct task *t;
	uint32_t n = 0;
	uint64_t last = 0;

	if (!req_task(r, &m, &t))
		return reply_missing(r);
	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_extensions_list(req_tx(r), (struct sql_extensions_list){
		.task_id = t->id, .after_n = (uint32_t)page.key1, .limit = page.limit + 1,
	});
	page_open(r);
	while (sql_extensions_list_next(rows, &row) && n++ < page.limit) {
		write_extension(req_json(r), &row);
		last = row.n;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

/* A request that waits, with the task and what an approval would make of its due. */
static void write_asked(struct req *r, const struct sql_extensions_asked_row *row,
			const struct matter *m)
{
	struct json *j = req_json(r);

	for (uint32_t i = 0; i < m->task_count; i++) {
		const struct task *t = &m->tasks[i];
		int64_t due = 0;

		if (t->id != row->task_id)
			continue;
		struct limit_row limits = task_limits(req_tx(r), t);
		bool is_reached = due_if_approved(req_tx(r), t, row->amount, &due);

		json_object(j, NULL);
		task_write(j, "task", req_arena(r), t, m, reference_of(req_tx(r)), req_actor(r));
		json_u64(j, "n", row->n);
		json_u64(j, "days", row->amount);
		json_text(j, "unit", unit_name(row->is_in_hours));
		json_str(j, "reason", row->reason);
		json_str(j, "plan", row->plan);
		json_time(j, "asked_at", row->asked_at);
		json_str(j, "asked_by", row->asked_by_name);
		json_time(j, "due", t->due);
		json_time(j, "due_if_approved", is_reached ? due : 0);
		json_bool(j, "leader_decides", limits.extension == EXTENSION_LEADER);
		json_close(j);
	}
}

static struct reply extensions_asked(struct req *r)
{
	struct sql_extensions_asked_row *row = arena_array_of(req_arena(r),
		struct sql_extensions_asked_row, LIMIT_PAGE_MAX + 1);
	uint64_t appeals[LIMIT_PAGE_MAX];
	uint32_t place[LIMIT_PAGE_MAX], n = 0, appeal_count = 0;
	struct page page;

	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_extensions_asked(req_tx(r), (struct sql_extensions_asked){
		.archived = TASK_ARCHIVED, .returned = TASK_RETURNED,
		.withdrawn = TASK_WITHDRAWN, .after_at = (int64_t)page.key1,
		.after_task = page.key2, .limit = page.limit + 1,
	});
	while (n <= page.limit && sql_extensions_asked_next(rows, &row[n]))
		n++;
	uint32_t shown = n < page.limit ? n : page.limit;
	for (uint32_t i = 0; i < shown; i++)
		place[i] = id_place(appeals, &appeal_count, row[i].task_id / 100);
	const struct matter *matters = matter_read_many(req_tx(r), appeals, appeal_count);
	sighting_keep_list(r, SIGHT_LIST, appeals, appeal_count);
	page_open(r);
	for (uint32_t i = 0; i < shown && tx_ok(req_tx(r)); i++)
		write_asked(r, &row[i], &matters[place[i]]);
	page_close(r, n > shown, shown ? (uint64_t)row[shown - 1].asked_at : 0,
		   shown ? row[shown - 1].task_id : 0);
	return reply_ok(r);
}

/* ---- tables ---- */

static const struct route routes[] = {
	{ ROUTE(extensions_ask) },
	{ ROUTE(extensions_approve) },
	{ ROUTE(extensions_refuse) },
	{ ROUTE(extensions_list), .query = "limit cursor" },
	{ ROUTE(extensions_asked), .query = "limit cursor" },
	{ 0 }
};

const struct module extensions_module = {
	.name = "extensions",
	.purpose = "Takes requests for more time, and the centre's decisions.",
	.routes = routes,
};
