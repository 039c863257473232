/*
 * Reference data: departments, areas, categories, catalogue, calendar, limits, grounds,
 * checklist, hand-over items. Loads the snapshot that every request pins, shows it, and takes
 * new versions from the administrator (documents.c) and changes of departments (departments.c).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "departments.h"
#include "documents.h"
#include "domain.h"
#include "bounds.h"
#include "log.h"
#include "module.h"
#include "must.h"
#include "rules/notices.h"
#include "rules/retention.h"

#include "reference_sql.h"

/* ---- the snapshot ---- */

static void load_departments(struct tx *tx, struct arena *a, struct reference *r)
{
	struct department *all = departments_read(tx, a, &r->department_count);

	for (uint32_t i = 0; i < r->department_count; i++)
		all[i].takes_tasks = all[i].takes_tasks && !all[i].is_off;
	r->departments = all;
}

static void load_endpoints(struct tx *tx, struct arena *a, struct reference *r)
{
	struct sql_reference_endpoints_row row = { 0 };
	struct rows *rows = sql_reference_endpoints(tx);
	struct endpoint *all = NULL;
	uint32_t n = 0, room = 0;

	while (sql_reference_endpoints_next(rows, &row)) {
		if (n == room) {
			struct endpoint *more = arena_array_of(a, struct endpoint, room + 64);
			if (n)
				memcpy(more, all, n * sizeof(*all));
			all = more;
			room += 64;
		}
		all[n++] = (struct endpoint){
			.id = row.id, .department = arena_str(a, row.department),
			.events = arena_str(a, row.events), .format = (uint8_t)row.format,
			.prefix = arena_str(a, row.prefix),
		};
	}
	r->endpoints = all;
	r->endpoint_count = n;
}

static void free_calendar(void *calendar)
{
	calendar_free(calendar);
}

static struct str document_text(struct tx *tx, enum document_kind kind, uint64_t *ret_version)
{
	struct str text = STR("");

	*ret_version = 0;
	if (!document_newest(tx, kind, ret_version, &text))
		return STR("");
	return text;
}

static struct str asset_text(const char *path)
{
	const struct asset *asset = asset_find(str_of(path));

	return asset ? asset->bytes : STR("");
}

/* A database that is older than the table has no version yet: the shipped one holds, as 0. */
static struct str document_or_shipped(struct tx *tx, enum document_kind kind, const char *path,
				      uint64_t *ret_version)
{
	struct str text = document_text(tx, kind, ret_version);

	return *ret_version ? text : asset_text(path);
}

static void load_grounds(struct tx *tx, struct arena *a, struct reference *r,
			 struct table_problems *problems)
{
	reference_parse_grounds(r, a, document_or_shipped(tx, DOCUMENT_GROUNDS,
				"sample/grounds.tsv", &r->grounds_version), problems);
	reference_parse_checklist(r, a, document_or_shipped(tx, DOCUMENT_CHECKLIST,
				  "sample/checklist.tsv", &r->checklist_version), problems);
	reference_parse_handover(r, a, document_or_shipped(tx, DOCUMENT_HANDOVER,
				 "sample/handover.tsv", &r->handover_version), problems);
	reference_parse_quiet_days(r, a, document_or_shipped(tx, DOCUMENT_QUIET_DAYS,
				   "sample/quiet-days.tsv", &r->quiet_days_version), problems);
	reference_parse_four_acts(r, a, document_or_shipped(tx, DOCUMENT_FOUR_ACTS,
				  "sample/four-acts.tsv", &r->four_acts_version), problems);
	reference_parse_retention(r, a, document_or_shipped(tx, DOCUMENT_RETENTION,
				  "sample/retention.tsv", &r->retention_version), problems);
	reference_parse_notices(r, a, document_or_shipped(tx, DOCUMENT_NOTICES,
				"sample/notices.tsv", &r->notices_version), problems);
}

