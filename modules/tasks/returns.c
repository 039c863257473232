/*
 * Returns (退单): a department asks to give a task back inside a window, while its clocks run
 * on; the centre accepts or refuses; a department that insists takes it to a supervisor. The
 * second accepted return of an appeal, and any dispute, ends in a ruling (指定承办): whoever is
 * named may not return it, and the catalogue says so from then on, so that the same quarrel
 * happens once. The caller's own clock is no task's: appeal.received_at never moves.
 */
#include "bounds.h"
#include "clock.h"
#include "documents.h"
#include "module.h"
#include "must.h"
#include "sightings.h"
#include "tasks/tasks.h"

#include "tasks_sql.h"

enum decision {		/* stored: numbers are fixed */
	DECISION_NONE,
	DECISION_ACCEPTED,
	DECISION_REFUSED,
	DECISION_LAPSED,	/* the task was withdrawn before anybody decided */
};

static const char *const decision_names[] = { "accepted", "refused", "lapsed", NULL };

/* ---- the record ---- */

static void return_add(struct action *act, const struct sql_tasks_return_last_row *last,
		       struct str basis, bool is_dispute)
{
	const struct actor *by = req_actor(act->r);

	sql_tasks_return_add(req_tx(act->r), (struct sql_tasks_return_add){
		.task_id = act->task->id, .n = last->n + 1, .appeal_id = act->task->appeal_id,
		.department = act->task->department, .is_dispute = is_dispute,
		.reason = last->reason, .basis = basis, .propose = last->propose,
		.asked_at = act->at, .by_kind = by->kind, .by_id = by->id,
		.by_name = by->name,
	});
}

/* What was decided, for the record and for the event. */
struct return_verdict {
	enum decision decision;
	struct str reason;
	struct str redispatch_to;
	bool is_ruling;
	uint64_t catalogue_version;	/* that the ruling made, 0 */
};

static void return_decide(struct action *act, const struct return_verdict *v)
{
	const struct actor *by = req_actor(act->r);

	sql_tasks_return_decide(req_tx(act->r), (struct sql_tasks_return_decide){
		.task_id = act->task->id, .decision = v->decision, .is_ruling = v->is_ruling,
		.at = act->at, .by_kind = by->kind, .by_id = by->id, .by_name = by->name,
		.reason = v->reason, .redispatched_to = v->redispatch_to,
	});
}

static void say_verdict(struct action *act, struct event *event, const struct return_verdict *v)
{
	const struct particular says[] = {
		SAY("reason", v->reason),
		SAY("redispatch_to", v->redispatch_to),
		SAY_BOOL("ruling", v->is_ruling),
		SAY_NUMBER("catalogue_version", (int64_t)v->catalogue_version),
	};

	event_say(req_arena(act->r), event, says,
		  array_count(says) - (v->catalogue_version == 0));
}

/* A task that leaves takes its return with it, and comes back with it. */
static bool has_open_return(const struct event *e)
{
	return !e->is_history && e->task &&
	       (e->task->return_standing == RETURN_ASKED ||
		e->task->return_standing == RETURN_DISPUTED);
}

void tasks_withdrawn(struct tx *tx, const struct event *e)
{
	if (has_open_return(e))
		sql_tasks_return_lapse(tx, (struct sql_tasks_return_lapse){
			.task_id = e->task->id, .at = e->at, .by_kind = e->by->kind,
			.by_id = e->by->id, .by_name = e->by->name,
		});
}

void tasks_restored(struct tx *tx, const struct event *e)
{
	if (has_open_return(e))
		sql_tasks_return_restore(tx, (struct sql_tasks_return_restore){
			.task_id = e->task->id,
		});
}

/* ---- asking ---- */

struct return_form {
	struct str reason, basis, propose;
};

static const struct field return_fields[] = {
	{ "reason", FIELD_CODE, offsetof(struct return_form, reason), .required = true,
	  .max = GROUND_CODE_MAX },
	{ "basis", FIELD_TEXT, offsetof(struct return_form, basis), .required = true,
	  .max = 500 },
	{ "propose", FIELD_CODE, offsetof(struct return_form, propose), .null_ok = true,
	  .max = 16 },
	{ 0 }
};

