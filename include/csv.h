/*
 * Tables as text (RFC 4180): UTF-8 behind a byte order mark, since spreadsheet programs take
 * it for something else without, lines that end in CR LF, text in quotes where it needs them.
 *
 * Cells are safe: text that a spreadsheet program could take for a formula gets a `'` before
 * it. That is text beginning with = + - @ TAB CR, or the full-width forms of the first four;
 * negative numbers in text are left as they are. Every export shows the same (cell_text()).
 *
 * The last line says how many rows there are and the SHA-256 of all bytes before it, byte
 * order mark and heads included: `rows,N,sha256,HEX` and empty cells up to the width.
 *
 * Threads: one writer, one thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "spool.h"
#include "str.h"

#define CSV_TYPE "text/csv; charset=utf-8; header=present"

struct csv {
	struct spool *out;
	uint64_t rows;		/* without the heads */
	uint32_t width, at;	/* cells of a row, and of the present one */
	struct str copy;	/* of the last column, or STR_NONE: there is none */
};

/* Opens the table with its heads (NULL-terminated, at least four). */
void csv_open(struct csv *csv, struct spool *out, const char *const *heads);
/*
 * The same with one more column behind them, `copy`, which holds the mark in every row and is
 * written by itself: a row says whose copy it is from, whatever the file is called later.
 */
void csv_open_copy(struct csv *csv, struct spool *out, const char *const *heads, struct str mark);
/* One cell; the row ends by itself when it is full. Absent text is an empty cell. */
void csv_str(struct csv *csv, struct str text);
void csv_text(struct csv *csv, const char *text);
void csv_u64(struct csv *csv, uint64_t value);
/* An instant as in JSON; 0 is an empty cell. */
void csv_time(struct csv *csv, int64_t at);
/* Writes the last line. Between rows only. */
void csv_close(struct csv *csv);

/* True when a spreadsheet program could take the text for a formula. */
bool cell_is_formula(struct str text);
/* One cell as it stands in the file, without what separates it from the next. */
void csv_cell(struct buf *out, struct str text);
