#include "departments.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "bounds.h"
#include "documents.h"
#include "domain.h"
#include "must.h"

#include "reference_sql.h"

enum { CHANGES_SHOWN = 200 };

#define ETAG "unit"

/* ---- rows ---- */

struct department *departments_read(struct tx *tx, struct arena *a, uint32_t *ret_count)
{
	struct sql_reference_departments_row row = { 0 };
	struct rows *rows = sql_reference_departments(tx);
	struct department *all = NULL;
	uint32_t n = 0, room = 0;

	while (sql_reference_departments_next(rows, &row)) {
		if (n == room) {
			struct department *more = arena_array_of(a, struct department,
								 room + 256);
			if (n)
				memcpy(more, all, n * sizeof(*all));
			all = more;
			room += 256;
		}
		all[n++] = (struct department){
			.code = arena_str(a, row.code), .name = arena_str(a, row.name),
			.name_en = arena_str(a, row.name_en),
			.parent = arena_str(a, row.parent), .kind = arena_str(a, row.kind),
			.peer_group = arena_str(a, row.peer_group),
			.initials = arena_str(a, row.initials),
			.phone = arena_str(a, row.phone), .takes_tasks = row.takes_tasks,
			.is_off = row.is_off, .version = row.version,
		};
	}
	reference_sort_departments(all, n);
	*ret_count = n;
	return all;
}

void department_insert(struct tx *tx, const struct department *d)
{
	sql_reference_department_insert(tx, (struct sql_reference_department_insert){
		.code = d->code, .name = d->name, .name_en = d->name_en,
		.parent = d->parent, .kind = d->kind, .peer_group = d->peer_group,
		.takes_tasks = d->takes_tasks, .initials = d->initials, .phone = d->phone,
	});
	tx_snapshot_changed(tx);
}

static void department_update(struct tx *tx, const struct department *d)
{
	sql_reference_department_change(tx, (struct sql_reference_department_change){
		.code = d->code, .name = d->name, .name_en = d->name_en,
		.parent = d->parent, .kind = d->kind, .peer_group = d->peer_group,
		.takes_tasks = d->takes_tasks, .initials = d->initials, .phone = d->phone,
		.is_off = d->is_off, .version = d->version,
	});
	tx_snapshot_changed(tx);
}

/* The rows as they are, and how often they were changed. */
struct tree {
	struct reference all;	/* departments only */
	uint64_t version;
};

static void read_rows(struct tx *tx, struct tree *tree)
{
	tree->all = (struct reference){ 0 };
	tree->all.departments = departments_read(tx, tx_arena(tx), &tree->all.department_count);
}

static struct tree tree_hold(struct tx *tx)
{
	struct sql_reference_tree_hold_row row = { 0 };
	struct tree tree = { .version = 0 };

	if (!sql_reference_tree_hold(tx, &row) && tx_ok(tx))
		tx_fail(tx, TX_BROKEN);
	tree.version = row.version;
	read_rows(tx, &tree);
	return tree;
}

static struct tree tree_read(struct tx *tx)
{
	struct sql_reference_tree_read_row row = { 0 };
	struct tree tree = { .version = 0 };

	if (!sql_reference_tree_read(tx, &row) && tx_ok(tx))
		tx_fail(tx, TX_BROKEN);
	tree.version = row.version;
	read_rows(tx, &tree);
	return tree;
}

static void tree_count(struct tx *tx, const struct tree *tree)
{
	sql_reference_tree_count(tx, (struct sql_reference_tree_count){ tree->version });
}

/* ---- the record ---- */

static void write_members(struct json *j, const struct department *d)
{
	json_str(j, "code", d->code);
	json_str(j, "name", d->name);
	json_str(j, "name_en", d->name_en);
	json_str(j, "parent", d->parent.n ? d->parent : STR_NONE);
	json_str(j, "kind", d->kind);
	json_str(j, "peer_group", d->peer_group);
	json_bool(j, "takes_tasks", d->takes_tasks);
	json_str(j, "initials", d->initials);
	json_bool(j, "disabled", d->is_off);
}

