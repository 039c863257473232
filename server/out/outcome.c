#include "out/outcome.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "must.h"

/* ---- of the receiver ---- */

static enum receiver_standing disable(struct receiver *r, enum outbox_disabled why)
{
	r->state = RECEIVER_DISABLED;
	r->disabled_for = why;
	r->is_changed = true;
	r->next_due = 0;
	log_error("outbox", "endpoint_disabled", "endpoint=%" PRIu64 " reason=%s", r->id,
		  outbox_disabled_names[why]);
	return RECEIVER_IS_DISABLED;
}

static enum receiver_standing note_success(struct receiver *r, int64_t now)
{
	if (breaker_success(&r->breaker, now)) {
		r->is_changed = true;
		r->is_dirty = true;
		log_info("outbox", "endpoint_back", "endpoint=%" PRIu64, r->id);
	}
	if (r->failing_since || now - r->last_success_at > CLOCK_MINUTE)
		r->is_changed = true;
	r->failing_since = 0;
	r->last_success_at = now;
	if (r->width < r->rules->receiver_transfers)
		r->width++;
	return RECEIVER_GOES_ON;
}

/* A receiver that wants to be left alone is no failing one. */
static enum receiver_standing note_quiet(struct receiver *r, const struct verdict *verdict,
					 int64_t now)
{
	r->quiet_until = now + verdict->wait;
	log_warn("outbox", "endpoint_quiet", "endpoint=%" PRIu64 " seconds=%" PRId64, r->id,
		 verdict->wait / CLOCK_SECOND);
	return RECEIVER_RESTS;
}

static bool is_throttling(const struct delivery *d)
{
	return d->status == 429 || (d->status >= 502 && d->status <= 504) ||
	       d->error == OUTBOX_TIMEOUT;
}

static enum receiver_standing note_failure(struct receiver *r, const struct delivery *d,
					   const struct verdict *verdict, int64_t now)
{
	const struct out_rules *rules = r->rules;
	enum receiver_standing standing = RECEIVER_GOES_ON;

	if (r->failing_since == 0) {
		r->failing_since = now;
		r->is_changed = true;
	}
	if (d->error == OUTBOX_TLS)
		log_warn("outbox", "not_trusted", "endpoint=%" PRIu64 " delivery=%" PRIu64
			 " error=tls", r->id, d->id);
	if (is_throttling(d))
		r->width = r->width > 1 ? r->width / 2 : 1;
	if (breaker_failure(&r->breaker, &rules->breaker, now)) {
		r->is_changed = true;
		standing = RECEIVER_RESTS;
		log_warn("outbox", "endpoint_held", "endpoint=%" PRIu64 " failures=%" PRIu32
			 " seconds=%" PRId64, r->id, r->breaker.failures,
			 r->breaker.open_span / CLOCK_SECOND);
	}
	if (r->state != RECEIVER_ENABLED)
		return standing;
	if (verdict->kind == VERDICT_REFUSED)
		return disable(r, OUTBOX_REFUSED);
	if (d->status == 410)
		return disable(r, OUTBOX_GONE);
	if (now - r->failing_since >= rules->disable_after &&
	    r->breaker.failures >= rules->breaker.failures)
		return disable(r, OUTBOX_FAILING);
	return standing;
}

enum receiver_standing receiver_note(struct receiver *r, const struct delivery *d,
				     const struct verdict *verdict, int64_t now)
{
	if (verdict->kind == VERDICT_DELIVERED)
		return note_success(r, now);
	return verdict->kind == VERDICT_THROTTLED ? note_quiet(r, verdict, now) :
						    note_failure(r, d, verdict, now);
}

/* ---- of the message ---- */

static void plan(struct receiver *r, struct delivery *d, int64_t due_at)
{
	d->state = OUTBOX_FAILED;
	d->due_at = due_at;
	if (due_at < r->next_due)
		r->next_due = due_at;
}

static void plan_retry(struct receiver *r, struct delivery *d, int64_t asked, int64_t now)
{
	uint32_t random;

	crypto_random(&random, sizeof(random));
	int64_t wait = retry_wait(&r->rules->schedule, d->tries + 1, random, asked);

	if (wait != RETRY_EXHAUSTED && r->state == RECEIVER_ENABLED) {
		plan(r, d, now + wait);
		return;
	}
	d->state = OUTBOX_DEAD;
	log_error("outbox", "dead", "endpoint=%" PRIu64 " delivery=%" PRIu64
		  " attempts=%" PRIu32, r->id, d->id, d->tries + 1);
}

void delivery_share(struct delivery *d, const struct delivery *carrier)
{
	d->at = carrier->at;
	d->duration = carrier->duration;
	d->status = carrier->status;
	d->error = carrier->error;
	memcpy(d->address, carrier->address, sizeof(d->address));
}

void delivery_settle(struct receiver *r, struct delivery *d, const struct verdict *verdict,
		     int64_t asked, int64_t now)
{
	if (verdict->kind == VERDICT_DELIVERED) {
		d->state = OUTBOX_DELIVERED;
	} else if (verdict->kind == VERDICT_THROTTLED && r->state == RECEIVER_ENABLED) {
		d->is_free = true;
		plan(r, d, now + verdict->wait);
	} else {
		plan_retry(r, d, asked, now);
	}
}
