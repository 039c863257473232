/*
 * Transactions: begun by their first statement, with writes held back and grouped, failing
 * once and for all at the first error. What is deferred stays in the statements themselves
 * (statement.c); here is the order in which rows were deferred, so that the newest can be
 * taken back.
 */
#include "tx.h"

#include "bounds.h"
#include "crypto.h"
#include "log.h"
#include "must.h"
#include "server_sql.h"
#include "store/db.h"
#include "store/process.h"
#include "store/store.h"

#include <stdlib.h>
#include <time.h>

enum tx_view { VIEW_NONE, VIEW_READS, VIEW_WRITES };

struct after_commit {
	void (*fn)(void *arg);
	void *arg;
};

struct tx {
	struct connection *connection;
	struct arena *arena;
	struct snapshot *snapshot;
	enum tx_error error;
	bool is_begun;
	bool is_sending;	/* the database knows of this transaction */
	enum tx_view view;
	bool has_new_snapshot;
	uint64_t executed;	/* :exec statements sent */
	uint64_t flushed;	/* deferred rows sent */

	struct prepared **rows;	/* the statement of each deferred row, oldest first */
	uint32_t row_count, row_cap;
	struct prepared **groups;	/* statements with deferred rows, by first use */
	uint32_t group_count, group_cap;
	struct after_commit *after;
	uint32_t after_count, after_cap;
};

struct tx *tx_new(void)
{
	struct tx *tx = calloc(1, sizeof(*tx));

	must(tx != NULL);
	tx->connection = connection_new(store_target());
	return tx;
}

void tx_free(struct tx *tx)
{
	if (!tx)
		return;
	tx_rollback(tx);
	connection_free(tx->connection);
	free(tx->rows);
	free(tx->groups);
	free(tx->after);
	free(tx);
}

bool tx_ok(const struct tx *tx)
{
	return tx->error == TX_OK;
}

enum tx_error tx_error(const struct tx *tx)
{
	return tx->error;
}

void tx_fail(struct tx *tx, enum tx_error error)
{
	must(error != TX_OK);
	if (tx->error == TX_OK)
		tx->error = error;
}

struct arena *tx_arena(struct tx *tx)
{
	return tx->arena;
}

const void *tx_snapshot(const struct tx *tx)
{
	return tx_snapshot_slot(tx, SNAPSHOT_MODULES);
}

const void *tx_snapshot_slot(const struct tx *tx, enum snapshot_slot slot)
{
	return tx->snapshot ? snapshot_part(tx->snapshot, slot) : NULL;
}

void tx_snapshot_changed(struct tx *tx)
{
	tx->has_new_snapshot = true;
}

void tx_consistent_view(struct tx *tx)
{
	must(tx->is_begun && !tx->is_sending);
	tx->view = VIEW_READS;
}

void tx_consistent_step(struct tx *tx)
{
	must(tx->is_begun && !tx->is_sending);
	tx->view = VIEW_WRITES;
}

/* ---- sending ---- */

/* A transaction level of its own needs words; all others begin with their first statement. */
static enum tx_error open_view(struct tx *tx)
{
	struct str level = STR("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
	struct str start = tx->view == VIEW_READS ?
		STR("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY") :
		STR("START TRANSACTION WITH CONSISTENT SNAPSHOT");
	enum tx_error error = connection_run(tx->connection, "view_level", level);

	return error == TX_OK ? connection_run(tx->connection, "view_start", start) : error;
}

/* True when a statement may go out. */
static bool start_sending(struct tx *tx)
{
	must(tx->is_begun);
	if (tx->error != TX_OK)
		return false;
	if (tx->is_sending)
		return true;

	enum tx_error error = connection_open(tx->connection);
	if (error == TX_OK && tx->view != VIEW_NONE)
		error = open_view(tx);
	if (error != TX_OK) {
		tx_fail(tx, error);
		return false;
	}
	tx->is_sending = true;
	return true;
}

static void forget_deferred(struct tx *tx)
{
	for (uint32_t i = 0; i < tx->group_count; i++)
		prepared_forget(tx->groups[i]);
	tx->group_count = 0;
	tx->row_count = 0;
}

void tx_flush(struct tx *tx)
{
	if (tx->row_count == 0 || !start_sending(tx))
		return;

	enum tx_error error = connection_flush(tx->connection, tx->groups, tx->group_count);
	if (error != TX_OK)
		tx_fail(tx, error);
	tx->flushed += tx->row_count;
	forget_deferred(tx);
}

/* The statement when it may be run now, after all that was deferred before it; else NULL. */
static struct prepared *statement_now(struct tx *tx, const struct db_statement *s)
{
	tx_flush(tx);
	if (!start_sending(tx))
		return NULL;
	return connection_statement(tx->connection, s);
}

struct rows *db_many(struct tx *tx, const struct db_statement *s, const void *in)
{
	struct prepared *p = statement_now(tx, s);
	struct rows *rows = NULL;

	if (!p)
		return NULL;

