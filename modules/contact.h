/*
 * Who keeps contact with enterprises (联系领导): the register of enterprises names a login for
 * each. An account of role leader or contact is named by its own; a key of role contact by the
 * login it was made for, its unit. Nobody else keeps contact with any.
 */
#pragma once

#include <stdbool.h>

#include "req.h"
#include "str.h"
#include "tx.h"

/* The login under which the register knows the actor, in the arena of tx; STR_NONE: none. */
struct str contact_login(struct tx *tx, const struct actor *actor);
/* Whether the actor keeps contact with this enterprise; never with STR_NONE. */
bool contact_keeps(struct tx *tx, const struct actor *actor, struct str uscc);
