/*
 * Judging one task by the definitions of the measures.
 */
#include "verify/measure.h"

#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000)

const char *const level_words[] = {
	"-", "very_satisfied", "satisfied", "basically_satisfied", "neutral", "dissatisfied",
	"very_dissatisfied", NULL
};
const char *const content_words[] = {
	"consultation", "help", "complaint", "report", "suggestion", "praise", NULL
};
const char *const leaving_words[] = {
	"-", "returned", "withdrawn", "merged", "on_account", NULL
};
const char *const bar_words[] = {
	"-", "anonymous", "no_contact", "not_wanted", "legal", NULL
};
const char *const contacted_words[] = { "-", "yes", "no", NULL };
const char *const solved_words[] = { "-", "yes", "partly", "no", NULL };

static const char *const measure_names[MEASURES] = {
	"on_time", "completion", "original_limit", "extension", "satisfaction",
	"satisfaction_strict", "satisfaction_first", "solved", "contacted", "double_yes",
	"visit_attempted", "visit_coverage", "satisfaction_low", "satisfaction_high", "redo",
	"review_refused", "returned", "return_invalid", "exclusion", "sign_on_time",
	"contact_on_time", "recomplaint", "overdue_stock", "within_limit",
};

const char *measure_name(enum measure measure)
{
	return measure_names[measure];
}

bool measure_is_count(enum measure measure)
{
	return measure == OVERDUE_STOCK || measure == WITHIN_LIMIT;
}

int word_of(struct text word, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (text_is(word, words[i]))
			return i;
	return -1;
}

void answers_add(struct answers *answers, int64_t at, int answer)
{
	if (!answers->first || at < answers->first_at) {
		answers->first = answer;
		answers->first_at = at;
	}
	if (!answers->last || at >= answers->last_at) {
		answers->last = answer;
		answers->last_at = at;
	}
}

/* ---- where a task stands ---- */

enum place { NOWHERE, N1, N2, N3, O1, O2, WITHIN };

/* A due time is the last second that is in time, so all of that second is. */
static bool is_kept(int64_t done, int64_t due)
{
	return done != 0 && done < due + SECOND;
}

/* m = min(close, due) falls into the month: N; overdue and open when it began: O. */
static enum place place_of(int64_t dispatched, int64_t due, int64_t close,
			   const struct month *month)
{
	bool is_closed = close != 0 && close < month->t1;
	bool is_in_time = is_kept(close, due);
	int64_t mature = is_in_time && close < due ? close : due;

	if (dispatched >= month->t1)
		return NOWHERE;
	if (mature >= month->t0 && mature < month->t1) {
		if (is_in_time)
			return N1;
		return is_closed ? N2 : N3;
	}
	if (due < month->t0 && !is_in_time && (close == 0 || close >= month->t0))
		return is_closed ? O1 : O2;
	return !is_closed && due >= month->t1 ? WITHIN : NOWHERE;
}

static bool is_in(int64_t at, const struct month *month)
{
	return at >= month->t0 && at < month->t1;
}

struct standing {
	bool is_excluded;	/* by decision */
	bool is_merged;
	bool is_out;		/* left before it was closed */
	int64_t close;		/* a withdrawal without a recording counts as one */
};

static struct standing standing_of(const struct task *task, const struct month *month)
{
	struct standing standing = {
		.is_excluded = task->excluded_at != 0 && task->excluded_at <= month->freeze,
		.close = task->closed_at,
	};
	bool has_left = task->left != LEFT_NOT && task->left_at <= month->freeze &&
			(task->closed_at == 0 || task->left_at < task->closed_at);

	if (!has_left)
		return standing;
	switch (task->left) {
	case LEFT_WITHDRAWN:
		/* Before the signature, or with a recording that confirms it: as if never. */
		if (task->signed_at == 0 || task->is_recorded)
			standing.is_out = true;
		else
			standing.close = task->left_at;
		break;
	case LEFT_ON_ACCOUNT:
		/* Out from the decision on: a month that ended before it keeps the task. */
		standing.is_out = task->left_at < month->t1;
		break;
	default:
		standing.is_out = true;
		standing.is_merged = task->left == LEFT_MERGED;
	}
	return standing;
}

/* ---- parts of the count ---- */

static void count(struct tally *tally, enum measure measure, bool in_num, bool in_den)
{
	tally->num[measure] += in_num;
	tally->den[measure] += in_den;
}

static void count_limits(const struct task *task, const struct standing *standing,
			 const struct month *month, struct tally *tally)
{
	int64_t due = task->due ? task->due : task->dispatched_at;
	int64_t original = task->original_due ? task->original_due : due;
	enum place place = place_of(task->dispatched_at, due, standing->close, month);
	enum place first = place_of(task->dispatched_at, original, standing->close, month);
	bool is_base = place == N1 || place == N2 || place == N3;

	count(tally, EXCLUSION, is_base && standing->is_excluded, is_base);
	if (standing->is_excluded)
		return;
	count(tally, ON_TIME, place == N1, is_base);
	count(tally, COMPLETION, place == N1 || place == N2 || place == O1,
	      is_base || place == O1 || place == O2);
	count(tally, ORIGINAL_LIMIT, first == N1, first == N1 || first == N2 || first == N3);
	count(tally, EXTENSION, is_base && task->is_extended, is_base);
	count(tally, OVERDUE_STOCK, place == N3 || place == O2, false);
	count(tally, WITHIN_LIMIT, place == WITHIN, false);
}

