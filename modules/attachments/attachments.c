/*
 * Attachments as they are shown and served: a list of an appeal, and each file by itself, to be
 * saved and never shown by a browser. Who may know of the appeal may know of them; what the caller
 * sent may say who that is, and so follows a line of its own of fields.tsv.
 */
#include "attachments/attachments.h"

#include <inttypes.h>
#include <string.h>

#include "blob_store.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "sightings.h"

static struct str name_of(struct arena *a, const file_row *row)
{
	struct str name;

	if (crypto_open(a, attachment_name_place(a, row->id), row->name, &name) && name.p)
		return name;
	return arena_printf(a, "%" PRIu64 ".%s", row->id, file_endings[row->type]);
}

void attachment_write(struct req *r, const char *key, const file_row *row)
{
	struct json *j = req_json(r);
	struct arena *a = req_arena(r);

	json_object(j, key);
	json_u64(j, "id", row->id);
	json_str(j, "appeal", appeal_reference(a, row->appeal_id));
	json_str(j, "task", row->task_id ? task_reference(a, row->task_id) : STR_NONE);
	json_text(j, "kind", purpose_names[row->purpose - 1]);
	json_str(j, "name", name_of(a, row));
	file_write(r, row);
	json_time(j, "attached_at", row->attached_at);
	json_str(j, "attached_by", row->attached_by);
	json_close(j);
}

/* Whether a department, or a unit's supervisor, has the task that a file belongs to. */
static bool is_of_reader(struct req *r, const struct matter *m, const file_row *row)
{
	const struct actor *actor = req_actor(r);
	bool is_department = actor->role & ROLE_DEPARTMENT;

	if (!row->task_id || (!is_department && req_relation(r) != RELATION_TREE))
		return true;
	for (uint32_t i = 0; i < m->task_count; i++)
		if (m->tasks[i].id == row->task_id)
			return !is_department || str_eq(m->tasks[i].department, actor->unit);
	return false;
}

static bool is_shown(struct req *r, const struct matter *m, const file_row *row)
{
	enum shown_field field = row->purpose == PURPOSE_CALLER ? SHOWN_CALLER_FILE : SHOWN_FILE;

	return reader_sees(req_actor(r), field, m->appeal.is_secret) && is_of_reader(r, m, row);
}

static uint32_t read_ids(struct tx *tx, uint64_t appeal_id, uint64_t ids[LIMIT_FILES])
{
	struct sql_attachments_ids_row id = { 0 };
	struct rows *rows = sql_attachments_ids(tx, (struct sql_attachments_ids){ appeal_id });
	uint32_t n = 0;

	while (n < LIMIT_FILES && sql_attachments_ids_next(rows, &id))
		ids[n++] = id.id;
	return n;
}

void attaching_write_sent(struct req *r, const char *key, uint64_t appeal_id)
{
	uint64_t ids[LIMIT_FILES];
	uint32_t n = read_ids(req_tx(r), appeal_id, ids);
	file_row row;

	json_array(req_json(r), key);
	for (uint32_t i = 0; i < n; i++)
		if (sql_attachments_one(req_tx(r), (struct sql_attachments_one){ ids[i] }, &row) &&
		    row.purpose == PURPOSE_CALLER)
			attachment_write(r, NULL, &row);
	json_close(req_json(r));
}

static struct reply attachments_list(struct req *r)
{
	uint64_t ids[LIMIT_FILES];
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	uint32_t n = read_ids(req_tx(r), m.appeal.id, ids);

	page_open(r);
	for (uint32_t i = 0; i < n; i++) {
		file_row row;

		if (sql_attachments_one(req_tx(r), (struct sql_attachments_one){ ids[i] }, &row) &&
		    is_shown(r, &m, &row))
			attachment_write(r, NULL, &row);
	}
	page_close(r, false, 0, 0);
	return reply_ok(r);
}

/* ---- one file ---- */

/* The one of the path {id}, of an appeal that the reader may know of. */
static bool req_attachment(struct req *r, file_row *ret_row)
{
	struct matter m;
	uint64_t id;

	*ret_row = (file_row){ 0 };
	if (str_to_u64(req_path(r, "id"), &id))
		(void)!sql_attachments_one(req_tx(r), (struct sql_attachments_one){ id }, ret_row);
	/* Asked for in any case: the time of a 404 tells no more than its words. */
	return req_matter_of(r, ret_row->appeal_id, &m) && is_shown(r, &m, ret_row);
}

static struct reply reply_unreadable(struct req *r, const file_row *row, enum blob_answer answer)
{
	if (answer == BLOB_AWAY) {
		reply_header(r, "Retry-After", "60");
		return reply_problem(r, 503, "unavailable",
				     "The file cannot be read now; try again later.");
	}
	log_error("attachments", "unreadable", "id=%" PRIu64 " answer=%d", row->id, (int)answer);
	return reply_problem(r, 500, "file_damaged",
			     "The stored file is not the one that was attached, and is not given "
			     "out; tell who runs the server.");
}

static struct reply reply_unscanned(struct req *r, const file_row *row)
{
	static const char *const nothing[] = { NULL };

	if (row->standing == INFECTED)
		return reply_conflict(r, "infected", nothing, "The virus scanner found something in "
				      "this file; it is not given out.");
	reply_header(r, "Retry-After", "5");
	return reply_conflict(r, "scanning", nothing,
			      "The virus scanner has not looked at this file yet; try again soon.");
}

static struct reply attachments_get(struct req *r)
{
	struct blob_name name;
	struct str bytes;
	file_row row;

	if (!req_attachment(r, &row))
		return reply_missing(r);
	if (row.standing == SCANNING || row.standing == INFECTED)
		return reply_unscanned(r, &row);
	memcpy(name.sha256, row.sha256.p, SHA256_BYTES);
	enum blob_answer answer = blob_get(req_arena(r), &name, &bytes);
	if (answer != BLOB_FINE)
		return reply_unreadable(r, &row, answer);
	sighting_keep(r, SIGHT_FILE, row.appeal_id);
	return reply_file(r, file_types[row.type], name_of(req_arena(r), &row), bytes);
}

/* ---- tables ---- */

static const struct route routes[] = {
	{ ROUTE(uploads_put), .lane = LANE_SLOW, .takes_bytes = true },
	{ ROUTE(attachments_add) },
	{ ROUTE(attachments_list) },
	{ ROUTE(attachments_get), .lane = LANE_SLOW },
	{ 0 }
};

static const struct job jobs[] = {
	{ "attachments.expire", CLOCK_MINUTE, removal_expire, .is_domain = true,
	  .next_due = removal_next_due },
	{ "attachments.scan", CLOCK_SECOND, scanning_run, .is_leased = true,
	  .has_work = scanning_has_work },
	{ "attachments.sweep", CLOCK_HOUR, removal_sweep },
	{ 0 }
};

const struct module attachments_module = {
	.name = "attachments",
	.purpose = "Keeps files that callers and departments bring to an appeal.",
	.routes = routes,
	.jobs = jobs,
};
