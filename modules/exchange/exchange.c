/*
 * The exchange with other services (移交转办): what 110 and the hotline hand over to each other,
 * by messages over a network or by signed files between networks that may not touch. The model is
 * the same on both sides, so a server can be either.
 */
#include "exchange/exchange.h"

static const char *const accept_names[] = { "all", "urgent", "nothing", NULL };

static const struct setting settings[] = {
	{ "exchange_code", SETTING_TEXT, "12345", .fixed = true,
	  .help = "Our own code in messages and batches that are exchanged with other services." },
	{ "exchange_answer_urgent", SETTING_INT, "120", 10, 86400, .unit = "s",
	  .help = "An urgent offer of a hand-over is answered within it, or stays with who "
		  "offered it." },
	{ "exchange_answer_other", SETTING_INT, "1800", 10, 604800, .unit = "s",
	  .help = "The same for every other offer." },
	{ "exchange_accept_by_itself", SETTING_CHOICE, "all", .choices = accept_names,
	  .help = "Which offers are taken on by themselves when they stand in the list of "
		  "hand-over items and name category, area and class; an operator takes on the "
		  "others." },
	{ "exchange_keep_days", SETTING_INT, "90", 1, 3650, .unit = "days",
	  .help = "Files of batches are kept so long after the other side acknowledged them." },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(exchange_peer_add) },
	{ ROUTE(exchange_peer_list) },
	{ ROUTE(exchange_list), .query = "limit cursor state" },
	{ ROUTE(exchange_said) },
	{ ROUTE(exchange_figures), .query = "since until" },
	{ ROUTE(exchange_offer_accept) },
	{ ROUTE(exchange_offer_refuse) },
	{ ROUTE(exchange_messages_take), .is_read_only = true },
	{ ROUTE(exchange_messages_list), .query = "after" },
	{ ROUTE(exchange_batches_list), .query = "after" },
	{ ROUTE(exchange_batches_close) },
	{ ROUTE(exchange_batch_show) },
	{ ROUTE(exchange_batch_put) },
	{ 0 }
};

static const struct command commands[] = {
	{ "exchange", "export --peer CODE --out DIR | import --peer CODE FILE...",
	  "Writes batches of hand-over messages for another service as files, and takes its in.",
	  exchange_command },
	{ 0 }
};

const struct module exchange_module = {
	.name = "exchange",
	.purpose = "Hands matters over to other services and takes theirs on, each exactly once.",
	.routes = routes,
	.jobs = exchange_jobs,
	.hooks = exchange_hooks,
	.settings = settings,
	.commands = commands,
};
