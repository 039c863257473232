/*
 * How the service does, in one answer: what is due and was not done, what waits, who does not
 * answer, what ends soon. It reads, and asks the signer and the virus scanner whether they are
 * there; it mends nothing. Nothing personal is in it.
 */
#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "domain.h"
#include "module.h"
#include "outbox.h"
#include "rules/exchange.h"
#include "signer.h"
#include "sms.h"
#include "surroundings.h"
#include "virus_scan.h"

#include "health_sql.h"

/* Waiting rows of the ledger that are counted; more are said to be as many. */
enum { WAITING_COUNTED = 10000, NAMED = 10 };

static const struct setting settings[] = {
	{ "health_disk_percent", SETTING_INT, "10", 1, 100, .unit = "%", .help =
	  "GET /api/v1/health warns of a disk of which less is free; below half of it that is bad." },
	{ 0 }
};

enum state { STATE_OK, STATE_WARN, STATE_BAD };	/* the worse the greater */
static const char *const state_names[] = { "ok", "warn", "bad", NULL };

enum unit { UNIT_NONE, UNIT_SECONDS, UNIT_DAYS, UNIT_BYTES, UNIT_COUNT };
static const char *const unit_names[] = { NULL, "seconds", "days", "bytes", "count", NULL };

struct check {
	const char *name;
	enum state state;
	int64_t since;		/* of what is wrong, or last seen; 0 */
	int64_t figure;		/* where there is a unit */
	enum unit unit;
	struct str detail;	/* names and versions, in no language; STR_NONE */
};

struct checks {
	struct req *r;
	enum state worst;
};

static void put(struct checks *all, const struct check *check)
{
	struct json *j = req_json(all->r);

	all->worst = check->state > all->worst ? check->state : all->worst;
	json_object(j, NULL);
	json_text(j, "name", check->name);
	json_text(j, "state", state_names[check->state]);
	json_time(j, "since", check->since);
	if (check->unit == UNIT_NONE)
		json_null(j, "figure");
	else
		json_i64(j, "figure", check->figure);
	json_str(j, "unit", str_of(unit_names[check->unit]));
	json_str(j, "detail", check->detail);
	json_close(j);
}

/* ok below warn, bad from bad on. */
static enum state above(int64_t value, int64_t warn, int64_t bad)
{
	return value >= bad ? STATE_BAD : value >= warn ? STATE_WARN : STATE_OK;
}

/* Whole seconds from a moment; none of what is not, or lies ahead. */
static int64_t seconds_since(int64_t at, int64_t now)
{
	return at == 0 || at >= now ? 0 : (now - at) / CLOCK_SECOND;
}

static void put_age(struct checks *all, const char *name, int64_t at, int64_t now, int64_t warn,
		    int64_t bad)
{
	int64_t age = seconds_since(at, now);

	put(all, &(struct check){ .name = name, .state = above(age, warn, bad), .since = at,
				  .figure = age, .unit = UNIT_SECONDS });
}

/* ---- deadlines ---- */

static void check_deadlines(struct checks *all)
{
	struct sql_health_due_row due = { 0 };
	struct sql_health_night_row night = { 0 };
	int64_t now = clock_now();

	if (!sql_health_due(req_tx(all->r), &due) || due.next_at > now)
		due.next_at = 0;
	put_age(all, "deadlines_fire", due.next_at, now, 30, 300);
	bool is_checked = sql_health_night(req_tx(all->r), &night);
	int64_t open = night.ended_at ? 0 : seconds_since(night.night_at, now);
	bool is_old = is_checked && now - night.night_at > 26 * CLOCK_HOUR;

	put(all, &(struct check){
		.name = "deadlines_check",
		.state = night.mismatches > 0 || open > 12 * 3600 ? STATE_BAD :
			 !is_checked || is_old || open > 3 * 3600 ? STATE_WARN : STATE_OK,
		.since = night.night_at, .figure = (int64_t)night.mismatches, .unit = UNIT_COUNT,
	});
}

/* ---- the ledger ---- */

static void check_ledger(struct checks *all)
{
	struct sql_health_ledger_row ledger = { 0 };
	struct str key;

	(void)!sql_health_ledger(req_tx(all->r), (struct sql_health_ledger){
		.most = WAITING_COUNTED }, &ledger);
	put(all, &(struct check){
		.name = "ledger_waiting", .since = ledger.since,
		.state = above(seconds_since(ledger.since, clock_now()), 10, LIMIT_MERGE_SECONDS),
		.figure = (int64_t)ledger.waiting, .unit = UNIT_COUNT,
	});
	put_age(all, "ledger_checkpoint", ledger.confirmed_at, clock_real(), 180, 900);
	put(all, &(struct check){
		.name = "signer", .since = ledger.confirmed_at,
		.state = signer_vkey(req_arena(all->r), &key) ? STATE_OK : STATE_BAD,
	});
}

