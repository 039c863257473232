/*
 * Dispatch: which department gets an appeal, with which limits. By the catalogue in the
 * transaction of the registration, or by a dispatcher's hand. The accused department never
 * gets a task; a matter kept for departments never goes to a street.
 */
#include "clock.h"
#include "bounds.h"
#include "module.h"
#include "must.h"
#include "tasks/tasks.h"

#include "tasks_sql.h"

/* Where a task goes and how. */
struct assignment {
	struct str department;
	enum task_role role;
	enum limit_class limit_class;
	struct str advice;
	struct str basis;
	bool is_automatic;
	uint32_t ordinal;	/* 1.. within the appeal */
	int64_t latest_due;	/* 0, or a due that the task may not exceed (assist) */
};

static bool due_of(const struct reference *ref, enum limit_class class, enum limit_kind kind,
		   int64_t start, int64_t *ret_due)
{
	return limit_due(ref->calendar, ref->limits->row[class].limit[kind], start, ret_due) ==
	       LIMIT_COMPUTED;
}

/* False when the class has no computable limits (LX: the law's limit is typed in). */
static bool task_fill(const struct reference *ref, const struct appeal *a,
		      const struct assignment *to, int64_t at, struct task *ret_task)
{
	struct task t = {
		.id = a->id * 100 + to->ordinal, .appeal_id = a->id,
		.department = to->department, .role = to->role,
		.limit_class = to->limit_class, .state = TASK_AWAITING_SIGN, .round = 1,
		.version = 1, .dispatched_at = at, .advice = to->advice,
		.calendar_version = ref->calendar_version,
		.catalogue_version = ref->catalogue_version,
		.limits_version = ref->limits_version,
		.grounds_version = ref->grounds_version,
		.checklist_version = ref->checklist_version,
	};

	if (!due_of(ref, to->limit_class, LIMIT_SIGN, at, &t.sign_due) ||
	    !due_of(ref, to->limit_class, LIMIT_CONTACT, at, &t.contact_due) ||
	    !due_of(ref, to->limit_class, LIMIT_DONE, at, &t.due))
		return false;
	if (to->latest_due && t.due > to->latest_due)
		t.due = to->latest_due;
	t.original_due = t.due;
	*ret_task = t;
	return true;
}

void task_insert(struct tx *tx, const struct appeal *a, const struct task *t)
{
	sql_tasks_insert(tx, (struct sql_tasks_insert){
		.id = t->id, .appeal_id = t->appeal_id, .department = t->department,
		.role = t->role, .limit_class = t->limit_class, .state = t->state,
		.round = t->round, .version = t->version, .channel = a->channel,
		.content_class = a->content_class,
		.is_visitable = appeal_is_visitable(a),
		.dispatched_at = t->dispatched_at, .signed_at = t->signed_at,
		.contacted_at = t->contacted_at, .submitted_at = t->submitted_at,
		.closed_at = t->closed_at, .sign_due = t->sign_due,
		.contact_due = t->contact_due, .due = t->due,
		.original_due = t->original_due, .redo_due = t->redo_due,
		.is_contacted = t->is_contacted, .result = t->result, .reply = t->reply,
		.legal_basis = t->legal_basis, .advice = t->advice,
		.calendar_version = t->calendar_version,
		.catalogue_version = t->catalogue_version,
		.limits_version = t->limits_version,
		.grounds_version = t->grounds_version,
		.checklist_version = t->checklist_version, .outcome = t->outcome,
		.return_standing = t->return_standing,
	});
}

static bool assign(struct tx *tx, const struct event *cause, const struct assignment *to,
		   struct task *ret_task)
{
	struct event *dispatched = arena_new_of(tx_arena(tx), struct event);

	if (!task_fill(reference_of(tx), cause->appeal, to, cause->at, ret_task))
		return false;
	if (!cause->is_history)
		task_insert(tx, cause->appeal, ret_task);
	cause->appeal->state = APPEAL_DISPATCHED;
	*dispatched = (struct event){
		.kind = EVENT_TASK_DISPATCHED, .at = cause->at, .by = cause->by,
		.appeal = cause->appeal, .task = ret_task, .is_first = cause->is_first,
		.is_history = cause->is_history,
		.dispatched = { .basis = to->basis, .is_automatic = to->is_automatic },
	};
	emit(tx, dispatched->kind, dispatched);
	return true;
}

