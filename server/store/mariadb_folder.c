/*
 * Preparing the folder of a private database. As root, the database must not run as root: it
 * gets a system user of its own, which needs a way to its folder. Where a parent of the folder
 * is closed to that user, the database runs as root all the same, and the log says so.
 */
#include "store/mariadb_folder.h"

#include "base/program.h"
#include "log.h"
#include "must.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SOCKET_PATH_MAX = 100,	/* sun_path holds 108; some clients take less */
	LINE_BYTES = 1024,
	TREE_FDS = 16,
};

static const char user_name[] = "liandong-db";

static char *join(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	char *path = malloc(n + m + 1);

	must(path != NULL);
	memcpy(path, a, n);
	memcpy(path + n, b, m + 1);
	return path;
}

/* ---- programs and small files ---- */

const char *mariadb_own_user(void)
{
	const struct passwd *p = getpwuid(geteuid());

	return p ? p->pw_name : "root";
}

char *mariadb_read_line(const char *path)
{
	char line[LINE_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return NULL;
	ssize_t n = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (n <= 0)
		return NULL;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return join(line, "");
}

/* Written aside and renamed: a reader sees the old line or the new one. */
bool mariadb_write_line(const char *path, const char *line, mode_t mode)
{
	char *aside = join(path, ".new");
	bool is_written = false;

	unlink(aside);
	int fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd >= 0) {
		is_written = fchmod(fd, mode) == 0 && dprintf(fd, "%s\n", line) > 0 &&
			     fsync(fd) == 0;
		close(fd);
		is_written = is_written && rename(aside, path) == 0;
	}
	if (!is_written)
		fprintf(stderr, "%s cannot be written: %s\n", path, strerror(errno));
	free(aside);
	return is_written;
}

/* ---- the folder and its lock ---- */

static bool make_folders_down_to(const char *dir)
{
	char *path = join(dir, "/");

	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(path, 0711) != 0 && errno != EEXIST) {
			fprintf(stderr, "%s cannot be made: %s\n", path, strerror(errno));
			free(path);
			return false;
		}
		*at = '/';
	}
	free(path);
	return true;
}

/* The path goes unquoted into a configuration file and through a shell script. */
static bool is_plain_path(const char *path)
{
	for (const char *c = path; *c; c++) {
		bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
				(*c >= '0' && *c <= '9') || strchr("/._+@-", *c) ||
				(unsigned char)*c >= 0x80;

		if (!is_plain) {
			fprintf(stderr,
				"The path %s holds a character that the database cannot take: "
				"use letters, digits and / . _ + @ - only.\n",
				path);
			return false;
		}
	}
	return true;
}

static char *path_in(const struct mariadb_folder *f, const char *name)
{
	return join(f->root, name);
}

/* A folder for the socket when DIR is too long; kept in DIR/run/socket-path for commands. */
static char *short_socket(const struct mariadb_folder *f, bool may_make)
{
	const char *own = geteuid() != 0 ? getenv("XDG_RUNTIME_DIR") : NULL;
	const char *base = own && strlen(own) < 60 ? own : "/tmp";
	char *record = path_in(f, "/run/socket-path");
	char *socket = mariadb_read_line(record);
	struct stat st;

	if (socket && may_make) {
		/* Temporary folders may be cleaned away between two runs. */
		char *folder = join(socket, "");

		*strrchr(folder, '/') = '\0';
		bool is_ours = lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) &&
			       (st.st_uid == f->uid || st.st_uid == geteuid());
		free(folder);
		if (!is_ours) {
			free(socket);
			socket = NULL;
		}
	}
	if (!socket && may_make) {
		char *folder = join(base, "/liandong-XXXXXX");

		if (mkdtemp(folder) && chown(folder, f->uid, f->gid) == 0) {
			socket = join(folder, "/db.sock");
			if (!mariadb_write_line(record, socket, 0644)) {
				free(socket);
				socket = NULL;
			}
		}
		free(folder);
		if (socket)
			log_info("mariadb", "short_socket", "path=%s",
				 log_quote(str_of(socket)));
	}
	free(record);
	return socket;
}

static bool find_socket(struct mariadb_folder *f, bool may_make)
{
	f->socket = path_in(f, "/run/db.sock");
	if (strlen(f->socket) <= SOCKET_PATH_MAX)
		return true;
	free(f->socket);
	f->socket = short_socket(f, may_make);
	if (!f->socket)
		fprintf(stderr,
			"No folder for the database's socket: %s is too long a path for one.\n",
			f->root);
	return f->socket != NULL;
}

