/*
 * How a receiver is spoken to: what one attempt sends, what the answer means, and how often it may
 * be asked. The signed webhook is one dialect; group bots and gateways of short messages, which
 * answer 200 even when they refuse, are others.
 *
 * Threads: the loop thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "out/pace.h"
#include "out/receiver.h"
#include "outbox.h"
#include "str.h"

enum { ATTEMPT_HEADERS_MAX = 12 };

/* One request. What is filled in lives in the arena, which is the attempt's. */
struct attempt {
	struct arena *arena;
	const struct receiver *receiver;
	const struct delivery *delivery;	/* others to be told along: delivery->merged */
	int64_t now;				/* clock_real() */

	bool is_get;				/* without a body */
	const char *url;			/* the receiver's, unless the dialect sets another */
	struct str body;			/* the delivery's, unless ... */
	const char *headers[ATTEMPT_HEADERS_MAX];	/* "name: value" */
	uint32_t header_n;
};

struct dialect {
	const char *name;
	struct pace_rule pace;
	/* More than so many messages that wait go as one: the body is then that of the digest, made
	 * of all their cards (outbox.h). 0: never. */
	uint32_t digest_above;
	bool is_address_secret;		/* the URL holds a key: sealed, and shown cut short */
	bool takes_secret;		/* may be given a secret of the receiver's own */
	/* The first moment at or after `at` (real time) at which anything is sent; NULL: always. */
	int64_t (*rests_until)(int64_t at);
	void (*prepare)(struct attempt *a);
	/* Of an answer with a status. What verdict.kept says is kept of a sealed message's answer. */
	struct verdict (*judge)(struct arena *a, uint32_t status, struct str answer);
};

const struct dialect *dialect_of(enum outbox_dialect dialect);

void attempt_header(struct attempt *a, struct str line);
/* The parts of a URL that may be shown: host and path without its last segment, no query. */
struct str dialect_shown_url(struct arena *a, struct str url);

extern const struct dialect dialect_signed, dialect_wecom, dialect_dingtalk, dialect_feishu,
	dialect_sms;
