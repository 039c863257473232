/*
 * An upload becomes an attachment: of an appeal, or with a reply of one of its tasks. Each is an
 * event, whose record has the digest of the file, and so has the ledger.
 */
#include "attachments/attachments.h"

#include <inttypes.h>

#include "clock.h"
#include "crypto.h"

static const char *const nothing[] = { NULL };
const char *const purpose_names[] = { "caller", "site", "reply", NULL };

struct str attachment_name_place(struct arena *a, uint64_t id)
{
	return arena_printf(a, "attachments_file,name,%" PRIu64, id);
}

/* ---- names ---- */

/* Marks that turn the direction of writing make an ending look like another. */
static bool turns_direction(struct str name)
{
	for (size_t i = 0; i + 2 < name.n; i++) {
		const unsigned char *c = (const unsigned char *)name.p + i;

		if (c[0] == 0xe2 && ((c[1] == 0x80 && ((c[2] >= 0xaa && c[2] <= 0xae) ||
						       c[2] == 0x8e || c[2] == 0x8f)) ||
				     (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9)))
			return true;
	}
	return false;
}

static bool is_plain_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '/' || name.p[i] == '\\' || name.p[i] == ':')
			return false;
	return name.n > 0 && name.p[0] != '.' && name.p[0] != ' ' && !turns_direction(name);
}

static void check_name(struct req *r, struct str name, const file_row *row)
{
	if (!is_plain_name(name))
		req_error(r, "#/name", "bad_name", "Give the name alone: no folders, no dot at its "
			  "beginning, no marks of direction.");
	else if (!file_is_named(name, (enum file_kind)row->type))
		req_error(r, "#/name", "wrong_ending", "The file is of the type %s; let its name "
			  "end in .%s.", file_types[row->type], file_endings[row->type]);
}

/* ---- taking one ---- */

static void store(struct action *act, const file_row *row, enum purpose purpose, struct str name)
{
	struct arena *a = req_arena(act->r);

	sql_attachments_attach(req_tx(act->r), (struct sql_attachments_attach){
		.id = row->id, .appeal_id = act->m.appeal.id,
		.task_id = act->task ? act->task->id : 0, .purpose = purpose,
		.name = crypto_seal(a, attachment_name_place(a, row->id), name),
		.at = act->at, .by_name = req_actor(act->r)->name });
}

static void publish(struct action *act, const file_row *row, enum purpose purpose)
{
	struct event event = { .kind = EVENT_APPEAL_ATTACHED };
	struct arena *a = req_arena(act->r);
	const struct particular says[] = {
		SAY_NUMBER("attachment", (int64_t)row->id),
		SAY("kind", str_of(purpose_names[purpose - 1])),
		SAY("sha256", encode_hex(a, row->sha256)), SAY_NUMBER("size", row->size),
		SAY("type", str_of(file_types[row->type])),
	};

	event_says(a, &event, says);
	action_publish(act, act->task, &event);
}

/* Whether the appeal can take n more of these bytes; else act->refusal is set. */
static bool has_room(struct action *act, uint64_t n, uint64_t bytes)
{
	struct sql_attachments_sum_row sum = { 0 };

	if (sql_attachments_sum(req_tx(act->r), (struct sql_attachments_sum){
			act->m.appeal.id }, &sum) &&
	    (sum.n + n > LIMIT_FILES || sum.bytes + bytes > LIMIT_FILES_BYTES)) {
		act->refusal = reply_conflict(act->r, "too_many_files", nothing,
			"An appeal has at most %d files of together %u MiB.", LIMIT_FILES,
			LIMIT_FILES_BYTES / MIB(1));
		return false;
	}
	return true;
}

/* ---- POST /appeals/{id}/attachments ---- */

struct attach_form {
	struct str upload, name;
	int kind;
};

static const struct field attach_fields[] = {
	{ "upload", FIELD_CODE, offsetof(struct attach_form, upload), .required = true,
	  .max = 36 },
	{ "name", FIELD_LINE, offsetof(struct attach_form, name), .required = true, .max = 120 },
	{ "kind", FIELD_CHOICE, offsetof(struct attach_form, kind), .required = true,
	  .choices = purpose_names },
	{ 0 }
};

/* What a department attaches belongs to its task. */
static struct task *own_task(const struct action *act)
{
	const struct matter *m = &act->m;

