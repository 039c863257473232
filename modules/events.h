/*
 * The facts that may be published. Each is delivered to the hooks of all modules inside the
 * publisher's transaction, and becomes one row of the history.
 *
 * Order of duty: the publisher has checked the step and written its own tables; the history
 * gives the event its number (appeal->version after the emit); webhooks and deadlines follow.
 */
#pragma once

#include "domain.h"
#include "json.h"
#include "visit.h"

enum event_kind {	/* stored: numbers are fixed */
	EVENT_APPEAL_RECEIVED = 1,
	EVENT_TASK_DISPATCHED,
	EVENT_TASK_SIGNED, EVENT_TASK_CONTACTED, EVENT_TASK_PROGRESSED, EVENT_TASK_COMPLETED,
	EVENT_TASK_REVIEW_FAILED, EVENT_TASK_REVIEW_PASSED,
	EVENT_TASK_VISITED, EVENT_TASK_REDO,
	EVENT_TASK_WARNED, EVENT_TASK_OVERDUE, EVENT_TASK_CARD,
	EVENT_IDENTITY_REVEALED,
	EVENT_TASK_RETURN_REQUESTED,
	EVENT_TASK_RETURN_ACCEPTED, EVENT_TASK_RETURN_REFUSED,
	EVENT_TASK_DISPUTED, EVENT_TASK_RULED,
	EVENT_TASK_EXTENSION_REQUESTED, EVENT_TASK_EXTENSION_DECIDED,
	EVENT_TASK_PAUSED, EVENT_TASK_RESUMED,
	EVENT_TASK_ON_ACCOUNT, EVENT_TASK_OFF_ACCOUNT,
	EVENT_TASK_EXCLUSION_REQUESTED,
	EVENT_TASK_EXCLUDED, EVENT_TASK_EXCLUSION_REFUSED,
	EVENT_TASK_WITHDRAWN,	/* by its caller, or because its appeal was merged */
	EVENT_TASK_RESTORED,	/* as it was before its appeal was merged */
	EVENT_TASK_REPORTED,	/* an assist's stage report */
	EVENT_TASK_ASSIST_DELAYED,
	EVENT_TASK_URGED,
	EVENT_TASK_SUPERVISED, EVENT_TASK_ESCALATED,
	EVENT_TASK_DUE_MOVED,	/* by a later calendar */
	EVENT_TASK_VISIT_ASKED,	/* nobody reached: the question went out by SMS */
	EVENT_TASK_UNREACHABLE,
	EVENT_TASK_ARCHIVED,
	EVENT_TASK_REOPENED,
	EVENT_APPEAL_ANSWERED,
	EVENT_APPEAL_REFUSED,
	EVENT_APPEAL_TRANSFER_ASKED,
	EVENT_APPEAL_TRANSFERRED,
	EVENT_APPEAL_TRANSFER_REFUSED,
	EVENT_APPEAL_WITHDRAWN,
	EVENT_APPEAL_MERGED,	/* the child's; its parent's are JOINED and PARTED */
	EVENT_APPEAL_UNMERGED,
	EVENT_APPEAL_JOINED,
	EVENT_APPEAL_PARTED,
	EVENT_APPEAL_REOPENED,
	EVENT_APPEAL_FAST_LANE,	/* its catalogue's department is the accused */
	EVENT_APPEAL_OBSERVED,	/* an outside supervisor wrote about it */
	EVENT_TASK_CALLBACK_ASKED, EVENT_TASK_CALLBACK_ANSWERED,	/* callbacks.c */
	EVENT_APPEAL_EXCHANGED,	/* a message of its hand-over went out or came in */
	EVENT_APPEAL_ATTACHED,	/* a file, by itself or with a task's reply */
	EVENT_APPEAL_UNDONE,	/* the step before was taken back by who made it */
	EVENT_KIND_END,
	/* No row of its own: all events of a new appeal are numbered, its head may be written. */
	EVENT_APPEAL_SETTLED = 200,
	/* No row either: the task of a history is told up to `at`, what still runs goes on live. */
	EVENT_TASK_IMPORTED,
	EVENT_REPORT_FROZEN,	/* nor here: about a month, appeal is NULL */
};

/* "task.dispatched"; index = kind - 1. */
extern const char *const event_type_names[];