/* ---- by the catalogue, or as a history says ---- */

static void dispatch_given(struct tx *tx, const struct event *e)
{
	const struct given_task *given = e->received.given;
	const struct assignment to = {
		.department = given->department, .role = TASK_LEAD,
		.limit_class = given->limit_class, .basis = STR("as imported"), .ordinal = 1,
	};

	if (assign(tx, e, &to, &e->received.tasks->v[0]))
		e->received.tasks->n = 1;
}

void tasks_dispatch_received(struct tx *tx, const struct event *e)
{
	const struct appeal *a = e->appeal;
	const struct catalogue_row *row = reference_route(reference_of(tx), a->category,
							  a->area);
	struct task_list *made = e->received.tasks;

	if (e->received.given) {
		dispatch_given(tx, e);
		return;
	}
	if (!row || str_eq(row->department, a->accused_department))
		return;
	const struct assignment to = {
		.department = row->department, .role = TASK_LEAD,
		.limit_class = limit_class_for(row->limit_class, row->urgent_allowed,
					       a->content_class, a->is_urgent),
		.basis = row->basis, .is_automatic = true, .ordinal = 1,
	};
	if (assign(tx, e, &to, &made->v[0]))
		made->n = 1;
}

/* ---- by hand ---- */

struct dispatch_form {
	struct str department;
	struct str_list assist;
	struct str advice;
	int limit_class;
};

enum { ASSISTS_MAX = TASKS_PER_DISPATCH_MAX - 1 };

static const struct field dispatch_fields[] = {
	{ "department", FIELD_CODE, offsetof(struct dispatch_form, department),
	  .required = true, .max = 16 },
	{ "assist", FIELD_CODES, offsetof(struct dispatch_form, assist), .null_ok = true,
	  .max = ASSISTS_MAX },
	{ "advice", FIELD_TEXT, offsetof(struct dispatch_form, advice), .null_ok = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "limit_class", FIELD_CHOICE, offsetof(struct dispatch_form, limit_class),
	  .null_ok = true, .choices = limit_class_names },
	{ 0 }
};

static void check_receiver(struct req *r, const char *pointer, struct str code)
{
	const struct department *d = reference_department(reference_of(req_tx(r)), code);

	if (!d || !d->takes_tasks)
		req_error(r, pointer, "unknown_code",
			  "%.*s is no department that takes tasks.", STR_ARG(code));
}

static void check_dispatch(struct req *r, const struct dispatch_form *f,
			   const struct appeal *a)
{
	if (f->department.p)
		check_receiver(r, "#/department", f->department);
	for (size_t i = 0; i < f->assist.n; i++)
		check_receiver(r, "#/assist", f->assist.v[i]);
	if (f->limit_class == LIMIT_L0 && !a->is_urgent)
		req_error(r, "#/limit_class", "not_urgent",
			  "L0 is for appeals registered as urgent.");
	if (f->limit_class == LIMIT_LX)
		req_error(r, "#/limit_class", "limit_not_given",
			  "LX has no limit of its own; choose one of L1 to L5.");
}

static bool has_live_task(const struct matter *m, struct str department)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (task_is_live(&m->tasks[i]) && str_eq(m->tasks[i].department, department))
			return true;
	return false;
}

static bool is_recused(const struct dispatch_form *f, const struct appeal *a)
{
	if (str_eq(f->department, a->accused_department))
		return true;
	for (size_t i = 0; i < f->assist.n; i++)
		if (str_eq(f->assist.v[i], a->accused_department))
			return true;
	return false;
}

/* A matter of the departments must not be pushed down to a street (国办函〔2025〕66号). */
static bool is_kept_from_streets(const struct reference *ref, const struct appeal *a,
				 struct str department)
{
	const struct catalogue_row *row = reference_route(ref, a->category, a->area);
	const struct department *d = reference_department(ref, department);

	return row && row->department_only && d && str_is(d->kind, "street");
}

