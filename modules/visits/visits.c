/*
 * Return visits: what the centre heard from the caller. An attempt is a visit too; an answer
 * is kept as it was given, first and last both, and nothing is filled in for the caller.
 *
 * A caller whose appeal was merged into the task's is asked like the first one. What that
 * caller says is on record beside the task and moves nothing in it.
 */
#include "visits/visits.h"

#include "bounds.h"
#include "clock.h"
#include "module.h"

#include "visits_sql.h"

/* An answer given so soon after the department got in touch is shown as such. */
#define SOON_AFTER_CONTACT (48 * CLOCK_HOUR)

struct visit_form {
	int channel, solved, result, attitude, reason;
	enum tri reached, contacted, truthful;
	struct str note;
	struct str caller_appeal;
};

#define AT(member) .offset = offsetof(struct visit_form, member)

static const struct field visit_fields[] = {
	{ "channel", FIELD_CHOICE, AT(channel), .required = true,
	  .choices = visit_channel_names },
	{ "reached", FIELD_TRI, AT(reached), .required = true },
	{ "contacted", FIELD_TRI, AT(contacted), .null_ok = true },
	{ "solved", FIELD_CHOICE, AT(solved), .null_ok = true, .choices = solved_names },
	{ "result", FIELD_CHOICE, AT(result), .null_ok = true, .choices = level_names },
	{ "attitude", FIELD_CHOICE, AT(attitude), .null_ok = true, .choices = level_names },
	{ "truthful", FIELD_TRI, AT(truthful), .null_ok = true },
	{ "reason", FIELD_CHOICE, AT(reason), .null_ok = true,
	  .choices = visit_reason_names },
	{ "note", FIELD_TEXT, AT(note), .null_ok = true, .max = LIMIT_NOTE_CHARS },
	{ "caller_appeal", FIELD_CODE, AT(caller_appeal), .null_ok = true },
	{ 0 }
};

/* ---- recording ---- */

static bool has_answer(const struct visit_form *f)
{
	return f->contacted != TRI_NONE || f->truthful != TRI_NONE || f->solved >= 0 ||
	       f->result >= 0 || f->attitude >= 0 || f->reason >= 0;
}

/* Only an appeal that is merged into the task's has a caller beside the task's own. */
static bool is_merged_into(struct tx *tx, struct str child, uint64_t parent_id)
{
	struct sql_visits_is_merged_row row;
	uint64_t id = appeal_id_of(child);

	return id && sql_visits_is_merged(tx, (struct sql_visits_is_merged){
		.child_id = id, .parent_id = parent_id }, &row);
}

static void check_visit(struct req *r, const void *form)
{
	const struct visit_form *f = form;
	uint64_t parent_id = task_id_of(req_path(r, "id")) / 100;

	if (f->reached == TRI_NO && has_answer(f))
		req_error(r, "#/reached", "contradiction",
			  "A caller who was not reached has given no answer.");
	if (f->caller_appeal.p && !is_merged_into(req_tx(r), f->caller_appeal, parent_id))
		req_error(r, "#/caller_appeal", "not_merged",
			  "Name an appeal that is merged into the appeal of this task, or "
			  "leave it out for the task's own caller.");
}

/* Numbers of the table: words in their order plus one, 0 for none. */
static uint32_t stored(int index)
{
	return (uint32_t)(index + 1);
}

/* The history has numbered the event: no two visits of a task can take the same number,
 * because both would have to be the same event of its appeal. */
static void visits_record(struct tx *tx, const struct event *e)
{
	const struct visit *v = e->visit;

	sql_visits_insert(tx, (struct sql_visits_insert){
		.task_id = e->task->id, .n = v->n, .at = v->at, .round = v->round,
		.channel = stored(v->channel), .is_reached = v->is_reached,
		.contacted = v->contacted, .solved = stored(v->solved),
		.result = stored(v->result), .attitude = stored(v->attitude),
		.truthful = v->truthful, .reason = stored(v->reason), .note = v->note,
		.by_kind = e->by->kind, .by_id = e->by->id,
		.caller_appeal = v->caller_appeal, .is_after_contact = v->is_after_contact,
	});
}

static bool is_after_contact(struct tx *tx, const struct task *t, int64_t at)
{
	struct sql_visits_contact_before_row row = { 0 };

	return sql_visits_contact_before(tx, (struct sql_visits_contact_before){
			.appeal_id = t->appeal_id, .task_id = t->id,
			.kind = EVENT_TASK_CONTACTED }, &row) &&
	       row.at && at - row.at <= SOON_AFTER_CONTACT;
}

