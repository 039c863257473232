#include "rules/tripwires.h"

#include "rules/calendar.h"

#define HOUR (60 * CALENDAR_MINUTE)

const char *const tripwire_names[] = {
	"closed_without_contact", "contact_denied", "same_reply", "closing_burst",
	"rating_turned", "withdrawn_after_rating", "shared_number", "solved_denied",
	"reply_denied", "unchanged_submission", "rating_against_answers", "closed_in_minutes",
	"contact_at_night", "untrue_unheard", NULL
};

const char *const tripwire_sentences[] = {
	"The task was closed, and no contact with the caller is logged before that.",
	"A contact that reached the caller is logged; the caller says that there was none.",
	"The same reply was given to a matter of another category.",
	"The task was closed in the last hour of its limit, and so were others just then.",
	"A bad rating became a good one within 48 hours of a contact, with no work between.",
	"The caller rated badly, and the appeal was withdrawn within three days.",
	"Several matters of the department that were rated well came from one phone number.",
	"The department says that the matter is solved; the caller says that it is not.",
	"The caller says that what the department wrote is untrue.",
	"The review refused the submission; the same words were submitted again, and passed.",
	"The rating is good; in the same answer nobody made contact and nothing is solved.",
	"The matter is said to be solved within minutes of its dispatch.",
	"A contact that reached the caller is logged for an hour of the night.",
	"The matter was found untrue, and the caller was never reached.",
	NULL
};

static const struct trip_step *find_step(const struct trip_task *t, size_t from,
					 enum trip_step_kind kind)
{
	for (size_t i = from; i < t->n; i++)
		if (t->steps[i].kind == kind)
			return &t->steps[i];
	return NULL;
}

/* The submission the task was closed by, NULL while it is open. */
static const struct trip_step *closing_of(const struct trip_task *t)
{
	const struct trip_step *last = NULL;

	for (size_t i = 0; t->closed_at && i < t->n; i++) {
		if (t->steps[i].kind == TRIP_STEP_COMPLETE)
			last = &t->steps[i];
		if (t->steps[i].kind == TRIP_STEP_PASSED)
			return last;
	}
	return NULL;
}

static const struct trip_step *reached_before(const struct trip_task *t, uint64_t seq)
{
	for (size_t i = 0; i < t->n && t->steps[i].seq < seq; i++)
		if (t->steps[i].kind == TRIP_STEP_CONTACT && t->steps[i].is_reached)
			return &t->steps[i];
	return NULL;
}

static const struct trip_step *last_submission_before(const struct trip_task *t, size_t end)
{
	for (size_t i = end; i-- > 0;)
		if (t->steps[i].kind == TRIP_STEP_COMPLETE)
			return &t->steps[i];
	return NULL;
}

/* ---- one rule each: true with the two events ---- */

typedef bool (*trip_rule)(const struct trip_task *t, struct trip_finding *found);

static bool no_contact(const struct trip_task *t, struct trip_finding *found)
{
	const struct trip_step *closing = closing_of(t);
	const struct trip_step *contact = find_step(t, 0, TRIP_STEP_CONTACT);

	if (!closing || !t->is_visitable || t->is_fast_by_nature ||
	    (contact && contact->seq < closing->seq))
		return false;
	found->said_seq = closing->seq;
	found->against_seq = contact ? contact->seq : 0;
	return true;
}

static bool contact_denied(const struct trip_task *t, struct trip_finding *found)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct trip_step *contact = reached_before(t, t->steps[i].seq);

		if (t->steps[i].kind != TRIP_STEP_VISIT || t->steps[i].contacted != TRIP_NO ||
		    !contact)
			continue;
		found->said_seq = contact->seq;
		found->against_seq = t->steps[i].seq;
		return true;
	}
	return false;
}

static bool same_reply(const struct trip_task *t, struct trip_finding *found)
{
	const struct trip_step *last = last_submission_before(t, t->n);

	if (!last || !last->words || !t->same_reply_task)
		return false;
	found->said_seq = last->seq;
	found->against_task = t->same_reply_task;
	found->against_seq = t->same_reply_seq;
	return true;
}

static bool burst(const struct trip_task *t, struct trip_finding *found)
{
	const struct trip_step *closing = closing_of(t);

	if (!closing || t->closings < TRIP_BURST_LEAST || t->closed_at > t->due ||
	    t->due - t->closed_at >= HOUR)
		return false;
	found->said_seq = closing->seq;
	found->count = t->closings;
	return true;
}

/* From a bad rating: the contact after it and the good rating after that, no work between. */
static bool turned_from(const struct trip_task *t, size_t bad, struct trip_finding *found)
{
	int64_t contact_at = 0;

	for (size_t i = bad + 1; i < t->n; i++) {
		const struct trip_step *s = &t->steps[i];

		if (s->kind == TRIP_STEP_WORK || s->kind == TRIP_STEP_COMPLETE)
			return false;
		if (s->kind == TRIP_STEP_CONTACT)
			contact_at = s->at;
		if (s->kind != TRIP_STEP_VISIT || s->rating != TRIP_GOOD || !contact_at ||
		    s->at - contact_at > TRIP_TURNED_HOURS * HOUR)
			continue;
		found->said_seq = t->steps[bad].seq;
		found->against_seq = s->seq;
		return true;
	}
	return false;
}

static bool rating_turned(const struct trip_task *t, struct trip_finding *found)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->steps[i].kind == TRIP_STEP_VISIT && t->steps[i].rating == TRIP_BAD &&
		    turned_from(t, i, found))
			return true;
	return false;
}

