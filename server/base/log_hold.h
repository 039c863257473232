/*
 * Log lines of one thread written together, for a thread that tells one line per request and
 * has many requests in one turn: one system call for some twenty lines. Lines stay whole: what
 * is written at once ends at a line's end and is at most PIPE_BUF, so that a pipe takes it
 * undivided.
 *
 * Threads: each has its own lines.
 */
#pragma once

/*
 * Lines of this thread wait until log_release(), but no longer than a buffer lasts; warnings
 * and errors take those before them along at once. Not nested. Should the process be killed in
 * between, the waiting lines are lost: hold for one turn of work, never across a wait.
 */
void log_hold(void);
void log_release(void);
