/*
 * One line per event on standard error: `level area event at=... key=value ...` (logfmt) or,
 * by setting, the same as one JSON object, of at most 2 KiB. The context of the thread (request
 * or job id) is added by the logger. Personal data never goes into a log: give ids, codes and
 * counts.
 *
 *	log_info("intake", "registered", "appeal=%" PRIu64 " task=%" PRIu64, id, task);
 *
 * `fields` is a printf format that yields key=value pairs separated by single blanks; a value
 * with blanks or quotes is written as "%s" of log_quote(). Errors need a person, warn may need
 * one, info tells the story, debug is off.
 *
 * Threads: any; lines are written whole, also between those of other threads.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_form { LOG_LOGFMT, LOG_JSON };

void log_setup(enum log_level least, enum log_form form);
/* Context of this thread, added as req=... or job=...; NULL takes it away. Copied. */
void log_context(const char *key, const char *value);
void log_line(enum log_level level, const char *area, const char *event, const char *fields,
	      ...) PRINTF_LIKE(4, 5);

/* A quoted, escaped and bounded copy of the thread's; four of them are valid at a time. */
const char *log_quote(struct str text);

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
