/* Messages of both directions: numbered, kept sealed, sent on, and taken in exactly once. */
#include "exchange/exchange.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "must.h"
#include "outbox.h"
#include "parting.h"

struct exchange_message exchange_message_of(enum exchange_kind kind, int64_t at)
{
	return (struct exchange_message){
		.kind = (int)kind - 1, .at = at, .content_class = -1, .reason = -1,
		.result = -1, .level = -1,
	};
}

static enum exchange_kind kind_of(const struct exchange_message *m)
{
	return (enum exchange_kind)(m->kind + 1);
}

/* ---- keeping ---- */

static struct str place_of(struct arena *a, uint64_t handover_id, bool is_ours, uint32_t seq)
{
	return arena_printf(a, "exchange_message.body:%" PRIu64 ":%d:%" PRIu32, handover_id,
			    is_ours, seq);
}

/* Keyed, so that it tells nothing of who called when the words are gone. */
static struct str digest_of(struct arena *a, struct str text)
{
	uint8_t *digest = arena_alloc(a, INDEX_BYTES);

	crypto_tag("content", text, digest);
	return (struct str){ (const char *)digest, INDEX_BYTES };
}

static uint32_t choice_of(const struct exchange_message *m)
{
	int index = m->reason >= 0 ? m->reason : m->result >= 0 ? m->result : m->level;

	return (uint32_t)(index + 1);
}

static void keep(const struct exchange_call *call, const handover_row *h, bool is_ours,
		 const struct exchange_message *m, uint64_t position)
{
	struct arena *a = tx_arena(call->tx);
	struct str text = exchange_message_text(a, m);
	uint32_t seq = (uint32_t)m->sequence;

	sql_exchange_message_add(call->tx, (struct sql_exchange_message_add){
		.handover_id = h->id, .is_ours = is_ours, .seq = seq, .peer = h->peer,
		.position = position, .batch = is_ours ? 0 : call->batch,
		.kind = kind_of(m), .at = m->at, .recorded_at = clock_now(),
		.choice = choice_of(m), .digest = digest_of(a, text),
		.body = crypto_seal(a, place_of(a, h->id, is_ours, seq), text),
	});
}

/* Of before choices were kept: the words that claim least. */
static void fill_choice(struct exchange_message *m, uint32_t choice)
{
	int index = (int)choice - 1;

	if (kind_of(m) == EXCHANGE_REFUSE)
		m->reason = choice ? index : EXCHANGE_OTHER_REASON;
	else if (kind_of(m) == EXCHANGE_RESULT)
		m->result = choice ? index : EXCHANGE_ANSWERED;
	else if (kind_of(m) == EXCHANGE_VISITED)
		m->level = index;
}

static struct str rest_of(struct arena *a, const struct sql_exchange_messages_row *row)
{
	struct exchange_message m = exchange_message_of((enum exchange_kind)row->kind, row->at);

	m.sender = exchange_own_code();
	m.offered_by = row->is_offered_by_us ? m.sender : row->peer;
	m.number = row->number;
	m.sequence = row->seq;
	m.text = STR(EXCHANGE_ERASED);
	fill_choice(&m, row->choice);
	if (row->kind == EXCHANGE_ACCEPT)
		m.own_no = appeal_reference(a, row->appeal_id);
	if (row->kind == EXCHANGE_OFFER) {
		m.item = row->item;
		m.item_version = (int64_t)row->item_version;
		m.is_urgent = row->pressing <= 1 ? TRI_YES : TRI_NO;
		m.first_response_at = row->first_response_at;
		m.title = m.text;
	}
	return exchange_message_text(a, &m);
}

bool exchange_leaving(struct tx *tx, const struct sql_exchange_messages_row *row,
		      struct str *ret_text)
{
	struct arena *a = tx_arena(tx);

	if (str_is_empty(row->body)) {
		*ret_text = rest_of(a, row);
		return true;
	}
	if (crypto_open(a, place_of(a, row->handover_id, true, row->seq), row->body, ret_text))
		return true;
	tx_fail(tx, TX_BROKEN);
	return false;
}

/* A body that was sealed here was a message. */
static bool open_body(struct tx *tx, struct str place, struct str body,
		      struct exchange_message *ret_message)
{
	struct field_errors errors = { .arena = tx_arena(tx) };
	struct str text;

	if (crypto_open(tx_arena(tx), place, body, &text) &&
	    form_parse(text, exchange_message_fields, ret_message, &errors))
		return true;
	tx_fail(tx, TX_BROKEN);
	return false;
}

bool exchange_message_read(struct tx *tx, const handover_row *h, bool is_ours, uint32_t seq,
			   struct exchange_message *ret_message)
{
	struct sql_exchange_message_one_row row = { 0 };

