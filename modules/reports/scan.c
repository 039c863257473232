/*
 * Reading a period. Tasks come in chunks in order of their closing, each chunk with the visits
 * of its tasks, so that memory stays that of one chunk however long the period is.
 */
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "matter.h"
#include "reports/bundle.h"
#include "reports/month.h"
#include "rules/due.h"

/* ---- departments ---- */

static int compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;
	size_t n = left->code.n < right->code.n ? left->code.n : right->code.n;
	int order = memcmp(left->code.p, right->code.p, n);

	return order ? order : (left->code.n > right->code.n) - (left->code.n < right->code.n);
}

struct place *find_place(const struct report *report, struct str code)
{
	const struct place key = { .code = code };

	return report->place_count && code.n ?
		bsearch(&key, report->places, report->place_count, sizeof(key),
			compare_places) : NULL;
}

/* Not from the snapshot: a department of the same moment as the tasks is never missing. */
static void read_places(struct tx *tx, struct report *report)
{
	struct sql_reports_departments_row row = { 0 };
	struct rows *rows = sql_reports_departments(tx);
	size_t room = 0;

	while (sql_reports_departments_next(rows, &row)) {
		if (report->place_count == room) {
			struct place *more = arena_array_of(tx_arena(tx), struct place,
							    room * 2 + 64);
			if (room)
				memcpy(more, report->places, room * sizeof(*more));
			report->places = more;
			room = room * 2 + 64;
		}
		report->places[report->place_count++] = (struct place){
			.code = row.code, .name = row.name, .parent = row.parent,
			.peer_group = row.peer_group,
		};
	}
	if (report->place_count)
		qsort(report->places, report->place_count, sizeof(*report->places),
		      compare_places);
}

struct report *report_open_live(struct tx *tx, const struct question *question)
{
	struct report *report = arena_new_of(tx_arena(tx), struct report);

	*report = (struct report){
		.question = *question,
		.rules = &rule_set_shipped,
		.calendar_version = reference_of(tx)->calendar_version,
	};
	read_places(tx, report);
	return report;
}

struct report *report_open(struct tx *tx, const struct question *question)
{
	struct month *month;
	struct report *report;

	if (!question->month)
		return report_open_live(tx, question);
	month = arena_new_of(tx_arena(tx), struct month);
	*month = month_read(tx, question->month);
	if (month->state < MONTH_FROZEN) {
		report = report_open_live(tx, question);
		report->month = month;
		return report;
	}
	report = arena_new_of(tx_arena(tx), struct report);
	*report = (struct report){
		.question = *question, .rules = &rule_set_shipped, .month = month,
		.bundle = bundle_read(tx, question->month),
	};
	report->question.period = month->period;
	if (report->bundle)
		bundle_places(report->bundle, tx, report);
	else
		tx_fail(tx, TX_BROKEN);
	return report;
}

/* ---- tasks ---- */

/* Closed in [from, until); 0 stands for "not closed". */
struct closing {
	int64_t from, until;
	bool has_visits;	/* closures of the period are the ones that are asked about */
};

/* Where the next chunk goes on. */
struct chunk_key {
	int64_t closed_at, dispatched_at;
	uint64_t id;
};

enum { CHUNK = 1000 };

static enum visit_bar bar_of(const struct sql_reports_tasks_row *t)
{
	if (t->is_visitable)
		return VISIT_ALLOWED;
	if (t->is_anonymous)
		return VISIT_ANONYMOUS;
	return t->is_visit_wanted ? VISIT_NO_CONTACT : VISIT_NOT_WANTED;
}

/*
 * The due of a task on hold moves on with the time (E34): it is what it would be if the task
 * were taken up again at the end of the period, or now.
 */
static int64_t due_of(struct scan *scan, const struct sql_reports_tasks_row *t)
{
	const struct period *period = &scan->report->question.period;
	int64_t until = period->now < period->t1 ? period->now : period->t1;
	const struct task task = {
		.limit_class = (enum limit_class)t->limit_class,
		.limits_version = t->limits_version,
	};

	if (!t->held_since || t->held_since >= until)
		return t->due;
	return due_while(reference_of(scan->tx)->calendar,
			 task_limit(scan->tx, &task, LIMIT_DONE), t->due, t->held_since, until);
}

static struct task_fact fact_of(struct scan *scan, const struct sql_reports_tasks_row *t)
{
	return (struct task_fact){
		.is_lead = t->role == TASK_LEAD,
		.content = (enum content_class)t->content_class,
		.dispatched_at = t->dispatched_at,
		.sign_due = t->sign_due, .signed_at = t->signed_at,
		.contact_due = t->contact_due, .contacted_at = t->contacted_at,
		.due = due_of(scan, t), .original_due = t->original_due,
		.extended = t->extensions > 0,
		.left = (enum leaving)t->left_by, .left_at = t->left_at,
		.withdrawal_recorded = t->is_withdrawal_recorded,
		.excluded_at = t->excluded_at,
		.closed_at = t->closed_at, .visit_bar = bar_of(t),
		.redo_running = t->redo_due != 0,
	};
}

static struct case_row case_of(struct scan *scan, const struct sql_reports_tasks_row *t)
{
	return (struct case_row){
		.id = t->id, .department = t->department,
		.channel = (enum channel)t->channel, .role = (enum task_role)t->role,
		.limit_class = (enum limit_class)t->limit_class,
		.state = (enum task_state)t->state, .fact = fact_of(scan, t),
	};
}

