/*
 * Short messages through the gateway that `sms_gateway_file` describes (server/out/gateway.h): they
 * go out by the outbox, and the gateway calls back with reports and replies.
 *
 * Threads: any, after the start. Memory is the arena's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "attr.h"
#include "str.h"

enum { SMS_ITEMS_MAX = 200 };	/* of one call of the gateway */

/* Whether there is a gateway. */
bool sms_is_on(void);
/* The gateway's address, for outbox_endpoint_add() with OUTBOX_SMS. */
struct str sms_url(void);
struct str sms_content_type(void);
/*
 * Hours of the local day in which nobody is written to; from == until: never quiet. Those in force are the
 * settings sms_quiet_from and sms_quiet_until. What is posted nevertheless, or failed and is to be
 * tried again, waits in the outbox until they are over.
 */
struct quiet_hours {
	uint32_t from, until;
};
/* The first moment at or after `at` (domain time) that is not quiet. */
int64_t quiet_ends(int64_t at, const struct quiet_hours *quiet);
/* The same by the settings. */
int64_t sms_allowed_from(int64_t at);

/* The body of an outbox message; it has to be posted sealed. params_json: an object, or STR_NONE. */
struct str sms_body(struct arena *a, struct str mobile, struct str content,
		    struct str params_json);

/* What an attempt's kept answer says of the gateway's own id of a message: see `kept` there. */
#define SMS_ID_PREFIX "id="

/* In constant time. */
bool sms_token_fits(struct str token);
/* What the gateway wants to hear when it calls. */
struct str sms_callback_answer(void);

struct sms_report {
	struct str id;		/* the gateway's, of the message */
	bool is_delivered;
	struct str state;
};
struct sms_reply {
	struct str id;		/* the gateway's, of the reply; STR_NONE where it has none */
	struct str mobile, content;
};
/* How many there are in a call's body; elements without the main members are left out. */
size_t sms_reports_read(struct arena *a, struct str body, struct sms_report **ret_list);
size_t sms_replies_read(struct arena *a, struct str body, struct sms_reply **ret_list);
