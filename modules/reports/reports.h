/*
 * Inside the reports module: how its files share the work. scan.c reads a period's tasks and
 * judges each once, reports.c adds them up and writes the figures, behind.c lists the tasks
 * behind one number. Numbers and lists come from the same judgement, so they cannot differ.
 */
#pragma once

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
	struct place *places;	/* by code */
	size_t place_count;
	struct tally total;
	uint64_t calendar_version;
	/* The note under which the period is sealed; absent while it is open. */
	struct str checkpoint;
};

/* A judged task; everything in it is gone when take() has returned, but the place. */
struct judged {
	const struct sql_reports_tasks_row *task;
	struct place *place;
	struct judgement judgement;
	const struct visit_fact *visits;
	size_t visit_count;
};

struct scan {
	struct tx *tx;
	const struct report *report;
	struct str department;	/* empty: every department */
	void (*take)(struct scan *scan, const struct judged *judged);
	void *taker;
};

/* NULL-terminated, in the order of the scopes' numbers. */
extern const char *const scope_names[];

/* Adds complaints and is false when period or scope cannot be read. */
bool req_question(struct req *r, struct question *ret_question) MUST_USE;
/* The department whose rows alone the actor may see; absent for those who see all. */
struct str own_unit(const struct actor *actor);

/*
 * A report without figures yet, in the arena of tx. Begins the consistent view in which all is
 * read, so nothing may have been read before.
 */
struct report *report_open(struct tx *tx, const struct question *question);
/* A report with its figures: own ones, those of all below, and the total. */
struct report *report_make(struct tx *tx, const struct question *question);
/* Own figures and those of all below. */
struct tally sum_of(const struct place *place);
/*
 * The department that is asked for and may be seen; empty for the whole district. False:
 * *ret_reply is the answer. Complaints may have been added.
 */
bool req_department(struct req *r, struct str *ret_department, struct reply *ret_reply)
	MUST_USE;
/* NULL when there is no such department. */
struct place *find_place(const struct report *report, struct str code);
/*
 * Takes every task that was with a department in the period, once: what was closed in it, what
 * is open, and what was closed after it. What was closed before it stands in no set.
 */
void scan_period(struct scan *scan);

/* First and last answer with the result since the close, as the rates take them. */
void read_answers(const struct judged *judged, enum answer_level *ret_first,
		  enum answer_level *ret_last);

/* behind.c: route. */
struct reply reports_tasks(struct req *r);
