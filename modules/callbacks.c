/*
 * Call-backs through the centre: a caller who wishes secrecy is nobody to the department, so the
 * department asks a question, and the centre calls and passes on what was said, without names and
 * numbers. A caller who was reached so has been contacted by the department.
 */
#include "action.h"
#include "bounds.h"
#include "clock.h"
#include "identity.h"
#include "module.h"
#include "rules/mask.h"
#include "sightings.h"

#include "callbacks_sql.h"

typedef struct sql_callbacks_one_row callback_row;

static const char *const nothing[] = { NULL };

/* A department learns no name, also of who called in the centre. */
static void write_callback(struct req *r, const callback_row *row)
{
	struct json *j = req_json(r);
	struct arena *a = req_arena(r);

	json_object(j, NULL);
	json_u64(j, "id", row->id);
	json_str(j, "task", task_reference(a, row->task_id));
	json_str(j, "appeal", appeal_reference(a, row->task_id / 100));
	json_str(j, "department", row->department);
	json_str(j, "question", row->question);
	json_time(j, "until", row->until);
	json_time(j, "asked_at", row->asked_at);
	json_str(j, "asked_by", row->asked_by);
	json_text(j, "state", row->is_open ? "open" : "answered");
	if (row->is_open)
		json_null(j, "reached");
	else
		json_bool(j, "reached", row->is_reached);
	json_str(j, "answer", row->answer);
	json_time(j, "answered_at", row->answered_at);
	json_str(j, "answered_by", req_relation(r) == RELATION_OWN ? STR_NONE : row->answered_by);
	json_close(j);
}

/* ---- asking ---- */

struct callback_form {
	struct str question;
	int64_t until;
};

static const struct field callback_fields[] = {
	{ "question", FIELD_TEXT, offsetof(struct callback_form, question), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "until", FIELD_UNTIL, offsetof(struct callback_form, until), .null_ok = true },
	{ 0 }
};

static void check_callback(struct req *r, const void *form)
{
	const struct callback_form *f = form;

	if (f->until && f->until <= clock_now())
		req_error(r, "#/until", "past", "is over; name a later day, or none.");
}

/* Why the centre is not asked; status 0 when it is. */
static struct reply refuse_callback(struct action *act)
{
	const struct appeal *appeal = &act->m.appeal;
	struct sql_callbacks_open_of_row open;

	if (!appeal->is_secret)
		return reply_conflict(act->r, "not_secret", nothing, "The centre calls for "
				      "callers who wish secrecy; contact this one yourself.");
	if (!appeal->has_phone)
		return reply_conflict(act->r, "no_phone", nothing,
				      "This caller left no number.");
	if (sql_callbacks_open_of(req_tx(act->r), (struct sql_callbacks_open_of){
			.task_id = act->task->id }, &open))
		return reply_conflict(act->r, "callback_open", nothing, "The centre is asked "
				      "already; wait for its answer.");
	return (struct reply){ 0 };
}

static struct reply callback_ask(struct req *r)
{
	struct event event = { .kind = EVENT_TASK_CALLBACK_ASKED };
	struct callback_form form;
	const struct action_form read = { callback_fields, &form, check_callback };
	struct action act;

	/* It stands for a contact, and so is legal where one is. */
	if (!action_open(r, ACTION_CONTACT, &read, &act))
		return act.refusal;
	struct reply refusal = refuse_callback(&act);
	if (refusal.status)
		return refusal;
	uint64_t id = tx_sequence(req_tx(r), "callbacks_callback");
	sql_callbacks_add(req_tx(r), (struct sql_callbacks_add){
		.id = id, .task_id = act.task->id, .department = act.task->department,
		.question = form.question, .until = form.until, .asked_at = act.at,
		.asked_by = req_actor(r)->name,
	});
	const struct particular says[] = {
		SAY_NUMBER("callback", (int64_t)id), SAY("question", form.question),
		SAY_TIME("until", form.until),
	};
	event_says(req_arena(r), &event, says);
	return action_close(&act, &event);
}

/* ---- answering ---- */

struct callback_answer_form {
	enum tri reached;
	struct str answer;
};