/* ---- who is posted to ---- */

struct posted {
	uint64_t n, troubled;
	bool is_disabled;
	int64_t since;		/* the first trouble */
	int64_t waiting_since;	/* of the first message */
	struct str names;
	uint32_t named;
};

static int64_t earlier(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

static void note_endpoint(struct posted *p, struct arena *a,
			  const struct sql_health_endpoints_row *row)
{
	bool is_troubled = row->disabled_for != OUTBOX_NOT_DISABLED || row->failing_since != 0 ||
			   row->held_until > clock_real();

	p->n++;
	p->waiting_since = earlier(p->waiting_since, row->waiting_since);
	if (!is_troubled)
		return;
	p->troubled++;
	p->is_disabled |= row->disabled_for != OUTBOX_NOT_DISABLED;
	p->since = earlier(p->since, row->failing_since);
	if (p->named++ < NAMED)
		p->names = arena_printf(a, "%.*s%s%.*s #%" PRIu64, STR_ARG(p->names),
					p->names.n > 0 ? ", " : "", STR_ARG(row->department),
					row->id);
}

static void check_posting(struct checks *all)
{
	struct sql_health_endpoints_row row = { 0 };
	struct posted hooks = { .names = STR("") }, gateway = { .names = STR("") };
	int64_t now = clock_real(), silent = setting_int("webhook_silent_after");
	struct rows *rows = sql_health_endpoints(req_tx(all->r), (struct sql_health_endpoints){
		.standing = outbox_standing(OUTBOX_PENDING) });

	while (sql_health_endpoints_next(rows, &row))
		note_endpoint(row.is_gateway ? &gateway : &hooks, req_arena(all->r), &row);
	put(all, &(struct check){
		.name = "webhooks", .since = hooks.since, .figure = (int64_t)hooks.troubled,
		.state = hooks.is_disabled ? STATE_BAD : hooks.troubled ? STATE_WARN : STATE_OK,
		.unit = UNIT_COUNT, .detail = hooks.names.n > 0 ? hooks.names : STR_NONE,
	});
	put_age(all, "webhooks_waiting", hooks.waiting_since, now, 60, silent);
	int64_t waits = seconds_since(gateway.waiting_since, now);

	put(all, &(struct check){
		.name = "sms_gateway", .since = gateway.since, .figure = waits,
		.unit = sms_is_on() ? UNIT_SECONDS : UNIT_NONE,
		.state = !sms_is_on() ? STATE_OK : gateway.is_disabled ? STATE_BAD :
			 gateway.troubled ? STATE_WARN : above(waits, 60, silent),
	});
}

/* ---- who hand-overs are exchanged with ---- */

enum { EXCHANGE_LOOKED_BACK = 7 };	/* days: by then somebody has seen to it, or nobody will */

/* Urgent offers that nobody answered in time, and messages that one of both sides could not take. */
static void check_exchange(struct checks *all)
{
	struct check check = { .name = "exchange", .unit = UNIT_COUNT, .detail = STR("") };
	struct sql_health_exchange_row row = { 0 };
	struct rows *rows = sql_health_exchange(req_tx(all->r), (struct sql_health_exchange){
		.overdue = EXCHANGE_OVERDUE,
		.since = clock_now() - EXCHANGE_LOOKED_BACK * CLOCK_DAY });

	while (sql_health_exchange_next(rows, &row)) {
		if (row.late + row.refused == 0)
			continue;
		check.state = STATE_WARN;
		check.figure += (int64_t)(row.late + row.refused);
		check.since = earlier(check.since, earlier(row.late_since, row.refused_since));
		check.detail = arena_printf(req_arena(all->r), "%.*s%s%.*s %.*s",
					    STR_ARG(check.detail), check.detail.n ? ", " : "",
					    STR_ARG(row.code), STR_ARG(row.name));
	}
	check.detail = check.detail.n ? check.detail : STR_NONE;
	put(all, &check);
}

/* ---- the database, disks ---- */

static void put_disk(struct checks *all, const char *name, struct str folder)
{
	struct disk_space space;
	int64_t least = setting_int("health_disk_percent");

	if (!disk_space(folder, &space)) {
		put(all, &(struct check){ .name = name });
		return;
	}
	int64_t percent = (int64_t)(space.free / (space.total / 100 + 1));

	put(all, &(struct check){
		.name = name, .figure = (int64_t)space.free, .unit = UNIT_BYTES,
		.state = percent < least / 2 ? STATE_BAD : percent < least ? STATE_WARN : STATE_OK,
		.detail = arena_printf(req_arena(all->r), "%" PRId64 " %%", percent),
	});
}

/* Of a cluster its nodes, of a single database the replicas that follow it. */
static void check_cluster(struct checks *all, bool is_cluster)
{
	struct sql_health_cluster_row row = { 0 };
	struct rows *rows = sql_health_cluster(req_tx(all->r));
	struct check check = { .name = "cluster", .unit = UNIT_COUNT };
	const char *counted = is_cluster ? "WSREP_CLUSTER_SIZE" : "SLAVES_CONNECTED";

	while (sql_health_cluster_next(rows, &row)) {
		uint64_t n;

		if (str_is(row.name, counted) && str_to_u64(row.value, &n))
			check.figure = (int64_t)n;
		if (is_cluster && str_is(row.name, "WSREP_CLUSTER_STATUS")) {
			check.detail = row.value;
			check.state = str_is(row.value, "Primary") ? STATE_OK : STATE_BAD;
		}
	}
	put(all, &check);
}

static void check_database(struct checks *all)
{
	struct sql_health_database_row row = { 0 };
	int64_t asked = clock_real();
	bool is_here = sql_health_database(req_tx(all->r), &row);
	int64_t off = row.now > asked ? row.now - asked : asked - row.now;

	put(all, &(struct check){
		.name = "database", .figure = row.schema_number, .unit = UNIT_COUNT,
		.state = !is_here || row.is_read_only ? STATE_BAD : STATE_OK,
		.detail = row.version,
	});
	check_cluster(all, row.is_cluster);
	/* a folder of this name here is not the one of a database elsewhere */
	bool is_local = setting_str("database_socket").n > 0 || str_is(setting_str("database_host"), "127.0.0.1");

	put_disk(all, "disk_database", is_local ? row.data_folder : STR_NONE);
	put_disk(all, "disk_files", setting_str("attachment_directory"));
	put(all, &(struct check){ .name = "backup",
				  .state = row.has_log ? STATE_OK : STATE_WARN });
	put(all, &(struct check){
		.name = "clock", .figure = off / CLOCK_SECOND, .unit = UNIT_SECONDS,
		.state = clock_is_test() ? STATE_WARN : above(off / CLOCK_SECOND, 2, 30),
		.since = clock_is_test() ? clock_now() : 0,
	});
}

/* ---- the rest ---- */

static void check_certificate(struct checks *all)
{
	int64_t ends = certificate_ends_at(), left = (ends - clock_real()) / CLOCK_DAY;

	put(all, &(struct check){
		.name = "certificate", .since = ends, .figure = left,
		.unit = ends ? UNIT_DAYS : UNIT_NONE,
		.state = ends == 0 || left >= 21 ? STATE_OK : left >= 5 ? STATE_WARN : STATE_BAD,
	});
}

static void check_scanner(struct checks *all)
{
	struct sql_health_unscanned_row first = { 0 };
	bool is_away = virus_scan_is_on() && virus_scan(STR("")) == SCAN_AWAY;

	if (!sql_health_unscanned(req_tx(all->r), &first))
		first.uploaded_at = 0;
	put(all, &(struct check){
		.name = "virus_scanner",
		.state = is_away ? STATE_BAD : STATE_OK,
		.since = virus_scan_is_on() ? first.uploaded_at : 0,
		.detail = virus_scan_is_on() ? STR("clamd") : STR_NONE,
	});
}

static struct reply health_show(struct req *r)
{
	struct checks all = { .r = r };
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_time(j, "at", clock_real());
	json_array(j, "checks");
	check_deadlines(&all);
	check_ledger(&all);
	check_posting(&all);
	check_exchange(&all);
	check_database(&all);
	check_certificate(&all);
	check_scanner(&all);
	json_close(j);
	json_text(j, "state", state_names[all.worst]);
	json_close(j);
	return reply_ok(r);
}

static const struct route routes[] = {
	{ ROUTE(health_show), .lane = LANE_OUTSIDE },
	{ 0 }
};

const struct module health_module = {
	.name = "health",
	.purpose = "Tells who watches over the service what stands still, waits or fails.",
	.routes = routes,
	.settings = settings,
};
