/*
 * Reading and finding grounds, checklist and hand-over items. The tables are a screen long, so
 * they keep the order in which people wrote them and are searched from the top.
 */
#include "rules/grounds.h"

#include <string.h>

#include "domain.h"
#include "rules/reference.h"

const char *const ground_list_names[] = {
	"return", "pause", "exclusion", "refusal", "transfer", NULL
};

const char *const ground_need_names[] = {
	"basis", "proposal", "evidence", "plan", "until", NULL
};

const char *const checklist_need_names[] = {
	"reply", "contact", "reached", "legal_basis", "attachment", NULL
};

/* ---- finding ---- */

const struct ground *reference_ground(const struct reference *r, const char *list,
				      struct str code)
{
	for (uint32_t i = 0; i < r->ground_count; i++) {
		const struct ground *g = &r->grounds[i];
		if (str_eq(g->code, code) && str_is(g->list, list))
			return g;
	}
	return NULL;
}

uint32_t reference_checklist(const struct reference *r, enum content_class content, int result)
{
	uint32_t needs = 0;

	for (uint32_t i = 0; i < r->checklist_count; i++) {
		const struct checklist_row *row = &r->checklist[i];
		if ((row->content == CHECKLIST_ANY || row->content == (int)content) &&
		    (row->result == CHECKLIST_ANY || row->result == result))
			needs |= row->needs;
	}
	return needs;
}

const struct handover_item *reference_handover(const struct reference *r, struct str code)
{
	for (uint32_t i = 0; i < r->handover_count; i++)
		if (str_eq(r->handovers[i].code, code))
			return &r->handovers[i];
	return NULL;
}

/* ---- reading ---- */

static struct table_reader reader_of(struct str text, const char *header,
				     struct table_problems *problems)
{
	return (struct table_reader){
		.at = text.p, .end = text.p + text.n, .header = header, .problems = problems,
	};
}

static struct str cell(const struct table_reader *t, size_t i)
{
	return i < t->count ? (struct str){ t->cell[i].p, t->cell[i].n } : STR("");
}

static bool is_code(struct str s)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_-";

	/* A dash alone means that there is nothing. */
	if (s.n == 0 || s.n > GROUND_CODE_MAX || str_is(s, "-"))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!memchr(allowed, s.p[i], sizeof(allowed) - 1))
			return false;
	return true;
}

/* Room, cells and code; false after having reported the line. */
static bool line_is_good(struct table_reader *t, size_t columns, size_t code_column, size_t n)
{
	if (n == GROUND_ROWS_MAX) {
		table_bad(t, "more than %d lines; remove this one", GROUND_ROWS_MAX);
		return false;
	}
	if (t->count != columns) {
		table_bad(t, "%zu cells instead of %zu; write - where there is nothing",
			  t->count, columns);
		return false;
	}
	for (size_t i = 0; i < columns; i++) {
		if (!t->cell[i].n) {
			table_bad(t, "cell %zu is empty; write - where there is nothing",
				  i + 1);
			return false;
		}
	}
	if (is_code(cell(t, code_column)))
		return true;
	table_bad(t, "\"%.*s\" is no code of 1 to %d letters, digits, _ or -",
		  table_cell_width(t->cell[code_column]), t->cell[code_column].p,
		  GROUND_CODE_MAX);
	return false;
}

/* Names of both languages are there; false after having reported the line. */
static bool names_are_good(struct table_reader *t, size_t first)
{
	if (!str_is(cell(t, first), "-") && !str_is(cell(t, first + 1), "-"))
		return true;
	table_bad(t, "a name is missing; write one in both languages");
	return false;
}

static struct str optional(struct arena *a, struct str s)
{
	return str_is(s, "-") ? STR_NONE : arena_str(a, s);
}

