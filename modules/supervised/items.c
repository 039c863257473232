/*
 * Items of the supervision ledger as they are read, changed, entered and shown.
 */
#include "supervised/supervised.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "events.h"
#include "sealing.h"

const char *const item_kind_names[] = {
	"demand", "decision", "recommendation", "inspection", NULL
};
const char *const item_source_names[] = {
	"meeting", "leader", "inspection", "appeal", "policy", NULL
};
const char *const item_state_names[] = { "open", "proved", "signed_off", NULL };
static const char *const act_kind_names[] = {
	"opened", "progressed", "proved", "proof_refused", "signed_off", "urged", "overdue",
	"due_moved", NULL
};
_Static_assert(ACT_KIND_END == array_count(act_kind_names), "one name a kind");

/* ---- numbers ---- */

/* 督查、监察决定、监察建议、明察暗访、联席会议. */
static const char *const prefixes[] = { "DC", "JD", "JY", "MC", "LH", NULL };
_Static_assert(NUMBERED_MEETING + 1 == array_count(prefixes), "one prefix a kind");

struct str item_reference(struct arena *a, uint32_t kind, uint32_t year, uint32_t n)
{
	return arena_printf(a, "%s-%u-%04u", prefixes[kind - 1], year, n);
}

bool item_number_of(struct str text, uint32_t *ret_kind, uint32_t *ret_year, uint32_t *ret_n)
{
	uint64_t year, n;

	if (text.n < 12 || text.n > 17 || text.p[2] != '-' || text.p[7] != '-' ||
	    (text.n > 12 && text.p[8] == '0'))
		return false;
	int kind = str_index((struct str){ text.p, 2 }, prefixes);
	if (kind < 0 || !str_to_u64((struct str){ text.p + 3, 4 }, &year) ||
	    !str_to_u64((struct str){ text.p + 8, text.n - 8 }, &n) || n == 0 || n > UINT32_MAX)
		return false;
	*ret_kind = (uint32_t)kind + 1;
	*ret_year = (uint32_t)year;
	*ret_n = (uint32_t)n;
	return true;
}

uint32_t number_take(struct tx *tx, uint32_t kind, int64_t at, uint32_t *ret_year)
{
	struct sql_supervised_number_last_row row = { 0 };
	uint32_t year = (uint32_t)civil_of_day(day_of_instant(at)).year;

	sql_supervised_number_next(tx, (struct sql_supervised_number_next){
		.kind = kind, .year = year });
	*ret_year = year;
	return sql_supervised_number_last(tx, (struct sql_supervised_number_last){
			.kind = kind, .year = year }, &row) ? row.n : 0;
}

/* ---- reading ---- */

bool item_read(struct tx *tx, uint32_t kind, uint32_t year, uint32_t n, struct sql_supervised_page_row *ret_item)
{
	struct rows *rows = sql_supervised_page(tx, (struct sql_supervised_page){
		.department = STR(""), .kind = kind, .year = year, .number = n,
		.with_hidden = true, .n = 1,
	});

	*ret_item = (struct sql_supervised_page_row){ 0 };
	return sql_supervised_page_next(rows, ret_item);
}

static bool is_visible(const struct req *r, const struct sql_supervised_page_row *item)
{
	const struct actor *actor = req_actor(r);

	if (item->kind == ITEM_INSPECTION && actor->role != ROLE_SUPERVISOR)
		return false;
	return req_relation(r) != RELATION_OWN || str_eq(actor->unit, item->department);
}

bool req_supervised(struct req *r, struct sql_supervised_page_row *ret_item)
{
	uint32_t kind, year, n;

	return item_number_of(req_path(r, "id"), &kind, &year, &n) &&
	       item_read(req_tx(r), kind, year, n, ret_item) &&
	       is_visible(r, ret_item);
}

/* ---- what is entered ---- */

/* The act with the item as it then is: what a reader of the ledger needs of both. */
static void enter(struct tx *tx, const struct sql_supervised_page_row *item, const struct act *act)
{
	struct arena *a = tx_arena(tx);
	struct sealed_object object;
	struct json *j = sealed_object_open(&object, "liandong-supervision/1");

	json_u64(j, "n", item->version);
	json_text(j, "act", act_kind_names[act->kind - 1]);
	json_time(j, "at", act->at);
	json_str(j, "by", act->by->name);
	json_str(j, "text", act->text);
	json_object(j, "item");
	item_write(j, a, reference_of(tx), item);
	json_close(j);
	sealed_object_close(&object, tx, &(struct entry){
		.kind = ENTRY_SUPERVISION, .subject = item->id, .number = item->version,
		.at = act->at });
}

