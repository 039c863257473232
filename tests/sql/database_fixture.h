/*
 * A private database for one test program: made in a folder below /tmp at the start, stopped
 * and removed at the end.
 */
#pragma once

#include "attr.h"
#include "base/settings.h"
#include "log.h"
#include "must.h"
#include "store/db.h"
#include "store/store.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char *home;
static struct mariadb *running;

static const char table_text[] =
	"CREATE TABLE test_note (id BIGINT UNSIGNED NOT NULL, title VARCHAR(200) NOT NULL, "
	"note MEDIUMTEXT, photo MEDIUMBLOB, level INT UNSIGNED NOT NULL, "
	"is_open BOOL NOT NULL, at BIGINT NOT NULL, version INT UNSIGNED NOT NULL, "
	"PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* An empty temporary folder, and its end. */
static UNUSED char *folder_new(void)
{
	char *path = strdup("/tmp/liandong-test-XXXXXX");

	must(path && mkdtemp(path));
	return path;
}

static UNUSED void folder_remove(char *path)
{
	must(nftw(path, remove_one, 16, FTW_PHYS | FTW_DEPTH) == 0);
	free(path);
}

/* Runs a statement without parameters in autocommit, such as DDL. */
static UNUSED void database_run(const char *text)
{
	struct connection *c = connection_new(mariadb_owner(running));

	must(connection_open_plain(c) == TX_OK);
	must(connection_run(c, "test", str_of(text)) == TX_OK);
	connection_free(c);
}

/*
 * Settings, database, client library, schema, and the table test_note that the statements of
 * tx_test.sql are about. Aborts when it cannot be had.
 */
static UNUSED void database_start(void)
{
	settings_add("store", store_settings);
	must(settings_load(NULL, stderr));
	log_setup(LOG_ERROR, LOG_LOGFMT);
	home = folder_new();
	running = mariadb_start(home);
	must(running != NULL);
	store_start(mariadb_owner(running));
	store_thread_start();
	must(migrate_up());
	database_run(table_text);
}

static UNUSED void database_stop(void)
{
	store_thread_stop();
	store_stop();
	mariadb_stop(running);
	folder_remove(home);
}

/* The folder the database lives in. */
static UNUSED const char *database_folder(void)
{
	return home;
}

static UNUSED struct mariadb *database(void)
{
	return running;
}

/* The process id that the mariadbd of a folder wrote down. */
static UNUSED pid_t recorded_pid(const char *place)
{
	char path[200], line[32] = "";

	snprintf(path, sizeof(path), "%s/run/db.pid", place);
	FILE *f = fopen(path, "re");
	must(f != NULL && fgets(line, sizeof(line), f));
	fclose(f);
	return (pid_t)strtol(line, NULL, 10);
}

static UNUSED pid_t database_pid(void)
{
	return recorded_pid(home);
}
