/*
 * Taking bytes: what they are is looked at before anything is kept, the file is on disk before its
 * row is. The id is the sender's, so that sending again after a broken connection does no harm.
 */
#include "attachments/attachments.h"

#include <inttypes.h>
#include <string.h>

#include "blob_store.h"
#include "clock.h"
#include "virus_scan.h"

enum { UPLOAD_CHARS = 36 };

bool is_upload_id(struct str id)
{
	for (size_t i = 0; i < id.n; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
		char c = id.p[i];

		if (is_dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return id.n == UPLOAD_CHARS;
}

static file_row row_of(const struct sql_attachments_of_upload_row *u)
{
	return (file_row){
		.id = u->id, .upload = u->upload, .sha256 = u->sha256, .size = u->size,
		.type = u->type, .width = u->width, .height = u->height, .standing = u->standing,
		.uploaded_at = u->uploaded_at, .uploaded_by_kind = u->uploaded_by_kind,
		.uploaded_by = u->uploaded_by, .remove_at = u->remove_at,
		.appeal_id = u->appeal_id, .task_id = u->task_id, .purpose = u->purpose,
		.name = u->name, .attached_at = u->attached_at, .attached_by = u->attached_by,
	};
}

static bool find(struct req *r, struct str upload, file_row *ret_row)
{
	struct sql_attachments_of_upload_row row;

	if (!sql_attachments_of_upload(req_tx(r), (struct sql_attachments_of_upload){ upload },
				       &row))
		return false;
	*ret_row = row_of(&row);
	return true;
}

static bool is_own(struct req *r, const file_row *row)
{
	const struct actor *by = req_actor(r);

	return row->uploaded_by_kind == (uint32_t)by->kind && row->uploaded_by == by->id;
}

bool upload_read(struct req *r, struct str upload, file_row *ret_row)
{
	return is_upload_id(upload) && find(r, upload, ret_row) && is_own(r, ret_row);
}

/* ---- answering ---- */

static const char *const scan_names[] = { "unscanned", "scanning", "clean", "infected" };

void file_write(struct req *r, const file_row *row)
{
	struct json *j = req_json(r);

	json_str(j, "sha256", encode_hex(req_arena(r), row->sha256));
	json_u64(j, "size", row->size);
	json_text(j, "type", file_types[row->type]);
	if (row->width) {
		json_u64(j, "width", row->width);
		json_u64(j, "height", row->height);
	} else {
		json_null(j, "width");
		json_null(j, "height");
	}
	json_text(j, "scan", scan_names[row->standing]);
}

static void write_upload(struct req *r, const file_row *row)
{
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_str(j, "id", row->upload);
	file_write(r, row);
	json_time(j, "uploaded_at", row->uploaded_at);
	json_time(j, "removed_at", row->remove_at);
	if (row->appeal_id)
		json_u64(j, "attachment", row->id);
	else
		json_null(j, "attachment");
	json_close(j);
}

/* The upload that has the id, if it is the same: else the id is taken. */
static struct reply reply_again(struct req *r, const file_row *row, enum file_kind kind)
{
	static const char *const nothing[] = { NULL };
	uint8_t digest[SHA256_BYTES];
	struct str body = { (const char *)digest, SHA256_BYTES };

	crypto_sha256(req_body(r), digest);
	if (!is_own(r, row) || !str_eq(row->sha256, body) || row->type != (uint32_t)kind)
		return reply_conflict(r, "upload_taken", nothing,
				      "This id is that of another file; take a new one.");
	write_upload(r, row);
	return reply_ok(r);
}

/* ---- what is taken ---- */

static const char *const fault_codes[FILE_FAULTS] = {
	[FILE_OF_NO_KIND] = "unknown_kind", [FILE_CUT] = "broken_file",
	[FILE_OF_TWO_KINDS] = "two_kinds", [FILE_TOO_LARGE] = "too_large",
	[FILE_UNSAFE] = "unsafe",
};
static const char *const fault_texts[FILE_FAULTS] = {
	[FILE_OF_NO_KIND] = "These bytes are of no kind that is taken: JPEG, PNG, WebP, HEIC, PDF, "
			    "DOCX, XLSX, MP3, WAV, AMR, MP4 or plain text in UTF-8.",
	[FILE_CUT] = "The file is not whole; save it anew and send that.",
	[FILE_OF_TWO_KINDS] = "Something of another kind is hidden in the file; save it anew by the "
			      "program that made it and send that.",
	[FILE_TOO_LARGE] = "It unpacks to more, or has more pixels, than can be taken; send a "
			   "smaller one.",
	[FILE_UNSAFE] = "The document is encrypted, has macros, or names files elsewhere; save it "
			"without, or as a PDF.",
};

/* False after complaints. */
static bool check_body(struct req *r, enum file_kind declared, struct file_look *ret_look)
{
	struct str body = req_body(r);

	if (!is_upload_id(req_path(r, "id")))
		req_error(r, "#/path/id", "bad_id", "Make up an id for the upload: a UUID in lower "
			  "case.");
	*ret_look = file_look(body);
	if (body.n == 0)
		req_error(r, "#/body", "blank", "There is nothing in this file.");
	else if (ret_look->fault != FILE_FINE)
		req_error(r, "#/body", fault_codes[ret_look->fault], "%s",
			  fault_texts[ret_look->fault]);
	else if (ret_look->kind != declared)
		req_error(r, "#/headers/content-type", "wrong_type",
			  "The file is of the type %s; declare it as that.",
			  file_types[ret_look->kind]);
	return !req_has_errors(r);
}

/* ---- keeping ---- */

static struct reply reply_no_room(struct req *r)
{
	reply_header(r, "Retry-After", "60");
	return reply_problem(r, 503, "no_room", "The file could not be kept; try again later.");
}

static bool is_full(struct req *r)
{
	const struct actor *by = req_actor(r);
	struct sql_attachments_waiting_row waiting = { 0 };

	return sql_attachments_waiting(req_tx(r), (struct sql_attachments_waiting){
			.by_kind = by->kind, .by_id = by->id }, &waiting) &&
	       waiting.n >= LIMIT_FILES_WAITING;
}

/* Of several at once each counts those before it. The bytes are on disk by then: nobody waits for
 * a slow one's. */
static bool is_full_now(struct req *r)
{
	const struct actor *by = req_actor(r);

	tx_turn(req_tx(r), arena_printf(req_arena(r), "attachments/waiting/%d/%" PRIu64, by->kind,
					by->id));
	return is_full(r);
}

static struct reply reply_full(struct req *r)
{
	static const char *const nothing[] = { NULL };

	return reply_conflict(r, "too_many_uploads", nothing,
			      "%d of your uploads are attached to nothing; attach them first.",
			      LIMIT_FILES_WAITING);
}

static struct reply keep(struct req *r, const struct file_look *look)
{
	const struct actor *by = req_actor(r);
	struct blob_name *name = arena_new_of(req_arena(r), struct blob_name);
	struct str upload = req_path(r, "id");
	int64_t at = clock_now();
	file_row row = { 0 };

	if (blob_put(req_arena(r), req_body(r), name) != BLOB_FINE)
		return reply_no_room(r);
	if (is_full_now(r))
		return reply_full(r);
	uint64_t id = tx_sequence(req_tx(r), "attachments_file");
	sql_attachments_add(req_tx(r), (struct sql_attachments_add){
		.id = id, .upload = upload,
		.sha256 = { (const char *)name->sha256, SHA256_BYTES },
		.size = (uint32_t)req_body(r).n, .type = look->kind, .width = look->width,
		.height = look->height, .standing = virus_scan_is_on() ? SCANNING : UNSCANNED, .at = at, .by_kind = by->kind,
		.by_id = by->id, .remove_at = at + LIMIT_FILE_DAYS * CLOCK_DAY });
	/* Of two at once one has the id, and the other answers with what that one put. */
	if (!find(r, upload, &row))
		return reply_problem(r, 500, "internal", "Something went wrong on our side.");
	if (row.id != id)
		return reply_again(r, &row, look->kind);
	write_upload(r, &row);
	return reply_created(r, "/api/v1/uploads/%.*s", STR_ARG(upload));
}

struct reply uploads_put(struct req *r)
{
	enum file_kind declared = file_kind_declared(req_header(r, "Content-Type"));
	struct file_look look;
	file_row row;

	if (declared == FILE_UNKNOWN)
		return reply_problem(r, 415, "unsupported_media_type", "%s",
				     fault_texts[FILE_OF_NO_KIND]);
	if (!check_body(r, declared, &look))
		return reply_invalid(r);
	if (find(r, req_path(r, "id"), &row))
		return reply_again(r, &row, look.kind);
	return is_full(r) ? reply_full(r) : keep(r, &look);
}
