/*
 * Attaching files, for those whose steps bring some. A file is uploaded first (PUT /uploads/{id})
 * and then named by that id; attached it never changes, and its SHA-256 stands in the history.
 *
 * Threads: the worker that owns the request.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "action.h"
#include "form.h"

/*
 * Complains at the member `name` of the body about those of the list that are not uploads of the
 * actor's own, that are attached already, or that stand twice.
 */
void attaching_check(struct req *r, const char *name, const struct str_list *uploads);
/* With a reply to the action's task; false: return act->refusal. */
bool attaching_take(struct action *act, const struct str_list *uploads) MUST_USE;
/* An array of what the caller of an appeal sent, for who is told all that is held of a person. */
void attaching_write_sent(struct req *r, const char *key, uint64_t appeal_id);
/* What its caller sent is gone with the caller's identity; what was done about it stays. */
void attaching_forget(struct tx *tx, uint64_t appeal_id);