static uint64_t next_number(struct tx *tx, const struct task *t)
{
	struct sql_visits_count_row row = { 0 };

	return sql_visits_count(tx, (struct sql_visits_count){ .task_id = t->id }, &row)
		? row.n + 1 : 1;
}

static bool is_answer(const struct visit *v)
{
	return v->contacted != TRI_NONE || v->truthful != TRI_NONE || v->solved >= 0 ||
	       v->result >= 0 || v->attitude >= 0 || v->reason >= 0;
}

/*
 * The event does not name the merged appeal: the department reads the event, and may not know
 * of every appeal that was merged into the one it has.
 */
void visit_publish(struct tx *tx, struct event *visited, struct visit *visit)
{
	visit->n = next_number(tx, visited->task);
	visit->at = visited->at;
	visit->round = visited->task->round;
	visit->is_after_contact = is_answer(visit) && !visit->caller_appeal &&
				  is_after_contact(tx, visited->task, visited->at);
	visited->kind = EVENT_TASK_VISITED;
	visited->visit = visit;
	const struct particular says[] = {
		SAY_NUMBER("n", (int64_t)visit->n),
		SAY_BOOL("merged_caller", visit->caller_appeal != 0),
		SAY_BOOL("after_contact", visit->is_after_contact),
	};
	event_says(tx_arena(tx), visited, says);
	emit(tx, visited->kind, visited);
}

static struct reply visits_add(struct req *r)
{
	struct visit_form form;
	const struct action_form read = { visit_fields, &form, check_visit };
	struct action act;

	if (!action_open(r, ACTION_VISIT, &read, &act))
		return act.refusal;
	if (action_was_by(&act, act.task, KINDS_HANDLING))
		return reply_same_person(r, "Who handled the task does not ask its caller; "
					    "another visitor must.");
	struct visit visit = {
		.channel = form.channel, .is_reached = form.reached == TRI_YES,
		.contacted = form.contacted, .solved = form.solved, .result = form.result,
		.attitude = form.attitude, .truthful = form.truthful, .reason = form.reason,
		.note = form.note,
		.caller_appeal = form.caller_appeal.p ? appeal_id_of(form.caller_appeal) : 0,
	};
	struct event visited = {
		.at = act.at, .by = req_actor(r), .appeal = &act.m.appeal, .task = act.task,
	};
	visit_publish(req_tx(r), &visited, &visit);
	return reply_task(r, &act.m, act.task);
}

/* ---- reading ---- */

static void json_tri(struct json *j, const char *key, uint32_t value)
{
	if (value == TRI_NONE)
		json_null(j, key);
	else
		json_bool(j, key, value == TRI_YES);
}

enum { LEVEL_LAST_SATISFIED = 2 };	/* index into the names */

/* 双是 1, 双否 2, 单满 3, 单解 4; 0 where one of the two answers is missing. */
static uint64_t code_of(int solved, int result)
{
	bool is_solved = stored(solved) == SOLVED_YES;
	bool is_satisfied = result <= LEVEL_LAST_SATISFIED;

	if (solved < 0 || result < 0)
		return 0;
	if (is_solved)
		return is_satisfied ? 1 : 4;
	return is_satisfied ? 3 : 2;
}

static void write_answers(struct json *j, const struct sql_visits_of_row *row)
{
	int solved = (int)row->solved - 1, result = (int)row->result - 1;
	int attitude = (int)row->attitude - 1, reason = (int)row->reason - 1;
	uint64_t code = code_of(solved, result);

	json_tri(j, "contacted", row->contacted);
	json_text(j, "solved", solved < 0 ? NULL : solved_names[solved]);
	json_text(j, "result", result < 0 ? NULL : level_names[result]);
	json_text(j, "attitude", attitude < 0 ? NULL : level_names[attitude]);
	json_tri(j, "truthful", row->truthful);
	json_text(j, "reason", reason < 0 ? NULL : visit_reason_names[reason]);
	if (code)
		json_u64(j, "code", code);
	else
		json_null(j, "code");
}

