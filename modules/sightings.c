#include "sightings.h"

#include <inttypes.h>
#include <string.h>

#include "audit/record.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "domain.h"
#include "matter.h"
#include "module.h"
#include "must.h"
#include "setting.h"

#include "sightings_sql.h"

#define SLOT (10 * CLOCK_MINUTE)
#define SLOTS_OF_LIST 6u	/* lists count by the hour */

static const char *const sighting_names[] = {	/* index = number - 1 */
	"appeal", "task", "printed", "list", "export", "reveal", "person",
	"file", NULL
};
_Static_assert(array_count(sighting_names) == SIGHT_END, "every kind has its name");

/* ---- keeping ---- */

static struct str text_of(struct str text)
{
	return text.p ? text : STR("");
}

void sighting_keep(struct req *r, enum sighting kind, uint64_t appeal_id)
{
	const struct actor *by = req_actor(r);
	struct sql_sightings_is_seen_row row;
	int64_t at = clock_now();
	uint32_t slot = (uint32_t)(at / SLOT);

	if (sql_sightings_is_seen(req_tx(r), (struct sql_sightings_is_seen){
			.appeal_id = appeal_id, .slot = slot, .by_kind = by->kind,
			.by_id = by->id, .kind = kind }, &row))
		return;
	sql_sightings_add(req_tx(r), (struct sql_sightings_add){
		.appeal_id = appeal_id, .slot = slot, .by_kind = by->kind, .by_id = by->id,
		.kind = kind, .at = at, .until = (int64_t)(slot + 1) * SLOT,
		.by_name = text_of(by->name), .by_role = by->role,
		.by_unit = text_of(by->unit), .source = req_peer(r),
	});
}

enum { IDS_OF_LIST = 10000, LIST_DIGEST_BYTES = 16 };

static void keep_some(struct req *r, enum sighting kind, const uint64_t *ids, uint32_t n)
{
	const struct actor *by = req_actor(r);
	struct sql_sightings_is_listed_row row;
	struct str list = ids_json(req_arena(r), ids, n);
	uint8_t *digest = arena_alloc(req_arena(r), SHA256_BYTES);
	int64_t at = clock_now();
	uint32_t slot = (uint32_t)(at / (SLOT * SLOTS_OF_LIST)) * SLOTS_OF_LIST;

	crypto_sha256(list, digest);
	struct str digest_bytes = { (const char *)digest, LIST_DIGEST_BYTES };
	if (sql_sightings_is_listed(req_tx(r), (struct sql_sightings_is_listed){
			.slot = slot, .by_kind = by->kind, .by_id = by->id, .kind = kind,
			.digest = digest_bytes }, &row))
		return;
	sql_sightings_list_add(req_tx(r), (struct sql_sightings_list_add){
		.slot = slot, .by_kind = by->kind, .by_id = by->id, .kind = kind,
		.digest = digest_bytes, .at = at,
		.until = (int64_t)(slot + SLOTS_OF_LIST) * SLOT,
		.by_name = text_of(by->name), .by_role = by->role,
		.by_unit = text_of(by->unit), .source = req_peer(r), .appeals = n, .ids = list,
	});
}

void sighting_keep_list(struct req *r, enum sighting kind, const uint64_t *appeal_ids, uint32_t n)
{
	for (uint32_t i = 0; i < n; i += IDS_OF_LIST)
		keep_some(r, kind, appeal_ids + i, n - i < IDS_OF_LIST ? n - i : IDS_OF_LIST);
}

/* ---- jobs ---- */

static bool is_list_waiting(struct tx *tx)
{
	struct sql_sightings_waiting_row row;

	return sql_sightings_waiting(tx, &row);
}

static bool unpack_list(struct tx *tx)
{
	struct sql_sightings_waiting_row row = { 0 };

	if (!sql_sightings_waiting(tx, &row))
		return false;
	sql_sightings_unpack(tx, (struct sql_sightings_unpack){
		.slot = row.slot, .by_kind = row.by_kind, .by_id = row.by_id, .kind = row.kind,
		.digest = row.digest });
	sql_sightings_unpacked(tx, (struct sql_sightings_unpacked){
		.slot = row.slot, .by_kind = row.by_kind, .by_id = row.by_id, .kind = row.kind,
		.digest = row.digest });
	return true;
}

enum { FORGOTTEN_AT_A_TIME = 1000 };

static bool forget_old(struct tx *tx)
{
	int64_t before = clock_now() - setting_int("audit_months") * 31 * CLOCK_DAY;
	uint32_t slot = (uint32_t)(before / SLOT);
	uint64_t n = sql_sightings_forget(tx, (struct sql_sightings_forget){
		.before = slot, .n = FORGOTTEN_AT_A_TIME });

	return sql_sightings_forget_lists(tx, (struct sql_sightings_forget_lists){
		.before = slot, .n = FORGOTTEN_AT_A_TIME }) + n >= FORGOTTEN_AT_A_TIME;
}

