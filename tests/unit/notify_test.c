/* What the service manager is told, and the sockets it hands over. */
#include "base/notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <fcntl.h>

#include <cmocka.h>

static char path[64];

static int manager_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(path, sizeof(path), "/tmp/liandong-notify-%ld", (long)getpid());
	memcpy(address.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void without_a_manager_nothing_happens(void **state)
{
	(void)state;
	notify_start();
	notify("READY=1");
	assert_int_equal(notify_watchdog(), 0);
	assert_int_equal(notify_socket("listen"), -1);
}

static void numbers_of_other_processes_are_not_ours(void **state)
{
	(void)state;
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", "1", 1);
	setenv("LISTEN_FDNAMES", "listen", 1);
	notify_start();
	assert_int_equal(notify_socket("listen"), -1);
	assert_null(getenv("LISTEN_FDS"));
}

static void the_manager_hears_and_the_variables_are_gone(void **state)
{
	char heard[64] = "", pid[24];
	int fd = manager_socket();

	(void)state;
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	setenv("NOTIFY_SOCKET", path, 1);
	setenv("WATCHDOG_USEC", "30000000", 1);
	setenv("WATCHDOG_PID", pid, 1);
	notify_start();
	notify("READY=1");
	assert_int_equal(recv(fd, heard, sizeof(heard) - 1, 0), 7);
	assert_string_equal(heard, "READY=1");
	assert_int_equal(notify_watchdog(), 15000000);
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
	close(fd);
	unlink(path);
	notify("WATCHDOG=1");	/* a manager that went away harms nobody */
}

static void sockets_are_found_by_name_and_are_not_inherited(void **state)
{
	char pid[24];
	int kept[2] = { dup(3), dup(4) }, null = open("/dev/null", O_RDONLY);

	(void)state;
	assert_int_equal(dup2(null, 3), 3);
	assert_int_equal(dup2(null, 4), 4);
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	setenv("LISTEN_FDS", "2", 1);
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDNAMES", "machines:listen", 1);
	notify_start();
	assert_int_equal(notify_socket("machines"), 3);
	assert_int_equal(notify_socket("listen"), 4);
	assert_int_equal(notify_socket("liste"), -1);
	assert_int_equal(notify_socket(""), -1);
	assert_true(fcntl(4, F_GETFD) & FD_CLOEXEC);
	for (int i = 0; i < 2; i++)
		if (kept[i] >= 0)
			dup2(kept[i], 3 + i);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_manager_nothing_happens),
		cmocka_unit_test(numbers_of_other_processes_are_not_ours),
		cmocka_unit_test(the_manager_hears_and_the_variables_are_gone),
		cmocka_unit_test(sockets_are_found_by_name_and_are_not_inherited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
