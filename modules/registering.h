/*
 * Registering an appeal, whatever brings it: a request, or another service that hands it over.
 * Identity, dispatch, deadlines, history and webhooks follow from the events, in one transaction.
 *
 * Threads: the worker that owns tx.
 */
#pragma once

#include "events.h"
#include "sealing.h"

struct registration {
	const struct actor *by;
	struct appeal *appeal;		/* all but the id, which is given here */
	const struct caller *caller;
	struct str digest;		/* INDEX_BYTES: tells a repeat from another content */
	const struct given_task *given;	/* NULL: the catalogue decides; no department: nobody yet */
	struct task_list *tasks;	/* out: what the dispatch made */
	struct entry *entry;		/* out, or NULL: of the receipt in the ledger */
	int64_t not_before;		/* undoing.h: of what is sent of it */
};
/* Reads nothing. */
void appeal_register(struct tx *tx, const struct registration *registration);

/* How many appeals an actor registered on this local day, without those withdrawn since. Reads. */
uint64_t appeals_registered_today(struct tx *tx, const struct actor *by);
