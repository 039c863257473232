/*
 * What a PBX pushes. Events of one call come at once, twice, in any order and without numbers;
 * what is known of it grows, and its state follows from the three instants alone. The PBX waits
 * in the path of the call: one row is read and written, and who sits where is looked up.
 */
#include "calls/calls.h"

#include "auth.h"
#include "clock.h"
#include "crypto.h"
#include "must.h"
#include "rules/mask.h"

/* The form that PBXs know. */
static struct reply reply_cti(struct req *r, int status, struct str body)
{
	return reply_bytes(r, status, STR("application/json"), body);
}

static struct str said_of(enum cti_fault fault)
{
	switch (fault) {
	case CTI_NO_FORM:
		return STR("{\"error\":\"The body is neither JSON nor a form.\"}");
	case CTI_NO_CALL:
		return STR("{\"error\":\"callId is missing or longer than 250!\"}");
	case CTI_NO_DIRECTION:
		return STR("{\"error\":\"Invalid direction!\"}");
	case CTI_FINE:
		break;
	}
	return STR("{}");
}

/* ---- the call of an event ---- */

static bool read_by_tag(struct tx *tx, struct str tag, struct call *ret)
{
	struct sql_calls_by_tag_row row = { 0 };

	if (!sql_calls_by_tag(tx, (struct sql_calls_by_tag){ tag }, &row))
		return false;
	*ret = (struct call){
		.id = row.id, .direction = row.direction, .state = row.state,
		.number_sealed = row.number_sealed, .number_index = row.number_index,
		.queue = row.queue, .heard_at = row.heard_at, .announced_at = row.announced_at,
		.answered_at = row.answered_at, .ended_at = row.ended_at,
		.is_forwarded = row.is_forwarded, .answered_by_kind = row.answered_by_kind,
		.answered_by = row.answered_by, .answered_login = row.answered_login,
		.answered_name = row.answered_name, .appeal_id = row.appeal_id,
		.rings_at = row.rings_at,
	};
	return true;
}

/* Heard of for the first time by any event: whichever comes first makes the row. */
static bool open_call(struct tx *tx, const struct cti_event *e, struct call *ret)
{
	uint8_t *digest = arena_alloc(tx_arena(tx), INDEX_BYTES);
	struct str tag = { (const char *)digest, INDEX_BYTES };

	crypto_tag("cti-call", e->call_id, digest);
	if (read_by_tag(tx, tag, ret))
		return true;
	uint64_t id = tx_sequence(tx, "calls_call");

	if (!tx_ok(tx))
		return false;
	sql_calls_insert(tx, (struct sql_calls_insert){
		.id = id, .tag = tag, .direction = e->direction, .heard_at = clock_now(),
	});
	return read_by_tag(tx, tag, ret);
}

/* ---- what an event adds ---- */

enum { NUMBER_DIGITS_LEAST = 3, NUMBER_DIGITS_MOST = 20 };

/* "sip:8613800001111@pbx", "tel:138...", "+86 138 ..."; a name or `anonymous` is no number. */
static struct str number_of(struct arena *a, struct str said)
{
	struct str rest = said, number = str_take(&rest, '@');

	if (str_starts(number, STR("sip:")) || str_starts(number, STR("tel:")))
		str_take(&number, ':');
	for (size_t i = 0; i < number.n; i++)
		if ((number.p[i] | 0x20) >= 'a' && (number.p[i] | 0x20) <= 'z')
			return STR_NONE;
	struct str normal = number.n ? phone_normal(a, number) : STR_NONE;
	size_t digits = normal.n - (normal.n && normal.p[0] == '+');

	return digits >= NUMBER_DIGITS_LEAST && digits <= NUMBER_DIGITS_MOST ? normal : STR_NONE;
}

