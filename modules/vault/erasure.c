/*
 * Erasure of one person (PIPL article 47): a supervisor asks, another person decides, since nobody
 * can take it back. Cases stay, without who was behind them. Whoever still waits for an answer is
 * not erased: the department has to reach that person.
 *
 * A person is found by phone, or told by the numbers of the appeals. The phone is nowhere kept:
 * a request has its blind index until it is decided, so that what came in meanwhile goes, too.
 */
#include "vault/vault.h"

#include "audit.h"
#include "calling.h"
#include "action.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "matter.h"
#include "rules/mask.h"

#include "callers_sql.h"

enum request_state { REQUEST_ASKED = 1, REQUEST_DONE, REQUEST_REFUSED };
static const char *const request_state_names[] = { "asked", "done", "refused", NULL };

enum { APPEALS_MAX = LIMIT_PERSON_APPEALS };

struct appeals {
	uint64_t ids[APPEALS_MAX + 1];
	uint32_t n;
};

static void add(struct appeals *all, uint64_t id)
{
	for (uint32_t i = 0; i < all->n; i++)
		if (all->ids[i] == id)
			return;
	if (all->n <= APPEALS_MAX)
		all->ids[all->n++] = id;
}

static void add_of_phone(struct tx *tx, struct str phone_index, struct appeals *all)
{
	struct sql_callers_appeals_of_phone_row row = { 0 };
	struct rows *rows = sql_callers_appeals_of_phone(tx,
		(struct sql_callers_appeals_of_phone){
			.phone_index = phone_index, .n = APPEALS_MAX + 1 });

	while (sql_callers_appeals_of_phone_next(rows, &row))
		add(all, row.appeal_id);
}

static void add_listed(struct tx *tx, struct str ids, struct appeals *all)
{
	struct sql_vault_ids_row row = { 0 };
	struct rows *rows = sql_vault_ids(tx, (struct sql_vault_ids){ .ids = ids });

	while (sql_vault_ids_next(rows, &row))
		add(all, row.id);
}

/* ---- showing ---- */

typedef struct sql_vault_erasure_read_row erasure_row;

static void write_request(struct req *r, const erasure_row *row)
{
	struct json *j = req_json(r);
	struct appeals *all = arena_new_of(req_arena(r), struct appeals);

	add_listed(req_tx(r), row->appeals, all);
	json_object(j, NULL);
	json_u64(j, "id", row->id);
	json_text(j, "state", request_state_names[row->state - 1]);
	json_str(j, "reason", row->reason);
	json_time(j, "asked_at", row->asked_at);
	json_time(j, "decided_at", row->decided_at);
	json_str(j, "answer", row->answer);
	json_u64(j, "erased", row->erased);
	json_array(j, "appeals");
	for (uint32_t i = 0; i < all->n; i++)
		json_str(j, NULL, appeal_reference(req_arena(r), all->ids[i]));
	json_close(j);
	json_close(j);
}

static bool read_request(struct req *r, uint64_t id, erasure_row *ret_row)
{
	*ret_row = (erasure_row){ 0 };
	return sql_vault_erasure_read(req_tx(r), (struct sql_vault_erasure_read){ id }, ret_row);
}

static struct reply reply_request(struct req *r, uint64_t id, bool is_new)
{
	erasure_row row;

	tx_flush(req_tx(r));
	if (!read_request(r, id, &row))
		return reply_missing(r);
	write_request(r, &row);
	return is_new ? reply_created(r, "/api/v1/callers/erasures") : reply_ok(r);
}

/* ---- what stands in the way ---- */

static bool is_open(enum appeal_state state)
{
	return state == APPEAL_ACCEPTED || state == APPEAL_DISPATCHED;
}

/* Of an appeal that was merged the one it was merged into says whether it is over. */
static bool is_awaited(struct tx *tx, const struct appeal *a)
{
	if (a->state == APPEAL_MERGED)
		return is_open(matter_appeals(tx, &a->merged_into, 1)->state);
	return is_open(a->state);
}

/* From here on none of them is reopened or put under a hold: they come before or after. */
static void hold_all(struct tx *tx, const struct appeals *all)
{
	const struct appeal *appeals = matter_appeals(tx, all->ids, all->n);

	for (uint32_t i = 0; i < all->n && tx_ok(tx); i++) {
		(void)!matter_hold(tx, all->ids[i]);
		if (appeals[i].merged_into)
			(void)!matter_hold(tx, appeals[i].merged_into);
	}
}

