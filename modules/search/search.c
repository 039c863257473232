/*
 * Lists of appeals and their full-text search: requests and answers. Every list is of appeals
 * the reader may know of, newest first, by a cursor on the id; so is what is counted.
 */
#include "rules/mask.h"
#include "search/search.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "bounds.h"
#include "clock.h"
#include "events.h"
#include "finding.h"
#include "matter.h"
#include "rules/calendar.h"
#include "rules/gram.h"
#include "sightings.h"

#include "search_sql.h"

static const char *const no_yes_names[] = { "false", "true", NULL };

/* ---- answering ---- */

/* Exact up to LOOK_COUNT_MAX; a text where there are more, or more may be. */
static void write_count(struct json *j, const struct look *all)
{
	char text[32];
	uint32_t n = all->n < LOOK_COUNT_MAX ? all->n : LOOK_COUNT_MAX;

	if (all->n <= LOOK_COUNT_MAX && !all->is_narrow) {
		json_u64(j, "count", all->n);
		return;
	}
	snprintf(text, sizeof(text), "%" PRIu32 "+", n);
	json_text(j, "count", text);
}

static struct reply write_page(struct req *r, const struct page *page, const struct look *found,
			       const struct look *all)
{
	bool is_full = found->n > page->limit;
	uint32_t shown = is_full ? page->limit : found->n;
	bool is_narrow = !is_full && found->is_narrow;
	struct matter *matters = matter_read_many(req_tx(r), found->ids, shown);
	struct json *j = req_json(r);

	sighting_keep_list(r, SIGHT_LIST, found->ids, shown);
	/* A statement that failed leaves matters empty; its error is the answer. */
	if (!tx_ok(req_tx(r)))
		return reply_missing(r);
	page_open(r);
	for (uint32_t i = 0; i < shown; i++)
		matter_write(j, NULL, req_arena(r), &matters[i], req_actor(r));
	page_items_end(r);
	if (all)
		write_count(j, all);
	if (is_narrow)
		json_bool(j, "narrow", true);
	if (found->since)
		json_time(j, "since", found->since);
	if (is_full)
		page_close(r, true, found->ids[shown - 1], 0);
	else
		page_close(r, is_narrow, found->reached, 0);
	return reply_ok(r);
}

/* A first page that is counted is the beginning of what was counted. */
static struct reply list_appeals(struct req *r, const struct look_filter *f)
{
	struct look all = { .n = 0 }, found;
	struct page page;
	int is_counted = -1;
	bool is_read = req_query_choice(r, "count", no_yes_names, &is_counted);

	is_read &= req_page(r, &page);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (is_counted == 1)
		all = look_up(r, f, UINT64_MAX, LOOK_COUNT_MAX + 1);
	if (is_counted == 1 && !page.is_continued)
		found = all;
	else
		found = look_up(r, f, page.is_continued ? page.key1 : UINT64_MAX,
				page.limit + 1);
	return write_page(r, &page, &found, is_counted == 1 ? &all : NULL);
}

/* ---- asking ---- */

enum { MOBILE_DIGITS = 11, REFERENCE_DIGITS_MOST = 13 };

static bool is_blank(struct req *r, struct str q)
{
	return gram_query(req_arena(r), q).word_count == 0;
}

/*
 * As many digits in a row as a mobile number has, which are no reference of ours (12 or 13 behind
 * LD): somebody's number, which has no place in an address.
 */
static bool holds_number(struct str q)
{
	for (size_t i = 0, n; i < q.n; i += n + 1) {
		n = 0;
		while (i + n < q.n && q.p[i + n] >= '0' && q.p[i + n] <= '9')
			n++;
		bool is_reference = n > MOBILE_DIGITS && n <= REFERENCE_DIGITS_MOST && i >= 2 &&
				    strncasecmp(q.p + i - 2, "LD", 2) == 0;

		if (n >= MOBILE_DIGITS && !is_reference)
			return true;
	}
	return false;
}

/* Of the address: what a field table would have checked in a body. */
static void check_q(struct req *r, struct str q)
{
	size_t n = str_code_points(q);

	if (!q.p)
		return;
	if (n > LOOK_Q_CHARS)
		req_error(r, "#/query/q", "too_long", "must be at most %d characters",
			  LOOK_Q_CHARS);
	else if (is_blank(r, q))
		req_error(r, "#/query/q", "blank", "must hold a word, or be left out");
	else if (holds_number(q))
		req_error(r, "#/query/q", "personal", "must hold no number of a person: ask by "
			  "POST /api/v1/appeals/search, whose body stands in no address");
}

/* Absent leaves *ret. False adds a complaint. */
static bool read_day(struct req *r, const char *name, int64_t *ret)
{
	struct str text = req_query(r, name);
	int32_t day;

	if (!text.p)
		return true;
	if (!day_parse(text.p, text.n, &day)) {
		req_error(r, arena_printf(req_arena(r), "#/query/%s", name).p, "bad_time",
			  "must be a day, YYYY-MM-DD, between the years 1990 and 2100");
		return false;
	}
	*ret = day_start(day);
	return true;
}

static void check_span(struct req *r, const char *pointer, const struct look_filter *f)
{
	if (f->received_until && f->received_until < f->received_from)
		req_error(r, pointer, "contradiction",
			  "must not lie before received_from, or be left out");
}

