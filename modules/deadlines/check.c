/*
 * The nightly check: the due times of every open task are reckoned again from their rows and
 * compared with what is stored. A difference is a fault of the program or of somebody's hand in
 * the database: it alarms until it is gone, and changes nothing by itself.
 */
#include "deadlines/deadlines.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "matter.h"

enum { NIGHT_HOUR = 3 };	/* 03:00 local */

static int64_t last_night(int64_t now)
{
	int64_t night = day_start(day_of_instant(now)) + NIGHT_HOUR * CLOCK_HOUR;

	return night <= now ? night : night - CLOCK_DAY;
}

/* ---- comparing ---- */

/* Whether the stored due times are what follows; what cannot be reckoned is no proof of it. */
static bool compare(struct rules_book *book, const struct open_task *o, int64_t *ret_original,
		    int64_t *ret_due)
{
	*ret_original = *ret_due = 0;
	return chain_due(book, &o->task, &o->chain, ret_original, ret_due) &&
	       *ret_original == o->task.original_due && *ret_due == o->task.due;
}

/* False when it alarms. */
static bool check_one(struct tx *tx, struct rules_book *book, const struct open_task *o,
		      int64_t night)
{
	const struct task *t = &o->task;
	int64_t original, due;

	if (compare(book, o, &original, &due))
		return true;
	sql_deadlines_alarm_set(tx, (struct sql_deadlines_alarm_set){
		.task_id = t->id, .at = clock_now(), .seen_at = night, .due = t->due,
		.due_by_rows = due, .original_due = t->original_due,
		.original_due_by_rows = original,
	});
	log_error("deadlines", "mismatch", "task=%.*s due=%" PRId64 " by_rows=%" PRId64
		  " original_due=%" PRId64 " original_by_rows=%" PRId64,
		  STR_ARG(task_reference(tx_arena(tx), t->id)), t->due, due, t->original_due,
		  original);
	return false;
}

/* ---- the night's run ---- */

static void check_move(struct tx *tx, const struct sql_deadlines_check_last_row *was,
		       struct open_key key, uint64_t compared, uint64_t mismatches)
{
	sql_deadlines_check_move(tx, (struct sql_deadlines_check_move){
		.night_at = was->night_at, .was_version = was->after_version,
		.was_task = was->after_task, .after_version = key.version,
		.after_task = key.task_id, .compared = was->compared + compared,
		.mismatches = was->mismatches + mismatches,
	});
}

static void check_end(struct tx *tx, const struct sql_deadlines_check_last_row *was)
{
	sql_deadlines_check_move(tx, (struct sql_deadlines_check_move){
		.night_at = was->night_at, .was_version = was->after_version,
		.was_task = was->after_task, .after_version = was->after_version,
		.after_task = was->after_task, .compared = was->compared,
		.mismatches = was->mismatches, .ended_at = clock_now(),
	});
}

/* Alarms that this night has not seen: they end, or their tasks are open no more and the fault
 * lasts. False when there is none left. */
static bool check_alarmed(struct tx *tx, struct rules_book *book, int64_t night)
{
	struct open_task *tasks;
	uint32_t n = alarmed_tasks_read(tx, night, &tasks);

	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		if (check_one(tx, book, &tasks[i], night))
			sql_deadlines_alarm_end(tx, (struct sql_deadlines_alarm_end){
				.task_id = tasks[i].task.id, .at = clock_now(),
			});
	return n > 0;
}

static bool check_part(struct tx *tx, const struct sql_deadlines_check_last_row *was)
{
	struct open_key key = { was->after_version, was->after_task };
	struct rules_book *book = rules_book_new(tx);
	struct open_task *tasks;
	uint32_t n = open_tasks_read(tx, UINT64_MAX, &key, &tasks), mismatches = 0;

	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		mismatches += !check_one(tx, book, &tasks[i], was->night_at);
	if (n) {
		check_move(tx, was, key, n, mismatches);
		return true;
	}
	if (check_alarmed(tx, book, was->night_at))
		return true;
	check_end(tx, was);
	return false;
}

bool deadlines_check(struct tx *tx)
{
	struct sql_deadlines_check_last_row last = { 0 };

	/* A task and its rows of one moment: a step in between is no difference. */
	tx_consistent_step(tx);
	bool has_last = sql_deadlines_check_last(tx, &last);
	int64_t night = last_night(clock_now());

	if (!tx_ok(tx))
		return false;
	if (has_last && !last.ended_at)
		return check_part(tx, &last);
	if (has_last && last.night_at >= night)
		return false;
	sql_deadlines_check_insert(tx, (struct sql_deadlines_check_insert){
		.night_at = night, .started_at = clock_now(),
	});
	return true;
}

/* Nights on which nothing is open are no moments to stop at. */
int64_t deadlines_check_next(struct tx *tx)
{
	struct sql_deadlines_check_last_row last = { 0 };
	struct sql_deadlines_open_first_row open = { 0 };

	if (!sql_deadlines_open_first(tx, &open) || !sql_deadlines_check_last(tx, &last))
		return INT64_MAX;
	return last_night(clock_now()) + CLOCK_DAY;
}

/* ---- what came of it ---- */

static void write_alarm(struct json *j, struct arena *a,
			const struct sql_deadlines_alarms_row *row)
{
	json_object(j, NULL);
	json_str(j, "task", task_reference(a, row->task_id));
	json_str(j, "department", row->department);
	json_time(j, "since", row->since);
	json_time(j, "due", row->due);
	json_time(j, "due_by_rows", row->due_by_rows);
	json_time(j, "original_due", row->original_due);
	json_time(j, "original_due_by_rows", row->original_due_by_rows);
	json_close(j);
}

struct reply deadlines_check_show(struct req *r)
{
	struct sql_deadlines_check_last_row last = { 0 };
	struct sql_deadlines_alarms_row row = { 0 };
	struct json *j = req_json(r);

	if (!sql_deadlines_check_last(req_tx(r), &last))
		last = (struct sql_deadlines_check_last_row){ 0 };
	json_object(j, NULL);
	json_time(j, "night", last.night_at);
	json_time(j, "started_at", last.started_at);
	json_time(j, "ended_at", last.ended_at);
	json_u64(j, "compared", last.compared);
	json_u64(j, "mismatches", last.mismatches);
	json_array(j, "items");
	struct rows *rows = sql_deadlines_alarms(req_tx(r), (struct sql_deadlines_alarms){
		.before_at = INT64_MAX, .n = LIMIT_PAGE_MAX });
	while (sql_deadlines_alarms_next(rows, &row))
		write_alarm(j, req_arena(r), &row);
	json_close(j);
	json_close(j);
	return reply_ok(r);
}
