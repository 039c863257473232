/*
 * From facts to messages: a fact about a task becomes one frozen message for each matching
 * endpoint of its department, in the transaction of the fact. A caller's identity never stands
 * in a message: the department asks for it by name, with a purpose, where it is entitled to.
 */
#include "webhooks/webhooks.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "matter.h"
#include "must.h"
#include "undoing.h"

const char *const webhook_format_names[] = {
	"standard", "cloudevents", "wecom", "dingtalk", "feishu", NULL
};

static const struct str content_types[] = {
	[FORMAT_STANDARD] = { "application/json", 16 },
	[FORMAT_CLOUDEVENTS] = { "application/cloudevents+json; charset=utf-8", 43 },
	[FORMAT_WECOM] = { "application/json; charset=utf-8", 31 },
	[FORMAT_DINGTALK] = { "application/json; charset=utf-8", 31 },
	[FORMAT_FEISHU] = { "application/json; charset=utf-8", 31 },
};

const char *const webhook_patterns[] = {
	"*", "appeal.*", "task.*", "report.*", "endpoint.*",
	"appeal.received", "task.dispatched", "task.urged", "task.warned", "task.overdue",
	"task.card", "task.return_refused", "task.return_accepted", "task.ruled",
	"task.extension_decided", "task.due_moved", "task.paused", "task.resumed",
	"task.on_account", "task.off_account", "task.supervised", "task.escalated",
	"task.review_failed", "task.review_passed", "task.visited", "task.redo",
	"task.excluded", "task.withdrawn", "task.restored", "task.reopened", "task.callback_answered", "report.frozen",
	"endpoint.test", NULL
};

enum { BODY_BYTES = KIB(64) };

/*
 * What is told: the seam between the domain's events and the outbox. Strings live in the
 * arena of tx; event may be NULL (a test).
 */
struct webhook_fact {
	struct str type;
	int64_t at;
	struct str department;
	uint64_t appeal_id, task_id;	/* 0: none */
	uint32_t month;			/* 202603, of what is told about a month; 0: none */
	struct str digest;
	uint64_t version;
	const struct event *event;
	bool is_first;			/* nothing was told of this appeal before */
	bool is_watched;
};

static bool pattern_matches(struct str pattern, struct str type)
{
	if (str_is(pattern, "*") || str_eq(pattern, type))
		return true;
	return pattern.n > 1 && pattern.p[pattern.n - 1] == '*' &&
	       str_starts(type, (struct str){ pattern.p, pattern.n - 1 });
}

static bool list_matches(struct str list, struct str type)
{
	while (list.n) {
		const char *comma = memchr(list.p, ',', list.n);
		size_t n = comma ? (size_t)(comma - list.p) : list.n;

		if (pattern_matches((struct str){ list.p, n }, type))
			return true;
		list.p += n + (comma != NULL);
		list.n -= n + (comma != NULL);
	}
	return false;
}

static void write_task(struct json *j, const struct task *t)
{
	json_text(j, "state", task_state_names[t->state - 1]);
	json_text(j, "role", task_role_names[t->role - 1]);
	json_text(j, "limit_class", limit_class_names[t->limit_class]);
	json_u64(j, "round", t->round);
	json_time(j, "sign_due", t->sign_due);
	json_time(j, "contact_due", t->contact_due);
	json_time(j, "due", t->redo_due ? t->redo_due : t->due);
}

static void write_event(struct json *j, struct arena *a, const struct event *e)
{
	const struct appeal *appeal = e->appeal;

	json_text(j, "channel", channel_names[appeal->channel - 1]);
	json_str(j, "category", appeal->category);
	json_str(j, "area", appeal->area);
	json_str(j, "title", webhook_text(SHOWN_TITLE, appeal->is_secret, appeal->title));
	json_bool(j, "urgent", appeal->is_urgent);
	if (e->task)
		write_task(j, e->task);
	if (e->kind == EVENT_TASK_WARNED || e->kind == EVENT_TASK_OVERDUE)
		json_text(j, "limit", limit_kind_text(e->limit.limit));
	else if (e->kind == EVENT_TASK_CARD)
		json_text(j, "limit", limit_kind_text(e->card.limit));
	json_raw(j, "details", event_data_text(a, e));
}