static void load_rules(struct tx *tx, struct arena *a, struct reference *r)
{
	struct table_problems problems = { .count = 0 };
	struct limits_table *limits = arena_new_of(a, struct limits_table);
	struct work_week week = work_week_shipped();
	struct str text = document_text(tx, DOCUMENT_CALENDAR, &r->calendar_version);
	struct str version = arena_printf(a, "%" PRIu64, r->calendar_version);
	struct calendar *calendar = calendar_parse(&week, text.p, text.n, version.p, &problems);

	arena_defer(a, free_calendar, calendar);
	r->calendar = calendar;
	text = document_text(tx, DOCUMENT_LIMITS, &r->limits_version);
	if (!limits_parse(text.p, text.n, "", limits, &problems) && r->limits_version)
		log_error("reference", "limits_unreadable", "version=%" PRIu64,
			  r->limits_version);
	r->limits = limits;
}

static const void *reference_load(struct tx *tx, struct arena *a)
{
	struct table_problems problems = { .count = 0 };
	struct reference *r = arena_new_of(a, struct reference);

	load_departments(tx, a, r);
	load_endpoints(tx, a, r);
	load_rules(tx, a, r);
	load_grounds(tx, a, r, &problems);
	reference_parse_areas(r, a, document_text(tx, DOCUMENT_AREAS, &r->areas_version),
			      &problems);
	reference_parse_categories(r, a, document_text(tx, DOCUMENT_CATEGORIES,
						       &r->categories_version), &problems);
	reference_parse_catalogue(r, a,
				  document_text(tx, DOCUMENT_CATALOGUE, &r->catalogue_version),
				  &problems);
	if (problems.count)
		log_error("reference", "bad_lines", "count=%zu", problems.count);
	return r;
}

/* ---- showing ---- */

static void write_categories(struct json *j, const struct reference *ref)
{
	json_array(j, "categories");
	for (uint32_t i = 0; i < ref->category_count; i++) {
		const struct category *c = &ref->categories[i];
		json_object(j, NULL);
		json_str(j, "code", c->code);
		json_str(j, "parent", c->parent.n ? c->parent : STR_NONE);
		json_str(j, "name", c->name);
		json_str(j, "name_en", c->name_en);
		json_str(j, "initials", c->initials);
		json_str(j, "keywords", c->keywords);
		json_bool(j, "leaf", c->is_leaf);
		json_close(j);
	}
	json_close(j);
}

static void write_areas(struct json *j, const struct reference *ref)
{
	json_array(j, "areas");
	for (uint32_t i = 0; i < ref->area_count; i++) {
		const struct area *a = &ref->areas[i];
		json_object(j, NULL);
		json_str(j, "code", a->code);
		json_str(j, "name", a->name);
		json_str(j, "name_en", a->name_en);
		json_str(j, "initials", a->initials);
		json_str(j, "department", a->department);
		json_close(j);
	}
	json_close(j);
}

static void write_rows(struct json *j, const struct reference *ref)
{
	json_array(j, "rows");
	for (uint32_t i = 0; i < ref->catalogue_count; i++) {
		const struct catalogue_row *row = &ref->catalogue[i];
		json_object(j, NULL);
		json_str(j, "category", row->category);
		json_str(j, "area", str_is(row->area, "*") ? STR_NONE : row->area);
		json_str(j, "department", row->department);
		json_text(j, "limit_class", limit_class_names[row->limit_class]);
		json_bool(j, "urgent_allowed", row->urgent_allowed);
		json_bool(j, "department_only", row->department_only);
		json_str(j, "basis", row->basis);
		json_close(j);
	}
	json_close(j);
}

static struct reply catalogue_show(struct req *r)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "version", ref->catalogue_version);
	write_categories(j, ref);
	write_areas(j, ref);
	write_rows(j, ref);
	json_close(j);
	return reply_ok(r);
}