/* True, with the refusal: some are open, or held. */
static bool is_in_the_way(struct req *r, const struct appeals *all, struct reply *ret_reply)
{
	struct tx *tx = req_tx(r);
	const struct appeal *appeals = matter_appeals(tx, all->ids, all->n);
	struct arena *a = req_arena(r);

	for (uint32_t i = 0; i < all->n && tx_ok(tx); i++) {
		struct str reference = appeal_reference(a, all->ids[i]);

		if (is_awaited(tx, &appeals[i])) {
			*ret_reply = reply_problem(r, 409, "still_open",
				"%.*s is still open: its caller has to be reached. Close or "
				"withdraw it first.", STR_ARG(reference));
			return true;
		}
		if (vault_held_until(tx, all->ids[i], clock_now())) {
			*ret_reply = reply_problem(r, 409, "on_hold",
				"%.*s is under a legal hold. Its release comes first.",
				STR_ARG(reference));
			return true;
		}
	}
	return false;
}

/* ---- asking ---- */

struct erase_form {
	struct str phone, reason;
	struct str_list appeals;
};

static const struct field erase_fields[] = {
	{ "phone", FIELD_LINE, offsetof(struct erase_form, phone), .null_ok = true, .max = 32 },
	{ "appeals", FIELD_CODES, offsetof(struct erase_form, appeals), .null_ok = true,
	  .max = APPEALS_MAX },
	{ "reason", FIELD_LINE, offsetof(struct erase_form, reason), .required = true, .min = 2,
	  .max = 200 },
	{ 0 }
};

static void check_appeals(struct req *r, const struct erase_form *f, struct appeals *all)
{
	for (size_t i = 0; i < f->appeals.n; i++) {
		uint64_t id = appeal_id_of(f->appeals.v[i]);

		if (!id || !matter_appeals(req_tx(r), &id, 1)->id)
			req_error(r, "#/appeals", "unknown_code", "There is no appeal %.*s.",
				  STR_ARG(f->appeals.v[i]));
		else
			add(all, id);
	}
	if (f->phone.p && f->appeals.n)
		req_error(r, "#/appeals", "contradiction",
			  "Give the phone or the appeals, not both.");
	if (!f->phone.p && !f->appeals.n)
		req_error(r, "#/phone", "missing", "Give a phone, or the appeals.");
}

struct reply erasure_ask(struct req *r)
{
	struct appeals *all = arena_new_of(req_arena(r), struct appeals);
	const struct actor *by = req_actor(r);
	struct str phone_index = STR_NONE;
	struct erase_form form;
	struct reply refusal;

	bool is_read = req_form(r, erase_fields, &form);
	check_appeals(r, &form, all);
	struct str phone = form.phone.p ? phone_normal(req_arena(r), form.phone) : STR_NONE;
	if (form.phone.p && !phone.p)
		req_error(r, "#/phone", "bad_phone", "There is no digit in this phone.");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (phone.p) {
		phone_index = crypto_index(req_arena(r), "phone", phone);
		add_of_phone(req_tx(r), phone_index, all);
	}
	if (all->n == 0 && !calls_have_phone(req_tx(r), phone_index))
		return reply_problem(r, 409, "nobody", "No appeal and no call has this phone.");
	if (all->n > APPEALS_MAX)
		return reply_problem(r, 409, "too_many_appeals", "More than %d appeals have this "
				     "phone: name them, in parts.", APPEALS_MAX);
	if (is_in_the_way(r, all, &refusal))
		return refusal;
	uint64_t id = tx_sequence(req_tx(r), "vault_erasure");
	struct str reason = mask_digits(req_arena(r), form.reason);

	sql_vault_erasure_add(req_tx(r), (struct sql_vault_erasure_add){
		.id = id, .reason = reason, .phone_index = phone_index,
		.appeals = ids_json(req_arena(r), all->ids, all->n), .asked_at = clock_now(),
		.asked_by_kind = by->kind, .asked_by = by->id });
	audit_record(req_tx(r), &(struct audit_act){
		.kind = AUDIT_ERASURE_ASKED, .by = by, .peer = req_peer(r), .reason = reason,
		.detail = arena_printf(req_arena(r), "{\"request\":%llu,\"appeals\":%u}",
				       (unsigned long long)id, all->n) });
	return reply_request(r, id, true);
}

