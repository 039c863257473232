/*
 * What stands in a weekly list, a monthly analysis and a quarterly summary. A section is a
 * number that opens: its cases in groups, of which the count is the length. Rates are those of
 * the report of the same period, opened by its lists.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "reports/rhythm.h"

const char *const rhythm_kind_names[] = { "week", "month", "quarter", NULL };

enum { SOON_WORKING_DAYS = 5, TREND_MONTHS = 13, RECOMPLAINT_DAYS = 30 };

/* ---- sections ---- */

#define IN(kind) (1u << (kind))
struct section {
	const char *name, *grouped_by;
	uint32_t kinds;
	bool is_by_size;	/* the largest groups first, else in the order of their keys */
};

/* Index + 1 is the section's number in the statement. */
static const struct section sections[] = {
	{ "overdue", "department", IN(RHYTHM_WEEK), false },
	{ "due_soon", "department", IN(RHYTHM_WEEK), false },
	{ "unsigned", "department", IN(RHYTHM_WEEK), false },
	{ "disputes", "department", IN(RHYTHM_WEEK), false },
	{ "yellow_cards", "department", IN(RHYTHM_WEEK), false },
	{ "red_cards", "department", IN(RHYTHM_WEEK), false },
	{ "account_reviews", "department", IN(RHYTHM_WEEK), false },
	{ "promises_kept", "department", IN(RHYTHM_WEEK) | IN(RHYTHM_QUARTER), false },
	{ "promises_broken", "department", IN(RHYTHM_WEEK) | IN(RHYTHM_QUARTER), false },
	{ "categories", "category", IN(RHYTHM_MONTH), true },
	{ "areas", "area", IN(RHYTHM_MONTH), true },
	{ "repeats", "category", IN(RHYTHM_MONTH), false },
	{ "redo_causes", "reason", IN(RHYTHM_MONTH), false },
	{ "exclusions", "ground", IN(RHYTHM_MONTH), false },
	{ "account_begun", "department", IN(RHYTHM_QUARTER), false },
	{ "account_ended", "department", IN(RHYTHM_QUARTER), false },
	{ "account_open", "department", IN(RHYTHM_QUARTER), false },
	{ "rulings", "department", IN(RHYTHM_QUARTER), false },
	{ "supervised_overdue", "department", IN(RHYTHM_WEEK), false },
};

/* A case as the statements give it. */
struct listed {
	uint32_t section;
	struct str grouped, department;
	uint64_t task_id;	/* 0: none */
	int64_t at;
	struct str item;	/* of the supervision ledger; absent where a task is meant */
};
struct group {
	size_t first, n;
};
struct listing {
	struct tx *tx;
	struct listed *rows;
	size_t n, room;
	struct group *groups;	/* room for as many as there are rows */
	int64_t now;
};

static void add_row(struct listing *list, const struct listed *row)
{
	struct arena *a = tx_arena(list->tx);

	if (list->n == list->room) {
		list->room = list->room * 2 + 256;
		struct listed *more = arena_array_of(a, struct listed, list->room);
		if (list->n)
			memcpy(more, list->rows, list->n * sizeof(*more));
		list->rows = more;
	}
	list->rows[list->n] = *row;
	list->rows[list->n].grouped = arena_str(a, row->grouped);
	list->rows[list->n].item = arena_str(a, row->item);
	list->rows[list->n++].department = arena_str(a, row->department);
}

/* Rows of different statements have the same columns. */
#define LISTED(row) .section = (row).section, .grouped = (row).grouped, \
	.department = (row).department, .task_id = (row).task_id, .at = (row).at

static void read_week(struct listing *list, const struct period *period)
{
	struct sql_reports_rhythm_week_row row = { 0 };
	int32_t soon = day_of_instant(list->now);

	if (!calendar_add_working_days(reference_of(list->tx)->calendar, soon,
				       SOON_WORKING_DAYS, &soon))
		soon = CALENDAR_LAST_DAY;
	struct rows *rows = sql_reports_rhythm_week(list->tx, (struct sql_reports_rhythm_week){
		.now_at = list->now, .horizon = day_end(soon), .t0 = period->t0,
		.t1 = period->t1 });
	while (sql_reports_rhythm_week_next(rows, &row))
		add_row(list, &(struct listed){ LISTED(row), .item = row.item });
}

