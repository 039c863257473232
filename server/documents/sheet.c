/*
 * Workbooks by libxlsxwriter in its mode of constant memory. It writes to a file by name, and
 * the spool has none but the one that the kernel gives to open descriptors.
 */
#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <xlsxwriter.h>

#include "base/spool_file.h"
#include "base/utf8.h"
#include "bounds.h"
#include "clock.h"
#include "csv.h"
#include "must.h"
#include "setting.h"

enum { COLUMNS_MOST = 64, CELL_BYTES = 32000, RATE_FORMATS = 5, CHART_ROWS = 20,
       SPARE_BYTES = MIB(1) };
/* Days from the epoch of spreadsheets, 1899-12-30, to ours; clocks there show local time. */
#define SHEET_EPOCH_DAYS 25569.0
#define LOCAL_ZONE (8 * CLOCK_HOUR)

struct sheet {
	struct book *book;
	lxw_worksheet *worksheet;	/* NULL: the spool has failed, nothing is written */
	struct sheet *next;
	const char *name;
	uint32_t width, column;
	uint64_t rows;
};

struct book {
	struct spool *out;
	char *folder;
	lxw_workbook *workbook;
	lxw_format *head, *text, *number, *time, *rates[RATE_FORMATS];
	struct sheet *sheets;
	char *mark;		/* NULL: none */
};

static lxw_format *new_format(struct book *book, const char *form)
{
	lxw_format *f = workbook_add_format(book->workbook);

	must(f);
	format_set_font_name(f, "等线");
	format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
	if (form)
		format_set_num_format(f, form);
	return f;
}

static void make_formats(struct book *book)
{
	static const char *const rates[RATE_FORMATS] = {
		"0.00%", "0.000%", "0.0000%", "0.00000%", "0.000000%",
	};

	book->head = new_format(book, NULL);
	format_set_bold(book->head);
	format_set_text_wrap(book->head);
	format_set_bg_color(book->head, 0xeff2f6);
	format_set_bottom(book->head, LXW_BORDER_THIN);
	book->text = new_format(book, NULL);
	book->number = new_format(book, "0");
	book->time = new_format(book, "yyyy-mm-dd hh:mm:ss");
	for (int i = 0; i < RATE_FORMATS; i++)
		book->rates[i] = new_format(book, rates[i]);
}

struct book *book_new(struct spool *out, struct str title, int64_t made)
{
	struct book *book = calloc(1, sizeof(*book));
	struct str folder = setting_str("spool_directory");
	char path[40];

