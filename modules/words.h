/*
 * The words that all modules share: roles, channels, states, results. Numbers of enums are
 * stored in the database: they are fixed, new ones go at the end. The Chinese terms stand in
 * modules/README.md.
 */
#pragma once

#include "access.h"	/* enum role, from the columns of access.tsv */

/* Those who read appeals of every department. */
#define ROLES_CENTRE (ROLE_OPERATOR | ROLE_DISPATCHER | ROLE_REVIEWER | ROLE_VISITOR | \
		      ROLE_SUPERVISOR | ROLE_LEADER | ROLE_AUDITOR)
/* Those who read what people and programs did. */
#define ROLES_AUDIT (ROLE_AUDITOR | ROLE_AUDIT)

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
	DOCUMENT_QUIET_DAYS,
	DOCUMENT_FOUR_ACTS,
	DOCUMENT_RETENTION,
	DOCUMENT_NOTICES,
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

/* Of one role bit; NULL for none. */
const char *role_name(unsigned role);

/* Index into contact_channel_names: the centre called for a department (callbacks.c), which no
 * department says of itself. */
enum { CONTACT_CENTRE = 3 };

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
