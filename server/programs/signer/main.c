/* Options, user, socket, and the loop. */
#include "signer.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { CLIENTS_MAX = 8, SEND_SECONDS = 2, PATH_BYTES = 4096 };

struct options {
	const char *dir, *socket, *origin, *user;
	long parent;
	bool is_public;
};

struct client {
	int fd;			/* 0: none */
	size_t n;
	char line[LINE_BYTES];
};

static volatile sig_atomic_t is_ending;

static void end_asked(int number)
{
	(void)number;
	is_ending = 1;
}

/* ---- user and surroundings ---- */

/* The folder is the user's before we become that user. */
static bool become(const char *name, const char *dir)
{
	static const char *const files[] = { "key", "vkey", "state", "lock" };
	const struct passwd *user = getpwnam(name);
	char path[PATH_BYTES];

	if (!user) {
		fprintf(stderr, "There is no user %s.\n", name);
		return false;
	}
	bool is_done = lchown(dir, user->pw_uid, user->pw_gid) == 0;

	for (size_t i = 0; is_done && i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		is_done = lchown(path, user->pw_uid, user->pw_gid) == 0 || errno == ENOENT;
	}
	is_done = is_done && setgroups(0, NULL) == 0 && setgid(user->pw_gid) == 0 &&
		  setuid(user->pw_uid) == 0;
	if (!is_done)
		fprintf(stderr, "The signer cannot become %s: %s\n", name, strerror(errno));
	return is_done;
}

/* No memory image, no new rights, and no life without the parent where one is named. */
static bool settle(const struct options *o)
{
	static const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0)
		return false;
	if (!o->parent)
		return true;
	return prctl(PR_SET_PDEATHSIG, (long)SIGTERM, 0L, 0L, 0L) == 0 &&
	       (long)getppid() == o->parent;
}

/* ---- socket ---- */

/* A path too long for a socket's name is reached by a descriptor of its folder. */
static bool address_make(const char *path, struct sockaddr_un *ret)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_BYTES];

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) < sizeof(ret->sun_path)) {
		memcpy(ret->sun_path, path, strlen(path) + 1);
		return true;
	}
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1,
		 slash ? path : ".");
	int fd = open(folder, O_PATH | O_DIRECTORY);
	int n = snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%s", fd,
			 slash ? slash + 1 : path);

	return fd >= 0 && n > 0 && (size_t)n < sizeof(ret->sun_path);
}

/* The lock is ours: what lies there is of one that is gone. */
static int listen_at(const char *path)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && (unlink(path) == 0 || errno == ENOENT) && address_make(path, &address) &&
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
	    chmod(path, 0660) == 0 && listen(fd, CLIENTS_MAX) == 0)
		return fd;
	fprintf(stderr, "%s cannot be listened at: %s\n", path, strerror(errno));
	return -1;
}

static void drop(struct client *c)
{
	close(c->fd);
	c->fd = 0;
	c->n = 0;
}

/* A newcomer takes a free place, or that of the first one. */
static void take_client(int listener, struct client *clients)
{
	struct timeval wait = { .tv_sec = SEND_SECONDS };
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	size_t i = 0;

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	while (i < CLIENTS_MAX && clients[i].fd)
		i++;
	if (i == CLIENTS_MAX)
		drop(&clients[i = 0]);
	clients[i].fd = fd;
}

static void serve(struct signer *s, struct client *c)
{
	static char out[LINE_BYTES + 1];
	ssize_t got = recv(c->fd, c->line + c->n, sizeof(c->line) - c->n, MSG_DONTWAIT);
	char *end;

	if (got <= 0) {
		drop(c);
		return;
	}
	c->n += (size_t)got;
	end = memchr(c->line, '\n', c->n);
	if (!end && c->n == sizeof(c->line)) {
		drop(c);
		return;
	}
	if (!end)
		return;
	*end = '\0';
	/* What is behind a first question is not looked at: one question a time. */
	c->n = 0;
	answer(s, c->line, out);
	size_t n = strlen(out);

	out[n] = '\n';
	if (send(c->fd, out, n + 1, MSG_NOSIGNAL) != (ssize_t)(n + 1))
		drop(c);
}

