/*
 * The words that all modules share: roles, states, an appeal and a task as they are held in a
 * transaction. Numbers of enums are stored in the database: they are fixed, new ones go at the
 * end. The Chinese terms stand in modules/README.md.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "req.h"
#include "rules/limits.h"
#include "rules/rates.h"
#include "rules/reference.h"
#include "str.h"
#include "tx.h"

enum role {	/* bits, in the order of role_names[] */
	ROLE_INTAKE = 1u << 0,
	ROLE_OPERATOR = 1u << 1,
	ROLE_DISPATCHER = 1u << 2,
	ROLE_DEPARTMENT = 1u << 3,
	ROLE_REVIEWER = 1u << 4,
	ROLE_VISITOR = 1u << 5,
	ROLE_SUPERVISOR = 1u << 6,
	ROLE_LEADER = 1u << 7,
	ROLE_AUDITOR = 1u << 8,
	ROLE_ADMIN = 1u << 9,
};
/* Those who read appeals of every department. */
#define ROLES_CENTRE (ROLE_OPERATOR | ROLE_DISPATCHER | ROLE_REVIEWER | ROLE_VISITOR | \
		      ROLE_SUPERVISOR | ROLE_LEADER | ROLE_AUDITOR)
#define ROLES_BUT_INTAKE (ROLES_CENTRE | ROLE_DEPARTMENT | ROLE_ADMIN)

enum channel {
	CHANNEL_110 = 1,
	CHANNEL_12345,
	CHANNEL_ENTERPRISE,
	CHANNEL_WINDOW,
	CHANNEL_WEB,
	CHANNEL_APP,
	CHANNEL_LETTER,
	CHANNEL_LEADER,
};

enum appeal_state {
	APPEAL_ACCEPTED = 1,
	APPEAL_DISPATCHED,
	APPEAL_CLOSED,
	APPEAL_ARCHIVED,
	APPEAL_ANSWERED,
	APPEAL_REFUSED,
	APPEAL_TRANSFERRED,
	APPEAL_MERGED,
	APPEAL_WITHDRAWN,
};

enum task_state {
	TASK_AWAITING_SIGN = 1,
	TASK_IN_HAND,
	TASK_RETURN_REQUESTED,
	TASK_PAUSED,
	TASK_ON_ACCOUNT,
	TASK_REVIEW_PENDING,
	TASK_CLOSED,
	TASK_VISITED,
	TASK_ARCHIVED,
	TASK_RETURNED,
	TASK_WITHDRAWN,
};

/* Kinds of reference_document, see reference.c. */
enum document_kind {
	DOCUMENT_AREAS = 1,
	DOCUMENT_CATEGORIES,
	DOCUMENT_CATALOGUE,
	DOCUMENT_CALENDAR,
	DOCUMENT_LIMITS,
	DOCUMENT_GROUNDS,
	DOCUMENT_CHECKLIST,
	DOCUMENT_HANDOVER,
};

enum task_role { TASK_LEAD = 1, TASK_ASSIST };

enum task_result {
	RESULT_SOLVED = 1,
	RESULT_PARTLY,
	RESULT_EXPLAINED,
	RESULT_PROMISED,
	RESULT_UNTRUE,
	RESULT_NO_JURISDICTION,
};

/* How a return of the task stands (退单). */
enum return_standing {
	RETURN_NONE,
	RETURN_ASKED,
	RETURN_REFUSED,
	RETURN_DISPUTED,	/* the department insists: a supervisor decides by a ruling */
	RETURN_RULED,		/* by a ruling (指定承办): may not be returned any more */
};

/* What came of the return visit (回访结果); 0 while nothing has. */
enum visit_outcome {
	OUTCOME_SATISFIED = 1,
	OUTCOME_NEUTRAL,
	OUTCOME_DISSATISFIED,
	OUTCOME_UNREACHABLE,
	OUTCOME_NOT_VISITABLE,
	/* Not satisfied, but told the truth: explained with its legal basis, and the caller
	 * confirms to have been contacted. A credit of its own. */
	OUTCOME_HONEST_NO,
};

