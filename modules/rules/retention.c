#include "rules/retention.h"

#include "rules/calendar.h"
#include "words.h"

enum column { COLUMN_CLASS, COLUMN_CHANNEL, COLUMN_MONTHS, COLUMNS_LEAST };

static struct str cell(const struct table_reader *t, size_t i)
{
	return (struct str){ t->cell[i].p, t->cell[i].n };
}

/* False when the word is neither in the list nor "*". */
static bool word_read(struct str word, const char *const *words, int *ret_index)
{
	*ret_index = str_index(word, words);
	return *ret_index >= 0 || str_is(word, "*");
}

static bool months_read(struct str text, int32_t *ret_months)
{
	uint64_t months;

	*ret_months = 0;
	if (str_is(text, "-"))
		return true;
	if (!str_to_u64(text, &months) || months < 1 || months > RETENTION_MONTHS_MAX)
		return false;
	*ret_months = (int32_t)months;
	return true;
}

static const struct retention_row *find(const struct reference *r, int content_class, int channel)
{
	for (uint32_t i = 0; i < r->retention_count; i++)
		if (r->retention[i].content_class == content_class &&
		    r->retention[i].channel == channel)
			return &r->retention[i];
	return NULL;
}

static bool row_read(struct table_reader *t, const struct reference *r, struct retention_row *row)
{
	if (r->retention_count == RETENTION_ROWS_MAX) {
		table_bad(t, "more than %d lines; remove this one", RETENTION_ROWS_MAX);
		return false;
	}
	if (t->count < COLUMNS_LEAST) {
		table_bad(t, "content class, channel and months are wanted");
		return false;
	}
	if (!word_read(cell(t, COLUMN_CLASS), content_class_names, &row->content_class)) {
		table_bad(t, "there is no content class %.*s",
			  table_cell_width(t->cell[COLUMN_CLASS]), t->cell[COLUMN_CLASS].p);
		return false;
	}
	if (!word_read(cell(t, COLUMN_CHANNEL), channel_names, &row->channel)) {
		table_bad(t, "there is no channel %.*s",
			  table_cell_width(t->cell[COLUMN_CHANNEL]), t->cell[COLUMN_CHANNEL].p);
		return false;
	}
	if (!months_read(cell(t, COLUMN_MONTHS), &row->months)) {
		table_bad(t, "months is a number from 1 to %d, or -", RETENTION_MONTHS_MAX);
		return false;
	}
	if (!find(r, row->content_class, row->channel))
		return true;
	table_bad(t, "this pair stands in an earlier line already; keep one of the two");
	return false;
}

void reference_parse_retention(struct reference *r, struct arena *a, struct str text,
			       struct table_problems *problems)
{
	struct retention_row *rows = arena_array_of(a, struct retention_row, RETENTION_ROWS_MAX);
	struct table_reader t = {
		.at = text.p, .end = text.p + text.n, .header = "content_class",
		.problems = problems,
	};

	r->retention = rows;
	r->retention_count = 0;
	while (table_next(&t)) {
		struct retention_row row;

		if (row_read(&t, r, &row))
			rows[r->retention_count++] = row;
	}
}

static int32_t months_after(int32_t day, int32_t months)
{
	struct civil date = civil_of_day(day);
	int32_t month = date.year * 12 + date.month - 1 + months;
	struct civil first = { .year = month / 12, .month = month % 12 + 1, .day = 1 };
	struct civil next = { .year = (month + 1) / 12, .month = (month + 1) % 12 + 1, .day = 1 };
	int32_t days = day_of_civil(next) - day_of_civil(first);

	return day_of_civil(first) + (date.day < days ? date.day : days) - 1;
}

int64_t retention_until(const struct reference *r, int content_class, int channel, int64_t at)
{
	const struct { int content_class, channel; } order[] = {
		{ content_class, channel }, { content_class, -1 }, { -1, channel }, { -1, -1 },
	};

	for (size_t i = 0; i < array_count(order); i++) {
		const struct retention_row *row = find(r, order[i].content_class,
						       order[i].channel);

		if (row)
			return row->months ? day_end(months_after(day_of_instant(at),
								  row->months)) : 0;
	}
	return 0;
}
