/*
 * Inside the supervision ledger (督查台账): how its files share an item and its acts. Whatever is
 * done about an item is an act: numbered, kept, and entered into the ledger as content.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "domain.h"
#include "json.h"
#include "req.h"

#include "supervised_sql.h"

enum item_kind {	/* stored: numbers are fixed; index + 1 of item_kind_names */
	ITEM_DEMAND = 1,	/* 督查事项 */
	ITEM_DECISION,		/* 监察决定, a letter */
	ITEM_RECOMMENDATION,	/* 监察建议, a letter */
	ITEM_INSPECTION,	/* 明察暗访、重点督查: for the eyes of supervisors only */
	NUMBERED_MEETING,	/* no item, but numbered beside them */
};
enum item_source {	/* stored; index + 1 of item_source_names */
	SOURCE_MEETING = 1, SOURCE_LEADER, SOURCE_INSPECTION, SOURCE_APPEAL, SOURCE_POLICY,
};
enum item_state { ITEM_OPEN = 1, ITEM_PROVED, ITEM_SIGNED_OFF };
enum act_kind {		/* stored; index + 1 of act_kind_names */
	ACT_OPENED = 1, ACT_PROGRESSED, ACT_PROVED, ACT_PROOF_REFUSED, ACT_SIGNED_OFF, ACT_URGED,
	ACT_OVERDUE, ACT_DUE_MOVED, ACT_KIND_END,
};

extern const char *const item_kind_names[];
extern const char *const item_source_names[];
extern const char *const item_state_names[];

struct act {
	enum act_kind kind;
	int64_t at;
	const struct actor *by;
	struct str text;	/* STR_NONE: nothing was said */
};

/* What a new item is made of. */
struct item_new {
	enum item_kind kind;
	enum item_source source;
	struct str department, demand, owner;
	int64_t due;
	uint64_t task_id;
	uint64_t meeting_id;
	uint32_t meeting_year, meeting_n;
	struct str risk;	/* JSON, of an inspection that was drawn */
};

/* ---- items.c ---- */

/* "DC-2026-0001"; the letters before it say the kind. */
struct str item_reference(struct arena *a, uint32_t kind, uint32_t year, uint32_t n);
bool item_number_of(struct str reference, uint32_t *ret_kind, uint32_t *ret_year, uint32_t *ret_n)
	MUST_USE;
/* The next number of the kind in the local year of an instant. */
uint32_t number_take(struct tx *tx, uint32_t kind, int64_t at, uint32_t *ret_year);
bool item_read(struct tx *tx, uint32_t kind, uint32_t year, uint32_t n, struct sql_supervised_page_row *ret_item)
	MUST_USE;
/* The item of the path {id}; false, reply_missing(), where the actor may not know of it. */
bool req_supervised(struct req *r, struct sql_supervised_page_row *ret_item) MUST_USE;
/* Stores a new item with its first act. */
struct sql_supervised_page_row item_open(struct tx *tx, const struct item_new *from, const struct act *act);
/* Stores what the act has changed in the item; its version becomes the act's number. */
void item_act(struct tx *tx, struct sql_supervised_page_row *item, const struct act *act);
/* When it is marked overdue: the second after its due, at once where that is over. */
int64_t item_overdue_at(int64_t due, int64_t now);
/* Answers with the item and its acts. */
struct reply reply_supervised(struct req *r, const struct sql_supervised_page_row *item);
void item_write(struct json *j, struct arena *a, const struct reference *names,
		const struct sql_supervised_page_row *item);

/* ---- steps.c, notice.c, meetings.c, inspections.c: routes ---- */

struct reply supervised_add(struct req *r);
struct reply items_progress(struct req *r);
struct reply items_prove(struct req *r);
struct reply items_refuse(struct req *r);
struct reply items_sign_off(struct req *r);
struct reply items_urge(struct req *r);
struct reply items_move_due(struct req *r);
struct reply supervised_list(struct req *r);
struct reply supervised_show(struct req *r);
struct reply notice_print(struct req *r);
struct reply meetings_add(struct req *r);
struct reply meetings_list(struct req *r);
struct reply risks_show(struct req *r);
struct reply inspections_draw(struct req *r);

/* What a form of an item must hold beside its fields; at is "#" or "#/items/0". */
struct item_form {
	int kind, source;
	struct str department, demand, owner, task;
	int64_t due;
};
void check_item(struct req *r, const struct item_form *form, struct str at);
