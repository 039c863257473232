#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/settings.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "demo_signer.h"
#include "json.h"
#include "log.h"
#include "must.h"
#include "net/http.h"
#include "net/tls.h"
#include "seed_sql.h"
#include "server_sql.h"
#include "service.h"
#include "store/store.h"

enum { PATH_BYTES = 4096, ACCESS_BYTES = 1024 * 1024 };

static struct mariadb *database;

/* ---- files ---- */

static const char *path_in(char *out, const char *dir, const char *name)
{
	int n = snprintf(out, PATH_BYTES, "%s/%s", dir, name);

	must(n > 0 && n < PATH_BYTES);
	return out;
}

/* Whole or not at all, and on disk before anything relies on it. */
static bool file_put(const char *path, struct str text)
{
	char fresh[PATH_BYTES + 8];

	snprintf(fresh, sizeof(fresh), "%s.new", path);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool is_put = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n &&
		      fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	if (is_put && rename(fresh, path) == 0)
		return true;
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return false;
}

/* Appends what the file holds between its outer braces. */
static void add_members(struct buf *out, const char *path)
{
	char chunk[4096];
	FILE *f = fopen(path, "r");
	size_t n, total = 0;

	if (!f)
		return;
	size_t start = out->n;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0) {
		buf_add(out, (struct str){ chunk, n });
		total += n;
	}
	fclose(f);
	if (total < 2 || total == 2) {
		out->n = start;
		return;
	}
	out->p[start] = ',';
	out->n = start + total - 1;
}

/* ---- the sample district ---- */

struct seeding {
	const struct module *module;
	const char *dir;
	bool with_samples;
	bool is_done;
	bool is_kept;		/* its part of access.json is on disk */
};

static bool seed_path(char *out, const struct seeding *s)
{
	char name[128];

	snprintf(name, sizeof(name), "seed/%s.json", s->module->name);
	path_in(out, s->dir, name);
	return true;
}

static void seed_module(struct tx *tx, void *arg)
{
	struct seeding *s = arg;
	struct sql_seed_is_done_row row = { 0 };
	struct str name = str_of(s->module->name);
	struct buf text;
	struct json j;
	char path[PATH_BYTES];

	s->is_done = sql_seed_is_done(tx, (struct sql_seed_is_done){ .module = name }, &row);
	if (s->is_done || !tx_ok(tx))
		return;
	buf_init(&text, ACCESS_BYTES);
	json_init(&j, &text);
	json_object(&j, NULL);
	const struct seed seed = { .with_samples = s->with_samples, .access = &j };
	s->module->seed(tx, &seed);
	json_close(&j);
	sql_seed_done(tx, (struct sql_seed_done){
		.module = name, .seeded_at = clock_real(),
	});
	/* Secrets are on disk before the rows that they open are there. */
	s->is_kept = seed_path(path, s) && file_put(path, buf_str(&text));
	if (!s->is_kept)
		tx_fail(tx, TX_BROKEN);
	buf_free(&text);
}

static bool seed_all(const struct demo_call *call)
{
	char path[PATH_BYTES];

	if (mkdir(path_in(path, call->dir, "seed"), 0700) != 0 && errno != EEXIST) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	for (size_t i = 0; modules[i]; i++) {
		struct seeding s = {
			.module = modules[i], .dir = call->dir,
			.with_samples = !call->is_empty,
		};
		if (modules[i]->seed && !service_transact(seed_module, &s)) {
			fprintf(stderr, "The sample data of %s could not be made.\n",
				modules[i]->name);
			return false;
		}
	}
	return true;
}

/* ---- access.json ---- */

static bool access_write(const char *dir)
{
	char path[PATH_BYTES], ca[PATH_BYTES];
	struct buf text;
	struct json j;

	buf_init(&text, ACCESS_BYTES);
	json_init(&j, &text);
	json_object(&j, NULL);
	buf_add(&text, STR("\"base_url\": \"https://"));
	buf_add(&text, http_address());
	buf_printf(&text, "\", \"ca_file\": \"%s\"", path_in(ca, dir, "tls/ca.pem"));
	for (size_t i = 0; modules[i]; i++) {
		struct seeding s = { .module = modules[i], .dir = dir };
		if (modules[i]->seed && seed_path(path, &s))
			add_members(&text, path);
	}
	buf_add(&text, STR("}\n"));
	bool is_written = !text.overflow &&
			  file_put(path_in(path, dir, "access.json"), buf_str(&text));
	buf_free(&text);
	return is_written;
}

static void print_welcome(void *arg)
{
	const struct demo_call *call = arg;
	struct str address = http_address();

	if (!access_write(call->dir))
		exit(1);
	printf("\nLiandong is ready at https://%.*s/\n\n", STR_ARG(address));
	fflush(stdout);
	for (size_t i = 0; modules[i]; i++)
		if (modules[i]->welcome)
			modules[i]->welcome(call->dir, address);
	printf("\nCtrl+C stops it; the data stays in %s.\n", call->dir);
	fflush(stdout);
}

/* ---- start ---- */