static void write_side(struct json *j, const char *key, const struct department *d)
{
	if (!d) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	write_members(j, d);
	json_str(j, "phone", d->phone);
	json_close(j);
}

/* Who changes it, and by which decision or for what reason. */
struct author {
	const struct actor *by;		/* NULL: the command line */
	struct str peer, reason;
};

static struct author author_of(struct req *r, struct str reason)
{
	return (struct author){ req_actor(r), req_peer(r), reason };
}

static void record(struct tx *tx, const struct author *author, const char *deed,
		   const struct department *before, const struct department *after)
{
	struct buf out;
	struct json j;

	buf_init(&out, KIB(16));
	json_init(&j, &out);
	json_object(&j, NULL);
	json_text(&j, "deed", deed);
	json_str(&j, "code", after->code);
	write_side(&j, "before", before);
	write_side(&j, "after", after);
	json_close(&j);
	must(!out.overflow && json_whole(&j));
	audit_record(tx, &(struct audit_act){
		.kind = AUDIT_DEPARTMENT, .by = author->by, .peer = author->peer,
		.reason = author->reason, .detail = arena_str(tx_arena(tx), buf_str(&out)),
	});
	buf_free(&out);
}

/* ---- what stands under a code ---- */

struct uses {
	struct sql_reference_department_uses_row rows;
	uint64_t below, catalogue_rows, areas;
};

static void read_named(struct tx *tx, struct reference *ret_named)
{
	struct table_problems unread = { .count = 0 };
	struct arena *a = tx_arena(tx);
	struct str text;
	uint64_t version;

	*ret_named = (struct reference){ 0 };
	if (document_newest(tx, DOCUMENT_CATALOGUE, &version, &text))
		reference_parse_catalogue(ret_named, a, text, &unread);
	if (document_newest(tx, DOCUMENT_AREAS, &version, &text))
		reference_parse_areas(ret_named, a, text, &unread);
}

static uint64_t catalogue_rows_of(const struct reference *named, struct str code)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < named->catalogue_count; i++)
		n += str_eq(named->catalogue[i].department, code);
	return n;
}

static struct uses uses_read(struct tx *tx, const struct tree *tree, struct str code)
{
	struct uses uses = { .below = 0 };
	struct reference named;

	read_named(tx, &named);
	uses.catalogue_rows = catalogue_rows_of(&named, code);
	for (uint32_t i = 0; i < named.area_count; i++)
		uses.areas += str_eq(named.areas[i].department, code);
	for (uint32_t i = 0; i < tree->all.department_count; i++)
		uses.below += !tree->all.departments[i].is_off &&
			      str_eq(tree->all.departments[i].parent, code);
	if (!sql_reference_department_uses(tx,
			(struct sql_reference_department_uses){ .code = code }, &uses.rows))
		uses.rows = (struct sql_reference_department_uses_row){ 0 };
	return uses;
}

static bool is_used(const struct uses *u)
{
	return u->rows.open_tasks || u->below || u->catalogue_rows || u->areas ||
	       u->rows.accounts || u->rows.access_keys || u->rows.webhooks;
}

static struct reply reply_used(struct req *r, const struct uses *u)
{
	return reply_conflict(r, "still_used", NULL,
		"Still there: %" PRIu64 " open tasks, %" PRIu64 " departments below, %" PRIu64
		" rows of the catalogue, %" PRIu64 " areas, %" PRIu64 " accounts, %" PRIu64
		" keys, %" PRIu64 " webhooks. Close, move or disable them first.",
		u->rows.open_tasks, u->below, u->catalogue_rows, u->areas, u->rows.accounts,
		u->rows.access_keys, u->rows.webhooks);
}

static void write_uses(struct json *j, const struct uses *u)
{
	json_object(j, "uses");
	json_u64(j, "open_tasks", u->rows.open_tasks);
	json_u64(j, "settled_tasks", u->rows.settled_tasks);
	json_u64(j, "below", u->below);
	json_u64(j, "catalogue_rows", u->catalogue_rows);
	json_u64(j, "areas", u->areas);
	json_u64(j, "accounts", u->rows.accounts);
	json_u64(j, "keys", u->rows.access_keys);
	json_u64(j, "webhooks", u->rows.webhooks);
	json_close(j);
}

