#include "net/live_streams.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "base/loop.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "metrics.h"
#include "must.h"
#include "net/auth_snapshot.h"
#include "net/live_tail.h"
#include "net/request.h"
#include "store/journal.h"
#include "store/store.h"

enum {
	TAIL_ARENA_BYTES = MIB(64),
	RETRY_MS = 3000,		/* what a browser waits before it comes back */
	RETRY_SPREAD_MS = 4000,		/* and up to so much more when all are sent away at once */
	ENDING_SECONDS = 5,		/* for the last bytes to be taken */
	DISCARD_BYTES_MOST = KIB(64),
};

#define POLL_US (CLOCK_SECOND / 4)	/* what other servers told is seen after so long */
#define HURRY_US (CLOCK_SECOND / 50)	/* between two looks in a burst */
#define SWEEP_US CLOCK_SECOND
#define CHECK_US (2 * CLOCK_SECOND)	/* between two looks at the sessions */

LIST_HEAD(stream_list, live_stream);

/* The readers of one kind, while there are any. */
struct group {
	LIST_ENTRY(group) link;
	struct live_reader reader;	/* its unit is the group's own copy */
	char *unit;
	size_t count;
	size_t index;			/* in the present look */
};

/* One per stream, thousands of them: keep it small. */
struct live_stream {
	LIST_ENTRY(live_stream) link;
	struct bufferevent *bev;
	struct http_connection *connection;
	void (*close_it)(struct http_connection *connection);
	struct group *group;
	struct live_person person;
	uint64_t session_id;		/* 0: of a key */
	uint64_t standing;		/* of the key, when it opened */
	char *peer;
	uint64_t position;		/* the last message it has, or was not to have */
	int64_t beat_at;		/* clock_monotonic(), as all here */
	int64_t waits_since;		/* its output was empty then, last; 0: it is empty */
	int64_t ending_at;		/* 0: it goes on */
	uint32_t discarded;
	bool is_full;			/* it is sent no messages until its output is empty */
	bool is_asked;			/* the present look is for it, too */
	bool is_checked;		/* ... and asks for its session */
};

static struct {
	struct stream_list streams;
	LIST_HEAD(, group) groups;
	size_t count;
	struct loop_timer *look_timer, *sweep_timer;
	struct live_tail tail;
	int64_t looked_at, checked_at;
	bool is_looking;
	bool is_due;			/* something was told while it was looking */
	bool is_started, is_draining;
} live;

static struct metric streams_now = {
	.name = "liandong_live_streams", .kind = METRIC_GAUGE,
	.help = "Open streams of messages to browsers.",
};
static struct metric streams_total = {
	.name = "liandong_live_streams_total", .kind = METRIC_COUNTER,
	.help = "Streams of messages that were opened.",
};
static struct metric events_total = {
	.name = "liandong_live_events_total", .kind = METRIC_COUNTER,
	.help = "Messages sent on streams.",
};
static struct metric cut_total = {
	.name = "liandong_live_cut_total", .kind = METRIC_COUNTER,
	.help = "Streams cut because their reader took too little of them.",
};
static struct metric resets_total = {
	.name = "liandong_live_resets_total", .kind = METRIC_COUNTER,
	.help = "Streams whose reader was told to begin anew.",
};

static void look_soon(void);

/* ---- bytes ---- */

static void cut(struct live_stream *s)
{
	metric_add(&cut_total, 1);
	s->close_it(s->connection);
}

static void send_bytes(struct live_stream *s, struct str bytes)
{
	if (!s->waits_since)
		s->waits_since = clock_monotonic();
	must(evbuffer_add(bufferevent_get_output(s->bev), bytes.p, bytes.n) == 0);
}

/* An id without data moves the place to resume at, and is no message (WHATWG HTML, 9.2.6). */
static void send_beat(struct live_stream *s, const char *word)
{
	char text[64];
	int n = snprintf(text, sizeof(text), ": %s\nid: %" PRIu64 "\n\n", word, s->position);

	must(n > 0 && (size_t)n < sizeof(text));
	s->beat_at = clock_monotonic() + LIMIT_LIVE_BEAT_SECONDS * CLOCK_SECOND;
	send_bytes(s, (struct str){ text, (size_t)n });
}