/* Who does what happens by itself. */
extern const struct actor actor_system;

/* Who had a task by an imported history, whatever the catalogue says today. */
struct given_task {
	struct str department;
	enum limit_class limit_class;
};

/*
 * What an event says that no hook reads: named values in their order, written into its record
 * as they stand. Strings live in the arena.
 */
enum particular_kind { SAYS_TEXT, SAYS_TIME, SAYS_NUMBER, SAYS_BOOL };
struct particular {
	const char *name;
	enum particular_kind kind;
	struct str text;	/* STR_NONE is null */
	int64_t number;
};
#define SAY(name_, text_) { .name = (name_), .kind = SAYS_TEXT, .text = (text_) }
#define SAY_TIME(name_, at_) { .name = (name_), .kind = SAYS_TIME, .number = (at_) }
#define SAY_NUMBER(name_, n_) { .name = (name_), .kind = SAYS_NUMBER, .number = (n_) }
#define SAY_BOOL(name_, is_) { .name = (name_), .kind = SAYS_BOOL, .number = (is_) }

struct commitment;
struct entry;

/* The identity a registration brings; lives in the request only, sealed by callers.c. */
struct caller {
	struct str name;
	struct str phone;
	struct str id_number, address;	/* of a card or passport; where the caller lives */
	struct str accused_person;
};

extern const char *const contact_channel_names[];
extern const char *const contact_outcome_names[];

struct event {
	enum event_kind kind;
	int64_t at;			/* when it happened, domain time */
	const struct actor *by;
	struct appeal *appeal;		/* version advances */
	struct task *task;		/* NULL where none is meant */
	bool is_first;			/* the appeal was made in this transaction */
	bool is_history;		/* imported: no webhooks, no cards, no new deadlines */
	int64_t not_before;		/* undoing.h: what is sent of it waits until then, real time */
	const struct particular *says;	/* NULL, or `say_count` particulars */
	size_t say_count;
	union {
		struct {
			const struct caller *caller;
			const struct commitment *commitment;	/* identity.h */
			const struct given_task *given;	/* NULL: by the catalogue; no department: by nobody */
			struct task_list *tasks;	/* out: what the dispatch made */
			struct entry *entry;	/* out, or NULL: of this event in the ledger */
		} received;
		struct {
			struct str basis;
			bool is_automatic;
		} dispatched;
		struct {
			int channel, outcome;
			struct str note;
		} contacted;
		struct {
			struct str text;
			int64_t promise_on;
		} progressed;
		struct {
			bool has_attachments;
		} completed;
		struct {
			struct str reason;
		} reviewed;
		const struct visit *visit;
		struct {
			bool is_approved;
			int32_t amount;		/* working days; hours for limits that run on */
			int64_t due_before;
		} extension;
		struct {
			int64_t from, to;	/* of the pause or stay on account that ended */
			int64_t due_before;
		} held;
		struct {
			struct str reason;
		} redo;
		struct {
			enum limit_kind limit;
			int64_t due;
		} limit;
		struct {
			enum card_colour colour;
			enum card_reason reason;
			enum limit_kind limit;
			int64_t due;
		} card;
		struct {
			const struct str *fields;
			size_t n;
			struct str purpose, purpose_code;
		} revealed;
		struct {
			uint64_t caller_appeal;	/* whose caller: of a merged appeal, 0 the task's */
		} asked;
		struct {
			struct str to, item, recording;
			int64_t first_response_at;	/* police were called then; 0 */
			bool has_contact;	/* who called goes along */
		} transfer;
		struct {
			uint32_t month;		/* 202603 */
			struct str digest;	/* SHA-256 of what was frozen, in hex */
		} report;
	};
};
enum { TASKS_PER_APPEAL_MAX = 99, TASKS_PER_DISPATCH_MAX = 16 };

struct task_list {
	struct task v[TASKS_PER_DISPATCH_MAX];
	uint32_t n;
};

/* Lets the event say these; the array is copied into the arena. */
void event_say(struct arena *a, struct event *event, const struct particular *list, size_t n);
#define event_says(arena_, event_, list_) \
	event_say((arena_), (event_), (list_), array_count(list_))

/* The event's particulars as the text of one JSON object, in a fixed order, without identity. */
struct str event_data_text(struct arena *a, const struct event *e);
