/*
 * A history as a line of JSON: its form, and what has to hold between its events. Evidence is
 * not asked for: what happened without a logged contact happened all the same.
 */
#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "import/import.h"
#include "rules/id_number.h"
#include "rules/steps.h"

/* ---- forms ---- */

static const char *const told_type_names[] = {
	"sign", "contact", "progress", "complete", "review_pass", "review_refuse", "visit", NULL
};

#define TOLD(member) .offset = offsetof(struct told, member)

/* The same for every source of histories, behind the time of the event. */
#define TOLD_FIELDS \
	{ "type", FIELD_CHOICE, TOLD(type), .required = true, .choices = told_type_names }, \
	{ "result", FIELD_CODE, TOLD(result), .null_ok = true }, \
	{ "channel", FIELD_CODE, TOLD(channel), .null_ok = true }, \
	{ "outcome", FIELD_CHOICE, TOLD(outcome), .null_ok = true, \
	  .choices = contact_outcome_names }, \
	{ "reason", FIELD_TEXT, TOLD(reason), .null_ok = true, .max = LIMIT_NOTE_CHARS }, \
	{ "reply", FIELD_TEXT, TOLD(reply), .null_ok = true, .max = LIMIT_REPLY_CHARS }, \
	{ "legal_basis", FIELD_TEXT, TOLD(legal_basis), .null_ok = true, .max = 500 }, \
	{ "text", FIELD_TEXT, TOLD(text), .null_ok = true, .max = LIMIT_NOTE_CHARS }, \
	{ "promise_on", FIELD_DATE, TOLD(promise_on), .null_ok = true }, \
	{ "note", FIELD_TEXT, TOLD(note), .null_ok = true, .max = LIMIT_NOTE_CHARS }, \
	{ "reached", FIELD_TRI, TOLD(reached), .null_ok = true }, \
	{ "contacted", FIELD_TRI, TOLD(contacted), .null_ok = true }, \
	{ "solved", FIELD_CHOICE, TOLD(solved), .null_ok = true, .choices = solved_names }, \
	{ "attitude", FIELD_CHOICE, TOLD(attitude), .null_ok = true, .choices = level_names }, \
	{ "truthful", FIELD_TRI, TOLD(truthful), .null_ok = true }

static const struct field told_fields[] = {
	{ "at", FIELD_TIME, TOLD(at), .required = true },
	TOLD_FIELDS,
	{ 0 }
};
static const struct field sample_told_fields[] = {
	{ "after_hours", FIELD_DECIMAL, TOLD(after_hours), .required = true, .max = 100000 },
	TOLD_FIELDS,
	{ 0 }
};

#define AT(member) .offset = offsetof(struct history, member)

static const struct field caller_fields[] = {
	{ "name", FIELD_LINE, AT(caller_name), .null_ok = true, .max = 50 },
	{ "phone", FIELD_LINE, AT(caller_phone), .null_ok = true, .max = 32 },
	{ "id_number", FIELD_LINE, AT(caller_id_number), .null_ok = true, .max = 32 },
	{ "address", FIELD_LINE, AT(caller_address), .null_ok = true, .max = 200 },
	{ "anonymous", FIELD_BOOL, AT(is_anonymous) },
	{ "secret", FIELD_BOOL, AT(is_secret) },
	{ "visit_wanted", FIELD_TRI, AT(visit_wanted) },
	{ 0 }
};

#define HISTORY_FIELDS \
	{ "channel", FIELD_CHOICE, AT(channel), .required = true, .choices = channel_names }, \
	{ "external_no", FIELD_LINE, AT(external_no), .required = true, .max = 64 }, \
	{ "content_class", FIELD_CHOICE, AT(content_class), .null_ok = true, \
	  .choices = content_class_names }, \
	{ "category", FIELD_CODE, AT(category), .null_ok = true, .max = 16 }, \
	{ "area", FIELD_CODE, AT(area), .null_ok = true, .max = 16 }, \
	{ "title", FIELD_LINE, AT(title), .required = true, .max = 200 }, \
	{ "text", FIELD_TEXT, AT(text), .required = true, .max = LIMIT_TEXT_CHARS }, \
	{ "address", FIELD_LINE, AT(address), .null_ok = true, .max = 200 }, \
	{ "caller", FIELD_OBJECT, .has = FIELD_HAS(struct history, has_caller), \
	  .null_ok = true, .fields = caller_fields }

