/*
 * Reading and finding reference data. The tables are short lines of codes that people keep in
 * a spreadsheet; columns are found by position, as the header of each shipped file names them.
 */
#include "rules/reference.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "rules/departments.h"

static int str_compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (order)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

/* All element types begin with their code, so one comparison serves every table. */
static int compare_codes(const void *a, const void *b)
{
	struct str left, right;

	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	return str_compare(left, right);
}

_Static_assert(offsetof(struct department, code) == 0, "code stands first");
_Static_assert(offsetof(struct area, code) == 0, "code stands first");
_Static_assert(offsetof(struct category, code) == 0, "code stands first");

static const void *find_code(const void *rows, size_t count, size_t size, struct str code)
{
	return count ? bsearch(&code, rows, count, size, compare_codes) : NULL;
}

const struct department *reference_department(const struct reference *r, struct str code)
{
	return find_code(r->departments, r->department_count, sizeof(*r->departments), code);
}

const struct department *reference_department_in_use(const struct reference *r, struct str code)
{
	const struct department *d = reference_department(r, code);

	return d && !d->is_off ? d : NULL;
}

const struct area *reference_area(const struct reference *r, struct str code)
{
	return find_code(r->areas, r->area_count, sizeof(*r->areas), code);
}

const struct category *reference_category(const struct reference *r, struct str code)
{
	return find_code(r->categories, r->category_count, sizeof(*r->categories), code);
}

static int compare_rows(const void *a, const void *b)
{
	const struct catalogue_row *left = a, *right = b;
	int order = str_compare(left->category, right->category);

	return order ? order : str_compare(left->area, right->area);
}

const struct catalogue_row *reference_route(const struct reference *r, struct str category,
					    struct str area)
{
	const struct catalogue_row exact = { .category = category, .area = area };
	const struct catalogue_row any = { .category = category, .area = STR("*") };
	const struct catalogue_row *row = NULL;

	if (!r->catalogue_count)
		return NULL;
	row = bsearch(&exact, r->catalogue, r->catalogue_count, sizeof(exact), compare_rows);
	if (!row)
		row = bsearch(&any, r->catalogue, r->catalogue_count, sizeof(any), compare_rows);
	return row;
}

bool reference_is_within(const struct reference *r, struct str code, struct str above)
{
	/* The count bounds the walk: a loop in the tree ends it instead of hanging. */
	for (uint32_t steps = 0; steps <= r->department_count && !str_is_empty(code); steps++) {
		if (str_eq(code, above))
			return true;
		const struct department *at = reference_department(r, code);
		if (!at)
			return false;
		code = at->parent;
	}
	return false;
}

/* ---- reading ---- */

static struct str cell(const struct table_reader *t, size_t i)
{
	return i < t->count ? (struct str){ t->cell[i].p, t->cell[i].n } : STR("");
}

static bool is_code(struct str s)
{
	if (s.n == 0 || s.n > 16)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-')
			return false;
	}
	return true;
}

static struct table_reader reader_of(struct str text, const char *header,
				     struct table_problems *problems)
{
	return (struct table_reader){
		.at = text.p, .end = text.p + text.n, .header = header, .problems = problems,
	};
}

/* An upper bound of the rows: the lines. */
static size_t line_count(struct str text)
{
	size_t lines = 1;

	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	return lines;
}

static bool first_is_code(struct table_reader *t)
{
	if (is_code(cell(t, 0)))
		return true;
	table_bad(t, "the first cell is no code of 1 to 16 letters, digits, _ or -");
	return false;
}

/* Drops the later one of two rows with the same key; lines are gone by now, so it is named. */
static uint32_t drop_repeats(void *rows, size_t count, size_t size,
			     int (*compare)(const void *, const void *),
			     struct table_reader *t)
{
	char *base = rows;
	size_t kept = 0;

	if (count)
		qsort(rows, count, size, compare);
	for (size_t i = 0; i < count; i++) {
		struct str code;
		if (kept && compare(base + (kept - 1) * size, base + i * size) == 0) {
			memcpy(&code, base + i * size, sizeof(code));
			table_bad(t, "%.*s stands twice", STR_ARG(code));
			continue;
		}
		memmove(base + kept * size, base + i * size, size);
		kept++;
	}
	return (uint32_t)kept;
}

