/*
 * Tasks into sets, sets into measures. The sets of completion split the tasks of a department
 * without rest or overlap; what leaves a base leaves every measure with it, and says why.
 */
#include "rules/rates.h"

#include "must.h"

#define LEVEL(name) (1u << ANSWER_##name)
#define CONTENT(name) (1u << CONTENT_##name)

const struct rule_set rule_set_shipped = {
	.version = "1",
	.satisfied_levels = LEVEL(VERY_SATISFIED) | LEVEL(SATISFIED) |
		LEVEL(BASICALLY_SATISFIED),
	.strict_levels = LEVEL(VERY_SATISFIED) | LEVEL(SATISFIED),
	.unrated_contents = CONTENT(SUGGESTION) | CONTENT(PRAISE),
	.target = 90,
};

static const char *const level_names[ANSWER_LEVELS] = {
	[ANSWER_VERY_SATISFIED] = "very_satisfied",
	[ANSWER_SATISFIED] = "satisfied",
	[ANSWER_BASICALLY_SATISFIED] = "basically_satisfied",
	[ANSWER_NEUTRAL] = "neutral",
	[ANSWER_DISSATISFIED] = "dissatisfied",
	[ANSWER_VERY_DISSATISFIED] = "very_dissatisfied",
};

static const char *const why_names[WHYS] = {
	[WHY_N1] = "N1", [WHY_N2] = "N2", [WHY_N3] = "N3", [WHY_O1] = "O1", [WHY_O2] = "O2",
	[WHY_E1] = "E1",
	[WHY_E9] = "E9",
	[WHY_E12] = "E12",
	[WHY_E14] = "E14",
	[WHY_E26] = "E26",
	[WHY_E29] = "E29",
	[WHY_E33] = "E33",
	[WHY_EARLIER] = "earlier",
	[WHY_LATER] = "later",
	[WHY_OPEN] = "open",
	[WHY_S] = "S",
	[WHY_E] = "E",
	[WHY_UNVISITED] = "unvisited",
	[WHY_E16] = "E16",
	[WHY_E18] = "E18",
	[WHY_E19] = "E19",
	[WHY_E22] = "E22",
	[WHY_E23] = "E23",
	[WHY_E31] = "E31",
	[WHY_E32] = "E32",
	[WHY_E35] = "E35",
	[WHY_NO_CONTACT] = "no_contact",
	[WHY_NOT_WANTED] = "not_wanted",
};

const struct measure_rule measures[MEASURES] = {
	[MEASURE_ON_TIME] = { "on_time", SET_N1, SET_B, BASE_COMPLETION },
	[MEASURE_COMPLETION] = { "completion", SET_N1 | SET_N2 | SET_O1, SET_B | SET_O,
				 BASE_COMPLETION },
	[MEASURE_ORIGINAL_LIMIT] = { "original_limit", SET_ORIGINAL_KEPT, SET_ORIGINAL_BASE,
				     BASE_COMPLETION },
	[MEASURE_EXTENSION] = { "extension", SET_EXTENDED, SET_B, BASE_COMPLETION },
	[MEASURE_SATISFACTION] = { "satisfaction", SET_SATISFIED, SET_ANSWERED,
				   BASE_SATISFACTION },
	[MEASURE_SATISFACTION_STRICT] = { "satisfaction_strict", SET_STRICT, SET_ANSWERED,
					  BASE_SATISFACTION },
	/* Who has answered has a first answer: the base is that of satisfaction. */
	[MEASURE_SATISFACTION_FIRST] = { "satisfaction_first", SET_FIRST_SATISFIED,
					 SET_ANSWERED, BASE_SATISFACTION },
	[MEASURE_VISIT_COVERAGE] = { "visit_coverage", SET_ANSWERED, SET_ELIGIBLE,
				     BASE_SATISFACTION },
	[MEASURE_SATISFACTION_LOW] = { "satisfaction_low", SET_SATISFIED, SET_ELIGIBLE,
				       BASE_SATISFACTION },
	[MEASURE_SATISFACTION_HIGH] = { "satisfaction_high", SET_SATISFIED | SET_UNANSWERED,
					SET_ELIGIBLE, BASE_SATISFACTION },
	[MEASURE_EXCLUSION] = { "exclusion", SET_EXCLUDED, SET_EXCLUDED | SET_B,
				BASE_COMPLETION },
	[MEASURE_OVERDUE_STOCK] = { "overdue_stock", SET_N3 | SET_O2, 0, BASE_COMPLETION },
	[MEASURE_WITHIN_LIMIT] = { "within_limit", SET_WITHIN, 0, BASE_COMPLETION },
};

