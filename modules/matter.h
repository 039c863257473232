/*
 * Reading appeals and tasks into a transaction, deciding who may know of them, and writing
 * them in the one form in which every answer shows them. Shared by all modules.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "domain.h"
#include "events.h"
#include "json.h"
#include "req.h"
#include "rules/sight.h"

struct sql_exchange_of_appeal_row;

/* An appeal as it is shown: identity masked already, tasks the reader may know of. */
struct matter {
	struct appeal appeal;
	struct caller shown;	/* of whom, masked; the accused person is never shown */
	bool is_erased;		/* who it was is not known any more */
	struct str receipt;	/* of a registration just made: what it answers with */
	struct str caller_code;	/* then too: what the caller is told */
	int64_t undo_until;	/* of a step just made that may be taken back until then */
	const struct sql_exchange_of_appeal_row *handover;	/* the newest one, or NULL */
	struct task *tasks;
	uint32_t task_count;
};

/* All tasks; false when there is no such appeal. Strings live in the arena of tx. */
bool matter_read(struct tx *tx, uint64_t appeal_id, struct matter *ret_matter) MUST_USE;
/*
 * Until the transaction ends nothing else is published of the appeal: what is read of it and
 * beside it from here on stays true. For who decides something by an appeal and publishes nothing
 * of it, so that no version would tell; before everything is read that is decided on. False when
 * there is no such appeal.
 */
bool matter_hold(struct tx *tx, uint64_t appeal_id) MUST_USE;
/*
 * A new appeal as it was registered or imported. The digest tells a repeat of the same content
 * from another content under the same external number.
 */
void matter_insert(struct tx *tx, const struct appeal *appeal, struct str digest);

/* The JSON array in which statements take n ids. */
struct str ids_json(struct arena *a, const uint64_t *ids, uint32_t n);
/* The place of an id among *n different ones, at whose end it is put where it is new. */
uint32_t id_place(uint64_t *ids, uint32_t *n, uint64_t id);
/* The matters of n ids, all different, in the order of the ids. Empty ones when the transaction has failed:
 * look at tx_ok() before one is written. */
struct matter *matter_read_many(struct tx *tx, const uint64_t *ids, uint32_t n);
/* The appeals alone, without opening what is sealed; id 0 where there is none. */
struct appeal *matter_appeals(struct tx *tx, const uint64_t *ids, uint32_t n);
/* A task with its appeal; false when there is none. */
bool matter_read_task(struct tx *tx, uint64_t task_id, struct matter *ret_matter,
		      struct task **ret_task) MUST_USE;

/* Whether a reader with this cell of a route may know of the appeal, by the rules of sight.h. Of
 * the appeal and its tasks what these rules ask for must be there. */
bool matter_is_seen(struct tx *tx, const struct matter *m, enum relation relation,
		    const struct actor *reader);
/* Whether the request's actor may know of the appeal: its cell of the route by the rules of
 * sight.h. */
bool req_sees(struct req *r, const struct matter *m);
/*
 * Whether the reader sees a field of an appeal (fields.tsv), by its caller's wish for secrecy;
 * and the text of one, or STR_NONE. All forms in which appeals and tasks leave ask this.
 */
bool reader_sees(const struct actor *reader, enum shown_field field, bool is_secret);
struct str reader_text(const struct actor *reader, enum shown_field field, bool is_secret,
		       struct str text);
/* The same for a webhook, which its department reads. */
struct str webhook_text(enum shown_field field, bool is_secret, struct str text);
/* A supervisor of a unit (两级联动): who sees and drives the tree below it, and no more. */
bool is_unit_supervisor(const struct actor *actor);

/* The lead that is neither returned nor withdrawn; NULL when there is none. */
struct task *matter_lead(const struct matter *m);

/* The department one level above the task's, which the appeal does not accuse: to whom it is
 * escalated. The task's own where nobody stands above it. */
struct str task_level_above(const struct reference *r, const struct appeal *a,
			    const struct task *t);

/* By the {id} of the path: false means reply_missing(r). To a supervisor of a unit a matter has
 * the tasks below it only; a task is read with all others of its appeal. */
bool req_matter(struct req *r, struct matter *ret_matter) MUST_USE;
/* The same by its number, and without a sighting: that is the caller's to keep. */
bool req_matter_of(struct req *r, uint64_t appeal_id, struct matter *ret_matter) MUST_USE;
bool req_task(struct req *r, struct matter *ret_matter, struct task **ret_task) MUST_USE;

/* The single form of an appeal and of a task; key as in json_object(). */
void matter_write(struct json *j, const char *key, struct arena *a, const struct matter *m,
		  const struct actor *reader);
/* names NULL: without what is said of its appeal beside it. */
void task_write(struct json *j, const char *key, struct arena *a, const struct task *t,
		const struct matter *m, const struct reference *names,
		const struct actor *reader);

/*
 * The address as this reader sees it (fields.tsv): exact, or down to the street, or not at all.
 */
struct str place_shown(struct arena *a, const struct appeal *appeal, const struct actor *reader);

/* As every answer shows a caller. */
struct caller caller_masked(struct arena *a, const struct caller *clear);

/* 409 with what is possible in the task's state. */
struct reply reply_step(struct req *r, const struct task *t);
/* The same for an appeal. */
struct reply reply_appeal_step(struct req *r, const struct appeal *a);
/* The appeal as it now is, with its entity tag. */
struct reply reply_appeal(struct req *r, const struct matter *m);
/* The task as it now is, with its entity tag. */
struct reply reply_task(struct req *r, const struct matter *m, const struct task *t);
