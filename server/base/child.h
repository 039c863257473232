/*
 * A program that runs beside the server as its child: started again whenever it dies, after a
 * pause that grows while it dies quickly.
 *
 * Threads: any; each child has one of its own.
 */
#pragma once

#include <stdint.h>

struct child;

/*
 * argv[0] is a full path; at most 16 arguments, NULL-terminated; all are copied. Output is
 * appended to the file. `area` is that of its log lines, a literal.
 */
struct child *child_start(const char *area, const char *const argv[], const char *output);
/* How often it died or could not be started. */
uint32_t child_deaths(struct child *c);
/* SIGTERM, after `seconds` SIGKILL; frees. */
void child_stop(struct child *c, int64_t seconds);
