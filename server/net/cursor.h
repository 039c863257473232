/*
 * Cursors of lists: two numbers under a tag, as URL-safe text. The tag binds them to the list
 * they were made for, so a cursor that was changed or comes from another list does not open.
 *
 * Threads: any, after crypto_start().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "str.h"

/* `list` names the list: its route. The token lives in the arena. */
struct str cursor_make(struct arena *a, const char *list, uint64_t key1, uint64_t key2);
bool cursor_open(struct arena *a, const char *list, struct str token, uint64_t *ret_key1,
		 uint64_t *ret_key2) MUST_USE;
