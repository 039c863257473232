/*
 * The delivery log: what was posted to an endpoint, every attempt, and sending again.
 */
#include "webhooks/webhooks.h"

#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "must.h"

/* Of each answer in a list, in characters; one delivery shows all that was kept. */
enum { ANSWER_LISTED = 1000 };

/* Of the deliveries' states, in which an endpoint's breaker matters. */
static bool is_waiting(uint32_t state)
{
	return state == OUTBOX_PENDING || state == OUTBOX_FAILED;
}

static struct reply refuse_disabled(struct req *r)
{
	static const char *const enable[] = { "enable", NULL };

	return reply_conflict(r, "endpoint_disabled", enable,
			      "The endpoint is disabled; enable it first.");
}

static struct reply refuse_forgotten(struct req *r)
{
	static const char *const nothing[] = { NULL };

	return reply_conflict(r, "forgotten", nothing,
			      "What this message said is kept no longer, so it cannot be sent again.");
}

/* The three statements about deliveries give rows of one shape. */
struct delivery_row {
	uint64_t id, topic;
	uint32_t seq, state;
	int64_t due_at, created_at, done_at, forgotten_at;
	struct str message_id, type;
};

struct delivery_rows {
	struct delivery_row *v;
	uint32_t n;
};

static void write_attempt(struct json *j, const struct sql_webhooks_attempts_row *row)
{
	json_object(j, NULL);
	json_time(j, "at", row->at);
	json_i64(j, "duration_ms", row->duration / 1000);
	if (row->status)
		json_u64(j, "status", row->status);
	else
		json_null(j, "status");
	json_text(j, "error", row->error ? outbox_error_names[row->error] : NULL);
	json_text(j, "trigger", outbox_cause_names[row->cause - 1]);
	json_str(j, "address", row->address);
	json_str(j, "answer", row->answer);
	json_close(j);
}

struct attempt_list {
	struct sql_webhooks_attempts_row *v;
	size_t n;
};

static struct str ids_of(struct arena *a, const struct delivery_rows *deliveries)
{
	struct buf out;
	struct json j;

	buf_init(&out, KIB(16));
	json_init(&j, &out);
	json_array(&j, NULL);
	for (uint32_t i = 0; i < deliveries->n; i++)
		json_u64(&j, NULL, deliveries->v[i].id);
	json_close(&j);
	must(!out.overflow);
	struct str ids = arena_str(a, buf_str(&out));
	buf_free(&out);
	return ids;
}

/* Attempts of all deliveries of a page, by one statement. */
static struct attempt_list read_attempts(struct tx *tx, const struct delivery_rows *deliveries,
					 uint32_t chars)
{
	struct arena *a = tx_arena(tx);
	struct sql_webhooks_attempts_row row = { 0 };
	struct attempt_list list = { 0 };
	size_t room = 0;

	struct rows *rows = sql_webhooks_attempts(tx, (struct sql_webhooks_attempts){
		.ids = ids_of(a, deliveries), .chars = chars });
	while (sql_webhooks_attempts_next(rows, &row)) {
		if (list.n == room) {
			struct sql_webhooks_attempts_row *more;

			room = room ? 2 * room : 64;
			more = arena_array_of(a, struct sql_webhooks_attempts_row, room);
			if (list.n)
				memcpy(more, list.v, list.n * sizeof(*more));
			list.v = more;
		}
		list.v[list.n++] = row;
	}
	return list;
}

static void write_delivery(struct json *j, struct arena *a, const struct delivery_row *d,
			   const struct attempt_list *attempts, bool is_held)
{
	json_object(j, NULL);
	write_id(j, "id", a, d->id);
	json_str(j, "message_id", d->message_id);
	json_str(j, "type", d->type);
	json_str(j, "appeal", d->topic ? appeal_reference(a, d->topic) : STR_NONE);
	json_u64(j, "seq", d->seq);
	json_text(j, "state", outbox_state_names[d->state - 1]);
	json_bool(j, "held", is_held && is_waiting(d->state));
	json_time(j, "created_at", d->created_at);
	json_time(j, "next_attempt_at", is_waiting(d->state) ? d->due_at : 0);
	json_time(j, "done_at", d->done_at);
	json_time(j, "forgotten_at", d->forgotten_at);
	json_array(j, "attempts");
	for (size_t i = 0; i < attempts->n; i++)
		if (attempts->v[i].delivery_id == d->id)
			write_attempt(j, &attempts->v[i]);
	json_close(j);
	json_close(j);
}

#define DELIVERY_OF(row) ((struct delivery_row){ \
	.id = (row).id, .topic = (row).topic, .seq = (row).seq, .state = (row).state, \
	.due_at = (row).due_at, .created_at = (row).created_at, .done_at = (row).done_at, \
	.forgotten_at = (row).forgotten_at, \
	.message_id = (row).message_id, .type = (row).type })

static struct delivery_rows read_deliveries(struct tx *tx, uint64_t endpoint_id, uint64_t before,
					    uint32_t n)
{
	struct sql_webhooks_deliveries_row row = { 0 };
	struct delivery_rows list = {
		.v = arena_array_of(tx_arena(tx), struct delivery_row, n),
	};

	struct rows *rows = sql_webhooks_deliveries(tx, (struct sql_webhooks_deliveries){
		.endpoint_id = endpoint_id, .before = before, .n = n });
	while (sql_webhooks_deliveries_next(rows, &row))
		list.v[list.n++] = DELIVERY_OF(row);
	return list;
}

