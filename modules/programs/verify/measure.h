/*
 * The measures of a month, by their definitions: from what is known of a task at the freeze to
 * what it adds to each numerator and denominator, and from sums to the printed rate.
 *
 * A task matures at the earlier of its close and its due; the due second itself is in time. A
 * task that left (returned, withdrawn, merged, on account) is out of the bases; one closed
 * before that did not leave. Every rate is a pair of integers.
 *
 * Threads: values.
 */
#pragma once

#include "verify/text.h"

enum measure {
	ON_TIME, COMPLETION, ORIGINAL_LIMIT, EXTENSION, SATISFACTION, SATISFACTION_STRICT,
	SATISFACTION_FIRST, SOLVED, CONTACTED, DOUBLE_YES, VISIT_ATTEMPTED, VISIT_COVERAGE,
	SATISFACTION_LOW, SATISFACTION_HIGH, REDO, REVIEW_REFUSED, RETURNED, RETURN_INVALID,
	EXCLUSION, SIGN_ON_TIME, CONTACT_ON_TIME, RECOMPLAINT, OVERDUE_STOCK, WITHIN_LIMIT,
	MEASURES
};

const char *measure_name(enum measure measure);
/* A bare count has no base: den stays 0. */
bool measure_is_count(enum measure measure);

struct month {
	int64_t t0, t1;		/* half-open */
	int64_t freeze;		/* what was answered or decided later is not known */
};

/* Levels and contents are bits 1u << value. */
struct rules {
	uint64_t target;	/* percent, 0 to 100 */
	uint32_t satisfied, strict;
	uint32_t unrated;	/* contents whose callers are not asked */
};

enum level { LEVEL_NONE, LEVEL_FIRST, LEVEL_COUNT = 7 };
enum content { CONTENT_COUNT = 6 };
enum leaving { LEFT_NOT, LEFT_RETURNED, LEFT_WITHDRAWN, LEFT_MERGED, LEFT_ON_ACCOUNT,
	LEAVINGS };
enum yes_no { UNANSWERED, ANSWERED_YES, ANSWERED_PARTLY, ANSWERED_NO };

/* The words of the file in the order of their numbers, NULL-terminated; -1 for no such word. */
extern const char *const level_words[], *const content_words[], *const leaving_words[],
	*const bar_words[], *const contacted_words[], *const solved_words[];
int word_of(struct text word, const char *const *words);

/* The answers to one question at or after the close, as known at the freeze; 0 is none. */
struct answers {
	int first, last;
	int64_t first_at, last_at;
};

/* In order of the rows: of two at the same moment the later row is the later answer. */
void answers_add(struct answers *answers, int64_t at, int answer);

/* Moments are 0 where the thing did not happen. */
struct task {
	bool is_lead, is_extended, is_recorded, is_barred, is_redo_running, was_sent_back,
		was_return_asked, was_return_refused, is_recomplained, was_visited;
	int content;
	enum leaving left;
	int64_t dispatched_at, sign_due, signed_at, contact_due, contacted_at, due,
		original_due, closed_at, left_at, excluded_at;
	struct answers contacted, solved, result;
	uint64_t submitted, refused;	/* submissions of the first rounds in the month */
};

struct tally {
	uint64_t num[MEASURES], den[MEASURES];
};

/* Adds what the task counts for; assists count for nothing. */
void task_count(const struct task *task, const struct month *month, const struct rules *rules,
	struct tally *tally);
void tally_add(struct tally *tally, const struct tally *other);

/* 100 * num >= target * den. den is not 0. */
bool rate_meets(uint64_t num, uint64_t den, uint64_t target);
/*
 * Percent with two decimals, half up, with as many more as it takes not to show the target on a
 * rate that misses it; "-" on a zero base. num <= den < 2^57. `out` has RATE_BYTES.
 */
enum { RATE_BYTES = 40 };
char *rate_write(uint64_t num, uint64_t den, uint64_t target, char *out);
