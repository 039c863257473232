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
#include "rules/facts.h"
#include "rules/percent.h"
#include "rules/period.h"

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

/* Sets a task may stand in within a period: bits of 64. */
#define TASK_SET(n) (UINT64_C(1) << (n))
#define SET_N1 TASK_SET(0)		/* matured in the period: closed in time */
#define SET_N2 TASK_SET(1)		/* due in the period, closed late in it */
#define SET_N3 TASK_SET(2)		/* due in the period, open at its end */
#define SET_O1 TASK_SET(3)		/* overdue and open at the start, closed in the period */
#define SET_O2 TASK_SET(4)		/* overdue and open at the start and at the end */
#define SET_WITHIN TASK_SET(5)		/* open at the end and not yet due */
#define SET_ELIGIBLE TASK_SET(6)	/* L: closed in the period and visitable */
#define SET_ANSWERED TASK_SET(7)	/* E: with an answer on the result */
#define SET_UNANSWERED TASK_SET(8)	/* L without E */
#define SET_SATISFIED TASK_SET(9)	/* S */
#define SET_STRICT TASK_SET(10)
#define SET_FIRST_SATISFIED TASK_SET(11)	/* by the first answer */
#define SET_EXCLUDED TASK_SET(12)	/* would be in B, excluded by decision */
#define SET_ORIGINAL_BASE TASK_SET(13)	/* matured in the period by the original due */
#define SET_ORIGINAL_KEPT TASK_SET(14)
#define SET_EXTENDED TASK_SET(15)	/* in B with an approved extension */
#define SET_PRESENT TASK_SET(16)	/* with the department at some time of the period */
#define SET_SOLVED_ASKED TASK_SET(17)	/* L, "is it solved" answered */
#define SET_SOLVED TASK_SET(18)		/* ... yes */
#define SET_CONTACT_ASKED TASK_SET(19)	/* L, "were you contacted" answered */
#define SET_CONTACTED TASK_SET(20)	/* ... yes */
#define SET_BOTH_ASKED TASK_SET(21)	/* E, and "is it solved" answered */
#define SET_DOUBLE_YES TASK_SET(22)	/* ... solved and satisfied */
#define SET_ATTEMPTED TASK_SET(23)	/* L with a visit since the close, reached or not */
#define SET_SENT_BACK TASK_SET(24)	/* E, sent into a redo after a visit */
#define SET_SUBMITTED TASK_SET(25)	/* submitted in the period, in a first round */
#define SET_REFUSED TASK_SET(26)	/* ... and that was refused */
#define SET_RECEIVED TASK_SET(27)	/* dispatched to the department in the period */
#define SET_RETURN_ASKED TASK_SET(28)	/* ... which asked to give it back */
#define SET_RETURN_REFUSED TASK_SET(29)	/* ... in vain */
#define SET_SIGN_BASE TASK_SET(30)	/* the limit to sign ended in the period */
#define SET_SIGN_KEPT TASK_SET(31)
#define SET_CONTACT_BASE TASK_SET(32)	/* the limit to call the caller ended in it */
#define SET_CONTACT_KEPT TASK_SET(33)
#define SET_CLOSED TASK_SET(34)		/* closed by the department in the period */
#define SET_RECOMPLAINT TASK_SET(35)	/* ... and the caller came again */
#define SET_B (SET_N1 | SET_N2 | SET_N3)
#define SET_O (SET_O1 | SET_O2)

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
	WHY_NO_CONTACT, WHY_NOT_WANTED,
	WHY_YES, WHY_PARTLY, WHY_NO,	/* what the caller said */
	WHY_DOUBLE_YES, WHY_DOUBLE_NO, WHY_ONLY_SOLVED, WHY_ONLY_SATISFIED, WHY_SENT_BACK,
	WHY_UNSUBMITTED,	/* no first round was submitted in the period */
	WHY_PENDING, WHY_PASSED, WHY_REFUSED,	/* of a submission */
	WHY_KEPT,		/* in time */
	WHY_LATE,		/* done, too late */
	WHY_MISSED,		/* not done when its limit or the task was over */
	WHY_NOT_MATURE,		/* the limit ends later, or ended earlier */
	WHY_NO_LIMIT,		/* the class has none */
	WHY_BEFORE,		/* dispatched before the period */
	WHY_NOT_RETURNED, WHY_RETURN_ASKED, WHY_RETURN_REFUSED,
	WHY_RECOMPLAINT, WHY_SETTLED,	/* came again, or did not */
	WHYS
};

