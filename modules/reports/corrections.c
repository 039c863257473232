/*
 * Finding what a frozen month's figures would be now.
 */
#include "reports/corrections.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "must.h"
#include "reports/bundle.h"
#include "reports/correction_text.h"
#include "sealing.h"

/* A task as it was frozen. */
struct frozen_case {
	uint64_t id;
	struct judgement judgement;
	bool redo_running, sent_back, is_seen;
	const struct place *place;
};

struct comparison {
	struct tx *tx;
	const struct month *month;
	struct report *was[SCOPES], *now[SCOPES];
	struct buf cases;	/* struct frozen_case, by id */
	struct buf tasks;	/* lines of the tasks that moved */
	struct buf frauds;	/* ids of tasks of which fraud is proven */
};

static void add_to_scopes(struct report *const scopes[SCOPES], const struct case_row *row,
			  const struct place *place, const struct judgement *judgement)
{
	size_t at = (size_t)(place - scopes[0]->places);

	for (uint32_t scope = 0; scope < SCOPES; scope++)
		if (!scope || row->channel == (enum channel)scope)
			report_add(scopes[scope], &scopes[scope]->places[at], judgement);
}

/* ---- what was frozen ---- */

static void take_frozen(struct scan *scan, const struct judged *judged)
{
	struct comparison *c = scan->taker;
	struct frozen_case frozen = {
		.id = judged->row->id, .judgement = judged->judgement,
		.redo_running = judged->row->fact.redo_running,
		.sent_back = judged->row->fact.sent_back, .place = judged->place,
	};

	buf_add(&c->cases, (struct str){ (const char *)&frozen, sizeof(frozen) });
	add_to_scopes(c->was, judged->row, judged->place, &judged->judgement);
}