static void write_day(struct json *j, const struct calendar *calendar, int32_t day)
{
	struct day_reason reason = calendar_day_reason(calendar, day);
	char date[16], text[CALENDAR_REASON_BYTES], hours[CALENDAR_HOURS_BYTES];

	json_object(j, NULL);
	json_text(j, "date", day_text(day, date, sizeof(date)));
	json_bool(j, "working", calendar_is_working(calendar, day));
	json_text(j, "reason", day_reason_text(reason, LANGUAGE_ZH, text, sizeof(text)));
	json_text(j, "reason_en", day_reason_text(reason, LANGUAGE_EN, text, sizeof(text)));
	json_text(j, "hours", work_hours_text(calendar_hours(calendar, day), hours,
					      sizeof(hours)));
	json_close(j);
}

static struct reply calendar_show(struct req *r)
{
	const struct reference *ref = reference_of(req_tx(r));
	uint64_t year;
	struct json *j = req_json(r);

	if (!str_to_u64(req_path(r, "year"), &year) || year < 1990 || year > 2100)
		return reply_missing(r);
	json_object(j, NULL);
	json_u64(j, "version", ref->calendar_version);
	json_u64(j, "year", year);
	json_array(j, "days");
	int32_t last = day_of_civil((struct civil){ (int32_t)year, 12, 31 });
	for (int32_t day = day_of_civil((struct civil){ (int32_t)year, 1, 1 }); day <= last;
	     day++)
		write_day(j, ref->calendar, day);
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

/* A list that is always shown whole, in the form of a page. */
static struct reply end_items(struct req *r)
{
	json_close(req_json(r));
	json_null(req_json(r), "next_cursor");
	json_close(req_json(r));
	return reply_ok(r);
}

static struct reply limits_show(struct req *r)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "version", ref->limits_version);
	json_array(j, "items");
	for (int class = 0; class < LIMIT_CLASSES; class++) {
		const struct limit_row *row = &ref->limits->row[class];
		json_object(j, NULL);
		json_text(j, "limit_class", limit_class_names[class]);
		json_text(j, "name", row->name[LANGUAGE_ZH]);
		json_text(j, "name_en", row->name[LANGUAGE_EN]);
		json_text(j, "extension_rule", extension_rule_text(row->extension));
		for (int kind = 0; kind < LIMIT_KINDS; kind++) {
			const struct limit *l = &row->limit[kind];
			if (!l->amount) {
				json_null(j, limit_kind_text((enum limit_kind)kind));
				continue;
			}
			json_object(j, limit_kind_text((enum limit_kind)kind));
			json_i64(j, "amount", l->amount);
			json_text(j, "unit", limit_unit_text(l->unit));
			json_close(j);
		}
		json_close(j);
	}
	return end_items(r);
}

static void write_needs(struct json *j, uint32_t needs, const char *const *words)
{
	json_array(j, "needs");
	for (size_t i = 0; words[i]; i++)
		if (needs & (1u << i))
			json_text(j, NULL, words[i]);
	json_close(j);
}

static struct reply grounds_show(struct req *r)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "version", ref->grounds_version);
	json_array(j, "items");
	for (uint32_t i = 0; i < ref->ground_count; i++) {
		const struct ground *g = &ref->grounds[i];
		json_object(j, NULL);
		json_str(j, "list", g->list);
		json_str(j, "code", g->code);
		json_str(j, "name", g->name);
		json_str(j, "name_en", g->name_en);
		json_str(j, "channel", g->channel);
		json_str(j, "channel_en", g->channel_en);
		write_needs(j, g->needs, ground_need_names);
		json_close(j);
	}
	return end_items(r);
}

static struct reply checklist_show(struct req *r)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "version", ref->checklist_version);
	json_array(j, "items");
	for (uint32_t i = 0; i < ref->checklist_count; i++) {
		const struct checklist_row *row = &ref->checklist[i];
		json_object(j, NULL);
		json_text(j, "content_class", row->content == CHECKLIST_ANY ? NULL :
			  content_class_names[row->content]);
		json_text(j, "result", row->result == CHECKLIST_ANY ? NULL :
			  task_result_names[row->result - 1]);
		write_needs(j, row->needs, checklist_need_names);
		json_close(j);
	}
	return end_items(r);
}

