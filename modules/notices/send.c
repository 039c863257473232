/* Rows become messages: number and text are put together here, and sealed at once. */
#include "notices/notices.h"

#include <inttypes.h>

#include "caller_codes.h"
#include "clock.h"
#include "crypto.h"
#include "identity.h"
#include "matter.h"
#include "outbox.h"
#include "rules/calendar.h"
#include "rules/notices.h"
#include "setting.h"
#include "sms.h"

enum { SEND_AT_A_TIME = 100 };

/* "3月9日" */
static struct str day_name(struct arena *a, int64_t at)
{
	struct civil date = civil_of_day(day_of_instant(at));

	return at ? arena_printf(a, "%d月%d日", (int)date.month, (int)date.day) : STR("近日");
}

static const char *result_word(enum task_result result)
{
	static const char *const words[] = {
		[RESULT_SOLVED] = "已解决", [RESULT_PARTLY] = "部分解决",
		[RESULT_EXPLAINED] = "已解释", [RESULT_PROMISED] = "已承诺",
		[RESULT_UNTRUE] = "不属实", [RESULT_NO_JURISDICTION] = "不属职权范围",
	};

	return result && (size_t)result < array_count(words) ? words[result] : "已办结";
}

static const struct task *task_of(const struct matter *m, uint64_t task_id)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (m->tasks[i].id == task_id)
			return &m->tasks[i];
	return NULL;
}

static struct str text_of(struct tx *tx, const struct sql_notices_due_row *n,
			  const struct notice_text *template, const struct matter *about)
{
	const struct reference *ref = reference_of(tx);
	const struct task *t = task_of(about, n->task_id);
	const struct department *d = t ? reference_department(ref, t->department) : NULL;
	struct arena *a = tx_arena(tx);
	struct str link = caller_link(tx, n->appeal_id);
	const struct notice_values values = {
		.number = appeal_reference(a, n->appeal_id),
		.code = caller_code(tx, n->appeal_id),
		.link = link.p ? link : STR("12345"),
		.department = d ? d->name : STR("承办单位"),
		.due = day_name(a, t ? t->due : 0), .promise = day_name(a, n->promise_on),
		.result = str_of(t ? result_word(t->result) : "已办结"),
	};
	struct str text = notice_render(a, template->text, &values);

	return arena_printf(a, "%.*s%.*s", STR_ARG(setting_str("sms_signature")), STR_ARG(text));
}

/* The gateway's endpoint, made when there is none yet. */
static uint64_t gateway_id(struct tx *tx)
{
	struct sql_notices_gateway_of_row row = { 0 };

	if (sql_notices_gateway_of(tx, &row))
		return row.endpoint_id;
	uint64_t id = tx_sequence(tx, "webhooks_endpoint");

	if (!tx_ok(tx))
		return 0;
	outbox_endpoint_add(tx, id, &(struct outbox_endpoint){
		.url = sms_url(), .dialect = OUTBOX_SMS });
	sql_notices_gateway_put(tx, (struct sql_notices_gateway_put){ id });
	return id;
}

static void post(struct tx *tx, const struct sql_notices_due_row *n, struct str mobile,
		 struct str text)
{
	struct arena *a = tx_arena(tx);
	uint64_t endpoint = gateway_id(tx);
	struct str ulid = encode_ulid(a, clock_real());
	uint64_t delivery = endpoint ? outbox_post(tx, &(struct outbox_message){
		.endpoint_id = endpoint,
		.topic = n->appeal_id,
		.seq = outbox_last_seq(tx, endpoint, n->appeal_id) + 1,
		.message_id = arena_printf(a, "sms_%.*s", STR_ARG(ulid)),
		.type = arena_printf(a, "notice.%s", notice_occasion_names[n->occasion - 1]),
		.content_type = sms_content_type(),
		.body = sms_body(a, mobile, text, STR_NONE),
		.is_sealed = true,
	}) : 0;

	/* A step that was taken back meanwhile took its notice with it. */
	if (delivery && !sql_notices_posted(tx, (struct sql_notices_posted){
			.id = n->id, .posted_at = clock_now(),
			.segments = notice_segments(text), .delivery_id = delivery }) && tx_ok(tx))
		tx_fail(tx, TX_CONFLICT);
}

static bool is_stopped(struct tx *tx, struct str mobile)
{
	struct sql_notices_is_stopped_row row = { 0 };

	return sql_notices_is_stopped(tx, (struct sql_notices_is_stopped){
		.phone_index = crypto_index(tx_arena(tx), "phone", mobile) }, &row);
}

/* Posts it, or says why not. */
static enum notice_dropped send_one(struct tx *tx, const struct sql_notices_due_row *n)
{
	struct matter own, about;
	struct identity who;

	if (!sms_is_on())
		return NOTICE_NO_GATEWAY;
	if (!matter_read(tx, n->appeal_id, &own) || own.appeal.state == APPEAL_WITHDRAWN ||
	    !identity_read(tx, n->appeal_id, &who) || who.erased_at)
		return NOTICE_GONE;
	if (!n->task_id || n->task_id / 100 == n->appeal_id)
		about = own;
	else if (!matter_read(tx, n->task_id / 100, &about))
		return NOTICE_GONE;
	const struct notice_text *template = reference_notice(reference_of(tx),
		(enum notice_occasion)n->occasion, own.appeal.channel, own.appeal.content_class);

	if (!template)
		return NOTICE_NO_TEXT;
	if (own.appeal.is_anonymous || !notice_is_mobile(who.caller.phone))
		return NOTICE_NO_MOBILE;
	if (is_stopped(tx, who.caller.phone))
		return NOTICE_STOPPED;
	post(tx, n, who.caller.phone, text_of(tx, n, template, &about));
	return NOTICE_NOT_DROPPED;
}

/* By night what is due waits, also what became due while the service was down. */
bool notices_send(struct tx *tx)
{
	int64_t now = clock_now();

	if (sms_allowed_from(now) > now)
		return false;
	struct sql_notices_due_row *due =
		arena_array_of(tx_arena(tx), struct sql_notices_due_row, SEND_AT_A_TIME);
	struct rows *rows = sql_notices_due(tx, (struct sql_notices_due){
		.until = now, .n = SEND_AT_A_TIME });
	uint32_t n = 0;

	while (n < SEND_AT_A_TIME && sql_notices_due_next(rows, &due[n]))
		n++;
	for (uint32_t i = 0; i < n && tx_ok(tx); i++) {
		enum notice_dropped why = send_one(tx, &due[i]);

		if (why != NOTICE_NOT_DROPPED && tx_ok(tx))
			sql_notices_drop(tx, (struct sql_notices_drop){ due[i].id, why });
	}
	return n == SEND_AT_A_TIME;
}

int64_t notices_next_due(struct tx *tx)
{
	struct sql_notices_next_row row = { 0 };

	if (!sql_notices_next(tx, &row))
		return INT64_MAX;
	int64_t now = clock_now();

	return sms_allowed_from(row.not_before > now ? row.not_before : now);
}
