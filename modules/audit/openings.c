/*
 * Identities that were opened: who opens very many, and what a caller is told about the openings
 * of the own case. The caller learns how often, on which days, by which department or, in the
 * centre, by which role; never by whom.
 */
#include "audit/record.h"

#include "bounds.h"
#include "clock.h"
#include "domain.h"
#include "log.h"
#include "matter.h"
#include "rules/calendar.h"
#include "setting.h"

static struct str opening_detail(struct arena *a, const struct audit_opening *opening)
{
	struct json j;
	struct buf text;

	buf_init(&text, KIB(1));
	json_init(&j, &text);
	json_object(&j, NULL);
	json_str(&j, "field", opening->field);
	json_text(&j, "purpose_code", opening->purpose_code);
	json_close(&j);
	struct str detail = arena_str(a, buf_str(&text));
	buf_free(&text);
	return detail;
}

static uint64_t count_of(struct tx *tx, const struct actor *by, enum audit_kind kind,
			 uint64_t most)
{
	struct sql_audit_count_of_row row = { 0 };

	return sql_audit_count_of(tx, (struct sql_audit_count_of){
		.by_kind = by->kind, .by_id = by->id, .kind = kind,
		.since = clock_now() - CLOCK_HOUR, .most = (uint32_t)most }, &row) ? row.n : 0;
}

/* Said once an hour, however many follow. */
static void warn_of_many(struct tx *tx, const struct audit_opening *opening)
{
	uint64_t most = (uint64_t)setting_int("reveals_an_hour");
	const struct actor *by = opening->by;

	if (most == 0 || count_of(tx, by, AUDIT_IDENTITY_REVEALED, most + 1) <= most ||
	    count_of(tx, by, AUDIT_REVEALS_MANY, 1) > 0)
		return;
	audit_record(tx, &(struct audit_act){
		.kind = AUDIT_REVEALS_MANY, .by = by, .peer = opening->peer,
		.detail = arena_printf(tx_arena(tx), "{\"more_than\":%llu,\"minutes\":60}",
				       (unsigned long long)most),
	});
	log_warn("audit", "reveals_many", "more_than=%llu by=%.*s", (unsigned long long)most,
		 STR_ARG(audit_actor_text(tx_arena(tx), by->kind, by->id)));
}

void audit_opening(struct tx *tx, const struct audit_opening *opening)
{
	audit_record(tx, &(struct audit_act){
		.kind = AUDIT_IDENTITY_REVEALED, .by = opening->by, .peer = opening->peer,
		.subject = opening->appeal_id, .reason = opening->purpose,
		.detail = opening_detail(tx_arena(tx), opening),
	});
	warn_of_many(tx, opening);
}

/* ---- what the caller is told ---- */

void audit_openings_write(struct req *r, uint64_t appeal_id)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct sql_audit_openings_row row = { 0 };
	struct json *j = req_json(r);
	char day[16];
	uint64_t total = 0;
	struct rows *rows = sql_audit_openings(req_tx(r), (struct sql_audit_openings){
		.appeal_id = appeal_id, .kind = EVENT_IDENTITY_REVEALED });

	json_array(j, "items");
	while (sql_audit_openings_next(rows, &row)) {
		const struct department *d = reference_department(ref, row.department);

		json_object(j, NULL);
		json_text(j, "day", day_text((int32_t)row.day, day, sizeof(day)));
		json_str(j, "department", row.department);
		json_str(j, "department_name", d ? d->name : STR_NONE);
		json_str(j, "role", row.role);
		json_str(j, "field", row.field);
		json_u64(j, "count", row.n);
		json_close(j);
		total += row.n;
	}
	json_close(j);
	json_u64(j, "total", total);
}

struct reply audit_openings(struct req *r)
{
	struct json *j = req_json(r);
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	json_object(j, NULL);
	json_str(j, "appeal", appeal_reference(req_arena(r), m.appeal.id));
	audit_openings_write(r, m.appeal.id);
	json_close(j);
	return reply_ok(r);
}
