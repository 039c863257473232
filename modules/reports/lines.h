/*
 * Reading back texts that this program wrote and sealed: lines that end in LF, cells separated
 * by TAB, sections that begin with heads of their own. What does not read is a fault of ours
 * and aborts: the ledger vouches that nobody else wrote it.
 *
 * Threads: values; cells are views of the text.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "str.h"

enum { LINE_CELLS = 26 };

/* A stretch of lines that is read from its beginning. */
struct lines {
	const char *at, *end;
};

/* The next line's cells; false at the end. */
bool lines_next(struct lines *lines, struct str cells[LINE_CELLS]) MUST_USE;
/* The lines behind a section's heads, up to the next section's or, where that is empty, the
 * text's end. */
struct lines lines_section(struct str text, struct str heads, struct str next);
int64_t line_number(struct str cell);
