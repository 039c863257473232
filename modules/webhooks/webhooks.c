/*
 * Webhook endpoints as administrators and departments keep them. Sending is the outbox's
 * affair (outbox.h); messages.c says what is sent, deliveries.c what came of it.
 */
#include "webhooks/webhooks.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "setting.h"

enum { URL_CHARS = 2048, PREFIX_CHARS = 20, FORGOTTEN_AT_A_TIME = 200 };

static const struct setting settings[] = {
	{ "public_url", SETTING_TEXT, "", .fixed = true,
	  .help = "Where people reach this server (https://host), for links in messages; empty: "
		  "messages carry none, and a bot's test message says so." },
	{ 0 }
};

static void write_events(struct json *j, struct str list)
{
	json_array(j, "events");
	while (list.n) {
		const char *comma = memchr(list.p, ',', list.n);
		size_t n = comma ? (size_t)(comma - list.p) : list.n;

		json_str(j, NULL, (struct str){ list.p, n });
		list.p += n + (comma != NULL);
		list.n -= n + (comma != NULL);
	}
	json_close(j);
}

void write_id(struct json *j, const char *key, struct arena *a, uint64_t id)
{
	json_str(j, key, arena_printf(a, "%" PRIu64, id));
}

/* A secret where it is shown for the one time, and until when the older ones sign along. */
struct shown_secret {
	struct str text;
	int64_t older_until;
};

static const struct shown_secret no_secret = { .older_until = 0 };

/* The members of an endpoint. */
static void write_endpoint(struct json *j, struct arena *a,
			   const struct sql_webhooks_one_row *row, struct shown_secret secret)
{
	bool is_enabled = row->disabled_for == OUTBOX_NOT_DISABLED;
	bool is_held = row->held_until > clock_real();

	json_object(j, NULL);
	write_id(j, "id", a, row->id);
	json_str(j, "department", row->department);
	json_str(j, "url", row->url);
	write_events(j, row->events);
	json_text(j, "format", webhook_format_names[row->format - 1]);
	json_str(j, "prefix", row->prefix);
	json_text(j, "state", is_enabled ? "enabled" : "disabled");
	json_text(j, "disabled_for",
		  is_enabled ? NULL : outbox_disabled_names[row->disabled_for]);
	json_bool(j, "held", is_held);
	json_time(j, "held_until", is_held ? row->held_until : 0);
	json_time(j, "failing_since", row->failing_since);
	json_time(j, "last_success_at", row->last_success_at);
	json_time(j, "created_at", row->created_at);
	if (secret.text.p)
		json_str(j, "secret", secret.text);
	if (secret.older_until)
		json_time(j, "old_secrets_until", secret.older_until);
	json_close(j);
}

bool req_endpoint(struct req *r, struct sql_webhooks_one_row *ret_row)
{
	const struct actor *actor = req_actor(r);
	uint64_t id;

	if (!str_to_u64(req_path(r, "id"), &id) ||
	    !sql_webhooks_one(req_tx(r), (struct sql_webhooks_one){ id }, ret_row))
		return false;
	return req_relation(r) == RELATION_ALL || str_eq(actor->unit, ret_row->department);
}

struct endpoint_form {
	struct str department, url, secret, prefix;
	struct str_list events;
	int format;
};

#define AT(member) .offset = offsetof(struct endpoint_form, member)

static const struct field endpoint_fields[] = {
	{ "department", FIELD_CODE, AT(department), .max = 16 },
	{ "url", FIELD_LINE, AT(url), .required = true, .max = URL_CHARS },
	{ "events", FIELD_CODES, AT(events), .required = true, .max = 20, .choices = webhook_patterns },
	{ "format", FIELD_CHOICE, AT(format), .choices = webhook_format_names },
	{ "secret", FIELD_LINE, AT(secret), .max = OUTBOX_SECRET_MAX / 4 },
	{ "prefix", FIELD_LINE, AT(prefix), .max = PREFIX_CHARS },
	{ 0 }
};

static void check_endpoint(struct req *r, struct endpoint_form *form)
{
	const struct actor *actor = req_actor(r);
	const char *refusal = outbox_url_refusal(form->url);

	if (refusal)
		req_error(r, "#/url", "refused_url", "%s.", refusal);
	if (str_is_empty(form->department) && req_relation(r) == RELATION_OWN)
		form->department = actor->unit;
	if (str_is_empty(form->department))
		req_error(r, "#/department", "required", "Name the department.");
	else if (!reference_department_in_use(reference_of(req_tx(r)), form->department))
		req_error(r, "#/department", "unknown_code",
			  "There is no such department in use.");
}