/* Bits of a list of words with commas between, "-" for none; false after a report. */
static bool needs_parse(struct table_reader *t, size_t column, const char *const *words,
			uint32_t *ret_needs)
{
	struct str rest = cell(t, column);
	uint32_t needs = 0;

	*ret_needs = 0;
	if (str_is(rest, "-"))
		return true;
	for (bool is_last = false; !is_last;) {
		const char *comma = memchr(rest.p, ',', rest.n);
		struct str word = { rest.p, comma ? (size_t)(comma - rest.p) : rest.n };
		int bit = str_index(word, words);
		if (bit < 0) {
			table_bad(t, "\"%.*s\" is nothing that can be asked for; the file's "
				  "head names the words",
				  table_cell_width((struct table_cell){ word.p, word.n }),
				  word.p);
			return false;
		}
		needs |= 1u << bit;
		is_last = !comma;
		if (comma)
			rest = (struct str){ comma + 1, rest.n - word.n - 1 };
	}
	*ret_needs = needs;
	return true;
}

enum ground_column {
	GROUND_LIST, GROUND_CODE, GROUND_NAME, GROUND_NAME_EN, GROUND_CHANNEL,
	GROUND_CHANNEL_EN, GROUND_NEEDS, GROUND_COLUMNS
};

static bool ground_read(struct table_reader *t, struct arena *a, const struct reference *r,
			struct ground *ret_ground)
{
	int list = str_index(cell(t, GROUND_LIST), ground_list_names);
	uint32_t needs;

	if (!line_is_good(t, GROUND_COLUMNS, GROUND_CODE, r->ground_count) ||
	    !names_are_good(t, GROUND_NAME))
		return false;
	if (list < 0) {
		table_bad(t, "\"%.*s\" is no list; write return, pause, exclusion, refusal or "
			  "transfer", table_cell_width(t->cell[GROUND_LIST]),
			  t->cell[GROUND_LIST].p);
		return false;
	}
	if (reference_ground(r, ground_list_names[list], cell(t, GROUND_CODE))) {
		table_bad(t, "%s %.*s stands in an earlier line already; keep one of the two",
			  ground_list_names[list], STR_ARG(cell(t, GROUND_CODE)));
		return false;
	}
	if (!needs_parse(t, GROUND_NEEDS, ground_need_names, &needs))
		return false;
	*ret_ground = (struct ground){
		.list = str_of(ground_list_names[list]),
		.code = arena_str(a, cell(t, GROUND_CODE)),
		.name = arena_str(a, cell(t, GROUND_NAME)),
		.name_en = arena_str(a, cell(t, GROUND_NAME_EN)),
		.channel = optional(a, cell(t, GROUND_CHANNEL)),
		.channel_en = optional(a, cell(t, GROUND_CHANNEL_EN)),
		.needs = needs,
	};
	return true;
}

static bool list_has_ground(const struct reference *r, const char *list)
{
	for (uint32_t i = 0; i < r->ground_count; i++)
		if (str_is(r->grounds[i].list, list))
			return true;
	return false;
}

void reference_parse_grounds(struct reference *r, struct arena *a, struct str text,
			     struct table_problems *problems)
{
	struct table_reader t = reader_of(text, "list", problems);
	struct ground *rows = arena_array_of(a, struct ground, GROUND_ROWS_MAX);

	r->grounds = rows;
	r->ground_count = 0;
	while (table_next(&t))
		if (ground_read(&t, a, r, &rows[r->ground_count]))
			r->ground_count++;
	for (const char *const *list = ground_list_names; *list; list++)
		if (!list_has_ground(r, *list))
			table_bad(&t, "the list %s is empty; add a line", *list);
}

enum checklist_column {
	CHECKLIST_CONTENT, CHECKLIST_RESULT, CHECKLIST_NEEDS, CHECKLIST_COLUMNS
};

