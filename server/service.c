#include "service.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/loop.h"
#include "base/notify.h"
#include "base/settings.h"
#include "clock.h"
#include "crypto.h"
#include "documents/documents.h"
#include "hardening.h"
#include "key_file.h"
#include "log.h"
#include "must.h"
#include "net/auth_snapshot.h"
#include "net/cti_start.h"
#include "net/http.h"
#include "net/listen.h"
#include "net/request.h"
#include "net/security_txt.h"
#include "out/oidc_settings.h"
#include "out/outbox_engine.h"
#include "out/scanner_client.h"
#include "out/signer_client.h"
#include "out/sms_start.h"
#include "store/blob_backend.h"
#include "store/grants.h"
#include "work/worker.h"

static const char *const log_form_names[] = { "logfmt", "json", NULL };
static const char *const log_level_names[] = { "error", "warn", "info", "debug", NULL };

static const char *const profile_names[] = { "standard", "gm", NULL };

static const struct setting service_table[] = {
	{ "log_form", SETTING_CHOICE, "logfmt", .choices = log_form_names, .fixed = true,
	  .help = "Form of the log lines on standard error." },
	{ "log_level", SETTING_CHOICE, "info", .choices = log_level_names, .fixed = true,
	  .help = "Least level that is logged." },
	{ "drain_seconds", SETTING_INT, "20", 0, 600, .unit = "s",
	  .help = "How long a stop waits for requests that are under way." },
	{ "spool_directory", SETTING_PATH, "/var/tmp", .fixed = true,
	  .help = "Folder on a disk for exports that are being sent; nothing stays in it." },
	{ "attachment_directory", SETTING_PATH, "/var/lib/liandong/files", .fixed = true,
	  .help = "Folder of the files that are attached, sealed; servers on one database share it." },
	{ "key_file", SETTING_PATH, "", .fixed = true,
	  .help = "File with the keys that wrap those of callers' identity, readable by the server "
		  "alone." },
	{ "crypto_profile", SETTING_CHOICE, "standard", .choices = profile_names, .fixed = true,
	  .help = "What new values are sealed by: AES-256-GCM, or SM4-CTR with HMAC-SM3." },
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
	settings_add("security", security_settings);
	settings_add("auth", auth_settings);
	settings_add("workers", worker_settings);
	settings_add("database", store_settings);
	settings_add("webhooks", outbox_settings);
	settings_add("sms", sms_settings);
	settings_add("cti", cti_settings);
	settings_add("signer", signer_settings);
	settings_add("scanner", virus_scan_settings);
	settings_add("oidc", oidc_settings);
	settings_add("documents", documents_settings);
	for (size_t i = 0; modules[i]; i++)
		if (modules[i]->settings)
			settings_add(modules[i]->name, modules[i]->settings);
}

