/*
 * Periodic work of the modules and of the server. Each job is one row: a timer on the loop, a
 * piece of work on the job lane, never twice at once in one process. The test clock is moved
 * here too, because moving it means running the domain jobs at every moment on the way.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "work/worker.h"

#include "base/loop.h"
#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "must.h"
#include "server_sql.h"
#include "store/store.h"

struct running_job {
	struct work work;	/* first: the job is found by its work */
	const struct job *job;
	struct loop_timer *timer;
	bool has_more;
	bool is_out;		/* submitted and not yet done */
	int64_t rested_at;	/* clock_monotonic(): when it had no more to do */
};

enum { LEASE_SECONDS = 15, JOBS_MAX = 64 };

static struct running_job *running;
static size_t running_count;
static bool is_stopping;
static pthread_mutex_t advance_lock = PTHREAD_MUTEX_INITIALIZER;

static bool job_step(const struct job *job, struct tx *tx)
{
	if (job->has_work && !job->has_work(tx))
		return false;
	if (job->is_leased && !lease_hold(tx, job->name, LEASE_SECONDS))
		return false;
	return job->run(tx);
}

static enum work_wish job_run(struct work *w, struct tx *tx, bool is_alone)
{
	struct running_job *r = (struct running_job *)w;

	must(is_alone);
	log_context("job", r->job->name);
	r->has_more = job_step(r->job, tx);
	return WORK_COMMIT;
}

static void job_finish(struct work *w, enum tx_error error)
{
	struct running_job *r = (struct running_job *)w;

	log_context("job", NULL);
	if (error == TX_OK)
		return;
	r->has_more = false;
	if (error != TX_AWAY)
		log_warn("jobs", "not_committed", "name=%s error=%d", r->job->name, (int)error);
}

static void job_submit(void *arg)
{
	struct running_job *r = arg;

	if (is_stopping || r->is_out)
		return;
	r->is_out = worker_submit(LANE_JOB, &r->work);
	if (!r->is_out)
		loop_timer_set(r->timer, r->job->every);
}

static void job_due(void *arg)
{
	struct running_job *r = arg;
	bool may_yield = clock_monotonic() - r->rested_at < r->job->yields;

	if (may_yield && worker_is_crowded(LANE_BATCH))
		loop_timer_set(r->timer, r->job->every);
	else
		job_submit(r);
}

static void job_done(struct work *w)
{
	struct running_job *r = (struct running_job *)w;

	arena_rewind(w->arena, w->start);
	r->is_out = false;
	if (r->has_more)
		job_submit(r);
	else if (!is_stopping)
		loop_timer_set(r->timer, r->job->every);
	r->rested_at = clock_monotonic();
}

static const struct work_kind job_work = {
	.name = "job", .run = job_run, .finish = job_finish, .done = job_done,
};

static void start_table(const struct job *table)
{
	for (const struct job *j = table; j && j->name; j++) {
		struct running_job *r;

		must(running_count < JOBS_MAX);
		r = &running[running_count++];
		r->job = j;
		r->work.kind = &job_work;
		r->work.arena = arena_new(LIMIT_REQUEST_ARENA);
		r->timer = loop_timer_new(job_due, r);
		loop_timer_set(r->timer, 0);
	}
}

void jobs_start(const struct job *of_server)
{
	running = calloc(JOBS_MAX, sizeof(*running));
	must(running);
	start_table(of_server);
	for (size_t i = 0; modules[i]; i++)
		start_table(modules[i]->jobs);
}

void jobs_stop(void)
{
	is_stopping = true;
	for (size_t i = 0; i < running_count; i++)
		loop_timer_stop(running[i].timer);
}

void jobs_free(void)
{
	for (size_t i = 0; i < running_count; i++) {
		loop_timer_free(running[i].timer);
		arena_free(running[i].work.arena);
	}
	free(running);
	running = NULL;
	running_count = 0;
}

/* ---- the test clock ---- */

struct advance {
	int64_t target;
	int64_t next;
	bool has_more;
	const struct job *job;
};

static void find_next_due(struct tx *tx, void *arg)
{
	struct advance *a = arg;

	a->next = INT64_MAX;
	for (size_t i = 0; modules[i]; i++)
		for (const struct job *j = modules[i]->jobs; j && j->name; j++) {
			if (!j->is_domain || !j->next_due)
				continue;
			int64_t due = j->next_due(tx);
			if (due < a->next)
				a->next = due;
		}
}

static void store_clock(struct tx *tx, void *arg)
{
	const struct advance *a = arg;

	sql_test_clock_set(tx, (struct sql_test_clock_set){ .stands_at = a->target });
}

static void step_one(struct tx *tx, void *arg)
{
	struct advance *a = arg;

	a->has_more = job_step(a->job, tx);
}

/* Runs every domain job until none has more to do at this moment. */
static bool run_domain_jobs(struct tx *tx)
{
	for (size_t i = 0; modules[i]; i++)
		for (const struct job *j = modules[i]->jobs; j && j->name; j++) {
			struct advance step = { .job = j, .has_more = j->is_domain };

			while (step.has_more)
				if (tx_run(tx, step_one, &step) != TX_OK)
					return false;
		}
	return true;
}

/* The clock is stored before anything runs at the new time: no event is ever later than it. */
static bool clock_to(struct tx *tx, int64_t at)
{
	struct advance a = { .target = at };

	if (tx_run(tx, store_clock, &a) != TX_OK)
		return false;
	clock_test_move(at);
	return run_domain_jobs(tx);
}

static bool advance_in_steps(struct tx *tx, int64_t target)
{
	struct advance a = { .target = target };
	int64_t before = clock_now();

	if (!run_domain_jobs(tx))
		return false;
	for (;;) {
		if (tx_run(tx, find_next_due, &a) != TX_OK)
			return false;
		if (a.next > target)
			return clock_now() == target || clock_to(tx, target);
		/* Work due before now would have run: a job that leaves it would loop here. */
		if (a.next <= before)
			a.next = before + CLOCK_SECOND > target ? target
								: before + CLOCK_SECOND;
		before = a.next;
		if (!clock_to(tx, a.next))
			return false;
		if (before == target)
			return true;
	}
}

bool jobs_advance(int64_t target)
{
	pthread_mutex_lock(&advance_lock);
	must(clock_is_test());
	struct tx *tx = tx_new();
	bool is_there = clock_now() >= target || advance_in_steps(tx, target);
	tx_free(tx);
	pthread_mutex_unlock(&advance_lock);
	return is_there;
}