static const enum outbox_dialect dialects[] = {
	[FORMAT_STANDARD] = OUTBOX_SIGNED, [FORMAT_CLOUDEVENTS] = OUTBOX_SIGNED,
	[FORMAT_WECOM] = OUTBOX_WECOM, [FORMAT_DINGTALK] = OUTBOX_DINGTALK,
	[FORMAT_FEISHU] = OUTBOX_FEISHU,
};

/* A secret is made here, but for bots, which have their own, if any. */
static void check_bot(struct req *r, const struct endpoint_form *form, uint32_t format)
{
	if (form->secret.p && format != FORMAT_DINGTALK && format != FORMAT_FEISHU)
		req_error(r, "#/secret", "not_taken", "Leave this out: only dingtalk and feishu "
			  "take a secret of their own.");
	if (form->prefix.p && !format_is_bot(format))
		req_error(r, "#/prefix", "not_taken", "Leave this out: only bots of groups want "
			  "a word in every message.");
}

static struct str joined(struct arena *a, struct str_list list)
{
	struct str text = STR("");

	for (size_t i = 0; i < list.n; i++)
		text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i ? "," : "",
				    STR_ARG(list.v[i]));
	return text;
}

static struct reply endpoint_add(struct req *r)
{
	const struct actor *actor = req_actor(r);
	struct tx *tx = req_tx(r);
	struct sql_webhooks_one_row row = { 0 };
	struct endpoint_form form;

	if (!req_form(r, endpoint_fields, &form))
		return reply_invalid(r);
	if (req_relation(r) == RELATION_OWN && form.department.n &&
	    !str_eq(form.department, actor->unit))
		return reply_denied(r, "A department's webhooks are its own.");
	uint32_t format = form.format < 0 ? FORMAT_STANDARD : (uint32_t)form.format + 1;

	check_endpoint(r, &form);
	check_bot(r, &form, format);
	if (req_has_errors(r))
		return reply_invalid(r);

	uint64_t id = tx_sequence(tx, "webhooks_endpoint");
	struct str secret = outbox_endpoint_add(tx, id, &(struct outbox_endpoint){
		.url = form.url, .dialect = dialects[format], .secret = form.secret });

	sql_webhooks_insert(tx, (struct sql_webhooks_insert){
		.id = id,
		.department = form.department,
		.format = format,
		.prefix = form.prefix,
		.events = joined(req_arena(r), form.events),
		.created_at = clock_now(),
		.created_by_kind = actor->kind,
		.created_by = actor->id,
	});
	tx_snapshot_changed(tx);
	if (!sql_webhooks_one(tx, (struct sql_webhooks_one){ id }, &row))
		return reply_missing(r);
	if (format_is_bot(format) && !setting_str("public_url").n)
		log_warn("webhooks", "bot_without_links", "endpoint=%" PRIu64
			 " set=public_url", id);
	write_endpoint(req_json(r), req_arena(r), &row, (struct shown_secret){ .text = secret });
	return reply_created(r, "/api/v1/webhooks/%" PRIu64, id);
}

static struct reply endpoint_list(struct req *r)
{
	const struct actor *actor = req_actor(r);
	struct sql_webhooks_list_row row = { 0 };
	bool is_all = req_relation(r) == RELATION_ALL;
	bool has_more = false;
	struct page page;
	uint64_t last = 0;
	uint32_t n = 0;

	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_webhooks_list(req_tx(r), (struct sql_webhooks_list){
		.department = is_all ? STR("") : actor->unit,
		.is_all = is_all,
		.after = page.is_continued ? page.key1 : 0,
		.n = page.limit + 1,
	});
	page_open(r);
	while (sql_webhooks_list_next(rows, &row)) {
		has_more = n++ == page.limit;
		if (has_more)
			break;
		last = row.id;
		write_endpoint(req_json(r), req_arena(r), &(struct sql_webhooks_one_row){
			.id = row.id, .department = row.department, .format = row.format,
			.events = row.events, .prefix = row.prefix,
			.created_at = row.created_at, .url = row.url,
			.state = row.state, .disabled_for = row.disabled_for,
			.held_until = row.held_until, .failures = row.failures,
			.failing_since = row.failing_since,
			.last_success_at = row.last_success_at,
		}, no_secret);
	}
	page_close(r, has_more, last, 0);
	return reply_ok(r);
}

