/*
 * Bringing a history into the tables: the same events and hooks as in life, each at its own
 * time, marked as history so that nobody is notified and no card is shown. Between them stand
 * the overdue marks of limits that were missed.
 */
#include "import/import.h"

#include "crypto.h"
#include "identity.h"
#include "matter.h"
#include "rules/id_number.h"
#include "rules/mask.h"

static const struct actor import_actor = {
	.kind = ACTOR_SYSTEM, .name = { "import", 6 },
};

/* ---- limits that were missed ---- */

struct missed {
	enum limit_kind kind;
	int64_t due;
};

enum { LIMITS_MAX = 3 };

/* In order of time. */
struct missed_list {
	struct missed v[LIMITS_MAX];
	size_t n, told;
};

/* When the limits of a task stopped; INT64_MAX where they did not. */
struct stops {
	int64_t sign, contact, done;
};

/*
 * The submission that passed first stops the limit for done, and so does one still under
 * review; one that was refused never was submitted.
 */
static struct stops stops_of(const struct history *h)
{
	struct stops stops = { INT64_MAX, INT64_MAX, INT64_MAX };
	const struct told *events = h->events.v;
	int64_t submitted = INT64_MAX;

	for (size_t i = 0; i < h->events.n && stops.done == INT64_MAX; i++) {
		const struct told *e = &events[i];
		if (e->type == TOLD_SIGN && stops.sign == INT64_MAX)
			stops.sign = e->at;
		if ((e->type == TOLD_CONTACT || e->type == TOLD_PASS) &&
		    stops.contact == INT64_MAX)
			stops.contact = e->at;
		if (e->type == TOLD_COMPLETE)
			submitted = e->at;
		if (e->type == TOLD_REFUSE)
			submitted = INT64_MAX;
		if (e->type == TOLD_PASS)
			stops.done = submitted;
	}
	if (stops.done == INT64_MAX)
		stops.done = submitted;
	return stops;
}

static void add_missed(struct missed_list *list, enum limit_kind kind, int64_t due,
		       int64_t stopped_at, int64_t now)
{
	size_t at = list->n;

	if (limit_kept(stopped_at, due) || limit_overdue_at(due) > now)
		return;
	for (; at > 0 && list->v[at - 1].due > due; at--)
		list->v[at] = list->v[at - 1];
	list->v[at] = (struct missed){ .kind = kind, .due = due };
	list->n++;
}

static struct missed_list missed_of(const struct history *h, const struct task *t, int64_t now)
{
	struct missed_list list = { .n = 0 };
	struct stops stops = stops_of(h);

	add_missed(&list, LIMIT_SIGN, t->sign_due, stops.sign, now);
	add_missed(&list, LIMIT_CONTACT, t->contact_due, stops.contact, now);
	add_missed(&list, LIMIT_DONE, t->due, stops.done, now);
	return list;
}

/* ---- events ---- */

/* What all events of one history share. */
struct replay {
	struct tx *tx;
	struct appeal appeal;
	struct task *task;
	uint64_t visits;
};

static void publish(struct replay *r, struct event *e, enum event_kind kind, int64_t at)
{
	e->kind = kind;
	e->at = at;
	e->by = &import_actor;
	e->appeal = &r->appeal;
	e->task = r->task;
	e->is_first = true;
	e->is_history = true;
	emit(r->tx, kind, e);
}

/* The overdue marks up to and with a moment. */
static void tell_missed(struct replay *r, struct missed_list *list, int64_t until)
{
	for (; list->told < list->n; list->told++) {
		const struct missed *missed = &list->v[list->told];
		int64_t at = limit_overdue_at(missed->due);
		struct event e = { .limit = { .limit = missed->kind, .due = missed->due } };

		if (at > until)
			return;
		publish(r, &e, EVENT_TASK_OVERDUE, at);
	}
}

static const enum event_kind kinds[] = {
	[TOLD_SIGN] = EVENT_TASK_SIGNED, [TOLD_CONTACT] = EVENT_TASK_CONTACTED,
	[TOLD_PROGRESS] = EVENT_TASK_PROGRESSED, [TOLD_COMPLETE] = EVENT_TASK_COMPLETED,
	[TOLD_PASS] = EVENT_TASK_REVIEW_PASSED, [TOLD_REFUSE] = EVENT_TASK_REVIEW_FAILED,
	[TOLD_VISIT] = EVENT_TASK_VISITED,
};

