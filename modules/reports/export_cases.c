/*
 * Every case of a period, one row each, in the order of the scan: what is open, what was
 * closed in the period, what was closed after it. What is about a case beyond the scan's own
 * rows, its title, is read for many at a time, so memory is that of so many.
 */
#include "bounds.h"
#include "csv.h"
#include "matter.h"
#include "module.h"
#include "reports/export.h"
#include "sheet.h"
#include "sightings.h"

enum { BATCH = 250 };

/* A case, with all that outlives its chunk. */
struct case_line {
	struct case_row task;	/* but its text */
	const struct place *place;
	enum why why[RATE_BASES];
	uint64_t visits;
	enum answer_level first_answer, last_answer;
	struct str title;
};

struct cases {
	struct tx *tx;
	const struct actor *reader;
	struct csv *csv;
	struct sheet *sheet;
	uint64_t left;		/* how many may follow */
	bool is_cut;
	struct buf seen;	/* ids of their appeals, eight bytes each */
	uint32_t n;
	struct case_line lines[BATCH];
};

static const char *const leaving_names[] = {
	[LEFT_NOT] = NULL, [LEFT_RETURNED] = "returned", [LEFT_WITHDRAWN] = "withdrawn",
	[LEFT_MERGED] = "merged", [LEFT_ON_ACCOUNT] = "on_account",
};

const struct sheet_column case_columns[] = {
	{ "task", 20 }, { "appeal", 18 }, { "department", 12 }, { "name", 24 }, { "role", 8 },
	{ "content_class", 14 }, { "limit_class", 11 }, { "state", 16 }, { "title", 40 },
	{ "dispatched_at", 19 }, { "signed_at", 19 }, { "due", 19 }, { "original_due", 19 },
	{ "extended", 10 }, { "closed_at", 19 }, { "left", 12 }, { "left_at", 19 },
	{ "excluded_at", 19 }, { "visits", 8 }, { "first_answer", 18 }, { "last_answer", 18 },
	{ "why_completion", 15 }, { "why_satisfaction", 15 }, { "why_solved", 15 },
	{ "why_contacted", 15 }, { "why_double_yes", 15 }, { "why_redo", 15 },
	{ "why_review", 15 }, { "why_return", 15 }, { "why_sign", 15 }, { "why_contact", 15 },
	{ "why_recomplaint", 15 }, { 0 }
};

_Static_assert(BASE_COMPLETION == 0 && BASE_SATISFACTION == 1 && BASE_SOLVED == 2 &&
	       BASE_CONTACTED == 3 && BASE_DOUBLE == 4 && BASE_REDO == 5 && BASE_REVIEW == 6 &&
	       BASE_RETURN == 7 && BASE_SIGN == 8 && BASE_CONTACT == 9 &&
	       BASE_RECOMPLAINT == 10 && RATE_BASES == 11,
	       "one column a base, in their order");

/* ---- cells ---- */

static void put(const struct cases *c, struct str text)
{
	if (c->csv)
		csv_str(c->csv, text);
	else
		sheet_str(c->sheet, text);
}

static void put_text(const struct cases *c, const char *text)
{
	put(c, str_of(text));
}

static void put_time(const struct cases *c, int64_t at)
{
	if (c->csv)
		csv_time(c->csv, at);
	else
		sheet_time(c->sheet, at);
}

static void put_u64(const struct cases *c, uint64_t value)
{
	if (c->csv)
		csv_u64(c->csv, value);
	else
		sheet_u64(c->sheet, value);
}

static void write_line(const struct cases *c, const struct case_line *line)
{
	const struct case_row *t = &line->task;
	const struct task_fact *f = &t->fact;
	struct arena *a = tx_arena(c->tx);

	put(c, task_reference(a, t->id));
	put(c, appeal_reference(a, t->id / 100));
	put(c, line->place->code);
	put(c, line->place->name);
	put_text(c, task_role_names[t->role - 1]);
	put_text(c, content_class_names[f->content]);
	put_text(c, limit_class_names[t->limit_class]);
	put_text(c, task_state_names[t->state - 1]);
	put(c, line->title);
	put_time(c, f->dispatched_at);
	put_time(c, f->signed_at);
	put_time(c, f->due);
	put_time(c, f->original_due);
	put_u64(c, f->extended);
	put_time(c, f->closed_at);
	put_text(c, leaving_names[f->left]);
	put_time(c, f->left_at);
	put_time(c, f->excluded_at);
	put_u64(c, line->visits);
	put_text(c, answer_level_text(line->first_answer));
	put_text(c, answer_level_text(line->last_answer));
	for (int i = 0; i < RATE_BASES; i++)
		put_text(c, why_text(line->why[i]));
}

