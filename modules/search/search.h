/*
 * Inside the search module: how its files share the work. pack.c makes segments of what waits,
 * candidates.c reads them, look.c finds the ids of a page, search.c answers requests, and
 * rebuild.c is the command that starts over.
 */
#pragma once

#include "domain.h"
#include "module.h"

/* ---- pack.c ---- */

/* One step of packing, merging or clearing away; true while there is more to do. */
bool pack_step(struct tx *tx);

/* ---- rebuild.c ---- */

/* `liandong search rebuild` */
int search_command(const struct command_call *call);

/* ---- candidates.c ---- */

struct candidates;

/*
 * Appeals below `before` that have all of n distinct grams (rules/gram.h), and all that are
 * not packed yet: the text of each decides. n == 0 gives none. Memory is that of tx and must
 * not be rewound before the last candidates_next().
 */
struct candidates *candidates_begin(struct tx *tx, const uint32_t *grams, uint32_t n,
				    uint64_t before);
/* Adds some that were found otherwise, before the first candidates_next(). */
void candidates_add(struct candidates *c, const uint64_t *ids, uint32_t n);
/* Up to n more, newest first, none twice; 0 at the end. */
uint32_t candidates_next(struct candidates *c, uint64_t *out, uint32_t n);
/*
 * 0 when the end was the true end. Else more appeals wait to be packed than one search reads,
 * and those below this id were not looked at.
 */
uint64_t candidates_cut_at(const struct candidates *c);

/* ---- look.c ---- */

/* What a list is asked for. Absent: -1, STR_NONE, 0; overdue and fast_lane are 1 when asked. */
struct look_filter {
	int state, channel, overdue, fast_lane;
	struct str department;
	struct str category, area;	/* a category stands for all below it */
	int64_t received_from, received_until;	/* starts of local days, both within */
	int64_t due_before;
	struct str q;
	struct str phone, phone_tail, number;
};

enum {
	LOOK_Q_CHARS = 100,
	LOOK_COUNT_MAX = 1000,		/* counted exactly up to here */
	LOOK_DAYS = 90,			/* how far one character and tails of numbers reach */
};

/* Ids of appeals that the request's actor may know of, newest first. */
struct look {
	uint64_t *ids;
	uint32_t n;
	bool is_narrow;		/* too much was in the way: what is below `reached` is unseen */
	uint64_t reached;
	int64_t since;		/* only as far back as this; 0: all */
};
/* Up to n ids below `before`; memory of tx. */
struct look look_up(struct req *r, const struct look_filter *f, uint64_t before, uint32_t n);
