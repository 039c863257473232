/*
 * Calls as the desk sees them: which ring, which are spoken, which were missed. The number is
 * sealed from the first moment, found again by its blind index, and shown masked; a person takes a
 * call, or the PBX says who did. Where a PBX forgets to say that a call ended, it ends by itself.
 */
#include "calls/calls.h"

#include <inttypes.h>

#include "auth.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "live.h"
#include "matter.h"
#include "rules/mask.h"
#include "undoing.h"

const char *const call_state_names[] = { "ringing", "answered", "ended", "missed", NULL };
const char *const call_direction_names[] = { "in", "out", NULL };

static const struct setting settings[] = {
	{ "call_days", SETTING_INT, "90", 1, 3650, .unit = "days",
	  .help = "How long a call and its number are kept; an appeal registered with it stays." },
	{ 0 }
};

/* ---- numbers ---- */

struct str call_place(struct arena *a, uint64_t id)
{
	return arena_printf(a, "calls_call.number_sealed/%" PRIu64, id);
}

struct str call_open(struct tx *tx, const struct call *call)
{
	struct arena *a = tx_arena(tx);
	struct str number = STR_NONE;

	if (call->number_sealed.p &&
	    !crypto_open(a, call_place(a, call->id), call->number_sealed, &number))
		tx_fail(tx, TX_BROKEN);
	return number;
}

/* ---- rows ---- */

#define CALL_OF(row) (struct call){ \
	.id = (row).id, .direction = (row).direction, .state = (row).state, \
	.number_sealed = (row).number_sealed, .number_index = (row).number_index, \
	.queue = (row).queue, .heard_at = (row).heard_at, .announced_at = (row).announced_at, \
	.answered_at = (row).answered_at, .ended_at = (row).ended_at, \
	.answered_by_kind = (row).answered_by_kind, .answered_by = (row).answered_by, \
	.answered_login = (row).answered_login, .answered_name = (row).answered_name, \
	.appeal_id = (row).appeal_id, .rings_at = (row).rings_at }

bool call_lock(struct tx *tx, struct str name, struct call *ret_call)
{
	struct sql_calls_lock_row row = { 0 };
	uint64_t id;

	if (!str_to_u64(name, &id) ||
	    !sql_calls_lock(tx, (struct sql_calls_lock){ id }, &row))
		return false;
	*ret_call = CALL_OF(row);
	ret_call->is_forwarded = row.is_forwarded;
	return true;
}

static bool call_read(struct tx *tx, struct str name, struct call *ret_call)
{
	struct sql_calls_show_row row = { 0 };
	uint64_t id;

	if (!str_to_u64(name, &id) || !sql_calls_show(tx, (struct sql_calls_show){ id }, &row))
		return false;
	*ret_call = CALL_OF(row);
	ret_call->appeals = row.appeals;
	ret_call->open_appeals = row.open_appeals;
	return true;
}

/* Missed is what rang here and nobody took; an end that was told before anything else is none. */
static enum call_state state_of(const struct call *call)
{
	if (!call->ended_at)
		return call->answered_at ? CALL_ANSWERED : CALL_RINGING;
	return call->answered_at || call->is_forwarded || call->direction == CTI_OUT ||
	       !call->announced_at ? CALL_ENDED : CALL_MISSED;
}

static const struct live_topic topics[] = {
	{ .name = "call", .roles = ROLE_OPERATOR },
	{ 0 }
};

static void tell(struct tx *tx, const struct call *call, bool is_mine,
		 const struct live_audience *to)
{
	live_tell(tx, &topics[0], to, arena_printf(tx_arena(tx),
		  "{\"call\":\"%" PRIu64 "\",\"state\":\"%s\",\"mine\":%s}", call->id,
		  call_state_names[call->state - 1], is_mine ? "true" : "false"));
}

/* The desk is told which call, and who has it that it is theirs; the rest is asked for. */
static void tell_all(struct tx *tx, const struct call *call)
{
	uint64_t person = call->answered_by_kind == ACTOR_ACCOUNT ? call->answered_by : 0;

	if (person)
		tell(tx, call, true, &(struct live_audience){ .roles = ROLE_OPERATOR,
			.account = person });
	tell(tx, call, false, &(struct live_audience){ .roles = ROLE_OPERATOR,
		.but_account = person });
}

