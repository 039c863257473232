/*
 * Drafts: what somebody has begun to write, kept so that neither a crash nor the end of a session
 * loses it. Any JSON object, sealed for its owner and id; only who wrote it may know of it. It
 * goes after some days, when newer ones take its room, or when what it was is registered.
 */
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "domain.h"
#include "drafting.h"
#include "json_find.h"
#include "module.h"

#include "drafts_sql.h"

enum { DRAFT_ID_BYTES = 16, DELETED_AT_A_TIME = 200 };

static int64_t oldest_kept(void)
{
	return clock_now() - LIMIT_DRAFT_DAYS * CLOCK_DAY;
}

/* 32 digits in hex, small letters. */
static bool read_id(struct arena *a, struct str text, struct str *ret_id)
{
	if (text.n != 2 * DRAFT_ID_BYTES)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'A' && text.p[i] <= 'F')
			return false;
	return decode_hex(a, text, ret_id);
}

static struct str place_of(struct req *r, struct str id)
{
	const struct actor *me = req_actor(r);

	return arena_printf(req_arena(r), "drafts_draft.content_sealed/%d/%llu/%.*s", me->kind,
			    (unsigned long long)me->id,
			    STR_ARG(encode_hex(req_arena(r), id)));
}

static void drop(struct req *r, struct str id)
{
	sql_drafts_drop(req_tx(r), (struct sql_drafts_drop){
		.owner_kind = req_actor(r)->kind, .owner_id = req_actor(r)->id, .id = id });
}

void draft_done(struct req *r)
{
	struct str id;

	if (read_id(req_arena(r), req_idempotency_key(r), &id))
		sql_drafts_done(req_tx(r), (struct sql_drafts_done){
			.owner_kind = req_actor(r)->kind, .owner_id = req_actor(r)->id, .id = id,
			.saved_at = clock_now() });
}

/* ---- saving ---- */

static bool is_object(struct req *r, struct str body)
{
	size_t at = 0;

	while (at < body.n && (body.p[at] == ' ' || (body.p[at] >= '\t' && body.p[at] <= '\r')))
		at++;
	return at < body.n && body.p[at] == '{' &&
	       json_find_rows(req_arena(r), body, "", NULL, 0, NULL, 1) == 1;
}

/* Newest first; their number, at most one more than are kept. */
static uint32_t read_own(struct req *r, struct sql_drafts_of_row *out)
{
	struct rows *rows = sql_drafts_of(req_tx(r), (struct sql_drafts_of){
		.owner_kind = req_actor(r)->kind, .owner_id = req_actor(r)->id,
		.since = oldest_kept(), .n = LIMIT_DRAFTS + 1 });
	uint32_t n = 0;

	while (n <= LIMIT_DRAFTS && sql_drafts_of_next(rows, &out[n]))
		n++;
	return n;
}

static void write_head(struct json *j, struct arena *a, struct str id, int64_t saved_at)
{
	json_str(j, "id", encode_hex(a, id));
	json_time(j, "saved_at", saved_at);
}

static const char *const nothing_allowed[] = { NULL };

static bool read_one(struct req *r, struct str id, struct sql_drafts_one_row *ret)
{
	return sql_drafts_one(req_tx(r), (struct sql_drafts_one){
		.owner_kind = req_actor(r)->kind, .owner_id = req_actor(r)->id, .id = id,
		.since = oldest_kept() }, ret);
}

static struct reply drafts_save(struct req *r)
{
	struct sql_drafts_of_row own[LIMIT_DRAFTS + 1] = { 0 };
	struct str body = req_body(r), id;

