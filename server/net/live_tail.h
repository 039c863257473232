/*
 * One look at the journal for all streams of this server: what was told since, in words for
 * each kind of reader, and which sessions still stand. The loop fills in the questions, a worker
 * the answers, the loop takes them; in between the loop does not touch it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live.h"
#include "str.h"
#include "work/worker.h"

struct live_person {
	enum actor_kind kind;
	uint64_t id;
};

/* Readers who see the same, and who they are. */
struct live_class {
	struct live_reader reader;
	uint64_t position;		/* none of them has less */
	struct live_person *people;
	size_t people_count;
};

/* A message to one person of a class instead of what the class is told. */
struct live_aside {
	size_t class_index;
	struct live_person person;
	struct str block;		/* STR_NONE: nothing */
};

/* Blocks are as they are sent: id, event, data, an empty line. */
struct live_line {
	uint64_t position;
	bool is_judged;			/* by class; else by audience */
	struct live_audience audience;
	struct str block;		/* for the audience */
	struct str *of_class;		/* STR_NONE: nothing for this one */
	struct live_aside *asides;
	size_t aside_count;
};

struct live_tail {
	struct work work;		/* first */
	/* Asked, in the arena of the work. */
	uint64_t after;
	struct live_class *classes;
	size_t class_count;
	struct str sessions;		/* JSON, see sessions_alive(); STR_NONE: not asked */
	size_t session_count;
	/* Answered, likewise. */
	bool is_answered;
	bool is_more;			/* there are further lines */
	uint64_t last;			/* position of the last line, or `after` */
	uint64_t gone;			/* lines up to here were taken away before they were read */
	struct live_line *lines;
	size_t line_count;
	uint64_t *alive;
	size_t alive_count;
};

/* Runs it on a worker; done() is called on the loop. False: no worker takes it now. */
bool live_tail_submit(struct live_tail *tail, void (*done)(struct live_tail *tail)) MUST_USE;
/* Roles that hear of a topic; roles of which each person is a class where they see their own. */
uint32_t live_roles(void);
uint32_t live_personal_roles(void);
/* False after a sentence on stderr: names of topics are taken twice or malformed. */
bool live_topics_check(void) MUST_USE;