static void read_month(struct listing *list, const struct period *period)
{
	struct sql_reports_rhythm_month_row row = { 0 };
	struct rows *rows = sql_reports_rhythm_month(list->tx, (struct sql_reports_rhythm_month){
		.t0 = period->t0, .t1 = period->t1,
		.first_task = appeal_first_id(period->t0) * (TASKS_PER_APPEAL_MAX + 1),
		.last_task = appeal_first_id(period->t1) * (TASKS_PER_APPEAL_MAX + 1) - 1,
		.span = RECOMPLAINT_DAYS * CLOCK_DAY });

	while (sql_reports_rhythm_month_next(rows, &row))
		add_row(list, &(struct listed){ LISTED(row) });
}

static void read_quarter(struct listing *list, const struct period *period)
{
	struct sql_reports_rhythm_quarter_row row = { 0 };
	struct rows *rows = sql_reports_rhythm_quarter(list->tx,
		(struct sql_reports_rhythm_quarter){ .t0 = period->t0, .t1 = period->t1 });

	while (sql_reports_rhythm_quarter_next(rows, &row))
		add_row(list, &(struct listed){ LISTED(row) });
}

static void read_rows(struct listing *list, const struct rhythm *rhythm)
{
	if (rhythm->kind == RHYTHM_WEEK)
		read_week(list, &rhythm->period);
	else if (rhythm->kind == RHYTHM_MONTH)
		read_month(list, &rhythm->period);
	else
		read_quarter(list, &rhythm->period);
	list->groups = arena_array_of(tx_arena(list->tx), struct group, list->n + 1);
}

/* Larger groups first, equal ones in the order of their keys. */
static int by_size(const void *left, const void *right)
{
	const struct group *l = left, *r = right;

	if (l->n != r->n)
		return l->n > r->n ? -1 : 1;
	return l->first < r->first ? -1 : 1;
}

static size_t make_groups(struct listing *list, size_t first, size_t end)
{
	size_t n = 0;

	for (size_t i = first; i < end; i++) {
		if (i == first ||
		    !str_eq(list->rows[i].grouped, list->rows[i - 1].grouped))
			list->groups[n++] = (struct group){ .first = i };
		list->groups[n - 1].n++;
	}
	return n;
}

static void write_group(struct json *j, const struct listing *list, const struct group *group)
{
	const struct calendar *calendar = reference_of(list->tx)->calendar;
	int32_t today = day_of_instant(list->now);

	json_object(j, NULL);
	json_str(j, "key", list->rows[group->first].grouped);
	json_u64(j, "count", group->n);
	json_array(j, "cases");
	for (size_t i = group->first; i < group->first + group->n; i++) {
		json_object(j, NULL);
		json_str(j, "task", list->rows[i].task_id ? task_reference(
				tx_arena(list->tx), list->rows[i].task_id) : STR_NONE);
		json_str(j, "item", list->rows[i].item);
		json_str(j, "department", list->rows[i].department);
		json_time(j, "at", list->rows[i].at);
		/* Working days from then to now: an age, or, below zero, what is left. */
		json_i64(j, "working_days", calendar_working_days_between(calendar,
				day_of_instant(list->rows[i].at), today));
		json_close(j);
	}
	json_close(j);
	json_close(j);
}

static void write_section(struct json *j, struct listing *list, const struct section *section,
			  size_t first, size_t end)
{
	size_t n = make_groups(list, first, end);

	if (section->is_by_size)
		qsort(list->groups, n, sizeof(*list->groups), by_size);
	json_object(j, section->name);
	json_u64(j, "count", end - first);
	json_text(j, "grouped_by", section->grouped_by);
	json_array(j, "groups");
	for (size_t i = 0; i < n; i++)
		write_group(j, list, &list->groups[i]);
	json_close(j);
	json_close(j);
}

static void write_sections(struct json *j, struct tx *tx, const struct rhythm *rhythm)
{
	struct listing list = { .tx = tx, .now = clock_now() };
	size_t at = 0;

	read_rows(&list, rhythm);
	json_object(j, "sections");
	for (size_t s = 0; s < array_count(sections); s++) {
		size_t first = at;
		while (at < list.n && list.rows[at].section == s + 1)
			at++;
		if (sections[s].kinds & IN(rhythm->kind))
			write_section(j, &list, &sections[s], first, at);
	}
	json_close(j);
}

/* ---- rates ---- */

