/*
 * Lists in pages by keyset: a cursor holds the keys of the last row shown, never an offset.
 */
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "must.h"
#include "net/cursor.h"
#include "net/request.h"

bool req_page(struct req *r, struct page *ret_page)
{
	struct str limit = req_query(r, "limit"), cursor = req_query(r, "cursor");
	struct page page = { .limit = LIMIT_PAGE_DEFAULT };
	uint64_t wanted;
	bool is_fine = true;

	if (limit.p) {
		if (str_to_u64(limit, &wanted) && wanted >= 1 && wanted <= LIMIT_PAGE_MAX) {
			page.limit = (uint32_t)wanted;
		} else {
			req_error(r, "#/query/limit", "out_of_range", "must be 1 to %d",
				  LIMIT_PAGE_MAX);
			is_fine = false;
		}
	}
	if (cursor.p) {
		page.is_continued = cursor_open(r->arena, r->match.route->access->path, cursor,
						&page.key1, &page.key2);
		if (!page.is_continued) {
			req_error(r, "#/query/cursor", "bad_cursor",
				  "is not a cursor of this list");
			is_fine = false;
		}
	}
	if (is_fine)
		*ret_page = page;
	return is_fine;
}

void page_open(struct req *r)
{
	struct json *j = req_json(r);

	must(!r->is_list_open);
	json_object(j, NULL);
	json_array(j, "items");
	r->is_list_open = true;
}

/* The query as it came, without its cursor; pieces stay encoded. */
static void copy_query(struct buf *out, struct str query)
{
	while (query.n > 0) {
		const char *end = memchr(query.p, '&', query.n);
		struct str part = { query.p, end ? (size_t)(end - query.p) : query.n };

		query.p += part.n + (end != NULL);
		query.n -= part.n + (end != NULL);
		if (part.n == 0 || str_starts(part, STR("cursor=")))
			continue;
		buf_add(out, part);
		buf_add_byte(out, '&');
	}
}

static void link_next(struct req *r, struct str cursor)
{
	struct buf link;

	buf_init(&link, LIMIT_TARGET_BYTES + 100);
	buf_add(&link, r->path);
	buf_add_byte(&link, '?');
	copy_query(&link, r->query_text);
	/* A target at its limit leaves no room: then the body's cursor has to do. */
	if (!link.overflow && link.n < 900)
		reply_header(r, "Link", "<%.*scursor=%.*s>; rel=\"next\"", (int)link.n,
			     link.p, STR_ARG(cursor));
	buf_free(&link);
}

void page_items_end(struct req *r)
{
	must(r->is_list_open);
	r->is_list_open = false;
	json_close(req_json(r));
}

void page_close(struct req *r, bool has_more, uint64_t last_key1, uint64_t last_key2)
{
	struct json *j = req_json(r);

	if (r->is_list_open)
		page_items_end(r);
	must(j->depth == 1);
	if (has_more) {
		struct str cursor = cursor_make(r->arena, r->match.route->access->path, last_key1,
						last_key2);
		json_str(j, "next_cursor", cursor);
		link_next(r, cursor);
	} else {
		json_null(j, "next_cursor");
	}
	json_close(j);
}

static void query_error(struct req *r, const char *name, const char *code, const char *detail)
{
	struct str pointer = arena_printf(r->arena, "#/query/%s", name);

	req_error(r, pointer.p, code, "%s", detail);
}

bool req_query_time(struct req *r, const char *name, int64_t *ret_at)
{
	struct str text = req_query(r, name);

	if (!text.p || clock_parse(text, ret_at))
		return true;
	query_error(r, name, "bad_time", "must be an RFC 3339 instant with a zone");
	return false;
}

bool req_query_choice(struct req *r, const char *name, const char *const *choices, int *ret)
{
	struct str text = req_query(r, name);
	int index = text.p ? str_index(text, choices) : -1;

	if (text.p && index < 0) {
		query_error(r, name, "unknown", "is none of the known values");
		return false;
	}
	*ret = index;
	return true;
}

/* Columns of codes are ASCII: anything else compares with nothing in them, not even unequal. */
bool req_query_code(struct req *r, const char *name, struct str *ret_code)
{
	struct str text = req_query(r, name);

	if (text.p && !str_is_code(text, FORM_CODE_CHARS)) {
		query_error(r, name, "bad_code", "must be a code of letters, digits and _.-");
		return false;
	}
	*ret_code = text;
	return true;
}