static bool take_lock(struct mariadb_folder *f)
{
	char *run = path_in(f, "/run"), *path = path_in(f, "/run/lock");
	bool is_made = mkdir(run, 0750) == 0 || errno == EEXIST;
	int fd = is_made ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644) : -1;

	if (fd < 0) {
		fprintf(stderr, "%s cannot be opened: %s\n", path, strerror(errno));
	} else if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		f->lock = fd;
		if (ftruncate(fd, 0) != 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0)
			log_warn("mariadb", "lock_unsigned", "error=%d", errno);
	} else {
		close(fd);
	}
	free(run);
	free(path);
	return fd >= 0;
}

long mariadb_folder_holder(const struct mariadb_folder *f)
{
	char *path = path_in(f, "/run/lock");
	char *line = mariadb_read_line(path);
	long pid = line ? strtol(line, NULL, 10) : 0;

	free(line);
	free(path);
	return pid;
}

bool mariadb_folder_open(struct mariadb_folder *f, const char *dir)
{
	*f = (struct mariadb_folder){ .uid = geteuid(), .gid = getegid(), .lock = -1 };
	if (!make_folders_down_to(dir))
		return false;
	f->root = realpath(dir, NULL);
	if (!f->root) {
		fprintf(stderr, "%s cannot be opened: %s\n", dir, strerror(errno));
		return false;
	}
	if (!is_plain_path(f->root))
		return false;
	f->config = path_in(f, "/my.cnf");
	f->data = path_in(f, "/mysql");
	f->fresh = path_in(f, "/mysql.new");
	f->password_file = path_in(f, "/run/db.password");
	f->start_log = path_in(f, "/start.log");
	if (!take_lock(f))
		return false;
	return f->lock >= 0 || find_socket(f, false);
}

void mariadb_folder_close(struct mariadb_folder *f)
{
	if (f->lock >= 0)
		close(f->lock);
	f->lock = -1;
	free(f->root);
	free(f->config);
	free(f->data);
	free(f->fresh);
	free(f->socket);
	free(f->password_file);
	free(f->start_log);
}

/* ---- whom the database runs as ---- */

static void choose_user(struct mariadb_folder *f)
{
	struct stat st;

	if (geteuid() != 0)
		return;
	/* The database's user must get through, and learns no names by that. */
	if (stat(f->root, &st) == 0 && st.st_uid == 0 && (st.st_mode & S_IXOTH) == 0 &&
	    chmod(f->root, (st.st_mode & 0777) | 0011) != 0)
		log_warn("mariadb", "closed", "folder=%s", log_quote(str_of(f->root)));

	const struct passwd *account = system_user(user_name, f->start_log);
	if (!account || !may_reach(f->root, account)) {
		log_warn("mariadb", "runs_as_root", "because=%s",
			 account ? "folder_out_of_reach" : "no_system_user");
		f->user = "root";
		return;
	}
	f->user = user_name;
	f->uid = account->pw_uid;
	f->gid = account->pw_gid;
}

/* ---- configuration and tables ---- */

static const struct mariadb_folder *walked;	/* nftw() hands no argument through */

static int own_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)type;
	(void)ftw;
	if (st->st_uid == walked->uid && st->st_gid == walked->gid)
		return 0;
	return lchown(path, walked->uid, walked->gid);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* The database may have run as another user the last time. */
static bool make_owned(const struct mariadb_folder *f, const char *name, mode_t mode)
{
	char *path = path_in(f, name);
	bool is_made = (mkdir(path, mode) == 0 || errno == EEXIST) && chmod(path, mode) == 0;

	if (is_made && geteuid() == 0) {
		walked = f;
		is_made = nftw(path, own_one, TREE_FDS, FTW_PHYS) == 0;
	}
	if (!is_made)
		fprintf(stderr, "%s cannot be made ready: %s\n", path, strerror(errno));
	free(path);
	return is_made;
}

/*
 * The database's user makes its socket here; the sticky bit keeps it from replacing what is
 * ours: the lock and the password.
 */
static bool make_run_folder(const struct mariadb_folder *f)
{
	char *path = path_in(f, "/run");
	bool is_made = geteuid() != 0 || chown(path, geteuid(), f->gid) == 0;

	is_made = is_made && chmod(path, f->uid == geteuid() ? 0750 : 01770) == 0;
	if (!is_made)
		fprintf(stderr, "%s cannot be made ready: %s\n", path, strerror(errno));
	free(path);
	return is_made;
}

