/*
 * Return visits: what the centre heard from the caller. An attempt is a visit too; an answer
 * is kept as it was given, first and last both, and nothing is filled in for the caller.
 */
#include "clock.h"
#include "events.h"
#include "bounds.h"
#include "matter.h"
#include "module.h"
#include "rules/steps.h"

#include "visits_sql.h"

struct visit_form {
	int channel, solved, result, attitude, reason;
	enum tri reached, contacted, truthful;
	struct str note;
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
	{ 0 }
};

static bool has_answer(const struct visit_form *f)
{
	return f->contacted != TRI_NONE || f->truthful != TRI_NONE || f->solved >= 0 ||
	       f->result >= 0 || f->attitude >= 0 || f->reason >= 0;
}

static void check_visit(struct req *r, const struct visit_form *f)
{
	if (f->reached == TRI_NO && has_answer(f))
		req_error(r, "#/reached", "contradiction",
			  "A caller who was not reached has given no answer.");
}

/* Numbers of the table: words in their order plus one, 0 for none. */
static uint32_t stored(int index)
{
	return (uint32_t)(index + 1);
}

static void visit_insert(struct tx *tx, const struct visit *v, uint64_t task_id, uint64_t n,
			 const struct actor *by)
{
	sql_visits_insert(tx, (struct sql_visits_insert){
		.task_id = task_id, .n = n, .at = v->at, .round = v->round,
		.channel = stored(v->channel), .is_reached = v->is_reached,
		.contacted = v->contacted, .solved = stored(v->solved),
		.result = stored(v->result), .attitude = stored(v->attitude),
		.truthful = v->truthful, .reason = stored(v->reason), .note = v->note,
		.by_kind = by->kind, .by_id = by->id,
	});
}

/* The history numbers the visit: no two visits of a task can take the same number, because
 * both would have to be the same event of its appeal. */
static void visits_record(struct tx *tx, const struct event *e)
{
	struct sql_visits_count_row row = { 0 };

	if (e->visit->n)
		row.n = e->visit->n - 1;
	else if (!sql_visits_count(tx, (struct sql_visits_count){ .task_id = e->task->id },
				   &row))
		return;
	visit_insert(tx, e->visit, e->task->id, row.n + 1, e->by);
}

static struct reply visits_add(struct req *r)
{
	struct visit_form form;
	struct matter m;
	struct task *t;

	if (!req_task(r, &m, &t))
		return reply_missing(r);
	bool is_read = req_form(r, visit_fields, &form);
	check_visit(r, &form);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (req_is_stale(r, "t", t->version))
		return reply_stale(r);
	if (!step_is_legal(t, ACTION_VISIT))
		return reply_step(r, t);

	struct visit visit = {
		.at = clock_now(), .round = t->round, .channel = form.channel,
		.is_reached = form.reached == TRI_YES, .contacted = form.contacted,
		.solved = form.solved, .result = form.result, .attitude = form.attitude,
		.truthful = form.truthful, .reason = form.reason, .note = form.note,
	};
	struct event visited = {
		.kind = EVENT_TASK_VISITED, .at = visit.at, .by = req_actor(r),
		.appeal = &m.appeal, .task = t, .visit = &visit,
	};
	emit(req_tx(r), visited.kind, &visited);
	return reply_task(r, &m, t);
}

static void json_tri(struct json *j, const char *key, uint32_t value)
{
	if (value == TRI_NONE)
		json_null(j, key);
	else
		json_bool(j, key, value == TRI_YES);
}

static void visit_write(struct json *j, const struct sql_visits_of_row *row)
{
	const struct visit v = {
		.channel = (int)row->channel - 1, .solved = (int)row->solved - 1,
		.result = (int)row->result - 1, .attitude = (int)row->attitude - 1,
		.reason = (int)row->reason - 1,
	};

	json_object(j, NULL);
	json_u64(j, "n", row->n);
	json_time(j, "at", row->at);
	json_u64(j, "round", row->round);
	json_text(j, "channel", visit_channel_names[v.channel]);
	json_bool(j, "reached", row->is_reached);
	json_tri(j, "contacted", row->contacted);
	json_text(j, "solved", v.solved < 0 ? NULL : solved_names[v.solved]);
	json_text(j, "result", v.result < 0 ? NULL : level_names[v.result]);
	json_text(j, "attitude", v.attitude < 0 ? NULL : level_names[v.attitude]);
	json_tri(j, "truthful", row->truthful);
	json_text(j, "reason", v.reason < 0 ? NULL : visit_reason_names[v.reason]);
	json_str(j, "note", row->note);
	json_close(j);
}

static struct reply visits_list(struct req *r)
{
	struct sql_visits_of_row row = { 0 };
	struct matter m;
	struct task *t;

	if (!req_task(r, &m, &t))
		return reply_missing(r);
	struct rows *rows = sql_visits_of(req_tx(r), (struct sql_visits_of){ .task_id = t->id });
	json_object(req_json(r), NULL);
	json_array(req_json(r), "items");
	while (sql_visits_of_next(rows, &row))
		visit_write(req_json(r), &row);
	json_close(req_json(r));
	json_null(req_json(r), "next_cursor");
	json_close(req_json(r));
	return reply_ok(r);
}

static const struct hook hooks[] = {
	{ EVENT_TASK_VISITED, visits_record },
	{ 0 }
};

static const struct route routes[] = {
	{ METHOD_POST, "/api/v1/tasks/{id}/visits", ROLE_VISITOR, visits_add },
	{ METHOD_GET, "/api/v1/tasks/{id}/visits", ROLES_CENTRE | ROLE_DEPARTMENT,
	  visits_list },
	{ 0 }
};

const struct module visits_module = {
	.name = "visits",
	.purpose = "Records the centre's return visits, attempts and answers alike.",
	.routes = routes,
	.hooks = hooks,
};
