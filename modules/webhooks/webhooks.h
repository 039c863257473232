/*
 * Inside of webhooks: the messages that facts become, the endpoints, and what came of the
 * deliveries. Nothing here is for other modules.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "domain.h"
#include "events.h"
#include "json.h"
#include "module.h"
#include "outbox.h"
#include "req.h"

#include "webhooks_sql.h"

enum webhook_format {	/* stored: numbers are fixed */
	FORMAT_STANDARD = 1,
	FORMAT_CLOUDEVENTS,
	FORMAT_WECOM,
	FORMAT_DINGTALK,
	FORMAT_FEISHU,
};

static inline bool format_is_bot(uint32_t format)
{
	return format >= FORMAT_WECOM;
}

/* Index = number - 1. */
extern const char *const webhook_format_names[];
/* What an endpoint may ask for: all, a family, or one type. */
extern const char *const webhook_patterns[];

/* Posts an endpoint.test to one endpoint; the delivery's id. */
uint64_t webhook_test(struct tx *tx, const struct sql_webhooks_one_row *endpoint);
extern const struct hook webhook_hooks[];

/* What a bot says of an event, of a frozen month, and of a test (cards.c). */
struct str webhook_card(struct tx *tx, const struct endpoint *to, const struct event *e);
struct str webhook_card_of_month(struct tx *tx, const struct endpoint *to, uint32_t month);
struct str webhook_card_of_test(struct tx *tx, const struct endpoint *to);

/* The endpoint of the path; false means reply_missing(r): unknown, or another department's. */
bool req_endpoint(struct req *r, struct sql_webhooks_one_row *ret_row) MUST_USE;
/* A body that says nothing: {} or empty. False: reply_invalid(r). */
bool req_nothing(struct req *r) MUST_USE;
/* Ids are texts in answers: a reader's numbers may not hold 64 bits. */
void write_id(struct json *j, const char *key, struct arena *a, uint64_t id);

struct reply delivery_list(struct req *r);
struct reply delivery_show(struct req *r);
struct reply delivery_replay(struct req *r);
struct reply endpoint_test(struct req *r);
struct reply endpoint_replay(struct req *r);

struct reply warnings_list(struct req *r);
bool warnings_watch(struct tx *tx);