/* --- Words --- */

/* Place of the word in a list with gaps, -1 when it is not there. */
static int word_index(const char *text, size_t size, const char *const *words, int count)
{
	struct table_cell cell = { .p = text, .n = size };

	for (int i = 0; i < count; i++) {
		if (words[i] != NULL && table_cell_is(cell, words[i]))
			return i;
	}
	return -1;
}

const char *why_text(enum why why)
{
	must(why >= 0 && why < WHYS);
	return why_names[why];
}

const char *answer_level_text(enum answer_level level)
{
	must(level >= 0 && level < ANSWER_LEVELS);
	return level_names[level];
}

bool answer_level_parse(const char *text, size_t size, enum answer_level *ret_level)
{
	int i = word_index(text, size, level_names, ANSWER_LEVELS);

	if (i >= 0)
		*ret_level = (enum answer_level)i;
	return i >= 0;
}

bool measure_parse(const char *text, size_t size, enum measure *ret_measure)
{
	struct table_cell cell = { .p = text, .n = size };

	for (int measure = 0; measure < MEASURES; measure++) {
		if (table_cell_is(cell, measures[measure].name)) {
			*ret_measure = (enum measure)measure;
			return true;
		}
	}
	return false;
}

/* --- Judging --- */

/* The period and the task as the judging sees them: bounds resolved, absent values filled. */
struct view {
	const struct task_fact *task;
	const struct rule_set *rules;
	int64_t t0;
	int64_t t1;
	int64_t known_until;	/* the freeze moment */
	int64_t due;
	int64_t original_due;
	int64_t closed_at;	/* 0 when not closed before t1 */
	bool withdrawn_late;	/* closed by a withdrawal that nothing confirms */
};

static struct judgement judged(uint32_t sets, enum why why)
{
	return (struct judgement){ .sets = sets, .why = { why, why } };
}

static bool in_period(const struct view *view, int64_t at)
{
	return at >= view->t0 && at < view->t1;
}

/*
 * A due moment belongs to the period when it begins in it and its last second is over at the
 * end: while a month runs, a task in its last second is not overdue yet.
 */
static bool due_in_period(const struct view *view, int64_t due)
{
	return due >= view->t0 && limit_overdue_at(due) <= view->t1;
}

static struct view view_of(const struct task_fact *task, const struct period *period,
	const struct rule_set *rules)
{
	struct view view = { .task = task, .rules = rules, .t0 = period->t0, .t1 = period->t1 };

	if (period->now < view.t1)
		view.t1 = period->now;
	view.known_until = period->freeze != 0 ? period->freeze : period->now;
	/* A task without due would never be overdue: it counts as due at its dispatch. */
	view.due = task->due != 0 ? task->due : task->dispatched_at;
	view.original_due = task->original_due != 0 ? task->original_due : view.due;
	view.closed_at = task->closed_at;
	return view;
}

