/*
 * JSON of others as a tree of jansson's in the caller's arena. Before it is parsed the brackets
 * are counted: jansson's own depth limit is 2048, and a table of values is costlier than the
 * text. The tree is never taken down.
 *
 * Threads: any, each with its own arena.
 */
#pragma once

#include <jansson.h>

#include "arena.h"
#include "str.h"

/*
 * NULL when the text is refused: *ret_refusal is a sentence about a bound that it exceeds, or NULL,
 * and *ret_error then says where it is no JSON. A name that stands twice in an object is refused.
 */
const json_t *json_tree(struct arena *a, struct str text, const char **ret_refusal,
			json_error_t *ret_error);
