/*
 * The closed lists that steps choose from: grounds (of a return, a pause, an exclusion, a
 * refusal, a transfer), the evidence checklist of a submission, and the items that 110 and
 * the hotline hand over to each other. All three are versioned tables; no ground stands in the
 * code.
 *
 * Values only: no clock, no transaction; what was parsed never changes, so any thread may read.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "rules/limits.h"
#include "rules/table.h"
#include "str.h"

struct reference;

enum {
	GROUND_CODE_MAX = 32,	/* bytes of a code */
	GROUND_ROWS_MAX = 500,	/* lines of each of the three tables */
};

/* What must be given together with a ground, as bits. */
enum ground_need {
	GROUND_NEEDS_BASIS = 1u << 0,		/* the legal basis */
	GROUND_NEEDS_PROPOSAL = 1u << 1,	/* the department that should have it */
	GROUND_NEEDS_EVIDENCE = 1u << 2,
	GROUND_NEEDS_PLAN = 1u << 3,
	GROUND_NEEDS_UNTIL = 1u << 4,		/* when it ends */
};

/* Texts of the channel are STR_NONE where the caller is sent nowhere else. */
struct ground {
	struct str list, code, name, name_en, channel, channel_en;
	uint32_t needs;		/* enum ground_need */
};

/* What a submission must show, as bits. */
enum checklist_need {
	CHECK_REPLY = 1u << 0,
	CHECK_CONTACT = 1u << 1,	/* a contact in the running round, reached or not */
	CHECK_REACHED = 1u << 2,	/* a contact that reached the caller */
	CHECK_LEGAL_BASIS = 1u << 3,
	CHECK_ATTACHMENT = 1u << 4,
};

enum { CHECKLIST_ANY = -1 };

struct checklist_row {
	int content;		/* enum content_class, or CHECKLIST_ANY */
	int result;		/* enum task_result, or CHECKLIST_ANY */
	uint32_t needs;		/* enum checklist_need */
};

struct handover_item {
	struct str code, name, name_en;
	bool is_to_110;		/* the hotline gives it to 110; otherwise 110 to the hotline */
	bool is_urgent;
};

/*
 * The words of the tables and of the API, NULL-terminated. Of needs bit i is word i. The lists
 * are return, pause, exclusion, refusal, transfer.
 */
extern const char *const ground_list_names[];
extern const char *const ground_need_names[];
extern const char *const checklist_need_names[];

/* The ground of this list ("return") and code; NULL when the list has no such code. */
const struct ground *reference_ground(const struct reference *r, const char *list,
				      struct str code);
/*
 * What a submission of this class and result (enum task_result) must show: bits of
 * enum checklist_need, those of all rows that fit taken together; 0 when none fits.
 */
uint32_t reference_checklist(const struct reference *r, enum content_class content, int result);
/* The item of this code; NULL when there is none. */
const struct handover_item *reference_handover(const struct reference *r, struct str code);

/*
 * Parsers of config/grounds.tsv, config/checklist.tsv, config/handover.tsv, whose heads name
 * the columns. Each fills its part of *r in the arena, in the order of the lines; bad lines
 * are left out and reported in problems, and so is a list of grounds without any.
 */
void reference_parse_grounds(struct reference *r, struct arena *a, struct str text,
			     struct table_problems *problems);
void reference_parse_checklist(struct reference *r, struct arena *a, struct str text,
			       struct table_problems *problems);
void reference_parse_handover(struct reference *r, struct arena *a, struct str text,
			      struct table_problems *problems);
