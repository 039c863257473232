/*
 * Field tables: what a JSON body may contain. form_read() checks the whole body against the
 * table and reports every bad field at once; an unknown, read-only or wrongly typed member is
 * an error like a missing one. Text is valid UTF-8, without control characters (FIELD_LINE)
 * or with line breaks and tabs only (FIELD_TEXT); required text may not be blank. Local days are
 * those of +08:00.
 *
 * The struct behind a table is filled field by field: absent members leave text STR_NONE,
 * choices -1, tri-states TRI_NONE, instants and numbers 0, decimals JSON_NO_DECIMAL, lists
 * empty.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "attr.h"
#include "decimal.h"
#include "str.h"

/* What a code may have when its field says nothing else. */
enum { FORM_CODE_CHARS = 32 };

enum field_kind {
	FIELD_LINE,    /* struct str, one line; min..max code points, LIMIT_LINE_CHARS if 0 */
	FIELD_TEXT,    /* struct str, lines; min..max code points, LIMIT_TEXT_CHARS if 0 */
	FIELD_CODE,    /* struct str; [A-Za-z0-9_.-]{1,max} (max 0: FORM_CODE_CHARS) */
	FIELD_CHOICE,  /* int: index into choices, -1 absent */
	FIELD_BOOL,    /* bool; absent is false */
	FIELD_TRI,     /* enum tri; null and absent are TRI_NONE */
	FIELD_INT,     /* int64_t within min..max */
	FIELD_TIME,    /* int64_t, RFC 3339 with zone */
	FIELD_DATE,    /* int64_t, start of a local day YYYY-MM-DD */
	FIELD_UNTIL,   /* int64_t: like FIELD_TIME, or a local date: its last second, 23:59:59 */
	FIELD_DECIMAL, /* int64_t millionths within min..max (whole units) */
	FIELD_CODES,   /* struct str_list of FIELD_CODE or of choices, at most max of them */
	FIELD_LINES,   /* struct str_list of FIELD_LINE that are not blank, at most max */
	FIELD_OBJECT,  /* nested table; `has` tells whether it was given */
	FIELD_OBJECTS, /* struct object_list of nested tables, at most max of them */
};

enum tri { TRI_NONE, TRI_NO, TRI_YES };

struct str_list {
	const struct str *v;
	size_t n;
};

/* v: n elements, each of the `size` of its field and filled like a form of its own. */
struct object_list {
	void *v;
	size_t n;
};

struct field {
	const char *name;		/* NULL ends a table */
	enum field_kind kind;
	size_t offset;			/* of the value; ignored for FIELD_OBJECT */
	size_t has;			/* FIELD_OBJECT: offset of a bool + 1, or 0 */
	bool required;
	bool null_ok;			/* null means the same as absent */
	int64_t min, max;
	const char *const *choices;	/* NULL-terminated */
	const struct field *fields;	/* FIELD_OBJECT: offsets from the outermost struct;
					   FIELD_OBJECTS: from the element */
	size_t size;			/* FIELD_OBJECTS: sizeof the element */
};

#define FIELD_HAS(type, member) (offsetof(type, member) + 1)

/* One complaint about an input: JSON pointer as URI fragment, stable code, a sentence. */
struct field_error {
	struct field_error *next;
	struct str pointer;
	const char *code;
	struct str detail;
};

struct field_errors {
	struct arena *arena;
	struct field_error *first, *last;
	uint32_t n;		/* all that were found; the list keeps the first 100 */
	bool malformed;		/* not JSON, or a name twice: 400 instead of 422 */
};

/*
 * Reads `body` (LIMIT_BODY_BYTES, LIMIT_JSON_DEPTH; members and list elements together at most
 * LIMIT_JSON_KEYS) into `form`; an empty body counts as {}. False when anything was added to
 * `errors`. Strings live in the arena of `errors`.
 */
bool form_parse(struct str body, const struct field *fields, void *form,
		struct field_errors *errors) MUST_USE;
/* detail is a printf format. */
void form_error(struct field_errors *errors, const char *pointer, const char *code,
		const char *detail, ...) PRINTF_LIKE(4, 5);