static bool withdrawn(const struct trip_task *t, struct trip_finding *found)
{
	const struct trip_step *end = find_step(t, 0, TRIP_STEP_WITHDRAWN);

	for (size_t i = 0; end && i < t->n && t->steps[i].seq < end->seq; i++) {
		const struct trip_step *s = &t->steps[i];

		if (s->kind != TRIP_STEP_VISIT || s->rating != TRIP_BAD ||
		    end->at - s->at > TRIP_WITHDRAWN_DAYS * CALENDAR_DAY)
			continue;
		found->said_seq = s->seq;
		found->against_seq = end->seq;
		return true;
	}
	return false;
}

static bool shared_number(const struct trip_task *t, struct trip_finding *found)
{
	for (size_t i = 0; t->shared >= TRIP_SHARED_LEAST && i < t->n; i++) {
		if (t->steps[i].kind != TRIP_STEP_VISIT || t->steps[i].rating != TRIP_GOOD)
			continue;
		found->said_seq = t->steps[i].seq;
		found->count = t->shared;
		return true;
	}
	return false;
}

/* A visit after a submission, with the answer that contradicts it. */
static bool denied(const struct trip_task *t, bool is_about_reply, struct trip_finding *found)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct trip_step *v = &t->steps[i];
		const struct trip_step *claim = last_submission_before(t, i);

		if (v->kind != TRIP_STEP_VISIT || !claim)
			continue;
		if (is_about_reply ? v->truthful != TRIP_NO :
				     !claim->is_solved || v->solved != TRIP_NO)
			continue;
		found->said_seq = claim->seq;
		found->against_seq = v->seq;
		return true;
	}
	return false;
}

static bool solved_denied(const struct trip_task *t, struct trip_finding *found)
{
	return denied(t, false, found);
}

static bool reply_denied(const struct trip_task *t, struct trip_finding *found)
{
	return denied(t, true, found);
}

static bool unchanged(const struct trip_task *t, struct trip_finding *found)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct trip_step *refused = &t->steps[i];
		const struct trip_step *before = last_submission_before(t, i);
		const struct trip_step *after = find_step(t, i, TRIP_STEP_COMPLETE);

		if (refused->kind != TRIP_STEP_REFUSED || !before || !after || !before->words ||
		    before->words != after->words || after != closing_of(t))
			continue;
		found->said_seq = refused->seq;
		found->against_seq = after->seq;
		return true;
	}
	return false;
}

static bool rating_denied(const struct trip_task *t, struct trip_finding *found)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct trip_step *s = &t->steps[i];

		if (s->kind != TRIP_STEP_VISIT || s->rating != TRIP_GOOD ||
		    s->contacted != TRIP_NO || s->solved != TRIP_NO)
			continue;
		found->said_seq = found->against_seq = s->seq;
		return true;
	}
	return false;
}

static bool too_fast(const struct trip_task *t, struct trip_finding *found)
{
	const struct trip_step *first = find_step(t, 0, TRIP_STEP_COMPLETE);

	if (!first || !first->is_solved || t->is_fast_by_nature ||
	    first->at - t->dispatched_at > TRIP_FAST_MINUTES * CALENDAR_MINUTE)
		return false;
	found->said_seq = t->dispatch_seq;
	found->against_seq = first->seq;
	return true;
}

static bool at_night(const struct trip_task *t, struct trip_finding *found)
{
	for (size_t i = 0; i < t->n && !t->is_fast_by_nature; i++) {
		/* The day of +08:00 begins sixteen hours into that of UTC. */
		int64_t of_day = (t->steps[i].at + 8 * HOUR) % CALENDAR_DAY;

		if (t->steps[i].kind != TRIP_STEP_CONTACT || !t->steps[i].is_reached ||
		    of_day >= TRIP_MORNING_HOUR * HOUR)
			continue;
		found->said_seq = found->against_seq = t->steps[i].seq;
		return true;
	}
	return false;
}

static bool unheard(const struct trip_task *t, struct trip_finding *found)
{
	const struct trip_step *closing = closing_of(t);

	if (!closing || !closing->is_untrue || !t->is_visitable ||
	    reached_before(t, closing->seq))
		return false;
	found->said_seq = closing->seq;
	return true;
}

static const trip_rule rules[TRIPWIRES_END] = {
	[TRIP_NO_CONTACT] = no_contact,
	[TRIP_CONTACT_DENIED] = contact_denied,
	[TRIP_SAME_REPLY] = same_reply,
	[TRIP_BURST] = burst,
	[TRIP_RATING_TURNED] = rating_turned,
	[TRIP_WITHDRAWN] = withdrawn,
	[TRIP_SHARED_NUMBER] = shared_number,
	[TRIP_SOLVED_DENIED] = solved_denied,
	[TRIP_REPLY_DENIED] = reply_denied,
	[TRIP_UNCHANGED] = unchanged,
	[TRIP_RATING_DENIED] = rating_denied,
	[TRIP_TOO_FAST] = too_fast,
	[TRIP_AT_NIGHT] = at_night,
	[TRIP_UNHEARD] = unheard,
};

size_t tripwires_find(const struct trip_task *task, struct trip_finding found[TRIPWIRES_END])
{
	size_t n = 0;

	for (int kind = 1; kind < TRIPWIRES_END; kind++) {
		found[n] = (struct trip_finding){ .kind = (enum tripwire)kind };
		if (rules[kind](task, &found[n]))
			n++;
	}
	return n;
}
