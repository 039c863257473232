/*
 * What other tables know of the tasks of a chunk. Each list comes in the order of tasks, as the
 * chunk does, so both are walked once, side by side.
 */
#include <string.h>

#include "clock.h"
#include "form.h"
#include "matter.h"
#include "reports/reports.h"

static struct str ids_of(struct arena *a, const struct case_row *rows, uint32_t n)
{
	uint64_t *ids = arena_array_of(a, uint64_t, n + 1);

	for (uint32_t i = 0; i < n; i++)
		ids[i] = rows[i].id;
	return ids_json(a, ids, n);
}

/* The task of a line: `at` moves forward only. NULL when the chunk does not have it. */
static struct case_row *row_of(struct case_row *rows, uint32_t n, uint32_t *at, uint64_t task_id)
{
	while (*at < n && rows[*at].id < task_id)
		(*at)++;
	return *at < n && rows[*at].id == task_id ? &rows[*at] : NULL;
}

/* Room for one more element; `room` is how many there is room for. */
static void *with_room(struct arena *a, void *old, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return old;
	size_t more = *room * 2 + 256;
	void *out = arena_alloc(a, more * size);
	if (n)
		memcpy(out, old, n * size);
	*room = more;
	return out;
}

/* ---- visits ---- */

_Static_assert(ANSWER_VERY_SATISFIED == 1 && ANSWER_VERY_DISSATISFIED == 6,
	       "answers are stored as their level");
_Static_assert(SOLVED_YES == 1 && SOLVED_PARTLY == 2 && SOLVED_NO == 3,
	       "answers are stored as the number of their word");

static struct visit_fact visit_of(const struct sql_reports_visits_row *row)
{
	static const enum contacted_answer contacted[] = {
		[TRI_NONE] = CONTACTED_UNSAID, [TRI_NO] = CONTACTED_NO,
		[TRI_YES] = CONTACTED_YES,
	};

	return (struct visit_fact){
		.at = row->at, .reached = row->is_reached,
		.contacted = contacted[row->contacted],
		.solved = (enum solved_answer)row->solved,
		.result = (enum answer_level)row->result,
	};
}

void attach_visits(struct tx *tx, struct case_row *rows, uint32_t n)
{
	struct sql_reports_visits_row row = { 0 };
	struct visit_fact *all = NULL;
	size_t count = 0, room = 0;
	uint32_t at = 0;
	struct rows *list = sql_reports_visits(tx, (struct sql_reports_visits){
		.ids = ids_of(tx_arena(tx), rows, n),
	});

	while (sql_reports_visits_next(list, &row)) {
		struct case_row *task = row_of(rows, n, &at, row.task_id);
		if (!task)
			continue;
		all = with_room(tx_arena(tx), all, count, &room, sizeof(*all));
		all[count++] = visit_of(&row);
		task->fact.visit_count++;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (!rows[i].fact.visit_count)
			continue;
		rows[i].fact.visits = all;
		all += rows[i].fact.visit_count;
	}
}

/* ---- submissions ---- */

void attach_submissions(struct tx *tx, struct case_row *rows, uint32_t n)
{
	struct sql_reports_submissions_row row = { 0 };
	struct submission_fact *all = NULL;
	size_t count = 0, room = 0;
	uint32_t at = 0;
	struct rows *list = sql_reports_submissions(tx, (struct sql_reports_submissions){
		.ids = ids_of(tx_arena(tx), rows, n),
	});

	while (sql_reports_submissions_next(list, &row)) {
		struct case_row *task = row_of(rows, n, &at, row.task_id);
		if (!task)
			continue;
		all = with_room(tx_arena(tx), all, count, &room, sizeof(*all));
		all[count++] = (struct submission_fact){
			.at = row.at, .outcome = (enum submission_outcome)row.outcome,
		};
		task->fact.submission_count++;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (!rows[i].fact.submission_count)
			continue;
		rows[i].fact.submissions = all;
		all += rows[i].fact.submission_count;
	}
}

/* ---- returns ---- */

void attach_returns(struct tx *tx, struct case_row *rows, uint32_t n, const uint64_t *asked,
		    uint32_t asked_count)
{
	struct sql_reports_returns_row row = { 0 };
	uint32_t at = 0;

	if (!asked_count)
		return;
	struct rows *list = sql_reports_returns(tx, (struct sql_reports_returns){
		.ids = ids_json(tx_arena(tx), asked, asked_count),
	});
	while (sql_reports_returns_next(list, &row)) {
		struct case_row *task = row_of(rows, n, &at, row.task_id);
		if (!task)
			continue;
		task->fact.return_asked = true;
		task->fact.return_refused = row.is_refused;
	}
}

/* ---- recomplaints ---- */

/* An appeal's number may be of the day before its receipt: the clock moved on in between. */
static uint64_t id_before(int64_t at)
{
	return appeal_first_id(at - CLOCK_DAY);
}

void attach_recomplaints(struct tx *tx, struct case_row *rows, uint32_t n)
{
	uint64_t *ids = arena_array_of(tx_arena(tx), uint64_t, n + 1);
	struct sql_reports_recomplaints_row row = { 0 };
	int64_t first = INT64_MAX, last = INT64_MIN;
	uint32_t at = 0, count = 0;

	for (uint32_t i = 0; i < n; i++) {
		int64_t closed_at = rows[i].fact.closed_at;
		if (!closed_at)
			continue;
		ids[count++] = rows[i].id;
		first = closed_at < first ? closed_at : first;
		last = closed_at > last ? closed_at : last;
	}
	if (!count)
		return;
	struct rows *list = sql_reports_recomplaints(tx, (struct sql_reports_recomplaints){
		.ids = ids_json(tx_arena(tx), ids, count), .span = RECOMPLAINT_SPAN,
		.first_id = id_before(first),
		.last_id = id_before(last + RECOMPLAINT_SPAN + 3 * CLOCK_DAY),
	});
	while (sql_reports_recomplaints_next(list, &row)) {
		struct case_row *task = row_of(rows, n, &at, row.task_id);
		if (task)
			task->fact.recomplaint = true;
	}
}