static int run(struct signer *s, int listener)
{
	static struct client clients[CLIENTS_MAX];

	while (!is_ending) {
		struct pollfd fds[CLIENTS_MAX + 1] = { { .fd = listener, .events = POLLIN } };

		for (size_t i = 0; i < CLIENTS_MAX; i++)
			fds[i + 1] = (struct pollfd){
				.fd = clients[i].fd ? clients[i].fd : -1, .events = POLLIN,
			};
		if (poll(fds, CLIENTS_MAX + 1, -1) < 0)
			continue;
		for (size_t i = 0; i < CLIENTS_MAX; i++)
			if (fds[i + 1].revents)
				serve(s, &clients[i]);
		if (fds[0].revents)
			take_client(listener, clients);
	}
	return 0;
}

/* ---- start ---- */

static int show_public(const char *dir)
{
	char path[PATH_BYTES], text[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/vkey", dir);
	FILE *f = fopen(path, "r");
	bool is_read = f && fgets(text, sizeof(text), f);

	if (f)
		fclose(f);
	if (is_read)
		fputs(text, stdout);
	else
		fprintf(stderr, "%s cannot be read: the signer makes it at its first start.\n",
			path);
	return is_read ? 0 : 1;
}

static const char usage[] =
	"usage: liandong-signer --dir DIR --socket PATH --origin NAME [--user NAME]\n"
	"                       [--parent PID]\n"
	"       liandong-signer --dir DIR --public\n\n"
	"  --dir DIR      the folder of key and state, of the signer's user alone\n"
	"  --socket PATH  where it is asked; who may connect is a matter of its folder\n"
	"  --origin NAME  the log's name, setting signer_origin of the server\n"
	"  --user NAME    as root: becomes this user\n"
	"  --parent PID   ends when this parent ends\n"
	"  --public       prints the key that signatures are verified by\n";

static bool read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "socket", required_argument, NULL, 's' },
		{ "origin", required_argument, NULL, 'o' },
		{ "user", required_argument, NULL, 'u' },
		{ "parent", required_argument, NULL, 'p' },
		{ "public", no_argument, NULL, 'P' },
		{ 0 }
	};
	const char **const texts[] = { &o->dir, &o->socket, &o->origin, &o->user };
	static const char letters[] = "dsou";
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		const char *which = strchr(letters, c);

		if (c == '?')
			return false;
		if (c == 'P')
			o->is_public = true;
		else if (c == 'p')
			o->parent = strtol(optarg, NULL, 10);
		else if (which)
			*texts[which - letters] = optarg;
	}
	return optind == argc && o->dir && (o->is_public || (o->origin && o->socket));
}

int main(int argc, char **argv)
{
	static struct signer s;
	struct options o = { 0 };
	const struct sigaction end = { .sa_handler = end_asked };

	if (!read_options(argc, argv, &o)) {
		fputs(usage, stderr);
		return 2;
	}
	if (o.is_public)
		return show_public(o.dir);
	if (!origin_is_good(o.origin)) {
		fprintf(stderr, "--origin: 1 to %d bytes without blanks and plus signs.\n",
			ORIGIN_BYTES);
		return 2;
	}
	umask(0077);
	if (mkdir(o.dir, 0700) != 0 && errno != EEXIST) {
		fprintf(stderr, "%s: %s\n", o.dir, strerror(errno));
		return 1;
	}
	if ((o.user && geteuid() == 0 && !become(o.user, o.dir)) || !settle(&o))
		return 1;
	memcpy(s.origin, o.origin, strlen(o.origin) + 1);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	if (!folder_open(&s, o.dir))
		return 1;
	int listener = listen_at(o.socket);

	if (listener < 0)
		return 1;
	fprintf(stderr, "signer ready vkey=%s\n", s.vkey);
	return run(&s, listener);
}