static void tell(struct replay *r, const struct told *told)
{
	struct visit visit = told_visit(told, r->task);
	struct event e = { .kind = kinds[told->type] };

	told_apply(told, r->task, &r->appeal);
	if (told->type == TOLD_CONTACT) {
		e.contacted.channel = told->channel_index;
		e.contacted.outcome = told->outcome;
		e.contacted.note = told->note;
	} else if (told->type == TOLD_PROGRESS) {
		e.progressed.text = told->text;
		e.progressed.promise_on = told->promise_on;
	} else if (told->type == TOLD_PASS || told->type == TOLD_REFUSE) {
		e.reviewed.reason = told->reason;
	} else if (told->type == TOLD_VISIT) {
		visit.n = ++r->visits;
		e.visit = &visit;
	}
	publish(r, &e, e.kind, told->at);
}

static void tell_all(struct replay *r, const struct history *h, int64_t now)
{
	struct missed_list missed = missed_of(h, r->task, now);
	const struct told *events = h->events.v;

	for (size_t i = 0; i < h->events.n && tx_ok(r->tx); i++) {
		tell_missed(r, &missed, events[i].at);
		tell(r, &events[i]);
	}
	tell_missed(r, &missed, now);
}

/* ---- the appeal ---- */

/*
 * Numbers of histories lie above those that any day's registrations reach, and come from one
 * sequence, since a file may touch thousands of days. After five million histories the numbers
 * begin anew: only two of one day could then meet, and a meeting is refused, not overwritten.
 */
#define FIRST_IMPORTED UINT64_C(5000000)
#define MOST_IMPORTED UINT64_C(5000000)

static uint64_t next_id(struct tx *tx, int64_t received_at)
{
	struct civil date = civil_of_day(day_of_instant(received_at));
	uint64_t number = (uint64_t)(date.year % 100 * 10000 + date.month * 100 + date.day);

	return number * UINT64_C(10000000) + FIRST_IMPORTED +
	       tx_sequence(tx, "appeal-imported") % MOST_IMPORTED;
}

/* Of a history that names its department the caller is taken to be with whoever kept the history,
 * if no phone is told, and to want a visit. */
static struct appeal appeal_of(const struct history *h, bool is_given)
{
	return (struct appeal){
		.state = APPEAL_ACCEPTED,
		.channel = (enum channel)(h->channel + 1),
		.content_class = h->content_class < 0 ? CONTENT_HELP
						      : (enum content_class)h->content_class,
		.category = h->category, .area = h->area, .title = h->title,
		.text = h->text, .address = h->address, .external_no = h->external_no,
		.accused_department = h->accused_department,
		.enterprise_uscc = h->enterprise_uscc,
		.enterprise_name = h->enterprise_name,
		.latitude = JSON_NO_DECIMAL, .longitude = JSON_NO_DECIMAL,
		.received_at = h->received_at, .is_urgent = h->is_urgent,
		.is_anonymous = h->is_anonymous, .is_secret = h->is_secret,
		.is_visit_wanted = h->visit_wanted != TRI_NO && !h->is_anonymous,
		.has_phone = is_given || h->caller_phone.p,
		.registered_by_kind = ACTOR_SYSTEM,
	};
}

/* No registration can have this content: a repeat through the interface is another content. */
static struct str digest_of(struct tx *tx, const struct history *h)
{
	uint8_t *digest = arena_alloc(tx_arena(tx), INDEX_BYTES);

	crypto_tag("imported", h->external_no, digest);
	return (struct str){ (const char *)digest, INDEX_BYTES };
}

void history_replay(struct tx *tx, const struct history *h, const struct given_task *given,
		    int64_t now)
{
	struct task_list tasks = { .n = 0 };
	struct replay r = { .tx = tx, .appeal = appeal_of(h, given != NULL) };
	const struct caller caller = {
		.name = h->caller_name, .phone = phone_normal(tx_arena(tx), h->caller_phone),
		.id_number = id_number_normal(tx_arena(tx), h->caller_id_number),
		.address = h->caller_address,
		.accused_person = h->accused_person,
	};
	struct event received = {
		.received = { .caller = &caller, .given = given, .tasks = &tasks },
	};
	struct event settled = { .kind = EVENT_APPEAL_SETTLED };
	struct event imported = { .kind = EVENT_TASK_IMPORTED };

	r.appeal.id = next_id(tx, h->received_at);
	received.received.commitment = commitment_new(tx_arena(tx), &r.appeal, &caller);
	matter_insert(tx, &r.appeal, digest_of(tx, h));
	publish(&r, &received, EVENT_APPEAL_RECEIVED, h->received_at);
	r.task = tasks.n ? &tasks.v[0] : NULL;
	/* Without a task there is nothing that events could have happened to. */
	if (r.task)
		tell_all(&r, h, now);
	else if (h->events.n)
		tx_fail(tx, TX_BROKEN);
	publish(&r, &settled, EVENT_APPEAL_SETTLED, h->received_at);
	if (r.task)
		publish(&r, &imported, EVENT_TASK_IMPORTED, now);
}
