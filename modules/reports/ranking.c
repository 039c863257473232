/*
 * The ranking of a frozen month: departments of a peer group over that month and the two before
 * it, as far as these are frozen, so that anybody can count it again from the bundles. Off
 * unless the district has decided for it. What the limits of the funnel do not set apart is
 * not distinguishable, whatever its rank.
 */
#include "bounds.h"
#include "reports/ranking.h"
#include "setting.h"

const char *const ranked_names[RANKED_MEASURES + 1] = { "on_time", "satisfaction", NULL };
const enum measure ranked_measures[RANKED_MEASURES] = {
	MEASURE_ON_TIME, MEASURE_SATISFACTION,
};

enum { POOLED_MONTHS = 3 };

struct ranking_rules ranking_rules_set(enum measure measure)
{
	return (struct ranking_rules){
		.least = (uint64_t)setting_int("report_ranking_least"),
		.coverage_least = (uint64_t)setting_int("report_ranking_coverage"),
		.is_of_answers = measures[measure].base == BASE_SATISFACTION,
	};
}

/* What stands beside the rate of a department. */
struct beside {
	struct rate month;	/* the rate of the asked month alone */
	struct rate exclusion, extension;
};

struct ranking {
	enum measure measure;
	const struct report *report;	/* of the asked month; its departments are ranked */
	bool is_month;			/* that month is at hand, not one before it */
	struct ranked_unit *units;	/* in the order of the report's places */
	struct beside *beside;
	uint32_t months[POOLED_MONTHS];
	uint32_t month_count;
	struct ranking_rules rules;
};

/* ---- adding up ---- */

static void rate_add(struct rate *sum, enum measure measure, struct judgement judgement)
{
	sum->num += measure_count(measure, PART_NUM, judgement);
	sum->den += measure_count(measure, PART_DEN, judgement);
}

static void take_ranked(struct scan *scan, const struct judged *judged)
{
	struct ranking *ranking = scan->taker;
	struct place *place = find_place(ranking->report, judged->place->code);
	struct judgement judgement = judged->judgement;

	if (!place || !judgement.sets)
		return;
	size_t i = (size_t)(place - ranking->report->places);
	struct ranked_unit *unit = &ranking->units[i];

	place->has_tasks = true;
	rate_add(&unit->mix[judged->row->fact.content], ranking->measure, judgement);
	rate_add(&unit->coverage, MEASURE_VISIT_COVERAGE, judgement);
	rate_add(&ranking->beside[i].exclusion, MEASURE_EXCLUSION, judgement);
	rate_add(&ranking->beside[i].extension, MEASURE_EXTENSION, judgement);
	if (ranking->is_month)
		rate_add(&ranking->beside[i].month, ranking->measure, judgement);
}

static void scan_into(struct tx *tx, struct ranking *ranking, const struct report *report)
{
	struct scan scan = {
		.tx = tx, .report = report, .department = STR(""), .take = take_ranked,
		.taker = ranking,
	};

	scan_period(&scan);
}

static uint32_t month_before(uint32_t number)
{
	return number % 100 == 1 ? number - 100 + 11 : number - 1;
}

void ranking_mark_fraud(struct tx *tx, const struct report *report, uint32_t month,
			bool *marks)
{
	struct sql_reports_fraud_departments_row row = { 0 };
	int64_t t0 = month_begins(month);
	struct rows *rows = sql_reports_fraud_departments(tx,
		(struct sql_reports_fraud_departments){
			.t0 = t0, .t1 = month_begins(month_behind(t0)) });

	while (sql_reports_fraud_departments_next(rows, &row)) {
		const struct place *place = find_place(report, row.department);

		if (place)
			marks[place - report->places] = true;
	}
}

/* Fraud that was proven in a pooled month keeps a department from being ranked. */
static void bar_fraud(struct tx *tx, struct ranking *ranking)
{
	const struct report *report = ranking->report;
	bool *marks = arena_array_of(tx_arena(tx), bool, report->place_count);

	for (uint32_t i = 0; i < ranking->month_count; i++)
		ranking_mark_fraud(tx, report, ranking->months[i], marks);
	for (size_t i = 0; i < report->place_count; i++)
		ranking->units[i].has_proven_fraud = marks[i];
}

