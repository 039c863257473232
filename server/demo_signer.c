#include "demo_signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/program.h"
#include "base/settings.h"
#include "log.h"
#include "must.h"

enum { PATH_BYTES = 4096, STOP_SECONDS = 5 };

static const char user_name[] = "liandong-signer";

/* Paths are whole: the signer runs in another folder. */
static void path_of(char out[PATH_BYTES], const char *dir, const char *name)
{
	char *whole = realpath(dir, NULL);

	must(whole && snprintf(out, PATH_BYTES, "%s/%s", whole, name) < PATH_BYTES);
	free(whole);
}

void demo_signer_settings(const char *dir)
{
	char path[PATH_BYTES];

	path_of(path, dir, "signer/socket");
	settings_override("signer_socket", path);
}

/* Beside our own program. */
static bool find_program(char out[PATH_BYTES])
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_BYTES - sizeof("-signer"));

	if (n <= 0)
		return false;
	memcpy(out + n, "-signer", sizeof("-signer"));
	return access(out, X_OK) == 0;
}

/* NULL: as the user we are. */
static const char *choose_user(const char *dir, const char *output)
{
	if (geteuid() != 0)
		return NULL;

	const struct passwd *account = system_user(user_name, output);

	if (account && may_reach(dir, account))
		return user_name;
	log_warn("signer", "runs_as_root", "because=%s",
		 account ? "folder_out_of_reach" : "no_system_user");
	return NULL;
}

struct child *demo_signer_start(const char *dir)
{
	char program[PATH_BYTES], folder[PATH_BYTES], output[PATH_BYTES], parent[24];

	if (!find_program(program)) {
		log_warn("signer", "missing", "program=liandong-signer checkpoints=none");
		return NULL;
	}
	path_of(folder, dir, "signer");
	path_of(output, dir, "signer.log");
	snprintf(parent, sizeof(parent), "%ld", (long)getpid());

	const char *user = choose_user(dir, output);
	const char *const argv[] = {
		program, "--dir", folder, "--socket", setting_str("signer_socket").p,
		"--origin", setting_str("signer_origin").p, "--parent", parent,
		user ? "--user" : NULL, user, NULL,
	};

	return child_start("signer", argv, output);
}

void demo_signer_stop(struct child *signer)
{
	if (signer)
		child_stop(signer, STOP_SECONDS);
}
