#include "printed.h"

#include "bounds.h"
#include "clock.h"
#include "print.h"

void printed_open(struct printed *p, const struct printed_heads *heads)
{
	buf_init(&p->text, LIMIT_PRINT_BYTES);
	json_init(&p->json, &p->text);
	json_object(&p->json, NULL);
	json_str(&p->json, "title", heads->title);
	json_str(&p->json, "subtitle", heads->subtitle);
	json_str(&p->json, "foot", heads->foot);
	json_str(&p->json, "mark", heads->mark);
	json_time(&p->json, "made", heads->made - heads->made % CLOCK_SECOND);
	json_array(&p->json, "blocks");
}

static void block(struct printed *p, const char *kind, struct str text)
{
	json_object(&p->json, NULL);
	json_str(&p->json, kind, text);
	json_close(&p->json);
}

void printed_heading(struct printed *p, int level, struct str text)
{
	json_object(&p->json, NULL);
	json_str(&p->json, "heading", text);
	json_i64(&p->json, "level", level);
	json_close(&p->json);
}

void printed_paragraph(struct printed *p, struct str text)
{
	block(p, "paragraph", text);
}

void printed_note(struct printed *p, struct str text)
{
	block(p, "note", text);
}

void printed_code(struct printed *p, struct str text, struct str caption)
{
	json_object(&p->json, NULL);
	json_str(&p->json, "qr", text);
	json_str(&p->json, "caption", caption);
	json_close(&p->json);
}

void printed_form_open(struct printed *p, int least)
{
	json_object(&p->json, NULL);
	json_object(&p->json, "form");
	json_i64(&p->json, "least", least);
	json_array(&p->json, "rows");
}

void printed_row(struct printed *p, const char *label1, struct str value1, const char *label2,
		 struct str value2)
{
	json_array(&p->json, NULL);
	json_text(&p->json, NULL, label1);
	json_str(&p->json, NULL, value1);
	if (label2) {
		json_text(&p->json, NULL, label2);
		json_str(&p->json, NULL, value2);
	}
	json_close(&p->json);
}

void printed_form_close(struct printed *p)
{
	json_close(&p->json);
	json_close(&p->json);
	json_close(&p->json);
}

static struct reply reply_result(struct req *r, enum print_result result, struct str file_name)
{
	/* Of a spool that has failed the answer says why. */
	if (result == PRINT_DONE || spool_error(req_spool(r)) != SPOOL_FINE)
		return reply_spool(r, "application/pdf", "%.*s", STR_ARG(file_name));
	switch (result) {
	case PRINT_MISSING:
		return reply_problem(r, 503, "print_missing", "The program that prints, "
				     "liandong-pdf, cannot be started on this server: tell its "
				     "administrator.");
	case PRINT_SLOW:
		reply_header(r, "Retry-After", "30");
		return reply_problem(r, 503, "print_slow", "Printing took too long and was "
				     "given up; try again later, or take another format.");
	default:
		return reply_problem(r, 500, "print_failed", "The document could not be "
				     "printed; the server's log has why. Other formats are "
				     "not concerned.");
	}
}

struct reply reply_printed(struct req *r, struct printed *p, struct str file_name)
{
	enum print_result result = PRINT_FAILED;

	json_close(&p->json);
	json_close(&p->json);
	bool is_long = p->text.overflow;
	if (!is_long)
		result = print_pdf(buf_str(&p->text), req_spool(r));
	buf_free(&p->text);
	if (is_long)
		return reply_problem(r, 500, "too_long", "The document is too long to be "
				     "printed; take another format.");
	return reply_result(r, result, file_name);
}

struct str time_words(struct arena *a, int64_t at)
{
	char text[40];

	if (!at)
		return STR("");
	struct str full = clock_format(at, text, sizeof(text));
	bool has_seconds = full.p[17] != '0' || full.p[18] != '0';
	return arena_printf(a, "%.10s %.*s", full.p, has_seconds ? 8 : 5, full.p + 11);
}
