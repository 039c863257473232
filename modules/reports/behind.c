/*
 * The tasks behind a number: the same scan and the same judgement as the figures, so the list
 * is as long as the number, each with the rule that put it there.
 */
#include <string.h>

#include "bounds.h"
#include "matter.h"
#include "module.h"
#include "reports/reports.h"

static const char *const part_names[] = { "num", "den", "out", NULL };

_Static_assert(PART_NUM == 0 && PART_DEN == 1 && PART_OUT == 2,
	       "names stand in the order of the parts");

/* A task of the list, with all that outlives its chunk. */
struct found {
	uint64_t id;
	const struct place *place;
	enum why why;
	enum task_state state;
	enum limit_class limit_class;
	int64_t dispatched_at, due, closed_at;
	enum answer_level first_answer, last_answer;
	struct str title;
};

/* The tasks with the lowest ids behind the cursor; one more than the page shows. */
struct found_page {
	enum measure measure;
	enum measure_part part;
	uint64_t after_id;
	uint32_t most;
	uint32_t n;
	struct found v[LIMIT_PAGE_MAX + 1];
};

void read_answers(const struct judged *judged, enum answer_level *ret_first,
		  enum answer_level *ret_last)
{
	*ret_first = *ret_last = ANSWER_NONE;
	for (size_t i = 0; i < judged->visit_count; i++) {
		const struct visit_fact *visit = &judged->visits[i];
		if (visit->at < judged->task->closed_at || visit->result == ANSWER_NONE)
			continue;
		if (*ret_first == ANSWER_NONE)
			*ret_first = visit->result;
		*ret_last = visit->result;
	}
}

static struct found found_of(const struct found_page *page, const struct judged *judged)
{
	const struct sql_reports_tasks_row *t = judged->task;
	struct found found = {
		.id = t->id, .place = judged->place,
		.why = judged->judgement.why[measures[page->measure].base],
		.state = (enum task_state)t->state,
		.limit_class = (enum limit_class)t->limit_class,
		.dispatched_at = t->dispatched_at, .due = t->due, .closed_at = t->closed_at,
	};

	read_answers(judged, &found.first_answer, &found.last_answer);
	return found;
}

/* The scan goes by time of closing, the list by id: the lowest ids are kept, in order. */
static void take_found(struct scan *scan, const struct judged *judged)
{
	struct found_page *page = scan->taker;
	uint64_t id = judged->task->id;
	uint32_t at = page->n;

	if (id <= page->after_id || !measure_has(page->measure, page->part, judged->judgement))
		return;
	while (at > 0 && page->v[at - 1].id > id)
		at--;
	if (at == page->most)
		return;
	if (page->n < page->most)
		page->n++;
	memmove(&page->v[at + 1], &page->v[at], (page->n - 1 - at) * sizeof(page->v[0]));
	page->v[at] = found_of(page, judged);
}

static void read_titles(struct tx *tx, struct found_page *page, uint32_t shown)
{
	struct sql_reports_titles_row row = { 0 };
	uint64_t appeals[LIMIT_PAGE_MAX + 1];

	if (!shown)
		return;
	for (uint32_t i = 0; i < shown; i++)
		appeals[i] = page->v[i].id / 100;
	struct rows *rows = sql_reports_titles(tx, (struct sql_reports_titles){
		.ids = ids_json(tx_arena(tx), appeals, shown),
	});
	while (sql_reports_titles_next(rows, &row))
		for (uint32_t i = 0; i < shown; i++)
			if (appeals[i] == row.id)
				page->v[i].title = row.title;
}

static void write_found(struct json *j, struct arena *a, const struct found *found)
{
	json_object(j, NULL);
	json_str(j, "task", task_reference(a, found->id));
	json_str(j, "appeal", appeal_reference(a, found->id / 100));
	json_str(j, "department", found->place->code);
	json_str(j, "title", found->title);
	json_text(j, "why", why_text(found->why));
	json_text(j, "state", task_state_names[found->state - 1]);
	json_text(j, "limit_class", limit_class_names[found->limit_class]);
	json_time(j, "dispatched_at", found->dispatched_at);
	json_time(j, "due", found->due);
	json_time(j, "closed_at", found->closed_at);
	json_text(j, "first_answer", answer_level_text(found->first_answer));
	json_text(j, "last_answer", answer_level_text(found->last_answer));
	json_close(j);
}

static bool req_measure(struct req *r, struct found_page *page)
{
	struct str name = req_query(r, "measure");
	int part = -1;
	bool is_good = req_query_choice(r, "part", part_names, &part);

	if (is_good && part < 0) {
		req_error(r, "#/query/part", "missing", "Give num, den or out.");
		is_good = false;
	}
	if (!name.p || !measure_parse(name.p, name.n, &page->measure)) {
		req_error(r, "#/query/measure", name.p ? "unknown_code" : "missing",
			  "Give the name of a measure, as the report has it.");
		is_good = false;
	}
	page->part = (enum measure_part)part;
	return is_good;
}

bool req_department(struct req *r, struct str *ret_department, struct reply *ret_reply)
{
	struct str own = own_unit(req_actor(r));
	struct str asked = req_query(r, "department");

	*ret_department = own.p ? own : asked.p ? asked : STR("");
	if (own.p && asked.n && !str_eq(asked, own)) {
		*ret_reply = reply_missing(r);
		return false;
	}
	if (ret_department->n &&
	    !reference_department(reference_of(req_tx(r)), *ret_department))
		req_error(r, "#/query/department", "unknown_code",
			  "There is no such department; GET /api/v1/departments lists them.");
	return true;
}

struct reply reports_tasks(struct req *r)
{
	struct tx *tx = req_tx(r);
	struct found_page *found = arena_new_of(req_arena(r), struct found_page);
	struct question question;
	struct str department;
	struct reply refusal;
	struct page page;

	if (!req_department(r, &department, &refusal))
		return refusal;
	bool is_good = req_question(r, &question);
	is_good &= req_measure(r, found);
	if (!req_page(r, &page) || !is_good || req_has_errors(r))
		return reply_invalid(r);
	found->after_id = page.is_continued ? page.key1 : 0;
	found->most = page.limit + 1;
	struct scan scan = {
		.tx = tx, .report = report_open(tx, &question), .department = department,
		.take = take_found, .taker = found,
	};
	scan_period(&scan);

	uint32_t shown = found->n < page.limit ? found->n : page.limit;
	read_titles(tx, found, shown);
	page_open(r);
	for (uint32_t i = 0; i < shown; i++)
		write_found(req_json(r), req_arena(r), &found->v[i]);
	page_close(r, found->n > shown, shown ? found->v[shown - 1].id : 0, 0);
	return reply_ok(r);
}
