/*
 * Dispatch: which department gets an appeal, with which limits. By the catalogue in the
 * transaction of the registration, or by somebody's hand. The accused department never gets a
 * task; a matter kept for departments never goes to a street; who gave the appeal back does not
 * get it again but by a ruling, so that a tug of war has an end.
 */
#include "bounds.h"
#include "clock.h"
#include "dispatching.h"
#include "module.h"
#include "must.h"
#include "rules/due.h"
#include "tasks/tasks.h"
#include "undoing.h"

#include "tasks_sql.h"

static bool due_of(const struct reference *ref, enum limit_class class, enum limit_kind kind,
		   int64_t start, int64_t *ret_due)
{
	return limit_due(ref->calendar, ref->limits->row[class].limit[kind], start, ret_due) ==
	       LIMIT_COMPUTED;
}

/* What the law gives an LX is typed in, and an assist has its lead's due to go by. */
static bool done_due(const struct reference *ref, const struct assignment *to, int64_t at,
		     int64_t *ret_due)
{
	if (to->due)
		*ret_due = to->due;
	else if (!due_of(ref, to->limit_class, LIMIT_DONE, at, ret_due))
		*ret_due = to->latest_due;
	if (to->latest_due && *ret_due > to->latest_due)
		*ret_due = to->latest_due;
	return *ret_due != 0;
}

/* False when the class has no computable limits. */
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
		.return_standing = to->is_ruling ? RETURN_RULED : RETURN_NONE,
	};

	if (!due_of(ref, to->limit_class, LIMIT_SIGN, at, &t.sign_due) ||
	    !due_of(ref, to->limit_class, LIMIT_CONTACT, at, &t.contact_due) ||
	    !done_due(ref, to, at, &t.due))
		return false;
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
		.redo_at = t->redo_at,
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

/* The appeal follows its lead: an assist neither ends its waiting nor opens it again. */
static bool assign(struct tx *tx, const struct event *cause, const struct assignment *to,
		   struct task *ret_task)
{
	struct event *dispatched = arena_new_of(tx_arena(tx), struct event);

	if (!task_fill(reference_of(tx), cause->appeal, to, cause->at, ret_task))
		return false;
	if (!cause->is_history)
		task_insert(tx, cause->appeal, ret_task);
	if (to->role == TASK_LEAD)
		cause->appeal->state = APPEAL_DISPATCHED;
	*dispatched = (struct event){
		.kind = EVENT_TASK_DISPATCHED, .at = cause->at, .by = cause->by,
		.appeal = cause->appeal, .task = ret_task, .is_first = cause->is_first,
		.is_history = cause->is_history, .not_before = cause->not_before,
		.dispatched = { .basis = to->basis, .is_automatic = to->is_automatic },
	};
	emit(tx, dispatched->kind, dispatched);
	return true;
}

/* ---- by the catalogue, or as a history or the desk says ---- */

static void dispatch_given(struct tx *tx, const struct event *e)
{
	const struct given_task *given = e->received.given;
	const struct assignment to = {
		.department = given->department, .role = TASK_LEAD,
		.limit_class = given->limit_class, .basis = STR("as imported"), .ordinal = 1,
	};

	if (given->department.p && assign(tx, e, &to, &e->received.tasks->v[0]))
		e->received.tasks->n = 1;
}

/*
 * The one who would handle it is the one complained about: straight to the supervisors (效能投诉
 * 直查快办), without any department in between.
 */
static void take_fast_lane(struct tx *tx, const struct event *cause)
{
	const struct particular says[] = { SAY("accused", cause->appeal->accused_department) };
	struct event *fast = arena_new_of(tx_arena(tx), struct event);

	*fast = (struct event){
		.kind = EVENT_APPEAL_FAST_LANE, .at = cause->at, .by = cause->by,
		.appeal = cause->appeal, .is_first = cause->is_first,
	};
	event_says(tx_arena(tx), fast, says);
	emit(tx, fast->kind, fast);
}

bool catalogue_row_receives(const struct reference *ref, const struct catalogue_row *row)
{
	const struct department *d = reference_department(ref, row->department);

	return !d || d->takes_tasks;
}

