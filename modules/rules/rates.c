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
	[WHY_YES] = "yes",
	[WHY_PARTLY] = "partly",
	[WHY_NO] = "no",
	[WHY_DOUBLE_YES] = "double_yes",
	[WHY_DOUBLE_NO] = "double_no",
	[WHY_ONLY_SOLVED] = "only_solved",
	[WHY_ONLY_SATISFIED] = "only_satisfied",
	[WHY_SENT_BACK] = "sent_back",
	[WHY_UNSUBMITTED] = "not_submitted",
	[WHY_PENDING] = "pending",
	[WHY_PASSED] = "passed",
	[WHY_REFUSED] = "refused",
	[WHY_KEPT] = "kept",
	[WHY_LATE] = "late",
	[WHY_MISSED] = "missed",
	[WHY_NOT_MATURE] = "not_mature",
	[WHY_NO_LIMIT] = "no_limit",
	[WHY_BEFORE] = "received_before",
	[WHY_NOT_RETURNED] = "not_returned",
	[WHY_RETURN_ASKED] = "return_asked",
	[WHY_RETURN_REFUSED] = "return_refused",
	[WHY_RECOMPLAINT] = "recomplaint",
	[WHY_SETTLED] = "settled",
};

#define RULE(measure, name, num, den, base) \
	[MEASURE_##measure] = { name, num, den, BASE_##base, false }

const struct measure_rule measures[MEASURES] = {
	RULE(ON_TIME, "on_time", SET_N1, SET_B, COMPLETION),
	RULE(COMPLETION, "completion", SET_N1 | SET_N2 | SET_O1, SET_B | SET_O, COMPLETION),
	RULE(ORIGINAL_LIMIT, "original_limit", SET_ORIGINAL_KEPT, SET_ORIGINAL_BASE, COMPLETION),
	RULE(EXTENSION, "extension", SET_EXTENDED, SET_B, COMPLETION),
	RULE(SATISFACTION, "satisfaction", SET_SATISFIED, SET_ANSWERED, SATISFACTION),
	RULE(SATISFACTION_STRICT, "satisfaction_strict", SET_STRICT, SET_ANSWERED, SATISFACTION),
	/* Who has answered has a first answer: the base is that of satisfaction. */
	RULE(SATISFACTION_FIRST, "satisfaction_first", SET_FIRST_SATISFIED, SET_ANSWERED,
		SATISFACTION),
	RULE(SOLVED, "solved", SET_SOLVED, SET_SOLVED_ASKED, SOLVED),
	RULE(CONTACTED, "contacted", SET_CONTACTED, SET_CONTACT_ASKED, CONTACTED),
	RULE(DOUBLE_YES, "double_yes", SET_DOUBLE_YES, SET_BOTH_ASKED, DOUBLE),
	RULE(VISIT_ATTEMPTED, "visit_attempted", SET_ATTEMPTED, SET_ELIGIBLE, SATISFACTION),
	RULE(VISIT_COVERAGE, "visit_coverage", SET_ANSWERED, SET_ELIGIBLE, SATISFACTION),
	RULE(SATISFACTION_LOW, "satisfaction_low", SET_SATISFIED, SET_ELIGIBLE, SATISFACTION),
	RULE(SATISFACTION_HIGH, "satisfaction_high", SET_SATISFIED | SET_UNANSWERED, SET_ELIGIBLE,
		SATISFACTION),
	RULE(REDO, "redo", SET_SENT_BACK, SET_ANSWERED, REDO),
	[MEASURE_REVIEW_REFUSED] = { "review_refused", SET_REFUSED, SET_SUBMITTED, BASE_REVIEW,
				     .is_of_submissions = true },
	RULE(RETURNED, "returned", SET_RETURN_ASKED, SET_RECEIVED, RETURN),
	RULE(RETURN_INVALID, "return_invalid", SET_RETURN_REFUSED, SET_RETURN_ASKED, RETURN),
	RULE(EXCLUSION, "exclusion", SET_EXCLUDED, SET_EXCLUDED | SET_B, COMPLETION),
	RULE(SIGN_ON_TIME, "sign_on_time", SET_SIGN_KEPT, SET_SIGN_BASE, SIGN),
	RULE(CONTACT_ON_TIME, "contact_on_time", SET_CONTACT_KEPT, SET_CONTACT_BASE, CONTACT),
	RULE(RECOMPLAINT, "recomplaint", SET_RECOMPLAINT, SET_CLOSED, RECOMPLAINT),
	RULE(OVERDUE_STOCK, "overdue_stock", SET_N3 | SET_O2, 0, COMPLETION),
	RULE(WITHIN_LIMIT, "within_limit", SET_WITHIN, 0, COMPLETION),
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
	int64_t over_at;	/* closed_at, whenever that was */
	bool withdrawn_late;	/* closed by a withdrawal that nothing confirms */
};

/* The one why of a task that no measure looks at more closely. */
static struct judgement judged(uint64_t sets, enum why why)
{
	struct judgement judgement = { .sets = sets };

	for (int base = 0; base < RATE_BASES; base++)
		judgement.why[base] = why;
	return judgement;
}

static void stand(struct judgement *judgement, uint64_t sets, enum rate_base base, enum why why)
{
	judgement->sets |= sets;
	judgement->why[base] = why;
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
static uint64_t completion_set(const struct view *view, enum why *ret_why)
{
	bool is_due = limit_overdue_at(view->due) <= view->t1;
	bool was_due = view->due < view->t0;

	if (view->closed_at != 0) {
		if (limit_kept(view->closed_at, view->due)) {
			*ret_why = WHY_N1;
			return SET_N1;
		}
		*ret_why = was_due ? WHY_O1 : WHY_N2;
		return was_due ? SET_O1 : SET_N2;
	}
	if (!is_due) {
		*ret_why = WHY_E1;
		return SET_WITHIN;
	}
	*ret_why = was_due ? WHY_O2 : WHY_N3;
	return was_due ? SET_O2 : SET_N3;
}

/* Maturity by the due moment first set: what extensions hide. */
static uint64_t original_sets(const struct view *view)
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

/* The questions that rates are made of; each has a base of its own (E18). */
enum question { QUESTION_RESULT, QUESTION_SOLVED, QUESTION_CONTACTED, QUESTIONS };

/* Of each question its answers in time, 0 where it was never answered. */
struct answers {
	int first[QUESTIONS];
	int last[QUESTIONS];
	int64_t first_at[QUESTIONS];
	int64_t last_at[QUESTIONS];
	bool was_visited;
	bool was_reached;
};

static void answer_take(struct answers *answers, enum question question, int64_t at, int answer)
{
	if (answer == 0)
		return;
	if (answers->first[question] == 0 || at < answers->first_at[question]) {
		answers->first_at[question] = at;
		answers->first[question] = answer;
	}
	if (answers->last[question] == 0 || at >= answers->last_at[question]) {
		answers->last_at[question] = at;
		answers->last[question] = answer;
	}
}

/* What the visits since the close say, as known at the freeze. */
static struct answers answers_read(const struct view *view)
{
	struct answers answers = { .was_visited = false };

	for (size_t i = 0; i < view->task->visit_count; i++) {
		const struct visit_fact *visit = &view->task->visits[i];

		if (visit->at < view->closed_at || visit->at > view->known_until)
			continue;
		answers.was_visited = true;
		answers.was_reached |= visit->reached;
		answer_take(&answers, QUESTION_RESULT, visit->at, (int)visit->result);
		answer_take(&answers, QUESTION_SOLVED, visit->at, (int)visit->solved);
		answer_take(&answers, QUESTION_CONTACTED, visit->at, (int)visit->contacted);
	}
	return answers;
}

/* The answer that counts: the last one, and the first while a redo runs (E22, E23). */
static int answer_counted(const struct view *view, const struct answers *answers,
	enum question question)
{
	return view->task->redo_running ? answers->first[question] : answers->last[question];
}

static bool has_level(uint32_t levels, int level)
{
	return (levels >> level & 1) != 0;
}

static enum why answer_why(const struct view *view, const struct answers *answers)
{
	uint32_t satisfied = view->rules->satisfied_levels;
	int last = answers->last[QUESTION_RESULT];

	if (view->task->redo_running)
		return WHY_E23;
	if (last == ANSWER_NEUTRAL && !has_level(satisfied, ANSWER_NEUTRAL))
		return WHY_E19;
	if (!has_level(satisfied, last))
		return WHY_E;
	return has_level(satisfied, answers->first[QUESTION_RESULT]) ? WHY_S : WHY_E22;
}

/* Why a question of an eligible task has no answer. */
static enum why silence_why(const struct answers *answers)
{
	if (!answers->was_visited)
		return WHY_UNVISITED;
	return answers->was_reached ? WHY_E18 : WHY_E16;
}

static void result_judge(const struct view *view, const struct answers *answers,
	struct judgement *judgement)
{
	const struct rule_set *rules = view->rules;
	int counted = answer_counted(view, answers, QUESTION_RESULT);
	uint64_t sets = SET_ANSWERED;
	enum why why = answer_why(view, answers);

	if (has_level(rules->satisfied_levels, counted))
		sets |= SET_SATISFIED;
	if (has_level(rules->strict_levels, counted))
		sets |= SET_STRICT;
	if (has_level(rules->satisfied_levels, answers->first[QUESTION_RESULT]))
		sets |= SET_FIRST_SATISFIED;
	stand(judgement, sets, BASE_SATISFACTION, why);
	stand(judgement, view->task->sent_back ? SET_SENT_BACK : 0, BASE_REDO,
		view->task->sent_back ? WHY_SENT_BACK : why);
}

/* Whether it is solved, whether the department called, and both with the result. */
static void questions_judge(const struct view *view, const struct answers *answers,
	struct judgement *judgement)
{
	static const enum why solved_whys[SOLVED_ANSWERS] = {
		[SOLVED_YES] = WHY_YES, [SOLVED_PARTLY] = WHY_PARTLY, [SOLVED_NO] = WHY_NO,
	};
	static const enum why both_whys[2][2] = {
		{ WHY_DOUBLE_NO, WHY_ONLY_SATISFIED }, { WHY_ONLY_SOLVED, WHY_DOUBLE_YES },
	};
	int solved = answer_counted(view, answers, QUESTION_SOLVED);
	int contacted = answer_counted(view, answers, QUESTION_CONTACTED);
	int result = answer_counted(view, answers, QUESTION_RESULT);
	bool is_solved = solved == SOLVED_YES;
	bool is_called = contacted == CONTACTED_YES;
	bool is_satisfied = has_level(view->rules->satisfied_levels, result);

	if (solved != 0)
		stand(judgement, SET_SOLVED_ASKED | (is_solved ? SET_SOLVED : 0), BASE_SOLVED,
			solved_whys[solved]);
	if (contacted != 0)
		stand(judgement, SET_CONTACT_ASKED | (is_called ? SET_CONTACTED : 0),
			BASE_CONTACTED, is_called ? WHY_YES : WHY_NO);
	if (solved != 0 && result != 0)
		stand(judgement,
			SET_BOTH_ASKED | (is_solved && is_satisfied ? SET_DOUBLE_YES : 0),
			BASE_DOUBLE, both_whys[is_solved][is_satisfied]);
}

/* What the caller says of a closure in the period. */
static void visits_judge(const struct view *view, struct judgement *judgement)
{
	struct answers answers;
	enum why why = WHY_OPEN;
	bool is_eligible = view->closed_at != 0 && is_visitable(view, &why);

	if (is_eligible) {
		answers = answers_read(view);
		why = silence_why(&answers);
	}
	for (int base = BASE_SATISFACTION; base <= BASE_REDO; base++)
		judgement->why[base] = why;
	if (!is_eligible)
		return;
	judgement->sets |= SET_ELIGIBLE | (answers.was_visited ? SET_ATTEMPTED : 0);
	questions_judge(view, &answers, judgement);
	if (answers.first[QUESTION_RESULT] == ANSWER_NONE)
		judgement->sets |= SET_UNANSWERED;
	else
		result_judge(view, &answers, judgement);
}

bool submission_counts(const struct submission_fact *submission, const struct period *period)
{
	int64_t t1 = period->now < period->t1 ? period->now : period->t1;

	return submission->at >= period->t0 && submission->at < t1;
}

static void submissions_judge(const struct view *view, const struct period *period,
	struct judgement *judgement)
{
	for (size_t i = 0; i < view->task->submission_count; i++) {
		const struct submission_fact *submission = &view->task->submissions[i];

		if (!submission_counts(submission, period))
			continue;
		judgement->submissions++;
		judgement->refused += submission->outcome == SUBMISSION_REFUSED;
	}
	stand(judgement, (judgement->submissions != 0 ? SET_SUBMITTED : 0) |
		(judgement->refused != 0 ? SET_REFUSED : 0), BASE_REVIEW,
		judgement->submissions != 0 ? WHY_PASSED : WHY_UNSUBMITTED);
}

/* Received counts whatever became of the task, so that giving back does not hide itself. */
static void returns_judge(const struct view *view, struct judgement *judgement)
{
	const struct task_fact *task = view->task;

	if (!in_period(view, task->dispatched_at))
		stand(judgement, 0, BASE_RETURN, WHY_BEFORE);
	else if (!task->return_asked)
		stand(judgement, SET_RECEIVED, BASE_RETURN, WHY_NOT_RETURNED);
	else if (!task->return_refused)
		stand(judgement, SET_RECEIVED | SET_RETURN_ASKED, BASE_RETURN, WHY_RETURN_ASKED);
	else
		stand(judgement, SET_RECEIVED | SET_RETURN_ASKED | SET_RETURN_REFUSED,
			BASE_RETURN, WHY_RETURN_REFUSED);
}

/* A step with a limit of its own and the sets it is counted in. */
struct timed_step {
	int64_t done_at;
	int64_t due;
	uint64_t base_set;
	uint64_t kept_set;
	enum rate_base base;
};

/*
 * The limit of a step ends once: with the step, with its due moment, or with a close that
 * made it pointless, whichever is first.
 */
static void step_judge(const struct view *view, const struct timed_step *step,
	struct judgement *judgement)
{
	bool is_kept = step->done_at != 0 && limit_kept(step->done_at, step->due);
	int64_t ended_at = step->done_at;
	bool has_ended_early;

	if (step->due == 0) {
		stand(judgement, 0, step->base, WHY_NO_LIMIT);
		return;
	}
	if (ended_at == 0 || (view->over_at != 0 && view->over_at < ended_at))
		ended_at = view->over_at;
	has_ended_early = ended_at != 0 && limit_kept(ended_at, step->due);
	if (has_ended_early ? !in_period(view, ended_at) : !due_in_period(view, step->due))
		stand(judgement, 0, step->base, WHY_NOT_MATURE);
	else if (is_kept)
		stand(judgement, step->base_set | step->kept_set, step->base, WHY_KEPT);
	else
		stand(judgement, step->base_set, step->base,
			step->done_at != 0 && step->done_at < view->t1 ? WHY_LATE : WHY_MISSED);
}

static void steps_judge(const struct view *view, struct judgement *judgement)
{
	const struct task_fact *task = view->task;
	const struct timed_step sign = {
		task->signed_at, task->sign_due, SET_SIGN_BASE, SET_SIGN_KEPT, BASE_SIGN,
	};
	const struct timed_step contact = {
		task->contacted_at, task->contact_due, SET_CONTACT_BASE, SET_CONTACT_KEPT,
		BASE_CONTACT,
	};

	step_judge(view, &sign, judgement);
	step_judge(view, &contact, judgement);
}

/* A withdrawal that nothing confirms closes the task, yet nobody could come again after it. */
static void recomplaint_judge(const struct view *view, struct judgement *judgement)
{
	bool is_recomplaint = view->task->recomplaint;

	if (view->closed_at == 0 || view->withdrawn_late)
		stand(judgement, 0, BASE_RECOMPLAINT, view->withdrawn_late ? WHY_E12 : WHY_OPEN);
	else
		stand(judgement, SET_CLOSED | (is_recomplaint ? SET_RECOMPLAINT : 0),
			BASE_RECOMPLAINT, is_recomplaint ? WHY_RECOMPLAINT : WHY_SETTLED);
}

static bool is_excluded(const struct view *view)
{
	return view->task->excluded_at != 0 && view->task->excluded_at <= view->known_until;
}

/* Out of everything but what was received, and merged ones out of that too. */
static struct judgement gone_judge(const struct view *view, enum why why)
{
	bool is_present = view->task->left_at >= view->t0;
	struct judgement judgement = judged(is_present ? SET_PRESENT : 0, why);

	if (is_present && view->task->is_lead && view->task->left != LEFT_MERGED &&
	    !is_excluded(view))
		returns_judge(view, &judgement);
	return judgement;
}

struct judgement task_judge(const struct task_fact *task, const struct period *period,
	const struct rule_set *rules)
{
	struct view view = view_of(task, period, rules);
	struct judgement judgement = { .sets = SET_PRESENT };
	uint64_t completion;
	enum why why;

	if (view.t1 <= view.t0 || task->dispatched_at >= view.t1)
		return judged(0, WHY_LATER);
	if (has_left(&view, &why))
		return gone_judge(&view, why);
	if (view.closed_at != 0 && view.closed_at < view.t0)
		return judged(0, WHY_EARLIER);
	if (!task->is_lead)
		return judged(SET_PRESENT, WHY_E29);
	view.over_at = view.closed_at;
	if (!in_period(&view, view.closed_at))
		view.closed_at = 0;
	completion = completion_set(&view, &why);
	if (is_excluded(&view))
		return judged(SET_PRESENT | ((completion & SET_B) != 0 ? SET_EXCLUDED : 0),
			WHY_E14);
	if (task->extended && (completion & SET_B) != 0)
		completion |= SET_EXTENDED;
	stand(&judgement, completion | original_sets(&view), BASE_COMPLETION, why);
	visits_judge(&view, &judgement);
	submissions_judge(&view, period, &judgement);
	returns_judge(&view, &judgement);
	steps_judge(&view, &judgement);
	recomplaint_judge(&view, &judgement);
	return judgement;
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
	case PART_MISSED:
		if (rule->is_of_submissions)
			return judgement.submissions > judgement.refused;
		return (judgement.sets & rule->den) != 0 && (judgement.sets & rule->num) == 0;
	}
	must(part <= PART_MISSED);
	return false;
}

uint32_t measure_count(enum measure measure, enum measure_part part,
	struct judgement judgement)
{
	bool has = measure_has(measure, part, judgement);

	if (!has || !measures[measure].is_of_submissions || part == PART_OUT)
		return has;
	return part == PART_NUM ? judgement.refused : part == PART_DEN ? judgement.submissions :
		judgement.submissions - judgement.refused;
}

void tally_add(struct tally *tally, struct judgement judgement)
{
	for (int i = 0; i < MEASURES; i++) {
		tally->rate[i].num += measure_count((enum measure)i, PART_NUM, judgement);
		tally->rate[i].den += measure_count((enum measure)i, PART_DEN, judgement);
	}
}

void tally_merge(struct tally *tally, const struct tally *other)
{
	for (int i = 0; i < MEASURES; i++) {
		tally->rate[i].num += other->rate[i].num;
		tally->rate[i].den += other->rate[i].den;
	}
}
