/*
 * Versioned documents: checking, storing, comparing and showing them. A document is kept as the
 * text that people wrote, comments included, so that what they get back is what they gave.
 */
#include "documents.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "must.h"
#include "rules/notices.h"
#include "rules/retention.h"

#include "reference_sql.h"

enum { CHANGES_SHOWN = 200 };

const char *const document_kind_names[] = {
	"areas", "categories", "catalogue", "calendar", "limits", "grounds", "checklist",
	"handover", "quiet-days", "four-acts", "retention", "notices", NULL
};

/* ---- storing ---- */

bool document_newest(struct tx *tx, enum document_kind kind, uint64_t *ret_version,
		     struct str *ret_text)
{
	struct sql_reference_document_newest_row row = { 0 };

	if (!sql_reference_document_newest(tx, (struct sql_reference_document_newest){
			.kind = kind }, &row))
		return false;
	*ret_version = row.version;
	*ret_text = row.text;
	return true;
}

void document_check(struct arena *a, enum document_kind kind, struct str text,
		    struct table_problems *problems)
{
	struct reference scratch = { .calendar_version = 0 };
	struct limits_table limits;
	struct work_week week = work_week_shipped();

	problems->count = 0;
	switch (kind) {
	case DOCUMENT_AREAS:
		reference_parse_areas(&scratch, a, text, problems);
		break;
	case DOCUMENT_CATEGORIES:
		reference_parse_categories(&scratch, a, text, problems);
		break;
	case DOCUMENT_CATALOGUE:
		reference_parse_catalogue(&scratch, a, text, problems);
		break;
	case DOCUMENT_CALENDAR:
		calendar_free(calendar_parse(&week, text.p, text.n, "", problems));
		break;
	case DOCUMENT_LIMITS:
		must(limits_parse(text.p, text.n, "", &limits, problems) || problems->count);
		break;
	case DOCUMENT_GROUNDS:
		reference_parse_grounds(&scratch, a, text, problems);
		break;
	case DOCUMENT_CHECKLIST:
		reference_parse_checklist(&scratch, a, text, problems);
		break;
	case DOCUMENT_HANDOVER:
		reference_parse_handover(&scratch, a, text, problems);
		break;
	case DOCUMENT_QUIET_DAYS:
		reference_parse_quiet_days(&scratch, a, text, problems);
		break;
	case DOCUMENT_FOUR_ACTS:
		reference_parse_four_acts(&scratch, a, text, problems);
		break;
	case DOCUMENT_RETENTION:
		reference_parse_retention(&scratch, a, text, problems);
		break;
	case DOCUMENT_NOTICES:
		reference_parse_notices(&scratch, a, text, problems);
		break;
	}
}

/*
 * The text as the version after `version`, which it was made from. Looking for the newest one
 * again here would find a version that the text knows nothing of, and lose what it says.
 */
static uint64_t add_after(struct tx *tx, struct sql_reference_document_insert document,
			  uint64_t version, struct table_problems *problems)
{
	document_check(tx_arena(tx), (enum document_kind)document.kind, document.text,
		       problems);
	if (problems->count)
		return 0;
	document.version = version + 1;
	document.recorded_at = clock_now();
	if (!sql_reference_document_insert(tx, document))
		tx_fail(tx, TX_CONFLICT);
	tx_snapshot_changed(tx);
	return document.version;
}

uint64_t document_add(struct tx *tx, enum document_kind kind, struct str source,
		      struct str text, struct table_problems *problems)
{
	uint64_t version = 0;
	struct str before;

	if (!document_newest(tx, kind, &version, &before))
		version = 0;
	return add_after(tx, (struct sql_reference_document_insert){
		.kind = kind, .source = source, .text = text }, version, problems);
}

uint64_t document_route_set(struct tx *tx, const struct catalogue_row *row, struct str source)
{
	struct table_problems problems = { .count = 0 };
	struct str before = STR("");
	uint64_t version = 0;

	if (!document_newest(tx, DOCUMENT_CATALOGUE, &version, &before))
		before = STR("");
	struct str after = catalogue_replace_row(tx_arena(tx), before, row);
	if (version && str_eq(before, after))
		return version;
	version = add_after(tx, (struct sql_reference_document_insert){
		.kind = DOCUMENT_CATALOGUE, .source = source, .text = after }, version,
		&problems);
	if (problems.count) {
		log_error("reference", "route_unreadable", "line=%zu text=%s",
			  problems.first[0].line, log_quote(str_of(problems.first[0].text)));
		tx_fail(tx, TX_BROKEN);
	}
	return tx_ok(tx) ? version : 0;
}

/* ---- comparing ---- */

struct keyed_line {
	struct str key;		/* its codes */
	struct str line;
	size_t number;
};

static int compare_lines(const void *a, const void *b)
{
	const struct keyed_line *left = a, *right = b;
	size_t n = left->key.n < right->key.n ? left->key.n : right->key.n;
	int order = n ? memcmp(left->key.p, right->key.p, n) : 0;

	if (!order)
		order = (left->key.n > right->key.n) - (left->key.n < right->key.n);
	return order ? order : (left->number > right->number) - (left->number < right->number);
}