static bool has(uint32_t set, int value)
{
	return value != 0 && (set >> value & 1);
}

/* The last answer; while a redo runs, the first one. */
static int counted(const struct task *task, const struct answers *answers)
{
	return task->is_redo_running ? answers->first : answers->last;
}

static void count_visits(const struct task *task, const struct month *month,
			 const struct rules *rules, struct tally *tally)
{
	int result = counted(task, &task->result);
	int solved = counted(task, &task->solved);
	int contacted = counted(task, &task->contacted);
	bool is_satisfied = has(rules->satisfied, result);

	if (!is_in(task->closed_at, month) || task->is_barred ||
	    (rules->unrated >> task->content & 1))
		return;
	count(tally, SATISFACTION, is_satisfied, result != 0);
	count(tally, SATISFACTION_STRICT, has(rules->strict, result), result != 0);
	count(tally, SATISFACTION_FIRST, has(rules->satisfied, task->result.first),
	      result != 0);
	count(tally, SOLVED, solved == ANSWERED_YES, solved != UNANSWERED);
	count(tally, CONTACTED, contacted == ANSWERED_YES, contacted != UNANSWERED);
	count(tally, DOUBLE_YES, solved == ANSWERED_YES && is_satisfied,
	      solved != UNANSWERED && result != 0);
	count(tally, VISIT_ATTEMPTED, task->was_visited, true);
	count(tally, VISIT_COVERAGE, result != 0, true);
	count(tally, SATISFACTION_LOW, is_satisfied, true);
	count(tally, SATISFACTION_HIGH, is_satisfied || result == 0, true);
	count(tally, REDO, result != 0 && task->was_sent_back, result != 0);
}

/* done 0: not done; due 0: no such limit. A close before it was done ends the limit, too. */
static void count_step(int64_t done, int64_t due, int64_t close, const struct month *month,
		       enum measure measure, struct tally *tally)
{
	int64_t mature = due;

	if (due == 0)
		return;
	if (done != 0 && done < mature)
		mature = done;
	if (close != 0 && close < mature)
		mature = close;
	bool is_mature = is_in(mature, month);
	count(tally, measure, is_mature && is_kept(done, due), is_mature);
}

void task_count(const struct task *task, const struct month *month, const struct rules *rules,
	struct tally *tally)
{
	struct standing standing = standing_of(task, month);

	if (!task->is_lead)
		return;
	if (!standing.is_excluded && !standing.is_merged && is_in(task->dispatched_at, month)) {
		count(tally, RETURNED, task->was_return_asked, true);
		count(tally, RETURN_INVALID, task->was_return_asked && task->was_return_refused,
		      task->was_return_asked);
	}
	if (standing.is_out)
		return;
	count_limits(task, &standing, month, tally);
	if (standing.is_excluded)
		return;
	count_visits(task, month, rules, tally);
	count_step(task->signed_at, task->sign_due, standing.close, month, SIGN_ON_TIME,
		   tally);
	count_step(task->contacted_at, task->contact_due, standing.close, month,
		   CONTACT_ON_TIME, tally);
	count(tally, RECOMPLAINT, is_in(task->closed_at, month) && task->is_recomplained,
	      is_in(task->closed_at, month));
	tally->num[REVIEW_REFUSED] += task->refused;
	tally->den[REVIEW_REFUSED] += task->submitted;
}

void tally_add(struct tally *tally, const struct tally *other)
{
	for (int i = 0; i < MEASURES; i++) {
		tally->num[i] += other->num[i];
		tally->den[i] += other->den[i];
	}
}

/* ---- the printed rate ---- */

bool rate_meets(uint64_t num, uint64_t den, uint64_t target)
{
	return 100 * num >= target * den;
}

/* Digits of 100 * num / den one by one, so that nothing overflows; half up. */
static void percent_write(uint64_t num, uint64_t den, int decimals, char *out)
{
	uint64_t rest = 100 * num % den;
	int n = snprintf(out, RATE_BYTES, "%03u.", (unsigned int)(100 * num / den));

	for (int i = 0; i < decimals; i++) {
		rest *= 10;
		out[n++] = (char)('0' + rest / den);
		rest %= den;
	}
	out[n] = '\0';
	if (rest < den - rest)
		return;
	for (int i = n - 1; i >= 0; i--) {
		if (out[i] == '.')
			continue;
		if (out[i] != '9') {
			out[i]++;
			break;
		}
		out[i] = '0';
	}
}

char *rate_write(uint64_t num, uint64_t den, uint64_t target, char *out)
{
	enum { DECIMALS_MAX = 18 };
	char wide[RATE_BYTES], shown[RATE_BYTES];

	if (den == 0)
		return memcpy(out, "-", 2);
	for (int decimals = 2; decimals <= DECIMALS_MAX; decimals++) {
		percent_write(num, den, decimals, wide);
		snprintf(shown, sizeof(shown), "%03u.%0*d", (unsigned int)target, decimals, 0);
		if (rate_meets(num, den, target) || strcmp(wide, shown) != 0)
			break;
	}
	/* "066.67" has up to two zeros too many. */
	const char *start = wide + (wide[0] == '0') + (wide[0] == '0' && wide[1] == '0');
	snprintf(out, RATE_BYTES, "%s", start);
	return out;
}
