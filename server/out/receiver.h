/*
 * Inside of the sending side: a receiver is one endpoint with its own queue of claimed messages,
 * its own transfers and its own connections, so that no receiver can slow another one.
 *
 * Owned by the loop thread. A cycle's work reads results and requests that the loop has handed
 * over and leaves alone until done().
 */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"
#include "bounds.h"
#include "out/breaker.h"
#include "out/egress.h"
#include "out/pace.h"
#include "out/retry.h"
#include "out/signature.h"
#include "outbox.h"
#include "str.h"

enum receiver_state {	/* stored: numbers are fixed */
	RECEIVER_ENABLED = 1,
	RECEIVER_DISABLED = 2,
	RECEIVER_REMOVED = 3,
};

enum delivery_standing {	/* stored: numbers are fixed */
	STANDING_OPEN = 1,
	STANDING_DEAD = 2,
	STANDING_DELIVERED = 3,
};

struct delivery_list {
	struct delivery *first, *last;
	size_t n;
};

/* What an attempt came to, by the receiver's dialect. */
enum verdict_kind {
	VERDICT_FAILED,		/* to be tried again by the schedule */
	VERDICT_DELIVERED,
	VERDICT_THROTTLED,	/* the receiver wants to be left alone for `wait`: no attempt of the
				   schedule is used up */
	VERDICT_REFUSED,	/* key, signature or sender are wrong: trying again cannot help */
};

struct verdict {
	enum verdict_kind kind;
	int64_t wait;
	struct str kept;	/* of a sealed message's answer; STR_NONE: nothing */
};

/* A claimed message and, once it was sent, what came of it. One malloc, texts behind it. */
struct delivery {
	struct delivery *next;
	uint64_t endpoint_id, id;
	uint32_t fence, tries;
	enum outbox_cause cause;
	int64_t lease_until;		/* clock_real() */
	const char *message_id, *content_type;
	const char *headers[OUTBOX_HEADERS_MAX];	/* "name: value", NULL behind the last */
	struct str body;
	bool is_sealed;			/* nothing of its answer is kept */
	bool is_unreadable;		/* its seal does not open: it cannot be sent */
	struct delivery_list merged;	/* told along with this one, by the same request */

	int64_t at, duration;
	uint32_t status;		/* 0: no answer */
	enum outbox_error error;
	char address[46];
	char *answer;			/* valid UTF-8, own malloc, NULL: empty */
	size_t answer_n;
	enum outbox_state state;	/* after the attempt */
	int64_t due_at;			/* OUTBOX_FAILED: the next attempt */
	bool is_free;			/* the attempt does not count */
	bool is_uncertain;		/* a commit that held this may have gone through */
};

/* The settings as numbers, read at the start. */
struct out_rules {
	struct egress_rules egress;
	struct retry_schedule schedule;
	struct breaker_rule breaker;
	int64_t lease, disable_after;
	long connect_timeout_ms, timeout_ms;
	uint32_t receiver_transfers, transfers;
	char ca_file[1024];
};

struct dialect;
struct transfer;
struct dial;

struct receiver {
	const struct out_rules *rules;
	/* A transfer ended: d holds what came of it, asked is the receiver's Retry-After or
	 * RETRY_NOT_ASKED. Not called from within curl; may start the next transfer. */
	void (*finished)(struct receiver *r, struct delivery *d, const struct verdict *verdict,
			 int64_t asked);
	const struct dialect *dialect;
	uint64_t id, version;
	char *url;		/* whole, also where it is a secret */
	struct signature_key keys[LIMIT_SECRETS_LIVE];
	uint32_t key_n;
	char *secret;		/* of the receiver's own, NULL: none */
	struct pace pace;
	bool is_older;		/* than this process: others may have asked it lately */
	int64_t quiet_until;	/* clock_real(): it asked to be left alone */
	enum receiver_state state;
	enum outbox_disabled disabled_for;
	struct breaker breaker;
	int64_t failing_since, last_success_at;
	bool is_changed;	/* the four above are to be written */
	bool is_seen;		/* by the refresh under way */

	struct delivery_list queue;	/* claimed, not yet sent */
	uint32_t in_flight;
	uint32_t width;		/* transfers at a time: halved when throttled, grows again */
	uint32_t window;	/* claimed ahead at most */
	int64_t claimed_at;	/* clock_monotonic() of the last claim */
	bool is_dirty;		/* may have something due that is not claimed */
	bool has_backlog;	/* the last claim got all it asked for */
	int64_t next_due;	/* clock_real(); INT64_MAX: none known */

	CURLM *multi;		/* made on first use, closed after a minute of rest */
	struct loop_timer *timer;
	struct transfer *transfers, *idle;	/* all, and those that rest */
	struct dial *dials;
	bool is_driven, is_drive_wanted;
	int64_t rested_at;	/* clock_monotonic() of the last transfer's end */
};

/* ---- delivery.c ---- */

void delivery_push(struct delivery_list *list, struct delivery *d);
/* NULL when the list is empty. */
struct delivery *delivery_pop(struct delivery_list *list);
void delivery_free(struct delivery *d);

/* ---- send.c ---- */

/* Once, before and after all receivers. */
void send_begin(void);
void send_end(void);
/* Signs and starts; takes d. Call send_go() after the last of a row. */
void send_start(struct receiver *r, struct delivery *d);
void send_go(struct receiver *r);
/* Closes the connections of a receiver without transfers. */
void send_rest(struct receiver *r);
/* Cuts what is in flight and frees it, deliveries too. */
void send_cut(struct receiver *r);

/* ---- outbox_rules.c ---- */

/* Reads the settings; false with a sentence when one of them cannot be understood. */
bool out_rules_read(struct out_rules *ret_rules, char *why, size_t why_size) MUST_USE;
