/*
 * Lead and assist (主办、协办): the lead of an appeal asks other departments in, they report to
 * it by stages, and it logs where one keeps it waiting. Each assist is a task with clocks of
 * its own. What was reported stands in the history alone and is read from there.
 */
#include "bounds.h"
#include "clock.h"
#include "module.h"
#include "tasks/tasks.h"

#include "tasks_sql.h"

/* ---- asking others in ---- */

struct assist_form {
	struct str_list departments;
	struct str advice;
};

static const struct field assist_fields[] = {
	{ "departments", FIELD_CODES, offsetof(struct assist_form, departments),
	  .required = true, .max = TASKS_PER_DISPATCH_MAX - 1 },
	{ "advice", FIELD_TEXT, offsetof(struct assist_form, advice), .null_ok = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static void check_assist(struct req *r, const void *form)
{
	const struct assist_form *f = form;

	if (!f->departments.n)
		req_error(r, "#/departments", "missing", "Name a department at least.");
	for (size_t i = 0; i < f->departments.n; i++) {
		check_receiver(r, "#/departments", f->departments.v[i]);
		if (str_eq(f->departments.v[i], req_actor(r)->unit))
			req_error(r, "#/departments", "same_department",
				  "Who leads does not assist.");
	}
}

static const char *const lead_goes_on[] = {
	"assist", "contact", "progress", "complete", NULL
};

static struct reply ask_one(struct action *act, const struct assignment *to)
{
	if (has_live_task(&act->m, to->department))
		return reply_conflict(act->r, "assists_already", lead_goes_on,
				      "%.*s has a task of this appeal already.",
				      STR_ARG(to->department));
	return task_give(act->r, &act->m, to, lead_goes_on);
}

struct reply tasks_assist(struct req *r)
{
	struct assist_form form;
	const struct action_form read = { assist_fields, &form, check_assist };
	struct action act;
	struct reply refusal = { 0 };

	if (!action_open(r, ACTION_ASSIST, &read, &act))
		return act.refusal;
	size_t place = (size_t)(act.task - act.m.tasks);
	struct assignment to = {
		.advice = form.advice, .basis = STR("asked in by the lead"),
	};
	assignment_assist(req_tx(r), act.task, act.at, &to);
	for (size_t i = 0; i < form.departments.n && !refusal.status; i++) {
		to.department = form.departments.v[i];
		refusal = ask_one(&act, &to);
	}
	return refusal.status ? refusal : reply_task(r, &act.m, &act.m.tasks[place]);
}

/* ---- stage reports ---- */

struct report_form {
	struct str text;
	int64_t next_on;
};

static const struct field report_fields[] = {
	{ "text", FIELD_TEXT, offsetof(struct report_form, text), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "next_on", FIELD_DATE, offsetof(struct report_form, next_on), .null_ok = true },
	{ 0 }
};

static void check_report(struct req *r, const void *form)
{
	const struct report_form *f = form;

	if (f->next_on && f->next_on < day_start(day_of_instant(clock_now())))
		req_error(r, "#/next_on", "past", "Give today or a later day.");
}

struct reply tasks_report(struct req *r)
{
	struct report_form form;
	const struct action_form read = { report_fields, &form, check_report };
	struct action act;
	struct event event = { .kind = EVENT_TASK_REPORTED };

	if (!action_open(r, ACTION_REPORT, &read, &act))
		return act.refusal;
	const struct particular says[] = {
		SAY("text", form.text), SAY_TIME("next_on", form.next_on),
	};
	event_says(req_arena(r), &event, says);
	return action_close(&act, &event);
}

/* ---- an assist that keeps its lead waiting ---- */

struct delay_form {
	struct str assist, note;
};

static const struct field delay_fields[] = {
	{ "assist", FIELD_CODE, offsetof(struct delay_form, assist), .required = true },
	{ "note", FIELD_TEXT, offsetof(struct delay_form, note), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static struct task *open_assist(const struct matter *m, uint64_t id)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (m->tasks[i].id == id && m->tasks[i].role == TASK_ASSIST &&
		    task_is_open(&m->tasks[i]))
			return &m->tasks[i];
	return NULL;
}

/* Logged about the assist's task, which it does not change. */
struct reply tasks_assist_delay(struct req *r)
{
	struct delay_form form;
	const struct action_form read = { delay_fields, &form, NULL };
	struct action act;
	struct event event = { .kind = EVENT_TASK_ASSIST_DELAYED };

	if (!action_open(r, ACTION_ASSIST_DELAY, &read, &act))
		return act.refusal;
	struct task *assist = open_assist(&act.m, task_id_of(form.assist));
	if (!assist) {
		req_error(r, "#/assist", "unknown_code",
			  "%.*s is no open assist of this appeal.", STR_ARG(form.assist));
		return reply_invalid(r);
	}
	const struct particular says[] = { SAY("note", form.note) };
	event_says(req_arena(r), &event, says);
	action_publish(&act, assist, &event);
	return reply_task(r, &act.m, act.task);
}

/* ---- what the lead sees of its assists ---- */

struct note {
	uint64_t task_id;
	enum event_kind kind;
	int64_t at;
	struct str text, next_on, note;
};

struct notes {
	struct note *v;
	uint32_t n;
};

static struct notes read_notes(struct tx *tx, uint64_t appeal_id)
{
	struct sql_tasks_assist_notes_row row = { 0 };
	struct notes notes = { NULL, 0 };
	struct rows *rows = sql_tasks_assist_notes(tx, (struct sql_tasks_assist_notes){
		.appeal_id = appeal_id, .reported = EVENT_TASK_REPORTED,
		.delayed = EVENT_TASK_ASSIST_DELAYED,
	});

	while (sql_tasks_assist_notes_next(rows, &row)) {
		if ((notes.n & (notes.n - 1)) == 0) {
			struct note *more = arena_array_of(tx_arena(tx), struct note,
							   notes.n ? notes.n * 2 : 1);
			for (uint32_t i = 0; i < notes.n; i++)
				more[i] = notes.v[i];
			notes.v = more;
		}
		notes.v[notes.n++] = (struct note){
			.task_id = row.task_id, .kind = (enum event_kind)row.kind,
			.at = row.at, .text = row.text, .next_on = row.next_on,
			.note = row.note,
		};
	}
	return notes;
}

static void write_notes(struct json *j, const struct notes *notes, uint64_t task_id,
			enum event_kind kind)
{
	bool is_report = kind == EVENT_TASK_REPORTED;

	json_array(j, is_report ? "reports" : "delays");
	for (uint32_t i = 0; i < notes->n; i++) {
		const struct note *note = &notes->v[i];

		if (note->task_id != task_id || note->kind != kind)
			continue;
		json_object(j, NULL);
		json_time(j, "at", note->at);
		if (is_report) {
			json_str(j, "text", note->text);
			json_str(j, "next_on", note->next_on);
		} else {
			json_str(j, "note", note->note);
		}
		json_close(j);
	}
	json_close(j);
}

/* A lead that went back is no lead any more: its department sees nothing. */
static bool sees_assists(const struct actor *actor, const struct task *t)
{
	return t->role == TASK_LEAD &&
	       (!(actor->role & ROLE_DEPARTMENT) || task_is_live(t));
}

struct reply tasks_assists(struct req *r)
{
	struct json *j = req_json(r);
	struct matter m;
	struct task *t;

	if (!req_task(r, &m, &t))
		return reply_missing(r);
	struct notes notes = read_notes(req_tx(r), m.appeal.id);
	json_object(j, NULL);
	json_array(j, "items");
	for (uint32_t i = 0; sees_assists(req_actor(r), t) && i < m.task_count; i++) {
		if (m.tasks[i].role != TASK_ASSIST)
			continue;
		json_object(j, NULL);
		task_write(j, "task", req_arena(r), &m.tasks[i], &m, NULL,
			   req_actor(r));
		write_notes(j, &notes, m.tasks[i].id, EVENT_TASK_REPORTED);
		write_notes(j, &notes, m.tasks[i].id, EVENT_TASK_ASSIST_DELAYED);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	return reply_ok(r);
}
