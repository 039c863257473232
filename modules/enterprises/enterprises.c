/*
 * The register of enterprises (企业名录), by unified social credit code: who they are, where,
 * and which leader keeps contact with each (领导干部联系企业). That leader sees the enterprise's
 * open appeals, but none whose caller wishes secrecy.
 *
 * The register is reference data, entered one by one or as a table. What is filed about an
 * enterprise (filings.c) is entered into the ledger.
 */
#include "enterprises/enterprises.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "contact.h"
#include "domain.h"
#include "module.h"

/* ---- entering ---- */

struct enterprise_form {
	struct str uscc, name, area, contact_leader;
};

#define AT(member) .offset = offsetof(struct enterprise_form, member)

static const struct field enterprise_fields[] = {
	{ "uscc", FIELD_CODE, AT(uscc), .required = true },
	{ "name", FIELD_LINE, AT(name), .required = true, .max = LIMIT_LINE_CHARS },
	{ "area", FIELD_CODE, AT(area), .required = true, .max = 16 },
	{ "contact_leader", FIELD_LINE, AT(contact_leader), .null_ok = true, .max = 64 },
	{ 0 }
};

/* NULL, or what is wrong with which member. */
static const char *enterprise_problem(struct tx *tx, const struct enterprise_form *f,
				      const char **ret_member)
{
	struct sql_enterprises_account_row account = { 0 };

	*ret_member = "#/uscc";
	if (f->uscc.p && !uscc_is_valid(f->uscc))
		return "no unified social credit code: 18 characters of GB 32100 with their "
		       "check character, in capitals";
	*ret_member = "#/area";
	if (f->area.p && !reference_area(reference_of(tx), f->area))
		return "no such area; GET /api/v1/catalogue lists them";
	*ret_member = "#/contact_leader";
	if (f->contact_leader.p &&
	    (!sql_enterprises_account(tx, (struct sql_enterprises_account){
			.login = f->contact_leader }, &account) ||
	     !(account.role & (ROLE_LEADER | ROLE_CONTACT))))
		return "no account of a leader or contact with this login";
	return NULL;
}

static void enterprise_store(struct tx *tx, const struct enterprise_form *f)
{
	sql_enterprises_add(tx, (struct sql_enterprises_add){
		.uscc = f->uscc, .id = tx_sequence(tx, "enterprises_enterprise"),
		.name = f->name, .area = f->area, .contact_leader = f->contact_leader,
		.changed_at = clock_now(),
	});
}

static void write_enterprise(struct json *j, struct str uscc,
			     const struct sql_enterprises_one_row *row)
{
	json_object(j, NULL);
	json_str(j, "uscc", uscc);
	json_str(j, "name", row->name);
	json_str(j, "area", row->area);
	json_str(j, "contact_leader", row->contact_leader);
	json_time(j, "changed_at", row->changed_at);
	json_close(j);
}

static struct reply enterprises_add(struct req *r)
{
	struct enterprise_form form;
	const char *member;

	bool is_read = req_form(r, enterprise_fields, &form);
	const char *problem = enterprise_problem(req_tx(r), &form, &member);
	if (problem)
		req_error(r, member, "bad_enterprise", "This is %s.", problem);
	if (!is_read || problem)
		return reply_invalid(r);
	enterprise_store(req_tx(r), &form);
	write_enterprise(req_json(r), form.uscc, &(struct sql_enterprises_one_row){
		.name = form.name, .area = form.area, .contact_leader = form.contact_leader,
		.changed_at = clock_now(),
	});
	return reply_created(r, "/api/v1/enterprises/%.*s", STR_ARG(form.uscc));
}

/* ---- entering many ---- */

enum table_column {
	COLUMN_USCC, COLUMN_NAME, COLUMN_AREA, COLUMN_LEADER, COLUMNS
};

static struct str column(const struct table_reader *t, size_t i)
{
	return (struct str){ t->cell[i].p, t->cell[i].n };
}

static bool line_read(struct table_reader *t, struct tx *tx, struct enterprise_form *form)
{
	const char *member;

	if (t->count != COLUMNS) {
		table_bad(t, "%zu cells instead of %d; write - where there is nothing",
			  t->count, COLUMNS);
		return false;
	}
	*form = (struct enterprise_form){
		.uscc = column(t, COLUMN_USCC), .name = column(t, COLUMN_NAME),
		.area = column(t, COLUMN_AREA), .contact_leader = column(t, COLUMN_LEADER),
	};
	if (str_is(form->contact_leader, "-"))
		form->contact_leader = STR_NONE;
	size_t length = str_code_points(form->name);
	if (length == 0 || length > LIMIT_LINE_CHARS) {
		table_bad(t, "the name has 1 to %d characters", LIMIT_LINE_CHARS);
		return false;
	}
	const char *problem = enterprise_problem(tx, form, &member);
	if (problem)
		table_bad(t, "the %s is %s", member + 2, problem);
	return !problem;
}

struct table_form {
	struct str text;
};

static const struct field table_fields[] = {
	{ "text", FIELD_TEXT, offsetof(struct table_form, text), .required = true,
	  .max = LIMIT_BODY_BYTES },
	{ 0 }
};

/* All lines or none: a refusal undoes what was stored. */
static struct reply enterprises_import(struct req *r)
{
	struct table_problems problems = { .count = 0 };
	struct table_form form;
	uint64_t n = 0;

