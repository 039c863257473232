/*
 * Steps of an item, each by another person than the one before it judged: who raised the clue
 * does not decide, and the department has its say first. A decision is a person's word from a
 * closed list and a text of that person's own.
 */
#include "accountability/accountability.h"

#include <inttypes.h>
#include <string.h>

#include "action.h"
#include "bounds.h"
#include "clock.h"
#include "matter.h"

/* Words are only ever added, each addition with a new DECISION_VERSION. */
const struct decision_word decision_words[] = {
	{ "no_action", "不予追究", "No action" },
	{ "talk", "谈话提醒", "Talk" },
	{ "rectification", "责令整改", "Ordered to set right" },
	{ "inspection", "责令书面检查", "Written self-examination" },
	{ "criticism", "通报批评", "Criticism in a notice" },
	{ "to_appointing_body", "移送任免机关处理", "Handed to the appointing body" },
	{ "to_discipline", "移送纪检监察机关处理", "Handed to discipline inspection" },
	{ NULL }
};

static const struct decision_word *find_word(struct str code)
{
	for (const struct decision_word *w = decision_words; w->code; w++)
		if (str_is(code, w->code))
			return w;
	return NULL;
}

void decision_write(struct json *j, struct str code, uint64_t version)
{
	const struct decision_word *word = find_word(code);

	if (!word) {
		json_null(j, "decision");
		return;
	}
	json_object(j, "decision");
	json_str(j, "kind", code);
	json_text(j, "name", word->name);
	json_text(j, "name_en", word->name_en);
	json_u64(j, "version", version);
	json_close(j);
}

/* ---- what all steps share ---- */

/* The department has said what it has to say, or its time for that is over. */
static bool is_decidable(const item_row *row, int64_t at)
{
	return row->state == ITEM_STATED ||
	       (row->state == ITEM_EVIDENCE && !limit_kept(at, row->statement_until));
}

static struct reply reply_item_step(struct req *r, const item_row *row)
{
	const char *next[3] = { NULL };
	size_t n = 0;

	if (row->state == ITEM_CLUE)
		next[n++] = "evidence";
	if (row->state == ITEM_EVIDENCE)
		next[n++] = "statement";
	if (is_decidable(row, clock_now()))
		next[n++] = "decision";
	if (row->state == ITEM_DECIDED)
		next[n++] = "publication";
	return reply_conflict(r, "illegal_step", next,
			      "This is not possible in the item's present state.");
}

/* Stores the item after an act whose members are written; somebody else's act between makes
 * the whole run again. */
static void close_act(struct tx *tx, struct act *act, item_row *row, enum item_state state,
		      int64_t at)
{
	uint64_t was = row->acts++;

	row->state = state;
	sql_accountability_move(tx, (struct sql_accountability_move){
		.id = row->id, .was = was, .state = row->state, .acts = row->acts,
		.statement_until = row->statement_until, .decision = row->decision,
		.decision_version = row->decision_version, .decided_at = row->decided_at,
		.published = row->published, .published_at = row->published_at,
		.takedown_at = row->takedown_at,
	});
	act_seal(tx, act, row->id, row->acts, at);
}

static void open_next(struct req *r, struct act *act, const item_row *row, const char *name,
		      int64_t at)
{
	act_open(act, row->id, row->acts + 1, name, at, req_actor(r)->name);
}

/* ---- the evidence pack ---- */

struct evidence_form {
	struct str_list tasks, months;
	int64_t statement_until;
	struct str note;
};