bool service_settings_load(const char *config)
{
	char why[512];

	if (!settings_load(config, stderr))
		return false;
	if (outbox_settings_check(why, sizeof(why)) && security_settings_check(why, sizeof(why)) &&
	    oidc_settings_check(why, sizeof(why)) && sms_start(why, sizeof(why)) &&
	    cti_start(why, sizeof(why)))
		return true;
	fprintf(stderr, "%s\n", why);
	return false;
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

static void load_snapshot(struct tx *tx, void *arg)
{
	bool *is_loaded = arg;

	*is_loaded = snapshot_refresh(tx);
}

/* The keys that stand in the database, and that the key file has all it must have. */
static bool open_data_keys(void)
{
	bool is_open = false, is_complete = false;

	if (!service_transact(data_keys_make, NULL) ||
	    !service_transact(key_file_check, &is_complete))
		fprintf(stderr, "The data keys cannot be read.\n");
	else if (is_complete && (!service_transact(data_keys_open, &is_open) || !is_open))
		fprintf(stderr, "The data keys do not open: the key file is another one.\n");
	return is_open;
}

static void ignore_difference(const char *sentence, void *arg)
{
	(void)sentence;
	(void)arg;
}

/* Of a private database, which has its account on the same machine. */
static bool give_rights(const struct db_target *target, const struct db_target *owner)
{
	const struct grant_account account = {
		.user = target->user, .host = "localhost", .schema = target->database,
	};

	if (owner == target || store_grants_hold(target, ignore_difference, NULL))
		return true;
	return store_grants_give(owner, &account);
}

static bool open_schema(const struct db_target *target, const struct db_target *owner)
{
	if (owner)
		return migrate_up() && give_rights(target, owner);
	if (migrate_is_current())
		return true;
	fprintf(stderr, "The schema is not that of this program: run `liandong migrate` "
			"first.\n");
	return false;
}

bool service_open(const struct db_target *target, const struct db_target *owner,
		  const char *key_file)
{
	if (!key_file_open(key_file))
		return false;
	crypto_profile_use(str_is(setting_str("crypto_profile"), "gm") ? PROFILE_GM
								       : PROFILE_STANDARD);
	store_start(owner ? owner : target);
	store_thread_start();
	if (!open_schema(target, owner))
		return false;
	store_target_set(target);
	snapshot_set_loader(SNAPSHOT_MODULES, load_modules);
	snapshot_set_loader(SNAPSHOT_AUTH, auth_snapshot_load);
	main_tx = tx_new();
	if (!open_data_keys())
		return false;
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

static struct loop_timer *alive_timer;
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
	notify("STOPPING=1");
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
	else
		key_file_watch(tx);
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

/* ---- reading again ---- */

static void reload_asked(int signal_number, void *arg)
{
	const struct service_call *call = arg;

	(void)signal_number;
	notify("RELOADING=1");
	bool is_read = !call->config_file || settings_load(call->config_file, stderr);
	bool is_renewed = listen_tls_renew();

	if (is_read && is_renewed)
		log_info("server", "reloaded", "settings=read certificate=read");
	else
		log_error("server", "reload_refused", "settings=%s certificate=%s",
			  is_read ? "read" : "kept", is_renewed ? "read" : "kept");
	notify("READY=1");
}

/* The manager hears of us from the loop: a loop that stands still is a server that does. */
static void tell_alive(void *arg)
{
	(void)arg;
	notify("WATCHDOG=1");
	loop_timer_set(alive_timer, notify_watchdog());
}

static void run_until_asked(struct service_call *call)
{
	loop_signal(SIGHUP, reload_asked, call);
	alive_timer = loop_timer_new(tell_alive, NULL);
	worker_start();
	outbox_start();
	signer_start();
	virus_scan_start();
	jobs_start(net_jobs);
	loop_timer_set(refresh_timer, REFRESH_US);
	if (notify_watchdog() > 0)
		loop_timer_set(alive_timer, notify_watchdog());
	call->ready(call->arg);
	notify("READY=1");
	loop_run();
	outbox_stop();
	http_stop();
	worker_stop();
	loop_timer_free(alive_timer);
}

bool service_run(const struct service_call *call)
{
	struct service_call copy = *call;
	struct refresh refresh = {
		.work = { .kind = &refresh_kind, .arena = arena_new(1024 * 1024) },
	};
	bool is_started;

	raise_descriptors();
	key_file_start();
	loop_start();
	loop_signal(SIGTERM, stop_asked, NULL);
	loop_signal(SIGINT, stop_asked, NULL);
	end_timer = loop_timer_new(end_when_idle, NULL);
	refresh_timer = loop_timer_new(refresh_submit, &refresh);
	is_started = blob_store_start() && request_start() && http_start();
	if (is_started) {
		/* Threads that are started from here on have these bounds. */
		hardening_confine(call->config_file, call->demo_folder);
		run_until_asked(&copy);
	}
	jobs_free();
	request_stop();
	loop_timer_free(end_timer);
	loop_timer_free(refresh_timer);
	arena_free(refresh.work.arena);
	loop_free();
	return is_started;
}
