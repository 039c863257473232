/*
 * Putting the years of one calendar's table in the place of another's. Text in, text out: a
 * stored version is never changed, so the result becomes a version of its own.
 */
#pragma once

#include "arena.h"
#include "str.h"

/*
 * The table with every year that `years` names taken from `years`, and all other years as they
 * stand in `table`. Comments and headers of both give way to one header; doing it again with
 * the same years changes nothing. Lives in the arena.
 */
struct str calendar_replace_years(struct arena *a, struct str table, struct str years);
