/*
 * The outbox as the parts of the service see it: posting, endpoints, secrets, replay. All of
 * it is rows in the caller's transaction; the engine is woken when that has committed.
 */
#include "outbox.h"

#include <stdio.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "must.h"
#include "out/dialect.h"
#include "out/egress.h"
#include "out/receiver.h"
#include "out/secret.h"
#include "out/signature.h"
#include "out/wake.h"
#include "outbox_sql.h"
#include "setting.h"
#include "store/store.h"

const char *const outbox_state_names[] = { "pending", "failed", "dead", "delivered", NULL };
const char *const outbox_cause_names[] = { "scheduled", "manual", "test", "recover", NULL };
const char *const outbox_error_names[] = {
	"none", "dns", "refused_address", "connect", "tls", "timeout", "http", "reset",
	"body_too_large", "answer", NULL,
};
const char *const outbox_disabled_names[] = { "none", "gone", "failing", "refused", "paused",
	NULL };

/* The id travels in the pointer: there is nothing to free when the transaction is undone. */
static void wake_later(void *arg)
{
	wake((uint64_t)(uintptr_t)arg);
}

static void wake_after_commit(struct tx *tx, uint64_t endpoint_id)
{
	_Static_assert(sizeof(void *) >= sizeof(uint64_t), "an id fits a pointer");
	tx_after_commit(tx, wake_later, (void *)(uintptr_t)endpoint_id);
}

/* As text, for the column holds text. */
static struct str seal_body(struct arena *a, uint64_t id, struct str body)
{
	return encode_base64(a, crypto_seal(a, body_place(a, id), body));
}

uint64_t outbox_post(struct tx *tx, const struct outbox_message *message)
{
	uint64_t id = tx_sequence(tx, "outbox_delivery");
	int64_t now = clock_real();

	must(message->seq > 0 && message->message_id.n > 0 && message->message_id.n <= 64);
	if (!tx_ok(tx))
		return 0;
	sql_outbox_insert(tx, (struct sql_outbox_insert){
		.endpoint_id = message->endpoint_id,
		.id = id,
		.topic = message->topic,
		.seq = message->seq,
		.due_at = message->not_before ? message->not_before : now,
		.created_at = now,
		.cause = message->is_test ? OUTBOX_TEST : OUTBOX_SCHEDULED,
		.is_watched = message->is_watched,
		.message_id = message->message_id,
		.type = message->type,
		.content_type = message->content_type,
		.body = message->is_sealed ? seal_body(tx_arena(tx), id, message->body) :
					     message->body,
		.is_sealed = message->is_sealed,
	});
	if (message->is_sealed)
		sql_outbox_sealed_insert(tx, (struct sql_outbox_sealed_insert){
			.created_at = now, .endpoint_id = message->endpoint_id,
			.delivery_id = id,
		});
	if (message->not_before)
		sql_outbox_held_insert(tx, (struct sql_outbox_held_insert){
			.held_for = message->held_for, .not_before = message->not_before,
			.endpoint_id = message->endpoint_id, .delivery_id = id,
		});
	wake_after_commit(tx, message->endpoint_id);
	return id;
}

bool outbox_take_back(struct tx *tx, uint64_t held_for, int64_t not_before)
{
	struct sql_outbox_held_count_row row = { 0 };

	if (!sql_outbox_held_count(tx, (struct sql_outbox_held_count){
			.held_for = held_for, .not_before = not_before }, &row))
		return false;
	return sql_outbox_held_delete(tx, (struct sql_outbox_held_delete){
			.held_for = held_for, .not_before = not_before }) == row.n;
}

uint64_t outbox_held_forget(struct tx *tx, int64_t before, uint32_t n)
{
	return sql_outbox_held_forget(tx, (struct sql_outbox_held_forget){
		.before = before, .n = n });
}

/* ---- forgetting ---- */

static void forget(struct tx *tx, uint64_t endpoint_id, uint64_t topic)
{
	sql_outbox_forget(tx, (struct sql_outbox_forget){
		.endpoint_id = endpoint_id, .topic = topic, .now = clock_real() });
}

