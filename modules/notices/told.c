/*
 * What the gateway tells: reports of deliveries, and replies. Both may come twice and in any order.
 * A reply that answers an open question is the caller's answer, once; anything else is for a person
 * to read. Who has no token learns nothing, not even that there is a gateway.
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

/* What a reply comes to; the appeal is the one the number was told of last, 0 for none. */
static enum reply_state act_on(struct tx *tx, enum notice_reply said, struct str phone_index,
			       uint64_t appeal_id)
{
	if (said == REPLY_STOP) {
		sql_notices_stop_put(tx, (struct sql_notices_stop_put){
			.phone_index = phone_index, .since = clock_now() });
		return REPLY_STOPPED;
	}
	if (said == REPLY_OTHER || !appeal_id)
		return REPLY_UNREAD;
	struct visit answer = answer_of(said);

	return visit_hear(tx, appeal_id, &answer) == HEARD ? REPLY_ANSWERED : REPLY_UNREAD;
}

static uint64_t told_last(struct tx *tx, struct str phone_index)
{
	struct sql_notices_last_told_row row = { 0 };

	return sql_notices_last_told(tx, (struct sql_notices_last_told){ phone_index }, &row) ?
		row.appeal_id : 0;
}

/* A repeated push is told by the gateway's id of the reply, or else by all that it says. */
static struct str tag_of(struct arena *a, const struct sms_reply *reply, struct str phone_index)
{
	uint8_t *tag = arena_alloc(a, INDEX_BYTES);
	struct str key = reply->id.n ? arena_printf(a, "id/%.*s", STR_ARG(reply->id)) :
		arena_printf(a, "said/%.*s/%.*s/%" PRId64, STR_ARG(encode_hex(a, phone_index)),
			     STR_ARG(reply->content), clock_now() / CLOCK_HOUR);

	crypto_tag("sms-reply", key, tag);
	return (struct str){ (const char *)tag, INDEX_BYTES };
}

static void take_reply(struct tx *tx, const struct sms_reply *reply)
{
	struct arena *a = tx_arena(tx);
	struct str phone = phone_normal(a, reply->mobile);
	struct str index = phone.p ? crypto_index(a, "phone", phone) : STR_NONE;
	uint64_t appeal_id = index.p ? told_last(tx, index) : 0;
	uint64_t id = tx_sequence(tx, "notices_reply");
	struct str content = at_most(reply->content, CONTENT_BYTES);

	/* The row first: of two pushes of one reply the second finds it there and does nothing. */
	if (!tx_ok(tx) || !index.p ||
	    sql_notices_reply_insert(tx, (struct sql_notices_reply_insert){
		.id = id, .tag = tag_of(a, reply, index), .appeal_id = appeal_id,
		.content_sealed = crypto_seal(a, reply_place(a, id), content),
		.state = REPLY_UNREAD, .received_at = clock_now() }) == 0)
		return;
	enum reply_state state = act_on(tx, notice_reply_read(content), index, appeal_id);

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
