/*
 * Durable sends. A message is a row written in the same transaction as the change it tells
 * of; its body never changes afterwards, but may be forgotten. The engine claims rows by compare-and-set, signs
 * (Standard Webhooks 1.0.0) freshly for each attempt, sends over HTTP, records every attempt,
 * retries with jitter, and keeps per (endpoint, topic) the order and a gap-free seq: the next
 * message goes when the one before is delivered or dead. One slow endpoint delays nobody else.
 *
 * The engine knows no domain: `topic` is a number whose messages stay in order, `body` is
 * bytes. Transport time is clock_real(), also under a test clock.
 *
 * What was posted and what came of it is read through the views outbox_endpoint_view,
 * outbox_delivery_view and outbox_attempt_view (0003_outbox.sql).
 *
 * Threads: outbox_post() in the worker that owns tx; the engine runs on the loop thread and on
 * job workers. After the commit of a transaction that posted, the engine is woken at once.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "str.h"
#include "tx.h"

enum outbox_state {	/* stored: numbers are fixed */
	OUTBOX_PENDING = 1,	/* waits for its first attempt or for the one before it */
	OUTBOX_FAILED = 2,	/* a retry is planned */
	OUTBOX_DEAD = 3,	/* exhausted or endpoint disabled; replay by hand */
	OUTBOX_DELIVERED = 4,
};

/* Why an attempt was made. */
enum outbox_cause {	/* stored: numbers are fixed */
	OUTBOX_SCHEDULED = 1,
	OUTBOX_MANUAL = 2,	/* one replay by hand */
	OUTBOX_TEST = 3,
	OUTBOX_RECOVERED = 4,	/* replay of a time range */
};

/* Why an attempt got no answer with a status. */
enum outbox_error {	/* stored: numbers are fixed */
	OUTBOX_NO_ERROR,
	OUTBOX_DNS,
	OUTBOX_REFUSED_ADDRESS,	/* the egress rules forbid what the name resolved to */
	OUTBOX_CONNECT,
	OUTBOX_TLS,
	OUTBOX_TIMEOUT,
	OUTBOX_HTTP,		/* what came back is no HTTP */
	OUTBOX_RESET,		/* the connection ended without an answer */
	OUTBOX_TOO_LARGE,
	OUTBOX_ANSWER,		/* a 2xx whose body says that it was not taken */
};

/* Why an endpoint is disabled. */
enum outbox_disabled {	/* stored: numbers are fixed */
	OUTBOX_NOT_DISABLED,
	OUTBOX_GONE,		/* the receiver answered 410 */
	OUTBOX_FAILING,		/* days without a success */
	OUTBOX_REFUSED,		/* the receiver says that key, signature or sender are wrong */
	OUTBOX_PAUSED,		/* by hand */
};

/* How an endpoint is spoken to. */
enum outbox_dialect {	/* stored: numbers are fixed */
	OUTBOX_SIGNED = 1,	/* Standard Webhooks 1.0.0 */
	OUTBOX_WECOM,		/* bots of groups: 企业微信, 钉钉, 飞书 */
	OUTBOX_DINGTALK,
	OUTBOX_FEISHU,
	OUTBOX_SMS,		/* the gateway of short messages: sms.h */
};

/* Index = number - 1 (states, causes) or number (errors, disabled); NULL-terminated. */
extern const char *const outbox_state_names[];
extern const char *const outbox_cause_names[];
extern const char *const outbox_error_names[];
extern const char *const outbox_disabled_names[];

struct outbox_message {
	uint64_t endpoint_id;
	uint64_t topic;		/* order and seq are kept within (endpoint, topic) */
	uint32_t seq;		/* 1, 2, 3 per (endpoint, topic); unique: a gap is our bug */
	struct str message_id;	/* webhook-id; no dot; same on every attempt */
	struct str type;	/* task.dispatched */
	struct str content_type;
	struct str body;	/* frozen */
	bool is_watched;	/* warn the operator when undelivered for 10 minutes */
	bool is_test;		/* its attempts are shown as OUTBOX_TEST */
	bool is_sealed;		/* holds what is secret: sealed at rest, nothing kept of answers */
	int64_t not_before;	/* real time; 0: at once. Until then it can be taken back */
	uint64_t held_for;	/* with not_before: what outbox_take_back() names */
};

/*
 * The body for a bot: a card, from which its dialect makes the message, alone or with others in
 * one digest. Texts may hold anything; what would be formatting is escaped by the dialect, and
 * what is too long for it is cut between two code points.
 */