/* What a why is about; each measure has its own. */
enum rate_base {
	BASE_COMPLETION, BASE_SATISFACTION, BASE_SOLVED, BASE_CONTACTED, BASE_DOUBLE,
	BASE_REDO, BASE_REVIEW, BASE_RETURN, BASE_SIGN, BASE_CONTACT, BASE_RECOMPLAINT,
	RATE_BASES
};

struct judgement {
	uint64_t sets;			/* SET_... */
	uint32_t submissions;		/* of the period; 0 without SET_SUBMITTED */
	uint32_t refused;		/* of these */
	enum why why[RATE_BASES];
};

struct judgement task_judge(const struct task_fact *task, const struct period *period,
	const struct rule_set *rules);
/* Whether a submission counts in the period at all; task_judge() counts these. */
bool submission_counts(const struct submission_fact *submission, const struct period *period);
/* "N1", "E9", "unvisited". */
const char *why_text(enum why why);
const char *answer_level_text(enum answer_level level);	/* NULL for ANSWER_NONE */
bool answer_level_parse(const char *text, size_t size, enum answer_level *ret_level) MUST_USE;

/* --- Measures --- */

enum measure {	/* in the order of the contract */
	MEASURE_ON_TIME, MEASURE_COMPLETION, MEASURE_ORIGINAL_LIMIT, MEASURE_EXTENSION,
	MEASURE_SATISFACTION,
	MEASURE_SATISFACTION_STRICT,
	MEASURE_SATISFACTION_FIRST,
	MEASURE_SOLVED,
	MEASURE_CONTACTED,
	MEASURE_DOUBLE_YES,
	MEASURE_VISIT_ATTEMPTED,
	MEASURE_VISIT_COVERAGE,
	MEASURE_SATISFACTION_LOW,
	MEASURE_SATISFACTION_HIGH,
	MEASURE_REDO,
	MEASURE_REVIEW_REFUSED,
	MEASURE_RETURNED,
	MEASURE_RETURN_INVALID,
	MEASURE_EXCLUSION,
	MEASURE_SIGN_ON_TIME,
	MEASURE_CONTACT_ON_TIME,
	MEASURE_RECOMPLAINT,
	MEASURE_OVERDUE_STOCK,
	MEASURE_WITHIN_LIMIT,
	MEASURES
};

/* den == 0 in the table: a bare count of num. */
struct measure_rule {
	const char *name;	/* in the API */
	uint64_t num;
	uint64_t den;
	enum rate_base base;	/* whose why explains the parts */
	bool is_of_submissions;	/* counts submissions, of which a task may have several */
};

extern const struct measure_rule measures[MEASURES];

enum measure_part {
	PART_NUM,
	PART_DEN,	/* the numerator's tasks among them; none of a bare count */
	PART_OUT,	/* with the department in the period, yet in neither */
	PART_MISSED,	/* in the denominator and not in the numerator */
};

bool measure_parse(const char *text, size_t size, enum measure *ret_measure) MUST_USE;
/* True when the task stands in that part. */
bool measure_has(enum measure measure, enum measure_part part, struct judgement judgement);
/* How many lines the task has in the list of that part, which is as long as the number. */
uint32_t measure_count(enum measure measure, enum measure_part part,
	struct judgement judgement);

/* --- Sums --- */

/* One cell a measure; starts as { 0 }. For bare counts den stays 0. */
struct tally {
	struct rate rate[MEASURES];
};

void tally_add(struct tally *tally, struct judgement judgement);
/* Sums of numerators over sums of denominators, never a mean of rates. */
void tally_merge(struct tally *tally, const struct tally *other);
