/*
 * Rules of signing in by a provider: where a browser may be sent back to, and which role the
 * provider's words give. Values in, values out.
 *
 * Threads: values.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "str.h"

/*
 * True for a page of our own: a path with query and fragment, no interface, at most
 * LIMIT_OIDC_RETURN_BYTES. Browsers read a backslash as a slash and pass over tabs and line
 * breaks, so that "//", "/\" and what becomes one of them would be another site; they are
 * refused wherever they stand.
 */
bool sign_in_returns_home(struct str path) MUST_USE;

struct role_rule {
	struct str word, role;
	struct str unit;	/* STR_NONE without one */
};

/* The first rule of a list "WORD=ROLE, WORD=ROLE:UNIT" of which the word is among `words`. */
bool sign_in_role(struct str rules, const struct str *words, size_t n,
		  struct role_rule *ret_rule) MUST_USE;

/* The parts of what the browser carries, in the order of writing: single blanks between. */
enum { FLOW_PARTS = 5 };
bool sign_in_parts(struct str text, struct str ret_parts[FLOW_PARTS]) MUST_USE;
