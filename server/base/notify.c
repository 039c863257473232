#include "base/notify.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "str.h"

enum { HANDED_FIRST = 3, HANDED_MAX = 16 };

static int manager = -1;
static int64_t watchdog;
static int handed = 0;		/* sockets, from HANDED_FIRST on */
static char handed_names[512];	/* of them, with colons between */

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n = strlen(path);

	if ((path[0] != '/' && path[0] != '@') || n >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, n);
	if (path[0] == '@')
		address.sun_path[0] = '\0';	/* an abstract name */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, length) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static uint64_t number_in(const char *variable)
{
	const char *text = getenv(variable);
	uint64_t value;

	return text && str_to_u64(str_of(text), &value) ? value : 0;
}

/* sd_listen_fds(3): they are not for the programs that we start. */
static void take_sockets(void)
{
	const char *names = getenv("LISTEN_FDNAMES");
	uint64_t n = number_in("LISTEN_FDS");

	if (n > 0 && n <= HANDED_MAX && number_in("LISTEN_PID") == (uint64_t)getpid()) {
		handed = (int)n;
		snprintf(handed_names, sizeof(handed_names), "%s", names ? names : "");
		for (int i = 0; i < handed; i++)
			fcntl(HANDED_FIRST + i, F_SETFD, FD_CLOEXEC);
	}
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
}

int notify_socket(const char *name)
{
	const char *at = handed_names;

	for (int i = 0; i < handed; i++) {
		size_t n = strcspn(at, ":");

		if (str_is((struct str){ at, n }, name))
			return HANDED_FIRST + i;
		at += n + (at[n] == ':');
	}
	return -1;
}

void notify_start(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	uint64_t wanted = number_in("WATCHDOG_USEC"), pid = number_in("WATCHDOG_PID");

	if (path && manager < 0)
		manager = connect_to(path);
	if (manager >= 0 && wanted < INT64_MAX && (pid == 0 || pid == (uint64_t)getpid()))
		watchdog = (int64_t)wanted / 2;
	take_sockets();
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void notify(const char *state)
{
	if (manager >= 0)
		(void)!send(manager, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT);
}

int64_t notify_watchdog(void)
{
	return watchdog;
}
