/*
 * A spool on its way to a client: piece by piece, each when the one before has gone, so that
 * memory is that of one piece however long the file and however slow the reader. A piece a
 * turn of the loop: a fast reader does not keep others waiting.
 *
 * Threads: loop thread only.
 */
#pragma once

struct bufferevent;
struct spool;
struct stream;

struct stream_owner {
	/* The last piece is in the output, with the callbacks of `bev` as they were. */
	void (*ended)(void *arg);
	/* The client is gone, reads nothing any more, or the file cannot be read. */
	void (*broken)(void *arg);
	void *arg;
};

/*
 * Takes the spool over, and the callbacks of `bev` until the end; what lies in its output
 * goes first. Free the stream in, or after, ended() or broken(), or before `bev` is freed.
 */
struct stream *stream_new(struct bufferevent *bev, struct spool *spool,
			  const struct stream_owner *owner);
/* NULL is allowed. */
void stream_free(struct stream *s);