const struct field history_fields[] = {
	HISTORY_FIELDS,
	{ "department", FIELD_CODE, AT(department), .required = true, .max = 16 },
	{ "limit_class", FIELD_CHOICE, AT(limit_class), .required = true,
	  .choices = limit_class_names },
	{ "received_at", FIELD_TIME, AT(received_at), .required = true },
	{ "events", FIELD_OBJECTS, AT(events), .max = TOLD_MAX, .fields = told_fields,
	  .size = sizeof(struct told) },
	{ 0 }
};

static const struct field accused_fields[] = {
	{ "department", FIELD_CODE, AT(accused_department), .null_ok = true, .max = 16 },
	{ "person", FIELD_LINE, AT(accused_person), .null_ok = true, .max = 50 },
	{ 0 }
};
static const struct field enterprise_fields[] = {
	{ "uscc", FIELD_CODE, AT(enterprise_uscc), .null_ok = true, .max = 18 },
	{ "name", FIELD_LINE, AT(enterprise_name), .null_ok = true, .max = 200 },
	{ 0 }
};

const struct field sample_fields[] = {
	HISTORY_FIELDS,
	{ "urgent", FIELD_BOOL, AT(is_urgent) },
	{ "accused", FIELD_OBJECT, .has = FIELD_HAS(struct history, has_accused),
	  .null_ok = true, .fields = accused_fields },
	{ "enterprise", FIELD_OBJECT, .has = FIELD_HAS(struct history, has_enterprise),
	  .null_ok = true, .fields = enterprise_fields },
	{ "days_ago", FIELD_DECIMAL, AT(days_ago), .required = true, .max = 3650 },
	{ "events", FIELD_OBJECTS, AT(events), .max = TOLD_MAX, .fields = sample_told_fields,
	  .size = sizeof(struct told) },
	{ 0 }
};

/* ---- checks ---- */

/* What is being checked: the n-th event of a history. */
struct place {
	struct field_errors *errors;
	size_t n;
};

static const char *pointer_to(const struct place *at, const char *member)
{
	return arena_printf(at->errors->arena, "#/events/%zu/%s", at->n, member).p;
}

