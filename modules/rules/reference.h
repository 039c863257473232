/*
 * The reference data every request needs, as one immutable value: departments, areas,
 * categories, catalogue, calendar, limits, grounds, webhook endpoints. Look-ups in the long
 * ones are binary searches; nothing here changes after it was built, so any thread may read it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "rules/calendar.h"
#include "rules/enterprises.h"
#include "rules/grounds.h"
#include "rules/limits.h"
#include "rules/table.h"
#include "str.h"

struct department {
	struct str code;
	struct str name;
	struct str name_en;
	struct str parent;		/* code, empty for the root */
	struct str kind;		/* district bureau street utility police */
	struct str peer_group;
	struct str initials;		/* of the Chinese name, for typing */
	struct str phone;
	bool takes_tasks;		/* and is not switched off */
	bool is_off;			/* takes no tasks, accounts or keys any more; its past stays */
	uint64_t version;		/* of its row */
	size_t line;			/* of the table it was read from */
};

struct area {
	struct str code, name, name_en, initials, department;
};

struct category {
	struct str code, parent, name, name_en, initials, keywords;
	bool is_leaf;
};

/* One row of the dispatch catalogue (派单目录). area "*" stands for every area without a row. */
struct catalogue_row {
	struct str category, area, department, basis;
	enum limit_class limit_class;
	bool urgent_allowed;
	bool department_only;		/* may not be pushed to a street */
};

struct endpoint {
	uint64_t id;
	struct str department;
	struct str events;		/* comma separated patterns: "*", "task.*", "task.urged" */
	uint8_t format;			/* as stored by webhooks */
	struct str prefix;		/* a word that a bot wants in every message, or STR_NONE */
};

struct reference {
	const struct department *departments;
	const struct area *areas;
	const struct category *categories;
	const struct catalogue_row *catalogue;
	const struct endpoint *endpoints;	/* enabled ones, by department */
	const struct calendar *calendar;
	const struct limits_table *limits;
	const struct ground *grounds;
	const struct checklist_row *checklist;
	const struct handover_item *handovers;
	const struct notice_text *notices;
	const struct quiet_rule *quiet_rules;
	const struct act_row *act_rows;
	const struct retention_row *retention;
	uint32_t department_count, area_count, category_count, catalogue_count, endpoint_count;
	uint32_t ground_count, checklist_count, handover_count, notice_count;
	uint32_t quiet_rule_count, act_row_count, retention_count;
	uint64_t areas_version, categories_version, catalogue_version;
	uint64_t calendar_version, limits_version;
	uint64_t grounds_version, checklist_version, handover_version;
	uint64_t quiet_days_version, four_acts_version, retention_version, notices_version;
};

const struct department *reference_department(const struct reference *r, struct str code);
/* The same where it is not switched off: what may be given something new. */
const struct department *reference_department_in_use(const struct reference *r, struct str code);
const struct area *reference_area(const struct reference *r, struct str code);
const struct category *reference_category(const struct reference *r, struct str code);
/* The row for this pair: of the exact area first, then of "*"; NULL when there is none. */
const struct catalogue_row *reference_route(const struct reference *r, struct str category,
					    struct str area);
/* Recusal: true when the department is the accused one or stands below it, so that the accused
 * could order it about. False where nobody is accused. */
bool reference_is_recused(const struct reference *r, struct str department, struct str accused);
/* True when `code` is `above` or stands below it in the tree. */
bool reference_is_within(const struct reference *r, struct str code, struct str above);

/*
 * Parsers of the tables (table.h) in which departments, areas, categories and the catalogue
 * are kept and shipped. Each fills its part of *r, sorted, in the arena; bad lines are left out
 * and reported in problems.
 */
void reference_parse_departments(struct reference *r, struct arena *a, struct str text,
				 struct table_problems *problems);
void reference_parse_areas(struct reference *r, struct arena *a, struct str text,
			   struct table_problems *problems);
void reference_parse_categories(struct reference *r, struct arena *a, struct str text,
				struct table_problems *problems);
void reference_parse_catalogue(struct reference *r, struct arena *a, struct str text,
			       struct table_problems *problems);
/*
 * The text of a catalogue in which the pair (row->category, row->area) has this row: in the
 * place of the pair's own line, else behind the last line of the category, else at the end.
 * Every other line stays as it was written. Codes must be good ones, the area a code or "*";
 * line breaks and tabs in the basis become blanks.
 */
struct str catalogue_replace_row(struct arena *a, struct str text,
				 const struct catalogue_row *row);
/* Sorts departments that came from rows rather than from a table. */
void reference_sort_departments(struct department *departments, uint32_t count);
