/*
 * What transactions keep for each other. A value is pinned through the arena of the
 * transaction that uses it, so that every way out of a transaction lets go of it; while it is
 * pinned it is not freed, even if that means staying above the bound for a moment.
 */
#include "kept.h"

#include "bounds.h"
#include "must.h"
#include "store/process.h"

#include <pthread.h>
#include <stdlib.h>

enum { CHAINS = 1024 };

struct kept {
	struct kept *next;	/* of its chain, or of those to be freed */
	const struct kept_kind *kind;
	uint64_t id;
	struct arena *arena;
	const void *value;
	size_t bytes;
	uint64_t used;		/* when, in calls */
	uint32_t pins;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* All below is guarded by lock; what the chains hold too, but for kind, id and value. */
static struct kept *chains[CHAINS];
static size_t total;
static uint64_t calls;

static struct kept **chain_of(const struct kept_kind *kind, uint64_t id)
{
	uint64_t spread = (id ^ (uint64_t)(uintptr_t)kind >> 4) *
			  UINT64_C(0x9e3779b97f4a7c15);

	return &chains[spread >> 54];
}

static struct kept *find(const struct kept_kind *kind, uint64_t id)
{
	for (struct kept *k = *chain_of(kind, id); k; k = k->next)
		if (k->kind == kind && k->id == id)
			return k;
	return NULL;
}

/* Where the longest unused value hangs, NULL when all are in use. */
static struct kept **find_oldest(void)
{
	struct kept **oldest = NULL;

	for (size_t i = 0; i < CHAINS; i++)
		for (struct kept **at = &chains[i]; *at; at = &(*at)->next)
			if ((*at)->pins == 0 && (!oldest || (*at)->used < (*oldest)->used))
				oldest = at;
	return oldest;
}

/* Takes out what is above a bound, as a list for free_all(). */
static struct kept *trim(size_t bound)
{
	struct kept *gone = NULL, **oldest;

	while (total > bound && (oldest = find_oldest())) {
		struct kept *k = *oldest;

		*oldest = k->next;
		total -= k->bytes;
		k->next = gone;
		gone = k;
	}
	return gone;
}

static void free_all(struct kept *k)
{
	while (k) {
		struct kept *next = k->next;

		arena_free(k->arena);
		free(k);
		k = next;
	}
}

static void unpin(void *arg)
{
	struct kept *k = arg;

	pthread_mutex_lock(&lock);
	must(k->pins > 0);
	k->pins--;
	struct kept *gone = trim(LIMIT_KEPT_BYTES);
	pthread_mutex_unlock(&lock);
	free_all(gone);
}

/* With the lock held. */
static struct kept *pin(struct kept *k)
{
	if (k) {
		k->pins++;
		k->used = ++calls;
	}
	return k;
}

static struct kept *find_pinned(const struct kept_kind *kind, uint64_t id)
{
	pthread_mutex_lock(&lock);
	struct kept *k = pin(find(kind, id));
	pthread_mutex_unlock(&lock);
	return k;
}

/* Somebody else may have made it meanwhile: then that one is given and ours is dropped. */
static struct kept *add_pinned(struct kept *fresh)
{
	struct kept **chain = chain_of(fresh->kind, fresh->id);

	pthread_mutex_lock(&lock);
	struct kept *k = pin(find(fresh->kind, fresh->id));
	struct kept *gone = k ? fresh : NULL;
	if (!k) {
		fresh->next = *chain;
		*chain = fresh;
		total += fresh->bytes;
		k = pin(fresh);
		gone = trim(LIMIT_KEPT_BYTES);
	}
	pthread_mutex_unlock(&lock);
	free_all(gone);
	return k;
}

static struct kept *make(struct tx *tx, const struct kept_kind *kind, uint64_t id)
{
	struct arena *arena = arena_new(LIMIT_KEPT_BYTES);
	size_t bytes = 0;
	const void *value = kind->make(tx, id, arena, &bytes);

	if (!value) {
		arena_free(arena);
		return NULL;
	}
	struct kept *k = calloc(1, sizeof(*k));
	must(k != NULL);
	*k = (struct kept){
		.kind = kind, .id = id, .arena = arena, .value = value,
		.bytes = bytes + sizeof(*k),
	};
	return k;
}

const void *tx_kept(struct tx *tx, const struct kept_kind *kind, uint64_t id)
{
	struct kept *k = find_pinned(kind, id);

	if (!k) {
		struct kept *fresh = make(tx, kind, id);

		if (!fresh)
			return NULL;
		k = add_pinned(fresh);
	}
	arena_defer(tx_arena(tx), unpin, k);
	return k->value;
}

size_t kept_bytes(void)
{
	pthread_mutex_lock(&lock);
	size_t bytes = total;
	pthread_mutex_unlock(&lock);
	return bytes;
}

void kept_stop(void)
{
	pthread_mutex_lock(&lock);
	struct kept *gone = trim(0);
	must(total == 0);
	pthread_mutex_unlock(&lock);
	free_all(gone);
}
