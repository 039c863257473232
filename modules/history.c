/*
 * The history: one numbered row for every event, written in the transaction of what it tells.
 * The number is the appeal's version; two transactions that read the same version cannot both
 * write the next, so the versions of an appeal are a chain without gap or fork.
 */
#include "clock.h"
#include "crypto.h"
#include "domain.h"
#include "events.h"
#include "matter.h"
#include "module.h"

#include "history_sql.h"

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
		});
	sql_history_add(tx, (struct sql_history_add){
		.appeal_id = row.appeal_id, .seq = row.seq, .kind = row.kind, .at = row.at,
		.recorded_at = row.recorded_at, .by_kind = row.by_kind, .by_id = row.by_id,
		.by_name = row.by_name, .task_id = row.task_id, .data = row.data,
		.digest = { (const char *)digest, SHA256_BYTES },
	});
}

static void history_settle(struct tx *tx, const struct event *e)
{
	sql_history_head_add(tx, (struct sql_history_head_add){
		.appeal_id = e->appeal->id, .version = e->appeal->version,
		.state = e->appeal->state,
	});
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
		.department = actor->role & ROLE_DEPARTMENT ? actor->unit : STR(""),
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
	RECORD(EVENT_APPEAL_RECEIVED), RECORD(EVENT_TASK_DISPATCHED),
	RECORD(EVENT_TASK_SIGNED), RECORD(EVENT_TASK_CONTACTED),
	RECORD(EVENT_TASK_PROGRESSED), RECORD(EVENT_TASK_COMPLETED),
	RECORD(EVENT_TASK_REVIEW_FAILED), RECORD(EVENT_TASK_REVIEW_PASSED),
	RECORD(EVENT_TASK_VISITED), RECORD(EVENT_TASK_REDO), RECORD(EVENT_TASK_WARNED),
	RECORD(EVENT_TASK_OVERDUE), RECORD(EVENT_TASK_CARD), RECORD(EVENT_IDENTITY_REVEALED),
	{ EVENT_APPEAL_SETTLED, history_settle },
	{ 0 }
};

static const struct route routes[] = {
	{ METHOD_GET, "/api/v1/appeals/{id}/events",
	  ROLES_CENTRE | ROLE_DEPARTMENT | ROLE_INTAKE, history_list,
	  .query = "limit cursor" },
	{ 0 }
};

const struct module history_module = {
	.name = "history",
	.purpose = "Keeps every event of an appeal, numbered without a gap.",
	.routes = routes,
	.hooks = hooks,
};
