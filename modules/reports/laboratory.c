/*
 * The rule laboratory: frozen months judged once more under other rules, beside what was
 * frozen. It reads bundles and writes nothing, so that a district sees before it decides which
 * departments cross the target and how few cases a rank hangs on.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bounds.h"
#include "reports/ranking.h"
#include "setting.h"
#include "words.h"

struct rules_form {
	int64_t target;
	struct str_list satisfied, strict, unrated;
};

struct laboratory_form {
	struct str_list months;
	bool has_rules;
	struct rules_form rules;
};

#define RULES(member) offsetof(struct laboratory_form, rules.member)
static const struct field rules_fields[] = {
	{ "target", FIELD_INT, RULES(target), .min = 1, .max = 100 },
	{ "satisfied_levels", FIELD_CODES, RULES(satisfied), .choices = level_names,
	  .max = ANSWER_LEVELS },
	{ "strict_levels", FIELD_CODES, RULES(strict), .choices = level_names,
	  .max = ANSWER_LEVELS },
	{ "unrated_contents", FIELD_CODES, RULES(unrated), .choices = content_class_names,
	  .max = CONTENT_CLASSES },
	{ 0 }
};

static const struct field laboratory_fields[] = {
	{ "months", FIELD_CODES, offsetof(struct laboratory_form, months), .required = true,
	  .max = LIMIT_LABORATORY_MONTHS },
	{ "rules", FIELD_OBJECT, 0, FIELD_HAS(struct laboratory_form, has_rules),
	  .required = true, .fields = rules_fields },
	{ 0 }
};

/* A department over all months of the request, by one measure. */
struct contender {
	struct ranked_unit before, after;
	uint64_t hit, miss;	/* newest task of either kind under the rules tried */
};

/* All that outlives the single months. */
struct laboratory {
	struct req *r;
	const struct rules_form *form;
	struct report *pool;	/* departments as they are now, none of its figures */
	bool *frauds;		/* proven in one of the months; likewise */
	struct contender *contenders[RANKED_MEASURES];	/* in the order of the pool's places */
};

/* One month, before and after. */
struct replay {
	struct laboratory *laboratory;
	struct report *report;
	struct rule_set rules;
	struct tally total;
	struct tally *own;	/* in the order of the report's places */
};

/* ---- the rules that are tried ---- */

/* Bits of the words, which stand for `first` and what follows it. */
static uint32_t bits_of(const struct str_list *list, const char *const *words, int first)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < list->n; i++)
		bits |= 1u << (str_index(list->v[i], words) + first);
	return bits;
}

/* What is not given stays as the month was frozen with it; an empty list is none. */
static struct rule_set rules_tried(const struct rules_form *form, const struct rule_set *frozen)
{
	struct rule_set rules = *frozen;

	if (form->target)
		rules.target = (uint64_t)form->target;
	if (form->satisfied.v)
		rules.satisfied_levels = bits_of(&form->satisfied, level_names,
						 ANSWER_VERY_SATISFIED);
	if (form->strict.v)
		rules.strict_levels = bits_of(&form->strict, level_names,
					      ANSWER_VERY_SATISFIED);
	if (form->unrated.v)
		rules.unrated_contents = bits_of(&form->unrated, content_class_names, 0);
	return rules;
}

/* ---- replay ---- */

static void unit_add(struct ranked_unit *unit, enum content_class content, enum measure measure,
		     struct judgement judgement)
{
	unit->mix[content].num += measure_has(measure, PART_NUM, judgement);
	unit->mix[content].den += measure_has(measure, PART_DEN, judgement);
	unit->coverage.num += measure_has(MEASURE_VISIT_COVERAGE, PART_NUM, judgement);
	unit->coverage.den += measure_has(MEASURE_VISIT_COVERAGE, PART_DEN, judgement);
}

static void contend(struct laboratory *laboratory, const struct judged *judged,
		    struct judgement after)
{
	const struct case_row *row = judged->row;
	struct place *place = find_place(laboratory->pool, row->department);

	if (!place)
		return;
	place->has_tasks = true;
	for (int i = 0; i < RANKED_MEASURES; i++) {
		enum measure measure = ranked_measures[i];
		struct contender *one =
			&laboratory->contenders[i][place - laboratory->pool->places];

		unit_add(&one->before, row->fact.content, measure, judged->judgement);
		unit_add(&one->after, row->fact.content, measure, after);
		if (measure_has(measure, PART_NUM, after))
			one->hit = row->id > one->hit ? row->id : one->hit;
		else if (measure_has(measure, PART_DEN, after))
			one->miss = row->id > one->miss ? row->id : one->miss;
	}
}

static void take_again(struct scan *scan, const struct judged *judged)
{
	struct replay *replay = scan->taker;
	struct judgement after = task_judge(&judged->row->fact,
					    &replay->report->question.period, &replay->rules);

	if (!judged->judgement.sets)
		return;
	report_add(replay->report, judged->place, &judged->judgement);
	tally_add(&replay->own[judged->place - replay->report->places], after);
	tally_add(&replay->total, after);
	contend(replay->laboratory, judged, after);
}

