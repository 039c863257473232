/* Accounts in a chained hash table in the snapshot's arena; keys have a table of their own. */
#include "net/auth_snapshot.h"

#include "auth_sql.h"

struct entry {
	struct entry *next;
	uint64_t slot;		/* its id: which chain */
	struct actor actor;
};

struct table {
	struct entry **chains;
	size_t size;	/* a power of two */
};

struct auth_snapshot {
	struct key_table *keys;
	struct table accounts;
};

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

static void load_accounts(struct tx *tx, struct arena *arena, struct table *t)
{
	struct sql_auth_accounts_row row = { 0 };
	struct rows *rows = sql_auth_accounts(tx);
	struct entry *list = NULL;
	size_t n = 0;

	while (sql_auth_accounts_next(rows, &row)) {
		struct entry *e = arena_new_of(arena, struct entry);

		e->slot = row.id;
		e->actor = (struct actor){
			.kind = ACTOR_ACCOUNT, .id = row.id, .role = row.role,
			.name = arena_str(arena, row.name), .unit = arena_str(arena, row.unit),
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

	s->keys = key_table_load(tx, arena);
	load_accounts(tx, arena, &s->accounts);
	return s;
}

const struct key_table *auth_keys(const struct auth_snapshot *s)
{
	return s->keys;
}

bool auth_account_find(const struct auth_snapshot *s, uint64_t id, struct actor *ret)
{
	for (const struct entry *e = chain_of(&s->accounts, id); e; e = e->next)
		if (e->slot == id) {
			*ret = e->actor;
			return true;
		}
	return false;
}
