/*
 * The history: one numbered row for every event, written in the transaction of what it tells.
 * The number is the appeal's version; two transactions that read the same version cannot both
 * write the next, so the versions of an appeal are a chain without gap or fork.
 */
#include <string.h>

#include "action.h"
#include "changes.h"
#include "clock.h"
#include "crypto.h"
#include "domain.h"
#include "event_record.h"
#include "events.h"
#include "matter.h"
#include "module.h"
#include "sealing.h"

#include "history_sql.h"

static struct entry entry_of(const struct recorded_event *row, const uint8_t *digest)
{
	struct entry entry = {
		.kind = ENTRY_EVENT, .subject = row->appeal_id, .number = row->seq,
		.at = row->recorded_at,
	};

	memcpy(entry.digest, digest, SHA256_BYTES);
	return entry;
}

/* The first events of a new appeal are entered with its head. */
static void enter(struct tx *tx, const struct event *e, const struct recorded_event *row,
		  const uint8_t *digest)
{
	struct appeal *a = e->appeal;
	struct event_seals alone = { .n = 0 };

	if (e->is_first && !a->seals)
		a->seals = arena_new_of(tx_arena(tx), struct event_seals);
	seal_event(tx, e->is_first ? a->seals : &alone, row->appeal_id, row->seq,
		   row->recorded_at, digest);
	if (!e->is_first)
		seal_flush(tx, &alone, row->appeal_id, row->seq);
}

static void history_record(struct tx *tx, const struct event *e)
{
	struct arena *a = tx_arena(tx);
	uint64_t was = e->appeal->version++;
	struct recorded_event row = {
		.appeal_id = e->appeal->id,
		.seq = e->appeal->version,
		.kind = e->kind,
		.at = e->at,
		.recorded_at = clock_now(),
		.by_kind = e->by->kind,
		.by_id = e->by->id,
		.by_name = e->by->name,
		.task_id = e->task ? e->task->id : 0,
		.data = event_data_text(a, e),
	};
	uint8_t *digest = arena_alloc(a, SHA256_BYTES);

	crypto_sha256(event_canonical(a, &row), digest);
	/* The head goes first: who read an older version finds out there, and is run again. */
	if (!e->is_first)
		sql_history_head_move(tx, (struct sql_history_head_move){
			.appeal_id = row.appeal_id, .was = was, .version = row.seq,
			.state = e->appeal->state,
			.merged_into = e->appeal->merged_into,
			.is_transferring = e->appeal->is_transferring,
		});
	sql_history_add(tx, (struct sql_history_add){
		.appeal_id = row.appeal_id, .seq = row.seq, .kind = row.kind, .at = row.at,
		.recorded_at = row.recorded_at, .by_kind = row.by_kind, .by_id = row.by_id,
		.by_name = row.by_name, .task_id = row.task_id, .data = row.data,
		.digest = { (const char *)digest, SHA256_BYTES },
	});
	enter(tx, e, &row, digest);
	change_tell(tx, e, row.recorded_at);
	if (e->kind == EVENT_APPEAL_RECEIVED && e->received.entry)
		*e->received.entry = entry_of(&row, digest);
}

static void history_settle(struct tx *tx, const struct event *e)
{
	sql_history_head_add(tx, (struct sql_history_head_add){
		.appeal_id = e->appeal->id, .version = e->appeal->version,
		.state = e->appeal->state,
	});
	seal_flush(tx, e->appeal->seals, e->appeal->id, e->appeal->version);
}

static const char *const actor_kind_names[] = { "nobody", "key", "account", "system" };

static void write_event(struct json *j, struct arena *a,
			const struct sql_history_page_row *row)
{
	json_object(j, NULL);
	json_u64(j, "seq", row->seq);
	json_time(j, "at", row->at);
	json_time(j, "recorded_at", row->recorded_at);
	json_text(j, "type", event_type_names[row->kind - 1]);
	json_object(j, "by");
	json_text(j, "kind", actor_kind_names[row->by_kind]);
	json_str(j, "name", row->by_name);
	json_close(j);
	json_str(j, "task", row->task_id ? task_reference(a, row->task_id) : STR_NONE);
	json_raw(j, "data", row->data);
	json_close(j);
}

/* Whose events the reader may know of, with commas between; "" for all. */
static struct str reader_departments(struct arena *a, const struct actor *actor,
				     const struct matter *m)
{
	struct str all = STR("");

	if (actor->role & ROLE_DEPARTMENT)
		return actor->unit;
	if (!is_unit_supervisor(actor))
		return all;
	for (uint32_t i = 0; i < m->task_count; i++)
		all = arena_printf(a, "%.*s%s%.*s", STR_ARG(all), i ? "," : "",
				   STR_ARG(m->tasks[i].department));
	return all;
}

static struct reply history_list(struct req *r)
{
	struct sql_history_page_row row = { 0 };
	const struct actor *actor = req_actor(r);
	struct matter m;
	struct page page;
	uint32_t n = 0;
	uint64_t last = 0;

