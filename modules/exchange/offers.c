/*
 * Offers: ours, made by the desk's transfer; theirs, that become an appeal by the ordinary
 * intake once they are taken on, by themselves where all that is needed is there, or by an
 * operator. Until ACCEPT whoever offered is responsible, so nothing is made of an offer before.
 */
#include "exchange/exchange.h"

#include <inttypes.h>

#include "audit.h"
#include "bounds.h"
#include "clock.h"
#include "identity.h"
#include "registering.h"
#include "rules/mask.h"

#include "intake_sql.h"

static const char *const accept_names[] = { "all", "urgent", "nothing", NULL };

/* Ids stay far below this, so that places sort by pressing first. */
#define PLACE_STEP UINT64_C(1000000000000000)

void exchange_handover_add(struct tx *tx, const handover_row *h)
{
	sql_exchange_add(tx, (struct sql_exchange_add){
		.id = h->id, .peer = h->peer, .is_ours = h->is_ours, .number = h->number,
		.appeal_id = h->appeal_id, .state = h->state, .pressing = h->pressing,
		.item = h->item, .item_version = h->item_version,
		.first_response_at = h->first_response_at, .offered_at = h->offered_at,
		.accept_by = h->accept_by, .version = h->version,
		.place = h->pressing * PLACE_STEP + h->id,
	});
	/* Its row is changed by another statement of the same transaction. */
	tx_flush(tx);
}

/* ---- theirs ---- */

static bool is_listed(const struct reference *ref, struct str code, bool is_to_police)
{
	const struct handover_item *item = reference_handover(ref, code);

	return item && item->is_to_110 == is_to_police;
}

void exchange_refuse(const struct exchange_call *call, handover_row *h,
		     enum exchange_reason reason, struct str text)
{
	struct exchange_message m = exchange_message_of(EXCHANGE_REFUSE, clock_now());

	m.reason = (int)reason;
	m.text = text;
	exchange_send(call, h, &m, NULL);
}

static struct str offer_digest(struct tx *tx, const struct exchange_message *offer)
{
	uint8_t *digest = arena_alloc(tx_arena(tx), INDEX_BYTES);

	crypto_tag("content", exchange_message_text(tx_arena(tx), offer), digest);
	return (struct str){ (const char *)digest, INDEX_BYTES };
}

static void fill_appeal(struct appeal *a, const peer_row *peer, const struct exchange_call *call,
			const struct exchange_message *offer, const struct offer_terms *terms)
{
	*a = (struct appeal){
		.state = APPEAL_ACCEPTED, .channel = peer_channel(peer),
		.content_class = (enum content_class)terms->content_class,
		.category = terms->category, .area = terms->area, .title = offer->title,
		.text = offer->text, .address = offer->place, .external_no = offer->number,
		.latitude = JSON_NO_DECIMAL, .longitude = JSON_NO_DECIMAL,
		.received_at = clock_now(), .is_urgent = terms->is_urgent,
		.is_visit_wanted = true, .has_phone = offer->contact_phone.p != NULL,
		.registered_by_kind = call->by->kind, .registered_by = call->by->id,
	};
}

/* The same number may have been registered by hand already, when the call was passed on. */
static uint64_t registered_before(struct tx *tx, const peer_row *peer, struct str number)
{
	struct sql_intake_by_external_row row = { 0 };

	return sql_intake_by_external(tx, (struct sql_intake_by_external){
		.channel = peer_channel(peer), .external_no = number }, &row) ? row.id : 0;
}

static struct appeal *take_on(const struct exchange_call *call, const peer_row *peer,
			      const struct exchange_message *offer,
			      const struct offer_terms *terms)
{
	struct arena *a = tx_arena(call->tx);
	struct matter *m = arena_new_of(a, struct matter);
	struct task_list *tasks = arena_new_of(a, struct task_list);
	struct caller *caller = arena_new_of(a, struct caller);
	uint64_t known = registered_before(call->tx, peer, offer->number);

	if (known)
		return matter_read(call->tx, known, m) ? &m->appeal : NULL;
	fill_appeal(&m->appeal, peer, call, offer, terms);
	caller->name = offer->contact_name;
	caller->phone = phone_normal(a, offer->contact_phone);
	appeal_register(call->tx, &(struct registration){
		.by = call->by, .appeal = &m->appeal, .caller = caller,
		.digest = offer_digest(call->tx, offer), .tasks = tasks });
	return &m->appeal;
}