bool scan_take(struct scan *scan, const struct case_row *row)
{
	const struct report *report = scan->report;
	struct judged judged = {
		.row = row, .place = find_place(report, row->department),
		.judgement = task_judge(&row->fact, &report->question.period, report->rules),
	};

	if (judged.place)
		scan->take(scan, &judged);
	return judged.place != NULL;
}

static int compare_tasks(const void *a, const void *b)
{
	const struct sql_reports_tasks_row *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

/* The visits of one task, pulled off a list in order of tasks. */
struct visit_list {
	struct rows *rows;
	struct sql_reports_visits_row next;
	bool has_next;
	struct visit_fact *v;
	size_t n, room;
};

static void visits_open(struct scan *scan, const struct sql_reports_tasks_row *tasks,
			uint32_t n, struct visit_list *list)
{
	struct arena *a = tx_arena(scan->tx);
	uint64_t *ids = arena_array_of(a, uint64_t, n);

	for (uint32_t i = 0; i < n; i++)
		ids[i] = tasks[i].id;
	list->rows = sql_reports_visits(scan->tx, (struct sql_reports_visits){
		.ids = ids_json(a, ids, n),
	});
	list->has_next = sql_reports_visits_next(list->rows, &list->next);
}

_Static_assert(ANSWER_VERY_SATISFIED == 1 && ANSWER_VERY_DISSATISFIED == 6,
	       "answers are stored as their level");
static const enum contacted_answer contacted_answers[] = {
	[TRI_NONE] = CONTACTED_UNSAID, [TRI_NO] = CONTACTED_NO, [TRI_YES] = CONTACTED_YES,
};

static void visits_of_task(struct arena *a, struct visit_list *list, uint64_t task_id)
{
	list->n = 0;
	while (list->has_next && list->next.task_id <= task_id) {
		if (list->n == list->room) {
			struct visit_fact *more = arena_array_of(a, struct visit_fact,
								 list->room * 2 + 16);
			if (list->n)
				memcpy(more, list->v, list->n * sizeof(*more));
			list->v = more;
			list->room = list->room * 2 + 16;
		}
		list->v[list->n++] = (struct visit_fact){
			.at = list->next.at, .reached = list->next.is_reached,
			.contacted = contacted_answers[list->next.contacted],
			.solved = (enum solved_answer)list->next.solved,
			.result = (enum answer_level)list->next.result,
		};
		list->has_next = sql_reports_visits_next(list->rows, &list->next);
	}
}

static void judge_chunk(struct scan *scan, struct sql_reports_tasks_row *tasks, uint32_t n,
			bool has_visits)
{
	struct visit_list visits = { .has_next = false };

	qsort(tasks, n, sizeof(*tasks), compare_tasks);
	if (has_visits)
		visits_open(scan, tasks, n, &visits);
	for (uint32_t i = 0; i < n && tx_ok(scan->tx); i++) {
		struct case_row row = case_of(scan, &tasks[i]);

		visits_of_task(tx_arena(scan->tx), &visits, tasks[i].id);
		row.fact.visits = visits.v;
		row.fact.visit_count = visits.n;
		if (!scan_take(scan, &row))
			tx_fail(scan->tx, TX_BROKEN);
	}
}

static uint32_t read_chunk(struct scan *scan, const struct closing *closing, int64_t end,
			   struct chunk_key *key, struct sql_reports_tasks_row *tasks)
{
	uint32_t n = 0;
	struct rows *rows = sql_reports_tasks(scan->tx, (struct sql_reports_tasks){
		.closed_from = closing->from, .closed_until = closing->until,
		.dispatched_until = end, .channel = scan->report->question.scope,
		.department = scan->department, .after_closed = key->closed_at,
		.after_dispatched = key->dispatched_at, .after_id = key->id, .n = CHUNK,
	});

	while (n < CHUNK && sql_reports_tasks_next(rows, &tasks[n]))
		n++;
	if (n)
		*key = (struct chunk_key){
			.closed_at = tasks[n - 1].closed_at,
			.dispatched_at = tasks[n - 1].dispatched_at, .id = tasks[n - 1].id,
		};
	return n;
}

static void scan_closing(struct scan *scan, const struct closing *closing, int64_t end)
{
	struct arena *a = tx_arena(scan->tx);
	struct chunk_key key = { .closed_at = closing->from, .dispatched_at = INT64_MIN };
	uint32_t n = CHUNK;

	while (n == CHUNK && tx_ok(scan->tx)) {
		struct arena_mark mark = arena_mark(a);
		struct sql_reports_tasks_row *tasks =
			arena_array_of(a, struct sql_reports_tasks_row, CHUNK);

		n = read_chunk(scan, closing, end, &key, tasks);
		if (n)
			judge_chunk(scan, tasks, n, closing->has_visits);
		arena_rewind(a, mark);
	}
}

void scan_live(struct scan *scan)
{
	const struct period *period = &scan->report->question.period;
	int64_t end = period->now < period->t1 ? period->now : period->t1;
	const struct closing closings[] = {
		{ 0, 1, false },
		{ period->t0, end, true },
		{ end, INT64_MAX, false },
	};

	for (size_t i = 0; i < array_count(closings) && end > period->t0; i++)
		scan_closing(scan, &closings[i], end);
}

void scan_period(struct scan *scan)
{
	if (scan->report->bundle)
		bundle_scan(scan->report->bundle, scan);
	else
		scan_live(scan);
}
