/*
 * Reading JSON that others wrote, of which we need a few members: what else it holds is
 * nobody's business (a body of our own interface is read by form.h, which refuses the rest).
 * Every function takes NULL, "not there", and answers as for a value of another type; so a
 * chain of members is asked without a look at each.
 *
 * Threads: values; all memory is the arena's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "str.h"

struct json_value;

/* NULL: no JSON, a name twice, or over the bounds of a body (bounds.h). */
const struct json_value *json_value_parse(struct arena *a, struct str text);
/* NULL when this is no object or has no such member. */
const struct json_value *json_value_member(const struct json_value *value, const char *name);
/* STR_NONE when this is no text; never a NUL byte inside. */
struct str json_value_str(const struct json_value *value);
bool json_value_is_true(const struct json_value *value);
/* A number as a whole one, cut off; false for other types and beyond +-2^53. */
bool json_value_number(const struct json_value *value, int64_t *ret_number) MUST_USE;
bool json_value_is_object(const struct json_value *value);
bool json_value_is_list(const struct json_value *value);
/* Elements of a list, 0 for anything else. */
size_t json_value_count(const struct json_value *value);
/* NULL when there is no such element. */
const struct json_value *json_value_at(const struct json_value *value, size_t i);
