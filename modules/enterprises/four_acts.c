/*
 * The special table of the four arbitrary acts (四乱) of a month: complaints received in it, by
 * act and by the body that they accuse, those that accuse nobody in a line of their own. A
 * complaint merged into another counts once. Every count opens into its appeals.
 */
#include "enterprises/enterprises.h"

#include <string.h>

#include "bounds.h"
#include "csv.h"
#include "domain.h"
#include "module.h"
#include "rules/period.h"

/* ---- what is asked ---- */

struct acts_question {
	struct str month;
	uint64_t first_id, end_id;
};

static bool req_acts(struct req *r, struct acts_question *ret)
{
	struct str name = req_path(r, "period");
	struct period month;

	if (name.n != 7 || name.p[5] == 'Q' || name.p[5] == 'W' ||
	    !period_parse(name.p, name.n, &month)) {
		req_error(r, "#/path/period", "bad_period", "A month is written 2026-03.");
		return false;
	}
	*ret = (struct acts_question){
		.month = name, .first_id = appeal_first_id(month.t0),
		.end_id = appeal_first_id(month.t1),
	};
	return true;
}

/* The categories of an act, or of all four, as a JSON array. */
static struct str act_categories(struct req *r, enum four_act act)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct buf text;
	struct json j;

	buf_init(&text, KIB(256));
	json_init(&j, &text);
	json_array(&j, NULL);
	for (uint32_t i = 0; i < ref->category_count; i++) {
		enum four_act one = reference_four_act(ref, ref->categories[i].code);
		if (one && (!act || one == act))
			json_str(&j, NULL, ref->categories[i].code);
	}
	json_close(&j);
	struct str kept = arena_str(req_arena(r), buf_str(&text));
	buf_free(&text);
	return kept;
}

/* ---- counting ---- */

struct act_count {
	uint64_t appeals, open;
};

struct act_line {
	struct str body;	/* STR_NONE: nobody is accused */
	struct act_count act[ACTS];
	struct act_count total;
};

enum { LINES_MAX = 1000 };

struct act_table {
	struct act_line *lines;
	uint32_t n;
	struct act_line total;
};

static struct act_line *line_of(struct act_table *t, struct arena *a, struct str body)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (str_eq(t->lines[i].body, body) && !t->lines[i].body.p == !body.p)
			return &t->lines[i];
	if (t->n == LINES_MAX)
		return NULL;
	t->lines[t->n] = (struct act_line){ .body = arena_str(a, body) };
	return &t->lines[t->n++];
}

static void line_add(struct act_line *line, enum four_act act, uint64_t appeals, uint64_t open)
{
	line->act[act - 1].appeals += appeals;
	line->act[act - 1].open += open;
	line->total.appeals += appeals;
	line->total.open += open;
}

static struct act_table acts_count(struct req *r, const struct acts_question *question)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct act_table t = {
		.lines = arena_array_of(req_arena(r), struct act_line, LINES_MAX),
	};
	struct sql_enterprises_acts_row row = { 0 };
	struct rows *rows = sql_enterprises_acts(req_tx(r), (struct sql_enterprises_acts){
		.categories = act_categories(r, ACT_NONE), .first_id = question->first_id,
		.end_id = question->end_id,
	});

	while (sql_enterprises_acts_next(rows, &row)) {
		enum four_act act = reference_four_act(ref, row.category);
		struct act_line *line = line_of(&t, req_arena(r), row.accused);
		if (!act || !line)
			continue;
		line_add(line, act, row.appeals, row.open);
		line_add(&t.total, act, row.appeals, row.open);
	}
	return t;
}

static struct str body_name(struct req *r, struct str body)
{
	const struct department *d = body.p ?
		reference_department(reference_of(req_tx(r)), body) : NULL;

	return d ? d->name : STR_NONE;
}

/* ---- showing ---- */

static void write_count(struct json *j, const char *key, const struct act_count *count)
{
	json_object(j, key);
	json_u64(j, "appeals", count->appeals);
	json_u64(j, "open", count->open);
	json_close(j);
}

