/* What people and programs ask of hand-overs. */
#include "exchange/exchange.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "visit.h"

static const char *const nothing[] = { NULL };

static struct exchange_call call_of(struct req *r)
{
	return (struct exchange_call){ .tx = req_tx(r), .by = req_actor(r) };
}

/* ---- the list ---- */

/* What an operator decides an offer by: its words, as this reader sees them. */
static void write_offer(struct req *r, const handover_row *h)
{
	struct exchange_message m;
	struct json *j = req_json(r);
	const struct actor *reader = req_actor(r);

	if (h->is_ours || h->appeal_id ||
	    !exchange_message_read(req_tx(r), h, false, 1, &m)) {
		json_null(j, "offer");
		return;
	}
	json_object(j, "offer");
	json_str(j, "title", reader_text(reader, SHOWN_TITLE, false, m.title));
	json_str(j, "text", reader_text(reader, SHOWN_TEXT, false, m.text));
	json_str(j, "place", reader_text(reader, SHOWN_PLACE, false, m.place));
	json_str(j, "category", m.category);
	json_str(j, "area", m.area);
	json_text(j, "content_class",
		  m.content_class < 0 ? NULL : content_class_names[m.content_class]);
	json_str(j, "recording", m.recording);
	json_close(j);
}

static void write_handover(struct req *r, const char *key, const handover_row *h)
{
	const struct handover_item *item = reference_handover(reference_of(req_tx(r)), h->item);
	bool is_waiting = h->state == EXCHANGE_OFFERED || h->state == EXCHANGE_OVERDUE;
	struct json *j = req_json(r);

	json_object(j, key);
	json_str(j, "peer", h->peer);
	json_text(j, "direction", h->is_ours ? "ours" : "theirs");
	json_str(j, "number", h->number);
	json_str(j, "their_no", h->their_no);
	json_str(j, "appeal", h->appeal_id ? appeal_reference(req_arena(r), h->appeal_id) :
					     STR_NONE);
	json_text(j, "state", exchange_state_names[h->state - 1]);
	json_bool(j, "danger", h->pressing == 0);
	json_bool(j, "urgent", h->pressing <= 1);
	json_str(j, "item", h->item);
	json_str(j, "item_name", item ? item->name : STR_NONE);
	json_u64(j, "item_version", h->item_version);
	json_time(j, "first_response_at", h->first_response_at);
	json_time(j, "offered_at", h->offered_at);
	json_time(j, "accept_by", h->accept_by);
	if (is_waiting)
		json_i64(j, "seconds_left", (h->accept_by - clock_now()) / CLOCK_SECOND);
	else
		json_null(j, "seconds_left");
	json_time(j, "answered_at", h->answered_at);
	json_time(j, "arrived_at", h->arrived_at);
	json_time(j, "ended_at", h->ended_at);
	write_offer(r, h);
	json_close(j);
}

enum { LIST_ROWS = LIMIT_PAGE_MAX + 1 };

/* At most page->limit + 1 of them. */
static uint32_t read_page(struct req *r, const struct page *page, int state, handover_row *rows,
			  uint64_t *places)
{
	struct tx *tx = req_tx(r);
	uint32_t n = 0;

	if (state < 0) {
		struct sql_exchange_page_all_row row = { 0 };
		struct rows *it = sql_exchange_page_all(tx, (struct sql_exchange_page_all){
			.after = page->key1, .n = page->limit + 1 });

		while (sql_exchange_page_all_next(it, &row)) {
			places[n] = row.place;
			rows[n++] = HANDOVER_OF(row);
		}
	} else {
		struct sql_exchange_page_state_row row = { 0 };
		struct rows *it = sql_exchange_page_state(tx, (struct sql_exchange_page_state){
			.state = (uint32_t)state + 1, .after = page->key1,
			.n = page->limit + 1 });

		while (sql_exchange_page_state_next(it, &row)) {
			places[n] = row.place;
			rows[n++] = HANDOVER_OF(row);
		}
	}
	return n;
}

struct reply exchange_list(struct req *r)
{
	handover_row *rows = arena_array_of(req_arena(r), handover_row, LIST_ROWS);
	uint64_t *places = arena_array_of(req_arena(r), uint64_t, LIST_ROWS);
	struct page page;
	int state;

