/*
 * Ready answers: a small knowledge base of the desk. An entry has its days; out of force it is
 * never offered at the desk, and only who writes entries sees it. A change is the next version,
 * and every version is kept as it was said.
 */
#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "domain.h"
#include "module.h"
#include "rules/calendar.h"
#include "rules/gram.h"

#include "knowledge_sql.h"

#define WRITERS (ROLE_DISPATCHER | ROLE_SUPERVISOR | ROLE_ADMIN | ROLE_SYSTEM)

typedef struct sql_knowledge_one_row entry_row;

struct knowledge_form {
	struct str title, text, category, department, source;
	int64_t valid_from, valid_to;
};

#define AT(member) .offset = offsetof(struct knowledge_form, member)

static const struct field knowledge_fields[] = {
	{ "title", FIELD_LINE, AT(title), .required = true, .max = 200 },
	{ "text", FIELD_TEXT, AT(text), .required = true, .max = LIMIT_KNOWLEDGE_CHARS },
	{ "category", FIELD_CODE, AT(category), .null_ok = true, .max = 16 },
	{ "department", FIELD_CODE, AT(department), .null_ok = true, .max = 16 },
	{ "valid_from", FIELD_DATE, AT(valid_from), .required = true },
	{ "valid_to", FIELD_DATE, AT(valid_to), .null_ok = true },
	{ "source", FIELD_LINE, AT(source), .null_ok = true, .max = 200 },
	{ 0 }
};

static bool is_writer(const struct req *r)
{
	return req_actor(r)->role & WRITERS;
}

static int64_t today(void)
{
	return day_of_instant(clock_now());
}

/* ---- writing ---- */

static bool read_form(struct req *r, struct knowledge_form *f)
{
	const struct reference *ref = reference_of(req_tx(r));
	bool is_read = req_form(r, knowledge_fields, f);

	if (f->category.p && !reference_category(ref, f->category))
		req_error(r, "#/category", "unknown_code",
			  "There is no such category; GET /api/v1/catalogue lists them.");
	if (f->department.p && !reference_department(ref, f->department))
		req_error(r, "#/department", "unknown_code",
			  "There is no such department; GET /api/v1/departments lists them.");
	if (f->valid_to && f->valid_from && f->valid_to < f->valid_from)
		req_error(r, "#/valid_to", "before_its_beginning",
			  "The last day does not lie before the first one.");
	return is_read && !req_has_errors(r);
}

static void keep_version(struct tx *tx, const struct actor *by, const entry_row *e)
{
	sql_knowledge_keep(tx, (struct sql_knowledge_keep){
		.id = e->id, .version = e->version, .title = e->title, .text = e->text,
		.category = e->category, .department = e->department,
		.valid_from = e->valid_from, .valid_to = e->valid_to, .source = e->source,
		.changed_at = e->changed_at, .changed_by = e->changed_by,
		.changed_by_kind = by->kind, .changed_by_id = by->id });
}

static void add(struct tx *tx, const struct actor *by, const entry_row *e)
{
	sql_knowledge_insert(tx, (struct sql_knowledge_insert){
		.id = e->id, .title = e->title, .text = e->text, .category = e->category,
		.department = e->department, .valid_from = e->valid_from,
		.valid_to = e->valid_to, .source = e->source, .changed_at = e->changed_at,
		.changed_by = e->changed_by });
	keep_version(tx, by, e);
}

static entry_row entry_of(const struct knowledge_form *f, const struct actor *by)
{
	return (entry_row){
		.title = f->title, .text = f->text, .category = f->category,
		.department = f->department, .source = f->source,
		.valid_from = day_of_instant(f->valid_from),
		.valid_to = f->valid_to ? day_of_instant(f->valid_to) : 0,
		.changed_at = clock_now(), .changed_by = by->name,
	};
}

/* ---- showing ---- */

static void write_date(struct json *j, struct arena *a, const char *key, int64_t day)
{
	struct civil date = civil_of_day((int32_t)day);

	json_str(j, key, day ? arena_printf(a, "%04d-%02d-%02d", date.year, date.month,
					    date.day) : STR_NONE);
}

static bool is_in_force(const entry_row *e)
{
	return e->valid_from <= today() && (!e->valid_to || e->valid_to >= today());
}

