/*
 * What a caller called about before, found by the blind index of the phone: who it was, masked,
 * and five appeals, open ones first. Whoever reads it leaves a sighting of each.
 */
#include "calls/calls.h"

#include "crypto.h"
#include "matter.h"
#include "rules/mask.h"
#include "sightings.h"
#include "visit.h"

enum { HISTORY_MOST = 5 };

static void write_caller(struct req *r, uint64_t newest)
{
	const struct actor *reader = req_actor(r);
	struct json *j = req_json(r);
	struct matter m;

	if (!newest || !matter_read(req_tx(r), newest, &m)) {
		json_null(j, "caller");
		return;
	}
	bool is_secret = m.appeal.is_secret;
	struct str home = reader_text(reader, SHOWN_CALLER_ADDRESS, is_secret, m.shown.address);

	json_object(j, "caller");
	json_str(j, "name", reader_text(reader, SHOWN_CALLER_NAME, is_secret, m.shown.name));
	json_str(j, "phone", reader_text(reader, SHOWN_CALLER_PHONE, is_secret, m.shown.phone));
	json_str(j, "area", m.appeal.area);
	json_str(j, "address", home.p ? home : mask_address(req_arena(r),
		 place_shown(req_arena(r), &m.appeal, reader)));
	json_close(j);
}

static void write_one(struct req *r, const struct matter *m, uint32_t level)
{
	const struct task *lead = matter_lead(m);
	struct arena *a = req_arena(r);
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_str(j, "appeal", appeal_reference(a, m->appeal.id));
	json_str(j, "title", reader_text(req_actor(r), SHOWN_TITLE, m->appeal.is_secret,
					 m->appeal.title));
	json_text(j, "state", appeal_state_names[m->appeal.state - 1]);
	json_time(j, "received_at", m->appeal.received_at);
	json_text(j, "result", level ? level_names[level - 1] : NULL);
	json_str(j, "department", lead ? lead->department : STR_NONE);
	json_close(j);
}

static void read_levels(struct tx *tx, const uint64_t *ids, uint32_t n, uint32_t *levels)
{
	struct sql_calls_levels_row row = { 0 };
	struct rows *rows = sql_calls_levels(tx, (struct sql_calls_levels){
		.ids = ids_json(tx_arena(tx), ids, n) });

	while (sql_calls_levels_next(rows, &row))
		for (uint32_t i = 0; i < n; i++)
			if (ids[i] == row.appeal_id)
				levels[i] = row.result;
}

static uint32_t read_history(struct tx *tx, struct str phone_index, uint64_t *ids)
{
	struct sql_calls_history_row row = { 0 };
	uint32_t n = 0;

	if (!phone_index.p)
		return 0;
	struct rows *rows = sql_calls_history(tx, (struct sql_calls_history){
		.phone_index = phone_index, .n = HISTORY_MOST });

	while (n < HISTORY_MOST && sql_calls_history_next(rows, &row))
		ids[n++] = row.id;
	return n;
}

void history_write(struct req *r, struct str phone_index, bool with_counts)
{
	struct sql_calls_counts_row counts = { 0 };
	uint64_t ids[HISTORY_MOST];
	uint32_t levels[HISTORY_MOST] = { 0 };
	struct json *j = req_json(r);

	if (phone_index.p && !sql_calls_counts(req_tx(r), (struct sql_calls_counts){
			phone_index }, &counts))
		counts = (struct sql_calls_counts_row){ 0 };
	uint32_t n = read_history(req_tx(r), phone_index, ids);
	const struct matter *matters = matter_read_many(req_tx(r), ids, n);

	if (n)
		read_levels(req_tx(r), ids, n, levels);
	write_caller(r, counts.newest);
	if (with_counts) {
		json_u64(j, "appeals", counts.appeals);
		json_u64(j, "open_appeals", counts.open_appeals);
	}
	json_array(j, "history");
	for (uint32_t i = 0; i < n && tx_ok(req_tx(r)); i++)
		write_one(r, &matters[i], levels[i]);
	json_close(j);
	sighting_keep_list(r, SIGHT_LIST, ids, n);
}

/* ---- without a call ---- */

struct history_form {
	struct str phone;
};

static const struct field history_fields[] = {
	{ "phone", FIELD_LINE, offsetof(struct history_form, phone), .required = true, .max = 32 },
	{ 0 }
};

struct reply callers_history(struct req *r)
{
	struct history_form form;

	bool is_read = req_form(r, history_fields, &form);
	struct str phone = form.phone.p ? phone_normal(req_arena(r), form.phone) : STR_NONE;
	if (form.phone.p && !phone.n)
		req_error(r, "#/phone", "bad_phone", "There is no digit in this phone.");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	json_object(req_json(r), NULL);
	history_write(r, crypto_index(req_arena(r), "phone", phone), true);
	json_close(req_json(r));
	return reply_ok(r);
}