	if (!sql_exchange_message_one(tx, (struct sql_exchange_message_one){
			.handover_id = h->id, .is_ours = is_ours, .seq = seq }, &row) ||
	    str_is_empty(row.body))
		return false;
	return open_body(tx, place_of(tx_arena(tx), h->id, is_ours, seq), row.body, ret_message);
}

bool exchange_message_open(struct tx *tx, const struct sql_exchange_messages_of_row *row,
			   struct exchange_message *ret_message)
{
	*ret_message = exchange_message_of((enum exchange_kind)row->kind, row->at);
	if (!str_is_empty(row->body))
		return open_body(tx, place_of(tx_arena(tx), row->handover_id, row->is_ours,
					      row->seq), row->body, ret_message);
	fill_choice(ret_message, row->choice);
	return tx_ok(tx);
}

/* A clock over there that is more than a day ahead is not believed: limits and figures would be. */
static int64_t believed(int64_t at)
{
	int64_t now = clock_now();

	return at > now + CLOCK_DAY ? now : at;
}

/* What the message changes in its hand-over, whoever sent it. */
static void move(handover_row *h, const struct exchange_message *m, bool is_by_us)
{
	enum exchange_state after = exchange_step((enum exchange_state)h->state, kind_of(m),
						  h->is_ours == is_by_us);

	must(after != EXCHANGE_NONE);
	h->state = after;
	if (kind_of(m) == EXCHANGE_ACCEPT || kind_of(m) == EXCHANGE_REFUSE)
		h->answered_at = believed(m->at);
	if (m->own_no.p && !is_by_us)
		h->their_no = m->own_no;
	if (m->on_scene_at && !h->arrived_at)
		h->arrived_at = believed(m->on_scene_at);
	h->ended_at = after == EXCHANGE_DONE || after == EXCHANGE_ENDED ||
		      after == EXCHANGE_REFUSED ? believed(m->at) : 0;
	*(is_by_us ? &h->sent_seq : &h->received_seq) = (uint32_t)m->sequence;
}

static void handover_save(struct tx *tx, handover_row *h)
{
	uint64_t was = h->version++;

	sql_exchange_save(tx, (struct sql_exchange_save){
		.id = h->id, .was = was, .version = h->version, .appeal_id = h->appeal_id,
		.state = h->state, .answered_at = h->answered_at, .arrived_at = h->arrived_at,
		.ended_at = h->ended_at, .their_no = h->their_no, .sent_seq = h->sent_seq,
		.received_seq = h->received_seq,
	});
}

/* The event outlives the caller: a hook's is delivered after it. */
static void publish(const struct exchange_call *call, const handover_row *h,
		    const struct exchange_message *m, bool is_by_us, struct appeal *appeal)
{
	struct event *event = arena_new_of(tx_arena(call->tx), struct event);
	const struct particular says[] = {
		SAY("peer", h->peer), SAY("direction", is_by_us ? STR("sent") : STR("received")),
		SAY("message", str_of(exchange_kind_names[m->kind])), SAY("number", h->number),
		SAY_NUMBER("sequence", m->sequence), SAY("item", h->item),
		SAY("state", str_of(exchange_state_names[h->state - 1])),
		SAY("their_no", h->their_no), SAY_TIME("sent_at", m->at),
		SAY_BOOL("contact", m->contact_name.p || m->contact_phone.p),
	};

	*event = (struct event){ .kind = EVENT_APPEAL_EXCHANGED, .at = clock_now(),
				 .by = call->by, .appeal = appeal };
	event_says(tx_arena(call->tx), event, says);
	emit(call->tx, event->kind, event);
}

/* ---- sending ---- */

static void push(struct tx *tx, const peer_row *peer, const handover_row *h,
		 const struct exchange_message *m)
{
	struct arena *a = tx_arena(tx);

	if (!peer->endpoint_id)
		return;
	(void)outbox_post(tx, &(struct outbox_message){
		.endpoint_id = peer->endpoint_id, .topic = h->id,
		.seq = outbox_last_seq(tx, peer->endpoint_id, h->id) + 1,
		.message_id = arena_printf(a, "exchange_%" PRIu64 "_%" PRId64, h->id, m->sequence),
		.type = arena_printf(a, "exchange.%s", exchange_kind_names[m->kind]),
		.content_type = STR("application/json"),
		.body = arena_printf(a, "{\"messages\":[%.*s]}",
				     STR_ARG(exchange_message_text(a, m))),
		.is_sealed = true,
		.is_watched = h->pressing <= 1,
	});
}