static enum limit_class class_by_hand(const struct reference *ref, const struct appeal *a,
				      int wanted)
{
	const struct catalogue_row *row = reference_route(ref, a->category, a->area);

	if (wanted >= 0)
		return (enum limit_class)wanted;
	return limit_class_for(row ? row->limit_class : LIMIT_L3, row && row->urgent_allowed,
			       a->content_class, a->is_urgent);
}

/* One working day before the lead's due; the lead's own where that would be before the start. */
static int64_t assist_due(const struct reference *ref, const struct task *lead, int64_t at)
{
	int32_t day;

	if (!calendar_previous_working_day(ref->calendar, day_of_instant(lead->due), &day) ||
	    day_end(day) <= at)
		return lead->due;
	return day_end(day);
}

static const char *const nothing_allowed[] = { NULL };
static const char *const dispatch_allowed[] = { "dispatch", NULL };

static struct reply refuse_dispatch(struct req *r, const struct matter *m,
				    const struct dispatch_form *f)
{
	const struct appeal *a = &m->appeal;
	const struct task *lead = matter_lead(m);

	if (is_recused(f, a))
		return reply_conflict(r, "recused", dispatch_allowed,
				      "The department is accused in this appeal.");
	if (is_kept_from_streets(reference_of(req_tx(r)), a, f->department))
		return reply_conflict(r, "department_only", dispatch_allowed,
				      "This category is kept for departments.");
	if (a->state == APPEAL_ACCEPTED && !lead)
		return (struct reply){ 0 };
	if (a->state == APPEAL_DISPATCHED && lead && str_eq(lead->department, f->department))
		return (struct reply){ 0 };
	if (a->state == APPEAL_DISPATCHED && lead)
		return reply_conflict(r, "lead_is_open", nothing_allowed,
				      "%.*s leads; name it to add assists.",
				      STR_ARG(lead->department));
	return reply_conflict(r, "illegal_step", nothing_allowed,
			      "An appeal in the state %s is not dispatched.",
			      appeal_state_names[a->state - 1]);
}

static void append_task(struct matter *m, struct arena *a, const struct task *t)
{
	struct task *more = arena_array_of(a, struct task, m->task_count + 1);

	for (uint32_t i = 0; i < m->task_count; i++)
		more[i] = m->tasks[i];
	more[m->task_count++] = *t;
	m->tasks = more;
}

static bool dispatch_one(struct req *r, struct matter *m, struct assignment *to)
{
	struct event cause = {
		.at = clock_now(), .by = req_actor(r), .appeal = &m->appeal,
	};
	struct task *t = arena_new_of(req_arena(r), struct task);

	to->ordinal = m->task_count + 1;
	if (to->ordinal > TASKS_PER_APPEAL_MAX || !assign(req_tx(r), &cause, to, t))
		return false;
	append_task(m, req_arena(r), t);
	return true;
}

struct reply tasks_dispatch(struct req *r)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct dispatch_form form;
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	bool is_read = req_form(r, dispatch_fields, &form);
	check_dispatch(r, &form, &m.appeal);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (req_is_stale(r, "a", m.appeal.version))
		return reply_stale(r);
	struct reply refusal = refuse_dispatch(r, &m, &form);
	if (refusal.status)
		return refusal;

	struct assignment to = {
		.department = form.department, .role = TASK_LEAD, .advice = form.advice,
		.limit_class = class_by_hand(ref, &m.appeal, form.limit_class),
		.basis = STR("dispatched by hand"),
	};
	if (!matter_lead(&m) && !dispatch_one(r, &m, &to))
		return reply_conflict(r, "limit_not_given", dispatch_allowed,
				      "The limit class has no computable limits.");
	const struct task *lead = matter_lead(&m);
	must(lead);
	to.role = TASK_ASSIST;
	to.limit_class = lead->limit_class;
	to.latest_due = assist_due(ref, lead, clock_now());
	for (size_t i = 0; i < form.assist.n; i++) {
		to.department = form.assist.v[i];
		if (!has_live_task(&m, to.department) && !dispatch_one(r, &m, &to))
			return reply_conflict(r, "too_many_tasks", nothing_allowed,
					      "An appeal has at most %d tasks.",
					      TASKS_PER_APPEAL_MAX);
	}
	matter_write(req_json(r), NULL, req_arena(r), &m, req_actor(r));
	reply_etag(r, "a", m.appeal.version);
	return reply_ok(r);
}
