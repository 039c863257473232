/*
 * Connections and transactions for those who own them: the workers and the commands. Handlers
 * see tx.h only. mysql.h stays inside this room.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "crypto.h"
#include "setting.h"
#include "str.h"
#include "tx.h"

/* What an operator may set of connections; made known by settings_add("store", ...). */
extern const struct setting store_settings[];

struct db_target {
	const char *socket;	/* path, or NULL for host and port */
	const char *host;
	uint16_t port;
	const char *user;
	const char *password;	/* NULL: none (unix_socket) */
	const char *database;
	const char *tls_ca;	/* remote: verified TLS with this CA file; NULL for a socket */
};

/* Library start; before threads. `target` must live as long as the process. */
void store_start(const struct db_target *target);
void store_stop(void);
/* Connections made from now on go there: those before were for the schema's owner. */
void store_target_set(const struct db_target *target);
/* Each thread that owns a tx calls these first and last. */
void store_thread_start(void);
void store_thread_stop(void);

/* A transaction object with its own connection, made on first use and again when it broke. */
struct tx *tx_new(void);
void tx_free(struct tx *tx);
/* Nothing is sent before the first statement. Pins the current snapshot until the end. */
void tx_begin(struct tx *tx, struct arena *arena);
/* TX_OK: durable. TX_AWAY may also mean that the outcome is unknown (lost during COMMIT). */
enum tx_error tx_commit(struct tx *tx) MUST_USE;
void tx_rollback(struct tx *tx);
/* Runs on this thread after a successful commit, in order; dropped on rollback. */
void tx_after_commit(struct tx *tx, void (*fn)(void *arg), void *arg);

/* Deferred writes and after-commit calls since a mark can be taken back as long as nothing was
 * sent since: false when something was. */
struct tx_mark {
	uint64_t sent;
	uint64_t deferred;
	uint64_t after_commit;
};
struct tx_mark tx_mark(struct tx *tx);
bool tx_rewind(struct tx *tx, struct tx_mark mark) MUST_USE;

/* One whole transaction with retries, for commands and jobs; fn may run several times. */
enum tx_error tx_run(struct tx *tx, void (*fn)(struct tx *tx, void *arg), void *arg);
/* Full jitter before try number `attempt` (1..): microseconds to wait. */
int64_t tx_retry_delay(uint32_t attempt);

/* ---- reference data (snapshot.c) ---- */

enum snapshot_slot { SNAPSHOT_MODULES, SNAPSHOT_AUTH, SNAPSHOT_SLOTS };
typedef const void *(*snapshot_loader)(struct tx *tx, struct arena *arena);
void snapshot_set_loader(enum snapshot_slot slot, snapshot_loader load);
/*
 * Reads the version row and, when it is newer than what is served, loads all and swaps. Must
 * come first in a transaction, which becomes read only and sees one consistent moment. False:
 * the transaction has failed and the old data stays.
 */
bool snapshot_refresh(struct tx *tx) MUST_USE;
/* Of the snapshot pinned by this transaction. */
const void *tx_snapshot_slot(const struct tx *tx, enum snapshot_slot slot);
/* Outside of a transaction (loop thread): pin, use, unpin. NULL before the first load. */
struct snapshot *snapshot_pin(void);
const void *snapshot_part(const struct snapshot *s, enum snapshot_slot slot);
void snapshot_unpin(struct snapshot *s);

/* ---- leases (lease.c): what must be single across servers ---- */

/*
 * Takes or keeps the named lease for this process inside tx. True: this transaction runs under
 * it; the lease row is *changed* by the transaction, so that a deposed holder cannot commit.
 */
bool lease_hold(struct tx *tx, const char *name, int64_t seconds) MUST_USE;
/* Lets others take it at once, from this transaction's commit on. */
void lease_release(struct tx *tx, const char *name);

/* ---- data keys (data_keys.c): crypto.h says what they are ---- */

/* For tx_run(): makes them where there are none; puts them in force (arg: bool, whether it did,
 * which takes the file's line that wraps them). */
void data_keys_make(struct tx *tx, void *arg);
void data_keys_open(struct tx *tx, void *arg);
/* The ids that wrap data keys; gives how many. */
uint32_t data_keys_used(struct tx *tx, uint32_t ids[CRYPTO_KEYS_MAX]);
/* A job: all of them under the key that wraps now. */
bool data_keys_rewrap(struct tx *tx);

/* ---- schema (migrate.c) ---- */

/* Applies what is missing of the embedded migrations; complaints to stderr. */
bool migrate_up(void) MUST_USE;
/* True when the schema is exactly the one this binary was built with. */
bool migrate_is_current(void) MUST_USE;

/* ---- rights of the service's account (grants.c) ---- */

struct grant_account;
/* Gives the account exactly what it needs. False after a log line. */
bool store_grants_give(const struct db_target *owner, const struct grant_account *account)
	MUST_USE;
/*
 * Whether the account of `target` may do what the program's statements need and nothing else;
 * otherwise each difference is said, as "it has DROP on ...". In the middle of no transaction.
 */
bool store_grants_hold(const struct db_target *target,
		       void (*say)(const char *sentence, void *arg), void *arg) MUST_USE;

/* ---- private database (mariadb.c) ---- */

struct mariadb;
/*
 * A private mariadbd below `dir`: installs the system tables on first use, starts it, waits
 * until it answers, and starts it again whenever it dies. As root it runs under the system
 * user `liandong-db`, which is made if missing. NULL with a complaint on stderr on failure.
 */
struct mariadb *mariadb_start(const char *dir);
/* For a command while the demo may be running: uses the running one, else starts its own. */
struct mariadb *mariadb_attach(const char *dir);
/* The account of the service. It may do nothing until store_grants_give(). */
const struct db_target *mariadb_target(const struct mariadb *m);
/* The owner of everything in it: its administrator, through the socket. */
const struct db_target *mariadb_owner(const struct mariadb *m);
/* Orderly stop of what was started here. */
void mariadb_stop(struct mariadb *m);
