/*
 * Marks of those who watch over a task: urge (催办), supervise (督办), escalate (提级办理). None
 * changes its state or its clocks; each is on record and told to the department.
 */
#include "action.h"
#include "bounds.h"
#include "clock.h"
#include "module.h"

/* ---- urge ---- */

struct urge_form {
	struct str note;
};

static const struct field urge_fields[] = {
	{ "note", FIELD_TEXT, offsetof(struct urge_form, note), .null_ok = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static struct reply supervision_urge(struct req *r)
{
	struct urge_form form;
	const struct action_form read = { urge_fields, &form, NULL };
	struct action act;
	struct event event = { .kind = EVENT_TASK_URGED };

	if (!action_open(r, ACTION_URGE, &read, &act))
		return act.refusal;
	act.task->urges++;
	const struct particular says[] = {
		SAY("note", form.note), SAY_NUMBER("urges", act.task->urges),
	};
	event_says(req_arena(r), &event, says);
	return action_close(&act, &event);
}

/* ---- supervise ---- */

struct supervise_form {
	struct str demand;
	int64_t due;
};

static const struct field supervise_fields[] = {
	{ "demand", FIELD_TEXT, offsetof(struct supervise_form, demand), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "due", FIELD_UNTIL, offsetof(struct supervise_form, due), .required = true },
	{ 0 }
};

static void check_supervise(struct req *r, const void *form)
{
	const struct supervise_form *f = form;

	if (f->due && f->due <= clock_now())
		req_error(r, "#/due", "in_the_past", "A demand is due in the future.");
}

static struct reply supervision_supervise(struct req *r)
{
	struct supervise_form form;
	const struct action_form read = { supervise_fields, &form, check_supervise };
	struct action act;
	struct event event = { .kind = EVENT_TASK_SUPERVISED };

	if (!action_open(r, ACTION_SUPERVISE, &read, &act))
		return act.refusal;
	const struct particular says[] = {
		SAY("demand", form.demand), SAY_TIME("due", form.due),
	};
	event_says(req_arena(r), &event, says);
	return action_close(&act, &event);
}

/* ---- escalate ---- */

struct escalate_form {
	struct str reason, to;
};

static const struct field escalate_fields[] = {
	{ "reason", FIELD_TEXT, offsetof(struct escalate_form, reason), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "to", FIELD_CODE, offsetof(struct escalate_form, to), .null_ok = true, .max = 16 },
	{ 0 }
};

static void check_escalate(struct req *r, const void *form)
{
	const struct escalate_form *f = form;

	if (f->to.p && !reference_department(reference_of(req_tx(r)), f->to))
		req_error(r, "#/to", "unknown_code",
			  "There is no such department; GET /api/v1/departments lists them.");
}

static struct reply supervision_escalate(struct req *r)
{
	static const char *const escalate_again[] = { "escalate", NULL };
	struct escalate_form form;
	const struct action_form read = { escalate_fields, &form, check_escalate };
	struct action act;
	struct event event = { .kind = EVENT_TASK_ESCALATED };

	if (!action_open(r, ACTION_ESCALATE, &read, &act))
		return act.refusal;
	if (form.to.p && str_eq(form.to, act.m.appeal.accused_department))
		return reply_conflict(r, "recused", escalate_again,
				      "The department is accused in this appeal.");
	act.task->escalated_to = form.to.p ? form.to :
		task_level_above(reference_of(req_tx(r)), &act.m.appeal, act.task);
	const struct particular says[] = {
		SAY("reason", form.reason), SAY("to", act.task->escalated_to),
	};
	event_says(req_arena(r), &event, says);
	return action_close(&act, &event);
}

/* ---- tables ---- */

static const struct route routes[] = {
	{ ROUTE(supervision_urge) },
	{ ROUTE(supervision_supervise) },
	{ ROUTE(supervision_escalate) },
	{ 0 }
};

const struct module supervision_module = {
	.name = "supervision",
	.purpose = "Urges, supervises and escalates tasks.",
	.routes = routes,
};
