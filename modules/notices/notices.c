/*
 * Notices: what callers are told of their appeals by short message. An occasion is a row with the
 * moment from which it may be sent, so that nobody is woken at night and nothing is told twice; a
 * caller who is anonymous, gave no mobile number or wants no more is not told. Without a gateway
 * there are no notices at all.
 */
#include "notices/notices.h"

#include "bounds.h"
#include "clock.h"
#include "documents.h"
#include "identity.h"
#include "rules/notices.h"
#include "setting.h"
#include "sms.h"
#include "undoing.h"

enum { MERGED_MOST = 500 };

static const struct setting settings[] = {
	{ "sms_signature", SETTING_TEXT, "【12345】",
	  .help = "Signature before every short message, as it is registered with the network." },
	{ 0 }
};

/* ---- occasions ---- */

static bool is_told(const struct event *e)
{
	return sms_is_on() && !e->is_history && !e->appeal->is_anonymous && e->appeal->has_phone;
}

/* What may be taken back is told of when it no longer may. */
static int64_t told_at(const struct event *e)
{
	return e->at + (e->not_before ? LIMIT_UNDO_SECONDS * CLOCK_SECOND : 0);
}

/* Inserts alone: registrations share their transactions. */
static void on_received(struct tx *tx, const struct event *e)
{
	const struct appeal *a = e->appeal;

	if (!is_told(e) || !notice_is_mobile(e->received.caller->phone) ||
	    !reference_notice(reference_of(tx), NOTICE_RECEIPT, a->channel, a->content_class))
		return;
	sql_notices_add(tx, (struct sql_notices_add){
		.id = tx_sequence(tx, "notices_notice"), .appeal_id = a->id,
		.occasion = NOTICE_RECEIPT, .not_before = sms_allowed_from(told_at(e)),
		.created_at = e->at,
	});
}

static void tell(struct tx *tx, const struct event *e, uint64_t appeal_id,
		 enum notice_occasion occasion)
{
	sql_notices_insert(tx, (struct sql_notices_insert){
		.id = tx_sequence(tx, "notices_notice"), .appeal_id = appeal_id,
		.task_id = e->task ? e->task->id : 0, .occasion = occasion, .ordinal = e->at,
		.not_before = sms_allowed_from(told_at(e)), .created_at = e->at,
		.promise_on = occasion == NOTICE_PROGRESS ? e->progressed.promise_on : 0,
	});
}

/* Whoever called about the same matter is told too, each with the number of their own appeal. */
static void tell_all(struct tx *tx, const struct event *e, enum notice_occasion occasion)
{
	struct sql_notices_merged_row row = { 0 };

	if (!sms_is_on() || e->is_history || e->task->role != TASK_LEAD)
		return;
	if (is_told(e))
		tell(tx, e, e->appeal->id, occasion);
	struct rows *rows = sql_notices_merged(tx, (struct sql_notices_merged){
		.parent_id = e->appeal->id, .n = MERGED_MOST });
	while (sql_notices_merged_next(rows, &row))
		tell(tx, e, row.appeal_id, occasion);
}

/* occasion 0: of all. */
static void take_back(struct tx *tx, uint64_t appeal_id, uint64_t task_id, uint32_t occasion)
{
	sql_notices_take_back(tx, (struct sql_notices_take_back){
		.appeal_id = appeal_id, .task_id = task_id, .occasion = occasion });
}

/* A task that was never to be: nobody is told of it, the callers of merged appeals neither. */
static void on_task_undone(struct tx *tx, const struct event *e)
{
	struct sql_notices_merged_row row = { 0 };

	if (e->not_before != UNDO_SEND_NEVER)
		return;
	take_back(tx, e->appeal->id, e->task->id, 0);
	struct rows *rows = sql_notices_merged(tx, (struct sql_notices_merged){
		.parent_id = e->appeal->id, .n = MERGED_MOST });
	while (sql_notices_merged_next(rows, &row))
		take_back(tx, row.appeal_id, e->task->id, 0);
}

static void on_appeal_undone(struct tx *tx, const struct event *e)
{
	if (e->not_before == UNDO_SEND_NEVER)
		take_back(tx, e->appeal->id, 0, 0);
}

/* An answer that was never given; what else waits, such as the receipt, stays. */
static void on_step_undone(struct tx *tx, const struct event *e)
{
	take_back(tx, e->appeal->id, 0, NOTICE_ANSWERED);
}

