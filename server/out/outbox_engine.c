/*
 * The sending side: which receiver may claim how much, which transfer goes next, when the
 * database is visited. Results are gathered while a visit is under way, so the batches grow
 * with the load by themselves; a lone message waits for nobody.
 */
#include "out/outbox_engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "metrics.h"
#include "must.h"
#include "out/card.h"
#include "out/cycle.h"
#include "out/dialect.h"
#include "out/outbox_run.h"
#include "out/outcome.h"
#include "out/receiver.h"
#include "out/wake.h"

#define MILLISECOND INT64_C(1000)
#define REFRESH_EVERY CLOCK_SECOND
#define COUNT_EVERY PACE_SEEN_EVERY
#define RESULTS_WAIT (20 * MILLISECOND)	/* how long a result may wait for company */
#define DRAIN_MOST (5 * CLOCK_SECOND)
#define REST_AFTER (60 * CLOCK_SECOND)
#define LEASE_SPARE (5 * CLOCK_SECOND)	/* must be left of a lease after the longest attempt */

enum {
	RESULTS_ENOUGH = 512,	/* do not wait for more */
	CLAIMS_MOST = 1024,	/* of one visit */
	WINDOW_FIRST = 32,
	WINDOW_LEAST = 16,
	WINDOW_MOST = 1024,
};

enum engine_state { ENGINE_OFF, ENGINE_SERVING, ENGINE_DRAINING, ENGINE_LEAVING, ENGINE_DRAINED };

static struct {
	enum engine_state state;
	struct out_rules rules;
	struct receiver **receivers;	/* in order of id */
	size_t n, cap;
	struct cycle visit;		/* claims, refreshes, and takes what results there are */
	struct cycle relief;		/* results alone, when they pile up */
	struct delivery_list results, releases;
	int64_t first_result_at;	/* clock_monotonic() */
	uint64_t run_id;		/* 0: not yet registered */
	int64_t registered_at;		/* clock_monotonic() */
	struct pace_runs runs;		/* of the last refresh; n 0: there was none yet */
	struct loop_timer *tick;
	int64_t tick_at;		/* clock_monotonic(); INT64_MAX: not set */
	int64_t refreshed_at, counted_at, pause_until, drain_until;	/* clock_monotonic() */
	int64_t next_due;		/* clock_real(): the earliest of all receivers */
	bool is_refresh_wanted, is_urgent;
	size_t in_flight;
	bool is_crowded;		/* a receiver waits for the transfer of another one */
	size_t turn;			/* who is asked first */
} engine;

static struct metric pending = {
	.name = "liandong_outbox_pending", .kind = METRIC_GAUGE,
	.help = "Webhook messages that are neither delivered nor dead.",
};
static struct metric dead = {
	.name = "liandong_outbox_dead", .kind = METRIC_GAUGE,
	.help = "Webhook messages that were given up and wait for a replay by hand.",
};
static struct metric silent = {
	.name = "liandong_outbox_silent_endpoints", .kind = METRIC_GAUGE,
	.help = "Endpoints that a dispatched task did not reach in time.",
};
static struct metric attempts = {
	.name = "liandong_outbox_attempts_total", .kind = METRIC_COUNTER,
	.help = "Attempts to deliver a webhook message.",
};
static struct metric failures = {
	.name = "liandong_outbox_failures_total", .kind = METRIC_COUNTER,
	.help = "Attempts that did not end with a 2xx.",
};

static void consider(void);
static void receiver_finished(struct receiver *r, struct delivery *d,
			      const struct verdict *verdict, int64_t asked);

/* ---- receivers ---- */

