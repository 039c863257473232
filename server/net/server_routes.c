/*
 * What the server answers by itself, whatever it serves: whether it lives, whether it is
 * ready, its metrics; and the jobs that keep its own tables small.
 */
#include <string.h>

#include "auth_sql.h"
#include "bounds.h"
#include "clock.h"
#include "metrics.h"
#include "module.h"
#include "must.h"
#include "net/lock_out.h"
#include "net/machine.h"
#include "net/request.h"
#include "net/security_txt.h"
#include "store/journal.h"
#include "store/store.h"

static struct reply livez_show(struct req *r)
{
	return reply_bytes(r, 200, STR("text/plain; charset=utf-8"), STR("ok\n"));
}

/* Ready: not draining, reference data loaded, and the database answers now. */
static struct reply readyz_show(struct req *r)
{
	struct sql_auth_ping_row row = { 0 };

	if (http_is_draining() || !tx_snapshot_slot(req_tx(r), SNAPSHOT_AUTH) ||
	    !sql_auth_ping(req_tx(r), &row)) {
		reply_header(r, "Retry-After", "1");
		return reply_problem(r, 503, "not_ready", "The server is not ready.");
	}
	return reply_bytes(r, 200, STR("text/plain; charset=utf-8"), STR("ready\n"));
}

static struct reply metrics_show(struct req *r)
{
	metric_write(r->draft.body);
	reply_header(r, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	return reply_ok(r);
}

/*
 * The roles that may read metrics, named by a setting: only the product knows its roles.
 * Without a known role nobody may read them, which is not the same as everybody.
 */
static uint32_t metrics_roles(void)
{
	struct str list = setting_str("metrics_roles");
	uint32_t roles = 0;

	while (list.n > 0) {
		const char *end = memchr(list.p, ',', list.n);
		struct str name = { list.p, end ? (size_t)(end - list.p) : list.n };
		int index;

		list.p += name.n + (end != NULL);
		list.n -= name.n + (end != NULL);
		while (name.n > 0 && name.p[0] == ' ') {
			name.p++;
			name.n--;
		}
		index = str_index(name, role_names);
		if (index >= 0)
			roles |= UINT32_C(1) << index;
	}
	return roles;
}

const struct route *server_routes(void)
{
	static const struct access livez = { "livez_show", METHOD_GET, "/livez",
					     .is_public = true };
	static const struct access readyz = { "readyz_show", METHOD_GET, "/readyz",
					      .is_public = true };
	static const struct access security = { "security_txt_show", METHOD_GET,
						"/.well-known/security.txt", .is_public = true };
	static struct access metrics = { "metrics_show", METHOD_GET, "/metrics" };
	static const struct route routes[] = {
		{ &livez, livez_show, .lane = LANE_COUNT },
		{ &readyz, readyz_show, .lane = LANE_FAST },
		{ &security, security_txt_show, .lane = LANE_COUNT },
		{ &metrics, metrics_show, .lane = LANE_SLOW },
		{ 0 }
	};

	metrics.all_roles = metrics_roles();
	return routes;
}

/* ---- jobs ---- */

static bool prune_answers(struct tx *tx)
{
	return sql_idempotency_prune(tx, (struct sql_idempotency_prune){
		clock_real() - LIMIT_KEY_DAYS * CLOCK_DAY }) == 1000;
}

static bool prune_sessions(struct tx *tx)
{
	return sql_auth_sessions_prune(tx, (struct sql_auth_sessions_prune){
		clock_real() - setting_int("session_longest") * CLOCK_SECOND }) == 1000;
}

const struct job net_jobs[] = {
	{ "idempotency.prune", 10 * CLOCK_MINUTE, prune_answers, .is_leased = true },
	{ "failures.prune", CLOCK_MINUTE, lock_prune_failures, .is_leased = true },
	{ "sources.prune", CLOCK_HOUR, lock_prune_sources, .is_leased = true },
	{ "keys.used", 10 * CLOCK_SECOND, key_uses_write },
	{ "keys.prune", 10 * CLOCK_SECOND, machine_ids_prune, .is_leased = true },
	{ "keys.rewrap", 2 * CLOCK_SECOND, data_keys_rewrap },
	{ "live.prune", 30 * CLOCK_SECOND, journal_prune, .is_leased = true },
	{ "sessions.prune", 10 * CLOCK_MINUTE, prune_sessions, .is_leased = true },
	{ 0 }
};
