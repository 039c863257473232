/*
 * The deadline board: of the tasks in work, how many are overdue, red and amber, by department;
 * and each of them with the ladder already climbed: warnings, overdue marks, cards, urges,
 * supervisions and escalations, with when, who and what was said. A supervisor of a unit has the
 * tree below it.
 */
#include "action.h"
#include "bounds.h"
#include "clock.h"
#include "matter.h"
#include "module.h"
#include "sightings.h"

#include "board_sql.h"

#define KINDS_LADDER (KIND(EVENT_TASK_WARNED) | KIND(EVENT_TASK_OVERDUE) | \
		      KIND(EVENT_TASK_CARD) | KIND(EVENT_TASK_URGED) | \
		      KIND(EVENT_TASK_SUPERVISED) | KIND(EVENT_TASK_ESCALATED))

/* In the order of the numbers that the statements give, from 1. */
static const char *const stage_names[] = { "overdue", "red", "amber", NULL };

static const struct setting settings[] = {
	{ "amber_percent", SETTING_INT, "75", 1, 99, .unit = "%", .help =
	  "From this share of a limit on a task is amber, on every screen and board." },
	{ "red_percent", SETTING_INT, "90", 1, 99, .unit = "%", .help =
	  "From this share of a limit on a task is red; below amber_percent it is red at once." },
	{ 0 }
};

static uint32_t percent_of(const char *setting)
{
	return (uint32_t)setting_int(setting);
}

struct board_filter {
	struct str departments;		/* a JSON array */
	int64_t now;
	int stage;			/* of stage_names, or -1 for all */
};

/* The departments that the reader may have on the board: all, a tree, or the one asked for. */
static struct str departments_json(struct req *r, struct str asked)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct arena *a = req_arena(r);
	struct str all = STR("[");

	for (uint32_t i = 0; i < ref->department_count; i++) {
		struct str code = ref->departments[i].code;
		if ((asked.n && !str_eq(asked, code)) ||
		    (req_relation(r) == RELATION_TREE &&
		     !reference_is_within(ref, code, req_actor(r)->unit)))
			continue;
		all = arena_printf(a, "%.*s%s\"%.*s\"", STR_ARG(all), all.n > 1 ? "," : "",
				   STR_ARG(code));
	}
	return arena_printf(a, "%.*s]", STR_ARG(all));
}

static void write_counts(struct req *r, const struct board_filter *f)
{
	struct sql_board_counts_row row = { 0 };
	struct json *j = req_json(r);
	struct rows *rows = sql_board_counts(req_tx(r), (struct sql_board_counts){
		.departments = f->departments, .now = f->now,
		.amber = percent_of("amber_percent"), .red = percent_of("red_percent") });

	json_array(j, "departments");
	while (sql_board_counts_next(rows, &row)) {
		json_object(j, NULL);
		json_str(j, "department", row.department);
		json_u64(j, "overdue", row.overdue);
		json_u64(j, "red", row.red);
		json_u64(j, "amber", row.amber);
		json_u64(j, "calm", row.calm);
		json_close(j);
	}
	json_close(j);
}

/* ---- rows with their ladders ---- */

struct board_page {
	struct sql_board_page_row row[LIMIT_PAGE_MAX + 1];
	uint64_t ids[LIMIT_PAGE_MAX + 1];
	uint32_t n;
};

static void read_page(struct req *r, const struct board_filter *f, const struct page *page,
		      struct board_page *out)
{
	struct sql_board_page_row row = { 0 };
	struct rows *rows = sql_board_page(req_tx(r), (struct sql_board_page){
		.departments = f->departments, .now = f->now,
		.amber = percent_of("amber_percent"), .red = percent_of("red_percent"),
		.stage = (uint32_t)(f->stage + 1), .after_due = (int64_t)page->key1,
		.after_id = page->key2, .n = page->limit + 1,
	});

	out->n = 0;
	while (sql_board_page_next(rows, &row)) {
		out->ids[out->n] = row.id;
		out->row[out->n++] = row;
	}
}

struct ladders {
	struct sql_board_ladders_row *step;
	uint32_t n, room;
};

