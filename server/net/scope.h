/*
 * Scopes: what a key may of all that its role may. A scope is `AREA:RIGHT`. The area is the
 * first part of the path below /api/v1 (of others: of the path), as `tasks`. The right is
 *
 *	read	every GET of the area
 *	write	everything else in it
 *	STEP	one thing that is no GET: the words of the path behind the area without its ids,
 *		as `sign`, `return/accept`; where there are none: add (POST), change (PUT),
 *		remove (DELETE)
 *
 * So `tasks:return/accept` is POST /api/v1/tasks/{id}/return/accept. Routes that need no credentials, and those marked
 * is_in_every_scope, are in all of them.
 *
 * Threads: values; any.
 */
#pragma once

#include <stdbool.h>

#include "module.h"
#include "str.h"

enum { SCOPE_MAX = 80 };	/* characters */

/* Does this scope cover the route? False for a scope that is written wrong. */
bool scope_covers(struct str scope, const struct route *route);
/* The same for a comma-separated list; an empty one covers everything. */
bool scope_list_covers(struct str list, const struct route *route);
/*
 * May a key with the list `own` give `other` away: is each scope of the other written in it, or
 * a step of an area that it may write in? An empty list is everything.
 */
bool scope_list_includes(struct str own, struct str other);
