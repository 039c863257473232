/*
 * Lines and cells of tab-separated text. A line that cannot be text at all (broken UTF-8,
 * control characters) is refused here, so that no reader of a table has to think of it.
 */
#include "rules/table.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "must.h"

/* Longest quotation of a bad cell in a message. */
#define QUOTED_BYTES 40

/* Length of the UTF-8 sequence at p (RFC 3629), 0 when it is none. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t code;

	if (n < 2)
		return n;
	if (p[0] > 0xf4 || n > left)
		return 0;
	code = p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return n;
}

static bool is_plain_text(const char *text, size_t size)
{
	for (size_t i = 0; i < size;) {
		unsigned char byte = (unsigned char)text[i];
		size_t n = utf8_length((const unsigned char *)text + i, size - i);

		if (n == 0 || (byte < 0x20 && byte != '\t') || byte == 0x7f)
			return false;
		i += n;
	}
	return true;
}

/* False when the line has more cells than any table of ours. */
static bool cells_split(struct table_reader *reader, const char *text, size_t size)
{
	const char *end = text + size;

	reader->count = 0;
	for (;;) {
		const char *tab = memchr(text, '\t', (size_t)(end - text));
		const char *stop = tab != NULL ? tab : end;

		if (reader->count == TABLE_CELLS_MAX)
			return false;
		reader->cell[reader->count++] =
			(struct table_cell){ .p = text, .n = (size_t)(stop - text) };
		if (tab == NULL)
			break;
		text = tab + 1;
	}
	while (reader->count > 0 && reader->cell[reader->count - 1].n == 0)
		reader->count--;
	return true;
}

/* Takes one line off the text. */
static struct table_cell line_take(struct table_reader *reader)
{
	const char *start = reader->at;
	const char *stop = memchr(start, '\n', (size_t)(reader->end - start));
	size_t n;

	reader->at = stop != NULL ? stop + 1 : reader->end;
	n = (size_t)((stop != NULL ? stop : reader->end) - start);
	if (reader->line++ == 0 && n >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0) {
		start += 3;
		n -= 3;
	}
	if (n > 0 && start[n - 1] == '\r')
		n--;
	return (struct table_cell){ .p = start, .n = n };
}

bool table_next(struct table_reader *reader)
{
	must(reader->at <= reader->end);
	while (reader->at < reader->end) {
		struct table_cell line = line_take(reader);

		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!is_plain_text(line.p, line.n)) {
			table_bad(reader,
				"the line is not plain UTF-8 text; save the file as UTF-8");
			continue;
		}
		if (!cells_split(reader, line.p, line.n)) {
			table_bad(reader, "more than %d cells; remove tabs", TABLE_CELLS_MAX);
			continue;
		}
		if (reader->count > 0 && !table_cell_is(reader->cell[0], reader->header))
			return true;
	}
	return false;
}

void table_bad(struct table_reader *reader, const char *format, ...)
{
	struct table_problems *problems = reader->problems;

	if (problems->count < TABLE_PROBLEMS_MAX) {
		struct table_problem *problem = &problems->first[problems->count];
		va_list args;

		problem->line = reader->line;
		va_start(args, format);
		vsnprintf(problem->text, sizeof(problem->text), format, args);
		va_end(args);
	}
	problems->count++;
}

int table_cell_width(struct table_cell cell)
{
	size_t n = cell.n;

	if (n > QUOTED_BYTES) {
		n = QUOTED_BYTES;
		/* Never in the middle of a character. */
		while (n > 0 && ((unsigned char)cell.p[n] & 0xc0) == 0x80)
			n--;
	}
	return (int)n;
}

bool table_cell_is(struct table_cell cell, const char *text)
{
	return strlen(text) == cell.n && memcmp(cell.p, text, cell.n) == 0;
}