static void visit_write(struct json *j, struct arena *a, const struct sql_visits_of_row *row)
{
	json_object(j, NULL);
	json_u64(j, "n", row->n);
	json_time(j, "at", row->at);
	json_u64(j, "round", row->round);
	json_text(j, "channel", visit_channel_names[row->channel - 1]);
	json_bool(j, "reached", row->is_reached);
	write_answers(j, row);
	json_bool(j, "after_contact", row->is_after_contact);
	json_str(j, "caller_appeal", row->caller_appeal
		 ? appeal_reference(a, row->caller_appeal) : STR_NONE);
	json_str(j, "note", row->note);
	json_close(j);
}

static void write_of_caller(struct req *r, const struct matter *m, uint64_t caller_appeal)
{
	struct sql_visits_of_row row = { 0 };

	for (uint32_t i = 0; i < m->task_count; i++) {
		struct rows *rows = sql_visits_of(req_tx(r), (struct sql_visits_of){
			m->tasks[i].id });

		while (sql_visits_of_next(rows, &row))
			if (row.caller_appeal == caller_appeal)
				visit_write(req_json(r), req_arena(r), &row);
	}
}

void visits_write_of_caller(struct req *r, const char *key, const struct matter *m)
{
	struct matter parent;

	json_array(req_json(r), key);
	write_of_caller(r, m, 0);
	if (m->appeal.merged_into && matter_read(req_tx(r), m->appeal.merged_into, &parent))
		write_of_caller(r, &parent, m->appeal.id);
	json_close(req_json(r));
}

/* The answers of the task's own caller that the rates know: given at or after the close. */
struct first_and_last {
	uint32_t first, last;	/* as stored, 0 none */
};

static void take_answer(struct first_and_last *answers, const struct task *t,
			const struct sql_visits_of_row *row)
{
	if (!t->closed_at || row->at < t->closed_at || row->caller_appeal || !row->result)
		return;
	if (!answers->first)
		answers->first = row->result;
	answers->last = row->result;
}

static void write_level(struct json *j, const char *key, uint32_t level)
{
	json_text(j, key, level ? level_names[level - 1] : NULL);
}

static struct reply visits_list(struct req *r)
{
	bool is_department = req_actor(r)->role & ROLE_DEPARTMENT;
	struct first_and_last answers = { 0, 0 };
	struct sql_visits_of_row row = { 0 };
	struct json *j = req_json(r);
	struct matter m;
	struct task *t;

	if (!req_task(r, &m, &t))
		return reply_missing(r);
	struct rows *rows = sql_visits_of(req_tx(r), (struct sql_visits_of){
		.task_id = t->id,
	});
	json_object(j, NULL);
	json_array(j, "items");
	while (sql_visits_of_next(rows, &row)) {
		/* A department knows of no appeal but its own. */
		if (row.caller_appeal && is_department)
			continue;
		visit_write(j, req_arena(r), &row);
		take_answer(&answers, t, &row);
	}
	json_close(j);
	json_null(j, "next_cursor");
	write_level(j, "first", answers.first);
	write_level(j, "last", answers.last);
	json_close(j);
	return reply_ok(r);
}

/* ---- tables ---- */

static const struct hook hooks[] = {
	{ EVENT_TASK_VISITED, visits_record },
	{ EVENT_TASK_VISITED, queue_visited },
	{ EVENT_TASK_OVERDUE, queue_overdue },
	{ EVENT_TASK_REVIEW_PASSED, queue_passed },
	{ EVENT_TASK_EXTENSION_DECIDED, queue_extended },
	{ EVENT_TASK_REDO, queue_again },
	{ EVENT_TASK_REOPENED, queue_again },
	{ EVENT_TASK_RETURN_ACCEPTED, queue_left },
	{ EVENT_TASK_RULED, queue_left },
	{ EVENT_TASK_WITHDRAWN, queue_left },
	{ EVENT_TASK_RESTORED, queue_restored },
	{ EVENT_APPEAL_MERGED, queue_merged },
	{ EVENT_APPEAL_UNMERGED, queue_unmerged },
	{ 0 }
};

static const struct job jobs[] = {
	{ "visits.expire", CLOCK_SECOND, questions_expire, .is_domain = true,
	  .next_due = questions_next_due },
	{ "visits.under_review", CLOCK_SECOND, queue_under_review, .is_domain = true,
	  .next_due = queue_next_under_review },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(visits_add) },
	{ ROUTE(visits_list) },
	{ ROUTE(queue_list), .query = "state limit cursor" },
	{ 0 }
};

const struct module visits_module = {
	.name = "visits",
	.purpose = "Says who is to be called back, and records what was heard.",
	.routes = routes,
	.jobs = jobs,
	.hooks = hooks,
};
