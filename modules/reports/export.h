/*
 * Inside the reports module: its exports. The figures and the cases are those of the report,
 * from the same scan; here they only become files.
 */
#pragma once

#include "audit.h"
#include "reports/reports.h"
#include "sheet.h"
#include "spool.h"

/* Routes: each file on the slow lane, whole or not at all. */
struct reply reports_csv(struct req *r);
struct reply reports_tasks_csv(struct req *r);
struct reply reports_praised_csv(struct req *r);
struct reply reports_xlsx(struct req *r);
struct reply reports_pdf(struct req *r);

/* The act of taking such a file out, in a transaction that may write. */
struct export_mark export_mark(struct req *r, const char *file, const struct question *question);

/* ---- figures ---- */

enum standing_kind { STANDING_TOTAL, STANDING_OWN, STANDING_ROLL_UP };
extern const char *const standing_names[];	/* of the API */
extern const char *const standing_words[];	/* in Chinese */

/* The figures of one department, or of all (place NULL). */
struct standing {
	enum standing_kind kind;
	const struct place *place;
	struct tally tally;
};

/*
 * The total, then each department with tasks, then each with tasks below it; `only` restricts
 * the departments as in the report.
 */
void standings_each(const struct report *report, struct str only,
		    void (*take)(void *arg, const struct standing *standing), void *arg);
/* Percent as in the report; "" on a zero base and for a bare count. */
const char *rate_words(struct rate rate, char out[RATE_TEXT_BYTES]);
/* Against the target; VERDICT_NONE for the same. */
enum verdict rate_verdict(struct rate rate);

struct printed;
/*
 * A section of what stands beside a month's figures: what the newest correction says, and
 * departments' statements. False, and nothing is printed, where there is neither.
 */
bool beside_print(struct printed *p, struct tx *tx, const struct report *report,
		  struct str only);

/* ---- cases ---- */

struct csv;

/* Heads of the columns of a case. */
extern const struct sheet_column case_columns[];
/*
 * Every case that was with a department in the period, with the rule by which it counts in
 * each base, to exactly one of the two; at most `most` of them. Returns whether that was all.
 * Who takes them out has seen them (sightings.h).
 */
bool cases_write(struct req *r, const struct report *report, struct str department,
		 struct csv *csv, struct sheet *sheet, uint64_t most);

/* ---- words ---- */

struct measure_words {
	const char *name;	/* of the API */
	const char *words;
	bool is_held_to_target;	/* the more the better: missing the target is marked */
};
/* A measure without words of its own has its name. */
struct measure_words measure_words(enum measure measure);
/* "2026年3月", "2026年第1季度", "2026年", "2026年第10周". */
struct str period_words(struct arena *a, struct str period);
const char *scope_words(uint32_t scope);