static const struct field evidence_fields[] = {
	{ "tasks", FIELD_CODES, offsetof(struct evidence_form, tasks),
	  .max = EVIDENCE_TASKS_MAX },
	{ "months", FIELD_CODES, offsetof(struct evidence_form, months),
	  .max = EVIDENCE_MONTHS_MAX },
	{ "statement_until", FIELD_UNTIL, offsetof(struct evidence_form, statement_until),
	  .required = true },
	{ "note", FIELD_TEXT, offsetof(struct evidence_form, note), .null_ok = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

/* 202603 of "2026-03"; 0 of anything else. */
static uint32_t month_of(struct str name)
{
	struct period period;

	if (name.n != 7 || !period_parse(name.p, name.n, &period))
		return 0;
	struct civil day = civil_of_day(day_of_instant(period.t0));
	return (uint32_t)(day.year * 100 + day.month);
}

static void take_task(struct req *r, struct json *j, const item_row *row, const struct task *t)
{
	evidence_task(j, req_tx(r), t);
	sql_accountability_evidence_add(req_tx(r), (struct sql_accountability_evidence_add){
		.item_id = row->id, .task_id = t->id });
}

static void write_tasks(struct req *r, struct json *j, const struct str_list *tasks,
			const item_row *row)
{
	struct matter m;
	struct task *t;

	json_array(j, "tasks");
	for (size_t i = 0; i < tasks->n; i++) {
		if (!matter_read_task(req_tx(r), task_id_of(tasks->v[i]), &m, &t) ||
		    !str_eq(t->department, row->department))
			req_error(r, arena_printf(req_arena(r), "#/tasks/%zu", i).p,
				  "unknown_task", "The item's department has no such task.");
		else
			take_task(r, j, row, t);
	}
	json_close(j);
}

static void write_months(struct req *r, struct json *j, const struct str_list *months,
			 const item_row *row)
{
	json_array(j, "months");
	for (size_t i = 0; i < months->n; i++) {
		uint32_t month = month_of(months->v[i]);

		if (!month || !evidence_month(j, req_tx(r), month, row->department))
			req_error(r, arena_printf(req_arena(r), "#/months/%zu", i).p,
				  "not_frozen", "Give a frozen month, like 2026-03.");
	}
	json_close(j);
}

/* The finding the clue came from, with both of its facts. */
static void write_finding(struct json *j, struct tx *tx, const item_row *row)
{
	struct sql_tripwires_read_row finding = { 0 };

	if (row->finding_id && sql_tripwires_read(tx, (struct sql_tripwires_read){
			row->finding_id }, &finding))
		finding_write(j, "finding", tx, &finding);
	else
		json_null(j, "finding");
}

struct reply item_evidence(struct req *r)
{
	struct evidence_form form;
	struct act act;
	item_row row;
	int64_t at = clock_now();

	if (!req_item(r, &row))
		return reply_missing(r);
	bool is_read = req_form(r, evidence_fields, &form);
	if (form.statement_until && form.statement_until <= at)
		req_error(r, "#/statement_until", "in_the_past",
			  "The department needs time for its statement.");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (row.state != ITEM_CLUE)
		return reply_item_step(r, &row);
	open_next(r, &act, &row, "evidence", at);
	json_str(&act.json, "note", form.note);
	json_time(&act.json, "statement_until", form.statement_until);
	write_tasks(r, &act.json, &form.tasks, &row);
	write_months(r, &act.json, &form.months, &row);
	write_finding(&act.json, req_tx(r), &row);
	if (req_has_errors(r) || act.text.overflow || !tx_ok(req_tx(r))) {
		if (act.text.overflow)
			req_error(r, "#/tasks", "too_long",
				  "One pack cannot hold all this: name fewer tasks.");
		buf_free(&act.text);
		return reply_invalid(r);
	}
	row.statement_until = form.statement_until;
	close_act(req_tx(r), &act, &row, ITEM_EVIDENCE, at);
	return reply_item(r, row.id);
}

/* ---- the department's statement ---- */

struct statement_form {
	struct str text;
};

static const struct field statement_fields[] = {
	{ "text", FIELD_TEXT, offsetof(struct statement_form, text), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

struct reply item_statement(struct req *r)
{
	struct statement_form form;
	struct act act;
	item_row row;
	int64_t at = clock_now();

	if (!req_item(r, &row))
		return reply_missing(r);
	if (!req_form(r, statement_fields, &form))
		return reply_invalid(r);
	if (row.state != ITEM_EVIDENCE)
		return reply_item_step(r, &row);
	open_next(r, &act, &row, "statement", at);
	json_str(&act.json, "text", form.text);
	close_act(req_tx(r), &act, &row, ITEM_STATED, at);
	return reply_item(r, row.id);
}

/* ---- the decision ---- */

struct decision_form {
	struct str kind, text, body;
	bool is_fraud;
	struct str_list tasks;
};

static const struct field decision_fields[] = {
	{ "kind", FIELD_CODE, offsetof(struct decision_form, kind), .required = true },
	{ "body", FIELD_LINE, offsetof(struct decision_form, body), .required = true,
	  .max = 100 },
	{ "text", FIELD_TEXT, offsetof(struct decision_form, text), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "fraud", FIELD_BOOL, offsetof(struct decision_form, is_fraud) },
	{ "tasks", FIELD_CODES, offsetof(struct decision_form, tasks),
	  .max = EVIDENCE_TASKS_MAX },
	{ 0 }
};

struct reply item_decision(struct req *r)
{
	const struct actor *by = req_actor(r);
	struct decision_form form;
	struct act act;
	item_row row;
	int64_t at = clock_now();

	if (!req_item(r, &row))
		return reply_missing(r);
	bool is_read = req_form(r, decision_fields, &form);
	if (form.kind.p && !find_word(form.kind))
		req_error(r, "#/kind", "unknown_code",
			  "Choose a kind from the closed list of decisions.");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (!is_decidable(&row, at))
		return reply_item_step(r, &row);
	fraud_check(r, &row, form.is_fraud, &form.tasks);
	if (req_has_errors(r))
		return reply_invalid(r);
	if (row.raised_by_kind == (uint32_t)by->kind && row.raised_by == by->id)
		return reply_same_person(r, "Who raised the clue does not decide on it.");
	row.decision = form.kind;
	row.decision_version = DECISION_VERSION;
	row.decided_at = at;
	open_next(r, &act, &row, "decision", at);
	decision_write(&act.json, form.kind, DECISION_VERSION);
	json_str(&act.json, "body", form.body);
	json_str(&act.json, "text", form.text);
	if (form.is_fraud) {
		json_bool(&act.json, "fraud", true);
		json_array(&act.json, "tasks");
		for (size_t i = 0; i < form.tasks.n; i++)
			json_str(&act.json, NULL, form.tasks.v[i]);
		json_close(&act.json);
	}
	close_act(req_tx(r), &act, &row, ITEM_DECIDED, at);
	fraud_prove(r, &row, &form.tasks, at);
	return reply_item(r, row.id);
}

/* ---- publication and takedown ---- */

struct publication_form {
	struct str text;
	int64_t takedown_on;
};

static const struct field publication_fields[] = {
	{ "text", FIELD_LINE, offsetof(struct publication_form, text), .required = true,
	  .max = 500 },
	{ "takedown_on", FIELD_DATE, offsetof(struct publication_form, takedown_on),
	  .required = true },
	{ 0 }
};

enum { DIGITS_MAX = 4 };	/* in a row: a year may stand there, a number of a person not */

/* Numbers of telephones, identity cards and appeals tell who it was. */
static bool has_long_number(struct str text)
{
	size_t run = 0;

	for (size_t i = 0; i < text.n; i++) {
		run = text.p[i] >= '0' && text.p[i] <= '9' ? run + 1 : 0;
		if (run > DIGITS_MAX)
			return true;
	}
	return false;
}

struct reply item_publication(struct req *r)
{
	struct publication_form form;
	struct act act;
	item_row row;
	int64_t at = clock_now();

	if (!req_item(r, &row))
		return reply_missing(r);
	bool is_read = req_form(r, publication_fields, &form);
	if (form.text.p && has_long_number(form.text))
		req_error(r, "#/text", "identifying",
			  "Publish no numbers of persons, telephones or appeals.");
	if (form.takedown_on && form.takedown_on <= at)
		req_error(r, "#/takedown_on", "in_the_past",
			  "What is published is taken down on a later day.");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (row.state != ITEM_DECIDED)
		return reply_item_step(r, &row);
	row.published = form.text;
	row.published_at = at;
	row.takedown_at = form.takedown_on;
	open_next(r, &act, &row, "publication", at);
	json_str(&act.json, "text", form.text);
	json_time(&act.json, "takedown_at", form.takedown_on);
	close_act(req_tx(r), &act, &row, ITEM_PUBLISHED, at);
	return reply_item(r, row.id);
}

enum { TAKEDOWN_MAX = 50 };

static void take_down(struct tx *tx, uint64_t id)
{
	struct act act;
	item_row row = { 0 };

	if (!sql_accountability_read(tx, (struct sql_accountability_read){ id }, &row) ||
	    row.state != ITEM_PUBLISHED)
		return;
	int64_t at = row.takedown_at;
	row.published = STR_NONE;
	act_open(&act, id, row.acts + 1, "takedown", at, actor_system.name);
	close_act(tx, &act, &row, ITEM_TAKEN_DOWN, at);
}

bool item_takedown_run(struct tx *tx)
{
	struct sql_accountability_takedown_row row = { 0 };
	uint64_t ids[TAKEDOWN_MAX];
	uint32_t n = 0;
	struct rows *rows = sql_accountability_takedown(tx,
		(struct sql_accountability_takedown){
		.now_at = clock_now(), .n = TAKEDOWN_MAX,
	});

	while (n < TAKEDOWN_MAX && sql_accountability_takedown_next(rows, &row))
		ids[n++] = row.id;
	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		take_down(tx, ids[i]);
	return n == TAKEDOWN_MAX;
}

int64_t item_takedown_next(struct tx *tx)
{
	struct sql_accountability_takedown_first_row row = { 0 };

	return sql_accountability_takedown_first(tx, &row) ? row.takedown_at : INT64_MAX;
}
