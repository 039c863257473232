/*
 * Pages of A4 and text on them: where the pen is, what stands at the head and foot of each
 * page, and text set by Pango in one of a few styles. All measures are points (1/72 inch).
 *
 * A document is set twice, first counting without a mark, since each page says how many there
 * are. Everything that draws therefore asks is_counting last, after it has moved the pen.
 *
 * Threads: one.
 */
#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>
#include <stdbool.h>

#include "attr.h"

#define PAGE_WIDTH 595.276
#define PAGE_HEIGHT 841.89
#define PAGE_LEFT 54.0
#define PAGE_RIGHT (PAGE_WIDTH - 54.0)
#define PAGE_INNER (PAGE_RIGHT - PAGE_LEFT)
#define PAGE_TOP 66.0
#define PAGE_BOTTOM (PAGE_HEIGHT - 64.0)

enum style {
	STYLE_TITLE, STYLE_SUBTITLE, STYLE_HEADING, STYLE_SUBHEADING, STYLE_BODY, STYLE_CELL,
	STYLE_CELL_BOLD, STYLE_NOTE, STYLE_CODE, STYLES
};
enum ink { INK_TEXT, INK_MUTED, INK_BAD, INK_GOOD, INK_LINE, INK_GROUND, INK_BAR, INK_MARK,
	   INKS };
enum align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };

/* What stands on every page. */
struct page_words {
	const char *title;	/* in the head of every page but the first */
	const char *foot;
	const char *mark;	/* across the page, under all else; "" for none */
};

struct page {
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoLayout *layout;
	PangoFontDescription *fonts[STYLES];
	struct page_words words;
	double y;
	int number, total;	/* total: 0 while counting */
	bool is_counting;
};

/* Of one paragraph of text within a width. */
struct text {
	enum style style;
	enum ink ink;
	enum align align;
	double width;
	int most_lines;		/* 0: all; what is beyond is cut off with an ellipsis */
	const char *words;	/* NUL-terminated UTF-8 */
};

/* Takes the surface over. total 0: only counts. */
void page_open(struct page *p, cairo_surface_t *surface, int total,
	       const struct page_words *words);
/* Finishes the last page; the number of pages. */
int page_close(struct page *p);
/* Begins a new page, and is true, when `height` does not fit on this one. */
bool page_break_for(struct page *p, double height);
void page_break(struct page *p);
/* True when nothing stands on this page yet. */
bool page_is_empty(const struct page *p);

double text_height(struct page *p, const struct text *t) MUST_USE;
/* At a place, which does not move the pen. */
void text_draw(struct page *p, const struct text *t, double x, double y);
/* From the pen on, line by line over as many pages as it takes; first lines are indented. */
void text_flow(struct page *p, const struct text *t, double x, double indent);
void ink_set(struct page *p, enum ink ink);
void line_draw(struct page *p, enum ink ink, double width, double x1, double y1, double x2,
	       double y2);
void box_fill(struct page *p, enum ink ink, double x, double y, double width, double height);
/* Pages go up in the outline of the document under this name. */
void outline_add(struct page *p, const char *name);
