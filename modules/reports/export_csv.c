/*
 * The figures as text: one row a department and measure, the same numbers as in the report.
 */
#include "reports/export.h"

#include "csv.h"
#include "module.h"

static const char *const figure_heads[] = {
	"scope", "kind", "department", "measure", "num", "den", "rate", "meets", "name", NULL
};

const char *rate_words(struct rate rate, char out[RATE_TEXT_BYTES])
{
	return rate.den ? rate_text(rate, rule_set_shipped.target, out, RATE_TEXT_BYTES) : "";
}

enum verdict rate_verdict(struct rate rate)
{
	return rate.den ? rate_meets(rate, rule_set_shipped.target) : VERDICT_NONE;
}

void standings_each(const struct report *report, struct str only,
		    void (*take)(void *arg, const struct standing *standing), void *arg)
{
	struct standing total = { .kind = STANDING_TOTAL, .tally = report->total };

	take(arg, &total);
	for (size_t i = 0; i < 2 * report->place_count; i++) {
		const struct place *place = &report->places[i % report->place_count];
		bool is_own = i < report->place_count;

		if (!(is_own ? place->has_tasks : place->has_below) ||
		    (only.p && !str_eq(place->code, only)))
			continue;
		take(arg, &(struct standing){
			.kind = is_own ? STANDING_OWN : STANDING_ROLL_UP, .place = place,
			.tally = is_own ? place->own : place_sum(place),
		});
	}
}

struct figures_taker {
	struct csv csv;
	const char *scope;
};

static void take_standing(void *arg, const struct standing *standing)
{
	static const char *const verdicts[] = {
		[VERDICT_NONE] = "", [VERDICT_MET] = "1", [VERDICT_MISSED] = "0",
	};
	struct figures_taker *taker = arg;
	struct csv *csv = &taker->csv;
	const struct place *place = standing->place;
	char rate[RATE_TEXT_BYTES];

	for (int i = 0; i < MEASURES; i++) {
		struct rate value = standing->tally.rate[i];

		csv_text(csv, taker->scope);
		csv_text(csv, standing_names[standing->kind]);
		csv_str(csv, place ? place->code : STR(""));
		csv_text(csv, measures[i].name);
		csv_u64(csv, value.num);
		csv_u64(csv, value.den);
		csv_text(csv, rate_words(value, rate));
		csv_text(csv, verdicts[rate_verdict(value)]);
		csv_str(csv, place ? place->name : STR(""));
	}
}

struct reply reports_csv(struct req *r)
{
	struct question question;

	if (!req_question(r, &question))
		return reply_invalid(r);
	const struct report *report = req_report(r, &question);
	struct figures_taker taker = { .scope = scope_names[question.scope] };
	csv_open(&taker.csv, req_spool(r), figure_heads);
	standings_each(report, own_unit(req_actor(r)), take_standing, &taker);
	csv_close(&taker.csv);
	return reply_spool(r, CSV_TYPE, "report-%.*s-%s.csv", STR_ARG(question.name),
			   taker.scope);
}