	for (uint32_t i = 0; i < m->task_count; i++)
		if (str_eq(m->tasks[i].department, req_actor(act->r)->unit) &&
		    task_is_open(&m->tasks[i]))
			return &m->tasks[i];
	return NULL;
}

static bool read_attach(struct req *r, struct attach_form *form, file_row *ret_row)
{
	bool is_department = req_actor(r)->role & ROLE_DEPARTMENT;

	if (!req_form(r, attach_fields, form))
		return false;
	if (is_department && form->kind + 1 == PURPOSE_CALLER)
		req_error(r, "#/kind", "not_yours", "What the caller sent is attached by the "
			  "centre; yours is `site` or `reply`.");
	if (!is_department && form->kind + 1 == PURPOSE_REPLY)
		req_error(r, "#/kind", "not_yours",
			  "With a reply the department attaches; yours is `caller` or `site`.");
	if (!upload_read(r, form->upload, ret_row))
		req_error(r, "#/upload", "unknown_upload", "You have no upload of this id; send the "
			  "file first, by PUT /api/v1/uploads/{id}.");
	else if (ret_row->standing == INFECTED)
		req_error(r, "#/upload", "infected", "The virus scanner found something in it.");
	else
		check_name(r, form->name, ret_row);
	return !req_has_errors(r);
}

struct reply attachments_add(struct req *r)
{
	struct action act = { .r = r, .at = clock_now() };
	struct attach_form form;
	file_row row;

	if (!req_matter(r, &act.m))
		return reply_missing(r);
	if (!read_attach(r, &form, &row))
		return reply_invalid(r);
	if (row.appeal_id)
		return reply_conflict(r, "attached_already", nothing,
				      "This upload is attached already.");
	if (req_actor(r)->role & ROLE_DEPARTMENT && !(act.task = own_task(&act)))
		return reply_conflict(r, "no_open_task", nothing,
				      "You have no open task of this appeal any more.");
	if (!has_room(&act, 1, row.size))
		return act.refusal;
	enum purpose purpose = (enum purpose)(form.kind + 1);
	store(&act, &row, purpose, form.name);
	publish(&act, &row, purpose);
	tx_flush(req_tx(r));
	if (!sql_attachments_one(req_tx(r), (struct sql_attachments_one){ row.id }, &row))
		return reply_missing(r);
	attachment_write(r, NULL, &row);
	return reply_created(r, "/api/v1/attachments/%" PRIu64, row.id);
}

/* ---- with a step of a task ---- */

void attaching_check(struct req *r, const char *name, const struct str_list *uploads)
{
	for (size_t i = 0; i < uploads->n; i++) {
		struct str pointer = arena_printf(req_arena(r), "#/%s/%zu", name, i);
		file_row row;
		size_t k = 0;

		while (!str_eq(uploads->v[k], uploads->v[i]))
			k++;
		if (!upload_read(r, uploads->v[i], &row))
			req_error(r, pointer.p, "unknown_upload", "You have no upload of this id; "
				  "send the file first, by PUT /api/v1/uploads/{id}.");
		else if (row.standing == INFECTED)
			req_error(r, pointer.p, "infected",
				  "The virus scanner found something in it.");
		else if (row.appeal_id || k < i)
			req_error(r, pointer.p, "attached_already",
				  "This upload is attached already.");
	}
}

bool attaching_take(struct action *act, const struct str_list *uploads)
{
	file_row *rows = arena_array_of(req_arena(act->r), file_row, uploads->n);
	uint64_t bytes = 0;

	for (size_t i = 0; i < uploads->n; i++) {
		if (!upload_read(act->r, uploads->v[i], &rows[i])) {
			act->refusal = reply_missing(act->r);
			return false;
		}
		bytes += rows[i].size;
	}
	if (uploads->n && !has_room(act, uploads->n, bytes))
		return false;
	for (size_t i = 0; i < uploads->n; i++) {
		store(act, &rows[i], PURPOSE_REPLY,
		      arena_printf(req_arena(act->r), "%.*s-%zu.%s",
				   STR_ARG(task_reference(req_arena(act->r), act->task->id)), i + 1,
				   file_endings[rows[i].type]));
		publish(act, &rows[i], PURPOSE_REPLY);
	}
	return true;
}
