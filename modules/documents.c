#include "documents.h"

#include "clock.h"

#include "reference_sql.h"

bool document_newest(struct tx *tx, enum document_kind kind, uint64_t *ret_version,
		     struct str *ret_text)
{
	struct sql_reference_document_newest_row row = { 0 };

	if (!sql_reference_document_newest(tx, (struct sql_reference_document_newest){
			.kind = kind }, &row))
		return false;
	*ret_version = row.version;
	*ret_text = row.text;
	return true;
}

static void check_text(struct arena *a, enum document_kind kind, struct str text,
		       struct table_problems *problems)
{
	struct reference scratch = { .calendar_version = 0 };
	struct limits_table limits;
	struct work_week week = work_week_shipped();

	switch (kind) {
	case DOCUMENT_AREAS:
		reference_parse_areas(&scratch, a, text, problems);
		break;
	case DOCUMENT_CATEGORIES:
		reference_parse_categories(&scratch, a, text, problems);
		break;
	case DOCUMENT_CATALOGUE:
		reference_parse_catalogue(&scratch, a, text, problems);
		break;
	case DOCUMENT_CALENDAR:
		calendar_free(calendar_parse(&week, text.p, text.n, "", problems));
		break;
	case DOCUMENT_LIMITS:
		if (!limits_parse(text.p, text.n, "", &limits, problems))
			problems->count += problems->count == 0;
		break;
	}
}

uint64_t document_add(struct tx *tx, enum document_kind kind, struct str source, struct str text,
		      struct table_problems *problems)
{
	uint64_t version = 0;
	struct str before;

	problems->count = 0;
	check_text(tx_arena(tx), kind, text, problems);
	if (problems->count)
		return 0;
	if (!document_newest(tx, kind, &version, &before))
		version = 0;
	sql_reference_document_insert(tx, (struct sql_reference_document_insert){
		.kind = kind, .version = version + 1, .recorded_at = clock_now(),
		.source = source, .text = text,
	});
	tx_snapshot_changed(tx);
	return version + 1;
}
