/*
 * Warnings: a department's inbox must not fall silent unseen, by the real clock, as for all
 * transport; and the alarms of the nightly check of due times, by domain time.
 */
#include "webhooks/webhooks.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "log.h"

#include "deadlines_sql.h"

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

static void write_silence(struct json *j, struct arena *a,
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

static void write_mismatch(struct json *j, struct arena *a,
			   const struct sql_deadlines_alarms_row *row)
{
	json_object(j, NULL);
	json_text(j, "code", "deadline_mismatch");
	json_str(j, "department", row->department);
	json_str(j, "task", task_reference(a, row->task_id));
	json_time(j, "due", row->due);
	json_time(j, "due_by_rows", row->due_by_rows);
	json_time(j, "since", row->since);
	json_time(j, "noticed_at", row->since);
	json_text(j, "detail", "The stored due time of this task is not what follows from its "
			       "dispatch, pauses and extensions; have the database looked into.");
	json_close(j);
}

/* One page of each kind, to be merged: the newest first. */
struct warning_page {
	struct sql_webhooks_warnings_row *silences;
	struct sql_deadlines_alarms_row *mismatches;
	uint32_t silence_count, mismatch_count;
};

static void read_warnings(struct req *r, const struct page *page, struct warning_page *out)
{
	int64_t before_at = page->is_continued ? (int64_t)page->key1 : INT64_MAX;
	uint64_t before_id = page->is_continued ? page->key2 : 0;
	struct sql_webhooks_warnings_row silence = { 0 };
	struct sql_deadlines_alarms_row mismatch = { 0 };
	uint32_t n = page->limit + 1;

	*out = (struct warning_page){
		.silences = arena_array_of(req_arena(r), struct sql_webhooks_warnings_row, n),
		.mismatches = arena_array_of(req_arena(r), struct sql_deadlines_alarms_row, n),
	};
	struct rows *rows = sql_webhooks_warnings(req_tx(r), (struct sql_webhooks_warnings){
		.before_at = before_at, .before_id = before_id, .n = n });
	while (sql_webhooks_warnings_next(rows, &silence))
		out->silences[out->silence_count++] = silence;
	rows = sql_deadlines_alarms(req_tx(r), (struct sql_deadlines_alarms){
		.before_at = before_at, .before_task = before_id, .n = n });
	while (sql_deadlines_alarms_next(rows, &mismatch))
		out->mismatches[out->mismatch_count++] = mismatch;
}

struct reply warnings_list(struct req *r)
{
	uint32_t s = 0, m = 0;
	uint64_t last_at = 0, last_id = 0;
	struct warning_page all;
	struct page page;

	if (!req_page(r, &page))
		return reply_invalid(r);
	read_warnings(r, &page, &all);
	page_open(r);
	while (s + m < page.limit && (s < all.silence_count || m < all.mismatch_count)) {
		bool is_silence = m == all.mismatch_count ||
			(s < all.silence_count &&
			 all.silences[s].noticed_at > all.mismatches[m].since);

		if (is_silence) {
			write_silence(req_json(r), req_arena(r), &all.silences[s]);
			last_at = (uint64_t)all.silences[s].noticed_at;
			last_id = all.silences[s++].endpoint_id;
		} else {
			write_mismatch(req_json(r), req_arena(r), &all.mismatches[m]);
			last_at = (uint64_t)all.mismatches[m].since;
			last_id = all.mismatches[m++].task_id;
		}
	}
	page_close(r, s < all.silence_count || m < all.mismatch_count, last_at, last_id);
	return reply_ok(r);
}