	if (!req_form(r, table_fields, &form))
		return reply_invalid(r);
	struct table_reader t = {
		.at = form.text.p, .end = form.text.p + form.text.n, .header = "uscc",
		.problems = &problems,
	};
	while (table_next(&t)) {
		struct enterprise_form line;
		if (!line_read(&t, req_tx(r), &line))
			continue;
		enterprise_store(req_tx(r), &line);
		n++;
	}
	for (size_t i = 0; i < problems.count && i < TABLE_PROBLEMS_MAX; i++)
		req_error(r, "#/text", "bad_line", "Line %zu: %s.", problems.first[i].line,
			  problems.first[i].text);
	if (problems.count)
		return reply_invalid(r);
	json_object(req_json(r), NULL);
	json_u64(req_json(r), "enterprises", n);
	json_close(req_json(r));
	return reply_ok(r);
}

/* ---- reading ---- */

bool req_enterprise(struct req *r, struct sql_enterprises_one_row *ret_row)
{
	struct str uscc = req_path(r, "uscc");

	*ret_row = (struct sql_enterprises_one_row){ 0 };
	return uscc_is_valid(uscc) && sql_enterprises_one(req_tx(r),
		(struct sql_enterprises_one){ .uscc = uscc }, ret_row);
}

/* Whoever watches over all, and who keeps contact with this enterprise. */
static bool req_seen_enterprise(struct req *r, struct sql_enterprises_one_row *ret_row)
{
	return req_enterprise(r, ret_row) &&
	       (req_relation(r) == RELATION_ALL ||
		contact_keeps(req_tx(r), req_actor(r), req_path(r, "uscc")));
}

static struct reply enterprises_show(struct req *r)
{
	struct sql_enterprises_one_row row;

	if (!req_seen_enterprise(r, &row))
		return reply_missing(r);
	write_enterprise(req_json(r), req_path(r, "uscc"), &row);
	return reply_ok(r);
}

static struct reply enterprises_list(struct req *r)
{
	struct sql_enterprises_page_row row = { 0 };
	struct str leader = req_query(r, "contact_leader");
	bool is_all = req_relation(r) == RELATION_ALL;
	struct str own = is_all ? STR("") : contact_login(req_tx(r), req_actor(r));
	struct page page;
	uint64_t last = 0;
	uint32_t n = 0;

	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_enterprises_page(req_tx(r), (struct sql_enterprises_page){
		.contact_leader = leader.p ? leader : STR(""), .own = own, .after = page.key1,
		.n = page.limit + 1,
	});
	page_open(r);
	while (sql_enterprises_page_next(rows, &row) && n++ < page.limit) {
		write_enterprise(req_json(r), row.uscc, &(struct sql_enterprises_one_row){
			.name = row.name, .area = row.area,
			.contact_leader = row.contact_leader, .changed_at = row.changed_at,
		});
		last = row.id;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

static struct reply enterprises_appeals(struct req *r)
{
	struct sql_enterprises_appeals_row row = { 0 };
	struct sql_enterprises_one_row enterprise;
	struct json *j = req_json(r);
	struct page page;
	uint64_t last = 0;
	uint32_t n = 0;

	if (!req_seen_enterprise(r, &enterprise))
		return reply_missing(r);
	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_enterprises_appeals(req_tx(r), (struct sql_enterprises_appeals){
		.uscc = req_path(r, "uscc"), .after = page.key1, .n = page.limit + 1,
	});
	page_open(r);
	while (sql_enterprises_appeals_next(rows, &row) && n++ < page.limit) {
		json_object(j, NULL);
		json_str(j, "appeal", appeal_reference(req_arena(r), row.id));
		json_str(j, "category", row.category);
		json_str(j, "title", row.title);
		json_text(j, "state", appeal_state_names[row.state - 1]);
		json_time(j, "received_at", row.received_at);
		json_close(j);
		last = row.id;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

/* What has come of the enterprise's appeals, without those whose caller wishes secrecy. */
static struct reply enterprises_figures(struct req *r)
{
	struct sql_enterprises_figures_row row = { 0 };
	struct sql_enterprises_one_row enterprise;
	struct json *j = req_json(r);

	if (!req_seen_enterprise(r, &enterprise))
		return reply_missing(r);
	bool is_read = sql_enterprises_figures(req_tx(r), (struct sql_enterprises_figures){
		.uscc = req_path(r, "uscc"), .now = clock_now() }, &row);
	if (!is_read)
		return reply_missing(r);
	json_object(j, NULL);
	json_str(j, "uscc", req_path(r, "uscc"));
	json_u64(j, "received", row.received);
	json_u64(j, "open", row.open);
	json_u64(j, "overdue", row.overdue);
	json_u64(j, "ended", row.received - row.open);
	json_close(j);
	return reply_ok(r);
}

/* ---- tables ---- */

static const struct route routes[] = {
	{ ROUTE(enterprises_add) },
	{ ROUTE(enterprises_import), .lane = LANE_SLOW },
	{ ROUTE(enterprises_list), .query = "limit cursor contact_leader" },
	{ ROUTE(enterprises_show) },
	{ ROUTE(enterprises_appeals), .query = "limit cursor" },
	{ ROUTE(enterprises_figures) },
	{ ROUTE(filings_list), .query = "limit cursor" },
	{ ROUTE(filings_own), .query = "limit cursor" },
	{ ROUTE(filings_add) },
	{ ROUTE(filings_show) },
	{ ROUTE(filings_revise) },
	{ ROUTE(findings_show) },
	{ ROUTE(four_acts_show), .lane = LANE_SLOW },
	{ ROUTE(four_acts_csv), .lane = LANE_SLOW },
	{ ROUTE(four_acts_appeals), .lane = LANE_SLOW, .query = "limit cursor act department" },
	{ 0 }
};

const struct module enterprises_module = {
	.name = "enterprises",
	.purpose = "Enterprises, what is filed about them, and complaints against that.",
	.routes = routes,
};