	if (!req_matter(r, &m))
		return reply_missing(r);
	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_history_page(req_tx(r), (struct sql_history_page){
		.appeal_id = m.appeal.id, .after_seq = page.key1, .n = page.limit + 1,
		.shared = KINDS_SHARED,
		.hidden = (actor->role & (ROLE_DEPARTMENT | ROLE_INTAKE)) ||
			  is_unit_supervisor(actor) ? KINDS_HIDDEN : 0,
		.departments = reader_departments(req_arena(r), actor, &m),
	});
	page_open(r);
	while (sql_history_page_next(rows, &row) && n++ < page.limit) {
		write_event(req_json(r), req_arena(r), &row);
		last = row.seq;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

#define RECORD(kind) { kind, history_record }
static const struct hook hooks[] = {
	RECORD(EVENT_APPEAL_RECEIVED),
	RECORD(EVENT_TASK_DISPATCHED),
	RECORD(EVENT_TASK_SIGNED),
	RECORD(EVENT_TASK_CONTACTED),
	RECORD(EVENT_TASK_PROGRESSED),
	RECORD(EVENT_TASK_COMPLETED),
	RECORD(EVENT_TASK_REVIEW_FAILED),
	RECORD(EVENT_TASK_REVIEW_PASSED),
	RECORD(EVENT_TASK_VISITED),
	RECORD(EVENT_TASK_REDO),
	RECORD(EVENT_TASK_WARNED),
	RECORD(EVENT_TASK_OVERDUE),
	RECORD(EVENT_TASK_CARD),
	RECORD(EVENT_IDENTITY_REVEALED),
	RECORD(EVENT_TASK_RETURN_REQUESTED),
	RECORD(EVENT_TASK_RETURN_ACCEPTED),
	RECORD(EVENT_TASK_RETURN_REFUSED),
	RECORD(EVENT_TASK_DISPUTED),
	RECORD(EVENT_TASK_RULED),
	RECORD(EVENT_TASK_EXTENSION_REQUESTED),
	RECORD(EVENT_TASK_EXTENSION_DECIDED),
	RECORD(EVENT_TASK_PAUSED),
	RECORD(EVENT_TASK_RESUMED),
	RECORD(EVENT_TASK_ON_ACCOUNT),
	RECORD(EVENT_TASK_OFF_ACCOUNT),
	RECORD(EVENT_TASK_EXCLUSION_REQUESTED),
	RECORD(EVENT_TASK_EXCLUDED),
	RECORD(EVENT_TASK_EXCLUSION_REFUSED),
	RECORD(EVENT_TASK_WITHDRAWN),
	RECORD(EVENT_TASK_RESTORED),
	RECORD(EVENT_TASK_REPORTED),
	RECORD(EVENT_TASK_ASSIST_DELAYED),
	RECORD(EVENT_TASK_URGED),
	RECORD(EVENT_TASK_SUPERVISED),
	RECORD(EVENT_TASK_ESCALATED),
	RECORD(EVENT_TASK_DUE_MOVED),
	RECORD(EVENT_TASK_VISIT_ASKED),
	RECORD(EVENT_TASK_UNREACHABLE),
	RECORD(EVENT_TASK_ARCHIVED),
	RECORD(EVENT_TASK_REOPENED),
	RECORD(EVENT_APPEAL_ANSWERED),
	RECORD(EVENT_APPEAL_REFUSED),
	RECORD(EVENT_APPEAL_TRANSFER_ASKED),
	RECORD(EVENT_APPEAL_TRANSFERRED),
	RECORD(EVENT_APPEAL_TRANSFER_REFUSED),
	RECORD(EVENT_APPEAL_WITHDRAWN),
	RECORD(EVENT_APPEAL_MERGED),
	RECORD(EVENT_APPEAL_UNMERGED),
	RECORD(EVENT_APPEAL_JOINED),
	RECORD(EVENT_APPEAL_PARTED),
	RECORD(EVENT_APPEAL_REOPENED),
	RECORD(EVENT_APPEAL_FAST_LANE),
	RECORD(EVENT_APPEAL_OBSERVED),
	RECORD(EVENT_TASK_CALLBACK_ASKED),
	RECORD(EVENT_TASK_CALLBACK_ANSWERED),
	RECORD(EVENT_APPEAL_EXCHANGED),
	RECORD(EVENT_APPEAL_ATTACHED),
	RECORD(EVENT_APPEAL_UNDONE),
	{ EVENT_APPEAL_SETTLED, history_settle },
	{ 0 }
};
_Static_assert(array_count(hooks) == EVENT_KIND_END + 1,
	       "a kind without a line here would leave no trace");

static const struct route routes[] = {
	{ ROUTE(history_list), .query = "limit cursor" },
	{ 0 }
};

const struct module history_module = {
	.name = "history",
	.purpose = "Keeps every event of an appeal, numbered without a gap.",
	.routes = routes,
	.hooks = hooks,
};
