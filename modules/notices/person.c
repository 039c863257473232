/* Replies of one caller: handed to that caller, and their end. */
#include "notices/notices.h"

#include "crypto.h"
#include "notifying.h"

void notices_write_replies(struct req *r, const char *key, uint64_t appeal_id)
{
	struct sql_notices_replies_of_row row = { 0 };
	struct arena *a = req_arena(r);
	struct json *j = req_json(r);
	struct str content;
	struct rows *rows = sql_notices_replies_of(req_tx(r), (struct sql_notices_replies_of){
		appeal_id });

	json_array(j, key);
	while (sql_notices_replies_of_next(rows, &row)) {
		if (!crypto_open(a, reply_place(a, row.id), row.content_sealed, &content)) {
			tx_fail(req_tx(r), TX_BROKEN);
			break;
		}
		json_object(j, NULL);
		json_time(j, "received_at", row.received_at);
		json_str(j, "content", content);
		json_close(j);
	}
	json_close(j);
}

void notices_forget(struct tx *tx, uint64_t appeal_id)
{
	sql_notices_drop_of(tx, (struct sql_notices_drop_of){
		.appeal_id = appeal_id, .why = NOTICE_GONE });
	sql_notices_replies_forget(tx, (struct sql_notices_replies_forget){ appeal_id });
}