static struct delivery_rows read_deliveries_in(struct tx *tx, uint64_t endpoint_id,
					       enum outbox_state state, uint64_t before,
					       uint32_t n)
{
	struct sql_webhooks_deliveries_in_row row = { 0 };
	struct delivery_rows list = {
		.v = arena_array_of(tx_arena(tx), struct delivery_row, n),
	};

	struct rows *rows = sql_webhooks_deliveries_in(tx, (struct sql_webhooks_deliveries_in){
		.endpoint_id = endpoint_id, .standing = outbox_standing(state),
		.state = state, .before = before, .n = n });
	while (sql_webhooks_deliveries_in_next(rows, &row))
		list.v[list.n++] = DELIVERY_OF(row);
	return list;
}

struct reply delivery_list(struct req *r)
{
	struct sql_webhooks_one_row endpoint = { 0 };
	struct tx *tx = req_tx(r);
	struct delivery_rows list;
	struct page page;
	int state;

	if (!req_endpoint(r, &endpoint))
		return reply_missing(r);
	bool is_fine = req_page(r, &page);
	if (!req_query_choice(r, "state", outbox_state_names, &state) || !is_fine)
		return reply_invalid(r);

	uint64_t before = page.is_continued ? page.key1 : INT64_MAX;

	if (state < 0)
		list = read_deliveries(tx, endpoint.id, before, page.limit + 1);
	else
		list = read_deliveries_in(tx, endpoint.id, (enum outbox_state)(state + 1),
					  before, page.limit + 1);
	bool has_more = list.n > page.limit;
	if (has_more)
		list.n--;
	struct attempt_list attempts = read_attempts(tx, &list, ANSWER_LISTED);

	page_open(r);
	for (uint32_t i = 0; i < list.n; i++)
		write_delivery(req_json(r), req_arena(r), &list.v[i], &attempts,
			       endpoint.held_until > clock_real());
	page_close(r, has_more, list.n ? list.v[list.n - 1].id : 0, 0);
	return reply_ok(r);
}

/* Answers with one delivery as it now is. */
static struct reply reply_delivery(struct req *r, const struct sql_webhooks_one_row *endpoint,
				   uint64_t id)
{
	struct sql_webhooks_delivery_row row = { 0 };

	if (!sql_webhooks_delivery(req_tx(r), (struct sql_webhooks_delivery){
			.endpoint_id = endpoint->id, .id = id }, &row))
		return reply_missing(r);
	struct delivery_row delivery = DELIVERY_OF(row);
	struct attempt_list attempts = read_attempts(req_tx(r),
		&(struct delivery_rows){ &delivery, 1 }, LIMIT_ANSWER_KEPT);

	write_delivery(req_json(r), req_arena(r), &delivery, &attempts,
		       endpoint->held_until > clock_real());
	return reply_ok(r);
}

struct reply delivery_show(struct req *r)
{
	struct sql_webhooks_one_row endpoint = { 0 };
	uint64_t id;

	if (!req_endpoint(r, &endpoint) || !str_to_u64(req_path(r, "delivery"), &id))
		return reply_missing(r);
	return reply_delivery(r, &endpoint, id);
}

struct reply delivery_replay(struct req *r)
{
	struct sql_webhooks_delivery_row row = { 0 };
	struct sql_webhooks_one_row endpoint = { 0 };
	uint64_t id;

	if (!req_endpoint(r, &endpoint) || !str_to_u64(req_path(r, "delivery"), &id))
		return reply_missing(r);
	if (!req_nothing(r))
		return reply_invalid(r);
	if (endpoint.disabled_for != OUTBOX_NOT_DISABLED)
		return refuse_disabled(r);
	if (!sql_webhooks_delivery(req_tx(r), (struct sql_webhooks_delivery){
			.endpoint_id = endpoint.id, .id = id }, &row))
		return reply_missing(r);
	if (!outbox_replay(req_tx(r), endpoint.id, id))
		return refuse_forgotten(r);
	return reply_delivery(r, &endpoint, id);
}

struct reply endpoint_test(struct req *r)
{
	struct sql_webhooks_one_row endpoint = { 0 };

	if (!req_endpoint(r, &endpoint))
		return reply_missing(r);
	if (!req_nothing(r))
		return reply_invalid(r);
	if (endpoint.disabled_for != OUTBOX_NOT_DISABLED)
		return refuse_disabled(r);
	return reply_delivery(r, &endpoint, webhook_test(req_tx(r), &endpoint));
}

struct range_form {
	int64_t since, until;
};

static const struct field range_fields[] = {
	{ "since", FIELD_TIME, offsetof(struct range_form, since), .required = true },
	{ "until", FIELD_TIME, offsetof(struct range_form, until), .null_ok = true },
	{ 0 }
};

/* On the slow lane: a range may hold many messages. */
struct reply endpoint_replay(struct req *r)
{
	struct sql_webhooks_one_row endpoint = { 0 };
	struct range_form form;

	if (!req_endpoint(r, &endpoint))
		return reply_missing(r);
	if (!req_form(r, range_fields, &form))
		return reply_invalid(r);
	if (form.until == 0)
		form.until = clock_real();
	if (form.until <= form.since) {
		req_error(r, "#/until", "out_of_range", "must be later than since");
		return reply_invalid(r);
	}
	if (endpoint.disabled_for != OUTBOX_NOT_DISABLED)
		return refuse_disabled(r);
	uint64_t n = outbox_replay_range(req_tx(r), endpoint.id, form.since, form.until);
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "replayed", n);
	json_bool(j, "more", n == OUTBOX_REPLAY_MAX);
	json_close(j);
	return reply_ok(r);
}
