/*
 * What is done about an item: opened by a supervisor, worked on by its department (of an
 * inspection, which no department knows of, by supervisors), proved, and signed off (销号) by a
 * supervisor who is not the one that reported the proof.
 */
#include "bounds.h"
#include "clock.h"
#include "matter.h"
#include "supervised/supervised.h"

/* ---- opening ---- */

/* The case behind an item is told to its department: so it may not be one against it. */
static void check_case(struct req *r, const struct item_form *form, const char *pointer)
{
	uint64_t id = form->task.p ? task_id_of(form->task) : 0;
	struct task *task;
	struct matter m;

	if (!form->task.p)
		return;
	if (!id || !matter_read_task(req_tx(r), id, &m, &task))
		req_error(r, pointer, "unknown_task",
			  "There is no such task; its number reads LD260302000017-1.");
	else if (form->department.p && reference_is_recused(reference_of(req_tx(r)),
			form->department, m.appeal.accused_department))
		req_error(r, pointer, "recused",
			  "The department is accused in this case and may not learn of it.");
}

void check_item(struct req *r, const struct item_form *form, struct str at)
{
	const char *under = arena_printf(req_arena(r), "%.*s/", STR_ARG(at)).p;

	if (form->department.p &&
	    !reference_department_in_use(reference_of(req_tx(r)), form->department))
		req_error(r, arena_printf(req_arena(r), "%sdepartment", under).p, "unknown_code",
			  "There is no such department; GET /api/v1/departments lists them.");
	if (form->due && form->due <= clock_now())
		req_error(r, arena_printf(req_arena(r), "%sdue", under).p, "in_the_past",
			  "A demand is due in the future.");
	check_case(r, form, arena_printf(req_arena(r), "%stask", under).p);
}

#define AT(member) offsetof(struct item_form, member)
static const struct field item_fields[] = {
	{ "kind", FIELD_CHOICE, AT(kind), .required = true, .choices = item_kind_names },
	{ "source", FIELD_CHOICE, AT(source), .required = true, .choices = item_source_names },
	{ "department", FIELD_CODE, AT(department), .required = true, .max = 16 },
	{ "demand", FIELD_TEXT, AT(demand), .required = true, .max = LIMIT_NOTE_CHARS },
	{ "due", FIELD_UNTIL, AT(due), .required = true },
	{ "owner", FIELD_LINE, AT(owner), .null_ok = true },
	{ "task", FIELD_CODE, AT(task), .null_ok = true },
	{ 0 }
};

struct reply supervised_add(struct req *r)
{
	struct item_form form;
	bool is_read = req_form(r, item_fields, &form);

	check_item(r, &form, STR("#"));
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	struct sql_supervised_page_row item = item_open(req_tx(r), &(struct item_new){
		.kind = (enum item_kind)(form.kind + 1),
		.source = (enum item_source)(form.source + 1), .department = form.department,
		.demand = form.demand, .owner = form.owner, .due = form.due,
		.task_id = form.task.p ? task_id_of(form.task) : 0,
	}, &(struct act){ .kind = ACT_OPENED, .at = clock_now(), .by = req_actor(r) });
	return reply_supervised(r, &item);
}

/* ---- the frame of every step ---- */

/* What is possible in a state: index = state. */
static const char *const steps_of_open[] = { "progress", "proof", "urge", "due", NULL };
static const char *const steps_of_proved[] = { "sign-off", "refuse", NULL };
static const char *const steps_of_signed_off[] = { NULL };
static const char *const *const steps_of[] = {
	steps_of_signed_off, steps_of_open, steps_of_proved, steps_of_signed_off,
};

struct step {
	struct sql_supervised_page_row item;
	int64_t at;
	struct reply refusal;
};

/* Reads item and body and asks whether the step is legal; false: return step->refusal. */
static bool open_step(struct req *r, const char *name, const struct field *fields, void *form,
		      struct step *step)
{
	step->at = clock_now();
	if (!req_supervised(r, &step->item)) {
		step->refusal = reply_missing(r);
		return false;
	}
	if (!req_form(r, fields, form)) {
		step->refusal = reply_invalid(r);
		return false;
	}
	if (req_is_stale(r, "s", step->item.version)) {
		step->refusal = reply_stale(r);
		return false;
	}
	const char *const *allowed = steps_of[step->item.state];
	if (str_index(str_of(name), allowed) < 0) {
		step->refusal = reply_conflict(r, "step_not_possible", allowed,
					       "An item that is %s does not take this step.",
					       item_state_names[step->item.state - 1]);
		return false;
	}
	return true;
}

static struct reply close_step(struct req *r, struct step *step, enum act_kind kind,
			       struct str text)
{
	item_act(req_tx(r), &step->item, &(struct act){
		.kind = kind, .at = step->at, .by = req_actor(r), .text = text });
	return reply_supervised(r, &step->item);
}

struct text_form {
	struct str text;
};