static void keep(struct tx *tx, const struct sql_supervised_page_row *item, const struct act *act)
{
	sql_supervised_act_add(tx, (struct sql_supervised_act_add){
		.item_id = item->id, .n = item->version, .kind = act->kind, .at = act->at,
		.by_kind = act->by->kind, .by_id = act->by->id, .by_name = act->by->name,
		.text = act->text,
	});
	enter(tx, item, act);
}

int64_t item_overdue_at(int64_t due, int64_t now)
{
	return due + CLOCK_SECOND > now ? due + CLOCK_SECOND : now;
}

struct sql_supervised_page_row item_open(struct tx *tx, const struct item_new *from, const struct act *act)
{
	struct sql_supervised_page_row item = {
		.id = tx_sequence(tx, "supervised_item"), .kind = from->kind,
		.source = from->source, .department = from->department, .demand = from->demand,
		.owner = from->owner, .task_id = from->task_id,
		.meeting_year = from->meeting_year, .meeting_n = from->meeting_n,
		.risk = from->risk, .state = ITEM_OPEN, .version = 1, .made_at = act->at,
		.due = from->due, .next_at = item_overdue_at(from->due, act->at),
	};

	item.n = number_take(tx, item.kind, act->at, &item.year);
	sql_supervised_add(tx, (struct sql_supervised_add){
		.id = item.id, .kind = item.kind, .year = item.year, .n = item.n,
		.source = item.source, .department = item.department, .demand = item.demand,
		.owner = item.owner, .task_id = item.task_id, .meeting_id = from->meeting_id,
		.risk = item.risk, .made_at = item.made_at, .due = item.due,
		.next_at = item.next_at,
	});
	keep(tx, &item, act);
	return item;
}

void item_act(struct tx *tx, struct sql_supervised_page_row *item, const struct act *act)
{
	item->version++;
	/* An item may have two acts in one transaction, each a change of the same row. */
	tx_flush(tx);
	sql_supervised_save(tx, (struct sql_supervised_save){
		.id = item->id, .version = item->version, .state = item->state,
		.due = item->due, .overdue_at = item->overdue_at, .urges = item->urges,
		.next_at = item->next_at, .proved_at = item->proved_at,
		.proved_by_kind = item->proved_by_kind, .proved_by = item->proved_by,
		.signed_off_at = item->signed_off_at,
	});
	keep(tx, item, act);
}

/* ---- showing ---- */

void item_write(struct json *j, struct arena *a, const struct reference *names,
		const struct sql_supervised_page_row *item)
{
	const struct department *department = reference_department(names, item->department);
	bool is_late = item->state == ITEM_OPEN && item->due < clock_now();

	json_str(j, "id", item_reference(a, item->kind, item->year, item->n));
	json_text(j, "kind", item_kind_names[item->kind - 1]);
	json_text(j, "source", item_source_names[item->source - 1]);
	json_str(j, "department", item->department);
	json_str(j, "department_name", department ? department->name : STR_NONE);
	json_str(j, "demand", item->demand);
	json_str(j, "owner", item->owner);
	json_str(j, "task", item->task_id ? task_reference(a, item->task_id) : STR_NONE);
	json_str(j, "meeting", item->meeting_n ? item_reference(a, NUMBERED_MEETING,
			item->meeting_year, item->meeting_n) : STR_NONE);
	json_text(j, "state", item_state_names[item->state - 1]);
	json_u64(j, "version", item->version);
	json_time(j, "made_at", item->made_at);
	json_time(j, "due", item->due);
	json_bool(j, "overdue", is_late);
	json_time(j, "overdue_at", item->overdue_at);
	json_u64(j, "urges", item->urges);
	json_time(j, "proved_at", item->proved_at);
	json_time(j, "signed_off_at", item->signed_off_at);
	if (item->risk.p)
		json_raw(j, "risk", item->risk);
	else
		json_null(j, "risk");
}

struct reply reply_supervised(struct req *r, const struct sql_supervised_page_row *item)
{
	struct sql_supervised_acts_row row = { 0 };
	struct json *j = req_json(r);
	struct rows *rows = sql_supervised_acts(req_tx(r), (struct sql_supervised_acts){
		.item_id = item->id });

	json_object(j, NULL);
	item_write(j, req_arena(r), reference_of(req_tx(r)), item);
	json_array(j, "acts");
	while (sql_supervised_acts_next(rows, &row)) {
		json_object(j, NULL);
		json_u64(j, "n", row.n);
		json_text(j, "kind", act_kind_names[row.kind - 1]);
		json_time(j, "at", row.at);
		json_str(j, "by", row.by_name);
		json_str(j, "text", row.text);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	reply_etag(r, "s", item->version);
	return reply_ok(r);
}