static void check_return(struct req *r, const void *form)
{
	const struct return_form *f = form;
	const struct ground *ground = reference_ground(reference_of(req_tx(r)), "return",
						       f->reason);

	if (f->reason.p && !ground)
		req_error(r, "#/reason", "unknown_code",
			  "%.*s is no ground of a return: GET /api/v1/grounds lists them.",
			  STR_ARG(f->reason));
	if (ground && (ground->needs & GROUND_NEEDS_PROPOSAL) && !f->propose.p)
		req_error(r, "#/propose", "missing",
			  "This ground needs the department that should have it.");
	if (f->propose.p)
		check_receiver(r, "#/propose", f->propose);
	if (f->propose.p && str_eq(f->propose, req_actor(r)->unit))
		req_error(r, "#/propose", "same_department", "Propose another department.");
}

/* What is possible in the state of the task, without one action that something else bars. */
static const char *const *allowed_but(struct req *r, const struct task *t,
				      enum task_action barred)
{
	const char **names = arena_array_of(req_arena(r), const char *, TASK_ACTIONS + 1);
	size_t n = 0;

	for (size_t i = 0; i < TASK_ACTIONS; i++)
		if (i != barred && step_is_legal(t, (enum task_action)i))
			names[n++] = task_action_names[i];
	names[n] = NULL;
	return names;
}

/* Last moment in which a return of the task may be asked for; 0 where nothing ends it. */
static int64_t window_end(struct tx *tx, const struct task *t)
{
	int64_t until;

	return limit_due(reference_of(tx)->calendar, task_limit(tx, t, LIMIT_RETURN),
			 t->dispatched_at, &until) == LIMIT_COMPUTED ? until : 0;
}

static struct reply refuse_late(struct action *act)
{
	int64_t until = window_end(req_tx(act->r), act->task);
	char text[40];

	if (!until || limit_kept(act->at, until))
		return (struct reply){ 0 };
	struct str closed = clock_format(until, text, sizeof(text));
	return reply_conflict(act->r, "return_window_closed",
			      allowed_but(act->r, act->task, ACTION_RETURN),
			      "A return of this task could be asked for until %.*s.",
			      STR_ARG(closed));
}

struct reply tasks_return(struct req *r)
{
	struct return_form form;
	const struct action_form read = { return_fields, &form, check_return };
	struct action act;
	struct event event = { .kind = EVENT_TASK_RETURN_REQUESTED };
	struct sql_tasks_return_last_row last = { 0 };

	if (!action_open(r, ACTION_RETURN, &read, &act))
		return act.refusal;
	struct reply refusal = refuse_late(&act);
	if (refusal.status)
		return refusal;
	if (reference_is_recused(reference_of(req_tx(r)), form.propose,
				 act.m.appeal.accused_department))
		return reply_recused(r, allowed_but(r, act.task, TASK_ACTIONS));
	if (!sql_tasks_return_last(req_tx(r), (struct sql_tasks_return_last){
			.task_id = act.task->id }, &last))
		last.n = 0;
	last.reason = form.reason;
	last.propose = form.propose;
	return_add(&act, &last, form.basis, false);
	task_return_ask(act.task, RETURN_ASKED);
	const struct particular says[] = {
		SAY("reason", form.reason), SAY("basis", form.basis),
		SAY("propose", form.propose),
	};
	event_says(req_arena(r), &event, says);
	return action_close(&act, &event);
}

/* For a dispute there is no window: it answers a refusal, whenever that came. */
struct reply tasks_dispute(struct req *r)
{
	struct reason_form form;
	const struct action_form read = { reason_fields, &form, NULL };
	struct action act;
	struct event event = { .kind = EVENT_TASK_DISPUTED };
	struct sql_tasks_return_last_row last = { 0 };

	if (!action_open(r, ACTION_DISPUTE, &read, &act))
		return act.refusal;
	bool is_found = sql_tasks_return_last(req_tx(r), (struct sql_tasks_return_last){
		.task_id = act.task->id }, &last);
	/* What was refused was asked for. */
	must(is_found || !tx_ok(req_tx(r)));
	return_add(&act, &last, form.reason, true);
	task_return_ask(act.task, RETURN_DISPUTED);
	const struct particular says[] = { SAY("reason", form.reason) };
	event_says(req_arena(r), &event, says);
	return action_close(&act, &event);
}