	bool is_read = req_query_choice(r, "state", exchange_state_names, &state);
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	uint32_t found = read_page(r, &page, state, rows, places);
	uint32_t n = found < page.limit ? found : page.limit;

	page_open(r);
	for (uint32_t i = 0; i < n; i++)
		write_handover(r, NULL, &rows[i]);
	page_close(r, found > n, n ? places[n - 1] : 0, 0);
	return reply_ok(r);
}

/* ---- what was said of an appeal ---- */

/* An offer's words are those of the appeal, all else is an answer. */
static void write_words(struct req *r, const struct exchange_message *m, bool is_secret)
{
	bool is_offer = m->kind + 1 == EXCHANGE_OFFER;
	const struct actor *reader = req_actor(r);
	struct json *j = req_json(r);

	json_str(j, "text", reader_text(reader, is_offer ? SHOWN_TEXT : SHOWN_REPLY, is_secret,
					m->text));
	json_text(j, "result", m->result < 0 ? NULL : exchange_result_names[m->result]);
	json_text(j, "reason", m->reason < 0 ? NULL : exchange_reason_names[m->reason]);
	json_text(j, "level", m->level < 0 ? NULL : level_names[m->level]);
	json_str(j, "own_no", reader_text(reader, SHOWN_EXTERNAL_NO, is_secret, m->own_no));
	json_time(j, "on_scene_at", m->on_scene_at);
	json_bool(j, "contact", m->contact_name.p || m->contact_phone.p);
}

static void write_said(struct req *r, const struct sql_exchange_messages_of_row *row,
		       const struct exchange_message *m, bool is_secret)
{
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_str(j, "peer", row->peer);
	json_str(j, "number", reader_text(req_actor(r), SHOWN_EXTERNAL_NO, is_secret,
					  row->number));
	json_text(j, "offered_by", row->is_offered_by_us ? "us" : "them");
	json_text(j, "direction", row->is_ours ? "sent" : "received");
	json_text(j, "kind", exchange_kind_names[row->kind - 1]);
	json_u64(j, "sequence", row->seq);
	json_time(j, "at", row->at);
	json_time(j, "recorded_at", row->recorded_at);
	json_bool(j, "erased", str_is_empty(row->body));
	write_words(r, m, is_secret);
	json_close(j);
}

struct reply exchange_said(struct req *r)
{
	struct sql_exchange_messages_of_row row = { 0 };
	struct json *j = req_json(r);
	struct matter about;
	uint32_t n = 0;

	if (!req_matter(r, &about))
		return reply_missing(r);
	struct rows *rows = sql_exchange_messages_of(req_tx(r), (struct sql_exchange_messages_of){
		.appeal_id = about.appeal.id, .n = LIMIT_EXCHANGE_SHOWN + 1 });
	json_object(j, NULL);
	json_array(j, "items");
	while (sql_exchange_messages_of_next(rows, &row) && n++ < LIMIT_EXCHANGE_SHOWN) {
		struct exchange_message m;

		if (!exchange_message_open(req_tx(r), &row, &m))
			return reply_empty(r);
		write_said(r, &row, &m, about.appeal.is_secret);
	}
	json_close(j);
	json_bool(j, "more", n > LIMIT_EXCHANGE_SHOWN);
	json_close(j);
	return reply_ok(r);
}

/* ---- how long answers take ---- */

enum { TIMES_MAX = 100000, DAYS_DEFAULT = 31 };

struct times {
	uint64_t spans[EXCHANGE_SPANS];
	uint64_t answered, in_time, refused, arrived;
};

static void write_times(struct json *j, const char *key, const struct times *t)
{
	json_object(j, key);
	json_u64(j, "answered", t->answered);
	json_u64(j, "in_time", t->in_time);
	json_u64(j, "refused", t->refused);
	json_u64(j, "arrived", t->arrived);
	json_object(j, "sign_for");
	for (int i = 0; i < EXCHANGE_SPANS; i++)
		json_u64(j, exchange_span_names[i], t->spans[i]);
	json_close(j);
	json_close(j);
}

struct reply exchange_figures(struct req *r)
{
	int64_t since = clock_now() - DAYS_DEFAULT * CLOCK_DAY, until = clock_now() + 1;
	struct sql_exchange_times_row row = { 0 };
	struct times times[2] = { { .answered = 0 } };
	struct json *j = req_json(r);

