/*
 * Workbooks for spreadsheet programs (Office Open XML). Rows are written once, cell by cell
 * from the left, and go to disk row by row: memory does not grow with them, and a finished row
 * is not read again.
 *
 * Text is text: it is never a formula, and what looks like one is marked as in csv.h. What XML
 * cannot hold becomes U+FFFD; a cell keeps the first 32,000 bytes.
 *
 * Threads: one writer, one thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "spool.h"
#include "str.h"

struct book;
struct sheet;

/* Ends with a zero row; at most 64. */
struct sheet_column {
	const char *head;
	double width;		/* in digits */
};

/* Into the spool, which must be empty. `made` is the date of the document. */
struct book *book_new(struct spool *out, struct str title, int64_t made);
/* Stands at the head of each page of the sheets that follow, when they are printed. */
void book_mark(struct book *book, struct str words);
/* A sheet with its heads, which stay in sight and filter. Names are unique, 31 characters. */
struct sheet *sheet_new(struct book *book, const char *name,
			const struct sheet_column *columns);
/* One cell; the row ends by itself when it is full. Absent text and instants of 0 are empty. */
void sheet_str(struct sheet *s, struct str text);
void sheet_text(struct sheet *s, const char *text);
void sheet_u64(struct sheet *s, uint64_t value);
void sheet_time(struct sheet *s, int64_t at);
/* num / den, shown as a percentage of so many decimals (2 to 6); empty where den is 0. */
void sheet_rate(struct sheet *s, uint64_t num, uint64_t den, unsigned decimals);
/* Rows so far, without the heads; LIMIT_SHEET_ROWS at most: more is our bug. */
uint64_t sheet_rows(const struct sheet *s);

/* Rows `first` to `last` of `from`, counted like sheet_rows(); columns from 0. */
struct sheet_chart {
	const struct sheet *from;
	const char *title, *target;	/* and name of the values, name of the target */
	uint64_t first, last;
	uint32_t name_column, value_column, target_column;
};
/*
 * A chart on sheet `s` beside its cells, the n-th from above: each value as a bar that stands
 * out of the line of the target.
 */
void sheet_chart(struct sheet *s, uint32_t n, const struct sheet_chart *chart);

/* Writes the workbook to its spool and frees it. A failure is the spool's. */
void book_close(struct book *book);