/* ---- showing ---- */

struct reply departments_list(struct req *r)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct json *j = req_json(r);
	struct page page;

	if (!req_page(r, &page))
		return reply_invalid(r);
	/* Whoever asks for no page wants the list, which is a short one. */
	if (!req_query(r, "limit").p)
		page.limit = LIMIT_PAGE_MAX;
	uint64_t end = page.key1 + page.limit;
	if (end > ref->department_count)
		end = ref->department_count;
	page_open(r);
	for (uint64_t i = page.key1; i < end; i++) {
		json_object(j, NULL);
		write_members(j, &ref->departments[i]);
		json_close(j);
	}
	page_close(r, end < ref->department_count, end, 0);
	return reply_ok(r);
}

static void write_whole(struct req *r, const struct tree *tree, const struct department *d)
{
	struct uses uses = uses_read(req_tx(r), tree, d->code);
	struct json *j = req_json(r);

	reply_etag(r, ETAG, d->version);
	json_object(j, NULL);
	write_members(j, d);
	json_str(j, "phone", d->phone);
	write_uses(j, &uses);
	json_close(j);
}

struct reply departments_show(struct req *r)
{
	struct tree tree = tree_read(req_tx(r));
	const struct department *d = reference_department(&tree.all, req_path(r, "code"));

	if (!d)
		return reply_missing(r);
	write_whole(r, &tree, d);
	return reply_ok(r);
}

/* As it is now, after what was written. */
static struct reply reply_changed(struct req *r, struct str code)
{
	struct tree tree = tree_read(req_tx(r));
	const struct department *d = reference_department(&tree.all, code);

	if (d)
		write_whole(r, &tree, d);
	return reply_ok(r);
}

/* ---- adding and changing one ---- */

struct department_form {
	struct str code, name, name_en, parent, peer_group, initials, phone;
	int kind;
	bool takes_tasks;
};

#define AT(member) .offset = offsetof(struct department_form, member)
#define SHARED_FIELDS \
	{ "name", FIELD_LINE, AT(name), .required = true, .max = DEPARTMENT_NAME_CHARS }, \
	{ "name_en", FIELD_LINE, AT(name_en), .required = true, .max = DEPARTMENT_NAME_CHARS }, \
	{ "parent", FIELD_CODE, AT(parent), .max = DEPARTMENT_CODE_CHARS, .null_ok = true }, \
	{ "kind", FIELD_CHOICE, AT(kind), .required = true, .choices = department_kind_names }, \
	{ "peer_group", FIELD_CODE, AT(peer_group), .required = true, \
	  .max = DEPARTMENT_GROUP_CHARS }, \
	{ "takes_tasks", FIELD_BOOL, AT(takes_tasks), .required = true }, \
	{ "initials", FIELD_LINE, AT(initials), .max = DEPARTMENT_INITIALS_CHARS, \
	  .null_ok = true }, \
	{ "phone", FIELD_LINE, AT(phone), .max = DEPARTMENT_PHONE_CHARS, .null_ok = true }

static const struct field new_fields[] = {
	{ "code", FIELD_CODE, AT(code), .required = true, .max = DEPARTMENT_CODE_CHARS },
	SHARED_FIELDS,
	{ 0 }
};
static const struct field change_fields[] = { SHARED_FIELDS, { 0 } };

static struct str text_of(struct str s)
{
	return s.p ? s : STR("");
}

static struct department department_of(const struct department_form *f, struct str code)
{
	return (struct department){
		.code = code, .name = f->name, .name_en = f->name_en,
		.parent = text_of(f->parent), .kind = str_of(department_kind_names[f->kind]),
		.peer_group = f->peer_group, .takes_tasks = f->takes_tasks,
		.initials = text_of(f->initials), .phone = text_of(f->phone), .version = 1,
	};
}

static struct department_complaint complaint_of(const struct reference *with,
						const struct department *d)
{
	struct department_complaint complaint = department_check_alone(d);

	return complaint.field ? complaint : department_check_among(with, d);
}