static void write_data(struct json *j, struct arena *a, const struct webhook_fact *fact,
		       uint32_t seq)
{
	json_object(j, "data");
	json_str(j, "appeal", fact->appeal_id ? appeal_reference(a, fact->appeal_id) : STR_NONE);
	json_str(j, "task", fact->task_id ? task_reference(a, fact->task_id) : STR_NONE);
	json_str(j, "department", fact->department);
	json_u64(j, "version", fact->version);
	json_u64(j, "seq", seq);
	if (fact->month) {
		json_str(j, "month", arena_printf(a, "%04" PRIu32 "-%02" PRIu32,
						  fact->month / 100, fact->month % 100));
		json_str(j, "digest", fact->digest);
	}
	if (fact->event)
		write_event(j, a, fact->event);
	json_close(j);
}

/* The CloudEvents form is the standard one with four members more, so that both kinds of
 * reader understand it (CloudEvents 1.0, JSON format 1.0, structured mode). */
static struct str message_body(struct arena *a, const struct webhook_fact *fact,
			       enum webhook_format format, struct str id, uint32_t seq)
{
	struct buf out;
	struct json j;

	buf_init(&out, BODY_BYTES);
	json_init(&j, &out);
	json_object(&j, NULL);
	if (format == FORMAT_CLOUDEVENTS) {
		json_text(&j, "specversion", "1.0");
		json_str(&j, "id", id);
		json_text(&j, "source", "/liandong");
		json_text(&j, "datacontenttype", "application/json");
		if (fact->appeal_id)
			json_str(&j, "subject", appeal_reference(a, fact->appeal_id));
		json_time(&j, "time", fact->at);
	}
	json_str(&j, "type", fact->type);
	json_time(&j, "timestamp", fact->at);
	write_data(&j, a, fact, seq);
	json_close(&j);
	must(!out.overflow && json_whole(&j));
	struct str body = arena_str(a, buf_str(&out));
	buf_free(&out);
	return body;
}

static struct str body_of(struct tx *tx, const struct endpoint *to,
			  const struct webhook_fact *fact, struct str id, uint32_t seq)
{
	if (!format_is_bot(to->format))
		return message_body(tx_arena(tx), fact, (enum webhook_format)to->format, id,
				    seq);
	if (fact->event)
		return webhook_card(tx, to, fact->event);
	return fact->month ? webhook_card_of_month(tx, to, fact->month) :
			     webhook_card_of_test(tx, to);
}

/* An endpoint's first message of an appeal that was made in this transaction needs no look at
 * what went before; every other one follows the last. */
static uint64_t post(struct tx *tx, const struct endpoint *endpoint,
		     const struct webhook_fact *fact, bool is_test)
{
	struct arena *a = tx_arena(tx);
	/* Months are far smaller numbers than appeals, so the two never share an order. */
	uint64_t topic = fact->month ? fact->month : fact->appeal_id;
	uint32_t last = fact->is_first ? 0 : outbox_last_seq(tx, endpoint->id, topic);
	struct str id = arena_printf(a, "msg_%.*s", STR_ARG(encode_ulid(a, clock_real())));
	int64_t not_before = fact->event ? fact->event->not_before : 0;

	return outbox_post(tx, &(struct outbox_message){
		.endpoint_id = endpoint->id,
		.topic = topic,
		.seq = last + 1,
		.message_id = id,
		.type = fact->type,
		.content_type = content_types[endpoint->format],
		.body = body_of(tx, endpoint, fact, id, last + 1),
		.is_watched = fact->is_watched,
		.is_test = is_test,
		.not_before = not_before,
		.held_for = fact->appeal_id,
	});
}

static void webhooks_publish(struct tx *tx, const struct webhook_fact *fact)
{
	const struct reference *ref = reference_of(tx);

	for (uint32_t i = 0; i < ref->endpoint_count && tx_ok(tx); i++) {
		const struct endpoint *endpoint = &ref->endpoints[i];

		if (str_eq(endpoint->department, fact->department) &&
		    list_matches(endpoint->events, fact->type))
			post(tx, endpoint, fact, false);
	}
}

/* ---- hooks ---- */

/* The root of the tree is the centre itself: its own systems may be told of every receipt. */
static bool is_root(const struct reference *ref, struct str code)
{
	const struct department *d = reference_department(ref, code);

	return d && str_is_empty(d->parent);
}

