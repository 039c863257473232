/*
 * Reading a period. Tasks come in chunks, each with all that is known of its tasks, so that
 * memory stays that of one chunk however long the period is.
 *
 * "Open at the end of the period, ended later" would be all that ended ever since. It is read
 * as: ended between the end and the beginning of the next month, or carried into that month
 * (keep.c). All spans are disjoint by ended_at, so no task comes twice.
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

enum { CHUNK = 1000 };

/* Where a chunk's tasks come from. */
struct span {
	uint32_t month;		/* carried into it; 0: by ended_at alone */
	int64_t from, until;	/* ended in [from, until), 0 stands for "not ended" */
	bool is_period;		/* what ended in the period is what callers are asked about */
};

/* Where the next chunk goes on. */
struct chunk_key {
	int64_t ended_at, dispatched_at;
	uint64_t id;
};

static enum visit_bar bar_of(const struct sql_reports_tasks_row *t)
{
	if (t->is_visitable)
		return VISIT_ALLOWED;
	if (t->is_anonymous)
		return VISIT_ANONYMOUS;
	return t->is_visit_wanted ? VISIT_NO_CONTACT : VISIT_NOT_WANTED;
}

/*
 * A limit of a task on hold moves on with the time (E34): its due is what it would be if the
 * task were taken up again at the end of the period, or now.
 */
static int64_t due_of(struct scan *scan, const struct sql_reports_tasks_row *t,
		      enum limit_kind kind, int64_t due)
{
	const struct period *period = &scan->report->question.period;
	int64_t until = period->now < period->t1 ? period->now : period->t1;
	const struct task task = {
		.limit_class = (enum limit_class)t->limit_class,
		.limits_version = t->limits_version,
	};

	if (!t->held_since || t->held_since >= until)
		return due;
	return due_while(reference_of(scan->tx)->calendar, task_limit(scan->tx, &task, kind),
			 due, t->held_since, until);
}

/* What was called already needs no more time for it. */
static int64_t contact_due_of(struct scan *scan, const struct sql_reports_tasks_row *t)
{
	return t->contacted_at || !t->contact_due
		? t->contact_due : due_of(scan, t, LIMIT_CONTACT, t->contact_due);
}

static struct task_fact fact_of(struct scan *scan, const struct sql_reports_tasks_row *t)
{
	return (struct task_fact){
		.is_lead = t->role == TASK_LEAD,
		.content = (enum content_class)t->content_class,
		.dispatched_at = t->dispatched_at,
		.sign_due = t->sign_due, .signed_at = t->signed_at,
		.contact_due = contact_due_of(scan, t), .contacted_at = t->contacted_at,
		.due = due_of(scan, t, LIMIT_DONE, t->due), .original_due = t->original_due,
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

/* Sent back because of what the caller said: answered since the close, then done again. */
static bool is_sent_back(const struct task_fact *fact, int64_t redo_at)
{
	for (size_t i = 0; i < fact->visit_count; i++) {
		const struct visit_fact *visit = &fact->visits[i];
		if (visit->result != ANSWER_NONE && visit->at >= fact->closed_at &&
		    visit->at <= redo_at)
			return true;
	}
	return false;
}

/* The tasks behind some of these ids, by id; each is judged and taken. */
static void take_chunk(struct scan *scan, const struct span *span, const uint64_t *ids,
		       uint32_t id_count, int64_t end)
{
	struct arena *a = tx_arena(scan->tx);
	struct sql_reports_tasks_row *tasks =
		arena_array_of(a, struct sql_reports_tasks_row, id_count + 1);
	struct case_row *cases = arena_array_of(a, struct case_row, id_count);
	uint64_t *asked = arena_array_of(a, uint64_t, id_count);
	uint32_t n = 0, asked_count = 0;
	struct rows *rows = sql_reports_tasks(scan->tx, (struct sql_reports_tasks){
		.ids = ids_json(a, ids, id_count), .dispatched_until = end,
		.ended_from = span->from, .channel = scan->report->question.scope,
		.department = scan->department,
	});

	while (sql_reports_tasks_next(rows, &tasks[n]))
		n++;
	for (uint32_t i = 0; i < n; i++) {
		cases[i] = case_of(scan, &tasks[i]);
		if (tasks[i].return_standing)
			asked[asked_count++] = tasks[i].id;
	}
	attach_submissions(scan->tx, cases, n);
	attach_returns(scan->tx, cases, n, asked, asked_count);
	if (span->is_period) {
		attach_visits(scan->tx, cases, n);
		attach_recomplaints(scan->tx, cases, n);
		for (uint32_t i = 0; i < n; i++)
			cases[i].fact.sent_back = is_sent_back(&cases[i].fact, tasks[i].redo_at);
	}
	for (uint32_t i = 0; i < n && tx_ok(scan->tx); i++)
		if (!scan_take(scan, &cases[i]))
			tx_fail(scan->tx, TX_BROKEN);
}

static uint32_t read_carried(struct scan *scan, uint32_t month, struct chunk_key *key,
			     uint64_t *ids)
{
	struct sql_reports_carried_row row = { 0 };
	uint32_t n = 0;
	struct rows *rows = sql_reports_carried(scan->tx, (struct sql_reports_carried){
		.month = month, .after_id = key->id, .n = CHUNK,
	});

	while (n < CHUNK && sql_reports_carried_next(rows, &row))
		ids[n++] = key->id = row.id;
	return n;
}

static uint32_t read_ended(struct scan *scan, const struct span *span, int64_t end,
			   struct chunk_key *key, uint64_t *ids)
{
	struct sql_reports_ended_row row = { 0 };
	uint32_t n = 0;
	struct rows *rows = sql_reports_ended(scan->tx, (struct sql_reports_ended){
		.ended_until = span->until, .dispatched_until = end,
		.after_ended = key->ended_at,
		.after_dispatched = key->dispatched_at, .after_id = key->id, .n = CHUNK,
	});

	while (n < CHUNK && sql_reports_ended_next(rows, &row)) {
		ids[n++] = row.id;
		*key = (struct chunk_key){ row.ended_at, row.dispatched_at, row.id };
	}
	return n;
}

static void scan_span(struct scan *scan, const struct span *span, int64_t end)
{
	struct arena *a = tx_arena(scan->tx);
	struct chunk_key key = { .ended_at = span->from, .dispatched_at = INT64_MIN };
	uint32_t n = CHUNK;

	while (n == CHUNK && tx_ok(scan->tx)) {
		struct arena_mark mark = arena_mark(a);
		uint64_t *ids = arena_array_of(a, uint64_t, CHUNK);

		n = span->month ? read_carried(scan, span->month, &key, ids)
				: read_ended(scan, span, end, &key, ids);
		if (n)
			take_chunk(scan, span, ids, n, end);
		arena_rewind(a, mark);
	}
}

/* The month that begins at an instant or behind it. */
static uint32_t month_from(int64_t at)
{
	return month_behind(at - 1);
}

void scan_live(struct scan *scan)
{
	const struct period *period = &scan->report->question.period;
	int64_t end = period->now < period->t1 ? period->now : period->t1;
	uint32_t next = month_from(end);
	const struct span spans[] = {
		{ 0, 0, 1, false },
		{ 0, period->t0, end, true },
		{ 0, end, month_begins(next), false },
		{ next, month_begins(next), INT64_MAX, false },
	};

	for (size_t i = 0; i < array_count(spans) && end > period->t0; i++)
		scan_span(scan, &spans[i], end);
}

void scan_period(struct scan *scan)
{
	if (scan->report->bundle)
		bundle_scan(scan->report->bundle, scan);
	else
		scan_live(scan);
}