	enum tx_error error = prepared_fetch(p, in, tx->arena, &rows);
	if (error != TX_OK)
		tx_fail(tx, error);
	return rows;
}

bool db_one(struct tx *tx, const struct db_statement *s, const void *in, void *ret_row)
{
	return db_next(db_many(tx, s, in), ret_row);
}

uint64_t db_exec(struct tx *tx, const struct db_statement *s, const void *in)
{
	struct prepared *p = statement_now(tx, s);
	uint64_t matched = 0;

	if (!p)
		return 0;
	tx->executed++;

	enum tx_error error = prepared_run(p, in, &matched);
	if (error != TX_OK)
		tx_fail(tx, error);
	return matched;
}

/* One more element at the end of a growing list of pointers. */
static void push(struct prepared ***list, uint32_t *count, uint32_t *cap, struct prepared *p)
{
	if (*count == *cap) {
		*cap = *cap ? *cap * 2 : 64;
		*list = realloc(*list, *cap * sizeof(struct prepared *));
		must(*list != NULL);
	}
	(*list)[(*count)++] = p;
}

void db_write(struct tx *tx, const struct db_statement *s, const void *in)
{
	must(tx->is_begun);
	if (tx->error != TX_OK)
		return;

	struct prepared *p = connection_statement(tx->connection, s);
	if (!prepared_defer(p, in)) {
		tx_fail(tx, TX_BROKEN);
		return;
	}
	if (prepared_deferred(p) == 1)
		push(&tx->groups, &tx->group_count, &tx->group_cap, p);
	push(&tx->rows, &tx->row_count, &tx->row_cap, p);
}

struct tx_mark tx_mark(struct tx *tx)
{
	return (struct tx_mark){
		.sent = tx->executed,
		.deferred = tx->flushed + tx->row_count,
		.after_commit = tx->after_count,
	};
}

bool tx_rewind(struct tx *tx, struct tx_mark mark)
{
	if (tx->error != TX_OK || tx->executed != mark.sent || tx->flushed > mark.deferred)
		return false;
	while (tx->flushed + tx->row_count > mark.deferred) {
		struct prepared *p = tx->rows[--tx->row_count];

		prepared_undefer(p);
		/* Going backwards, the first row of a statement is that of the newest group. */
		if (prepared_deferred(p) == 0)
			tx->group_count--;
	}
	tx->after_count = (uint32_t)mark.after_commit;
	return true;
}

/* ---- begin and end ---- */

void tx_begin(struct tx *tx, struct arena *arena)
{
	must(!tx->is_begun);
	tx->arena = arena;
	tx->snapshot = snapshot_pin();
	tx->error = TX_OK;
	tx->is_begun = true;
	tx->is_sending = false;
	tx->view = VIEW_NONE;
	tx->has_new_snapshot = false;
	tx->executed = tx->flushed = 0;
}

/* The part that all ends share. After-commit calls stay for the caller. */
static void end(struct tx *tx)
{
	forget_deferred(tx);
	snapshot_unpin(tx->snapshot);
	tx->snapshot = NULL;
	tx->is_begun = false;
	tx->is_sending = false;
}

void tx_rollback(struct tx *tx)
{
	if (!tx->is_begun)
		return;
	if (tx->is_sending)
		connection_rollback(tx->connection);
	tx->after_count = 0;
	end(tx);
}

/* Should it fail here, the periodic refresh makes up for it. */
static void serve_new_snapshot(struct tx *tx)
{
	struct arena *arena = arena_new(LIMIT_SNAPSHOT_ARENA);

	tx_begin(tx, arena);
	if (!snapshot_refresh(tx))
		log_warn("store", "snapshot_late", "error=%d", (int)tx->error);
	if (tx->is_sending)
		connection_rollback(tx->connection);
	end(tx);
	arena_free(arena);
}

enum tx_error tx_commit(struct tx *tx)
{
	must(tx->is_begun);
	if (tx->has_new_snapshot)
		sql_snapshot_bump(tx);
	tx_flush(tx);
	if (tx->error == TX_OK && tx->is_sending) {
		enum tx_error error = connection_commit(tx->connection);

		if (error != TX_OK)
			tx_fail(tx, error);
	}

	enum tx_error error = tx->error;
	if (error != TX_OK) {
		tx_rollback(tx);
		return error;
	}
	end(tx);
	if (tx->has_new_snapshot)
		serve_new_snapshot(tx);

	uint32_t count = tx->after_count;
	tx->after_count = 0;
	for (uint32_t i = 0; i < count; i++)
		tx->after[i].fn(tx->after[i].arg);
	return TX_OK;
}

void tx_after_commit(struct tx *tx, void (*fn)(void *arg), void *arg)
{
	must(tx->is_begun);
	if (tx->after_count == tx->after_cap) {
		tx->after_cap = tx->after_cap ? tx->after_cap * 2 : 16;
		tx->after = realloc(tx->after, tx->after_cap * sizeof(*tx->after));
		must(tx->after != NULL);
	}
	tx->after[tx->after_count++] = (struct after_commit){ fn, arg };
}

int64_t tx_retry_delay(uint32_t attempt)
{
	const uint64_t least = 5000, most = 200000;
	uint64_t bound = attempt < 6 ? least << attempt : most;
	uint64_t random;

	crypto_random(&random, sizeof(random));
	return (int64_t)(random % (bound < most ? bound : most));
}

bool tx_keep(struct tx *tx)
{
	struct arena *arena = tx->arena;
	enum tx_error error = tx->error;

	if (error == TX_OK)
		error = tx_commit(tx);
	else
		tx_rollback(tx);
	tx_begin(tx, arena);
	if (error != TX_OK)
		tx_fail(tx, error);
	return error == TX_OK;
}

enum tx_error tx_run(struct tx *tx, void (*fn)(struct tx *tx, void *arg), void *arg)
{
	struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	struct arena_mark start = arena_mark(arena);
	enum tx_error error = TX_RETRY;

	for (uint32_t attempt = 0; attempt < LIMIT_RETRIES; attempt++) {
		if (attempt > 0) {
			int64_t wait = tx_retry_delay(attempt);

			nanosleep(&(struct timespec){ .tv_nsec = (long)(wait * 1000) }, NULL);
		}
		arena_rewind(arena, start);
		tx_begin(tx, arena);
		fn(tx, arg);
		error = tx_commit(tx);
		if (!tx_error_is_retried(error))
			break;
	}
	arena_free(arena);
	return error;
}
