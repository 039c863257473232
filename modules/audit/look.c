/*
 * Looking at acts: by time, kind, person and subject, each with the proof that it is in the
 * ledger as it was recorded.
 */
#include "audit/record.h"

#include "bounds.h"
#include "csv.h"
#include "domain.h"
#include "matter.h"
#include "sealing.h"

/* What is asked for; 0 for what is not. */
struct question {
	enum audit_kind kind;
	enum actor_kind by_kind;
	uint64_t by;
	enum audit_subject subject_kind;
	uint64_t subject;
	int64_t from, to;	/* to: not included */
};

static void read_kind(struct req *r, struct question *q)
{
	struct str text = req_query(r, "kind");

	if (!text.p)
		return;
	q->kind = audit_kind_of(text);
	if (!q->kind)
		req_error(r, "#/query/kind", "unknown_code", "is no kind of act, such as "
			  "signed_in or identity_revealed.");
}

static void read_by(struct req *r, struct question *q)
{
	struct str text = req_query(r, "by");

	if (text.p && !audit_actor_parse(text, &q->by_kind, &q->by))
		req_error(r, "#/query/by", "bad_id", "is account:NUMBER or key:NUMBER, as acts "
			  "show them.");
}

static void read_subject(struct req *r, struct question *q)
{
	struct str text = req_query(r, "subject");
	enum actor_kind kind;

	if (!text.p)
		return;
	q->subject = appeal_id_of(text);
	q->subject_kind = SUBJECT_APPEAL;
	if (q->subject)
		return;
	if (audit_actor_parse(text, &kind, &q->subject))
		q->subject_kind = kind == ACTOR_KEY ? SUBJECT_KEY : SUBJECT_ACCOUNT;
	else
		req_error(r, "#/query/subject", "bad_id", "is an appeal, account:NUMBER or "
			  "key:NUMBER, as acts show them.");
}

static bool read_question(struct req *r, struct question *ret)
{
	*ret = (struct question){ .to = INT64_MAX };
	read_kind(r, ret);
	read_by(r, ret);
	read_subject(r, ret);
	bool is_read = req_query_time(r, "from", &ret->from);
	return req_query_time(r, "to", &ret->to) && is_read && !req_has_errors(r);
}

/* The kinds that are about such a subject, as a JSON list. */
static struct str kinds_about(struct arena *a, enum audit_subject subject)
{
	uint64_t about[AUDIT_KIND_END];
	uint32_t n = 0;

	for (int kind = 1; kind < AUDIT_KIND_END; kind++)
		if (audit_subject_of((enum audit_kind)kind) == subject)
			about[n++] = (uint64_t)kind;
	return ids_json(a, about, n);
}

/* The ids of a page and one more. Each index is asked the way it is ordered. */
static uint32_t find_ids(struct req *r, const struct question *q, const struct page *page,
			 uint64_t *ids)
{
	struct tx *tx = req_tx(r);
	int64_t at = page->is_continued ? (int64_t)page->key1 : q->to - 1;
	uint64_t below = page->is_continued ? page->key2 : UINT64_MAX;
	uint32_t most = page->limit + 1, n = 0;

	if (q->by) {
		struct sql_audit_page_by_row row;
		struct rows *rows = sql_audit_page_by(tx, (struct sql_audit_page_by){
			.by_kind = q->by_kind, .by_id = q->by, .kind = q->kind,
			.subject = q->subject, .first = q->from, .at = at, .id = below,
			.n = most });
		while (sql_audit_page_by_next(rows, &row))
			ids[n++] = row.id;
	} else if (q->subject) {
		struct sql_audit_page_subject_row row;
		struct rows *rows = sql_audit_page_subject(tx, (struct sql_audit_page_subject){
			.subject = q->subject, .kind = q->kind,
			.kinds = kinds_about(req_arena(r), q->subject_kind), .first = q->from,
			.at = at, .id = below, .n = most });
		while (sql_audit_page_subject_next(rows, &row))
			ids[n++] = row.id;
	} else if (q->kind) {
		struct sql_audit_page_kind_row row;
		struct rows *rows = sql_audit_page_kind(tx, (struct sql_audit_page_kind){
			.kind = q->kind, .first = q->from, .at = at, .id = below, .n = most });
		while (sql_audit_page_kind_next(rows, &row))
			ids[n++] = row.id;
	} else {
		struct sql_audit_page_row row;
		struct rows *rows = sql_audit_page(tx, (struct sql_audit_page){
			.first = q->from, .at = at, .id = below, .n = most });
		while (sql_audit_page_next(rows, &row))
			ids[n++] = row.id;
	}
	return n;
}

static void write_act(struct req *r, const audit_row *row)
{
	struct json *j = req_json(r);

	json_object(j, NULL);
	audit_write(j, req_arena(r), row);
	json_close(j);
}

