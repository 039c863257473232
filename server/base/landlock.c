/*
 * The kernel's numbers stand here, as far as headers of Debian 12 lack them: what is asked for is
 * cut down to what the running kernel knows.
 */
#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "must.h"

enum {
	ABI_REFER = 2,
	ABI_TRUNCATE = 3,
	ABI_NETWORK = 4,
	ABI_DEVICES = 5,
	ABI_SCOPES = 6,
};

#define FS_REFER (UINT64_C(1) << 13)
#define FS_TRUNCATE (UINT64_C(1) << 14)
#define FS_IOCTL_DEV (UINT64_C(1) << 15)
#define NET_BIND_TCP UINT64_C(1)
#define SCOPE_ABSTRACT_SOCKETS UINT64_C(1)
#define SCOPE_SIGNALS UINT64_C(2)

#define FS_FIRST (FS_REFER - 1)	/* all that the first kernel knew */
#define USE_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define USE_RUN (USE_READ | LANDLOCK_ACCESS_FS_EXECUTE)
#define USE_WRITE \
	(USE_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	 LANDLOCK_ACCESS_FS_MAKE_REG | FS_TRUNCATE)
/* What can be said of a file that is no folder. */
#define FOR_FILES \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	 LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE)

/* struct landlock_ruleset_attr as newer kernels have it. */
struct ruleset {
	uint64_t files;
	uint64_t network;
	uint64_t scopes;
};

static struct ruleset ruleset_for(long abi, const struct landlock_bounds *bounds)
{
	struct ruleset r = { .files = FS_FIRST };

	if (abi >= ABI_REFER)
		r.files |= FS_REFER;
	if (abi >= ABI_TRUNCATE)
		r.files |= FS_TRUNCATE;
	if (abi >= ABI_DEVICES)
		r.files |= FS_IOCTL_DEV;
	if (abi >= ABI_NETWORK && !bounds->may_listen)
		r.network = NET_BIND_TCP;
	if (abi >= ABI_SCOPES)
		r.scopes = SCOPE_ABSTRACT_SOCKETS |
			   (bounds->may_signal ? 0 : SCOPE_SIGNALS);
	return r;
}

/* A kernel takes no longer a struct than it knows, unless what is behind is zero. */
static size_t ruleset_bytes(long abi)
{
	if (abi < ABI_NETWORK)
		return offsetof(struct ruleset, network);
	return abi < ABI_SCOPES ? offsetof(struct ruleset, scopes) : sizeof(struct ruleset);
}

static bool allow(int rules, uint64_t handled, const struct landlock_path *p)
{
	static const uint64_t uses[] = {
		[LANDLOCK_READ] = USE_READ, [LANDLOCK_RUN] = USE_RUN, [LANDLOCK_WRITE] = USE_WRITE,
	};
	int fd = open(p->path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
	must(fstat(fd, &st) == 0);
	struct landlock_path_beneath_attr rule = {
		.allowed_access = uses[p->use] & handled &
				  (S_ISDIR(st.st_mode) ? UINT64_MAX : FOR_FILES),
		.parent_fd = fd,
	};
	bool is_done = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule,
			       0) == 0;
	close(fd);
	return is_done;
}

enum landlock_answer landlock_confine(const struct landlock_bounds *bounds)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < 1)
		return LANDLOCK_ABSENT;
	struct ruleset r = ruleset_for(abi, bounds);
	int rules = (int)syscall(SYS_landlock_create_ruleset, &r, ruleset_bytes(abi), 0);
	bool is_done = rules >= 0;

	for (const struct landlock_path *p = bounds->paths; is_done && p->path; p++)
		is_done = allow(rules, r.files, p);
	is_done = is_done && prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0 &&
		  syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	if (rules >= 0)
		close(rules);
	if (!is_done)
		return LANDLOCK_ABSENT;
	return abi < ABI_SCOPES ? LANDLOCK_PARTLY : LANDLOCK_HOLDS;
}
