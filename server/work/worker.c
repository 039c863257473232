/*
 * Lanes, queues and the transaction around every piece of work. Batching lives here: a worker
 * of the batch lane takes what queued up while its last commit was in flight and commits it
 * together; a lone caller waits for nobody. When anything in a batch fails, everything is
 * undone and each piece runs again alone, so a bad one never costs its neighbours.
 */
#include "work/worker.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/log_hold.h"
#include "base/loop.h"
#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "metrics.h"
#include "must.h"
#include "store/store.h"

const struct setting worker_settings[] = {
	{ "fast_workers", SETTING_INT, "6", 1, 64, .unit = "threads", .fixed = true,
	  .help = "Threads, each with a database connection, for ordinary requests." },
	{ "batch_workers", SETTING_INT, "2", 1, 8, .unit = "threads", .fixed = true,
	  .help = "Threads that commit concurrent registrations together." },
	{ "slow_workers", SETTING_INT, "2", 1, 16, .unit = "threads", .fixed = true,
	  .help = "Threads for reports and exports." },
	{ "outside_workers", SETTING_INT, "2", 1, 16, .unit = "threads", .fixed = true,
	  .help = "Threads that wait for other servers, such as the provider of sign-in." },
	{ "job_workers", SETTING_INT, "2", 1, 16, .unit = "threads", .fixed = true,
	  .help = "Threads for periodic work and for the results of webhooks." },
	{ "queue_wait", SETTING_INT, "10", 1, 300, .unit = "s",
	  .help = "A request that waited longer for a thread is answered 503 and never run." },
	{ 0 }
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct work *first, *last;
	size_t n;
	bool is_ending;
};

struct lane_row {
	const char *name;
	const char *threads_setting;	/* NULL: one thread */
	size_t batch;
};

static const struct lane_row lane_rows[LANE_COUNT] = {
	[LANE_FAST] = { "fast", "fast_workers", 1 },
	[LANE_BATCH] = { "batch", "batch_workers", LIMIT_BATCH },
	[LANE_SLOW] = { "slow", "slow_workers", 1 },
	[LANE_HASH] = { "hash", NULL, 1 },
	[LANE_OUTSIDE] = { "outside", "outside_workers", 1 },
	[LANE_JOB] = { "job", "job_workers", 1 },
	[LANE_LIVE] = { "live", NULL, 1 },
};

/* What one thread owns. */
struct worker {
	pthread_t thread;
	enum lane lane;
	struct tx *tx;
	struct arena *arena;	/* for what the transaction itself needs */
};

static struct queue queues[LANE_COUNT];
static struct worker *workers;
static size_t worker_count;
static atomic_size_t unfinished;
static _Thread_local bool is_worker;

static struct metric batches_total = {
	.name = "liandong_batches_total", .kind = METRIC_COUNTER,
	.help = "Transactions that carried more than one request.",
};
static struct metric batched_total = {
	.name = "liandong_batched_requests_total", .kind = METRIC_COUNTER,
	.help = "Requests that were committed together with others.",
};
static struct metric reruns_total = {
	.name = "liandong_transaction_reruns_total", .kind = METRIC_COUNTER,
	.help = "Transactions run again after a deadlock, a conflict or a failed batch.",
};
static struct metric refused_total = {
	.name = "liandong_queue_refusals_total", .kind = METRIC_COUNTER,
	.help = "Pieces of work refused because a lane's queue was full.",
};

bool worker_thread(void)
{
	return is_worker;
}

bool worker_is_idle(void)
{
	return atomic_load(&unfinished) == 0;
}

/* ---- running ---- */

static void done_on_loop(void *arg)
{
	struct work *w = arg;

	log_hold();
	while (w) {
		struct work *next = w->next;
		atomic_fetch_sub(&unfinished, 1);
		w->kind->done(w);
		w = next;
	}
	log_release();
}

