/*
 * must(x) states what has to hold for this program to be right. It is never used to judge
 * input or the world: a false condition is our own bug, and the process stops with the place.
 * It stays on in release builds; the state is in the database and a restart loses nothing.
 */
#pragma once

#include "attr.h"

#define must(condition) \
	((condition) ? (void)0 : must_fail(#condition, __FILE__, __LINE__))

NO_RETURN void must_fail(const char *condition, const char *file, int line);