void exchange_accept(const struct exchange_call *call, const peer_row *peer, handover_row *h,
		     const struct exchange_message *offer, const struct offer_terms *terms)
{
	struct exchange_message m = exchange_message_of(EXCHANGE_ACCEPT, clock_now());
	struct appeal *appeal = take_on(call, peer, offer, terms);

	if (!appeal)
		return;
	h->appeal_id = appeal->id;
	m.own_no = appeal_reference(tx_arena(call->tx), appeal->id);
	exchange_send(call, h, &m, appeal);
}

static bool is_for_itself(const struct exchange_message *offer, bool is_urgent,
			  const struct reference *ref)
{
	int which = str_index(setting_str("exchange_accept_by_itself"), accept_names);

	return offer->content_class >= 0 && offer->category.p && offer->area.p &&
	       reference_category(ref, offer->category) && reference_area(ref, offer->area) &&
	       (which == 0 || (which == 1 && is_urgent));
}

void exchange_consider(const struct exchange_call *call, const peer_row *peer,
		       handover_row *h, const struct exchange_message *offer)
{
	const struct reference *ref = reference_of(call->tx);
	const struct handover_item *item = reference_handover(ref, offer->item);
	/* Hooks must not outlive the caller's message. */
	struct offer_terms *terms = arena_new_of(tx_arena(call->tx), struct offer_terms);

	if (!is_listed(ref, offer->item, !peer->is_police)) {
		exchange_refuse(call, h, EXCHANGE_NOT_IN_LIST, STR("不在移交事项清单内。"));
		return;
	}
	*terms = (struct offer_terms){
		.category = offer->category, .area = offer->area,
		.content_class = offer->content_class,
		.is_urgent = offer->is_urgent == TRI_YES || item->is_urgent,
	};
	if (is_for_itself(offer, terms->is_urgent, ref))
		exchange_accept(call, peer, h, offer, terms);
}

/* ---- ours ---- */

/* The second offer of an appeal to the same service is another hand-over. */
static struct str number_of(struct tx *tx, const struct appeal *appeal, struct str peer)
{
	struct sql_exchange_count_row row = { 0 };
	struct str reference = appeal_reference(tx_arena(tx), appeal->id);

	if (!sql_exchange_count(tx, (struct sql_exchange_count){
			.appeal_id = appeal->id, .peer = peer }, &row) || row.n == 0)
		return reference;
	return arena_printf(tx_arena(tx), "%.*s.%" PRIu64, STR_ARG(reference), row.n + 1);
}

/* Each opening of an identity is on record, also this one. */
static void add_contact(struct tx *tx, const struct event *e, struct exchange_message *m)
{
	static const char *const names[] = { "name", "phone" };
	struct identity who;

	if (!e->transfer.has_contact || e->appeal->is_secret || e->appeal->is_anonymous ||
	    !identity_read(tx, e->appeal->id, &who))
		return;
	m->contact_name = who.caller.name;
	m->contact_phone = who.caller.phone;
	for (size_t i = 0; i < array_count(names); i++)
		audit_opening(tx, &(struct audit_opening){
			.by = e->by, .appeal_id = e->appeal->id, .field = str_of(names[i]),
			.purpose = arena_printf(tx_arena(tx), "移交%.*s",
						STR_ARG(e->transfer.to)),
			.purpose_code = "other" });
}

static void fill_offer(struct tx *tx, const struct event *e, bool is_urgent,
		       struct exchange_message *m)
{
	const struct appeal *a = e->appeal;

