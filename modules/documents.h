/*
 * The versioned documents behind the reference data: areas, categories, catalogue, calendar,
 * limits, grounds, checklist, hand-over items, quiet days, the four acts,
 * retention. A version is never changed; adding one makes it
 * the one in force for what is dispatched or decided from then on, while tasks keep the
 * versions they were made with.
 *
 * Two writers at once: each takes the number after the newest one it saw. Whoever comes second
 * finds it taken, which is TX_CONFLICT: its handler runs again from the start, sees the version
 * of the first and takes the next number, so that none is used twice and none is lost.
 */
#pragma once

#include "domain.h"
#include "rules/table.h"

/* The words of paths and commands, NULL-terminated; index = kind - 1. */
extern const char *const document_kind_names[];

/* Reads the text as the snapshot loader will; what it cannot read is described in problems. */
void document_check(struct arena *a, enum document_kind kind, struct str text,
		    struct table_problems *problems);
/*
 * Checks the text and stores it as the next version; source says where it comes from (the
 * first 200 characters are kept). 0 when it has problems, which are described; nothing is
 * stored then. The text is taken as it is, whatever version it was made from.
 */
uint64_t document_add(struct tx *tx, enum document_kind kind, struct str source,
		      struct str text, struct table_problems *problems);
/* The text in force; false when there is none yet. */
bool document_newest(struct tx *tx, enum document_kind kind, uint64_t *ret_version,
		     struct str *ret_text) MUST_USE;
/*
 * A catalogue version in which the pair (row->category, row->area) goes to row->department as
 * the row says; what was decided for other pairs stays. The version that is in force when the
 * row stands there already. 0 when the transaction has failed.
 */
uint64_t document_route_set(struct tx *tx, const struct catalogue_row *row, struct str source);
/*
 * Writes the member "rows" into the open object: how many lines of `after` were added, removed
 * or changed against `before`, by the codes they begin with, and the first 200 of them.
 */
void document_changes_write(struct json *j, struct arena *a, enum document_kind kind,
			    struct str before, struct str after);

/* ---- forms of tables, of documents and of others ---- */

struct version_form {
	struct str source;
	struct str text;
	int64_t expected_version;	/* 0: any */
};

extern const struct field table_version_fields[];	/* all of it */
extern const struct field table_preview_fields[];	/* the text alone */

/* Each described problem as a complaint about #/text. */
void table_problems_tell(struct req *r, const struct table_problems *problems);
/* The same as a member of the open object. */
void table_problems_write(struct json *j, const struct table_problems *problems);
/* 409: the text was made from another version than the one in force. */
struct reply reply_version_moved(struct req *r, uint64_t version, int64_t expected);

/* Handlers of POST /{kind}, POST /{kind}/preview and GET /documents/{kind}. */
struct reply document_post(struct req *r, enum document_kind kind);
struct reply document_preview(struct req *r, enum document_kind kind);
struct reply document_show(struct req *r);
