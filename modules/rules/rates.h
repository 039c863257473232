/*
 * The arithmetic of the rates. One function judges a task into sets; every measure is a pair
 * of sets, so that a number and the list of tasks behind it cannot differ. Integers only,
 * values only: no clock, no database, no allocation, any thread.
 *
 * The surprise: one overdue task never closed weighs on the completion of every later month
 * until it is closed, while on-time judges each task once, in the month it matures.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "rules/limits.h"
#include "rules/percent.h"
#include "rules/period.h"

/* --- Facts: a task as it is known when the figures are made --- */

enum answer_level {
	ANSWER_NONE,	/* not reached, or the question of the result not answered */
	ANSWER_VERY_SATISFIED,
	ANSWER_SATISFIED,
	ANSWER_BASICALLY_SATISFIED,
	ANSWER_NEUTRAL,
	ANSWER_DISSATISFIED,
	ANSWER_VERY_DISSATISFIED,
	ANSWER_LEVELS
};

struct visit_fact {
	int64_t at;
	bool reached;
	enum answer_level result;	/* with the result; attitude is another matter */
};

/* Why a task cannot be visited. */
enum visit_bar {
	VISIT_ALLOWED, VISIT_ANONYMOUS, VISIT_NO_CONTACT, VISIT_NOT_WANTED,
	VISIT_LEGAL_PROCEDURE,	/* closed because the matter went to petition or court */
};

/* How a task left its department before it was closed. */
enum leaving {
	LEFT_NOT,
	LEFT_RETURNED,		/* return accepted */
	LEFT_WITHDRAWN,		/* by the caller */
	LEFT_MERGED,		/* the appeal became the child of another */
	LEFT_ON_ACCOUNT,	/* moved to the ledger of difficult cases, and still there */
};

/* Instants are 0 where the thing did not happen. */
struct task_fact {
	uint64_t department;	/* for the caller's grouping */
	bool is_lead;
	enum content_class content;
	int64_t dispatched_at;
	int64_t signed_at;
	int64_t due;		/* with approved extensions; 0 counts as due at dispatch */
	int64_t original_due;	/* 0: the same as due */
	bool extended;		/* an extension was approved */
	int64_t closed_at;	/* submit time of the first submission that passed */
	enum leaving left;
	int64_t left_at;
	bool withdrawal_recorded;	/* LEFT_WITHDRAWN: the centre's recording confirms it */
	int64_t excluded_at;	/* when the exclusion was approved */
	enum visit_bar visit_bar;
	bool redo_running;
	const struct visit_fact *visits;	/* in any order; owned by the caller */
	size_t visit_count;
};

/* What a district may set; named on every report. Levels and contents are bits 1u << value. */
struct rule_set {
	const char *version;
	uint32_t satisfied_levels;
	uint32_t strict_levels;
	uint32_t unrated_contents;	/* no satisfaction asked: suggestion, praise */
	uint64_t target;		/* percent; the number itself reaches it */
};

extern const struct rule_set rule_set_shipped;

/* --- Judging --- */

enum task_set {
	SET_N1 = 1u << 0,	/* matured in the period: closed in time */
	SET_N2 = 1u << 1,	/* due in the period, closed late in it */
	SET_N3 = 1u << 2,	/* due in the period, open at its end */
	SET_O1 = 1u << 3,	/* overdue and open at the start, closed in the period */
	SET_O2 = 1u << 4,	/* overdue and open at the start and at the end */
	SET_WITHIN = 1u << 5,	/* open at the end and not yet due */
	SET_ELIGIBLE = 1u << 6,	/* L: closed in the period and visitable */
	SET_ANSWERED = 1u << 7,	/* E: with an answer on the result */
	SET_UNANSWERED = 1u << 8,	/* L without E */
	SET_SATISFIED = 1u << 9,	/* S */
	SET_STRICT = 1u << 10,
	SET_FIRST_SATISFIED = 1u << 11,	/* by the first answer */
	SET_EXCLUDED = 1u << 12,	/* would be in B, excluded by decision */
	SET_ORIGINAL_BASE = 1u << 13,	/* matured in the period by the original due */
	SET_ORIGINAL_KEPT = 1u << 14,
	SET_EXTENDED = 1u << 15,	/* in B with an approved extension */
	SET_PRESENT = 1u << 16,	/* with the department at some time of the period */

