#include "pdf/blocks.h"

#include <string.h>

#include "pdf/fail.h"

const char *text_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!value || json_is_null(value))
		return "";
	if (!json_is_string(value))
		fail("%s is no text", name);
	return json_string_value(value);
}

enum ink ink_of(const json_t *object, enum ink fallback)
{
	static const struct { const char *name; enum ink ink; } inks[] = {
		{ "muted", INK_MUTED }, { "bad", INK_BAD }, { "good", INK_GOOD },
	};
	const char *name = text_of(object, "ink");

	if (!*name)
		return fallback;
	for (size_t i = 0; i < array_count(inks); i++)
		if (strcmp(inks[i].name, name) == 0)
			return inks[i].ink;
	fail("there is no ink %s", name);
}

/* With room below for the first lines of what it is the heading of. */
static void heading_draw(struct page *p, const json_t *block)
{
	bool is_sub = json_integer_value(json_object_get(block, "level")) > 1;
	struct text t = {
		is_sub ? STYLE_SUBHEADING : STYLE_HEADING, INK_TEXT, ALIGN_LEFT, PAGE_INNER, 0,
		text_of(block, "heading"),
	};
	double above = is_sub ? 6 : 14, height = text_height(p, &t);

	page_break_for(p, above + height + (is_sub ? 90 : 150));
	if (!page_is_empty(p))
		p->y += above;
	if (!is_sub)
		outline_add(p, t.words);
	text_draw(p, &t, PAGE_LEFT, p->y);
	p->y += height + (is_sub ? 4 : 6);
}

static void paragraph_draw(struct page *p, const json_t *block)
{
	const struct text t = {
		STYLE_BODY, ink_of(block, INK_TEXT), ALIGN_LEFT, PAGE_INNER, 0,
		text_of(block, "paragraph"),
	};

	text_flow(p, &t, PAGE_LEFT, 2 * 10.5);
	p->y += 3;
}

static void note_draw(struct page *p, const json_t *block)
{
	const struct text t = {
		STYLE_NOTE, ink_of(block, INK_MUTED), ALIGN_LEFT, PAGE_INNER, 0,
		text_of(block, "note"),
	};

	text_flow(p, &t, PAGE_LEFT, 0);
	p->y += 3;
}

void block_draw(struct page *p, const json_t *block)
{
	if (!json_is_object(block))
		fail("a block is no object");
	if (json_object_get(block, "heading"))
		heading_draw(p, block);
	else if (json_object_get(block, "paragraph"))
		paragraph_draw(p, block);
	else if (json_object_get(block, "note"))
		note_draw(p, block);
	else if (json_object_get(block, "table"))
		table_draw(p, json_object_get(block, "table"));
	else if (json_object_get(block, "form"))
		form_draw(p, json_object_get(block, "form"));
	else if (json_object_get(block, "bars"))
		bars_draw(p, json_object_get(block, "bars"));
	else if (json_object_get(block, "qr"))
		qr_draw(p, text_of(block, "qr"), text_of(block, "caption"));
	else
		fail("a block is of no known kind");
}
