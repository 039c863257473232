#include "rules/exchange.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "rules/calendar.h"
#include "visit.h"
#include "words.h"

const char *const exchange_kind_names[] = {
	"offer", "accept", "refuse", "timeout", "progress", "result", "visited", NULL
};
const char *const exchange_state_names[] = {
	"offered", "overdue", "accepted", "refused", "done", "visited", NULL
};
const char *const exchange_reason_names[] = {
	"not_in_list", "missing_facts", "not_ours", "other", NULL
};
const char *const exchange_result_names[] = {
	"solved", "partly", "explained", "promised", "untrue", "no_jurisdiction", "answered",
	"not_taken", "withdrawn", NULL
};
const char *const exchange_span_names[EXCHANGE_SPANS] = {
	"0-30 s", "30-60 s", "60-120 s", "120-180 s", "180+ s"
};

/* ---- steps ---- */

struct step {
	bool is_by_offerer;
	uint8_t after[EXCHANGE_STATE_END];	/* by the state before */
};

/* NONE, OFFERED, OVERDUE, ACCEPTED, REFUSED, DONE, ENDED */
static const struct step steps[EXCHANGE_KIND_END] = {
	[EXCHANGE_OFFER] = { true, { [EXCHANGE_NONE] = EXCHANGE_OFFERED } },
	[EXCHANGE_ACCEPT] = { false, {
		[EXCHANGE_OFFERED] = EXCHANGE_ACCEPTED, [EXCHANGE_OVERDUE] = EXCHANGE_ACCEPTED } },
	[EXCHANGE_REFUSE] = { false, {
		[EXCHANGE_OFFERED] = EXCHANGE_REFUSED, [EXCHANGE_OVERDUE] = EXCHANGE_REFUSED } },
	[EXCHANGE_TIMEOUT] = { true, {
		[EXCHANGE_OFFERED] = EXCHANGE_OVERDUE, [EXCHANGE_ACCEPTED] = EXCHANGE_ACCEPTED,
		[EXCHANGE_REFUSED] = EXCHANGE_REFUSED, [EXCHANGE_DONE] = EXCHANGE_DONE,
		[EXCHANGE_ENDED] = EXCHANGE_ENDED } },
	[EXCHANGE_PROGRESS] = { false, {
		[EXCHANGE_ACCEPTED] = EXCHANGE_ACCEPTED, [EXCHANGE_DONE] = EXCHANGE_ACCEPTED,
		[EXCHANGE_ENDED] = EXCHANGE_ACCEPTED } },
	[EXCHANGE_RESULT] = { false, {
		[EXCHANGE_ACCEPTED] = EXCHANGE_DONE, [EXCHANGE_DONE] = EXCHANGE_DONE,
		[EXCHANGE_ENDED] = EXCHANGE_DONE } },
	[EXCHANGE_VISITED] = { false, {
		[EXCHANGE_DONE] = EXCHANGE_ENDED, [EXCHANGE_ENDED] = EXCHANGE_ENDED } },
};

enum exchange_state exchange_step(enum exchange_state state, enum exchange_kind kind,
				  bool is_by_offerer)
{
	const struct step *step = &steps[kind];

	return step->is_by_offerer == is_by_offerer ? (enum exchange_state)step->after[state] :
						      EXCHANGE_NONE;
}

bool exchange_may_send(enum exchange_state state, enum exchange_kind kind, bool is_offerer)
{
	return exchange_step(state, kind, is_offerer) != EXCHANGE_NONE &&
	       (kind != EXCHANGE_TIMEOUT || state == EXCHANGE_OFFERED);
}

uint32_t exchange_span(int64_t microseconds)
{
	static const int64_t until[] = { 30, 60, 120, 180 };
	uint32_t i = 0;

	while (i < array_count(until) && microseconds >= until[i] * CALENDAR_SECOND)
		i++;
	return i;
}

/* ---- messages ---- */

#define AT(member) offsetof(struct exchange_message, member)
const struct field exchange_message_fields[] = {
	{ "sender", FIELD_CODE, AT(sender), .required = true },
	{ "offered_by", FIELD_CODE, AT(offered_by), .required = true },
	{ "number", FIELD_CODE, AT(number), .required = true, .max = 64 },
	{ "sequence", FIELD_INT, AT(sequence), .required = true, .min = 1, .max = INT32_MAX },
	{ "kind", FIELD_CHOICE, AT(kind), .required = true, .choices = exchange_kind_names },
	{ "at", FIELD_TIME, AT(at), .required = true },
	{ "item", FIELD_CODE, AT(item) },
	{ "item_version", FIELD_INT, AT(item_version), .min = 0, .max = INT32_MAX },
	{ "urgent", FIELD_TRI, AT(is_urgent) },
	{ "first_response_at", FIELD_TIME, AT(first_response_at) },
	{ "title", FIELD_LINE, AT(title), .max = LIMIT_LINE_CHARS },
	{ "place", FIELD_LINE, AT(place), .max = LIMIT_LINE_CHARS },
	{ "category", FIELD_CODE, AT(category), .max = 16 },
	{ "area", FIELD_CODE, AT(area), .max = 16 },
	{ "content_class", FIELD_CHOICE, AT(content_class), .choices = content_class_names },
	{ "contact_name", FIELD_LINE, AT(contact_name), .max = 50 },
	{ "contact_phone", FIELD_LINE, AT(contact_phone), .max = 32 },
	{ "recording", FIELD_LINE, AT(recording), .max = 64 },
	{ "own_no", FIELD_CODE, AT(own_no), .max = 64 },
	{ "reason", FIELD_CHOICE, AT(reason), .choices = exchange_reason_names },
	{ "result", FIELD_CHOICE, AT(result), .choices = exchange_result_names },
	{ "level", FIELD_CHOICE, AT(level), .choices = level_names },
	{ "on_scene_at", FIELD_TIME, AT(on_scene_at) },
	{ "text", FIELD_TEXT, AT(text), .max = LIMIT_REPLY_CHARS },
	{ 0 }
};
#undef AT

