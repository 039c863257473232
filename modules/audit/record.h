/*
 * Inside of the audit: how a record is named and written. For other modules there is audit.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "audit.h"
#include "json.h"
#include "module.h"

#include "audit_sql.h"

/* A number for an act that is recorded later in this transaction. */
uint64_t audit_next_id(struct tx *tx);

enum audit_subject { SUBJECT_NONE, SUBJECT_ACCOUNT, SUBJECT_KEY, SUBJECT_APPEAL };

const char *audit_kind_name(enum audit_kind kind);
/* 0 for a word that names none. */
enum audit_kind audit_kind_of(struct str name);
/* What an act of this kind is about. */
enum audit_subject audit_subject_of(enum audit_kind kind);

typedef struct sql_audit_acts_row audit_row;

/* Who did something, as it was then. */
struct audit_actor {
	enum actor_kind kind;
	uint64_t id;
	struct str name;
	uint32_t role;
	struct str unit;
};
/* As the member "by". */
void audit_write_actor(struct json *j, struct arena *a, const struct audit_actor *actor);

/* The members of a record, as answers show them and the ledger has them. */
void audit_write(struct json *j, struct arena *a, const audit_row *row);
/* What an act is about, as answers show it; none where it is about nobody. */
struct str audit_subject_text(struct arena *a, const audit_row *row);
/* "account:5", "key:7"; none for the system itself. */
struct str audit_actor_text(struct arena *a, enum actor_kind kind, uint64_t id);
/* The other way; false when the text is none. */
bool audit_actor_parse(struct str text, enum actor_kind *ret_kind, uint64_t *ret_id) MUST_USE;

/* The hour that is over gets its act; true while there are more. */
bool audit_count_refusals(struct tx *tx);
int64_t audit_next_count(struct tx *tx);

struct reply audit_list(struct req *r);
struct reply audit_csv(struct req *r);
struct reply audit_show(struct req *r);
struct reply audit_proof(struct req *r);
struct reply audit_openings(struct req *r);
