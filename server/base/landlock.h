/*
 * Giving up files for good (Linux, Landlock). What is open already stays usable; sockets in the
 * file system can still be connected to.
 *
 * Threads: before any is started that shall be bound: a thread passes its bounds on to those that
 * it starts, and to programs.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"

enum landlock_use {
	LANDLOCK_READ,		/* the file, or all below the folder */
	LANDLOCK_RUN,		/* to read and to execute */
	LANDLOCK_WRITE,		/* to read, write, make and remove files */
};

struct landlock_path {
	const char *path;	/* links are followed now; one that is not there is left out */
	enum landlock_use use;
};

struct landlock_bounds {
	const struct landlock_path *paths;	/* ends with a NULL */
	bool may_listen;	/* bind further TCP ports */
	bool may_signal;	/* send signals to programs outside */
};

enum landlock_answer {
	LANDLOCK_HOLDS,		/* all of it */
	LANDLOCK_PARTLY,	/* files only: the kernel knows nothing of ports or signals */
	LANDLOCK_ABSENT,	/* nothing is bound: not in this kernel, or switched off */
};

/* Binds the calling thread, and takes from it the right to gain rights by programs. */
enum landlock_answer landlock_confine(const struct landlock_bounds *bounds) MUST_USE;
