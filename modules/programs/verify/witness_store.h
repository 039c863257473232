/*
 * What a witness keeps in its folder. Files are written beside their place, synced, moved, and
 * the folder is synced, so that each is whole after whatever happened.
 */
#pragma once

#include "verify/note.h"

struct witness_key {
	char name[KEY_NAME_MAX + 1];
	uint8_t seed[KEY_BYTES];
	struct key public;
};

/* The last tree that was shown to go on from all before it; size 0: none yet. */
struct witness_state {
	uint64_t size;
	struct hash root;
};

/* Complaints go to standard error. `name` is taken when the key is made. */
bool witness_key_open(const char *dir, const char *name, struct witness_key *ret);
bool witness_state_read(const char *dir, struct witness_state *ret);
bool witness_state_write(const char *dir, const struct witness_state *state);