/* False after a complaint. */
static bool check_department(struct req *r, const struct tree *tree, const struct department *d)
{
	struct reference with = departments_with(req_arena(r), &tree->all, d, 1);
	struct department_complaint complaint =
		complaint_of(&with, reference_department(&with, d->code));

	if (complaint.field)
		req_error(r, arena_printf(req_arena(r), "#/%s", complaint.field).p,
			  complaint.code, "%s", complaint.detail);
	return !complaint.field;
}

struct reply departments_add(struct req *r)
{
	struct author author = author_of(r, STR_NONE);
	struct department_form form;
	struct tx *tx = req_tx(r);

	if (!req_form(r, new_fields, &form))
		return reply_invalid(r);
	struct department d = department_of(&form, form.code);
	struct tree tree = tree_hold(tx);
	bool is_taken = reference_department(&tree.all, d.code);
	if (!is_taken && !check_department(r, &tree, &d))
		return reply_invalid(r);
	if (is_taken)
		return reply_conflict(r, "code_taken", NULL,
				      "There is a department of this code; take another.");
	department_insert(tx, &d);
	tree_count(tx, &tree);
	record(tx, &author, "added", NULL, &d);
	reply_changed(r, d.code);
	return reply_created(r, "/api/v1/departments/%.*s", STR_ARG(d.code));
}

/* Taking tasks is not given up while the catalogue sends some. */
static bool is_still_sent(struct tx *tx, const struct department *before,
			  const struct department *after)
{
	struct reference named;

	if (!before->takes_tasks || after->takes_tasks)
		return false;
	read_named(tx, &named);
	return catalogue_rows_of(&named, after->code) > 0;
}

struct reply departments_change(struct req *r)
{
	struct author author = author_of(r, STR_NONE);
	struct department_form form;
	struct tx *tx = req_tx(r);
	struct tree tree = tree_hold(tx);
	const struct department *before = reference_department(&tree.all, req_path(r, "code"));

	if (!before)
		return reply_missing(r);
	if (!req_form(r, change_fields, &form))
		return reply_invalid(r);
	struct department after = department_of(&form, before->code);
	after.is_off = before->is_off;
	after.version = before->version;
	if (!check_department(r, &tree, &after))
		return reply_invalid(r);
	if (req_is_stale(r, ETAG, before->version))
		return reply_stale(r);
	if (is_still_sent(tx, before, &after)) {
		struct uses uses = uses_read(tx, &tree, before->code);
		return reply_used(r, &uses);
	}
	if (!department_is_same(before, &after)) {
		department_update(tx, &after);
		tree_count(tx, &tree);
		record(tx, &author, "changed", before, &after);
	}
	return reply_changed(r, after.code);
}

/* ---- off and on ---- */

struct switch_form {
	struct str reason;
};

static const struct field switch_fields[] = {
	{ "reason", FIELD_LINE, offsetof(struct switch_form, reason), .null_ok = true },
	{ 0 }
};

/* False: *ret_reply is the answer. */
static bool may_switch(struct req *r, const struct tree *tree, const struct department *d,
		       struct reply *ret_reply)
{
	const struct department *parent = reference_department(&tree->all, d->parent);
	struct uses uses;

	if (d->is_off) {
		if (parent && parent->is_off) {
			*ret_reply = reply_conflict(r, "parent_disabled", NULL,
				"The department above is switched off; switch that one on, or "
				"move this one first.");
			return false;
		}
		return true;
	}
	uses = uses_read(req_tx(r), tree, d->code);
	if (is_used(&uses)) {
		*ret_reply = reply_used(r, &uses);
		return false;
	}
	return true;
}

static struct reply switch_to(struct req *r, bool is_off)
{
	struct tx *tx = req_tx(r);
	struct tree tree = tree_hold(tx);
	const struct department *before = reference_department(&tree.all, req_path(r, "code"));
	struct switch_form form;
	struct reply reply;

