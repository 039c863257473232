/*
 * liandong-pdf: a document as JSON on standard input, the PDF on standard output; status 0, or
 * 1 with a sentence on standard error. It knows nothing of what the documents are about, and
 * reaches neither network nor files to write (confine.h).
 *
 *	{
 *	 "title": text, "subtitle": text, "foot": text (at the foot of each page),
 *	 "mark": text (faint, across each page; absent or empty: none),
 *	 "made": text (RFC 3339, the date of the document; nothing else makes two runs differ),
 *	 "blocks": [
 *	  {"heading": text, "level": 1|2},
 *	  {"paragraph": text, "ink": ink},	first lines indented; line breaks are kept
 *	  {"note": text, "ink": ink},		small and grey
 *	  {"table": {"columns": [{"head": text, "width": share, "align": "left|center|right"}],
 *	             "rows": [[cell, ...], ...]}},
 *		a cell is a text, null, or {"text", "note" (below it), "ink", "bold": true}
 *	  {"form": {"least": points, "rows": [[label, value], [label, value, label, value]]}},
 *		a grid; "least" is the least height of a row, for what is written by hand
 *	  {"bars": {"target": text, "items": [{"name", "note", "text",
 *	            "delta": hundredths of a percent from the target, "empty": true}]}},
 *	  {"qr": text, "caption": text}		as a code and in letters
 *	 ]
 *	}
 *
 * ink: "muted", "bad" or "good"; absent is black. Colour never says anything alone.
 */
#include <cairo-pdf.h>
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pdf/blocks.h"
#include "pdf/confine.h"
#include "pdf/fail.h"
#include "pdf/page.h"

/* Past what libraries would do at an exit: they hold nothing that matters. */
static NO_RETURN void end(int status)
{
	fflush(NULL);
	_exit(status);
}

void fail(const char *sentence, ...)
{
	va_list args;

	va_start(args, sentence);
	fputs("liandong-pdf: ", stderr);
	vfprintf(stderr, sentence, args);
	fputc('\n', stderr);
	va_end(args);
	end(1);
}

static cairo_status_t write_bytes(void *to, const unsigned char *bytes, unsigned n)
{
	return !to || fwrite(bytes, 1, n, to) == n ? CAIRO_STATUS_SUCCESS :
						     CAIRO_STATUS_WRITE_ERROR;
}

static void title_draw(struct page *p, const json_t *document)
{
	struct text title = { STYLE_TITLE, INK_TEXT, ALIGN_CENTER, PAGE_INNER, 0,
			      text_of(document, "title") };
	struct text below = { STYLE_SUBTITLE, INK_MUTED, ALIGN_CENTER, PAGE_INNER, 0,
			      text_of(document, "subtitle") };
	double height = text_height(p, &title);

	text_draw(p, &title, PAGE_LEFT, p->y);
	p->y += height + 6;
	if (*below.words) {
		height = text_height(p, &below);
		text_draw(p, &below, PAGE_LEFT, p->y);
		p->y += height + 6;
	}
	line_draw(p, INK_BAD, 1.2, PAGE_LEFT, p->y, PAGE_RIGHT, p->y);
	p->y += 12;
}

/* total 0 counts the pages and writes nothing. */
static int set_pages(const json_t *document, int total)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
		write_bytes, total ? stdout : NULL, PAGE_WIDTH, PAGE_HEIGHT);
	const char *title = text_of(document, "title");
	struct page page;
	size_t i;
	const json_t *block;

	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
				       text_of(document, "made"));
	page_open(&page, surface, total, &(struct page_words){
		.title = title, .foot = text_of(document, "foot"),
		.mark = text_of(document, "mark") });
	title_draw(&page, document);
	json_array_foreach(json_object_get(document, "blocks"), i, block)
		block_draw(&page, block);
	return page_close(&page);
}

int main(void)
{
	json_error_t error;

	if (!confine())
		fail("the program cannot be confined: %s", strerror(errno));
	json_t *document = json_loadf(stdin, 0, &error);
	if (!document || !json_is_object(document))
		fail("the document is no JSON object: line %d, column %d", error.line,
		     error.column);
	set_pages(document, set_pages(document, 0));
	if (fflush(stdout) != 0 || ferror(stdout))
		fail("the pages cannot be written: %s", strerror(errno));
	end(0);
}
