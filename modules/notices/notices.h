/*
 * Inside of notices: occasions become rows (notices.c), rows become messages (send.c), and the
 * gateway tells of deliveries and replies (told.c).
 */
#pragma once

#include "module.h"
#include "events.h"

#include "notices_sql.h"

enum notice_state {	/* stored: numbers are fixed */
	NOTICE_WAITING = 1,
	NOTICE_POSTED,
	NOTICE_DROPPED,
};
enum notice_dropped {	/* stored: numbers are fixed */
	NOTICE_NOT_DROPPED,
	NOTICE_NO_TEXT,		/* nothing is told of this */
	NOTICE_NO_MOBILE,
	NOTICE_STOPPED,		/* the number wants none */
	NOTICE_NO_GATEWAY,
	NOTICE_GONE,		/* the identity was erased, or the matter withdrawn */
};
enum reply_state {	/* stored: numbers are fixed */
	REPLY_UNREAD = 1,
	REPLY_ANSWERED,
	REPLY_READ,
	REPLY_STOPPED,
	REPLY_RESUMED,
};

extern const struct hook notice_hooks[];

/* The place for which the text of a reply is sealed. */
struct str reply_place(struct arena *a, uint64_t id);

bool notices_send(struct tx *tx);
int64_t notices_next_due(struct tx *tx);

struct reply notices_of_appeal(struct req *r);
struct reply notices_resume(struct req *r);
struct reply replies_list(struct req *r);
struct reply reply_done(struct req *r);
struct reply sms_report(struct req *r);
struct reply sms_reply(struct req *r);