static void write_entry(struct req *r, const entry_row *e)
{
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "id", e->id);
	json_u64(j, "version", e->version);
	json_str(j, "title", e->title);
	json_str(j, "text", e->text);
	json_str(j, "category", e->category);
	json_str(j, "department", e->department);
	write_date(j, req_arena(r), "valid_from", e->valid_from);
	write_date(j, req_arena(r), "valid_to", e->valid_to);
	json_str(j, "source", e->source);
	json_bool(j, "expired", e->valid_to && e->valid_to < today());
	json_time(j, "changed_at", e->changed_at);
	json_str(j, "changed_by", e->changed_by);
	json_close(j);
}

static struct reply reply_entry(struct req *r, const entry_row *e, bool is_new)
{
	write_entry(r, e);
	reply_etag(r, "k", e->version);
	return is_new ? reply_created(r, "/api/v1/knowledge/%" PRIu64, e->id) : reply_ok(r);
}

/* What is out of force is not there but for who writes. */
static bool read_entry(struct req *r, entry_row *ret)
{
	uint64_t id;

	*ret = (entry_row){ 0 };
	return str_to_u64(req_path(r, "id"), &id) &&
	       sql_knowledge_one(req_tx(r), (struct sql_knowledge_one){ id }, ret) &&
	       (is_in_force(ret) || is_writer(r));
}

static struct reply knowledge_show(struct req *r)
{
	entry_row e;

	if (!read_entry(r, &e))
		return reply_missing(r);
	return reply_entry(r, &e, false);
}

static struct reply knowledge_add(struct req *r)
{
	static const char *const nothing[] = { NULL };
	const struct actor *by = req_actor(r);
	struct sql_knowledge_count_row count = { 0 };
	struct knowledge_form form;

	if (!read_form(r, &form))
		return reply_invalid(r);
	if (sql_knowledge_count(req_tx(r), &count) && count.n >= LIMIT_KNOWLEDGE)
		return reply_conflict(r, "too_many_entries", nothing,
				      "There are %d entries: change one instead.",
				      LIMIT_KNOWLEDGE);
	entry_row e = entry_of(&form, by);

	e.id = tx_sequence(req_tx(r), "knowledge_entry");
	e.version = 1;
	add(req_tx(r), by, &e);
	return reply_entry(r, &e, true);
}

static struct reply knowledge_change(struct req *r)
{
	const struct actor *by = req_actor(r);
	struct knowledge_form form;
	entry_row was;

	if (!read_entry(r, &was))
		return reply_missing(r);
	if (!read_form(r, &form))
		return reply_invalid(r);
	if (req_is_stale(r, "k", was.version))
		return reply_stale(r);
	entry_row e = entry_of(&form, by);

	e.id = was.id;
	e.version = was.version + 1;
	sql_knowledge_change(req_tx(r), (struct sql_knowledge_change){
		.id = e.id, .was = was.version, .title = e.title, .text = e.text,
		.category = e.category, .department = e.department, .valid_from = e.valid_from,
		.valid_to = e.valid_to, .source = e.source, .changed_at = e.changed_at,
		.changed_by = e.changed_by });
	keep_version(req_tx(r), by, &e);
	return reply_entry(r, &e, false);
}

/* ---- the list ---- */

static bool matches(struct arena *a, const struct gram_query *query, const entry_row *e)
{
	const struct str fields[] = { e->title, e->text };
	struct arena_mark mark = arena_mark(a);
	bool is_match = gram_matches(query, gram_normal_fields(a, fields, array_count(fields)));

	arena_rewind(a, mark);
	return is_match;
}

/* What is asked for besides words; false after complaints. */
static bool read_query(struct req *r, bool *ret_all)
{
	static const char *const words[] = { "false", "true", NULL };
	struct str asked = req_query(r, "expired"), category = req_query(r, "category");
	int at = asked.p ? str_index(asked, words) : 0;

	*ret_all = at == 1;
	if (at < 0)
		req_error(r, "expired", "unknown_code", "true or false");
	if (category.p && !reference_category(reference_of(req_tx(r)), category))
		req_error(r, "category", "unknown_code",
			  "There is no such category; GET /api/v1/catalogue lists them.");
	return !req_has_errors(r);
}