void call_save(struct tx *tx, struct call *call)
{
	call->state = state_of(call);
	tell_all(tx, call);
	sql_calls_update(tx, (struct sql_calls_update){
		.id = call->id, .direction = call->direction, .state = call->state,
		.number_sealed = call->number_sealed, .number_index = call->number_index,
		.queue = call->queue, .announced_at = call->announced_at,
		.answered_at = call->answered_at, .ended_at = call->ended_at,
		.is_forwarded = call->is_forwarded, .answered_by_kind = call->answered_by_kind,
		.answered_by = call->answered_by, .answered_login = call->answered_login,
		.answered_name = call->answered_name, .rings_at = call->rings_at,
	});
}

/* ---- for others ---- */

bool call_number(struct tx *tx, struct str name, struct str *ret_number)
{
	struct call call;

	if (!call_read(tx, name, &call))
		return false;
	*ret_number = call_open(tx, &call);
	return true;
}

void call_registered(struct tx *tx, struct str name, uint64_t appeal_id)
{
	uint64_t id;

	if (str_to_u64(name, &id))
		sql_calls_registered(tx, (struct sql_calls_registered){
			.id = id, .appeal_id = appeal_id });
}

bool calls_have_phone(struct tx *tx, struct str phone_index)
{
	struct sql_calls_of_phone_row row = { 0 };
	struct rows *rows = sql_calls_of_phone(tx, (struct sql_calls_of_phone){
		.number_index = phone_index, .n = 1 });
	bool is_there = false;

	while (sql_calls_of_phone_next(rows, &row))
		is_there = true;
	return is_there;
}

void calls_forget_phone(struct tx *tx, struct str phone_index)
{
	sql_calls_forget_phone(tx, (struct sql_calls_forget_phone){ phone_index });
}

void calls_forget_appeal(struct tx *tx, uint64_t appeal_id)
{
	sql_calls_forget_appeal(tx, (struct sql_calls_forget_appeal){ appeal_id });
}

void calls_write_of_phone(struct req *r, const char *key, struct str phone_index)
{
	struct sql_calls_of_phone_row row = { 0 };
	struct json *j = req_json(r);
	struct rows *rows = sql_calls_of_phone(req_tx(r), (struct sql_calls_of_phone){
		.number_index = phone_index, .n = LIMIT_PERSON_CALLS });

	json_array(j, key);
	while (sql_calls_of_phone_next(rows, &row)) {
		json_object(j, NULL);
		json_text(j, "direction", call_direction_names[row.direction - 1]);
		json_time(j, "began_at", row.heard_at);
		json_time(j, "answered_at", row.answered_at);
		json_time(j, "ended_at", row.ended_at);
		json_str(j, "appeal", row.appeal_id ?
			 appeal_reference(req_arena(r), row.appeal_id) : STR_NONE);
		json_close(j);
	}
	json_close(j);
}

/* ---- showing ---- */

static bool is_mine(const struct req *r, const struct call *call)
{
	const struct actor *me = req_actor(r);

	return call->answered_by_kind == (uint32_t)me->kind && call->answered_by == me->id;
}

/* Whose telephone rings or rang; NULL: that of nobody in particular. */
static const char *line_of(const struct actor *me, const struct call *call)
{
	if (!call->rings_at)
		return NULL;
	return me->kind == ACTOR_ACCOUNT && me->id == call->rings_at ? "own" : "other";
}

static void write_members(struct req *r, const struct call *call)
{
	struct arena *a = req_arena(r);
	struct json *j = req_json(r);

	json_str(j, "id", arena_printf(a, "%" PRIu64, call->id));
	json_text(j, "state", call_state_names[call->state - 1]);
	json_text(j, "direction", call_direction_names[call->direction - 1]);
	json_str(j, "number", reader_text(req_actor(r), SHOWN_CALLER_PHONE, false,
					  mask_phone(a, call_open(req_tx(r), call))));
	json_str(j, "queue", call->queue);
	json_time(j, "began_at", call->heard_at);
	json_time(j, "answered_at", call->answered_at);
	json_time(j, "ended_at", call->ended_at);
	if (call->answered_by_kind) {
		json_object(j, "answered_by");
		json_str(j, "login", call->answered_login);
		json_str(j, "name", call->answered_name);
		json_close(j);
	} else {
		json_null(j, "answered_by");
	}
	json_bool(j, "mine", is_mine(r, call));
	json_text(j, "line", line_of(req_actor(r), call));
	json_u64(j, "appeals", call->appeals);
	json_u64(j, "open_appeals", call->open_appeals);
	json_str(j, "appeal", call->appeal_id ? appeal_reference(a, call->appeal_id) : STR_NONE);
}