static void add_number(struct tx *tx, const struct cti_event *e, struct call *call)
{
	struct arena *a = tx_arena(tx);
	struct str number = number_of(a, e->direction == CTI_OUT ? e->to : e->from);

	if (!number.n)
		return;
	call->number_sealed = crypto_seal(a, call_place(a, call->id), number);
	call->number_index = crypto_index(a, "phone", number);
}

/* Bridges of queues say the queue's name where others say the number that was called. */
static void add_queue(struct arena *a, const struct cti_event *e, struct call *call)
{
	if (call->queue.p)
		return;
	if (e->queue.p)
		call->queue = e->queue;
	else if (e->direction == CTI_IN && e->to.p && !number_of(a, e->to).p)
		call->queue = e->to;
}

static bool is_of_role(uint32_t role)
{
	return role & (ROLE_OPERATOR | ROLE_DISPATCHER | ROLE_VISITOR);
}

static bool find_person(struct tx *tx, struct str said, struct auth_account *ret_account)
{
	uint64_t id;

	return said.p && seat_find(tx, said, &id) && auth_account_read(tx, id, ret_account) &&
	       is_of_role(ret_account->role);
}

/* One person's telephone, where the event names one and no other; several are a queue's. */
static void add_line(struct tx *tx, const struct cti_event *e, struct call *call)
{
	struct auth_account account;

	if (e->direction != CTI_IN)
		return;
	if (find_person(tx, e->to, &account))
		call->rings_at = account.id;
	for (size_t i = 0; i < e->user_count; i++) {
		if (!find_person(tx, e->users[i], &account))
			continue;
		if (call->rings_at && call->rings_at != account.id) {
			call->rings_at = 0;
			return;
		}
		call->rings_at = account.id;
	}
}

static void give_to(struct tx *tx, struct str said, struct call *call)
{
	struct auth_account account;

	if (call->answered_by_kind || !find_person(tx, said, &account))
		return;
	call->answered_by_kind = ACTOR_ACCOUNT;
	call->answered_by = account.id;
	call->answered_login = account.login;
	call->answered_name = account.name;
}

static void add_answer(struct tx *tx, const struct cti_event *e, struct call *call)
{
	if (!call->answered_at)
		call->answered_at = clock_now();
	give_to(tx, e->answering_number, call);
	for (size_t i = 0; i < e->user_count; i++)
		give_to(tx, e->users[i], call);
}

/* A repeat of an event, or one that comes late, changes nothing that is known. */
static void add(struct tx *tx, const struct cti_event *e, struct call *call)
{
	switch (e->kind) {
	case CTI_NEW_CALL:
		if (call->announced_at)
			return;
		call->announced_at = clock_now();
		call->direction = e->direction;
		add_number(tx, e, call);
		add_queue(tx_arena(tx), e, call);
		add_line(tx, e, call);
		return;
	case CTI_ANSWER:
		add_answer(tx, e, call);
		return;
	case CTI_HANGUP:
		if (!call->ended_at)
			call->ended_at = clock_now();
		call->is_forwarded |= str_is(e->cause, "forwarded");
		return;
	case CTI_OTHER:
		return;
	}
}

struct reply cti_take(struct req *r)
{
	struct tx *tx = req_tx(r);
	struct cti_event event;
	struct call call;

	if (!cti_is_on())
		return reply_cti(r, 422, STR("{\"error\":\"Feature is disabled, please contact "
					     "your admin!\"}"));
	if (!cti_token_fits(req_path(r, "token")))
		return reply_cti(r, 401, STR("{\"error\":\"Invalid token, please contact your "
					     "admin!\"}"));
	enum cti_fault fault = cti_read(req_arena(r), req_header(r, "Content-Type"), req_body(r),
					&event);
	if (fault != CTI_FINE)
		return reply_cti(r, 422, said_of(fault));
	if (event.kind != CTI_OTHER && open_call(tx, &event, &call)) {
		add(tx, &event, &call);
		call_save(tx, &call);
	}
	return reply_cti(r, 200, said_of(CTI_FINE));
}