/* Whether the task left its department for good while open; then *ret_why says how. */
static bool has_left(struct view *view, enum why *ret_why)
{
	static const enum why whys[] = {
		[LEFT_RETURNED] = WHY_E9,
		[LEFT_WITHDRAWN] = WHY_E12,
		[LEFT_MERGED] = WHY_E26,
		[LEFT_ON_ACCOUNT] = WHY_E33,
	};
	const struct task_fact *task = view->task;
	bool was_signed = task->signed_at != 0 && task->signed_at <= task->left_at;

	if (task->left == LEFT_NOT || task->left_at > view->known_until)
		return false;
	/* What was closed before stays closed, and its answers stay (E13). */
	if (view->closed_at != 0 && view->closed_at <= task->left_at)
		return false;
	/* The ledger of difficult cases takes a task out from the decision on, not before. */
	if (task->left == LEFT_ON_ACCOUNT && task->left_at >= view->t1)
		return false;
	if (task->left == LEFT_WITHDRAWN && was_signed && !task->withdrawal_recorded) {
		view->closed_at = task->left_at;
		view->withdrawn_late = true;
		return false;
	}
	*ret_why = whys[task->left];
	return true;
}

/* Exactly one set of completion for a task that was open at some time before t1. */
static struct judgement completion_judge(const struct view *view)
{
	bool is_due = limit_overdue_at(view->due) <= view->t1;
	bool was_due = view->due < view->t0;

	if (view->closed_at != 0) {
		if (limit_kept(view->closed_at, view->due))
			return judged(SET_N1, WHY_N1);
		return was_due ? judged(SET_O1, WHY_O1) : judged(SET_N2, WHY_N2);
	}
	if (!is_due)
		return judged(SET_WITHIN, WHY_E1);
	return was_due ? judged(SET_O2, WHY_O2) : judged(SET_N3, WHY_N3);
}

/* Maturity by the due moment first set: what extensions hide. */
static uint32_t original_sets(const struct view *view)
{
	if (view->closed_at != 0 && limit_kept(view->closed_at, view->original_due))
		return SET_ORIGINAL_BASE | SET_ORIGINAL_KEPT;
	return due_in_period(view, view->original_due) ? SET_ORIGINAL_BASE : 0;
}

/* Whether the closure may be visited at all; if not, *ret_why says why. */
static bool is_visitable(const struct view *view, enum why *ret_why)
{
	static const enum why bars[] = {
		[VISIT_ANONYMOUS] = WHY_E32,
		[VISIT_NO_CONTACT] = WHY_NO_CONTACT,
		[VISIT_NOT_WANTED] = WHY_NOT_WANTED,
		[VISIT_LEGAL_PROCEDURE] = WHY_E35,
	};

	if (view->withdrawn_late) {
		*ret_why = WHY_E12;
		return false;
	}
	if ((view->rules->unrated_contents >> view->task->content & 1) != 0) {
		*ret_why = WHY_E31;
		return false;
	}
	if (view->task->visit_bar != VISIT_ALLOWED) {
		*ret_why = bars[view->task->visit_bar];
		return false;
	}
	return true;
}

struct answers {
	enum answer_level first;
	enum answer_level last;
	bool was_visited;
	bool was_reached;
};

/* What the visits since the close say, as known at the freeze. */
static struct answers answers_read(const struct view *view)
{
	struct answers answers = { .first = ANSWER_NONE };
	int64_t first_at = INT64_MAX;
	int64_t last_at = INT64_MIN;

	for (size_t i = 0; i < view->task->visit_count; i++) {
		const struct visit_fact *visit = &view->task->visits[i];

		if (visit->at < view->closed_at || visit->at > view->known_until)
			continue;
		answers.was_visited = true;
		answers.was_reached |= visit->reached;
		if (visit->result == ANSWER_NONE)
			continue;
		if (visit->at < first_at) {
			first_at = visit->at;
			answers.first = visit->result;
		}
		if (visit->at >= last_at) {
			last_at = visit->at;
			answers.last = visit->result;
		}
	}
	return answers;
}

static bool has_level(uint32_t levels, enum answer_level level)
{
	return (levels >> level & 1) != 0;
}

static enum why answer_why(const struct view *view, struct answers answers)
{
	uint32_t satisfied = view->rules->satisfied_levels;

