/*
 * Tasks: reading and listing them, and the routes of all their files.
 */
#include "tasks/tasks.h"

#include "clock.h"
#include "bounds.h"
#include "module.h"
#include "sightings.h"

#include "tasks_sql.h"

static struct reply tasks_show(struct req *r)
{
	struct matter m;
	struct task *t;

	if (!req_task(r, &m, &t))
		return reply_missing(r);
	return reply_task(r, &m, t);
}

/* ---- lists ---- */

struct task_filter {
	int state;
	struct str department;
	int64_t due_before;
};

/* One page by due time; keys are due and id. */
struct task_page {
	struct { uint64_t id; int64_t due; } row[LIMIT_PAGE_MAX + 1];
	uint32_t n;
};

static void page_of_state(struct tx *tx, enum task_state state, const struct task_filter *f,
			  const struct page *page, struct task_page *out)
{
	struct sql_tasks_page_of_state_row row = { 0 };
	struct rows *rows = sql_tasks_page_of_state(tx, (struct sql_tasks_page_of_state){
		.state = state, .department = f->department, .due_before = f->due_before,
		.after_due = (int64_t)page->key1, .after_id = page->key2,
		.n = page->limit + 1,
	});

	out->n = 0;
	while (sql_tasks_page_of_state_next(rows, &row)) {
		out->row[out->n].id = row.id;
		out->row[out->n++].due = row.due;
	}
}

static void page_of_inbox(struct tx *tx, enum task_state state, const struct task_filter *f,
			  const struct page *page, struct task_page *out)
{
	struct sql_tasks_page_of_inbox_row row = { 0 };
	struct rows *rows = sql_tasks_page_of_inbox(tx, (struct sql_tasks_page_of_inbox){
		.state = state, .department = f->department, .due_before = f->due_before,
		.after_due = (int64_t)page->key1, .after_id = page->key2,
		.n = page->limit + 1,
	});

	out->n = 0;
	while (sql_tasks_page_of_inbox_next(rows, &row)) {
		out->row[out->n].id = row.id;
		out->row[out->n++].due = row.due;
	}
}

/* Both are in order of (due, id); keeps the first `most` of the two. */
static void merge_pages(struct task_page *all, const struct task_page *more, uint32_t most)
{
	struct task_page merged = { .n = 0 };
	uint32_t a = 0, b = 0;

	while (merged.n < most && (a < all->n || b < more->n)) {
		bool takes_a = b == more->n ||
			(a < all->n && (all->row[a].due < more->row[b].due ||
			 (all->row[a].due == more->row[b].due &&
			  all->row[a].id < more->row[b].id)));
		merged.row[merged.n++] = takes_a ? all->row[a++] : more->row[b++];
	}
	*all = merged;
}

/*
 * One query a state, each answered by an index in order, then merged: a list over several
 * states in one statement would sort every open task of the district.
 */
static void read_page(struct tx *tx, const struct task_filter *f, const struct page *page,
		      struct task_page *all)
{
	struct task_page part = { .n = 0 };

	all->n = 0;
	for (int state = TASK_AWAITING_SIGN; state <= TASK_WITHDRAWN; state++) {
		if (f->state >= 0 && state != f->state + 1)
			continue;
		if (f->department.n)
			page_of_inbox(tx, (enum task_state)state, f, page, &part);
		else
			page_of_state(tx, (enum task_state)state, f, page, &part);
		merge_pages(all, &part, page->limit + 1);
	}
}

/* The same of all departments below a unit, or of the one that is asked for. */
static void read_page_below(struct tx *tx, struct str unit, struct task_filter f,
			    const struct page *page, struct task_page *all)
{
	const struct reference *ref = reference_of(tx);
	struct str asked = f.department;
	struct task_page part;

	all->n = 0;
	for (uint32_t i = 0; i < ref->department_count; i++) {
		f.department = ref->departments[i].code;
		if ((asked.n && !str_eq(asked, f.department)) ||
		    !reference_is_within(ref, f.department, unit))
			continue;
		read_page(tx, &f, page, &part);
		merge_pages(all, &part, page->limit + 1);
	}
}