/* Lines with cells, sorted by the codes they begin with. */
static size_t lines_read(struct arena *a, enum document_kind kind, struct str text,
			 struct keyed_line **ret_lines)
{
	static const struct {
		const char *header;
		size_t keys;	/* cells that name a line */
	} forms[] = {
		[DOCUMENT_AREAS] = { "code", 1 }, [DOCUMENT_CATEGORIES] = { "code", 1 },
		[DOCUMENT_CATALOGUE] = { "category", 2 }, [DOCUMENT_CALENDAR] = { "date", 1 },
		[DOCUMENT_LIMITS] = { "class", 1 }, [DOCUMENT_GROUNDS] = { "list", 2 },
		[DOCUMENT_CHECKLIST] = { "content_class", 2 },
		[DOCUMENT_HANDOVER] = { "code", 1 }, [DOCUMENT_QUIET_DAYS] = { "rule", 4 },
		[DOCUMENT_FOUR_ACTS] = { "category", 1 },
		[DOCUMENT_RETENTION] = { "content_class", 2 }, [DOCUMENT_NOTICES] = { "occasion", 3 },
	};
	struct table_problems unread = { .count = 0 };
	struct table_reader t = {
		.at = text.p, .end = text.p + text.n, .header = forms[kind].header,
		.problems = &unread,
	};
	size_t room = 1, n = 0;

	for (size_t i = 0; i < text.n; i++)
		room += text.p[i] == '\n';
	struct keyed_line *lines = arena_array_of(a, struct keyed_line, room);
	while (table_next(&t)) {
		const struct table_cell *key = &t.cell[(t.count < forms[kind].keys ?
			t.count : forms[kind].keys) - 1];
		const struct table_cell *last = &t.cell[t.count - 1];
		const char *start = t.cell[0].p;
		lines[n++] = (struct keyed_line){
			.key = { start, (size_t)(key->p - start) + key->n },
			.line = { start, (size_t)(last->p - start) + last->n },
			.number = t.line,
		};
	}
	if (n)
		qsort(lines, n, sizeof(*lines), compare_lines);
	*ret_lines = lines;
	return n;
}

enum change { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_CHANGED, CHANGES };

static const char *const change_names[CHANGES] = { "added", "removed", "changed" };

struct changes {
	struct json *j;
	uint64_t count[CHANGES];
	uint32_t shown;
};

static void change_add(struct changes *c, enum change change, struct str before,
		       struct str after)
{
	c->count[change]++;
	if (c->shown == CHANGES_SHOWN)
		return;
	c->shown++;
	json_object(c->j, NULL);
	json_text(c->j, "change", change_names[change]);
	json_str(c->j, "line_before", before);
	json_str(c->j, "line_after", after);
	json_close(c->j);
}

static void lines_compare(struct changes *c, const struct keyed_line *before,
			  size_t before_count, const struct keyed_line *after,
			  size_t after_count)
{
	size_t i = 0, k = 0;

	while (i < before_count || k < after_count) {
		struct keyed_line left = { 0 }, right = { 0 };
		int order = i == before_count ? 1 : -1;

		if (i < before_count && k < after_count) {
			/* Of lines with one key the first belongs to the first. */
			left = before[i];
			right = after[k];
			left.number = right.number = 0;
			order = compare_lines(&left, &right);
		}
		if (order < 0)
			change_add(c, CHANGE_REMOVED, before[i++].line, STR_NONE);
		else if (order > 0)
			change_add(c, CHANGE_ADDED, STR_NONE, after[k++].line);
		else if (!str_eq(before[i++].line, after[k++].line))
			change_add(c, CHANGE_CHANGED, left.line, right.line);
	}
}

void document_changes_write(struct json *j, struct arena *a, enum document_kind kind,
			    struct str before, struct str after)
{
	struct changes changes = { .j = j };
	struct keyed_line *left, *right;
	size_t left_count = lines_read(a, kind, before, &left);
	size_t right_count = lines_read(a, kind, after, &right);

	json_object(j, "rows");
	json_array(j, "items");
	lines_compare(&changes, left, left_count, right, right_count);
	json_close(j);
	for (size_t i = 0; i < CHANGES; i++)
		json_u64(j, change_names[i], changes.count[i]);
	json_close(j);
}

/* ---- requests ---- */

const struct field table_version_fields[] = {
	{ "source", FIELD_LINE, offsetof(struct version_form, source), .required = true },
	{ "text", FIELD_TEXT, offsetof(struct version_form, text), .required = true,
	  .max = LIMIT_BODY_BYTES },
	{ "expected_version", FIELD_INT, offsetof(struct version_form, expected_version),
	  .null_ok = true, .min = 1, .max = INT64_MAX },
	{ 0 }
};

