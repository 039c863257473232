#include "service.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/loop.h"
#include "base/settings.h"
#include "clock.h"
#include "crypto.h"
#include "documents/documents.h"
#include "log.h"
#include "must.h"
#include "net/auth_snapshot.h"
#include "net/http.h"
#include "net/request.h"
#include "out/outbox_engine.h"
#include "out/signer_client.h"
#include "work/worker.h"

static const char *const log_form_names[] = { "logfmt", "json", NULL };
static const char *const log_level_names[] = { "error", "warn", "info", "debug", NULL };

static const struct setting service_table[] = {
	{ "log_form", SETTING_CHOICE, "logfmt", .choices = log_form_names, .fixed = true,
	  .help = "Form of the log lines on standard error." },
	{ "log_level", SETTING_CHOICE, "info", .choices = log_level_names, .fixed = true,
	  .help = "Least level that is logged." },
	{ "drain_seconds", SETTING_INT, "20", 0, 600, .unit = "s",
	  .help = "How long a stop waits for requests that are under way." },
	{ "spool_directory", SETTING_PATH, "/var/tmp", .fixed = true,
	  .help = "Folder on a disk for exports that are being sent; nothing stays in it." },
	{ "key_file", SETTING_PATH, "", .fixed = true,
	  .help = "File with the keys that seal callers' identity, readable by the server alone." },
	{ "database_socket", SETTING_PATH, "", .fixed = true,
	  .help = "Unix socket of the database; empty: by host and port." },
	{ "database_host", SETTING_TEXT, "127.0.0.1", .fixed = true,
	  .help = "Host of the database or of the balancer before a cluster." },
	{ "database_port", SETTING_INT, "3306", 1, 65535, .fixed = true,
	  .help = "Port of the database." },
	{ "database_user", SETTING_TEXT, "liandong", .fixed = true,
	  .help = "Account of the server in the database." },
	{ "database_password_file", SETTING_PATH, "", .fixed = true,
	  .help = "File with that account's password." },
	{ "database_name", SETTING_TEXT, "liandong", .fixed = true,
	  .help = "Schema of the server." },
	{ "database_ca_file", SETTING_PATH, "", .fixed = true,
	  .help = "CA of a remote database: its certificate is then checked." },
	{ 0 }
};

/* The main thread's connection: start-up and commands. */
static struct tx *main_tx;

void service_settings(void)
{
	settings_add("server", service_table);
	settings_add("http", http_settings);
	settings_add("auth", auth_settings);
	settings_add("workers", worker_settings);
	settings_add("database", store_settings);
	settings_add("webhooks", outbox_settings);
	settings_add("signer", signer_settings);
	settings_add("documents", documents_settings);
	for (size_t i = 0; modules[i]; i++)
		if (modules[i]->settings)
			settings_add(modules[i]->name, modules[i]->settings);
}

/* The lists of names are in the order of the enums of log.h. */
void service_log(void)
{
	log_setup((enum log_level)str_index(setting_str("log_level"), log_level_names),
		  (enum log_form)str_index(setting_str("log_form"), log_form_names));
}

static const void *load_modules(struct tx *tx, struct arena *arena)
{
	for (size_t i = 0; modules[i]; i++)
		if (modules[i]->snapshot)
			return modules[i]->snapshot(tx, arena);
	return NULL;
}

bool service_transact(void (*work)(struct tx *tx, void *arg), void *arg)
{
	return tx_run(main_tx, work, arg) == TX_OK;
}

/* What a table of settings cannot say of its values. */
static bool settings_are_usable(void)
{
	char why[256];

	if (outbox_settings_check(why, sizeof(why)))
		return true;
	fprintf(stderr, "%s\n", why);
	return false;
}

static void load_snapshot(struct tx *tx, void *arg)
{
	bool *is_loaded = arg;

	*is_loaded = snapshot_refresh(tx);
}

static bool open_keys(const char *key_file)
{
	char why[256];

	if (crypto_start(key_file, why, sizeof(why)))
		return true;
	fprintf(stderr, "%s: %s\n", key_file, why);
	return false;
}

