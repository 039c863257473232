/*
 * One chained hash table leads from what a request shows (visible id, hash of an old key, hash
 * of a certificate's key) to the key. Hashes tell an attacker nothing about what was hashed,
 * and what they lead to is compared whole in constant time.
 */
#include "net/key_table.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "crypto.h"
#include "keys_sql.h"
#include "log.h"
#include "must.h"
#include "net/key_text.h"
#include "store/store.h"

enum { SECRET_BYTES = 32 };

const char *const key_verdict_names[] = {
	"fine", "malformed", "unknown", "wrong_secret", "ended", "disabled", "expired",
	"wrong_address", "not_bound", "not_timely", "of_another", "missing", NULL
};

/* ---- when secrets were used ---- */

/* One for each secret that this process ever knew: snapshots come and go. */
struct key_use {
	struct key_use *next;
	uint64_t key_id;
	uint32_t number;
	_Atomic int64_t at;
	_Atomic int64_t written;
};

static pthread_mutex_t uses_lock = PTHREAD_MUTEX_INITIALIZER;
static struct key_use *uses;		/* guarded by uses_lock; only grows */

static struct key_use *use_make(uint64_t key_id, uint32_t number)
{
	struct key_use *use = calloc(1, sizeof(*use));

	must(use);
	use->key_id = key_id;
	use->number = number;
	use->next = uses;
	uses = use;
	return use;
}

static int use_compare(const void *a, const void *b)
{
	const struct key_use *x = *(struct key_use *const *)a, *y = *(struct key_use *const *)b;

	if (x->key_id != y->key_id)
		return x->key_id < y->key_id ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

void key_used(struct key_use *use, int64_t now)
{
	atomic_store_explicit(&use->at, now, memory_order_relaxed);
}

static void write_use(struct tx *tx, struct key_use *use)
{
	int64_t at = atomic_load(&use->at);

	if (at - atomic_load(&use->written) < CLOCK_MINUTE)
		return;
	sql_keys_secret_used(tx, (struct sql_keys_secret_used){
		.key_id = use->key_id, .number = use->number, .before = at - CLOCK_MINUTE,
		.at = at });
	if (tx_ok(tx))
		atomic_store(&use->written, at);
}

bool key_uses_write(struct tx *tx)
{
	pthread_mutex_lock(&uses_lock);
	struct key_use *first = uses;
	pthread_mutex_unlock(&uses_lock);
	/* The list grows at its head alone, so this part of it stands still. */
	for (struct key_use *use = first; use && tx_ok(tx); use = use->next)
		write_use(tx, use);
	return false;
}

/* ---- the table ---- */

struct secret {
	enum key_secret_kind kind;
	uint32_t number;
	int64_t ends_at;
	uint8_t bytes[SECRET_BYTES];
	struct key_use *use;
};

struct entry {
	struct key_known known;		/* first: what is given out */
	struct secret secret[KEY_SECRETS_MAX];
	uint32_t secret_count;
};

struct link {
	struct link *next;
	uint64_t slot;
	struct entry *entry;
	const struct secret *secret;	/* NULL: by visible id */
};

struct key_table {
	struct link **chains;
	size_t size;			/* a power of two */
	struct entry *entries;		/* by id */
	size_t count;
	struct entry nobody;
};

static uint64_t slot_of(const void *bytes)
{
	uint64_t slot;

	memcpy(&slot, bytes, sizeof(slot));
	return slot;
}

/* Digits of base 62 differ in few bits of each byte: all are mixed in. */
static uint64_t slot_of_id(struct str visible)
{
	uint64_t slot = slot_of(visible.p) * UINT64_C(0x9e3779b97f4a7c15);

	return slot ^ slot >> 32;
}

static void table_put(struct key_table *t, struct arena *arena, uint64_t slot,
		      struct entry *entry, const struct secret *secret)
{
	struct link **chain = &t->chains[slot & (t->size - 1)];
	struct link *link = arena_new_of(arena, struct link);

	*link = (struct link){ *chain, slot, entry, secret };
	*chain = link;
}

static struct entry *entry_of(const struct key_table *t, uint64_t id)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->entries[middle].known.actor.id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->count && t->entries[low].known.actor.id == id ? &t->entries[low] : NULL;
}

/* An address list that cannot be read lets nobody in: it was not written by us. */
static void read_addresses(struct arena *arena, struct str list, struct key_known *known)
{
	struct network networks[KEY_ADDRESSES_MAX];
	struct str bad;

	if (!network_list_parse(list, networks, KEY_ADDRESSES_MAX, &known->address_count, &bad)) {
		log_error("auth", "addresses_unreadable", "key=%.*s", STR_ARG(known->visible));
		known->is_disabled = true;
		known->address_count = 0;
	}
	struct network *kept = arena_array_of(arena, struct network, known->address_count);

	if (known->address_count)
		memcpy(kept, networks, known->address_count * sizeof(*kept));
	known->addresses = kept;
}