static void read_clock(struct tx *tx, void *arg)
{
	struct sql_test_clock_read_row row = { 0 };
	int64_t *stored = arg;

	*stored = sql_test_clock_read(tx, &row) ? row.stands_at : 0;
}

static void write_clock(struct tx *tx, void *arg)
{
	const int64_t *at = arg;

	sql_test_clock_set(tx, (struct sql_test_clock_set){ .stands_at = *at });
}

static void forget_clock(struct tx *tx, void *arg)
{
	(void)arg;
	sql_test_clock_clear(tx);
}

/* A demo goes on from the later of the stored and the given time. */
static bool start_clock(const char *given)
{
	int64_t stored = 0, at = 0;

	if (!given)
		return service_transact(forget_clock, NULL);
	if (!clock_parse(str_of(given), &at)) {
		fprintf(stderr, "--test-clock %s: not an RFC 3339 time with zone.\n", given);
		return false;
	}
	if (!service_transact(read_clock, &stored))
		return false;
	if (stored > at)
		at = stored;
	clock_test_start(at);
	return service_transact(write_clock, &at);
}

static bool make_keys(const char *dir)
{
	char path[PATH_BYTES];

	path_in(path, dir, "keys");
	if (access(path, F_OK) == 0 || crypto_key_file_make(path))
		return true;
	fprintf(stderr, "%s: cannot be made.\n", path);
	return false;
}

/* By which a telephone exchange tells the demo of calls; kept over restarts. */
static bool make_cti_token(const char *dir)
{
	char path[PATH_BYTES], text[64];
	uint8_t random[24];
	struct arena *a = arena_new(KIB(64));

	path_in(path, dir, "cti.token");
	crypto_random(random, sizeof(random));
	struct str token = encode_hex(a, (struct str){ (const char *)random, sizeof(random) });

	snprintf(text, sizeof(text), "%.*s\n", STR_ARG(token));
	arena_free(a);
	settings_override("cti_token_file", path);
	return access(path, F_OK) == 0 || file_put(path, str_of(text));
}

static bool make_folder(const char *dir)
{
	if (mkdir(dir, 0711) == 0 || errno == EEXIST)
		return true;
	fprintf(stderr, "%s: %s\n", dir, strerror(errno));
	return false;
}

/* Above the folder named there may be more to make: var/demo on a fresh checkout. */
static bool make_folders(const char *dir)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s", dir);
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (!make_folder(path))
			return false;
		*slash = '/';
	}
	return make_folder(path);
}

static bool make_tls(const struct demo_call *call)
{
	char why[256], address[256], path[PATH_BYTES];
	const char *colon = strrchr(call->listen, ':');
	bool is_bracketed = call->listen[0] == '[';
	size_t n = colon ? (size_t)(colon - call->listen) : strlen(call->listen);

	snprintf(address, sizeof(address), "%.*s", (int)(n - (is_bracketed ? 2 : 0)),
		 call->listen + (is_bracketed ? 1 : 0));
	if (!tls_demo_make(call->dir, address, why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		return false;
	}
	settings_override("tls_certificate", path_in(path, call->dir, "tls/server.pem"));
	settings_override("tls_key", path_in(path, call->dir, "tls/server.key"));
	return true;
}

static bool demo_settings(const struct demo_call *call)
{
	char files[PATH_BYTES];

	service_settings();
	settings_override("listen", call->listen);
	settings_override("webhook_allow_http", "true");
	settings_override("public_page", "true");
	settings_override("webhook_allow_cidr", "127.0.0.0/8");
	settings_override("attachment_directory", path_in(files, call->dir, "files"));
	demo_signer_settings(call->dir);
	if (!make_cti_token(call->dir) || !make_tls(call) || !service_settings_load(NULL))
		return false;
	service_log();
	return true;
}

int demo_run(const struct demo_call *call)
{
	char keys[PATH_BYTES];
	bool is_well;

	if (!make_folders(call->dir) || !make_keys(call->dir) || !demo_settings(call))
		return 1;
	database = mariadb_start(call->dir);
	if (!database)
		return 1;
	is_well = service_open(mariadb_target(database), mariadb_owner(database),
			       path_in(keys, call->dir, "keys")) &&
		  start_clock(call->test_clock) && seed_all(call);
	if (is_well) {
		struct demo_call copy = *call;
		struct child *signer = demo_signer_start(call->dir);

		is_well = service_run(&(struct service_call){
			.ready = print_welcome, .arg = &copy, .demo_folder = call->dir });
		demo_signer_stop(signer);
	}
	service_close();
	mariadb_stop(database);
	return is_well ? 0 : 1;
}

/* ---- commands on a demo ---- */

static bool follow_clock(void)
{
	int64_t stored = 0;

	if (!service_transact(read_clock, &stored))
		return false;
	if (stored)
		clock_test_start(stored);
	return true;
}

bool demo_attach(const char *dir)
{
	char keys[PATH_BYTES];

	service_settings();
	if (!service_settings_load(NULL))
		return false;
	database = mariadb_attach(dir);
	return database && service_open(mariadb_target(database), mariadb_owner(database),
					path_in(keys, dir, "keys")) && follow_clock();
}

void demo_detach(void)
{
	service_close();
	mariadb_stop(database);
}