/* ---- deciding ---- */

/* Whether the decision is a ruling: of a dispute always, of a return when it is accepted and
 * would be the appeal's second. */
static bool is_ruling_due(const struct action *act, enum decision decision)
{
	return act->task->return_standing == RETURN_DISPUTED ||
	       (decision == DECISION_ACCEPTED && act->task->role == TASK_LEAD &&
		leads_returned(&act->m) > 0);
}

static struct reply refuse_decider(struct action *act, bool is_ruling)
{
	if (is_ruling && !(req_actor(act->r)->role & ROLE_SUPERVISOR))
		return reply_problem(act->r, 403, "ruling_needed",
				     "A dispute, and the second return of an appeal, is "
				     "decided by a supervisor's ruling.");
	if (action_was_by(act, act->task, KIND(EVENT_TASK_DISPATCHED)))
		return reply_same_person(act->r, "Who dispatched the task by hand does not "
					 "decide on its return: somebody else has to.");
	return (struct reply){ 0 };
}

/* Writes the ruling into the catalogue: the version that says so; 0 for an appeal without a
 * pair of codes that the catalogue could have. */
static uint64_t ruling_record(struct action *act, struct str department)
{
	const struct reference *ref = reference_of(req_tx(act->r));
	const struct appeal *a = &act->m.appeal;
	struct str reference = appeal_reference(req_arena(act->r), a->id);
	char day[16];

	if (!a->category.n || !a->area.n || !reference_category(ref, a->category) ||
	    !reference_area(ref, a->area))
		return 0;
	day_text(day_of_instant(act->at), day, sizeof(day));
	const struct catalogue_row *now = reference_route(ref, a->category, a->area);
	const struct catalogue_row row = {
		.category = a->category, .area = a->area, .department = department,
		.basis = arena_printf(req_arena(act->r), "指定承办 %s %.*s", day,
				      STR_ARG(reference)),
		.limit_class = now ? now->limit_class : LIMIT_L3,
		.urgent_allowed = now && now->urgent_allowed,
		.department_only = now && now->department_only,
	};
	return document_route_set(req_tx(act->r), &row, row.basis);
}

static const char *const decide_otherwise[] = {
	"return/accept", "return/refuse", "ruling", NULL
};

/*
 * The task goes to another department: with that department's own full limits, only the law's
 * own limit of an LX runs on. act->task stays the one that went back.
 */
static struct reply redispatch(struct action *act, const struct return_verdict *v,
			       struct str basis)
{
	const struct task *old = act->task;
	size_t place = (size_t)(old - act->m.tasks);
	struct assignment to = {
		.department = v->redispatch_to, .role = old->role,
		.limit_class = old->limit_class, .basis = basis,
		.is_ruling = v->is_ruling && old->role == TASK_LEAD,
		.due = old->limit_class == LIMIT_LX ? old->original_due : 0,
	};
	const struct task *lead = matter_lead(&act->m);

	if (old->role == TASK_ASSIST && lead)
		assignment_assist(req_tx(act->r), lead, act->at, &to);
	struct reply refusal = task_give(act->r, &act->m, &to, decide_otherwise);
	act->task = &act->m.tasks[place];
	return refusal;
}

/* The task leaves its department; the appeal of a lead waits for another one. */
static void give_back(struct action *act, struct event *event)
{
	task_leave(act->task, LEFT_RETURNED, act->at);
	if (act->task->role == TASK_LEAD)
		act->m.appeal.state = APPEAL_ACCEPTED;
	task_save(req_tx(act->r), act->task);
	action_publish(act, act->task, event);
}

struct accept_form {
	struct str redispatch_to, reason;
};