void outbox_forget(struct tx *tx, uint64_t endpoint_id, uint64_t topic)
{
	struct sql_outbox_endpoints_of_topic_row row = { 0 };

	if (endpoint_id != OUTBOX_EVERYWHERE) {
		forget(tx, endpoint_id, topic);
		return;
	}
	struct rows *rows = sql_outbox_endpoints_of_topic(tx,
		(struct sql_outbox_endpoints_of_topic){ topic });
	while (sql_outbox_endpoints_of_topic_next(rows, &row))
		forget(tx, row.endpoint_id, topic);
}

uint32_t outbox_forget_sealed(struct tx *tx, int64_t before, uint32_t n)
{
	struct sql_outbox_sealed_over_row row = { 0 };
	struct rows *rows = sql_outbox_sealed_over(tx, (struct sql_outbox_sealed_over){
		.before = before, .n = n });
	uint32_t done = 0;

	for (; sql_outbox_sealed_over_next(rows, &row); done++) {
		sql_outbox_forget_one(tx, (struct sql_outbox_forget_one){
			.endpoint_id = row.endpoint_id, .id = row.delivery_id,
			.now = clock_real() });
		sql_outbox_sealed_delete(tx, (struct sql_outbox_sealed_delete){
			.created_at = row.created_at, .delivery_id = row.delivery_id });
	}
	return done;
}

uint32_t outbox_standing(enum outbox_state state)
{
	if (state == OUTBOX_DELIVERED)
		return STANDING_DELIVERED;
	return state == OUTBOX_DEAD ? STANDING_DEAD : STANDING_OPEN;
}

void outbox_header_set(struct tx *tx, const char *name, struct str value)
{
	must(value.n <= OUTBOX_HEADER_MAX);
	for (size_t i = 0; i < value.n; i++)
		must(value.p[i] >= ' ' && value.p[i] <= '~');
	sql_outbox_header_put(tx, (struct sql_outbox_header_put){
		.name = str_of(name), .value = value });
}

uint32_t outbox_last_seq(struct tx *tx, uint64_t endpoint_id, uint64_t topic)
{
	struct sql_outbox_last_seq_row row = { 0 };

	if (!sql_outbox_last_seq(tx, (struct sql_outbox_last_seq){ endpoint_id, topic }, &row))
		return 0;
	return row.seq;
}

/* ---- endpoints ---- */

const char *outbox_url_refusal(struct str url)
{
	struct egress_rules rules;
	struct str bad;

	must(egress_rules_parse(setting_str("webhook_allow_cidr"),
				setting_bool("webhook_allow_http"), &rules, &bad));
	return egress_url_refusal(&rules, url);
}

static struct str add_secret(struct tx *tx, uint64_t endpoint_id, uint32_t number)
{
	struct arena *a = tx_arena(tx);
	uint8_t bytes[SIGNATURE_SECRET_BYTES];

	crypto_random(bytes, sizeof(bytes));
	struct str sealed = crypto_seal(a, secret_place(a, endpoint_id, number),
					(struct str){ (const char *)bytes, sizeof(bytes) });
	sql_outbox_secret_insert(tx, (struct sql_outbox_secret_insert){
		.endpoint_id = endpoint_id,
		.number = number,
		.sealed = sealed,
		.created_at = clock_real(),
	});
	return signature_secret_text(a, bytes);
}

static void add_own_secret(struct tx *tx, uint64_t endpoint_id, struct str secret)
{
	struct arena *a = tx_arena(tx);

	sql_outbox_secret_insert(tx, (struct sql_outbox_secret_insert){
		.endpoint_id = endpoint_id,
		.number = 1,
		.sealed = crypto_seal(a, secret_place(a, endpoint_id, 1), secret),
		.created_at = clock_real(),
	});
}

struct str outbox_endpoint_add(struct tx *tx, uint64_t id, const struct outbox_endpoint *endpoint)
{
	const struct dialect *dialect = dialect_of(endpoint->dialect);
	struct arena *a = tx_arena(tx);
	struct str url = endpoint->url;

