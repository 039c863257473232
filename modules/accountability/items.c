/*
 * Items: raising a clue, the list of what is published for everybody, and the items themselves
 * for those who watch and for the department each is about.
 */
#include "accountability/accountability.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "matter.h"
#include "sightings.h"

static const char *const state_names[] = {
	"clue", "evidence", "stated", "decided", "published", "taken_down", NULL
};
static const char *const source_names[] = { "hand", "card", "tripwire", NULL };

/* ---- raising ---- */

uint64_t item_raise(struct req *r, const struct clue *clue)
{
	const struct actor *by = req_actor(r);
	struct tx *tx = req_tx(r);
	uint64_t id = tx_sequence(tx, "accountability_item");
	int64_t at = clock_now();
	struct act act;

	sql_accountability_insert(tx, (struct sql_accountability_insert){
		.id = id, .department = clue->department, .source = clue->source,
		.task_id = clue->task_id, .event_seq = clue->event_seq,
		.finding_id = clue->finding_id, .title = clue->title, .raised_at = at,
		.raised_by_kind = by->kind, .raised_by = by->id,
		.leader = leader_at(tx, clue->department, at),
	});
	act_open(&act, id, 1, "clue", at, by->name);
	json_str(&act.json, "department", clue->department);
	json_text(&act.json, "source", source_names[clue->source - 1]);
	json_str(&act.json, "task", clue->task_id ?
		 task_reference(req_arena(r), clue->task_id) : STR_NONE);
	json_u64(&act.json, "event", clue->event_seq);
	json_u64(&act.json, "finding", clue->finding_id);
	json_str(&act.json, "title", clue->title);
	json_str(&act.json, "text", clue->text);
	act_seal(tx, &act, id, 1, at);
	return id;
}

struct clue_form {
	struct str department, task, title, text;
	int64_t event;
};