static void read_ladders(struct req *r, const struct board_page *all, uint32_t shown,
			 struct ladders *out)
{
	struct sql_board_ladders_row row = { 0 };
	struct arena *a = req_arena(r);
	struct rows *rows = sql_board_ladders(req_tx(r), (struct sql_board_ladders){
		.ids = ids_json(a, all->ids, shown), .kinds = KINDS_LADDER });

	*out = (struct ladders){ 0 };
	while (sql_board_ladders_next(rows, &row)) {
		if (out->n == out->room) {
			uint32_t room = out->room ? 2 * out->room : 64;
			struct sql_board_ladders_row *more =
				arena_array_of(a, struct sql_board_ladders_row, room);
			for (uint32_t i = 0; i < out->n; i++)
				more[i] = out->step[i];
			out->step = more;
			out->room = room;
		}
		row.by_name = arena_str(a, row.by_name);
		row.data = arena_str(a, row.data);
		out->step[out->n++] = row;
	}
}

static void write_ladder(struct json *j, const struct ladders *all, uint64_t task)
{
	json_array(j, "ladder");
	for (uint32_t i = 0; i < all->n; i++) {
		const struct sql_board_ladders_row *step = &all->step[i];
		if (step->task_id != task)
			continue;
		json_object(j, NULL);
		json_u64(j, "seq", step->seq);
		json_time(j, "at", step->at);
		json_text(j, "type", event_type_names[step->kind - 1]);
		json_str(j, "by", step->by_name);
		json_raw(j, "data", step->data);
		json_close(j);
	}
	json_close(j);
}

static const struct task *task_of(const struct matter *m, uint64_t id)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (m->tasks[i].id == id)
			return &m->tasks[i];
	return NULL;
}

static void write_row(struct req *r, const struct sql_board_page_row *row,
		      const struct matter *m, const struct ladders *ladders)
{
	const struct task *t = task_of(m, row->id);
	struct json *j = req_json(r);

	if (!t || !req_sees(r, m))
		return;
	json_object(j, NULL);
	json_text(j, "stage", stage_names[row->stage - 1]);
	json_time(j, "start", row->start);
	json_time(j, "due", row->due);
	task_write(j, "task", req_arena(r), t, m, reference_of(req_tx(r)), req_actor(r));
	write_ladder(j, ladders, row->id);
	json_close(j);
}

static void write_rows(struct req *r, const struct board_page *all, uint32_t shown)
{
	uint64_t appeals[LIMIT_PAGE_MAX + 1];
	struct ladders ladders;
	uint32_t n = 0;

	for (uint32_t i = 0; i < shown; i++) {
		uint32_t k = 0;
		while (k < n && appeals[k] != all->ids[i] / 100)
			k++;
		if (k == n)
			appeals[n++] = all->ids[i] / 100;
	}
	struct matter *matters = matter_read_many(req_tx(r), appeals, n);
	sighting_keep_list(r, SIGHT_LIST, appeals, n);
	read_ladders(r, all, shown, &ladders);
	for (uint32_t i = 0; i < shown; i++)
		for (uint32_t k = 0; k < n; k++)
			if (appeals[k] == all->ids[i] / 100)
				write_row(r, &all->row[i], &matters[k], &ladders);
}

static struct reply board_show(struct req *r)
{
	struct board_filter f = { .now = clock_now() };
	struct str department = STR("");
	struct board_page all;
	struct page page;
	bool is_read = req_query_choice(r, "stage", stage_names, &f.stage);

	is_read &= req_query_code(r, "department", &department);
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	f.departments = departments_json(r, department.p ? department : STR(""));
	read_page(r, &f, &page, &all);

	uint32_t shown = all.n < page.limit ? all.n : page.limit;
	page_open(r);
	write_rows(r, &all, shown);
	page_items_end(r);
	json_time(req_json(r), "as_of", f.now);
	write_counts(r, &f);
	page_close(r, all.n > shown, shown ? (uint64_t)all.row[shown - 1].due : 0,
		   shown ? all.ids[shown - 1] : 0);
	return reply_ok(r);
}

static const struct route routes[] = {
	{ ROUTE(board_show), .lane = LANE_SLOW, .query = "limit cursor department stage" },
	{ 0 }
};

const struct module board_module = {
	.name = "board",
	.purpose = "Shows which tasks are overdue, red or amber, and what was done about each.",
	.routes = routes,
	.settings = settings,
};