#define OF(kind) (1u << (kind))
#define OFFERS OF(EXCHANGE_OFFER)

/* Which kinds need a member, and which take it. */
static const struct member {
	const char *name;
	uint32_t needed, taken;
} members[] = {
	{ "item", OFFERS, OFFERS },
	{ "item_version", 0, OFFERS },
	{ "urgent", OFFERS, OFFERS },
	{ "first_response_at", 0, OFFERS },
	{ "title", OFFERS, OFFERS },
	{ "place", 0, OFFERS },
	{ "category", 0, OFFERS },
	{ "area", 0, OFFERS },
	{ "content_class", 0, OFFERS },
	{ "contact_name", 0, OFFERS },
	{ "contact_phone", 0, OFFERS },
	{ "recording", 0, OFFERS },
	{ "own_no", OF(EXCHANGE_ACCEPT), OF(EXCHANGE_ACCEPT) },
	{ "reason", OF(EXCHANGE_REFUSE), OF(EXCHANGE_REFUSE) },
	{ "result", OF(EXCHANGE_RESULT), OF(EXCHANGE_RESULT) },
	{ "level", 0, OF(EXCHANGE_VISITED) },
	{ "on_scene_at", 0, OF(EXCHANGE_PROGRESS) | OF(EXCHANGE_RESULT) },
	{ "text", OFFERS | OF(EXCHANGE_REFUSE) | OF(EXCHANGE_PROGRESS) | OF(EXCHANGE_RESULT),
	  ~0u },
};

/* In the order of members[]. */
static void which_are_there(const struct exchange_message *m, bool *is_there)
{
	const bool there[] = {
		m->item.p, m->item_version > 0, m->is_urgent != TRI_NONE, m->first_response_at,
		m->title.p, m->place.p, m->category.p, m->area.p, m->content_class >= 0,
		m->contact_name.p, m->contact_phone.p, m->recording.p, m->own_no.p,
		m->reason >= 0, m->result >= 0, m->level >= 0, m->on_scene_at, m->text.p,
	};

	_Static_assert(array_count(there) == array_count(members), "in one order");
	memcpy(is_there, there, sizeof(there));
}

void exchange_message_check(const struct exchange_message *m, const char *at,
			    struct field_errors *errors)
{
	bool is_there[array_count(members)];
	uint32_t kind = OF(m->kind + 1);

	if (m->kind < 0)
		return;
	which_are_there(m, is_there);
	for (size_t i = 0; i < array_count(members); i++) {
		const char *pointer = arena_printf(errors->arena, "%s/%s", at,
						   members[i].name).p;

		if (members[i].needed & kind && !is_there[i])
			form_error(errors, pointer, "required", "Of a message of kind %s it must "
				   "be given.", exchange_kind_names[m->kind]);
		else if (is_there[i] && !(members[i].taken & kind))
			form_error(errors, pointer, "unknown_member", "A message of kind %s has "
				   "none: leave it out.", exchange_kind_names[m->kind]);
	}
}

static void put_str(struct json *j, const char *key, struct str value)
{
	if (value.p)
		json_str(j, key, value);
}

static void put_time(struct json *j, const char *key, int64_t at)
{
	if (at)
		json_time(j, key, at);
}

static void put_choice(struct json *j, const char *key, const char *const *names, int index)
{
	if (index >= 0)
		json_text(j, key, names[index]);
}

static void write_offer(struct json *j, const struct exchange_message *m)
{
	put_str(j, "item", m->item);
	if (m->item_version > 0)
		json_i64(j, "item_version", m->item_version);
	if (m->is_urgent != TRI_NONE)
		json_bool(j, "urgent", m->is_urgent == TRI_YES);
	put_time(j, "first_response_at", m->first_response_at);
	put_str(j, "title", m->title);
	put_str(j, "place", m->place);
	put_str(j, "category", m->category);
	put_str(j, "area", m->area);
	put_choice(j, "content_class", content_class_names, m->content_class);
	put_str(j, "contact_name", m->contact_name);
	put_str(j, "contact_phone", m->contact_phone);
	put_str(j, "recording", m->recording);
}

struct str exchange_message_text(struct arena *a, const struct exchange_message *m)
{
	struct buf out;
	struct json j;

	buf_init(&out, LIMIT_BODY_BYTES);
	json_init(&j, &out);
	json_object(&j, NULL);
	json_str(&j, "sender", m->sender);
	json_str(&j, "offered_by", m->offered_by);
	json_str(&j, "number", m->number);
	json_i64(&j, "sequence", m->sequence);
	json_text(&j, "kind", exchange_kind_names[m->kind]);
	json_time(&j, "at", m->at);
	write_offer(&j, m);
	put_str(&j, "own_no", m->own_no);
	put_choice(&j, "reason", exchange_reason_names, m->reason);
	put_choice(&j, "result", exchange_result_names, m->result);
	put_choice(&j, "level", level_names, m->level);
	put_time(&j, "on_scene_at", m->on_scene_at);
	put_str(&j, "text", m->text);
	json_close(&j);
	struct str text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}