static const struct job jobs[] = {
	{ "sightings.unpack", CLOCK_SECOND, unpack_list, .is_leased = true,
	  .has_work = is_list_waiting },
	{ "sightings.forget", CLOCK_HOUR, forget_old },
	{ 0 }
};

/* ---- looking ---- */

struct question {
	uint64_t appeal_id;	/* 0: of a person */
	enum actor_kind by_kind;
	uint64_t by;
	int64_t from, to;
};

static bool read_question(struct req *r, struct question *q)
{
	struct str appeal = req_query(r, "appeal"), by = req_query(r, "by");

	*q = (struct question){ .to = INT64_MAX / 2 };
	if ((appeal.p != NULL) == (by.p != NULL))
		req_error(r, "#/query/appeal", "missing", "Name an appeal, or by, who saw it: "
			  "account:NUMBER or key:NUMBER.");
	else if (appeal.p && !(q->appeal_id = appeal_id_of(appeal)))
		req_error(r, "#/query/appeal", "bad_id", "is no appeal's number.");
	else if (by.p && !audit_actor_parse(by, &q->by_kind, &q->by))
		req_error(r, "#/query/by", "bad_id", "is account:NUMBER or key:NUMBER.");
	bool is_read = req_query_time(r, "from", &q->from);
	return req_query_time(r, "to", &q->to) && is_read && !req_has_errors(r);
}

/* Both statements bring the same columns. */
typedef struct sql_sightings_of_row seen_row;
_Static_assert(sizeof(seen_row) == sizeof(struct sql_sightings_by_row), "the same columns");

static struct rows *ask(struct req *r, const struct question *q, const struct page *page)
{
	int64_t since = q->from - SLOT * SLOTS_OF_LIST;
	int64_t at = page->is_continued ? (int64_t)page->key1 : -1;

	if (since < 0)
		since = 0;
	if (!q->appeal_id)
		return sql_sightings_by(req_tx(r), (struct sql_sightings_by){
			.by_kind = q->by_kind, .by_id = q->by, .since = since,
			.first = q->from, .until = q->to, .at = at, .behind = page->key2,
			.n = page->limit + 1 });
	int64_t last = q->to / SLOT;
	return sql_sightings_of(req_tx(r), (struct sql_sightings_of){
		.appeal_id = q->appeal_id, .from_slot = (uint32_t)(since / SLOT),
		.to_slot = last > UINT32_MAX ? UINT32_MAX : (uint32_t)last, .first = q->from,
		.until = q->to, .at = at, .behind = page->key2, .n = page->limit + 1 });
}

static bool next_seen(const struct question *q, struct rows *rows, seen_row *ret)
{
	struct sql_sightings_by_row row;

	if (q->appeal_id)
		return sql_sightings_of_next(rows, ret);
	if (!sql_sightings_by_next(rows, &row))
		return false;
	memcpy(ret, &row, sizeof(*ret));
	return true;
}

static void write_seen(struct req *r, const seen_row *row)
{
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_str(j, "appeal", appeal_reference(req_arena(r), row->appeal_id));
	json_time(j, "at", row->at);
	json_time(j, "until", row->until);
	json_text(j, "kind", sighting_names[row->kind - 1]);
	audit_write_actor(j, req_arena(r), &(struct audit_actor){
		.kind = (enum actor_kind)row->by_kind, .id = row->by_id, .name = row->by_name,
		.role = row->by_role, .unit = row->by_unit.n ? row->by_unit : STR_NONE });
	json_str(j, "source", row->source);
	json_close(j);
}

static struct reply sightings_list(struct req *r)
{
	struct question question;
	seen_row row = { 0 };
	struct page page;
	int64_t last_at = 0;
	uint64_t last_place = 0;
	uint32_t n = 0;

	bool is_read = read_question(r, &question);
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	struct rows *rows = ask(r, &question, &page);
	page_open(r);
	while (next_seen(&question, rows, &row) && n++ < page.limit) {
		write_seen(r, &row);
		last_at = row.at;
		last_place = row.place;
	}
	page_close(r, n > page.limit, (uint64_t)last_at, last_place);
	return reply_ok(r);
}

static const struct route routes[] = {
	{ ROUTE(sightings_list), .query = "limit cursor appeal by from to" },
	{ 0 }
};

const struct module sightings_module = {
	.name = "sightings",
	.purpose = "Keeps who saw which appeal, and when.",
	.routes = routes,
	.jobs = jobs,
};