void reference_sort_departments(struct department *departments, uint32_t count)
{
	if (count)
		qsort(departments, count, sizeof(*departments), compare_codes);
}

/* Cells that may stay empty can be marked so, as in the other tables. */
static struct str optional_cell(const struct table_reader *t, size_t i)
{
	struct str text = cell(t, i);

	return str_is(text, "-") ? STR("") : text;
}

static bool department_read(struct table_reader *t, struct arena *a, struct department *ret)
{
	struct str takes = cell(t, 6);

	*ret = (struct department){
		.code = arena_str(a, cell(t, 0)),
		.name = arena_str(a, cell(t, 1)),
		.name_en = arena_str(a, cell(t, 2)),
		.parent = arena_str(a, optional_cell(t, 3)),
		.kind = arena_str(a, cell(t, 4)),
		.peer_group = arena_str(a, cell(t, 5)),
		.takes_tasks = str_is(takes, "1"),
		.initials = arena_str(a, optional_cell(t, 7)),
		.phone = arena_str(a, optional_cell(t, 8)),
		.version = 1, .line = t->line,
	};
	struct department_complaint complaint = department_check_alone(ret);

	if (complaint.field)
		table_bad(t, "%s: %s", complaint.field, complaint.detail);
	else if (!str_is(takes, "0") && !str_is(takes, "1"))
		table_bad(t, "takes_tasks: Give 1 or 0.");
	else
		return true;
	return false;
}

void reference_parse_departments(struct reference *r, struct arena *a, struct str text,
				 struct table_problems *problems)
{
	struct table_reader t = reader_of(text, "code", problems);
	struct department *rows = arena_array_of(a, struct department, line_count(text));
	size_t n = 0;

	while (table_next(&t))
		if (department_read(&t, a, &rows[n]))
			n++;
	r->departments = rows;
	r->department_count = drop_repeats(rows, n, sizeof(*rows), compare_codes, &t);
}

void reference_parse_areas(struct reference *r, struct arena *a, struct str text,
			   struct table_problems *problems)
{
	struct table_reader t = reader_of(text, "code", problems);
	struct area *rows = arena_array_of(a, struct area, line_count(text));
	size_t n = 0;

	while (table_next(&t)) {
		if (!first_is_code(&t))
			continue;
		rows[n++] = (struct area){
			.code = arena_str(a, cell(&t, 0)),
			.name = arena_str(a, cell(&t, 1)),
			.name_en = arena_str(a, cell(&t, 2)),
			.initials = arena_str(a, cell(&t, 3)),
			.department = arena_str(a, cell(&t, 4)),
		};
	}
	r->areas = rows;
	r->area_count = drop_repeats(rows, n, sizeof(*rows), compare_codes, &t);
}

static void mark_leaves(struct category *rows, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		rows[i].is_leaf = true;
	for (uint32_t i = 0; i < count; i++) {
		struct category *parent = bsearch(&rows[i].parent, rows, count, sizeof(*rows),
						  compare_codes);
		if (parent)
			parent->is_leaf = false;
	}
}

void reference_parse_categories(struct reference *r, struct arena *a, struct str text,
				struct table_problems *problems)
{
	struct table_reader t = reader_of(text, "code", problems);
	struct category *rows = arena_array_of(a, struct category, line_count(text));
	size_t n = 0;

	while (table_next(&t)) {
		if (!first_is_code(&t))
			continue;
		rows[n++] = (struct category){
			.code = arena_str(a, cell(&t, 0)),
			.parent = arena_str(a, cell(&t, 1)),
			.name = arena_str(a, cell(&t, 2)),
			.name_en = arena_str(a, cell(&t, 3)),
			.initials = arena_str(a, cell(&t, 4)),
			.keywords = arena_str(a, cell(&t, 5)),
		};
	}
	r->categories = rows;
	r->category_count = drop_repeats(rows, n, sizeof(*rows), compare_codes, &t);
	mark_leaves(rows, r->category_count);
}

static bool catalogue_row_read(struct table_reader *t, struct arena *a,
			       struct catalogue_row *ret_row)
{
	struct str area = cell(t, 1), class = cell(t, 3);
	enum limit_class limit_class;