/*
 * Durable, small, reachable through its socket alone. The packet size leaves room for an array
 * of rows; the log files for a burst of intake between two checkpoints.
 */
static const char config_text[] =
	"skip_networking=1\n"
	"skip_name_resolve=1\n"
	"skip_log_bin\n"
	"character_set_server=utf8mb4\n"
	"collation_server=utf8mb4_bin\n"
	"default_time_zone=+00:00\n"
	"sql_mode=STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,"
	"NO_ZERO_DATE,NO_ZERO_IN_DATE\n"
	"transaction_isolation=READ-COMMITTED\n"
	"innodb_flush_log_at_trx_commit=1\n"
	"innodb_doublewrite=ON\n"
	"innodb_buffer_pool_size=256M\n"
	"innodb_log_file_size=128M\n"
	"innodb_log_buffer_size=16M\n"
	"innodb_lock_wait_timeout=5\n"
	"innodb_autoinc_lock_mode=2\n"
	"max_connections=128\n"
	"max_allowed_packet=64M\n"
	"max_prepared_stmt_count=65536\n"
	"table_open_cache=512\n"
	"thread_cache_size=32\n"
	"wait_timeout=28800\n"
	"key_buffer_size=1M\n"
	"aria_pagecache_buffer_size=8M\n"
	"query_cache_type=0\n"
	"query_cache_size=0\n"
	"performance_schema=0\n"
	"local_infile=0\n"
	"symbolic_links=0\n";

static bool write_config(const struct mariadb_folder *f)
{
	char *text = NULL;

	must(asprintf(&text,
		      "# Written at each start of the server: changes are lost.\n"
		      "[client]\n"
		      "socket=%s\n"
		      "[mysqld]\n"
		      "datadir=%s\n"
		      "socket=%s\n"
		      "pid_file=%s/run/db.pid\n"
		      "tmpdir=%s/tmp\n"
		      "log_error=%s/log/mariadb.err\n"
		      "%s%s\n"
		      "%s",
		      f->socket, f->data, f->socket, f->root, f->root, f->root,
		      f->user ? "user=" : "", f->user ? f->user : "", config_text) >= 0);
	bool is_written = mariadb_write_line(f->config, text, 0644);
	free(text);
	return is_written;
}

static bool remove_tree(const char *path)
{
	if (nftw(path, remove_one, TREE_FDS, FTW_PHYS | FTW_DEPTH) == 0 || errno == ENOENT)
		return true;
	fprintf(stderr, "%s cannot be removed: %s\n", path, strerror(errno));
	return false;
}

static bool install_tables(const struct mariadb_folder *f)
{
	char *log = path_in(f, "/install.log"), *data = join("--datadir=", f->fresh);
	char *user = join("--user=", f->user ? f->user : mariadb_own_user());
	char *owner = join("--auth-root-socket-user=", mariadb_own_user());
	char *program = program_find("mariadb-install-db", "mariadb-server-core");
	/* Of its own: a mariadbd that starts removes what looks like leftovers from a shared one. */
	char *tmp = path_in(f, "/tmp"), *temporary = join("--tmpdir=", tmp);
	const char *const argv[] = {
		/* First, or the machine's own configuration is read. */
		program, "--no-defaults", data, user, owner, temporary,
		"--auth-root-authentication-method=socket", "--skip-test-db",
		"--innodb-log-file-size=128M", "--innodb-buffer-pool-size=64M", NULL,
	};
	bool is_done = program && remove_tree(f->fresh) && make_owned(f, "/mysql.new", 0750);

	if (is_done && !program_run(argv, log)) {
		fprintf(stderr, "The database's tables cannot be installed: see %s\n", log);
		is_done = false;
	}
	if (is_done && rename(f->fresh, f->data) != 0) {
		fprintf(stderr, "%s cannot be renamed: %s\n", f->fresh, strerror(errno));
		is_done = false;
	}
	free(program);
	free(log);
	free(data);
	free(user);
	free(owner);
	free(tmp);
	free(temporary);
	return is_done;
}

bool mariadb_folder_prepare(struct mariadb_folder *f)
{
	must(f->lock >= 0);
	choose_user(f);
	if (!make_run_folder(f) || !make_owned(f, "/tmp", 0750) ||
	    !make_owned(f, "/log", 0750) || !find_socket(f, true) || !write_config(f))
		return false;
	if (access(f->data, F_OK) != 0 && !install_tables(f))
		return false;
	return make_owned(f, "/mysql", 0750);
}
