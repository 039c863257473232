/*
 * What callers are told by short message and when, and how their replies are read. Values in,
 * values out.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "rules/reference.h"
#include "rules/table.h"
#include "str.h"
#include "words.h"

enum notice_occasion {	/* stored: numbers are fixed, new ones go at the end */
	NOTICE_RECEIPT = 1,
	NOTICE_DISPATCHED,
	NOTICE_PROGRESS,
	NOTICE_EXTENSION,
	NOTICE_RESULT,
	NOTICE_QUESTION,
	NOTICE_ANSWERED, NOTICE_REFUSED, NOTICE_TRANSFERRED,	/* at the desk, without a department */
	NOTICE_OCCASION_END,
};
/* NULL-terminated; index = occasion - 1. */
extern const char *const notice_occasion_names[];

struct notice_text {
	enum notice_occasion occasion;
	uint32_t channels, classes;	/* bits of enum channel, enum content_class */
	struct str text;
};

/* Parses config/notices.tsv into *r, as the other tables are. */
void reference_parse_notices(struct reference *r, struct arena *a, struct str text,
			     struct table_problems *problems);
/* The first line that fits; NULL: the caller is not told. */
const struct notice_text *reference_notice(const struct reference *r, enum notice_occasion occasion,
					   enum channel channel, enum content_class content);

/* What the texts may name. */
struct notice_values {
	struct str number, code, link, department, due, promise, result;
};
struct str notice_render(struct arena *a, struct str text, const struct notice_values *values);
/*
 * Parts in which networks send a text: up to 70 characters of UCS-2 in one, 67 in each of several;
 * characters beyond the first plane count twice.
 */
uint32_t notice_segments(struct str text);
/* Eleven digits that begin with 1: no landline can read. */
bool notice_is_mobile(struct str phone);

enum notice_reply {
	REPLY_OTHER,		/* for a person to read */
	REPLY_SATISFIED, REPLY_BASICALLY, REPLY_DISSATISFIED,	/* 1, 2, 3 */
	REPLY_STOP,		/* T, TD, 退订: no more of them, the question of a visit included */
	REPLY_START,		/* START, 恢复: again, after a stop */
};
/* Blanks and full stops around it do not count, full-width signs are as their plain ones. */
enum notice_reply notice_reply_read(struct str content);

/* A result or a question that a number was told. */
struct notice_told {
	uint64_t appeal_id;
	bool is_question, is_awaited;	/* awaited: its caller's answer would be taken */
	int64_t at;
};
/*
 * Which of them, the newest first, a digit answers: the newest question that is still waited for, or
 * else the newest of all if it is a result. NULL: nobody can know, and a person has to ask. So it
 * is when there is none, when an answered question came last, and when another appeal's that is waited for as well
 * came at once with it, within an hour.
 */
const struct notice_told *notice_meant(const struct notice_told *told, size_t n);