static const struct task *task_of(const struct matter *m, uint64_t id)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (m->tasks[i].id == id)
			return &m->tasks[i];
	return NULL;
}

static void write_tasks(struct req *r, const struct task_page *all, uint32_t shown)
{
	const struct reference *ref = reference_of(req_tx(r));
	uint64_t appeals[LIMIT_PAGE_MAX + 1];
	uint32_t n = 0;

	for (uint32_t i = 0; i < shown; i++) {
		uint64_t appeal = all->row[i].id / 100;
		uint32_t k = 0;
		while (k < n && appeals[k] != appeal)
			k++;
		if (k == n)
			appeals[n++] = appeal;
	}
	struct matter *matters = matter_read_many(req_tx(r), appeals, n);
	sighting_keep_list(r, SIGHT_LIST, appeals, n);
	for (uint32_t i = 0; i < shown; i++)
		for (uint32_t k = 0; k < n; k++) {
			const struct task *t = task_of(&matters[k], all->row[i].id);
			if (t && req_sees(r, &matters[k]))
				task_write(req_json(r), NULL, req_arena(r), t, &matters[k],
					   ref, req_actor(r));
		}
}

static struct reply tasks_list(struct req *r)
{
	const struct actor *actor = req_actor(r);
	struct task_filter f = { 0 };
	struct task_page all;
	struct page page;
	bool is_read = req_query_choice(r, "state", task_state_names, &f.state);

	is_read &= req_query_code(r, "department", &f.department);
	is_read &= req_query_time(r, "due_before", &f.due_before);
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	if (!f.department.p)
		f.department = STR("");
	if (req_relation(r) == RELATION_OWN)
		f.department = actor->unit;
	if (req_relation(r) == RELATION_TREE)
		read_page_below(req_tx(r), actor->unit, f, &page, &all);
	else
		read_page(req_tx(r), &f, &page, &all);

	uint32_t shown = all.n < page.limit ? all.n : page.limit;
	page_open(r);
	write_tasks(r, &all, shown);
	page_close(r, all.n > shown, shown ? (uint64_t)all.row[shown - 1].due : 0,
		   shown ? all.row[shown - 1].id : 0);
	return reply_ok(r);
}

/* ---- tables ---- */

static void tasks_imported(struct tx *tx, const struct event *e)
{
	task_insert(tx, e->appeal, e->task);
}

static const struct hook hooks[] = {
	{ EVENT_APPEAL_RECEIVED, tasks_dispatch_received },
	{ EVENT_TASK_IMPORTED, tasks_imported },
	{ EVENT_TASK_VISITED, tasks_visited },
	{ EVENT_TASK_WITHDRAWN, tasks_withdrawn },
	{ EVENT_TASK_RESTORED, tasks_restored },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(tasks_list), .query = "limit cursor state department due_before" },
	{ ROUTE(tasks_show) },
	{ ROUTE(tasks_dispatch) },
	{ ROUTE(tasks_placement) },
	{ ROUTE(tasks_sign) },
	{ ROUTE(tasks_contact) },
	{ ROUTE(tasks_progress) },
	{ ROUTE(tasks_complete) },
	{ ROUTE(tasks_review) },
	{ ROUTE(tasks_redo) },
	{ ROUTE(tasks_return) },
	{ ROUTE(tasks_return_accept) },
	{ ROUTE(tasks_return_refuse) },
	{ ROUTE(tasks_dispute) },
	{ ROUTE(tasks_ruling) },
	{ ROUTE(tasks_returns), .query = "limit cursor state department" },
	{ ROUTE(tasks_return_pairs), .lane = LANE_SLOW, .query = "since until" },
	{ ROUTE(tasks_assist) },
	{ ROUTE(tasks_report) },
	{ ROUTE(tasks_assist_delay) },
	{ ROUTE(tasks_assists) },
	{ 0 }
};

const struct module tasks_module = {
	.name = "tasks",
	.purpose = "Assigns appeals to departments and follows them to their close.",
	.routes = routes,
	.hooks = hooks,
};