static struct reply endpoint_show(struct req *r)
{
	struct sql_webhooks_one_row row = { 0 };

	if (!req_endpoint(r, &row))
		return reply_missing(r);
	write_endpoint(req_json(r), req_arena(r), &row, no_secret);
	return reply_ok(r);
}

static struct reply endpoint_remove(struct req *r)
{
	struct sql_webhooks_one_row row = { 0 };

	if (!req_endpoint(r, &row))
		return reply_missing(r);
	sql_webhooks_remove(req_tx(r), (struct sql_webhooks_remove){ row.id });
	outbox_endpoint_remove(req_tx(r), row.id);
	tx_snapshot_changed(req_tx(r));
	return reply_empty(r);
}

bool req_nothing(struct req *r)
{
	static const struct field no_fields[] = { { 0 } };
	struct { char none; } form;

	return req_form(r, no_fields, &form);
}

static struct reply endpoint_rotate(struct req *r)
{
	static const char *const later[] = { "test", "enable", "replay", NULL };
	struct sql_webhooks_one_row row = { 0 };

	if (!req_endpoint(r, &row))
		return reply_missing(r);
	if (!req_nothing(r))
		return reply_invalid(r);
	if (format_is_bot(row.format))
		return reply_conflict(r, "not_our_secret", later, "A bot's key and secret are the "
				      "group's: make a new bot there and register it.");
	struct str secret = outbox_endpoint_rotate(req_tx(r), row.id);

	if (!secret.p && tx_ok(req_tx(r)))
		return reply_conflict(r, "too_many_secrets", later,
				      "%d secrets sign already; wait until the oldest has run "
				      "out.", LIMIT_SECRETS_LIVE);
	write_endpoint(req_json(r), req_arena(r), &row, (struct shown_secret){ secret,
		clock_real() + setting_int("webhook_rotation_seconds") * CLOCK_SECOND });
	return reply_ok(r);
}

static struct reply endpoint_switch(struct req *r,
				    void (*change)(struct tx *tx, uint64_t id))
{
	struct sql_webhooks_one_row row = { 0 };

	if (!req_endpoint(r, &row))
		return reply_missing(r);
	if (!req_nothing(r))
		return reply_invalid(r);
	change(req_tx(r), row.id);
	if (!req_endpoint(r, &row))
		return reply_missing(r);
	write_endpoint(req_json(r), req_arena(r), &row, no_secret);
	return reply_ok(r);
}

static struct reply endpoint_enable(struct req *r)
{
	return endpoint_switch(r, outbox_endpoint_enable);
}

static struct reply endpoint_pause(struct req *r)
{
	return endpoint_switch(r, outbox_endpoint_pause);
}

/* ---- the module ---- */

static const struct route routes[] = {
	{ ROUTE(endpoint_add) },
	{ ROUTE(endpoint_list), .query = "limit cursor" },
	{ ROUTE(endpoint_show) },
	{ ROUTE(endpoint_remove) },
	{ ROUTE(endpoint_rotate) },
	{ ROUTE(endpoint_test) },
	{ ROUTE(endpoint_enable) },
	{ ROUTE(endpoint_pause) },
	{ ROUTE(endpoint_replay), .lane = LANE_SLOW },
	{ ROUTE(delivery_list), .query = "limit cursor state" },
	{ ROUTE(delivery_show) },
	{ ROUTE(delivery_replay) },
	{ ROUTE(warnings_list), .query = "limit cursor" },
	{ 0 }
};

/* Of an age in which no send is planned any more and every outage was seen. */
static bool forget_sealed(struct tx *tx)
{
	return outbox_forget_sealed(tx, clock_real() - LIMIT_SEALED_MESSAGE_DAYS * CLOCK_DAY,
				    FORGOTTEN_AT_A_TIME) == FORGOTTEN_AT_A_TIME;
}

static const struct job jobs[] = {
	{ "webhooks.forget", .every = 10 * CLOCK_SECOND, forget_sealed, .is_leased = true },
	{ "webhooks.watch", .every = 5 * CLOCK_SECOND, warnings_watch, .is_leased = true },
	{ 0 }
};

const struct module webhooks_module = {
	.name = "webhooks",
	.purpose = "Tells departments' systems of their tasks by signed webhooks.",
	.routes = routes,
	.jobs = jobs,
	.settings = settings,
	.hooks = webhook_hooks,
};
