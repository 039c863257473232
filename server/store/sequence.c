/*
 * Numbers that are unique over all servers, handed out from blocks. A block is taken by moving
 * the sequence's row forward on a connection of its own, so that a transaction that is undone
 * or waits never holds up the numbers of others. A block is twice the one before it: on a quiet
 * day a restart leaves few numbers unused, on a busy one the row is seldom asked.
 */
#include "bounds.h"
#include "must.h"
#include "server_sql.h"
#include "store/process.h"
#include "store/store.h"

#include <pthread.h>
#include <string.h>

enum { BLOCKS_KEPT = 8, BLOCK_MOST = 1024, NAME_BYTES = 64 };

struct block {
	char name[NAME_BYTES + 1];
	uint64_t used;	/* when, in calls; 0 for a free place */
	uint64_t next;
	uint64_t end;	/* the first number that is not ours */
	uint64_t size;	/* of the last one taken; 0 for none */
};

/* Lock order: taking, then blocks_lock. Only `taking` is held while the database is asked. */
static pthread_mutex_t taking = PTHREAD_MUTEX_INITIALIZER;
static struct tx *taking_tx;

static pthread_mutex_t blocks_lock = PTHREAD_MUTEX_INITIALIZER;
static struct block blocks[BLOCKS_KEPT];

struct reservation {
	struct str name;
	uint64_t first;
	uint64_t size;
};

void sequences_stop(void)
{
	pthread_mutex_lock(&taking);
	tx_free(taking_tx);
	taking_tx = NULL;
	pthread_mutex_lock(&blocks_lock);
	memset(blocks, 0, sizeof(blocks));
	pthread_mutex_unlock(&blocks_lock);
	pthread_mutex_unlock(&taking);
}

/*
 * With blocks_lock held: the block of this name, perhaps a fresh one without numbers. Names
 * may come by the day, so the one that lay idle longest makes room, and its rest is lost.
 */
static struct block *find_block(const char *name)
{
	static uint64_t calls;
	struct block *found = &blocks[0];

	for (uint32_t i = 0; i < BLOCKS_KEPT; i++) {
		if (strcmp(blocks[i].name, name) == 0) {
			found = &blocks[i];
			break;
		}
		if (blocks[i].used < found->used)
			found = &blocks[i];
	}
	if (strcmp(found->name, name) != 0) {
		*found = (struct block){ 0 };
		memcpy(found->name, name, strlen(name) + 1);
	}
	found->used = ++calls;
	return found;
}

/* 0 when the block is used up. */
static uint64_t next_number(const char *name)
{
	uint64_t number = 0;

	pthread_mutex_lock(&blocks_lock);
	struct block *b = find_block(name);
	if (b->next < b->end)
		number = b->next++;
	pthread_mutex_unlock(&blocks_lock);
	return number;
}

static uint64_t next_size(const char *name)
{
	pthread_mutex_lock(&blocks_lock);
	uint64_t size = find_block(name)->size;
	pthread_mutex_unlock(&blocks_lock);
	if (size == 0)
		return 1;
	return size < BLOCK_MOST ? size * 2 : BLOCK_MOST;
}

/* Compare and set: when another server moved the row in between, the whole is run again. */
static void take_block(struct tx *tx, void *arg)
{
	struct reservation *r = arg;
	struct sql_sequence_read_row row = { 0 };

	sql_sequence_add(tx, (struct sql_sequence_add){ .name = r->name });
	if (!sql_sequence_read(tx, (struct sql_sequence_read){ .name = r->name }, &row))
		return;

	uint64_t matched = sql_sequence_take(tx, (struct sql_sequence_take){
		.name = r->name,
		.seen = row.next,
		.after = row.next + r->size,
	});
	if (matched != 1 && tx_ok(tx))
		tx_fail(tx, TX_CONFLICT);
	r->first = row.next;
}

/* With `taking` held. The block goes into use only after its commit. */
static enum tx_error refill(const char *name)
{
	struct reservation r = { .name = str_of(name), .size = next_size(name) };

	if (!taking_tx)
		taking_tx = tx_new();

	enum tx_error error = tx_run(taking_tx, take_block, &r);
	if (error != TX_OK)
		return error;
	pthread_mutex_lock(&blocks_lock);
	struct block *b = find_block(name);
	b->next = r.first;
	b->end = r.first + r.size;
	b->size = r.size;
	pthread_mutex_unlock(&blocks_lock);
	return TX_OK;
}

uint64_t tx_sequence(struct tx *tx, const char *name)
{
	must(strlen(name) <= NAME_BYTES);
	if (!tx_ok(tx))
		return 0;

	uint64_t number = next_number(name);
	if (number)
		return number;

	enum tx_error error = TX_OK;
	pthread_mutex_lock(&taking);
	/* Whoever held the lock before may have brought a block. */
	while (error == TX_OK && (number = next_number(name)) == 0)
		error = refill(name);
	pthread_mutex_unlock(&taking);
	if (error != TX_OK)
		tx_fail(tx, error);
	return number;
}
