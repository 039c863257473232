/*
 * What an evidence pack holds: tasks with everything that happened to them (cards among it),
 * figures of frozen months, findings. It is copied in when it is made, so that what is decided
 * on later is what lay on the table, whatever becomes of the rows.
 */
#include "accountability/accountability.h"

#include <inttypes.h>

#include "action.h"
#include "matter.h"

/* Departments are not shown these elsewhere either: evidence for an exclusion may name a
 * caller. */
#define KINDS_HIDDEN (KIND(EVENT_TASK_EXCLUSION_REQUESTED) | \
		      KIND(EVENT_TASK_EXCLUSION_REFUSED) | KIND(EVENT_IDENTITY_REVEALED) | KIND(EVENT_APPEAL_OBSERVED))

void event_write(struct json *j, const char *key, struct arena *a, uint64_t task_id,
		 uint64_t seq, const struct sql_accountability_event_row *row)
{
	json_object(j, key);
	json_str(j, "task", task_reference(a, task_id));
	json_u64(j, "seq", seq);
	json_time(j, "at", row->at);
	json_text(j, "type", event_type_names[row->kind - 1]);
	json_str(j, "by", row->by_name);
	json_raw(j, "data", row->data);
	json_close(j);
}

static void write_events(struct json *j, struct tx *tx, const struct task *t)
{
	struct sql_accountability_events_row row = { 0 };
	struct rows *rows = sql_accountability_events(tx, (struct sql_accountability_events){
		.appeal_id = t->appeal_id, .task_id = t->id });

	json_array(j, "events");
	while (sql_accountability_events_next(rows, &row)) {
		if (KINDS_HIDDEN & KIND(row.kind))
			continue;
		event_write(j, NULL, tx_arena(tx), t->id, row.seq,
			    &(struct sql_accountability_event_row){
			.kind = row.kind, .at = row.at, .by_name = row.by_name,
			.data = row.data });
	}
	json_close(j);
}

void evidence_task(struct json *j, struct tx *tx, const struct task *t)
{
	json_object(j, NULL);
	json_str(j, "task", task_reference(tx_arena(tx), t->id));
	json_str(j, "department", t->department);
	json_text(j, "state", task_state_names[t->state - 1]);
	json_text(j, "limit_class", limit_class_names[t->limit_class]);
	json_time(j, "dispatched_at", t->dispatched_at);
	json_time(j, "signed_at", t->signed_at);
	json_time(j, "contacted_at", t->contacted_at);
	json_time(j, "closed_at", t->closed_at);
	json_time(j, "original_due", t->original_due);
	json_time(j, "due", t->due);
	write_events(j, tx, t);
	json_close(j);
}

/* The next line of a text, without its end; false behind the last one. */
static bool next_line(struct str *text, struct str *ret_line)
{
	size_t n = 0;

	if (text->n == 0)
		return false;
	while (n < text->n && text->p[n] != '\n')
		n++;
	*ret_line = (struct str){ text->p, n };
	n += n < text->n;
	*text = (struct str){ text->p + n, text->n - n };
	return true;
}

static bool is_own_figure(struct arena *a, struct str line, struct str department)
{
	return str_starts(line, arena_printf(a, "all\town\t%.*s\t", STR_ARG(department)));
}

bool evidence_month(struct json *j, struct tx *tx, uint32_t month, struct str department)
{
	struct arena *a = tx_arena(tx);
	struct str content, line;

	if (!sealed_content(tx, ENTRY_MONTH_FROZEN, month, 1, &content))
		return false;
	json_object(j, NULL);
	json_str(j, "month", arena_printf(a, "%04" PRIu32 "-%02" PRIu32, month / 100,
					  month % 100));
	json_text(j, "columns", "scope\tkind\tdepartment\tmeasure\tnum\tden\trate\tmeets");
	json_array(j, "figures");
	while (next_line(&content, &line))
		if (is_own_figure(a, line, department))
			json_str(j, NULL, line);
	json_close(j);
	json_close(j);
	return true;
}
