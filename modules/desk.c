/*
 * What the desk does with an appeal without a department: answer it, refuse it and name the
 * proper channel, hand it to another emergency service, withdraw it for its caller, and take
 * it up again.
 *
 * Whoever received an appeal first stays responsible until another service has acknowledged:
 * a transfer that is asked for moves no state, and the appeal may be dispatched meanwhile.
 */
#include "bounds.h"
#include "clock.h"
#include "module.h"
#include "parting.h"
#include "rules/exchange.h"
#include "undoing.h"

#include "desk_sql.h"
#include "exchange_sql.h"
#include "merges_sql.h"

/* ---- answer ---- */

struct answer_form {
	struct str text;
	struct str repeat_of;
};

static const struct field answer_fields[] = {
	{ "text", FIELD_TEXT, offsetof(struct answer_form, text), .required = true,
	  .max = LIMIT_REPLY_CHARS },
	{ "repeat_of", FIELD_CODE, offsetof(struct answer_form, repeat_of), .null_ok = true,
	  .max = 16 },
	{ 0 }
};

/* Who calls again without new facts is told the result: it must exist, and be this caller's. */
static void check_repeat(struct req *r, struct str repeat_of, const struct appeal *a)
{
	struct sql_desk_same_caller_row row = { 0 };
	uint64_t other = appeal_id_of(repeat_of);

	if (!repeat_of.p)
		return;
	if (!other || other == a->id ||
	    !sql_desk_same_caller(req_tx(r), (struct sql_desk_same_caller){
			.appeal_id = a->id, .other_id = other }, &row))
		req_error(r, "#/repeat_of", "not_the_same_caller",
			  "There is no other appeal of this number and this phone.");
	else if (row.state != APPEAL_CLOSED && row.state != APPEAL_ARCHIVED &&
		 row.state != APPEAL_ANSWERED)
		req_error(r, "#/repeat_of", "no_result_yet",
			  "That appeal has no result to tell yet; urge its task instead.");
}

/* An appeal nobody has begun with: a repeat takes it back from the departments. */
static bool is_untouched(const struct matter *m)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (task_is_live(&m->tasks[i]) && m->tasks[i].signed_at)
			return false;
	return m->appeal.state == APPEAL_DISPATCHED && !m->appeal.is_transferring;
}

/* Like action_open_appeal(), but a repeat may be answered where it was dispatched already. */
static bool answer_open(struct req *r, struct answer_form *form, struct action *act)
{
	struct matter *m = &act->m;

	*act = (struct action){ .r = r, .at = clock_now() };
	if (!req_matter(r, m)) {
		act->refusal = reply_missing(r);
		return false;
	}
	bool is_read = req_form(r, answer_fields, form);
	check_repeat(r, form->repeat_of, &m->appeal);
	if (!is_read || req_has_errors(r)) {
		act->refusal = reply_invalid(r);
		return false;
	}
	if (req_is_stale(r, "a", m->appeal.version)) {
		act->refusal = reply_stale(r);
		return false;
	}
	if (!appeal_step_is_legal(&m->appeal, ACTION_ANSWER) &&
	    !(form->repeat_of.p && is_untouched(m))) {
		act->refusal = reply_appeal_step(r, &m->appeal);
		return false;
	}
	return true;
}

static bool is_for_the_desk(const struct appeal *a)
{
	return a->content_class == CONTENT_CONSULTATION ||
	       a->content_class == CONTENT_PRAISE || a->content_class == CONTENT_SUGGESTION;
}

static void end_appeal(struct action *act, enum appeal_state state, const char *cause,
		       struct event *event, struct str why)
{
	parting_end(&(struct ending){
		.tx = req_tx(act->r), .by = req_actor(act->r), .at = act->at, .m = &act->m,
		.state = state, .cause = cause, .event = event, .why = why,
		.not_before = act->not_before,
	});
}

static struct reply end_for_all(struct action *act, enum appeal_state state, const char *cause,
				struct event *event, struct str why)
{
	end_appeal(act, state, cause, event, why);
	return reply_appeal(act->r, &act->m);
}