static void sleep_for(int64_t microseconds)
{
	struct timespec t = {
		.tv_sec = microseconds / CLOCK_SECOND,
		.tv_nsec = microseconds % CLOCK_SECOND * 1000,
	};

	while (nanosleep(&t, &t) != 0)
		continue;
}

/* True when the work shall be run once more. A duplicate gets one more run, so that the
 * look-ups of that run can find what it collided with. */
static bool may_rerun(enum tx_error error, uint32_t attempts)
{
	if (error == TX_DUPLICATE)
		return attempts < 3;
	return tx_error_is_retried(error) && attempts < LIMIT_RETRIES;
}

static void run_alone(struct worker *me, struct work *w)
{
	enum tx_error error;

	for (;;) {
		struct arena_mark start = arena_mark(me->arena);

		w->attempts++;
		arena_rewind(w->arena, w->start);
		tx_begin(me->tx, me->arena);
		enum work_wish wish = w->kind->run(w, me->tx, true);
		error = tx_error(me->tx);
		if (error == TX_OK && wish == WORK_COMMIT)
			error = tx_commit(me->tx);
		else
			tx_rollback(me->tx);
		if (!may_rerun(error, w->attempts)) {
			w->kind->finish(w, error);
			arena_rewind(me->arena, start);
			return;
		}
		arena_rewind(me->arena, start);
		metric_add(&reruns_total, 1);
		sleep_for(tx_retry_delay(w->attempts));
	}
}

/* Runs all in one transaction. False: undone, nothing is finished yet. */
static bool run_shared(struct worker *me, struct work *first)
{
	tx_begin(me->tx, me->arena);
	for (struct work *w = first; w; w = w->next) {
		struct tx_mark mark = tx_mark(me->tx);

		w->attempts++;
		enum work_wish wish = w->kind->run(w, me->tx, false);
		if (tx_error(me->tx) != TX_OK ||
		    (wish == WORK_UNDO && !tx_rewind(me->tx, mark))) {
			tx_rollback(me->tx);
			return false;
		}
	}
	return tx_commit(me->tx) == TX_OK;
}

static void run_batch(struct worker *me, struct work *first, size_t n)
{
	struct arena_mark start = arena_mark(me->arena);

	if (run_shared(me, first)) {
		if (n > 1) {
			metric_add(&batches_total, 1);
			metric_add(&batched_total, (int64_t)n);
		}
		for (struct work *w = first; w; w = w->next)
			w->kind->finish(w, TX_OK);
		arena_rewind(me->arena, start);
		return;
	}
	arena_rewind(me->arena, start);
	metric_add(&reruns_total, 1);
	for (struct work *w = first; w; w = w->next)
		run_alone(me, w);
}

/* ---- queues ---- */

bool worker_submit(enum lane lane, struct work *w)
{
	struct queue *q = &queues[lane];

	must(lane < LANE_COUNT && w->kind && w->arena);
	w->next = NULL;
	w->attempts = 0;
	w->queued_at = clock_monotonic();
	w->start = arena_mark(w->arena);
	pthread_mutex_lock(&q->lock);
	bool is_taken = q->n < LIMIT_QUEUE && !q->is_ending;
	if (is_taken) {
		atomic_fetch_add(&unfinished, 1);
		if (q->last)
			q->last->next = w;
		else
			q->first = w;
		q->last = w;
		q->n++;
		pthread_cond_signal(&q->filled);
	}
	pthread_mutex_unlock(&q->lock);
	if (!is_taken)
		metric_add(&refused_total, 1);
	return is_taken;
}

bool worker_is_crowded(enum lane lane)
{
	struct queue *q = &queues[lane];

	pthread_mutex_lock(&q->lock);
	bool is_crowded = q->n > 0;
	pthread_mutex_unlock(&q->lock);
	return is_crowded;
}