static void load_entries(struct tx *tx, struct arena *arena, struct key_table *t)
{
	struct sql_keys_all_row row = { 0 };
	struct rows *rows = sql_keys_all(tx);
	size_t room = 0;

	while (sql_keys_all_next(rows, &row)) {
		if (t->count == room) {
			struct entry *more = arena_array_of(arena, struct entry,
							    room ? 2 * room : 64);

			if (t->count)
				memcpy(more, t->entries, t->count * sizeof(*more));
			t->entries = more;
			room = room ? 2 * room : 64;
		}
		struct key_known *known = &t->entries[t->count++].known;

		known->actor = (struct actor){
			.kind = ACTOR_KEY, .id = row.id, .role = row.role,
			.name = arena_str(arena, row.name), .unit = arena_str(arena, row.unit),
			.source = arena_str(arena, row.source),
			.is_outsourced = row.is_outsourced,
		};
		known->visible = arena_str(arena, row.visible);
		known->scopes = arena_str(arena, row.scopes);
		known->is_disabled = row.is_disabled;
		known->expires_at = row.expires_at;
		read_addresses(arena, row.addresses, known);
	}
}

/* Secrets in clear must not outlive the snapshot in freed memory. */
static void wipe(void *p)
{
	struct key_table *t = p;

	for (size_t i = 0; i < t->count; i++)
		explicit_bzero(t->entries[i].secret, sizeof(t->entries[i].secret));
}

static bool open_secret(struct arena *a, const struct sql_keys_secrets_all_row *row,
			uint8_t bytes[SECRET_BYTES])
{
	struct str clear = row->sha256;

	if (row->kind == KEY_SIGNATURE &&
	    !crypto_open(a, key_secret_place(a, row->key_id, row->number), row->sealed, &clear)) {
		log_error("auth", "secret_unreadable", "key=%llu number=%u",
			  (unsigned long long)row->key_id, row->number);
		return false;
	}
	if (clear.n != SECRET_BYTES)
		return false;
	memcpy(bytes, clear.p, SECRET_BYTES);
	if (row->kind == KEY_SIGNATURE)
		explicit_bzero((char *)(uintptr_t)clear.p, clear.n);
	return true;
}

static void load_secrets(struct tx *tx, struct key_table *t)
{
	struct sql_keys_secrets_all_row row = { 0 };
	struct rows *rows = sql_keys_secrets_all(tx);

	while (sql_keys_secrets_all_next(rows, &row)) {
		struct entry *e = entry_of(t, row.key_id);

		if (!e || e->secret_count == KEY_SECRETS_MAX)
			continue;
		struct secret *s = &e->secret[e->secret_count];

		if (!open_secret(tx_arena(tx), &row, s->bytes))
			continue;
		s->kind = (enum key_secret_kind)row.kind;
		s->number = row.number;
		s->ends_at = row.ends_at;
		e->secret_count++;
	}
}

/* Joins the secrets with their uses: both in the same order. */
static void join_uses(struct key_table *t)
{
	size_t n = 0, at = 0;

	pthread_mutex_lock(&uses_lock);
	for (struct key_use *use = uses; use; use = use->next)
		n++;
	struct key_use **sorted = malloc((n + 1) * sizeof(struct key_use *));
	must(sorted);
	n = 0;
	for (struct key_use *use = uses; use; use = use->next)
		sorted[n++] = use;
	qsort(sorted, n, sizeof(struct key_use *), use_compare);
	for (size_t i = 0; i < t->count; i++) {
		struct entry *e = &t->entries[i];

		for (uint32_t k = 0; k < e->secret_count; k++) {
			struct key_use wanted = { .key_id = e->known.actor.id,
						  .number = e->secret[k].number };
			struct key_use *const one = &wanted;

			while (at < n && use_compare(&sorted[at], &one) < 0)
				at++;
			e->secret[k].use = at < n && use_compare(&sorted[at], &one) == 0 ?
				sorted[at] : use_make(wanted.key_id, wanted.number);
		}
	}
	pthread_mutex_unlock(&uses_lock);
	free(sorted);
}

struct key_table *key_table_load(struct tx *tx, struct arena *arena)
{
	struct key_table *t = arena_new_of(arena, struct key_table);

	arena_defer(arena, wipe, t);
	load_entries(tx, arena, t);
	load_secrets(tx, t);
	join_uses(t);
	t->size = 64;
	while (t->size < 4 * t->count)
		t->size *= 2;
	t->chains = arena_array_of(arena, struct link *, t->size);
	for (size_t i = 0; i < t->count; i++) {
		struct entry *e = &t->entries[i];

		if (e->known.visible.n == KEY_ID_CHARS)
			table_put(t, arena, slot_of_id(e->known.visible), e, NULL);
		for (uint32_t k = 0; k < e->secret_count; k++)
			if (e->secret[k].kind != KEY_SIGNATURE)
				table_put(t, arena, slot_of(e->secret[k].bytes), e, &e->secret[k]);
	}
	crypto_random(t->nobody.secret[0].bytes, SECRET_BYTES);
	crypto_random(t->nobody.secret[1].bytes, SECRET_BYTES);
	t->nobody.known.visible = STR("");
	return t;
}

/* ---- looking up ---- */

static const struct link *chain_of(const struct key_table *t, uint64_t slot)
{
	return t->chains[slot & (t->size - 1)];
}