/*
 * Until when it may be taken back: not where others hear of it at once, or where more than what
 * waits for a signature would have to come back.
 */
static int64_t answer_window(struct action *act)
{
	const struct matter *m = &act->m;
	struct sql_merges_children_row row = { 0 };
	bool is_simple = !m->handover;

	for (uint32_t i = 0; i < m->task_count; i++)
		is_simple &= !task_is_open(&m->tasks[i]) ||
			     m->tasks[i].state == TASK_AWAITING_SIGN;
	struct rows *rows = sql_merges_children(req_tx(act->r), (struct sql_merges_children){
		.parent_id = m->appeal.id, .n = 1 });
	while (sql_merges_children_next(rows, &row))
		is_simple = false;
	return is_simple ? undo_window(req_actor(act->r), &m->appeal, undo_has_hurried(m)) : 0;
}

static const char *const instead_of_answer[] = {
	"dispatch", "refuse", "transfer", "withdraw", "merge", NULL
};

static struct reply desk_answer(struct req *r)
{
	struct answer_form form;
	struct action act;
	struct event event = { .kind = EVENT_APPEAL_ANSWERED };

	if (!answer_open(r, &form, &act))
		return act.refusal;
	if (!form.repeat_of.p && !is_for_the_desk(&act.m.appeal))
		return reply_conflict(r, "not_for_the_desk", instead_of_answer,
			"The desk answers consultations, suggestions and praise, and "
			"repeats of what has a result (repeat_of).");
	const struct particular says[] = {
		SAY("text", form.text), SAY("repeat_of", form.repeat_of),
	};
	event_says(req_arena(r), &event, says);
	const struct undo_offer offer = {
		.step = UNDO_ANSWERED, .at = act.at, .state = act.m.appeal.state,
		.tasks_before = act.m.task_count, .until = answer_window(&act),
	};
	act.not_before = offer.until;
	end_appeal(&act, APPEAL_ANSWERED, "told_the_result", &event, form.text);
	undo_offer(r, &act.m, &offer);
	return reply_appeal(r, &act.m);
}

/* ---- refuse ---- */

struct refuse_form {
	struct str reason, told;
};