/* Departments are compared with their peers: the sums of each peer group stand beside them. */
static void write_peers(struct json *j, const struct report *report)
{
	json_array(j, "peer_groups");
	for (size_t i = 0; i < report->place_count; i++) {
		const struct place *place = &report->places[i];
		struct tally sum = { 0 };
		bool is_first = place->has_tasks;
		for (size_t k = 0; k < report->place_count; k++) {
			const struct place *other = &report->places[k];
			if (!other->has_tasks || !str_eq(other->peer_group, place->peer_group))
				continue;
			is_first = is_first && k >= i;
			tally_merge(&sum, &other->own);
		}
		if (!is_first)
			continue;
		json_object(j, NULL);
		json_str(j, "peer_group", place->peer_group);
		measures_write(j, &sum, report->rules);
		json_close(j);
	}
	json_close(j);
}

static void write_rates(struct json *j, struct tx *tx, const struct rhythm *rhythm)
{
	struct question question;

	if (!question_read(rhythm->name, 0, &question))
		return;
	const struct report *report = report_make(tx, &question);
	json_object(j, "rates");
	json_str(j, "cases", arena_printf(tx_arena(tx),
			"/api/v1/reports/%.*s/tasks{?measure,part,department}",
			STR_ARG(rhythm->name)));
	json_object(j, "total");
	measures_write(j, &report->total, report->rules);
	json_close(j);
	json_array(j, "departments");
	for (size_t i = 0; i < report->place_count; i++) {
		const struct place *place = &report->places[i];
		if (!place->has_tasks)
			continue;
		json_object(j, NULL);
		json_str(j, "department", place->code);
		json_str(j, "peer_group", place->peer_group);
		measures_write(j, &place->own, report->rules);
		json_close(j);
	}
	json_close(j);
	write_peers(j, report);
	json_close(j);
}

static uint32_t month_before(uint32_t number, uint32_t n)
{
	uint32_t months = number / 100 * 12 + number % 100 - 1 - n;

	return months / 12 * 100 + months % 12 + 1;
}

static void write_trend(struct json *j, struct tx *tx, uint32_t last)
{
	json_array(j, "trend");
	for (uint32_t n = TREND_MONTHS; n-- > 0;) {
		struct question question;
		struct str name = month_name(tx_arena(tx), month_before(last, n));
		if (!question_read(name, 0, &question))
			continue;
		const struct report *report = report_make(tx, &question);
		json_object(j, NULL);
		json_str(j, "month", name);
		measures_write(j, &report->total, report->rules);
		json_close(j);
	}
	json_close(j);
}

/* How the months of a quarter stand: frozen or not, and how often they were corrected. */
static void write_months(struct json *j, struct tx *tx, uint32_t last)
{
	static const char *const states[] = { "open", "preview", "frozen", "published" };

	json_array(j, "months");
	for (uint32_t n = 3; n-- > 0;) {
		struct month month = month_read(tx, month_before(last, n));
		json_object(j, NULL);
		json_str(j, "month", month_name(tx_arena(tx), month.number));
		json_text(j, "state", states[month.state]);
		json_u64(j, "corrections", month.row.corrections);
		json_close(j);
	}
	json_close(j);
}

/* ---- the whole ---- */

static void write_findings(struct json *j, const struct rhythm_stamp *stamp)
{
	json_array(j, "findings");
	for (size_t i = 0; i < stamp->finding_count; i++) {
		json_object(j, NULL);
		json_str(j, "text", stamp->findings[i].text);
		json_str(j, "owner", stamp->findings[i].owner);
		json_time(j, "due", stamp->findings[i].due);
		json_close(j);
	}
	json_close(j);
}

void rhythm_write(struct json *j, struct tx *tx, const struct rhythm *rhythm,
		  const struct rhythm_stamp *stamp)
{
	uint32_t last = rhythm->ends / 100;

	json_object(j, NULL);
	json_text(j, "format", "liandong-rhythm/1");
	json_str(j, "period", rhythm->name);
	json_text(j, "kind", rhythm_kind_names[rhythm->kind - 1]);
	json_time(j, "as_of", clock_now());
	json_time(j, "frozen_at", stamp->at);
	json_str(j, "frozen_by", stamp->at ? stamp->by : STR_NONE);
	write_findings(j, stamp);
	write_sections(j, tx, rhythm);
	if (rhythm->kind != RHYTHM_WEEK)
		write_rates(j, tx, rhythm);
	if (rhythm->kind == RHYTHM_MONTH)
		write_trend(j, tx, last);
	if (rhythm->kind == RHYTHM_QUARTER)
		write_months(j, tx, last);
	json_close(j);
}
