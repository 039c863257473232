/*
 * The end of files. A row goes when its time is over; the bytes follow, when no row stands for
 * them any more and they are not fresh: an upload that is under way has its file, and not yet a
 * row.
 */
#include "attachments/attachments.h"

#include <string.h>

#include "blob_store.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"

enum { EXPIRED_AT_A_TIME = 200, NAMES_AT_A_TIME = 500 };

#define SPARED CLOCK_HOUR

bool removal_expire(struct tx *tx)
{
	return sql_attachments_expire(tx, (struct sql_attachments_expire){
		.now_at = clock_now(), .n = EXPIRED_AT_A_TIME }) == EXPIRED_AT_A_TIME;
}

int64_t removal_next_due(struct tx *tx)
{
	struct sql_attachments_next_row row = { 0 };

	return sql_attachments_next(tx, &row) ? row.remove_at : INT64_MAX;
}

void attaching_forget(struct tx *tx, uint64_t appeal_id)
{
	sql_attachments_forget(tx, (struct sql_attachments_forget){ appeal_id });
}

/* ---- files without a row ---- */

static struct str names_json(struct arena *a, const struct blob_name *names, size_t n)
{
	struct buf out;

	buf_init(&out, NAMES_AT_A_TIME * 70 + 2);
	for (size_t i = 0; i < n; i++) {
		struct str bytes = { (const char *)names[i].sha256, SHA256_BYTES };

		buf_printf(&out, "%s\"%.*s\"", i ? "," : "[", STR_ARG(encode_hex(a, bytes)));
	}
	buf_add(&out, STR("]"));
	struct str text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

static bool name_read(struct arena *a, struct str hex, struct blob_name *ret_name)
{
	struct str bytes;

	if (!decode_hex(a, hex, &bytes) || bytes.n != SHA256_BYTES)
		return false;
	memcpy(ret_name->sha256, bytes.p, SHA256_BYTES);
	return true;
}

static uint32_t remove_orphans(struct tx *tx, const struct blob_name *names, size_t n,
			       int64_t before)
{
	struct arena *a = tx_arena(tx);
	struct sql_attachments_orphans_row row = { 0 };
	struct rows *rows = sql_attachments_orphans(tx, (struct sql_attachments_orphans){
		.names = names_json(a, names, n) });
	struct blob_name name;
	uint32_t removed = 0;

	while (sql_attachments_orphans_next(rows, &row))
		removed += name_read(a, row.name, &name) &&
			   blob_remove(&name, before) == BLOB_FINE;
	return removed;
}

bool removal_sweep(struct tx *tx)
{
	int64_t before = clock_real() - SPARED;
	uint32_t removed = 0;

	for (unsigned first = 0; first < 256 && tx_ok(tx); first++) {
		struct arena_mark mark = arena_mark(tx_arena(tx));
		struct blob_list list;

		if (blob_list(tx_arena(tx), (uint8_t)first, before, &list) != BLOB_FINE)
			break;
		for (size_t i = 0; i < list.n; i += NAMES_AT_A_TIME)
			removed += remove_orphans(tx, list.v + i,
				list.n - i < NAMES_AT_A_TIME ? list.n - i : NAMES_AT_A_TIME,
				before);
		arena_rewind(tx_arena(tx), mark);
	}
	if (removed)
		log_info("attachments", "swept", "files=%u", removed);
	return false;
}