static void on_task(struct tx *tx, const struct event *e)
{
	bool is_dispatch = e->kind == EVENT_TASK_DISPATCHED;

	if (e->is_history || e->not_before == UNDO_SEND_NEVER)
		return;
	webhooks_publish(tx, &(struct webhook_fact){
		.type = str_of(event_type_names[e->kind - 1]),
		.at = e->at,
		.department = e->task->department,
		.appeal_id = e->appeal->id,
		.task_id = e->task->id,
		.version = e->appeal->version,
		.event = e,
		.is_first = e->is_first && is_dispatch &&
			    !is_root(reference_of(tx), e->task->department),
		.is_watched = is_dispatch,
	});
}

static void on_received(struct tx *tx, const struct event *e)
{
	const struct reference *ref = reference_of(tx);

	if (e->is_history)
		return;
	for (uint32_t i = 0; i < ref->department_count; i++) {
		if (!str_is_empty(ref->departments[i].parent))
			continue;
		webhooks_publish(tx, &(struct webhook_fact){
			.type = str_of(event_type_names[e->kind - 1]),
			.at = e->at,
			.department = ref->departments[i].code,
			.appeal_id = e->appeal->id,
			.version = e->appeal->version,
			.event = e,
			.is_first = e->is_first,
		});
	}
}

/* Every department is told of the district's month. */
static void on_report(struct tx *tx, const struct event *e)
{
	const struct reference *ref = reference_of(tx);

	for (uint32_t i = 0; i < ref->department_count; i++)
		webhooks_publish(tx, &(struct webhook_fact){
			.type = STR("report.frozen"), .at = e->at,
			.department = ref->departments[i].code,
			.month = e->report.month, .digest = e->report.digest,
			.is_first = true,	/* a month is frozen once */
		});
}

/* A department's own steps are not told to it, nor what is decided without it: evidence for an
 * exclusion may name a caller. */
const struct hook webhook_hooks[] = {
	{ EVENT_APPEAL_RECEIVED, on_received },
	{ EVENT_TASK_DISPATCHED, on_task },
	{ EVENT_TASK_REVIEW_FAILED, on_task },
	{ EVENT_TASK_REVIEW_PASSED, on_task },
	{ EVENT_TASK_VISITED, on_task },
	{ EVENT_TASK_REDO, on_task },
	{ EVENT_TASK_WARNED, on_task },
	{ EVENT_TASK_OVERDUE, on_task },
	{ EVENT_TASK_CARD, on_task },
	{ EVENT_TASK_RETURN_ACCEPTED, on_task },
	{ EVENT_TASK_RETURN_REFUSED, on_task },
	{ EVENT_TASK_RULED, on_task },
	{ EVENT_TASK_EXTENSION_DECIDED, on_task },
	{ EVENT_TASK_DUE_MOVED, on_task },
	{ EVENT_TASK_PAUSED, on_task },
	{ EVENT_TASK_RESUMED, on_task },
	{ EVENT_TASK_ON_ACCOUNT, on_task },
	{ EVENT_TASK_OFF_ACCOUNT, on_task },
	{ EVENT_TASK_URGED, on_task },
	{ EVENT_TASK_SUPERVISED, on_task },
	{ EVENT_TASK_ESCALATED, on_task },
	{ EVENT_TASK_EXCLUDED, on_task },
	{ EVENT_TASK_WITHDRAWN, on_task },
	{ EVENT_TASK_RESTORED, on_task },
	{ EVENT_TASK_REOPENED, on_task },
	{ EVENT_TASK_CALLBACK_ANSWERED, on_task },
	{ EVENT_REPORT_FROZEN, on_report },
	{ 0 }
};

/* ---- a message by hand ---- */

uint64_t webhook_test(struct tx *tx, const struct sql_webhooks_one_row *endpoint)
{
	const struct endpoint to = {
		.id = endpoint->id, .department = endpoint->department,
		.format = (uint8_t)endpoint->format, .prefix = endpoint->prefix,
	};

	return post(tx, &to, &(struct webhook_fact){
		.type = STR("endpoint.test"), .at = clock_now(),
		.department = endpoint->department,
	}, true);
}
