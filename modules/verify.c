/*
 * The commands that check what the service says. They are a program of their own, which shares
 * nothing with the server and can be taken elsewhere; here it is only found and started.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "module.h"

#define PROGRAM "liandong-verify"

enum { PATH_BYTES = 4096 };

/* The program beside this one; false when that has no name any more. */
static bool find_beside(char *out)
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_BYTES);
	char *slash;

	if (n <= 0 || n >= PATH_BYTES)
		return false;
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (!slash || (size_t)(slash + 1 - out) + sizeof(PROGRAM) > PATH_BYTES)
		return false;
	memcpy(slash + 1, PROGRAM, sizeof(PROGRAM));
	return true;
}

/* Returns only when the program is nowhere. */
static int start(char **argv)
{
	char path[PATH_BYTES];

	argv[0] = (char[]){ PROGRAM };
	if (find_beside(path))
		execv(path, argv);
	execvp(PROGRAM, argv);
	fprintf(stderr, PROGRAM " cannot be started (%s): it belongs beside this program or in "
		"PATH, and `make` builds it.\n", strerror(errno));
	return 127;
}

/* `verify bundle FILE` starts the program with `bundle FILE`. */
static int verify_run(const struct command_call *call)
{
	return start(call->argv);
}

/* `witness ...` is a command of the program under the same name. */
static int witness_run(const struct command_call *call)
{
	char **argv = calloc((size_t)call->argc + 2, sizeof(*argv));

	if (!argv)
		return 127;
	memcpy(argv + 1, call->argv, (size_t)call->argc * sizeof(*argv));
	int status = start(argv);
	free(argv);
	return status;
}

static const struct command commands[] = {
	{ "verify", "bundle|receipt|checkpoint|ledger FILE ...",
	  "Recomputes a month, or checks a receipt, checkpoints or the whole ledger.",
	  verify_run, .is_bare = true },
	{ "witness", "--url URL --key VKEY --dir DIR [--once | --every SECONDS]",
	  "Follows a ledger from another machine and cosigns what goes on from what it saw.",
	  witness_run, .is_bare = true },
	{ 0 }
};

const struct module verify_module = {
	.name = "verify",
	.purpose = "Starts the program that checks what the service says.",
	.commands = commands,
};