enum outbox_tone { OUTBOX_PLAIN, OUTBOX_SOON, OUTBOX_LATE };	/* no colour, orange, red */
struct outbox_card {
	enum outbox_tone tone;
	struct str keyword;	/* without which a bot may refuse it; STR_NONE: none */
	struct str group;	/* in a digest: "新派单", counted */
	struct str title;
	struct str link;	/* STR_NONE: none */
	struct str text;	/* lines */
};
struct str outbox_card_body(struct arena *a, const struct outbox_card *card);

/* The delivery's id; 0 when the transaction has failed. */
uint64_t outbox_post(struct tx *tx, const struct outbox_message *message);
/*
 * Takes back all messages that were posted for `held_for` with this not_before: they were never
 * sent and never will be, and their numbers are given anew. True too where there were none. False,
 * with nothing changed, when one of them may have been claimed already: undo the transaction.
 */
bool outbox_take_back(struct tx *tx, uint64_t held_for, int64_t not_before) MUST_USE;
/* Forgets what was held until before a moment, at most n; their number. */
uint64_t outbox_held_forget(struct tx *tx, int64_t before, uint32_t n);
/* The column `standing` of outbox_delivery_view for messages in this state: it is indexed. */
uint32_t outbox_standing(enum outbox_state state);
/* Highest seq of (endpoint, topic) so far, 0 if none. Reads; call after touching the topic's
 * owner row in this transaction, so that two writers cannot take the same number. */
uint32_t outbox_last_seq(struct tx *tx, uint64_t endpoint_id, uint64_t topic);

/*
 * Every attempt that is claimed from then on carries this header besides its own, whatever the
 * endpoint: a fact for all that is best told along. The name is a literal, at most 4 names are
 * carried; the value is printable ASCII of at most OUTBOX_HEADER_MAX bytes.
 */
enum { OUTBOX_HEADER_MAX = 6000, OUTBOX_HEADERS_MAX = 4 };
void outbox_header_set(struct tx *tx, const char *name, struct str value);

/* Endpoints. The secret is sealed at rest; plain text ("whsec_...") is returned once. */
/* NULL when the URL may be dialled by the egress rules, else a sentence saying why not. */
const char *outbox_url_refusal(struct str url);
struct outbox_endpoint {
	struct str url;		/* of a bot it holds its key: it is sealed, and shown cut short */
	enum outbox_dialect dialect;
	struct str secret;	/* a bot's own, to sign with; STR_NONE: none. Not of OUTBOX_SIGNED. */
};
enum { OUTBOX_SECRET_MAX = 200 };
/* Makes the endpoint; of OUTBOX_SIGNED the new secret in clear is in the arena of tx, else absent. */
struct str outbox_endpoint_add(struct tx *tx, uint64_t id, const struct outbox_endpoint *endpoint);
/* Of OUTBOX_SIGNED alone: a new secret signs first, the old ones along for
 * `webhook_rotation_seconds`; STR_NONE when LIMIT_SECRETS_LIVE secrets are live already. */
struct str outbox_endpoint_rotate(struct tx *tx, uint64_t id);
void outbox_endpoint_enable(struct tx *tx, uint64_t id);
/* Until it is enabled: pending messages become dead, and those that come, too. */
void outbox_endpoint_pause(struct tx *tx, uint64_t id);
/* Pending messages become dead. */
void outbox_endpoint_remove(struct tx *tx, uint64_t id);
/*
 * What was posted about a topic says nothing any more: bodies are gone, what was not delivered
 * yet is dead and told as forgotten, and none is sent again. What receivers answered stays. Of
 * all endpoints where endpoint_id is OUTBOX_EVERYWHERE; then the topic must mean the same to all.
 */
enum { OUTBOX_EVERYWHERE = 0 };
void outbox_forget(struct tx *tx, uint64_t endpoint_id, uint64_t topic);
/* The same of sealed messages that were posted before a moment (real time) and do not wait any
 * more, at most n; their number. */
uint32_t outbox_forget_sealed(struct tx *tx, int64_t before, uint32_t n);

/* Sends a message again, with the same id, body and seq; one that waits for its next attempt
 * goes now. False: unknown, or forgotten. */
bool outbox_replay(struct tx *tx, uint64_t endpoint_id, uint64_t delivery_id) MUST_USE;
/* The same for dead and delivered messages of a time range (created_at, real time, until not
 * included), in order, at most OUTBOX_REPLAY_MAX at a time. Their number. */
enum { OUTBOX_REPLAY_MAX = 10000 };
uint64_t outbox_replay_range(struct tx *tx, uint64_t endpoint_id, int64_t since, int64_t until);

/* Endpoints with a watched message that did not arrive for `webhook_silent_after`. */
struct outbox_silence {
	uint64_t endpoint_id;
	int64_t since;		/* real time: when such a message was posted */
};
/* Their number; the list is in the arena of tx. Reads. */
size_t outbox_silent(struct tx *tx, const struct outbox_silence **ret_list);
