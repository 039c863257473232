/* What a confined server can no longer do, and what it still can; each in a process of its own. */
#include "hardening.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/settings.h"
#include "log.h"
#include "service.h"

enum { IS_REFUSED = 0, IS_ALLOWED = 1, IS_UNCONFINED = 99 };

static char home[] = "/tmp/liandong-hardening-XXXXXX";
static char spool[80], configuration[80], config_file[96], elsewhere[80];
static const char *demo_folder;

/* Of the running kernel; 6 knows files, ports and signals. */
static long landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
}

static int confined(int (*attempt)(void))
{
	int status;

	if (landlock_version() < 6)
		skip();
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		hardening_begin();
		hardening_confine(config_file, demo_folder);
		_exit(prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) == 1 ? attempt() : IS_UNCONFINED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int answer(bool is_allowed)
{
	return is_allowed ? IS_ALLOWED : IS_REFUSED;
}

static int opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	else if (errno != EACCES)
		return errno;
	return answer(fd >= 0);
}

static int in(const char *folder, const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return opens(path, flags);
}

static int read_shadow(void) { return opens("/etc/shadow", O_RDONLY); }
static int read_elsewhere(void) { return in(elsewhere, "file", O_RDONLY); }
static int list_root(void) { return opens("/", O_RDONLY | O_DIRECTORY); }
static int list_home(void) { return opens("/home", O_RDONLY | O_DIRECTORY); }
static int write_elsewhere(void) { return in(elsewhere, "new", O_WRONLY | O_CREAT); }
static int write_configuration(void) { return in(configuration, "liandong.conf", O_WRONLY); }
static int write_library(void) { return opens("/usr/lib/liandong-new", O_WRONLY | O_CREAT); }
static int write_process(void) { return opens("/proc/self/mem", O_RDWR); }

static int read_configuration(void) { return in(configuration, "liandong.conf", O_RDONLY); }
static int read_renewed(void) { return in(configuration, "renewed", O_RDONLY); }

static int write_spool(void) { return in(spool, "page", O_RDWR | O_CREAT | O_TRUNC); }
static int read_resolver(void) { return opens("/etc/hosts", O_RDONLY); }
static int read_library(void) { return opens("/usr/bin/env", O_RDONLY); }
static int write_nowhere(void) { return opens("/dev/null", O_WRONLY); }

static int run_program(void)
{
	char *const none[] = { NULL };

	execve("/bin/sh", none, none);
	return answer(errno != EACCES);
}

static int listen_anew(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return answer(bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
}

static int signal_parent(void) { return answer(kill(getppid(), 0) == 0); }

static void *read_in_thread(void *arg)
{
	*(int *)arg = read_shadow();
	return NULL;
}

static int thread_reads_shadow(void)
{
	int result = IS_UNCONFINED;
	pthread_t thread;

	if (pthread_create(&thread, NULL, read_in_thread, &result) == 0)
		pthread_join(thread, NULL);
	return result;
}

static int makes_images(void)
{
	struct rlimit core;

	return answer(prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) != 0 ||
		      getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0);
}

static void put_file(const char *folder, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static int prepare(void **state)
{
	(void)state;
	if (!mkdtemp(home))
		return -1;
	snprintf(spool, sizeof(spool), "%s/spool", home);
	snprintf(configuration, sizeof(configuration), "%s/configuration", home);
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", home);
	snprintf(config_file, sizeof(config_file), "%s/liandong.conf", configuration);
	mkdir(spool, 0700);
	mkdir(configuration, 0700);
	mkdir(elsewhere, 0700);
	put_file(configuration, "liandong.conf");
	put_file(configuration, "renewed");
	put_file(elsewhere, "file");
	log_setup(LOG_ERROR, LOG_LOGFMT);
	service_settings();
	settings_override("spool_directory", spool);
	return settings_load(NULL, stderr) ? 0 : -1;
}

static int tidy(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", home);
	return system(command);
}

static void files_of_others_are_neither_read_nor_written(void **state)
{
	(void)state;
	assert_int_equal(confined(read_shadow), IS_REFUSED);
	assert_int_equal(confined(read_elsewhere), IS_REFUSED);
	assert_int_equal(confined(list_root), IS_REFUSED);
	assert_int_equal(confined(list_home), IS_REFUSED);
	assert_int_equal(confined(write_elsewhere), IS_REFUSED);
	assert_int_equal(confined(write_configuration), IS_REFUSED);
	assert_int_equal(confined(write_library), IS_REFUSED);
	assert_int_equal(confined(write_process), IS_REFUSED);
}

static void what_the_service_needs_goes_on(void **state)
{
	(void)state;
	assert_int_equal(confined(read_configuration), IS_ALLOWED);
	assert_int_equal(confined(read_renewed), IS_ALLOWED);
	assert_int_equal(confined(write_spool), IS_ALLOWED);
	assert_int_equal(confined(read_resolver), IS_ALLOWED);
	assert_int_equal(confined(read_library), IS_ALLOWED);
	assert_int_equal(confined(write_nowhere), IS_ALLOWED);
}

static void it_starts_no_shell_listens_nowhere_and_signals_nobody(void **state)
{
	(void)state;
	assert_int_equal(confined(run_program), IS_REFUSED);
	assert_int_equal(confined(listen_anew), IS_REFUSED);
	assert_int_equal(confined(signal_parent), IS_REFUSED);
}

static void threads_are_bound_like_the_one_that_started_them(void **state)
{
	(void)state;
	assert_int_equal(confined(thread_reads_shadow), IS_REFUSED);
}

static void its_memory_is_written_to_no_disk(void **state)
{
	(void)state;
	assert_int_equal(confined(makes_images), IS_REFUSED);
}

/* A demo looks after its folder and its children, and after nothing else. */
static void a_demo_writes_in_its_folder_too(void **state)
{
	(void)state;
	demo_folder = elsewhere;
	assert_int_equal(confined(write_elsewhere), IS_ALLOWED);
	assert_int_equal(confined(signal_parent), IS_ALLOWED);
	assert_int_equal(confined(read_shadow), IS_REFUSED);
	assert_int_equal(confined(write_library), IS_REFUSED);
	demo_folder = NULL;
}

/* Shown to matter: without the bounds all of it works. */
static void without_bounds_all_of_it_is_allowed(void **state)
{
	(void)state;
	assert_int_equal(read_elsewhere(), IS_ALLOWED);
	assert_int_equal(list_root(), IS_ALLOWED);
	assert_int_equal(listen_anew(), IS_ALLOWED);
	assert_int_equal(signal_parent(), IS_ALLOWED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_others_are_neither_read_nor_written),
		cmocka_unit_test(what_the_service_needs_goes_on),
		cmocka_unit_test(it_starts_no_shell_listens_nowhere_and_signals_nobody),
		cmocka_unit_test(threads_are_bound_like_the_one_that_started_them),
		cmocka_unit_test(its_memory_is_written_to_no_disk),
		cmocka_unit_test(a_demo_writes_in_its_folder_too),
		cmocka_unit_test(without_bounds_all_of_it_is_allowed),
	};

	return cmocka_run_group_tests(tests, prepare, tidy);
}
