#include "net/auth_snapshot.h"

struct auth_snapshot {
	struct key_table *keys;
};

const void *auth_snapshot_load(struct tx *tx, struct arena *arena)
{
	struct auth_snapshot *s = arena_new_of(arena, struct auth_snapshot);

	s->keys = key_table_load(tx, arena);
	return s;
}

const struct key_table *auth_keys(const struct auth_snapshot *s)
{
	return s->keys;
}