/* Danger and what is urgent do not wait until somebody asks for a batch. */
static bool is_held_back_by_no_batch(const peer_row *peer, const handover_row *h)
{
	return peer->mode == PEER_BATCH && h->pressing <= 1;
}

void exchange_send(const struct exchange_call *call, handover_row *h,
		   struct exchange_message *m, struct appeal *appeal)
{
	peer_row peer;

	if (!peer_read(call->tx, h->peer, &peer)) {
		tx_fail(call->tx, TX_BROKEN);
		return;
	}
	m->sender = exchange_own_code();
	m->offered_by = h->is_ours ? m->sender : h->peer;
	m->number = h->number;
	m->sequence = h->sent_seq + 1;
	move(h, m, true);
	handover_save(call->tx, h);
	peer.sent_position++;
	peer_save(call->tx, &peer);
	keep(call, h, true, m, peer.sent_position);
	push(call->tx, &peer, h, m);
	if (is_held_back_by_no_batch(&peer, h))
		exchange_batch_close(call->tx, h->peer);
	if (appeal)
		publish(call, h, m, true, appeal);
}

/* ---- taking in ---- */

const char *const exchange_taking_codes[] = {
	[REFUSED_CONTENT] = "other_content", [REFUSED_GAP] = "sequence_gap",
	[REFUSED_STEP] = "illegal_step", [REFUSED_UNKNOWN] = "unknown_number",
};

static void refuse(struct exchange_taken *ret, enum exchange_taking how, struct str why)
{
	ret->how = how;
	ret->why = why;
}

/* A number that was sent before: the same again, or another content. */
static void take_again(struct tx *tx, const struct exchange_message *m,
		       struct exchange_taken *ret)
{
	struct sql_exchange_message_one_row row = { 0 };
	struct str digest = digest_of(tx_arena(tx), exchange_message_text(tx_arena(tx), m));

	if (sql_exchange_message_one(tx, (struct sql_exchange_message_one){
			.handover_id = ret->handover.id, .is_ours = false,
			.seq = (uint32_t)m->sequence }, &row) &&
	    (str_eq(row.digest, digest) || str_is(m->text, EXCHANGE_ERASED)))
		ret->how = TAKEN_BEFORE;	/* erased over there, it says nothing new */
	else
		refuse(ret, REFUSED_CONTENT, arena_printf(tx_arena(tx), "Sequence %" PRId64
			" of %.*s came with another content before.", m->sequence,
			STR_ARG(m->number)));
}

/* Of the pair (number, sequence) what stands in the way. True: it is the next one. */
static bool is_next(struct tx *tx, const struct exchange_message *m, bool is_known,
		    struct exchange_taken *ret)
{
	const handover_row *h = &ret->handover;
	int64_t next = is_known ? h->received_seq + 1 : 1;

	if (m->sequence < next) {
		take_again(tx, m, ret);
	} else if (m->sequence > next) {
		refuse(ret, REFUSED_GAP, arena_printf(tx_arena(tx), "Of %.*s sequence %" PRId64
			" to %" PRId64 " is missing: send that first.", STR_ARG(m->number), next,
			m->sequence - 1));
	} else if (exchange_step((enum exchange_state)h->state, kind_of(m), !h->is_ours) ==
		   EXCHANGE_NONE) {
		refuse(ret, REFUSED_STEP, arena_printf(tx_arena(tx), "Of %.*s no %s is possible "
			"now: it is %s.", STR_ARG(m->number), exchange_kind_names[m->kind],
			h->state ? exchange_state_names[h->state - 1] : "not offered"));
	} else {
		return true;
	}
	return false;
}

static void add_handover(struct tx *tx, const peer_row *peer, const struct exchange_message *m,
			 handover_row *h)
{
	const struct reference *ref = reference_of(tx);
	bool is_urgent = m->is_urgent == TRI_YES;

	*h = (handover_row){
		.id = tx_sequence(tx, "exchange_handover"), .peer = peer->code,
		.number = m->number, .item = m->item, .item_version = ref->handover_version,
		.pressing = m->first_response_at ? 0 : is_urgent ? 1 : 2,
		.first_response_at = m->first_response_at, .offered_at = believed(m->at),
		.accept_by = exchange_accept_by(believed(m->at), is_urgent), .version = 1,
	};
	exchange_handover_add(tx, h);
}