	m->item = e->transfer.item;
	m->item_version = (int64_t)reference_of(tx)->handover_version;
	m->is_urgent = is_urgent ? TRI_YES : TRI_NO;
	m->first_response_at = e->transfer.first_response_at;
	m->recording = e->transfer.recording;
	m->title = a->title;
	m->text = a->text;
	m->place = str_is_empty(a->address) ? STR_NONE : a->address;
	m->category = a->category;
	m->area = a->area;
	m->content_class = (int)a->content_class;
	add_contact(tx, e, m);
}

static void offer(struct tx *tx, const struct event *e)
{
	const struct exchange_call call = { .tx = tx, .by = e->by };
	struct exchange_message *m = arena_new_of(tx_arena(tx), struct exchange_message);
	const struct handover_item *item = reference_handover(reference_of(tx),
							      e->transfer.item);
	peer_row peer;

	if (e->is_history || !e->transfer.item.p || !item ||
	    !peer_read(tx, e->transfer.to, &peer))
		return;
	bool is_urgent = item->is_urgent || e->appeal->is_urgent || e->transfer.first_response_at;

	*m = exchange_message_of(EXCHANGE_OFFER, e->at);
	fill_offer(tx, e, is_urgent, m);
	handover_row h = {
		.id = tx_sequence(tx, "exchange_handover"), .peer = peer.code, .is_ours = true,
		.number = number_of(tx, e->appeal, peer.code), .appeal_id = e->appeal->id,
		.pressing = m->first_response_at ? 0 : is_urgent ? 1 : 2,
		.item = m->item, .item_version = (uint64_t)m->item_version,
		.first_response_at = m->first_response_at, .offered_at = e->at,
		.accept_by = exchange_accept_by(e->at, is_urgent), .version = 1,
	};
	exchange_handover_add(tx, &h);
	exchange_send(&call, &h, m, e->appeal);
}

/* ---- what becomes of theirs ---- */

enum { AT_ONCE_MAX = 100 };

static uint32_t theirs_of(struct tx *tx, uint64_t appeal_id, handover_row *all)
{
	struct sql_exchange_theirs_row row = { 0 };
	uint32_t n = 0;

	struct rows *rows = sql_exchange_theirs(tx, (struct sql_exchange_theirs){
		.appeal_id = appeal_id, .n = AT_ONCE_MAX });
	while (sql_exchange_theirs_next(rows, &row))
		all[n++] = HANDOVER_OF(row);
	return n;
}

/* Offers that became appeals which are merged into this one: it is worked on for all of them. */
static uint32_t theirs_merged(struct tx *tx, uint64_t appeal_id, handover_row *all)
{
	struct sql_exchange_theirs_merged_row row = { 0 };
	uint32_t n = 0;

	struct rows *rows = sql_exchange_theirs_merged(tx, (struct sql_exchange_theirs_merged){
		.appeal_id = appeal_id, .n = AT_ONCE_MAX });
	while (sql_exchange_theirs_merged_next(rows, &row))
		all[n++] = HANDOVER_OF(row);
	return n;
}

/* Where the message is possible. */
static void tell_one(struct tx *tx, const struct event *e, handover_row *h,
		     const struct exchange_message *message)
{
	const struct exchange_call call = { .tx = tx, .by = e->by };
	struct exchange_message *m = arena_new_of(tx_arena(tx), struct exchange_message);
	struct appeal *appeal = e->appeal;

	*m = *message;
	if (!exchange_may_send((enum exchange_state)h->state, (enum exchange_kind)(m->kind + 1),
			       false))
		return;
	if (h->appeal_id != appeal->id) {
		struct matter *about = arena_new_of(tx_arena(tx), struct matter);

		if (!matter_read(tx, h->appeal_id, about))
			return;
		appeal = &about->appeal;
	}
	exchange_send(&call, h, m, appeal);
}

