/*
 * What the tripwires found, both facts side by side with the events behind them. A person makes
 * a clue of a finding or dismisses it with a reason; until then it says nothing of anybody.
 */
#include "accountability/accountability.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"

static const char *const state_names[] = { "open", "clue", "dismissed", NULL };

/* Where a fact is a number or something that is missing, there is no event behind it. */
static void write_fact(struct json *j, const char *key, struct tx *tx, uint64_t task_id,
		       uint64_t seq)
{
	struct sql_accountability_event_row row = { 0 };

	if (seq && sql_accountability_event(tx, (struct sql_accountability_event){
			.appeal_id = task_id / 100, .seq = seq }, &row))
		event_write(j, key, tx_arena(tx), task_id, seq, &row);
	else
		json_null(j, key);
}

void finding_write(struct json *j, const char *key, struct tx *tx,
		   const struct sql_tripwires_read_row *row)
{
	json_object(j, key);
	json_u64(j, "id", row->id);
	json_text(j, "kind", tripwire_names[row->kind - 1]);
	json_text(j, "says", tripwire_sentences[row->kind - 1]);
	json_str(j, "task", task_reference(tx_arena(tx), row->task_id));
	json_str(j, "department", row->department);
	json_time(j, "found_at", row->found_at);
	write_fact(j, "said", tx, row->said_task, row->said_seq);
	write_fact(j, "against", tx, row->against_task, row->against_seq);
	json_u64(j, "count", row->count);
	json_text(j, "state", state_names[row->state - 1]);
	if (row->item_id)
		json_u64(j, "item", row->item_id);
	else
		json_null(j, "item");
	json_str(j, "reason", row->reason);
	json_time(j, "decided_at", row->decided_at);
	json_str(j, "decided_by", row->decided_by);
	json_close(j);
}

static uint32_t read_page(struct tx *tx, uint32_t state, const struct page *page,
			  struct sql_tripwires_read_row *list)
{
	struct sql_tripwires_page_row row = { 0 };
	uint32_t n = 0;
	struct rows *rows = sql_tripwires_page(tx, (struct sql_tripwires_page){
		.state = state, .after = page->key1, .n = page->limit + 1 });

	while (sql_tripwires_page_next(rows, &row))
		list[n++] = (struct sql_tripwires_read_row){
			.id = row.id, .kind = row.kind, .task_id = row.task_id,
			.department = row.department, .found_at = row.found_at,
			.said_task = row.said_task, .said_seq = row.said_seq,
			.against_task = row.against_task, .against_seq = row.against_seq,
			.count = row.count, .state = row.state, .item_id = row.item_id,
			.reason = row.reason, .decided_at = row.decided_at,
			.decided_by = row.decided_by,
		};
	return n;
}

struct reply findings_list(struct req *r)
{
	struct sql_tripwires_read_row *list;
	struct page page;
	int state;
	bool is_state = req_query_choice(r, "state", state_names, &state);

	if (!req_page(r, &page) || !is_state)
		return reply_invalid(r);
	list = arena_array_of(req_arena(r), struct sql_tripwires_read_row, page.limit + 1);
	uint32_t n = read_page(req_tx(r), state < 0 ? FINDING_OPEN : (uint32_t)state + 1, &page,
			       list);
	uint32_t shown = n < page.limit ? n : page.limit;
	page_open(r);
	for (uint32_t i = 0; i < shown; i++)
		finding_write(req_json(r), NULL, req_tx(r), &list[i]);
	page_close(r, n > page.limit, shown ? list[shown - 1].id : 0, 0);
	return reply_ok(r);
}

/* ---- what a person makes of it ---- */

static bool req_finding(struct req *r, struct sql_tripwires_read_row *ret_row)
{
	uint64_t id;

	*ret_row = (struct sql_tripwires_read_row){ 0 };
	return str_to_u64(req_path(r, "id"), &id) &&
	       sql_tripwires_read(req_tx(r), (struct sql_tripwires_read){ id }, ret_row);
}

static struct reply reply_decided(struct req *r)
{
	static const char *const nothing[] = { NULL };

	return reply_conflict(r, "already_decided", nothing,
			      "Somebody made a clue of this finding or dismissed it.");
}

static void decide(struct req *r, struct sql_tripwires_read_row *row, enum finding_state state,
		   struct str reason)
{
	row->state = state;
	row->reason = reason;
	row->decided_at = clock_now();
	row->decided_by = req_actor(r)->name;
	sql_tripwires_decide(req_tx(r), (struct sql_tripwires_decide){
		.id = row->id, .state = row->state, .item_id = row->item_id,
		.reason = row->reason, .decided_at = row->decided_at,
		.decided_by = row->decided_by,
	});
}

static struct reply reply_finding(struct req *r, const struct sql_tripwires_read_row *row)
{
	finding_write(req_json(r), NULL, req_tx(r), row);
	return reply_ok(r);
}

struct reason {
	struct str text;
};

static const struct field clue_fields[] = {
	{ "text", FIELD_TEXT, offsetof(struct reason, text), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};
static const struct field dismiss_fields[] = {
	{ "reason", FIELD_TEXT, offsetof(struct reason, text), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

struct reply finding_to_clue(struct req *r)
{
	struct sql_tripwires_read_row row;
	struct reason form;

	if (!req_finding(r, &row))
		return reply_missing(r);
	if (!req_form(r, clue_fields, &form))
		return reply_invalid(r);
	if (row.state != FINDING_OPEN)
		return reply_decided(r);
	row.item_id = item_raise(r, &(struct clue){
		.source = SOURCE_TRIPWIRE, .department = row.department,
		.title = str_of(tripwire_sentences[row.kind - 1]), .text = form.text,
		.task_id = row.task_id, .finding_id = row.id,
	});
	decide(r, &row, FINDING_CLUE, form.text);
	return reply_finding(r, &row);
}

/* A dismissal is an act with a number of its own: it stands in the ledger like a clue. */
struct reply finding_dismiss(struct req *r)
{
	struct sql_tripwires_read_row row;
	struct reason form;
	struct act act;

	if (!req_finding(r, &row))
		return reply_missing(r);
	if (!req_form(r, dismiss_fields, &form))
		return reply_invalid(r);
	if (row.state != FINDING_OPEN)
		return reply_decided(r);
	uint64_t id = tx_sequence(req_tx(r), "accountability_item");
	decide(r, &row, FINDING_DISMISSED, form.text);
	act_open(&act, id, 1, "dismissal", row.decided_at, row.decided_by);
	json_str(&act.json, "reason", form.text);
	finding_write(&act.json, "finding", req_tx(r), &row);
	act_seal(req_tx(r), &act, id, 1, row.decided_at);
	return reply_finding(r, &row);
}
