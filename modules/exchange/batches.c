/*
 * Batches for networks that may not touch. Ours are numbered without a gap, signed when they are
 * closed and kept as they were signed until the other side has acknowledged them for long enough,
 * so that a file that was lost is written again byte for byte. Theirs are taken in in their order:
 * one behind a gap is refused and its predecessors are asked for, one that was taken in already
 * changes nothing, and whatever is wrong with a file leaves nothing of it behind.
 */
#include "exchange/exchange.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "must.h"

static struct str place_of(struct arena *a, struct str peer, uint64_t number)
{
	return arena_printf(a, "exchange_batch.file:%.*s:%" PRIu64, STR_ARG(peer), number);
}

/* ---- ours ---- */

struct pending {
	struct str texts[LIMIT_EXCHANGE_MESSAGES];
	uint32_t n;
	uint64_t until;		/* position of the last */
};

static void read_pending(struct tx *tx, const peer_row *peer, struct pending *p)
{
	struct arena *a = tx_arena(tx);
	struct sql_exchange_messages_row row = { 0 };
	size_t bytes = 0;

	struct rows *rows = sql_exchange_messages(tx, (struct sql_exchange_messages){
		.peer = peer->code, .after = peer->batched_position,
		.n = LIMIT_EXCHANGE_MESSAGES });
	p->until = peer->batched_position;
	while (sql_exchange_messages_next(rows, &row)) {
		struct str text;

		if (str_is_empty(row.body)) {
			p->until = row.position;	/* erased before it left */
			continue;
		}
		if (!exchange_body_open(a, row.handover_id, row.seq, row.body, &text)) {
			tx_fail(tx, TX_BROKEN);
			return;
		}
		bytes += text.n + 1;
		if (bytes > LIMIT_EXCHANGE_BYTES)
			continue;	/* and so is all behind it: the next batch has it */
		p->texts[p->n++] = text;
		p->until = row.position;
	}
}

/* Asked for again: what is between the last that was taken in and the highest seen. */
static struct str_list missing_of(struct arena *a, const peer_row *peer)
{
	struct str *list = arena_array_of(a, struct str, EXCHANGE_MISSING_MAX);
	size_t n = 0;

	for (uint64_t i = peer->received_batch + 1;
	     i < peer->seen_batch && n < EXCHANGE_MISSING_MAX; i++)
		list[n++] = arena_printf(a, "%" PRIu64, i);
	return (struct str_list){ list, n };
}

uint64_t exchange_batch_close(struct tx *tx, struct str code)
{
	struct arena *a = tx_arena(tx);
	struct pending *p = arena_new_of(a, struct pending);
	struct note_key key = exchange_own_key();
	uint8_t signature[SIGN_BYTES];
	peer_row peer;

	if (!peer_read(tx, code, &peer))
		return 0;
	read_pending(tx, &peer, p);
	if ((p->n == 0 && !peer.owes_ack) || !tx_ok(tx))
		return 0;
	struct exchange_batch batch = {
		.sender = exchange_own_code(), .receiver = code,
		.number = (int64_t)peer.sent_batch + 1, .previous = peer.sent_digest,
		.received = (int64_t)peer.received_batch, .missing = missing_of(a, &peer),
		.made_at = clock_now(),
	};
	struct str note = exchange_batch_note(a, &batch, p->texts, p->n);

	crypto_signature("exchange", note, signature);
	struct str file = exchange_batch_text(a, note, &key, signature, p->texts, p->n);

	peer.sent_batch++;
	peer.batched_position = p->until;
	peer.sent_digest = batch.digest;
	peer.owes_ack = false;
	peer_save(tx, &peer);
	sql_exchange_batch_add(tx, (struct sql_exchange_batch_add){
		.peer = code, .is_ours = true, .number = peer.sent_batch,
		.digest = batch.digest, .messages = p->n, .made_at = batch.made_at,
		.is_kept = true, .file = crypto_seal(a, place_of(a, code, peer.sent_batch), file),
	});
	return tx_ok(tx) ? peer.sent_batch : 0;
}

bool exchange_batch_file(struct tx *tx, struct str peer, uint64_t number, struct str *ret_file)
{
	struct sql_exchange_batch_one_row row = { 0 };

	if (!sql_exchange_batch_one(tx, (struct sql_exchange_batch_one){
			.peer = peer, .is_ours = true, .number = number }, &row) || !row.file.p)
		return false;
	if (crypto_open(tx_arena(tx), place_of(tx_arena(tx), peer, number), row.file, ret_file))
		return true;
	tx_fail(tx, TX_BROKEN);
	return false;
}

/* ---- theirs ---- */

static void fault_at(struct exchange_imported *ret, size_t line, struct str why)
{
	ret->how = IMPORT_REFUSED;
	ret->fault = (struct exchange_fault){ line, why };
}

