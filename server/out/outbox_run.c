/* The register of claiming processes, as two small pieces of work. */
#include "out/outbox_run.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "base/loop.h"
#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "must.h"
#include "outbox.h"
#include "out/pace.h"
#include "outbox_sql.h"
#include "work/worker.h"

struct registration {
	struct work work;
	void (*done)(uint64_t run_id);
	struct loop_timer *again;
	uint64_t run_id;
	enum tx_error error;
	bool is_end;
	bool is_waiting;
};

static struct registration *current;

/* ---- processes ---- */

/* The file's first bytes without the line's end; empty when it cannot be read. */
static struct str read_small(struct arena *a, const char *path)
{
	char text[1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;

	if (fd >= 0)
		close(fd);
	if (n > 0 && text[n - 1] == '\n')
		n--;
	return arena_str(a, (struct str){ text, n > 0 ? (size_t)n : 0 });
}

/* The running kernel and its process ids; empty when /proc does not tell. */
static struct str host_name(struct arena *a)
{
	struct str boot = read_small(a, "/proc/sys/kernel/random/boot_id");
	char pids[64];
	ssize_t n = readlink("/proc/self/ns/pid", pids, sizeof(pids));

	if (boot.n == 0 || boot.n > 60 || n <= 0)
		return STR("");
	return arena_printf(a, "%.*s %.*s", STR_ARG(boot), (int)n, pids);
}

/* Start time of a process in ticks since boot, 0 when there is none: field 22 of its stat
 * file, counted from behind the name, which may hold blanks and brackets itself. */
static uint64_t process_birth(struct arena *a, uint32_t pid)
{
	struct str path = arena_printf(a, "/proc/%" PRIu32 "/stat", pid);
	struct str text = read_small(a, path.p);
	size_t at = text.n;
	uint64_t birth;

	while (at && text.p[at - 1] != ')')
		at--;
	for (int blanks = 0; blanks < 20; at++) {
		if (at == 0 || at >= text.n)
			return 0;
		blanks += text.p[at] == ' ';
	}
	size_t end = at;

	while (end < text.n && text.p[end] != ' ')
		end++;
	return str_to_u64((struct str){ text.p + at, end - at }, &birth) ? birth : 0;
}

/* ---- the work ---- */

static void free_claims(struct tx *tx, uint64_t run_id)
{
	struct sql_outbox_lanes_row row = { 0 };
	struct rows *rows = sql_outbox_lanes(tx, (struct sql_outbox_lanes){ clock_real() });
	uint64_t n = 0;

	while (sql_outbox_lanes_next(rows, &row))
		n += sql_outbox_run_free(tx, (struct sql_outbox_run_free){ row.id, run_id });
	sql_outbox_run_gone(tx, (struct sql_outbox_run_gone){ run_id });
	if (n)
		log_info("outbox", "claims_freed", "run=%" PRIu64 " deliveries=%" PRIu64,
			 run_id, n);
}

static void free_claims_of_the_dead(struct tx *tx, struct str host)
{
	struct arena *a = tx_arena(tx);
	struct rows *rows = sql_outbox_runs(tx, (struct sql_outbox_runs){ host });
	struct sql_outbox_runs_row row = { 0 };

	while (sql_outbox_runs_next(rows, &row))
		if (process_birth(a, row.pid) != row.birth)
			free_claims(tx, row.id);
}

static enum work_wish registration_run(struct work *w, struct tx *tx, bool is_alone UNUSED)
{
	struct registration *r = (struct registration *)(void *)w;
	struct arena *a = tx_arena(tx);
	uint32_t pid = (uint32_t)getpid();
	int64_t now = clock_real();

	if (r->is_end) {
		free_claims(tx, r->run_id);
		sql_outbox_run_seen(tx, (struct sql_outbox_run_seen){ r->run_id, now });
		return WORK_COMMIT;
	}
	struct str host = host_name(a);

	if (host.n)
		free_claims_of_the_dead(tx, host);
	sql_outbox_runs_forget(tx, (struct sql_outbox_runs_forget){ now - PACE_SEEN });
	/* Its file was read anew, and mended, or so whoever starts the server thinks. */
	sql_outbox_enable_refused(tx, (struct sql_outbox_enable_refused){
		.dialect = OUTBOX_SMS, .disabled_for = OUTBOX_REFUSED });
	r->run_id = tx_sequence(tx, "outbox_run");
	if (!tx_ok(tx))
		return WORK_UNDO;
	sql_outbox_run_insert(tx, (struct sql_outbox_run_insert){
		.id = r->run_id,
		.host = host,
		.pid = pid,
		.birth = process_birth(a, pid),
		.started_at = now,
	});
	return WORK_COMMIT;
}

static void registration_finish(struct work *w, enum tx_error error)
{
	((struct registration *)(void *)w)->error = error;
}

static void submit(void *arg)
{
	struct registration *r = arg;

	r->is_waiting = !worker_submit(LANE_JOB, &r->work);
	if (r->is_waiting)
		loop_timer_set(r->again, CLOCK_SECOND);
}

static void registration_free(struct registration *r)
{
	loop_timer_free(r->again);
	arena_free(r->work.arena);
	free(r);
	current = NULL;
}

static void registration_done(struct work *w)
{
	struct registration *r = (struct registration *)(void *)w;

	if (r->error != TX_OK && !r->is_end) {
		r->is_waiting = true;
		loop_timer_set(r->again, CLOCK_SECOND);
		return;
	}
	void (*done)(uint64_t run_id) = r->done;
	uint64_t run_id = r->is_end ? 0 : r->run_id;

	registration_free(r);
	done(run_id);
}

static const struct work_kind registration_kind = {
	.name = "outbox_run", .run = registration_run, .finish = registration_finish,
	.done = registration_done,
};

static void begin(uint64_t run_id, bool is_end, void (*done)(uint64_t run_id))
{
	struct registration *r = calloc(1, sizeof(*r));

	must(r && !current);
	current = r;
	r->work.kind = &registration_kind;
	r->work.arena = arena_new(LIMIT_REQUEST_ARENA);
	r->again = loop_timer_new(submit, r);
	r->run_id = run_id;
	r->is_end = is_end;
	r->done = done;
	submit(r);
}

void outbox_run_begin(void (*done)(uint64_t run_id))
{
	begin(0, false, done);
}

void outbox_run_end(uint64_t run_id, void (*done)(uint64_t run_id))
{
	begin(run_id, true, done);
}

void outbox_run_cancel(void)
{
	if (current && current->is_waiting)
		registration_free(current);
}