/* ---- writing a month ---- */

static void write_crossings(struct json *j, const struct tally *before,
			    const struct rule_set *frozen, const struct tally *after,
			    const struct rule_set *tried)
{
	json_array(j, "crosses");
	for (int i = 0; i < MEASURES; i++) {
		enum verdict was = VERDICT_NONE, is = VERDICT_NONE;

		if (measures[i].den) {
			was = rate_meets(before->rate[i], frozen->target);
			is = rate_meets(after->rate[i], tried->target);
		}
		if (was == is || was == VERDICT_NONE || is == VERDICT_NONE)
			continue;
		json_object(j, NULL);
		json_text(j, "measure", measures[i].name);
		json_bool(j, "meets", is == VERDICT_MET);
		json_close(j);
	}
	json_close(j);
}

static void write_sides(struct json *j, const struct replay *replay, const struct tally *before,
			const struct tally *after)
{
	json_object(j, "before");
	measures_write(j, before, replay->report->rules);
	json_close(j);
	json_object(j, "after");
	measures_write(j, after, &replay->rules);
	json_close(j);
	write_crossings(j, before, replay->report->rules, after, &replay->rules);
}

static void write_month(struct json *j, const struct replay *replay)
{
	const struct report *report = replay->report;

	json_object(j, NULL);
	json_str(j, "period", report->question.name);
	json_text(j, "rule_set", report->rules->version);
	json_u64(j, "target_before", report->rules->target);
	json_u64(j, "target_after", replay->rules.target);
	json_object(j, "total");
	write_sides(j, replay, &report->total, &replay->total);
	json_close(j);
	json_array(j, "departments");
	for (size_t i = 0; i < report->place_count; i++) {
		const struct place *place = &report->places[i];

		if (!place->has_tasks)
			continue;
		json_object(j, NULL);
		json_str(j, "department", place->code);
		json_str(j, "name", place->name);
		write_sides(j, replay, &place->own, &replay->own[i]);
		json_close(j);
	}
	json_close(j);
	json_close(j);
}

/* A month's bundle is given up again before the next one is read. */
static void replay_month(struct laboratory *laboratory, struct str name)
{
	struct tx *tx = req_tx(laboratory->r);
	struct arena_mark mark = arena_mark(tx_arena(tx));
	struct replay replay = { .laboratory = laboratory };
	struct question question;

	if (!question_read(name, 0, &question))
		return;
	replay.report = report_open(tx, &question);
	replay.rules = rules_tried(laboratory->form, replay.report->rules);
	replay.own = arena_array_of(tx_arena(tx), struct tally, replay.report->place_count);
	struct scan scan = {
		.tx = tx, .report = replay.report, .department = STR(""), .take = take_again,
		.taker = &replay,
	};
	scan_period(&scan);
	ranking_mark_fraud(tx, laboratory->pool, question.month, laboratory->frauds);
	write_month(req_json(laboratory->r), &replay);
	arena_rewind(tx_arena(tx), mark);
}

/* ---- ranks ---- */

/* The contenders of a peer group by one measure, and where they stand in the pool. */
struct heat {
	struct ranked_unit *before, *after;
	size_t *places;
	size_t n;
};

static struct heat heat_of(const struct laboratory *laboratory, int measure, struct str group)
{
	struct arena *a = req_arena(laboratory->r);
	const struct report *pool = laboratory->pool;
	struct heat heat = {
		.before = arena_array_of(a, struct ranked_unit, pool->place_count),
		.after = arena_array_of(a, struct ranked_unit, pool->place_count),
		.places = arena_array_of(a, size_t, pool->place_count),
	};

	for (size_t i = 0; i < pool->place_count; i++) {
		if (!pool->places[i].has_tasks || !str_eq(pool->places[i].peer_group, group))
			continue;
		heat.places[heat.n] = i;
		heat.before[heat.n] = laboratory->contenders[measure][i].before;
		heat.after[heat.n] = laboratory->contenders[measure][i].after;
		heat.before[heat.n].has_proven_fraud = laboratory->frauds[i];
		heat.after[heat.n++].has_proven_fraud = laboratory->frauds[i];
	}
	return heat;
}

/* The next better one under the rules tried; heat->n where there is none. */
static size_t next_better(const struct heat *heat, size_t k)
{
	size_t best = heat->n;

	for (size_t i = 0; i < heat->n; i++)
		if (heat->after[i].rank && heat->after[i].rank < heat->after[k].rank &&
		    (best == heat->n || heat->after[i].rank > heat->after[best].rank))
			best = i;
	return best;
}

/* Whether one hit less there and one more here undoes the difference. */
static bool is_decided_by_two(const struct ranked_unit *better, const struct ranked_unit *worse)
{
	struct rate less = { better->rate.num - 1, better->rate.den };
	struct rate more = { worse->rate.num + 1, worse->rate.den };

	return rate_compare(less, more) <= 0;
}