/* Up to n entries of the page's place on; of what is asked for by words every one is read. */
static uint32_t read_page(struct req *r, const struct page *page, bool is_all, entry_row *out,
			  uint32_t n)
{
	struct str q = req_query(r, "q"), category = req_query(r, "category");
	const struct gram_query query = gram_query(req_arena(r), q.p ? q : STR(""));
	struct sql_knowledge_page_row row = { 0 };
	uint32_t count = 0;
	struct rows *rows = sql_knowledge_page(req_tx(r), (struct sql_knowledge_page){
		.changed_at = page->is_continued ? (int64_t)page->key1 : INT64_MAX,
		.id = page->is_continued ? page->key2 : INT64_MAX,
		.day = is_all ? 0 : today(), .category = category.p ? category : STR(""),
		.n = query.word_count ? LIMIT_KNOWLEDGE : n });

	while (count < n && sql_knowledge_page_next(rows, &row)) {
		out[count] = (entry_row){
			.id = row.id, .version = row.version, .title = row.title,
			.text = row.text, .category = row.category, .department = row.department,
			.valid_from = row.valid_from, .valid_to = row.valid_to,
			.source = row.source, .changed_at = row.changed_at,
			.changed_by = row.changed_by,
		};
		count += !query.word_count || matches(req_arena(r), &query, &out[count]);
	}
	return count;
}

static struct reply knowledge_list(struct req *r)
{
	struct page page;
	bool is_all;

	bool is_read = read_query(r, &is_all);
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	if (is_all && !is_writer(r))
		return reply_denied(r, "What is out of force is for who writes ready answers.");
	entry_row *entries = arena_array_of(req_arena(r), entry_row, page.limit + 2);
	uint32_t n = read_page(r, &page, is_all, entries, page.limit + 1);
	uint32_t shown = n < page.limit ? n : page.limit;

	page_open(r);
	for (uint32_t i = 0; i < shown; i++)
		write_entry(r, &entries[i]);
	page_close(r, n > shown, shown ? (uint64_t)entries[shown - 1].changed_at : 0,
		   shown ? entries[shown - 1].id : 0);
	return reply_ok(r);
}

/* ---- the sample district ---- */

/* Days of the sample are counted from the day on which it is made. */
static int64_t seed_day(struct str offset)
{
	int days = 0;
	bool is_past = offset.n && offset.p[0] == '-';

	if (!offset.n)
		return 0;
	for (size_t i = is_past; i < offset.n; i++)
		days = days * 10 + (offset.p[i] - '0');
	return today() + (is_past ? -days : days);
}

static struct str code_of(struct str cell)
{
	return cell.n ? cell : STR_NONE;
}

static void knowledge_seed(struct tx *tx, const struct seed *seed)
{
	const struct asset *asset = asset_find(STR("sample/knowledge.tsv"));
	const struct actor by = { .kind = ACTOR_SYSTEM, .name = STR("system") };
	struct str left = asset ? asset->bytes : STR("");

	(void)seed;
	while (left.n) {
		struct str line = str_take(&left, '\n');

		if (!line.n || line.p[0] == '#' || str_starts(line, STR("category\t")))
			continue;
		entry_row e = {
			.id = tx_sequence(tx, "knowledge_entry"), .version = 1,
			.changed_at = clock_now(), .changed_by = by.name,
		};
		e.category = code_of(str_take(&line, '\t'));
		e.department = code_of(str_take(&line, '\t'));
		e.valid_from = seed_day(str_take(&line, '\t'));
		e.valid_to = seed_day(str_take(&line, '\t'));
		e.title = str_take(&line, '\t');
		e.text = str_take(&line, '\t');
		e.source = line;
		add(tx, &by, &e);
	}
}

static const struct route routes[] = {
	{ ROUTE(knowledge_list), .query = "q category expired limit cursor" },
	{ ROUTE(knowledge_show) },
	{ ROUTE(knowledge_add) },
	{ ROUTE(knowledge_change) },
	{ 0 }
};

const struct module knowledge_module = {
	.name = "knowledge",
	.purpose = "Keeps ready answers of the desk, with their days and versions.",
	.routes = routes,
	.seed = knowledge_seed,
};