static const struct field text_fields[] = {
	{ "text", FIELD_TEXT, offsetof(struct text_form, text), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

/* ---- the department's steps ---- */

struct reply items_progress(struct req *r)
{
	struct text_form form;
	struct step step;

	if (!open_step(r, "progress", text_fields, &form, &step))
		return step.refusal;
	return close_step(r, &step, ACT_PROGRESSED, form.text);
}

struct reply items_prove(struct req *r)
{
	struct text_form form;
	struct step step;

	if (!open_step(r, "proof", text_fields, &form, &step))
		return step.refusal;
	step.item.state = ITEM_PROVED;
	step.item.proved_at = step.at;
	step.item.proved_by_kind = req_actor(r)->kind;
	step.item.proved_by = req_actor(r)->id;
	step.item.next_at = 0;
	return close_step(r, &step, ACT_PROVED, form.text);
}

/* ---- the supervisor's ---- */

/* Who reported a proof does not judge it. */
static bool open_judgement(struct req *r, const char *name, struct text_form *form,
			   struct step *step)
{
	const struct actor *actor = req_actor(r);

	if (!open_step(r, name, text_fields, form, step))
		return false;
	if (step->item.proved_by_kind != (uint32_t)actor->kind ||
	    step->item.proved_by != actor->id)
		return true;
	step->refusal = reply_problem(r, 403, "separation_of_duty",
				      "Who reported the proof does not judge it; leave it to "
				      "another supervisor.");
	return false;
}

struct reply items_sign_off(struct req *r)
{
	struct text_form form;
	struct step step;

	if (!open_judgement(r, "sign-off", &form, &step))
		return step.refusal;
	step.item.state = ITEM_SIGNED_OFF;
	step.item.signed_off_at = step.at;
	return close_step(r, &step, ACT_SIGNED_OFF, form.text);
}

/* A refused proof was none: the due stands, and an item past it is marked at once. */
struct reply items_refuse(struct req *r)
{
	struct text_form form;
	struct step step;

	if (!open_judgement(r, "refuse", &form, &step))
		return step.refusal;
	step.item.state = ITEM_OPEN;
	step.item.proved_at = 0;
	step.item.proved_by_kind = 0;
	step.item.proved_by = 0;
	if (step.item.overdue_at <= step.item.due)
		step.item.next_at = item_overdue_at(step.item.due, step.at);
	return close_step(r, &step, ACT_PROOF_REFUSED, form.text);
}

struct reply items_urge(struct req *r)
{
	struct text_form form;
	struct step step;

	if (!open_step(r, "urge", text_fields, &form, &step))
		return step.refusal;
	step.item.urges++;
	return close_step(r, &step, ACT_URGED, form.text);
}

struct due_form {
	int64_t due;
	struct str text;
};

static const struct field due_fields[] = {
	{ "due", FIELD_UNTIL, offsetof(struct due_form, due), .required = true },
	{ "text", FIELD_TEXT, offsetof(struct due_form, text), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

/* That an item was overdue stays on its record, whatever its due is moved to. */
struct reply items_move_due(struct req *r)
{
	struct due_form form;
	struct step step;

	if (!open_step(r, "due", due_fields, &form, &step))
		return step.refusal;
	if (form.due <= step.at) {
		req_error(r, "#/due", "in_the_past", "A demand is due in the future.");
		return reply_invalid(r);
	}
	step.item.due = form.due;
	step.item.next_at = item_overdue_at(form.due, step.at);
	return close_step(r, &step, ACT_DUE_MOVED, form.text);
}

/* ---- lists ---- */

struct reply supervised_show(struct req *r)
{
	struct sql_supervised_page_row item;

	return req_supervised(r, &item) ? reply_supervised(r, &item) : reply_missing(r);
}

static const char *const standing_names[] = { "yes", "no", NULL };

/* The meeting of the query; 0 where none is asked for. False after a complaint. */
static bool query_meeting(struct req *r, uint64_t *ret_id)
{
	struct sql_supervised_meeting_id_row row = { 0 };
	struct str text = req_query(r, "meeting");
	uint32_t kind = 0, year = 0, n = 0;

	if (text.p && (!item_number_of(text, &kind, &year, &n) || kind != NUMBERED_MEETING ||
		       !sql_supervised_meeting_id(req_tx(r), (struct sql_supervised_meeting_id){
				.year = year, .n = n }, &row))) {
		req_error(r, "#/query/meeting", "unknown_code",
			  "There is no such meeting; GET /api/v1/meetings lists them.");
		return false;
	}
	*ret_id = row.id;
	return true;
}

struct reply supervised_list(struct req *r)
{
	const struct actor *actor = req_actor(r);
	struct sql_supervised_page_row row = { 0 };
	struct str department;
	int kind, source, state, standing;
	uint64_t last = 0, meeting;
	struct page page;
	uint32_t n = 0;

	bool is_read = req_query_choice(r, "kind", item_kind_names, &kind);
	is_read = req_query_choice(r, "source", item_source_names, &source) && is_read;
	is_read = req_query_choice(r, "state", item_state_names, &state) && is_read;
	is_read = req_query_choice(r, "overdue", standing_names, &standing) && is_read;
	is_read = query_meeting(r, &meeting) && is_read;
	is_read = req_query_code(r, "department", &department) && is_read;
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	if (req_relation(r) == RELATION_OWN) {
		if (department.p && !str_eq(department, actor->unit))
			return reply_denied(r, "A department lists its own items.");
		department = actor->unit;
	}
	struct rows *rows = sql_supervised_page(req_tx(r), (struct sql_supervised_page){
		.after = page.key1, .department = department.p ? department : STR(""),
		.kind = (uint32_t)(kind + 1), .source = (uint32_t)(source + 1),
		.state = (uint32_t)(state + 1), .standing = (uint32_t)(standing + 1),
		.now_at = clock_now(), .meeting_id = meeting,
		.with_hidden = actor->role == ROLE_SUPERVISOR, .n = page.limit + 1,
	});
	page_open(r);
	while (sql_supervised_page_next(rows, &row) && n++ < page.limit) {
		json_object(req_json(r), NULL);
		item_write(req_json(r), req_arena(r), reference_of(req_tx(r)), &row);
		json_close(req_json(r));
		last = row.id;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}
