/*
 * The tasks behind a number: the same scan and the same judgement as the figures, so the list
 * is as long as the number, each with the rule that put it there.
 */
#include <string.h>

#include "bounds.h"
#include "matter.h"
#include "module.h"
#include "reports/reports.h"
#include "sightings.h"

static const char *const part_names[] = { "num", "den", "out", "missed", NULL };

_Static_assert(PART_NUM == 0 && PART_DEN == 1 && PART_OUT == 2 && PART_MISSED == 3,
	       "names stand in the order of the parts");

/* A line of the list, with all that outlives its chunk. */
struct found {
	uint64_t id;
	uint32_t line;
	const struct place *place;
	enum why why;
	enum task_state state;
	enum limit_class limit_class;
	int64_t dispatched_at, due, closed_at;
	enum answer_level first_answer, last_answer;
	int64_t submitted_at;	/* of the submission that the line is about, 0 */
	struct str title, category;
};

/*
 * The lines with the lowest ids behind the cursor; one more than the page shows. Lines of one
 * task, of which there are several where submissions are counted, are numbered from 0.
 */
struct found_page {
	enum measure measure;
	enum measure_part part;
	uint32_t part_base;	/* first number of the lines of the present month */
	bool is_continued;
	uint64_t after_id;
	uint32_t after_line;
	uint32_t most;
	uint32_t n;
	struct found v[LIMIT_PAGE_MAX + 1];
};

/* More than a task has submissions in one month. */
enum { LINES_OF_A_MONTH = 100000 };

void read_answers(const struct case_row *row, enum answer_level *ret_first,
		  enum answer_level *ret_last)
{
	const struct task_fact *fact = &row->fact;

	*ret_first = *ret_last = ANSWER_NONE;
	for (size_t i = 0; i < fact->visit_count; i++) {
		const struct visit_fact *visit = &fact->visits[i];
		if (visit->at < fact->closed_at || visit->result == ANSWER_NONE)
			continue;
		if (*ret_first == ANSWER_NONE)
			*ret_first = visit->result;
		*ret_last = visit->result;
	}
}

static struct found found_of(const struct found_page *page, const struct judged *judged)
{
	const struct case_row *row = judged->row;
	struct found found = {
		.id = row->id, .line = page->part_base, .place = judged->place,
		.why = judged->judgement.why[measures[page->measure].base],
		.state = row->state, .limit_class = row->limit_class,
		.dispatched_at = row->fact.dispatched_at, .due = row->fact.due,
		.closed_at = row->fact.closed_at,
	};

	read_answers(row, &found.first_answer, &found.last_answer);
	return found;
}

/* Lines come in any order, those of one task in theirs: the first of the list are kept. */
static void add_line(struct found_page *page, const struct found *line)
{
	uint32_t at = page->n;

	if (page->is_continued &&
	    (line->id < page->after_id ||
	     (line->id == page->after_id && line->line <= page->after_line)))
		return;
	while (at > 0 && page->v[at - 1].id > line->id)
		at--;
	if (at == page->most)
		return;
	if (page->n < page->most)
		page->n++;
	memmove(&page->v[at + 1], &page->v[at], (page->n - 1 - at) * sizeof(page->v[0]));
	page->v[at] = *line;
}

static enum why submission_why(enum submission_outcome outcome)
{
	static const enum why whys[SUBMISSION_OUTCOMES] = {
		[SUBMISSION_PENDING] = WHY_PENDING, [SUBMISSION_PASSED] = WHY_PASSED,
		[SUBMISSION_REFUSED] = WHY_REFUSED,
	};

	return whys[outcome];
}

/* The submissions that the judgement has counted, a line each. */
static void add_submissions(struct found_page *page, const struct period *period,
			    const struct case_row *row, struct found *found)
{
	for (size_t i = 0; i < row->fact.submission_count; i++) {
		const struct submission_fact *submission = &row->fact.submissions[i];
		bool is_refused = submission->outcome == SUBMISSION_REFUSED;

		if (!submission_counts(submission, period) ||
		    (page->part != PART_DEN && is_refused != (page->part == PART_NUM)))
			continue;
		found->why = submission_why(submission->outcome);
		found->submitted_at = submission->at;
		add_line(page, found);
		found->line++;
	}
}

