/*
 * An arena: memory of one request or one job, freed at once when it ends. Nothing taken from
 * it is freed singly, so handlers need no error ladders.
 *
 * Threads: an arena belongs to one thread at a time. Errors: none; running over the arena's
 * cap or out of memory aborts (caps are in bounds.h, input is bounded before it gets here).
 * Built with ARENA_EXACT every piece is a malloc of its own, so that ASan sees overruns.
 */
#pragma once

#include <stddef.h>

#include "attr.h"
#include "str.h"

struct arena;

/* A place to return to: see arena_rewind(). */
struct arena_mark {
	void *block;
	size_t used;
};

struct arena *arena_new(size_t cap);
/* Runs what arena_defer() left, newest first, then frees all. NULL is allowed. */
void arena_free(struct arena *a);
/* Zeroed memory, aligned for any type. n may be 0. */
void *arena_alloc(struct arena *a, size_t n) MUST_USE;
#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array_of(a, type, n) ((type *)arena_alloc((a), (n) * sizeof(type)))

/* A copy, NUL behind it as a courtesy. A str with p == NULL stays NULL. */
struct str arena_str(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

struct arena_mark arena_mark(struct arena *a);
/* Gives back everything taken since the mark; deferred calls since then run, newest first. */
void arena_rewind(struct arena *a, struct arena_mark mark);
/* For what is not memory: fn(p) runs at arena_free() or when rewound over. */
void arena_defer(struct arena *a, void (*fn)(void *), void *p);
