/* The dialects there are, and the signed webhook, which is the ordinary one. */
#include "out/dialect.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "must.h"

const struct dialect *dialect_of(enum outbox_dialect dialect)
{
	static const struct dialect *const all[] = {
		[OUTBOX_SIGNED] = &dialect_signed, [OUTBOX_WECOM] = &dialect_wecom,
		[OUTBOX_DINGTALK] = &dialect_dingtalk, [OUTBOX_FEISHU] = &dialect_feishu, [OUTBOX_SMS] = &dialect_sms,
	};

	must(dialect >= OUTBOX_SIGNED && (size_t)dialect < array_count(all));
	return all[dialect];
}

void attempt_header(struct attempt *a, struct str line)
{
	must(a->header_n < ATTEMPT_HEADERS_MAX);
	a->headers[a->header_n++] = line.p;
}

struct str dialect_shown_url(struct arena *a, struct str url)
{
	size_t end = url.n, host;
	const char *query = url.n ? memchr(url.p, '?', url.n) : NULL;
	const char *slashes = url.n ? memmem(url.p, url.n, "://", 3) : NULL;

	must(slashes);
	if (query)
		end = (size_t)(query - url.p);
	host = (size_t)(slashes - url.p) + 3;
	while (end > host && url.p[end - 1] != '/')
		end--;
	/* Nothing but a host: all of it may be shown. */
	if (end == host)
		end = query ? (size_t)(query - url.p) : url.n;
	return arena_printf(a, "%.*s***", (int)end, url.p);
}

/* ---- the signed webhook (Standard Webhooks 1.0.0) ---- */

static void prepare_signed(struct attempt *a)
{
	const struct delivery *d = a->delivery;
	const struct signature_message message = {
		.id = str_of(d->message_id), .timestamp = a->now / CLOCK_SECOND, .body = d->body,
	};
	char signature[SIGNATURE_MAX];

	attempt_header(a, arena_printf(a->arena, "webhook-id: %s", d->message_id));
	attempt_header(a, arena_printf(a->arena, "webhook-timestamp: %" PRId64,
				       message.timestamp));
	signature_write(a->arena, a->receiver->keys, a->receiver->key_n, a->now, &message,
			signature);
	attempt_header(a, arena_printf(a->arena, "webhook-signature: %s", signature));
	for (size_t i = 0; i < OUTBOX_HEADERS_MAX && d->headers[i]; i++)
		attempt_header(a, str_of(d->headers[i]));
}

static struct verdict judge_signed(struct arena *a UNUSED, uint32_t status,
				   struct str answer UNUSED)
{
	return (struct verdict){ status / 100 == 2 ? VERDICT_DELIVERED : VERDICT_FAILED };
}

const struct dialect dialect_signed = {
	.name = "signed", .prepare = prepare_signed, .judge = judge_signed,
};
