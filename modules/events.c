/*
 * What an event says besides who and when: one JSON object per kind, members in a fixed order,
 * no identity of a caller in any of them; and the canonical bytes over which digests are made.
 */
#include "events.h"

#include <string.h>

#include "bounds.h"
#include "event_record.h"
#include "identity.h"
#include "must.h"

const struct actor actor_system = {
	.kind = ACTOR_SYSTEM, .name = { "system", 6 },
};

static const char *name_at(const char *const *names, int index)
{
	return index < 0 ? NULL : names[index];
}

static void tri_write(struct json *j, const char *key, enum tri value)
{
	if (value == TRI_NONE)
		json_null(j, key);
	else
		json_bool(j, key, value == TRI_YES);
}

static void write_commitment(struct json *j, const char *key, const uint8_t hash[SHA256_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * SHA256_BYTES];

	for (size_t i = 0; i < SHA256_BYTES; i++) {
		text[2 * i] = digits[hash[i] >> 4];
		text[2 * i + 1] = digits[hash[i] & 15];
	}
	json_str(j, key, (struct str){ text, sizeof(text) });
}

/* No word of the caller's: this stays for good, and `said` commits to title and text. */
static void write_received(struct json *j, const struct event *e)
{
	const struct appeal *a = e->appeal;

	json_text(j, "channel", channel_names[a->channel - 1]);
	json_str(j, "external_no", a->external_no);
	json_text(j, "content_class", content_class_names[a->content_class]);
	json_str(j, "category", a->category);
	json_str(j, "area", a->area);
	json_bool(j, "urgent", a->is_urgent);
	write_commitment(j, "said", e->received.commitment->said);
	write_commitment(j, "caller", e->received.commitment->caller);
}

static void write_dispatched(struct json *j, const struct event *e)
{
	const struct task *t = e->task;

	json_str(j, "department", t->department);
	json_text(j, "role", task_role_names[t->role - 1]);
	json_text(j, "limit_class", limit_class_names[t->limit_class]);
	json_bool(j, "automatic", e->dispatched.is_automatic);
	json_str(j, "basis", e->dispatched.basis);
	json_str(j, "advice", t->advice);
	json_time(j, "sign_due", t->sign_due);
	json_time(j, "contact_due", t->contact_due);
	json_time(j, "due", t->due);
	json_u64(j, "catalogue_version", t->catalogue_version);
	json_u64(j, "calendar_version", t->calendar_version);
	json_u64(j, "limits_version", t->limits_version);
}

static void write_contacted(struct json *j, const struct event *e)
{
	json_text(j, "channel", name_at(contact_channel_names, e->contacted.channel));
	json_text(j, "outcome", name_at(contact_outcome_names, e->contacted.outcome));
	json_str(j, "note", e->contacted.note);
}

static void write_progressed(struct json *j, const struct event *e)
{
	json_str(j, "text", e->progressed.text);
	json_time(j, "promise_on", e->progressed.promise_on);
}

static void write_completed(struct json *j, const struct event *e)
{
	const struct task *t = e->task;

	json_text(j, "result", task_result_names[t->result - 1]);
	json_str(j, "reply", t->reply);
	json_str(j, "legal_basis", t->legal_basis);
}

static void write_reviewed(struct json *j, const struct event *e)
{
	json_str(j, "reason", e->reviewed.reason);
	json_time(j, "submitted_at", e->task->submitted_at);
}

static void write_visited(struct json *j, const struct event *e)
{
	const struct visit *v = e->visit;

	json_text(j, "channel", visit_channel_names[v->channel]);
	json_bool(j, "reached", v->is_reached);
	tri_write(j, "contacted", v->contacted);
	json_text(j, "solved", name_at(solved_names, v->solved));
	json_text(j, "result", name_at(level_names, v->result));
	json_text(j, "attitude", name_at(level_names, v->attitude));
	tri_write(j, "truthful", v->truthful);
	json_text(j, "reason", name_at(visit_reason_names, v->reason));
	json_str(j, "note", v->note);
}

static void write_redo(struct json *j, const struct event *e)
{
	json_str(j, "reason", e->redo.reason);
	json_u64(j, "round", e->task->round);
	json_time(j, "due", e->task->redo_due);
}

static void write_limit(struct json *j, const struct event *e)
{
	json_text(j, "limit", limit_kind_text(e->limit.limit));
	json_time(j, "due", e->limit.due);
}

static const char *const card_reason_names[CARD_REASONS] = {
	[CARD_OVERDUE_HALF] = "overdue_half", [CARD_OVERDUE_DAYS] = "overdue_days",
	[CARD_TWO_YELLOW] = "two_yellow", [CARD_PROVEN_FRAUD] = "proven_fraud",
};

