/*
 * Lines of a file of any length, with the SHA-256 of all that stands before the present line.
 *
 * Ownership: a line is valid until the next call; stream_close() frees, the FILE stays the
 * caller's. Memory is that of the longest line. Threads: one.
 */
#pragma once

#include <stdio.h>

#include "verify/hash.h"

/* A month's bundle stands in one line, in base64. */
#define STREAM_LINE_MAX ((size_t)1 << 30)

struct stream {
	FILE *file;
	char *buffer;
	size_t room, start, end;	/* [start, end) is read and not yet given out */
	struct hash_running *before;
	struct text given;		/* the present line and its newline: not in before */
	uint64_t number;
};

void stream_open(struct stream *stream, FILE *file);
/*
 * The next line without its newline; false when there is none: at the end, behind what has no
 * newline, at a line that is too long, and when reading fails.
 */
bool stream_line(struct stream *stream, struct text *ret);
/* The digest of all bytes before the present line; no line may be read after it. */
struct hash stream_digest(struct stream *stream);
void stream_close(struct stream *stream);