	if (!before)
		return reply_missing(r);
	if (!req_form(r, switch_fields, &form))
		return reply_invalid(r);
	if (req_is_stale(r, ETAG, before->version))
		return reply_stale(r);
	if (before->is_off == is_off)
		return reply_changed(r, before->code);
	if (!may_switch(r, &tree, before, &reply))
		return reply;
	struct author author = author_of(r, form.reason);
	struct department after = *before;
	after.is_off = is_off;
	department_update(tx, &after);
	tree_count(tx, &tree);
	record(tx, &author, is_off ? "disabled" : "enabled", before, &after);
	return reply_changed(r, after.code);
}

struct reply departments_disable(struct req *r)
{
	return switch_to(r, true);
}

struct reply departments_enable(struct req *r)
{
	return switch_to(r, false);
}

/* ---- many by a table ---- */

/* What a table says, against what there is. */
struct brought {
	struct reference lines;		/* departments only, of the table */
	struct reference with;		/* all, as they would be */
	struct table_problems problems;
};

static void check_line(struct brought *b, const struct tree *tree, const struct reference *named,
		       const struct department *line)
{
	struct table_reader at = { .line = line->line, .problems = &b->problems };
	const struct department *before = reference_department(&tree->all, line->code);
	struct department_complaint complaint = department_check_among(&b->with,
		reference_department(&b->with, line->code));
	uint64_t rows = catalogue_rows_of(named, line->code);

	if (complaint.field)
		table_bad(&at, "%.*s, %s: %s", STR_ARG(line->code), complaint.field,
			  complaint.detail);
	else if (before && before->takes_tasks && !line->takes_tasks && rows)
		table_bad(&at, "%.*s, takes_tasks: %" PRIu64 " rows of the catalogue send it tasks",
			  STR_ARG(line->code), rows);
}

static void table_bring(struct tx *tx, const struct tree *tree, struct str text,
			struct brought *b)
{
	struct reference named;

	*b = (struct brought){ .problems = { .count = 0 } };
	reference_parse_departments(&b->lines, tx_arena(tx), text, &b->problems);
	b->with = departments_with(tx_arena(tx), &tree->all, b->lines.departments,
				   b->lines.department_count);
	read_named(tx, &named);
	for (uint32_t i = 0; i < b->lines.department_count; i++)
		check_line(b, tree, &named, &b->lines.departments[i]);
}

struct reply department_table_show(struct req *r)
{
	struct tree tree = tree_read(req_tx(r));
	struct arena *a = req_arena(r);
	struct json *j = req_json(r);
	struct buf text;

	buf_init(&text, LIMIT_REPLY_BYTES);
	buf_add(&text, STR("code\tname\tname_en\tparent\tkind\tpeer_group\ttakes_tasks\t"
			   "initials\tphone\n"));
	for (uint32_t i = 0; i < tree.all.department_count; i++) {
		buf_add(&text, department_line(a, &tree.all.departments[i]));
		buf_add_byte(&text, '\n');
	}
	json_object(j, NULL);
	json_u64(j, "version", tree.version);
	json_str(j, "text", arena_str(a, buf_str(&text)));
	json_close(j);
	buf_free(&text);
	return reply_ok(r);
}

/* Writes the member "rows": each added or changed line, the first 200 of them. */
static void write_changes(struct json *j, struct arena *a, const struct tree *tree,
			  const struct brought *b)
{
	uint64_t added = 0, changed = 0;

	json_object(j, "rows");
	json_array(j, "items");
	for (uint32_t i = 0; i < b->lines.department_count; i++) {
		const struct department *after = &b->lines.departments[i];
		const struct department *before = reference_department(&tree->all, after->code);

		if (before && department_is_same(before, after))
			continue;
		*(before ? &changed : &added) += 1;
		if (added + changed > CHANGES_SHOWN)
			continue;
		json_object(j, NULL);
		json_text(j, "change", before ? "changed" : "added");
		json_str(j, "line_before", before ? department_line(a, before) : STR_NONE);
		json_str(j, "line_after", department_line(a, after));
		json_close(j);
	}
	json_close(j);
	json_u64(j, "added", added);
	json_u64(j, "removed", 0);
	json_u64(j, "changed", changed);
	json_close(j);
}

struct reply department_table_preview(struct req *r)
{
	struct tx *tx = req_tx(r);
	struct json *j = req_json(r);
	struct version_form form;
	struct brought brought;