/*
 * The end at the desk, for its own caller alone: appeals that were merged into it go on by
 * themselves. Whoever was on the line or at the window has heard it: the texts' table has no line
 * for these channels.
 */
static void tell_end(struct tx *tx, const struct event *e, enum notice_occasion occasion)
{
	const struct appeal *a = e->appeal;

	if (is_told(e) && reference_notice(reference_of(tx), occasion, a->channel,
					   a->content_class))
		tell(tx, e, a->id, occasion);
}

static void on_answered(struct tx *tx, const struct event *e)
{
	tell_end(tx, e, NOTICE_ANSWERED);
}

static void on_refused(struct tx *tx, const struct event *e)
{
	tell_end(tx, e, NOTICE_REFUSED);
}

/* What departments have of it meanwhile stays with them, and so it has not ended. */
static void on_transferred(struct tx *tx, const struct event *e)
{
	if (e->appeal->state == APPEAL_TRANSFERRED)
		tell_end(tx, e, NOTICE_TRANSFERRED);
}

static void on_dispatched(struct tx *tx, const struct event *e)
{
	/* A new appeal's first dispatch is in its receipt's transaction: nothing may be read then,
	 * and nobody wants two messages at once. */
	if (!e->is_first)
		tell_all(tx, e, NOTICE_DISPATCHED);
}

static void on_progressed(struct tx *tx, const struct event *e)
{
	if (e->progressed.promise_on)
		tell_all(tx, e, NOTICE_PROGRESS);
}

static void on_extended(struct tx *tx, const struct event *e)
{
	if (e->extension.is_approved)
		tell_all(tx, e, NOTICE_EXTENSION);
}

static void on_passed(struct tx *tx, const struct event *e)
{
	tell_all(tx, e, NOTICE_RESULT);
}

/* The question goes to the one caller whom nobody reached. */
static void on_asked(struct tx *tx, const struct event *e)
{
	uint64_t caller = e->asked.caller_appeal ? e->asked.caller_appeal : e->appeal->id;

	if (sms_is_on() && !e->is_history)
		tell(tx, e, caller, NOTICE_QUESTION);
}

const struct hook notice_hooks[] = {
	{ EVENT_APPEAL_RECEIVED, on_received },
	{ EVENT_TASK_DISPATCHED, on_dispatched },
	{ EVENT_TASK_WITHDRAWN, on_task_undone },
	{ EVENT_APPEAL_WITHDRAWN, on_appeal_undone },
	{ EVENT_TASK_PROGRESSED, on_progressed },
	{ EVENT_TASK_EXTENSION_DECIDED, on_extended },
	{ EVENT_TASK_REVIEW_PASSED, on_passed },
	{ EVENT_TASK_VISIT_ASKED, on_asked },
	{ EVENT_APPEAL_ANSWERED, on_answered },
	{ EVENT_APPEAL_REFUSED, on_refused },
	{ EVENT_APPEAL_TRANSFERRED, on_transferred },
	{ EVENT_APPEAL_UNDONE, on_step_undone },
	{ 0 }
};

/* ---- the module ---- */

static struct reply texts_add(struct req *r)
{
	return document_post(r, DOCUMENT_NOTICES);
}

static struct reply texts_preview(struct req *r)
{
	return document_preview(r, DOCUMENT_NOTICES);
}

static const struct route routes[] = {
	{ ROUTE(notices_of_appeal) },
	{ ROUTE(notices_resume) },
	{ ROUTE(replies_list), .query = "state limit cursor" },
	{ ROUTE(reply_done) },
	{ ROUTE(texts_add) },
	{ ROUTE(texts_preview), .is_read_only = true },
	{ ROUTE(sms_report), .is_read_only = true },
	{ ROUTE(sms_reply), .is_read_only = true },
	{ 0 }
};

static const struct job jobs[] = {
	{ "notices.send", CLOCK_SECOND, notices_send, .is_domain = true,
	  .next_due = notices_next_due, .is_leased = true },
	{ 0 }
};

const struct module notices_module = {
	.name = "notices",
	.purpose = "Tells callers of their appeals by short message, and reads their replies.",
	.routes = routes,
	.jobs = jobs,
	.hooks = notice_hooks,
	.settings = settings,
};
