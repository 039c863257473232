#include <qrencode.h>

#include "pdf/blocks.h"
#include "pdf/fail.h"

enum { QUIET = 4 };	/* empty modules around, ISO/IEC 18004 */
static const double one = 2, gap = 12;	/* a module is one by one */

static void modules_draw(struct page *p, const QRcode *code, double y)
{
	if (p->is_counting)
		return;
	ink_set(p, INK_TEXT);
	for (int row = 0; row < code->width; row++)
		for (int column = 0; column < code->width; column++)
			if (code->data[row * code->width + column] & 1)
				cairo_rectangle(p->cr, PAGE_LEFT + (column + QUIET) * one,
						y + (row + QUIET) * one, one, one);
	cairo_fill(p->cr);
}

/* The code, and beside it its caption and its text: what cannot be scanned can be typed. */
void qr_draw(struct page *p, const char *words, const char *caption)
{
	QRcode *code = QRcode_encodeString8bit(words, 0, QR_ECLEVEL_M);

	if (!code)
		fail("this text is too long for a code");
	double side = one * (code->width + 2 * QUIET);
	double x = PAGE_LEFT + side + gap, width = PAGE_RIGHT - x;
	const struct text above = { STYLE_NOTE, INK_MUTED, ALIGN_LEFT, width, 0, caption };
	const struct text clear = { STYLE_CODE, INK_TEXT, ALIGN_LEFT, width, 0, words };
	double head = text_height(p, &above), text = text_height(p, &clear);
	double height = head + 10 + text > side ? head + 10 + text : side;

	page_break_for(p, height);
	modules_draw(p, code, p->y);
	text_draw(p, &above, x, p->y + 6);
	text_draw(p, &clear, x, p->y + 6 + head + 4);
	p->y += height + 8;
	QRcode_free(code);
}
