/*
 * The chain of changes of a due time. What is stored in the task is a copy of what follows from
 * the chain; here it is reckoned again, by the rules of each change or all by another calendar.
 */
#include "deadlines/deadlines.h"

#include "matter.h"

uint32_t change_last(struct tx *tx, uint64_t task_id)
{
	struct sql_deadlines_change_last_row last = { 0 };

	return sql_deadlines_change_last(tx, (struct sql_deadlines_change_last){
			.task_id = task_id }, &last) ? last.n : 0;
}

void change_add(struct tx *tx, uint64_t task_id, uint32_t n, const struct change_row *row)
{
	sql_deadlines_change_insert(tx, (struct sql_deadlines_change_insert){
		.task_id = task_id, .n = n, .kind = row->change.kind,
		.at = row->at, .amount = (uint32_t)row->change.amount,
		.from_at = row->change.from, .to_at = row->change.to,
		.calendar_version = row->calendar_version, .due_before = row->due_before,
		.due_after = row->due_after,
	});
}

static void chain_append(struct arena *a, struct due_chain *chain, struct change_row row)
{
	if (chain->n % 8 == 0) {
		struct change_row *rows = arena_array_of(a, struct change_row, chain->n + 8);
		struct due_change *changes = arena_array_of(a, struct due_change,
							    chain->n + 8);
		for (uint32_t i = 0; i < chain->n; i++) {
			rows[i] = chain->rows[i];
			changes[i] = chain->changes[i];
		}
		chain->rows = rows;
		chain->changes = changes;
	}
	if (row.change.kind != DUE_CALENDAR)
		chain->changes[chain->changed++] = row.change;
	chain->rows[chain->n++] = row;
}

struct due_chain *chains_read(struct tx *tx, const uint64_t *task_ids, uint32_t n)
{
	struct due_chain *chains = arena_array_of(tx_arena(tx), struct due_chain, n ? n : 1);
	struct sql_deadlines_changes_row row = { 0 };

	if (n == 0)
		return chains;
	for (uint32_t i = 0; i < n; i++)
		chains[i].task_id = task_ids[i];
	struct rows *rows = sql_deadlines_changes(tx, (struct sql_deadlines_changes){
		.ids = ids_json(tx_arena(tx), task_ids, n) });
	while (sql_deadlines_changes_next(rows, &row)) {
		uint32_t i = 0;
		while (i < n && chains[i].task_id != row.task_id)
			i++;
		if (i < n)
			chain_append(tx_arena(tx), &chains[i], (struct change_row){
				.change = {
					.kind = (enum due_change_kind)row.kind,
					.amount = (int32_t)row.amount,
					.from = row.from_at, .to = row.to_at,
				},
				.at = row.at, .calendar_version = row.calendar_version,
				.due_before = row.due_before, .due_after = row.due_after,
			});
	}
	return chains;
}

/* ---- reckoning it again ---- */

/* Where the chain begins. */
struct beginning {
	struct limit limit;
	int64_t original;
	/* The limit's own due. Otherwise it stands as it was stored: a limit of the law is
	 * typed in, and an assist is due before its lead where its own limit is later. */
	bool is_by_table;
};

static bool begin(struct rules_book *book, const struct task *t, struct beginning *ret)
{
	const struct calendar *calendar = rules_calendar(book, t->calendar_version);
	const struct limits_table *limits = rules_limits(book, t->limits_version);
	int64_t due;

	if (!calendar || !limits)
		return false;
	ret->limit = limits->row[t->limit_class].limit[LIMIT_DONE];
	ret->original = t->original_due;
	enum limit_outcome outcome = limit_due(calendar, ret->limit, t->dispatched_at, &due);
	ret->is_by_table = outcome == LIMIT_COMPUTED &&
			   (t->role == TASK_LEAD || due <= t->original_due);
	if (ret->is_by_table)
		ret->original = due;
	return outcome != LIMIT_BEYOND_CALENDAR;
}

/*
 * All of it by one calendar, which alone counts: what other calendars gave in between is in
 * *due already, and that is only ever moved later.
 */
static bool reckon_under(const struct calendar *calendar, const struct beginning *from,
			 const struct task *t, const struct due_chain *chain,
			 uint32_t changed, int64_t *due)
{
	const struct due_history history = {
		.limit = from->limit, .start = t->dispatched_at,
		.first_due = from->is_by_table ? 0 : from->original,
		.change = chain->changes, .count = changed,
	};

	return due_recomputed(calendar, &history, *due, due) == LIMIT_COMPUTED;
}

bool chain_due(struct rules_book *book, const struct task *t, const struct due_chain *chain,
	       int64_t *ret_original, int64_t *ret_due)
{
	struct beginning from;
	uint32_t changed = 0;
	int64_t due;

	if (!begin(book, t, &from))
		return false;
	due = from.original;
	for (uint32_t i = 0; i < chain->n; i++) {
		const struct change_row *row = &chain->rows[i];
		const struct calendar *calendar = rules_calendar(book, row->calendar_version);

		if (!calendar)
			return false;
		if (row->change.kind == DUE_CALENDAR ?
		    !reckon_under(calendar, &from, t, chain, changed, &due) :
		    due_after(calendar, from.limit, due, &row->change, &due) != LIMIT_COMPUTED)
			return false;
		changed += row->change.kind != DUE_CALENDAR;
	}
	*ret_original = from.original;
	*ret_due = due;
	return true;
}

bool chain_due_under(struct rules_book *book, const struct calendar *calendar,
		     const struct task *t, const struct due_chain *chain, int64_t *ret_due)
{
	struct beginning from;

	*ret_due = t->due;
	return begin(book, t, &from) &&
	       reckon_under(calendar, &from, t, chain, chain->changed, ret_due);
}