static void send_reset(struct live_stream *s)
{
	char text[80];
	int n = snprintf(text, sizeof(text), "id: %" PRIu64 "\nevent: reset\ndata: {}\n\n",
			 s->position);

	must(n > 0 && (size_t)n < sizeof(text));
	metric_add(&resets_total, 1);
	send_bytes(s, (struct str){ text, (size_t)n });
}

/* The last bytes say when to come back; the connection is closed when they are taken. */
static void end_stream(struct live_stream *s, uint64_t spread_ms)
{
	char text[40];
	uint64_t random;

	if (s->ending_at)
		return;
	crypto_random(&random, sizeof(random));
	int n = snprintf(text, sizeof(text), "retry: %" PRIu64 "\n\n",
			 RETRY_MS + (spread_ms ? random % spread_ms : 0));
	must(n > 0 && (size_t)n < sizeof(text));
	send_bytes(s, (struct str){ text, (size_t)n });
	s->ending_at = clock_monotonic();
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct live_stream *s = arg;
	struct evbuffer *input = bufferevent_get_input(bev);

	s->discarded += (uint32_t)evbuffer_get_length(input);
	evbuffer_drain(input, evbuffer_get_length(input));
	if (s->discarded > DISCARD_BYTES_MOST)
		s->close_it(s->connection);
}

static void on_written(struct bufferevent *bev, void *arg)
{
	struct live_stream *s = arg;

	(void)bev;
	if (s->ending_at) {
		s->close_it(s->connection);
		return;
	}
	s->waits_since = 0;
	if (s->is_full)
		look_soon();
	s->is_full = false;
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct live_stream *s = arg;

	(void)bev;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT))
		s->close_it(s->connection);
}

/* ---- groups ---- */

static bool is_of_group(const struct group *g, const struct live_reader *reader)
{
	return g->reader.relation == reader->relation &&
	       g->reader.actor.role == reader->actor.role &&
	       g->reader.actor.kind == reader->actor.kind &&
	       g->reader.actor.id == reader->actor.id &&
	       str_eq(g->reader.actor.unit, reader->actor.unit);
}

/* What makes a difference to what is told; kind and id only where a topic says so. */
static struct live_reader reader_of(const struct req *r)
{
	struct live_reader reader = {
		.relation = req_relation(r),
		.actor = { .role = r->actor.role, .unit = r->actor.unit },
	};

	if (reader.relation == RELATION_OWN && (reader.actor.role & live_personal_roles())) {
		reader.actor.kind = r->actor.kind;
		reader.actor.id = r->actor.id;
	}
	return reader;
}

static char *copy(struct str s)
{
	char *text = malloc(s.n + 1);

	must(text);
	if (s.n > 0)
		memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return text;
}

static struct group *group_join(const struct live_reader *reader)
{
	struct group *g;

	LIST_FOREACH(g, &live.groups, link)
		if (is_of_group(g, reader))
			break;
	if (!g) {
		g = calloc(1, sizeof(*g));
		must(g);
		g->reader = *reader;
		g->unit = copy(reader->actor.unit);
		g->reader.actor.unit = reader->actor.unit.p ?
			(struct str){ g->unit, reader->actor.unit.n } : STR_NONE;
		LIST_INSERT_HEAD(&live.groups, g, link);
	}
	g->count++;
	return g;
}

static void group_leave(struct group *g)
{
	if (--g->count > 0)
		return;
	LIST_REMOVE(g, link);
	free(g->unit);
	free(g);
}

/* ---- opening and closing ---- */

static bool refuse_room(struct req *r, int status, const char *code, const char *detail)
{
	draft_reset(r);
	reply_header(r, "Retry-After", "30");
	reply_problem(r, status, code, "%s", detail);
	return false;
}

