/*
 * The pilot of a running month: where its rates stand today, between what they can end, how
 * many cases the target still needs, and which open tasks are due before the month is over.
 */
#include <string.h>

#include "bounds.h"
#include "matter.h"
#include "reports/ranking.h"
#include "rules/outlook.h"

/* The measures that open tasks move; satisfaction hangs on answers that nobody foresees. */
static const enum measure foreseen[] = { MEASURE_ON_TIME, MEASURE_COMPLETION };
enum { FORESEEN = sizeof(foreseen) / sizeof(foreseen[0]) };

struct outlooks {
	struct outlook of[FORESEEN];
};

/* An open task that on_time still hangs on. */
struct urgent {
	uint64_t id;
	const struct place *place;
	enum task_state state;
	enum limit_class limit_class;
	int64_t due;
};

struct pilot {
	const struct report *report;
	struct outlooks whole;
	struct outlooks *of_places;	/* in the order of the report's places */
	uint32_t n;			/* the first by due, then by id */
	struct urgent urgent[LIMIT_PILOT_TASKS];
};

/* ---- adding up ---- */

static bool is_before(const struct urgent *left, const struct urgent *right)
{
	return left->due != right->due ? left->due < right->due : left->id < right->id;
}

static void add_urgent(struct pilot *pilot, const struct urgent *one)
{
	uint32_t at = pilot->n;

	while (at > 0 && is_before(one, &pilot->urgent[at - 1]))
		at--;
	if (at == LIMIT_PILOT_TASKS)
		return;
	if (pilot->n < LIMIT_PILOT_TASKS)
		pilot->n++;
	memmove(&pilot->urgent[at + 1], &pilot->urgent[at],
		(pilot->n - 1 - at) * sizeof(pilot->urgent[0]));
	pilot->urgent[at] = *one;
}

static void take_prospect(struct scan *scan, const struct judged *judged)
{
	struct pilot *pilot = scan->taker;
	const struct case_row *row = judged->row;
	const struct period *period = &pilot->report->question.period;
	struct outlooks *own = &pilot->of_places[judged->place - pilot->report->places];

	if (!judged->judgement.sets)
		return;
	judged->place->has_tasks = true;
	for (int i = 0; i < FORESEEN; i++) {
		outlook_add(&pilot->whole.of[i], &row->fact, period, judged->judgement,
			    foreseen[i]);
		outlook_add(&own->of[i], &row->fact, period, judged->judgement, foreseen[i]);
	}
	if (task_prospect(&row->fact, period, judged->judgement, MEASURE_ON_TIME) ==
	    PROSPECT_KEEP)
		add_urgent(pilot, &(struct urgent){
			.id = row->id, .place = judged->place, .state = row->state,
			.limit_class = row->limit_class, .due = row->fact.due,
		});
}

/* ---- writing ---- */

static void write_outlook(struct json *j, const char *name, const struct outlook *outlook,
			  uint64_t target)
{
	uint64_t needed = 0;

	json_object(j, name);
	rate_write(j, "today", outlook->today, target);
	rate_write(j, "worst", outlook_worst(outlook), target);
	rate_write(j, "best", outlook_best(outlook), target);
	json_u64(j, "maturing", outlook->maturing);
	json_u64(j, "within_reach", outlook->keep);
	json_u64(j, "early", outlook->join);
	if (outlook_needed(outlook, target, &needed))
		json_u64(j, "needed", needed);
	else
		json_null(j, "needed");
	json_close(j);
}

static void write_outlooks(struct json *j, const struct outlooks *outlooks, uint64_t target)
{
	for (int i = 0; i < FORESEEN; i++)
		write_outlook(j, measures[foreseen[i]].name, &outlooks->of[i], target);
}

static void write_urgent(struct json *j, struct arena *a, const struct urgent *one)
{
	json_object(j, NULL);
	json_str(j, "task", task_reference(a, one->id));
	json_str(j, "department", one->place->code);
	json_text(j, "state", task_state_names[one->state - 1]);
	json_text(j, "limit_class", limit_class_names[one->limit_class]);
	json_time(j, "due", one->due);
	json_close(j);
}

static void pilot_write(struct json *j, struct arena *a, const struct pilot *pilot,
			struct str department)
{
	const struct report *report = pilot->report;
	uint64_t target = report->rules->target;

	json_object(j, NULL);
	json_str(j, "period", report->question.name);
	json_text(j, "scope", scope_names[report->question.scope]);
	json_str(j, "department", department.n ? department : STR_NONE);
	json_text(j, "rule_set", report->rules->version);
	json_u64(j, "target", target);
	json_time(j, "as_of", report->question.period.now);
	json_time(j, "until", report->question.period.t1);
	write_outlooks(j, &pilot->whole, target);
	json_array(j, "departments");
	for (size_t i = 0; i < report->place_count; i++) {
		if (!report->places[i].has_tasks)
			continue;
		json_object(j, NULL);
		json_str(j, "department", report->places[i].code);
		json_str(j, "name", report->places[i].name);
		write_outlooks(j, &pilot->of_places[i], target);
		json_close(j);
	}
	json_close(j);
	json_array(j, "tasks");
	for (uint32_t i = 0; i < pilot->n; i++)
		write_urgent(j, a, &pilot->urgent[i]);
	json_close(j);
	json_close(j);
}

struct reply pilot_show(struct req *r)
{
	static const char *const nothing[] = { NULL };
	struct tx *tx = req_tx(r);
	struct pilot *pilot = arena_new_of(req_arena(r), struct pilot);
	struct question question;
	struct str department;
	struct month month;
	struct reply refusal;

	if (!req_department(r, &department, &refusal))
		return refusal;
	tx_consistent_view(tx);
	if (!req_month(r, &month) || !req_question(r, &question) || req_has_errors(r))
		return reply_invalid(r);
	if (question.period.now < question.period.t0 ||
	    question.period.now >= question.period.t1)
		return reply_conflict(r, "month_not_running", nothing,
				      "Only of the month that runs can the end still be told.");
	struct report *report = report_open_live(tx, &question);
	pilot->report = report;
	pilot->of_places = arena_array_of(req_arena(r), struct outlooks, report->place_count);
	struct scan scan = {
		.tx = tx, .report = report, .department = department, .take = take_prospect,
		.taker = pilot,
	};
	scan_live(&scan);
	pilot_write(req_json(r), req_arena(r), pilot, department);
	return reply_ok(r);
}