static void write_decided(struct json *j, const struct laboratory *laboratory, int measure,
			  const struct heat *heat)
{
	const struct contender *all = laboratory->contenders[measure];
	const struct place *places = laboratory->pool->places;
	struct arena *a = req_arena(laboratory->r);

	json_array(j, "decided_by_two");
	for (size_t k = 0; k < heat->n; k++) {
		size_t better = heat->after[k].rank > 1 ? next_better(heat, k) : heat->n;

		if (better == heat->n ||
		    !is_decided_by_two(&heat->after[better], &heat->after[k]))
			continue;
		json_object(j, NULL);
		json_str(j, "better", places[heat->places[better]].code);
		json_str(j, "worse", places[heat->places[k]].code);
		json_str(j, "hit", task_reference(a, all[heat->places[better]].hit));
		json_str(j, "miss", task_reference(a, all[heat->places[k]].miss));
		json_close(j);
	}
	json_close(j);
}

static void write_rank(struct json *j, const char *name, const struct ranked_unit *unit,
		       uint64_t target)
{
	json_object(j, name);
	if (unit->rank)
		json_u64(j, "rank", unit->rank);
	else
		json_null(j, "rank");
	json_text(j, "unranked", unranked_names[unit->unranked]);
	rate_write(j, "pooled", unit->rate, target);
	json_close(j);
}

static void write_heat(struct json *j, const struct laboratory *laboratory, int measure,
		       struct str group)
{
	struct ranking_rules rules = ranking_rules_set(ranked_measures[measure]);
	struct heat heat = heat_of(laboratory, measure, group);
	uint64_t target = rule_set_shipped.target;

	if (!heat.n)
		return;
	ranking_make(heat.before, heat.n, &rules);
	ranking_make(heat.after, heat.n, &rules);
	json_object(j, NULL);
	json_text(j, "measure", ranked_names[measure]);
	json_str(j, "peer_group", group);
	json_array(j, "departments");
	for (size_t k = 0; k < heat.n; k++) {
		json_object(j, NULL);
		json_str(j, "department", laboratory->pool->places[heat.places[k]].code);
		write_rank(j, "before", &heat.before[k], target);
		write_rank(j, "after", &heat.after[k],
			   rules_tried(laboratory->form, &rule_set_shipped).target);
		json_close(j);
	}
	json_close(j);
	write_decided(j, laboratory, measure, &heat);
	json_close(j);
}

static void write_ranks(struct json *j, const struct laboratory *laboratory)
{
	const struct report *pool = laboratory->pool;

	if (!setting_bool("report_ranking")) {
		json_null(j, "ranks");
		return;
	}
	json_array(j, "ranks");
	for (int measure = 0; measure < RANKED_MEASURES; measure++)
		for (size_t i = 0; i < pool->place_count; i++)
			if (is_first_of_group(pool, i))
				write_heat(j, laboratory, measure, pool->places[i].peer_group);
	json_close(j);
}

/* ---- the route ---- */

/* Every month once, and frozen. */
static bool months_check(struct req *r, const struct str_list *months)
{
	for (size_t i = 0; i < months->n; i++) {
		struct str name = months->v[i];
		struct period period;
		uint32_t number;
		char pointer[40];

		snprintf(pointer, sizeof(pointer), "#/months/%zu", i);
		if (!period_parse(name.p, name.n, &period) ||
		    !month_number_of(&period, name, &number))
			req_error(r, pointer, "bad_period", "A month is written 2026-03.");
		else if (month_read(req_tx(r), number).state < MONTH_FROZEN)
			req_error(r, pointer, "not_frozen",
				  "Only months that are frozen can be replayed.");
		for (size_t k = 0; k < i; k++)
			if (str_eq(months->v[k], name))
				req_error(r, pointer, "duplicate", "Give each month once.");
	}
	return !req_has_errors(r);
}

static void laboratory_open(struct laboratory *laboratory)
{
	struct req *r = laboratory->r;
	struct question now = { .name = STR("") };

	laboratory->pool = report_open_live(req_tx(r), &now);
	laboratory->frauds = arena_array_of(req_arena(r), bool, laboratory->pool->place_count);
	for (int i = 0; i < RANKED_MEASURES; i++)
		laboratory->contenders[i] = arena_array_of(req_arena(r), struct contender,
							   laboratory->pool->place_count);
}

struct reply laboratory_run(struct req *r)
{
	struct laboratory_form form;
	struct laboratory laboratory = { .r = r, .form = &form.rules };
	struct json *j = req_json(r);

	if (!req_form(r, laboratory_fields, &form) || !months_check(r, &form.months))
		return reply_invalid(r);
	laboratory_open(&laboratory);
	json_object(j, NULL);
	json_array(j, "months");
	for (size_t i = 0; i < form.months.n && tx_ok(req_tx(r)); i++)
		replay_month(&laboratory, form.months.v[i]);
	json_close(j);
	write_ranks(j, &laboratory);
	json_close(j);
	return reply_ok(r);
}
