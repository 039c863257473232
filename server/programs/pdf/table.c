/*
 * Tables, whose heads stand on every page they reach, and forms: a grid of labels and values.
 */
#include <string.h>

#include "pdf/blocks.h"
#include "pdf/fail.h"

enum { COLUMNS_MOST = 24, CELL_LINES_MOST = 12 };
static const double pad_x = 4, pad_y = 3.5;

struct column {
	const char *head;
	double x, width;
	enum align align;
};

struct table {
	struct column columns[COLUMNS_MOST];
	size_t n;
};

/* A cell: its text, and below it a note. */
struct cell {
	struct text text, note;
};

/* ---- reading ---- */

static enum align align_of(const json_t *column)
{
	const char *name = text_of(column, "align");

	if (strcmp(name, "right") == 0)
		return ALIGN_RIGHT;
	return strcmp(name, "center") == 0 ? ALIGN_CENTER : ALIGN_LEFT;
}

static struct table table_of(const json_t *json)
{
	const json_t *columns = json_object_get(json, "columns");
	struct table table = { .n = json_array_size(columns) };
	double all = 0, x = PAGE_LEFT;

	if (table.n == 0 || table.n > COLUMNS_MOST)
		fail("a table has 1 to %d columns", COLUMNS_MOST);
	for (size_t i = 0; i < table.n; i++) {
		const json_t *column = json_array_get(columns, i);
		double share = json_number_value(json_object_get(column, "width"));

		if (!(share > 0) || share > 1e6)
			fail("a column has no width");
		all += share;
		table.columns[i] = (struct column){
			text_of(column, "head"), 0, share, align_of(column),
		};
	}
	for (size_t i = 0; i < table.n; i++) {
		struct column *c = &table.columns[i];
		c->x = x;
		c->width *= PAGE_INNER / all;
		x += c->width;
		if (c->width < 3 * pad_x)
			fail("a column is too narrow");
	}
	return table;
}

static struct cell cell_of(const json_t *json, const struct column *column)
{
	bool is_object = json_is_object(json);
	bool is_bold = is_object && json_is_true(json_object_get(json, "bold"));
	const char *words = is_object ? text_of(json, "text") :
			    json_is_string(json) ? json_string_value(json) : "";

	return (struct cell){
		{ is_bold ? STYLE_CELL_BOLD : STYLE_CELL,
		  is_object ? ink_of(json, INK_TEXT) : INK_TEXT, column->align,
		  column->width - 2 * pad_x, CELL_LINES_MOST, words },
		{ STYLE_NOTE, INK_MUTED, column->align, column->width - 2 * pad_x,
		  CELL_LINES_MOST, is_object ? text_of(json, "note") : "" },
	};
}

/* ---- drawing ---- */

static double cell_height(struct page *p, const struct cell *cell)
{
	return 2 * pad_y + text_height(p, &cell->text) +
	       (*cell->note.words ? text_height(p, &cell->note) : 0);
}

static double row_height(struct page *p, const struct table *table, const json_t *row)
{
	double height = 0;

	for (size_t i = 0; i < table->n; i++) {
		struct cell cell = cell_of(json_array_get(row, i), &table->columns[i]);
		double own = cell_height(p, &cell);

		if (own > height)
			height = own;
	}
	return height;
}

static void row_draw(struct page *p, const struct table *table, const json_t *row,
		     double height)
{
	for (size_t i = 0; i < table->n && !p->is_counting; i++) {
		const struct column *column = &table->columns[i];
		struct cell cell = cell_of(json_array_get(row, i), column);
		double y = p->y + (height - cell_height(p, &cell)) / 2 + pad_y;

		text_draw(p, &cell.text, column->x + pad_x, y);
		if (*cell.note.words)
			text_draw(p, &cell.note, column->x + pad_x,
				  y + text_height(p, &cell.text));
	}
	p->y += height;
	line_draw(p, INK_LINE, 0.4, PAGE_LEFT, p->y, PAGE_RIGHT, p->y);
}

static struct text head_text(const struct column *column)
{
	return (struct text){
		STYLE_CELL_BOLD, INK_TEXT, column->align, column->width - 2 * pad_x, 3,
		column->head,
	};
}

static double heads_height(struct page *p, const struct table *table)
{
	double height = 0;

	for (size_t i = 0; i < table->n; i++) {
		struct text t = head_text(&table->columns[i]);
		double own = 2 * pad_y + text_height(p, &t);

		if (own > height)
			height = own;
	}
	return height;
}

