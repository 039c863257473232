/*
 * Acts of an item. An act is one JSON object; the ledger keeps it, and what is shown later is
 * read from there and from nowhere else, so that it is what was entered or nothing.
 */
#include "accountability/accountability.h"

#include "bounds.h"
#include "must.h"

void act_open(struct act *act, uint64_t item, uint64_t n, const char *name, int64_t at,
	      struct str by)
{
	buf_init(&act->text, LIMIT_ACT_BYTES);
	json_init(&act->json, &act->text);
	json_object(&act->json, NULL);
	json_u64(&act->json, "item", item);
	json_u64(&act->json, "n", n);
	json_text(&act->json, "act", name);
	json_time(&act->json, "at", at);
	json_str(&act->json, "by", by);
}

void act_seal(struct tx *tx, struct act *act, uint64_t item, uint64_t n, int64_t at)
{
	json_close(&act->json);
	must(json_whole(&act->json) && !act->text.overflow);
	seal_content(tx, ENTRY_ACCOUNTABILITY, item, n, at,
		     arena_str(tx_arena(tx), buf_str(&act->text)));
	buf_free(&act->text);
}

void acts_write(struct json *j, struct tx *tx, const item_row *row)
{
	struct str content;

	json_array(j, "acts");
	for (uint64_t n = 1; n <= row->acts; n++)
		if (sealed_content(tx, ENTRY_ACCOUNTABILITY, row->id, n, &content))
			json_raw(j, NULL, content);
	json_close(j);
}
