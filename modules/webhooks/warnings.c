/*
 * Warnings: a department's inbox must not fall silent unseen. The clock is the real one, as for
 * all transport.
 */
#include "webhooks/webhooks.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "log.h"

static bool is_listed(const struct outbox_silence *list, size_t n, uint64_t endpoint_id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].endpoint_id == endpoint_id)
			return true;
	return false;
}

static void warn(struct tx *tx, const struct outbox_silence *silence)
{
	if (sql_webhooks_warning_again(tx, (struct sql_webhooks_warning_again){
			silence->endpoint_id, silence->since }) == 0)
		sql_webhooks_warning_insert(tx, (struct sql_webhooks_warning_insert){
			.endpoint_id = silence->endpoint_id,
			.since = silence->since,
			.noticed_at = clock_real(),
		});
	log_warn("webhooks", "silent", "endpoint=%" PRIu64 " seconds=%" PRId64,
		 silence->endpoint_id, (clock_real() - silence->since) / CLOCK_SECOND);
}

bool warnings_watch(struct tx *tx)
{
	struct sql_webhooks_warnings_open_row row = { 0 };
	const struct outbox_silence *silent;
	size_t n = outbox_silent(tx, &silent), known_n = 0, room = 64;
	struct outbox_silence *known = arena_array_of(tx_arena(tx), struct outbox_silence, room);

	struct rows *rows = sql_webhooks_warnings_open(tx);
	while (sql_webhooks_warnings_open_next(rows, &row)) {
		if (!is_listed(silent, n, row.endpoint_id))
			sql_webhooks_warning_end(tx, (struct sql_webhooks_warning_end){
				row.endpoint_id, clock_real() });
		if (known_n == room) {
			struct outbox_silence *more = arena_array_of(
				tx_arena(tx), struct outbox_silence, 2 * room);
			memcpy(more, known, known_n * sizeof(*known));
			known = more;
			room *= 2;
		}
		known[known_n++] = (struct outbox_silence){ row.endpoint_id, row.since };
	}
	for (size_t i = 0; i < n; i++)
		if (!is_listed(known, known_n, silent[i].endpoint_id))
			warn(tx, &silent[i]);
	return false;
}

static void write_warning(struct json *j, struct arena *a,
			  const struct sql_webhooks_warnings_row *row)
{
	json_object(j, NULL);
	json_text(j, "code", "webhook_silent");
	json_str(j, "department", row->department);
	write_id(j, "webhook", a, row->endpoint_id);
	json_str(j, "url", row->url);
	json_time(j, "since", row->since);
	json_time(j, "noticed_at", row->noticed_at);
	json_text(j, "detail", "A dispatched task has not reached this department's endpoint; "
			       "tell the department, and look at the endpoint's deliveries.");
	json_close(j);
}

struct reply warnings_list(struct req *r)
{
	struct sql_webhooks_warnings_row row = { 0 };
	uint64_t last_at = 0, last_id = 0;
	struct page page;
	uint32_t n = 0;

	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_webhooks_warnings(req_tx(r), (struct sql_webhooks_warnings){
		.before_at = page.is_continued ? (int64_t)page.key1 : INT64_MAX,
		.before_id = page.is_continued ? page.key2 : 0,
		.n = page.limit + 1,
	});
	bool has_more = false;

	page_open(r);
	while (sql_webhooks_warnings_next(rows, &row)) {
		has_more = n == page.limit;
		if (has_more)
			break;
		write_warning(req_json(r), req_arena(r), &row);
		last_at = (uint64_t)row.noticed_at;
		last_id = row.endpoint_id;
		n++;
	}
	page_close(r, has_more, last_at, last_id);
	return reply_ok(r);
}
