/*
 * Starting other programs: by full path, with a bare environment, in a session of their own.
 *
 * Threads: any.
 */
#pragma once

#include <pwd.h>
#include <stdbool.h>
#include <sys/types.h>

#include "attr.h"

/* Full path of a program, to be freed; NULL with a complaint that names the package. */
char *program_find(const char *name, const char *package);
/* Starts it, output appended to the file. -1 on failure. Safe in a process with threads. */
pid_t program_start(const char *const argv[], const char *output);
/* The same to its end; true when it ended well. */
bool program_run(const char *const argv[], const char *output) MUST_USE;

/* A system user of this name, made if it is missing (root only); NULL when that failed. The
 * result is the library's: valid until the next call. */
const struct passwd *system_user(const char *name, const char *output);
/* Whether the user gets through every folder from / down to this one. */
bool may_reach(const char *folder, const struct passwd *account) MUST_USE;
