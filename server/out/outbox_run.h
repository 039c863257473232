/*
 * Who claims: each process is a row of outbox_run. A process that starts frees what dead ones
 * of the same machine had claimed, so that a restart need not wait for leases to run out. It
 * believes a process dead only when the kernel says so: same boot, same process id namespace,
 * and no process with that id and start time. Its row stays as long as it counts among those
 * that share the pace of a receiver (pace.h).
 *
 * Threads: loop thread; the work runs on LANE_JOB.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Registers this process; done(id) on the loop thread, again and again until it succeeded. */
void outbox_run_begin(void (*done)(uint64_t run_id));
/* Gives back every claim of this process, which is gone then; done(0) whatever came of it. */
void outbox_run_end(uint64_t run_id, void (*done)(uint64_t run_id));
/* Gives up a registration that waits for its next try. */
void outbox_run_cancel(void);