static int compare_ids(const void *a, const void *b)
{
	const struct frozen_case *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

static struct frozen_case *find_frozen(struct comparison *c, uint64_t id)
{
	struct frozen_case key = { .id = id };

	return c->cases.n ? bsearch(&key, c->cases.p, c->cases.n / sizeof(key), sizeof(key),
				    compare_ids) : NULL;
}

/* ---- what is known now ---- */

static const char *part_of(enum measure measure, struct judgement judgement)
{
	if (measure_has(measure, PART_NUM, judgement))
		return "num";
	if (measure_has(measure, PART_DEN, judgement))
		return "den";
	return measure_has(measure, PART_OUT, judgement) ? "out" : "-";
}

/* A line for each measure in which the task stands elsewhere now. */
static void add_moves(struct comparison *c, uint64_t id, struct str department,
		      struct judgement was, struct judgement now)
{
	struct str reference = task_reference(tx_arena(c->tx), id);

	for (int i = 0; i < MEASURES; i++) {
		enum measure measure = (enum measure)i;
		const char *before = part_of(measure, was), *after = part_of(measure, now);

		if (strcmp(before, after) != 0)
			buf_printf(&c->tasks, "%.*s\t%.*s\t%s\t%s\t%s\t%s\t%s\n",
				   STR_ARG(reference), STR_ARG(department),
				   measures[i].name, before,
				   why_text(was.why[measures[i].base]), after,
				   why_text(now.why[measures[i].base]));
	}
}

/* A closing by proven fraud is void (E24): the task stands open from its due. */
static void void_fraud(const struct comparison *c, uint64_t id, struct task_fact *fact)
{
	const uint64_t *ids = (const void *)c->frauds.p;
	size_t i = 0, n = c->frauds.n / sizeof(*ids);

	while (i < n && ids[i] != id)
		i++;
	if (i == n || !fact->closed_at)
		return;
	fact->closed_at = 0;
	fact->recomplaint = fact->redo_running = fact->sent_back = false;
	while (fact->submission_count &&
	       fact->submissions[fact->submission_count - 1].outcome == SUBMISSION_PASSED)
		fact->submission_count--;
}

/* Answers stay those of the freeze: what was said later, and a redo's end, are no correction. */
static struct judgement judge_now(const struct comparison *c, const struct case_row *row,
				  const struct frozen_case *frozen)
{
	struct task_fact fact = row->fact;
	size_t n = 0;

	while (n < fact.visit_count && fact.visits[n].at <= c->month->row.frozen_at)
		n++;
	fact.visit_count = n;
	if (frozen) {
		fact.redo_running = frozen->redo_running;
		fact.sent_back = frozen->sent_back;
	}
	void_fraud(c, row->id, &fact);
	return task_judge(&fact, &c->now[0]->question.period, c->now[0]->rules);
}

static void take_now(struct scan *scan, const struct judged *judged)
{
	struct comparison *c = scan->taker;
	struct frozen_case *frozen = find_frozen(c, judged->row->id);
	struct judgement now = judge_now(c, judged->row, frozen);
	struct judgement was = frozen ? frozen->judgement : (struct judgement){ 0 };

	if (frozen)
		frozen->is_seen = true;
	if (now.sets)
		add_to_scopes(c->now, judged->row, judged->place, &now);
	if (was.sets != now.sets)
		add_moves(c, judged->row->id, judged->row->department, was, now);
}

/* Tasks that the period knows nothing of any more. */
static void add_gone(struct comparison *c)
{
	const struct frozen_case *cases = (const void *)c->cases.p;

	for (size_t i = 0; i < c->cases.n / sizeof(*cases); i++)
		if (!cases[i].is_seen)
			add_moves(c, cases[i].id, cases[i].place->code, cases[i].judgement,
				  (struct judgement){ 0 });
}

/* Proven since the month began: before it, nothing in the month had been done. */
static void read_frauds(struct comparison *c)
{
	struct sql_reports_fraud_tasks_row row = { 0 };
	struct rows *rows = sql_reports_fraud_tasks(c->tx, (struct sql_reports_fraud_tasks){
		.t0 = c->month->period.t0, .t1 = clock_now() + 1 });

	while (sql_reports_fraud_tasks_next(rows, &row))
		buf_add(&c->frauds, (struct str){ (const char *)&row.task_id,
						  sizeof(row.task_id) });
}

static void read_both(struct comparison *c)
{
	struct question question = {
		.name = month_name(tx_arena(c->tx), c->month->number),
		.period = c->month->period, .month = c->month->number,
	};
	struct question live = question;
	live.period.freeze = 0;
	live.period.now = clock_now();
	for (uint32_t scope = 0; scope < SCOPES; scope++) {
		question.scope = live.scope = scope;
		c->was[scope] = report_open(c->tx, &question);
		c->now[scope] = report_open_live(c->tx, &live);
		c->now[scope]->rules = c->was[0]->rules;
	}
	scan_period(&(struct scan){ .tx = c->tx, .report = c->was[0], .department = STR(""),
				    .take = take_frozen, .taker = c });
	scan_live(&(struct scan){ .tx = c->tx, .report = c->now[0], .department = STR(""),
				  .take = take_now, .taker = c });
	add_gone(c);
	for (uint32_t scope = 0; scope < SCOPES; scope++) {
		report_roll_up(c->was[scope]);
		report_roll_up(c->now[scope]);
	}
}

/* ---- the text ---- */

static void add_figures(struct buf *out, uint32_t scope, const char *kind, struct str code,
			const struct tally *was, const struct tally *now)
{
	for (int i = 0; i < MEASURES; i++) {
		struct rate before = was->rate[i], after = now->rate[i];

		if (before.num != after.num || before.den != after.den)
			buf_printf(out, "%s\t%s\t%.*s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
				   "\t%" PRIu64 "\n", scope_names[scope], kind,
				   STR_ARG(code), measures[i].name, before.num, before.den,
				   after.num, after.den);
	}
}

static void add_scope(struct buf *out, const struct report *was, const struct report *now)
{
	static const struct tally nothing;
	uint32_t scope = now->question.scope;

	add_figures(out, scope, "total", STR("-"), &was->total, &now->total);
	for (size_t i = 0; i < now->place_count; i++) {
		const struct place *after = &now->places[i];
		const struct place *before = find_place(was, after->code);
		struct tally sum_before = before ? place_sum(before) : nothing;
		struct tally sum_after = place_sum(after);

		add_figures(out, scope, "own", after->code, before ? &before->own : &nothing,
			    &after->own);
		if (after->has_below || (before && before->has_below))
			add_figures(out, scope, "roll_up", after->code, &sum_before,
				    &sum_after);
	}
}

static struct str correction_text(struct comparison *c, struct str figures, uint32_t number)
{
	struct arena *a = tx_arena(c->tx);

	return arena_printf(a, CORRECTION_FIRST "period\t%.*s\nnumber\t%" PRIu32
			    "\nat\t%" PRId64 "\nfrozen\t%" PRId64 "\n" CORRECTION_FIGURES
			    "%.*s" CORRECTION_TASKS "%.*s",
			    STR_ARG(month_name(a, c->month->number)), number, clock_now(),
			    c->month->row.frozen_at, STR_ARG(figures),
			    STR_ARG(buf_str(&c->tasks)));
}

/* Whether the newest correction says the same already. */
static bool is_known(struct comparison *c, struct str figures)
{
	struct str newest;

	if (!c->month->row.corrections)
		return str_is_empty(figures);
	if (!sealed_content(c->tx, ENTRY_MONTH_CORRECTED, c->month->number,
			    c->month->row.corrections, &newest))
		return true;
	struct lines lines = lines_section(newest, STR(CORRECTION_FIGURES),
					   STR(CORRECTION_TASKS));
	return str_eq(figures, (struct str){ lines.at, (size_t)(lines.end - lines.at) });
}

static bool add_correction(struct comparison *c, struct str figures)
{
	uint32_t number = c->month->row.corrections + 1;

	if (sql_reports_month_correct(c->tx, (struct sql_reports_month_correct){
			.month = c->month->number, .was = number - 1, .at = clock_now() }) != 1)
		return false;
	seal_content(c->tx, ENTRY_MONTH_CORRECTED, c->month->number, number, clock_now(),
		     correction_text(c, figures, number));
	return tx_ok(c->tx);
}

bool month_correct(struct tx *tx, struct month *month)
{
	struct comparison c = { .tx = tx, .month = month };
	struct buf figures;
	bool is_added = false;

	buf_init(&c.cases, LIMIT_SEALED_BYTES);
	buf_init(&c.tasks, LIMIT_SEALED_BYTES);
	buf_init(&figures, LIMIT_SEALED_BYTES);
	buf_init(&c.frauds, LIMIT_SEALED_BYTES);
	read_frauds(&c);
	read_both(&c);
	for (uint32_t scope = 0; scope < SCOPES && tx_ok(tx); scope++)
		add_scope(&figures, c.was[scope], c.now[scope]);
	if (c.frauds.overflow || c.cases.overflow || c.tasks.overflow || figures.overflow)
		tx_fail(tx, TX_BROKEN);
	if (tx_ok(tx) && !is_known(&c, buf_str(&figures)))
		is_added = add_correction(&c, arena_str(tx_arena(tx), buf_str(&figures)));
	if (is_added)
		*month = month_read(tx, month->number);
	buf_free(&c.frauds);
	buf_free(&c.cases);
	buf_free(&c.tasks);
	buf_free(&figures);
	return is_added;
}