/* Place of a word in its list, -1 when it is absent or, with a complaint, unknown. */
static int word_index(const struct place *at, const char *member, struct str word,
		      const char *const *words)
{
	int index = word.p ? str_index(word, words) : -1;
	struct buf known;

	if (!word.p || index >= 0)
		return index;
	buf_init(&known, 400);
	for (size_t i = 0; words[i]; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", words[i]);
	form_error(at->errors, pointer_to(at, member), "unknown_code",
		   "Give one of these texts: %.*s.", STR_ARG(buf_str(&known)));
	buf_free(&known);
	return -1;
}

static void check_complete(struct told *e, const struct place *at)
{
	e->result_index = word_index(at, "result", e->result, task_result_names);
	if (!e->result.p)
		form_error(at->errors, pointer_to(at, "result"), "missing",
			   "A completion has a result, like solved or explained.");
}

static bool has_answer(const struct told *e)
{
	return e->contacted != TRI_NONE || e->truthful != TRI_NONE || e->solved >= 0 ||
	       e->result.p || e->attitude >= 0 || e->reason.p;
}

/* Who has answered was reached, unless the line says otherwise. */
static void check_visit(struct told *e, const struct place *at)
{
	e->channel_index = word_index(at, "channel", e->channel, visit_channel_names);
	e->result_index = word_index(at, "result", e->result, level_names);
	e->reason_index = word_index(at, "reason", e->reason, visit_reason_names);
	if (e->reached == TRI_NONE)
		e->reached = has_answer(e) ? TRI_YES : TRI_NO;
	if (e->reached == TRI_NO && has_answer(e))
		form_error(at->errors, pointer_to(at, "reached"), "contradiction",
			   "A caller who was not reached has given no answer.");
	if (!e->channel.p)
		e->channel_index = 0;
}

static void check_words(struct told *e, const struct place *at)
{
	e->result_index = e->channel_index = e->reason_index = -1;
	if (e->type == TOLD_COMPLETE)
		check_complete(e, at);
	if (e->type == TOLD_VISIT)
		check_visit(e, at);
	if (e->type == TOLD_CONTACT)
		e->channel_index = word_index(at, "channel", e->channel,
					      contact_channel_names);
}

static void check_time(const struct told *e, int64_t before, int64_t now,
		       const struct place *at)
{
	char earlier[40];

	if (e->at < before)
		form_error(at->errors, pointer_to(at, "at"), "out_of_order",
			   "Events stand in order of time, none before the receipt; what "
			   "comes before this one is of %s.",
			   clock_format(before, earlier, sizeof(earlier)).p);
	if (e->at > now)
		form_error(at->errors, pointer_to(at, "at"), "in_the_future",
			   "A history tells what has happened already.");
}

static const enum task_action actions[] = {
	[TOLD_SIGN] = ACTION_SIGN, [TOLD_CONTACT] = ACTION_CONTACT,
	[TOLD_PROGRESS] = ACTION_PROGRESS, [TOLD_COMPLETE] = ACTION_COMPLETE,
	[TOLD_PASS] = ACTION_REVIEW, [TOLD_REFUSE] = ACTION_REVIEW,
	[TOLD_VISIT] = ACTION_VISIT,
};

static void complain_step(const struct told *e, const struct task *t, const struct place *at)
{
	struct buf allowed;

	buf_init(&allowed, 400);
	for (size_t i = 0; told_type_names[i]; i++)
		if (step_is_legal(t, actions[i]))
			buf_printf(&allowed, "%s%s", allowed.n ? ", " : "",
				   told_type_names[i]);
	form_error(at->errors, pointer_to(at, "type"), "illegal_step",
		   "%s is not possible while the task is %s; possible are: %.*s.",
		   told_type_names[e->type], task_state_names[t->state - 1],
		   STR_ARG(buf_str(&allowed)));
	buf_free(&allowed);
}

/* Plays the steps on a task of straw, until the first that is not legal. */
static void check_steps(const struct history *h, struct field_errors *errors)
{
	struct appeal appeal = { .state = APPEAL_DISPATCHED };
	struct task task = { .role = TASK_LEAD, .state = TASK_AWAITING_SIGN, .round = 1 };
	const struct told *events = h->events.v;

	for (size_t i = 0; i < h->events.n; i++) {
		const struct place at = { .errors = errors, .n = i };
		struct visit visit = told_visit(&events[i], &task);
		enum visit_effect effect = visit_effect(&task, &visit);

		if (!step_is_legal(&task, actions[events[i].type])) {
			complain_step(&events[i], &task, &at);
			return;
		}
		told_apply(&events[i], &task, &appeal);
		if (events[i].type != TOLD_VISIT || effect == VISIT_RECORDED)
			continue;
		task.state = TASK_VISITED;
		if (effect == VISIT_ASKS_REDO)
			task_redo(&task, &appeal, events[i].at);
	}
}

bool history_check(struct history *h, int64_t now, struct field_errors *errors)
{
	struct told *events = h->events.v;
	uint32_t before = errors->n;
	int64_t last = h->received_at;

	if (h->limit_class == LIMIT_LX)
		form_error(errors, "#/limit_class", "limit_not_given",
			   "LX has no limit of its own; choose one of L0 to L5.");
	if (h->received_at > now)
		form_error(errors, "#/received_at", "in_the_future",
			   "A history tells what has happened already.");
	if (h->caller_id_number.p &&
	    !id_number_is_valid(id_number_normal(errors->arena, h->caller_id_number)))
		form_error(errors, "#/caller/id_number", "bad_id_number",
			   "This is no number of a resident card and none of a passport.");
	for (size_t i = 0; i < h->events.n; i++) {
		const struct place at = { .errors = errors, .n = i };

		check_words(&events[i], &at);
		check_time(&events[i], last, now, &at);
		last = events[i].at;
	}
	if (errors->n == before)
		check_steps(h, errors);
	return errors->n == before;
}

/* ---- what is told ---- */

void told_apply(const struct told *e, struct task *t, struct appeal *a)
{
	switch ((enum told_type)e->type) {
	case TOLD_SIGN:
		task_sign(t, e->at);
		break;
	case TOLD_CONTACT:
		task_contact(t, e->at, e->outcome == 0);
		break;
	case TOLD_COMPLETE:
		task_complete(t, e->at);
		t->result = (enum task_result)(e->result_index + 1);
		t->reply = e->reply;
		t->legal_basis = e->legal_basis;
		break;
	case TOLD_PASS:
		task_pass(t, a);
		break;
	case TOLD_REFUSE:
		task_refuse(t);
		break;
	case TOLD_PROGRESS:
	case TOLD_VISIT:
		break;
	}
}

struct visit told_visit(const struct told *e, const struct task *t)
{
	return (struct visit){
		.at = e->at, .round = t->round, .channel = e->channel_index,
		.is_reached = e->reached == TRI_YES, .contacted = e->contacted,
		.solved = e->solved, .result = e->result_index, .attitude = e->attitude,
		.truthful = e->truthful, .reason = e->reason_index, .note = e->note,
	};
}
