/*
 * The service as a whole: what is started in which order, and how it ends. Used by `demo` and
 * `serve` alike, and in its first half by the commands that only need a database.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "module.h"
#include "store/store.h"

/* Tables of all rooms and modules; before service_settings_load(). */
void service_settings(void);
/* settings_load(), and what a table of settings cannot say of its values; false after a complaint. */
bool service_settings_load(const char *config) MUST_USE;
/* The log takes its form and least level from them, once they are loaded. */
void service_log(void);
/*
 * Database library, schema, key file, reference data. With an owner the schema is brought up to
 * date by it first, and where it is another account than the target's, that one gets its rights
 * from it; without one the schema must be current. Both live as long as the process. False
 * after a complaint.
 */
bool service_open(const struct db_target *target, const struct db_target *owner,
		  const char *key_file) MUST_USE;
void service_close(void);

struct service_call {
	void (*ready)(void *arg);	/* requests are about to be answered */
	void *arg;
	const char *config_file;	/* read again on SIGHUP; NULL: none */
	const char *demo_folder;	/* of a demo, see hardening.h */
};
/*
 * Listener, bounds of the process, threads, jobs, outbox; returns after SIGTERM or SIGINT and an
 * orderly end. SIGHUP reads settings and certificate again. False when it could not start.
 */
bool service_run(const struct service_call *call) MUST_USE;
/* Runs work in a transaction of the main thread's own connection (struct command_call). */
bool service_transact(void (*work)(struct tx *tx, void *arg), void *arg) MUST_USE;
