/*
 * Filing of inspections, fines and fees against enterprises (涉企检查、罚款、收费备案): a body
 * says beforehand what it will do, on which basis, for how much and on which days. A filing is
 * its versions: none is ever changed, the newest one holds, and each is entered into the ledger
 * with its whole content, so that what was filed when cannot be told otherwise later.
 *
 * Only the body itself files and revises. Filing late is possible: it shows as late.
 */
#include "enterprises/enterprises.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "matter.h"
#include "module.h"
#include "sealing.h"

/* ---- the form ---- */

enum { FILING_DAYS_MAX = 366, FILING_VERSIONS_MAX = 100, AMOUNT_MAX = 1000000000 };

struct filing_form {
	struct str uscc, basis, ticket;
	int kind, exception;
	int64_t amount, first_day, last_day;
	bool is_revoked;
};

#define AT(member) .offset = offsetof(struct filing_form, member)
#define CONTENT_FIELDS \
	{ "kind", FIELD_CHOICE, AT(kind), .required = true, .choices = four_act_names }, \
	{ "basis", FIELD_LINE, AT(basis), .required = true, .max = 500 }, \
	{ "amount", FIELD_DECIMAL, AT(amount), .null_ok = true, .min = 0, .max = AMOUNT_MAX }, \
	{ "first_day", FIELD_DATE, AT(first_day), .required = true }, \
	{ "last_day", FIELD_DATE, AT(last_day), .required = true }, \
	{ "exception", FIELD_CHOICE, AT(exception), .null_ok = true, \
	  .choices = quiet_exception_names }, \
	{ "ticket", FIELD_CODE, AT(ticket), .null_ok = true, .max = 20 }

static const struct field filing_fields[] = {
	{ "uscc", FIELD_CODE, AT(uscc), .required = true },
	CONTENT_FIELDS,
	{ 0 }
};
static const struct field revise_fields[] = {
	CONTENT_FIELDS,
	{ "revoked", FIELD_BOOL, AT(is_revoked) },
	{ 0 }
};

static bool is_of(const struct filing_form *f, enum four_act act)
{
	return f->kind + 1 == (int)act;
}

static void check_amount(struct req *r, const struct filing_form *f)
{
	bool is_money = is_of(f, ACT_FINE) || is_of(f, ACT_FEE);
	bool is_given = f->amount != JSON_NO_DECIMAL && f->amount > 0;

	if (is_of(f, ACT_APPORTIONMENT))
		req_error(r, "#/kind", "not_fileable",
			  "An apportionment has no lawful basis and cannot be filed.");
	if (is_money && !is_given)
		req_error(r, "#/amount", "required", "A fine or fee is filed with its amount.");
	if (is_of(f, ACT_INSPECTION) && is_given)
		req_error(r, "#/amount", "contradiction",
			  "An inspection costs nothing; file the fine or fee by itself.");
}

static void check_days(struct req *r, const struct filing_form *f)
{
	if (f->first_day && f->last_day &&
	    (f->last_day < f->first_day ||
	     f->last_day - f->first_day >= FILING_DAYS_MAX * CLOCK_DAY))
		req_error(r, "#/last_day", "bad_span",
			  "The last day is the first one or one of the %d after it.",
			  FILING_DAYS_MAX - 1);
}

/* A complaint is a ground to enter only if there is one, and the body knows of it. */
static void check_exception(struct req *r, const struct filing_form *f)
{
	bool is_complaint = f->exception + 1 == EXCEPTION_COMPLAINT;
	struct matter m;

	if (is_complaint != (f->ticket.p != NULL))
		req_error(r, "#/ticket", is_complaint ? "required" : "contradiction",
			  "The number of an appeal is given with the exception complaint, and "
			  "with no other.");
	else if (f->ticket.p && (!matter_read(req_tx(r), appeal_id_of(f->ticket), &m) ||
				 !req_sees(r, &m)))
		req_error(r, "#/ticket", "unknown_appeal",
			  "No appeal of this number was dispatched to the body that files.");
}

static void check_filing(struct req *r, const struct filing_form *f)
{
	check_amount(r, f);
	check_days(r, f);
	check_exception(r, f);
}

/* ---- keeping ---- */

static struct sql_enterprises_filed_row row_of(const struct filing_form *f, struct str uscc,
					       struct str body)
{
	bool has_amount = f->amount != JSON_NO_DECIMAL;

