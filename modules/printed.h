/*
 * Answers on paper: a document as print.h takes it, handed to the printer. Shared by modules.
 */
#pragma once

#include "json.h"
#include "req.h"
#include "str.h"

struct printed {
	struct buf text;
	struct json json;
};

/*
 * Opens a document up to its blocks, which the caller writes into the json (nothing else is
 * open then). `made` is its date; `mark` stands faint across each page, STR_NONE for nothing.
 * Ends in reply_printed().
 */
struct printed_heads {
	struct str title, subtitle, foot, mark;
	int64_t made;
};
void printed_open(struct printed *p, const struct printed_heads *heads);
/* Blocks of one text. */
void printed_heading(struct printed *p, int level, struct str text);
void printed_paragraph(struct printed *p, struct str text);
void printed_note(struct printed *p, struct str text);
void printed_code(struct printed *p, struct str text, struct str caption);
/* A row of an open form; label2 NULL: one pair over the whole width. */
void printed_form_open(struct printed *p, int least);
void printed_row(struct printed *p, const char *label1, struct str value1, const char *label2,
		 struct str value2);
void printed_form_close(struct printed *p);
/*
 * Prints and frees the document: the PDF under that file name, or a 5xx that says what kept
 * it from being made.
 */
struct reply reply_printed(struct req *r, struct printed *p, struct str file_name);

/* "2026-03-02 09:00", or with seconds where there are some; "" for 0. */
struct str time_words(struct arena *a, int64_t at);
