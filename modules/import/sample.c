/*
 * The sample appeals of a demo: histories relative to the moment of the first start, by the
 * catalogue and with callers, so that every list has something to show.
 */
#include <string.h>

#include "clock.h"
#include "import/import.h"
#include "log.h"

/* Millionths of a unit as microseconds, cut to whole seconds. */
static int64_t span_of(int64_t millionths, int64_t unit)
{
	int64_t span = millionths * (unit / 1000000);

	return span - span % CLOCK_SECOND;
}

static void set_times(struct history *h, int64_t now)
{
	struct told *events = h->events.v;

	h->received_at = now - now % CLOCK_SECOND - span_of(h->days_ago, CLOCK_DAY);
	for (size_t i = 0; i < h->events.n; i++)
		events[i].at = h->received_at + span_of(events[i].after_hours, CLOCK_HOUR);
}

static void complain(const struct field_errors *errors, size_t line)
{
	for (const struct field_error *e = errors->first; e; e = e->next)
		log_error("import", "shipped_file_bad", "line=%zu at=%.*s text=%s", line,
			  STR_ARG(e->pointer), log_quote(e->detail));
}

static void add_line(struct tx *tx, struct str text, size_t line, int64_t now)
{
	struct field_errors errors = { .arena = tx_arena(tx) };
	struct history *h = arena_new_of(tx_arena(tx), struct history);

	if (form_parse(text, sample_fields, h, &errors)) {
		set_times(h, now);
		if (history_check(h, now, &errors)) {
			history_replay(tx, h, NULL, now);
			return;
		}
	}
	complain(&errors, line);
	tx_fail(tx, TX_BROKEN);
}

void sample_seed(struct tx *tx, const struct seed *seed)
{
	const struct asset *asset = asset_find(STR("sample/appeals.jsonl"));
	struct str left = asset && seed->with_samples ? asset->bytes : STR("");
	int64_t now = clock_now();

	for (size_t line = 1; left.n && tx_ok(tx); line++) {
		const char *end = memchr(left.p, '\n', left.n);
		size_t n = end ? (size_t)(end - left.p) : left.n;

		add_line(tx, (struct str){ left.p, n }, line, now);
		left.p += end ? n + 1 : n;
		left.n -= end ? n + 1 : n;
	}
}