static void heads_draw(struct page *p, const struct table *table, double height)
{
	box_fill(p, INK_GROUND, PAGE_LEFT, p->y, PAGE_INNER, height);
	for (size_t i = 0; i < table->n; i++) {
		struct text t = head_text(&table->columns[i]);
		double y = p->y + (height - text_height(p, &t)) / 2;

		text_draw(p, &t, table->columns[i].x + pad_x, y);
	}
	line_draw(p, INK_TEXT, 0.8, PAGE_LEFT, p->y, PAGE_RIGHT, p->y);
	p->y += height;
	line_draw(p, INK_MUTED, 0.6, PAGE_LEFT, p->y, PAGE_RIGHT, p->y);
}

void table_draw(struct page *p, const json_t *json)
{
	const struct table table = table_of(json);
	const json_t *rows = json_object_get(json, "rows");
	double heads = heads_height(p, &table);
	size_t i;
	const json_t *row;

	json_array_foreach((json_t *)(uintptr_t)rows, i, row) {
		double height = row_height(p, &table, row);

		/* Heads never stand alone at the end of a page. */
		if (page_break_for(p, height + (i == 0 ? heads : 0)) || i == 0)
			heads_draw(p, &table, heads);
		row_draw(p, &table, row, height);
	}
	p->y += 8;
}

/* ---- forms ---- */

static const double label_width = 74;

struct form_cell {
	struct text label, value;
	double x, width;	/* of both */
};

static size_t form_cells(const json_t *row, struct form_cell cells[2])
{
	size_t n = json_array_size(row) / 2;

	if (n < 1 || n > 2 || json_array_size(row) % 2)
		fail("a row of a form has one or two labels with a value each");
	for (size_t i = 0; i < n; i++) {
		struct form_cell *c = &cells[i];
		const char *label = json_string_value(json_array_get(row, 2 * i));
		const char *value = json_string_value(json_array_get(row, 2 * i + 1));

		c->width = PAGE_INNER / (double)n;
		c->x = PAGE_LEFT + (double)i * c->width;
		c->label = (struct text){ STYLE_CELL_BOLD, INK_MUTED, ALIGN_CENTER,
					  label_width - 2 * pad_x, 2, label ? label : "" };
		c->value = (struct text){ STYLE_CELL, INK_TEXT, ALIGN_LEFT,
					  c->width - label_width - 2 * pad_x, CELL_LINES_MOST,
					  value ? value : "" };
	}
	return n;
}

static void form_row(struct page *p, const json_t *row, double least)
{
	struct form_cell cells[2];
	size_t n = form_cells(row, cells);
	double height = least;

	for (size_t i = 0; i < n; i++) {
		double label = text_height(p, &cells[i].label) + 2 * pad_y + 3;
		double value = text_height(p, &cells[i].value) + 2 * pad_y + 3;

		height = label > height ? label : height;
		height = value > height ? value : height;
	}
	page_break_for(p, height);
	for (size_t i = 0; i < n; i++) {
		const struct form_cell *c = &cells[i];
		double label = (height - text_height(p, &c->label)) / 2;
		double value = (height - text_height(p, &c->value)) / 2;

		box_fill(p, INK_GROUND, c->x, p->y, label_width, height);
		text_draw(p, &c->label, c->x + pad_x, p->y + label);
		text_draw(p, &c->value, c->x + label_width + pad_x, p->y + value);
		line_draw(p, INK_LINE, 0.5, c->x, p->y, c->x, p->y + height);
		line_draw(p, INK_LINE, 0.5, c->x + label_width, p->y, c->x + label_width,
			  p->y + height);
	}
	line_draw(p, INK_LINE, 0.5, PAGE_RIGHT, p->y, PAGE_RIGHT, p->y + height);
	line_draw(p, INK_LINE, 0.5, PAGE_LEFT, p->y, PAGE_RIGHT, p->y);
	p->y += height;
	line_draw(p, INK_LINE, 0.5, PAGE_LEFT, p->y, PAGE_RIGHT, p->y);
}

void form_draw(struct page *p, const json_t *form)
{
	const json_t *rows = json_object_get(form, "rows");
	double least = json_number_value(json_object_get(form, "least"));
	size_t i;
	const json_t *row;

	if (!(least >= 0) || least > PAGE_BOTTOM - PAGE_TOP)
		fail("the least height of a form is larger than a page");
	json_array_foreach((json_t *)(uintptr_t)rows, i, row)
		form_row(p, row, least);
	p->y += 8;
}
