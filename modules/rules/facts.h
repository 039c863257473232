/*
 * A task as the rates know it: everything that can move a figure and nothing else, so that two
 * who hold the same facts come to the same figures.
 *
 * Threads: values; what a fact points at is the caller's. Instants are microseconds UTC, 0
 * where the thing did not happen.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/limits.h"

/* --- Visits --- */

enum answer_level {	/* with the result; stored: numbers are fixed */
	ANSWER_NONE,	/* not reached, or the question of the result not answered */
	ANSWER_VERY_SATISFIED,
	ANSWER_SATISFIED,
	ANSWER_BASICALLY_SATISFIED,
	ANSWER_NEUTRAL,
	ANSWER_DISSATISFIED,
	ANSWER_VERY_DISSATISFIED,
	ANSWER_LEVELS
};

/* Whether the department got in touch, and whether the matter is solved; 0 not answered. */
enum contacted_answer { CONTACTED_UNSAID, CONTACTED_YES, CONTACTED_NO, CONTACTED_ANSWERS };
enum solved_answer {	/* stored: numbers are fixed */
	SOLVED_UNSAID, SOLVED_YES, SOLVED_PARTLY, SOLVED_NO, SOLVED_ANSWERS
};

struct visit_fact {
	int64_t at;
	bool reached;
	enum contacted_answer contacted;
	enum solved_answer solved;
	enum answer_level result;	/* with the result; attitude is another matter */
};

/* Why a task cannot be visited. */
enum visit_bar {
	VISIT_ALLOWED, VISIT_ANONYMOUS, VISIT_NO_CONTACT, VISIT_NOT_WANTED,
	VISIT_LEGAL_PROCEDURE,	/* closed because the matter went to petition or court */
	VISIT_BARS
};

/* --- Submissions --- */

enum submission_outcome {	/* stored: numbers are fixed */
	SUBMISSION_PENDING,
	SUBMISSION_PASSED,
	SUBMISSION_REFUSED,
	SUBMISSION_OUTCOMES
};

/* Of the first rounds: up to and with the first that passed. */
struct submission_fact {
	int64_t at;
	enum submission_outcome outcome;
};

/* --- Tasks --- */

/* How a task left its department before it was closed; stored: numbers are fixed. */
enum leaving {
	LEFT_NOT,
	LEFT_RETURNED,		/* return accepted */
	LEFT_WITHDRAWN,		/* by the caller */
	LEFT_MERGED,		/* the appeal became the child of another */
	LEFT_ON_ACCOUNT,	/* moved to the ledger of difficult cases, and still there */
	LEAVINGS
};

struct task_fact {
	uint64_t department;	/* for the caller's grouping */
	bool is_lead;
	enum content_class content;
	int64_t dispatched_at;
	int64_t sign_due;	/* 0: the class has no such limit; so contact_due */
	int64_t signed_at;
	int64_t contact_due;
	int64_t contacted_at;	/* first contact, whatever round */
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
	bool sent_back;		/* into a redo, after a visit that was answered */
	bool return_asked;
	bool return_refused;	/* at least one request for return was */
	/* The same caller came again about the same category: RECOMPLAINT_SPAN after close. */
	bool recomplaint;
	const struct visit_fact *visits;	/* in any order; owned by the caller */
	size_t visit_count;
	const struct submission_fact *submissions;	/* likewise */
	size_t submission_count;
};

/* After closed_at, without it, to and with the last microsecond: 30 days. */
#define RECOMPLAINT_SPAN (30 * INT64_C(86400000000))
