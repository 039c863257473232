/*
 * Arenas as a chain of blocks, each twice the one before. Under ARENA_EXACT every piece gets a
 * block of its own size, so all else, rewinding included, is the same code in both builds.
 */
#include "arena.h"

#include "must.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 16 * 1024, ALIGNMENT = alignof(max_align_t) };

struct block {
	struct block *older;
	size_t number;		/* 1, 2, 3: newer blocks have higher numbers */
	size_t size;
	size_t used;
	alignas(max_align_t) char bytes[];
};

/* Lives in the arena, right where a rewind decides whether it is newer than the mark. */
struct deferred {
	struct deferred *older;
	struct arena_mark before;
	void (*fn)(void *);
	void *p;
};

/*
 * First blocks to be used again. One comes and goes with every request, and is of a size for
 * which malloc searches and merges.
 */
#ifdef ARENA_EXACT
static const size_t spare_most = 0;
#else
static const size_t spare_most = 64;
#endif

static struct {
	pthread_mutex_t lock;
	struct block *first;
	size_t n;
} spare = { .lock = PTHREAD_MUTEX_INITIALIZER };

struct arena {
	struct block *newest;
	struct deferred *deferred;
	size_t cap;
	size_t total;		/* bytes of all blocks, compared with cap */
};

static struct block *spare_take(void)
{
	pthread_mutex_lock(&spare.lock);
	struct block *b = spare.first;

	if (b) {
		spare.first = b->older;
		spare.n--;
	}
	pthread_mutex_unlock(&spare.lock);
	return b;
}

static bool spare_keep(struct block *b)
{
	pthread_mutex_lock(&spare.lock);
	bool is_kept = spare.n < spare_most;

	if (is_kept) {
		b->older = spare.first;
		spare.first = b;
		spare.n++;
	}
	pthread_mutex_unlock(&spare.lock);
	return is_kept;
}

static void add_block(struct arena *a, size_t size)
{
	struct block *b = size == FIRST_BLOCK ? spare_take() : NULL;

	if (!b)
		b = malloc(sizeof(*b) + size);
	must(b != NULL);
	b->older = a->newest;
	b->number = a->newest ? a->newest->number + 1 : 1;
	b->size = size;
	b->used = 0;
	a->newest = b;
	a->total += size;
}

static void drop_newest(struct arena *a)
{
	struct block *b = a->newest;

	a->newest = b->older;
	a->total -= b->size;
	if (b->size != FIRST_BLOCK || !spare_keep(b))
		free(b);
}

struct arena *arena_new(size_t cap)
{
	struct arena *a = calloc(1, sizeof(*a));

	must(a != NULL);
	a->cap = cap;
#ifdef ARENA_EXACT
	add_block(a, 0);
#else
	add_block(a, cap < FIRST_BLOCK ? cap / ALIGNMENT * ALIGNMENT : FIRST_BLOCK);
#endif
	return a;
}

static void run_newest_deferred(struct arena *a)
{
	struct deferred *d = a->deferred;

	a->deferred = d->older;
	d->fn(d->p);
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	while (a->deferred)
		run_newest_deferred(a);
	while (a->newest)
		drop_newest(a);
	free(a);
}

/* Twice the newest block if the cap leaves room for that, else as much as it leaves. */
static void grow(struct arena *a, size_t n)
{
	size_t left = a->cap - a->total;
	size_t size = 2 * a->newest->size;

	must(n <= left);
#ifdef ARENA_EXACT
	size = n;
#endif
	if (size > left)
		size = left / ALIGNMENT * ALIGNMENT;
	add_block(a, size > n ? size : n);
}

/* As arena_alloc(), but with whatever stood there: for what is filled at once. */
static void *take(struct arena *a, size_t n)
{
	must(n <= a->cap);
#ifdef ARENA_EXACT
	grow(a, n);
#else
	n = (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (n > a->newest->size - a->newest->used)
		grow(a, n);
#endif
	struct block *b = a->newest;
	void *p = b->bytes + b->used;

	b->used += n;
	return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
	return memset(take(a, n), 0, n);
}

struct str arena_str(struct arena *a, struct str s)
{
	if (!s.p)
		return STR_NONE;
	char *p = take(a, s.n + 1);

	memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct str){ p, s.n };
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
	char small[256];
	va_list args, again;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	must(n >= 0);
	char *p = take(a, (size_t)n + 1);

	if ((size_t)n < sizeof(small))
		memcpy(p, small, (size_t)n + 1);
	else
		(void)vsnprintf(p, (size_t)n + 1, format, again);
	va_end(again);
	return (struct str){ p, (size_t)n };
}

struct arena_mark arena_mark(struct arena *a)
{
	return (struct arena_mark){ a->newest, a->newest->used };
}

/* At or after the mark; positions grow with the block's number, then with the bytes used. */
static bool is_after(struct arena_mark position, struct arena_mark mark)
{
	const struct block *b = position.block, *m = mark.block;

	return b->number > m->number || (b == m && position.used >= mark.used);
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
	while (a->deferred && is_after(a->deferred->before, mark))
		run_newest_deferred(a);
	while (a->newest != mark.block) {
		drop_newest(a);
		must(a->newest != NULL);
	}
	must(mark.used <= a->newest->used);
	a->newest->used = mark.used;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *p)
{
	struct arena_mark before = arena_mark(a);
	struct deferred *d = arena_new_of(a, struct deferred);

	*d = (struct deferred){ .older = a->deferred, .before = before, .fn = fn, .p = p };
	a->deferred = d;
}
