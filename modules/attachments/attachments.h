/*
 * Inside the attachments module: how its files share the work. uploads.c takes bytes, attach.c
 * makes uploads attachments, attachments.c shows and serves them and has the tables, removal.c
 * ends what nobody attached.
 */
#pragma once

#include "attaching.h"
#include "bounds.h"
#include "matter.h"
#include "module.h"
#include "rules/file_kind.h"

#include "attachments_sql.h"

enum purpose { PURPOSE_NONE, PURPOSE_CALLER, PURPOSE_SITE, PURPOSE_REPLY };	/* stored */
extern const char *const purpose_names[];	/* index = purpose - 1 */

/* What the virus scanner says of it; stored. */
enum scan { UNSCANNED, SCANNING, CLEAN, INFECTED };

/* Both statements give the same columns. */
typedef struct sql_attachments_one_row file_row;

/* The upload of this id, if it is the actor's own. */
bool upload_read(struct req *r, struct str upload, file_row *ret_row) MUST_USE;
bool is_upload_id(struct str id);
/* Members of an open object that an upload and an attachment share. */
void file_write(struct req *r, const file_row *row);
/* An attachment with its name, as a whole object. */
void attachment_write(struct req *r, const char *key, const file_row *row);
struct str attachment_name_place(struct arena *a, uint64_t id);

struct reply uploads_put(struct req *r);
struct reply attachments_add(struct req *r);

/* scanning.c */
bool scanning_run(struct tx *tx);
bool scanning_has_work(struct tx *tx);

bool removal_expire(struct tx *tx);
int64_t removal_next_due(struct tx *tx);
bool removal_sweep(struct tx *tx);
