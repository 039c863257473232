/*
 * What a department must be: each by itself, and all of them together as one tree. Forms and
 * imported tables are judged by the same rules.
 *
 * No allocation but in the arena; threads: values.
 */
#pragma once

#include "rules/reference.h"

enum {
	DEPARTMENT_CODE_CHARS = 16,
	DEPARTMENT_NAME_CHARS = 100,
	DEPARTMENT_GROUP_CHARS = 32,
	DEPARTMENT_INITIALS_CHARS = 32,
	DEPARTMENT_PHONE_CHARS = 32,
};

extern const char *const department_kind_names[];	/* NULL-terminated */

/* field NULL: nothing is wrong. All are constant texts. */
struct department_complaint {
	const char *field, *code, *detail;
};

/* Looks at the department alone. */
struct department_complaint department_check_alone(const struct department *d);
/* Looks at its place among all, of which it is one: its parent is there, in use and not below it,
 * its name is its own. */
struct department_complaint department_check_among(const struct reference *all,
						   const struct department *d);
/* Whether everything that people set is the same; not the state or the version. */
bool department_is_same(const struct department *a, const struct department *b);
/* As a line of the table that reference_parse_departments() reads, without its end. */
struct str department_line(struct arena *a, const struct department *d);
/* All of `old` with each of the changes in the place of the one of its code, which leaves it its
 * state and version, or beside them; sorted. */
struct reference departments_with(struct arena *a, const struct reference *old,
				  const struct department *changes, uint32_t count);
