/*
 * Lines and cells of a sealed text.
 */
#include "reports/lines.h"

#include <string.h>

#include "must.h"

bool lines_next(struct lines *lines, struct str cells[LINE_CELLS])
{
	const char *stop, *at = lines->at;

	if (lines->at == lines->end)
		return false;
	stop = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
	must(stop != NULL);
	for (size_t n = 0; n < LINE_CELLS; n++) {
		const char *tab = memchr(at, '\t', (size_t)(stop - at));
		cells[n] = (struct str){ at, (size_t)((tab ? tab : stop) - at) };
		if (!tab)
			break;
		at = tab + 1;
	}
	lines->at = stop + 1;
	return true;
}

struct lines lines_section(struct str text, struct str heads, struct str next)
{
	const char *from = memmem(text.p, text.n, heads.p, heads.n);
	const char *until = text.p + text.n;

	must(from != NULL);
	from += heads.n;
	if (next.n)
		until = memmem(from, (size_t)(until - from), next.p, next.n);
	must(until != NULL);
	return (struct lines){ from, until };
}

int64_t line_number(struct str cell)
{
	bool is_negative = cell.n && cell.p[0] == '-';
	uint64_t value;

	must(str_to_u64(is_negative ? (struct str){ cell.p + 1, cell.n - 1 } : cell, &value));
	return is_negative ? -(int64_t)value : (int64_t)value;
}
