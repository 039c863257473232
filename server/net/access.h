/*
 * What a row of the access table says of an actor: pure, but for the check at the start that
 * the table and the routes of the modules are one and the same.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "module.h"
#include "req.h"

enum access_verdict {
	ACCESS_GRANTED,
	ACCESS_OF_OTHERS,	/* for other roles */
	ACCESS_OF_THE_WHOLE,	/* for this role, but not for who belongs to a unit */
	ACCESS_OF_STAFF,	/* for this role, but not for outsourced people */
};

/* The actor's cell. RELATION_NONE of a public row, and of an actor without a role. */
enum relation access_relation(const struct access *row, const struct actor *actor);
/* Whether the route answers this actor, and else why not. */
enum access_verdict access_verdict(const struct access *row, const struct actor *actor);
/* NULL, or what is wrong with a row whoever made it. */
const char *access_flaw(const struct access *row);
/*
 * Whether every row of the table, up to its zero row, is taken up by exactly one route of the
 * modules, and every route of theirs stands on a row of it; a sentence for each that is not so
 * on `complaints`.
 */
bool access_is_taken_up(const struct access *table, const struct module *const *list,
			FILE *complaints) MUST_USE;