static struct reply reply_call(struct req *r, struct str name)
{
	struct call call;

	tx_flush(req_tx(r));
	if (!call_read(req_tx(r), name, &call))
		return reply_missing(r);
	json_object(req_json(r), NULL);
	write_members(r, &call);
	json_close(req_json(r));
	return reply_ok(r);
}

static struct reply calls_show(struct req *r)
{
	struct call call;

	if (!call_read(req_tx(r), req_path(r, "id"), &call))
		return reply_missing(r);
	json_object(req_json(r), NULL);
	write_members(r, &call);
	history_write(r, call.number_index, false);
	json_close(req_json(r));
	return reply_ok(r);
}

/* ---- lists ---- */

/* Adds up to `most` calls of one state below an id; their number. */
static uint32_t read_state(struct tx *tx, enum call_state state, uint64_t below, uint32_t most,
			   struct call *out)
{
	struct sql_calls_page_row row = { 0 };
	struct rows *rows = sql_calls_page(tx, (struct sql_calls_page){
		.state = state, .below = below, .n = most });
	uint32_t n = 0;

	while (n < most && sql_calls_page_next(rows, &row)) {
		out[n] = CALL_OF(row);
		out[n].appeals = row.appeals;
		out[n++].open_appeals = row.open_appeals;
	}
	return n;
}

static struct reply calls_list(struct req *r)
{
	static const char *const lists[] = { "live", "missed", NULL };
	struct call *calls = arena_array_of(req_arena(r), struct call, LIMIT_PAGE_MAX + 1);
	struct str asked = req_query(r, "state");
	int list = asked.p ? str_index(asked, lists) : 0;
	struct page page;
	uint32_t n = 0;

	if (list < 0)
		req_error(r, "state", "unknown_code", "live or missed");
	if (!req_page(r, &page) || req_has_errors(r))
		return reply_invalid(r);
	enum call_state state = list ? CALL_MISSED : CALL_RINGING;
	enum call_state last = list ? CALL_MISSED : CALL_ANSWERED;
	uint64_t below = INT64_MAX;

	if (page.is_continued) {
		state = (enum call_state)page.key1;
		below = page.key2;
	}
	for (; state <= last && n <= page.limit; state++, below = INT64_MAX)
		n += read_state(req_tx(r), state, below, page.limit + 1 - n, calls + n);
	uint32_t shown = n < page.limit ? n : page.limit;

	page_open(r);
	for (uint32_t i = 0; i < shown; i++) {
		json_object(req_json(r), NULL);
		write_members(r, &calls[i]);
		json_close(req_json(r));
	}
	page_close(r, n > shown, shown ? calls[shown - 1].state : 0,
		   shown ? calls[shown - 1].id : 0);
	return reply_ok(r);
}

/* ---- by hand, where the PBX is silent ---- */

static const struct field no_fields[] = { { 0 } };
static const char *const nothing_allowed[] = { NULL };

/* The call of the path, locked, and in nobody else's hand; false: *ret_refusal is the answer. */
static bool open_by_hand(struct req *r, struct call *ret_call, struct reply *ret_refusal)
{
	char none;

	if (!call_lock(req_tx(r), req_path(r, "id"), ret_call))
		*ret_refusal = reply_missing(r);
	else if (!req_form(r, no_fields, &none))
		*ret_refusal = reply_invalid(r);
	else if (ret_call->answered_by_kind && !is_mine(r, ret_call))
		*ret_refusal = reply_conflict(r, "taken", nothing_allowed, "%.*s has this call.",
					      STR_ARG(ret_call->answered_name));
	else
		return true;
	return false;
}

static struct str login_of(struct tx *tx, const struct actor *me)
{
	struct auth_account account;

	return me->kind == ACTOR_ACCOUNT && auth_account_read(tx, me->id, &account) ?
		account.login : me->name;
}

static struct reply calls_take(struct req *r)
{
	const struct actor *me = req_actor(r);
	struct reply refusal;
	struct call call;

	if (!open_by_hand(r, &call, &refusal))
		return refusal;
	if (call.ended_at)
		return reply_conflict(r, "call_over", nothing_allowed, "This call is over.");
	call.answered_by_kind = me->kind;
	call.answered_by = me->id;
	call.answered_login = login_of(req_tx(r), me);
	call.answered_name = me->name;
	if (!call.answered_at)
		call.answered_at = clock_now();
	call_save(req_tx(r), &call);
	return reply_call(r, req_path(r, "id"));
}