static const struct entry *entry_by_visible(const struct key_table *t, struct str visible)
{
	uint64_t slot = slot_of_id(visible);

	for (const struct link *l = chain_of(t, slot); l; l = l->next)
		if (l->slot == slot && !l->secret && str_eq(l->entry->known.visible, visible))
			return l->entry;
	return &t->nobody;
}

/* Of one kind, at most KEY_LIVE_MAX; filled up with those of nobody. */
static void pick(const struct key_table *t, const struct entry *e, enum key_secret_kind kind,
		 const struct secret *picked[KEY_LIVE_MAX])
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < e->secret_count && n < KEY_LIVE_MAX; i++)
		if (e->secret[i].kind == kind)
			picked[n++] = &e->secret[i];
	for (; n < KEY_LIVE_MAX; n++)
		picked[n] = &t->nobody.secret[n];
}

static bool is_same(const uint8_t a[SECRET_BYTES], const uint8_t b[SECRET_BYTES])
{
	return crypto_same((struct str){ (const char *)a, SECRET_BYTES },
			   (struct str){ (const char *)b, SECRET_BYTES });
}

/* Of the secret that fitted, NULL for none. */
static struct key_found found(const struct key_table *t, const struct entry *e,
			      const struct secret *s, int64_t now)
{
	struct key_found ret = { .key = e == &t->nobody ? NULL : &e->known };

	if (!s) {
		ret.verdict = ret.key ? KEY_WRONG_SECRET : KEY_UNKNOWN;
	} else if (s->ends_at && s->ends_at <= now) {
		ret.verdict = KEY_ENDED;
	} else {
		ret.verdict = KEY_FINE;
		ret.use = s->use;
	}
	return ret;
}

static struct key_found key_by_hash(const struct key_table *t, enum key_secret_kind kind,
				    const uint8_t hash[SECRET_BYTES], int64_t now)
{
	uint64_t slot = slot_of(hash);

	for (const struct link *l = chain_of(t, slot); l; l = l->next)
		if (l->secret && l->secret->kind == kind && is_same(l->secret->bytes, hash))
			return found(t, l->entry, l->secret, now);
	return found(t, &t->nobody, NULL, now);
}

struct key_found key_by_token(const struct key_table *t, struct str token, int64_t now)
{
	const struct secret *picked[KEY_LIVE_MAX], *fitting = NULL;
	uint8_t hash[SECRET_BYTES];
	struct str visible;
	enum key_form form = key_text_read(token, &visible);

	if (form == KEY_UNREADABLE)
		return (struct key_found){ .verdict = KEY_MALFORMED };
	crypto_sha256(token, hash);
	if (form == KEY_OLD)
		return key_by_hash(t, KEY_BEARER, hash, now);
	const struct entry *e = entry_by_visible(t, visible);
	pick(t, e, KEY_BEARER, picked);
	for (uint32_t i = 0; i < KEY_LIVE_MAX; i++)
		if (is_same(picked[i]->bytes, hash))
			fitting = picked[i];
	return found(t, e, fitting, now);
}

struct key_found key_by_spki(const struct key_table *t, const uint8_t spki[KEY_SPKI_BYTES],
			     int64_t now)
{
	struct key_found ret = key_by_hash(t, KEY_CERTIFICATE, spki, now);

	if (ret.verdict == KEY_UNKNOWN)
		ret.verdict = KEY_NOT_BOUND;
	return ret;
}

struct key_found key_by_signature(const struct key_table *t, struct str visible, int64_t now,
				  key_signature_fits fits, const void *arg)
{
	const struct secret *picked[KEY_LIVE_MAX], *fitting = NULL;

	if (!key_is_id(visible))
		return (struct key_found){ .verdict = KEY_MALFORMED };
	const struct entry *e = entry_by_visible(t, visible);
	pick(t, e, KEY_SIGNATURE, picked);
	for (uint32_t i = 0; i < KEY_LIVE_MAX; i++)
		if (fits(picked[i]->bytes, arg))
			fitting = picked[i];
	return found(t, e, fitting, now);
}

enum key_verdict key_judge(const struct key_known *key, int64_t now, struct str address)
{
	uint8_t bytes[NETWORK_ADDRESS_BYTES];

	if (key->is_disabled)
		return KEY_DISABLED;
	if (key->expires_at && key->expires_at <= now)
		return KEY_EXPIRED;
	if (key->address_count == 0)
		return KEY_FINE;
	return network_address(address, bytes) &&
	       network_list_holds(key->addresses, key->address_count, bytes) ?
		KEY_FINE : KEY_WRONG_ADDRESS;
}

uint64_t key_standing(const struct key_table *t, uint64_t id, int64_t now, struct str address)
{
	const struct entry *e = entry_of(t, id);
	uint64_t standing = 1;

	if (!e || key_judge(&e->known, now, address) != KEY_FINE)
		return 0;
	for (uint32_t i = 0; i < e->secret_count; i++)
		if (!e->secret[i].ends_at || e->secret[i].ends_at > now)
			standing += (uint64_t)1 << (8 + e->secret[i].number % 32);
	return standing;
}