static const struct field accept_fields[] = {
	{ "redispatch_to", FIELD_CODE, offsetof(struct accept_form, redispatch_to),
	  .null_ok = true, .max = 16 },
	{ "reason", FIELD_TEXT, offsetof(struct accept_form, reason), .null_ok = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static void check_accept(struct req *r, const void *form)
{
	const struct accept_form *f = form;

	if (f->redispatch_to.p)
		check_receiver(r, "#/redispatch_to", f->redispatch_to);
}

struct reply tasks_return_accept(struct req *r)
{
	struct accept_form form;
	const struct action_form read = { accept_fields, &form, check_accept };
	struct action act;
	struct event event = { .kind = EVENT_TASK_RETURN_ACCEPTED };

	if (!action_open(r, ACTION_RETURN_ACCEPT, &read, &act))
		return act.refusal;
	struct return_verdict verdict = {
		.decision = DECISION_ACCEPTED, .reason = form.reason,
		.redispatch_to = form.redispatch_to,
		.is_ruling = is_ruling_due(&act, DECISION_ACCEPTED),
	};
	struct reply refusal = refuse_decider(&act, verdict.is_ruling);
	if (refusal.status)
		return refusal;
	if (str_eq(form.redispatch_to, act.task->department))
		return reply_conflict(r, "returned_before", allowed_but(r, act.task,
								ACTION_RETURN_ACCEPT),
				      "Who gives it back does not get it: refuse the return "
				      "instead.");
	if (verdict.is_ruling && form.redispatch_to.p)
		verdict.catalogue_version = ruling_record(&act, form.redispatch_to);
	return_decide(&act, &verdict);
	say_verdict(&act, &event, &verdict);
	give_back(&act, &event);
	if (form.redispatch_to.p)
		refusal = redispatch(&act, &verdict, STR("re-dispatched after a return"));
	return refusal.status ? refusal : reply_task(r, &act.m, act.task);
}

struct reply tasks_return_refuse(struct req *r)
{
	struct reason_form form;
	const struct action_form read = { reason_fields, &form, NULL };
	struct action act;
	struct event event = { .kind = EVENT_TASK_RETURN_REFUSED };

	if (!action_open(r, ACTION_RETURN_REFUSE, &read, &act))
		return act.refusal;
	struct return_verdict verdict = {
		.decision = DECISION_REFUSED, .reason = form.reason,
		.is_ruling = is_ruling_due(&act, DECISION_REFUSED),
	};
	struct reply refusal = refuse_decider(&act, verdict.is_ruling);
	if (refusal.status)
		return refusal;
	if (verdict.is_ruling)
		verdict.catalogue_version = ruling_record(&act, act.task->department);
	return_decide(&act, &verdict);
	say_verdict(&act, &event, &verdict);
	task_return_refuse(act.task, verdict.is_ruling ? RETURN_RULED : RETURN_REFUSED);
	return action_close(&act, &event);
}

/* ---- ruling without waiting for a second return ---- */

struct ruling_form {
	struct str department, basis;
};

static const struct field ruling_fields[] = {
	{ "department", FIELD_CODE, offsetof(struct ruling_form, department), .required = true,
	  .max = 16 },
	{ "basis", FIELD_TEXT, offsetof(struct ruling_form, basis), .required = true,
	  .max = 500 },
	{ 0 }
};

static void check_ruling(struct req *r, const void *form)
{
	const struct ruling_form *f = form;

	if (f->department.p)
		check_receiver(r, "#/department", f->department);
}

static void stay_ruled(struct action *act)
{
	if (act->task->state == TASK_RETURN_REQUESTED)
		task_return_refuse(act->task, RETURN_RULED);
	else
		act->task->return_standing = RETURN_RULED;
}

static void say_ruling(struct action *act, struct event *event, const struct return_verdict *v,
		       struct str department)
{
	const struct particular says[] = {
		SAY("department", department),
		SAY("basis", v->reason),
		SAY_NUMBER("catalogue_version", (int64_t)v->catalogue_version),
	};

	event_say(req_arena(act->r), event, says,
		  array_count(says) - (v->catalogue_version == 0));
}

struct reply tasks_ruling(struct req *r)
{
	struct ruling_form form;
	const struct action_form read = { ruling_fields, &form, check_ruling };
	struct action act;
	struct event event = { .kind = EVENT_TASK_RULED };
	struct reply refusal;

	if (!action_open(r, ACTION_RULING, &read, &act))
		return act.refusal;
	bool is_asked = act.task->state == TASK_RETURN_REQUESTED;
	refusal = refuse_decider(&act, true);
	if (refusal.status)
		return refusal;
	bool stays = str_eq(form.department, act.task->department);
	struct return_verdict verdict = {
		.decision = stays ? DECISION_REFUSED : DECISION_ACCEPTED,
		.reason = form.basis, .is_ruling = true,
		.redispatch_to = stays ? STR_NONE : form.department,
		.catalogue_version = ruling_record(&act, form.department),
	};
	if (is_asked)
		return_decide(&act, &verdict);
	say_ruling(&act, &event, &verdict, form.department);
	if (stays) {
		stay_ruled(&act);
		return action_close(&act, &event);
	}
	give_back(&act, &event);
	refusal = redispatch(&act, &verdict, form.basis);
	return refusal.status ? refusal : reply_task(r, &act.m, act.task);
}

/* ---- lists ---- */

/* One return as it is listed. */
struct returned {
	uint64_t task_id, appeal_id;
	uint32_t n, decision;
	bool is_dispute, is_ruling;
	struct str reason, basis, propose, asked_by, decided_by, decided_reason;
	struct str redispatched_to;
	int64_t asked_at, decided_at;
};

/* Three statements bring the same columns, so their rows differ in type but not in content. */
#define RETURNED_OF(row) (struct returned){ \
	.task_id = (row).task_id, .appeal_id = (row).appeal_id, .n = (row).n, \
	.decision = (row).decision, .is_dispute = (row).is_dispute, \
	.is_ruling = (row).is_ruling, .reason = (row).reason, .basis = (row).basis, \
	.propose = (row).propose, .asked_by = (row).asked_by, \
	.decided_by = (row).decided_by, .decided_reason = (row).decided_reason, \
	.redispatched_to = (row).redispatched_to, .asked_at = (row).asked_at, \
	.decided_at = (row).decided_at }

struct return_page {
	struct returned row[LIMIT_PAGE_MAX + 1];
	uint32_t n;
};

static void page_open_returns(struct tx *tx, struct str department, const struct page *page,
			      struct return_page *out)
{
	struct sql_tasks_returns_open_row row = { 0 };
	struct rows *rows = sql_tasks_returns_open(tx, (struct sql_tasks_returns_open){
		.department = department, .after_at = (int64_t)page->key1,
		.after_id = page->key2, .limit = page->limit + 1,
	});

	while (sql_tasks_returns_open_next(rows, &row))
		out->row[out->n++] = RETURNED_OF(row);
}

static void page_decided(struct tx *tx, const struct page *page, struct return_page *out)
{
	struct sql_tasks_returns_decided_row row = { 0 };
	struct rows *rows = sql_tasks_returns_decided(tx, (struct sql_tasks_returns_decided){
		.before_at = page->is_continued ? (int64_t)page->key1 : INT64_MAX,
		.before_id = page->key2, .limit = page->limit + 1,
	});

	while (sql_tasks_returns_decided_next(rows, &row))
		out->row[out->n++] = RETURNED_OF(row);
}

static void page_decided_of(struct tx *tx, struct str department, const struct page *page,
			    struct return_page *out)
{
	struct sql_tasks_returns_decided_of_row row = { 0 };
	struct rows *rows = sql_tasks_returns_decided_of(tx,
		(struct sql_tasks_returns_decided_of){
		.department = department,
		.before_at = page->is_continued ? (int64_t)page->key1 : INT64_MAX,
		.before_id = page->key2, .limit = page->limit + 1,
	});

	while (sql_tasks_returns_decided_of_next(rows, &row))
		out->row[out->n++] = RETURNED_OF(row);
}

static void write_returned(struct req *r, const struct returned *row, const struct matter *m)
{
	const struct reference *ref = reference_of(req_tx(r));
	const struct ground *ground = reference_ground(ref, "return", row->reason);
	struct json *j = req_json(r);

	json_object(j, NULL);
	for (uint32_t i = 0; i < m->task_count; i++) {
		if (m->tasks[i].id != row->task_id)
			continue;
		task_write(j, "task", req_arena(r), &m->tasks[i], m, ref, req_actor(r));
		json_time(j, "window_until", window_end(req_tx(r), &m->tasks[i]));
	}
	json_u64(j, "hand_overs", leads_returned(m));
	json_u64(j, "n", row->n);
	json_bool(j, "dispute", row->is_dispute);
	json_str(j, "reason", row->reason);
	json_str(j, "reason_name", ground ? ground->name : STR_NONE);
	json_str(j, "basis", row->basis);
	json_str(j, "propose", row->propose);
	json_time(j, "asked_at", row->asked_at);
	json_str(j, "asked_by", row->asked_by);
	json_text(j, "decision", row->decision ? decision_names[row->decision - 1] : NULL);
	json_bool(j, "ruling", row->is_ruling);
	json_time(j, "decided_at", row->decided_at);
	json_str(j, "decided_by", row->decided_by);
	json_str(j, "decided_reason", row->decided_reason);
	json_str(j, "redispatched_to", row->redispatched_to);
	json_close(j);
}

static void write_returns(struct req *r, const struct return_page *all, uint32_t shown)
{
	uint64_t appeals[LIMIT_PAGE_MAX + 1];
	uint32_t place[LIMIT_PAGE_MAX + 1], n = 0;

	for (uint32_t i = 0; i < shown; i++)
		place[i] = id_place(appeals, &n, all->row[i].appeal_id);
	const struct matter *matters = matter_read_many(req_tx(r), appeals, n);
	sighting_keep_list(r, SIGHT_LIST, appeals, n);
	for (uint32_t i = 0; i < shown && tx_ok(req_tx(r)); i++)
		write_returned(r, &all->row[i], &matters[place[i]]);
}

static const char *const return_state_names[] = { "open", "decided", NULL };
enum { RETURNS_OPEN, RETURNS_DECIDED };

struct reply tasks_returns(struct req *r)
{
	const struct actor *actor = req_actor(r);
	struct return_page *all = arena_new_of(req_arena(r), struct return_page);
	struct str department;
	struct page page;
	int state;
	bool is_read = req_query_choice(r, "state", return_state_names, &state);

	is_read &= req_query_code(r, "department", &department);
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	if (req_relation(r) == RELATION_OWN)
		department = actor->unit;
	all->n = 0;
	if (state != RETURNS_DECIDED)
		page_open_returns(req_tx(r), department.p ? department : STR(""), &page, all);
	else if (department.n)
		page_decided_of(req_tx(r), department, &page, all);
	else
		page_decided(req_tx(r), &page, all);

	uint32_t shown = all->n < page.limit ? all->n : page.limit;
	page_open(r);
	write_returns(r, all, shown);
	const struct returned *last = &all->row[shown ? shown - 1 : 0];
	page_close(r, all->n > shown, shown ? (uint64_t)last->asked_at : 0,
		   shown ? last->task_id * 100 + last->n : 0);
	return reply_ok(r);
}

/* Ping-pong: how often each department gave tasks back in favour of which other one. */
struct reply tasks_return_pairs(struct req *r)
{
	struct sql_tasks_return_pairs_row row = { 0 };
	struct json *j = req_json(r);
	int64_t since = 0, until = INT64_MAX;
	bool is_read = req_query_time(r, "since", &since);

	if (!(req_query_time(r, "until", &until) && is_read))
		return reply_invalid(r);
	struct rows *rows = sql_tasks_return_pairs(req_tx(r), (struct sql_tasks_return_pairs){
		.since = since, .until = until,
	});
	json_object(j, NULL);
	json_array(j, "items");
	while (sql_tasks_return_pairs_next(rows, &row)) {
		json_object(j, NULL);
		json_str(j, "from", row.from_department);
		json_str(j, "to", row.to_department);
		json_u64(j, "asked", row.asked);
		json_u64(j, "accepted", row.accepted);
		json_u64(j, "refused", row.refused);
		json_u64(j, "open", row.undecided);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	return reply_ok(r);
}