/* The frozen ones of the months before; each is read, added and given up again. */
static void pool(struct tx *tx, struct ranking *ranking)
{
	uint32_t number = ranking->report->question.month;
	int scope = (int)ranking->report->question.scope;
	struct arena *a = tx_arena(tx);

	ranking->months[ranking->month_count++] = number;
	for (int i = 1; i < POOLED_MONTHS && tx_ok(tx); i++) {
		struct arena_mark mark = arena_mark(a);
		struct question question;

		number = month_before(number);
		if (month_read(tx, number).state >= MONTH_FROZEN &&
		    question_read(month_name(a, number), scope, &question)) {
			scan_into(tx, ranking, report_open(tx, &question));
			ranking->months[ranking->month_count++] = number;
		}
		arena_rewind(a, mark);
	}
}

static struct ranking *ranking_read(struct tx *tx, const struct question *question,
				    enum measure measure)
{
	struct ranking *ranking = arena_new_of(tx_arena(tx), struct ranking);
	struct report *report = report_open(tx, question);

	*ranking = (struct ranking){
		.measure = measure, .report = report, .is_month = true,
		.units = arena_array_of(tx_arena(tx), struct ranked_unit, report->place_count),
		.beside = arena_array_of(tx_arena(tx), struct beside, report->place_count),
		.rules = ranking_rules_set(measure),
	};
	scan_into(tx, ranking, report);
	ranking->is_month = false;
	pool(tx, ranking);
	bar_fraud(tx, ranking);
	return ranking;
}

/* ---- writing ---- */

/* A group's departments with tasks, of the ranking's arrays. */
struct group {
	struct str name;
	size_t *places;
	struct ranked_unit *units;
	size_t n;
};

static struct group group_of(struct arena *a, const struct ranking *ranking, struct str name)
{
	const struct report *report = ranking->report;
	struct group group = {
		.name = name, .places = arena_array_of(a, size_t, report->place_count),
		.units = arena_array_of(a, struct ranked_unit, report->place_count),
	};

	for (size_t i = 0; i < report->place_count; i++) {
		if (!report->places[i].has_tasks ||
		    !str_eq(report->places[i].peer_group, name))
			continue;
		group.places[group.n] = i;
		group.units[group.n++] = ranking->units[i];
	}
	return group;
}

static void write_rank(struct json *j, const char *name, uint32_t rank)
{
	if (rank)
		json_u64(j, name, rank);
	else
		json_null(j, name);
}

static void write_unit(struct json *j, const struct ranking *ranking, size_t i,
		       const struct ranked_unit *unit)
{
	const struct place *place = &ranking->report->places[i];
	const struct beside *beside = &ranking->beside[i];
	uint64_t target = ranking->report->rules->target;
	char text[RATE_TEXT_BYTES];

	json_object(j, NULL);
	json_str(j, "department", place->code);
	json_str(j, "name", place->name);
	write_rank(j, "rank", unit->rank);
	write_rank(j, "adjusted_rank", unit->adjusted_rank);
	json_text(j, "unranked", unranked_names[unit->unranked]);
	rate_write(j, "pooled", unit->rate, target);
	rate_write(j, "month", beside->month, target);
	json_text(j, "adjusted", rate_text(unit->adjusted, target, text, sizeof(text)));
	json_object(j, "limits");
	json_u64(j, "low", unit->low);
	json_u64(j, "high", unit->high);
	json_close(j);
	rate_write(j, "exclusion", beside->exclusion, target);
	rate_write(j, "extension", beside->extension, target);
	rate_write(j, "coverage", unit->coverage, target);
	json_close(j);
}

static bool is_shown(const struct ranking *ranking, size_t i, struct str only)
{
	return !only.p || str_eq(ranking->report->places[i].code, only);
}