static const struct field refuse_fields[] = {
	{ "reason", FIELD_CODE, offsetof(struct refuse_form, reason), .required = true,
	  .max = GROUND_CODE_MAX },
	{ "told", FIELD_TEXT, offsetof(struct refuse_form, told), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static void check_refuse(struct req *r, const void *form)
{
	const struct refuse_form *f = form;

	if (f->reason.p && !reference_ground(reference_of(req_tx(r)), "refusal", f->reason))
		req_error(r, "#/reason", "unknown_code",
			  "There is no such ground; GET /api/v1/grounds lists those of "
			  "a refusal.");
}

static struct reply desk_refuse(struct req *r)
{
	struct refuse_form form;
	const struct action_form read = { refuse_fields, &form, check_refuse };
	const struct reference *ref = reference_of(req_tx(r));
	struct action act;
	struct event event = { .kind = EVENT_APPEAL_REFUSED };

	if (!action_open_appeal(r, ACTION_REFUSE, &read, &act))
		return act.refusal;
	const struct ground *ground = reference_ground(ref, "refusal", form.reason);
	const struct particular says[] = {
		SAY("reason", ground->code), SAY("reason_name", ground->name),
		SAY("proper_channel", ground->channel), SAY("told", form.told),
		SAY_NUMBER("grounds_version", (int64_t)ref->grounds_version),
	};
	event_says(req_arena(r), &event, says);
	return end_for_all(&act, APPEAL_REFUSED, "refused", &event, form.told);
}

/* ---- transfer ---- */

struct transfer_form {
	struct str to, reason, item, recording;
	int64_t first_response_at;
	bool has_contact;
};

static const struct field transfer_fields[] = {
	{ "to", FIELD_CODE, offsetof(struct transfer_form, to), .required = true,
	  .max = GROUND_CODE_MAX },
	{ "reason", FIELD_TEXT, offsetof(struct transfer_form, reason), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "item", FIELD_CODE, offsetof(struct transfer_form, item), .null_ok = true,
	  .max = GROUND_CODE_MAX },
	{ "first_response_at", FIELD_TIME, offsetof(struct transfer_form, first_response_at),
	  .null_ok = true },
	{ "recording", FIELD_LINE, offsetof(struct transfer_form, recording), .null_ok = true,
	  .max = 64 },
	{ "contact", FIELD_BOOL, offsetof(struct transfer_form, has_contact) },
	{ 0 }
};

/*
 * Until a message answers what was offered by message, nobody answers for the other side by hand,
 * and it goes to nobody else: two would have the matter, or none. Who was silent for too long may
 * be answered for (their word on the telephone); their message still counts when it comes, and
 * nothing more is offered before.
 */
static bool waits_for_message(struct action *act, bool is_overdue_too, struct reply *ret)
{
	static const char *const nothing[] = { NULL };
	struct sql_exchange_open_row row = { 0 };

	if (!sql_exchange_open(req_tx(act->r), (struct sql_exchange_open){
			.appeal_id = act->m.appeal.id, .offered = EXCHANGE_OFFERED,
			.overdue = is_overdue_too ? EXCHANGE_OVERDUE : EXCHANGE_OFFERED }, &row))
		return false;
	*ret = reply_conflict(act->r, "offer_open", nothing, "%.*s has not answered the offer %.*s "
		"yet, and answers by message. It may be dispatched meanwhile%s.",
		STR_ARG(row.peer), STR_ARG(row.number), row.state == EXCHANGE_OFFERED ?
		"; when the time to answer is over, their word on the telephone is recorded" : "");
	return true;
}

/* A service that messages are exchanged with is handed only what stands in the common list. */
static void check_item(struct req *r, const struct transfer_form *f)
{
	const struct reference *ref = reference_of(req_tx(r));
	const struct handover_item *item = f->item.p ? reference_handover(ref, f->item) : NULL;
	struct sql_exchange_peer_one_row peer = { 0 };
	bool is_peer = f->to.p && sql_exchange_peer_one(req_tx(r),
		(struct sql_exchange_peer_one){ .code = f->to }, &peer);
	bool is_police = is_peer ? peer.is_police : str_is(f->to, "110");

	if (is_peer && !f->item.p)
		req_error(r, "#/item", "required", "Messages are exchanged with this service: "
			  "name the item; GET /api/v1/handover lists them.");
	else if (f->item.p && !(item && item->is_to_110 == is_police && (is_peer || is_police)))
		req_error(r, "#/item", "unknown_code",
			  "No item that is handed over to this service.");
	else if (is_peer && is_police && item && item->is_urgent && !f->first_response_at)
		req_error(r, "#/first_response_at", "required", "Danger is called in by voice "
			  "first, the paper follows: call them, and say when that was.");
}

static void check_transfer(struct req *r, const void *form)
{
	const struct reference *ref = reference_of(req_tx(r));
	const struct transfer_form *f = form;

	if (f->to.p && !reference_ground(ref, "transfer", f->to))
		req_error(r, "#/to", "unknown_code",
			  "There is no such service; GET /api/v1/grounds lists those of a "
			  "transfer.");
	if (f->first_response_at > clock_now())
		req_error(r, "#/first_response_at", "in_the_future",
			  "They were called by voice before this is written.");
	check_item(r, f);
}

static struct reply desk_transfer(struct req *r)
{
	struct transfer_form form;
	const struct action_form read = { transfer_fields, &form, check_transfer };
	const struct reference *ref = reference_of(req_tx(r));
	struct reply refusal;
	struct action act;
	struct event event = { .kind = EVENT_APPEAL_TRANSFER_ASKED };

	if (!action_open_appeal(r, ACTION_TRANSFER, &read, &act))
		return act.refusal;
	if (form.has_contact && act.m.appeal.is_secret) {
		req_error(r, "#/contact", "secret", "This caller wishes secrecy: leave it out.");
		return reply_invalid(r);
	}
	if (waits_for_message(&act, true, &refusal))
		return refusal;
	const struct ground *to = reference_ground(ref, "transfer", form.to);
	const struct handover_item *item =
		form.item.p ? reference_handover(ref, form.item) : NULL;
	const struct particular says[] = {
		SAY("to", to->code), SAY("to_name", to->name), SAY("reason", form.reason),
		SAY("item", form.item), SAY("item_name", item ? item->name : STR_NONE),
		SAY_NUMBER("grounds_version", (int64_t)ref->grounds_version),
	};
	event_says(req_arena(r), &event, says);
	event.transfer.to = form.to;
	event.transfer.item = form.item;
	event.transfer.recording = form.recording;
	event.transfer.first_response_at = form.first_response_at;
	event.transfer.has_contact = form.has_contact;
	act.m.appeal.is_transferring = true;
	return action_close_appeal(&act, &event);
}

struct acknowledge_form {
	struct str their_no, by;
};

static const struct field acknowledge_fields[] = {
	{ "their_no", FIELD_LINE, offsetof(struct acknowledge_form, their_no), .null_ok = true,
	  .max = 64 },
	{ "by", FIELD_LINE, offsetof(struct acknowledge_form, by), .required = true,
	  .max = 50 },
	{ 0 }
};

/* What was dispatched while the other side kept silent stays with the departments. */
static struct reply desk_acknowledge(struct req *r)
{
	struct acknowledge_form form;
	const struct action_form read = { acknowledge_fields, &form, NULL };
	struct reply refusal;
	struct action act;
	struct event event = { .kind = EVENT_APPEAL_TRANSFERRED };

	if (!action_open_appeal(r, ACTION_TRANSFER_ACKNOWLEDGE, &read, &act))
		return act.refusal;
	if (waits_for_message(&act, false, &refusal))
		return refusal;
	const struct particular says[] = {
		SAY("their_no", form.their_no), SAY("by", form.by),
	};
	event_says(req_arena(r), &event, says);
	act.m.appeal.is_transferring = false;
	if (act.m.appeal.state == APPEAL_ACCEPTED)
		return end_for_all(&act, APPEAL_TRANSFERRED, "transferred", &event, form.by);
	return action_close_appeal(&act, &event);
}

static struct reply desk_transfer_refused(struct req *r)
{
	struct reason_form form;
	const struct action_form read = { reason_fields, &form, NULL };
	struct reply refusal;
	struct action act;
	struct event event = { .kind = EVENT_APPEAL_TRANSFER_REFUSED };

	if (!action_open_appeal(r, ACTION_TRANSFER_REFUSE, &read, &act))
		return act.refusal;
	if (waits_for_message(&act, false, &refusal))
		return refusal;
	const struct particular says[] = { SAY("reason", form.reason) };
	event_says(req_arena(r), &event, says);
	act.m.appeal.is_transferring = false;
	return action_close_appeal(&act, &event);
}

/* ---- withdraw ---- */

static const char *const confirmed_by_names[] = { "recording", "form", "none", NULL };
enum { CONFIRMED_BY_NONE = 2 };

struct withdraw_form {
	struct str reason;
	int confirmed_by;
};

static const struct field withdraw_fields[] = {
	{ "reason", FIELD_TEXT, offsetof(struct withdraw_form, reason), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "confirmed_by", FIELD_CHOICE, offsetof(struct withdraw_form, confirmed_by),
	  .required = true, .choices = confirmed_by_names },
	{ 0 }
};

static void mark_recorded(struct matter *m, bool is_recorded)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (task_is_open(&m->tasks[i]))
			m->tasks[i].is_withdrawal_recorded = is_recorded;
}

/*
 * One caller's word ends that caller's appeal: what is closed stays closed, and appeals of
 * others that were merged into it go on by themselves.
 */
static struct reply desk_withdraw(struct req *r)
{
	struct withdraw_form form;
	const struct action_form read = { withdraw_fields, &form, NULL };
	struct action act;
	struct event event = { .kind = EVENT_APPEAL_WITHDRAWN };

	if (!action_open_appeal(r, ACTION_WITHDRAW, &read, &act))
		return act.refusal;
	const struct particular says[] = {
		SAY("reason", form.reason),
		SAY("confirmed_by", str_of(confirmed_by_names[form.confirmed_by])),
	};
	event_says(req_arena(r), &event, says);
	act.m.appeal.state = APPEAL_WITHDRAWN;
	act.m.appeal.is_transferring = false;
	mark_recorded(&act.m, form.confirmed_by != CONFIRMED_BY_NONE);
	parting_withdraw_tasks(&act, LEFT_WITHDRAWN, "withdrawn");
	action_publish(&act, NULL, &event);
	parting_unmerge_all(&(struct parting){
		.tx = req_tx(r), .by = req_actor(r), .at = act.at, .parent = &act.m.appeal,
		.reason = STR("its appeal was withdrawn by its caller"),
	});
	return reply_appeal(r, &act.m);
}

/* ---- reopen ---- */

struct reopen_form {
	struct str reason;
	int64_t due;
};

static const struct field reopen_fields[] = {
	{ "reason", FIELD_TEXT, offsetof(struct reopen_form, reason), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "due", FIELD_UNTIL, offsetof(struct reopen_form, due), .null_ok = true },
	{ 0 }
};

/* The full limit of the task once more; of a legal track the one that is typed in. */
static bool new_due(struct action *act, const struct task *lead, int64_t typed,
		    int64_t *ret_due)
{
	struct limit limit = task_limit(req_tx(act->r), lead, LIMIT_DONE);
	bool is_typed = lead->limit_class == LIMIT_LX;

	*ret_due = typed;
	if (is_typed && typed <= act->at)
		req_error(act->r, "#/due", "limit_not_given",
			  "LX has no limit of its own: name a time in the future.");
	else if (!is_typed && typed)
		req_error(act->r, "#/due", "limit_is_given",
			  "The class %s has its own limit; only LX takes one.",
			  limit_class_names[lead->limit_class]);
	else if (!is_typed && limit_due(reference_of(req_tx(act->r))->calendar, limit, act->at,
					ret_due) != LIMIT_COMPUTED)
		req_error(act->r, "#/due", "limit_not_computed",
			  "The calendar does not reach as far as the limit.");
	return !req_has_errors(act->r);
}

static void reopen_lead(struct action *act, struct task *lead, int64_t due, struct str reason)
{
	struct event event = { .kind = EVENT_TASK_REOPENED };

	task_reopen(lead, &act->m.appeal, due);
	const struct particular says[] = {
		SAY("reason", reason), SAY_NUMBER("round", lead->round), SAY_TIME("due", due),
	};
	event_says(req_arena(act->r), &event, says);
	task_save(req_tx(act->r), lead);
	action_publish(act, lead, &event);
}

/*
 * A lead that was closed works on in a further round; without one the appeal is accepted
 * again, and dispatched or answered anew.
 */
static struct reply desk_reopen(struct req *r)
{
	struct reopen_form form;
	const struct action_form read = { reopen_fields, &form, NULL };
	struct action act;
	struct event event = { .kind = EVENT_APPEAL_REOPENED };
	int64_t due;

	if (!action_open_appeal(r, ACTION_REOPEN, &read, &act))
		return act.refusal;
	struct task *lead = matter_lead(&act.m);
	const struct particular says[] = {
		SAY("reason", form.reason),
		SAY("from", str_of(appeal_state_names[act.m.appeal.state - 1])),
	};
	event_says(req_arena(r), &event, says);
	if (lead && !new_due(&act, lead, form.due, &due))
		return reply_invalid(r);
	act.m.appeal.state = APPEAL_ACCEPTED;
	if (lead)
		reopen_lead(&act, lead, due, form.reason);
	return action_close_appeal(&act, &event);
}

/* ---- tables ---- */

static const struct route routes[] = {
	{ ROUTE(desk_answer) },
	{ ROUTE(desk_refuse) },
	{ ROUTE(desk_transfer) },
	{ ROUTE(desk_acknowledge) },
	{ ROUTE(desk_transfer_refused) },
	{ ROUTE(desk_withdraw) },
	{ ROUTE(desk_reopen) },
	{ 0 }
};

const struct module desk_module = {
	.name = "desk",
	.purpose = "Answers, refuses, hands over, withdraws and reopens appeals.",
	.routes = routes,
};
