#include "rules/calendar_years.h"

#include <stdint.h>
#include <string.h>

#include "must.h"

enum { FIRST_YEAR = 1990, LAST_YEAR = 2100 };

struct named_years {
	bool is_named[LAST_YEAR - FIRST_YEAR + 1];
};

/* Takes a line with its end off the text. */
static struct str take_line(struct str *text)
{
	const char *end = memchr(text->p, '\n', text->n);
	size_t n = end ? (size_t)(end - text->p) + 1 : text->n;
	struct str line = { text->p, n };

	text->p += n;
	text->n -= n;
	return line;
}

/* Index of the year that a dated line begins with, -1 for all other lines. */
static int year_of(struct str line)
{
	int year = 0;

	if (line.n < 5 || line.p[4] != '-')
		return -1;
	for (size_t i = 0; i < 4; i++) {
		if (line.p[i] < '0' || line.p[i] > '9')
			return -1;
		year = year * 10 + (line.p[i] - '0');
	}
	return year < FIRST_YEAR || year > LAST_YEAR ? -1 : year - FIRST_YEAR;
}

static struct named_years years_named(struct str text)
{
	struct named_years years = { .is_named = { false } };

	while (text.n) {
		int year = year_of(take_line(&text));
		if (year >= 0)
			years.is_named[year] = true;
	}
	return years;
}

/* Adds the dated lines of the years for which `is_named` is as wanted. */
static char *add_years(char *at, struct str text, const struct named_years *years, bool wanted)
{
	while (text.n) {
		struct str line = take_line(&text);
		int year = year_of(line);
		if (year < 0 || years->is_named[year] != wanted)
			continue;
		memcpy(at, line.p, line.n);
		at += line.n;
		if (at[-1] != '\n')
			*at++ = '\n';
	}
	return at;
}

struct str calendar_replace_years(struct arena *a, struct str table, struct str years)
{
	static const char header[] = "date\tkind\toccasion\thours\n";
	size_t size = sizeof(header) + table.n + years.n + 2;
	const struct named_years named = years_named(years);
	char *text = arena_alloc(a, size), *at = text;

	memcpy(at, header, sizeof(header) - 1);
	at = add_years(at + sizeof(header) - 1, table, &named, false);
	at = add_years(at, years, &named, true);
	must((size_t)(at - text) < size);
	return (struct str){ text, (size_t)(at - text) };
}