	if (!req_form(r, table_preview_fields, &form))
		return reply_invalid(r);
	struct tree tree = tree_read(tx);
	table_bring(tx, &tree, form.text, &brought);
	json_object(j, NULL);
	json_u64(j, "version", tree.version);
	table_problems_write(j, &brought.problems);
	write_changes(j, req_arena(r), &tree, &brought);
	json_array(j, "tasks");
	json_close(j);
	json_text(j, "note", "表中没有的单位保持不变，撤销单位须逐个停用。名称、上级改动立即生效：督办员按新的上级"
		  "看到工单；已冻结月份的通报不变。");
	json_text(j, "note_en", "Departments that are not in the table stay as they are; one is "
		  "switched off by itself. Names and places in the tree hold at once: supervisors "
		  "of a unit see what now stands below it. Frozen months stay as they are.");
	json_close(j);
	return reply_ok(r);
}

struct reply department_table_apply(struct req *r)
{
	struct tx *tx = req_tx(r);
	struct json *j = req_json(r);
	struct version_form form;
	struct brought brought;
	uint64_t added = 0, changed = 0;

	if (!req_form(r, table_version_fields, &form))
		return reply_invalid(r);
	struct author author = author_of(r, form.source);
	struct tree tree = tree_hold(tx);
	table_bring(tx, &tree, form.text, &brought);
	table_problems_tell(r, &brought.problems);
	if (req_has_errors(r))
		return reply_invalid(r);
	if (form.expected_version && tree.version != (uint64_t)form.expected_version)
		return reply_version_moved(r, tree.version, form.expected_version);
	for (uint32_t i = 0; i < brought.lines.department_count; i++) {
		struct str code = brought.lines.departments[i].code;
		const struct department *before = reference_department(&tree.all, code);
		const struct department *after = reference_department(&brought.with, code);

		if (before && department_is_same(before, after))
			continue;
		*(before ? &changed : &added) += 1;
		(before ? department_update : department_insert)(tx, after);
		record(tx, &author, before ? "changed" : "added", before, after);
	}
	if (added + changed)
		tree_count(tx, &tree);
	json_object(j, NULL);
	json_u64(j, "version", tree.version + (added + changed > 0));
	json_u64(j, "added", added);
	json_u64(j, "changed", changed);
	json_close(j);
	return reply_ok(r);
}

/* ---- the command ---- */

struct add_call {
	struct department d;
	const char *refusal;	/* constant text */
};

static void add_department(struct tx *tx, void *arg)
{
	struct author author = { .by = NULL };
	struct add_call *call = arg;
	struct tree tree = tree_hold(tx);
	struct reference with = departments_with(tx_arena(tx), &tree.all, &call->d, 1);
	struct department_complaint complaint = complaint_of(&with, &call->d);

	call->refusal = reference_department(&tree.all, call->d.code) ?
		"There is a department of this code." : complaint.detail;
	if (call->refusal)
		return;
	department_insert(tx, &call->d);
	tree_count(tx, &tree);
	record(tx, &author, "added", NULL, &call->d);
}

int department_command(const struct command_call *call)
{
	if (call->argc < 4 || call->argc > 6 || strcmp(call->argv[1], "add") != 0) {
		fprintf(stderr, "usage: liandong department add CODE NAME [PARENT] [KIND]\n");
		return 2;
	}
	struct add_call add = { .d = {
		.code = str_of(call->argv[2]), .name = str_of(call->argv[3]),
		.name_en = str_of(call->argv[3]),
		.parent = str_of(call->argc > 4 ? call->argv[4] : ""),
		.kind = str_of(call->argc > 5 ? call->argv[5] : "bureau"),
		.peer_group = STR("departments"), .takes_tasks = true,
		.initials = STR(""), .phone = STR(""), .version = 1,
	} };
	bool is_done = call->transact(add_department, &add);
	if (!is_done || add.refusal) {
		fprintf(stderr, "%s was not added. %s\n", call->argv[2],
			add.refusal ? add.refusal : "");
		return 1;
	}
	return 0;
}