	return (struct sql_enterprises_filed_row){
		.version = 1, .uscc = uscc, .body = body,
		.kind = (uint32_t)(f->kind + 1), .basis = f->basis,
		.amount = has_amount ? f->amount : 0,
		.first_day = day_of_instant(f->first_day),
		.last_day = day_of_instant(f->last_day),
		.exception = (uint32_t)(f->exception + 1), .ticket = appeal_id_of(f->ticket),
		.is_revoked = f->is_revoked, .filed_at = clock_now(),
	};
}

void write_day(struct json *j, const char *key, int32_t day)
{
	char text[16];

	json_text(j, key, day ? day_text(day, text, sizeof(text)) : NULL);
}

void write_filing(struct json *j, const char *key, struct arena *a,
		  const struct sql_enterprises_filed_row *row)
{
	json_object(j, key);
	json_u64(j, "id", row->id);
	json_u64(j, "version", row->version);
	json_str(j, "uscc", row->uscc);
	json_str(j, "body", row->body);
	json_text(j, "kind", four_act_names[row->kind - 1]);
	json_str(j, "basis", row->basis);
	json_decimal(j, "amount", row->amount ? row->amount : JSON_NO_DECIMAL);
	write_day(j, "first_day", (int32_t)row->first_day);
	write_day(j, "last_day", (int32_t)row->last_day);
	json_text(j, "exception", row->exception ?
		  quiet_exception_names[row->exception - 1] : NULL);
	json_str(j, "ticket", row->ticket ? appeal_reference(a, row->ticket) : STR_NONE);
	json_bool(j, "revoked", row->is_revoked);
	json_time(j, "filed_at", row->filed_at);
	json_bool(j, "late", day_of_instant(row->filed_at) > row->first_day);
	json_close(j);
}

/* The version's row, and its content as it is shown, in the ledger. */
static void version_store(struct req *r, const struct sql_enterprises_filed_row *row)
{
	struct tx *tx = req_tx(r);
	struct buf content;
	struct json j;

	if (!sql_enterprises_file(tx, (struct sql_enterprises_file){
			.id = row->id, .version = row->version, .uscc = row->uscc,
			.body = row->body, .kind = row->kind, .basis = row->basis,
			.amount = row->amount, .first_day = row->first_day,
			.last_day = row->last_day, .exception = row->exception,
			.ticket = row->ticket, .is_revoked = row->is_revoked,
			.filed_at = row->filed_at, .filed_by_kind = req_actor(r)->kind,
			.filed_by = req_actor(r)->id }))
		tx_fail(tx, TX_CONFLICT);
	buf_init(&content, LIMIT_BODY_BYTES);
	json_init(&j, &content);
	write_filing(&j, NULL, req_arena(r), row);
	seal_content(tx, ENTRY_FILING, row->id, row->version, row->filed_at,
		     arena_str(req_arena(r), buf_str(&content)));
	buf_free(&content);
}

static void write_answer(struct req *r, const struct sql_enterprises_filed_row *row)
{
	write_filing(req_json(r), NULL, req_arena(r), row);
	reply_etag(r, "f", row->version);
}

struct reply filings_add(struct req *r)
{
	struct sql_enterprises_one_row enterprise = { 0 };
	struct filing_form form = { .is_revoked = false };

	bool is_read = req_form(r, filing_fields, &form);
	check_filing(r, &form);
	if (form.uscc.p && !sql_enterprises_one(req_tx(r), (struct sql_enterprises_one){
			.uscc = form.uscc }, &enterprise))
		req_error(r, "#/uscc", "unknown_enterprise",
			  "No enterprise of this code is registered; GET /api/v1/enterprises "
			  "lists them.");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	struct sql_enterprises_filed_row row = row_of(&form, form.uscc, req_actor(r)->unit);
	row.id = tx_sequence(req_tx(r), "enterprises_filing");
	version_store(r, &row);
	write_answer(r, &row);
	return reply_created(r, "/api/v1/filings/%" PRIu64, row.id);
}

/* ---- reading ---- */

/* Two statements bring the same columns. */
#define FILED_OF(row) (struct sql_enterprises_filed_row){ \
	.id = (row).id, .version = (row).version, .uscc = (row).uscc, .body = (row).body, \
	.kind = (row).kind, .basis = (row).basis, .amount = (row).amount, \
	.first_day = (row).first_day, .last_day = (row).last_day, \
	.exception = (row).exception, .ticket = (row).ticket, \
	.is_revoked = (row).is_revoked, .filed_at = (row).filed_at }

