/*
 * What all modules share: an appeal and a task as they are held in a transaction, and the two
 * references people read aloud.
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
#include "words.h"

struct event_seals;

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
	struct event_seals *seals;	/* of its first events, which are entered together */
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
	int64_t redo_at;	/* when it was sent into a redo, 0; a reopening is none */
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

enum card_colour { CARD_YELLOW = 1, CARD_RED };
/* Why a card is red; a yellow one has no other reason than that its limit has passed. */
enum card_reason {
	CARD_NO_REASON, CARD_OVERDUE_HALF, CARD_OVERDUE_DAYS, CARD_TWO_YELLOW,
	CARD_PROVEN_FRAUD, CARD_REASONS
};

static inline const struct reference *reference_of(const struct tx *tx)
{
	return tx_snapshot(tx);
}

/* "LD260302000017"; 0 from text that is no reference. */
struct str appeal_reference(struct arena *a, uint64_t appeal_id);
uint64_t appeal_id_of(struct str reference);
/* What no appeal received on the local day of an instant lies below. */
uint64_t appeal_first_id(int64_t at);
/* "LD260302000017-1". */
struct str task_reference(struct arena *a, uint64_t task_id);
uint64_t task_id_of(struct str reference);