static bool checklist_read(struct table_reader *t, struct checklist_row *ret_row)
{
	struct table_cell class = t->cell[CHECKLIST_CONTENT];
	struct checklist_row row = { .content = CHECKLIST_ANY, .result = CHECKLIST_ANY };
	enum content_class content;

	if (t->count != CHECKLIST_COLUMNS) {
		table_bad(t, "%zu cells instead of %d", t->count, CHECKLIST_COLUMNS);
		return false;
	}
	if (!table_cell_is(class, "*")) {
		if (!content_class_parse(class.p, class.n, &content)) {
			table_bad(t, "\"%.*s\" is neither a content class nor *",
				  table_cell_width(class), class.p);
			return false;
		}
		row.content = (int)content;
	}
	if (!str_is(cell(t, CHECKLIST_RESULT), "*")) {
		int result = str_index(cell(t, CHECKLIST_RESULT), task_result_names);
		if (result < 0) {
			table_bad(t, "\"%.*s\" is neither a result nor *",
				  table_cell_width(t->cell[CHECKLIST_RESULT]),
				  t->cell[CHECKLIST_RESULT].p);
			return false;
		}
		row.result = result + 1;
	}
	if (!needs_parse(t, CHECKLIST_NEEDS, checklist_need_names, &row.needs))
		return false;
	*ret_row = row;
	return true;
}

void reference_parse_checklist(struct reference *r, struct arena *a, struct str text,
			       struct table_problems *problems)
{
	struct table_reader t = reader_of(text, "content_class", problems);
	struct checklist_row *rows = arena_array_of(a, struct checklist_row, GROUND_ROWS_MAX);

	r->checklist = rows;
	r->checklist_count = 0;
	while (table_next(&t)) {
		if (r->checklist_count == GROUND_ROWS_MAX)
			table_bad(&t, "more than %d lines; remove this one", GROUND_ROWS_MAX);
		else if (checklist_read(&t, &rows[r->checklist_count]))
			r->checklist_count++;
	}
}

enum handover_column {
	HANDOVER_CODE, HANDOVER_DIRECTION, HANDOVER_NAME, HANDOVER_NAME_EN, HANDOVER_URGENCY,
	HANDOVER_COLUMNS
};

static bool handover_read(struct table_reader *t, struct arena *a, const struct reference *r,
			  struct handover_item *ret_item)
{
	struct str direction = cell(t, HANDOVER_DIRECTION), urgency = cell(t, HANDOVER_URGENCY);

	if (!line_is_good(t, HANDOVER_COLUMNS, HANDOVER_CODE, r->handover_count) ||
	    !names_are_good(t, HANDOVER_NAME))
		return false;
	if (!str_is(direction, "to_110") && !str_is(direction, "from_110")) {
		table_bad(t, "the direction must be to_110 or from_110");
		return false;
	}
	if (!str_is(urgency, "urgent") && !str_is(urgency, "other")) {
		table_bad(t, "the urgency must be urgent or other");
		return false;
	}
	if (reference_handover(r, cell(t, HANDOVER_CODE))) {
		table_bad(t, "%.*s stands in an earlier line already; keep one of the two",
			  STR_ARG(cell(t, HANDOVER_CODE)));
		return false;
	}
	*ret_item = (struct handover_item){
		.code = arena_str(a, cell(t, HANDOVER_CODE)),
		.name = arena_str(a, cell(t, HANDOVER_NAME)),
		.name_en = arena_str(a, cell(t, HANDOVER_NAME_EN)),
		.is_to_110 = str_is(direction, "to_110"),
		.is_urgent = str_is(urgency, "urgent"),
	};
	return true;
}

void reference_parse_handover(struct reference *r, struct arena *a, struct str text,
			      struct table_problems *problems)
{
	struct table_reader t = reader_of(text, "code", problems);
	struct handover_item *rows = arena_array_of(a, struct handover_item, GROUND_ROWS_MAX);

	r->handovers = rows;
	r->handover_count = 0;
	while (table_next(&t))
		if (handover_read(&t, a, r, &rows[r->handover_count]))
			r->handover_count++;
}