	bool is_read = req_query_time(r, "since", &since);
	if (!req_query_time(r, "until", &until) || !is_read)
		return reply_invalid(r);
	struct rows *rows = sql_exchange_times(req_tx(r), (struct sql_exchange_times){
		.since = since, .until = until, .n = TIMES_MAX });
	while (sql_exchange_times_next(rows, &row)) {
		struct times *t = &times[row.is_ours];

		t->answered++;
		t->spans[exchange_span(row.answered_at - row.offered_at)]++;
		t->in_time += row.answered_at <= exchange_accept_by(row.offered_at,
								    row.pressing <= 1);
		t->refused += row.state == EXCHANGE_REFUSED;
		t->arrived += row.arrived_at > 0;
	}
	json_object(j, NULL);
	json_time(j, "since", since);
	json_time(j, "until", until);
	write_times(j, "theirs", &times[0]);
	write_times(j, "ours", &times[1]);
	json_close(j);
	return reply_ok(r);
}

/* ---- an operator's decision ---- */

/* The offer of the path; false when there is none. */
static bool open_offer(struct req *r, peer_row *peer, handover_row *h,
		       struct exchange_message *offer)
{
	*h = (handover_row){ .id = 0 };
	return req_peer_row(r, peer) &&
	       sql_exchange_by_number(req_tx(r), (struct sql_exchange_by_number){
			.peer = peer->code, .number = req_path(r, "number") }, h) &&
	       exchange_message_read(req_tx(r), h, false, 1, offer);
}

static bool is_decided(struct req *r, const handover_row *h, struct reply *ret)
{
	if (exchange_may_send((enum exchange_state)h->state, EXCHANGE_ACCEPT, false))
		return false;
	*ret = reply_conflict(r, "illegal_step", nothing, "This offer is %s already.",
			      exchange_state_names[h->state - 1]);
	return true;
}

struct accept_form {
	struct str category, area;
	int content_class;
	bool is_urgent;
};

#define AT(member) offsetof(struct accept_form, member)
static const struct field accept_fields[] = {
	{ "category", FIELD_CODE, AT(category), .null_ok = true, .max = 16 },
	{ "area", FIELD_CODE, AT(area), .null_ok = true, .max = 16 },
	{ "content_class", FIELD_CHOICE, AT(content_class), .null_ok = true,
	  .choices = content_class_names },
	{ "urgent", FIELD_BOOL, AT(is_urgent) },
	{ 0 }
};
#undef AT

/* What the offer says counts where the operator says nothing. */
static bool read_terms(struct req *r, const struct exchange_message *offer,
		       struct offer_terms *ret_terms)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct accept_form f;

	if (!req_form(r, accept_fields, &f))
		return false;
	*ret_terms = (struct offer_terms){
		.category = f.category.p ? f.category : offer->category,
		.area = f.area.p ? f.area : offer->area,
		.content_class = f.content_class >= 0 ? f.content_class : offer->content_class,
		.is_urgent = f.is_urgent || offer->is_urgent == TRI_YES,
	};
	if (!ret_terms->category.p || !reference_category(ref, ret_terms->category))
		req_error(r, "#/category", "unknown_code", "Name the category: the offer says "
			  "none that is known here.");
	if (!ret_terms->area.p || !reference_area(ref, ret_terms->area))
		req_error(r, "#/area", "unknown_code", "Name the area: the offer says none that "
			  "is known here.");
	if (ret_terms->content_class < 0)
		req_error(r, "#/content_class", "required", "Name it: the offer does not.");
	return !req_has_errors(r);
}

struct reply exchange_offer_accept(struct req *r)
{
	const struct exchange_call call = call_of(r);
	struct exchange_message *offer = arena_new_of(req_arena(r), struct exchange_message);
	struct offer_terms *terms = arena_new_of(req_arena(r), struct offer_terms);
	struct reply refusal;
	handover_row h;
	peer_row peer;

	if (!open_offer(r, &peer, &h, offer))
		return reply_missing(r);
	if (!read_terms(r, offer, terms))
		return reply_invalid(r);
	if (is_decided(r, &h, &refusal))
		return refusal;
	exchange_accept(&call, &peer, &h, offer, terms);
	write_handover(r, NULL, &h);
	return reply_ok(r);
}