/* ---- deciding ---- */

/* The request of the path, still undecided and another person's; false with the refusal. */
static bool open_request(struct req *r, const struct field *fields, void *form,
			 erasure_row *ret_row, struct reply *ret_refusal)
{
	static const char *const nothing[] = { NULL };
	const struct actor *by = req_actor(r);
	uint64_t id;

	if (!str_to_u64(req_path(r, "id"), &id) || !read_request(r, id, ret_row))
		*ret_refusal = reply_missing(r);
	else if (!req_form(r, fields, form))
		*ret_refusal = reply_invalid(r);
	else if (ret_row->state != REQUEST_ASKED)
		*ret_refusal = reply_conflict(r, "decided", nothing,
					      "This request is decided already.");
	else if (ret_row->asked_by_kind == (uint32_t)by->kind && ret_row->asked_by == by->id)
		*ret_refusal = reply_same_person(r, "Who asked for an erasure does not decide "
						 "it; leave it to somebody else.");
	else
		return true;
	return false;
}

static void decide(struct req *r, const erasure_row *row, enum request_state state,
		   struct str appeals, uint32_t erased, struct str answer)
{
	const struct actor *by = req_actor(r);

	sql_vault_erasure_decide(req_tx(r), (struct sql_vault_erasure_decide){
		.id = row->id, .state = state, .appeals = appeals, .erased = erased,
		.decided_at = clock_now(), .decided_by_kind = by->kind, .decided_by = by->id,
		.answer = answer });
}

struct reply erasure_approve(struct req *r)
{
	static const struct field no_fields[] = { { 0 } };
	struct appeals *all = arena_new_of(req_arena(r), struct appeals);
	struct tx *tx = req_tx(r);
	struct reply refusal;
	erasure_row row;
	uint32_t erased = 0;
	char empty;

	if (!open_request(r, no_fields, &empty, &row, &refusal))
		return refusal;
	add_listed(tx, row.appeals, all);
	if (row.phone_index.p)
		add_of_phone(tx, row.phone_index, all);
	hold_all(tx, all);
	if (is_in_the_way(r, all, &refusal))
		return refusal;
	for (uint32_t i = 0; i < all->n && tx_ok(tx); i++)
		erased += vault_end(tx, all->ids[i], ERASED_FOR_PERSON, req_actor(r), req_peer(r),
				    mask_digits(req_arena(r), row.reason));
	if (row.phone_index.p)
		calls_forget_phone(tx, row.phone_index);
	decide(r, &row, REQUEST_DONE, ids_json(req_arena(r), all->ids, all->n), erased, STR_NONE);
	return reply_request(r, row.id, false);
}

struct reply erasure_refuse(struct req *r)
{
	struct reason_form form;
	struct reply refusal;
	erasure_row row;

	if (!open_request(r, reason_fields, &form, &row, &refusal))
		return refusal;
	struct str reason = mask_digits(req_arena(r), form.reason);

	decide(r, &row, REQUEST_REFUSED, row.appeals, 0, reason);
	audit_record(req_tx(r), &(struct audit_act){
		.kind = AUDIT_ERASURE_REFUSED, .by = req_actor(r), .peer = req_peer(r),
		.reason = reason,
		.detail = arena_printf(req_arena(r), "{\"request\":%llu}",
				       (unsigned long long)row.id) });
	return reply_request(r, row.id, false);
}

struct reply erasure_list(struct req *r)
{
	struct sql_vault_erasures_page_row next = { 0 };
	uint64_t ids[201], last = 0;
	struct page page;
	uint32_t n = 0;

	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_vault_erasures_page(req_tx(r), (struct sql_vault_erasures_page){
		.below = page.is_continued ? page.key1 : INT64_MAX, .n = page.limit + 1 });
	while (n <= page.limit && sql_vault_erasures_page_next(rows, &next))
		ids[n++] = next.id;
	page_open(r);
	for (uint32_t i = 0; i < n && i < page.limit; i++) {
		erasure_row row;

		if (!read_request(r, ids[i], &row))
			break;
		write_request(r, &row);
		last = row.id;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}
