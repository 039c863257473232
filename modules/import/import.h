/*
 * Inside the import module: how its files share the work. history.c reads and checks a line,
 * replay.c brings a history into the tables, import.c is the command around both, sample.c
 * the sample appeals of a demo, which are histories too.
 */
#pragma once

#include "events.h"
#include "form.h"
#include "module.h"

/* The words of "type" in an event, in this order. */
enum told_type {
	TOLD_SIGN,
	TOLD_CONTACT,
	TOLD_PROGRESS,
	TOLD_COMPLETE,
	TOLD_PASS,
	TOLD_REFUSE,
	TOLD_VISIT,
};

/* One event as it was told. Which members mean something depends on the type. */
struct told {
	int64_t at;
	int64_t after_hours;	/* sample: millionths of an hour after the receipt */
	int64_t promise_on;
	int type;
	int outcome, solved, attitude;
	enum tri reached, contacted, truthful;
	struct str result, channel, reason;	/* words of their type, see *_index */
	struct str reply, legal_basis, text, note;
	/* Set by history_check(): places in the lists of the type's words, -1 for none. */
	int result_index, channel_index, reason_index;
};

enum { TOLD_MAX = 100 };	/* events of one history */

/* One appeal with its events. Strings live where the errors of the reading live. */
struct history {
	int channel, content_class, limit_class;
	struct str external_no, category, area, title, text, department;
	int64_t received_at;
	struct object_list events;	/* of struct told */
	/* Of whom and where, if it is told. */
	bool has_caller;
	struct str address, caller_name, caller_phone, caller_id_number, caller_address;
	bool is_anonymous, is_secret;
	enum tri visit_wanted;
	/* Of the sample alone, whose appeals go by the catalogue. */
	int64_t days_ago;		/* millionths of a day */
	bool is_urgent;
	bool has_accused, has_enterprise;
	struct str accused_department, accused_person;
	struct str enterprise_uscc, enterprise_name;
};

/* A line of an import file, and one of the sample. */
extern const struct field history_fields[];
extern const struct field sample_fields[];

/*
 * What the field table cannot say: times ascend and are past at `now`, words fit their event,
 * steps are legal one after the other. Fills the *_index members. False when it complained.
 */
bool history_check(struct history *h, int64_t now, struct field_errors *errors) MUST_USE;
/* Does to task and appeal what the event tells; a visit is left to the hooks. */
void told_apply(const struct told *e, struct task *t, struct appeal *a);
struct visit told_visit(const struct told *e, const struct task *t);

/* Whose limits are over at `now` has its overdue events; what still runs goes on live. */
void history_replay(struct tx *tx, const struct history *h, const struct given_task *given,
		    int64_t now);

/* sample.c */
void sample_seed(struct tx *tx, const struct seed *seed);