struct refuse_form {
	int reason;
	struct str text;
};

static const struct field refuse_fields[] = {
	{ "reason", FIELD_CHOICE, offsetof(struct refuse_form, reason), .required = true,
	  .choices = exchange_reason_names },
	{ "text", FIELD_TEXT, offsetof(struct refuse_form, text), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

struct reply exchange_offer_refuse(struct req *r)
{
	const struct exchange_call call = call_of(r);
	struct exchange_message *offer = arena_new_of(req_arena(r), struct exchange_message);
	struct refuse_form form;
	struct reply refusal;
	handover_row h;
	peer_row peer;

	if (!open_offer(r, &peer, &h, offer))
		return reply_missing(r);
	if (!req_form(r, refuse_fields, &form))
		return reply_invalid(r);
	if (is_decided(r, &h, &refusal))
		return refusal;
	exchange_refuse(&call, &h, (enum exchange_reason)form.reason, form.text);
	write_handover(r, NULL, &h);
	return reply_ok(r);
}

/* ---- messages ---- */

struct messages_form {
	struct object_list messages;
};

static const struct field messages_fields[] = {
	{ "messages", FIELD_OBJECTS, offsetof(struct messages_form, messages), .required = true,
	  .max = LIMIT_EXCHANGE_MESSAGES, .fields = exchange_message_fields,
	  .size = sizeof(struct exchange_message) },
	{ 0 }
};

static bool read_messages(struct req *r, struct messages_form *form)
{
	struct field_errors errors = { .arena = req_arena(r) };

	if (!req_form(r, messages_fields, form))
		return false;
	const struct exchange_message *all = form->messages.v;

	for (size_t i = 0; i < form->messages.n; i++)
		exchange_message_check(&all[i], arena_printf(req_arena(r), "#/messages/%zu",
							     i).p, &errors);
	for (const struct field_error *e = errors.first; e; e = e->next)
		req_error(r, e->pointer.p, e->code, "%.*s", STR_ARG(e->detail));
	return !req_has_errors(r);
}

static struct reply reply_refused(struct req *r, size_t i, const struct exchange_taken *taken)
{
	if (taken->how == REFUSED_UNKNOWN) {
		req_error(r, arena_printf(req_arena(r), "#/messages/%zu", i).p,
			  exchange_taking_codes[taken->how], "%.*s", STR_ARG(taken->why));
		return reply_invalid(r);
	}
	return reply_conflict(r, exchange_taking_codes[taken->how], nothing, "Message %zu: %.*s Nothing of this "
			      "request was taken in.", i, STR_ARG(taken->why));
}

static void write_taken(struct req *r, const struct exchange_message *all,
			const struct exchange_taken *taken, size_t n)
{
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_array(j, "items");
	for (size_t i = 0; i < n; i++) {
		const handover_row *handover = &taken[i].handover;

		json_object(j, NULL);
		json_str(j, "number", all[i].number);
		json_i64(j, "sequence", all[i].sequence);
		json_text(j, "state", exchange_state_names[handover->state - 1]);
		json_str(j, "own_no", !handover->is_ours && handover->appeal_id ?
			 appeal_reference(req_arena(r), handover->appeal_id) : STR_NONE);
		json_u64(j, "received", handover->received_seq);
		json_close(j);
	}
	json_close(j);
	json_close(j);
}

/* Nothing is written of the answer before all are in: a refusal or a lost transaction answers alone. */
struct reply exchange_messages_take(struct req *r)
{
	const struct exchange_call call = call_of(r);
	struct messages_form form;
	peer_row peer;

	if (!req_peer_row(r, &peer))
		return reply_missing(r);
	if (!read_messages(r, &form))
		return reply_invalid(r);
	if (peer.mode == PEER_BATCH)
		return reply_conflict(r, "batches_only", nothing, "This service signs what it "
				      "sends: PUT /api/v1/exchange/%.*s/batches/{number}.",
				      STR_ARG(peer.code));
	const struct exchange_message *all = form.messages.v;
	struct exchange_taken *taken = arena_array_of(req_arena(r), struct exchange_taken,
						      form.messages.n);

	for (size_t i = 0; i < form.messages.n; i++) {
		exchange_take(&call, peer.code, &all[i], &taken[i]);
		if (!tx_ok(req_tx(r)))
			return reply_empty(r);	/* the transaction's error is the answer */
		if (taken[i].how != TAKEN && taken[i].how != TAKEN_BEFORE)
			return reply_refused(r, i, &taken[i]);
	}
	write_taken(r, all, taken, form.messages.n);
	return reply_ok(r);
}

struct reply exchange_messages_list(struct req *r)
{
	struct sql_exchange_messages_row row = { 0 };
	struct json *j = req_json(r);
	uint64_t after = 0, last = 0;
	uint32_t n = 0;
	peer_row peer;

	if (!req_peer_row(r, &peer))
		return reply_missing(r);
	struct str given = req_query(r, "after");
	if (given.p && !str_to_u64(given, &after)) {
		req_error(r, "#/after", "bad_number", "A position: a whole number.");
		return reply_invalid(r);
	}
	struct rows *rows = sql_exchange_messages(req_tx(r), (struct sql_exchange_messages){
		.peer = peer.code, .after = after, .n = LIMIT_EXCHANGE_MESSAGES });
	json_object(j, NULL);
	json_array(j, "items");
	for (last = after; sql_exchange_messages_next(rows, &row); n++) {
		struct str text;

		last = row.position;
		if (!exchange_leaving(req_tx(r), &row, &text))
			return reply_empty(r);
		json_raw(j, NULL, text);
	}
	json_close(j);
	json_u64(j, "after", last);
	json_bool(j, "more", n == LIMIT_EXCHANGE_MESSAGES);
	json_close(j);
	return reply_ok(r);
}

/* ---- batches ---- */

static void write_batches(struct req *r, const char *key, const peer_row *peer, bool is_ours,
			  uint64_t after)
{
	struct sql_exchange_batches_row row = { 0 };
	struct json *j = req_json(r);
	struct rows *rows = sql_exchange_batches(req_tx(r), (struct sql_exchange_batches){
		.peer = peer->code, .is_ours = is_ours, .after = after, .n = LIMIT_PAGE_MAX });

	json_array(j, key);
	while (sql_exchange_batches_next(rows, &row)) {
		json_object(j, NULL);
		json_u64(j, "number", row.number);
		json_str(j, "digest", row.digest);
		json_u64(j, "messages", row.messages);
		json_time(j, "made_at", row.made_at);
		json_time(j, is_ours ? "acknowledged_at" : "taken_at", row.acknowledged_at);
		if (is_ours)
			json_bool(j, "kept", row.is_kept);
		json_close(j);
	}
	json_close(j);
}

/* What one side could not take of the other, newest first. */
static void write_refused(struct req *r, const peer_row *peer)
{
	struct sql_exchange_refusals_row row = { 0 };
	struct json *j = req_json(r);
	struct rows *rows = sql_exchange_refusals(req_tx(r), (struct sql_exchange_refusals){
		.peer = peer->code, .n = LIMIT_PAGE_MAX });

	json_array(j, "refused");
	while (sql_exchange_refusals_next(rows, &row)) {
		json_object(j, NULL);
		json_text(j, "by", row.is_ours ? "them" : "us");
		json_u64(j, "batch", row.batch);
		json_str(j, "number", row.number);
		json_u64(j, "sequence", row.seq);
		json_str(j, "reason", row.reason);
		json_str(j, "detail", str_is_empty(row.detail) ? STR_NONE : row.detail);
		json_time(j, "at", row.at);
		if (row.named_in)
			json_u64(j, "named_in", row.named_in);
		else
			json_null(j, "named_in");
		json_close(j);
	}
	json_close(j);
}

/* The newest page of each direction, unless the numbers behind one are asked for. */
struct reply exchange_batches_list(struct req *r)
{
	struct json *j = req_json(r);
	uint64_t after = 0;
	peer_row peer;

	if (!req_peer_row(r, &peer))
		return reply_missing(r);
	struct str given = req_query(r, "after");
	if (given.p && !str_to_u64(given, &after)) {
		req_error(r, "#/after", "bad_number", "A number of a batch.");
		return reply_invalid(r);
	}
	uint64_t ours = given.p ? after : peer.acked_batch;
	uint64_t theirs = given.p ? after :
		peer.received_batch > LIMIT_PAGE_MAX ? peer.received_batch - LIMIT_PAGE_MAX : 0;

	json_object(j, NULL);
	json_u64(j, "last_sent", peer.sent_batch);
	json_u64(j, "last_acknowledged", peer.acked_batch);
	json_u64(j, "last_taken", peer.received_batch);
	json_array(j, "missing");
	for (uint64_t i = peer.received_batch + 1;
	     i < peer.seen_batch && i <= peer.received_batch + EXCHANGE_MISSING_MAX; i++)
		json_u64(j, NULL, i);
	json_close(j);
	write_batches(r, "sent", &peer, true, ours);
	write_batches(r, "taken", &peer, false, theirs);
	write_refused(r, &peer);
	json_close(j);
	return reply_ok(r);
}

struct reply exchange_batches_close(struct req *r)
{
	peer_row peer;

	if (!req_peer_row(r, &peer))
		return reply_missing(r);
	uint64_t number = exchange_batch_close(req_tx(r), peer.code);
	if (!number)
		return reply_empty(r);
	json_object(req_json(r), NULL);
	json_u64(req_json(r), "number", number);
	json_close(req_json(r));
	return reply_created(r, "/api/v1/exchange/%.*s/batches/%" PRIu64, STR_ARG(peer.code),
			     number);
}

struct reply exchange_batch_show(struct req *r)
{
	uint64_t number;
	struct str file;
	peer_row peer;

	if (!req_peer_row(r, &peer) || !str_to_u64(req_path(r, "number"), &number) ||
	    !exchange_batch_file(req_tx(r), peer.code, number, &file))
		return reply_missing(r);
	json_object(req_json(r), NULL);
	json_str(req_json(r), "batch", file);
	json_close(req_json(r));
	return reply_ok(r);
}

struct batch_form {
	struct str batch;
};

static const struct field batch_fields[] = {
	{ "batch", FIELD_TEXT, offsetof(struct batch_form, batch), .required = true,
	  .max = LIMIT_EXCHANGE_BYTES + LIMIT_NOTE_BYTES },
	{ 0 }
};

static struct reply reply_imported(struct req *r, const struct exchange_imported *done)
{
	static const char *const names[] = {
		[IMPORT_TAKEN] = "taken", [IMPORT_KNOWN] = "known", [IMPORT_GAP] = "gap",
	};
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_text(j, "state", names[done->how]);
	json_i64(j, "number", done->number);
	json_u64(j, "messages", done->messages);
	json_u64(j, "refused", done->refused);
	json_array(j, "missing");
	for (uint64_t i = done->missing_from;
	     done->how == IMPORT_GAP && i <= done->missing_to &&
	     i < done->missing_from + EXCHANGE_MISSING_MAX; i++)
		json_u64(j, NULL, i);
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

struct reply exchange_batch_put(struct req *r)
{
	const struct exchange_call call = call_of(r);
	struct exchange_imported done;
	struct batch_form form;
	peer_row peer;

	if (!req_peer_row(r, &peer))
		return reply_missing(r);
	if (!req_form(r, batch_fields, &form))
		return reply_invalid(r);
	exchange_batch_import(&call, peer.code, form.batch, &done);
	if (!tx_ok(req_tx(r)))
		return reply_empty(r);	/* the transaction's error is the answer */
	if (done.how == IMPORT_OTHER)
		return reply_conflict(r, "other_content", nothing, "%.*s",
				      STR_ARG(done.fault.why));
	if (done.how != IMPORT_REFUSED &&
	    !str_eq(req_path(r, "number"), arena_printf(req_arena(r), "%" PRId64, done.number))) {
		req_error(r, "#/batch", "other_number", "The path names %.*s, the batch is %" PRId64
			  ".", STR_ARG(req_path(r, "number")), done.number);
		return reply_invalid(r);
	}
	if (done.how == IMPORT_REFUSED) {
		req_error(r, "#/batch", "bad_batch", "Line %zu: %.*s Nothing of it was taken in.",
			  done.fault.line, STR_ARG(done.fault.why));
		return reply_invalid(r);
	}
	return reply_imported(r, &done);
}