/* To all whose offer this appeal is, or of what is merged into it. */
static void tell(struct tx *tx, const struct event *e, const struct exchange_message *message,
		 bool is_for_merged)
{
	handover_row *all = arena_array_of(tx_arena(tx), handover_row, 2 * AT_ONCE_MAX);

	if (e->is_history)
		return;
	uint32_t n = theirs_of(tx, e->appeal->id, all);

	if (is_for_merged)
		n += theirs_merged(tx, e->appeal->id, all + n);
	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		tell_one(tx, e, &all[i], message);
}

static void tell_progress(struct tx *tx, const struct event *e, struct str text, int64_t on_scene)
{
	struct exchange_message m = exchange_message_of(EXCHANGE_PROGRESS, e->at);

	m.text = text;
	m.on_scene_at = on_scene;
	tell(tx, e, &m, true);
}

static struct exchange_message result_of(const struct event *e, int result, struct str text)
{
	struct exchange_message m = exchange_message_of(EXCHANGE_RESULT, e->at);

	m.result = result;
	m.text = text;
	return m;
}

/* What is merged into an appeal that ends is parted from it, and has an end of its own. */
static void tell_end(struct tx *tx, const struct event *e, int result, struct str text)
{
	const struct exchange_message m = result_of(e, result, text);

	tell(tx, e, &m, false);
}

static struct exchange_message result_of_task(const struct event *e)
{
	return result_of(e, (int)e->task->result - 1, e->task->reply);
}

static bool is_of_lead(const struct event *e)
{
	return e->task && e->task->role == TASK_LEAD;
}

enum { CONTACT_ON_SCENE = 1 };	/* in contact_channel_names */

static void tell_passed(struct tx *tx, const struct event *e)
{
	const struct exchange_message m = result_of_task(e);

	tell(tx, e, &m, true);
}

static void on_task(struct tx *tx, const struct event *e)
{
	if (!is_of_lead(e))
		return;
	if (e->kind == EVENT_TASK_SIGNED)
		tell_progress(tx, e, STR("承办单位已签收。"), 0);
	else if (e->kind == EVENT_TASK_PROGRESSED)
		tell_progress(tx, e, e->progressed.text, 0);
	else if (e->kind == EVENT_TASK_REVIEW_PASSED)
		tell_passed(tx, e);
	else if (e->kind == EVENT_TASK_CONTACTED && e->contacted.channel == CONTACT_ON_SCENE)
		tell_progress(tx, e, STR("承办人员已到现场。"), e->at);
	else if (e->kind == EVENT_TASK_REDO || e->kind == EVENT_TASK_REOPENED)
		tell_progress(tx, e, STR("重新办理。"), 0);
}

/*
 * The visit of one caller: of a merged appeal its own. Who was merged into what had a result
 * already has not been told it yet.
 */
static void on_visit(struct tx *tx, const struct event *e)
{
	struct exchange_message m = exchange_message_of(EXCHANGE_VISITED, e->at);
	handover_row *all = arena_array_of(tx_arena(tx), handover_row, AT_ONCE_MAX);
	uint64_t whose = e->appeal->id;

	if (!is_of_lead(e) || e->is_history)
		return;
	if (e->kind == EVENT_TASK_VISITED) {
		if (!e->visit->is_reached || e->visit->result < 0)
			return;
		m.level = e->visit->result;
		whose = e->visit->caller_appeal ? e->visit->caller_appeal : whose;
	}
	uint32_t n = theirs_of(tx, whose, all);

	for (uint32_t i = 0; i < n && tx_ok(tx); i++) {
		const struct exchange_message result = result_of_task(e);

		if (all[i].state == EXCHANGE_ACCEPTED && e->task->result)
			tell_one(tx, e, &all[i], &result);
		tell_one(tx, e, &all[i], &m);
	}
}

static struct str said(const struct event *e, const char *name)
{
	for (size_t i = 0; i < e->say_count; i++)
		if (str_is(str_of(e->says[i].name), name) && e->says[i].text.p)
			return e->says[i].text;
	return STR("");
}

/* To whom, and its number there: who asks is sent to the right door. */
static struct str passed_on(struct tx *tx, const struct event *e)
{
	struct str number = said(e, "their_no");

