/*
 * Inside the vault module: how its files share the work. vault.c has the keys of the records and
 * the tables of the module, retention.c when identities end by themselves, erasure.c the end of
 * one person's at the wish of that person, person.c what is handed to one.
 */
#pragma once

#include "domain.h"
#include "events.h"
#include "identity.h"
#include "module.h"

#include "vault_sql.h"

/*
 * Nothing stays of who was behind an appeal: row and salt, and in what was typed of it the
 * person's own words and numbers (rules/redact.h). The act is recorded. False when it was erased
 * before, or when the transaction has failed.
 */
bool vault_end(struct tx *tx, uint64_t appeal_id, enum erasure why, const struct actor *by,
	       struct str peer, struct str reason);
/* End of a hold that is not over at `at`, else 0. */
int64_t vault_held_until(struct tx *tx, uint64_t appeal_id, int64_t at);

/* retention.c */
void retention_begin(struct tx *tx, const struct event *e);
void retention_imported(struct tx *tx, const struct event *e);
void retention_stop(struct tx *tx, const struct event *e);
bool retention_run(struct tx *tx);
int64_t retention_next_due(struct tx *tx);
struct reply hold_set(struct req *r);
struct reply hold_release(struct req *r);
struct reply holds_list(struct req *r);
struct reply retention_show(struct req *r);

/* erasure.c */
struct reply erasure_ask(struct req *r);
struct reply erasure_approve(struct req *r);
struct reply erasure_refuse(struct req *r);
struct reply erasure_list(struct req *r);

/* person.c */
struct reply person_export(struct req *r);
