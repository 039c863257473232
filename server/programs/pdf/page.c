#include "pdf/page.h"

#include <cairo-pdf.h>
#include <stdio.h>
#include <string.h>

#include "bounds.h"
#include "pdf/fail.h"

#define SERIF "Noto Serif CJK SC"
#define SANS "Noto Sans CJK SC"

static const struct {
	const char *family;
	double size, spacing;	/* of lines, as a factor */
	bool is_bold;
} styles[STYLES] = {
	[STYLE_TITLE] = { SERIF, 20, 1.15, true },
	[STYLE_SUBTITLE] = { SANS, 9.5, 1.2, false },
	[STYLE_HEADING] = { SANS, 13, 1.2, true },
	[STYLE_SUBHEADING] = { SANS, 10.5, 1.2, true },
	[STYLE_BODY] = { SERIF, 10.5, 1.5, false },
	[STYLE_CELL] = { SANS, 8.5, 1.0, false },
	[STYLE_CELL_BOLD] = { SANS, 8.5, 1.0, true },
	[STYLE_NOTE] = { SANS, 7, 1.0, false },
	[STYLE_CODE] = { "Noto Sans Mono CJK SC", 7.5, 1.15, false },
};

static const double colours[INKS][3] = {
	[INK_TEXT] = { 0.086, 0.133, 0.184 },
	[INK_MUTED] = { 0.337, 0.404, 0.475 },
	[INK_BAD] = { 0.765, 0.129, 0.173 },
	[INK_GOOD] = { 0.090, 0.447, 0.271 },
	[INK_LINE] = { 0.780, 0.820, 0.863 },
	[INK_GROUND] = { 0.937, 0.949, 0.965 },
	[INK_BAR] = { 0.357, 0.573, 0.839 },
	[INK_MARK] = { 0.900, 0.915, 0.930 },
};

/* ---- text ---- */

static void layout_set(struct page *p, const struct text *t)
{
	static const PangoAlignment aligns[] = {
		[ALIGN_LEFT] = PANGO_ALIGN_LEFT, [ALIGN_CENTER] = PANGO_ALIGN_CENTER,
		[ALIGN_RIGHT] = PANGO_ALIGN_RIGHT,
	};

	pango_layout_set_font_description(p->layout, p->fonts[t->style]);
	pango_layout_set_line_spacing(p->layout, (float)styles[t->style].spacing);
	pango_layout_set_width(p->layout, pango_units_from_double(t->width));
	pango_layout_set_alignment(p->layout, aligns[t->align]);
	pango_layout_set_indent(p->layout, 0);
	pango_layout_set_height(p->layout, t->most_lines ? -t->most_lines : -1);
	pango_layout_set_ellipsize(p->layout, t->most_lines ? PANGO_ELLIPSIZE_END :
							      PANGO_ELLIPSIZE_NONE);
	pango_layout_set_text(p->layout, t->words, -1);
}

double text_height(struct page *p, const struct text *t)
{
	int height;

	layout_set(p, t);
	pango_layout_get_size(p->layout, NULL, &height);
	return pango_units_to_double(height);
}

void ink_set(struct page *p, enum ink ink)
{
	cairo_set_source_rgb(p->cr, colours[ink][0], colours[ink][1], colours[ink][2]);
}

void text_draw(struct page *p, const struct text *t, double x, double y)
{
	if (p->is_counting)
		return;
	layout_set(p, t);
	ink_set(p, t->ink);
	cairo_move_to(p->cr, x, y);
	pango_cairo_show_layout(p->cr, p->layout);
}

static double line_advance(PangoLayoutIter *lines)
{
	int top, bottom;

	pango_layout_iter_get_line_yrange(lines, &top, &bottom);
	return pango_units_to_double(bottom - top);
}

void text_flow(struct page *p, const struct text *t, double x, double indent)
{
	layout_set(p, t);
	pango_layout_set_indent(p->layout, pango_units_from_double(indent));
	/* The head of a new page sets the layout of the page anew. */
	PangoLayout *own = pango_layout_copy(p->layout);
	PangoLayoutIter *lines = pango_layout_get_iter(own);

	do {
		PangoRectangle place;
		double height = line_advance(lines);
		int top;

		page_break_for(p, height);
		pango_layout_iter_get_line_extents(lines, NULL, &place);
		pango_layout_iter_get_line_yrange(lines, &top, NULL);
		if (!p->is_counting) {
			double drop = pango_units_to_double(
				pango_layout_iter_get_baseline(lines) - top);

			ink_set(p, t->ink);
			cairo_move_to(p->cr, x + pango_units_to_double(place.x), p->y + drop);
			PangoLayoutLine *line = pango_layout_iter_get_line_readonly(lines);
			pango_cairo_show_layout_line(p->cr, line);
		}
		p->y += height;
	} while (pango_layout_iter_next_line(lines));
	pango_layout_iter_free(lines);
	g_object_unref(own);
}

/* ---- shapes ---- */

void line_draw(struct page *p, enum ink ink, double width, double x1, double y1, double x2,
	       double y2)
{
	if (p->is_counting)
		return;
	ink_set(p, ink);
	cairo_set_line_width(p->cr, width);
	cairo_move_to(p->cr, x1, y1);
	cairo_line_to(p->cr, x2, y2);
	cairo_stroke(p->cr);
}

