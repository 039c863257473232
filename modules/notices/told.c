/*
 * What the gateway tells: reports of deliveries, and replies. Both may come twice and in any order.
 * A digit is the caller's answer, once, where it is plain of which appeal; anything else is for a
 * person to read. Who has no token learns nothing, not even that there is a gateway.
 */
#include "notices/notices.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "identity.h"
#include "log.h"
#include "matter.h"
#include "rules/mask.h"
#include "rules/notices.h"
#include "sms.h"
#include "visit.h"

enum { STATE_BYTES = 64, ID_BYTES = 128, CONTENT_BYTES = 1500 };
enum { TOLD_MOST = 20 };	/* of one number, the newest */

struct str reply_place(struct arena *a, uint64_t id)
{
	return arena_printf(a, "notices_reply.content_sealed/%" PRIu64, id);
}

static struct str at_most(struct str s, size_t most)
{
	return (struct str){ s.p, s.n < most ? s.n : most };
}

/* What it wants to hear, as it is in the settings. */
static struct reply reply_taken(struct req *r)
{
	json_raw(req_json(r), NULL, sms_callback_answer());
	return reply_ok(r);
}

struct reply sms_report(struct req *r)
{
	struct sms_report *list;

	if (!sms_token_fits(req_path(r, "token")))
		return reply_missing(r);
	size_t n = sms_reports_read(req_arena(r), req_body(r), &list);

	for (size_t i = 0; i < n; i++)
		sql_notices_report_put(req_tx(r), (struct sql_notices_report_put){
			.gateway_id = at_most(list[i].id, ID_BYTES),
			.is_delivered = list[i].is_delivered,
			.state = at_most(list[i].state.p ? list[i].state : STR(""), STATE_BYTES),
			.at = clock_now(),
		});
	return reply_taken(r);
}

/* ---- replies ---- */

/* 1, 2, 3 as a caller's answer; what is not asked stays open. */
static struct visit answer_of(enum notice_reply reply)
{
	static const char *const levels[] = {
		[REPLY_SATISFIED] = "satisfied", [REPLY_BASICALLY] = "basically_satisfied",
		[REPLY_DISSATISFIED] = "dissatisfied",
	};

	return (struct visit){
		.channel = str_index(STR("sms"), visit_channel_names), .is_reached = true,
		.contacted = TRI_NONE, .solved = -1, .attitude = -1, .truthful = TRI_NONE,
		.reason = -1, .result = str_index(str_of(levels[reply]), level_names),
		.note = STR_NONE,
	};
}

/* A reply with what it is about. */
struct heard_reply {
	const struct sms_reply *reply;
	enum notice_reply said;
	struct str phone_index, content;
	uint64_t appeal_id;			/* for a person to see, 0 none */
	const struct notice_told *meant;	/* what a digit answers; NULL: nobody can know */
};

static uint64_t told_last(struct tx *tx, struct str phone_index)
{
	struct sql_notices_last_told_row row = { 0 };

	return sql_notices_last_told(tx, (struct sql_notices_last_told){ phone_index }, &row) ?
		row.appeal_id : 0;
}

/* Which appeal it is about: of a digit the one that it answers, else the one told of last. */
static void find_meant(struct tx *tx, struct heard_reply *h)
{
	struct notice_told *told = arena_array_of(tx_arena(tx), struct notice_told, TOLD_MOST);
	struct sql_notices_answerable_row row = { 0 };
	size_t n = 0;

	if (h->said == REPLY_SATISFIED || h->said == REPLY_BASICALLY ||
	    h->said == REPLY_DISSATISFIED) {
		struct rows *rows = sql_notices_answerable(tx, (struct sql_notices_answerable){
			.phone_index = h->phone_index, .result = NOTICE_RESULT,
			.question = NOTICE_QUESTION, .n = TOLD_MOST });

		while (n < TOLD_MOST && sql_notices_answerable_next(rows, &row))
			told[n++] = (struct notice_told){
				.appeal_id = row.appeal_id, .at = row.posted_at,
				.is_question = row.occasion == NOTICE_QUESTION,
			};
	}
	for (size_t i = 0; i < n; i++)
		told[i].is_awaited = visit_awaited(tx, told[i].appeal_id) == HEARD;
	h->meant = notice_meant(told, n);
	if (n)
		h->appeal_id = h->meant ? h->meant->appeal_id : told[0].appeal_id;
	else
		h->appeal_id = told_last(tx, h->phone_index);
}

