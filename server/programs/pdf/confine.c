#include "pdf/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "bounds.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define CALLS_END 0x40000000u	/* of another numbering of the same calls */
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define CALLS_END 0xffffffffu
#else
#error "the calls of this machine have to be looked at first"
#endif

#define LOAD(member) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, member))
#define RESULT(result) BPF_STMT(BPF_RET | BPF_K, (uint32_t)(result))
#define REFUSE RESULT(SECCOMP_RET_ERRNO | EPERM)
/* The next statement is for this call alone. */
#define UNLESS(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)SYS_##call, 0, 1)
#define DENY(call) UNLESS(call), REFUSE
/* The flags stand in the low half of the argument: both machines are little-endian. */
#define DENY_WRITING(call, flags) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)SYS_##call, 0, 4), \
	LOAD(args[flags]), \
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1), \
	REFUSE, \
	RESULT(SECCOMP_RET_ALLOW)

static const struct sock_filter filter[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
	RESULT(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CALLS_END, 0, 1),
	RESULT(SECCOMP_RET_KILL_PROCESS),
	DENY(socket), DENY(socketpair), DENY(connect), DENY(bind), DENY(accept), DENY(accept4),
	DENY(io_uring_setup),
	DENY(execve), DENY(execveat), DENY(ptrace), DENY(process_vm_writev), DENY(kill),
	DENY(tkill), DENY(setsid), DENY(mount), DENY(unshare), DENY(setns),
	DENY(openat2), DENY(unlinkat), DENY(renameat2), DENY(mkdirat), DENY(linkat),
	DENY(symlinkat), DENY(fchmodat), DENY(fchownat), DENY(truncate),
#ifdef SYS_open
	DENY(creat), DENY(unlink), DENY(rename), DENY(mkdir), DENY(link), DENY(symlink),
	DENY(chmod), DENY(chown), DENY(renameat),
	DENY_WRITING(open, 1),
#endif
	DENY_WRITING(openat, 2),
	RESULT(SECCOMP_RET_ALLOW),
};

static bool limit(int resource, rlim_t most)
{
	const struct rlimit both = { most, most };

	return setrlimit((__rlimit_resource_t)resource, &both) == 0;
}

bool confine(void)
{
	const struct sock_fprog program = {
		(unsigned short)array_count(filter),
		(struct sock_filter *)(uintptr_t)filter,
	};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || !limit(RLIMIT_CORE, 0) ||
	    !limit(RLIMIT_CPU, LIMIT_PRINT_CPU_SECONDS) ||
	    !limit(RLIMIT_FSIZE, LIMIT_PRINT_BYTES) || !limit(RLIMIT_NOFILE, 64))
		return false;
#ifndef __SANITIZE_ADDRESS__	/* its shadow is larger than any memory */
	if (!limit(RLIMIT_AS, LIMIT_PRINT_MEMORY))
		return false;
#endif
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