void box_fill(struct page *p, enum ink ink, double x, double y, double width, double height)
{
	if (p->is_counting)
		return;
	ink_set(p, ink);
	cairo_rectangle(p->cr, x, y, width, height);
	cairo_fill(p->cr);
}

void outline_add(struct page *p, const char *name)
{
	char link[40];

	if (p->is_counting)
		return;
	snprintf(link, sizeof(link), "page=%d", p->number);
	cairo_pdf_surface_add_outline(p->surface, CAIRO_PDF_OUTLINE_ROOT, name, link, 0);
}

/* ---- pages ---- */

static void draw_head(struct page *p)
{
	const struct text title = {
		STYLE_NOTE, INK_MUTED, ALIGN_LEFT, PAGE_INNER, 1, p->words.title,
	};

	if (p->number == 1)
		return;
	text_draw(p, &title, PAGE_LEFT, PAGE_TOP - 26);
	line_draw(p, INK_LINE, 0.5, PAGE_LEFT, PAGE_TOP - 13, PAGE_RIGHT, PAGE_TOP - 13);
}

static void draw_foot(struct page *p)
{
	char number[60];
	const double y = PAGE_BOTTOM + 18;
	struct text foot = { STYLE_NOTE, INK_MUTED, ALIGN_LEFT, PAGE_INNER - 90, 2, p->words.foot };
	struct text count = { STYLE_NOTE, INK_MUTED, ALIGN_RIGHT, 84, 1, number };

	snprintf(number, sizeof(number), "第 %d 页 共 %d 页", p->number, p->total);
	line_draw(p, INK_LINE, 0.5, PAGE_LEFT, y - 5, PAGE_RIGHT, y - 5);
	text_draw(p, &foot, PAGE_LEFT, y);
	text_draw(p, &count, PAGE_RIGHT - 84, y);
}

/*
 * Rising from the left, three times, so that no part of a page is without it. It is drawn as
 * shapes: words of it between the words of the document would be in the way of who selects,
 * searches or listens to that.
 */
static void draw_mark(struct page *p)
{
	enum { TIMES = 3 };
	const double slope = -0.45;
	const struct text mark = {
		STYLE_HEADING, INK_MARK, ALIGN_CENTER, PAGE_WIDTH, 1, p->words.mark,
	};

	if (p->is_counting || !*p->words.mark)
		return;
	for (int i = 0; i < TIMES; i++) {
		cairo_save(p->cr);
		cairo_translate(p->cr, PAGE_WIDTH / 2, PAGE_HEIGHT * (2 * i + 1) / (2 * TIMES));
		cairo_rotate(p->cr, slope);
		layout_set(p, &mark);
		ink_set(p, mark.ink);
		cairo_move_to(p->cr, -PAGE_WIDTH / 2, 0);
		pango_cairo_layout_path(p->cr, p->layout);
		cairo_fill(p->cr);
		cairo_restore(p->cr);
	}
}

static void page_begin(struct page *p)
{
	p->number++;
	if (p->number > LIMIT_PRINT_PAGES)
		fail("the document has more than %d pages", LIMIT_PRINT_PAGES);
	p->y = PAGE_TOP;
	draw_mark(p);
	draw_head(p);
}

static void page_end(struct page *p)
{
	draw_foot(p);
	cairo_show_page(p->cr);
}

void page_open(struct page *p, cairo_surface_t *surface, int total,
	       const struct page_words *words)
{
	*p = (struct page){
		.surface = surface, .cr = cairo_create(surface), .words = *words,
		.total = total, .is_counting = total == 0,
	};
	p->layout = pango_cairo_create_layout(p->cr);
	pango_context_set_language(pango_layout_get_context(p->layout),
				   pango_language_from_string("zh-cn"));
	pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
	for (int i = 0; i < STYLES; i++) {
		p->fonts[i] = pango_font_description_new();
		pango_font_description_set_family_static(p->fonts[i], styles[i].family);
		pango_font_description_set_weight(p->fonts[i], styles[i].is_bold ?
						  PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
		pango_font_description_set_absolute_size(p->fonts[i],
							 styles[i].size * PANGO_SCALE);
	}
	page_begin(p);
}

int page_close(struct page *p)
{
	page_end(p);
	for (int i = 0; i < STYLES; i++)
		pango_font_description_free(p->fonts[i]);
	g_object_unref(p->layout);
	cairo_status_t status = cairo_status(p->cr);
	cairo_destroy(p->cr);
	cairo_surface_finish(p->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(p->surface);
	cairo_surface_destroy(p->surface);
	if (status != CAIRO_STATUS_SUCCESS)
		fail("the pages cannot be written: %s", cairo_status_to_string(status));
	return p->number;
}

void page_break(struct page *p)
{
	page_end(p);
	page_begin(p);
}

bool page_is_empty(const struct page *p)
{
	return p->y <= PAGE_TOP;
}

bool page_break_for(struct page *p, double height)
{
	if (p->y + height <= PAGE_BOTTOM || page_is_empty(p))
		return false;
	page_break(p);
	return true;
}
