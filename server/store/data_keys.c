/*
 * The data keys of crypto.h: rows, each wrapped by a key of the key file. They are made on the
 * first start; whoever of several servers comes second takes those of the first.
 */
#include "crypto.h"
#include "log.h"
#include "server_sql.h"
#include "store/store.h"

#include <inttypes.h>

static size_t read_keys(struct tx *tx, struct data_key keys[DATA_KEYS_MAX])
{
	struct sql_data_keys_row row = { 0 };
	struct rows *rows = sql_data_keys(tx);
	size_t n = 0;

	while (sql_data_keys_next(rows, &row) && n < DATA_KEYS_MAX)
		keys[n++] = (struct data_key){ row.id, row.wrapped };
	return n;
}

void data_keys_make(struct tx *tx, void *arg)
{
	struct data_key keys[DATA_KEYS_MAX];
	struct sql_data_keys_wanted_row wanted = { 0 };

	(void)arg;
	if (read_keys(tx, keys) > 0 || !tx_ok(tx) || !sql_data_keys_wanted(tx, &wanted))
		return;
	size_t n = crypto_data_keys_make(tx_arena(tx), wanted.is_fresh, keys);

	for (size_t i = 0; i < n; i++)
		sql_data_key_add(tx, (struct sql_data_key_add){
			.id = keys[i].id, .wrapped = keys[i].wrapped,
			.key_id = crypto_key_id(keys[i].wrapped) });
}

void data_keys_open(struct tx *tx, void *arg)
{
	struct data_key keys[DATA_KEYS_MAX];
	bool *is_open = arg;
	size_t n = read_keys(tx, keys);

	*is_open = tx_ok(tx) && crypto_data_keys_use(keys, n);
}

uint32_t data_keys_used(struct tx *tx, uint32_t ids[CRYPTO_KEYS_MAX])
{
	struct sql_data_keys_used_row row = { 0 };
	struct rows *rows = sql_data_keys_used(tx);
	uint32_t n = 0;

	while (sql_data_keys_used_next(rows, &row) && n < CRYPTO_KEYS_MAX)
		ids[n++] = row.key_id;
	return n;
}

bool data_keys_rewrap(struct tx *tx)
{
	struct sql_data_keys_row row = { 0 };
	struct arena *a = tx_arena(tx);
	struct rows *rows = sql_data_keys(tx);
	uint32_t now = crypto_wrapping_id();

	while (sql_data_keys_next(rows, &row)) {
		struct str wrapped;

		if (crypto_key_id(row.wrapped) == now)
			continue;
		if (!crypto_rewrap(a, data_key_place(a, row.id), row.wrapped, &wrapped)) {
			log_error("keys", "unreadable", "data_key=%" PRIu32, row.id);
			tx_fail(tx, TX_BROKEN);
			break;
		}
		sql_data_key_rewrap(tx, (struct sql_data_key_rewrap){
			.id = row.id, .wrapped = wrapped, .key_id = now, .was = row.wrapped });
	}
	return false;
}
