/*
 * The request target taken apart: path, query and their percent-encoding (RFC 3986). The guard
 * has been here before: a target begins with one slash and every % has two digits behind it.
 *
 * Threads: any; results live in the arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "str.h"

enum { QUERY_PARAMS_MAX = 32 };

struct query_param {
	struct str name;
	struct str value;
};

struct query {
	struct query_param params[QUERY_PARAMS_MAX];
	size_t n;
};

/* Cuts "/a/b?c=d" at the first ?; the query is STR_NONE where there is none. */
void target_split(struct str target, struct str *ret_path, struct str *ret_query);
/*
 * Decodes %XX, and + as a blank where is_query. False when the result is not UTF-8, holds a
 * control character, or a % stands alone.
 */
bool target_decode(struct arena *a, struct str text, bool is_query, struct str *ret) MUST_USE;
/* False when there are too many parameters or one cannot be decoded or has no name. */
bool query_parse(struct arena *a, struct str text, struct query *ret) MUST_USE;