static void accepted(const struct exchange_call *call, const handover_row *h,
		     const struct exchange_message *m, struct matter *about)
{
	struct event *event = arena_new_of(tx_arena(call->tx), struct event);
	const struct particular says[] = { SAY("their_no", m->own_no), SAY("by", h->peer) };

	/* An answer that comes late still counts, also where the desk took the matter back. */
	if (!appeal_step_is_legal(&about->appeal, ACTION_TRANSFER_ACKNOWLEDGE) &&
	    about->appeal.state != APPEAL_ACCEPTED)
		return;
	about->appeal.is_transferring = false;
	*event = (struct event){ .kind = EVENT_APPEAL_TRANSFERRED, .at = clock_now(),
				 .by = call->by, .appeal = &about->appeal };
	event_says(tx_arena(call->tx), event, says);
	if (about->appeal.state == APPEAL_ACCEPTED)
		parting_end(&(struct ending){
			.tx = call->tx, .by = call->by, .at = event->at, .m = about,
			.state = APPEAL_TRANSFERRED, .cause = "transferred", .event = event,
			.why = h->peer });
	else
		emit(call->tx, event->kind, event);
}

/*
 * What was acknowledged by hand, for a word on the telephone, comes back with a late refusal:
 * otherwise nobody had it.
 */
static void refused(const struct exchange_call *call, const struct exchange_message *m,
		    struct matter *about)
{
	struct event *event = arena_new_of(tx_arena(call->tx), struct event);
	bool is_back = about->appeal.state == APPEAL_TRANSFERRED;
	const struct particular says[] = {
		SAY("reason", m->text), SAY("code", str_of(exchange_reason_names[m->reason])),
	};
	const struct particular back[] = {
		SAY("reason", m->text),
		SAY("from", str_of(appeal_state_names[APPEAL_TRANSFERRED - 1])),
	};

	if (!is_back && !appeal_step_is_legal(&about->appeal, ACTION_TRANSFER_REFUSE))
		return;
	*event = (struct event){ .at = clock_now(), .by = call->by, .appeal = &about->appeal };
	about->appeal.is_transferring = false;
	if (is_back) {
		about->appeal.state = APPEAL_ACCEPTED;
		event->kind = EVENT_APPEAL_REOPENED;
		event_says(tx_arena(call->tx), event, back);
	} else {
		event->kind = EVENT_APPEAL_TRANSFER_REFUSED;
		event_says(tx_arena(call->tx), event, says);
	}
	emit(call->tx, event->kind, event);
}

/* A refusal or an acceptance of what we handed over reaches the appeal, where it still can. */
static void tell_appeal(const struct exchange_call *call, const handover_row *h,
			const struct exchange_message *m)
{
	struct matter *about = arena_new_of(tx_arena(call->tx), struct matter);

	if (!matter_read(call->tx, h->appeal_id, about))
		return;
	publish(call, h, m, false, &about->appeal);
	if (kind_of(m) == EXCHANGE_ACCEPT)
		accepted(call, h, m, about);
	else if (kind_of(m) == EXCHANGE_REFUSE)
		refused(call, m, about);
}

void exchange_pass_over(const struct exchange_call *call, const struct exchange_message *m,
			struct exchange_taken *taken)
{
	if (taken->how != REFUSED_STEP || !taken->handover.id)
		return;
	taken->handover.received_seq = (uint32_t)m->sequence;
	handover_save(call->tx, &taken->handover);
}

void exchange_take(const struct exchange_call *call, struct str code,
		   const struct exchange_message *m, struct exchange_taken *ret)
{
	struct tx *tx = call->tx;
	bool is_offered_by_us = str_eq(m->offered_by, exchange_own_code());
	peer_row peer;

	*ret = (struct exchange_taken){ .how = TAKEN };
	if (!peer_read(tx, code, &peer) || !str_eq(m->sender, code) ||
	    (!is_offered_by_us && !str_eq(m->offered_by, code))) {
		refuse(ret, REFUSED_UNKNOWN, STR("sender and offered_by must be the codes of the "
						 "two sides, and sender the other one."));
		return;
	}
	bool is_known = sql_exchange_by_number(tx, (struct sql_exchange_by_number){
		.peer = code, .is_ours = is_offered_by_us, .number = m->number },
		&ret->handover);
	if (!is_known)
		ret->handover = (handover_row){ .is_ours = is_offered_by_us };
	if (!is_known && is_offered_by_us) {
		refuse(ret, REFUSED_UNKNOWN, arena_printf(tx_arena(tx),
			"%.*s was never offered.", STR_ARG(m->number)));
		return;
	}
	if (!is_next(tx, m, is_known, ret))
		return;
	handover_row *h = &ret->handover;

	if (!is_known)
		add_handover(tx, &peer, m, h);
	move(h, m, false);
	keep(call, h, false, m, 0);
	handover_save(tx, h);
	if (kind_of(m) == EXCHANGE_OFFER)
		exchange_consider(call, &peer, h, m);
	else if (h->appeal_id)
		tell_appeal(call, h, m);
}