static void write_card(struct json *j, const struct event *e)
{
	json_text(j, "colour", e->card.colour == CARD_RED ? "red" : "yellow");
	if (e->card.reason)
		json_text(j, "reason", card_reason_names[e->card.reason]);
	json_text(j, "limit", limit_kind_text(e->card.limit));
	json_time(j, "due", e->card.due);
}

static void write_revealed(struct json *j, const struct event *e)
{
	json_array(j, "fields");
	for (size_t i = 0; i < e->revealed.n; i++)
		json_str(j, NULL, e->revealed.fields[i]);
	json_close(j);
	json_str(j, "purpose", e->revealed.purpose);
	json_str(j, "purpose_code", e->revealed.purpose_code);
	json_text(j, "role", role_name(e->by->role));
	json_str(j, "department", str_is_empty(e->by->unit) ? STR_NONE : e->by->unit);
}

void event_say(struct arena *a, struct event *event, const struct particular *list, size_t n)
{
	struct particular *says = arena_array_of(a, struct particular, n);

	memcpy(says, list, n * sizeof(*list));
	event->says = says;
	event->say_count = n;
}

static void write_particulars(struct json *j, const struct event *e)
{
	for (size_t i = 0; i < e->say_count; i++) {
		const struct particular *says = &e->says[i];

		switch (says->kind) {
		case SAYS_TEXT:
			json_str(j, says->name, says->text);
			break;
		case SAYS_TIME:
			json_time(j, says->name, says->number);
			break;
		case SAYS_NUMBER:
			json_i64(j, says->name, says->number);
			break;
		case SAYS_BOOL:
			json_bool(j, says->name, says->number != 0);
			break;
		}
	}
}

typedef void (*event_writer)(struct json *j, const struct event *e);

static const event_writer writers[EVENT_KIND_END] = {
	[EVENT_APPEAL_RECEIVED] = write_received,
	[EVENT_TASK_DISPATCHED] = write_dispatched,
	[EVENT_TASK_CONTACTED] = write_contacted,
	[EVENT_TASK_PROGRESSED] = write_progressed,
	[EVENT_TASK_COMPLETED] = write_completed,
	[EVENT_TASK_REVIEW_FAILED] = write_reviewed,
	[EVENT_TASK_REVIEW_PASSED] = write_reviewed,
	[EVENT_TASK_VISITED] = write_visited,
	[EVENT_TASK_REDO] = write_redo,
	[EVENT_TASK_WARNED] = write_limit,
	[EVENT_TASK_OVERDUE] = write_limit,
	[EVENT_TASK_CARD] = write_card,
	[EVENT_IDENTITY_REVEALED] = write_revealed,
};

struct str event_data_text(struct arena *a, const struct event *e)
{
	struct buf out;
	struct json j;

	must(e->kind > 0 && e->kind < EVENT_KIND_END);
	buf_init(&out, LIMIT_BODY_BYTES * 2);
	json_init(&j, &out);
	json_object(&j, NULL);
	if (writers[e->kind])
		writers[e->kind](&j, e);
	write_particulars(&j, e);
	json_close(&j);
	must(!out.overflow && json_whole(&j));
	struct str text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

/* ---- canonical form ---- */

static char *put_bytes(char *at, struct str s)
{
	uint32_t n = (uint32_t)s.n;
	const unsigned char length[4] = {
		(unsigned char)(n >> 24), (unsigned char)(n >> 16),
		(unsigned char)(n >> 8), (unsigned char)n,
	};

	memcpy(at, length, sizeof(length));
	if (s.n)
		memcpy(at + sizeof(length), s.p, s.n);
	return at + sizeof(length) + s.n;
}

static char *put_number(char *at, uint64_t value)
{
	char bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (char)(value >> (56 - 8 * i));
	return put_bytes(at, (struct str){ bytes, sizeof(bytes) });
}

enum { CANONICAL_NUMBERS = 7, CANONICAL_TEXTS = 3 };

struct str event_canonical(struct arena *a, const struct recorded_event *e)
{
	const char *type = event_type_names[e->kind - 1];
	size_t size = 1 + CANONICAL_NUMBERS * 12 + CANONICAL_TEXTS * 4 + strlen(type) +
		      e->by_name.n + e->data.n;
	char *start = arena_alloc(a, size), *at = start;

	*at++ = 1;
	at = put_number(at, e->appeal_id);
	at = put_number(at, e->seq);
	at = put_bytes(at, str_of(type));
	at = put_number(at, (uint64_t)e->at);
	at = put_number(at, (uint64_t)e->recorded_at);
	at = put_number(at, (uint64_t)e->by_kind);
	at = put_number(at, e->by_id);
	at = put_bytes(at, e->by_name);
	at = put_number(at, e->task_id);
	at = put_bytes(at, e->data);
	must((size_t)(at - start) == size);
	return (struct str){ start, size };
}