static void take_found(struct scan *scan, const struct judged *judged)
{
	struct found_page *page = scan->taker;

	if ((page->is_continued && judged->row->id < page->after_id) ||
	    !measure_has(page->measure, page->part, judged->judgement))
		return;
	struct found found = found_of(page, judged);
	if (measures[page->measure].is_of_submissions && page->part != PART_OUT)
		add_submissions(page, &scan->report->question.period, judged->row, &found);
	else
		add_line(page, &found);
}

/* Whoever reads the titles has seen the cases. */
static void read_matters(struct req *r, struct found_page *page, uint32_t shown)
{
	struct sql_reports_titles_row row = { 0 };
	uint64_t appeals[LIMIT_PAGE_MAX + 1];

	if (!shown)
		return;
	for (uint32_t i = 0; i < shown; i++)
		appeals[i] = page->v[i].id / 100;
	sighting_keep_list(r, SIGHT_LIST, appeals, shown);
	struct rows *rows = sql_reports_titles(req_tx(r), (struct sql_reports_titles){
		.ids = ids_json(req_arena(r), appeals, shown),
	});
	while (sql_reports_titles_next(rows, &row))
		for (uint32_t i = 0; i < shown; i++) {
			if (appeals[i] != row.id)
				continue;
			page->v[i].title = reader_text(req_actor(r), SHOWN_TITLE, row.is_secret,
						       row.title);
			page->v[i].category = row.category;
		}
}

static void write_found(struct json *j, struct arena *a, const struct found *found)
{
	json_object(j, NULL);
	json_str(j, "task", task_reference(a, found->id));
	json_str(j, "appeal", appeal_reference(a, found->id / 100));
	json_str(j, "department", found->place->code);
	json_str(j, "title", found->title);
	json_str(j, "category", found->category);
	json_text(j, "why", why_text(found->why));
	json_text(j, "state", task_state_names[found->state - 1]);
	json_text(j, "limit_class", limit_class_names[found->limit_class]);
	json_time(j, "dispatched_at", found->dispatched_at);
	json_time(j, "due", found->due);
	json_time(j, "closed_at", found->closed_at);
	json_text(j, "first_answer", answer_level_text(found->first_answer));
	json_text(j, "last_answer", answer_level_text(found->last_answer));
	json_time(j, "submitted_at", found->submitted_at);
	json_close(j);
}

static bool req_measure(struct req *r, struct found_page *page)
{
	struct str name = req_query(r, "measure");
	int part = -1;
	bool is_good = req_query_choice(r, "part", part_names, &part);

	if (is_good && part < 0) {
		req_error(r, "#/query/part", "missing", "Give num, den, out or missed.");
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
	struct report *parts[REPORT_PARTS];
	struct str department;
	struct reply refusal;
	struct page page;

	if (!req_department(r, &department, &refusal))
		return refusal;
	bool is_good = req_question(r, &question);
	is_good &= req_measure(r, found);
	if (!req_page(r, &page) || !is_good || req_has_errors(r))
		return reply_invalid(r);
	found->is_continued = page.is_continued;
	found->after_id = page.key1;
	found->after_line = (uint32_t)page.key2;
	found->most = page.limit + 1;
	tx_consistent_step(tx);
	uint32_t n = report_parts(tx, &question, found->measure, parts);
	for (uint32_t i = 0; i < n && tx_ok(tx); i++) {
		found->part_base = i * LINES_OF_A_MONTH;
		struct scan scan = {
			.tx = tx, .report = parts[i], .department = department,
			.take = take_found, .taker = found,
		};
		scan_period(&scan);
	}

	uint32_t shown = found->n < page.limit ? found->n : page.limit;
	read_matters(r, found, shown);
	page_open(r);
	for (uint32_t i = 0; i < shown; i++)
		write_found(req_json(r), req_arena(r), &found->v[i]);
	const struct found *last = &found->v[shown ? shown - 1 : 0];
	page_close(r, found->n > shown, last->id, last->line);
	return reply_ok(r);
}
