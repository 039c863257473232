/*
 * Reference data as one immutable whole, shared by all threads. A reader pins the snapshot it
 * began with; a new version is loaded aside and takes the place of the old one, which is freed
 * with its last pin.
 */
#include "bounds.h"
#include "log.h"
#include "must.h"
#include "server_sql.h"
#include "store/process.h"
#include "store/store.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

struct snapshot {
	struct arena *arena;
	uint64_t version;
	uint64_t pins;		/* guarded by lock; being served is a pin too */
	const void *parts[SNAPSHOT_SLOTS];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct snapshot *served;
/* Set at start, before threads. */
static snapshot_loader loaders[SNAPSHOT_SLOTS];

void snapshot_set_loader(enum snapshot_slot slot, snapshot_loader load)
{
	loaders[slot] = load;
}

struct snapshot *snapshot_pin(void)
{
	pthread_mutex_lock(&lock);
	struct snapshot *s = served;
	if (s)
		s->pins++;
	pthread_mutex_unlock(&lock);
	return s;
}

void snapshot_unpin(struct snapshot *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&lock);
	bool is_last = --s->pins == 0;
	pthread_mutex_unlock(&lock);
	if (is_last) {
		arena_free(s->arena);
		free(s);
	}
}

const void *snapshot_part(const struct snapshot *s, enum snapshot_slot slot)
{
	return s->parts[slot];
}

void snapshot_stop(void)
{
	pthread_mutex_lock(&lock);
	struct snapshot *s = served;
	served = NULL;
	pthread_mutex_unlock(&lock);
	snapshot_unpin(s);
}

static uint64_t served_version(void)
{
	pthread_mutex_lock(&lock);
	uint64_t version = served ? served->version : 0;
	pthread_mutex_unlock(&lock);
	return version;
}

/* Whoever loaded the newest version wins; versions only go up. */
static void serve(struct snapshot *fresh)
{
	struct snapshot *old = fresh;

	pthread_mutex_lock(&lock);
	if (!served || served->version < fresh->version) {
		old = served;
		served = fresh;
	}
	pthread_mutex_unlock(&lock);
	snapshot_unpin(old);
}

static bool load(struct tx *tx, uint64_t version)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	must(s != NULL);
	s->arena = arena_new(LIMIT_SNAPSHOT_ARENA);
	s->version = version;
	s->pins = 1;
	for (uint32_t i = 0; i < SNAPSHOT_SLOTS; i++) {
		if (loaders[i])
			s->parts[i] = loaders[i](tx, s->arena);
	}
	if (!tx_ok(tx)) {
		snapshot_unpin(s);
		return false;
	}
	serve(s);
	log_info("store", "snapshot", "version=%" PRIu64, version);
	return true;
}

bool snapshot_refresh(struct tx *tx)
{
	struct sql_snapshot_version_row row = { 0 };

	tx_consistent_view(tx);
	if (!sql_snapshot_version(tx, &row)) {
		if (tx_ok(tx)) {
			log_error("store", "no_version", "table=server_snapshot");
			tx_fail(tx, TX_BROKEN);
		}
		return false;
	}
	return row.version <= served_version() || load(tx, row.version);
}