/* ---- batches ---- */

static void read_titles(struct cases *c)
{
	struct sql_reports_titles_row row = { 0 };
	uint64_t appeals[BATCH];

	for (uint32_t i = 0; i < c->n; i++)
		appeals[i] = c->lines[i].task.id / 100;
	struct rows *rows = sql_reports_titles(c->tx, (struct sql_reports_titles){
		.ids = ids_json(tx_arena(c->tx), appeals, c->n),
	});
	while (sql_reports_titles_next(rows, &row))
		for (uint32_t i = 0; i < c->n; i++)
			if (appeals[i] == row.id)
				c->lines[i].title = reader_text(c->reader, SHOWN_TITLE,
								row.is_secret, row.title);
}

static void flush(struct cases *c)
{
	struct arena *a = tx_arena(c->tx);
	struct arena_mark mark = arena_mark(a);

	if (c->n)
		read_titles(c);
	for (uint32_t i = 0; i < c->n && tx_ok(c->tx); i++)
		write_line(c, &c->lines[i]);
	arena_rewind(a, mark);
	c->n = 0;
}

static struct case_line line_of(const struct judged *judged)
{
	struct case_line line = {
		.task = *judged->row, .place = judged->place,
		.visits = judged->row->fact.visit_count,
	};

	line.task.department = STR_NONE;
	line.task.fact.visits = NULL;
	line.task.fact.submissions = NULL;
	for (int i = 0; i < RATE_BASES; i++)
		line.why[i] = judged->judgement.why[i];
	read_answers(judged->row, &line.first_answer, &line.last_answer);
	return line;
}

static void take_case(struct scan *scan, const struct judged *judged)
{
	struct cases *c = scan->taker;

	if (!judged->judgement.sets || c->is_cut)
		return;
	if (c->left == 0) {
		c->is_cut = true;
		return;
	}
	c->left--;
	uint64_t appeal = judged->row->id / 100;
	buf_add(&c->seen, (struct str){ (const char *)&appeal, sizeof(appeal) });
	c->lines[c->n++] = line_of(judged);
	if (c->n == BATCH)
		flush(c);
}

static void keep_sighting(struct req *r, const struct buf *seen)
{
	uint32_t n = (uint32_t)(seen->n / sizeof(uint64_t));

	sighting_keep_list(r, SIGHT_EXPORT, (const uint64_t *)(const void *)seen->p, n);
}

bool cases_write(struct req *r, const struct report *report, struct str department,
		 struct csv *csv, struct sheet *sheet, uint64_t most)
{
	struct cases *c = arena_new_of(req_arena(r), struct cases);
	struct scan scan = {
		.tx = req_tx(r), .report = report, .department = department, .take = take_case,
		.taker = c,
	};

	*c = (struct cases){ .tx = req_tx(r), .reader = req_actor(r), .csv = csv, .sheet = sheet,
			     .left = most };
	buf_init(&c->seen, LIMIT_PRINT_BYTES);
	scan_period(&scan);
	flush(c);
	keep_sighting(r, &c->seen);
	buf_free(&c->seen);
	return !c->is_cut;
}

static struct str about_question(struct arena *a, const struct question *question)
{
	return arena_printf(a, "%.*s %s", STR_ARG(question->name), scope_names[question->scope]);
}

struct export_mark export_mark(struct req *r, const char *file, const struct question *question)
{
	return audit_export(r, file, about_question(req_arena(r), question));
}

/* ---- route ---- */

struct reply reports_tasks_csv(struct req *r)
{
	const char *heads[array_count(case_columns)] = { NULL };
	struct question question;
	struct str department;
	struct reply refusal;
	struct csv csv;

	if (!req_department(r, &department, &refusal))
		return refusal;
	if (!req_question(r, &question) || req_has_errors(r))
		return reply_invalid(r);
	for (size_t i = 0; case_columns[i].head; i++)
		heads[i] = case_columns[i].head;
	tx_consistent_step(req_tx(r));
	struct export_mark mark = audit_export_mark(r);

	csv_open_copy(&csv, req_spool(r), heads, mark.code);
	(void)cases_write(r, report_open(req_tx(r), &question), department, &csv, NULL,
			  UINT64_MAX);
	csv_close(&csv);
	audit_export_record(r, &mark, "tasks.csv", about_question(req_arena(r), &question));
	return reply_spool(r, CSV_TYPE, "tasks-%.*s-%s-%.*s.csv", STR_ARG(question.name),
			   scope_names[question.scope], STR_ARG(mark.code));
}
