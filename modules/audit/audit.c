/*
 * Audit: what people and programs did beside the steps of appeals. Those who look into it can
 * change nothing, and those who act cannot look into it (三员分立).
 */
#include "audit/record.h"

#include "clock.h"
#include "domain.h"
#include "setting.h"

enum { FORGOTTEN_AT_A_TIME = 1000 };

/* Counts of refused sign-ins, whose sums are in the ledger. */
static bool audit_forget(struct tx *tx)
{
	int64_t before = clock_now() - setting_int("audit_months") * 31 * CLOCK_DAY;

	return sql_audit_refused_forget(tx, (struct sql_audit_refused_forget){
		.before = (uint32_t)(before / CLOCK_HOUR), .n = FORGOTTEN_AT_A_TIME }) ==
		FORGOTTEN_AT_A_TIME;
}

static const struct job jobs[] = {
	{ "audit.refusals", CLOCK_MINUTE, audit_count_refusals, .is_domain = true,
	  .next_due = audit_next_count },
	{ "audit.forget", CLOCK_HOUR, audit_forget },
	{ 0 }
};

/* Six months: Cybersecurity Law (网络安全法), article 21, logs. */
static const struct setting settings[] = {
	{ "audit_months", SETTING_INT, "36", 6, 600, .unit = "months",
	  .help = "How long it stays known who saw which appeal, and from where sign-ins were "
		  "refused; what was done stays in the ledger for ever." },
	{ "reveals_an_hour", SETTING_INT, "30", 0, 100000,
	  .help = "Identities that one person may open in an hour before the audit says so; "
		  "0 never does." },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(audit_list), .query = "limit cursor kind by subject from to" },
	{ ROUTE(audit_csv), .lane = LANE_SLOW, .query = "kind by subject from to" },
	{ ROUTE(audit_show) },
	{ ROUTE(audit_proof) },
	{ ROUTE(audit_openings) },
	{ 0 }
};

const struct module audit_module = {
	.name = "audit",
	.purpose = "Keeps who did what beside the steps of appeals, each act in the ledger.",
	.routes = routes,
	.jobs = jobs,
	.settings = settings,
};
