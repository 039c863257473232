/*
 * Inside the reports module: how its files share the work. keep.c writes down what tasks would
 * not tell later, scan.c finds a period's tasks and judges each once, with what attach.c reads
 * of them; figures.c adds them up, reports.c writes the figures, behind.c lists the tasks
 * behind one number. Numbers and lists come from the same judgement, so they cannot differ. Of
 * a frozen month bundle_read.c gives the tasks in the place of scan.c.
 */
#pragma once

#include "attr.h"
#include "events.h"
#include "rules/rates.h"

#include "reports_sql.h"

struct question {
	struct str name;	/* of the period, as it was asked */
	struct period period;
	uint32_t scope;		/* number of the channel, 0 for all */
	uint32_t month;		/* 202603 where the period is one month, else 0 */
	uint32_t months;	/* 3 or 12 where it is a quarter or a year, else 0 */
};

/* A scope is a channel, numbered alike; 0 is every channel. */
enum { SCOPES = 4 };
extern const char *const scope_names[SCOPES + 1];

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
	const struct month *month;	/* how it stands; NULL where the period is no month */
	const struct bundle *bundle;	/* of a frozen month, NULL for a live report */
	struct str checkpoint;		/* the note under which it is sealed; absent while it is open */
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

/* NULL-terminated, in the order of the scopes' numbers. */
extern const char *const scope_names[];

/* Adds complaints and is false when period or scope cannot be read. */
bool req_question(struct req *r, struct question *ret_question) MUST_USE;
/* The department whose rows alone the actor may see, its own or that it supervises; absent for
 * those who see all. */
struct str own_unit(const struct actor *actor);

/* False when the name is no period; scope is an index of scope_names. */
bool question_read(struct str name, int scope, struct question *ret_question) MUST_USE;
/*
 * A report without figures yet, in the arena of tx: of a frozen month on what was frozen, else
 * on what is known now. The transaction reads in one consistent view, begun before.
 */
struct report *report_open(struct tx *tx, const struct question *question);
/* The same on what is known now, frozen or not. */
struct report *report_open_live(struct tx *tx, const struct question *question);
/*
 * The department that is asked for and may be seen; empty for the whole district. False:
 * *ret_reply is the answer. Complaints may have been added.
 */
bool req_department(struct req *r, struct str *ret_department, struct reply *ret_reply)
	MUST_USE;
/* NULL when there is no such department. */
struct place *find_place(const struct report *report, struct str code);
/*
 * Takes every task that was with a department in the period, once: what ended in it, what has
 * not ended, and what ended after it. What ended before it stands in no set. The work is that
 * of these tasks and of a month around the period, however many lie before and behind.
 */
void scan_period(struct scan *scan);
/* The same from the tables as they are, frozen or not. */
void scan_live(struct scan *scan);
/*
 * Judges one task by the report's period and rules and hands it to take(), as scan_period()
 * does with each it reads; a second source of tasks calls it likewise. False, and nothing is
 * taken, when the report has no such department.
 */
bool scan_take(struct scan *scan, const struct case_row *row) MUST_USE;

/* ---- attach.c: what other tables know of the tasks of a chunk, which are in order of ids ---- */

/* Visits, and whether the caller came again: of tasks that ended in the period. */
void attach_visits(struct tx *tx, struct case_row *rows, uint32_t n);
void attach_recomplaints(struct tx *tx, struct case_row *rows, uint32_t n);
void attach_submissions(struct tx *tx, struct case_row *rows, uint32_t n);
/* `asked`: ids of those that may have been asked to be given back. */
void attach_returns(struct tx *tx, struct case_row *rows, uint32_t n, const uint64_t *asked,
		    uint32_t asked_count);

/* ---- keep.c: hooks ---- */
void keep_submission(struct tx *tx, const struct event *event);
void keep_refused(struct tx *tx, const struct event *event);
void keep_passed(struct tx *tx, const struct event *event);
void keep_ended(struct tx *tx, const struct event *event);
/* The month behind that of an instant, as 202603; and when a month begins. */
uint32_t month_behind(int64_t at);
int64_t month_begins(uint32_t month);

/* ---- figures.c ---- */

/* The report with its figures; of a quarter or a year with frozen months the sums of these
 * where months add up (E48). */
struct report *report_make(struct tx *tx, const struct question *question);
/* Adds a judgement to a place of the report and to its total. */
void report_add(struct report *report, struct place *place,
		const struct judgement *judgement);
/* After all was added: the sums of each department's whole tree. */
void report_roll_up(struct report *report);
/* A department with all below it. */
struct tally place_sum(const struct place *place);
/*
 * The reports whose tasks together are behind this measure of the question: the one of the
 * period, or those of its months where some are frozen and the measure adds up (E48). Their
 * number, at most REPORT_PARTS; none has figures yet.
 */
enum { REPORT_PARTS = 12 };
uint32_t report_parts(struct tx *tx, const struct question *question, enum measure measure,
		      struct report *ret_parts[REPORT_PARTS]);
/* Whether a period's number is the sum of its months' numbers: each task matures once, while
 * what is overdue weighs on every month until it is closed. */
bool measure_adds_up(enum measure measure);

/* ---- reports.c ---- */

/* The report that a GET asks for, with its figures and, of a frozen month, the checkpoint that
 * vouches for it. Begins the consistent view, so nothing may have been read before. */
const struct report *req_report(struct req *r, const struct question *question);
/* Writes the member "measures" of an open object. */
void measures_write(struct json *j, const struct tally *tally, const struct rule_set *rules);
/* Answers with the report of a month. */
struct month;
struct reply reply_month(struct req *r, const struct month *month);

/* First and last answer with the result since the close, as the rates take them. */
void read_answers(const struct case_row *row, enum answer_level *ret_first,
		  enum answer_level *ret_last);

/* behind.c: route. */
struct reply reports_tasks(struct req *r);
