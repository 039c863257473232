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

/* Tables of all rooms and modules; before settings_load(). */
void service_settings(void);
/* The log takes its form and least level from them, once they are loaded. */
void service_log(void);
/* Database library, schema current or brought up to date, key file, reference data. `target`
 * lives as long as the process. False after a complaint. */
bool service_open(const struct db_target *target, const char *key_file, bool may_migrate)
	MUST_USE;
void service_close(void);
/*
 * Threads, listener, jobs, outbox; calls ready(arg) when requests are about to be answered;
 * returns after SIGTERM or SIGINT and an orderly end. False when it could not start.
 */
bool service_run(void (*ready)(void *arg), void *arg) MUST_USE;
/* Runs work in a transaction of the main thread's own connection (struct command_call). */
bool service_transact(void (*work)(struct tx *tx, void *arg), void *arg) MUST_USE;
