/*
 * The program's ends are files: what it reads is written before it starts, what it writes is
 * read after it has ended, so that neither waits for the other.
 */
#include "print.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spool_file.h"
#include "clock.h"
#include "documents/documents.h"
#include "log.h"
#include "must.h"

enum { COMPLAINT_BYTES = 300 };

const struct setting documents_settings[] = {
	{ "print_seconds", SETTING_INT, "30", 1, 300, .unit = "s",
	  .help = "How long the printing of one document may take before it is given up." },
	{ 0 }
};

struct printing {
	struct spool *in, *complaints;
	struct spool *out;	/* the caller's */
	pid_t pid;
};

static bool find_program(char *path, size_t size)
{
	static const char name[] = "/liandong-pdf";
	ssize_t n = readlink("/proc/self/exe", path, size);

	if (n <= 0 || (size_t)n >= size)
		return false;
	while (n > 0 && path[n - 1] != '/')
		n--;
	if (n == 0 || (size_t)n - 1 + sizeof(name) > size)
		return false;
	memcpy(path + n - 1, name, sizeof(name));
	return true;
}

static bool spawn(struct printing *p, const char *path)
{
	static char path_variable[] = "PATH=/usr/bin:/bin";
	static char locale_variable[] = "LC_ALL=C.UTF-8";
	static char *environment[] = { path_variable, locale_variable, NULL };
	char name[] = "liandong-pdf";
	char *arguments[] = { name, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	must(posix_spawn_file_actions_init(&files) == 0);
	must(posix_spawnattr_init(&attributes) == 0);
	posix_spawn_file_actions_adddup2(&files, spool_fd(p->in), STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, spool_fd(p->out), STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, spool_fd(p->complaints), STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	int error = posix_spawn(&p->pid, path, &files, &attributes, arguments, environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	if (error)
		log_error("print", "not_started", "path=%s error=%s", log_quote(str_of(path)),
			  log_quote(str_of(strerror(error))));
	return error == 0;
}

/* False: the deadline has passed, or nothing is left to wait with. */
static bool wait_until(pid_t pid, int64_t deadline)
{
	int fd = pidfd_open(pid, 0);
	int n = 0;

	if (fd < 0)
		return false;
	for (int64_t left; n == 0 && (left = deadline - clock_monotonic()) > 0;) {
		struct pollfd one = { .fd = fd, .events = POLLIN };

		n = poll(&one, 1, (int)(left / 1000 + 1));
		if (n < 0 && errno == EINTR)
			n = 0;
		must(n >= 0);
	}
	close(fd);
	return n > 0;
}

static enum print_result judge_end(const struct printing *p, int status)
{
	char complaint[COMPLAINT_BYTES];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && spool_size(p->out) > 0)
		return PRINT_DONE;
	spool_written(p->complaints);
	int64_t n = spool_read(p->complaints, 0, complaint, sizeof(complaint));
	log_error("print", WIFSIGNALED(status) ? "killed" : "failed", "number=%d said=%s",
		  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		  log_quote((struct str){ complaint, n > 0 ? (size_t)n : 0 }));
	return PRINT_FAILED;
}

static enum print_result run(struct printing *p)
{
	int64_t deadline = clock_monotonic() + setting_int("print_seconds") * CLOCK_SECOND;
	char path[PATH_MAX];
	int status = 0;

	if (spool_fd(p->in) < 0 || spool_fd(p->complaints) < 0 || spool_fd(p->out) < 0) {
		spool_fail(p->out);
		return PRINT_FAILED;
	}
	must(lseek(spool_fd(p->in), 0, SEEK_SET) == 0);
	if (!find_program(path, sizeof(path)) || !spawn(p, path))
		return PRINT_MISSING;
	bool is_in_time = wait_until(p->pid, deadline);
	if (!is_in_time)
		kill(p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0)
		must(errno == EINTR);
	spool_written(p->out);
	if (is_in_time)
		return judge_end(p, status);
	log_error("print", "slow", "seconds=%" PRId64, setting_int("print_seconds"));
	return PRINT_SLOW;
}

enum print_result print_pdf(struct str document, struct spool *out)
{
	struct printing p = { .in = spool_new(), .complaints = spool_new(), .out = out };

	must(spool_size(out) == 0);
	spool_add(p.in, document);
	enum print_result result = run(&p);
	spool_free(p.in);
	spool_free(p.complaints);
	return result;
}
