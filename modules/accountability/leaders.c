/*
 * Leaders in charge of departments (分管领导), and the warnings of their time on which their
 * departments have done nothing yet. The list shows; what it means is for others to say.
 */
#include "accountability/accountability.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"

struct str leader_at(struct tx *tx, struct str department, int64_t at)
{
	struct sql_accountability_leader_at_row row = { 0 };

	return sql_accountability_leader_at(tx, (struct sql_accountability_leader_at){
			.department = department, .at = at }, &row) ? row.name : STR_NONE;
}

struct leader_form {
	struct str department, name, account;
	int64_t valid_from, valid_until;
};

static const struct field leader_fields[] = {
	{ "department", FIELD_CODE, offsetof(struct leader_form, department), .required = true,
	  .max = 16 },
	{ "name", FIELD_LINE, offsetof(struct leader_form, name), .required = true, .max = 50 },
	{ "account", FIELD_CODE, offsetof(struct leader_form, account), .null_ok = true,
	  .max = 64 },
	{ "valid_from", FIELD_DATE, offsetof(struct leader_form, valid_from),
	  .required = true },
	{ "valid_until", FIELD_UNTIL, offsetof(struct leader_form, valid_until),
	  .null_ok = true },
	{ 0 }
};

static void check_leader(struct req *r, const struct leader_form *f)
{
	struct sql_accountability_leader_overlap_row row = { 0 };

	if (f->department.p &&
	    !reference_department(reference_of(req_tx(r)), f->department))
		req_error(r, "#/department", "unknown_code",
			  "There is no such department; GET /api/v1/departments lists them.");
	if (f->valid_from && f->valid_until <= f->valid_from)
		req_error(r, "#/valid_until", "out_of_order", "The end comes after the start.");
	else if (f->department.p && f->valid_from &&
		 sql_accountability_leader_overlap(req_tx(r),
			(struct sql_accountability_leader_overlap){
			.department = f->department, .valid_from = f->valid_from,
			.valid_until = f->valid_until }, &row))
		req_error(r, "#/valid_from", "overlap",
			  "Leader %" PRIu64 " is in charge of the department then.", row.id);
}

struct reply leaders_add(struct req *r)
{
	struct tx *tx = req_tx(r);
	struct leader_form form;
	struct act act;
	int64_t at = clock_now();

	bool is_read = req_form(r, leader_fields, &form);
	if (!form.valid_until)
		form.valid_until = INT64_MAX;
	/* Of two at once the second finds the first in charge. */
	if (form.department.p)
		tx_turn(tx, arena_printf(req_arena(r), "accountability/leader/%.*s",
					 STR_ARG(form.department)));
	check_leader(r, &form);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	uint64_t id = tx_sequence(tx, "accountability_item");
	sql_accountability_leader_insert(tx, (struct sql_accountability_leader_insert){
		.id = id, .department = form.department, .name = form.name,
		.account = form.account, .valid_from = form.valid_from,
		.valid_until = form.valid_until,
	});
	act_open(&act, id, 1, "leader_in_charge", at, req_actor(r)->name);
	json_str(&act.json, "department", form.department);
	json_str(&act.json, "name", form.name);
	json_str(&act.json, "account", form.account);
	json_time(&act.json, "valid_from", form.valid_from);
	json_time(&act.json, "valid_until", form.valid_until == INT64_MAX ? 0 :
							 form.valid_until);
	act_seal(tx, &act, id, 1, at);
	json_object(req_json(r), NULL);
	json_u64(req_json(r), "id", id);
	json_close(req_json(r));
	return reply_created(r, "/api/v1/leaders/%" PRIu64 "/warnings", id);
}

struct reply leaders_list(struct req *r)
{
	const struct actor *actor = req_actor(r);
	struct sql_accountability_leader_page_row row = { 0 };
	struct json *j = req_json(r);
	struct page page;
	uint64_t last = 0;
	uint32_t n = 0;

	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_accountability_leader_page(req_tx(r),
		(struct sql_accountability_leader_page){
		.department = req_relation(r) == RELATION_OWN ? actor->unit : STR(""),
		.after = page.key1, .n = page.limit + 1,
	});
	page_open(r);
	while (sql_accountability_leader_page_next(rows, &row) && n++ < page.limit) {
		json_object(j, NULL);
		json_u64(j, "id", row.id);
		json_str(j, "department", row.department);
		json_str(j, "name", row.name);
		json_str(j, "account", row.account);
		json_time(j, "valid_from", row.valid_from);
		json_time(j, "valid_until", row.valid_until == INT64_MAX ? 0 :
							  row.valid_until);
		json_u64(j, "unacted", row.unacted);
		json_close(j);
		last = row.id;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

/* Whether this leader exists and is of the actor's own department, if that is one. */
static bool is_seen(struct req *r, uint64_t id)
{
	const struct sql_accountability_leader_read which = { id };
	struct sql_accountability_leader_read_row row = { 0 };

	return sql_accountability_leader_read(req_tx(r), which, &row) &&
	       (req_relation(r) != RELATION_OWN ||
		str_eq(row.department, req_actor(r)->unit));
}

struct reply leaders_warnings(struct req *r)
{
	struct sql_accountability_unacted_row row = { 0 };
	uint64_t id, last[2] = { 0, 0 };
	struct page page;
	uint32_t n = 0;

	if (!str_to_u64(req_path(r, "id"), &id) || !is_seen(r, id))
		return reply_missing(r);
	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_accountability_unacted(req_tx(r),
		(struct sql_accountability_unacted){
		.id = id, .after_task = page.key1, .after_seq = page.key2,
		.n = page.limit + 1,
	});
	page_open(r);
	while (sql_accountability_unacted_next(rows, &row) && n++ < page.limit) {
		event_write(req_json(r), NULL, req_arena(r), row.task_id, row.seq,
			    &(struct sql_accountability_event_row){
			.kind = row.kind, .at = row.at, .by_name = actor_system.name,
			.data = row.data });
		last[0] = row.task_id;
		last[1] = row.seq;
	}
	page_close(r, n > page.limit, last[0], last[1]);
	return reply_ok(r);
}
