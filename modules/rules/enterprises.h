/*
 * What is known about an enterprise's side of a complaint: its code, the quiet production days
 * (安静生产日) of the district, the four arbitrary acts (四乱), and how a complaint compares with
 * what was filed beforehand. The comparison puts facts side by side and decides nothing.
 *
 * Values only: no clock, no transaction; what was parsed never changes, so any thread may read.
 * Days are those of rules/calendar.h, amounts millionths of a yuan.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "rules/table.h"
#include "str.h"

struct reference;

/*
 * Unified social credit code (统一社会信用代码), GB 32100-2015: 18 characters of 0-9 and A-Y
 * without I O S V, digits in the places 3 to 8, and the check character of section 4.6 (weights
 * are powers of 3, modulo 31).
 */
bool uscc_is_valid(struct str code);

/* Stored as the kind of a filing. */
enum four_act { ACT_NONE, ACT_FEE, ACT_APPORTIONMENT, ACT_INSPECTION, ACT_FINE };
enum { ACTS = 4 };
/* Why a body may enter on a quiet day; stored. */
enum quiet_exception {
	EXCEPTION_NONE,
	EXCEPTION_ORDERED,	/* from above */
	EXCEPTION_SAFETY,
	EXCEPTION_EMERGENCY,
	EXCEPTION_COMPLAINT,	/* with the number of the appeal that is looked into */
	EXCEPTION_LEGAL_DEADLINE,
};
/* NULL-terminated, index = number - 1. */
extern const char *const four_act_names[];
extern const char *const quiet_exception_names[];

/* --- the two tables --- */

enum quiet_rule_kind {
	QUIET_MONTH,	/* these days of each month */
	QUIET_WEEK,	/* these days of each week, 1 is Monday */
	QUIET_SPAN,	/* every day of the span */
	QUIET_OPEN,	/* no day of the span is quiet, whatever other lines say */
};

struct quiet_rule {
	enum quiet_rule_kind kind;
	int32_t first, last;	/* of a month or week, both included; 0 for spans */
	int32_t from, until;	/* days on which the line holds, both included */
	struct str note;
};

/* The category and all below it. */
struct act_row {
	struct str category;
	enum four_act act;
	struct str note;
};

enum { ENTERPRISE_ROWS_MAX = 500 };	/* lines of each of the two tables */

/*
 * Parsers of config/quiet-days.tsv and config/four-acts.tsv, whose heads name the columns. Each
 * fills its part of *r in the arena; bad lines are left out and reported in problems.
 */
void reference_parse_quiet_days(struct reference *r, struct arena *a, struct str text,
				struct table_problems *problems);
void reference_parse_four_acts(struct reference *r, struct arena *a, struct str text,
			       struct table_problems *problems);
/* The line that makes the day quiet; NULL when it is none. */
const struct quiet_rule *reference_quiet_day(const struct reference *r, int32_t day);
/* The act that a complaint of this category is about; ACT_NONE for all other matters. */
enum four_act reference_four_act(const struct reference *r, struct str category);

/* --- comparing --- */

/* One version of a filing. Versions of one filing stand together, oldest first. */
struct filing_version {
	uint64_t filing;
	uint64_t version;
	struct str body;
	enum four_act kind;
	int32_t first_day, last_day;
	int64_t amount;		/* 0: none */
	enum quiet_exception exception;
	bool is_revoked;
	int64_t filed_at;
};

/* What the complaint says. */
struct entry_facts {
	struct str body;	/* whom it accuses, or STR_NONE */
	bool is_body_known;	/* to the list of departments */
	bool is_registered;	/* the enterprise is */
	enum four_act act;
	int32_t day;
	bool is_quiet;
	int64_t amount;		/* the largest that its text names, 0 when none */
};

enum finding_kind {
	FINDING_UNKNOWN_ENTERPRISE,	/* not in the register */
	FINDING_NO_ACT,			/* the category is none of the four: nothing to compare */
	FINDING_NO_BODY,		/* nobody is accused: filings of every body are compared */
	FINDING_UNKNOWN_BODY,		/* no department of the district */
	FINDING_FILED,			/* was filed by the end of that day */
	FINDING_FILED_AFTERWARDS,
	FINDING_CHANGED_AFTERWARDS,	/* a later version says something else */
	FINDING_OTHER_BODY,		/* what was filed is another body's */
	FINDING_UNFILED,
	FINDING_QUIET_DAY,		/* an inspection, and no exception was filed */
	FINDING_QUIET_DAY_EXCEPTED,
	FINDING_ABOVE_FILING,		/* the text names more than was filed */
	FINDING_KINDS,
};
/* Index = number. */
extern const char *const finding_kind_names[];

struct entry_finding {
	enum finding_kind kind;
	const struct filing_version *filing;	/* the version it is about, or NULL */
	int64_t amount;				/* ABOVE_FILING: what the text names */
};

/*
 * Compares; at most `max` findings, the number of which is returned. A version filed on the day
 * of the entry counts as filed before it, since a complaint seldom tells the hour.
 */
uint32_t entry_findings(const struct entry_facts *facts, const struct filing_version *versions,
			uint32_t count, struct entry_finding *out, uint32_t max);

/*
 * The largest amount of money that a text names in digits: "罚款3,000元", "1.5万元". 0 when
 * it names none; amounts above ten billion yuan are passed over.
 */
int64_t amount_named(struct str text);
