/*
 * Files with secrets. A file that others than its owner may use is refused: its secret would be
 * theirs. What systemd hands over below $CREDENTIALS_DIRECTORY may show the group's bit, which
 * there stands for the one user of the service.
 *
 * Threads: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "attr.h"

/* Whether nobody but the owner may use a file of this name and mode. */
bool secret_mode_is_good(const char *path, mode_t mode) MUST_USE;
/* The same of a file that is there; false with a sentence in `why`, which names `setting`. */
bool secret_file_check(const char *setting, const char *path, char *why, size_t why_size)
	MUST_USE;
/*
 * Its first line, without the end, into memory that is never written to a disk (the caller keeps
 * it for the life of the process, or wipes it). False with a sentence in `why`.
 */
bool secret_line_read(const char *setting, const char *path, char *out, size_t size, char *why,
		      size_t why_size) MUST_USE;
/* Keeps memory from being swapped out or dumped, as far as the limits of the process allow. */
void secret_memory(void *memory, size_t n);