static struct reply handover_show(struct req *r)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "version", ref->handover_version);
	json_array(j, "items");
	for (uint32_t i = 0; i < ref->handover_count; i++) {
		const struct handover_item *item = &ref->handovers[i];
		json_object(j, NULL);
		json_str(j, "code", item->code);
		json_text(j, "direction", item->is_to_110 ? "to_110" : "from_110");
		json_str(j, "name", item->name);
		json_str(j, "name_en", item->name_en);
		json_bool(j, "urgent", item->is_urgent);
		json_close(j);
	}
	return end_items(r);
}

/* ---- the sample district ---- */

static void seed_document(struct tx *tx, enum document_kind kind, const char *path)
{
	struct table_problems problems = { .count = 0 };

	if (!document_add(tx, kind, STR("shipped"), asset_text(path), &problems)) {
		log_error("reference", "shipped_file_bad", "path=%s line=%zu text=%s", path,
			  problems.first[0].line, log_quote(str_of(problems.first[0].text)));
		tx_fail(tx, TX_BROKEN);
	}
}

/* The row that stands for a department in access.json: for every street, without a guard of
 * its own, and really the one that its pair of category and area finds. */
static const struct catalogue_row *sample_row(const struct reference *r, struct str department,
					      struct str *ret_area)
{
	for (uint32_t i = 0; i < r->catalogue_count; i++) {
		const struct catalogue_row *row = &r->catalogue[i];
		struct str area = str_is(row->area, "*") ? STR("A01") : row->area;
		if (str_eq(row->department, department) && !row->department_only &&
		    reference_route(r, row->category, area) == row) {
			*ret_area = area;
			return row;
		}
	}
	return NULL;
}

static void write_sample_rows(struct json *j, const struct reference *r)
{
	struct str area;

	json_array(j, "catalogue");
	for (uint32_t i = 0; i < r->department_count; i++) {
		const struct catalogue_row *row = sample_row(r, r->departments[i].code, &area);
		if (!row || !r->departments[i].takes_tasks)
			continue;
		json_object(j, NULL);
		json_str(j, "category", row->category);
		json_str(j, "area", area);
		json_str(j, "department", row->department);
		json_text(j, "limit_class", limit_class_names[
			limit_class_for(row->limit_class, false, CONTENT_HELP, false)]);
		json_close(j);
	}
	json_close(j);
}

static void reference_seed(struct tx *tx, const struct seed *seed)
{
	struct table_problems problems = { .count = 0 };
	struct reference parsed = { .department_count = 0 };

	reference_parse_departments(&parsed, tx_arena(tx),
				    asset_text("sample/departments.tsv"), &problems);
	for (uint32_t i = 0; i < parsed.department_count; i++)
		department_insert(tx, &parsed.departments[i]);
	seed_document(tx, DOCUMENT_AREAS, "sample/areas.tsv");
	seed_document(tx, DOCUMENT_CATEGORIES, "sample/categories.tsv");
	seed_document(tx, DOCUMENT_CATALOGUE, "sample/catalogue.tsv");
	seed_document(tx, DOCUMENT_CALENDAR, "sample/calendar-cn.tsv");
	seed_document(tx, DOCUMENT_LIMITS, "sample/limits.tsv");
	seed_document(tx, DOCUMENT_GROUNDS, "sample/grounds.tsv");
	seed_document(tx, DOCUMENT_CHECKLIST, "sample/checklist.tsv");
	seed_document(tx, DOCUMENT_HANDOVER, "sample/handover.tsv");
	seed_document(tx, DOCUMENT_QUIET_DAYS, "sample/quiet-days.tsv");
	seed_document(tx, DOCUMENT_FOUR_ACTS, "sample/four-acts.tsv");
	seed_document(tx, DOCUMENT_RETENTION, "sample/retention.tsv");
	seed_document(tx, DOCUMENT_NOTICES, "sample/notices.tsv");
	reference_parse_catalogue(&parsed, tx_arena(tx), asset_text("sample/catalogue.tsv"),
				  &problems);
	write_sample_rows(seed->access, &parsed);
}

/* ---- commands ---- */

enum { DOCUMENT_FILE_MAX = 8 * 1024 * 1024 };

