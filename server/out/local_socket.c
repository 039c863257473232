#include "out/local_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"

enum { PATH_BYTES = 4096 };

bool local_socket_wait(int fd, short what, int64_t deadline)
{
	int64_t left = deadline - clock_monotonic();
	struct pollfd p = { .fd = fd, .events = what };

	return left > 0 && poll(&p, 1, (int)(left / 1000) + 1) == 1;
}

/* A path too long for a socket's name is reached by a descriptor of its folder. */
int local_socket_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *slash = strrchr(path, '/');
	int folder = -1, n;

	if (strlen(path) < sizeof(address.sun_path)) {
		n = snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	} else {
		char name[PATH_BYTES];

		snprintf(name, sizeof(name), "%.*s", slash ? (int)(slash - path) : 1,
			 slash ? path : ".");
		folder = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		n = snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s",
			     folder, slash ? slash + 1 : path);
	}
	int fd = n > 0 && (size_t)n < sizeof(address.sun_path)
		 ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		close(fd);
		fd = -1;
	}
	if (folder >= 0)
		close(folder);
	return fd;
}

bool local_socket_send(int fd, struct str bytes, int64_t deadline)
{
	for (size_t sent = 0; sent < bytes.n;) {
		ssize_t n = send(fd, bytes.p + sent, bytes.n - sent, MSG_NOSIGNAL);

		if (n > 0)
			sent += (size_t)n;
		else if (n == 0 || (errno != EAGAIN && errno != EINTR) ||
			 !local_socket_wait(fd, POLLOUT, deadline))
			return false;
	}
	return true;
}