static void write_line(struct req *r, const char *key, const struct act_line *line)
{
	struct json *j = req_json(r);

	json_object(j, key);
	json_str(j, "department", line->body);
	json_str(j, "name", body_name(r, line->body));
	for (int i = 0; i < ACTS; i++)
		write_count(j, four_act_names[i], &line->act[i]);
	write_count(j, "total", &line->total);
	json_close(j);
}

struct reply four_acts_show(struct req *r)
{
	struct acts_question question;
	struct json *j = req_json(r);

	if (!req_acts(r, &question))
		return reply_invalid(r);
	struct act_table t = acts_count(r, &question);
	json_object(j, NULL);
	json_str(j, "month", question.month);
	json_u64(j, "four_acts_version", reference_of(req_tx(r))->four_acts_version);
	json_array(j, "departments");
	for (uint32_t i = 0; i < t.n; i++)
		write_line(r, NULL, &t.lines[i]);
	json_close(j);
	write_line(r, "total", &t.total);
	json_close(j);
	return reply_ok(r);
}

static void csv_line(struct req *r, struct csv *csv, const struct acts_question *question,
		     const struct act_line *line, const char *kind)
{
	csv_str(csv, question->month);
	csv_text(csv, kind);
	csv_str(csv, line->body);
	csv_str(csv, body_name(r, line->body));
	for (int i = 0; i < ACTS; i++)
		csv_u64(csv, line->act[i].appeals);
	csv_u64(csv, line->total.appeals);
	csv_u64(csv, line->total.open);
}

struct reply four_acts_csv(struct req *r)
{
	static const char *const heads[] = {
		"month", "kind", "department", "name", "fee", "apportionment", "inspection",
		"fine", "total", "open", NULL
	};
	struct acts_question question;
	struct csv csv;

	if (!req_acts(r, &question))
		return reply_invalid(r);
	struct act_table t = acts_count(r, &question);
	csv_open(&csv, req_spool(r), heads);
	for (uint32_t i = 0; i < t.n; i++)
		csv_line(r, &csv, &question, &t.lines[i],
			 t.lines[i].body.p ? "department" : "unnamed");
	csv_line(r, &csv, &question, &t.total, "total");
	csv_close(&csv);
	return reply_spool(r, CSV_TYPE, "four-acts-%.*s.csv", STR_ARG(question.month));
}

/* ---- the appeals behind a count ---- */

static const char unnamed_word[] = "none";

struct reply four_acts_appeals(struct req *r)
{
	struct sql_enterprises_act_appeals_row row = { 0 };
	struct str body;
	struct acts_question question;
	struct json *j = req_json(r);
	struct page page;
	uint64_t last = 0;
	uint32_t n = 0;
	int act;

	bool is_read = req_query_choice(r, "act", four_act_names, &act);
	is_read &= req_query_code(r, "department", &body);
	bool is_month = req_acts(r, &question);
	if (!req_page(r, &page) || !is_read || !is_month)
		return reply_invalid(r);
	bool is_unnamed = str_is(body, unnamed_word);
	struct rows *rows = sql_enterprises_act_appeals(req_tx(r),
		(struct sql_enterprises_act_appeals){
		.categories = act_categories(r, (enum four_act)(act + 1)),
		.after = page.is_continued ? page.key1 : question.first_id - 1,
		.end_id = question.end_id, .is_unnamed = is_unnamed,
		.accused = body.p && !is_unnamed ? body : STR(""), .n = page.limit + 1,
	});
	page_open(r);
	while (sql_enterprises_act_appeals_next(rows, &row) && n++ < page.limit) {
		json_object(j, NULL);
		json_str(j, "appeal", appeal_reference(req_arena(r), row.id));
		json_str(j, "category", row.category);
		json_str(j, "department", row.accused);
		json_text(j, "state", appeal_state_names[row.state - 1]);
		json_time(j, "received_at", row.received_at);
		json_close(j);
		last = row.id;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}