bool service_open(const struct db_target *target, const char *key_file, bool may_migrate)
{
	if (!settings_are_usable() || !open_keys(key_file))
		return false;
	store_start(target);
	store_thread_start();
	if (may_migrate ? !migrate_up() : !migrate_is_current()) {
		if (!may_migrate)
			fprintf(stderr, "The schema is not that of this program: run "
				"`liandong migrate` first.\n");
		return false;
	}
	snapshot_set_loader(SNAPSHOT_MODULES, load_modules);
	snapshot_set_loader(SNAPSHOT_AUTH, auth_snapshot_load);
	main_tx = tx_new();
	bool is_loaded = false;
	if (service_transact(load_snapshot, &is_loaded) && is_loaded)
		return true;
	fprintf(stderr, "The reference data cannot be read.\n");
	return false;
}

void service_close(void)
{
	if (!main_tx)
		return;
	tx_free(main_tx);
	main_tx = NULL;
	store_thread_stop();
	store_stop();
}

/* ---- running and ending ---- */

enum { END_POLL_US = 20 * 1000, REFRESH_US = 1000 * 1000 };

static struct loop_timer *end_timer;
static struct loop_timer *refresh_timer;

/* Ends the loop when nothing is on its way any more. */
static void end_when_idle(void *arg)
{
	(void)arg;
	if (worker_is_idle() && outbox_is_drained())
		loop_stop();
	else
		loop_timer_set(end_timer, END_POLL_US);
}

static void drained(void *arg)
{
	log_info("server", "drained", "left=0");
	end_when_idle(arg);
}

static void stop_asked(int signal_number, void *arg)
{
	(void)arg;
	if (http_is_draining())
		return;
	log_info("server", "stopping", "signal=%d", signal_number);
	jobs_stop();
	loop_timer_stop(refresh_timer);
	outbox_drain();
	http_drain(setting_int("drain_seconds") * CLOCK_SECOND, drained, NULL);
}

/* Other servers change reference data too: looked after once a second, on the job lane. */
struct refresh {
	struct work work;
};

static enum work_wish refresh_run(struct work *w, struct tx *tx, bool is_alone)
{
	(void)w;
	(void)is_alone;
	if (!snapshot_refresh(tx))
		log_warn("server", "snapshot_stale", "reason=unreadable");
	return WORK_COMMIT;
}

static void refresh_finish(struct work *w, enum tx_error error)
{
	(void)w;
	(void)error;
}

static void refresh_done(struct work *w)
{
	arena_rewind(w->arena, w->start);
	if (!http_is_draining())
		loop_timer_set(refresh_timer, REFRESH_US);
}

static const struct work_kind refresh_kind = {
	.name = "refresh", .run = refresh_run, .finish = refresh_finish, .done = refresh_done,
};

static void refresh_submit(void *arg)
{
	struct refresh *refresh = arg;

	if (!worker_submit(LANE_JOB, &refresh->work))
		loop_timer_set(refresh_timer, REFRESH_US);
}

/* Each connection is a descriptor: as many as the administrator allows. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_warn("server", "descriptors", "limit=unchanged");
}

bool service_run(void (*ready)(void *arg), void *arg)
{
	struct refresh refresh = {
		.work = { .kind = &refresh_kind, .arena = arena_new(1024 * 1024) },
	};
	bool is_started;

	raise_descriptors();
	loop_start();
	loop_signal(SIGTERM, stop_asked, NULL);
	loop_signal(SIGINT, stop_asked, NULL);
	end_timer = loop_timer_new(end_when_idle, NULL);
	refresh_timer = loop_timer_new(refresh_submit, &refresh);
	worker_start();
	is_started = request_start() && http_start();
	if (is_started) {
		outbox_start();
		signer_start();
		jobs_start(net_jobs);
		loop_timer_set(refresh_timer, REFRESH_US);
		ready(arg);
		loop_run();
		outbox_stop();
		http_stop();
	}
	worker_stop();
	jobs_free();
	request_stop();
	loop_timer_free(end_timer);
	loop_timer_free(refresh_timer);
	arena_free(refresh.work.arena);
	loop_free();
	return is_started;
}
