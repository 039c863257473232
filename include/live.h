/*
 * Telling browsers at once what changed: messages that are rows of the transaction which they
 * tell of, and reach everybody who follows GET /api/v1/stream and may hear of them, on every
 * server of the database, once it has committed. A message carries what changed, never content.
 *
 * Two ways to say who hears one. live_tell() names the audience, which is enough where roles,
 * a unit or a person decide: a call that rings. live_tell_of() names a subject only, and the
 * topic judges it for each kind of reader when it is sent: what may be seen then counts.
 *
 * Order and loss: messages of one transaction are heard in the order in which they were told;
 * all servers hear all messages in one order, which never depends on who committed first; a
 * browser that was away goes on behind the last message it had, or is told `reset` when that
 * one is older than what is kept (bounds.h, LIMIT_LIVE_*). None is lost and none is heard twice.
 *
 * Threads: workers.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "req.h"
#include "str.h"
#include "tx.h"

/*
 * Answers the route of the stream: from now on, or behind the message that Last-Event-ID or the
 * query parameter last_event_id names; 204, which tells a browser to stop, where the actor's
 * role hears of no topic. The route is_unattended; LIMIT_LIVE_* says how many there may be.
 */
struct reply reply_live(struct req *r);

/* Who hears it: everybody of whom all of these are true. */
struct live_audience {
	uint32_t roles;		/* is of one of these, by a session or a key; 0 is nobody */
	struct str unit;	/* belongs to this one; "" to none; STR_NONE: wherever */
	uint64_t account;	/* is this person; 0: any */
	uint64_t but_account;	/* is another person; 0: any */
};

struct live_topic;

/*
 * Tells `data`, the text of one JSON object of at most LIMIT_LIVE_BYTES, to an audience. A
 * call that rings for one operator and is seen by the others is told twice:
 *
 *	live_tell(tx, &live_call, &(struct live_audience){ .roles = ROLE_OPERATOR,
 *		.account = id }, mine);
 *	live_tell(tx, &live_call, &(struct live_audience){ .roles = ROLE_OPERATOR,
 *		.but_account = id }, others);
 *
 * Costs one deferred row (tx.h, :write), so it may be called on every lane.
 */
void live_tell(struct tx *tx, const struct live_topic *topic, const struct live_audience *to,
	       struct str data);

/* What happened to a subject; numbers mean what the topic makes of them. */
struct live_message {
	uint64_t subject;	/* not 0 */
	uint64_t part, number, code;
	int64_t at;
};
void live_tell_of(struct tx *tx, const struct live_topic *topic, const struct live_message *m);

/* Readers who see the same: of one cell of the stream's row, one role and one unit. */
struct live_reader {
	enum relation relation;		/* their cell of the access table */
	struct actor actor;		/* id 0 and no name where persons make no difference */
};

/*
 * What may be followed. A module lists its topics (module.h, live), up to a zero row; only those
 * can be told. A topic without say() is told by live_tell() alone.
 */
struct live_topic {
	const char *name;		/* stands behind "event:", [a-z_]{1,24} */
	uint32_t roles;			/* who may ever hear of it: all others are told to stop
					   when they hear of no topic */
	uint32_t personal_roles;	/* of these each person is a reader of its own, unless
					   what they see is the whole or a tree */
	/* Reads what say() needs, once for up to n messages; they live in the arena of tx. */
	void *(*open)(struct tx *tx, const struct live_message *list, size_t n);
	/* What this kind of reader is told: a JSON object, or STR_NONE for nothing. */
	struct str (*say)(struct tx *tx, void *opened, const struct live_message *m,
			  const struct live_reader *reader);
	/* NULL, or whether this person is told something else than the others of the kind:
	 * then say() is asked once more, with the person's id and name. */
	bool (*is_about)(void *opened, const struct live_message *m, const struct actor *person);
};
