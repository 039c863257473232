/*
 * The table of all routes, made once at the start from the modules and the server itself, and
 * looked up per request. Literal segments win over {names}, these over raw prefixes; a {name}
 * may have a literal tail, as in /reports/{period}.csv.
 *
 * Threads: built before others start, then read by all.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "arena.h"
#include "module.h"
#include "str.h"

enum { ROUTE_NAMES_MAX = 6, ROUTE_DEPTH_MAX = 16 };

struct route_table;

struct route_name {
	struct str name;
	struct str value;	/* decoded, never empty */
};

struct route_match {
	const struct route *route;	/* NULL: see allowed */
	uint32_t allowed;		/* bits 1u << method the path takes; 0: no path */
	struct route_name names[ROUTE_NAMES_MAX];
	size_t n;
};

/* What lies below a raw route's prefix is its path under this name. */
#define ROUTE_REST "rest"

struct route_table *route_table_new(void);
void route_table_free(struct route_table *t);
/*
 * Adds rows up to the zero row, which must outlive the table. False when one is malformed or
 * taken already, with a sentence per row on `complaints`.
 */
bool route_table_add(struct route_table *t, const struct route *routes, const char *owner,
		     FILE *complaints) MUST_USE;
/* `path` as it came, still encoded; decoded parts live in the arena. */
void route_find(const struct route_table *t, enum method method, struct str path,
		struct arena *a, struct route_match *ret);
/* Beginnings of the paths that take bytes (module.h), n of them, at most ROUTE_BYTE_PATHS_MAX. */
enum { ROUTE_BYTE_PATHS_MAX = 8 };
const struct str *route_byte_paths(const struct route_table *t, size_t *ret_n);
/* True when the blank-separated list of the route names this query parameter. */
bool route_takes_query(const struct route *route, struct str name);
const char *method_name(enum method method);
