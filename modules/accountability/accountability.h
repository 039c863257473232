/*
 * Inside the accountability module: items and their acts, who is in charge, tripwires. An item
 * goes clue -> evidence -> statement -> decision -> publication -> takedown; every arrow is an
 * act of a person (the last one of the date), numbered within the item and entered into the
 * ledger with all it says. The software proposes nothing and decides nothing.
 */
#pragma once

#include "domain.h"
#include "events.h"
#include "json.h"
#include "module.h"
#include "rules/tripwires.h"
#include "sealing.h"

#include "accountability_sql.h"
#include "tripwires_sql.h"

enum item_state {	/* stored: numbers are fixed */
	ITEM_CLUE = 1, ITEM_EVIDENCE, ITEM_STATED, ITEM_DECIDED, ITEM_PUBLISHED, ITEM_TAKEN_DOWN
};
enum item_source { SOURCE_HAND = 1, SOURCE_CARD, SOURCE_TRIPWIRE };	/* stored */

typedef struct sql_accountability_read_row item_row;

/* ---- acts (acts.c) ---- */

/* What an act says, while it is written: members are added to `json`, an open object. */
struct act {
	struct buf text;
	struct json json;
};

/* Begins the act with this number of the item; always ended by act_seal(). */
void act_open(struct act *act, uint64_t item, uint64_t n, const char *name, int64_t at,
	      struct str by);
/* Ends it and enters it into the ledger. */
void act_seal(struct tx *tx, struct act *act, uint64_t item, uint64_t n, int64_t at);
/* The acts of an item from the ledger, as an array `acts`; for who may see the item. */
void acts_write(struct json *j, struct tx *tx, const item_row *row);

/* ---- items (items.c, steps.c) ---- */

struct clue {
	enum item_source source;
	struct str department, title, text;
	uint64_t task_id, event_seq, finding_id;	/* 0 where it comes from none */
};
/* A new item with its first act; its number. */
uint64_t item_raise(struct req *r, const struct clue *clue);
/* The item of the path as this actor may see it; false means reply_missing(r). */
bool req_item(struct req *r, item_row *ret_row) MUST_USE;
/* The item as it now is. */
struct reply reply_item(struct req *r, uint64_t id);

struct reply items_add(struct req *r);
struct reply items_list(struct req *r);
struct reply items_show(struct req *r);
struct reply item_evidence(struct req *r);
struct reply item_statement(struct req *r);
struct reply item_decision(struct req *r);
struct reply item_publication(struct req *r);
bool item_takedown_run(struct tx *tx);
int64_t item_takedown_next(struct tx *tx);

/* Words a decision may be, as of DECISION_VERSION. They are for persons to choose from. */
struct decision_word {
	const char *code, *name, *name_en;
};
enum { DECISION_VERSION = 1 };
extern const struct decision_word decision_words[];
void decision_write(struct json *j, struct str code, uint64_t version);

/* ---- proven fraud (fraud.c) ---- */

/* Complains of tasks that stand in no evidence pack of the item or are proven already. */
void fraud_check(struct req *r, const item_row *row, bool is_fraud,
		 const struct str_list *tasks);
/* Records the decision on checked tasks, and shows their red cards. */
void fraud_prove(struct req *r, const item_row *row, const struct str_list *tasks, int64_t at);

/* ---- evidence (evidence.c) ---- */

enum { EVIDENCE_TASKS_MAX = 20, EVIDENCE_MONTHS_MAX = 12 };

/* A recorded event as a member of what stands around it; of the item's own task. */
void event_write(struct json *j, const char *key, struct arena *a, uint64_t task_id,
		 uint64_t seq, const struct sql_accountability_event_row *row);
/* A task of the department as it stands now, with all that happened to it. */
void evidence_task(struct json *j, struct tx *tx, const struct task *t);
/* The department's own figures of a frozen month, as they were sealed; false if it is not. */
bool evidence_month(struct json *j, struct tx *tx, uint32_t month, struct str department);

/* ---- leaders in charge (leaders.c) ---- */

struct str leader_at(struct tx *tx, struct str department, int64_t at);
struct reply leaders_add(struct req *r);
struct reply leaders_list(struct req *r);
struct reply leaders_warnings(struct req *r);

/* ---- tripwires (look.c, findings.c) ---- */

enum finding_state { FINDING_OPEN = 1, FINDING_CLUE, FINDING_DISMISSED };	/* stored */

void tripwires_wait(struct tx *tx, const struct event *e);
bool tripwires_run(struct tx *tx);
int64_t tripwires_next_due(struct tx *tx);
/* The finding with both facts and the events behind them. */
void finding_write(struct json *j, const char *key, struct tx *tx,
		   const struct sql_tripwires_read_row *row);
struct reply findings_list(struct req *r);
struct reply finding_to_clue(struct req *r);
struct reply finding_dismiss(struct req *r);