static struct rows *acts_of(struct req *r, const uint64_t *ids, uint32_t n)
{
	return sql_audit_acts(req_tx(r), (struct sql_audit_acts){
		.ids = ids_json(req_arena(r), ids, n) });
}

struct reply audit_list(struct req *r)
{
	uint64_t ids[LIMIT_PAGE_MAX + 1];
	struct question question;
	audit_row row = { 0 };
	struct page page;
	uint32_t shown = 0;

	bool is_read = read_question(r, &question);
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	uint32_t n = find_ids(r, &question, &page, ids);
	uint32_t most = n > page.limit ? page.limit : n;

	page_open(r);
	struct rows *rows = acts_of(r, ids, most);
	while (shown < most && sql_audit_acts_next(rows, &row)) {
		write_act(r, &row);
		shown++;
	}
	page_close(r, n > page.limit, (uint64_t)row.at, row.id);
	return reply_ok(r);
}

/* ---- as a file ---- */

static void csv_act(struct csv *csv, struct arena *a, const audit_row *row)
{
	csv_u64(csv, row->id);
	csv_time(csv, row->at);
	csv_text(csv, audit_kind_name((enum audit_kind)row->kind));
	csv_str(csv, audit_actor_text(a, (enum actor_kind)row->by_kind, row->by_id));
	csv_str(csv, row->by_name);
	csv_text(csv, row->by_role ? role_name(row->by_role) : "");
	csv_str(csv, row->by_unit);
	csv_str(csv, row->source);
	csv_str(csv, audit_subject_text(a, row));
	csv_str(csv, row->reason);
	csv_str(csv, row->detail);
}

/* All that the question finds, up to LIMIT_AUDIT_ROWS; that it was taken out is an act, too. */
struct reply audit_csv(struct req *r)
{
	static const char *const heads[] = {
		"id", "at", "kind", "by", "name", "role", "department", "source", "subject",
		"reason", "detail", NULL
	};
	uint64_t ids[LIMIT_PAGE_MAX + 1];
	struct question question;
	struct page page = { .limit = LIMIT_PAGE_MAX };
	bool is_last = false;
	struct csv csv;

	if (!read_question(r, &question))
		return reply_invalid(r);
	struct export_mark mark = audit_export_mark(r);

	csv_open_copy(&csv, req_spool(r), heads, mark.code);
	while (!is_last && csv.rows < LIMIT_AUDIT_ROWS) {
		uint32_t n = find_ids(r, &question, &page, ids);
		uint32_t most = n > page.limit ? page.limit : n;
		struct rows *rows = acts_of(r, ids, most);
		audit_row row = { 0 };

		while (sql_audit_acts_next(rows, &row))
			csv_act(&csv, req_arena(r), &row);
		page.is_continued = true;
		page.key1 = (uint64_t)row.at;
		page.key2 = row.id;
		is_last = n <= page.limit;
	}
	csv_close(&csv);
	audit_export_record(r, &mark, "audit", STR(""));
	return reply_spool(r, CSV_TYPE, "audit-%.*s.csv", STR_ARG(mark.code));
}

/* The act of the path {id}. */
static bool req_act(struct req *r, audit_row *ret_row)
{
	struct str text = req_path(r, "id");
	uint64_t id;

	*ret_row = (audit_row){ 0 };
	return str_to_u64(text, &id) && id > 0 && sql_audit_acts_next(acts_of(r, &id, 1), ret_row);
}

struct reply audit_show(struct req *r)
{
	audit_row row;

	if (!req_act(r, &row))
		return reply_missing(r);
	write_act(r, &row);
	return reply_ok(r);
}

struct reply audit_proof(struct req *r)
{
	struct arena *a = req_arena(r);
	struct json *j = req_json(r);
	struct seal_proof proof;
	struct str content;
	audit_row row;

	if (!req_act(r, &row) || !sealed_content(req_tx(r), ENTRY_ACT, row.id, 1, &content))
		return reply_missing(r);
	if (!sealed_proof(req_tx(r), ENTRY_ACT, row.id, 1, &proof)) {
		reply_header(r, "Retry-After", "2");
		return reply_problem(r, 409, "not_in_the_tree_yet",
				     "The act is under no checkpoint yet; ask again in a few "
				     "seconds.");
	}
	json_object(j, NULL);
	json_str(j, "content", content);
	json_u64(j, "seq", proof.position);
	json_str(j, "entry", encode_base64(a, proof.entry));
	json_array(j, "proof");
	for (uint32_t i = 0; i < proof.inclusion.n; i++)
		json_str(j, NULL, encode_base64(a, (struct str){
			(const char *)proof.inclusion.v[i].v, SHA256_BYTES }));
	json_close(j);
	json_str(j, "checkpoint", proof.checkpoint);
	json_str(j, "key", proof.vkey);
	json_close(j);
	return reply_ok(r);
}