/* NULL-terminated, index = number - 1; the words of the API. */
extern const char *const channel_names[];
extern const char *const appeal_state_names[];
extern const char *const task_state_names[];
extern const char *const task_role_names[];
extern const char *const task_result_names[];
extern const char *const return_standing_names[];
extern const char *const visit_outcome_names[];
extern const char *const content_class_names[];	/* index = number */
extern const char *const limit_class_names[];	/* index = number */

/*
 * An appeal as read or made in this transaction. id is the number of its reference:
 * LD260302000017 is 2603020000017 (six digits of the local date, seven of the day's count).
 * `version` counts its events and advances with each emit().
 */
struct appeal {
	uint64_t id;
	uint64_t version;
	enum appeal_state state;
	enum channel channel;
	enum content_class content_class;
	struct str category;
	struct str area;
	struct str title;
	struct str text;
	struct str address;
	struct str external_no;
	struct str accused_department;
	struct str enterprise_uscc;
	struct str enterprise_name;
	int64_t latitude, longitude;	/* millionths of a degree, JSON_NO_DECIMAL if unknown */
	int64_t occurred_at;
	int64_t received_at;
	bool is_urgent;
	bool is_anonymous;
	bool is_secret;
	bool is_visit_wanted;
	bool has_phone;		/* here, or where an imported history comes from */
	uint64_t merged_into;	/* the appeal it was merged into, 0 */
	bool is_transferring;	/* handed to another service that has not acknowledged yet */
	enum actor_kind registered_by_kind;
	uint64_t registered_by;
};

/* Whether the centre can ask the caller afterwards. */
static inline bool appeal_is_visitable(const struct appeal *a)
{
	return a->is_visit_wanted && !a->is_anonymous && a->has_phone;
}
/* Whether it does: who praises or suggests something is not asked about the work. */
static inline bool appeal_is_asked(const struct appeal *a)
{
	return appeal_is_visitable(a) && a->content_class != CONTENT_SUGGESTION &&
	       a->content_class != CONTENT_PRAISE;
}

/* A task's id is its appeal's id * 100 + ordinal; its text form LD260302000017-1. */
struct task {
	uint64_t id;
	uint64_t appeal_id;
	struct str department;
	enum task_role role;
	enum limit_class limit_class;
	enum task_state state;
	uint32_t round;
	uint64_t version;
	int64_t dispatched_at;
	int64_t signed_at;
	int64_t contacted_at;
	int64_t submitted_at;	/* of the submission under review or last passed */
	int64_t closed_at;	/* submit time of the first submission that passed; stays */
	int64_t sign_due;
	int64_t contact_due;
	int64_t due;
	int64_t original_due;
	int64_t redo_due;	/* of the running round 2; 0 otherwise */
	bool is_contacted;	/* in the running round; the checklist asks for it */
	bool is_reached;	/* ... and the caller was reached then */
	enum task_result result;
	struct str reply;
	struct str legal_basis;
	struct str advice;
	enum return_standing return_standing;
	enum task_state state_before;	/* return_requested: where a refusal leads back to */
	int64_t extension_asked_at;	/* of the request that is undecided, 0 */
	uint32_t extensions;		/* approved ones */
	int64_t held_since;		/* of the running pause or stay on account, 0 */
	int64_t held_until;		/* its last second */
	enum leaving left;		/* how it left its department, and when */
	int64_t left_at;
	bool is_withdrawal_recorded;	/* LEFT_WITHDRAWN: confirmed by a recording or form */
	bool is_exclusion_asked;	/* undecided */
	int64_t excluded_at;		/* when the exclusion was approved, 0 */
	uint32_t urges;
	struct str escalated_to;	/* department one level up, or STR_NONE */
	enum visit_outcome outcome;
	int64_t archive_at;		/* when it is archived if nothing more happens, 0 */
	uint64_t calendar_version;
	uint64_t catalogue_version;
	uint64_t limits_version;
	uint64_t grounds_version;
	uint64_t checklist_version;
};

static inline const struct reference *reference_of(const struct tx *tx)
{
	return tx_snapshot(tx);
}

/* "LD260302000017"; 0 from text that is no reference. */
struct str appeal_reference(struct arena *a, uint64_t appeal_id);
uint64_t appeal_id_of(struct str reference);
/* "LD260302000017-1". */
struct str task_reference(struct arena *a, uint64_t task_id);
uint64_t task_id_of(struct str reference);

