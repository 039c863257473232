/*
 * What a department does with its task: sign, contact, progress, complete.
 */
#include "attaching.h"
#include "bounds.h"
#include "clock.h"
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

static const char *const own_channel_names[] = { "phone", "visit", "sms", NULL };

static const struct field contact_fields[] = {
	{ "channel", FIELD_CHOICE, offsetof(struct contact_form, channel), .required = true,
	  .choices = own_channel_names },
	{ "outcome", FIELD_CHOICE, offsetof(struct contact_form, outcome), .required = true,
	  .choices = contact_outcome_names },
	{ "note", FIELD_TEXT, offsetof(struct contact_form, note), .null_ok = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

enum { OUTCOME_REACHED };	/* index into contact_outcome_names */

struct reply tasks_contact(struct req *r)
{
	struct contact_form form;
	const struct action_form read = { contact_fields, &form, NULL };
	struct action act;
	struct event event = { .kind = EVENT_TASK_CONTACTED };

	if (!action_open(r, ACTION_CONTACT, &read, &act))
		return act.refusal;
	task_contact(act.task, act.at, form.outcome == OUTCOME_REACHED);
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
	{ "attachments", FIELD_LINES, offsetof(struct complete_form, attachments),
	  .null_ok = true, .max = 20 },
	{ 0 }
};

static void check_complete(struct req *r, const void *form)
{
	const struct complete_form *f = form;

	attaching_check(r, "attachments", &f->attachments);
}

/* What the checklist of this class and result asks for and is not there, as bits. */
static uint32_t missing_evidence(struct action *act, const struct complete_form *f)
{
	const struct task *t = act->task;
	uint32_t needs = task_checklist(req_tx(act->r), t, act->m.appeal.content_class,
					(enum task_result)(f->result + 1));

	if (!str_is_empty(f->reply))
		needs &= ~(uint32_t)CHECK_REPLY;
	if (t->is_contacted)
		needs &= ~(uint32_t)CHECK_CONTACT;
	if (t->is_reached)
		needs &= ~(uint32_t)CHECK_REACHED;
	if (!str_is_empty(f->legal_basis))
		needs &= ~(uint32_t)CHECK_LEGAL_BASIS;
	return needs;
}

static struct reply reply_incomplete(struct req *r, uint32_t missing)
{
	static const char *const contact_first[] = { "contact", "progress", NULL };
	static const char *const complete_again[] = { "complete", "contact", "progress", NULL };
	struct buf words;

	buf_init(&words, 200);
	for (size_t i = 0; checklist_need_names[i]; i++)
		if (missing & 1u << i)
			buf_printf(&words, "%s%s", words.n ? ", " : "",
				   checklist_need_names[i]);
	struct str list = arena_str(req_arena(r), buf_str(&words));
	buf_free(&words);
	return reply_conflict(r, "checklist_incomplete",
			      missing & (CHECK_CONTACT | CHECK_REACHED) ? contact_first
									: complete_again,
			      "The checklist of this class still asks for: %.*s. A contact is "
			      "logged by POST .../contact.", STR_ARG(list));
}

struct reply tasks_complete(struct req *r)
{
	struct complete_form form;
	const struct action_form read = { complete_fields, &form, check_complete };
	struct action act;
	struct event event = { .kind = EVENT_TASK_COMPLETED };

	if (!action_open(r, ACTION_COMPLETE, &read, &act))
		return act.refusal;
	uint32_t missing = missing_evidence(&act, &form);
	if (missing)
		return reply_incomplete(r, missing);
	if (!attaching_take(&act, &form.attachments))
		return act.refusal;
	event.completed.has_attachments = form.attachments.n > 0;
	task_complete(act.task, act.at);
	act.task->result = (enum task_result)(form.result + 1);
	act.task->reply = form.reply;
	act.task->legal_basis = form.legal_basis;
	return action_close(&act, &event);
}