	if (!first_is_code(t))
		return false;
	if (!str_is(area, "*") && !is_code(area)) {
		table_bad(t, "the area is neither a code nor *");
		return false;
	}
	if (!is_code(cell(t, 2))) {
		table_bad(t, "the department is no code");
		return false;
	}
	if (!limit_class_parse(class.p, class.n, &limit_class)) {
		table_bad(t, "the limit class is none of L0 to L5 and LX");
		return false;
	}
	*ret_row = (struct catalogue_row){
		.category = arena_str(a, cell(t, 0)),
		.area = arena_str(a, area),
		.department = arena_str(a, cell(t, 2)),
		.limit_class = limit_class,
		.urgent_allowed = str_is(cell(t, 4), "1"),
		.department_only = str_is(cell(t, 5), "1"),
		.basis = arena_str(a, cell(t, 6)),
	};
	return true;
}

void reference_parse_catalogue(struct reference *r, struct arena *a, struct str text,
			       struct table_problems *problems)
{
	struct table_reader t = reader_of(text, "category", problems);
	struct catalogue_row *rows = arena_array_of(a, struct catalogue_row, line_count(text));
	size_t n = 0;

	while (table_next(&t))
		if (catalogue_row_read(&t, a, &rows[n]))
			n++;
	r->catalogue = rows;
	r->catalogue_count = drop_repeats(rows, n, sizeof(*rows), compare_rows, &t);
}

/* ---- writing ---- */

/* Takes a line with its end off the text. */
static struct str take_line(struct str *text)
{
	const char *end = memchr(text->p, '\n', text->n);
	struct str line = { text->p, end ? (size_t)(end - text->p) + 1 : text->n };

	text->p += line.n;
	text->n -= line.n;
	return line;
}

static struct str catalogue_line(struct arena *a, const struct catalogue_row *row)
{
	char *basis = arena_alloc(a, row->basis.n + 1);

	for (size_t i = 0; i < row->basis.n; i++) {
		unsigned char c = (unsigned char)row->basis.p[i];
		basis[i] = c < 0x20 || c == 0x7f ? ' ' : row->basis.p[i];
	}
	return arena_printf(a, "%.*s\t%.*s\t%.*s\t%s\t%d\t%d\t%s\n", STR_ARG(row->category),
			    STR_ARG(row->area), STR_ARG(row->department),
			    limit_class_text(row->limit_class), row->urgent_allowed,
			    row->department_only, row->basis.n ? basis : "-");
}

/* Where the new line goes: from..to is what it takes the place of. */
struct place {
	size_t from, to;
};

static struct place place_of(struct arena *a, struct str text, const struct catalogue_row *row)
{
	struct str category = arena_printf(a, "%.*s\t", STR_ARG(row->category));
	struct str pair = arena_printf(a, "%.*s%.*s\t", STR_ARG(category), STR_ARG(row->area));
	struct place place = { text.n, text.n };
	struct str rest = text;

	while (rest.n) {
		struct str line = take_line(&rest);
		size_t end = text.n - rest.n;
		if (str_starts(line, pair))
			return (struct place){ end - line.n, end };
		if (str_starts(line, category))
			place = (struct place){ end, end };
	}
	return place;
}

struct str catalogue_replace_row(struct arena *a, struct str text,
				 const struct catalogue_row *row)
{
	must(is_code(row->category) && is_code(row->department) &&
	     (is_code(row->area) || str_is(row->area, "*")));
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = (struct str){ text.p + 3, text.n - 3 };

	struct place place = place_of(a, text, row);
	struct str line = catalogue_line(a, row);
	struct str head = { text.p, place.from };
	struct str tail = { text.p + place.to, text.n - place.to };
	bool is_cut = head.n && head.p[head.n - 1] != '\n';

	return arena_printf(a, "%.*s%s%.*s%.*s", STR_ARG(head), is_cut ? "\n" : "",
			    STR_ARG(line), STR_ARG(tail));
}

bool reference_is_recused(const struct reference *r, struct str department, struct str accused)
{
	return accused.n && department.n && reference_is_within(r, department, accused);
}
