/*
 * Inside the reports module: how its files share the work. scan.c reads a period's tasks and
 * judges each once, reports.c adds them up and writes the figures, behind.c lists the tasks
 * behind one number. Numbers and lists come from the same judgement, so they cannot differ.
 */
#pragma once

#include "attr.h"
#include "domain.h"
#include "rules/rates.h"

#include "reports_sql.h"

struct question {
	struct str name;	/* of the period, as it was asked */
	struct period period;
	uint32_t scope;		/* number of the channel, 0 for all */
};

/* A department with its figures. */
struct place {
	struct str code, name, parent, peer_group;
	bool has_tasks;
	bool has_below;		/* a department below it has tasks */
	struct tally own;
	struct tally below;
};

struct report {
	struct question question;
	const struct rule_set *rules;
	struct place *places;	/* by code */
	size_t place_count;
	struct tally total;
	uint64_t calendar_version;
};

/*
 * All that a figure, a list, a bundle or a recount needs of a task. Its strings, visits and
 * submissions (both oldest first) are of whoever made the row.
 */
struct case_row {
	uint64_t id;
	struct str department;
	enum channel channel;
	enum task_role role;
	enum limit_class limit_class;
	enum task_state state;
	struct task_fact fact;
};

/* A judged task; everything in it is gone when take() has returned, but the place. */
struct judged {
	const struct case_row *row;
	struct place *place;
	struct judgement judgement;
};

struct scan {
	struct tx *tx;
	const struct report *report;
	struct str department;	/* empty: every department */
	void (*take)(struct scan *scan, const struct judged *judged);
	void *taker;
};

/* Adds complaints and is false when period or scope cannot be read. */
bool req_question(struct req *r, struct question *ret_question) MUST_USE;
/* The department whose rows alone the actor may see; absent for those who see all. */
struct str own_unit(const struct actor *actor);

/*
 * A report without figures yet, in the arena of tx. Begins the consistent view in which all is
 * read, so nothing may have been read before.
 */
struct report *report_open(struct tx *tx, const struct question *question);
/* NULL when there is no such department. */
struct place *find_place(const struct report *report, struct str code);
/*
 * Takes every task that was with a department in the period, once: what was closed in it, what
 * is open, and what was closed after it. What was closed before it stands in no set.
 */
void scan_period(struct scan *scan);
/*
 * Judges one task by the report's period and rules and hands it to take(), as scan_period()
 * does with each it reads; a second source of tasks calls it likewise. False, and nothing is
 * taken, when the report has no such department.
 */
bool scan_take(struct scan *scan, const struct case_row *row) MUST_USE;

/* behind.c: route. */
struct reply reports_tasks(struct req *r);