/* What the head says of our own batches holds whatever becomes of the rest. */
static void take_acknowledgement(struct tx *tx, peer_row *peer, const struct exchange_batch *b)
{
	uint64_t until = (uint64_t)b->received;

	if (until <= peer->acked_batch || until > peer->sent_batch)
		return;
	sql_exchange_acknowledge(tx, (struct sql_exchange_acknowledge){
		.peer = peer->code, .above = peer->acked_batch, .until = until,
		.at = clock_now() });
	peer->acked_batch = until;
}

/* A number that was taken in already. */
static void import_again(struct tx *tx, const peer_row *peer, const struct exchange_batch *b,
			 struct exchange_imported *ret)
{
	struct sql_exchange_batch_one_row row = { 0 };

	if (sql_exchange_batch_one(tx, (struct sql_exchange_batch_one){
			.peer = peer->code, .number = (uint64_t)b->number }, &row) &&
	    str_eq(row.digest, b->digest)) {
		ret->how = IMPORT_KNOWN;
		return;
	}
	fault_at(ret, 2, STR("Another batch was taken in under this number: they signed two."));
	ret->how = IMPORT_OTHER;
}

static bool import_messages(const struct exchange_call *call, struct str peer,
			    const struct exchange_batch *b, struct exchange_imported *ret)
{
	enum { FIRST_MESSAGE_LINE = 6 };

	for (size_t i = 0; i < b->lines.n; i++) {
		struct exchange_taken *taken = arena_new_of(tx_arena(call->tx),
							    struct exchange_taken);

		exchange_take(call, peer, &b->messages[i], taken);
		if (!tx_ok(call->tx))
			return false;
		if (taken->how != TAKEN && taken->how != TAKEN_BEFORE) {
			fault_at(ret, FIRST_MESSAGE_LINE + i, taken->why);
			return false;
		}
	}
	return true;
}

static void import_next(const struct exchange_call *call, peer_row *peer,
			const struct exchange_batch *b, struct exchange_imported *ret)
{
	struct tx *tx = call->tx;
	struct str code = peer->code;

	if (!str_eq(b->previous, peer->received_digest)) {
		fault_at(ret, 2, STR("#/previous: is not the digest of the batch before."));
		return;
	}
	if (!import_messages(call, code, b, ret))
		return;
	/* Answers that were sent meanwhile have changed the row. */
	if (!peer_read(tx, code, peer)) {
		tx_fail(tx, TX_BROKEN);
		return;
	}
	peer->received_batch = (uint64_t)b->number;
	peer->received_digest = b->digest;
	if (b->lines.n)
		peer->owes_ack = true;
	sql_exchange_batch_add(tx, (struct sql_exchange_batch_add){
		.peer = code, .number = peer->received_batch, .digest = b->digest,
		.messages = (uint32_t)b->lines.n, .made_at = b->made_at,
		.acknowledged_at = clock_now(),
	});
	ret->how = IMPORT_TAKEN;
	ret->messages = b->lines.n;
}

static bool read_batch(struct tx *tx, const peer_row *peer, struct str file,
		       struct exchange_batch *b, struct exchange_imported *ret)
{
	struct note_key key;

	ret->how = IMPORT_REFUSED;
	if (!note_key_parse(tx_arena(tx), peer->public_key, &key)) {
		fault_at(ret, 4, STR("No public key of this service is registered."));
		return false;
	}
	if (!exchange_batch_read(tx_arena(tx), file, &key, b, &ret->fault))
		return false;
	ret->number = b->number;
	if (str_eq(b->sender, peer->code) && str_eq(b->receiver, exchange_own_code()))
		return true;
	fault_at(ret, 2, STR("The batch is not from this service to us."));
	return false;
}

void exchange_batch_import(const struct exchange_call *outer, struct str code, struct str file,
			   struct exchange_imported *ret)
{
	struct tx *tx = outer->tx;
	struct exchange_batch b;
	peer_row peer;

	*ret = (struct exchange_imported){ .how = IMPORT_REFUSED };
	if (!peer_read(tx, code, &peer)) {
		fault_at(ret, 2, STR("There is no such service."));
		return;
	}
	if (!read_batch(tx, &peer, file, &b, ret))
		return;
	const struct exchange_call call = { .tx = tx, .by = outer->by,
					    .batch = (uint64_t)b.number };
	uint64_t number = (uint64_t)b.number;

	if (number <= peer.received_batch) {
		import_again(tx, &peer, &b, ret);
	} else if (number > peer.received_batch + 1) {
		ret->how = IMPORT_GAP;
		ret->missing_from = peer.received_batch + 1;
		ret->missing_to = number - 1;
		peer.owes_ack = peer.owes_ack || number > peer.seen_batch;
	} else {
		import_next(&call, &peer, &b, ret);
	}
	if (ret->how == IMPORT_REFUSED || ret->how == IMPORT_OTHER || !tx_ok(tx))
		return;
	take_acknowledgement(tx, &peer, &b);
	if (number > peer.seen_batch)
		peer.seen_batch = number;
	peer_save(tx, &peer);
}
