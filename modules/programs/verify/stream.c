/*
 * Reading by large pieces; a line that does not fit makes the buffer grow.
 */
#include "verify/stream.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 18 };

void stream_open(struct stream *stream, FILE *file)
{
	*stream = (struct stream){ .file = file, .before = hash_open() };
}

void stream_close(struct stream *stream)
{
	hash_close(stream->before);
	free(stream->buffer);
	*stream = (struct stream){ 0 };
}

struct hash stream_digest(struct stream *stream)
{
	struct hash hash = hash_close(stream->before);

	stream->before = NULL;
	return hash;
}

/* Reads one more piece behind what is there. */
static bool fill(struct stream *stream)
{
	if (stream->start > 0) {
		memmove(stream->buffer, stream->buffer + stream->start,
			stream->end - stream->start);
		stream->end -= stream->start;
		stream->start = 0;
	}
	if (stream->end + PIECE > stream->room) {
		if (stream->end > STREAM_LINE_MAX)
			return false;
		stream->room = stream->room ? stream->room * 2 : 2 * PIECE;
		stream->buffer = realloc(stream->buffer, stream->room);
		if (!stream->buffer)
			abort();
	}
	size_t n = fread(stream->buffer + stream->end, 1, PIECE, stream->file);
	stream->end += n;
	return n > 0;
}

bool stream_line(struct stream *stream, struct text *ret)
{
	size_t looked = 0;
	char *found = NULL;

	if (stream->before && stream->given.n)
		hash_run(stream->before, stream->given.p, stream->given.n);
	stream->given = (struct text){ 0 };
	for (;;) {
		size_t n = stream->end - stream->start;

		if (n > looked)
			found = memchr(stream->buffer + stream->start + looked, '\n',
				       n - looked);
		if (found)
			break;
		looked = n;
		if (!fill(stream))
			return false;
	}
	char *line = stream->buffer + stream->start;
	size_t n = (size_t)(found - line);
	stream->given = (struct text){ line, n + 1 };
	stream->start += n + 1;
	stream->number++;
	*ret = (struct text){ line, n };
	return true;
}