/* The whole file; the caller frees. NULL with a complaint. */
static char *file_read(const char *path, size_t *ret_n)
{
	FILE *f = fopen(path, "rb");
	char *text = f ? malloc(DOCUMENT_FILE_MAX) : NULL;

	*ret_n = text ? fread(text, 1, DOCUMENT_FILE_MAX, f) : 0;
	if (!text || ferror(f) || !feof(f)) {
		fprintf(stderr, "%s: %s\n", path, f && text && !ferror(f) ?
			"larger than 8 MiB" : strerror(errno));
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text;
}

struct document_call {
	enum document_kind kind;
	const char *path;
	struct str text;
	uint64_t version;
	struct table_problems problems;
};

static void add_document(struct tx *tx, void *arg)
{
	struct document_call *call = arg;

	call->version = document_add(tx, call->kind, str_of(call->path), call->text,
				     &call->problems);
}

/* Commands are named after the kinds. */
static int document_command(const struct command_call *call)
{
	int index = str_index(str_of(call->argv[0]), document_kind_names);
	struct document_call document = { .kind = (enum document_kind)(index + 1) };

	must(index >= 0);
	if (call->argc != 3 || strcmp(call->argv[1], "import") != 0) {
		fprintf(stderr, "usage: liandong %s import FILE.tsv\n", call->argv[0]);
		return 2;
	}
	document.path = call->argv[2];
	char *text = file_read(document.path, &document.text.n);
	if (!text)
		return 1;
	document.text.p = text;
	bool is_done = call->transact(add_document, &document);
	free(text);
	for (size_t i = 0; i < document.problems.count && i < TABLE_PROBLEMS_MAX; i++)
		fprintf(stderr, "%s:%zu: %s\n", document.path, document.problems.first[i].line,
			document.problems.first[i].text);
	if (!is_done || !document.version)
		return 1;
	printf("version %" PRIu64 "\n", document.version);
	return 0;
}

static const struct command commands[] = {
	{ "calendar", "import FILE.tsv", "Adds a calendar version.", document_command },
	{ "catalogue", "import FILE.tsv", "Adds a catalogue version.", document_command },
	{ "categories", "import FILE.tsv", "Adds a version of the categories.",
	  document_command },
	{ "areas", "import FILE.tsv", "Adds a version of the areas.", document_command },
	{ "limits", "import FILE.tsv", "Adds a version of the time limits.", document_command },
	{ "grounds", "import FILE.tsv", "Adds a version of the closed lists of grounds.",
	  document_command },
	{ "checklist", "import FILE.tsv", "Adds a version of the evidence checklist.",
	  document_command },
	{ "handover", "import FILE.tsv", "Adds a version of the items handed over with 110.",
	  document_command },
	{ "quiet-days", "import FILE.tsv", "Adds a version of the quiet days of enterprises.",
	  document_command },
	{ "four-acts", "import FILE.tsv",
	  "Adds a version of the categories of the four arbitrary acts.", document_command },
	{ "retention", "import FILE.tsv",
	  "Adds a version of how long callers' identities are kept.", document_command },
	{ "notices", "import FILE.tsv", "Adds a version of what callers are told by short message.",
	  document_command },
	{ "department", "add CODE NAME [PARENT] [KIND]", "Adds a department.",
	  department_command },
	{ 0 }
};

/* ---- new versions by the interface ---- */

static struct reply areas_add(struct req *r)
{
	return document_post(r, DOCUMENT_AREAS);
}

static struct reply areas_preview(struct req *r)
{
	return document_preview(r, DOCUMENT_AREAS);
}

static struct reply categories_add(struct req *r)
{
	return document_post(r, DOCUMENT_CATEGORIES);
}

static struct reply categories_preview(struct req *r)
{
	return document_preview(r, DOCUMENT_CATEGORIES);
}

static struct reply catalogue_add(struct req *r)
{
	return document_post(r, DOCUMENT_CATALOGUE);
}

static struct reply catalogue_preview(struct req *r)
{
	return document_preview(r, DOCUMENT_CATALOGUE);
}

static struct reply calendar_add(struct req *r)
{
	return document_post(r, DOCUMENT_CALENDAR);
}

static struct reply limits_add(struct req *r)
{
	return document_post(r, DOCUMENT_LIMITS);
}

static struct reply limits_preview(struct req *r)
{
	return document_preview(r, DOCUMENT_LIMITS);
}

static struct reply grounds_add(struct req *r)
{
	return document_post(r, DOCUMENT_GROUNDS);
}

static struct reply grounds_preview(struct req *r)
{
	return document_preview(r, DOCUMENT_GROUNDS);
}

static struct reply checklist_add(struct req *r)
{
	return document_post(r, DOCUMENT_CHECKLIST);
}

static struct reply checklist_preview(struct req *r)
{
	return document_preview(r, DOCUMENT_CHECKLIST);
}

static struct reply handover_add(struct req *r)
{
	return document_post(r, DOCUMENT_HANDOVER);
}

static struct reply handover_preview(struct req *r)
{
	return document_preview(r, DOCUMENT_HANDOVER);
}

static struct reply quiet_days_add(struct req *r)
{
	return document_post(r, DOCUMENT_QUIET_DAYS);
}

static struct reply quiet_days_preview(struct req *r)
{
	return document_preview(r, DOCUMENT_QUIET_DAYS);
}

static struct reply four_acts_add(struct req *r)
{
	return document_post(r, DOCUMENT_FOUR_ACTS);
}

static struct reply four_acts_preview(struct req *r)
{
	return document_preview(r, DOCUMENT_FOUR_ACTS);
}

static struct reply retention_add(struct req *r)
{
	return document_post(r, DOCUMENT_RETENTION);
}

static struct reply retention_preview(struct req *r)
{
	return document_preview(r, DOCUMENT_RETENTION);
}

/* ---- tables ---- */

static const struct route routes[] = {
	{ ROUTE(departments_list), .query = "limit cursor" },
	{ ROUTE(departments_add) },
	{ ROUTE(departments_show) },
	{ ROUTE(departments_change) },
	{ ROUTE(departments_disable) },
	{ ROUTE(departments_enable) },
	{ ROUTE(department_table_show) },
	{ ROUTE(department_table_preview), .is_read_only = true },
	{ ROUTE(department_table_apply) },
	{ ROUTE(catalogue_show) },
	{ ROUTE(calendar_show) },
	{ ROUTE(limits_show) },
	{ ROUTE(grounds_show) },
	{ ROUTE(checklist_show) },
	{ ROUTE(handover_show) },
	{ ROUTE(document_show), .query = "version" },
	{ ROUTE(areas_add) },
	{ ROUTE(areas_preview), .is_read_only = true },
	{ ROUTE(categories_add) },
	{ ROUTE(categories_preview), .is_read_only = true },
	{ ROUTE(catalogue_add) },
	{ ROUTE(catalogue_preview), .is_read_only = true },
	{ ROUTE(calendar_add) },
	{ ROUTE(limits_add) },
	{ ROUTE(limits_preview), .is_read_only = true },
	{ ROUTE(grounds_add) },
	{ ROUTE(grounds_preview), .is_read_only = true },
	{ ROUTE(checklist_add) },
	{ ROUTE(checklist_preview), .is_read_only = true },
	{ ROUTE(handover_add) },
	{ ROUTE(handover_preview), .is_read_only = true },
	{ ROUTE(quiet_days_add) },
	{ ROUTE(quiet_days_preview), .is_read_only = true },
	{ ROUTE(four_acts_add) },
	{ ROUTE(four_acts_preview), .is_read_only = true },
	{ ROUTE(retention_add) },
	{ ROUTE(retention_preview), .is_read_only = true },
	{ 0 }
};

const struct module reference_module = {
	.name = "reference",
	.purpose = "Departments, and the versioned tables: areas, catalogue, limits, grounds ...",
	.routes = routes,
	.commands = commands,
	.snapshot = reference_load,
	.seed = reference_seed,
};