/* False where the catalogue has no row for it, or one of who takes no tasks any more. */
static bool by_catalogue(const struct reference *ref, const struct appeal *a,
			 struct assignment *ret_to)
{
	const struct catalogue_row *row = reference_route(ref, a->category, a->area);

	if (!row || !catalogue_row_receives(ref, row))
		return false;
	*ret_to = (struct assignment){
		.department = row->department, .role = TASK_LEAD,
		.limit_class = limit_class_for(row->limit_class, row->urgent_allowed,
					       a->content_class, a->is_urgent),
		.basis = row->basis, .is_automatic = true, .ordinal = 1,
	};
	return true;
}

bool dispatch_expected(const struct reference *ref, const struct appeal *a, int64_t at,
		       struct task *ret_task)
{
	struct assignment to;

	return by_catalogue(ref, a, &to) &&
	       !reference_is_recused(ref, to.department, a->accused_department) &&
	       task_fill(ref, a, &to, at, ret_task);
}

void tasks_dispatch_received(struct tx *tx, const struct event *e)
{
	const struct reference *ref = reference_of(tx);
	const struct appeal *a = e->appeal;
	struct task_list *made = e->received.tasks;
	struct assignment to;

	if (e->received.given) {
		dispatch_given(tx, e);
		return;
	}
	if (!by_catalogue(ref, a, &to))
		return;
	if (reference_is_recused(ref, to.department, a->accused_department))
		take_fast_lane(tx, e);
	else if (assign(tx, e, &to, &made->v[0]))
		made->n = 1;
}

/* ---- who may receive it ---- */

void check_receiver(struct req *r, const char *pointer, struct str code)
{
	const struct department *d = reference_department(reference_of(req_tx(r)), code);

	if (!d || !d->takes_tasks)
		req_error(r, pointer, "unknown_code",
			  "%.*s is no department that takes tasks.", STR_ARG(code));
}

uint32_t leads_returned(const struct matter *m)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->task_count; i++)
		n += m->tasks[i].role == TASK_LEAD && m->tasks[i].left == LEFT_RETURNED;
	return n;
}

bool has_live_task(const struct matter *m, struct str department)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (task_is_live(&m->tasks[i]) && str_eq(m->tasks[i].department, department))
			return true;
	return false;
}

static bool has_returned(const struct matter *m, struct str department)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (m->tasks[i].left == LEFT_RETURNED &&
		    str_eq(m->tasks[i].department, department))
			return true;
	return false;
}

/* A matter of the departments must not be pushed down to a street (国办函〔2025〕66号): by the
 * centre as its lead, by a department in any way. */
static bool is_kept_from_streets(struct req *r, const struct appeal *a,
				 const struct assignment *to)
{
	const struct reference *ref = reference_of(req_tx(r));
	const struct catalogue_row *row = reference_route(ref, a->category, a->area);
	const struct department *d = reference_department(ref, to->department);

	return row && row->department_only && d && str_is(d->kind, "street") &&
	       (to->role == TASK_LEAD || (req_actor(r)->role & ROLE_DEPARTMENT));
}

struct reply reply_recused(struct req *r, const char *const *allowed)
{
	return reply_conflict(r, "recused", allowed,
			      "The department is accused in this appeal.");
}

enum receiver_bar receiver_barred(struct req *r, const struct matter *m,
				  const struct assignment *to)
{
	if (reference_is_recused(reference_of(req_tx(r)), to->department,
				 m->appeal.accused_department))
		return BAR_RECUSED;
	if (is_kept_from_streets(r, &m->appeal, to))
		return BAR_DEPARTMENT_ONLY;
	return !to->is_ruling && has_returned(m, to->department) ? BAR_RETURNED_BEFORE
								 : BAR_NONE;
}

static struct reply refuse_receiver(struct req *r, const struct matter *m,
				    const struct assignment *to, const char *const *allowed)
{
	switch (receiver_barred(r, m, to)) {
	case BAR_RECUSED:
		return reply_recused(r, allowed);
	case BAR_DEPARTMENT_ONLY:
		return reply_conflict(r, "department_only", allowed,
				      "This category is kept for departments.");
	case BAR_RETURNED_BEFORE:
		return reply_conflict(r, "returned_before", allowed,
				      "%.*s gave this appeal back; it gets it again by a "
				      "supervisor's ruling only.", STR_ARG(to->department));
	case BAR_NONE:
		break;
	}
	return (struct reply){ 0 };
}