	if (view->task->redo_running)
		return WHY_E23;
	if (answers.last == ANSWER_NEUTRAL && !has_level(satisfied, ANSWER_NEUTRAL))
		return WHY_E19;
	if (!has_level(satisfied, answers.last))
		return WHY_E;
	return has_level(satisfied, answers.first) ? WHY_S : WHY_E22;
}

static struct judgement satisfaction_judge(const struct view *view)
{
	const struct rule_set *rules = view->rules;
	struct answers answers;
	enum answer_level counted;
	uint32_t sets = SET_ELIGIBLE;
	enum why why = WHY_OPEN;

	if (view->closed_at == 0 || !is_visitable(view, &why))
		return judged(0, why);
	answers = answers_read(view);
	if (answers.first == ANSWER_NONE) {
		why = answers.was_reached ? WHY_E18 : WHY_E16;
		return judged(sets | SET_UNANSWERED, answers.was_visited ? why : WHY_UNVISITED);
	}
	counted = view->task->redo_running ? answers.first : answers.last;
	sets |= SET_ANSWERED;
	if (has_level(rules->satisfied_levels, counted))
		sets |= SET_SATISFIED;
	if (has_level(rules->strict_levels, counted))
		sets |= SET_STRICT;
	if (has_level(rules->satisfied_levels, answers.first))
		sets |= SET_FIRST_SATISFIED;
	return judged(sets, answer_why(view, answers));
}

struct judgement task_judge(const struct task_fact *task, const struct period *period,
	const struct rule_set *rules)
{
	struct view view = view_of(task, period, rules);
	struct judgement completion;
	struct judgement satisfaction;
	enum why why;

	if (view.t1 <= view.t0 || task->dispatched_at >= view.t1)
		return judged(0, WHY_LATER);
	if (has_left(&view, &why))
		return judged(task->left_at >= view.t0 ? SET_PRESENT : 0, why);
	if (view.closed_at != 0 && view.closed_at < view.t0)
		return judged(0, WHY_EARLIER);
	if (!task->is_lead)
		return judged(SET_PRESENT, WHY_E29);
	if (!in_period(&view, view.closed_at))
		view.closed_at = 0;
	completion = completion_judge(&view);
	if (task->excluded_at != 0 && task->excluded_at <= view.known_until)
		return judged(SET_PRESENT | ((completion.sets & SET_B) != 0 ? SET_EXCLUDED : 0),
			WHY_E14);
	if (task->extended && (completion.sets & SET_B) != 0)
		completion.sets |= SET_EXTENDED;
	satisfaction = satisfaction_judge(&view);
	return (struct judgement){
		.sets = SET_PRESENT | completion.sets | original_sets(&view) |
			satisfaction.sets,
		.why = { [BASE_COMPLETION] = completion.why[BASE_COMPLETION],
			 [BASE_SATISFACTION] = satisfaction.why[BASE_SATISFACTION] },
	};
}

/* --- Measures --- */

bool measure_has(enum measure measure, enum measure_part part, struct judgement judgement)
{
	const struct measure_rule *rule = &measures[measure];

	must(measure >= 0 && measure < MEASURES);
	switch (part) {
	case PART_NUM:
		return (judgement.sets & rule->num) != 0;
	case PART_DEN:
		return (judgement.sets & rule->den) != 0;
	case PART_OUT:
		return (judgement.sets & SET_PRESENT) != 0 &&
			(judgement.sets & (rule->num | rule->den)) == 0;
	}
	must(part <= PART_OUT);
	return false;
}

void tally_add(struct tally *tally, struct judgement judgement)
{
	for (int i = 0; i < MEASURES; i++) {
		tally->rate[i].num += measure_has((enum measure)i, PART_NUM, judgement);
		tally->rate[i].den += measure_has((enum measure)i, PART_DEN, judgement);
	}
}

void tally_merge(struct tally *tally, const struct tally *other)
{
	for (int i = 0; i < MEASURES; i++) {
		tally->rate[i].num += other->rate[i].num;
		tally->rate[i].den += other->rate[i].den;
	}
}
