/*
 * Exclusion (剔除): a task leaves the figures because they would tell an untruth about its
 * department. One person asks, on a ground of the closed list and with evidence; another one
 * decides; the decision is published without anybody's identity. It changes no state: the task
 * goes on, and is out of every measure but the share of exclusions itself.
 */
#include "action.h"
#include "bounds.h"
#include "clock.h"
#include "module.h"
#include "setting.h"
#include "sightings.h"

#include "exclusions_sql.h"

/* ---- asking ---- */

struct exclude_form {
	struct str ground, evidence;
};

static const struct field exclude_fields[] = {
	{ "ground", FIELD_CODE, offsetof(struct exclude_form, ground), .required = true },
	{ "evidence", FIELD_TEXT, offsetof(struct exclude_form, evidence), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static void check_exclude(struct req *r, const void *form)
{
	const struct exclude_form *f = form;

	if (f->ground.p &&
	    !reference_ground(reference_of(req_tx(r)), "exclusion", f->ground))
		req_error(r, "#/ground", "unknown_code",
			  "There is no such ground of an exclusion; GET /api/v1/grounds "
			  "lists them.");
}

/* Whether the setting's days since the last visit are over. */
static bool is_too_late(struct tx *tx, const struct task *t, int64_t at)
{
	struct sql_exclusions_visited_row row = { 0 };
	int64_t days = setting_int("exclusion_window_days");

	return days && sql_exclusions_visited(tx, (struct sql_exclusions_visited){
			.task_id = t->id }, &row) && at > row.at + days * CLOCK_DAY;
}

/* Whether the figures that the task's closing stands in do not change any more. What is still
 * open goes on weighing on months to come. */
static bool is_frozen(struct tx *tx, const struct task *t)
{
	struct sql_exclusions_frozen_row row = { 0 };
	struct civil day = civil_of_day(day_of_instant(t->closed_at));

	return t->closed_at && sql_exclusions_frozen(tx, (struct sql_exclusions_frozen){
			.month = (uint32_t)(day.year * 100 + day.month) }, &row);
}

static uint64_t last_number(struct tx *tx, const struct task *t,
			    struct sql_exclusions_last_row *ret_row)
{
	*ret_row = (struct sql_exclusions_last_row){ 0 };
	return sql_exclusions_last(tx, (struct sql_exclusions_last){ .task_id = t->id },
				   ret_row) ? ret_row->n : 0;
}

static struct reply exclusion_ask(struct req *r)
{
	static const char *const nothing[] = { NULL };
	struct exclude_form form;
	const struct action_form read = { exclude_fields, &form, check_exclude };
	struct sql_exclusions_last_row last;
	struct action act;
	struct event event = { .kind = EVENT_TASK_EXCLUSION_REQUESTED };

	if (!action_open(r, ACTION_EXCLUDE, &read, &act))
		return act.refusal;
	if (is_too_late(req_tx(r), act.task, act.at))
		return reply_conflict(r, "exclusion_window_closed", nothing,
				      "The days after the visit in which an exclusion may be "
				      "asked for are over.");
	if (is_frozen(req_tx(r), act.task))
		return reply_conflict(r, "month_frozen", nothing,
				      "The month in which this task was closed is frozen.");
	act.task->is_exclusion_asked = true;
	sql_exclusions_insert(req_tx(r), (struct sql_exclusions_insert){
		.task_id = act.task->id, .n = last_number(req_tx(r), act.task, &last) + 1,
		.department = act.task->department, .ground = form.ground,
		.grounds_version = reference_of(req_tx(r))->grounds_version,
		.evidence = form.evidence, .asked_at = act.at,
		.asked_by_kind = req_actor(r)->kind, .asked_by = req_actor(r)->id,
	});
	const struct particular says[] = {
		SAY("ground", form.ground), SAY("evidence", form.evidence),
	};
	event_says(req_arena(r), &event, says);
	return action_close(&act, &event);
}

/* ---- deciding ---- */

static const char other_person[] =
	"Who asked for an exclusion does not decide it; leave it to another supervisor.";

/* The open request of the task; false with the refusal when the actor may not decide it. */
static bool open_decision(struct req *r, enum task_action action,
			  const struct action_form *form, struct action *act,
			  struct sql_exclusions_last_row *ret_row)
{
	const struct actor *actor = req_actor(r);

	if (!action_open(r, action, form, act))
		return false;
	if (!last_number(req_tx(r), act->task, ret_row)) {
		act->refusal = reply_step(r, act->task);
		return false;
	}
	if (ret_row->asked_by_kind == (uint32_t)actor->kind && ret_row->asked_by == actor->id) {
		act->refusal = reply_same_person(r, other_person);
		return false;
	}
	return true;
}

static void decide(struct action *act, const struct sql_exclusions_last_row *row,
		   bool is_approved, struct str reason, struct str published)
{
	const struct actor *actor = req_actor(act->r);

	act->task->is_exclusion_asked = false;
	sql_exclusions_decide(req_tx(act->r), (struct sql_exclusions_decide){
		.task_id = act->task->id, .n = row->n, .is_approved = is_approved,
		.decided_at = act->at, .decided_by_kind = actor->kind,
		.decided_by = actor->id, .reason = reason, .published = published,
	});
}

struct approve_form {
	struct str published;
};

static const struct field approve_fields[] = {
	{ "published", FIELD_LINE, offsetof(struct approve_form, published), .null_ok = true,
	  .max = 500 },
	{ 0 }
};

static struct reply exclusion_approve(struct req *r)
{
	struct approve_form form;
	const struct action_form read = { approve_fields, &form, NULL };
	struct sql_exclusions_last_row row;
	struct action act;
	struct event event = { .kind = EVENT_TASK_EXCLUDED };

	if (!open_decision(r, ACTION_EXCLUDE_APPROVE, &read, &act, &row))
		return act.refusal;
	decide(&act, &row, true, STR_NONE, form.published);
	act.task->excluded_at = act.at;
	const struct particular says[] = {
		SAY("ground", row.ground), SAY("published", form.published),
	};
	event_says(req_arena(r), &event, says);
	return action_close(&act, &event);
}

static struct reply exclusion_refuse(struct req *r)
{
	struct reason_form form;
	const struct action_form read = { reason_fields, &form, NULL };
	struct sql_exclusions_last_row row;
	struct action act;
	struct event event = { .kind = EVENT_TASK_EXCLUSION_REFUSED };

	if (!open_decision(r, ACTION_EXCLUDE_REFUSE, &read, &act, &row))
		return act.refusal;
	decide(&act, &row, false, form.reason, STR_NONE);
	const struct particular says[] = {
		SAY("ground", row.ground), SAY("reason", form.reason),
	};
	event_says(req_arena(r), &event, says);
	return action_close(&act, &event);
}

/* ---- lists ---- */

static void write_ground(struct json *j, const struct reference *ref, struct str code)
{
	const struct ground *ground = reference_ground(ref, "exclusion", code);

	json_str(j, "ground", code);
	json_str(j, "ground_name", ground ? ground->name : STR_NONE);
	json_str(j, "ground_name_en", ground ? ground->name_en : STR_NONE);
}

/* What waits for a decision, with its evidence, for those who ask and decide. */
static struct reply list_open(struct req *r, const struct page *page)
{
	struct sql_exclusions_page_open_row row = { 0 };
	struct json *j = req_json(r);
	uint64_t last[2] = { 0, 0 }, appeals[LIMIT_PAGE_MAX];
	uint32_t n = 0;
	struct rows *rows = sql_exclusions_page_open(req_tx(r),
		(struct sql_exclusions_page_open){
		.after_at = (int64_t)page->key1, .after_task = page->key2,
		.n = page->limit + 1,
	});

	page_open(r);
	while (sql_exclusions_page_open_next(rows, &row) && n++ < page->limit) {
		appeals[n - 1] = row.task_id / 100;
		json_object(j, NULL);
		json_str(j, "task", task_reference(req_arena(r), row.task_id));
		json_str(j, "department", row.department);
		write_ground(j, reference_of(req_tx(r)), row.ground);
		json_str(j, "evidence", row.evidence);
		json_time(j, "asked_at", row.asked_at);
		json_close(j);
		last[0] = (uint64_t)row.asked_at;
		last[1] = row.task_id;
	}
	sighting_keep_list(r, SIGHT_LIST, appeals, n < page->limit ? n : page->limit);
	page_close(r, n > page->limit, last[0], last[1]);
	return reply_ok(r);
}

/* What is published: no task, no appeal and no evidence but to those who read all anyway. */
static struct reply list_decided(struct req *r, const struct page *page,
				 const struct period *month)
{
	bool is_centre = req_actor(r)->role & ROLES_CENTRE;
	struct sql_exclusions_page_decided_row row = { 0 };
	struct json *j = req_json(r);
	uint64_t last[2] = { 0, 0 };
	uint32_t n = 0;
	struct rows *rows = sql_exclusions_page_decided(req_tx(r),
		(struct sql_exclusions_page_decided){
		.decided_from = month->t0, .decided_until = month->t1,
		.after_at = (int64_t)page->key1, .after_task = page->key2,
		.n = page->limit + 1,
	});

	page_open(r);
	while (sql_exclusions_page_decided_next(rows, &row) && n++ < page->limit) {
		json_object(j, NULL);
		if (is_centre)
			json_str(j, "task", task_reference(req_arena(r), row.task_id));
		json_str(j, "department", row.department);
		write_ground(j, reference_of(req_tx(r)), row.ground);
		json_time(j, "decided_at", row.decided_at);
		json_str(j, "published", row.published);
		json_close(j);
		last[0] = (uint64_t)row.decided_at;
		last[1] = row.task_id;
	}
	page_close(r, n > page->limit, last[0], last[1]);
	return reply_ok(r);
}

static const char *const list_state_names[] = { "asked", "approved", NULL };
enum { LIST_ASKED };

static struct reply exclusions_list(struct req *r)
{
	struct str name = req_query(r, "month");
	struct period month = { .t0 = 0, .t1 = INT64_MAX };
	struct page page;
	int state;
	bool is_read = req_query_choice(r, "state", list_state_names, &state);

	if (name.p && (name.n != 7 || !period_parse(name.p, name.n, &month))) {
		req_error(r, "#/query/month", "bad_period", "A month is written 2026-03.");
		is_read = false;
	}
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	if (state != LIST_ASKED)
		return list_decided(r, &page, &month);
	if (req_relation(r) != RELATION_ALL)
		return reply_denied(r, "Requests are for those who ask for and decide "
				    "exclusions; what was decided is public.");
	return list_open(r, &page);
}

/* ---- tables ---- */

static const struct setting settings[] = {
	{ "exclusion_window_days", SETTING_INT, "0", .min = 0, .max = 366, .unit = "days",
	  .help = "Days after the last visit in which an exclusion may be asked for; "
		  "0 sets no window." },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(exclusion_ask) },
	{ ROUTE(exclusion_approve) },
	{ ROUTE(exclusion_refuse) },
	{ ROUTE(exclusions_list), .query = "limit cursor state month" },
	{ 0 }
};

const struct module exclusions_module = {
	.name = "exclusions",
	.purpose = "Takes tasks out of the figures by two persons' decision, and says so.",
	.routes = routes,
	.settings = settings,
};
