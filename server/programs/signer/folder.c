/*
 * The folder. A file is written aside, brought to disk, renamed, and its folder brought to
 * disk: after a crash it is the old one or the new one, whole.
 */
#include "signer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_BYTES = 2 * NOTE_BYTES, LOCK_SECONDS = 20 };

static bool file_put(int folder, const char *name, const char *text)
{
	size_t n = strlen(text);
	char aside[32];

	snprintf(aside, sizeof(aside), "%s.new", name);
	int fd = openat(folder, aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
			0600);
	bool is_put = fd >= 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;

	if (fd >= 0 && close(fd) != 0)
		is_put = false;
	if (is_put && renameat(folder, aside, folder, name) == 0 && fsync(folder) == 0)
		return true;
	fprintf(stderr, "%s cannot be written: %s\n", name, strerror(errno));
	return false;
}

/* The file as text; false when it is not there or too long. */
static bool file_get(int folder, const char *name, char text[FILE_BYTES])
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t n = 0;
	ssize_t got = 0;

	if (fd < 0)
		return false;
	while (n < FILE_BYTES - 1 && (got = read(fd, text + n, FILE_BYTES - 1 - n)) > 0)
		n += (size_t)got;
	close(fd);
	text[n] = '\0';
	return got == 0;
}

/* ---- the key ---- */

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool seed_read(const char *text, uint8_t out[SEED_BYTES])
{
	for (size_t i = 0; i < SEED_BYTES; i++) {
		int high = digit_of(text[2 * i]);
		int low = high < 0 ? -1 : digit_of(text[2 * i + 1]);

		if (low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return text[2 * SEED_BYTES] == '\n' && text[2 * SEED_BYTES + 1] == '\0';
}

static bool key_make(struct signer *s)
{
	char text[2 * SEED_BYTES + 2];

	if (RAND_bytes(s->seed, SEED_BYTES) != 1) {
		fprintf(stderr, "There are no random bytes.\n");
		return false;
	}
	for (size_t i = 0; i < SEED_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", s->seed[i]);
	text[2 * SEED_BYTES] = '\n';
	text[2 * SEED_BYTES + 1] = '\0';
	return file_put(s->folder, "key", text);
}

/* ---- the state ---- */

static bool state_read(const char *text, struct state *ret)
{
	const char *end = strchr(text, '\n'), *root = end ? end + 1 : NULL;
	const char *root_end = root ? strchr(root, '\n') : NULL;

	if (!root_end || !number_read(text, (size_t)(end - text), &ret->size) ||
	    !hash_read(root, (size_t)(root_end - root), ret->root) ||
	    strlen(root_end + 1) >= sizeof(ret->note))
		return false;
	memcpy(ret->note, root_end + 1, strlen(root_end + 1) + 1);
	return true;
}

bool state_keep(struct signer *s, const struct state *next)
{
	char text[FILE_BYTES], root[ROOT_TEXT_BYTES + 1];

	base64_write(next->root, HASH_BYTES, root);
	snprintf(text, sizeof(text), "%" PRIu64 "\n%s\n%s", next->size, root, next->note);
	if (!file_put(s->folder, "state", text))
		return false;
	s->last = *next;
	return true;
}

/* ---- opening ---- */

/* One before us may just be ending. */
static bool lock_take(int folder)
{
	int fd = openat(folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	for (int tenths = 0; fd >= 0 && tenths < LOCK_SECONDS * 10; tenths++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		nanosleep(&(struct timespec){ .tv_nsec = 100 * 1000 * 1000 }, NULL);
	}
	fprintf(stderr, "Another signer works on this folder, or its lock cannot be made.\n");
	return false;
}

static bool check_mode(int folder, const char *dir)
{
	struct stat st;

	if (fstat(folder, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 077) == 0)
		return true;
	fprintf(stderr, "%s must belong to the signer's user alone: chmod 700.\n", dir);
	return false;
}

/* A key without its state could sign a fork, a state without its key is somebody else's. */
static bool read_both(struct signer *s)
{
	static char key[FILE_BYTES], state[FILE_BYTES];
	bool has_key = file_get(s->folder, "key", key);
	bool has_state = file_get(s->folder, "state", state);

	if (!has_key && !has_state) {
		/* First the state: a crash in between begins anew, without having signed. */
		return state_keep(s, &(struct state){ .note = "" }) && key_make(s);
	}
	if (!has_key && state_read(state, &s->last) && s->last.size == 0)
		return key_make(s);
	if (!has_key || !seed_read(key, s->seed)) {
		fprintf(stderr, "The file key is missing or no 64 hex digits: put the right one "
			"back. What was signed cannot be gone on with by another.\n");
		return false;
	}
	if (!has_state || !state_read(state, &s->last)) {
		fprintf(stderr, "The file state is missing or damaged: put the newest one back. "
			"Without it this key could sign two histories.\n");
		return false;
	}
	return true;
}

bool folder_open(struct signer *s, const char *dir)
{
	char vkey[sizeof(s->vkey) + 1];

	s->folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder < 0) {
		fprintf(stderr, "%s cannot be opened: %s\n", dir, strerror(errno));
		return false;
	}
	if (!check_mode(s->folder, dir) || !lock_take(s->folder) || !read_both(s))
		return false;
	vkey_make(s);
	snprintf(vkey, sizeof(vkey), "%s\n", s->vkey);
	return file_put(s->folder, "vkey", vkey);
}
