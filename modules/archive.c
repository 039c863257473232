/*
 * The archive: what has been done, asked about and left alone for some working days is put
 * away. A task carries the moment at which that happens; every later event of it moves the
 * moment on. What is archived can be reopened, but neither visited nor judged any more.
 *
 * Told histories are left as they were told: only what happens to a task in life counts.
 */
#include "action.h"
#include "clock.h"
#include "module.h"

#include "archive_sql.h"

static bool is_archiving(void)
{
	return setting_int("archive_working_days") > 0;
}

/* End of the n-th working day after `at`; 0 where nothing is archived. */
static int64_t moment_after(struct tx *tx, int64_t at)
{
	int32_t days = (int32_t)setting_int("archive_working_days");
	int32_t day;

	if (!is_archiving() ||
	    !calendar_add_working_days(reference_of(tx)->calendar, day_of_instant(at), days,
				       &day))
		return 0;
	return day_end(day);
}

/* ---- hooks ---- */

/* Whether nothing is expected of a task any more. A closed one waits for its visit, where the
 * caller is asked; a caller who was reached and said nothing has been asked. */
static bool is_settled(const struct event *e)
{
	const struct task *t = e->task;

	if (t->state != TASK_CLOSED)
		return t->state == TASK_VISITED;
	return t->archive_at || t->role != TASK_LEAD || !appeal_is_asked(e->appeal) ||
	       (e->kind == EVENT_TASK_VISITED && e->visit->is_reached &&
		!e->visit->caller_appeal);
}

static void archive_later(struct tx *tx, const struct event *e)
{
	struct task *t = e->task;

	if (e->is_history || !is_settled(e))
		return;
	t->archive_at = moment_after(tx, e->at);
	if (t->state == TASK_CLOSED && t->role == TASK_LEAD && !t->outcome &&
	    !appeal_is_asked(e->appeal))
		t->outcome = OUTCOME_NOT_VISITABLE;
	sql_archive_set(tx, (struct sql_archive_set){
		.task_id = t->id, .archive_at = t->archive_at, .outcome = t->outcome,
	});
}

/* ---- the job ---- */

enum { ARCHIVE_MAX = 200 };

static bool has_open_task(const struct matter *m)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (task_is_open(&m->tasks[i]))
			return true;
	return false;
}

static bool is_all_archived(const struct matter *m)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (task_is_live(&m->tasks[i]) && m->tasks[i].state != TASK_ARCHIVED)
			return false;
	return true;
}

/* While another task of the appeal is in hand, or a caller is still to be asked, the matter
 * is not over: it is looked at again after as many days. */
static void archive_one(struct tx *tx, const struct sql_archive_due_row *row,
			struct matter *m, struct task *t)
{
	if (row->visits || has_open_task(m)) {
		sql_archive_put_off(tx, (struct sql_archive_put_off){
			.id = t->id, .version = t->version, .was = row->archive_at,
			.archive_at = moment_after(tx, clock_now()),
		});
		return;
	}
	task_archive(t);
	bool is_whole = m->appeal.state == APPEAL_CLOSED && is_all_archived(m);
	if (is_whole)
		m->appeal.state = APPEAL_ARCHIVED;
	task_save(tx, t);
	const struct particular says[] = { SAY_BOOL("appeal_archived", is_whole) };
	struct event event = {
		.kind = EVENT_TASK_ARCHIVED, .at = row->archive_at, .by = &actor_system,
		.appeal = &m->appeal, .task = t,
	};
	event_says(tx_arena(tx), &event, says);
	emit(tx, event.kind, &event);
}

static uint32_t read_due(struct tx *tx, struct sql_archive_due_row *due)
{
	struct rows *rows = sql_archive_due(tx, (struct sql_archive_due){
		.now_at = clock_now(), .n = ARCHIVE_MAX,
	});
	uint32_t n = 0;

	while (n < ARCHIVE_MAX && sql_archive_due_next(rows, &due[n]))
		n++;
	return n;
}

static void archive_in(struct tx *tx, const struct sql_archive_due_row *row,
		       struct matter *matters, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < matters[i].task_count; k++)
			if (matters[i].tasks[k].id == row->id)
				archive_one(tx, row, &matters[i], &matters[i].tasks[k]);
}

/* The appeals of all rows in two statements: tasks of one appeal, which often fall due at the
 * same moment, share its matter, and the last of them finds the others archived. */
static void archive_each(struct tx *tx, struct sql_archive_due_row *due, uint32_t n)
{
	uint64_t appeals[ARCHIVE_MAX] = { 0 };
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++)
		(void)id_place(appeals, &count, due[i].id / 100);
	struct matter *matters = matter_read_many(tx, appeals, count);

	/* A step may have come in before the appeals were read: what is due still is archived. */
	n = read_due(tx, due);
	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		archive_in(tx, &due[i], matters, count);
}

static bool archive_run(struct tx *tx)
{
	struct sql_archive_due_row *due =
		arena_array_of(tx_arena(tx), struct sql_archive_due_row, ARCHIVE_MAX);
	uint32_t n = is_archiving() ? read_due(tx, due) : 0;

	if (n)
		archive_each(tx, due, n);
	return n == ARCHIVE_MAX;
}

static int64_t archive_next_due(struct tx *tx)
{
	struct sql_archive_next_row row = { 0 };

	return is_archiving() && sql_archive_next(tx, &row) ? row.archive_at : INT64_MAX;
}

/* ---- tables ---- */

static const struct hook hooks[] = {
	{ EVENT_TASK_REVIEW_PASSED, archive_later },
	{ EVENT_TASK_VISITED, archive_later },
	{ EVENT_TASK_VISIT_ASKED, archive_later },
	{ EVENT_TASK_UNREACHABLE, archive_later },
	{ EVENT_TASK_URGED, archive_later },
	{ EVENT_TASK_SUPERVISED, archive_later },
	{ EVENT_TASK_ESCALATED, archive_later },
	{ EVENT_TASK_EXCLUSION_REQUESTED, archive_later },
	{ EVENT_TASK_EXCLUDED, archive_later },
	{ EVENT_TASK_EXCLUSION_REFUSED, archive_later },
	{ EVENT_TASK_EXTENSION_DECIDED, archive_later },
	{ 0 }
};

static const struct job jobs[] = {
	{ "archive.run", CLOCK_SECOND, archive_run, .is_domain = true,
	  .next_due = archive_next_due },
	{ 0 }
};

static const struct setting settings[] = {
	{ .name = "archive_working_days", .kind = SETTING_INT, .fallback = "5", .min = 0,
	  .max = 250, .unit = "days",
	  .help = "Working days after the last event of a task until it is archived; "
		  "0 archives nothing." },
	{ 0 }
};

const struct module archive_module = {
	.name = "archive",
	.purpose = "Puts away what is done, asked about and left alone for some days.",
	.jobs = jobs,
	.hooks = hooks,
	.settings = settings,
};
