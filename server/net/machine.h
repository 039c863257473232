/*
 * Who asks, when it is a program: by a bearer key, by a signature over the request, by a client
 * certificate, or by several of them, which must then all name the same key. Checked on the
 * loop against the snapshot, so that a flood without a valid proof costs no worker anything.
 *
 * What a proof lacks is told to nobody but the log, at most once a second for each reason.
 *
 * Threads: loop thread, but for what says worker or job.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "net/key_table.h"
#include "net/request.h"

/* Reads trusted_proxies; false after a complaint on stderr. */
bool machine_start(void) MUST_USE;
/* Fills r->peer and r->is_proxied: `peer`, or its client where it is a trusted proxy. */
void machine_find_client(struct req *r, struct str peer);
/* True when the request shows a proof of this kind, be it good or bad. */
bool machine_is(const struct req *r);
/* Fills r->actor, r->scopes and, of a signed request, r->signed_id; false: not proved. */
bool machine_admit(struct req *r, const struct key_table *keys) MUST_USE;
/*
 * Worker, in a transaction of its own: remembers the id of a signed request. False when it was
 * seen before, or when the transaction failed.
 */
bool machine_is_fresh(struct req *r) MUST_USE;
/* A job: forgets ids that are too old to be accepted. */
bool machine_ids_prune(struct tx *tx);
