#include "base/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "must.h"

static bool is_credential(const char *path)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	size_t n = folder ? strlen(folder) : 0;

	return n > 0 && strncmp(path, folder, n) == 0 && path[n] == '/' &&
	       !strstr(path + n, "/../");
}

bool secret_mode_is_good(const char *path, mode_t mode)
{
	return (mode & (is_credential(path) ? 037 : 077)) == 0;
}

/* -1 with a sentence in `why`. */
static int open_secret(const char *setting, const char *path, char *why, size_t why_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		snprintf(why, why_size, "%s: %s cannot be opened: %s", setting, path,
			 strerrordesc_np(errno));
		return -1;
	}
	must(fstat(fd, &st) == 0);
	if (S_ISREG(st.st_mode) && secret_mode_is_good(path, st.st_mode))
		return fd;
	if (!S_ISREG(st.st_mode))
		snprintf(why, why_size, "%s: %s is not a plain file", setting, path);
	else
		snprintf(why, why_size,
			 "%s: %s may be used by others than its owner (mode %04o); run "
			 "chmod 600 on it", setting, path, (unsigned)(st.st_mode & 07777));
	close(fd);
	return -1;
}

bool secret_file_check(const char *setting, const char *path, char *why, size_t why_size)
{
	int fd = open_secret(setting, path, why, why_size);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool secret_line_read(const char *setting, const char *path, char *out, size_t size, char *why,
		      size_t why_size)
{
	int fd = open_secret(setting, path, why, why_size);

	if (fd < 0)
		return false;
	secret_memory(out, size);
	ssize_t n = read(fd, out, size - 1);

	close(fd);
	out[n > 0 ? n : 0] = '\0';
	size_t length = strcspn(out, "\r\n");

	if (n > 0 && length > 0 && (out[length] || (size_t)n < size - 1)) {
		memset(out + length, 0, size - length);
		return true;
	}
	sodium_memzero(out, size);
	snprintf(why, why_size, "%s: the first line of %s must have 1 to %zu bytes", setting,
		 path, size - 2);
	return false;
}

void secret_memory(void *memory, size_t n)
{
	if (sodium_mlock(memory, n) != 0)
		log_warn("server", "memory_not_locked", "bytes=%zu error=%s", n,
			 log_quote(str_of(strerrordesc_np(errno))));
}