/* The funnel's news: who lies outside, and how many do not. */
static void write_outside(struct json *j, const struct ranking *ranking,
			  const struct group *group, struct str only)
{
	size_t inside = 0;

	json_array(j, "outside");
	for (size_t k = 0; k < group->n; k++) {
		const struct place *place = &ranking->report->places[group->places[k]];

		inside += group->units[k].outside == OUTSIDE_NOT;
		if (group->units[k].outside == OUTSIDE_NOT ||
		    !is_shown(ranking, group->places[k], only))
			continue;
		json_object(j, NULL);
		json_str(j, "department", place->code);
		json_str(j, "name", place->name);
		json_text(j, "side",
			  group->units[k].outside == OUTSIDE_BELOW ? "below" : "above");
		json_close(j);
	}
	json_close(j);
	json_u64(j, "inside", inside);
}

static bool has_shown(const struct ranking *ranking, const struct group *group, struct str only)
{
	for (size_t k = 0; k < group->n; k++)
		if (is_shown(ranking, group->places[k], only))
			return true;
	return false;
}

static void write_group(struct json *j, struct arena *a, const struct ranking *ranking,
			struct str name, struct str only)
{
	struct group group = group_of(a, ranking, name);

	if (!has_shown(ranking, &group, only))
		return;
	json_object(j, NULL);
	json_str(j, "peer_group", name);
	rate_write(j, "rate", ranking_make(group.units, group.n, &ranking->rules),
		   ranking->report->rules->target);
	write_outside(j, ranking, &group, only);
	json_array(j, "departments");
	for (size_t k = 0; k < group.n; k++)
		if (is_shown(ranking, group.places[k], only))
			write_unit(j, ranking, group.places[k], &group.units[k]);
	json_close(j);
	json_close(j);
}

bool is_first_of_group(const struct report *report, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(report->places[k].peer_group, report->places[i].peer_group))
			return false;
	return !str_is_empty(report->places[i].peer_group);
}

static void ranking_write(struct json *j, struct tx *tx, const struct ranking *ranking,
			  struct str only)
{
	const struct report *report = ranking->report;
	struct arena *a = tx_arena(tx);

	json_object(j, NULL);
	json_str(j, "period", report->question.name);
	json_text(j, "scope", scope_names[report->question.scope]);
	json_text(j, "measure", measures[ranking->measure].name);
	json_text(j, "rule_set", report->rules->version);
	json_u64(j, "target", report->rules->target);
	json_u64(j, "least", ranking->rules.least);
	json_u64(j, "coverage_least", ranking->rules.coverage_least);
	json_array(j, "months");
	for (uint32_t i = 0; i < ranking->month_count; i++)
		json_str(j, NULL, month_name(a, ranking->months[i]));
	json_close(j);
	json_array(j, "groups");
	for (size_t i = 0; i < report->place_count; i++)
		if (is_first_of_group(report, i))
			write_group(j, a, ranking, report->places[i].peer_group, only);
	json_close(j);
	json_close(j);
}

struct reply ranking_show(struct req *r)
{
	static const char *const nothing[] = { NULL };
	struct tx *tx = req_tx(r);
	struct question question;
	struct month month;
	int measure = 0;

	bool is_good = req_query_choice(r, "measure", ranked_names, &measure);
	tx_consistent_view(tx);
	if (!req_month(r, &month) || !is_good || !req_question(r, &question))
		return reply_invalid(r);
	if (!setting_bool("report_ranking"))
		return reply_problem(r, 404, "ranking_off", "There is no ranking in this "
				     "district; the setting report_ranking turns it on.");
	if (month.state < MONTH_FROZEN)
		return reply_conflict(r, "month_not_frozen", nothing,
				      "Only figures that are frozen are ranked.");
	const struct ranking *ranking = ranking_read(tx, &question,
		ranked_measures[measure < 0 ? 0 : measure]);
	ranking_write(req_json(r), tx, ranking, own_unit(req_actor(r)));
	return reply_ok(r);
}
