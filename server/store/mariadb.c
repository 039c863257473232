/*
 * A private MariaDB as our child: started, waited for, started again whenever it dies, stopped
 * with us. What an earlier run left behind is stopped first, so that the child is always ours
 * and there is never a second one on the same data.
 *
 * The child does not die with us (no PR_SET_PDEATHSIG: that follows the thread that started it,
 * and a thread may end while the server goes on). After kill -9 of the server it stays until
 * the next start on this folder, and nothing is lost either way.
 */
#include "base/child.h"
#include "base/program.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "must.h"
#include "store/db.h"
#include "store/mariadb_folder.h"
#include "store/store.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	START_SECONDS = 60,	/* recovery of a large log included */
	STOP_SECONDS = 20,
	LEFTOVER_SECONDS = 10,
	DEATHS_AT_START = 3,	/* this many before the first answer: it will not come up */
	PASSWORD_BYTES = 32,
	COMMAND_LINE_BYTES = 16 * 1024,
	ARGUMENT_BYTES = 4096 + 32,	/* a path and its option */
};

static const char account[] = "liandong";

struct mariadb {
	struct mariadb_folder folder;
	struct db_target target;
	struct db_target owner;
	char *owner_name;
	char *password;
	char *program;
	char *config_option;
	struct child *child;	/* NULL: somebody else's */
};

static void pause_milliseconds(long n)
{
	nanosleep(&(struct timespec){ n / 1000, n % 1000 * 1000000L }, NULL);
}

/* ---- what an earlier run left ---- */

/* Does the process run on our folder? A stray client with our configuration does not count. */
static bool is_leftover(const struct mariadb_folder *f, const char *pid)
{
	char path[64], line[COMMAND_LINE_BYTES], config[ARGUMENT_BYTES], data[ARGUMENT_BYTES];

	snprintf(path, sizeof(path), "/proc/%.20s/cmdline", pid);
	snprintf(config, sizeof(config), "--defaults-file=%s", f->config);
	snprintf(data, sizeof(data), "--datadir=%s", f->fresh);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (n <= 0)
		return false;
	line[n] = '\0';
	const char *slash = strrchr(line, '/');
	bool is_server = strcmp(slash ? slash + 1 : line, "mariadbd") == 0;
	for (const char *word = line; word < line + n; word += strlen(word) + 1) {
		if ((is_server && strcmp(word, config) == 0) || strcmp(word, data) == 0)
			return true;
	}
	return false;
}

/* Asks, waits, then insists. True when the process is gone. */
static bool end_leftover(const struct mariadb_folder *f, const char *name)
{
	pid_t pid = (pid_t)strtol(name, NULL, 10);
	int fd = pidfd_open(pid, 0);

	if (fd < 0)
		return errno == ESRCH;
	/* The handle holds on to the process; its number might by now mean another. */
	bool is_gone = !is_leftover(f, name);
	struct pollfd end = { .fd = fd, .events = POLLIN };
	if (!is_gone) {
		log_warn("mariadb", "leftover", "pid=%d", (int)pid);
		pidfd_send_signal(fd, SIGTERM, NULL, 0);
		pidfd_send_signal(fd, SIGCONT, NULL, 0);
		is_gone = poll(&end, 1, LEFTOVER_SECONDS * 1000) == 1;
	}
	if (!is_gone) {
		log_warn("mariadb", "leftover_killed", "pid=%d", (int)pid);
		pidfd_send_signal(fd, SIGKILL, NULL, 0);
		is_gone = poll(&end, 1, LEFTOVER_SECONDS * 1000) == 1;
	}
	close(fd);
	return is_gone;
}

/* Ends those that are there now; *ret_found says whether there were any. */
static bool end_present_leftovers(const struct mariadb_folder *f, bool *ret_found)
{
	DIR *processes = opendir("/proc");
	const struct dirent *entry;
	bool is_gone = true;

	*ret_found = false;
	if (!processes) {
		fprintf(stderr, "/proc cannot be read: %s\n", strerror(errno));
		return false;
	}
	while (is_gone && (entry = readdir(processes)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]) || !is_leftover(f, entry->d_name))
			continue;
		*ret_found = true;
		is_gone = end_leftover(f, entry->d_name);
		if (!is_gone)
			fprintf(stderr,
				"Process %s runs the database in %s and cannot be ended.\n",
				entry->d_name, f->root);
	}
	closedir(processes);
	return is_gone;
}

/* An interrupted installation starts further programs: look until nothing is found. */
static bool end_leftovers(const struct mariadb_folder *f)
{
	bool was_found = true;

	while (was_found) {
		if (!end_present_leftovers(f, &was_found))
			return false;
	}
	return true;
}

static bool is_listening(const struct mariadb_folder *f)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n = strlen(f->socket);

	must(n < sizeof(address.sun_path));
	memcpy(address.sun_path, f->socket, n + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(fd >= 0);
	bool is = connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return is;
}

static bool wait_until_listening(struct mariadb *m)
{
	int64_t deadline = clock_monotonic() + START_SECONDS * CLOCK_SECOND;

	while (!is_listening(&m->folder)) {
		bool is_hopeless = m->child && child_deaths(m->child) >= DEATHS_AT_START;
		if (is_hopeless || clock_monotonic() > deadline) {
			fprintf(stderr,
				"The database does not start: see %s/log/mariadb.err and %s\n",
				m->folder.root, m->folder.start_log);
			return false;
		}
		pause_milliseconds(10);
	}
	return true;
}

