/*
 * Settings: one row each, from which come the parser, `liandong settings`, the bounds and
 * config/liandong.conf. Precedence: default, file, environment (LIANDONG_<NAME>), command
 * line. Unknown keys of the file are errors that name the nearest known one; in the
 * environment they belong to others. Secrets are given as paths of files (kind SETTING_PATH),
 * never as values.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "str.h"

enum setting_kind {
	SETTING_INT,
	SETTING_BOOL,
	SETTING_TEXT,
	SETTING_PATH,
	SETTING_CHOICE,
	SETTING_LIST,	/* comma separated, kept as text */
};

struct setting {
	const char *name;		/* lower_snake; NULL ends a table */
	enum setting_kind kind;
	const char *fallback;		/* default, as it would stand in the file */
	int64_t min, max;
	const char *const *choices;
	const char *unit;		/* "s", "bytes" or NULL */
	const char *help;		/* one sentence; required */
	bool fixed;			/* read once at start; a reload does not change it */
};

/* Values in force; unknown names are our bug. Any thread. */
int64_t setting_int(const char *name);
bool setting_bool(const char *name);
struct str setting_str(const char *name);
