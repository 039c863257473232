/* The settings of the sending side, and what they mean together. */
#include "out/outbox_engine.h"
#include "out/receiver.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"

const struct setting outbox_settings[] = {
	{ "webhook_allow_cidr", SETTING_LIST, "", .fixed = true, .help =
	  "Networks outside of the public Internet to which webhooks may be sent; loopback and "
	  "link-local ones only by an entry that lies within them." },
	{ "webhook_allow_http", SETTING_BOOL, "false", .fixed = true, .help =
	  "Whether webhooks may be sent without TLS." },
	{ "webhook_ca_file", SETTING_PATH, "", .fixed = true, .help =
	  "Certificates of the authorities that receivers are trusted by; empty: the system's." },
	{ "webhook_schedule", SETTING_LIST,
	  "0,5,30,120,600,1800,3600,7200,18000,36000,50400,72000,86400", .unit = "s",
	  .fixed = true, .help =
	  "Waits before the first, second ... attempt of a webhook, each +-20 %; after the last "
	  "one the message is dead." },
	{ "webhook_connect_timeout", SETTING_INT, "5", 1, 15, .unit = "s", .fixed = true, .help =
	  "How long a receiver may take to accept a connection." },
	{ "webhook_timeout", SETTING_INT, "20", 1, 25, .unit = "s", .fixed = true, .help =
	  "How long one attempt may take." },
	{ "webhook_lease", SETTING_INT, "60", 40, 600, .unit = "s", .fixed = true, .help =
	  "How long a claimed message belongs to one server; after that another may send it." },
	{ "webhook_receiver_transfers", SETTING_INT, "8", 1, 64, .fixed = true, .help =
	  "Attempts under way at a time for one endpoint." },
	{ "webhook_transfers", SETTING_INT, "256", 1, 4096, .fixed = true, .help =
	  "Attempts under way at a time for all endpoints; one for each is always allowed." },
	{ "webhook_breaker_failures", SETTING_INT, "5", 1, 1000, .fixed = true, .help =
	  "Failures in a row after which nothing more is sent to an endpoint for a while." },
	{ "webhook_breaker_open", SETTING_INT, "30", 1, 3600, .unit = "s", .fixed = true, .help =
	  "The first such while; it doubles with every failed probe." },
	{ "webhook_breaker_open_most", SETTING_INT, "600", 1, 86400, .unit = "s",
	  .fixed = true, .help =
	  "The longest such while." },
	{ "webhook_disable_after", SETTING_INT, "432000", 1, 8640000, .unit = "s",
	  .fixed = true, .help =
	  "An endpoint that failed this long without one success is disabled." },
	{ "webhook_rotation_seconds", SETTING_INT, "86400", 0, 2592000, .unit = "s", .help =
	  "How long a replaced secret of an endpoint signs along with the new one." },
	{ "webhook_silent_after", SETTING_INT, "600", 1, 86400, .unit = "s", .help =
	  "A watched message that did not reach its receiver for this long is an "
	  "operator's warning." },
	{ 0 }
};

static int64_t seconds_of(const char *name)
{
	return setting_int(name) * CLOCK_SECOND;
}

bool out_rules_read(struct out_rules *ret_rules, char *why, size_t why_size)
{
	struct str ca_file = setting_str("webhook_ca_file"), bad = STR_NONE;
	struct out_rules rules = {
		.breaker = {
			.failures = (uint32_t)setting_int("webhook_breaker_failures"),
			.open_first = seconds_of("webhook_breaker_open"),
			.open_most = seconds_of("webhook_breaker_open_most"),
		},
		.lease = seconds_of("webhook_lease"),
		.disable_after = seconds_of("webhook_disable_after"),
		.connect_timeout_ms = (long)setting_int("webhook_connect_timeout") * 1000,
		.timeout_ms = (long)setting_int("webhook_timeout") * 1000,
		.receiver_transfers = (uint32_t)setting_int("webhook_receiver_transfers"),
		.transfers = (uint32_t)setting_int("webhook_transfers"),
	};

	if (!egress_rules_parse(setting_str("webhook_allow_cidr"),
				setting_bool("webhook_allow_http"), &rules.egress, &bad)) {
		snprintf(why, why_size, "webhook_allow_cidr: `%.*s` is no network such as "
			 "10.20.0.0/16, or the list is longer than %d", STR_ARG(bad),
			 EGRESS_ALLOWED_MAX);
		return false;
	}
	if (!retry_schedule_parse(setting_str("webhook_schedule"), &rules.schedule)) {
		snprintf(why, why_size, "webhook_schedule: write 1 to %d waits in seconds, the "
			 "first 0, each at most 7 days, such as 0,5,30", RETRY_STEPS_MAX);
		return false;
	}
	if (ca_file.n >= sizeof(rules.ca_file)) {
		snprintf(why, why_size, "webhook_ca_file: the path is too long");
		return false;
	}
	if (ca_file.n)
		memcpy(rules.ca_file, ca_file.p, ca_file.n);
	*ret_rules = rules;
	return true;
}

bool outbox_settings_check(char *why, size_t why_size)
{
	struct out_rules rules;

	return out_rules_read(&rules, why, why_size);
}
