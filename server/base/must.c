/*
 * The end of the line for our own bugs. The place goes through the log, so that it carries the
 * request id; if the log itself is what failed, the bare words go to standard error.
 */
#include "must.h"

#include "log.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

static _Thread_local bool is_failing;

void must_fail(const char *condition, const char *file, int line)
{
	static const char twice[] = "error must failed twice=true\n";

	if (is_failing) {
		ssize_t ignored UNUSED = write(STDERR_FILENO, twice, sizeof(twice) - 1);
		abort();
	}
	is_failing = true;
	log_error("must", "failed", "place=%s:%d condition=%s", file, line,
		  log_quote(str_of(condition)));
	abort();
}