	if (!read_id(req_arena(r), req_path(r, "id"), &id)) {
		req_error(r, "#/path/id", "bad_id",
			  "Make up an id for the draft: 32 digits in hex, in lower case.");
		return reply_invalid(r);
	}
	if (body.n > LIMIT_DRAFT_BYTES)
		return reply_problem(r, 413, "too_large", "A draft has at most %u bytes.",
				     LIMIT_DRAFT_BYTES);
	if (!is_object(r, body))
		return reply_problem(r, 400, "malformed", "A draft is one JSON object.");
	sql_drafts_put(req_tx(r), (struct sql_drafts_put){
		.owner_kind = req_actor(r)->kind, .owner_id = req_actor(r)->id, .id = id,
		.saved_at = clock_now(),
		.content_sealed = crypto_seal(req_arena(r), place_of(r, id), body) });
	struct sql_drafts_one_row kept = { 0 };

	if (!read_one(r, id, &kept) || !kept.content_sealed.n)
		return reply_conflict(r, "registered", nothing_allowed,
				      "What this draft was is registered.");
	uint32_t n = read_own(r, own);

	for (uint32_t i = LIMIT_DRAFTS; i < n; i++)
		drop(r, own[i].id);
	json_object(req_json(r), NULL);
	write_head(req_json(r), req_arena(r), id, clock_now());
	json_close(req_json(r));
	return reply_ok(r);
}

/* ---- reading ---- */

static struct reply drafts_list(struct req *r)
{
	struct sql_drafts_of_row own[LIMIT_DRAFTS + 1] = { 0 };
	uint32_t n = read_own(r, own);
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_array(j, "items");
	for (uint32_t i = 0; i < n && i < LIMIT_DRAFTS; i++) {
		json_object(j, NULL);
		write_head(j, req_arena(r), own[i].id, own[i].saved_at);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

static struct reply drafts_show(struct req *r)
{
	struct sql_drafts_one_row row = { 0 };
	struct json *j = req_json(r);
	struct str id, content;

	if (!read_id(req_arena(r), req_path(r, "id"), &id) || !read_one(r, id, &row) ||
	    !row.content_sealed.n)
		return reply_missing(r);
	if (!crypto_open(req_arena(r), place_of(r, id), row.content_sealed, &content)) {
		tx_fail(req_tx(r), TX_BROKEN);
		return reply_missing(r);
	}
	json_object(j, NULL);
	write_head(j, req_arena(r), id, row.saved_at);
	json_raw(j, "content", content);
	json_close(j);
	return reply_ok(r);
}

static struct reply drafts_forget(struct req *r)
{
	struct str id;

	if (!read_id(req_arena(r), req_path(r, "id"), &id) ||
	    !sql_drafts_drop(req_tx(r), (struct sql_drafts_drop){
			.owner_kind = req_actor(r)->kind, .owner_id = req_actor(r)->id,
			.id = id }))
		return reply_missing(r);
	return reply_empty(r);
}

/* ---- what goes by itself ---- */

static bool drafts_tidy(struct tx *tx)
{
	return sql_drafts_delete_old(tx, (struct sql_drafts_delete_old){
		.before = oldest_kept(), .n = DELETED_AT_A_TIME }) == DELETED_AT_A_TIME;
}

static int64_t drafts_next_due(struct tx *tx)
{
	struct sql_drafts_first_row row = { 0 };

	return sql_drafts_first(tx, &row) ?
		row.saved_at + LIMIT_DRAFT_DAYS * CLOCK_DAY + 1 : INT64_MAX;
}

static bool drafts_are_old(struct tx *tx)
{
	return drafts_next_due(tx) <= clock_now();
}

static const struct route routes[] = {
	{ ROUTE(drafts_list) },
	{ ROUTE(drafts_save) },
	{ ROUTE(drafts_show) },
	{ ROUTE(drafts_forget) },
	{ 0 }
};

static const struct job jobs[] = {
	{ "drafts.tidy", CLOCK_MINUTE, drafts_tidy, .is_domain = true,
	  .next_due = drafts_next_due, .is_leased = true, .has_work = drafts_are_old },
	{ 0 }
};

const struct module drafts_module = {
	.name = "drafts",
	.purpose = "Keeps what somebody has begun to write, sealed.",
	.routes = routes,
	.jobs = jobs,
};