	must(!outbox_url_refusal(url) && endpoint->secret.n <= OUTBOX_SECRET_MAX);
	must(dialect->takes_secret || !endpoint->secret.p);
	sql_outbox_endpoint_insert(tx, (struct sql_outbox_endpoint_insert){
		.id = id,
		.url = dialect->is_address_secret ? dialect_shown_url(a, url) : url,
		.dialect = endpoint->dialect,
		.address_sealed = dialect->is_address_secret ?
			crypto_seal(a, address_place(a, id), url) : STR_NONE,
	});
	wake_after_commit(tx, 0);
	if (endpoint->dialect == OUTBOX_SIGNED)
		return add_secret(tx, id, 1);
	if (endpoint->secret.p)
		add_own_secret(tx, id, endpoint->secret);
	return STR_NONE;
}

struct str outbox_endpoint_rotate(struct tx *tx, uint64_t id)
{
	struct sql_outbox_secrets_row row = { 0 };
	struct sql_outbox_secret_last_row last = { 0 };
	int64_t now = clock_real();
	uint32_t live = 0;

	/* The row is taken first: two rotations at once cannot both count two live secrets. */
	sql_outbox_endpoint_touch(tx, (struct sql_outbox_endpoint_touch){ id });
	struct rows *rows = sql_outbox_secrets(tx, (struct sql_outbox_secrets){ id, now });
	while (sql_outbox_secrets_next(rows, &row))
		live++;
	if (live >= LIMIT_SECRETS_LIVE ||
	    !sql_outbox_secret_last(tx, (struct sql_outbox_secret_last){ id }, &last))
		return STR_NONE;
	sql_outbox_secret_retire(tx, (struct sql_outbox_secret_retire){
		.endpoint_id = id,
		.expires_at = now + setting_int("webhook_rotation_seconds") * CLOCK_SECOND,
	});
	wake_after_commit(tx, 0);
	return add_secret(tx, id, last.number + 1);
}

void outbox_endpoint_enable(struct tx *tx, uint64_t id)
{
	sql_outbox_endpoint_enable(tx, (struct sql_outbox_endpoint_enable){ id });
	wake_after_commit(tx, 0);
}

void outbox_endpoint_pause(struct tx *tx, uint64_t id)
{
	sql_outbox_endpoint_pause(tx, (struct sql_outbox_endpoint_pause){ id, OUTBOX_PAUSED });
	wake_after_commit(tx, 0);
}

void outbox_endpoint_remove(struct tx *tx, uint64_t id)
{
	sql_outbox_endpoint_remove(tx, (struct sql_outbox_endpoint_remove){ id });
	wake_after_commit(tx, 0);
}

/* ---- replay and watch ---- */

bool outbox_replay(struct tx *tx, uint64_t endpoint_id, uint64_t delivery_id)
{
	uint64_t n = sql_outbox_replay(tx, (struct sql_outbox_replay){
		.endpoint_id = endpoint_id,
		.id = delivery_id,
		.now = clock_real(),
		.cause = OUTBOX_MANUAL,
	});

	wake_after_commit(tx, endpoint_id);
	return n > 0;
}

uint64_t outbox_replay_range(struct tx *tx, uint64_t endpoint_id, int64_t since, int64_t until)
{
	uint64_t n = sql_outbox_replay_range(tx, (struct sql_outbox_replay_range){
		.endpoint_id = endpoint_id,
		.since = since,
		.until = until,
		.now = clock_real(),
		.cause = OUTBOX_RECOVERED,
		.n = OUTBOX_REPLAY_MAX,
	});

	wake_after_commit(tx, endpoint_id);
	return n;
}

size_t outbox_silent(struct tx *tx, const struct outbox_silence **ret_list)
{
	int64_t before = clock_real() - setting_int("webhook_silent_after") * CLOCK_SECOND;
	struct rows *rows = sql_outbox_silent(tx, (struct sql_outbox_silent){ before });
	struct sql_outbox_silent_row row = { 0 };
	struct outbox_silence *list = NULL;
	size_t n = 0, room = 0;

	while (sql_outbox_silent_next(rows, &row)) {
		if (n == room) {
			struct outbox_silence *more;

			room = room ? 2 * room : 16;
			more = arena_array_of(tx_arena(tx), struct outbox_silence, room);
			if (n)
				memcpy(more, list, n * sizeof(*more));
			list = more;
		}
		list[n++] = (struct outbox_silence){ row.endpoint_id, row.since };
	}
	*ret_list = list;
	return n;
}
