/*
 * Hidden inspections (明察暗访、重点督查), drawn from risk: what callers came back for, were
 * dissatisfied with, what a department wanted to give back, and what had to be redone. Where an
 * inspector goes is known to supervisors only; the figures that led there, each with its
 * tasks, are kept with the inspection as they were on that day.
 */
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "supervised/supervised.h"

enum { RISK_DAYS = 90, RECOMPLAINT_DAYS = 30, RISK_FIGURES = 4, DRAW_MAX = 20 };

static const char *const figure_names[RISK_FIGURES + 1] = {
	"repeats", "dissatisfied", "returns", "redos", NULL
};

/* A department with the tasks behind each figure: figure f has n[f] of them from first[f]. */
struct risk {
	struct str department;
	uint32_t n[RISK_FIGURES], sum;
	size_t first[RISK_FIGURES];
	bool is_drawn;
};

struct risks {
	struct risk *v;
	size_t n, room;
	uint64_t *tasks;
	size_t task_count, task_room;
	int64_t since, now;
};

static void *grown(struct arena *a, const void *old, size_t n, size_t *room, size_t size)
{
	*room = *room * 2 + 64;
	void *more = arena_alloc(a, *room * size);
	if (n)
		memcpy(more, old, n * size);
	return more;
}

/* Rows come by department and figure, so that the tasks of a figure lie together. */
static void take_risk(struct arena *a, struct risks *risks,
		      const struct sql_supervised_risks_row *row)
{
	if (risks->n == 0 || !str_eq(risks->v[risks->n - 1].department, row->department)) {
		if (risks->n == risks->room)
			risks->v = grown(a, risks->v, risks->n, &risks->room,
					 sizeof(*risks->v));
		risks->v[risks->n++] = (struct risk){
			.department = arena_str(a, row->department) };
	}
	struct risk *risk = &risks->v[risks->n - 1];
	uint32_t figure = row->figure - 1;
	if (risks->task_count == risks->task_room)
		risks->tasks = grown(a, risks->tasks, risks->task_count, &risks->task_room,
				     sizeof(*risks->tasks));
	if (risk->n[figure]++ == 0)
		risk->first[figure] = risks->task_count;
	risk->sum++;
	risks->tasks[risks->task_count++] = row->task_id;
}

static struct risks read_risks(struct tx *tx)
{
	struct sql_supervised_risks_row row = { 0 };
	struct risks risks = { .now = clock_now() };

	risks.since = day_start(day_of_instant(risks.now) - RISK_DAYS);
	struct rows *rows = sql_supervised_risks(tx, (struct sql_supervised_risks){
		.since = risks.since, .until = risks.now,
		.span = RECOMPLAINT_DAYS * CLOCK_DAY });
	while (sql_supervised_risks_next(rows, &row))
		take_risk(tx_arena(tx), &risks, &row);
	return risks;
}

static void write_risk(struct json *j, struct arena *a, const struct risks *risks,
		       const struct risk *risk)
{
	json_time(j, "since", risks->since);
	json_time(j, "until", risks->now);
	json_u64(j, "sum", risk->sum);
	json_object(j, "figures");
	for (size_t f = 0; f < RISK_FIGURES; f++) {
		json_object(j, figure_names[f]);
		json_u64(j, "count", risk->n[f]);
		json_array(j, "tasks");
		for (uint32_t i = 0; i < risk->n[f]; i++)
			json_str(j, NULL, task_reference(a, risks->tasks[risk->first[f] + i]));
		json_close(j);
		json_close(j);
	}
	json_close(j);
}

struct reply risks_show(struct req *r)
{
	struct risks risks = read_risks(req_tx(r));
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_array(j, "items");
	for (size_t i = 0; i < risks.n; i++) {
		json_object(j, NULL);
		json_str(j, "department", risks.v[i].department);
		write_risk(j, req_arena(r), &risks, &risks.v[i]);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

/* ---- drawing ---- */

struct draw_form {
	int64_t count, due;
	struct str demand;
};

static const struct field draw_fields[] = {
	{ "count", FIELD_INT, offsetof(struct draw_form, count), .required = true, .min = 1,
	  .max = DRAW_MAX },
	{ "due", FIELD_UNTIL, offsetof(struct draw_form, due), .required = true },
	{ "demand", FIELD_TEXT, offsetof(struct draw_form, demand), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

/* Where an inspection is under way nobody needs a second one. */
static void skip_inspected(struct tx *tx, struct risks *risks)
{
	struct sql_supervised_inspected_row row = { 0 };
	struct rows *rows = sql_supervised_inspected(tx);

	while (sql_supervised_inspected_next(rows, &row))
		for (size_t i = 0; i < risks->n; i++)
			if (str_eq(risks->v[i].department, row.department))
				risks->v[i].is_drawn = true;
}

/* The highest sum that is left, the first by code of equal ones; NULL when none is. */
static struct risk *highest(struct risks *risks)
{
	struct risk *best = NULL;

	for (size_t i = 0; i < risks->n; i++)
		if (!risks->v[i].is_drawn && (!best || risks->v[i].sum > best->sum))
			best = &risks->v[i];
	return best;
}

static struct str risk_text(struct arena *a, const struct risks *risks, const struct risk *risk)
{
	struct buf text;
	struct json j;

	buf_init(&text, LIMIT_SEALED_BYTES);
	json_init(&j, &text);
	json_object(&j, NULL);
	write_risk(&j, a, risks, risk);
	json_close(&j);
	struct str kept = arena_str(a, buf_str(&text));
	buf_free(&text);
	return kept;
}

struct reply inspections_draw(struct req *r)
{
	struct json *j = req_json(r);
	struct draw_form form;
	struct risk *risk;

	bool is_read = req_form(r, draw_fields, &form);
	if (form.due && form.due <= clock_now())
		req_error(r, "#/due", "in_the_past", "An inspection is due in the future.");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	/* Of two draws at once the second finds what the first has drawn. */
	tx_turn(req_tx(r), STR("supervised/draw"));
	struct risks risks = read_risks(req_tx(r));
	skip_inspected(req_tx(r), &risks);
	json_object(j, NULL);
	json_array(j, "items");
	for (int64_t i = 0; i < form.count && (risk = highest(&risks)); i++) {
		risk->is_drawn = true;
		struct sql_supervised_page_row item = item_open(req_tx(r), &(struct item_new){
			.kind = ITEM_INSPECTION, .source = SOURCE_INSPECTION,
			.department = risk->department, .demand = form.demand, .due = form.due,
			.risk = risk_text(req_arena(r), &risks, risk),
		}, &(struct act){ .kind = ACT_OPENED, .at = risks.now, .by = req_actor(r) });
		json_object(j, NULL);
		item_write(j, req_arena(r), reference_of(req_tx(r)), &item);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	return reply_ok(r);
}