static struct reply search_list(struct req *r)
{
	struct look_filter f = { .q = req_query(r, "q") };
	bool is_read = req_query_choice(r, "state", appeal_state_names, &f.state);

	is_read &= req_query_code(r, "department", &f.department);
	is_read &= req_query_choice(r, "channel", channel_names, &f.channel);
	is_read &= req_query_choice(r, "overdue", no_yes_names, &f.overdue);
	is_read &= req_query_choice(r, "fast_lane", no_yes_names, &f.fast_lane);
	is_read &= req_query_time(r, "due_before", &f.due_before);
	is_read &= req_query_code(r, "category", &f.category);
	is_read &= req_query_code(r, "area", &f.area);
	is_read &= read_day(r, "received_from", &f.received_from);
	is_read &= read_day(r, "received_until", &f.received_until);
	check_q(r, f.q);
	check_span(r, "#/query/received_until", &f);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	return list_appeals(r, &f);
}

#define FILTER(member) .offset = offsetof(struct look_filter, member)
static const struct field search_fields[] = {
	{ "q", FIELD_LINE, FILTER(q), .null_ok = true, .max = LOOK_Q_CHARS },
	{ "phone", FIELD_LINE, FILTER(phone), .null_ok = true, .max = 32 },
	{ "phone_tail", FIELD_LINE, FILTER(phone_tail), .null_ok = true, .max = 8 },
	{ "number", FIELD_LINE, FILTER(number), .null_ok = true, .max = 64 },
	{ "state", FIELD_CHOICE, FILTER(state), .null_ok = true,
	  .choices = appeal_state_names },
	{ "channel", FIELD_CHOICE, FILTER(channel), .null_ok = true,
	  .choices = channel_names },
	{ "department", FIELD_CODE, FILTER(department), .null_ok = true, .max = 16 },
	{ "category", FIELD_CODE, FILTER(category), .null_ok = true },
	{ "area", FIELD_CODE, FILTER(area), .null_ok = true },
	{ "received_from", FIELD_DATE, FILTER(received_from), .null_ok = true },
	{ "received_until", FIELD_DATE, FILTER(received_until), .null_ok = true },
	{ "overdue", FIELD_TRI, FILTER(overdue), .null_ok = true },
	{ "due_before", FIELD_TIME, FILTER(due_before), .null_ok = true },
	{ 0 }
};

static bool is_phone_tail(struct str s)
{
	bool is_fine = s.n == PHONE_TAIL_DIGITS;

	for (size_t i = 0; i < s.n; i++)
		is_fine &= s.p[i] >= '0' && s.p[i] <= '9';
	return is_fine;
}

static void check_search(struct req *r, const struct look_filter *f)
{
	if (f->q.p && is_blank(r, f->q))
		req_error(r, "#/q", "blank", "must hold a word, or be left out");
	if (f->number.p && is_blank(r, f->number))
		req_error(r, "#/number", "blank", "must hold a number, or be left out");
	if (f->phone_tail.p && !is_phone_tail(f->phone_tail))
		req_error(r, "#/phone_tail", "bad_phone", "must be the last %d digits",
			  PHONE_TAIL_DIGITS);
	if (f->phone.p && !phone_normal(req_arena(r), f->phone).n)
		req_error(r, "#/phone", "bad_phone", "must hold digits, or be left out");
	if (f->phone.p && f->phone_tail.p)
		req_error(r, "#/phone_tail", "contradiction",
			  "The whole phone is enough: leave its last digits out.");
	check_span(r, "#/received_until", f);
}

/* Phones and numbers are asked in a body: personal data never stands in a URL. */
static struct reply search_search(struct req *r)
{
	struct look_filter f;
	bool is_read = req_form(r, search_fields, &f);

	if (is_read)
		check_search(r, &f);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	f.overdue = f.overdue == TRI_YES ? 1 : 0;
	return list_appeals(r, &f);
}

/* ---- packing ---- */

static void search_wait(struct tx *tx, const struct event *e)
{
	sql_search_waiting_add(tx, (struct sql_search_waiting_add){ e->appeal->id });
}

/* ---- tables ---- */

static const struct hook hooks[] = {
	{ EVENT_APPEAL_RECEIVED, search_wait },
	{ 0 }
};

static const struct job jobs[] = {
	{ "search.pack", 3 * CLOCK_SECOND, pack_step, .is_leased = true },
	{ 0 }
};

static const struct setting settings[] = {
	{ "search_first_level", SETTING_INT, "512", 8, 512, .unit = "appeals",
	  .help = "So many new appeals are packed together for full-text search." },
	{ 0 }
};

static const struct command commands[] = {
	{ "search", "rebuild", "Packs the texts of all appeals anew.", search_command },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(search_list),
	  .query = "limit cursor count q state department channel category area received_from "
		   "received_until due_before overdue fast_lane" },
	{ ROUTE(search_search), .query = "limit cursor count", .is_read_only = true },
	{ 0 }
};

const struct module search_module = {
	.name = "search",
	.purpose = "Lists appeals and finds them by words, phones and numbers.",
	.routes = routes,
	.jobs = jobs,
	.hooks = hooks,
	.settings = settings,
	.commands = commands,
};