const struct field table_preview_fields[] = {
	{ "text", FIELD_TEXT, offsetof(struct version_form, text), .required = true,
	  .max = LIMIT_BODY_BYTES },
	{ 0 }
};

static size_t problems_described(const struct table_problems *problems)
{
	return problems->count < TABLE_PROBLEMS_MAX ? problems->count : TABLE_PROBLEMS_MAX;
}

void table_problems_tell(struct req *r, const struct table_problems *problems)
{
	for (size_t i = 0; i < problems_described(problems); i++)
		req_error(r, "#/text", "bad_line", "Line %zu: %s.", problems->first[i].line,
			  problems->first[i].text);
}

struct reply reply_version_moved(struct req *r, uint64_t version, int64_t expected)
{
	return reply_problem(r, 409, "version_moved",
			     "Version %" PRIu64 " is in force, not %" PRId64
			     ". Preview the change against it and send it again.",
			     version, expected);
}

struct reply document_post(struct req *r, enum document_kind kind)
{
	struct table_problems problems = { .count = 0 };
	const char *name = document_kind_names[kind - 1];
	struct version_form form;

	if (!req_form(r, table_version_fields, &form))
		return reply_invalid(r);
	uint64_t version = document_add(req_tx(r), kind, form.source, form.text, &problems);
	table_problems_tell(r, &problems);
	if (problems.count)
		return reply_invalid(r);
	/* A refusal undoes what was added. */
	if (form.expected_version && version - 1 != (uint64_t)form.expected_version)
		return reply_version_moved(r, version - 1, form.expected_version);
	json_object(req_json(r), NULL);
	json_text(req_json(r), "kind", name);
	json_u64(req_json(r), "version", version);
	json_close(req_json(r));
	return reply_created(r, "/api/v1/documents/%s?version=%" PRIu64, name, version);
}

void table_problems_write(struct json *j, const struct table_problems *problems)
{
	json_array(j, "problems");
	for (size_t i = 0; i < problems_described(problems); i++) {
		json_object(j, NULL);
		json_u64(j, "line", problems->first[i].line);
		json_text(j, "text", problems->first[i].text);
		json_close(j);
	}
	json_close(j);
}

struct reply document_preview(struct req *r, enum document_kind kind)
{
	struct table_problems problems = { .count = 0 };
	struct json *j = req_json(r);
	struct version_form form;
	struct str before = STR("");
	uint64_t version = 0;

	if (!req_form(r, table_preview_fields, &form))
		return reply_invalid(r);
	if (!document_newest(req_tx(r), kind, &version, &before))
		version = 0;
	document_check(req_arena(r), kind, form.text, &problems);
	json_object(j, NULL);
	json_u64(j, "version", version);
	table_problems_write(j, &problems);
	document_changes_write(j, req_arena(r), kind, before, form.text);
	json_array(j, "tasks");
	json_close(j);
	json_text(j, "note", "在办任务沿用派单时的版本，其到期时间不变；新版本只用于此后的派单和办理。");
	json_text(j, "note_en", "Open tasks keep the versions they were dispatched with and no "
		  "due time moves; the new version holds for what is done from then on.");
	json_close(j);
	return reply_ok(r);
}

static void versions_write(struct req *r, enum document_kind kind)
{
	struct sql_reference_document_versions_row row = { 0 };
	struct rows *rows = sql_reference_document_versions(req_tx(r),
		(struct sql_reference_document_versions){
			.kind = kind, .n = LIMIT_PAGE_MAX });
	struct json *j = req_json(r);

	json_array(j, "versions");
	while (sql_reference_document_versions_next(rows, &row)) {
		json_object(j, NULL);
		json_u64(j, "version", row.version);
		json_time(j, "recorded_at", row.recorded_at);
		json_str(j, "source", row.source);
		json_close(j);
	}
	json_close(j);
}

struct reply document_show(struct req *r)
{
	struct sql_reference_document_one_row row = { 0 };
	int index = str_index(req_path(r, "kind"), document_kind_names);
	struct str asked = req_query(r, "version"), text;
	struct json *j = req_json(r);
	uint64_t version = 0;

	if (index < 0)
		return reply_missing(r);
	enum document_kind kind = (enum document_kind)(index + 1);
	if (asked.p && !str_to_u64(asked, &version)) {
		req_error(r, "#/query/version", "bad_number", "Give the number of a version.");
		return reply_invalid(r);
	}
	if (!asked.p && !document_newest(req_tx(r), kind, &version, &text))
		return reply_missing(r);
	if (!sql_reference_document_one(req_tx(r), (struct sql_reference_document_one){
			.kind = kind, .version = version }, &row))
		return reply_missing(r);
	json_object(j, NULL);
	json_text(j, "kind", document_kind_names[index]);
	json_u64(j, "version", version);
	json_time(j, "recorded_at", row.recorded_at);
	json_str(j, "source", row.source);
	json_str(j, "text", row.text);
	versions_write(r, kind);
	json_close(j);
	return reply_ok(r);
}