static void append_task(struct matter *m, struct arena *a, const struct task *t)
{
	struct task *more = arena_array_of(a, struct task, m->task_count + 1);

	for (uint32_t i = 0; i < m->task_count; i++)
		more[i] = m->tasks[i];
	more[m->task_count++] = *t;
	m->tasks = more;
}

struct reply task_give(struct req *r, struct matter *m, const struct assignment *to,
		       const char *const *allowed)
{
	const struct event cause = {
		.at = clock_now(), .by = req_actor(r), .appeal = &m->appeal,
		.not_before = to->not_before,
	};
	struct assignment next = *to;
	struct task *t = arena_new_of(req_arena(r), struct task);

	next.ordinal = m->task_count + 1;
	struct reply refusal = refuse_receiver(r, m, &next, allowed);
	if (refusal.status)
		return refusal;
	if (to->role == TASK_LEAD && leads_returned(m) >= RETURNS_BEFORE_RULING)
		next.is_ruling = true;
	if (next.ordinal > TASKS_PER_APPEAL_MAX)
		return reply_conflict(r, "too_many_tasks", allowed,
				      "An appeal has at most %d tasks.",
				      TASKS_PER_APPEAL_MAX);
	if (!assign(req_tx(r), &cause, &next, t))
		return reply_conflict(r, "limit_not_given", allowed,
				      "The limit class has no computable limits.");
	append_task(m, req_arena(r), t);
	return (struct reply){ 0 };
}

void assignment_assist(struct tx *tx, const struct task *lead, int64_t at,
		       struct assignment *to)
{
	to->role = TASK_ASSIST;
	to->limit_class = lead->limit_class;
	to->due = 0;
	to->latest_due = due_of_assist(reference_of(tx)->calendar, lead->due, at);
}

/* ---- by a dispatcher's hand, or a supervisor's in the fast lane ---- */

struct dispatch_form {
	struct str department;
	struct str_list assist;
	struct str advice;
	int limit_class;
	int64_t due;		/* of an LX: the limit that its law gives */
	struct str legal_basis;
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
	{ "due", FIELD_UNTIL, offsetof(struct dispatch_form, due), .null_ok = true },
	{ "legal_basis", FIELD_TEXT, offsetof(struct dispatch_form, legal_basis),
	  .null_ok = true, .max = 500 },
	{ 0 }
};

static enum limit_class class_by_hand(const struct reference *ref, const struct appeal *a,
				      int wanted)
{
	const struct catalogue_row *row = reference_route(ref, a->category, a->area);

	if (wanted >= 0)
		return (enum limit_class)wanted;
	return limit_class_for(row ? row->limit_class : LIMIT_L3, row && row->urgent_allowed,
			       a->content_class, a->is_urgent);
}

/* The law's own limit comes with the law it stands in; no other class has one typed in. */
static void check_legal_limit(struct req *r, const struct dispatch_form *f, bool is_legal)
{
	if (is_legal && !f->due)
		req_error(r, "#/due", "missing", "Give the moment until which the law allows.");
	else if (is_legal && f->due <= clock_now())
		req_error(r, "#/due", "past", "Give a moment that is still to come.");
	if (is_legal && str_is_empty(f->legal_basis))
		req_error(r, "#/legal_basis", "missing",
			  "Name the law and article that give this limit.");
	if (!is_legal && f->due)
		req_error(r, "#/due", "not_taken", "Only LX has a due time of its own.");
	if (!is_legal && f->legal_basis.p)
		req_error(r, "#/legal_basis", "not_taken",
			  "Only LX has a legal basis of its own.");
}

static void check_dispatch(struct req *r, const struct dispatch_form *f,
			   const struct matter *m)
{
	const struct appeal *a = &m->appeal;
	enum limit_class class = class_by_hand(reference_of(req_tx(r)), a, f->limit_class);

	if (f->department.p)
		check_receiver(r, "#/department", f->department);
	for (size_t i = 0; i < f->assist.n; i++)
		check_receiver(r, "#/assist", f->assist.v[i]);
	if (f->limit_class == LIMIT_L0 && !a->is_urgent)
		req_error(r, "#/limit_class", "not_urgent",
			  "L0 is for appeals registered as urgent.");
	check_legal_limit(r, f, class == LIMIT_LX && !matter_lead(m));
}

