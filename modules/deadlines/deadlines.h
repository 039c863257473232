/*
 * Inside of deadlines: the stages of a limit, the chain of changes that a due time follows from,
 * and what is reckoned again by it. Nothing here is for other modules.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "domain.h"
#include "module.h"
#include "req.h"
#include "rules/due.h"
#include "tx.h"

#include "deadlines_sql.h"

/* What happens next to a limit; stored: numbers are fixed. */
enum stage {
	STAGE_WARN = 1,		/* the warning is next (done only) */
	STAGE_OVERDUE = 2,	/* the overdue mark is next */
	STAGE_RED = 3,		/* the red card is next (done only) */
	STAGE_OVER = 4,		/* all has happened */
};

/* When the stage happens by a limit and a calendar; 0 for never. */
int64_t stage_moment(const struct calendar *calendar, struct limit limit, const struct task *t,
		     enum stage stage, int64_t due);
/*
 * What is next for a limit whose due time moves at `at`: a warning that was given already is
 * given again for the new time, but not for a moment that is over.
 */
enum stage stage_for_due(enum stage was, int64_t warn_at, int64_t at);
/* Whether the task's limit for the work runs: it does not under review, on hold, or when it is
 * closed or gone. */
bool task_limit_runs(const struct task *t);

/* ---- rules by version ---- */

/* Calendars and limits of older versions, each read once; lives as long as the transaction. */
struct rules_book;
struct rules_book *rules_book_new(struct tx *tx);
/* NULL when there is no such version. */
const struct calendar *rules_calendar(struct rules_book *book, uint64_t version);
const struct limits_table *rules_limits(struct rules_book *book, uint64_t version);

/* ---- the chain ---- */

struct change_row {
	struct due_change change;
	int64_t at;
	uint64_t calendar_version;	/* by which it was reckoned */
	int64_t due_before, due_after;
};

/* The changes of one task's due time, in their order. */
struct due_chain {
	uint64_t task_id;
	struct change_row *rows;
	struct due_change *changes;	/* of the rows, but for those of calendars */
	uint32_t changed;
	uint32_t n;
};

/* The number of the task's last change, 0 when there is none. */
uint32_t change_last(struct tx *tx, uint64_t task_id);
/* Adds the change as the n-th. */
void change_add(struct tx *tx, uint64_t task_id, uint32_t n, const struct change_row *row);
/* The chains of n tasks, in the order of the ids. */
struct due_chain *chains_read(struct tx *tx, const uint64_t *task_ids, uint32_t n);
/*
 * The due times as they follow from dispatch and rows: the original by the limits and calendar
 * of the dispatch (what an assist's lead or the law cut or gave stands as it was stored), then
 * each change by its calendar. False when a version is missing or a date beyond the calendar.
 */
bool chain_due(struct rules_book *book, const struct task *t, const struct due_chain *chain,
	       int64_t *ret_original, int64_t *ret_due) MUST_USE;
/*
 * The due time under another calendar: original and changes reckoned again by it, and never
 * earlier than the present one.
 */
bool chain_due_under(struct rules_book *book, const struct calendar *calendar,
		     const struct task *t, const struct due_chain *chain, int64_t *ret_due)
	MUST_USE;

/* ---- open tasks, by the page ---- */

enum { OPEN_TASKS_MAX = 200 };

/* What is reckoned again: of `task` only what due times depend on is filled in. */
struct open_task {
	struct task task;
	uint64_t calendar_version;	/* that its due times follow */
	enum stage done_stage, sign_stage, contact_stage;
	int64_t done_next_at, sign_next_at, contact_next_at;
	int64_t done_due;	/* of the limit's row, which follows the task's */
	struct due_chain chain;
};

/* Where a walk over them stands. */
struct open_key {
	uint64_t version, task_id;
};

/*
 * The next at most OPEN_TASKS_MAX open tasks behind the key that follow a calendar older than
 * before_version, with their chains; the key moves on. Gives how many.
 */
uint32_t open_tasks_read(struct tx *tx, uint64_t before_version, struct open_key *key,
			 struct open_task **ret_tasks);
/* The tasks of alarms that last and were not seen since a moment. */
uint32_t alarmed_tasks_read(struct tx *tx, int64_t before_seen, struct open_task **ret_tasks);

/* ---- handlers and jobs ---- */

struct reply deadlines_receipt(struct req *r);
struct reply deadlines_check_show(struct req *r);
struct reply calendar_preview(struct req *r);
bool deadlines_check(struct tx *tx);
int64_t deadlines_check_next(struct tx *tx);
bool deadlines_calendar(struct tx *tx);
int64_t deadlines_calendar_next(struct tx *tx);