/* ---- the account of the program ---- */

/*
 * The one place where SQL is put together: the server takes no parameters here. What goes in
 * are 64 hexadecimal digits of ours.
 */
static bool set_password(struct connection *admin, const char *password)
{
	static const char *const before[] = {
		"CREATE DATABASE IF NOT EXISTS liandong CHARSET utf8mb4 COLLATE utf8mb4_bin",
		"CREATE USER IF NOT EXISTS liandong@localhost",
	};
	char text[256];

	for (size_t i = 0; i < array_count(before); i++) {
		if (connection_run(admin, "account", str_of(before[i])) != TX_OK)
			return false;
	}
	must(strspn(password, "0123456789abcdef") == 2 * PASSWORD_BYTES);
	snprintf(text, sizeof(text), "ALTER USER liandong@localhost IDENTIFIED BY '%s'",
		 password);
	return connection_run(admin, "account", str_of(text)) == TX_OK;
}

static char *new_password(void)
{
	uint8_t bytes[PASSWORD_BYTES];
	char *hex = calloc(1, 2 * PASSWORD_BYTES + 1);

	must(hex != NULL);
	crypto_random(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	return hex;
}

static bool answers(const struct db_target *target)
{
	struct db_target anywhere = *target;

	anywhere.database = NULL;
	struct connection *c = connection_new(&anywhere);
	bool is_open = connection_open_plain(c) == TX_OK;

	connection_free(c);
	return is_open;
}

/* Root's own account is bound to the user who installed the tables, through the socket. */
static bool make_account(struct mariadb *m)
{
	struct db_target anywhere = m->owner;

	anywhere.database = NULL;
	char *password = new_password();
	struct connection *admin = connection_new(&anywhere);
	bool is_made = connection_open_plain(admin) == TX_OK && set_password(admin, password) &&
		       mariadb_write_line(m->folder.password_file, password, 0600);

	connection_free(admin);
	if (!is_made)
		fprintf(stderr, "The account of the program cannot be made in the database.\n");
	m->password = password;
	return is_made;
}

static void set_target(struct mariadb *m)
{
	m->target = (struct db_target){
		.socket = m->folder.socket,
		.user = account,
		.password = m->password,
		.database = account,
	};
	m->owner = (struct db_target){
		.socket = m->folder.socket,
		.user = m->owner_name,
		.database = account,
	};
}

static bool sign_in(struct mariadb *m)
{
	m->password = mariadb_read_line(m->folder.password_file);
	set_target(m);
	if (m->password && answers(&m->target))
		return true;
	free(m->password);
	m->password = NULL;
	if (!make_account(m))
		return false;
	set_target(m);
	return answers(&m->target);
}

/* ---- start and stop ---- */

static struct mariadb *mariadb_new(const char *dir)
{
	struct mariadb *m = calloc(1, sizeof(*m));

	must(m != NULL);
	m->owner_name = strdup(mariadb_own_user());
	must(m->owner_name != NULL);
	if (mariadb_folder_open(&m->folder, dir))
		return m;
	mariadb_stop(m);
	return NULL;
}

static bool start(struct mariadb *m)
{
	m->program = program_find("mariadbd", "mariadb-server-core");
	if (!m->program || !end_leftovers(&m->folder) || !mariadb_folder_prepare(&m->folder))
		return false;
	must(asprintf(&m->config_option, "--defaults-file=%s", m->folder.config) >= 0);
	unlink(m->folder.socket);
	const char *const argv[] = { m->program, m->config_option, NULL };

	m->child = child_start("mariadb", argv, m->folder.start_log);
	return wait_until_listening(m) && sign_in(m);
}

struct mariadb *mariadb_start(const char *dir)
{
	struct mariadb *m = mariadb_new(dir);

	if (!m)
		return NULL;
	if (m->folder.lock < 0)
		fprintf(stderr, "%s is in use by another liandong (process %ld).\n",
			m->folder.root, mariadb_folder_holder(&m->folder));
	else if (start(m))
		return m;
	mariadb_stop(m);
	return NULL;
}

/* The one who holds the lock may still be starting it. */
static bool join_running(struct mariadb *m)
{
	if (!wait_until_listening(m))
		return false;

	int64_t deadline = clock_monotonic() + START_SECONDS * CLOCK_SECOND;
	while (clock_monotonic() < deadline) {
		free(m->password);
		m->password = mariadb_read_line(m->folder.password_file);
		set_target(m);
		if (m->password && answers(&m->target))
			return true;
		pause_milliseconds(50);
	}
	fprintf(stderr, "The database in %s runs but lets nobody in: see %s\n", m->folder.root,
		m->folder.password_file);
	return false;
}

struct mariadb *mariadb_attach(const char *dir)
{
	struct mariadb *m = mariadb_new(dir);

	if (!m)
		return NULL;
	if (m->folder.lock < 0 ? join_running(m) : start(m))
		return m;
	mariadb_stop(m);
	return NULL;
}

const struct db_target *mariadb_target(const struct mariadb *m)
{
	return &m->target;
}

const struct db_target *mariadb_owner(const struct mariadb *m)
{
	return &m->owner;
}

void mariadb_stop(struct mariadb *m)
{
	if (!m)
		return;
	if (m->child)
		child_stop(m->child, STOP_SECONDS);
	mariadb_folder_close(&m->folder);
	free(m->owner_name);
	free(m->password);
	free(m->program);
	free(m->config_option);
	free(m);
}