bool live_has_room(struct req *r)
{
	size_t of_session = 0, of_account = 0;
	struct live_stream *s;

	LIST_FOREACH(s, &live.streams, link) {
		bool is_same = s->person.kind == r->actor.kind && s->person.id == r->actor.id;

		of_account += is_same;
		of_session += is_same && s->session_id && s->session_id == r->session_id;
	}
	if (live.is_draining)
		return refuse_room(r, 503, "unavailable", "The server is being stopped.");
	if (live.count >= LIMIT_LIVE_STREAMS)
		return refuse_room(r, 503, "streams_full", "Too many streams are open; ask for "
				   "what changed now and then instead.");
	if (of_session >= LIMIT_LIVE_OF_SESSION || of_account >= LIMIT_LIVE_OF_ACCOUNT)
		return refuse_room(r, 429, "too_many_streams", "Close one of your own streams "
				   "first: a browser needs one, however many windows it has.");
	return true;
}

static uint64_t standing_of(const struct live_stream *s)
{
	struct snapshot *snapshot = snapshot_pin();
	const struct auth_snapshot *known = snapshot ? snapshot_part(snapshot, SNAPSHOT_AUTH) :
						       NULL;
	uint64_t standing = known ? key_standing(auth_keys(known), s->person.id, clock_real(),
						 str_of(s->peer)) : 0;

	if (snapshot)
		snapshot_unpin(snapshot);
	return standing;
}

