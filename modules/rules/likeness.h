/*
 * How alike two appeals are, before the second is saved: a hint for a person, who alone
 * decides whether they are one matter. Nothing is merged and nothing withheld by it.
 *
 * Values only: no clock, no transaction, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "str.h"

/* Why, as bits; of likeness_reason_names bit i is name i. */
enum likeness_reason {
	LIKE_PHONE = 1u << 0,
	LIKE_PLACE = 1u << 1,		/* within 200 m, or the same address of one area */
	LIKE_CATEGORY = 1u << 2,
	LIKE_TIME = 1u << 3,		/* at most 30 days apart */
	LIKE_TEXT = 1u << 4,		/* three tenths of the grams of both, or more */
};
extern const char *const likeness_reason_names[];

enum { LIKENESS_MOST = 1000, LIKENESS_DAYS = 30, LIKENESS_METRES = 200 };

/* What is known of an appeal; texts STR_NONE, degrees JSON_NO_DECIMAL where it is not. */
struct likeness_side {
	struct str category, area, address;
	struct str text;		/* title and text */
	int64_t latitude, longitude;	/* millionths of a degree */
	int64_t at;			/* when it happened, or was told */
};

struct likeness {
	uint32_t score;		/* 0..LIKENESS_MOST */
	uint32_t reasons;	/* enum likeness_reason */
};

/* Takes memory of the arena for the texts. Phones are compared elsewhere, by their index. */
struct likeness likeness_of(struct arena *a, const struct likeness_side *one,
			    const struct likeness_side *other, bool is_same_phone);
/* Whether it is worth showing: the same phone, or enough of the rest together. */
bool likeness_is_hint(struct likeness likeness);
