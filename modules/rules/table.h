/*
 * Reading of tab-separated tables that people write: calendars, limits. Every bad line is
 * reported by its number with what to do about it, and none costs the good ones.
 *
 * No allocation: cells are views of the caller's text. Threads: values.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"

enum {
	TABLE_CELLS_MAX = 16,
	TABLE_PROBLEMS_MAX = 32,
	TABLE_PROBLEM_BYTES = 200,
};

struct table_problem {
	size_t line;	/* from 1 */
	char text[TABLE_PROBLEM_BYTES];
};

/* All bad lines are counted, the first TABLE_PROBLEMS_MAX are described. */
struct table_problems {
	size_t count;
	struct table_problem first[TABLE_PROBLEMS_MAX];
};

struct table_cell {
	const char *p;
	size_t n;
};

/*
 * Begin with { .at = text, .end = text + size, .header = "date", .problems = problems }. The
 * text and problems belong to the caller and must outlive the reader.
 */
struct table_reader {
	const char *at;
	const char *end;
	const char *header;	/* a line whose first cell is this word is passed over */
	size_t line;		/* number of the present line */
	size_t count;		/* its cells */
	struct table_cell cell[TABLE_CELLS_MAX];
	struct table_problems *problems;
};

/*
 * Goes to the next line with cells and says whether there is one. Empty lines, comments (#)
 * and the header are passed over; lines with too many cells, control characters or bytes
 * that are not UTF-8 are reported and passed over. Trailing empty cells are dropped, a
 * carriage return before the line's end and a byte order mark are ignored.
 */
bool table_next(struct table_reader *reader) MUST_USE;
/* Reports the present line. */
void table_bad(struct table_reader *reader, const char *format, ...) PRINTF_LIKE(2, 3);
/* Number of cells whose text is printed by "%.*s" without flooding the message. */
int table_cell_width(struct table_cell cell);
bool table_cell_is(struct table_cell cell, const char *text);