/* A small buffer in the kernel: what a reader does not take shall soon be seen here. */
static void begin_bytes(struct live_stream *s, const struct live_opening *opening)
{
	char text[32];
	int bytes = LIMIT_LIVE_WAITING / 2;
	int n = snprintf(text, sizeof(text), "retry: %d\n\n", RETRY_MS);

	setsockopt(bufferevent_getfd(s->bev), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	bufferevent_set_timeouts(s->bev, NULL, NULL);
	bufferevent_setcb(s->bev, on_read, on_written, on_event, s);
	bufferevent_enable(s->bev, EV_READ | EV_WRITE);
	send_bytes(s, (struct str){ text, (size_t)n });
	if (opening->is_reset)
		send_reset(s);
	else
		send_beat(s, "open");
}

struct live_stream *live_open(const struct req *r, struct bufferevent *bev,
			      struct http_connection *connection,
			      void (*close_it)(struct http_connection *connection))
{
	struct live_stream *s = calloc(1, sizeof(*s));
	struct live_reader reader = reader_of(r);

	must(s && loop_thread() && live.is_started);
	s->bev = bev;
	s->connection = connection;
	s->close_it = close_it;
	s->group = group_join(&reader);
	s->person = (struct live_person){ r->actor.kind, r->actor.id };
	s->session_id = r->session_id;
	s->peer = copy(r->peer);
	s->standing = s->session_id ? 0 : standing_of(s);
	s->position = r->draft.live->position;
	s->beat_at = clock_monotonic() + LIMIT_LIVE_BEAT_SECONDS * CLOCK_SECOND;
	LIST_INSERT_HEAD(&live.streams, s, link);
	if (live.count++ == 0)
		loop_timer_set(live.sweep_timer, SWEEP_US);
	metric_set(&streams_now, (int64_t)live.count);
	metric_add(&streams_total, 1);
	begin_bytes(s, r->draft.live);
	look_soon();
	return s;
}

void live_closed(struct live_stream *s)
{
	if (!s)
		return;
	LIST_REMOVE(s, link);
	group_leave(s->group);
	live.count--;
	metric_set(&streams_now, (int64_t)live.count);
	free(s->peer);
	free(s);
}

/* ---- asking ---- */

static void ask_groups(struct live_tail *tail)
{
	struct arena *a = tail->work.arena;
	struct group *g;

	tail->class_count = 0;
	LIST_FOREACH(g, &live.groups, link)
		g->index = tail->class_count++;
	tail->classes = arena_array_of(a, struct live_class, tail->class_count);
	LIST_FOREACH(g, &live.groups, link) {
		struct live_class *class = &tail->classes[g->index];

		class->reader = g->reader;
		class->reader.actor.unit = arena_str(a, g->reader.actor.unit);
		class->position = UINT64_MAX;
		class->people = arena_array_of(a, struct live_person, g->count);
	}
}

static void ask_stream(struct live_tail *tail, struct live_stream *s)
{
	struct live_class *class = &tail->classes[s->group->index];

	s->is_asked = !s->is_full && !s->ending_at;
	if (!s->is_asked)
		return;
	class->people[class->people_count++] = s->person;
	if (s->position < class->position)
		class->position = s->position;
	if (s->position < tail->after)
		tail->after = s->position;
}

/* The sessions of all streams, as JSON; STR_NONE when none has one. */
static void ask_sessions(struct live_tail *tail)
{
	struct live_stream *s;
	struct buf pairs;

	tail->session_count = 0;
	buf_init(&pairs, LIMIT_LIVE_STREAMS * 48 + 2);
	LIST_FOREACH(s, &live.streams, link) {
		s->is_checked = s->session_id != 0;
		if (s->is_checked)
			buf_printf(&pairs, "%s[%" PRIu64 ",%" PRIu64 "]",
				   tail->session_count++ ? "," : "[", s->person.id,
				   s->session_id);
	}
	buf_add_byte(&pairs, ']');
	must(!pairs.overflow);
	tail->sessions = tail->session_count ? arena_str(tail->work.arena, buf_str(&pairs)) :
					       STR_NONE;
	buf_free(&pairs);
}

/* ---- taking ---- */

static bool hears(const struct live_stream *s, const struct live_audience *to)
{
	const struct actor *reader = &s->group->reader.actor;
	uint64_t account = s->person.kind == ACTOR_ACCOUNT ? s->person.id : 0;

	return (reader->role & to->roles) && (!to->unit.p || str_eq(to->unit, reader->unit) ||
		(to->unit.n == 0 && reader->unit.n == 0)) &&
	       (!to->account || to->account == account) &&
	       (!to->but_account || to->but_account != account);
}

static struct str block_for(const struct live_line *line, const struct live_stream *s)
{
	if (!line->is_judged)
		return hears(s, &line->audience) ? line->block : STR_NONE;
	for (size_t i = 0; i < line->aside_count; i++)
		if (line->asides[i].class_index == s->group->index &&
		    line->asides[i].person.kind == s->person.kind &&
		    line->asides[i].person.id == s->person.id)
			return line->asides[i].block;
	return line->of_class[s->group->index];
}

/* As much as there is room for: what is left is read again for it when it has taken that. */
static void take_lines(const struct live_tail *tail, struct live_stream *s)
{
	if (tail->gone > s->position) {
		s->position = tail->last;
		send_reset(s);
		return;
	}
	size_t waiting = evbuffer_get_length(bufferevent_get_output(s->bev));

	for (size_t i = 0; i < tail->line_count && !s->is_full; i++) {
		const struct live_line *line = &tail->lines[i];

		if (line->position <= s->position)
			continue;
		struct str block = block_for(line, s);
		waiting += block.n;
		s->is_full = waiting > LIMIT_LIVE_WAITING;
		if (s->is_full)
			break;
		s->position = line->position;
		if (!block.p)
			continue;
		send_bytes(s, block);
		metric_add(&events_total, 1);
	}
}

static bool is_alive(const struct live_tail *tail, const struct live_stream *s)
{
	for (size_t i = 0; i < tail->alive_count; i++)
		if (tail->alive[i] == s->session_id)
			return true;
	return false;
}

static void look_done(struct live_tail *tail)
{
	struct live_stream *s;
	bool is_answered = tail->is_answered;

	LIST_FOREACH(s, &live.streams, link) {
		bool is_asked = s->is_asked, is_checked = s->is_checked;

		s->is_asked = s->is_checked = false;
		if (!is_answered || s->ending_at)
			continue;
		if (is_checked && !is_alive(tail, s))
			end_stream(s, 0);
		else if (is_asked)
			take_lines(tail, s);
	}
	live.is_looking = false;
	bool is_due = live.is_due || (is_answered && tail->is_more);
	arena_rewind(tail->work.arena, tail->work.start);
	arena_free(tail->work.arena);
	tail->work.arena = NULL;
	if (live.is_draining || live.count == 0)
		return;
	if (is_due)
		look_soon();
	else
		loop_timer_set(live.look_timer, POLL_US);
}

static void look(void *arg)
{
	struct live_tail *tail = &live.tail;
	struct live_stream *s;
	int64_t now = clock_monotonic();

	(void)arg;
	if (live.is_looking || live.is_draining || live.count == 0)
		return;
	tail->work.arena = arena_new(TAIL_ARENA_BYTES);
	tail->after = UINT64_MAX;
	tail->sessions = STR_NONE;
	ask_groups(tail);
	LIST_FOREACH(s, &live.streams, link)
		ask_stream(tail, s);
	/* With nobody to be told anything positions are given, and sessions looked at, all the same. */
	if (now - live.checked_at >= CHECK_US) {
		live.checked_at = now;
		ask_sessions(tail);
	}
	live.is_due = false;
	live.looked_at = now;
	live.is_looking = live_tail_submit(tail, look_done);
	if (!live.is_looking) {
		arena_free(tail->work.arena);
		loop_timer_set(live.look_timer, POLL_US);
	}
}

/* At once, but in a burst one look takes what many commits told. */
static void look_soon(void)
{
	int64_t wait = live.looked_at + HURRY_US - clock_monotonic();

	live.is_due = true;
	if (!live.is_looking && !live.is_draining && live.count > 0)
		loop_timer_set(live.look_timer, wait > 0 ? wait : 0);
}

/* ---- once a second ---- */

/* A reader that takes nothing: while it is sent nothing new it may take longer. */
static bool is_slow(const struct live_stream *s, int64_t now)
{
	int64_t most = s->is_full ? LIMIT_LIVE_SLOW_SECONDS : LIMIT_REPLY_SECONDS;

	return s->waits_since && now - s->waits_since > most * CLOCK_SECOND;
}

static void sweep_one(struct live_stream *s, int64_t now)
{
	bool is_ending = s->ending_at != 0;

	if (is_ending ? now - s->ending_at > ENDING_SECONDS * CLOCK_SECOND : is_slow(s, now))
		cut(s);
	else if (!is_ending && !s->session_id && standing_of(s) != s->standing)
		end_stream(s, 0);
	else if (!is_ending && now >= s->beat_at)
		send_beat(s, "hb");
}

static void sweep(void *arg)
{
	int64_t now = clock_monotonic();
	struct live_stream *s, *next;

	(void)arg;
	for (s = LIST_FIRST(&live.streams); s; s = next) {
		next = LIST_NEXT(s, link);
		sweep_one(s, now);
	}
	if (live.count > 0)
		loop_timer_set(live.sweep_timer, SWEEP_US);
}

/* ---- start and stop ---- */

void live_start(void)
{
	must(loop_thread() && !live.is_started);
	LIST_INIT(&live.streams);
	LIST_INIT(&live.groups);
	live.is_started = true;
	live.look_timer = loop_timer_new(look, NULL);
	live.sweep_timer = loop_timer_new(sweep, NULL);
	journal_listen(look_soon);
	metric_register(&streams_now);
	metric_register(&streams_total);
	metric_register(&events_total);
	metric_register(&cut_total);
	metric_register(&resets_total);
}

void live_drain(void)
{
	struct live_stream *s;

	live.is_draining = true;
	LIST_FOREACH(s, &live.streams, link)
		end_stream(s, RETRY_SPREAD_MS);
	if (live.count > 0)
		log_info("live", "ending", "streams=%zu", live.count);
}

void live_stop(void)
{
	if (!live.is_started)
		return;
	must(live.count == 0);
	journal_listen(NULL);
	loop_timer_free(live.look_timer);
	loop_timer_free(live.sweep_timer);
	live.is_started = false;
}
