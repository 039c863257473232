/*
 * One value out of a JSON document of somebody else's, of which nothing else is asked: what a
 * receiver or a gateway answered. Bodies of requests are read by field tables (form.h).
 *
 * Threads: any, each with its own arena.
 */
#pragma once

#include <stdbool.h>

#include "arena.h"
#include "attr.h"
#include "str.h"

/*
 * The value at a JSON pointer (RFC 6901): text as it is, numbers and truth values as they are
 * written. False when the document is no JSON, exceeds the bounds of form.h, or has no such
 * value there.
 */
bool json_find(struct arena *a, struct str document, const char *pointer, struct str *ret_value)
	MUST_USE;

/*
 * Of a list in the document, at the pointer `items` ("" where the document is the list, or a single
 * object that stands for a list of one), the values at each of n pointers into its elements:
 * ret_values[row * n + i], absent where there is none. The number of rows, at most `most`.
 */
size_t json_find_rows(struct arena *a, struct str document, const char *items,
		      const char *const *pointers, size_t n, struct str *ret_values, size_t most);
