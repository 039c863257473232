/*
 * The folder of a witness. A file that cannot be read is never replaced: a witness that forgot
 * what it saw could be shown another history.
 */
#include "verify/witness_store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#define STATE_FIRST_LINE "liandong-witness/1"

enum { FILE_MAX = 1024, PATH_ROOM = 4096 };

static bool complain(const char *dir, const char *name, const char *what)
{
	fprintf(stderr, "%s/%s: %s%s%s\n", dir, name, what, errno ? ": " : "",
		errno ? strerror(errno) : "");
	return false;
}

static bool path_of(const char *dir, const char *name, char *out)
{
	return snprintf(out, PATH_ROOM, "%s/%s", dir, name) < PATH_ROOM;
}

static bool write_all(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, text, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		text += done;
		n -= (size_t)done;
	}
	return true;
}

static bool sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_synced = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return is_synced;
}

static bool write_file(const char *dir, const char *name, const char *text)
{
	char path[PATH_ROOM], beside[PATH_ROOM];

	errno = 0;
	if (!path_of(dir, name, path) ||
	    snprintf(beside, sizeof(beside), "%s/%s.new", dir, name) >= PATH_ROOM)
		return complain(dir, name, "the path is too long");
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return complain(dir, name, "cannot be written");
	bool is_written = write_all(fd, text, strlen(text)) && fsync(fd) == 0;
	is_written = close(fd) == 0 && is_written;
	if (!is_written || rename(beside, path) != 0 || !sync_dir(dir))
		return complain(dir, name, "cannot be written");
	return true;
}

enum presence { PRESENT, ABSENT, UNREADABLE };

static enum presence read_file(const char *dir, const char *name, char *out)
{
	char path[PATH_ROOM];

	errno = 0;
	if (!path_of(dir, name, path)) {
		complain(dir, name, "the path is too long");
		return UNREADABLE;
	}
	FILE *file = fopen(path, "re");
	if (!file && errno == ENOENT)
		return ABSENT;
	size_t n = file ? fread(out, 1, FILE_MAX, file) : 0;
	bool is_read = file && !ferror(file) && n < FILE_MAX;
	if (file)
		fclose(file);
	if (!is_read) {
		complain(dir, name, "cannot be read");
		return UNREADABLE;
	}
	out[n] = '\0';
	return PRESENT;
}

/* ---- the key ---- */

/*
 * The state of who has seen nothing goes first: where there is a key there is a state, and one
 * that is gone later is no first start. A state without a key is kept as it is.
 */
static bool make_state(const char *dir)
{
	char text[FILE_MAX];

	switch (read_file(dir, "state", text)) {
	case ABSENT:
		return witness_state_write(dir, &(struct witness_state){ .size = 0 });
	case PRESENT:
		return true;
	case UNREADABLE:
		break;
	}
	return false;
}

static bool make_key(const char *dir, const char *name, struct witness_key *ret)
{
	char hex[2 * KEY_BYTES + 1], text[FILE_MAX];

	if (!name || strlen(name) > KEY_NAME_MAX) {
		fprintf(stderr, "%s has no key yet; its first start needs the log's --key, or "
			"--name NAME.\n", dir);
		return false;
	}
	if (!make_state(dir) || RAND_bytes(ret->seed, KEY_BYTES) != 1)
		return false;
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	snprintf(text, sizeof(text), "%s %s\n", name, hex_write(ret->seed, KEY_BYTES, hex));
	bool is_written = write_file(dir, "key", text);
	OPENSSL_cleanse(text, sizeof(text));
	OPENSSL_cleanse(hex, sizeof(hex));
	return is_written;
}

static bool parse_key(struct text text, struct witness_key *ret)
{
	struct text line, name;

	if (!text_cut(&text, '\n', &line) || text.n || !text_cut(&line, ' ', &name) ||
	    name.n == 0 || name.n > KEY_NAME_MAX || !text_hex(line, ret->seed, KEY_BYTES))
		return false;
	memcpy(ret->name, name.p, name.n);
	ret->name[name.n] = '\0';
	return true;
}

bool witness_key_open(const char *dir, const char *name, struct witness_key *ret)
{
	char text[FILE_MAX];
	bool is_open = false;

	errno = 0;
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return complain(dir, "", "cannot be made");
	switch (read_file(dir, "key", text)) {
	case PRESENT:
		is_open = parse_key(text_of(text), ret);
		if (!is_open)
			complain(dir, "key", "is not a name and a seed");
		break;
	case ABSENT:
		is_open = make_key(dir, name, ret);
		break;
	case UNREADABLE:
		break;
	}
	OPENSSL_cleanse(text, sizeof(text));
	ret->public = (struct key){ .name = text_of(ret->name), .algorithm = KEY_COSIGNATURE };
	if (!is_open || !ed25519_public(ret->seed, ret->public.public_key))
		return false;
	key_identify(&ret->public);
	return true;
}

/* ---- the state ---- */

bool witness_state_read(const char *dir, struct witness_state *ret)
{
	char file[FILE_MAX];
	struct text text, first, size, root;
	size_t n;

	*ret = (struct witness_state){ 0 };
	switch (read_file(dir, "state", file)) {
	case ABSENT:
		errno = 0;
		return complain(dir, "state", "is missing; nothing is cosigned until it is "
				"restored");
	case UNREADABLE:
		return false;
	case PRESENT:
		break;
	}
	text = text_of(file);
	if (text_cut(&text, '\n', &first) && text_is(first, STATE_FIRST_LINE) &&
	    text_cut(&text, '\n', &size) && text_u64(size, &ret->size) &&
	    text_cut(&text, '\n', &root) && text.n == 0 &&
	    text_base64(root, ret->root.b, HASH_BYTES, &n) && n == HASH_BYTES)
		return true;
	errno = 0;
	return complain(dir, "state", "is damaged; nothing is cosigned until it is restored");
}

bool witness_state_write(const char *dir, const struct witness_state *state)
{
	char root[BASE64_ROOM(HASH_BYTES)], text[FILE_MAX];

	snprintf(text, sizeof(text), "%s\n%" PRIu64 "\n%s\n", STATE_FIRST_LINE, state->size,
		 base64_write(state->root.b, HASH_BYTES, root));
	return write_file(dir, "state", text);
}
