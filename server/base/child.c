/*
 * One thread a child: it starts the program, waits for its death, and starts it again. The
 * program's parent is this thread, which lives as long as the child is wanted.
 */
#include "base/child.h"

#include "attr.h"
#include "base/program.h"
#include "clock.h"
#include "log.h"
#include "must.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum {
	ARGUMENTS_MAX = 16,
	BACKOFF_FIRST = 100,	/* milliseconds */
	BACKOFF_MOST = 2000,
};

struct child {
	const char *area;
	const char *argv[ARGUMENTS_MAX + 1];	/* copies */
	char *output;
	pthread_t thread;
	pthread_mutex_t lock;	/* of all below */
	pthread_cond_t stop;
	pid_t pid;		/* 0: not running at the moment */
	uint32_t deaths;
	bool is_stopping;
};

/* With the lock held. */
static void start_program(struct child *c)
{
	pid_t pid = program_start(c->argv, c->output);

	c->pid = pid > 0 ? pid : 0;
	if (c->pid)
		log_info(c->area, "started", "pid=%d", (int)c->pid);
	else
		c->deaths++;
}

/* Waits for the time or for the order to stop. With the lock held. */
static void wait_backoff(struct child *c, long milliseconds)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += milliseconds / 1000;
	until.tv_nsec += milliseconds % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	while (!c->is_stopping &&
	       pthread_cond_timedwait(&c->stop, &c->lock, &until) != ETIMEDOUT)
		;
}

static void wait_for_death(struct child *c, pid_t pid)
{
	siginfo_t how;
	int status = 0;

	pthread_mutex_unlock(&c->lock);
	/* Not reaped yet: until the lock is held again, nobody else can get this number. */
	while (waitid(P_PID, (id_t)pid, &how, WEXITED | WNOWAIT) < 0 && errno == EINTR)
		;
	pthread_mutex_lock(&c->lock);
	waitpid(pid, &status, 0);
	c->pid = 0;
	c->deaths++;
	if (!c->is_stopping)
		log_error(c->area, "died", "pid=%d status=%d", (int)pid, status);
}

static void *supervise(void *arg)
{
	struct child *c = arg;
	long backoff = BACKOFF_FIRST;

	pthread_mutex_lock(&c->lock);
	while (!c->is_stopping) {
		int64_t started = clock_monotonic();

		start_program(c);
		if (c->pid)
			wait_for_death(c, c->pid);
		if (clock_monotonic() - started > 10 * CLOCK_SECOND)
			backoff = BACKOFF_FIRST;
		wait_backoff(c, backoff);
		backoff = backoff * 2 < BACKOFF_MOST ? backoff * 2 : BACKOFF_MOST;
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* Signals are for the loop's thread: this one takes none. */
static void start_supervision(struct child *c)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	must(pthread_create(&c->thread, NULL, supervise, c) == 0);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct child *child_start(const char *area, const char *const argv[], const char *output)
{
	struct child *c = calloc(1, sizeof(*c));
	pthread_condattr_t attributes;

	must(c != NULL);
	c->area = area;
	c->output = strdup(output);
	for (size_t i = 0; argv[i]; i++) {
		must(i < ARGUMENTS_MAX);
		c->argv[i] = strdup(argv[i]);
		must(c->argv[i] && c->output);
	}
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&c->stop, &attributes);
	pthread_condattr_destroy(&attributes);
	start_supervision(c);
	return c;
}

uint32_t child_deaths(struct child *c)
{
	pthread_mutex_lock(&c->lock);
	uint32_t deaths = c->deaths;
	pthread_mutex_unlock(&c->lock);
	return deaths;
}

static void signal_program(struct child *c, int number)
{
	pthread_mutex_lock(&c->lock);
	c->is_stopping = true;
	if (c->pid)
		kill(c->pid, number);
	pthread_cond_signal(&c->stop);
	pthread_mutex_unlock(&c->lock);
}

void child_stop(struct child *c, int64_t seconds)
{
	struct timespec until;

	signal_program(c, SIGTERM);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	if (pthread_timedjoin_np(c->thread, NULL, &until) != 0) {
		log_warn(c->area, "killed", "after_seconds=%d", (int)seconds);
		signal_program(c, SIGKILL);
		pthread_join(c->thread, NULL);
	}
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->stop);
	for (size_t i = 0; c->argv[i]; i++)
		free((char *)(uintptr_t)c->argv[i]);
	free(c->output);
	free(c);
}