static const char *const nothing_allowed[] = { NULL };
static const char *const dispatch_allowed[] = { "dispatch", NULL };

static struct reply refuse_dispatch(struct req *r, const struct matter *m,
				    const struct dispatch_form *f)
{
	const struct appeal *a = &m->appeal;
	const struct task *lead = matter_lead(m);

	if (!appeal_step_is_legal(a, ACTION_DISPATCH) ||
	    (a->state == APPEAL_ACCEPTED) == !!lead)
		return reply_appeal_step(r, a);
	if (lead && !str_eq(lead->department, f->department))
		return reply_conflict(r, "lead_is_open", nothing_allowed,
				      "%.*s leads; name it to add assists.",
				      STR_ARG(lead->department));
	return (struct reply){ 0 };
}

static struct reply give_lead(struct req *r, struct matter *m, const struct dispatch_form *f,
			      int64_t not_before)
{
	const struct assignment to = {
		.department = f->department, .role = TASK_LEAD, .advice = f->advice,
		.not_before = not_before,
		.limit_class = class_by_hand(reference_of(req_tx(r)), &m->appeal,
					     f->limit_class),
		.basis = f->due ? f->legal_basis : STR("dispatched by hand"),
		.due = f->due - f->due % CLOCK_SECOND,
	};

	return task_give(r, m, &to, dispatch_allowed);
}

static struct reply give_assists(struct req *r, struct matter *m,
				 const struct dispatch_form *f, int64_t not_before)
{
	struct assignment to = { .advice = f->advice, .basis = STR("dispatched by hand"),
				 .not_before = not_before };
	const struct task *lead = matter_lead(m);
	struct reply refusal = { 0 };

	must(lead);
	assignment_assist(req_tx(r), lead, clock_now(), &to);
	for (size_t i = 0; i < f->assist.n && !refusal.status; i++) {
		to.department = f->assist.v[i];
		if (!has_live_task(m, to.department))
			refusal = task_give(r, m, &to, dispatch_allowed);
	}
	return refusal;
}

/* Supervisors dispatch what no department stands above: the fast lane. */
static bool may_dispatch(const struct actor *actor, const struct matter *m)
{
	return !(actor->role & ROLE_SUPERVISOR) ||
	       (m->appeal.accused_department.n && !matter_lead(m));
}

/* Until when it may be taken back: assists are of the class of their lead. */
static int64_t window_of(struct req *r, const struct matter *m, const struct dispatch_form *f)
{
	const struct task *lead = matter_lead(m);
	enum limit_class class = lead ? lead->limit_class :
		class_by_hand(reference_of(req_tx(r)), &m->appeal, f->limit_class);

	return undo_window(req_actor(r), &m->appeal, undo_is_hurried(class));
}

struct reply tasks_dispatch(struct req *r)
{
	struct dispatch_form form;
	struct reply refusal;
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	if (!may_dispatch(req_actor(r), &m))
		return reply_denied(r, "A supervisor dispatches appeals of the fast lane only: "
				    "those about a department, without a lead.");
	bool is_read = req_form(r, dispatch_fields, &form);
	check_dispatch(r, &form, &m);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (req_is_stale(r, "a", m.appeal.version))
		return reply_stale(r);
	refusal = refuse_dispatch(r, &m, &form);
	struct undo_offer offer = {
		.step = UNDO_DISPATCHED, .at = clock_now(), .state = m.appeal.state,
		.tasks_before = m.task_count, .until = window_of(r, &m, &form),
	};

	if (!refusal.status && !matter_lead(&m))
		refusal = give_lead(r, &m, &form, offer.until);
	if (!refusal.status)
		refusal = give_assists(r, &m, &form, offer.until);
	if (refusal.status)
		return refusal;
	if (m.task_count > offer.tasks_before)
		undo_offer(r, &m, &offer);
	return reply_appeal(r, &m);
}
