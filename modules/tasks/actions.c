/*
 * What a department does with its task: sign, contact, progress, complete.
 */
#include "clock.h"
#include "bounds.h"
#include "module.h"
#include "tasks/tasks.h"

/* ---- sign ---- */

struct reply tasks_sign(struct req *r)
{
	struct action act;
	struct event event = { .kind = EVENT_TASK_SIGNED };

	if (!action_open(r, ACTION_SIGN, NULL, &act))
		return act.refusal;
	task_sign(act.task, act.at);
	return action_close(&act, &event);
}

/* ---- contact ---- */

struct contact_form {
	int channel, outcome;
	struct str note;
};

static const struct field contact_fields[] = {
	{ "channel", FIELD_CHOICE, offsetof(struct contact_form, channel), .required = true,
	  .choices = contact_channel_names },
	{ "outcome", FIELD_CHOICE, offsetof(struct contact_form, outcome), .required = true,
	  .choices = contact_outcome_names },
	{ "note", FIELD_TEXT, offsetof(struct contact_form, note), .null_ok = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

struct reply tasks_contact(struct req *r)
{
	struct contact_form form;
	const struct action_form read = { contact_fields, &form, NULL };
	struct action act;
	struct event event = { .kind = EVENT_TASK_CONTACTED };

	if (!action_open(r, ACTION_CONTACT, &read, &act))
		return act.refusal;
	task_contact(act.task, act.at);
	event.contacted.channel = form.channel;
	event.contacted.outcome = form.outcome;
	event.contacted.note = form.note;
	return action_close(&act, &event);
}

/* ---- progress ---- */

struct progress_form {
	struct str text;
	int64_t promise_on;
};

static const struct field progress_fields[] = {
	{ "text", FIELD_TEXT, offsetof(struct progress_form, text), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "promise_on", FIELD_DATE, offsetof(struct progress_form, promise_on),
	  .null_ok = true },
	{ 0 }
};

struct reply tasks_progress(struct req *r)
{
	struct progress_form form;
	const struct action_form read = { progress_fields, &form, NULL };
	struct action act;
	struct event event = { .kind = EVENT_TASK_PROGRESSED };

	if (!action_open(r, ACTION_PROGRESS, &read, &act))
		return act.refusal;
	event.progressed.text = form.text;
	event.progressed.promise_on = form.promise_on;
	return action_close(&act, &event);
}

/* ---- complete ---- */

struct complete_form {
	int result;
	struct str reply, legal_basis;
	struct str_list attachments;
};

static const struct field complete_fields[] = {
	{ "result", FIELD_CHOICE, offsetof(struct complete_form, result), .required = true,
	  .choices = task_result_names },
	{ "reply", FIELD_TEXT, offsetof(struct complete_form, reply), .required = true,
	  .max = LIMIT_REPLY_CHARS },
	{ "legal_basis", FIELD_TEXT, offsetof(struct complete_form, legal_basis),
	  .null_ok = true, .max = 500 },
	{ "attachments", FIELD_CODES, offsetof(struct complete_form, attachments),
	  .null_ok = true, .max = 20 },
	{ 0 }
};

static const char *const contact_first[] = { "contact", "progress", NULL };

static void check_complete(struct req *r, const void *form)
{
	const struct complete_form *f = form;

	if (f->attachments.n)
		req_error(r, "#/attachments", "not_taken",
			  "Attachments are not taken; leave the list empty.");
}

struct reply tasks_complete(struct req *r)
{
	struct complete_form form;
	const struct action_form read = { complete_fields, &form, check_complete };
	struct action act;
	struct event event = { .kind = EVENT_TASK_COMPLETED };

	if (!action_open(r, ACTION_COMPLETE, &read, &act))
		return act.refusal;
	if (!act.task->is_contacted)
		return reply_conflict(r, "checklist_incomplete", contact_first,
				      "The checklist asks for a logged contact with the "
				      "caller: POST .../contact first.");
	task_complete(act.task, act.at);
	act.task->result = (enum task_result)(form.result + 1);
	act.task->reply = form.reply;
	act.task->legal_basis = form.legal_basis;
	return action_close(&act, &event);
}
