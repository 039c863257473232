/* Notices and replies as the centre's people read them: without a number, replies to operators. */
#include "notices/notices.h"

#include <inttypes.h>

#include "audit.h"
#include "bounds.h"
#include "crypto.h"
#include "identity.h"
#include "matter.h"
#include "outbox.h"
#include "rules/mask.h"
#include "rules/notices.h"
#include "sightings.h"

static const char *const dropped_names[] = {
	"none", "no_text", "no_mobile", "stopped", "no_gateway", "gone",
};
static const char *const reply_state_names[] = {
	"unread", "answered", "done", "stopped", "resumed", NULL
};

/* waiting, dropped, sending, taken by the gateway, delivered, undelivered, failed. */
static const char *standing_of(const struct sql_notices_of_row *n)
{
	if (n->state == NOTICE_WAITING)
		return "waiting";
	if (n->state == NOTICE_DROPPED)
		return "dropped";
	if (n->is_reported)
		return n->is_delivered ? "delivered" : "undelivered";
	switch ((enum outbox_state)n->sending) {
	case OUTBOX_DELIVERED:
		return "taken";
	case OUTBOX_DEAD:
		return "failed";
	default:
		return "sending";
	}
}

struct reply notices_of_appeal(struct req *r)
{
	struct sql_notices_of_row row = { 0 };
	struct json *j = req_json(r);
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	struct rows *rows = sql_notices_of(req_tx(r), (struct sql_notices_of){ m.appeal.id });

	json_object(j, NULL);
	json_array(j, "items");
	while (sql_notices_of_next(rows, &row)) {
		json_object(j, NULL);
		json_text(j, "occasion", notice_occasion_names[row.occasion - 1]);
		json_text(j, "state", standing_of(&row));
		json_text(j, "dropped_for", row.dropped_for ? dropped_names[row.dropped_for] :
							      NULL);
		json_time(j, "at", row.created_at);
		json_time(j, "not_before", row.not_before);
		json_time(j, "posted_at", row.posted_at);
		json_u64(j, "segments", row.segments);
		json_close(j);
	}
	json_close(j);
	json_null(j, "next_cursor");
	json_close(j);
	return reply_ok(r);
}

/* ---- messages again ---- */

struct resume_form {
	struct str reason;
};

static const struct field resume_fields[] = {
	{ "reason", FIELD_LINE, offsetof(struct resume_form, reason), .required = true,
	  .max = LIMIT_LINE_CHARS },
	{ 0 }
};

static const char *const nothing[] = { NULL };

/* A caller who had stopped them says to a person that they are wanted again. */
struct reply notices_resume(struct req *r)
{
	struct resume_form form;
	struct identity who;
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	if (!req_form(r, resume_fields, &form))
		return reply_invalid(r);
	if (!identity_read(req_tx(r), m.appeal.id, &who) || !who.caller.phone.n ||
	    !sql_notices_stop_lift(req_tx(r), (struct sql_notices_stop_lift){
			.phone_index = crypto_index(req_arena(r), "phone", who.caller.phone) }))
		return reply_conflict(r, "not_stopped", nothing,
				      "The number of this caller has not stopped messages.");
	audit_record(req_tx(r), &(struct audit_act){
		.kind = AUDIT_NOTICES_RESUMED, .by = req_actor(r), .peer = req_peer(r),
		.subject = m.appeal.id, .reason = form.reason });
	return reply_empty(r);
}

/* ---- replies ---- */

static void write_reply(struct req *r, const struct sql_notices_replies_row *row)
{
	struct arena *a = req_arena(r);
	struct json *j = req_json(r);
	struct str content;

	if (!crypto_open(a, reply_place(a, row->id), row->content_sealed, &content)) {
		tx_fail(req_tx(r), TX_BROKEN);
		return;
	}
	json_object(j, NULL);
	json_str(j, "id", arena_printf(a, "%" PRIu64, row->id));
	json_str(j, "appeal", row->appeal_id ? appeal_reference(a, row->appeal_id) : STR_NONE);
	json_text(j, "state", reply_state_names[row->state - 1]);
	json_time(j, "received_at", row->received_at);
	json_str(j, "content", mask_digits(a, content));
	json_close(j);
}

struct reply replies_list(struct req *r)
{
	struct sql_notices_replies_row row = { 0 };
	struct page page;
	uint64_t last = 0, appeals[LIMIT_PAGE_MAX];
	uint32_t n = 0, seen = 0;
	int state;

	bool is_fine = req_page(r, &page);
	if (!req_query_choice(r, "state", reply_state_names, &state) || !is_fine)
		return reply_invalid(r);
	struct rows *rows = sql_notices_replies(req_tx(r), (struct sql_notices_replies){
		.state = (uint32_t)(state + 1), .before = page.is_continued ? page.key1 : INT64_MAX,
		.n = page.limit + 1 });
	page_open(r);
	while (sql_notices_replies_next(rows, &row) && n++ < page.limit) {
		write_reply(r, &row);
		last = row.id;
		if (row.appeal_id)
			appeals[seen++] = row.appeal_id;
	}
	sighting_keep_list(r, SIGHT_LIST, appeals, seen);
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

struct reply reply_done(struct req *r)
{
	static const struct field no_fields[] = { { 0 } };
	const struct actor *by = req_actor(r);
	struct { char none; } form;
	uint64_t id;

	struct sql_notices_reply_waits_row row;

	if (!str_to_u64(req_path(r, "id"), &id) ||
	    !sql_notices_reply_waits(req_tx(r), (struct sql_notices_reply_waits){ id }, &row))
		return reply_missing(r);
	if (!req_form(r, no_fields, &form))
		return reply_invalid(r);
	if (sql_notices_reply_read(req_tx(r), (struct sql_notices_reply_read){
			.id = id, .kind = by->kind, .by = by->id }) == 0)
		return reply_missing(r);
	return reply_empty(r);
}
