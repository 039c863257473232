/*
 * Any text as a cell among others: read again by RFC 4180 it is the same text, behind an
 * apostrophe at most, nothing of it reaches the next cell, and nothing takes it for a formula.
 */
#include "csv.h"

#include <stdlib.h>
#include <string.h>

#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

/* Takes one cell off the front; false at something that is not RFC 4180. */
static bool read_cell(struct str *line, char *out, size_t *ret_n)
{
	size_t i = 0, n = 0;
	bool is_quoted = line->n > 0 && line->p[0] == '"';

	for (i = is_quoted ? 1 : 0; i < line->n; i++) {
		char c = line->p[i];
		if (is_quoted && c == '"') {
			if (i + 1 == line->n || line->p[i + 1] != '"')
				break;
			i++;
		} else if (!is_quoted && (c == ',' || c == '\r' || c == '\n')) {
			break;
		} else if (!is_quoted && c == '"') {
			return false;
		}
		out[n++] = c;
	}
	if (is_quoted && (i == line->n || line->p[i++] != '"'))
		return false;
	*ret_n = n;
	line->p += i;
	line->n -= i;
	return true;
}

static bool starts_a_formula(const char *text, size_t n)
{
	static const char *const wide[] = { "＝", "＋", "－", "＠" };

	for (size_t i = 0; i < 4; i++)
		if (n >= 3 && memcmp(text, wide[i], 3) == 0)
			return true;
	return n > 0 && (text[0] == '=' || text[0] == '+' || text[0] == '@' || text[0] == '\t' ||
			 text[0] == '\r' || (text[0] == '-' && (n < 2 || text[1] < '0' ||
								text[1] > '9')));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct str text = { (const char *)input, n };
	struct buf out;
	size_t got;

	buf_init(&out, 2 * n + 100);
	csv_cell(&out, text);
	buf_add(&out, STR(",next"));
	must(!out.overflow);
	struct str line = buf_str(&out);
	char *cell = malloc(line.n + 1);
	must(cell && read_cell(&line, cell, &got) && str_eq(line, STR(",next")));
	size_t more = got > n ? got - n : 0;
	must(got == n + more && more <= 1 && (more == 0 || cell[0] == '\''));
	must(n == 0 || memcmp(cell + more, input, n) == 0);
	must(!starts_a_formula(cell, got));
	free(cell);
	buf_free(&out);
	return 0;
}