static struct reply calls_end(struct req *r)
{
	struct reply refusal;
	struct call call;

	if (!open_by_hand(r, &call, &refusal))
		return refusal;
	if (!call.ended_at) {
		call.ended_at = clock_now();
		call_save(req_tx(r), &call);
	}
	return reply_call(r, req_path(r, "id"));
}

/* ---- what ends by itself ---- */

enum {
	STALE_AT_A_TIME = 50,
	RINGS_MINUTES = 10,	/* nobody lets a telephone ring longer */
	SPEAKS_HOURS = 6,
	DELETED_AT_A_TIME = 500,
};

static int64_t stale_after(enum call_state state)
{
	return state == CALL_RINGING ? RINGS_MINUTES * CLOCK_MINUTE : SPEAKS_HOURS * CLOCK_HOUR;
}

static uint32_t end_stale(struct tx *tx, enum call_state state)
{
	struct sql_calls_stale_row row = { 0 };
	uint64_t ids[STALE_AT_A_TIME];
	uint32_t n = 0;
	struct rows *rows = sql_calls_stale(tx, (struct sql_calls_stale){
		.state = state, .before = clock_now() - stale_after(state),
		.n = STALE_AT_A_TIME });

	while (n < STALE_AT_A_TIME && sql_calls_stale_next(rows, &row))
		ids[n++] = row.id;
	for (uint32_t i = 0; i < n && tx_ok(tx); i++) {
		struct call call;

		if (!call_lock(tx, arena_printf(tx_arena(tx), "%" PRIu64, ids[i]), &call) ||
		    call.state != state)
			continue;
		call.ended_at = clock_now();
		call_save(tx, &call);
	}
	return n;
}

static int64_t oldest_kept(void)
{
	return clock_now() - setting_int("call_days") * CLOCK_DAY;
}

static bool calls_tidy(struct tx *tx)
{
	bool has_more = end_stale(tx, CALL_RINGING) == STALE_AT_A_TIME;

	has_more |= end_stale(tx, CALL_ANSWERED) == STALE_AT_A_TIME;
	return sql_calls_delete_old(tx, (struct sql_calls_delete_old){
		.before = oldest_kept(), .n = DELETED_AT_A_TIME }) == DELETED_AT_A_TIME || has_more;
}

static int64_t calls_next_due(struct tx *tx)
{
	static const enum call_state states[] = { CALL_RINGING, CALL_ANSWERED };
	struct sql_calls_first_heard_row first = { 0 };
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < array_count(states); i++) {
		struct sql_calls_oldest_row row = { 0 };

		if (sql_calls_oldest(tx, (struct sql_calls_oldest){ states[i] }, &row) &&
		    row.heard_at + stale_after(states[i]) + 1 < due)
			due = row.heard_at + stale_after(states[i]) + 1;
	}
	if (sql_calls_first_heard(tx, &first)) {
		int64_t at = first.heard_at + setting_int("call_days") * CLOCK_DAY + 1;

		due = at < due ? at : due;
	}
	return due;
}

static bool calls_are_old(struct tx *tx)
{
	return calls_next_due(tx) <= clock_now();
}

/* ---- the module ---- */

static const struct route routes[] = {
	{ ROUTE(cti_take), .takes_form = true, .is_read_only = true },
	{ ROUTE(calls_list), .query = "state limit cursor" },
	{ ROUTE(calls_show) },
	{ ROUTE(calls_take) },
	{ ROUTE(calls_end) },
	{ ROUTE(seat_put) },
	{ ROUTE(callers_history), .is_read_only = true },
	{ 0 }
};

/* The registration was taken back. */
static void calls_undone(struct tx *tx, const struct event *e)
{
	if (e->not_before == UNDO_SEND_NEVER)
		sql_calls_part(tx, (struct sql_calls_part){ e->appeal->id });
}

static const struct hook hooks[] = {
	{ EVENT_APPEAL_WITHDRAWN, calls_undone },
	{ 0 }
};

static const struct job jobs[] = {
	{ "calls.tidy", 10 * CLOCK_SECOND, calls_tidy, .is_domain = true,
	  .next_due = calls_next_due, .is_leased = true, .has_work = calls_are_old },
	{ 0 }
};

const struct module calls_module = {
	.name = "calls",
	.purpose = "Shows calls that a PBX tells of, and what their callers called about before.",
	.routes = routes,
	.jobs = jobs,
	.hooks = hooks,
	.live = topics,
	.settings = settings,
};
