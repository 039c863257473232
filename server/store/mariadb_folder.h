/*
 * The folder of a private database: who owns what in it, its configuration, its system tables
 * and its lock. What runs in it is mariadb.c's.
 *
 *	DIR/my.cnf          configuration, written anew at each start
 *	DIR/mysql           data; made aside as mysql.new and renamed when whole
 *	DIR/log, DIR/tmp    of the database
 *	DIR/start.log       what was said before the log was open; install.log likewise
 *	DIR/run/lock        held by the server or command that runs the database
 *	DIR/run/db.sock     the only way in; db.pid
 *	DIR/run/db.password of the account `liandong` (0600)
 *	DIR/run/socket-path where the socket is, when DIR is too long a path for one
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "attr.h"

struct mariadb_folder {
	char *root;
	char *config;
	char *data;
	char *fresh;		/* mysql.new */
	char *socket;
	char *password_file;
	char *start_log;
	const char *user;	/* whom the database runs as; NULL: the user we are */
	uid_t uid;
	gid_t gid;
	int lock;		/* -1: another process runs the database of this folder */
};

/*
 * Makes the folder if need be and tries to take its lock. False with a complaint on stderr.
 * A folder that another process runs is left as it is.
 */
bool mariadb_folder_open(struct mariadb_folder *f, const char *dir) MUST_USE;
/* With the lock: owners, configuration and, on first use, system tables. */
bool mariadb_folder_prepare(struct mariadb_folder *f) MUST_USE;
void mariadb_folder_close(struct mariadb_folder *f);
/* The process that holds the lock, 0 if it does not say. */
long mariadb_folder_holder(const struct mariadb_folder *f);

/* Name of the user this process runs as. */
const char *mariadb_own_user(void);
/* A line of text in a file only we may read. The caller frees; NULL when it is not there. */
char *mariadb_read_line(const char *path);
bool mariadb_write_line(const char *path, const char *line, mode_t mode) MUST_USE;
