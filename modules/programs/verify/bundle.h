/*
 * The bundle of a frozen month: its rows, the figures printed over them, and the seal that
 * binds both to the ledger. Text lines of TAB separated fields, format liandong-bundle/1.
 *
 * Ownership: slices point into the file's bytes, which must outlive the bundle; bundle_free()
 * frees what was allocated. Memory is linear in the file. Threads: one.
 */
#pragma once

#include "verify/entry.h"
#include "verify/findings.h"
#include "verify/measure.h"
#include "verify/merkle.h"
#include "verify/note.h"

#define BUNDLE_FIRST_LINE "liandong-bundle/1"

/* Bounds of what is believed to be a month. */
enum { DEPARTMENTS_MAX = 20000, ROWS_MAX = 20000000 };

enum scope { SCOPE_ALL, SCOPE_110, SCOPE_12345, SCOPE_ENTERPRISE, SCOPES };
enum figure_kind { FIGURE_TOTAL, FIGURE_OWN, FIGURE_ROLL_UP, FIGURE_KINDS };
extern const char *const scope_words[], *const figure_kind_words[];

struct department {
	struct text code, parent_code;
	struct department *parent;
	size_t below_waiting;			/* direct children not yet added up */
	uint64_t tasks[SCOPES];			/* of its own */
	uint64_t tasks_below[SCOPES];		/* of those below it */
	uint32_t printed[FIGURE_KINDS];		/* bits of scopes whose figures were read */
	struct tally own[SCOPES], sum[SCOPES];
};

struct bundle_task {
	struct text id;
	struct department *department;
	uint32_t scopes;			/* bits */
	int64_t first_passed_at;		/* INT64_MAX: none did */
	struct task facts;
};

struct submission {
	struct bundle_task *task;
	int64_t at;
	bool is_refused;
};

struct bundle {
	struct text period, origin, rules_version;
	uint64_t yyyymm;
	struct month month;
	struct rules rules;
	struct department *departments;
	struct department **by_code;		/* sorted */
	size_t department_count, department_room;
	struct bundle_task *tasks;
	struct bundle_task **by_id;		/* sorted */
	size_t task_count, task_room;
	struct submission *submissions;
	size_t submission_count, submission_room;
	uint64_t visit_count, figure_count;
	uint32_t total_printed;			/* bits of scopes */
	struct tally total[SCOPES];
};

/* Lines of the file, numbered; the first fault ends the reading and is told with its line. */
struct lines {
	struct text rest;
	struct text line;
	uint64_t number;
	struct findings *findings;
	bool is_broken;
};

bool lines_next(struct lines *lines);
/* Says once what is wrong with the line; returns false. */
bool lines_broken(struct lines *lines, const char *what);

/*
 * Reads everything down to the figures, whose header is the line it stops at. False and a
 * finding when it cannot be read.
 */
bool bundle_read(struct lines *lines, struct bundle *ret);
void bundle_free(struct bundle *bundle);
struct department *bundle_department(const struct bundle *bundle, struct text code);

/* Counts everything from the rows; false and a finding when the departments are no tree. */
bool bundle_count(struct bundle *bundle, struct findings *findings);
/* Reads the printed figures and says each that is not what was counted, or is missing. */
bool bundle_compare(struct lines *lines, struct bundle *bundle);

/*
 * Checks the seal over the content. key: one that the user has from elsewhere, or NULL; then
 * the file's own is used, and said to be. Prints what holds to `out`.
 */
bool seal_check(struct text content, struct lines *lines, const struct bundle *bundle,
	const struct key *key, FILE *out);

/* The whole: prints to out; a status of findings.h. vkey is NULL without one. */
int bundle_verify(struct text file, const char *vkey, FILE *out);
