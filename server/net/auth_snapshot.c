/*
 * A chained hash table in the snapshot's arena. A key is found by the first bytes of its
 * hash, which tell an attacker nothing about the key, and compared whole in constant time.
 */
#include "net/auth_snapshot.h"

#include <string.h>

#include "auth_sql.h"
#include "crypto.h"

struct entry {
	struct entry *next;
	uint64_t slot;			/* of the hash: which chain */
	uint8_t sha256[SHA256_BYTES];
	struct actor actor;
};

struct table {
	struct entry **chains;
	size_t size;	/* a power of two */
};

struct auth_snapshot {
	struct table keys;
};

static uint64_t hash_slot(const uint8_t sha256[SHA256_BYTES])
{
	uint64_t slot;

	memcpy(&slot, sha256, sizeof(slot));
	return slot;
}

static struct entry *chain_of(const struct table *t, uint64_t slot)
{
	return t->chains[slot & (t->size - 1)];
}

static void table_fill(struct table *t, struct arena *arena, struct entry *list, size_t n)
{
	t->size = 16;
	while (t->size < n)
		t->size *= 2;
	t->chains = arena_array_of(arena, struct entry *, t->size);
	for (struct entry *e = list, *next; e; e = next) {
		struct entry **chain = &t->chains[e->slot & (t->size - 1)];

		next = e->next;
		e->next = *chain;
		*chain = e;
	}
}

static void load_keys(struct tx *tx, struct arena *arena, struct table *t)
{
	struct sql_auth_keys_row row = { 0 };
	struct rows *rows = sql_auth_keys(tx);
	struct entry *list = NULL;
	size_t n = 0;

	while (sql_auth_keys_next(rows, &row)) {
		struct entry *e = arena_new_of(arena, struct entry);

		if (row.sha256.n != SHA256_BYTES)
			continue;
		memcpy(e->sha256, row.sha256.p, SHA256_BYTES);
		e->slot = hash_slot(e->sha256);
		e->actor = (struct actor){
			.kind = ACTOR_KEY, .id = row.id, .role = row.role,
			.name = arena_str(arena, row.name), .unit = arena_str(arena, row.unit),
			.source = arena_str(arena, row.source),
			.is_outsourced = row.is_outsourced,
		};
		e->next = list;
		list = e;
		n++;
	}
	table_fill(t, arena, list, n);
}

const void *auth_snapshot_load(struct tx *tx, struct arena *arena)
{
	struct auth_snapshot *s = arena_new_of(arena, struct auth_snapshot);

	load_keys(tx, arena, &s->keys);
	return s;
}

bool auth_key_find(const struct auth_snapshot *s, struct str key, struct actor *ret)
{
	uint8_t sha256[SHA256_BYTES];
	struct str wanted = { (const char *)sha256, SHA256_BYTES };

	if (!str_starts(key, STR("ldk_")))
		return false;
	crypto_sha256(key, sha256);
	for (const struct entry *e = chain_of(&s->keys, hash_slot(sha256)); e; e = e->next) {
		struct str kept = { (const char *)e->sha256, SHA256_BYTES };

		if (!crypto_same(kept, wanted))
			continue;
		*ret = e->actor;
		return true;
	}
	return false;
}
