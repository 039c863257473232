/*
 * Batches for networks that may not touch. Ours are numbered without a gap, signed when they are
 * closed and kept as they were signed until the other side has acknowledged them for long enough,
 * so that a file that was lost is written again byte for byte. Theirs are taken in in their order:
 * one behind a gap is refused and its predecessors are asked for, one that was taken in already
 * changes nothing, and a file that does not verify leaves nothing behind.
 */
#include "exchange/exchange.h"

#include <inttypes.h>
#include <string.h>

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
	struct sql_exchange_messages_row row = { 0 };
	size_t bytes = 0;
	bool is_full = false;

	struct rows *rows = sql_exchange_messages(tx, (struct sql_exchange_messages){
		.peer = peer->code, .after = peer->batched_position,
		.n = LIMIT_EXCHANGE_MESSAGES });
	p->until = peer->batched_position;
	while (sql_exchange_messages_next(rows, &row)) {
		struct str text;

		if (!exchange_leaving(tx, &row, &text))
			return;
		bytes += text.n + 1;
		is_full = is_full || bytes > LIMIT_EXCHANGE_BYTES;
		if (is_full)
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

/* What we could not take of theirs, and have not told them. */
static struct str_list refused_of(struct tx *tx, struct str peer)
{
	struct str *list = arena_array_of(tx_arena(tx), struct str, EXCHANGE_REFUSED_MAX);
	struct sql_exchange_refusals_unnamed_row row = { 0 };
	size_t n = 0;

	struct rows *rows = sql_exchange_refusals_unnamed(tx,
		(struct sql_exchange_refusals_unnamed){ .peer = peer, .n = EXCHANGE_REFUSED_MAX });
	while (sql_exchange_refusals_unnamed_next(rows, &row))
		list[n++] = arena_printf(tx_arena(tx), "%.*s %" PRIu32 " %.*s",
					 STR_ARG(row.number), row.seq, STR_ARG(row.reason));
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
		.refused = refused_of(tx, code), .made_at = clock_now(),
	};
	struct str note = exchange_batch_note(a, &batch, p->texts, p->n);

	crypto_signature("exchange", note, signature);
	struct str file = exchange_batch_text(a, note, &key, signature, p->texts, p->n);

	peer.sent_batch++;
	peer.batched_position = p->until;
	peer.sent_digest = batch.digest;
	peer.owes_ack = batch.refused.n == EXCHANGE_REFUSED_MAX;
	peer_save(tx, &peer);
	if (batch.refused.n)
		sql_exchange_refusals_name(tx, (struct sql_exchange_refusals_name){
			.peer = code, .number = peer.sent_batch, .n = EXCHANGE_REFUSED_MAX });
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

static void note_refusal(const struct exchange_call *call, struct str peer, size_t i,
			 const struct exchange_message *m, const struct exchange_taken *taken)
{
	sql_exchange_refusal_add(call->tx, (struct sql_exchange_refusal_add){
		.peer = peer, .batch = call->batch, .line = (uint32_t)i + 1, .number = m->number,
		.seq = (uint32_t)m->sequence, .reason = str_of(exchange_taking_codes[taken->how]),
		.detail = taken->why, .at = clock_now() });
}

static void import_messages(const struct exchange_call *call, struct str peer,
			    const struct exchange_batch *b, struct exchange_imported *ret)
{
	for (size_t i = 0; i < b->lines.n && tx_ok(call->tx); i++) {
		struct exchange_taken *taken = arena_new_of(tx_arena(call->tx),
							    struct exchange_taken);

		exchange_take(call, peer, &b->messages[i], taken);
		if (taken->how == TAKEN || taken->how == TAKEN_BEFORE)
			continue;
		exchange_pass_over(call, &b->messages[i], taken);
		note_refusal(call, peer, i, &b->messages[i], taken);
		ret->refused++;
	}
}

/* NUMBER SEQUENCE REASON; what is no such line says nothing. */
static bool read_refused(struct str line, struct sql_exchange_refusal_add *ret)
{
	const char *end = line.p + line.n;
	const char *seq = memchr(line.p, ' ', line.n);
	const char *reason = seq ? memchr(seq + 1, ' ', (size_t)(end - seq - 1)) : NULL;
	uint64_t n;

	if (!reason || seq - line.p > 64 || end - reason - 1 > 32 ||
	    !str_to_u64((struct str){ seq + 1, (size_t)(reason - seq - 1) }, &n) || n > INT32_MAX)
		return false;
	ret->number = (struct str){ line.p, (size_t)(seq - line.p) };
	ret->seq = (uint32_t)n;
	ret->reason = (struct str){ reason + 1, (size_t)(end - reason - 1) };
	return true;
}

/* What they could not take of ours: somebody has to see to it. */
static void note_refused(const struct exchange_call *call, struct str peer,
			 const struct exchange_batch *b)
{
	for (size_t i = 0; i < b->refused.n; i++) {
		struct sql_exchange_refusal_add row = {
			.peer = peer, .is_ours = true, .batch = call->batch,
			.line = (uint32_t)i + 1, .detail = STR(""), .at = clock_now() };

		if (read_refused(b->refused.v[i], &row))
			sql_exchange_refusal_add(call->tx, row);
	}
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
	import_messages(call, code, b, ret);
	note_refused(call, code, b);
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
