/* What a confined program can no longer do; each attempt in a process of its own. */
#include "pdf/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Status of a process that confines itself and then tries; 99 when it could not. */
static int confined(int (*attempt)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(confine() ? attempt() : 99);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* 0 when the call was refused as one that is not permitted. */
static int refused(long result)
{
	return result == -1 && errno == EPERM ? 0 : 1;
}

static int internet(void) { return refused(socket(AF_INET, SOCK_STREAM, 0)); }
static int internet_6(void) { return refused(socket(AF_INET6, SOCK_DGRAM, 0)); }
static int local_socket(void) { return refused(socket(AF_UNIX, SOCK_STREAM, 0)); }

static int pair(void)
{
	int fds[2];

	return refused(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
}

static int program(void)
{
	char *const none[] = { NULL };

	return refused(execve("/bin/true", none, none));
}

static int signal_others(void) { return refused(kill(getppid(), 0)); }
static int new_file(void)
{
	return refused(open("/tmp/liandong-confined", O_CREAT | O_WRONLY, 0600));
}

static int old_file(void) { return refused(open("/dev/null", O_RDWR)); }
static int cut_file(void) { return refused(open("/dev/null", O_RDONLY | O_TRUNC)); }
static int remove_file(void) { return refused(unlink("/tmp/liandong-confined")); }
static int folder(void) { return refused(mkdir("/tmp/liandong-confined", 0700)); }

static int reading(void)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY);

	return fd >= 0 && read(fd, &byte, 1) == 1 ? 0 : 1;
}

static int more_memory(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur < RLIM_INFINITY ? 0 : 1;
}

static int more_time(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_CPU, &limit) == 0 && limit.rlim_max < RLIM_INFINITY ? 0 : 1;
}

static void it_makes_no_connection(void **state)
{
	(void)state;
	assert_int_equal(confined(internet), 0);
	assert_int_equal(confined(internet_6), 0);
	assert_int_equal(confined(local_socket), 0);
	assert_int_equal(confined(pair), 0);
}

static void it_starts_and_disturbs_nothing(void **state)
{
	(void)state;
	assert_int_equal(confined(program), 0);
	assert_int_equal(confined(signal_others), 0);
}

static void it_writes_no_file_and_still_reads(void **state)
{
	(void)state;
	assert_int_equal(confined(new_file), 0);
	assert_int_equal(confined(old_file), 0);
	assert_int_equal(confined(cut_file), 0);
	assert_int_equal(confined(remove_file), 0);
	assert_int_equal(confined(folder), 0);
	assert_int_equal(confined(reading), 0);
}

static void its_time_and_memory_are_limited(void **state)
{
	(void)state;
	assert_int_equal(confined(more_time), 0);
#ifndef __SANITIZE_ADDRESS__	/* its shadow is larger than any memory */
	assert_int_equal(confined(more_memory), 0);
#else
	(void)more_memory;
#endif
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_makes_no_connection),
		cmocka_unit_test(it_starts_and_disturbs_nothing),
		cmocka_unit_test(it_writes_no_file_and_still_reads),
		cmocka_unit_test(its_time_and_memory_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
