/*
 * How a stream begins: behind which message, and whether what came since is still kept. The
 * answer's connection becomes the stream on the loop (live.h).
 */
#include "bounds.h"
#include "live.h"
#include "net/live_streams.h"
#include "net/live_tail.h"
#include "net/request.h"
#include "store/journal.h"

/* What the browser says it has; STR_NONE when it begins. The field is newer than the address. */
static struct str last_event_id(const struct req *r)
{
	struct str field = req_header(r, "Last-Event-ID");

	return field.n > 0 ? field : req_query(r, "last_event_id");
}

struct reply reply_live(struct req *r)
{
	struct str last = last_event_id(r);
	struct live_opening *opening = arena_new_of(r->arena, struct live_opening);

	if (!(r->actor.role & live_roles()))
		return reply_empty(r);
	if (!journal_place(r->tx))
		return reply_empty(r);	/* the transaction has failed and wins */
	struct journal_range range = journal_range(r->tx);

	if (last.p && str_to_u64(last, &opening->position))
		opening->is_reset = opening->position > range.last ||
				    opening->position < range.gone ||
				    range.last - opening->position > LIMIT_LIVE_REPLAY;
	else
		opening->is_reset = last.p != NULL;
	if (!last.p || opening->is_reset)
		opening->position = range.last;
	reply_header(r, "X-Accel-Buffering", "no");
	struct reply reply = reply_bytes(r, 200, STR("text/event-stream"), STR(""));
	r->draft.live = opening;
	return reply;
}
