/*
 * Writing tables as text. Cells go through a buf of fixed size when they are short, which all
 * but long texts are.
 */
#include "csv.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "must.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "-12" or "-12.5": harmless, and a number to everybody. */
static bool is_negative_number(struct str text)
{
	size_t i = 1, points = 0;

	if (text.n < 2 || text.p[0] != '-' || !is_digit(text.p[1]) ||
	    !is_digit(text.p[text.n - 1]))
		return false;
	for (; i < text.n && (is_digit(text.p[i]) || text.p[i] == '.'); i++)
		points += text.p[i] == '.';
	return i == text.n && points <= 1;
}

bool cell_is_formula(struct str text)
{
	static const struct str wide[] = {
		{ "\xEF\xBC\x9D", 3 }, { "\xEF\xBC\x8B", 3 },	/* = + */
		{ "\xEF\xBC\x8D", 3 }, { "\xEF\xBC\xA0", 3 },	/* - @ */
	};

	if (text.n == 0 || is_negative_number(text))
		return false;
	for (size_t i = 0; i < array_count(wide); i++)
		if (str_starts(text, wide[i]))
			return true;
	return memchr("=+-@\t\r", text.p[0], 6) != NULL;
}

void csv_cell(struct buf *out, struct str text)
{
	bool is_formula = cell_is_formula(text), needs_quotes = false;

	for (size_t i = 0; i < text.n && !needs_quotes; i++)
		needs_quotes = strchr(",\"\r\n", text.p[i]) && text.p[i] != '\0';
	if (needs_quotes)
		buf_add_byte(out, '"');
	if (is_formula)
		buf_add_byte(out, '\'');
	while (text.n > 0) {
		const char *quote = memchr(text.p, '"', text.n);
		size_t n = quote ? (size_t)(quote - text.p) + 1 : text.n;

		buf_add(out, (struct str){ text.p, n });
		if (quote)
			buf_add_byte(out, '"');
		text.p += n;
		text.n -= n;
	}
	if (needs_quotes)
		buf_add_byte(out, '"');
}

/* What is written is the cell and what ends it. */
static void write_cell(struct csv *csv, struct str cell)
{
	if (csv->at > 0)
		spool_add(csv->out, STR(","));
	spool_add(csv->out, cell);
	csv->at++;
	if (csv->copy.p && csv->at + 1 == csv->width) {
		spool_add(csv->out, STR(","));
		spool_add(csv->out, csv->copy);
		csv->at++;
	}
	if (csv->at < csv->width)
		return;
	spool_add(csv->out, STR("\r\n"));
	csv->at = 0;
	csv->rows++;
}

void csv_str(struct csv *csv, struct str text)
{
	struct buf cell;

	buf_init(&cell, 2 * text.n + 3);
	csv_cell(&cell, text);
	must(!cell.overflow);
	write_cell(csv, buf_str(&cell));
	buf_free(&cell);
}

void csv_text(struct csv *csv, const char *text)
{
	csv_str(csv, str_of(text));
}

void csv_u64(struct csv *csv, uint64_t value)
{
	char digits[20];

	write_cell(csv, (struct str){ digits,
				      (size_t)(str_put_u64(digits, value, 1) - digits) });
}

void csv_time(struct csv *csv, int64_t at)
{
	char text[40];

	write_cell(csv, at ? clock_format(at, text, sizeof(text)) : STR(""));
}

void csv_open(struct csv *csv, struct spool *out, const char *const *heads)
{
	csv_open_copy(csv, out, heads, STR_NONE);
}

void csv_open_copy(struct csv *csv, struct spool *out, const char *const *heads, struct str mark)
{
	uint32_t n = 0;

	while (heads[n])
		n++;
	must(n >= 4);
	*csv = (struct csv){ .out = out, .width = n + (mark.p ? 1 : 0) };
	spool_add(out, STR("\xEF\xBB\xBF"));
	for (uint32_t i = 0; i < n; i++)
		csv_text(csv, heads[i]);
	if (mark.p)
		csv_text(csv, "copy");
	csv->rows = 0;
	csv->copy = mark;
}

void csv_close(struct csv *csv)
{
	uint8_t digest[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];
	uint64_t rows = csv->rows;

	must(csv->at == 0);
	csv->copy = STR_NONE;	/* the line is of the table, not of a case */
	spool_digest(csv->out, digest);
	for (size_t i = 0; i < SHA256_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	csv_text(csv, "rows");
	csv_u64(csv, rows);
	csv_text(csv, "sha256");
	csv_text(csv, hex);
	for (uint32_t i = 4; i < csv->width; i++)
		csv_text(csv, "");
}
