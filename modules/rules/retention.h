/*
 * How long a caller's identity is kept once the matter is over (PIPL articles 19 and 47): a
 * versioned table, config/retention.tsv.
 *
 * Threads: values.
 */
#pragma once

#include "rules/reference.h"
#include "rules/table.h"

enum { RETENTION_ROWS_MAX = 100, RETENTION_MONTHS_MAX = 1200 };

struct retention_row {
	int content_class;	/* index into content_class_names, -1: all others */
	int channel;		/* index into channel_names, -1: all others */
	int32_t months;		/* 0: kept */
};

/* Fills its part of *r in the arena; bad lines are left out and reported in problems. */
void reference_parse_retention(struct reference *r, struct arena *a, struct str text,
			       struct table_problems *problems);
/*
 * The end of the local day that lies as many months after the one of `at` (the last of a shorter
 * month); 0 where the table keeps it. The content class is named before the channel.
 */
int64_t retention_until(const struct reference *r, int content_class, int channel, int64_t at);