/* Waits for work; up to `most` pieces as a chain, NULL when the lane is ending and empty. */
static struct work *queue_take(struct queue *q, size_t most, size_t *ret_n)
{
	pthread_mutex_lock(&q->lock);
	while (!q->first && !q->is_ending)
		pthread_cond_wait(&q->filled, &q->lock);
	struct work *first = q->first, *last = first;
	size_t n = first ? 1 : 0;
	while (n < most && last && last->next) {
		last = last->next;
		n++;
	}
	if (last) {
		q->first = last->next;
		if (!q->first)
			q->last = NULL;
		last->next = NULL;
		q->n -= n;
	}
	pthread_mutex_unlock(&q->lock);
	*ret_n = n;
	return first;
}

/* Splits off what waited over the limit: it is answered without having been run. */
static struct work *refuse_late(struct work *first, struct work **ret_late, size_t *n)
{
	int64_t limit = setting_int("queue_wait") * CLOCK_SECOND;
	int64_t now = clock_monotonic();
	struct work *kept = NULL, **kept_end = &kept, **late_end = ret_late;

	*ret_late = NULL;
	for (struct work *w = first, *next; w; w = next) {
		next = w->next;
		w->next = NULL;
		if (now - w->queued_at <= limit) {
			*kept_end = w;
			kept_end = &w->next;
			continue;
		}
		(*n)--;
		*late_end = w;
		late_end = &w->next;
		w->kind->finish(w, TX_AWAY);
	}
	return kept;
}

static void *worker_main(void *arg)
{
	struct worker *me = arg;
	const struct lane_row *row = &lane_rows[me->lane];
	size_t n;

	is_worker = true;
	store_thread_start();
	me->tx = tx_new();
	me->arena = arena_new(LIMIT_REQUEST_ARENA);
	for (struct work *w; (w = queue_take(&queues[me->lane], row->batch, &n));) {
		struct work *late;

		w = refuse_late(w, &late, &n);
		if (late)
			loop_post(done_on_loop, late);
		if (!w)
			continue;
		if (row->batch > 1)
			run_batch(me, w, n);
		else
			run_alone(me, w);
		log_context("req", NULL);
		loop_post(done_on_loop, w);
	}
	arena_free(me->arena);
	tx_free(me->tx);
	store_thread_stop();
	return NULL;
}

/* ---- start and stop ---- */

static size_t lane_threads(enum lane lane)
{
	const char *setting = lane_rows[lane].threads_setting;

	return setting ? (size_t)setting_int(setting) : 1;
}

void worker_start(void)
{
	sigset_t all, before;
	pthread_attr_t attributes;

	metric_register(&batches_total);
	metric_register(&batched_total);
	metric_register(&reruns_total);
	metric_register(&refused_total);
	for (size_t lane = 0; lane < LANE_COUNT; lane++) {
		must(pthread_mutex_init(&queues[lane].lock, NULL) == 0);
		must(pthread_cond_init(&queues[lane].filled, NULL) == 0);
		worker_count += lane_threads((enum lane)lane);
	}
	workers = calloc(worker_count, sizeof(*workers));
	must(workers);
	must(pthread_attr_init(&attributes) == 0);
	must(pthread_attr_setstacksize(&attributes, MIB(1)) == 0);

	/* Signals belong to the loop; threads inherit the mask of the moment they start. */
	sigfillset(&all);
	must(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
	struct worker *w = workers;
	for (size_t lane = 0; lane < LANE_COUNT; lane++)
		for (size_t i = lane_threads((enum lane)lane); i; i--, w++) {
			w->lane = (enum lane)lane;
			must(pthread_create(&w->thread, &attributes, worker_main, w) == 0);
		}
	must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
	must(pthread_attr_destroy(&attributes) == 0);
}

void worker_stop(void)
{
	for (size_t lane = 0; lane < LANE_COUNT; lane++) {
		pthread_mutex_lock(&queues[lane].lock);
		queues[lane].is_ending = true;
		pthread_cond_broadcast(&queues[lane].filled);
		pthread_mutex_unlock(&queues[lane].lock);
	}
	for (size_t i = 0; i < worker_count; i++)
		must(pthread_join(workers[i].thread, NULL) == 0);
	free(workers);
	workers = NULL;
	worker_count = 0;
}