	return arena_printf(tx_arena(tx), "已转交%.*s%s%.*s办理。", STR_ARG(said(e, "by")),
			    number.n ? "，编号" : "", STR_ARG(number));
}

static void on_end(struct tx *tx, const struct event *e)
{
	if (e->kind == EVENT_APPEAL_ANSWERED)
		tell_end(tx, e, EXCHANGE_ANSWERED, said(e, "text"));
	else if (e->kind == EVENT_APPEAL_REFUSED)
		tell_end(tx, e, EXCHANGE_NOT_TAKEN, said(e, "told"));
	else if (e->kind == EVENT_APPEAL_WITHDRAWN)
		tell_end(tx, e, EXCHANGE_WITHDRAWN, STR("诉求人已撤回。"));
	else if (e->appeal->state == APPEAL_TRANSFERRED)
		tell_end(tx, e, EXCHANGE_NO_JURISDICTION, passed_on(tx, e));
}

const struct hook exchange_hooks[] = {
	{ EVENT_APPEAL_TRANSFER_ASKED, offer },
	{ EVENT_TASK_SIGNED, on_task },
	{ EVENT_TASK_CONTACTED, on_task },
	{ EVENT_TASK_PROGRESSED, on_task },
	{ EVENT_TASK_REVIEW_PASSED, on_task },
	{ EVENT_TASK_REDO, on_task },
	{ EVENT_TASK_REOPENED, on_task },
	{ EVENT_TASK_VISITED, on_visit },
	{ EVENT_TASK_UNREACHABLE, on_visit },
	{ EVENT_APPEAL_ANSWERED, on_end },
	{ EVENT_APPEAL_REFUSED, on_end },
	{ EVENT_APPEAL_WITHDRAWN, on_end },
	{ EVENT_APPEAL_TRANSFERRED, on_end },
	{ 0 }
};

/* ---- nobody answers ---- */

enum { LATE_AT_ONCE = 50 };

static bool note_late(struct tx *tx)
{
	const struct exchange_call call = { .tx = tx, .by = &actor_system };
	struct sql_exchange_late_row row = { 0 };
	handover_row all[LATE_AT_ONCE];
	uint32_t n = 0;

	struct rows *rows = sql_exchange_late(tx, (struct sql_exchange_late){
		.state = EXCHANGE_OFFERED, .at = clock_now(), .n = LATE_AT_ONCE });
	while (sql_exchange_late_next(rows, &row))
		all[n++] = HANDOVER_OF(row);
	for (uint32_t i = 0; i < n && tx_ok(tx); i++) {
		struct exchange_message *m = arena_new_of(tx_arena(tx), struct exchange_message);
		struct matter *about = arena_new_of(tx_arena(tx), struct matter);

		*m = exchange_message_of(EXCHANGE_TIMEOUT, all[i].accept_by);
		if (matter_read(tx, all[i].appeal_id, about))
			exchange_send(&call, &all[i], m, &about->appeal);
	}
	return n == LATE_AT_ONCE;
}

static int64_t next_late(struct tx *tx)
{
	struct sql_exchange_next_late_row row = { 0 };

	return sql_exchange_next_late(tx, (struct sql_exchange_next_late){
		.state = EXCHANGE_OFFERED }, &row) ? row.accept_by : INT64_MAX;
}

enum { PRUNED_AT_ONCE = 20 };

static bool prune(struct tx *tx)
{
	int64_t before = clock_now() - setting_int("exchange_keep_days") * CLOCK_DAY;

	sql_exchange_forget_refused(tx, (struct sql_exchange_forget_refused){
		.state = EXCHANGE_REFUSED, .before = before });
	return sql_exchange_prune(tx, (struct sql_exchange_prune){
		.before = before, .n = PRUNED_AT_ONCE }) == PRUNED_AT_ONCE;
}

const struct job exchange_jobs[] = {
	{ "exchange.late", CLOCK_SECOND, note_late, .is_domain = true, .next_due = next_late },
	{ "exchange.prune", CLOCK_HOUR, prune },
	{ 0 }
};