	SET_B = SET_N1 | SET_N2 | SET_N3,
	SET_O = SET_O1 | SET_O2,
};

/* The rule that put a task where it stands; E-numbers are those of the report's rule list. */
enum why {
	WHY_N1, WHY_N2, WHY_N3, WHY_O1, WHY_O2,
	WHY_E1,		/* open, not yet due */
	WHY_E9,		/* return accepted */
	WHY_E12,	/* withdrawn */
	WHY_E14,	/* excluded */
	WHY_E26,	/* merged into another appeal */
	WHY_E29,	/* assist task */
	WHY_E33,	/* on account */
	WHY_EARLIER,	/* closed before the period */
	WHY_LATER,	/* dispatched after it */
	WHY_OPEN,	/* no closure in the period, so nothing to visit */
	WHY_S,		/* answered, satisfied */
	WHY_E,		/* answered, not satisfied */
	WHY_UNVISITED,	/* eligible, no visit since the close */
	WHY_E16,	/* visited, never reached */
	WHY_E18,	/* reached, the result not answered */
	WHY_E19,	/* neutral: an answer, not satisfied */
	WHY_E22,	/* satisfied after a redo or by a later answer */
	WHY_E23,	/* a redo is running: the first answer counts */
	WHY_E31,	/* content that is not asked for satisfaction */
	WHY_E32,	/* anonymous */
	WHY_E35,	/* legal procedure */
	WHY_NO_CONTACT, WHY_NOT_WANTED, WHYS
};

enum rate_base { BASE_COMPLETION, BASE_SATISFACTION, RATE_BASES };

struct judgement {
	uint32_t sets;			/* of enum task_set */
	enum why why[RATE_BASES];
};

struct judgement task_judge(const struct task_fact *task, const struct period *period,
	const struct rule_set *rules);
/* "N1", "E9", "unvisited". */
const char *why_text(enum why why);
const char *answer_level_text(enum answer_level level);	/* NULL for ANSWER_NONE */
bool answer_level_parse(const char *text, size_t size, enum answer_level *ret_level) MUST_USE;

/* --- Measures --- */

enum measure {
	MEASURE_ON_TIME,
	MEASURE_COMPLETION,
	MEASURE_ORIGINAL_LIMIT,
	MEASURE_EXTENSION,
	MEASURE_SATISFACTION,
	MEASURE_SATISFACTION_STRICT,
	MEASURE_SATISFACTION_FIRST,
	MEASURE_VISIT_COVERAGE,
	MEASURE_SATISFACTION_LOW,
	MEASURE_SATISFACTION_HIGH,
	MEASURE_EXCLUSION,
	MEASURE_OVERDUE_STOCK,
	MEASURE_WITHIN_LIMIT,
	MEASURES
};

/* den == 0 in the table: a bare count of num. */
struct measure_rule {
	const char *name;	/* in the API */
	uint32_t num;
	uint32_t den;
	enum rate_base base;	/* whose why explains the parts */
};

extern const struct measure_rule measures[MEASURES];

enum measure_part {
	PART_NUM,
	PART_DEN,	/* the numerator's tasks among them; none of a bare count */
	PART_OUT,	/* with the department in the period, yet in neither */
};

bool measure_parse(const char *text, size_t size, enum measure *ret_measure) MUST_USE;
/* True when the task stands in that part: the length of the list is the number. */
bool measure_has(enum measure measure, enum measure_part part, struct judgement judgement);

/* --- Sums --- */

/* One cell a measure; starts as { 0 }. For bare counts den stays 0. */
struct tally {
	struct rate rate[MEASURES];
};

void tally_add(struct tally *tally, struct judgement judgement);
/* Sums of numerators over sums of denominators, never a mean of rates. */
void tally_merge(struct tally *tally, const struct tally *other);
