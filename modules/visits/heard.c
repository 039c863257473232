/*
 * What callers say by themselves: an answer to the question that went out by short message, or on the
 * public page. It counts like one that a visitor heard; who waits for it is the visitors' list.
 */
#include "visits/visits.h"

#include "clock.h"
#include "module.h"

#include "visits_sql.h"

/* The row that waits, or the last one that did; false when there never was one. */
static bool find_row(struct tx *tx, uint64_t appeal_id, struct sql_visits_awaited_row *ret)
{
	struct sql_visits_awaited_row row = { 0 };
	struct rows *rows = sql_visits_awaited(tx, (struct sql_visits_awaited){
		.first_id = appeal_id * 100 + 1,
		.last_id = appeal_id * 100 + TASKS_PER_APPEAL_MAX, .appeal_id = appeal_id });
	bool is_found = false;

	while (sql_visits_awaited_next(rows, &row)) {
		if (!is_found || (ret->state > DUE_ASKED && row.state <= DUE_ASKED))
			*ret = row;
		is_found = true;
	}
	return is_found;
}

static enum heard standing_of(const struct sql_visits_awaited_row *row)
{
	if (row->state == DUE_WAITING || row->state == DUE_ASKED)
		return HEARD;
	return row->state == DUE_ANSWERED ? HEARD_BEFORE : HEARD_TOO_SOON;
}

enum heard visit_awaited(struct tx *tx, uint64_t appeal_id)
{
	struct sql_visits_awaited_row row = { 0 };

	return find_row(tx, appeal_id, &row) ? standing_of(&row) : HEARD_TOO_SOON;
}

enum heard visit_hear(struct tx *tx, uint64_t appeal_id, const struct visit *said)
{
	struct sql_visits_awaited_row row = { 0 };
	struct visit *visit = arena_new_of(tx_arena(tx), struct visit);
	struct event *visited = arena_new_of(tx_arena(tx), struct event);
	struct matter *m = arena_new_of(tx_arena(tx), struct matter);
	struct task *t;

	if (!find_row(tx, appeal_id, &row))
		return HEARD_TOO_SOON;
	if (standing_of(&row) != HEARD)
		return standing_of(&row);
	if (!matter_read_task(tx, row.task_id, m, &t) || !step_is_legal(t, ACTION_VISIT))
		return HEARD_TOO_SOON;
	/*
	 * Another answer may have come in before the task was read. Asked again behind that read,
	 * it is either seen now or the version of the task that was read is an old one.
	 */
	enum heard standing = visit_awaited(tx, appeal_id);
	if (standing != HEARD)
		return standing;
	*visit = *said;
	visit->caller_appeal = row.caller_appeal;
	visit->is_reached = true;
	*visited = (struct event){
		.at = clock_now(), .by = &actor_system, .appeal = &m->appeal, .task = t,
	};
	visit_publish(tx, visited, visit);
	return HEARD;
}
