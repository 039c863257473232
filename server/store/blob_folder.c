/*
 * Files of a folder: FOLDER/ab/ab12...; each written beside its name, made durable and renamed.
 * Those who put and those who remove meet at a lock of the folder's own, so that nothing is
 * removed whose time was judged before it was put again. Several servers on one database share
 * the folder.
 */
#include "store/blob_backend.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "setting.h"

#define HALF_WRITTEN ".new-"

enum { NAME_CHARS = 2 * SHA256_BYTES };

struct path {
	char text[PATH_MAX];
};

static enum blob_answer fail(const char *what)
{
	log_error("blobs", what, "error=%s", log_quote(str_of(strerror(errno))));
	return BLOB_AWAY;
}

/* ---- paths ---- */

static void hex_put(const struct blob_name *name, char out[NAME_CHARS + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_BYTES; i++) {
		out[2 * i] = digits[name->sha256[i] >> 4];
		out[2 * i + 1] = digits[name->sha256[i] & 15];
	}
	out[NAME_CHARS] = '\0';
}

static bool hex_read(const char *text, struct blob_name *ret_name)
{
	if (strlen(text) != NAME_CHARS || strspn(text, "0123456789abcdef") != NAME_CHARS)
		return false;
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		char pair[3] = { text[2 * i], text[2 * i + 1], '\0' };

		ret_name->sha256[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return true;
}

/* False when the setting is too long to be a folder. */
static bool path_of(struct path *path, const char *below)
{
	struct str folder = setting_str("attachment_directory");
	int n = snprintf(path->text, sizeof(path->text), "%.*s%s%s", STR_ARG(folder),
			 *below ? "/" : "", below);

	errno = ENAMETOOLONG;
	return n > 0 && (size_t)n < sizeof(path->text);
}

static bool path_of_name(struct path *path, const struct blob_name *name)
{
	char hex[NAME_CHARS + 1], below[NAME_CHARS + 4];

	hex_put(name, hex);
	snprintf(below, sizeof(below), "%.2s/%s", hex, hex);
	return path_of(path, below);
}

static bool path_of_part(struct path *path, uint8_t first)
{
	char below[3];

	snprintf(below, sizeof(below), "%02x", first);
	return path_of(path, below);
}

static int64_t time_of(const struct stat *file)
{
	return (int64_t)file->st_mtim.tv_sec * CLOCK_SECOND + file->st_mtim.tv_nsec / 1000;
}

/* ---- the lock ---- */

/* Held until it is closed; -1 when it cannot be had. */
static int lock_take(int how)
{
	struct path path;
	int fd;

	if (!path_of(&path, ".lock"))
		return -1;
	fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	while (flock(fd, how) != 0)
		if (errno != EINTR) {
			close(fd);
			return -1;
		}
	return fd;
}

/* ---- putting ---- */

static bool write_all(int fd, struct str bytes)
{
	size_t done = 0;

	while (done < bytes.n) {
		ssize_t n = write(fd, bytes.p + done, bytes.n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return fsync(fd) == 0;
}

static bool sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_done = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return is_done;
}

static bool write_new(const char *part, const char *file, struct str bytes)
{
	char new[PATH_MAX + 16];

	snprintf(new, sizeof(new), "%s/" HALF_WRITTEN "XXXXXX", part);
	int fd = mkostemp(new, O_CLOEXEC);
	if (fd < 0)
		return false;
	bool is_written = fchmod(fd, 0600) == 0 && write_all(fd, bytes);
	int error = errno;

	close(fd);
	if (is_written && rename(new, file) == 0)
		return sync_folder(part);
	error = is_written ? errno : error;
	unlink(new);
	errno = error;
	return false;
}

static enum blob_answer folder_put(struct arena *a, const struct blob_name *name, struct str bytes)
{
	struct path file, part;

	(void)a;
	if (!path_of_name(&file, name) || !path_of_part(&part, name->sha256[0]))
		return fail("not_written");
	int lock = lock_take(LOCK_SH);
	if (lock < 0)
		return fail("not_locked");
	enum blob_answer answer = write_new(part.text, file.text, bytes) ? BLOB_FINE : fail("not_written");

	close(lock);
	return answer;
}

/* ---- reading ---- */

static enum blob_answer absent_or(const char *what)
{
	return errno == ENOENT ? BLOB_ABSENT : fail(what);
}

static enum blob_answer folder_stat(const struct blob_name *name, struct blob_facts *ret_facts)
{
	struct path file;
	struct stat found;

	if (!path_of_name(&file, name) || stat(file.text, &found) != 0)
		return absent_or("not_found");
	*ret_facts = (struct blob_facts){ (uint64_t)found.st_size, time_of(&found) };
	return BLOB_FINE;
}

static bool read_all(int fd, char *out, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(fd, out + done, n - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

static enum blob_answer folder_get(struct arena *a, const struct blob_name *name,
				   struct str *ret_bytes)
{
	enum blob_answer answer = BLOB_FINE;
	struct path file;
	struct stat found;
	int fd;

	*ret_bytes = STR_NONE;
	if (!path_of_name(&file, name))
		return fail("not_read");
	fd = open(file.text, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return absent_or("not_read");
	if (fstat(fd, &found) != 0) {
		answer = fail("not_read");
	} else if (!S_ISREG(found.st_mode) || found.st_size > LIMIT_BLOB_BYTES) {
		answer = BLOB_DAMAGED;
	} else {
		size_t n = (size_t)found.st_size;
		char *bytes = arena_alloc(a, n + 1);

		errno = 0;
		if (read_all(fd, bytes, n))
			*ret_bytes = (struct str){ bytes, n };
		else
			answer = fail("not_read");
	}
	close(fd);
	return answer;
}

/* ---- removing ---- */

static enum blob_answer folder_remove(const struct blob_name *name, int64_t before)
{
	struct path file;
	struct stat found;

	if (!path_of_name(&file, name))
		return fail("not_removed");
	int lock = lock_take(LOCK_EX);
	if (lock < 0)
		return fail("not_locked");
	enum blob_answer answer = BLOB_FINE;
	if (stat(file.text, &found) != 0)
		answer = absent_or("not_removed");
	else if (time_of(&found) < before && unlink(file.text) != 0)
		answer = fail("not_removed");
	close(lock);
	return answer;
}

struct found_names {
	struct blob_name *v;
	size_t n, room;
};

static void keep_name(struct arena *a, struct found_names *found, const struct blob_name *name)
{
	if (found->n == found->room) {
		size_t room = found->room ? 2 * found->room : 64;
		struct blob_name *grown = arena_array_of(a, struct blob_name, room);

		if (found->n)
			memcpy(grown, found->v, found->n * sizeof(*grown));
		found->v = grown;
		found->room = room;
	}
	found->v[found->n++] = *name;
}

static void look_at(struct arena *a, int folder, const char *entry, int64_t before,
		    struct found_names *found)
{
	struct blob_name name;
	struct stat file;

	if (fstatat(folder, entry, &file, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(file.st_mode) || time_of(&file) >= before)
		return;
	if (hex_read(entry, &name))
		keep_name(a, found, &name);
	else if (strncmp(entry, HALF_WRITTEN, strlen(HALF_WRITTEN)) == 0)
		unlinkat(folder, entry, 0);
}

static enum blob_answer folder_list(struct arena *a, uint8_t first, int64_t before,
				    struct blob_list *ret_list)
{
	struct found_names found = { 0 };
	struct dirent *entry;
	struct path part;

	if (!path_of_part(&part, first))
		return fail("not_listed");
	DIR *folder = opendir(part.text);
	if (!folder)
		return errno == ENOENT ? BLOB_FINE : fail("not_listed");
	while ((entry = readdir(folder)))
		look_at(a, dirfd(folder), entry->d_name, before, &found);
	closedir(folder);
	*ret_list = (struct blob_list){ found.v, found.n };
	return BLOB_FINE;
}

/* ---- start ---- */

static bool make_folder(struct path *path, const char *below)
{
	return path_of(path, below) && (mkdir(path->text, 0700) == 0 || errno == EEXIST) &&
	       access(path->text, R_OK | W_OK | X_OK) == 0;
}

/* All folders now: a server that is confined makes none later (base/landlock.h). */
static bool folder_start(void)
{
	struct path path;
	bool is_done = make_folder(&path, "");

	for (unsigned first = 0; first < 256 && is_done; first++) {
		char below[3];

		snprintf(below, sizeof(below), "%02x", first);
		is_done = make_folder(&path, below);
	}
	if (is_done && path_of(&path, "") && sync_folder(path.text))
		return true;
	fprintf(stderr, "attachment_directory: %s: %s\n", path.text, strerror(errno));
	return false;
}

const struct blob_backend blob_folder = {
	.start = folder_start, .put = folder_put, .get = folder_get, .stat = folder_stat,
	.remove = folder_remove, .list = folder_list,
};