/* Without the gateway's id a reply may be one that is pushed again: what was told before the number's
 * last answer of the hour is not answered by it, whatever waits. */
static bool is_perhaps_again(struct tx *tx, const struct heard_reply *h)
{
	struct sql_notices_answered_at_row row = { 0 };

	return !h->reply->id.n && sql_notices_answered_at(tx, (struct sql_notices_answered_at){
		.phone_index = h->phone_index, .state = REPLY_ANSWERED }, &row) &&
	       row.at > clock_now() - CLOCK_HOUR && h->meant->at <= row.at;
}

/* What a reply comes to. */
static enum reply_state act_on(struct tx *tx, const struct heard_reply *h)
{
	if (h->said == REPLY_STOP) {
		sql_notices_stop_put(tx, (struct sql_notices_stop_put){
			.phone_index = h->phone_index, .since = clock_now() });
		return REPLY_STOPPED;
	}
	/* Where nothing was stopped, 恢复 tells of something else. */
	if (h->said == REPLY_START)
		return sql_notices_stop_lift(tx, (struct sql_notices_stop_lift){
			h->phone_index }) ? REPLY_RESUMED : REPLY_UNREAD;
	if (!h->meant || is_perhaps_again(tx, h))
		return REPLY_UNREAD;
	struct visit answer = answer_of(h->said);

	return visit_hear(tx, h->meant->appeal_id, &answer) == HEARD ? REPLY_ANSWERED :
								       REPLY_UNREAD;
}

/* A repeated push is told by the gateway's id of the reply, or else by all that it says, of which
 * appeal, and the hour. */
static struct str tag_of(struct arena *a, const struct heard_reply *h)
{
	uint8_t *tag = arena_alloc(a, INDEX_BYTES);
	const struct sms_reply *reply = h->reply;
	struct str key = reply->id.n ? arena_printf(a, "id/%.*s", STR_ARG(reply->id)) :
		arena_printf(a, "said/%.*s/%.*s/%" PRIu64 "/%" PRId64,
			     STR_ARG(encode_hex(a, h->phone_index)), STR_ARG(reply->content),
			     h->appeal_id, clock_now() / CLOCK_HOUR);

	crypto_tag("sms-reply", key, tag);
	return (struct str){ (const char *)tag, INDEX_BYTES };
}

static void take_reply(struct tx *tx, const struct sms_reply *reply)
{
	struct arena *a = tx_arena(tx);
	struct str phone = phone_normal(a, reply->mobile);
	struct heard_reply h = {
		.reply = reply, .content = at_most(reply->content, CONTENT_BYTES),
	};
	uint64_t id = tx_sequence(tx, "notices_reply");

	if (!tx_ok(tx) || !phone.p)
		return;
	h.phone_index = crypto_index(a, "phone", phone);
	h.said = notice_reply_read(h.content);
	find_meant(tx, &h);
	/* The row first: of two pushes of one reply the second finds it there and does nothing. */
	if (!tx_ok(tx) || sql_notices_reply_insert(tx, (struct sql_notices_reply_insert){
			.id = id, .tag = tag_of(a, &h), .appeal_id = h.appeal_id,
			.content_sealed = crypto_seal(a, reply_place(a, id), h.content),
			.state = REPLY_UNREAD, .received_at = clock_now() }) == 0)
		return;
	enum reply_state state = act_on(tx, &h);

	if (state != REPLY_UNREAD)
		sql_notices_reply_state(tx, (struct sql_notices_reply_state){ id, state });
}

struct reply sms_reply(struct req *r)
{
	struct sms_reply *list;

	if (!sms_token_fits(req_path(r, "token")))
		return reply_missing(r);
	size_t n = sms_replies_read(req_arena(r), req_body(r), &list);

	for (size_t i = 0; i < n && tx_ok(req_tx(r)); i++)
		take_reply(req_tx(r), &list[i]);
	return reply_taken(r);
}
