/*
 * Spools. What is added is gathered to pieces of PIECE_BYTES and hashed on its way. The count
 * of all spools together is taken piece by piece, before the piece is written.
 */
#include "base/spool_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bounds.h"
#include "log.h"
#include "must.h"
#include "setting.h"

enum { PIECE_BYTES = KIB(64), PATH_BYTES = 4096 };

struct spool {
	int fd;
	enum spool_error error;
	uint64_t counted;	/* in spooled_bytes, and so in the file at most */
	EVP_MD_CTX *digest;
	size_t n;		/* of piece, not yet in the file */
	char piece[PIECE_BYTES];
};

static _Atomic uint64_t spooled_bytes;

static void fail(struct spool *s, enum spool_error error, const char *what)
{
	if (s->error != SPOOL_FINE)
		return;
	s->error = error;
	s->n = 0;
	log_warn("spool", what, "bytes=%llu error=%s", (unsigned long long)s->counted,
		 log_quote(str_of(errno ? strerror(errno) : "none")));
}

static int open_nameless(void)
{
	char path[PATH_BYTES];
	struct str folder = setting_str("spool_directory");

	if (snprintf(path, sizeof(path), "%.*s/liandong-XXXXXX", STR_ARG(folder)) >= PATH_BYTES)
		return -1;
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

struct spool *spool_new(void)
{
	struct spool *s = malloc(sizeof(*s));

	must(s);
	s->error = SPOOL_FINE;
	s->counted = 0;
	s->n = 0;
	s->digest = EVP_MD_CTX_new();
	must(s->digest && EVP_DigestInit_ex(s->digest, EVP_sha256(), NULL) == 1);
	errno = 0;
	s->fd = open_nameless();
	if (s->fd < 0)
		fail(s, SPOOL_ROOM, "not_opened");
	return s;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	atomic_fetch_sub(&spooled_bytes, s->counted);
	EVP_MD_CTX_free(s->digest);
	free(s);
}

/* Counts n more bytes; false when that is too many. */
static bool count(struct spool *s, uint64_t n)
{
	errno = 0;
	if (s->counted + n > LIMIT_SPOOL_BYTES) {
		fail(s, SPOOL_LONG, "too_long");
		return false;
	}
	s->counted += n;
	if (atomic_fetch_add(&spooled_bytes, n) + n <= LIMIT_SPOOLS_BYTES)
		return true;
	fail(s, SPOOL_ROOM, "too_many");
	return false;
}

static void flush(struct spool *s)
{
	size_t done = 0;

	if (s->error != SPOOL_FINE || s->n == 0 || !count(s, s->n))
		return;
	while (done < s->n) {
		ssize_t n = write(s->fd, s->piece + done, s->n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fail(s, SPOOL_ROOM, "not_written");
			return;
		}
		done += (size_t)n;
	}
	s->n = 0;
}

void spool_add(struct spool *s, struct str bytes)
{
	if (s->error != SPOOL_FINE || bytes.n == 0)
		return;
	must(EVP_DigestUpdate(s->digest, bytes.p, bytes.n) == 1);
	while (bytes.n > 0 && s->error == SPOOL_FINE) {
		size_t n = PIECE_BYTES - s->n < bytes.n ? PIECE_BYTES - s->n : bytes.n;

		memcpy(s->piece + s->n, bytes.p, n);
		s->n += n;
		bytes.p += n;
		bytes.n -= n;
		if (s->n == PIECE_BYTES)
			flush(s);
	}
}

enum spool_error spool_error(const struct spool *s)
{
	return s->error;
}

uint64_t spool_size(const struct spool *s)
{
	return s->counted + s->n;
}

void spool_digest(const struct spool *s, uint8_t out[SHA256_BYTES])
{
	EVP_MD_CTX *copy = EVP_MD_CTX_new();
	unsigned n = SHA256_BYTES;

	must(copy && EVP_MD_CTX_copy_ex(copy, s->digest) == 1);
	must(EVP_DigestFinal_ex(copy, out, &n) == 1 && n == SHA256_BYTES);
	EVP_MD_CTX_free(copy);
}

int spool_fd(struct spool *s)
{
	flush(s);
	return s->error == SPOOL_FINE ? s->fd : -1;
}

void spool_written(struct spool *s)
{
	struct stat file;

	if (s->error != SPOOL_FINE)
		return;
	must(s->n == 0 && fstat(s->fd, &file) == 0);
	if ((uint64_t)file.st_size > s->counted)
		(void)count(s, (uint64_t)file.st_size - s->counted);
}

void spool_fail(struct spool *s)
{
	fail(s, SPOOL_ROOM, "not_written");
}

int64_t spool_read(struct spool *s, uint64_t at, void *out, size_t n)
{
	size_t done = 0;

	flush(s);
	while (done < n && s->error == SPOOL_FINE) {
		ssize_t got = pread(s->fd, (char *)out + done, n - done, (off_t)(at + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			fail(s, SPOOL_ROOM, "not_read");
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return s->error == SPOOL_FINE ? (int64_t)done : -1;
}
