/*
 * Inside the reports module: a month of figures and its life. open -> preview to the departments,
 * with objections -> frozen -> published; corrections are numbered beside what is frozen. Who
 * acts and on which working days are settings.
 */
#pragma once

#include "module.h"
#include "reports/reports.h"

#include "reports_month_sql.h"

enum month_state {	/* stored: numbers are fixed */
	MONTH_OPEN, MONTH_PREVIEW, MONTH_FROZEN, MONTH_PUBLISHED
};

/* The steps of a month's life; index of month_step_names. */
enum month_step {
	STEP_PREVIEW, STEP_FREEZE, STEP_PUBLISH, STEP_CORRECT, STEP_OBJECT, STEP_ANSWER,
	STEP_STATEMENT, MONTH_STEPS
};

struct month {
	uint32_t number;		/* 202603 */
	struct period period;		/* with now, and the freeze where it is frozen */
	enum month_state state;
	struct sql_reports_month_read_row row;
};

/* First moments of the steps, in working days behind the month's last day; 0 where the
 * calendar does not reach. Objections end with the last second of their day. */
struct month_days {
	int64_t preview_from, objections_until, freeze_from, publish_from;
};

extern const struct setting month_settings[];

/* True when the period is one whole month; then its number. */
bool month_number_of(const struct period *period, struct str name, uint32_t *ret_number)
	MUST_USE;
struct month month_read(struct tx *tx, uint32_t number);
/* "2026-03", in the arena. */
struct str month_name(struct arena *a, uint32_t number);
struct month_days month_days(const struct reference *ref, const struct month *month);
/* The month of the path {period}; false after having added a complaint. */
bool req_month(struct req *r, struct month *ret_month) MUST_USE;

bool month_step_is_legal(const struct month *month, enum month_step step);
/* 409 with the steps that are possible now. */
struct reply reply_month_step(struct req *r, const struct month *month);
/* Whether the setting of this step names the actor, or names nobody. */
bool month_person_may(const struct actor *actor, const char *setting);

/* Writes the members in which a report tells of its month's life. */
void month_write(struct json *j, struct tx *tx, const struct month *month);

/* life.c: routes and the job. */
struct reply month_preview_route(struct req *r);
struct reply month_freeze_route(struct req *r);
struct reply month_publish_route(struct req *r);
bool month_run(struct tx *tx);
int64_t month_next_due(struct tx *tx);

/* objections.c: routes, and what a report shows of statements. */
struct reply objections_add(struct req *r);
struct reply objections_answer(struct req *r);
struct reply objections_list(struct req *r);
struct reply statements_put(struct req *r);
/* What departments say beside their figures. */
struct statement {
	struct str department, measure, text;
	int64_t at;
};
struct statements {
	struct statement *v;
	size_t n, room;
};
const struct statements *statements_read(struct tx *tx, uint32_t month);
/* A member of the department's open object. */
void statements_write(struct json *j, const struct statements *statements,
		      struct str department);
