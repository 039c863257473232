/*
 * Bars that stand out of the line of a target, to the left what is below it and to the right
 * what reaches it, all to one scale: a bar that began elsewhere than at the target would show
 * differences that are none.
 */
#include <string.h>

#include "pdf/blocks.h"
#include "pdf/fail.h"

static const double name_width = 132, label_room = 44, row_height = 15.5, bar_height = 9;

struct scale {
	double axis;		/* x of the target */
	double per_hundredth;	/* points */
};

static double delta_of(const json_t *item)
{
	return (double)json_integer_value(json_object_get(item, "delta"));
}

static struct scale scale_of(const json_t *items)
{
	double left = 500, right = 500, left_edge = PAGE_LEFT + name_width + label_room;
	double room = PAGE_RIGHT - label_room - left_edge;
	size_t i;
	const json_t *item;

	json_array_foreach((json_t *)(uintptr_t)items, i, item) {
		double delta = delta_of(item);

		if (delta < -1e6 || delta > 1e6)
			fail("a bar is out of all proportion");
		left = -delta > left ? -delta : left;
		right = delta > right ? delta : right;
	}
	return (struct scale){
		left_edge + room * left / (left + right), room / (left + right),
	};
}

static void bar_draw(struct page *p, const json_t *item, const struct scale *scale)
{
	double delta = delta_of(item), length = delta * scale->per_hundredth;
	bool is_empty = json_is_true(json_object_get(item, "empty"));
	bool is_below = delta < 0;
	double middle = p->y + row_height / 2, end = scale->axis + (is_empty ? 0 : length);
	struct text name = { STYLE_CELL, INK_TEXT, ALIGN_LEFT, name_width - 40, 1,
			     text_of(item, "name") };
	struct text note = { STYLE_NOTE, INK_MUTED, ALIGN_RIGHT, 36, 1, text_of(item, "note") };
	struct text label = { is_empty ? STYLE_NOTE : STYLE_CELL,
			      is_empty ? INK_MUTED : is_below ? INK_BAD : INK_TEXT,
			      is_below ? ALIGN_RIGHT : ALIGN_LEFT, label_room, 1,
			      text_of(item, "text") };

	text_draw(p, &name, PAGE_LEFT, middle - text_height(p, &name) / 2);
	text_draw(p, &note, PAGE_LEFT + name_width - 38, middle - text_height(p, &note) / 2);
	if (!is_empty)
		box_fill(p, is_below ? INK_BAD : INK_BAR, is_below ? end : scale->axis,
			 middle - bar_height / 2, is_below ? -length : length, bar_height);
	text_draw(p, &label, is_below ? end - label_room - 4 : end + 4,
		  middle - text_height(p, &label) / 2);
	line_draw(p, INK_TEXT, 0.8, scale->axis, p->y, scale->axis, p->y + row_height);
	p->y += row_height;
}

static void axis_draw(struct page *p, const char *target, const struct scale *scale)
{
	struct text t = { STYLE_NOTE, INK_TEXT, ALIGN_CENTER, 80, 1, target };

	text_draw(p, &t, scale->axis - 40, p->y);
	p->y += text_height(p, &t) + 2;
}

void bars_draw(struct page *p, const json_t *bars)
{
	const json_t *items = json_object_get(bars, "items");
	const char *target = text_of(bars, "target");
	struct scale scale = scale_of(items);
	size_t i;
	const json_t *item;

	json_array_foreach((json_t *)(uintptr_t)items, i, item) {
		if (page_break_for(p, row_height * (i == 0 ? 2 : 1)) || i == 0)
			axis_draw(p, target, &scale);
		bar_draw(p, item, &scale);
	}
	p->y += 8;
}
