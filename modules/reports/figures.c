/*
 * Adding up. The figures of a district, of each department and of each tree are sums of
 * integers over the same judgements; a quarter or a year that has frozen months is the sum of
 * what was frozen wherever months add up.
 */
#include "must.h"
#include "reports/month.h"
#include "reports/reports.h"

void report_add(struct report *report, struct place *place,
		const struct judgement *judgement)
{
	place->has_tasks = true;
	tally_add(&place->own, *judgement);
	tally_add(&report->total, *judgement);
}

/* Integers of each department are added to all above it. */
void report_roll_up(struct report *report)
{
	for (size_t i = 0; i < report->place_count; i++) {
		const struct place *from = &report->places[i];
		struct place *above = from->has_tasks ? find_place(report, from->parent) : NULL;

		/* The count bounds the walk: a loop in the tree ends it instead of hanging. */
		for (size_t n = 0; above && n < report->place_count; n++) {
			above->has_below = true;
			tally_merge(&above->below, &from->own);
			above = find_place(report, above->parent);
		}
	}
}

struct tally place_sum(const struct place *place)
{
	struct tally sum = place->own;

	tally_merge(&sum, &place->below);
	return sum;
}

static void take_figure(struct scan *scan, const struct judged *judged)
{
	if (judged->judgement.sets)
		report_add(scan->taker, judged->place, &judged->judgement);
}

static void count(struct tx *tx, struct report *report)
{
	struct scan scan = {
		.tx = tx, .report = report, .department = STR(""), .take = take_figure,
		.taker = report,
	};

	scan_period(&scan);
}

/* ---- months of a longer period ---- */

bool measure_adds_up(enum measure measure)
{
	return measures[measure].den != 0 &&
	       !((measures[measure].num | measures[measure].den) & SET_O);
}

static bool has_frozen_month(struct tx *tx, const struct question *question)
{
	struct civil first = civil_of_day(day_of_instant(question->period.t0));
	uint32_t from = (uint32_t)(first.year * 100 + first.month);
	struct sql_reports_month_frozen_row row = { 0 };
	struct rows *rows = sql_reports_month_frozen(tx, (struct sql_reports_month_frozen){
		.first = from, .last = from + question->months - 1 });

	return question->months && sql_reports_month_frozen_next(rows, &row);
}

/* The months of the period that have begun. */
static uint32_t open_months(struct tx *tx, const struct question *question,
			    struct report *ret_months[REPORT_PARTS])
{
	struct civil first = civil_of_day(day_of_instant(question->period.t0));
	uint32_t n = 0;

	must(question->months <= REPORT_PARTS);
	for (uint32_t i = 0; i < question->months; i++) {
		struct question part;
		uint32_t number = (uint32_t)(first.year * 100 + first.month) + i;
		struct str name = month_name(tx_arena(tx), number);

		if (question_read(name, (int)question->scope, &part) &&
		    part.period.t0 < part.period.now)
			ret_months[n++] = report_open(tx, &part);
	}
	return n;
}

uint32_t report_parts(struct tx *tx, const struct question *question, enum measure measure,
		      struct report *ret_parts[REPORT_PARTS])
{
	if (measure_adds_up(measure) && has_frozen_month(tx, question))
		return open_months(tx, question, ret_parts);
	ret_parts[0] = report_open(tx, question);
	return 1;
}

/* The months' own figures in the place of the period's, for measures that add up. */
static void put_sums(struct report *report, const struct report *months)
{
	for (int i = 0; i < MEASURES; i++) {
		if (!measure_adds_up((enum measure)i))
			continue;
		report->total.rate[i] = months->total.rate[i];
		for (size_t k = 0; k < report->place_count; k++)
			report->places[k].own.rate[i] = months->places[k].own.rate[i];
	}
	for (size_t k = 0; k < report->place_count; k++)
		report->places[k].has_tasks |= months->places[k].has_tasks;
}

/* A department of a frozen month that has gone since still counts for the district. */
static void take_month(struct scan *scan, const struct judged *judged)
{
	struct report *sum = scan->taker;
	struct place *place = find_place(sum, judged->place->code);

	if (!judged->judgement.sets)
		return;
	if (place)
		report_add(sum, place, &judged->judgement);
	else
		tally_add(&sum->total, judged->judgement);
}

static void sum_months(struct tx *tx, struct report *report)
{
	struct report *sum = report_open_live(tx, &report->question);
	struct report *months[REPORT_PARTS];
	uint32_t n = open_months(tx, &report->question, months);

	for (uint32_t i = 0; i < n && tx_ok(tx); i++) {
		struct scan scan = {
			.tx = tx, .report = months[i], .department = STR(""),
			.take = take_month, .taker = sum,
		};
		scan_period(&scan);
	}
	put_sums(report, sum);
}

struct report *report_make(struct tx *tx, const struct question *question)
{
	struct report *report = report_open(tx, question);

	count(tx, report);
	if (has_frozen_month(tx, question))
		sum_months(tx, report);
	report_roll_up(report);
	return report;
}
