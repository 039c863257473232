/* Starting other programs, and the system users they run as. */
#include "base/program.h"

#include "log.h"
#include "must.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char *program_find(const char *name, const char *package)
{
	static const char *const folders[] = {
		"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/",
		"/sbin/", "/bin/",
	};

	for (size_t i = 0; i < array_count(folders); i++) {
		char *path = NULL;

		must(asprintf(&path, "%s%s", folders[i], name) > 0);
		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	fprintf(stderr, "There is no program %s: install the package %s.\n", name, package);
	return NULL;
}

pid_t program_start(const char *const argv[], const char *output)
{
	static char path_variable[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	static char locale_variable[] = "LC_ALL=C";
	static char *environment[] = { path_variable, locale_variable, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	pid_t pid = -1;

	sigemptyset(&none);
	sigfillset(&all);
	must(posix_spawn_file_actions_init(&files) == 0);
	must(posix_spawnattr_init(&attributes) == 0);
	posix_spawn_file_actions_addchdir_np(&files, "/");
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output,
					 O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
	posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);
	int error = posix_spawn(&pid, argv[0], &files, &attributes,
				(char *const *)(uintptr_t)argv, environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	if (error) {
		fprintf(stderr, "%s cannot be started: %s\n", argv[0], strerror(error));
		return -1;
	}
	return pid;
}

bool program_run(const char *const argv[], const char *output)
{
	pid_t pid = program_start(argv, output);
	int status = -1;

	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- users ---- */

const struct passwd *system_user(const char *name, const char *output)
{
	const struct passwd *account = getpwnam(name);

	if (account)
		return account;

	char *program = program_find("useradd", "passwd");
	const char *const argv[] = {
		program, "--system", "--no-create-home", "--home-dir", "/nonexistent",
		"--shell", "/usr/sbin/nologin", name, NULL,
	};
	bool is_made = program && program_run(argv, output);
	free(program);
	if (!is_made)
		return NULL;
	log_info("program", "user_made", "user=%s", name);
	return getpwnam(name);
}

static bool may_pass(const char *folder, const struct passwd *account)
{
	struct stat st;

	if (stat(folder, &st) != 0)
		return false;
	if (st.st_uid == account->pw_uid)
		return (st.st_mode & S_IXUSR) != 0;
	if (st.st_gid == account->pw_gid)
		return (st.st_mode & S_IXGRP) != 0;
	return (st.st_mode & S_IXOTH) != 0;
}

bool may_reach(const char *folder, const struct passwd *account)
{
	char *path = NULL;
	bool may = may_pass("/", account);

	must(asprintf(&path, "%s/", folder) > 0);
	for (char *at = strchr(path + 1, '/'); may && at; at = strchr(at + 1, '/')) {
		*at = '\0';
		may = may_pass(path, account);
		*at = '/';
	}
	free(path);
	return may;
}
