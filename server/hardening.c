#include "hardening.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/landlock.h"
#include "log.h"
#include "must.h"
#include "setting.h"

enum { PATHS_MAX = 64 };

/* Without these, what the libraries look up fails: names, users, certificates, fonts. */
static const struct landlock_path system_paths[] = {
	{ "/usr", LANDLOCK_READ },
	{ "/lib", LANDLOCK_READ },
	{ "/lib64", LANDLOCK_READ },
	{ "/etc/ssl", LANDLOCK_READ },
	{ "/etc/fonts", LANDLOCK_READ },
	{ "/var/cache/fontconfig", LANDLOCK_READ },
	{ "/etc/ld.so.cache", LANDLOCK_READ },
	{ "/etc/localtime", LANDLOCK_READ },
	{ "/etc/resolv.conf", LANDLOCK_READ },
	{ "/run/systemd/resolve", LANDLOCK_READ },
	{ "/etc/hosts", LANDLOCK_READ },
	{ "/etc/host.conf", LANDLOCK_READ },
	{ "/etc/nsswitch.conf", LANDLOCK_READ },
	{ "/etc/gai.conf", LANDLOCK_READ },
	{ "/etc/services", LANDLOCK_READ },
	{ "/etc/protocols", LANDLOCK_READ },
	{ "/etc/passwd", LANDLOCK_READ },
	{ "/etc/group", LANDLOCK_READ },
	{ "/proc", LANDLOCK_READ },
	{ "/dev/urandom", LANDLOCK_READ },
	{ "/dev/random", LANDLOCK_READ },
	{ "/dev/null", LANDLOCK_WRITE },
	/* A program is started through its interpreter. */
	{ "/lib64/ld-linux-x86-64.so.2", LANDLOCK_RUN },
	{ "/lib/ld-linux-aarch64.so.1", LANDLOCK_RUN },
	{ NULL }
};

/* Settings whose files may be read again: a renewed one is a new file in the same folder. */
static const char *const file_settings[] = {
	"tls_certificate", "tls_key", "key_file", "database_password_file", "database_ca_file",
	"webhook_ca_file", "mtls_certificate", "mtls_key", "mtls_ca_file", "mtls_crl_file",
	"oidc_client_secret_file", "oidc_ca_file",
};

struct path_list {
	struct landlock_path v[PATHS_MAX];
	char *owned[PATHS_MAX];
	size_t n;
};

/* Takes `path` over. */
static void add(struct path_list *list, char *path, enum landlock_use use)
{
	must(path && list->n + 1 < PATHS_MAX);
	list->owned[list->n] = path;
	list->v[list->n++] = (struct landlock_path){ path, use };
}

static char *copy_of(struct str s)
{
	return strndup(s.p, s.n);
}

/* The folder of a file, and where a link leads to, that one's folder too. */
static void add_folder_of(struct path_list *list, const char *file)
{
	char *copy = strdup(file), *real = realpath(file, NULL);

	must(copy);
	add(list, strdup(dirname(copy)), LANDLOCK_READ);
	if (real)
		add(list, strdup(dirname(real)), LANDLOCK_READ);
	free(copy);
	free(real);
}

static void add_own_program(struct path_list *list, bool is_demo)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 5);

	if (n <= 0)
		return;
	memcpy(path + n, "-pdf", 5);
	if (is_demo)
		add(list, strdup(dirname(path)), LANDLOCK_RUN);
	else
		add(list, strdup(path), LANDLOCK_RUN);
}

static void add_settings(struct path_list *list)
{
	for (size_t i = 0; i < array_count(file_settings); i++) {
		char *file = copy_of(setting_str(file_settings[i]));

		must(file);
		if (*file)
			add_folder_of(list, file);
		free(file);
	}
	add(list, copy_of(setting_str("spool_directory")), LANDLOCK_WRITE);
	add(list, copy_of(setting_str("attachment_directory")), LANDLOCK_WRITE);
}

void hardening_begin(void)
{
	static const struct rlimit none = { 0, 0 };

	must(setrlimit(RLIMIT_CORE, &none) == 0);
	must(prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) == 0);
	must(prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0);
}

void hardening_confine(const char *config_file, const char *demo_folder)
{
	static const char *const answers[] = {
		[LANDLOCK_HOLDS] = "files_ports_signals", [LANDLOCK_PARTLY] = "files",
		[LANDLOCK_ABSENT] = "nothing",
	};
	struct path_list list = { 0 };

	for (size_t i = 0; system_paths[i].path; i++)
		add(&list, strdup(system_paths[i].path), system_paths[i].use);
	add_own_program(&list, demo_folder);
	add_settings(&list);
	if (config_file)
		add_folder_of(&list, config_file);
	if (demo_folder) {
		add(&list, strdup(demo_folder), LANDLOCK_WRITE);
		add(&list, strdup("/usr"), LANDLOCK_RUN);
	}
	enum landlock_answer answer = landlock_confine(&(struct landlock_bounds){
		.paths = list.v, .may_signal = demo_folder });

	log_line(answer == LANDLOCK_HOLDS ? LOG_INFO : LOG_WARN, "server", "confined",
		 "landlock=%s", answers[answer]);
	for (size_t i = 0; i < list.n; i++)
		free(list.owned[i]);
}