static const struct field clue_fields[] = {
	{ "department", FIELD_CODE, offsetof(struct clue_form, department), .null_ok = true,
	  .max = 16 },
	{ "task", FIELD_CODE, offsetof(struct clue_form, task), .null_ok = true },
	{ "event", FIELD_INT, offsetof(struct clue_form, event), .null_ok = true, .min = 1,
	  .max = INT32_MAX },
	{ "title", FIELD_LINE, offsetof(struct clue_form, title), .required = true },
	{ "text", FIELD_TEXT, offsetof(struct clue_form, text), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

/* A card, an overdue mark or a warning of the task: what a clue may come from. */
static bool is_card(struct tx *tx, const struct task *t, uint64_t seq)
{
	struct sql_accountability_event_row row = { 0 };

	return sql_accountability_event(tx, (struct sql_accountability_event){
			.appeal_id = t->appeal_id, .seq = seq }, &row) &&
	       row.task_id == t->id &&
	       (row.kind == EVENT_TASK_WARNED || row.kind == EVENT_TASK_OVERDUE ||
		row.kind == EVENT_TASK_CARD);
}

static void check_clue(struct req *r, const struct clue_form *f, struct clue *clue)
{
	struct matter m;
	struct task *t = NULL;

	if (f->task.p) {
		if (!matter_read_task(req_tx(r), task_id_of(f->task), &m, &t))
			req_error(r, "#/task", "unknown_task", "There is no such task.");
		else if (f->department.p && !str_eq(f->department, t->department))
			req_error(r, "#/department", "contradiction",
				  "The task is of another department; leave one of them out.");
	} else if (!f->department.p) {
		req_error(r, "#/department", "missing",
			  "Name the department, or a task of it.");
	} else if (!reference_department(reference_of(req_tx(r)), f->department)) {
		req_error(r, "#/department", "unknown_code",
			  "There is no such department; GET /api/v1/departments lists them.");
	}
	if (f->event && (!t || !is_card(req_tx(r), t, (uint64_t)f->event)))
		req_error(r, "#/event", "unknown_event",
			  "Give the number of a warning, overdue mark or card of the task.");
	clue->department = t ? t->department : f->department;
	clue->task_id = t ? t->id : 0;
}

struct reply items_add(struct req *r)
{
	struct clue_form form;
	struct clue clue = { .source = SOURCE_HAND };

	bool is_read = req_form(r, clue_fields, &form);
	check_clue(r, &form, &clue);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	clue.source = form.event ? SOURCE_CARD : SOURCE_HAND;
	clue.event_seq = (uint64_t)form.event;
	clue.title = form.title;
	clue.text = form.text;
	uint64_t id = item_raise(r, &clue);
	(void)reply_item(r, id);
	return reply_created(r, "/api/v1/accountability/%" PRIu64, id);
}

/* ---- showing ---- */

static void write_head(struct json *j, const item_row *row)
{
	json_u64(j, "id", row->id);
	json_str(j, "department", row->department);
	json_text(j, "state", state_names[row->state - 1]);
	json_text(j, "source", source_names[row->source - 1]);
	json_str(j, "title", row->title);
	json_time(j, "raised_at", row->raised_at);
	json_str(j, "leader", row->leader);
	json_time(j, "statement_until", row->statement_until);
	decision_write(j, row->decision, row->decision_version);
	json_time(j, "decided_at", row->decided_at);
	json_time(j, "takedown_at", row->takedown_at);
}

/* Who sees an item sees its task and those of its evidence. */
static void keep_sightings(struct req *r, uint64_t id, uint64_t task_id)
{
	struct sql_accountability_evidence_tasks_row row = { 0 };
	uint64_t appeals[EVIDENCE_TASKS_MAX + 1];
	uint32_t n = 0;
	struct rows *rows = sql_accountability_evidence_tasks(req_tx(r),
		(struct sql_accountability_evidence_tasks){ .item_id = id });

	if (task_id)
		appeals[n++] = task_id / 100;
	while (n < array_count(appeals) && sql_accountability_evidence_tasks_next(rows, &row))
		appeals[n++] = row.task_id / 100;
	sighting_keep_list(r, SIGHT_LIST, appeals, n);
}

struct reply reply_item(struct req *r, uint64_t id)
{
	struct json *j = req_json(r);
	item_row row = { 0 };

	if (!sql_accountability_read(req_tx(r), (struct sql_accountability_read){ id }, &row))
		return reply_missing(r);
	json_object(j, NULL);
	write_head(j, &row);
	json_str(j, "task", row.task_id ? task_reference(req_arena(r), row.task_id) : STR_NONE);
	acts_write(j, req_tx(r), &row);
	json_close(j);
	keep_sightings(r, row.id, row.task_id);
	return reply_ok(r);
}

bool req_item(struct req *r, item_row *ret_row)
{
	const struct actor *actor = req_actor(r);
	uint64_t id;

	*ret_row = (item_row){ 0 };
	return str_to_u64(req_path(r, "id"), &id) &&
	       sql_accountability_read(req_tx(r), (struct sql_accountability_read){ id },
				       ret_row) &&
	       (req_relation(r) != RELATION_OWN || str_eq(actor->unit, ret_row->department));
}

struct reply items_show(struct req *r)
{
	item_row row;

	return req_item(r, &row) ? reply_item(r, row.id) : reply_missing(r);
}

static struct reply list_items(struct req *r, const struct page *page)
{
	const struct actor *actor = req_actor(r);
	struct sql_accountability_page_row row = { 0 };
	uint64_t last = 0;
	uint32_t n = 0;
	struct rows *rows = sql_accountability_page(req_tx(r), (struct sql_accountability_page){
		.department = req_relation(r) == RELATION_OWN ? actor->unit : STR(""),
		.after = page->key1, .n = page->limit + 1,
	});

	page_open(r);
	while (sql_accountability_page_next(rows, &row) && n++ < page->limit) {
		json_object(req_json(r), NULL);
		write_head(req_json(r), &(item_row){
			.id = row.id, .department = row.department, .state = row.state,
			.source = row.source, .title = row.title, .raised_at = row.raised_at,
			.leader = row.leader, .statement_until = row.statement_until,
			.decision = row.decision, .decision_version = DECISION_VERSION,
			.decided_at = row.decided_at, .takedown_at = row.takedown_at,
		});
		json_close(req_json(r));
		last = row.id;
	}
	page_close(r, n > page->limit, last, 0);
	return reply_ok(r);
}

/* For everybody: no task, no title, no person, and nothing any more from the takedown on. */
static struct reply list_published(struct req *r, const struct page *page)
{
	struct sql_accountability_page_published_row row = { 0 };
	struct json *j = req_json(r);
	uint64_t last[2] = { 0, 0 };
	uint32_t n = 0;
	struct rows *rows = sql_accountability_page_published(req_tx(r),
		(struct sql_accountability_page_published){
		.now_at = clock_now(), .after_at = (int64_t)page->key1, .after = page->key2,
		.n = page->limit + 1,
	});

	page_open(r);
	while (sql_accountability_page_published_next(rows, &row) && n++ < page->limit) {
		json_object(j, NULL);
		json_u64(j, "id", row.id);
		json_str(j, "department", row.department);
		decision_write(j, row.decision, DECISION_VERSION);
		json_time(j, "decided_at", row.decided_at);
		json_str(j, "text", row.published);
		json_time(j, "published_at", row.published_at);
		json_time(j, "takedown_at", row.takedown_at);
		json_close(j);
		last[0] = (uint64_t)row.takedown_at;
		last[1] = row.id;
	}
	page_close(r, n > page->limit, last[0], last[1]);
	return reply_ok(r);
}

struct reply items_list(struct req *r)
{
	static const char *const lists[] = { "published", "items", NULL };
	struct page page;
	int list;
	bool is_list = req_query_choice(r, "list", lists, &list);

	if (!req_page(r, &page) || !is_list)
		return reply_invalid(r);
	if (list <= 0)
		return list_published(r, &page);
	if (req_relation(r) != RELATION_ALL && req_actor(r)->role != ROLE_DEPARTMENT)
		return reply_denied(r, "Items are for those who watch over the work and for "
				    "the departments they are about; what is published is "
				    "for all.");
	return list_items(r, &page);
}
