/*
 * The record of acts of people and programs that are no step of an appeal: who signed in, who
 * gave whom which right, who opened an identity, what was taken out as a file. Each record is
 * entered into the ledger in the transaction of the act (sealing.h), so that without a record
 * there is no act (MLPS 8.1.4.3; ASVS 16.2 to 16.4). Nothing here holds what a caller said or
 * who a caller is.
 *
 * Refused sign-ins are the exception: a flood of them must not flood the ledger. They are counted
 * by hour, account and source, and each hour that is over becomes one act with its sums.
 *
 * Threads: the worker that owns tx. Memory is the arena of tx.
 */
#pragma once

#include <stdint.h>

#include "req.h"
#include "str.h"
#include "tx.h"

enum audit_kind {	/* stored: numbers are fixed, new ones go at the end */
	AUDIT_ACCOUNT_ADDED = 1,
	AUDIT_ACCOUNT_CHANGED,
	AUDIT_ACCOUNT_DISABLED,
	AUDIT_ACCOUNT_ENABLED,
	AUDIT_PASSWORD_CHANGED,
	AUDIT_PASSWORD_RESET,
	AUDIT_FACTOR_ADDED,
	AUDIT_FACTOR_REMOVED,
	AUDIT_RECOVERY_USED,
	AUDIT_SIGNED_IN,
	AUDIT_SIGN_IN_REFUSED,	/* counted; the act of an hour is the system's */
	AUDIT_SIGNED_OUT,
	AUDIT_SESSIONS_ENDED,
	AUDIT_KEY_ADDED,
	AUDIT_KEY_CHANGED,
	AUDIT_KEY_ROTATED,
	AUDIT_KEY_ENDED,
	AUDIT_IDENTITY_REVEALED,
	AUDIT_PERSON_EXPORTED,
	AUDIT_PERSON_ERASED,
	AUDIT_IDENTITY_RETIRED,
	AUDIT_KEYS_ROTATED,
	AUDIT_SETTINGS_CHANGED,
	AUDIT_EXPORTED,		/* a file of cases was taken out: its id is the file's code */
	AUDIT_REVEALS_MANY,	/* of one person within an hour, more than the settings allow
				   without a warning */
	AUDIT_IDENTITY_HELD,	/* a legal hold was put on an appeal, or ended */
	AUDIT_ERASURE_ASKED,
	AUDIT_ERASURE_REFUSED,
	AUDIT_EXCHANGE_PEER,	/* whose hand-overs are believed, and by which key */
	AUDIT_DEPARTMENT,	/* one was added, changed, switched off or on */
	AUDIT_NOTICES_RESUMED,	/* messages to a number that had stopped them, at the caller's wish */
	AUDIT_KIND_END,
};

struct audit_act {
	enum audit_kind kind;
	const struct actor *by;	/* NULL: the system itself */
	struct str peer;	/* where it came from: req_peer(), or STR_NONE */
	uint64_t subject;	/* account, key or appeal by kind (audit.c has the table); 0: none */
	struct str reason;	/* what the person said why, or STR_NONE */
	struct str detail;	/* a JSON object as text, or STR_NONE; no identity, no secret */
	uint64_t id;		/* one that was taken before, as by audit_export_mark(); 0: the next */
};

/*
 * Records the act and enters it into the ledger; strings live in the arena. Returns the record's
 * id, by which GET /api/v1/audit shows it; 0 for a refused sign-in, or when the transaction has
 * failed. A refused sign-in has to be committed although its answer is an error.
 */
uint64_t audit_record(struct tx *tx, const struct audit_act *act);

/* ---- identities that are opened ---- */

/* One field of one caller, given clear to somebody. */
struct audit_opening {
	const struct actor *by;
	struct str peer;
	uint64_t appeal_id;
	struct str field;
	struct str purpose;
	const char *purpose_code;	/* NULL: none was given */
};
/*
 * Records that the field is opened, and by whom. Nobody is kept from opening, since a caller may
 * be on the line; but who opens more in an hour than the setting reveals_an_hour leaves an act of
 * its own behind, once an hour.
 */
void audit_opening(struct tx *tx, const struct audit_opening *opening);

/* Writes "items" and "total" into the open object: how often which field was opened, by day and
 * department or role, and no person's name. For the caller too. */
void audit_openings_write(struct req *r, uint64_t appeal_id);

/* ---- files that are taken out ---- */

/* What ties a copy to who took it out: on paper, in a workbook, in each row of a table. */
struct export_mark {
	uint64_t id;		/* of the act */
	struct str code;	/* "A17": 17 is the id of the act */
	struct str words;	/* "supervisor 2026-03-02 09:00 A17" */
};
/*
 * Records that the reader of the request takes out a file, and says so in the header
 * X-Export-Act of the answer. `file` is a word of ours, `about` which one it is, such as a
 * period or a task: nothing that is said of a caller. Not in a transaction that only reads.
 */
struct export_mark audit_export(struct req *r, const char *file, struct str about);
/*
 * The same in two steps, for a long file that bears the mark in its rows: the mark first, and the
 * act at the end, so that what it writes holds nobody up while the file is made.
 */
struct export_mark audit_export_mark(struct req *r);
void audit_export_record(struct req *r, const struct export_mark *mark, const char *file,
			 struct str about);