/* The versions of the filing in the path, oldest first; 0 where there is none, or none that
 * this actor may know of. */
static uint32_t req_filing(struct req *r, struct sql_enterprises_filed_row **ret_versions)
{
	struct sql_enterprises_filing_row row = { 0 };
	const struct actor *actor = req_actor(r);
	uint32_t n = 0;
	uint64_t id;

	if (!str_to_u64(req_path(r, "id"), &id))
		return 0;
	struct sql_enterprises_filed_row *all = arena_array_of(req_arena(r),
		struct sql_enterprises_filed_row, FILING_VERSIONS_MAX);
	struct rows *rows = sql_enterprises_filing(req_tx(r), (struct sql_enterprises_filing){
		.id = id, .n = FILING_VERSIONS_MAX,
	});
	while (sql_enterprises_filing_next(rows, &row))
		all[n++] = FILED_OF(row);
	if (n && req_relation(r) == RELATION_OWN && !str_eq(all[0].body, actor->unit))
		return 0;
	*ret_versions = all;
	return n;
}

struct reply filings_revise(struct req *r)
{
	struct sql_enterprises_filed_row *versions;
	struct filing_form form = { .is_revoked = false };
	uint32_t n = req_filing(r, &versions);

	if (!n)
		return reply_missing(r);
	bool is_read = req_form(r, revise_fields, &form);
	check_filing(r, &form);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (req_is_stale(r, "f", versions[n - 1].version))
		return reply_stale(r);
	if (n == FILING_VERSIONS_MAX)
		return reply_problem(r, 409, "too_many_versions",
				     "A filing has at most %d versions; file anew.",
				     FILING_VERSIONS_MAX);
	struct sql_enterprises_filed_row row = row_of(&form, versions[0].uscc,
						      versions[0].body);
	row.id = versions[0].id;
	row.version = versions[n - 1].version + 1;
	version_store(r, &row);
	write_answer(r, &row);
	return reply_ok(r);
}

struct reply filings_show(struct req *r)
{
	struct sql_enterprises_filed_row *versions;
	struct json *j = req_json(r);
	uint32_t n = req_filing(r, &versions);

	if (!n)
		return reply_missing(r);
	json_object(j, NULL);
	write_filing(j, "filing", req_arena(r), &versions[n - 1]);
	json_array(j, "versions");
	for (uint32_t i = 0; i < n; i++)
		write_filing(j, NULL, req_arena(r), &versions[i]);
	json_close(j);
	json_close(j);
	reply_etag(r, "f", versions[n - 1].version);
	return reply_ok(r);
}

/* All versions about an enterprise, newest filings first; to a body its own. */
struct reply filings_list(struct req *r)
{
	struct sql_enterprises_filed_row row = { 0 };
	struct sql_enterprises_one_row enterprise;
	const struct actor *actor = req_actor(r);
	uint64_t last[2] = { 0, 0 };
	struct page page;
	uint32_t n = 0;

	if (!req_enterprise(r, &enterprise))
		return reply_missing(r);
	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_enterprises_filed(req_tx(r), (struct sql_enterprises_filed){
		.uscc = req_path(r, "uscc"),
		.body = req_relation(r) == RELATION_OWN ? actor->unit : STR(""),
		.before = page.is_continued ? page.key1 : INT64_MAX,
		.before_version = page.key2, .n = page.limit + 1,
	});
	page_open(r);
	while (sql_enterprises_filed_next(rows, &row) && n++ < page.limit) {
		write_filing(req_json(r), NULL, req_arena(r), &row);
		last[0] = row.id;
		last[1] = row.version;
	}
	page_close(r, n > page.limit, last[0], last[1]);
	return reply_ok(r);
}

/* What the body itself filed, whatever the enterprise: the newest version of each. */
struct reply filings_own(struct req *r)
{
	struct sql_enterprises_filed_by_row row = { 0 };
	uint64_t last = 0;
	struct page page;
	uint32_t n = 0;

	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_enterprises_filed_by(req_tx(r), (struct sql_enterprises_filed_by){
		.body = req_actor(r)->unit,
		.before = page.is_continued ? page.key1 : INT64_MAX, .n = page.limit + 1,
	});
	page_open(r);
	while (sql_enterprises_filed_by_next(rows, &row) && n++ < page.limit) {
		const struct sql_enterprises_filed_row filed = FILED_OF(row);

		write_filing(req_json(r), NULL, req_arena(r), &filed);
		last = row.id;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}