/* Where the id stands, or would stand. */
static size_t receiver_place(uint64_t id)
{
	size_t low = 0, high = engine.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (engine.receivers[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct receiver *receiver_find(uint64_t id)
{
	size_t at = receiver_place(id);

	return at < engine.n && engine.receivers[at]->id == id ? engine.receivers[at] : NULL;
}

static struct receiver *receiver_add(const struct receiver_row *row)
{
	struct receiver *r = calloc(1, sizeof(*r));
	size_t at = receiver_place(row->id);

	must(r);
	*r = (struct receiver){
		.rules = &engine.rules, .finished = receiver_finished,
		.dialect = dialect_of(row->dialect),
		.id = row->id, .url = strndup(row->url.p, row->url.n),
		.width = engine.rules.receiver_transfers, .window = WINDOW_FIRST,
		.is_dirty = true, .is_older = engine.runs.n == 0,
	};
	must(r->url);
	if (engine.n == engine.cap) {
		engine.cap = engine.cap ? 2 * engine.cap : 64;
		engine.receivers = realloc(engine.receivers,
					   engine.cap * sizeof(*engine.receivers));
		must(engine.receivers);
	}
	memmove(engine.receivers + at + 1, engine.receivers + at,
		(engine.n - at) * sizeof(*engine.receivers));
	engine.receivers[at] = r;
	engine.n++;
	return r;
}

static void receiver_free(struct receiver *r)
{
	for (struct delivery *d; (d = delivery_pop(&r->queue));)
		delivery_free(d);
	free(r->url);
	free(r->secret);
	free(r);
}

static void give_back_queue(struct receiver *r)
{
	for (struct delivery *d; (d = delivery_pop(&r->queue));)
		delivery_push(&engine.releases, d);
}

/* ---- sending ---- */

/* The first moment at or after `at` at which the receiver is spoken to: it may have asked to be
 * left alone, and nobody is woken by what goes to people. INT64_MAX, never, stays that. */
static int64_t rests_until(const struct receiver *r, int64_t at)
{
	int64_t free = at < r->quiet_until ? r->quiet_until : at;

	return r->dialect->rests_until && free < INT64_MAX ? r->dialect->rests_until(free) : free;
}

/* Whether the receiver bears one more request, beside what all servers ask of it. */
static bool is_in_pace(const struct receiver *r)
{
	int64_t now = clock_monotonic();
	bool is_young = r->is_older && now - engine.registered_at < PACE_YOUNG;
	struct pace_rule share;

	return pace_share(&r->dialect->pace, &engine.runs, is_young, &share) &&
	       pace_wait(&r->pace, &share, now) == 0;
}

static bool may_start(const struct receiver *r, int64_t now)
{
	if (engine.state != ENGINE_SERVING || r->state != RECEIVER_ENABLED ||
	    r->in_flight >= r->width || rests_until(r, now) > now || !is_in_pace(r))
		return false;
	switch (breaker_gate(&r->breaker, now)) {
	case BREAKER_CLOSED:
		return true;
	case BREAKER_PROBE:
		return r->in_flight == 0;
	case BREAKER_OPEN:
		break;
	}
	return false;
}

/* What can be sent: with enough of its lease left, and readable. Others go back, or are dead. */
static struct delivery *next_delivery(struct receiver *r, int64_t now)
{
	int64_t lease_needed = engine.rules.timeout_ms * MILLISECOND + LEASE_SPARE;
	struct delivery *d;

	while ((d = delivery_pop(&r->queue))) {
		if (d->is_unreadable) {
			d->at = now;
			d->state = OUTBOX_DEAD;
			log_error("outbox", "body_unreadable", "endpoint=%" PRIu64
				  " delivery=%" PRIu64, r->id, d->id);
			delivery_push(&engine.results, d);
		} else if (d->lease_until - now < lease_needed) {
			delivery_push(&engine.releases, d);
		} else {
			break;
		}
	}
	return d;
}

/* Where many wait, one request tells of them all. Each is the first of its topic. */
static void merge_waiting(struct receiver *r, struct delivery *d, int64_t now)
{
	uint32_t above = r->dialect->digest_above;
	struct delivery *m;

	if (above == 0 || r->queue.n < above)
		return;
	while (d->merged.n + 1 < DIGEST_MOST && (m = next_delivery(r, now)))
		delivery_push(&d->merged, m);
}

/* Sends what the receiver may have under way. The bound over all receivers never keeps one of
 * them from having a transfer at all, so slow ones cannot use up the room of the others. */
static void pump(struct receiver *r)
{
	int64_t now = clock_real();
	bool is_started = false;

	while (r->queue.n && may_start(r, now)) {
		if (engine.in_flight >= engine.rules.transfers && r->in_flight > 0) {
			engine.is_crowded = true;
			break;
		}
		struct delivery *d = next_delivery(r, now);

		if (!d)
			break;
		merge_waiting(r, d, now);
		engine.in_flight++;
		send_start(r, d);
		is_started = true;
	}
	if (is_started)
		send_go(r);
}

static void pump_all(void)
{
	for (size_t i = 0; i < engine.n; i++)
		pump(engine.receivers[(engine.turn + i) % engine.n]);
	engine.turn++;
}

/* Posted, not called: one transfer's end may not run through the ends of all others. */
static void pump_others(void *arg UNUSED)
{
	pump_all();
}

/* Messages the receiver may claim now. Half a window is kept in hand, so that claims are few
 * and the transfers never wait for one. Beyond its pace it leaves them to other servers. */
static uint32_t claim_room(const struct receiver *r, int64_t now)
{
	if (engine.state != ENGINE_SERVING || r->state != RECEIVER_ENABLED ||
	    rests_until(r, now) > now || !is_in_pace(r))
		return 0;
	switch (breaker_gate(&r->breaker, now)) {
	case BREAKER_CLOSED:
		return r->queue.n > r->window / 2 ? 0 : r->window - (uint32_t)r->queue.n;
	case BREAKER_PROBE:
		return r->queue.n + r->in_flight == 0;
	case BREAKER_OPEN:
		break;
	}
	return 0;
}

/* ---- what came of an attempt ---- */

/* What one request told of shares its answer; the text of it stays with the first. */
static void settle_all(struct receiver *r, struct delivery *d, const struct verdict *verdict,
		       int64_t asked, int64_t now)
{
	if (engine.results.n == 0)
		engine.first_result_at = clock_monotonic();
	for (struct delivery *m; (m = delivery_pop(&d->merged));) {
		delivery_share(m, d);
		delivery_settle(r, m, verdict, asked, now);
		delivery_push(&engine.results, m);
	}
	delivery_settle(r, d, verdict, asked, now);
	delivery_push(&engine.results, d);
	if (r->next_due < engine.next_due)
		engine.next_due = r->next_due;
}

static void receiver_finished(struct receiver *r, struct delivery *d,
			      const struct verdict *verdict, int64_t asked)
{
	int64_t now = clock_real();

	engine.in_flight--;
	metric_add(&attempts, 1);
	if (verdict->kind != VERDICT_DELIVERED)
		metric_add(&failures, 1);
	switch (receiver_note(r, d, verdict, now)) {
	case RECEIVER_GOES_ON:
		break;
	case RECEIVER_IS_DISABLED:
		engine.is_urgent = true;
		/* fall through */
	case RECEIVER_RESTS:
		give_back_queue(r);
	}
	settle_all(r, d, verdict, asked, now);
	/* The next one of its topic can be claimed, in the visit that writes this result. */
	r->is_dirty = true;
	if ((r->has_backlog || r->next_due <= now) && claim_room(r, now) > 0)
		engine.is_urgent = true;
	pump(r);
	if (engine.is_crowded) {
		engine.is_crowded = false;
		loop_post(pump_others, NULL);
	}
	consider();
}

/* ---- visits to the database ---- */

/* A receiver that empties its window quickly may claim more ahead, a slow one less: leases run
 * while messages wait. */
static void fit_window(struct receiver *r, int64_t now)
{
	int64_t since = now - r->claimed_at;

	if (r->has_backlog && since < CLOCK_SECOND && r->window < WINDOW_MOST)
		r->window *= 2;
	else if (since > 5 * CLOCK_SECOND && r->window > WINDOW_LEAST)
		r->window /= 2;
	r->claimed_at = now;
}

static void request_claims(struct cycle *c)
{
	int64_t now = clock_real(), monotonic = clock_monotonic();
	uint32_t left = CLAIMS_MOST;

	c->requests = arena_array_of(c->arena, struct claim_request, engine.n);
	for (size_t i = 0; i < engine.n; i++) {
		struct receiver *r = engine.receivers[(engine.turn + i) % engine.n];
		struct claim_request request = { .endpoint_id = r->id };

		request.is_kill = r->state != RECEIVER_ENABLED && r->next_due != INT64_MAX;
		if (!request.is_kill && !r->is_dirty && r->next_due > now)
			continue;
		if (!request.is_kill && claim_room(r, now) > 0) {
			fit_window(r, monotonic);
			request.room = claim_room(r, now);
		}
		if (request.room > left)
			request.room = left;
		if (request.room == 0 && !request.is_kill)
			continue;
		left -= request.room;
		r->is_dirty = false;
		if (r->next_due <= now || request.is_kill)
			r->next_due = INT64_MAX;
		c->requests[c->request_n++] = request;
	}
	engine.turn++;
}

static void list_marks(struct cycle *c)
{
	c->marks = arena_array_of(c->arena, struct receiver_mark, engine.n);
	for (size_t i = 0; i < engine.n; i++) {
		struct receiver *r = engine.receivers[i];

		if (!r->is_changed)
			continue;
		r->is_changed = false;
		c->marks[c->mark_n++] = (struct receiver_mark){
			.id = r->id,
			.version = r->version,
			.state = r->state,
			.disabled_for = r->disabled_for,
			.held_until = r->breaker.open_until,
			.open_span = r->breaker.open_span,
			.failures = r->breaker.failures,
			.failing_since = r->failing_since,
			.last_success_at = r->last_success_at,
		};
	}
}

static void list_known(struct cycle *c)
{
	c->known = arena_array_of(c->arena, struct known_version, engine.n);
	for (size_t i = 0; i < engine.n; i++)
		c->known[c->known_n++] = (struct known_version){
			engine.receivers[i]->id, engine.receivers[i]->version };
}

static void append(struct delivery_list *to, struct delivery_list *from)
{
	for (struct delivery *d; (d = delivery_pop(from));)
		delivery_push(to, d);
}

/* What a failed visit did not do is wanted again. */
static void want_again(struct cycle *c)
{
	for (size_t i = 0; i < c->request_n; i++) {
		struct receiver *r = receiver_find(c->requests[i].endpoint_id);

		if (r) {
			r->is_dirty = true;
			r->next_due = c->requests[i].is_kill ? 0 : r->next_due;
		}
	}
	for (size_t i = 0; i < c->mark_n; i++) {
		struct receiver *r = receiver_find(c->marks[i].id);

		if (r)
			r->is_changed = true;
	}
	engine.is_refresh_wanted |= c->is_refresh;
	engine.pause_until = clock_monotonic() + CLOCK_SECOND;
	/* If the commit went through after all, the results are written, which does no harm
	 * twice, and the messages are claimed by us: give them back. */
	for (struct delivery *d; (d = delivery_pop(&c->results));) {
		d->is_uncertain = true;
		delivery_push(&engine.results, d);
	}
	append(&engine.releases, &c->releases);
	append(&engine.releases, &c->claimed);
}

static void set_tick(int64_t at)
{
	int64_t now = clock_monotonic();

	if (engine.tick_at <= at)
		return;
	engine.tick_at = at;
	loop_timer_set(engine.tick, at - now);
}

/* Receivers without room are left out: they ask when one of their transfers ends. */
static void find_next_due(void)
{
	engine.next_due = INT64_MAX;
	for (size_t i = 0; i < engine.n; i++) {
		const struct receiver *r = engine.receivers[i];
		int64_t at = r->next_due;

		if (r->breaker.open_span && at < r->breaker.open_until)
			at = r->breaker.open_until;
		at = rests_until(r, at);
		if (at < engine.next_due && claim_room(r, at) > 0)
			engine.next_due = at;
	}
}

static bool is_empty(const struct cycle *c)
{
	return c->results.n + c->releases.n + c->request_n + c->mark_n == 0 && !c->is_refresh;
}

static void submit(struct cycle *c)
{
	append(&c->results, &engine.results);
	if (is_empty(c)) {
		cycle_clear(c);
		find_next_due();
		return;
	}
	if (cycle_submit(c))
		return;
	want_again(c);
	cycle_clear(c);
	set_tick(engine.pause_until);
}

static void begin_visit(int64_t now)
{
	struct cycle *c = &engine.visit;

	c->run_id = engine.run_id;
	c->lease = engine.rules.lease;
	c->is_refresh = engine.is_refresh_wanted || now - engine.refreshed_at >= REFRESH_EVERY;
	c->is_count = c->is_refresh && now - engine.counted_at >= COUNT_EVERY;
	if (c->is_refresh)
		engine.refreshed_at = now;
	if (c->is_count)
		engine.counted_at = now;
	engine.is_refresh_wanted = engine.is_urgent = false;
	append(&c->releases, &engine.releases);
	request_claims(c);
	list_marks(c);
	if (c->is_refresh)
		list_known(c);
	submit(c);
}

/* ---- what a visit brought ---- */

static void adopt_row(struct receiver *r, const struct receiver_row *row)
{
	bool is_ours_open = r->breaker.open_span != 0;

	r->is_seen = true;
	r->next_due = row->next_due ? row->next_due : INT64_MAX;
	if (row->is_new) {
		r->version = row->version;
		r->key_n = row->key_n;
		memcpy(r->keys, row->keys, sizeof(r->keys));
		free(r->secret);
		r->secret = row->secret.p ? strndup(row->secret.p, row->secret.n) : NULL;
		must(r->secret || !row->secret.p);
		r->quiet_until = 0;
		r->failing_since = row->failing_since;
		r->breaker = (struct breaker){ .failures = row->failures };
		is_ours_open = false;
		r->is_dirty = true;
	} else if (r->is_changed) {
		return;
	}
	/* Another server may have found out first that the receiver is away or gone. */
	if (row->is_new || row->state != RECEIVER_ENABLED)
		r->state = row->state;
	if (!is_ours_open && row->held_until > clock_real()) {
		r->breaker.open_span = row->open_span;
		r->breaker.open_until = row->held_until;
	}
	if (r->state != RECEIVER_ENABLED)
		give_back_queue(r);
}

static void adopt_receivers(const struct cycle *c)
{
	size_t kept = 0;

	for (const struct receiver_row *row = c->rows; row; row = row->next) {
		struct receiver *r = receiver_find(row->id);

		adopt_row(r ? r : receiver_add(row), row);
	}
	for (size_t i = 0; i < engine.n; i++) {
		struct receiver *r = engine.receivers[i];
		bool is_gone = !r->is_seen && r->in_flight == 0;

		if (!r->is_seen)
			r->state = RECEIVER_REMOVED;
		if (r->in_flight == 0 && r->multi &&
		    (is_gone || clock_monotonic() - r->rested_at > REST_AFTER))
			send_rest(r);
		r->is_seen = false;
		if (is_gone) {
			give_back_queue(r);
			receiver_free(r);
		} else {
			engine.receivers[kept++] = r;
		}
	}
	engine.n = kept;
}

static void take_claims(struct cycle *c)
{
	for (size_t i = 0; i < c->request_n; i++) {
		const struct claim_request *request = &c->requests[i];
		struct receiver *r = receiver_find(request->endpoint_id);

		if (!r)
			continue;
		if (request->is_kill) {
			if (request->got == 0)
				continue;
			r->next_due = 0;
			engine.is_urgent = true;
			log_error("outbox", "dead", "endpoint=%" PRIu64
				  " deliveries=%" PRIu32, r->id, request->got);
			continue;
		}
		r->has_backlog = request->got >= request->room;
		r->is_dirty |= r->has_backlog;
	}
	for (struct delivery *d; (d = delivery_pop(&c->claimed));) {
		struct receiver *r = receiver_find(d->endpoint_id);
		bool is_wanted = r && r->state == RECEIVER_ENABLED &&
				 engine.state == ENGINE_SERVING &&
				 breaker_gate(&r->breaker, clock_real()) != BREAKER_OPEN;

		delivery_push(is_wanted ? &r->queue : &engine.releases, d);
	}
}

static void cycle_ended(struct cycle *c)
{
	if (c->error == TX_OK) {
		if (c->is_refresh) {
			adopt_receivers(c);
			engine.runs = c->runs;
		}
		if (c->is_count) {
			metric_set(&pending, (int64_t)c->open);
			metric_set(&dead, (int64_t)c->dead);
			metric_set(&silent, (int64_t)c->silent);
		}
		take_claims(c);
	} else {
		log_warn("outbox", "visit_failed", "error=%d results=%zu", (int)c->error,
			 c->results.n);
		want_again(c);
	}
	/* What relief wrote may have made the next ones of their topics claimable. */
	engine.is_urgent |= c == &engine.relief;
	cycle_clear(c);
	find_next_due();
	pump_all();
	consider();
}

/* ---- when to visit ---- */

static void tick(void *arg UNUSED)
{
	engine.tick_at = INT64_MAX;
	consider();
}

static void left(uint64_t run_id UNUSED)
{
	engine.state = ENGINE_DRAINED;
}

/* Results that no commit holds yet. */
static size_t unwritten(void)
{
	return engine.results.n + engine.visit.results.n + engine.relief.results.n;
}

static void drain_on(void)
{
	if (engine.in_flight || engine.visit.is_running || unwritten())
		return;
	if (engine.run_id == 0) {
		engine.state = ENGINE_DRAINED;
		return;
	}
	engine.state = ENGINE_LEAVING;
	outbox_run_end(engine.run_id, left);
}

static bool is_visit_due(int64_t now)
{
	if (engine.state == ENGINE_DRAINING)
		return engine.results.n > 0;
	return engine.is_urgent || engine.is_refresh_wanted ||
	       now - engine.refreshed_at >= REFRESH_EVERY || clock_real() >= engine.next_due ||
	       (engine.results.n && now - engine.first_result_at >= RESULTS_WAIT);
}

/* When nothing happens by itself before then. */
static int64_t next_visit_at(int64_t now)
{
	int64_t at = engine.refreshed_at + REFRESH_EVERY;
	int64_t due = engine.next_due - clock_real();

	if (due < at - now)
		at = now + (due > 0 ? due : 0);
	if (engine.results.n && engine.first_result_at + RESULTS_WAIT < at)
		at = engine.first_result_at + RESULTS_WAIT;
	return at;
}

static void consider(void)
{
	int64_t now = clock_monotonic();

	if (engine.state == ENGINE_OFF || engine.state >= ENGINE_LEAVING)
		return;
	if (engine.state == ENGINE_DRAINING)
		drain_on();
	if (engine.run_id == 0 || engine.state >= ENGINE_LEAVING)
		return;
	if (now < engine.pause_until) {
		set_tick(engine.pause_until);
		return;
	}
	if (is_visit_due(now) && !engine.visit.is_running)
		begin_visit(now);
	else if (engine.results.n >= RESULTS_ENOUGH && !engine.relief.is_running)
		submit(&engine.relief);
	if (!engine.visit.is_running && engine.state == ENGINE_SERVING)
		set_tick(next_visit_at(now));
}

static void woken(const struct wakes *wakes)
{
	bool is_refresh = wakes->is_refresh;

	for (size_t i = 0; i < wakes->n; i++) {
		struct receiver *r = receiver_find(wakes->ids[i]);

		if (r)
			r->is_dirty = true;
		is_refresh |= !r || r->state != RECEIVER_ENABLED;
	}
	for (size_t i = 0; wakes->is_overrun && i < engine.n; i++)
		engine.receivers[i]->is_dirty = true;
	engine.is_refresh_wanted |= is_refresh;
	engine.is_urgent = true;
	consider();
}

/* ---- start and stop ---- */

static void registered(uint64_t run_id)
{
	engine.run_id = run_id;
	engine.registered_at = clock_monotonic();
	engine.is_refresh_wanted = true;
	consider();
}

void outbox_start(void)
{
	char why[256];
	static struct metric *const all[] = { &pending, &dead, &silent, &attempts, &failures };

	must(engine.state == ENGINE_OFF && out_rules_read(&engine.rules, why, sizeof(why)));
	for (size_t i = 0; i < array_count(all); i++)
		metric_register(all[i]);
	send_begin();
	cycle_init(&engine.visit, cycle_ended);
	cycle_init(&engine.relief, cycle_ended);
	engine.tick = loop_timer_new(tick, NULL);
	engine.tick_at = engine.next_due = INT64_MAX;
	engine.counted_at = clock_monotonic() - COUNT_EVERY;
	engine.state = ENGINE_SERVING;
	wake_begin(woken);
	outbox_run_begin(registered);
}

void outbox_drain(void)
{
	if (engine.state != ENGINE_SERVING)
		return;
	engine.state = ENGINE_DRAINING;
	engine.drain_until = clock_monotonic() + DRAIN_MOST;
	for (size_t i = 0; i < engine.n; i++)
		give_back_queue(engine.receivers[i]);
	engine.is_urgent = true;
	consider();
}

bool outbox_is_drained(void)
{
	return engine.state == ENGINE_OFF || engine.state == ENGINE_DRAINED ||
	       (engine.state >= ENGINE_DRAINING && clock_monotonic() >= engine.drain_until);
}

void outbox_stop(void)
{
	if (engine.state == ENGINE_OFF)
		return;
	wake_end();
	outbox_run_cancel();
	for (size_t i = 0; i < engine.n; i++) {
		send_cut(engine.receivers[i]);
		receiver_free(engine.receivers[i]);
	}
	free(engine.receivers);
	append(&engine.results, &engine.releases);
	for (struct delivery *d; (d = delivery_pop(&engine.results));)
		delivery_free(d);
	cycle_free(&engine.visit);
	cycle_free(&engine.relief);
	loop_timer_free(engine.tick);
	send_end();
	memset(&engine, 0, sizeof(engine));
}
