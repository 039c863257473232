/*
 * Calendars and limits by version: what was reckoned once is reckoned again by the rules of its
 * time. The ones in force come from the snapshot, older ones are read once a transaction.
 */
#include "deadlines/deadlines.h"

#include "reference_sql.h"

struct old_calendar {
	struct old_calendar *next;
	uint64_t version;
	const struct calendar *calendar;	/* NULL: there is none */
};

struct old_limits {
	struct old_limits *next;
	uint64_t version;
	bool is_there;
	struct limits_table table;
};

struct rules_book {
	struct tx *tx;
	struct old_calendar *calendars;
	struct old_limits *limits;
};

struct rules_book *rules_book_new(struct tx *tx)
{
	struct rules_book *book = arena_new_of(tx_arena(tx), struct rules_book);

	book->tx = tx;
	return book;
}

static bool read_document(struct tx *tx, enum document_kind kind, uint64_t version,
			  struct str *ret_text)
{
	struct sql_reference_document_one_row row = { 0 };

	if (!sql_reference_document_one(tx, (struct sql_reference_document_one){
			.kind = kind, .version = version }, &row))
		return false;
	*ret_text = row.text;
	return true;
}

static void free_calendar(void *calendar)
{
	calendar_free(calendar);
}

static const struct calendar *read_calendar(struct tx *tx, uint64_t version)
{
	struct table_problems problems = { .count = 0 };
	struct work_week week = work_week_shipped();
	struct str text;

	if (!read_document(tx, DOCUMENT_CALENDAR, version, &text))
		return NULL;
	struct calendar *calendar = calendar_parse(&week, text.p, text.n, "", &problems);
	if (calendar)
		arena_defer(tx_arena(tx), free_calendar, calendar);
	return calendar;
}

const struct calendar *rules_calendar(struct rules_book *book, uint64_t version)
{
	const struct reference *ref = reference_of(book->tx);

	if (version == ref->calendar_version)
		return ref->calendar;
	for (const struct old_calendar *old = book->calendars; old; old = old->next)
		if (old->version == version)
			return old->calendar;
	struct old_calendar *old = arena_new_of(tx_arena(book->tx), struct old_calendar);
	*old = (struct old_calendar){
		.next = book->calendars, .version = version,
		.calendar = read_calendar(book->tx, version),
	};
	book->calendars = old;
	return old->calendar;
}

const struct limits_table *rules_limits(struct rules_book *book, uint64_t version)
{
	const struct reference *ref = reference_of(book->tx);
	struct table_problems problems = { .count = 0 };
	struct str text;

	if (version == ref->limits_version)
		return ref->limits;
	for (const struct old_limits *old = book->limits; old; old = old->next)
		if (old->version == version)
			return old->is_there ? &old->table : NULL;
	struct old_limits *old = arena_new_of(tx_arena(book->tx), struct old_limits);
	old->next = book->limits;
	old->version = version;
	old->is_there = read_document(book->tx, DOCUMENT_LIMITS, version, &text) &&
			limits_parse(text.p, text.n, "", &old->table, &problems);
	book->limits = old;
	return old->is_there ? &old->table : NULL;
}