	must(book && spool_size(out) == 0);
	book->out = out;
	book->folder = strndup(folder.p, folder.n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", spool_fd(out));
	lxw_workbook_options options = {
		.constant_memory = LXW_TRUE, .tmpdir = book->folder,
	};
	book->workbook = workbook_new_opt(path, &options);
	must(book->folder && book->workbook);
	char *name = strndup(title.p, title.n);
	must(name);
	lxw_doc_properties properties = {
		.title = name, .created = (time_t)(made / CLOCK_SECOND),
	};
	must(workbook_set_properties(book->workbook, &properties) == LXW_NO_ERROR);
	free(name);
	make_formats(book);
	return book;
}

/* An ampersand begins a code of the head, and two of them are one; 255 is the longest head. */
void book_mark(struct book *book, struct str words)
{
	enum { HEAD_BYTES = 250 };
	struct buf head;

	buf_init(&head, HEAD_BYTES);
	buf_add(&head, STR("&R"));
	for (size_t i = 0; i < words.n; i++)
		buf_add(&head, words.p[i] == '&' ? STR("&&") :
					(struct str){ words.p + i, 1 });
	free(book->mark);
	book->mark = head.overflow ? NULL : strndup(head.p, head.n);
	buf_free(&head);
}

/* Heads, and how it looks on paper. */
static void dress(struct sheet *s, const struct sheet_column *columns)
{
	for (lxw_col_t at = 0; at < s->width; at++) {
		worksheet_set_column(s->worksheet, at, at, columns[at].width, NULL);
		worksheet_write_string(s->worksheet, 0, at, columns[at].head, s->book->head);
	}
	worksheet_freeze_panes(s->worksheet, 1, 0);
	worksheet_set_landscape(s->worksheet);
	worksheet_set_paper(s->worksheet, 9);	/* A4 */
	worksheet_fit_to_pages(s->worksheet, 1, 0);
	worksheet_repeat_rows(s->worksheet, 0, 0);
	worksheet_set_footer(s->worksheet, "&C第 &P 页 共 &N 页");
	if (s->book->mark)
		worksheet_set_header(s->worksheet, s->book->mark);
}

struct sheet *sheet_new(struct book *book, const char *name,
			const struct sheet_column *columns)
{
	struct sheet *s = calloc(1, sizeof(*s));

	must(s);
	*s = (struct sheet){ .book = book, .next = book->sheets, .name = name };
	book->sheets = s;
	while (columns[s->width].head)
		must(++s->width <= COLUMNS_MOST);
	if (spool_fd(book->out) >= 0)
		s->worksheet = workbook_add_worksheet(book->workbook, name);
	if (s->worksheet)
		dress(s, columns);
	else
		spool_fail(book->out);
	return s;
}

/* ---- cells ---- */

/* The place of the next cell, and a step on. False: there is no sheet to write to. */
static bool place(struct sheet *s, lxw_row_t *ret_row, lxw_col_t *ret_column)
{
	must(s->rows < LIMIT_SHEET_ROWS);
	*ret_row = (lxw_row_t)s->rows + 1;
	*ret_column = (lxw_col_t)s->column;
	if (++s->column == s->width) {
		s->column = 0;
		s->rows++;
	}
	return s->worksheet != NULL;
}

static bool fits_xml(uint32_t point)
{
	return (point >= ' ' || point == '\t' || point == '\n') &&
	       point != 0xfffe && point != 0xffff;
}

/* As the cell shall hold it: lines end in LF, as in spreadsheet programs; NUL-terminated. */
static void clean(struct str text, struct buf *out)
{
	if (cell_is_formula(text))
		buf_add_byte(out, '\'');
	while (text.n > 0 && out->n < CELL_BYTES) {
		uint32_t point;
		size_t n = utf8_next(text.p, text.n, &point);

		if (n == 1 && *text.p == '\r')
			buf_add(out, text.n > 1 && text.p[1] == '\n' ? STR("") : STR("\n"));
		else if (n > 0 && fits_xml(point))
			buf_add(out, (struct str){ text.p, n });
		else
			buf_add(out, STR("\xEF\xBF\xBD"));
		n = n > 0 ? n : 1;
		text.p += n;
		text.n -= n;
	}
	buf_add_byte(out, '\0');
	must(!out->overflow);
}

void sheet_str(struct sheet *s, struct str text)
{
	struct buf cell;
	lxw_row_t row;
	lxw_col_t column;

	if (!place(s, &row, &column) || text.n == 0)
		return;
	buf_init(&cell, CELL_BYTES + 16);
	clean(text, &cell);
	worksheet_write_string(s->worksheet, row, column, cell.p, s->book->text);
	buf_free(&cell);
}

void sheet_text(struct sheet *s, const char *text)
{
	sheet_str(s, str_of(text));
}

void sheet_u64(struct sheet *s, uint64_t value)
{
	lxw_row_t row;
	lxw_col_t column;

	if (place(s, &row, &column))
		worksheet_write_number(s->worksheet, row, column, (double)value,
				       s->book->number);
}

void sheet_time(struct sheet *s, int64_t at)
{
	lxw_row_t row;
	lxw_col_t column;

	if (place(s, &row, &column) && at)
		worksheet_write_number(s->worksheet, row, column, SHEET_EPOCH_DAYS +
				       (double)((at + LOCAL_ZONE) / CLOCK_SECOND) / 86400.0,
				       s->book->time);
}

void sheet_rate(struct sheet *s, uint64_t num, uint64_t den, unsigned decimals)
{
	unsigned form = decimals < 2 ? 0 : decimals - 2;
	lxw_row_t row;
	lxw_col_t column;

	if (place(s, &row, &column) && den)
		worksheet_write_number(s->worksheet, row, column, (double)num / (double)den,
				       s->book->rates[form < RATE_FORMATS ? form :
							RATE_FORMATS - 1]);
}

uint64_t sheet_rows(const struct sheet *s)
{
	return s->rows;
}

/* ---- charts ---- */

static lxw_chart_series *add_series(lxw_chart *c, const struct sheet_chart *chart,
				    uint32_t column, const char *name)
{
	lxw_chart_series *series = chart_add_series(c, NULL, NULL);
	lxw_row_t first = (lxw_row_t)chart->first + 1, last = (lxw_row_t)chart->last + 1;

	must(series);
	chart_series_set_categories(series, chart->from->name, first,
				    (lxw_col_t)chart->name_column, last,
				    (lxw_col_t)chart->name_column);
	chart_series_set_values(series, chart->from->name, first, (lxw_col_t)column, last,
				(lxw_col_t)column);
	chart_series_set_name(series, name);
	return series;
}

/* Up-down bars of a line chart reach from its first series to its last. */
static void set_bars(lxw_chart *c)
{
	lxw_chart_line none = { .none = LXW_TRUE };
	lxw_chart_fill reached = { .color = 0x5b92d6 }, missed = { .color = 0xc3212c };

	chart_set_up_down_bars_format(c, &none, &reached, &none, &missed);
}

void sheet_chart(struct sheet *s, uint32_t n, const struct sheet_chart *chart)
{
	lxw_chart *c = workbook_add_chart(s->book->workbook, LXW_CHART_LINE);
	lxw_chart_line target_line = { .color = 0x16222f, .width = 2,
				       .dash_type = LXW_CHART_LINE_DASH_DASH };
	lxw_chart_line none = { .none = LXW_TRUE }, grid = { .color = 0xe1e7ee, .width = 0.5 };
	lxw_chart_fill dot = { .color = 0x155fb5 };
	lxw_chart_font small = { .size = 8, .rotation = -45 };
	lxw_chart_options options = { .x_scale = 1.6, .y_scale = 1.3 };

	must(c && chart->first <= chart->last && chart->last < chart->from->rows);
	if (!s->worksheet)
		return;
	chart_series_set_line(add_series(c, chart, chart->target_column, chart->target),
			      &target_line);
	lxw_chart_series *values = add_series(c, chart, chart->value_column, chart->title);
	chart_series_set_line(values, &none);
	chart_series_set_marker_type(values, LXW_CHART_MARKER_CIRCLE);
	chart_series_set_marker_size(values, 6);
	chart_series_set_marker_fill(values, &dot);
	chart_series_set_marker_line(values, &none);
	set_bars(c);
	chart_title_set_name(c, chart->title);
	chart_axis_set_num_format(c->y_axis, "0%");
	chart_axis_set_max(c->y_axis, 1);
	chart_axis_major_gridlines_set_line(c->y_axis, &grid);
	chart_axis_set_num_font(c->x_axis, &small);
	chart_axis_set_label_position(c->x_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
	chart_legend_set_position(c, LXW_CHART_LEGEND_BOTTOM);
	worksheet_fit_to_pages(s->worksheet, 1, 1);	/* no page ends in a chart */
	chart_show_blanks_as(c, LXW_CHART_BLANKS_AS_GAP);
	must(worksheet_insert_chart_opt(s->worksheet, (lxw_row_t)n * CHART_ROWS + 1,
					(lxw_col_t)s->width + 1, c, &options) == LXW_NO_ERROR);
}

/* ---- the end ---- */

/* Bytes of its rows so far; a failure is the spool's. */
static uint64_t end_sheet(struct sheet *s)
{
	struct stat rows = { 0 };

	must(s->column == 0);
	if (!s->worksheet)
		return 0;
	worksheet_autofilter(s->worksheet, 0, 0, (lxw_row_t)s->rows, (lxw_col_t)(s->width - 1));
	FILE *file = s->worksheet->optimize_tmpfile;
	if (fflush(file) != 0 || ferror(file) || fstat(fileno(file), &rows) != 0)
		spool_fail(s->book->out);
	return (uint64_t)rows.st_size;
}

/*
 * The library writes all rows once more and then packs them, and does not look whether there
 * was room for them: so it is only let do what there is room for.
 */
static bool has_room(struct book *book)
{
	uint64_t bytes = SPARE_BYTES;
	struct statvfs disk;

	for (struct sheet *s = book->sheets; s; s = s->next)
		bytes += 2 * end_sheet(s);
	int fd = spool_fd(book->out);
	if (fd >= 0 && fstatvfs(fd, &disk) == 0 && disk.f_bavail * disk.f_frsize >= bytes)
		return true;
	spool_fail(book->out);
	return false;
}

/* The library closes the files of the rows only where it has packed them. */
static void drop_workbook(struct book *book)
{
	for (struct sheet *s = book->sheets; s; s = s->next)
		if (s->worksheet)
			fclose(s->worksheet->optimize_tmpfile);
	lxw_workbook_free(book->workbook);
}

static void close_workbook(struct book *book)
{
	if (!has_room(book))
		drop_workbook(book);
	else if (workbook_close(book->workbook) != LXW_NO_ERROR)
		spool_fail(book->out);
}

void book_close(struct book *book)
{
	struct sheet *next;

	close_workbook(book);
	spool_written(book->out);
	for (struct sheet *s = book->sheets; s; s = next) {
		next = s->next;
		free(s);
	}
	free(book->folder);
	free(book->mark);
	free(book);
}