static const struct field callback_answer_fields[] = {
	{ "reached", FIELD_TRI, offsetof(struct callback_answer_form, reached),
	  .required = true },
	{ "answer", FIELD_TEXT, offsetof(struct callback_answer_form, answer), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static struct str without_name(struct arena *a, struct str text, struct str name)
{
	struct buf out;

	if (name.n == 0)
		return text;
	buf_init(&out, text.n + 1);
	for (size_t at = 0; at < text.n;) {
		struct str rest = { text.p + at, text.n - at };

		if (str_starts(rest, name)) {
			buf_add(&out, STR("*"));
			at += name.n;
		} else {
			buf_add_byte(&out, text.p[at++]);
		}
	}
	struct str masked = arena_str(a, buf_str(&out));
	buf_free(&out);
	return masked;
}

/* What was said, without the caller's name and without numbers. */
static struct str passed_on(struct req *r, uint64_t appeal_id, struct str answer)
{
	struct identity who;

	/* Erased it leaves nothing to be taken out; what does not open may be in the answer. */
	if (!identity_read(req_tx(r), appeal_id, &who) && tx_ok(req_tx(r)))
		tx_fail(req_tx(r), TX_BROKEN);
	return mask_digits(req_arena(r), without_name(req_arena(r), answer, who.caller.name));
}

/* The caller was reached: for the department that is its contact, while its task is in hand. */
static void contact(struct action *act)
{
	struct event event = { .kind = EVENT_TASK_CONTACTED };

	if (!step_is_legal(act->task, ACTION_CONTACT))
		return;
	task_contact(act->task, act->at, true);
	event.contacted.channel = CONTACT_CENTRE;
	event.contacted.note = STR_NONE;
	action_publish(act, act->task, &event);
}

/* The call-back of the path {id}. */
static bool req_callback(struct req *r, callback_row *ret_row)
{
	uint64_t id;

	*ret_row = (callback_row){ 0 };
	return str_to_u64(req_path(r, "id"), &id) &&
	       sql_callbacks_one(req_tx(r), (struct sql_callbacks_one){ .id = id }, ret_row);
}

static struct reply callback_answer(struct req *r)
{
	struct event event = { .kind = EVENT_TASK_CALLBACK_ANSWERED };
	struct action act = { .r = r, .at = clock_now() };
	struct callback_answer_form form;
	callback_row row;

	if (!req_callback(r, &row) || !matter_read_task(req_tx(r), row.task_id, &act.m, &act.task))
		return reply_missing(r);
	bool is_read = req_form(r, callback_answer_fields, &form);
	if (is_read && form.reached == TRI_NONE)
		req_error(r, "#/reached", "missing",
			  "Say by true or false whether the caller was reached.");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (!row.is_open)
		return reply_conflict(r, "already_answered", nothing,
				      "This call-back has its answer.");
	row.is_open = false;
	row.is_reached = form.reached == TRI_YES;
	row.answer = passed_on(r, act.m.appeal.id, form.answer);
	row.answered_at = act.at;
	row.answered_by = req_actor(r)->name;
	sql_callbacks_answer(req_tx(r), (struct sql_callbacks_answer){
		.id = row.id, .is_reached = row.is_reached, .answer = row.answer,
		.answered_at = row.answered_at, .answered_by = row.answered_by });
	if (row.is_reached)
		contact(&act);
	const struct particular says[] = {
		SAY_NUMBER("callback", (int64_t)row.id), SAY_BOOL("reached", row.is_reached),
		SAY("answer", row.answer),
	};
	event_says(req_arena(r), &event, says);
	task_save(req_tx(r), act.task);
	action_publish(&act, act.task, &event);
	write_callback(r, &row);
	return reply_ok(r);
}

/* ---- the list ---- */

static const char *const state_names[] = { "open", "answered", NULL };

static uint32_t find_ids(struct req *r, bool is_open, const struct page *page, uint64_t *ids)
{
	const struct actor *actor = req_actor(r);
	uint32_t n = 0;

	if (req_relation(r) == RELATION_OWN) {
		struct sql_callbacks_page_of_row row;
		struct rows *rows = sql_callbacks_page_of(req_tx(r),
			(struct sql_callbacks_page_of){ .department = actor->unit,
				.is_open = is_open, .after = page->key1,
				.n = page->limit + 1 });
		while (sql_callbacks_page_of_next(rows, &row))
			ids[n++] = row.id;
		return n;
	}
	struct sql_callbacks_page_row row;
	struct rows *rows = sql_callbacks_page(req_tx(r), (struct sql_callbacks_page){
		.is_open = is_open, .after = page->key1, .n = page->limit + 1 });
	while (sql_callbacks_page_next(rows, &row))
		ids[n++] = row.id;
	return n;
}

/* Without a state: the centre's work list, all that is open. */
static struct reply callbacks_list(struct req *r)
{
	uint64_t ids[LIMIT_PAGE_MAX + 1], appeals[LIMIT_PAGE_MAX];
	struct page page;
	uint32_t seen = 0;
	int state;

	bool is_read = req_query_choice(r, "state", state_names, &state);
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	uint32_t n = find_ids(r, state <= 0, &page, ids);
	uint32_t shown = n < page.limit ? n : page.limit;

	page_open(r);
	for (uint32_t i = 0; i < shown; i++) {
		callback_row row = { 0 };

		if (!sql_callbacks_one(req_tx(r), (struct sql_callbacks_one){ .id = ids[i] },
				       &row))
			continue;
		write_callback(r, &row);
		appeals[seen++] = row.task_id / 100;
	}
	sighting_keep_list(r, SIGHT_LIST, appeals, seen);
	page_close(r, n > shown, shown ? ids[shown - 1] : 0, 0);
	return reply_ok(r);
}

/* ---- tables ---- */

static const struct route routes[] = {
	{ ROUTE(callback_ask) },
	{ ROUTE(callbacks_list), .query = "limit cursor state" },
	{ ROUTE(callback_answer) },
	{ 0 }
};

const struct module callbacks_module = {
	.name = "callbacks",
	.purpose = "Calls confidential callers for departments that may not know them.",
	.routes = routes,
};
